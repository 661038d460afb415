"""What changed between two assessments, and why: the types that the document holds."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from compliance.assessment.record import Record
from compliance.assessment.verdict import Status


class FindingState(StrEnum):
    """How a finding stands against the assessment before; open is what fails or is indeterminate, waived or not."""

    NEW = "new"
    OPEN = "open"
    CHANGED = "changed"
    CLOSED = "closed"
    REOPENED = "reopened"


class Direction(StrEnum):
    """Whether a change is for the worse: wherever anything of it is, whatever got better beside it.

    Nothing is better because less was looked at: what failed and is indeterminate now, or lies outside the scope now,
    is neither. What was not assessed before is neither; what no longer is was lost sight of, which is worse.
    """

    WORSE = "worse"
    BETTER = "better"
    NEITHER = "neither"


class ReasonKind(StrEnum):
    """Why a control stands otherwise than before.

    `READING`: what was read failed, or was cut short, in one of the two, which no permission explains.
    """

    SETTING = "setting"
    LICENCE = "licence"
    PERMISSION = "permission"
    READING = "reading"
    SCOPE = "scope"
    STANDARD = "standard"
    DECLARATION = "declaration"
    WAIVER = "waiver"
    TIME = "time"
    TOOL_VERSION = "tool_version"
    NEWLY_ASSESSED = "newly_assessed"
    NO_LONGER_ASSESSED = "no_longer_assessed"


class ReasonEntry(Record, frozen=True):
    """One reason, in a sentence that names what was and what is."""

    kind: ReasonKind
    text: str


class ChangeEntry(Record, frozen=True):
    """One control that stands otherwise than before, under one standard or none.

    `was` and `now` are its statuses, None where it was not assessed; `was_left_open` and `now_left_open` those of what
    no waiver covers. `objects_new` and `objects_gone` count affected objects, None where either list is not at hand.
    `reasons` is empty where neither assessment tells.
    """

    uid: str
    check: str
    standard: str | None
    title: str
    was: Status | None
    now: Status | None
    was_left_open: Status | None
    now_left_open: Status | None
    direction: Direction
    was_condition: str | None
    condition: str | None
    objects_new: int | None
    objects_gone: int | None
    reasons: tuple[ReasonEntry, ...]


class ComparisonEntry(Record, frozen=True):
    """What changed since an assessment before, the worse before the better; `unchanged` counts the other controls."""

    previous_as_of: dt.datetime
    previous_bundle_sha256: str
    previous_tool_version: str
    changes: tuple[ChangeEntry, ...]
    unchanged: int
