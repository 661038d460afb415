"""The destinations that the logs of Microsoft Entra ID and the Activity logs are sent to, whoever sends to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from compliance.evidence.azure_views import DiagnosticSetting
from compliance.evidence.derived.azure_activity import AzureActivity, SeenSubscriptions
from compliance.evidence.derived.destinations import Destination, destinations_of, settings_of
from compliance.evidence.derived.sinks import Sink, sink_name
from compliance.evidence.population import Population, id_key
from compliance.evidence.unread import Unread
from compliance.evidence.views import DATASET_OF
from compliance.rules.azure_monitor import Hubs, hubs_of
from compliance.rules.entra_logs import ENTRA_LOGS, exported_categories
from compliance.rules.log_sources import AZURE_ACTIVITY
from compliance.rules.resource_ids import namespace_of

_SETTINGS = DATASET_OF[DiagnosticSetting]
_ENTRA = "Microsoft Entra ID"


@dataclass(frozen=True, slots=True)
class Flow:
    """A category of logs on its way: whose settings send it (a name for people, and what tells two apart)."""

    sender: str
    name: str
    source: str
    category: str


@dataclass(frozen=True, slots=True)
class LogDestination:
    """A destination, once however many settings name it: of an event hub its namespace.

    `sent` is what surely goes there, `possible` what may beside it, and `hubs` which of its hubs that goes through.
    """

    kind: Sink
    resource_id: str
    sent: frozenset[Flow]
    possible: frozenset[Flow]
    hubs: tuple[Hubs, ...] = ()

    @property
    def name(self) -> str:
        """The kind and the name of the resource, for people."""
        return sink_name(self.kind, self.resource_id)

    @property
    def certain(self) -> bool:
        """Whether anything is surely sent there."""
        return bool(self.sent)

    @property
    def senders(self) -> tuple[str, ...]:
        """Whose settings send there, in words."""
        return tuple(sorted({flow.name for flow in self.sent | self.possible}))

    @property
    def keeps(self) -> bool:
        """Whether logs can be kept there and read from there by Azure's own means, and are not only passed on."""
        return self.kind in (Sink.WORKSPACE, Sink.STORAGE_ACCOUNT)


@dataclass(frozen=True, slots=True)
class LogDestinations:
    """Every destination that was read, in order of kind and id, and why there may be others.

    `subscriptions` are those whose settings were read: others may send elsewhere. Those of another tenant, whose logs
    are not this one's, are among them.
    """

    found: tuple[LogDestination, ...]
    unread: tuple[Unread, ...]
    subscriptions: SeenSubscriptions

    def of(self, kind: Sink) -> tuple[LogDestination, ...]:
        """Return the destinations of a kind."""
        return tuple(one for one in self.found if one.kind is kind)


def log_destinations(settings: Population[DiagnosticSetting] | Unread, activity: AzureActivity) -> LogDestinations:
    """Return where anything is sent, or may be; a setting that is off names no destination."""
    rows, unread = settings_of(settings, _SETTINGS)
    sent, fault = destinations_of(rows, exported_categories, _SETTINGS)
    by_key: dict[tuple[Sink, str], list[LogDestination]] = {}
    for one in (*_entra(sent), *_activity(activity)):
        by_key.setdefault((one.kind, id_key(one.resource_id)), []).append(one)
    seen = activity.seen
    unsettled = (one.settings_unread for one in activity.subscriptions)
    doubts = (unread, fault, activity.unread, *unsettled)
    return LogDestinations(
        tuple(_joined(by_key[key]) for key in sorted(by_key)),
        tuple(dict.fromkeys(doubt for doubt in doubts if doubt is not None)),
        replace(seen, read=seen.read | frozenset(activity.foreign)),
    )


def _entra(sent: Sequence[Destination]) -> Iterator[LogDestination]:
    for one in sent:
        yield from _destination(one, _entra_flow, hubs_of(one.hub, one.sure | one.possible))


def _entra_flow(category: str) -> Flow:
    """Return the flow of a category; one that is not known is a source of its own, which no store is declared for."""
    known = {log.category: log.id for log in ENTRA_LOGS.values()}.get(category)
    return Flow("", _ENTRA, category if known is None else known, category)


def _activity(activity: AzureActivity) -> Iterator[LogDestination]:
    for log in activity.subscriptions:
        for one in log.destinations:
            flow = partial(Flow, log.id, f"the subscription {log.name}", AZURE_ACTIVITY)
            yield from _destination(one, flow, hubs_of(one.hub, (), activity=True))


def _destination(one: Destination, flow: Callable[[str], Flow], hubs: Hubs) -> Iterator[LogDestination]:
    namespace = namespace_of(one.resource_id) if one.kind is Sink.EVENT_HUB else None
    resource_id = (one.resource_id if namespace is None else namespace).strip().rstrip("/")
    if one.sure or one.possible:
        sent, possible = frozenset(map(flow, one.sure)), frozenset(map(flow, one.possible))
        yield LogDestination(one.kind, resource_id, sent, possible, (hubs,) if one.kind is Sink.EVENT_HUB else ())


def _joined(same: Sequence[LogDestination]) -> LogDestination:
    sent = frozenset[Flow]().union(*(one.sent for one in same))
    possible = frozenset[Flow]().union(*(one.possible for one in same))
    hubs = tuple(dict.fromkeys(hubs for one in same for hubs in one.hubs))
    return LogDestination(same[0].kind, min(one.resource_id for one in same), sent, possible - sent, hubs)
