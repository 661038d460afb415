"""A tally of objects that a derived view names, where no population of rows holds them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from compliance.evidence.population import (
    Affected,
    Coverage,
    Judgement,
    Ref,
    Satisfied,
    Tally,
    Undecided,
    Violating,
)
from compliance.evidence.unread import Unread


class Named(Protocol):
    """An object with its immutable id, its name, and its place in the evidence."""

    @property
    def id(self) -> str:
        """What it keeps for life."""

    @property
    def name(self) -> str:
        """What people call it."""

    @property
    def ref(self) -> Ref:
        """Where it stands."""


def tally_of(judged: Iterable[tuple[Named, Judgement]], shortfall: Unread | None) -> Tally:
    """Return what a rule says of objects; `shortfall` says why there may be others."""
    satisfied, affected = 0, list[Affected]()
    for one, judgement in judged:
        match judgement:
            case Satisfied():
                satisfied += 1
            case Violating(why):
                affected.append(Affected(one.id, one.name, None, why, one.ref))
            case Undecided(why, kind):
                affected.append(Affected(one.id, one.name, kind, why, one.ref))
    affected.sort(key=lambda one: (not one.decided, one.name.casefold(), one.id, one.why))
    violating = sum(one.decided for one in affected)
    return Tally(
        satisfied=satisfied,
        violating=violating,
        undecided=len(affected) - violating,
        affected=tuple(affected),
        coverage=Coverage.WHOLE if shortfall is None else Coverage.PART,
        shortfall=shortfall,
    )
