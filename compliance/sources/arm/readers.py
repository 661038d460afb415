"""The readers of Azure Resource Manager: what is asked, of which resources, and what an answer tells the next reader.

Sources: the REST references of Azure Monitor ("Diagnostic Settings", "Activity Logs - List"), Resource Management
("Subscriptions - List", "Management Locks"), Log Analytics ("Workspaces - Get", "Tables", "Data Exports"), Microsoft
Sentinel ("Sentinel Onboarding States", "Data Connectors"), Storage resource provider, Event Hubs, Azure Data Explorer
and Authorization, each with its api-version (https://learn.microsoft.com/rest/api); Microsoft Learn, "Resolve errors
for resource not found", for the codes of a 404.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from types import MappingProxyType
from urllib.parse import quote

from compliance.evidence.datasets import Api, State
from compliance.rules.resource_ids import (
    ADX_CLUSTER_ID,
    ADX_DATABASE_ID,
    NAMESPACE_ID,
    STORAGE_ACCOUNT_ID,
    SUBSCRIPTION_ID,
    WORKSPACE_ID,
)
from compliance.sources.arm.each import first_of, read_each
from compliance.sources.arm.inventory import Inventory
from compliance.sources.arm.resource_graph import read_resources
from compliance.sources.errors import SourceError, Truncated, code_of, printable
from compliance.sources.pages import Page, absent_page, read_object, read_pages
from compliance.sources.reader import Reader
from compliance.sources.transport import Request, TenantApis

ENDPOINT = "arm"
SETTINGS = "arm.entra_diagnostic_settings"
SUBSCRIPTIONS = "arm.subscriptions"
EVENTS_DAYS = 89
"""How far back the Activity log is asked for: it keeps 90 days, and refuses a query that goes beyond."""

_GONE = frozenset({"ResourceNotFound", "ResourceGroupNotFound", "ParentResourceNotFound"})
"""What a 404 says where a resource is surely not there; of a subscription that is not found nobody knows."""


def _pattern(resource_id: str) -> re.Pattern[str]:
    return re.compile(resource_id, re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of resource: what people call one, and the form of its id."""

    title: str
    form: re.Pattern[str]


_SUBSCRIPTION = _Kind("a subscription", _pattern(SUBSCRIPTION_ID))
_WORKSPACE = _Kind("a workspace", _pattern(WORKSPACE_ID))
_ACCOUNT = _Kind("a storage account", _pattern(STORAGE_ACCOUNT_ID))
_NAMESPACE = _Kind("an Event Hubs namespace", _pattern(NAMESPACE_ID))
_CLUSTER = _Kind("an Azure Data Explorer cluster", _pattern(ADX_CLUSTER_ID))
_DATABASE = _Kind("an Azure Data Explorer database", _pattern(ADX_DATABASE_ID))
_STORE = _Kind("a workspace or a storage account", _pattern(f"{WORKSPACE_ID}|{STORAGE_ACCOUNT_ID}"))


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked of each resource of a kind.

    `resources` are those that are known. `path` follows the id of one, or makes of it the whole path; the answer is one
    object or a list. `gone` are the codes of a 404 that says that something is not there: of the resource itself, or,
    where `absent` follows its id, of that. `query` follows the api-version.
    """

    kind: _Kind
    resources: Callable[[Inventory], Iterable[str]]
    path: str | Callable[[str], str]
    version: str
    is_object: bool = False
    gone: frozenset[str] = frozenset()
    absent: str = ""
    query: Callable[[TenantApis], str] = lambda _: ""


def _of_subscriptions(path: str, version: str) -> _Asked:
    return _Asked(_SUBSCRIPTION, lambda known: known.store_subscriptions, path, version)


def _of_workspaces(path: str, version: str, *, is_object: bool = False, absent: str = "") -> _Asked:
    return _Asked(_WORKSPACE, lambda known: known.workspaces, path, version, is_object, _GONE, absent)


def _of_accounts(path: str, *, is_object: bool = False, gone: frozenset[str] = _GONE, absent: str = "") -> _Asked:
    return _Asked(_ACCOUNT, lambda known: known.accounts, path, "2023-05-01", is_object, gone, absent)


def _settings_of_store(store: str) -> str:
    """Where the diagnostic settings of a store are: a storage account's are those of its blobs."""
    blobs = "/blobServices/default" if _ACCOUNT.form.fullmatch(store) is not None else ""
    return f"{store}{blobs}{_DIAGNOSTIC_SETTINGS}"


