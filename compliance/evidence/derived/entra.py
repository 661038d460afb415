"""Where each log of Microsoft Entra ID is kept, and for how long: in Entra itself, and wherever it is exported to.

Diagnostic settings decide what is exported. Their own `retentionPolicy` is ignored: Azure Monitor retired it on
2025-09-30 (Microsoft Learn, Migrate from diagnostic settings storage retention to Azure Storage lifecycle management).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from compliance.evidence.azure_views import DiagnosticSetting, LogCategory
from compliance.evidence.datasets import DATASETS
from compliance.evidence.derived.entra_licences import EntraLicences, entra_licences
from compliance.evidence.derived.log_analytics import LogAnalytics, resource_name
from compliance.evidence.evidence import combined
from compliance.evidence.population import Coverage, Malformed, Population, id_key, scan
from compliance.evidence.unread import Kind, PropertyUnreadError, Unread
from compliance.evidence.views import DATASET_OF, SubscribedSku
from compliance.rules.entra_logs import ENTRA_LOGS, EntraLog, exported_categories, native_reach
from compliance.rules.periods import Duration, band
from compliance.rules.reach import StoreReach

_DECLARE = "a declaration of the store behind {name} in declarations.yaml, by whoever owns it"
_SETTINGS = DATASET_OF[DiagnosticSetting]


class Sink(StrEnum):
    """The kinds of destination that a diagnostic setting can name."""

    WORKSPACE = "Log Analytics"
    STORAGE_ACCOUNT = "storage account"
    EVENT_HUB = "event hub"
    PARTNER = "partner solution"


@dataclass(frozen=True, slots=True)
class Destination:
    """Where settings send logs: by id those that surely arrive, and those beside them that may.

    All settings that name the same destination count together. `unclear` are those of `possible` that the settings
    leave open; of the others it is not known whether the tenant can export them. `not_live` says why the destination is
    not known to be there.
    """

    kind: Sink
    resource_id: str
    exported: frozenset[str]
    possible: frozenset[str]
    unclear: frozenset[str]
    not_live: Unread | None

    @property
    def name(self) -> str:
        """The kind and the name of the resource, for people."""
        return _named(self.kind, self.resource_id)


@dataclass(frozen=True, slots=True)
class Store:
    """A store that holds a log, or may; `doubt` says why its reach is not known, None where it is as read.

    `created` is the day since when it can have held anything, None where that is not known.
    """

    reach: StoreReach
    doubt: Unread | None
    created: dt.date | None = None


@dataclass(frozen=True, slots=True)
class LogReach:
    """A log with every store that holds it or may.

    `lacking` names what the tenant surely does not have and without which the log is empty; `condition` says why that
    is not known. `exportable` is whether the tenant has what it takes to send the log anywhere.
    """

    log: EntraLog
    stores: tuple[Store, ...]
    lacking: str | None
    condition: Unread | None
    exportable: bool | Unread


@dataclass(frozen=True, slots=True)
class EntraReach:
    """Every log of Microsoft Entra ID by id, the destinations of its exports, and why there may be others."""

    logs: Mapping[str, LogReach]
    destinations: tuple[Destination, ...]
    settings_unread: Unread | None


@dataclass(frozen=True, slots=True)
class _Sent:
    """What one setting sends to one destination: categories that it surely sends, and others that it may."""

    resource_id: str
    sure: frozenset[str]
    possible: frozenset[str]


def entra_reach(
    settings: Population[DiagnosticSetting] | Unread,
    log_analytics: LogAnalytics,
    skus: Population[SubscribedSku] | Unread,
) -> EntraReach:
    """Return the reach of every log. A setting that cannot be read may send anything anywhere."""
    licences = entra_licences(skus)
    destinations, settings_unread = _destinations(settings, log_analytics, licences)
    logs: dict[str, LogReach] = {}
    for log in ENTRA_LOGS.values():
        has, can_export = licences.has(log.needs), licences.has(log.export_needs)
        logs[log.id] = LogReach(
            log=log,
            stores=tuple(_stores(log, destinations, settings_unread, log_analytics, licences)),
            lacking=log.needs.value if has is False and log.needs is not None else None,
            condition=licences.unread if has is None else None,
            exportable=licences.unread if can_export is None else can_export,
        )
    return EntraReach(logs, destinations, settings_unread)


def _stores(
    log: EntraLog,
    destinations: tuple[Destination, ...],
    settings_unread: Unread | None,
    log_analytics: LogAnalytics,
    licences: EntraLicences,
) -> Iterator[Store]:
    if licences.has(log.needs) is not False:
        yield _native(log, licences)
    if settings_unread is not None:
        unknown = StoreReach("another store", None, None, settings_unread.reason, ())
        yield Store(unknown, settings_unread)
    for destination in destinations:
        if log.id in destination.exported | destination.possible:
            yield _exported(log, destination, log_analytics, licences)


def _native(log: EntraLog, licences: EntraLicences) -> Store:
    """Return what Entra keeps: much of it longer with P1 or P2."""
    reach = native_reach(log, licences.premium)
    if reach.hot is not None:
        return Store(reach, None)
    if licences.premium is None:
        return Store(reach, licences.unread)
    settle = f"an export of {log.category} to a store that keeps it long enough"
    return Store(reach, Unread(Kind.UNPROVEN, _SETTINGS, reach.because, settle))


def _exported(log: EntraLog, destination: Destination, log_analytics: LogAnalytics, licences: EntraLicences) -> Store:
    if destination.kind is not Sink.WORKSPACE:
        return _without_reader(destination)
    table = log_analytics.table(destination.resource_id, log.table)
    if isinstance(table, Unread):
        return Store(StoreReach(destination.name, None, None, table.reason, ()), table)
    store = Store(table, None, log_analytics.created(destination.resource_id))
    if table.hot is None or table.total is None:
        settle = f"a version of lookback that knows this, or the owner's declaration of {destination.name}"
        return Store(table, Unread(Kind.UNPROVEN, "arm.tables", f"{log.table}: {table.because}", settle))
    doubts = tuple(_doubts(log, destination, licences))
    return _doubted(store, combined(doubts)) if doubts else store


def _doubts(log: EntraLog, destination: Destination, licences: EntraLicences) -> Iterator[Unread]:
    """Yield why a log may not be in the destination's store, however long that keeps it."""
    if destination.not_live is not None:
        yield destination.not_live
    if licences.has(log.export_needs) is None:
        yield licences.unread
    if log.id in destination.unclear:
        reason = f"whether the diagnostic settings send {log.category} to {destination.name} cannot be told"
        settle = f"a diagnostic setting that names {log.category}, enabled"
        yield Unread(Kind.UNPROVEN, _SETTINGS, reason, settle)


