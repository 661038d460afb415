"""A waiver over a part of a control is not counted as one over the whole, whichever report counts it."""

from __future__ import annotations

import io
from collections import Counter

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from made_assessments import assessed, finding, ordinary, rendered, waiver
from openpyxl import load_workbook

from compliance.assessment.assessment import Assessment, Finding
from compliance.assessment.totals import totals_of
from compliance.assessment.verdict import Status
from compliance.standards import load_standard
from reports import Options, render
from reports.outcome import Outcome, outcome_of

TOLD = "1 of them under a waiver, which changes no status; 2 under a waiver in part, which leaves the rest open"


def judged(*findings: Finding) -> Assessment:
    """An assessment by one standard, with the totals of its findings."""
    standard = load_standard("m-21-31")
    made = ordinary()
    return msgspec.structs.replace(
        made, findings=findings, standards=made.standards[:1], totals=tuple(totals_of(findings, (), [standard]))
    )


def waived(check: str, left: Status) -> Finding:
    """A failure under a waiver that leaves so much of it."""
    return finding(check, Status.FAIL, waivers=(waiver("WVR-1"),), left_open=left)


def test_reports_agree_on_what_is_waived_whole_and_what_in_part() -> None:
    assessment = judged(
        waived("AUD-01", Status.NOT_APPLICABLE),
        waived("AUD-02", Status.FAIL),
        waived("AUD-03", Status.INDETERMINATE),
        finding("AUD-04", Status.FAIL),
        finding("AUD-05", Status.PASS),
    )
    options = Options(gate="m-21-31")

    assert TOLD in " ".join(rendered("console", assessment, options).split())
    assert TOLD in rendered("html", assessment, options)
    book = render("xlsx", assessed(assessment), options)
    assert isinstance(book, bytes)
    page = load_workbook(io.BytesIO(book))["Workpaper"]
    assert f"m-21-31: {TOLD}" in [cell.value for (cell,) in page.iter_rows(min_col=2, max_col=2)]
    assert "| m-21-31 | 3 | 0 | 0 | 0 | 1 | 1 | 0 |" in rendered("markdown", assessment, options)
    assert "3 fail, 1 under a waiver, 1 pass" in rendered("github", assessment, options)


def test_nothing_is_said_of_waivers_where_there_are_none() -> None:
    told = rendered("console", judged(finding("AUD-04", Status.FAIL)))

    assert "under a waiver" not in told


@given(st.lists(st.tuples(st.sampled_from(Status), st.sampled_from(Status), st.booleans()), max_size=8))
def test_the_totals_count_as_waived_what_every_format_does(drawn: list[tuple[Status, Status, bool]]) -> None:
    findings = [
        finding(f"CHK-{number}", status, waivers=(waiver("W"),) if covered else (), left_open=left)
        for number, (status, left, covered) in enumerate(drawn)
    ]
    (totals,) = totals_of(findings, (), [load_standard("m-21-31")])

    outcomes = Counter(map(outcome_of, findings))
    assert totals.waived == outcomes[Outcome.WAIVED]
    assert totals.waived + totals.waived_in_part == sum(bool(one.waivers) for one in findings)
