"""What is known of a tenant's Azure while it is read: which resources the answers so far name.

Every answer names what is to be asked next: diagnostic settings and data export rules name stores, Resource Graph finds
workspaces and clusters, event hubs name the storage account that Capture writes to. What stands in the place of an id
and is none is kept as it is, for the readers to name; a row that cannot be read at all is malformed evidence of its own
dataset, and what it names is not known.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

import msgspec

from compliance.evidence.rows import UNDECODABLE
from compliance.rules.resource_ids import ADX_CLUSTER_ID, namespace_of, subscription_of

_EVENT_HUB = "eventhub"
_WORKSPACE_TYPE = "microsoft.operationalinsights/workspaces"
_CLUSTER_TYPE = "microsoft.kusto/clusters"
_DATABASE_TYPE = "microsoft.kusto/clusters/databases"
_SENTINEL = "/providers/microsoft.securityinsights/"
_CLUSTER = re.compile(rf"({ADX_CLUSTER_ID})/databases/.*", re.ASCII | re.IGNORECASE)


class Named:
    """Ids as they were first spelt, each once whatever its letter case, in the order in which they became known."""

    def __init__(self) -> None:
        self._ids: dict[str, str] = {}

    def add(self, ids: Iterable[str]) -> None:
        """Take ids in that are not known yet."""
        for one in ids:
            self._ids.setdefault(one.casefold(), one)

    def __iter__(self) -> Iterator[str]:
        return iter(tuple(self._ids.values()))


class Inventory:
    """The resources that the answers so far name, by what is read of them.

    `workspaces` are those that settings name or Resource Graph finds, `named_workspaces` the former, `with_sentinel`
    those with Microsoft Sentinel. `accounts` are storage accounts, `namespaces` those of Event Hubs, `clusters` and
    `databases` those of Azure Data Explorer.
    """

    def __init__(self) -> None:
        self.subscriptions = Named()
        self.workspaces = Named()
        self.named_workspaces = Named()
        self.with_sentinel = Named()
        self.accounts = Named()
        self.namespaces = Named()
        self.clusters = Named()
        self.databases = Named()

    @property
    def log_stores(self) -> Named:
        """The stores that logs are known to be sent to: named workspaces and accounts, and those with Sentinel."""
        stores = Named()
        for known in (self.named_workspaces, self.with_sentinel, self.accounts):
            stores.add(known)
        return stores

    @property
    def store_subscriptions(self) -> Named:
        """The subscriptions that hold `log_stores`; in place of one that is not known, what the store is called."""
        subscriptions = Named()
        subscriptions.add(one if (found := subscription_of(one)) is None else found for one in self.log_stores)
        return subscriptions

    def learn_subscriptions(self, body: bytes) -> None:
        """Take in the subscriptions of a page."""
        self.subscriptions.add(_text(row.id) for row in _rows(body, _Identified))

    def learn_settings(self, body: bytes) -> None:
        """Take in the destinations that a page of diagnostic settings names."""
        for row in _rows(body, _Setting):
            to = row.properties
            self.named_workspaces.add(_texts(to.workspace_id))
            self.accounts.add(_texts(to.storage_account_id))
            self.namespaces.add(_namespace(rule) for rule in _texts(to.rule_id))
        self.workspaces.add(self.named_workspaces)

    def learn_resources(self, body: bytes) -> None:
        """Take in what Resource Graph found."""
        for row in _rows(body, _Resource):
            resource_id = _text(row.id)
            match row.type.casefold():
                case kind if kind == _WORKSPACE_TYPE:
                    self.workspaces.add((resource_id,))
                case kind if kind == _CLUSTER_TYPE:
                    self.clusters.add((resource_id,))
                case kind if kind == _DATABASE_TYPE:
                    self._add_database(resource_id)

    def learn_exports(self, body: bytes) -> None:
        """Take in the destinations of data export rules; what is not an event hub's is a storage account's."""
        for row in _rows(body, _Export):
            destination = row.properties.destination
            for resource_id in _texts(destination.resource_id):
                if destination.type.casefold() == _EVENT_HUB or namespace_of(resource_id) is not None:
                    self.namespaces.add((_namespace(resource_id),))
                else:
                    self.accounts.add((resource_id,))

    def learn_sentinel(self, body: bytes) -> None:
        """Take in the workspaces that have Microsoft Sentinel."""
        for row in _rows(body, _Identified):
            state = _text(row.id)
            at = state.casefold().find(_SENTINEL)
            self.with_sentinel.add((state if at < 0 else state[:at],))

    def learn_event_hubs(self, body: bytes) -> None:
        """Take in the storage accounts that Capture writes to."""
        for row in _rows(body, _EventHub):
            capture = row.properties.capture
            if capture is not None and capture.destination is not None:
                self.accounts.add(_texts(capture.destination.properties.account_id))

    def learn_databases(self, body: bytes) -> None:
        """Take in the databases of Azure Data Explorer."""
        for row in _rows(body, _Identified):
            self._add_database(_text(row.id))

    def _add_database(self, database: str) -> None:
        self.databases.add((database,))
        if (found := _CLUSTER.fullmatch(database)) is not None:
            self.clusters.add((found[1],))


class _Identified(msgspec.Struct):
    id: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


class _Resource(msgspec.Struct):
    type: str
    id: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


class _Destinations(msgspec.Struct):
    workspace_id: msgspec.Raw | msgspec.UnsetType = msgspec.field(default=msgspec.UNSET, name="workspaceId")
    storage_account_id: msgspec.Raw | msgspec.UnsetType = msgspec.field(default=msgspec.UNSET, name="storageAccountId")
    rule_id: msgspec.Raw | msgspec.UnsetType = msgspec.field(default=msgspec.UNSET, name="eventHubAuthorizationRuleId")


class _Setting(msgspec.Struct):
    properties: _Destinations


class _ExportDestination(msgspec.Struct):
    resource_id: msgspec.Raw | msgspec.UnsetType = msgspec.field(default=msgspec.UNSET, name="resourceId")
    type: str = ""


class _ExportProperties(msgspec.Struct):
    destination: _ExportDestination


class _Export(msgspec.Struct):
    properties: _ExportProperties


class _CaptureTarget(msgspec.Struct):
    account_id: msgspec.Raw | msgspec.UnsetType = msgspec.field(default=msgspec.UNSET, name="storageAccountResourceId")


class _CaptureDestination(msgspec.Struct):
    properties: _CaptureTarget


class _Capture(msgspec.Struct):
    destination: _CaptureDestination | None = None


class _EventHubProperties(msgspec.Struct):
    capture: _Capture | None = msgspec.field(default=None, name="captureDescription")


class _EventHub(msgspec.Struct):
    properties: _EventHubProperties


class _Page(msgspec.Struct):
    value: list[msgspec.Raw] | msgspec.UnsetType = msgspec.UNSET
    data: list[msgspec.Raw] | msgspec.UnsetType = msgspec.UNSET


_RowT = TypeVar("_RowT")


def _rows(body: bytes, row_type: type[_RowT]) -> Iterator[_RowT]:
    """The rows of a page, of Resource Graph's too, that can be read; none of an answer that is no page."""
    try:
        page = msgspec.json.decode(body, type=_Page)
    except UNDECODABLE:
        return
    listed = page.data if isinstance(page.value, msgspec.UnsetType) else page.value
    if isinstance(listed, msgspec.UnsetType):
        return
    decoder = msgspec.json.Decoder(row_type)
    for raw in listed:
        try:
            row = decoder.decode(raw)
        except UNDECODABLE:
            continue
        yield row


def _text(raw: msgspec.Raw | msgspec.UnsetType) -> str:
    """An id as it stands in an answer; of what is no text, or missing, a representation that is the id of nothing."""
    for text in _texts(raw):
        return text
    return "(no id)"


def _texts(raw: msgspec.Raw | msgspec.UnsetType) -> Iterator[str]:
    """An id that may be missing or null, then nothing is named."""
    if isinstance(raw, msgspec.UnsetType):
        return
    try:
        value: Any = msgspec.json.decode(raw)
    except UNDECODABLE:
        value = bytes(raw)
    if value is not None:
        yield value if isinstance(value, str) else repr(value)


def _namespace(resource_id: str) -> str:
    """The namespace of an authorization rule or a hub; of what is neither, what stands there."""
    found = namespace_of(resource_id)
    return resource_id if found is None else found
