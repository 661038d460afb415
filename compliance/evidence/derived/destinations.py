"""Where diagnostic settings send which categories: those of Microsoft Entra ID, of subscriptions and of stores alike.

A setting's own `retentionPolicy` is ignored: Azure Monitor retired it on 2025-09-30 (Microsoft Learn, Migrate from
diagnostic settings storage retention to Azure Storage lifecycle management).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from compliance.evidence.azure_views import DiagnosticSetting, LogCategory
from compliance.evidence.derived.inventory import inventory, malformed
from compliance.evidence.derived.sinks import Sink, sink_name
from compliance.evidence.population import Population, id_key
from compliance.evidence.unread import PropertyUnreadError, Unread
from compliance.rules.resource_ids import namespace_of

Entry = tuple[str | None, str | None, bool | None]
"""A category, or a category group, and whether it is enabled; None is not given or unread."""
Meaning = Callable[[Sequence[Entry]], tuple[frozenset[str], frozenset[str]]]
"""What the entries of a setting say: the categories that it surely sends, and those beside them that it may."""
S = TypeVar("S", bound=DiagnosticSetting)


@dataclass(frozen=True, slots=True)
class Destination:
    """Where settings send categories: those surely sent, and those beside them that may be.

    All settings that name the same destination count together. `hub` is the event hub that a setting names: two of one
    namespace are two destinations, and without a name each category has one of its own.
    """

    kind: Sink
    resource_id: str
    hub: str | None
    sure: frozenset[str]
    possible: frozenset[str]

    @property
    def name(self) -> str:
        """The kind and the name of the resource, for people."""
        return sink_name(self.kind, self.resource_id)


def settings_of(settings: Population[S] | Unread, dataset: str) -> tuple[tuple[S, ...], Unread | None]:
    """Return the settings that can be read, and why there may be others; one listed twice is none that can be read."""
    found = inventory(settings, dataset, lambda row: row)
    unread = found.unread
    for row in found.rows.values():
        if unread is None and isinstance(row, Unread):
            unread = row
    return tuple(row for row in found.rows.values() if not isinstance(row, Unread)), unread


def destinations_of(
    settings: Iterable[DiagnosticSetting], meaning: Meaning, dataset: str
) -> tuple[tuple[Destination, ...], Unread | None]:
    """Return every destination that settings name, and why there may be others: a setting that lacks a property."""
    sent: dict[tuple[Sink, str, str], list[Destination]] = {}
    faults: list[str] = []
    for setting in settings:
        try:
            for one in list(_sent(setting, meaning)):
                sent.setdefault(_key(one), []).append(one)
        except PropertyUnreadError as error:
            faults.append(str(error))
    return tuple(_joined(sent[key]) for key in sorted(sent)), malformed(dataset, min(faults)) if faults else None


def _key(one: Destination) -> tuple[Sink, str, str]:
    """Return what tells a destination from others: of an event hub, namespace and hub, not the rule that opens it."""
    namespace = namespace_of(one.resource_id) if one.kind is Sink.EVENT_HUB else None
    hub = "" if one.hub is None else one.hub.casefold()
    return one.kind, id_key(one.resource_id if namespace is None else namespace), hub


def _joined(sent: Sequence[Destination]) -> Destination:
    sure = frozenset[str]().union(*(one.sure for one in sent))
    possible = frozenset[str]().union(*(one.possible for one in sent))
    first = min(sent, key=lambda one: one.resource_id)
    return Destination(first.kind, first.resource_id, first.hub, sure, possible - sure)


def _sent(row: DiagnosticSetting, meaning: Meaning) -> Iterator[Destination]:
    """Yield the destinations of a setting: the stable version of the API knows no partner, and "" is none."""
    sure, possible = meaning([_entry(one) for one in row.properties.logs])
    named = row.properties
    partner = named.marketplace_partner_id if named.holds("marketplace_partner_id") else None
    for kind, resource_id in (
        (Sink.WORKSPACE, named.workspace_id),
        (Sink.STORAGE_ACCOUNT, named.storage_account_id),
        (Sink.EVENT_HUB, named.event_hub_authorization_rule_id),
        (Sink.PARTNER, partner),
    ):
        if resource_id is not None and resource_id.strip():
            yield Destination(kind, resource_id, _hub(row) if kind is Sink.EVENT_HUB else None, sure, possible)


def _hub(row: DiagnosticSetting) -> str | None:
    """Return the event hub that a setting names, None where each category has one of its own."""
    name = row.properties.event_hub_name if row.properties.holds("event_hub_name") else None
    return name.strip() if name is not None and name.strip() else None


def _entry(log: LogCategory) -> Entry:
    """Return an entry of a setting's logs; it names a category or a group, and the other one is absent or null."""
    return (
        log.category if log.holds("category") else None,
        log.category_group if log.holds("category_group") else None,
        log.enabled if log.holds("enabled") else None,
    )
