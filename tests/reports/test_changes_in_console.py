"""What the console says of changes since an earlier assessment."""

from __future__ import annotations

import datetime as dt

import msgspec
import pytest
from made_assessments import AS_OF, NASTY_NAMES, assessed, finding, ordinary, rendered, waiver

from compliance.assessment.assessment import Assessment
from compliance.assessment.identity import Earlier, followed
from compliance.assessment.verdict import Status
from reports import Options
from reports.console.changes import comparison_text
from reports.text import width_of

QUARTER = dt.timedelta(days=91)


def after(*pairs: tuple[str, Status | None, Status | None], **changes: object) -> Assessment:
    """An assessment that follows another: each control as it stood and as it stands, None where it was not judged."""
    was = tuple(finding(check, status) for check, status, _ in pairs if status is not None)
    now = tuple(finding(check, status) for check, _, status in pairs if status is not None)
    before = ordinary(findings=was, waivers=(), bundle_sha256="11" * 32)
    made = assessed(msgspec.structs.replace(ordinary(findings=now, as_of=AS_OF + QUARTER, waivers=()), **changes))
    return followed(Earlier(before, None), made).assessment


def section(assessment: Assessment) -> str:
    """The section on changes, without the line breaks of the terminal."""
    text = rendered("console", assessment)
    return " ".join(text.partition("What changed since")[2].partition("Standards asked for")[0].split())


def test_the_worse_the_better_and_the_rest_are_told_apart_and_counted() -> None:
    said = section(
        after(
            ("AUD-01", Status.PASS, Status.FAIL),
            ("AUD-03", Status.FAIL, Status.PASS),
            ("AUD-04", None, Status.FAIL),
            ("AUD-05", Status.PASS, Status.PASS),
        )
    )
    assert "1 worse, 0 unclear, 1 better, 1 otherwise, 1 unchanged." in said
    assert "2 new, 1 closed" in said
    worse, better, rest = said.index("Worse"), said.index("Better"), said.index("Otherwise, neither")
    assert worse < said.index("AUD-01: pass -> fail") < better
    assert better < said.index("AUD-03: fail -> pass") < rest
    assert rest < said.index("AUD-04: not assessed -> fail")
    assert "AUD-05" not in said


def test_without_an_earlier_assessment_there_is_no_such_section() -> None:
    assert "What changed" not in rendered("console", ordinary())


def test_what_is_waived_is_told_as_waived() -> None:
    waived = msgspec.structs.replace(
        finding("AUD-04", Status.FAIL), waivers=(waiver("W-100"),), left_open=Status.NOT_APPLICABLE
    )
    before = ordinary(findings=(finding("AUD-04", Status.FAIL),), bundle_sha256="11" * 32)
    made = followed(Earlier(before, None), assessed(ordinary(findings=(waived,), as_of=AS_OF + QUARTER))).assessment
    assert "AUD-04: fail -> fail (waived)" in section(made)


@pytest.mark.parametrize(
    ("left_open", "told"),
    [(Status.PASS, "fail (waived)"), (Status.FAIL, "fail"), (Status.INDETERMINATE, "fail (waived in part)")],
)
def test_a_waiver_that_ends_is_told_though_it_covered_a_part_alone(left_open: Status, told: str) -> None:
    covered = finding("RET-01", Status.FAIL, waivers=(waiver("W-100"),), left_open=left_open)
    before = ordinary(findings=(covered,), bundle_sha256="11" * 32)
    alone = assessed(ordinary(findings=(finding("RET-01", Status.FAIL),), as_of=AS_OF + QUARTER))
    said = section(followed(Earlier(before, None), alone).assessment)
    assert (f"RET-01: {told} -> fail" if told != "fail" else "RET-01: still fail") in said


@pytest.mark.parametrize("name", NASTY_NAMES)
def test_a_hostile_name_stays_a_name_in_columns(name: str) -> None:
    was = finding("AUD-04", Status.PASS, cause=name, condition=name, title=name)
    now = finding("AUD-04", Status.FAIL, cause=f"{name}.", condition=f"{name}!", title=name)
    before = ordinary(findings=(was,), bundle_sha256="11" * 32)
    made = followed(Earlier(before, None), assessed(ordinary(findings=(now,), as_of=AS_OF + QUARTER))).assessment
    assert made.since is not None
    text = comparison_text(made, made.since, Options())
    assert max(map(width_of, text.splitlines())) <= 80
    assert all(char == "\n" or char.isprintable() for char in text)
    for format_ in ("console", "json", "markdown", "html"):
        rendered(format_, made)