def _events_query(apis: TenantApis) -> str:
    until = apis.now()
    since = until - timedelta(days=EVENTS_DAYS)
    wanted = (
        f"eventTimestamp ge '{since:%Y-%m-%dT%H:%M:%SZ}' and eventTimestamp le '{until:%Y-%m-%dT%H:%M:%SZ}'"
        " and resourceProvider eq 'Microsoft.OperationalInsights'"
    )
    return f"&$filter={quote(wanted, safe='')}"


_AUTHORIZATION = "/providers/Microsoft.Authorization"
_DIAGNOSTIC_SETTINGS = "/providers/Microsoft.Insights/diagnosticSettings"
_MONITOR_VERSION = "2021-05-01-preview"
_SENTINEL = "/providers/Microsoft.SecurityInsights"
_SENTINEL_VERSION = "2021-10-01"
_LIFECYCLE = "/managementPolicies/default"
_BLOBS = "/blobServices/default"

# Of an extension, such as Sentinel, a 404 may also say that it is not there, so its own address is what is absent.
_EACH: Mapping[str, _Asked] = MappingProxyType(
    {
        "arm.activity_log_settings": _Asked(
            _SUBSCRIPTION, lambda known: known.subscriptions, _DIAGNOSTIC_SETTINGS, _MONITOR_VERSION
        ),
        "arm.workspaces": _of_workspaces("", "2023-09-01", is_object=True),
        "arm.tables": _of_workspaces("/tables", "2023-09-01"),
        "arm.data_exports": _of_workspaces("/dataExports", "2025-07-01"),
        "arm.sentinel_onboarding": _of_workspaces(
            f"{_SENTINEL}/onboardingStates", _SENTINEL_VERSION, absent=f"{_SENTINEL}/onboardingStates"
        ),
        "arm.data_connectors": _Asked(
            _WORKSPACE,
            lambda known: known.with_sentinel,
            f"{_SENTINEL}/dataConnectors",
            _SENTINEL_VERSION,
            gone=_GONE,
            absent=f"{_SENTINEL}/dataConnectors",
        ),
        "arm.event_hubs": _Asked(_NAMESPACE, lambda known: known.namespaces, "/eventhubs", "2024-01-01", gone=_GONE),
        "arm.adx_databases": _Asked(_CLUSTER, lambda known: known.clusters, "/databases", "2023-08-15", gone=_GONE),
        "arm.adx_data_connections": _Asked(
            _DATABASE, lambda known: known.databases, "/dataConnections", "2023-08-15", gone=_GONE
        ),
        "arm.storage_accounts": _of_accounts("", is_object=True),
        "arm.lifecycle_policies": _of_accounts(
            _LIFECYCLE, is_object=True, gone=_GONE | {"ManagementPolicyNotFound"}, absent=_LIFECYCLE
        ),
        "arm.blob_containers": _of_accounts(f"{_BLOBS}/containers"),
        "arm.blob_services": _of_accounts(_BLOBS, is_object=True, absent=_BLOBS),
        "arm.store_diagnostic_settings": _Asked(
            _STORE,
            lambda known: known.log_stores,
            _settings_of_store,
            _MONITOR_VERSION,
            gone=_GONE,
            absent=_DIAGNOSTIC_SETTINGS,
        ),
        "arm.locks": _of_subscriptions(f"{_AUTHORIZATION}/locks", "2020-05-01"),
        "arm.role_assignments": _of_subscriptions(f"{_AUTHORIZATION}/roleAssignments", "2022-04-01"),
        "arm.role_definitions": _of_subscriptions(f"{_AUTHORIZATION}/roleDefinitions", "2022-04-01"),
        "arm.role_assignment_schedules": _of_subscriptions(
            f"{_AUTHORIZATION}/roleAssignmentScheduleInstances", "2020-10-01"
        ),
        "arm.role_eligibilities": _of_subscriptions(f"{_AUTHORIZATION}/roleEligibilityScheduleInstances", "2020-10-01"),
        "arm.activity_events": _Asked(
            _SUBSCRIPTION,
            lambda known: known.store_subscriptions,
            "/providers/Microsoft.Insights/eventtypes/management/values",
            "2015-04-01",
            query=_events_query,
        ),
    }
)

