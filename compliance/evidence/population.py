"""Populations: many objects of one kind, which a check can judge but neither iterate nor count.

A check that iterates can stop early, skip what it does not understand, or take an empty list for a clean one.
`judge` leaves none of that to it: every object is put before the rule, what could not be read counts as undecided,
and the tally knows whether it saw everybody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from compliance.evidence.unread import PropertyUnreadError, Unread
from compliance.evidence.views import (
    DiagnosticSetting,
    Mailbox,
    MailboxAuditBypass,
    PurviewRoleGroup,
    RoleAssignment,
    RoleEligibility,
    RoleGroup,
    Subscription,
    Table,
    User,
    View,
    Workspace,
)

T = TypeVar("T", bound=View)


@dataclass(frozen=True, slots=True)
class Ref:
    """Where something stands in the evidence: dataset, digest of the frame's body, JSON pointer into it."""

    dataset: str
    frame: str
    pointer: str


@dataclass(frozen=True, slots=True)
class Malformed:
    """A row that does not have the documented form, and where it does not."""

    reason: str


class Coverage(StrEnum):
    """How much of a population was seen."""

    WHOLE = "whole"
    PART = "part"
    VISIBLE_ONLY = "visible_only"


@dataclass(frozen=True, slots=True)
class Satisfied:
    """The object is as the rule asks."""


@dataclass(frozen=True, slots=True)
class Violating:
    """The object is not as the rule asks."""

    why: str


@dataclass(frozen=True, slots=True)
class Undecided:
    """It cannot be said of this object."""

    why: str


Judgement = Satisfied | Violating | Undecided


@dataclass(frozen=True, slots=True)
class Affected:
    """An object that does not satisfy a rule, by its immutable id."""

    id: str
    name: str
    decided: bool
    why: str
    ref: Ref


@dataclass(frozen=True, slots=True)
class Tally:
    """The outcome of a rule over a population; `shortfall` says why it did not see everybody.

    `affected` is in an order of its own, violating ones first and then by name: not that of the answer, which differs
    from reading to reading.
    """

    satisfied: int
    violating: int
    undecided: int
    affected: tuple[Affected, ...]
    coverage: Coverage
    shortfall: Unread | None

    @property
    def total(self) -> int:
        """How many objects were put before the rule."""
        return self.satisfied + self.violating + self.undecided


class Population(Generic[T]):
    """The objects of one dataset, with how much of the population they are."""

    __iter__ = None
    __len__ = None

    def __init__(
        self, rows: Callable[[], Iterator[tuple[T | Malformed, Ref]]], coverage: Coverage, shortfall: Unread | None
    ) -> None:
        self._rows = rows
        self.coverage = coverage
        self.shortfall = shortfall

    def __bool__(self) -> bool:
        """Refuse to stand in a condition: whether a population is empty is not for a check to ask."""
        raise TypeError("a population has no truth value: judge it")

    def judge(self, rule: Callable[[T], Judgement]) -> Tally:
        """Put every object before a rule. A row or property that cannot be read is undecided."""
        satisfied = violating = undecided = 0
        affected: list[Affected] = []
        for row, ref in self._rows():
            judgement = Undecided(row.reason) if isinstance(row, Malformed) else _ask(rule, row)
            match judgement:
                case Satisfied():
                    satisfied += 1
                    continue
                case Violating(why):
                    violating += 1
                case Undecided(why):
                    undecided += 1
            object_id, name = identity(row, ref)
            affected.append(Affected(object_id, name, isinstance(judgement, Violating), why, ref))
        affected.sort(key=lambda one: (not one.decided, one.name.casefold(), one.id))
        return Tally(satisfied, violating, undecided, tuple(affected), self.coverage, self.shortfall)


IMMUTABLE_ID: dict[type[View], str] = {
    User: "id",
    Mailbox: "guid",
    MailboxAuditBypass: "guid",
    RoleGroup: "guid",
    PurviewRoleGroup: "guid",
    RoleAssignment: "id",
    RoleEligibility: "id",
    DiagnosticSetting: "id",
    Subscription: "id",
    Workspace: "id",
    Table: "id",
}
"""The property that an object keeps for life; the objects of other types have none."""


def each_once(rows: Iterator[tuple[T | Malformed, Ref]]) -> Iterator[tuple[T | Malformed, Ref]]:
    """Yield the rows of a population, one that cannot be told from another as malformed.

    A list holds each object once: one that is listed again, or that lacks its id, may stand for one that is missing.
    Of two lists the second may hold it too (an inactive mailbox is a soft-deleted one), and it is yielded once.
    """
    seen: dict[str, str] = {}
    for row, ref in rows:
        property_name = None if isinstance(row, Malformed) else IMMUTABLE_ID.get(type(row))
        if isinstance(row, Malformed) or property_name is None:
            yield row, ref
        elif not row.holds(property_name):
            yield Malformed(f"the row holds no {property_name}"), ref
        elif (object_id := str(getattr(row, property_name)).casefold()) not in seen:
            seen[object_id] = ref.dataset
            yield row, ref
        elif seen[object_id] == ref.dataset:
            yield Malformed(f"{object_id} is listed more than once"), ref


def scan(population: Population[T]) -> Iterator[tuple[T | Malformed, Ref]]:
    """Yield every row of a population: for the derived views of this package alone, never for a check."""
    return population._rows()


def identity(row: View | Malformed, ref: Ref) -> tuple[str, str]:
    """Return the immutable id and the name of an object; its place in the evidence where it holds no id."""
    place = f"{ref.dataset}{ref.pointer}"
    match row:
        case User() if row.holds("id"):
            return row.id, row.user_principal_name if row.holds("user_principal_name") else row.id
        case Mailbox() if row.holds("guid"):
            return row.guid, row.user_principal_name if row.holds("user_principal_name") else row.guid
        case MailboxAuditBypass() | RoleGroup() if row.holds("guid"):
            return row.guid, row.name if row.holds("name") else row.guid
        case DiagnosticSetting() | Workspace() | Table() if row.holds("id"):
            return row.id, row.name if row.holds("name") else row.id
        case _:
            return place, place


def _ask(rule: Callable[[T], Judgement], row: T) -> Judgement:
    try:
        return rule(row)
    except PropertyUnreadError as error:
        return Undecided(str(error))
