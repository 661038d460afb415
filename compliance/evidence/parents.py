"""What a dataset is asked of, resource by resource, and whether it was asked of all that the evidence names.

A list of locks, of role holders or of events may be empty, so its rows cannot tell of which subscriptions it was asked.
What was collected asked all that was named then; an export says in its provenance what it was asked of, and an import
may name what a collection did not know of.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TypeVar
from urllib.parse import unquote, urlsplit

from compliance.evidence.azure_views import (
    AdxDatabase,
    DataExport,
    DiagnosticSetting,
    EventHub,
    OnboardingState,
    Resource,
    Subscription,
)
from compliance.evidence.bundle import Bundle, frames_of
from compliance.evidence.datasets import DATASETS, DatasetSpec, Origin, State
from compliance.evidence.manifest import DatasetEntry, Manifest
from compliance.evidence.population import Malformed, id_key
from compliance.evidence.rows import typed_rows
from compliance.evidence.unread import PropertyUnreadError
from compliance.evidence.view import View
from compliance.rules.resource_ids import (
    ADX_CLUSTER_ID,
    ADX_DATABASE_ID,
    NAMESPACE_ID,
    STORAGE_ACCOUNT_ID,
    SUBSCRIPTION_ID,
    WORKSPACE_ID,
    namespace_of,
    resource_name,
    subscription_of,
)


class Parent(StrEnum):
    """The kinds of resources that datasets are asked of, one request or more for each."""

    SUBSCRIPTION = "subscriptions"
    WORKSPACE = "workspaces"
    SENTINEL = "sentinel"
    NAMESPACE = "namespaces"
    CLUSTER = "clusters"
    DATABASE = "databases"
    ACCOUNT = "accounts"
    STORE = "stores"
    STORE_SUBSCRIPTION = "storeSubscriptions"


PARENT_OF: Final[Mapping[str, Parent]] = MappingProxyType(
    {
        "arm.activity_log_settings": Parent.SUBSCRIPTION,
        "arm.resources": Parent.SUBSCRIPTION,
        "arm.workspaces": Parent.WORKSPACE,
        "arm.tables": Parent.WORKSPACE,
        "arm.data_exports": Parent.WORKSPACE,
        "arm.sentinel_onboarding": Parent.WORKSPACE,
        "arm.data_connectors": Parent.SENTINEL,
        "arm.event_hubs": Parent.NAMESPACE,
        "arm.adx_databases": Parent.CLUSTER,
        "arm.adx_data_connections": Parent.DATABASE,
        "arm.storage_accounts": Parent.ACCOUNT,
        "arm.lifecycle_policies": Parent.ACCOUNT,
        "arm.blob_containers": Parent.ACCOUNT,
        "arm.blob_services": Parent.ACCOUNT,
        "arm.store_diagnostic_settings": Parent.STORE,
        "arm.locks": Parent.STORE_SUBSCRIPTION,
        "arm.role_assignments": Parent.STORE_SUBSCRIPTION,
        "arm.role_definitions": Parent.STORE_SUBSCRIPTION,
        "arm.role_assignment_schedules": Parent.STORE_SUBSCRIPTION,
        "arm.role_eligibilities": Parent.STORE_SUBSCRIPTION,
        "arm.activity_events": Parent.STORE_SUBSCRIPTION,
    }
)
"""What each dataset is asked of."""

FOUND: Final = "arm.resources"
"""The dataset that is asked of all subscriptions at once where lookback asks, and of one after the other by hand."""

BY_ID: Final = frozenset(PARENT_OF) - {FOUND}
"""Datasets whose requests hold the id of what they are asked of."""

ONE_OBJECT_EACH: Final = frozenset(
    {"arm.workspaces", "arm.storage_accounts", "arm.lifecycle_policies", "arm.blob_services"}
)
"""Datasets in which each resource that was asked answers with one object."""

MAY_BE_EMPTY: Final = frozenset(PARENT_OF) - ONE_OBJECT_EACH - {"arm.tables"}
"""Datasets whose rows cannot tell what was asked: a resource may have none of them. In the others, one without a row
is one that was not read."""

_NAMING: Final = ("arm.entra_diagnostic_settings", "arm.activity_log_settings")
NAMED_BY: Final[Mapping[Parent, tuple[str, ...]]] = MappingProxyType(
    {
        Parent.SUBSCRIPTION: ("arm.subscriptions",),
        Parent.WORKSPACE: (*_NAMING, "arm.resources"),
        Parent.SENTINEL: ("arm.sentinel_onboarding",),
        Parent.NAMESPACE: (*_NAMING, "arm.data_exports"),
        Parent.CLUSTER: ("arm.resources",),
        Parent.DATABASE: ("arm.resources", "arm.adx_databases"),
        Parent.ACCOUNT: (*_NAMING, "arm.data_exports", "arm.event_hubs"),
        Parent.STORE: (*_NAMING, "arm.data_exports", "arm.event_hubs", "arm.sentinel_onboarding"),
        Parent.STORE_SUBSCRIPTION: (*_NAMING, "arm.data_exports", "arm.event_hubs", "arm.sentinel_onboarding"),
    }
)
"""The datasets whose rows name the resources of each kind."""

BLOBS: Final = "/blobServices/default"
"""What follows the id of a storage account, of a store's diagnostic settings."""
_FORMS: Final[Mapping[Parent, re.Pattern[str]]] = MappingProxyType(
    {
        kind: re.compile(form, re.ASCII | re.IGNORECASE)
        for kind, form in {
            Parent.SUBSCRIPTION: SUBSCRIPTION_ID,
            Parent.WORKSPACE: WORKSPACE_ID,
            Parent.SENTINEL: WORKSPACE_ID,
            Parent.NAMESPACE: NAMESPACE_ID,
            Parent.CLUSTER: ADX_CLUSTER_ID,
            Parent.DATABASE: ADX_DATABASE_ID,
            Parent.ACCOUNT: STORAGE_ACCOUNT_ID,
            Parent.STORE: rf"{WORKSPACE_ID}|{STORAGE_ACCOUNT_ID}{BLOBS}",
            Parent.STORE_SUBSCRIPTION: SUBSCRIPTION_ID,
        }.items()
    }
)
_OF_EACH: Final = re.compile(r"GET \{\w+\}([^ ,]*)")
_SENTINEL: Final = re.compile(r"/providers/Microsoft\.SecurityInsights/", re.ASCII | re.IGNORECASE)
_DATABASES: Final = re.compile(r"/databases/", re.ASCII | re.IGNORECASE)
_SHOWN: Final = 3

