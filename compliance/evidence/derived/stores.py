"""Every store that a log reaches when it is sent somewhere, and how long each keeps it.

A workspace keeps a table and may send it on; a storage account keeps a container; an event hub keeps nothing, and what
reads from it may. What is surely not there is no store; what is not known to be there is one in doubt.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace

from compliance.evidence.azure_views import Resource
from compliance.evidence.derived.data_exports import DataExports, Onward
from compliance.evidence.derived.event_hubs import EventHubs, namespace_at
from compliance.evidence.derived.inventory import Inventory, inventory
from compliance.evidence.derived.log_analytics import LogAnalytics
from compliance.evidence.derived.sinks import Sink, Store, doubted, sink_name
from compliance.evidence.derived.standing import Gone, Live, Standing, Whereabouts
from compliance.evidence.derived.storage import StorageAccounts
from compliance.evidence.population import Population
from compliance.evidence.unread import Kind, Unread
from compliance.evidence.views import DATASET_OF
from compliance.rules.azure_monitor import Hubs, container_of, export_container, export_hubs, hubs_of
from compliance.rules.log_sources import ACTIVITY_TABLE
from compliance.rules.periods import Duration
from compliance.rules.reach import StoreReach
from compliance.rules.resource_ids import resource_name
from compliance.rules.storage import BlobType

__all__ = ["Gone", "Live", "Sink", "Standing", "Store", "Stores", "sink_name", "stores_of"]

_NOTHING = Duration.of_days(0)
_DECLARE = "a declaration of the store behind {name} in declarations.yaml, by whoever owns it"
_RESOURCES = DATASET_OF[Resource]
_WORKSPACE = "microsoft.operationalinsights/workspaces"
_VISIBLE_ONLY = Unread(
    Kind.INCOMPLETE,
    _RESOURCES,
    "only what the reader may see was read: a subscription that he may not see can hold another workspace",
    "approved_subscriptions in declarations.yaml, all of the tenant, and Azure role Reader on each of them",
)


@dataclass(frozen=True, slots=True)
class Stores:
    """The stores of logs that were read, and what is not known of them.

    `visible_unread` is why one of the workspaces that the reader may see may have been missed, `workspaces_unread` why
    any workspace may.
    """

    log_analytics: LogAnalytics
    storage: StorageAccounts
    event_hubs: EventHubs
    exports: DataExports
    whereabouts: Whereabouts
    visible_unread: Unread | None

    @property
    def workspaces_unread(self) -> Unread:
        """Why a workspace that is not known may be there: no more is ever seen than the reader may see."""
        return _VISIBLE_ONLY if self.visible_unread is None else self.visible_unread

    def holding(
        self, sink: Sink, resource_id: str, *, table: str, category: str, hub: str | None = None
    ) -> tuple[Store, ...]:
        """Return every store that a log reaches when a setting sends it to a destination.

        `table` is its table in Log Analytics, `category` its name in diagnostic settings, `hub` the event hub that the
        setting names, if any. A table and what is sent on from it are stores of their own.
        """
        activity = table == ACTIVITY_TABLE
        match sink:
            case Sink.WORKSPACE:
                return tuple(self._in_workspace(resource_id, table))
            case Sink.STORAGE_ACCOUNT:
                container = container_of(category, activity=activity)
                return tuple(self._in_container(resource_id, container, BlobType.APPEND))
            case Sink.EVENT_HUB:
                return tuple(self._behind_hub(resource_id, hubs_of(hub, (category,), activity=activity)))
            case Sink.PARTNER:
                return (_behind(sink_name(sink, resource_id), "keeps logs where they are not read"),)

    def standing(self, sink: Sink, resource_id: str, *hubs: Hubs) -> Standing:
        """Return whether a destination is there and takes logs in; of an event hub the namespace, and these hubs."""
        own: Standing
        match sink:
            case Sink.WORKSPACE:
                own = self.log_analytics.standing(resource_id)
            case Sink.STORAGE_ACCOUNT:
                own = self.storage.standing(resource_id)
            case Sink.EVENT_HUB:
                resource_id = namespace_at(resource_id)
                own = self.event_hubs.standing(resource_id, *hubs)
            case Sink.PARTNER:
                name = sink_name(sink, resource_id)
                reason = f"whether {name} is there is not read by this version"
                return Unread(Kind.NEEDS_ATTESTATION, _RESOURCES, reason, _DECLARE.format(name=name))
        outer = self.whereabouts.standing(resource_id)
        return outer if isinstance(outer, Gone) or isinstance(own, Live) else own

    def tables_named(self, name: str) -> tuple[tuple[str, Store], ...]:
        """Return the tables of a name in every workspace that was read, each with the workspace's id."""
        return tuple(
            (workspace, store)
            for workspace in self.log_analytics.workspaces_with(name)
            if not _for_good(self.standing(Sink.WORKSPACE, workspace))
            for store in (self._table(workspace, name),)
        )

    def _in_workspace(self, workspace: str, table: str) -> Iterator[Store]:
        standing = self.standing(Sink.WORKSPACE, workspace)
        if _for_good(standing):
            return
        yield self._table(workspace, table)
        doubts = _doubts(standing, sink_name(Sink.WORKSPACE, workspace))
        made = self.log_analytics.created(workspace)
        for onward in self.exports.of(workspace, table):
            for store in self._sent_on(onward, table):
                dated = replace(store, created=_latest(store.created, onward.since, made))
                yield doubted(dated, doubts)
        unknown = self.exports.may_send_more(workspace)
        if unknown is not None:
            name = f"a data export of {resource_name(workspace)}"
            yield Store(StoreReach(name, None, None, unknown.reason, ()), unknown)

    def _table(self, workspace: str, name: str) -> Store:
        standing = self.standing(Sink.WORKSPACE, workspace)
        named = sink_name(Sink.WORKSPACE, workspace)
        table = self.log_analytics.table(workspace, name)
        made = self.log_analytics.created(workspace)
        if isinstance(table, Unread):
            return Store(StoreReach(named, None, None, table.reason, ()), table, made)
        if table.hot is None or table.total is None:
            settle = f"a version of lookback that knows this, or the owner's declaration of {named}"
            unknown = Unread(Kind.UNPROVEN, "arm.tables", f"{name}: {table.because}", settle)
            return Store(table, unknown, made)
        return doubted(Store(table, None, made), _doubts(standing, named))

    def _sent_on(self, onward: Onward, table: str) -> Iterator[Store]:
        if onward.sink is Sink.STORAGE_ACCOUNT:
            yield from self._in_container(onward.resource_id, export_container(table), BlobType.APPEND)
        elif onward.hub is not None:
            yield from self._behind_hub(onward.resource_id, export_hubs(onward.hub, table))

    def _in_container(self, account: str, container: str, blob_type: BlobType) -> Iterator[Store]:
        """Yield what a container surely keeps, and beside it, in doubt, what it may."""
        standing = self.standing(Sink.STORAGE_ACCOUNT, account)
        if _for_good(standing):
            return
        name = sink_name(Sink.STORAGE_ACCOUNT, account)
        made = self.storage.created(account)
        doubts = list(_doubts(standing, name))
        found = self.storage.container(account, container)
        if isinstance(found, Unread):
            doubts.append(found)
        if blob_type is BlobType.APPEND:
            kept_out = self.storage.keeps_out_appends(account, container)
            doubts += [] if kept_out is None else [kept_out]
        kept = self.storage.kept(account, container, blob_type)
        if isinstance(kept, Unread):
            unknown = StoreReach(name, _NOTHING, None, kept.reason, ("storage.not-searchable",))
            yield doubted(Store(unknown, None, made), (*doubts, kept))
            return
        facts = (*kept.facts, "storage.not-searchable")
        yield doubted(Store(StoreReach(name, _NOTHING, kept.least, kept.because, facts), None, made), doubts)
        if kept.most != kept.least:
            reason = f"{name}, {container}: {kept.because}, or it may not"
            settle = f"lifecycle rules of {resource_name(account)} that name {container} and count days since creation"
            open_end = Unread(Kind.UNPROVEN, "arm.lifecycle_policies", reason, settle)
            longer = Store(StoreReach(name, _NOTHING, kept.most, kept.because, facts), None, made)
            yield doubted(longer, (*doubts, open_end))

    def _behind_hub(self, resource_id: str, hubs: Hubs) -> Iterator[Store]:
        """Yield the hub, which keeps nothing and leaves open what reads from it, and what is known to read from it."""
        at = namespace_at(resource_id)
        if _for_good(self.standing(Sink.EVENT_HUB, at, hubs)):
            return
        name = sink_name(Sink.EVENT_HUB, at)
        unread = self.event_hubs.unread(at, hubs)
        transport = _behind(name, "passes logs on, and the store behind it is not read", "event-hubs.transport")
        yield doubted(transport, () if unread is None else (unread,))
        targets, unsure = self.event_hubs.captures(at, hubs)
        doubts = (*_doubts(self.standing(Sink.EVENT_HUB, at), name), *(() if unsure is None else (unsure,)))
        for target in targets:
            for store in self._in_container(target.account, target.container, BlobType.BLOCK):
                yield doubted(store, doubts)
        for database in self.event_hubs.read_by(at, hubs):
            said = f"the database {database.name} {database.says}"
            reach = StoreReach(f"Azure Data Explorer {database.name}", None, None, said, ("adx.soft-delete",))
            yield Store(reach, Unread(Kind.UNPROVEN, "arm.adx_databases", said, database.settle))


