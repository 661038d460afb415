"""The objects that a conclusion names: those of a check's population, or of all the parts that count.

A tenant may have 100,000 of them under one check. They are held as the tallies hold them, and take the form that the
result folder shows only one by one.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from typing import overload

from compliance.assessment.assessment import AffectedEntry
from compliance.assessment.verdict import Fail, NotApplicable, Parts, Verdict
from compliance.evidence.population import Affected, Coverage, Tally

_NAMESPACE = uuid.UUID("5d2f1f0e-6f0b-5c55-9f57-0e6a1b1a7c55")


def stable_uid(*parts: str) -> str:
    """Return the identity of a finding, part or object: the same parts always give the same one."""
    return str(uuid.uuid5(_NAMESPACE, "\x1f".join(parts)))


class AffectedObjects(Sequence[AffectedEntry]):
    """The affected objects of one finding: those that fail before those that are undecided, each with its part."""

    __slots__ = ("_check", "_objects", "_tenant")

    def __init__(self, conclusion: Verdict | Parts, tenant: str, check: str) -> None:
        self._tenant = tenant
        self._check = check
        tallies = tuple(_tallies(conclusion))
        self._objects = tuple(
            (part, one)
            for decided in (True, False)
            for part, tally in tallies
            for one in tally.affected
            if one.decided is decided
        )

    @overload
    def __getitem__(self, index: int) -> AffectedEntry: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[AffectedEntry, ...]: ...

    def __getitem__(self, index: int | slice) -> AffectedEntry | tuple[AffectedEntry, ...]:
        """Return one object, or several, as the result folder shows them."""
        if isinstance(index, slice):
            return tuple(self._entry(*pair) for pair in self._objects[index])
        return self._entry(*self._objects[index])

    def __len__(self) -> int:
        """Return how many objects there are."""
        return len(self._objects)

    def _entry(self, part: str | None, one: Affected) -> AffectedEntry:
        return AffectedEntry(
            uid=stable_uid(self._tenant, self._check, *(() if part is None else (part,)), one.id),
            id=one.id,
            name=one.name,
            part=part,
            decided=one.decided,
            why=one.why,
            dataset=one.ref.dataset,
            frame=one.ref.frame,
            pointer=one.ref.pointer,
        )


def affected_numbers(conclusion: Verdict | Parts) -> tuple[int, int | None]:
    """Return how many objects fail, and among how many; None where nobody knows."""
    if not isinstance(conclusion, Parts):
        tally = tally_of(conclusion)
        if tally is None:
            return 0, None
        return tally.violating, tally.total if tally.coverage is Coverage.WHOLE else None
    failing = 0
    total: int | None = 0
    for part in conclusion.in_scope():
        if isinstance(part.verdict, NotApplicable):
            continue
        total = None if total is None or part.count is None else total + part.count
        tally = tally_of(part.verdict)
        if tally is not None:
            failing += tally.violating
        elif isinstance(part.verdict, Fail) and part.count is not None:
            failing += part.count
    return failing, total


def all_seen(conclusion: Verdict | Parts) -> bool:
    """Say whether no more objects can fail than the finding counts."""
    if isinstance(conclusion, Parts):
        return all(part.count is not None for part in conclusion.in_scope() if isinstance(part.verdict, Fail))
    tally = tally_of(conclusion)
    return tally is None or tally.coverage is Coverage.WHOLE


def tally_of(verdict: Verdict) -> Tally | None:
    """Return the tally that a verdict was decided by, where it was decided by one."""
    return None if isinstance(verdict, NotApplicable) else verdict.tally


def _tallies(conclusion: Verdict | Parts) -> Iterator[tuple[str | None, Tally]]:
    if not isinstance(conclusion, Parts):
        tally = tally_of(conclusion)
        if tally is not None:
            yield None, tally
        return
    for part in conclusion.in_scope():
        tally = tally_of(part.verdict)
        if tally is not None:
            yield part.id, tally
