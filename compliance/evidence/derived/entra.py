"""Where each log of Microsoft Entra ID is kept, and for how long: in Entra itself, and wherever it is exported to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from compliance.evidence.azure_views import DiagnosticSetting
from compliance.evidence.derived import destinations as named
from compliance.evidence.derived.entra_licences import EntraLicences, entra_licences
from compliance.evidence.derived.sinks import Sink, Store, doubted, sink_name
from compliance.evidence.derived.standing import Gone, Live, Standing
from compliance.evidence.derived.stores import Stores
from compliance.evidence.population import Population
from compliance.evidence.unread import Kind, Unread
from compliance.evidence.views import DATASET_OF, SubscribedSku
from compliance.rules.azure_monitor import hubs_of
from compliance.rules.entra_logs import ENTRA_LOGS, EntraLog, exported_categories, native_reach
from compliance.rules.reach import StoreReach
from compliance.rules.resource_ids import resource_name

_SETTINGS = DATASET_OF[DiagnosticSetting]


@dataclass(frozen=True, slots=True)
class Destination:
    """Where settings send logs: by id those that are surely sent, and those beside them that may be.

    All settings that name the same destination count together. `unclear` are those of `possible` that the settings
    leave open; of the others it is not known whether the tenant can export them. `standing` says whether the
    destination is there and takes them in.
    """

    kind: Sink
    resource_id: str
    hub: str | None
    exported: frozenset[str]
    possible: frozenset[str]
    unclear: frozenset[str]
    standing: Standing

    @property
    def name(self) -> str:
        """The kind and the name of the resource, for people."""
        return sink_name(self.kind, self.resource_id)

    @property
    def not_live(self) -> Unread | None:
        """Why the destination is not known to be there and to take logs in, None where it is."""
        match self.standing:
            case Live():
                return None
            case Gone(because):
                return Unread(
                    Kind.UNPROVEN, _SETTINGS, because, f"a destination that is there, in place of {self.name}"
                )
            case Unread() as unread:
                return unread


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
    """Every log of Microsoft Entra ID by id, the destinations of its exports, and why there may be others.

    `setting_names` are the names of its diagnostic settings that were read, in lower case.
    """

    logs: Mapping[str, LogReach]
    destinations: tuple[Destination, ...]
    settings_unread: Unread | None
    setting_names: frozenset[str]


def entra_reach(
    settings: Population[DiagnosticSetting] | Unread, stores: Stores, skus: Population[SubscribedSku] | Unread
) -> EntraReach:
    """Return the reach of every log. A setting that cannot be read may send anything anywhere."""
    licences = entra_licences(skus)
    readable, settings_unread = named.settings_of(settings, _SETTINGS)
    found, faulty = named.destinations_of(readable, exported_categories, _SETTINGS)
    settings_unread = faulty if settings_unread is None else settings_unread
    destinations = tuple(_destination(one, stores, licences) for one in found)
    logs: dict[str, LogReach] = {}
    for log in ENTRA_LOGS.values():
        has, can_export = licences.has(log.needs), licences.has(log.export_needs)
        logs[log.id] = LogReach(
            log=log,
            stores=tuple(_stores(log, destinations, settings_unread, stores, licences)),
            lacking=log.needs.value if has is False and log.needs is not None else None,
            condition=licences.unread if has is None else None,
            exportable=licences.unread if can_export is None else can_export,
        )
    names = frozenset(resource_name(row.id).casefold() for row in readable)
    return EntraReach(logs, destinations, settings_unread, names)


def _destination(one: named.Destination, stores: Stores, licences: EntraLicences) -> Destination:
    """Return what is sent: of what the settings name, nothing that the tenant cannot export."""
    can_export = {log.id: licences.has(log.export_needs) for log in ENTRA_LOGS.values()}
    sure, maybe = _log_ids(one.sure), _log_ids(one.possible)
    exported = frozenset(log_id for log_id in sure if can_export[log_id])
    possible = frozenset(log_id for log_id in sure | maybe if can_export[log_id] is not False)
    standing = stores.standing(one.kind, one.resource_id, hubs_of(one.hub, one.sure | one.possible))
    return Destination(one.kind, one.resource_id, one.hub, exported, possible - exported, possible - sure, standing)


def _stores(
    log: EntraLog,
    destinations: tuple[Destination, ...],
    settings_unread: Unread | None,
    stores: Stores,
    licences: EntraLicences,
) -> Iterator[Store]:
    if licences.has(log.needs) is not False:
        yield _native(log, licences)
    if settings_unread is not None:
        unknown = StoreReach("another store", None, None, settings_unread.reason, ())
        yield Store(unknown, settings_unread)
    for one in destinations:
        if log.id in one.exported | one.possible:
            doubts = tuple(_doubts(log, one, licences))
            for store in stores.holding(one.kind, one.resource_id, table=log.table, category=log.category, hub=one.hub):
                yield doubted(store, doubts)


def _native(log: EntraLog, licences: EntraLicences) -> Store:
    """Return what Entra keeps: much of it longer with P1 or P2."""
    reach = native_reach(log, licences.premium)
    if reach.hot is not None:
        return Store(reach, None)
    if licences.premium is None:
        return Store(reach, licences.unread)
    settle = f"an export of {log.category} to a store that keeps it long enough"
    return Store(reach, Unread(Kind.UNPROVEN, _SETTINGS, reach.because, settle))


def _doubts(log: EntraLog, destination: Destination, licences: EntraLicences) -> Iterator[Unread]:
    """Yield why a log may not be sent to a destination, however long that keeps it."""
    if licences.has(log.export_needs) is None:
        yield licences.unread
    if log.id in destination.unclear:
        reason = f"whether the diagnostic settings send {log.category} to {destination.name} cannot be told"
        settle = f"a diagnostic setting that names {log.category}, enabled"
        yield Unread(Kind.UNPROVEN, _SETTINGS, reason, settle)


def _log_ids(categories: frozenset[str]) -> frozenset[str]:
    return frozenset(log.id for log in ENTRA_LOGS.values() if log.category in categories)
