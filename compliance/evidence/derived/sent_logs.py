"""Which log sources diagnostic settings send where: those of Microsoft Entra ID, and of each subscription."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from compliance.evidence.azure_views import ActivityLogSetting, DiagnosticSetting
from compliance.evidence.derived.destinations import Destination, destinations_of, settings_of
from compliance.evidence.population import Population, id_key
from compliance.evidence.unread import Kind, Unread
from compliance.evidence.views import DATASET_OF
from compliance.rules.azure_monitor import Hubs, container_of, hubs_of
from compliance.rules.entra_logs import ENTRA_LOGS
from compliance.rules.log_sources import AZURE_ACTIVITY, REQUIRED_ACTIVITY, activity_categories_sent
from compliance.rules.resource_ids import subscription_of

_ENTRA = DATASET_OF[DiagnosticSetting]
_ACTIVITY = DATASET_OF[ActivityLogSetting]


@dataclass(frozen=True, slots=True)
class SentLog:
    """A log source that settings send to a destination, by the name of its category; of an Activity log whose it is.

    `doubt` says why perhaps nothing of it is sent. `lacks` are the required categories of an Activity log that are
    surely not sent, `unclear` says why perhaps others are not.
    """

    to: Destination
    source: str
    category: str
    subscription: str | None
    doubt: Unread | None
    lacks: tuple[str, ...] = ()
    unclear: Unread | None = None

    @property
    def container(self) -> str:
        """The container that it lies in where it is sent to a storage account."""
        return container_of(self.category, activity=self.source == AZURE_ACTIVITY)

    @property
    def hubs(self) -> Hubs:
        """The hubs that it may go through where it is sent to an event hub."""
        return hubs_of(self.to.hub, (self.category,), activity=self.source == AZURE_ACTIVITY)


def activity_logs_sent(
    rows: Population[ActivityLogSetting] | Unread,
) -> tuple[tuple[SentLog, ...], Unread | None]:
    """Return where each subscription sends its Activity log, and why one may send it elsewhere too."""
    settings, unread = settings_of(rows, _ACTIVITY)
    grouped: dict[str, list[ActivityLogSetting]] = {}
    for row in settings:
        where = subscription_of(row.id)
        grouped.setdefault("" if where is None else id_key(where), []).append(row)
    found: list[SentLog] = []
    for key, group in sorted(grouped.items()):
        to, fault = destinations_of(group, activity_categories_sent, _ACTIVITY)
        unread = unread if unread is not None else fault
        found += [_activity_sent(one, key) for one in to if one.sure or one.possible]
    return tuple(found), unread


def _activity_sent(to: Destination, subscription: str) -> SentLog:
    lacks = tuple(one for one in REQUIRED_ACTIVITY if one not in to.sure | to.possible)
    maybe = [one for one in REQUIRED_ACTIVITY if one in to.possible]
    unclear = _unclear(", ".join(maybe), to, _ACTIVITY) if maybe else None
    doubt = None if to.sure else _unclear("the Activity log", to, _ACTIVITY)
    return SentLog(to, AZURE_ACTIVITY, "", subscription, doubt, lacks, unclear)


def entra_logs_sent(destinations: Iterable[Destination]) -> Iterator[SentLog]:
    """Yield each log of Microsoft Entra ID that is sent to a destination, or may be."""
    for to in destinations:
        for log in ENTRA_LOGS.values():
            if log.category in to.sure:
                yield SentLog(to, log.id, log.category, None, None)
            elif log.category in to.possible:
                yield SentLog(to, log.id, log.category, None, _unclear(log.category, to, _ENTRA))


def _unclear(what: str, to: Destination, dataset: str) -> Unread:
    reason = f"whether the diagnostic settings send {what} to {to.name} cannot be told"
    return Unread(Kind.UNPROVEN, dataset, reason, "a diagnostic setting that names each category, enabled")
