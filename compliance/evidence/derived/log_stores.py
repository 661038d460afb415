"""Where logs lie: the workspaces, tables, storage accounts and containers that settings, exports and Capture write to.

What is said here is where something is sent, not whether it is there and how long it stays: that is for `Stores`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, replace

from compliance.evidence.azure_views import ActivityLogSetting, DataExport, DiagnosticSetting, Subscription
from compliance.evidence.derived.azure_activity import SeenSubscriptions
from compliance.evidence.derived.connectors import OfficeConnectors
from compliance.evidence.derived.data_exports import DataExports
from compliance.evidence.derived.destinations import destinations_of, settings_of
from compliance.evidence.derived.event_hubs import EventHubs, Hub, namespace_at
from compliance.evidence.derived.inventory import inventory
from compliance.evidence.derived.sent_logs import SentLog, activity_logs_sent, entra_logs_sent
from compliance.evidence.derived.sinks import Sink, sink_name
from compliance.evidence.population import Population, id_key
from compliance.evidence.unread import Kind, Unread
from compliance.evidence.views import DATASET_OF
from compliance.rules.azure_monitor import Hubs, export_container, export_hubs
from compliance.rules.entra_logs import ENTRA_LOGS, exported_categories
from compliance.rules.log_sources import AZURE_ACTIVITY, CLOUD_APP_EVENTS, CLOUD_APP_TABLE, SOURCES
from compliance.rules.office_activity import CONNECTED_BY, OFFICE_ACTIVITY
from compliance.rules.resource_ids import resource_name
from compliance.rules.storage import BlobType

_ENTRA = DATASET_OF[DiagnosticSetting]
_SUBSCRIPTIONS = DATASET_OF[Subscription]
_EXPORTS = DATASET_OF[DataExport]


@dataclass(frozen=True, slots=True)
class NamedStore:
    """A workspace or storage account that logs are sent to; `doubt` says why perhaps none is."""

    kind: Sink
    id: str
    doubt: Unread | None

    @property
    def name(self) -> str:
        """The kind and the name of the resource, for people."""
        return sink_name(self.kind, self.id)


@dataclass(frozen=True, slots=True)
class LogTable:
    """A table of a workspace that a log source is written to; `doubt` says why perhaps it is not.

    `subscription` is the key of that whose Activity log it is, None for other logs; `lacks` and `unclear` are as for
    `LogContainer`.
    """

    workspace: str
    table: str
    source: str
    subscription: str | None
    doubt: Unread | None
    lacks: tuple[str, ...] = ()
    unclear: Unread | None = None


@dataclass(frozen=True, slots=True)
class LogContainer:
    """A container that a log source is written to, and as what kind of blob; the rest is as for `LogTable`.

    `lacks` are the required categories of an Activity log that are surely not written to it, `unclear` says why perhaps
    others are not. `via` are the workspace or the event hub that it comes through, by kind and id.
    """

    account: str
    name: str
    blobs: BlobType
    source: str
    subscription: str | None
    doubt: Unread | None
    lacks: tuple[str, ...]
    unclear: Unread | None
    via: tuple[tuple[Sink, str], ...]

    @property
    def title(self) -> str:
        """The container and its account, for people."""
        return f"{self.name} in {sink_name(Sink.STORAGE_ACCOUNT, self.account)}"


@dataclass(frozen=True, slots=True)
class PassedOn:
    """That a log source is sent, or may be, to what passes it on to a store that nobody reads."""

    name: str
    source: str
    subscription: str | None


@dataclass(frozen=True, slots=True)
class LogStores:
    """Where logs are sent.

    `subscriptions` are the keys of those that were listed. `entra_unread` says why Entra's logs may be sent elsewhere
    too, `activity_unread` why an Activity log may, `copies_unread` why the unified audit log may be copied elsewhere
    too, `onward_unread` why what arrives somewhere may be sent on elsewhere.
    """

    workspaces: tuple[NamedStore, ...]
    accounts: tuple[NamedStore, ...]
    tables: tuple[LogTable, ...]
    containers: tuple[LogContainer, ...]
    passed_on: tuple[PassedOn, ...]
    subscriptions: SeenSubscriptions
    entra_unread: Unread | None
    activity_unread: Unread | None
    copies_unread: Unread | None
    onward_unread: tuple[Unread, ...]

    @property
    def unseen(self) -> tuple[Unread, ...]:
        """Why there may be stores that are not named here, as far as the subscriptions that were listed go."""
        return self.unseen_for(frozenset(SOURCES))

    def unseen_for(self, sources: Set[str]) -> tuple[Unread, ...]:
        """Return why there may be stores of these log sources that are not named here."""
        found = list(self.onward_unread)
        if self.entra_unread is not None and not sources.isdisjoint(ENTRA_LOGS):
            found.append(self.entra_unread)
        if self.activity_unread is not None and AZURE_ACTIVITY in sources:
            found.append(self.activity_unread)
        if self.copies_unread is not None and not sources.isdisjoint(CONNECTED_BY):
            found.append(self.copies_unread)
        return tuple(dict.fromkeys(found))


def log_stores(
    entra: Population[DiagnosticSetting] | Unread,
    activity: Population[ActivityLogSetting] | Unread,
    subscriptions: Population[Subscription] | Unread,
    connectors: OfficeConnectors,
    exports: DataExports,
    hubs: EventHubs,
) -> LogStores:
    """Return where logs are sent, by what was read."""
    rows, entra_unread = settings_of(entra, _ENTRA)
    entra_to, entra_fault = destinations_of(rows, exported_categories, _ENTRA)
    activity_to, activity_unread = activity_logs_sent(activity)
    listed = inventory(subscriptions, _SUBSCRIPTIONS, lambda row: row.id)
    sent = (*entra_logs_sent(entra_to), *activity_to)
    tables = tuple(dict.fromkeys((*_tables(sent), *_copies(connectors))))
    exported = (*tables, *_cloud_apps(exports))
    containers = tuple(
        dict.fromkeys((*_containers(sent), *_onward(exported, exports), *_captured(sent, exported, exports, hubs)))
    )
    return LogStores(
        workspaces=_stores(Sink.WORKSPACE, ((one.workspace, one.doubt) for one in tables)),
        accounts=_stores(Sink.STORAGE_ACCOUNT, ((one.account, one.doubt) for one in containers)),
        tables=tables,
        containers=containers,
        passed_on=tuple(dict.fromkeys(_passed_on(sent, tables, exports))),
        subscriptions=SeenSubscriptions(frozenset(listed.rows)),
        entra_unread=entra_unread if entra_unread is not None else entra_fault,
        activity_unread=activity_unread if activity_unread is not None else listed.unread,
        copies_unread=connectors.unread if connectors.onboarded.unread is None else connectors.onboarded.unread,
        onward_unread=tuple(_onward_unread(tables, sent, exports, hubs)),
    )


def _tables(sent: Sequence[SentLog]) -> Iterator[LogTable]:
    for one in sent:
        table = SOURCES[one.source].table
        if one.to.kind is Sink.WORKSPACE and table is not None:
            yield LogTable(one.to.resource_id, table, one.source, one.subscription, one.doubt, one.lacks, one.unclear)


def _copies(connectors: OfficeConnectors) -> Iterator[LogTable]:
    """Yield the tables that Sentinel's connectors copy the unified audit log to."""
    for workspace in sorted(connectors.by_workspace):
        connected = connectors.of(workspace)
        for source, kind in CONNECTED_BY.items():
            if kind in connected.on:
                yield LogTable(workspace, OFFICE_ACTIVITY, source, None, None)
            elif kind in connected.possible and connected.unread is not None:
                yield LogTable(workspace, OFFICE_ACTIVITY, source, None, connected.unread)


