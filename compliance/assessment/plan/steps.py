"""A step of a plan: what to change, by which commands, and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from compliance.evidence.unread import Kind


class Order(IntEnum):
    """The order of the steps: first what no setting of Purview can help with, then each on what it builds upon."""

    BEYOND_PURVIEW = 0
    RECORD = 1
    LICENSE = 2
    POLICY = 3
    SEND = 4
    KEEP = 5
    SETTLE = 6


PLANNED = (Kind.UNPROVEN, Kind.NEEDS_ATTESTATION)
"""Why a question is open that a change can settle; what was not read has to be read first."""


@dataclass(frozen=True, slots=True)
class Fix:
    """A log source and which of its periods a step makes long enough, `hot` or total."""

    source: str
    hot: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One change. `commands` add and never overwrite; none where only a portal or a purchase does it.

    `role` is who may do it, `delay` when it takes effect, `backfill` what becomes of older records. `licences` is how
    many accounts need one that they do not have, None where nobody knows or none is needed (`needs_licences`), and
    `alternative` the way without.
    """

    order: Order
    what: str
    commands: tuple[str, ...]
    fixes: tuple[Fix, ...]
    role: str
    delay: str
    backfill: str
    needs_licences: bool = False
    licences: int | None = None
    alternative: str | None = None
