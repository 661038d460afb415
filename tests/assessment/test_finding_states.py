"""How findings stand against the assessments before: new, open, changed, closed, reopened, and since when."""

from __future__ import annotations

import datetime as dt

import msgspec
import pytest
from made_assessments import AS_OF, assessed, finding, ordinary, part

from compliance.assessment.assessed import Assessed
from compliance.assessment.assessment import Finding
from compliance.assessment.changes import Direction, FindingState
from compliance.assessment.identity import Earlier, followed, object_ids
from compliance.assessment.verdict import Status

QUARTER = dt.timedelta(days=91)


def line(*statuses: Status | None) -> list[Finding | None]:
    """One control over the quarters, each assessment following the one before; None where it was not assessed."""
    found: list[Finding | None] = []
    before: Assessed | None = None
    for number, status in enumerate(statuses):
        judged = () if status is None else (finding("AUD-04", status),)
        made = assessed(
            ordinary(findings=judged, as_of=AS_OF + number * QUARTER, bundle_sha256=f"{number:064}", waivers=())
        )
        if before is not None:
            made = followed(Earlier(before.assessment, object_ids(before)), made)
        found.append(made.assessment.findings[0] if made.assessment.findings else None)
        before = made
    return found


PASS, FAIL, INDETERMINATE = Status.PASS, Status.FAIL, Status.INDETERMINATE


@pytest.mark.parametrize(
    ("statuses", "state", "first", "last"),
    [
        ((FAIL,), None, None, None),
        ((PASS, PASS), None, None, None),
        ((PASS, FAIL), FindingState.NEW, 1, 1),
        ((None, FAIL), FindingState.NEW, 1, 1),
        ((FAIL, FAIL), FindingState.OPEN, 0, 1),
        ((FAIL, FAIL, FAIL), FindingState.OPEN, 0, 2),
        ((FAIL, INDETERMINATE), FindingState.CHANGED, 0, 1),
        ((FAIL, PASS), FindingState.CLOSED, 0, 0),
        ((FAIL, FAIL, PASS), FindingState.CLOSED, 0, 1),
        ((FAIL, PASS, PASS), None, 0, 0),
        ((FAIL, PASS, FAIL), FindingState.REOPENED, 0, 2),
        ((FAIL, PASS, PASS, INDETERMINATE), FindingState.REOPENED, 0, 3),
        ((FAIL, None, FAIL), FindingState.CHANGED, 0, 2),
        ((FAIL, None, None, FAIL), FindingState.CHANGED, 0, 3),
        ((FAIL, PASS, None, FAIL), FindingState.REOPENED, 0, 3),
        ((PASS, None, FAIL), FindingState.NEW, 2, 2),
    ],
)
def test_a_finding_is_followed_from_quarter_to_quarter(
    statuses: tuple[Status | None, ...], state: FindingState | None, first: int | None, last: int | None
) -> None:
    found = line(*statuses)[-1]
    assert found is not None
    assert found.state is state
    assert found.first_seen == (None if first is None else AS_OF + first * QUARTER)
    assert found.last_seen == (None if last is None else AS_OF + last * QUARTER)


def test_what_changed_is_in_the_assessment_that_follows() -> None:
    before = assessed(ordinary(findings=(finding("AUD-04", FAIL),)))
    after = assessed(ordinary(findings=(finding("AUD-04", PASS),), as_of=AS_OF + QUARTER, bundle_sha256="33" * 32))
    since = followed(Earlier(before.assessment, None), after).assessment.since
    assert since is not None
    assert [(one.was, one.now) for one in since.changes] == [(FAIL, PASS)]
    assert since.previous_as_of == AS_OF


@pytest.mark.parametrize(
    ("statuses", "failed"),
    [
        ((FAIL, INDETERMINATE), 0),
        ((FAIL, FAIL, INDETERMINATE), 1),
        ((FAIL, None, INDETERMINATE), 0),
        ((FAIL, PASS), None),
    ],
)
def test_when_it_last_failed_is_kept_while_nobody_can_tell(
    statuses: tuple[Status | None, ...], failed: int | None
) -> None:
    found = line(*statuses)[-1]
    assert found is not None
    assert found.last_failed == (None if failed is None else AS_OF + failed * QUARTER)


def test_a_class_that_is_left_out_closes_nothing() -> None:
    failing, passing = part("unlicensed", 4, FAIL, "kept 180 days"), part("members", 4, PASS, "kept a year")
    left_out = msgspec.structs.replace(failing, excluded="closed by GRC-77")
    before = ordinary(findings=(finding("RET-01", FAIL, parts=(passing, failing)),), bundle_sha256="11" * 32)
    narrowed = ordinary(findings=(finding("RET-01", PASS, parts=(passing, left_out)),), as_of=AS_OF + QUARTER)
    found = followed(Earlier(before, None), assessed(narrowed)).assessment.findings[0]
    assert (found.state, found.first_seen) == (FindingState.CHANGED, AS_OF)


def test_what_is_not_judged_is_carried_along_until_it_is_judged_again() -> None:
    first = ordinary(findings=(finding("AUD-03", FAIL, affected_count=2), finding("AUD-04", PASS)), waivers=())
    second = ordinary(findings=(finding("AUD-04", PASS),), waivers=(), as_of=AS_OF + QUARTER, bundle_sha256="33" * 32)
    between = followed(Earlier(first, None), assessed(second)).assessment
    (kept,) = between.unjudged
    assert (kept.check, kept.status, kept.affected_count, kept.first_seen) == ("AUD-03", FAIL, 2, AS_OF)
    third = ordinary(findings=first.findings, waivers=(), as_of=AS_OF + 2 * QUARTER, bundle_sha256="44" * 32)
    again = followed(Earlier(between, None), assessed(third)).assessment
    assert again.unjudged == ()
    assert again.since is not None
    (change,) = again.since.changes
    assert (change.was, change.direction) == (None, Direction.NEITHER)
    assert "judged last on 2026-10-05: fail" in change.reasons[0].text