def _cloud_apps(exports: DataExports) -> Iterator[LogTable]:
    """Yield the tables of CloudAppEvents that are sent on, for that is where they lie if Defender fills the table."""
    for workspace in sorted(exports.rules):
        if exports.of(workspace, CLOUD_APP_TABLE):
            name = resource_name(workspace)
            reason = f"whether Microsoft Defender XDR streams {CLOUD_APP_TABLE} to {name} is shown by no API"
            doubt = Unread(Kind.NEEDS_ATTESTATION, _EXPORTS, reason, f"a declaration of {name} in declarations.yaml")
            yield LogTable(workspace, CLOUD_APP_TABLE, CLOUD_APP_EVENTS, None, doubt)


def _containers(sent: Sequence[SentLog]) -> Iterator[LogContainer]:
    for one in sent:
        if one.to.kind is Sink.STORAGE_ACCOUNT:
            yield _container(one, one.to.resource_id, one.container, BlobType.APPEND)


def _container(
    log: SentLog | LogTable, account: str, name: str, blobs: BlobType, *via: tuple[Sink, str]
) -> LogContainer:
    return LogContainer(account, name, blobs, log.source, log.subscription, log.doubt, log.lacks, log.unclear, via)


def _onward(tables: Sequence[LogTable], exports: DataExports) -> Iterator[LogContainer]:
    """Yield the containers that data export rules write these tables to."""
    for one in tables:
        for to in exports.of(one.workspace, one.table):
            if to.sink is Sink.STORAGE_ACCOUNT:
                via = (Sink.WORKSPACE, one.workspace)
                yield _container(one, to.resource_id, export_container(one.table), BlobType.APPEND, via)


