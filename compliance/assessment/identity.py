"""How findings stand against the assessment before: new, open, changed, closed, reopened; and since when.

A finding is the same from run to run where its uid is. It is open while it fails or is indeterminate, waived or not.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from compliance.assessment.assessed import Assessed
from compliance.assessment.assessment import Assessment, Finding
from compliance.assessment.changes import ComparisonEntry, Direction, FindingState, UnjudgedEntry
from compliance.assessment.comparison import compare
from compliance.assessment.pair import AffectedAs, ObjectKey, Objects
from compliance.assessment.verdict import OPEN, Status


@dataclass(frozen=True, slots=True)
class Earlier:
    """An assessment before, and its affected objects by the uid of their finding, None where they are not at hand."""

    assessment: Assessment
    objects: Objects | None


def compared(earlier: Earlier, assessed: Assessed) -> ComparisonEntry:
    """Return what changed since an earlier assessment."""
    return compare(earlier.assessment, assessed.assessment, earlier.objects, object_ids(assessed))


def object_ids(assessed: Assessed) -> Objects:
    """Return all affected objects by the uid of their finding, as a comparison takes them."""
    return {
        uid: told_apart((one.part, one.id, one.decided, one.why) for one in objects)
        for uid, objects in assessed.affected.items()
    }


def told_apart(objects: Iterable[tuple[str | None, str, bool, str]]) -> dict[ObjectKey, AffectedAs]:
    """Return objects by part and id, with whether each surely fails: it does where any line about it says so."""
    found: dict[ObjectKey, AffectedAs] = {}
    for part, object_id, fails, why in objects:
        one = AffectedAs(fails, why)
        before = found.get((part, object_id))
        found[part, object_id] = one if before is None else before.joined(one)
    return found


def followed(earlier: Earlier, assessed: Assessed) -> Assessed:
    """Return an assessment with what changed since an earlier one, and with where each finding stands in that line.

    What the earlier assessment saw open, or those before it, is carried along from there; so is what it does not judge
    and they did.
    """
    since = compared(earlier, assessed)
    changed = {one.uid: one.direction for one in since.changes}
    last = {one.uid: one for one in earlier.assessment.unjudged}
    last.update((one.uid, _last_of(one, earlier.assessment.as_of)) for one in earlier.assessment.findings)
    assessment = assessed.assessment
    findings = tuple(
        _placed(finding, last.get(finding.uid), changed.get(finding.uid), assessment.as_of)
        for finding in assessment.findings
    )
    judged = {finding.uid for finding in findings}
    unjudged = sorted(
        (one for uid, one in last.items() if uid not in judged),
        key=lambda one: (one.check, one.standard is not None, str(one.standard), one.uid),
    )
    document = msgspec.structs.replace(assessment, findings=findings, since=since, unjudged=tuple(unjudged))
    return Assessed(document, assessed.affected)


def _last_of(finding: Finding, as_of: dt.datetime) -> UnjudgedEntry:
    is_open = finding.status in OPEN
    return UnjudgedEntry(
        uid=finding.uid,
        check=finding.check,
        standard=finding.standard,
        status=finding.status,
        left_open=finding.left_open,
        affected_count=finding.affected_count,
        judged_as_of=as_of,
        first_seen=finding.first_seen or (as_of if is_open else None),
        last_seen=finding.last_seen or (as_of if is_open else None),
        last_failed=finding.last_failed or (as_of if finding.status is Status.FAIL else None),
    )


def _placed(finding: Finding, last: UnjudgedEntry | None, changed: Direction | None, as_of: dt.datetime) -> Finding:
    """Return a finding with its place in the line; `last` is what it was when it was judged last."""
    was_open = last is not None and last.status in OPEN
    first = None if last is None else last.first_seen
    if finding.status not in OPEN:
        closed = FindingState.CHANGED if changed in (Direction.NEITHER, Direction.UNCLEAR) else FindingState.CLOSED
        last_seen = None if last is None else last.last_seen
        return msgspec.structs.replace(
            finding, state=closed if was_open else None, first_seen=first, last_seen=last_seen
        )
    if was_open:
        state = FindingState.OPEN if changed is None else FindingState.CHANGED
    else:
        state = FindingState.NEW if first is None else FindingState.REOPENED
    before = None if last is None else last.last_failed
    return msgspec.structs.replace(
        finding,
        state=state,
        first_seen=first or as_of,
        last_seen=as_of,
        last_failed=as_of if finding.status is Status.FAIL else before,
    )
