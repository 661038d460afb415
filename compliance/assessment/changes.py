"""What changed between two assessments, and why: the types that the document holds."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from compliance.assessment.record import Record
from compliance.assessment.verdict import Status


class FindingState(StrEnum):
    """How a finding stands against the assessment before; open is what fails or is indeterminate, waived or not.

    One that is open no more is `CLOSED`, but `CHANGED` where less was looked at or the scope was narrowed.
    """

    NEW = "new"
    OPEN = "open"
    CHANGED = "changed"
    CLOSED = "closed"
    REOPENED = "reopened"


class Direction(StrEnum):
    """Whether a change is for the worse: wherever anything of it is, whatever got better beside it.

    Nothing is better because less was looked at: what failed and lies outside the scope now is neither. What was never
    assessed before is neither; what was, and then was left out for a time, is compared with what it was. What is no
    longer assessed was lost sight of, which is worse. It is unclear where nothing tells whether it is for the worse:
    what was open and less of it is read or decided now, and what is affected for another reason.
    """

    WORSE = "worse"
    UNCLEAR = "unclear"
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
    no waiver covers. `objects_new` and `objects_gone` count affected objects, None where either list is not at hand;
    one that could not be decided and fails now is a new one. `objects_otherwise` counts those that stay affected for
    another reason than then, as far as both lists or samples show, None where the versions of the tool differ.
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
    objects_otherwise: int | None = None


class UnjudgedEntry(Record, frozen=True):
    """A control that an earlier assessment judged, and this one did not: what it was when it was judged last.

    `first_seen` and `last_seen` are when it was first and last seen open, None where it never was; `last_failed` is as
    in a finding.
    """

    uid: str
    check: str
    standard: str | None
    status: Status
    left_open: Status
    affected_count: int
    judged_as_of: dt.datetime
    first_seen: dt.datetime | None
    last_seen: dt.datetime | None
    last_failed: dt.datetime | None = None


class ComparisonEntry(Record, frozen=True):
    """What changed since an assessment before, the worse first; `unchanged` counts the other controls."""

    previous_as_of: dt.datetime
    previous_bundle_sha256: str
    previous_tool_version: str
    changes: tuple[ChangeEntry, ...]
    unchanged: int