_LEARNED: Mapping[str, Callable[[Inventory, bytes], None]] = MappingProxyType(
    {
        "arm.activity_log_settings": Inventory.learn_settings,
        "arm.data_exports": Inventory.learn_exports,
        "arm.sentinel_onboarding": Inventory.learn_sentinel,
        "arm.event_hubs": Inventory.learn_event_hubs,
        "arm.adx_databases": Inventory.learn_databases,
    }
)


def _read(dataset: str, apis: TenantApis, *, probing: bool) -> Iterator[Page]:
    asked = _EACH[dataset]
    known = tuple(asked.resources(apis.azure))
    query = f"?api-version={asked.version}{asked.query(apis)}"
    resources = first_of(known) if probing else known
    return read_each(apis, dataset, resources, lambda resource: _one(apis, dataset, asked, resource, query))


def _one(apis: TenantApis, dataset: str, asked: _Asked, resource: str, query: str) -> Iterator[Page]:
    """The pages of one resource; raises `SourceError` and `Truncated`."""
    if asked.kind.form.fullmatch(resource) is None:
        raise SourceError(State.FAILED, f"{printable(resource)!r} is not the id of {asked.kind.title}", api=Api.ARM)
    path = f"{resource}{asked.path}" if isinstance(asked.path, str) else asked.path(resource)
    request = Request("GET", f"{apis.cloud.arm}{path.replace(' ', '%20')}{query}", {})
    try:
        if asked.is_object:
            yield read_object(apis, Api.ARM, request, endpoint=ENDPOINT)
        else:
            yield from _list(apis, dataset, request, tells=False)
    except SourceError as error:
        reply = error.reply
        if isinstance(error, Truncated) or reply is None or reply.status != 404 or code_of(reply) not in asked.gone:
            raise
        yield absent_page(request, reply, f"{resource}{asked.absent}", endpoint=ENDPOINT)


def _list(apis: TenantApis, dataset: str, request: Request, *, tells: bool = True) -> Iterator[Page]:
    return read_pages(
        apis,
        Api.ARM,
        request,
        dataset=dataset,
        endpoint=ENDPOINT,
        next_request=lambda link, before: Request("GET", link, {}, follows=before),
        tells=tells,
    )


def _listed(dataset: str, path: str) -> Callable[[TenantApis], Iterator[Page]]:
    return lambda apis: _list(apis, dataset, Request("GET", f"{apis.cloud.arm}{path}", {}))


def _learning(learn: Callable[[Inventory, bytes], None]) -> Callable[[TenantApis, bytes], None]:
    return lambda apis, body: learn(apis.azure, body)


READERS: Mapping[str, Reader] = MappingProxyType(
    {
        SETTINGS: Reader(
            Api.ARM,
            _listed(SETTINGS, "/providers/microsoft.aadiam/diagnosticSettings?api-version=2017-04-01"),
            _learning(Inventory.learn_settings),
        ),
        SUBSCRIPTIONS: Reader(
            Api.ARM,
            _listed(SUBSCRIPTIONS, "/subscriptions?api-version=2022-12-01"),
            _learning(Inventory.learn_subscriptions),
        ),
        "arm.resources": Reader(Api.ARM, read_resources, _learning(Inventory.learn_resources)),
        **{
            name: Reader(
                Api.ARM,
                partial(_read, name, probing=False),
                _learning(_LEARNED[name]) if name in _LEARNED else None,
                partial(_read, name, probing=True),
            )
            for name in _EACH
        },
    }
)
"""The reader of each dataset of Azure Resource Manager."""