def stores_of(
    log_analytics: LogAnalytics,
    storage: StorageAccounts,
    hubs: EventHubs,
    exports: DataExports,
    whereabouts: Whereabouts,
    resources: Population[Resource] | Unread,
) -> Stores:
    """Put together what was read of every kind of store."""
    found = inventory(resources, _RESOURCES, lambda row: row.type)
    return Stores(
        log_analytics, storage, hubs, exports, whereabouts, _visible_unread(log_analytics, whereabouts, found)
    )


def _visible_unread(log_analytics: LogAnalytics, whereabouts: Whereabouts, resources: Inventory[str]) -> Unread | None:
    """Say why one of the workspaces that the reader may see may have been missed."""
    for unread in (whereabouts.subscriptions.unread, resources.unread, log_analytics.workspaces_unread):
        if unread is not None:
            return unread
    if log_analytics.tables_unread is not None:
        return log_analytics.tables_unread
    for key, kind in resources.rows.items():
        if isinstance(kind, Unread):
            return kind
        if kind.casefold() == _WORKSPACE and not whereabouts.is_absent(key):
            standing = log_analytics.standing(key)
            if isinstance(standing, Unread) and standing.kind is not Kind.UNPROVEN:
                return standing
    return None


def _behind(name: str, why: str, *facts: str) -> Store:
    reason = f"{name} {why}"
    doubt = Unread(Kind.NEEDS_ATTESTATION, "arm.event_hubs", reason, _DECLARE.format(name=name))
    return Store(StoreReach(name, None, None, reason, facts), doubt)


def _for_good(standing: Standing) -> bool:
    return isinstance(standing, Gone) and not standing.for_now


def _doubts(standing: Standing, name: str) -> tuple[Unread, ...]:
    """Return why a destination that is not surely gone may hold nothing."""
    match standing:
        case Live():
            return ()
        case Gone(because):
            return (Unread(Kind.UNPROVEN, "arm.workspaces", because, f"{name} read again, once it takes logs in"),)
        case Unread():
            return (standing,)


def _latest(*days: dt.date | None) -> dt.date | None:
    """Return the latest of the days that are known, or None where none is."""
    return max((day for day in days if day is not None), default=None)