def _without_reader(destination: Destination) -> Store:
    reason = f"how long {destination.name} keeps logs is not read by this version"
    if destination.kind is Sink.EVENT_HUB:
        reason = f"{destination.name} passes logs on, and the store behind it is not read"
    settle = _DECLARE.format(name=destination.name)
    doubt = Unread(Kind.NEEDS_ATTESTATION, _SETTINGS, reason, settle)
    return Store(StoreReach(destination.name, None, None, reason, ()), doubt)


def _doubted(store: Store, doubt: Unread) -> Store:
    """Leave open what a store holds; it cannot be more than it keeps."""
    reach = store.reach
    known = [one for one in (reach.hot, reach.total) if one is not None]
    at_most: Duration | None = max(known, key=band) if known else reach.at_most
    return Store(StoreReach(reach.store, None, None, reach.because, reach.facts, at_most), doubt, store.created)


def _destinations(
    settings: Population[DiagnosticSetting] | Unread, log_analytics: LogAnalytics, licences: EntraLicences
) -> tuple[tuple[Destination, ...], Unread | None]:
    if isinstance(settings, Unread):
        return (), settings
    rows: dict[str, DiagnosticSetting] = {}
    faults: list[str] = []
    for row, _ in scan(settings):
        if not isinstance(row, Malformed):
            rows[id_key(row.id)] = row
            continue
        faults.append(row.reason)
        if row.id in rows:
            del rows[row.id]
    found: dict[tuple[Sink, str], list[_Sent]] = {}
    for row in rows.values():
        try:
            for kind, sent in _sent(row):
                found.setdefault((kind, id_key(sent.resource_id)), []).append(sent)
        except PropertyUnreadError as error:
            faults.append(str(error))
    destinations = tuple(_destination(kind, found[kind, key], log_analytics, licences) for kind, key in sorted(found))
    return destinations, _settings_unread(settings, faults)


