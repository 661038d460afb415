"""The event hubs that logs are sent to. A hub passes logs on and keeps none: what it is read by is the store."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from compliance.evidence.azure_views import AdxDatabase, AdxDataConnection, EventHub
from compliance.evidence.derived.azure_data_explorer import Database, databases
from compliance.evidence.derived.inventory import Inventory, inventory, not_read, read_again
from compliance.evidence.derived.standing import Gone, Live, Standing
from compliance.evidence.evidence import combined
from compliance.evidence.population import Population, id_key
from compliance.evidence.unread import Kind, Unread
from compliance.evidence.views import DATASET_OF
from compliance.rules.azure_monitor import Hubs
from compliance.rules.resource_ids import namespace_of, resource_name

_HUBS = DATASET_OF[EventHub]
_TAKES_NONE = frozenset({"disabled", "senddisabled", "deleting"})
"""The states of a hub, in lower case, in which nothing can be sent to it (Azure REST API, Event Hubs, EntityStatus)."""
_SETTLE = "the event hub Active"


@dataclass(frozen=True, slots=True)
class Captured:
    """The storage account and the container that Capture writes to."""

    account: str
    container: str


@dataclass(frozen=True, slots=True)
class Hub:
    """An event hub: whether it takes logs in, and where Capture writes them; None where it is not captured."""

    standing: Standing
    capture: Captured | Unread | None


@dataclass(frozen=True, slots=True)
class EventHubs:
    """The hubs that were read, their namespaces, and the databases that read from each hub."""

    hubs: Inventory[Hub]
    namespaces: frozenset[str]
    readers: Mapping[str, tuple[Database, ...]]

    def standing(self, namespace: str, *hubs: Hubs) -> Standing:
        """Return whether a namespace is there, of which one hub was read, and these of its hubs take logs in.

        Gone where all of them surely do not: a hub that somebody named and that is not there is one. One that nobody
        named need not be there before the first log.
        """
        if id_key(namespace) not in self.namespaces:
            if self.hubs.unread is not None:
                return self.hubs.unread
            return not_read(_HUBS, f"any hub of the namespace {resource_name(namespace)}")
        found = [one for each in hubs for one in self._standings(namespace, each)]
        gone = [one.because for one in found if isinstance(one, Gone)]
        if gone and len(gone) == len(found):
            return Gone("; ".join(dict.fromkeys(gone)))
        doubts = [one for one in found if isinstance(one, Unread)]
        doubts += [Unread(Kind.UNPROVEN, _HUBS, because, _SETTLE) for because in gone]
        return combined(tuple(dict.fromkeys(doubts))) if doubts else Live()

    def captures(self, namespace: str, hubs: Hubs) -> tuple[tuple[Captured, ...], Unread | None]:
        """Return where Capture writes what a log brings to one of these hubs, and why perhaps nothing arrives there.

        A hub that takes nothing in writes nothing. Of several hubs nobody knows which one the log goes to, unless all
        of them write to the same container.
        """
        standings = [self._standing(namespace, name, named=hubs.named) for name in hubs.names]
        found = [self.hubs.rows.get(_hub_key(namespace, name)) for name in hubs.names]
        captures = [hub.capture if isinstance(hub, Hub) else None for hub in found]
        doubts = [one for one in standings if isinstance(one, Unread)]
        gone = any(isinstance(one, Gone) for one in standings)
        if len(hubs.names) > 1 and (gone or len(set(captures)) > 1):
            doubts.append(_either(namespace, hubs))
        targets = dict.fromkeys(
            capture
            for capture, standing in zip(captures, standings, strict=True)
            if isinstance(capture, Captured) and not isinstance(standing, Gone)
        )
        return tuple(targets), combined(tuple(dict.fromkeys(doubts))) if doubts else None

    def unread(self, namespace: str, hubs: Hubs) -> Unread | None:
        """Say why one of these hubs may be captured to where nobody looked, or None where all of them were read."""
        for name in hubs.names:
            hub = self.hubs.find(_hub_key(namespace, name))
            if isinstance(hub, Unread):
                return hub
            if hub is not None and isinstance(hub.capture, Unread):
                return hub.capture
        return None

    def read_by(self, namespace: str, hubs: Hubs) -> tuple[Database, ...]:
        """Return the databases that read these hubs of a namespace."""
        keys = [_hub_key(namespace, name) for name in hubs.names]
        return tuple(dict.fromkeys(one for key in keys if key in self.readers for one in self.readers[key]))

    def _standings(self, namespace: str, hubs: Hubs) -> Iterator[Standing]:
        """Yield the standings of hubs; of those that nobody named only of what was made already, if anything was."""
        found = [(name, self._standing(namespace, name, named=hubs.named)) for name in hubs.names]
        made = [one for name, one in found if hubs.named or _hub_key(namespace, name) in self.hubs.rows]
        yield from made or [one for _, one in found]

    def _standing(self, namespace: str, name: str, *, named: bool) -> Standing:
        hub = self.hubs.find(_hub_key(namespace, name))
        if isinstance(hub, Unread):
            return hub
        if hub is not None:
            return hub.standing
        lacks = f"the namespace {resource_name(namespace)} has no event hub {name}"
        if named:
            return Gone(lacks)
        settle = f"the event hubs read again, once logs arrive in {name}"
        return Unread(Kind.UNPROVEN, _HUBS, f"{lacks}: nothing was ever sent there", settle)


def event_hubs(
    hubs: Population[EventHub] | Unread,
    adx_databases: Population[AdxDatabase] | Unread,
    connections: Population[AdxDataConnection] | Unread,
) -> EventHubs:
    """Return every hub that was read, and what is known to read from it."""
    found = inventory(hubs, _HUBS, _hub)
    namespaces = (namespace_of(key) for key in found.rows)
    return EventHubs(
        found, frozenset(id_key(one) for one in namespaces if one is not None), databases(adx_databases, connections)
    )


def namespace_at(resource_id: str) -> str:
    """Return the namespace of an event hub's authorization rule; what is none as it is."""
    found = namespace_of(resource_id)
    return resource_id if found is None else found


def _either(namespace: str, hubs: Hubs) -> Unread:
    names = " or ".join(hubs.names)
    reason = f"whether it goes to the event hub {names} of {resource_name(namespace)} cannot be told"
    return Unread(Kind.UNPROVEN, _HUBS, reason, "an event hub that the diagnostic setting names")


def _hub_key(namespace: str, name: str) -> str:
    return id_key(f"{namespace.strip().rstrip('/')}/eventhubs/{name}")


def _hub(row: EventHub) -> Hub:
    status = row.properties.status
    named = f"the event hub {resource_name(row.id)}"
    standing: Standing = Live()
    if status.casefold() in _TAKES_NONE:
        standing = Gone(f"{named} is in the state {status}")
    elif status.casefold() not in ("active", "receivedisabled"):
        standing = Unread(Kind.UNPROVEN, _HUBS, f"{named} is in the state {status}", _SETTLE)
    return Hub(standing, _capture(row))


def _capture(row: EventHub) -> Captured | Unread | None:
    capture = row.properties.capture_description if row.properties.holds("capture_description") else None
    if capture is None or not capture.enabled:
        return None
    target = capture.destination
    if target is None:
        reason = f"the Capture of {resource_name(row.id)} names no destination"
        return Unread(Kind.MALFORMED, _HUBS, reason, read_again(_HUBS))
    return Captured(target.properties.storage_account_resource_id, target.properties.blob_container)
