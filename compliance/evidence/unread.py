"""The absence of an answer, as a value of its own: never an empty list, never a default, never a pass."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NoReturn

from compliance.errors import LookbackError
from compliance.evidence.datasets import State


class Kind(StrEnum):
    """Why something could not be determined."""

    NOT_REQUESTED = "not_requested"
    DENIED = "denied"
    UNAVAILABLE = "unavailable"
    FAILED = "failed"
    INCOMPLETE = "incomplete"
    STALE = "stale"
    MALFORMED = "malformed"
    CONTRADICTORY = "contradictory"
    UNPROVEN = "unproven"
    NEEDS_ATTESTATION = "needs_attestation"
    INTERNAL_ERROR = "internal_error"


KIND_OF_STATE: dict[State, Kind] = {
    State.PARTIAL: Kind.INCOMPLETE,
    State.DENIED: Kind.DENIED,
    State.UNAVAILABLE: Kind.UNAVAILABLE,
    State.FAILED: Kind.FAILED,
    State.STALE: Kind.STALE,
    State.NOT_REQUESTED: Kind.NOT_REQUESTED,
}


@dataclass(frozen=True, slots=True)
class Unread:
    """Evidence that is not there: `reason` says what happened, `settle` what would settle the question."""

    kind: Kind
    dataset: str
    reason: str
    settle: str

    def __bool__(self) -> NoReturn:
        """Refuse to stand in a condition, where it would silently read as a value."""
        raise TypeError(f"{self.dataset} is unread and has no truth value: match on Unread instead")


class PropertyUnreadError(LookbackError):
    """A property was read that the answer did not hold."""

    def __init__(self, view: str, name: str) -> None:
        super().__init__(f"the answer holds no {name}", where=view)
        self.view = view
        self.name = name
