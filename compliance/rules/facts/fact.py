"""What a fact is, and how sure one can be of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Certainty(StrEnum):
    """How sure a fact is.

    A fact of medium certainty decides, and what the other published reading gives is told beside it. One of low
    certainty decides no pass: where its readings differ in verdict, there is none.
    """

    HIGH = "high"
    """The vendor's current text says so."""
    MEDIUM = "medium"
    """Published texts disagree or are vague; the reading taken is the shorter or more recent one."""
    LOW = "low"
    """Hardly documented; the readings are evaluated side by side."""


@dataclass(frozen=True, slots=True)
class Fact:
    """`source` is the title and address of a public page; `date` the ISO date that the page carries, if it has one."""

    id: str
    statement: str
    source: str
    date: str | None
    certainty: Certainty