def _destination(
    kind: Sink, sent: Sequence[_Sent], log_analytics: LogAnalytics, licences: EntraLicences
) -> Destination:
    """Return what arrives: of what the settings send, nothing that the tenant cannot export."""
    resource_id = min(one.resource_id for one in sent)
    can_export = {log.id: licences.has(log.export_needs) for log in ENTRA_LOGS.values()}
    named = _log_ids(frozenset[str]().union(*(one.sure for one in sent)))
    maybe = _log_ids(frozenset[str]().union(*(one.possible for one in sent)))
    exported = frozenset(log_id for log_id in named if can_export[log_id])
    possible = frozenset(log_id for log_id in named | maybe if can_export[log_id] is not False)
    not_live = log_analytics.not_live(resource_id) if kind is Sink.WORKSPACE else _not_asked(kind, resource_id)
    return Destination(kind, resource_id, exported, possible - exported, possible - named, not_live)


def _sent(row: DiagnosticSetting) -> Iterator[tuple[Sink, _Sent]]:
    sure, possible = exported_categories([_entry(one) for one in row.properties.logs])
    for kind, resource_id in list(_sinks(row)):
        yield kind, _Sent(resource_id, sure, possible)


def _sinks(row: DiagnosticSetting) -> Iterator[tuple[Sink, str]]:
    """Yield the destinations of a setting: the stable version of the API knows no partner, and "" is none."""
    named = row.properties
    partner = named.marketplace_partner_id if named.holds("marketplace_partner_id") else None
    for kind, resource_id in (
        (Sink.WORKSPACE, named.workspace_id),
        (Sink.STORAGE_ACCOUNT, named.storage_account_id),
        (Sink.EVENT_HUB, named.event_hub_authorization_rule_id),
        (Sink.PARTNER, partner),
    ):
        if resource_id is not None and resource_id.strip():
            yield kind, resource_id


def _entry(log: LogCategory) -> tuple[str | None, str | None, bool | None]:
    """Return an entry of a setting's logs; it names a category or a group, and the other one is absent or null."""
    return (
        log.category if log.holds("category") else None,
        log.category_group if log.holds("category_group") else None,
        log.enabled if log.holds("enabled") else None,
    )


def _log_ids(categories: frozenset[str]) -> frozenset[str]:
    return frozenset(log.id for log in ENTRA_LOGS.values() if log.category in categories)


def _named(kind: Sink, resource_id: str) -> str:
    """Return kind and name of a resource; the id of an event hub is that of a rule in its namespace."""
    head, found, tail = resource_id.partition("/namespaces/")
    return f"{kind.value} {tail.partition('/')[0] if found else resource_name(head)}"


def _not_asked(kind: Sink, resource_id: str) -> Unread:
    name = _named(kind, resource_id)
    reason = f"whether {name} is there is not read by this version"
    settle = _DECLARE.format(name=name)
    return Unread(Kind.NEEDS_ATTESTATION, _SETTINGS, reason, settle)


def _settings_unread(settings: Population[DiagnosticSetting], faults: list[str]) -> Unread | None:
    request = DATASETS[_SETTINGS].request
    if settings.shortfall is not None:
        return settings.shortfall
    if faults:
        return Unread(Kind.MALFORMED, _SETTINGS, min(faults), f"read again: {request}")
    if settings.coverage is not Coverage.WHOLE:
        return Unread(Kind.INCOMPLETE, _SETTINGS, "not every diagnostic setting was read", f"read again: {request}")
    return None
