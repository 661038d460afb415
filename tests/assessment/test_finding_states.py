"""How findings stand against the assessments before: new, open, changed, closed, reopened, and since when."""

from __future__ import annotations

import datetime as dt

import pytest
from made_assessments import AS_OF, assessed, finding, ordinary

from compliance.assessment.assessed import Assessed
from compliance.assessment.assessment import Finding
from compliance.assessment.changes import FindingState
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