V = TypeVar("V", bound=View)
Rows = Callable[[str], Iterable[View | Malformed]]


def of_each(spec: DatasetSpec) -> str:
    """What a request appends to the id of each resource that it is asked of; raises ValueError for one without."""
    found = _OF_EACH.match(spec.request)
    if found is None:
        raise ValueError(f"{spec.name} is not asked by the id of a resource: {spec.request}")
    return found[1]


def named_parents(rows: Rows) -> Mapping[Parent, tuple[str, ...]]:
    """The ids of the resources that rows name, by kind, each once; `rows` yields those of a dataset.

    What is no id of its kind is left out, and so is what a row does not say: nothing can be asked of it.
    """
    settings = [row for name in _NAMING for row in rows(name) if isinstance(row, DiagnosticSetting)]
    exports = [row for row in rows("arm.data_exports") if isinstance(row, DataExport)]
    resources = [row for row in rows("arm.resources") if isinstance(row, Resource)]
    hubs = [row for row in rows("arm.event_hubs") if isinstance(row, EventHub)]
    databases = [row for row in rows("arm.adx_databases") if isinstance(row, AdxDatabase)]
    states = [row for row in rows("arm.sentinel_onboarding") if isinstance(row, OnboardingState)]
    visible = [row for row in rows("arm.subscriptions") if isinstance(row, Subscription)]

    into = [*_read(lambda row: row.properties.workspace_id, settings)]
    sentinel = [_SENTINEL.split(one, maxsplit=1)[0] for one in _read(lambda row: row.id, states)]
    exported_to = [*_read(lambda row: row.properties.destination.resource_id, exports)]
    accounts = [
        *_read(lambda row: row.properties.storage_account_id, settings),
        *exported_to,
        *_read(_captured_to, hubs),
    ]
    namespaces = [*_read(lambda row: row.properties.event_hub_authorization_rule_id, settings), *exported_to]
    found = [*_read(lambda row: row.id, resources), *_read(lambda row: row.id, databases)]
    known = {
        Parent.SUBSCRIPTION: _read(lambda row: row.id, visible),
        Parent.WORKSPACE: [*into, *found],
        Parent.SENTINEL: sentinel,
        Parent.NAMESPACE: [one for one in map(namespace_of, namespaces) if one is not None],
        Parent.CLUSTER: [_DATABASES.split(one, maxsplit=1)[0] for one in found],
        Parent.DATABASE: found,
        Parent.ACCOUNT: accounts,
        Parent.STORE: [*into, *sentinel, *(f"{one.strip().rstrip('/')}{BLOBS}" for one in accounts)],
    }
    parents = {kind: _each_once(kind, ids) for kind, ids in known.items()}
    lying_in = (subscription_of(one) for one in parents[Parent.STORE])
    parents[Parent.STORE_SUBSCRIPTION] = _each_once(Parent.STORE_SUBSCRIPTION, (one for one in lying_in if one))
    return parents


