"""The rows of a dataset by the resource that they are about, and why one that is not listed may yet be there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from compliance.evidence.datasets import DATASETS
from compliance.evidence.evidence import VISIBLE_ONLY
from compliance.evidence.population import Coverage, Malformed, Population, id_key, scan
from compliance.evidence.unread import Kind, PropertyUnreadError, Unread
from compliance.evidence.view import View

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Inventory(Generic[T]):
    """What was read of each resource, by id as `id_key` gives it; `unread` is why there may be others.

    Of a dataset that only ever lists what the reader may see, that there may be others is not said here: the tenant's
    declared subscriptions tell.
    """

    rows: Mapping[str, T | Unread]
    unread: Unread | None

    def find(self, resource_id: str) -> T | Unread | None:
        """Return what was read of a resource, or why it was not; None where all were read and it is not among them."""
        found = self.rows.get(id_key(resource_id))
        return self.unread if found is None else found


R = TypeVar("R", bound=View)


def inventory(
    population: Population[R] | Unread,
    dataset: str,
    of: Callable[[R], T],
    key: Callable[[str], str] = id_key,
) -> Inventory[T]:
    """Return what `of` makes of each row, by the `key` of its id.

    A row that cannot be read may be any that is not listed. Of a resource that is listed twice nobody knows which row
    holds.
    """
    if isinstance(population, Unread):
        return Inventory({}, population)
    rows: dict[str, T | Unread] = {}
    faults: list[str] = []
    for row, _ in scan(population):
        if isinstance(row, Malformed):
            faults.append(row.reason)
            if row.id is not None:
                rows[key(row.id)] = malformed(dataset, row.reason)
            continue
        try:
            own = key(id_key(row.id))
        except PropertyUnreadError as error:
            faults.append(str(error))
            continue
        rows[own] = malformed(dataset, f"{own} is listed twice") if own in rows else _read(row, of, dataset)
    return Inventory(rows, _shortfall(population, faults, dataset))


def malformed(dataset: str, reason: str) -> Unread:
    """Return that a row does not have the documented form."""
    return Unread(Kind.MALFORMED, dataset, reason, read_again(dataset))


def not_read(dataset: str, what: str) -> Unread:
    """Return that what was asked for, or should have been, is not among the rows of a dataset."""
    return Unread(Kind.INCOMPLETE, dataset, f"{what} was not read", read_again(dataset))


def read_again(dataset: str) -> str:
    """Return what settles a question that a dataset left open by what it holds."""
    return f"read again: {DATASETS[dataset].request}"


def _read(row: R, of: Callable[[R], T], dataset: str) -> T | Unread:
    try:
        return of(row)
    except PropertyUnreadError as error:
        return malformed(dataset, f"{row.id}: {error}")


def _shortfall(rows: Population[R], faults: list[str], dataset: str) -> Unread | None:
    if rows.shortfall is not None:
        return rows.shortfall
    if faults:
        return malformed(dataset, min(faults))
    if rows.coverage is not Coverage.WHOLE and dataset not in VISIBLE_ONLY:
        return Unread(Kind.INCOMPLETE, dataset, "not all of them were read", read_again(dataset))
    return None
