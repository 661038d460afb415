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

from compliance.evidence.azure_views import AZURE_ROWS
from compliance.evidence.unread import Kind, PropertyUnreadError, Unread
from compliance.evidence.view import View
from compliance.evidence.views import (
    Mailbox,
    MailboxAuditBypass,
    PurviewRoleGroup,
    RoleAssignment,
    RoleEligibility,
    RoleGroup,
    User,
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
    """A row that does not have the documented form, and where it does not.

    `id` is the id of the object, as `id_key` gives it, where it is one that was listed before.
    """

    reason: str
    id: str | None = None


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
    """It cannot be said of this object, and what kind of absence that is."""

    why: str
    kind: Kind = Kind.MALFORMED


Judgement = Satisfied | Violating | Undecided


@dataclass(frozen=True, slots=True)
class Affected:
    """An object that does not satisfy a rule, by its immutable id; `kind` says why it is undecided."""

    id: str
    name: str
    kind: Kind | None
    why: str
    ref: Ref

    @property
    def decided(self) -> bool:
        """Whether it violates the rule, for certain."""
        return self.kind is None


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
    """The objects of one dataset or several, with how much of the population they are.

    `absent` says of each dataset that is not whole why it is not, so that what only the others hold can be told apart;
    `shortfall` is all of it in one. `weaknesses` say what keeps it from supporting a pass.
    """

    __iter__ = None
    __len__ = None

    def __init__(
        self,
        rows: Callable[[], Iterator[tuple[T | Malformed, Ref]]],
        coverage: Coverage,
        shortfall: Unread | None,
        absent: tuple[Unread, ...] = (),
        weaknesses: tuple[Unread, ...] = (),
    ) -> None:
        self._rows = rows
        self.coverage = coverage
        self.shortfall = shortfall
        self.absent = absent
        self.weaknesses = weaknesses

    def __bool__(self) -> bool:
        """Refuse to stand in a condition: whether a population is empty is not for a check to ask."""
        raise TypeError("a population has no truth value: judge it")

    def judge(self, rule: Callable[[T], Judgement]) -> Tally:
        """Put every object before a rule. A row or property that cannot be read is undecided."""
        count = _Count()
        for row, ref in self._rows():
            count.add(row, ref, _judgement(rule, row))
        return count.tally(self.coverage, self.shortfall)

    def judge_in_parts(self, rule: Callable[[T | Malformed, Ref], tuple[str, Judgement] | None]) -> dict[str, Tally]:
        """Put every row before a rule that also sorts it into a part, and tally each part; None passes a row over.

        Each tally has the coverage of the whole: only who sorts the rows knows which dataset would add to a part.
        """
        counts: dict[str, _Count] = {}
        for row, ref in self._rows():
            found = rule(row, ref)
            if found is not None:
                part, judgement = found
                counts.setdefault(part, _Count()).add(row, ref, judgement)
        return {part: count.tally(self.coverage, self.shortfall) for part, count in counts.items()}


class _Count:
    """What a rule said so far; of the objects only those that do not satisfy it are kept."""

    __slots__ = ("affected", "satisfied")

    def __init__(self) -> None:
        self.satisfied = 0
        self.affected: list[Affected] = []

    def add(self, row: View | Malformed, ref: Ref, judgement: Judgement) -> None:
        match judgement:
            case Satisfied():
                self.satisfied += 1
            case Violating(why):
                self.affected.append(Affected(*identity(row, ref), None, why, ref))
            case Undecided(why, kind):
                self.affected.append(Affected(*identity(row, ref), kind, why, ref))

    def tally(self, coverage: Coverage, shortfall: Unread | None) -> Tally:
        self.affected.sort(key=lambda one: (not one.decided, one.name.casefold(), one.id))
        violating = sum(one.decided for one in self.affected)
        undecided = len(self.affected) - violating
        return Tally(self.satisfied, violating, undecided, tuple(self.affected), coverage, shortfall)


IMMUTABLE_ID: dict[type[View], str] = {
    User: "id",
    Mailbox: "guid",
    MailboxAuditBypass: "guid",
    RoleGroup: "guid",
    PurviewRoleGroup: "guid",
    RoleAssignment: "id",
    RoleEligibility: "id",
    **dict.fromkeys(AZURE_ROWS.values(), "id"),
}
"""The property that an object keeps for life; the objects of other types have none."""

CALLED = ("user_principal_name", "display_name", "name")
"""The properties that people know an object by: the first that its type has."""

INHERITED = frozenset(
    {"arm.role_assignments", "arm.role_definitions", "arm.role_assignment_schedules", "arm.role_eligibilities"}
)
"""Datasets in which what holds for several subscriptions is listed under each: what says the same is one object."""


def id_key(object_id: str) -> str:
    """Return an id in the one spelling that compares: neither its letter case nor a slash at its end tells it apart."""
    return object_id.strip().rstrip("/").casefold()


def each_once(rows: Iterator[tuple[T | Malformed, Ref]]) -> Iterator[tuple[T | Malformed, Ref]]:
    """Yield the rows of a population, one that cannot be told from another as malformed.

    A list holds each object once: one that is listed again, or that lacks its id, may stand for one that is missing.
    Of two lists the second may hold it too (an inactive mailbox is a soft-deleted one, an inherited role stands under
    several subscriptions): it is yielded once where both say the same, and where they do not, nobody knows which is
    right.
    """
    seen: dict[str, tuple[str, int]] = {}
    for row, ref in rows:
        property_name = None if isinstance(row, Malformed) else IMMUTABLE_ID.get(type(row))
        if isinstance(row, Malformed) or property_name is None:
            yield row, ref
            continue
        try:
            object_id = id_key(str(getattr(row, property_name)))
        except PropertyUnreadError:
            yield Malformed(f"the row holds no {property_name}"), ref
            continue
        if object_id not in seen:
            seen[object_id] = ref.dataset, hash(row)
            yield row, ref
            continue
        dataset, before = seen[object_id]
        if dataset == ref.dataset and not (dataset in INHERITED and hash(row) == before):
            yield Malformed(f"{object_id} is listed more than once", object_id), ref
        elif hash(row) != before:
            yield Malformed(f"{object_id} is listed in {dataset} too, and differs there", object_id), ref


def scan(population: Population[T]) -> Iterator[tuple[T | Malformed, Ref]]:
    """Yield every row of a population: for the derived views of this package alone, never for a check."""
    return population._rows()


def identity(row: View | Malformed, ref: Ref) -> tuple[str, str]:
    """Return the immutable id and the name of an object; its place in the evidence where it holds no id."""
    kind = type(row)
    if isinstance(row, Malformed) or kind not in IMMUTABLE_ID or not row.holds(IMMUTABLE_ID[kind]):
        place = f"{ref.dataset}{ref.pointer}"
        return place, place
    object_id = str(getattr(row, IMMUTABLE_ID[kind]))
    called = next(name for name in (*CALLED, "id") if name in kind.__struct_fields__)
    return object_id, str(getattr(row, called)) if row.holds(called) else object_id


def _judgement(rule: Callable[[T], Judgement], row: T | Malformed) -> Judgement:
    if isinstance(row, Malformed):
        return Undecided(row.reason)
    try:
        return rule(row)
    except PropertyUnreadError as error:
        return Undecided(str(error))
