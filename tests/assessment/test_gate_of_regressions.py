"""A gate on regressions: only what got worse counts, and by what is left open of it."""

from __future__ import annotations

import datetime as dt

import msgspec
import pytest
from made_assessments import AS_OF, assessed, finding, ordinary, waiver

from compliance.assessment.assessment import Finding
from compliance.assessment.comparison import compare
from compliance.assessment.gate import ExitCode, Gate, regression_exit_code
from compliance.assessment.identity import Earlier, followed
from compliance.assessment.verdict import Status

GATE = Gate("m-21-31")
DAY = dt.timedelta(days=1)
PASS, FAIL, INDETERMINATE = Status.PASS, Status.FAIL, Status.INDETERMINATE
SOUND = finding("AUD-01", PASS)


def code(was: Finding | None, now: Finding | None, gate: Gate = GATE) -> ExitCode:
    """The exit code where one control stood so, and stands so now, beside one that passes all the time."""
    old = ordinary(findings=(SOUND, was) if was else (SOUND,), waivers=())
    new = ordinary(findings=(SOUND, now) if now else (SOUND,), waivers=(), bundle_sha256="77" * 32, as_of=AS_OF)
    return regression_exit_code(new, compare(old, new), gate)


@pytest.mark.parametrize(
    ("was", "now", "expected"),
    [
        (PASS, FAIL, 3),
        (INDETERMINATE, FAIL, 3),
        (PASS, INDETERMINATE, 4),
        (PASS, None, 4),
        (FAIL, None, 4),
        (FAIL, FAIL, 0),
        (FAIL, INDETERMINATE, 4),
        (INDETERMINATE, INDETERMINATE, 0),
        (None, FAIL, 0),
        (FAIL, PASS, 0),
    ],
)
def test_only_what_got_worse_counts(was: Status | None, now: Status | None, expected: int) -> None:
    made = [None if status is None else finding("AUD-04", status) for status in (was, now)]
    assert code(made[0], made[1]) == expected


def test_a_failure_that_shrank_is_no_regression_and_one_that_grew_is() -> None:
    small, large = finding("AUD-04", FAIL, affected_count=1), finding("AUD-04", FAIL, affected_count=2)
    assert (code(large, small), code(small, large)) == (0, 3)


def test_what_got_worse_under_a_waiver_is_accepted_and_without_it_is_not() -> None:
    failing = finding("AUD-04", FAIL)
    waived = msgspec.structs.replace(failing, waivers=(waiver("W-100"),), left_open=Status.NOT_APPLICABLE)
    assert (code(finding("AUD-04", PASS), waived), code(waived, failing)) == (0, 3)


def test_what_another_standard_asks_does_not_count() -> None:
    was, now = (finding("RET-01", status, standard="m-26-14") for status in (PASS, FAIL))
    assert code(was, now) == 0
    assert code(was, now, Gate("m-26-14")) == 3


def test_an_open_question_can_be_a_warning() -> None:
    was, now = finding("AUD-04", PASS), finding("AUD-04", INDETERMINATE)
    assert code(was, now, Gate("m-21-31", warn_on_indeterminate=True)) == 0


@pytest.mark.parametrize("was", [PASS, FAIL])
def test_what_is_no_longer_assessed_is_never_a_mere_warning(was: Status) -> None:
    assert code(finding("AUD-04", was), None, Gate("m-21-31", warn_on_indeterminate=True)) == 4


@pytest.mark.parametrize(("was", "expected"), [(PASS, 3), (INDETERMINATE, 3), (FAIL, 0)])
def test_leaving_a_control_out_for_a_time_does_not_let_a_failure_in(was: Status, expected: int) -> None:
    first = ordinary(findings=(SOUND, finding("AUD-04", was)), waivers=())
    left_out = assessed(ordinary(findings=(SOUND,), waivers=(), bundle_sha256="66" * 32, as_of=AS_OF + DAY))
    between = followed(Earlier(first, None), left_out).assessment
    failing = finding("AUD-04", FAIL)
    again = ordinary(findings=(SOUND, failing), waivers=(), bundle_sha256="77" * 32, as_of=AS_OF + 2 * DAY)
    assert regression_exit_code(again, compare(between, again), GATE) == expected


def test_where_nothing_is_judged_nothing_is_satisfied() -> None:
    assessment = ordinary(findings=(), waivers=())
    assert regression_exit_code(assessment, compare(assessment, assessment), GATE) == 4
