"""How findings stand against the assessment before: new, open, changed, closed, reopened; and since when.

A finding is the same from run to run where its uid is. It is open while it fails or is indeterminate, waived or not.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from compliance.assessment.assessed import Assessed
from compliance.assessment.assessment import Assessment, Finding
from compliance.assessment.changes import ComparisonEntry, FindingState
from compliance.assessment.comparison import Objects, compare
from compliance.assessment.verdict import Status

_OPEN = (Status.FAIL, Status.INDETERMINATE)


@dataclass(frozen=True, slots=True)
class Earlier:
    """An assessment before, and the ids of its affected objects by the uid of their finding, None where not at hand."""

    assessment: Assessment
    objects: Objects | None


def compared(earlier: Earlier, assessed: Assessed) -> ComparisonEntry:
    """Return what changed since an earlier assessment."""
    return compare(earlier.assessment, assessed.assessment, earlier.objects, object_ids(assessed))


def object_ids(assessed: Assessed) -> Objects:
    """Return the ids of all affected objects by the uid of their finding."""
    return {uid: frozenset(one.id for one in objects) for uid, objects in assessed.affected.items()}


def followed(earlier: Earlier, assessed: Assessed) -> Assessed:
    """Return an assessment with what changed since an earlier one, and with where each finding stands in that line.

    What was seen open by the earlier assessment, or by those before it, is carried along from there.
    """
    since = compared(earlier, assessed)
    changed = {one.uid for one in since.changes}
    before = {finding.uid: finding for finding in earlier.assessment.findings}
    assessment = assessed.assessment
    findings = tuple(
        _placed(finding, before, finding.uid in changed, earlier.assessment.as_of, assessment.as_of)
        for finding in assessment.findings
    )
    return Assessed(msgspec.structs.replace(assessment, findings=findings, since=since), assessed.affected)


def _placed(
    finding: Finding, before: Mapping[str, Finding], changed: bool, previous_as_of: dt.datetime, as_of: dt.datetime
) -> Finding:
    previous = before.get(finding.uid)
    is_open = finding.status in _OPEN
    was_open = previous is not None and previous.status in _OPEN
    first = None if previous is None else previous.first_seen
    last = None if previous is None else previous.last_seen
    if was_open:
        first, last = first or previous_as_of, last or previous_as_of
    if not is_open:
        state = FindingState.CLOSED if was_open else None
        return msgspec.structs.replace(finding, state=state, first_seen=first, last_seen=last)
    if was_open:
        state = FindingState.CHANGED if changed else FindingState.OPEN
    else:
        state = FindingState.NEW if first is None else FindingState.REOPENED
    return msgspec.structs.replace(finding, state=state, first_seen=first or as_of, last_seen=as_of)
