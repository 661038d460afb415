"""The locks that keep resources from being deleted: at a resource itself, its resource group or its subscription.

Microsoft Learn, Lock your Azure resources to protect your infrastructure,
https://learn.microsoft.com/azure/azure-resource-manager/management/lock-resources.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from compliance.evidence.azure_views import Lock
from compliance.evidence.derived.inventory import inventory, malformed
from compliance.evidence.population import Population, id_key
from compliance.evidence.unread import Unread
from compliance.evidence.views import DATASET_OF
from compliance.rules.resource_ids import within

_LOCKS = DATASET_OF[Lock]
_MARK = "/providers/microsoft.authorization/locks/"


class Level(StrEnum):
    """What a lock forbids: to delete, or to delete and to change."""

    CAN_NOT_DELETE = "CanNotDelete"
    READ_ONLY = "ReadOnly"


_LEVELS = {level.value.casefold(): level for level in Level}


@dataclass(frozen=True, slots=True)
class PlacedLock:
    """A lock by name, and the id of the resource, resource group or subscription that it is on, in lower case."""

    name: str
    scope: str
    level: Level


@dataclass(frozen=True, slots=True)
class Locks:
    """The locks that were read; `unread` says why there may be others, None where these are all."""

    placed: tuple[PlacedLock, ...]
    unread: Unread | None

    def over(self, resource_id: str) -> PlacedLock | Unread | None:
        """Return a lock that keeps a resource from being deleted, at it or above; None where there is surely none.

        Of several, one that forbids deletion alone goes before one that forbids every change.
        """
        found = [lock for lock in self.placed if within(resource_id, lock.scope)]
        return min(found, key=lambda lock: (lock.level is Level.READ_ONLY, lock.scope, lock.name), default=self.unread)


def locks_of(rows: Population[Lock] | Unread) -> Locks:
    """Return the locks. One that cannot be read protects nothing, and leaves open whether something does."""
    read = inventory(rows, _LOCKS, _placed)
    placed = tuple(lock for _, lock in sorted(read.rows.items()) if isinstance(lock, PlacedLock))
    faults = [lock for _, lock in sorted(read.rows.items()) if isinstance(lock, Unread)]
    return Locks(placed, read.unread if read.unread is not None or not faults else faults[0])


def _placed(row: Lock) -> PlacedLock | Unread:
    level = _LEVELS.get(row.properties.level.strip().casefold())
    scope, mark, _ = id_key(row.id).rpartition(_MARK)
    if level is None or not mark:
        return malformed(_LOCKS, f"{row.name} is no lock of a known level: {row.properties.level!r}")
    return PlacedLock(row.name, scope, level)
