"""Annotations: workflow commands that say what failed, of which none is lost and none is forged."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from made_assessments import NASTY_NAMES, finding, ordinary, rendered, waiver, with_name

from compliance.assessment.assessment import Assessment
from compliance.assessment.verdict import Severity, Status
from reports import Options

COMMANDS = ("% 25 100%", "::error::forged", "a%0A::error::forged", "title,file=x::", "##[error]forged")


@dataclass(frozen=True)
class Annotation:
    """A workflow command as the runner takes it."""

    kind: str
    properties: dict[str, str]
    message: str


def runner_reads(line: str) -> Annotation:
    """Read a line as actions/runner does: the name, properties parted by commas, the message, and escapes undone."""
    found = re.fullmatch(r"::(error|warning|notice) (.*?)::(.*)", line)
    assert found is not None, line

    def back(text: str) -> str:
        for token, stands_for in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
            text = text.replace(token, stands_for)
        return text

    pairs = [pair.partition("=") for pair in found[2].split(",")]
    return Annotation(found[1], {key: back(value) for key, _, value in pairs}, back(found[3]))


def annotations(assessment: Assessment, options: Options | None = None) -> list[Annotation]:
    """The annotations of an assessment."""
    return [runner_reads(line) for line in rendered("github", assessment, options).splitlines()]


def of_kind(told: list[Annotation], kind: str) -> list[Annotation]:
    """Those of one kind."""
    return [one for one in told if one.kind == kind]


def test_failures_are_errors_open_questions_warnings_and_waived_ones_notices() -> None:
    told = annotations(ordinary())
    assert [one.properties["title"] for one in of_kind(told, "error")] == ["AUD-04 critical", "RET-01 high"]
    assert of_kind(told, "warning")[0].properties["title"] == "AUD-05 high"
    assert [one.properties["title"] for one in of_kind(told, "notice")] == ["lookback", "RET-01 low"]


def test_the_first_one_tells_the_verdict_of_the_standard_that_decides() -> None:
    first = annotations(ordinary(), Options(gate="m-26-14"))[0]
    assert "0 of 1 required log sources meet the searchable period of m-26-14" in first.message
    assert "2 fail, 2 error, 9 not collected, 1 needs a person, 1 under a waiver, 2 pass" in first.message
    assert "1 expired waiver" in first.message


def test_no_more_of_a_kind_than_a_step_keeps_and_the_last_one_counts_the_others() -> None:
    failing = [finding(f"CHK-{number:03}", Status.FAIL, severity=Severity.LOW) for number in range(40)]
    waived = [
        finding(f"WAI-{number:03}", Status.FAIL, waivers=(waiver("W"),), left_open=Status.NOT_APPLICABLE)
        for number in range(40)
    ]
    worst = finding("ZZZ-01", Status.FAIL, severity=Severity.CRITICAL)
    told = annotations(ordinary(findings=(*failing, *waived, worst)))
    errors, notices = of_kind(told, "error"), of_kind(told, "notice")
    assert len(errors) == len(notices) == 10
    assert errors[0].properties["title"] == "ZZZ-01 critical"
    assert errors[-1].message == "and 32 more; the summary and the reports hold them"
    assert notices[-1].message == "and 32 more; the summary and the reports hold them"


def test_ten_of_a_kind_are_all_told() -> None:
    failing = tuple(finding(f"CHK-{number:03}", Status.FAIL) for number in range(10))
    titles = [one.properties["title"] for one in of_kind(annotations(ordinary(findings=failing)), "error")]
    assert titles == [f"CHK-{number:03} high" for number in range(10)]


def test_they_point_at_the_file_that_is_given_and_at_none_otherwise() -> None:
    assert {one.properties.get("file") for one in annotations(ordinary(), Options(location="a,b:c.yaml"))} == {
        "a,b:c.yaml"
    }
    assert {one.properties.get("file") for one in annotations(ordinary())} == {None}


def test_no_condition_and_no_cause_is_told_unless_objects_are_asked_for() -> None:
    assert "what 7 accounts may do" not in rendered("github", ordinary())
    assert "what 7 accounts may do" in rendered("github", ordinary(), Options(show_objects=True))


@pytest.mark.parametrize("name", [*NASTY_NAMES, *COMMANDS], ids=range(len(NASTY_NAMES) + len(COMMANDS)))
def test_a_hostile_name_makes_no_annotation_of_its_own(name: str) -> None:
    options = Options(show_objects=True, location="config.yaml")
    told = annotations(with_name(name), options)
    assert len(told) == len(annotations(with_name("plain"), options))
    assert {one.properties["file"] for one in told} == {"config.yaml"}
    assert all(one.message.isprintable() for one in told)


def test_a_percent_sign_arrives_as_it_was() -> None:
    one = finding("CHK-1", Status.FAIL, title="100%0A of 50%")
    assert "100%0A of 50%" in of_kind(annotations(ordinary(findings=(one,))), "error")[0].message