def _captured(
    sent: Sequence[SentLog], tables: Sequence[LogTable], exports: DataExports, hubs: EventHubs
) -> Iterator[LogContainer]:
    """Yield the containers that Capture writes to what arrives in event hubs."""
    for one in sent:
        if one.to.kind is Sink.EVENT_HUB:
            namespace = namespace_at(one.to.resource_id)
            yield from _behind_hub(one, namespace, one.hubs, hubs)
    for table in tables:
        for to in exports.of(table.workspace, table.table):
            if to.sink is Sink.EVENT_HUB and to.hub is not None:
                via = Sink.WORKSPACE, table.workspace
                yield from _behind_hub(table, to.resource_id, export_hubs(to.hub, table.table), hubs, via)


def _behind_hub(
    log: SentLog | LogTable, namespace: str, through: Hubs, hubs: EventHubs, *via: tuple[Sink, str]
) -> Iterator[LogContainer]:
    """Yield the containers that Capture writes a log to which goes through one of these hubs."""
    targets, unsure = hubs.captures(namespace, through)
    for target in targets:
        found = _container(log, target.account, target.container, BlobType.BLOCK, *via, (Sink.EVENT_HUB, namespace))
        yield found if found.doubt is not None else replace(found, doubt=unsure)


def _passed_on(sent: Sequence[SentLog], tables: Sequence[LogTable], exports: DataExports) -> Iterator[PassedOn]:
    """Yield what goes to event hubs and to solutions of partners."""
    for one in sent:
        if one.to.kind in (Sink.EVENT_HUB, Sink.PARTNER):
            yield PassedOn(one.to.name, one.source, one.subscription)
    for table in tables:
        for to in exports.of(table.workspace, table.table):
            if to.sink is Sink.EVENT_HUB:
                yield PassedOn(sink_name(to.sink, to.resource_id), table.source, table.subscription)


def _onward_unread(
    tables: Sequence[LogTable], sent: Sequence[SentLog], exports: DataExports, hubs: EventHubs
) -> Iterator[Unread]:
    """Yield why what arrives in a workspace or an event hub may be sent on to where nobody looked."""
    seen: set[Unread] = set()
    for one in tables:
        unread = exports.may_send_more(one.workspace)
        if unread is not None and unread not in seen:
            seen.add(unread)
            yield unread
    named = {id_key(namespace_at(one.to.resource_id)) for one in sent if one.to.kind is Sink.EVENT_HUB}
    named |= {
        id_key(to.resource_id)
        for one in tables
        for to in exports.of(one.workspace, one.table)
        if to.sink is Sink.EVENT_HUB
    }
    if named and hubs.hubs.unread is not None:
        yield hubs.hubs.unread
    for key, hub in sorted(hubs.hubs.rows.items()):
        capture = hub.capture if isinstance(hub, Hub) else hub
        if isinstance(capture, Unread) and key.partition("/eventhubs/")[0] in named:
            yield capture


def _stores(kind: Sink, named: Iterable[tuple[str, Unread | None]]) -> tuple[NamedStore, ...]:
    """Return each store once, without doubt where anything is surely sent to it."""
    found: dict[str, NamedStore] = {}
    for resource_id, doubt in named:
        key = id_key(resource_id)
        if key not in found or (found[key].doubt is not None and doubt is None):
            found[key] = NamedStore(kind, resource_id, doubt)
    return tuple(found[key] for key in sorted(found, key=lambda one: (resource_name(one), one)))