def is_blank(entry: DatasetEntry, manifest: Manifest) -> bool:
    """Whether a collection holds nothing of a dataset because it saw nothing that it could have asked.

    Whoever may see no subscription is given an empty list of them, and finds no resource.
    """
    if entry.origin is not Origin.COLLECTED or entry.state is not State.COMPLETE or entry.rows:
        return False
    subscriptions = manifest.dataset("arm.subscriptions")
    sees_none = subscriptions is not None and subscriptions.state is State.COMPLETE and not subscriptions.rows
    return not entry.frames or (entry.name in ("arm.subscriptions", FOUND) and sees_none)


class Parents:
    """The resources that a bundle's evidence names, looked up once."""

    def __init__(self, bundle: Bundle) -> None:
        self._bundle = bundle
        self._named: Mapping[Parent, tuple[str, ...]] | None = None

    def named(self, kind: Parent) -> tuple[str, ...]:
        """The ids of the resources of a kind that the evidence names, as they stand there."""
        if self._named is None:
            self._named = named_parents(self._rows)
        return self._named[kind]

    def unasked(self, entry: DatasetEntry, absent: frozenset[str]) -> str | None:
        """Say what a dataset was not asked of, or return None where it was asked of all that the evidence names.

        `absent` are the ids of resources that are not there, of which nothing can be asked.
        """
        if entry.name not in MAY_BE_EMPTY or not (entry.origin is Origin.EXPORTED or self._grew(entry)):
            return None
        asked = self._asked(entry) | absent
        left = [one for one in self.named(PARENT_OF[entry.name]) if id_key(one.removesuffix(BLOBS)) not in asked]
        if not left:
            return None
        names = ", ".join(resource_name(one.removesuffix(BLOBS)) for one in left[:_SHOWN])
        more = f" and {len(left) - _SHOWN} more" if len(left) > _SHOWN else ""
        return f"it was not asked of {names}{more}"

    def _grew(self, entry: DatasetEntry) -> bool:
        """Whether an import may name more than a collection asked."""
        if entry.name not in BY_ID:
            return False
        added = {name for amendment in self._bundle.manifest.amendments for name in amendment.datasets}
        return not added.isdisjoint(DATASETS[entry.name].discovered_from)

    def _asked(self, entry: DatasetEntry) -> frozenset[str]:
        if entry.origin is Origin.EXPORTED:
            return frozenset(id_key(id_key(one).removesuffix(BLOBS.casefold())) for one in entry.asked)
        path = of_each(DATASETS[entry.name]).partition("?")[0].casefold()
        asked = (unquote(urlsplit(str(url)).path) for url in self._addresses(entry))
        return frozenset(
            id_key(one.casefold().removesuffix(path).removesuffix(BLOBS.casefold()))
            for one in asked
            if one.casefold().endswith(path)
        )

    def _addresses(self, entry: DatasetEntry) -> Iterator[object]:
        for frame in frames_of(self._bundle.path, entry) if entry.frames else ():
            if "url" in frame.header:
                yield frame.header["url"]

    def _rows(self, name: str) -> Iterator[View | Malformed]:
        entry = self._bundle.manifest.dataset(name)
        if entry is not None and entry.rows:
            for row, _ in typed_rows(self._bundle.path, entry):
                yield row


def _read(value: Callable[[V], str | None], rows: Iterable[V]) -> Iterator[str]:
    for row in rows:
        try:
            found = value(row)
        except PropertyUnreadError:
            continue
        if found is not None:
            yield found


def _captured_to(hub: EventHub) -> str | None:
    capture = hub.properties.capture_description
    if capture is None or capture.destination is None:
        return None
    return capture.destination.properties.storage_account_resource_id


def _each_once(kind: Parent, ids: Iterable[str]) -> tuple[str, ...]:
    whole = (one.strip().rstrip("/") for one in ids)
    return tuple({id_key(one): one for one in whole if _FORMS[kind].fullmatch(one)}.values())
