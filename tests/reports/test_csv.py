"""The CSV reports: every cell quoted, nothing that a spreadsheet would run, and one row for each control and object."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_assessments import FINDINGS, NASTY_NAMES, affected, finding, ordinary, rendered, with_name

from compliance.assessment.assessed import Assessed
from compliance.assessment.assessment import Assessment
from compliance.assessment.changes import FindingState
from compliance.assessment.verdict import Status
from compliance.cli.main import main
from reports import Options, render
from reports.outcome import Outcome, outcome_of

FORMULAS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠", "−", "﹦")
HOSTILE = (
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(1)",
    "  =1+1",
    "\u00a0=1+1",
    "\u3000＝1+1",
    '"=1+1"',
    "\t=1+1",
    "\r\n=1+1",
    "＝1+1",
    "＠SUM(1)",
    "−1",
    "quiet;=1+1",
    'quiet"; =1+1',
    "quiet,@SUM(1)",
)


def rows(text: str) -> list[dict[str, str]]:
    """The rows of a table, read back."""
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True))


def runs(cell: str) -> bool:
    """Whether a spreadsheet may take a cell for a formula, however it trims it."""
    return cell.strip().strip('"').strip().startswith(FORMULAS)


def object_named(name: str) -> Assessment:
    """An assessment with one affected object of that name."""
    return ordinary(findings=(finding("AUD-04", Status.FAIL, samples=(affected(name, 1),)),))


def test_a_file_begins_with_a_byte_order_mark_and_quotes_every_cell_of_every_line() -> None:
    for name in ("csv", "csv-objects"):
        document = rendered(name, ordinary())
        assert document.encode().startswith(b"\xef\xbb\xbf")
        lines = document.removeprefix("\ufeff").split("\r\n")
        assert lines.pop() == ""
        assert not any("\n" in line or "\r" in line for line in lines)
        assert all(re.fullmatch(r'"([^"]|"")*"(,"([^"]|"")*")*', line) for line in lines)


def test_a_row_stands_for_each_finding_with_how_it_counts() -> None:
    read = rows(rendered("csv", ordinary()))
    assert [(row["check"], row["standard"], row["status"]) for row in read] == [
        (one.check, one.standard or "", one.status.value) for one in FINDINGS
    ]
    assert Counter(row["outcome"] for row in read) == Counter(outcome_of(one).value for one in FINDINGS)
    waived = next(row for row in read if row["finding_uid"] == "uid-RET-01-m-26-14")
    assert (waived["outcome"], waived["status"], waived["left_open"]) == ("waived", "fail", "not_applicable")
    assert waived["waivers"] == "WVR-2026-015 (to 2027-03-31)"


def test_what_is_not_known_is_empty_and_what_is_none_is_a_zero() -> None:
    by_check = {row["check"]: row for row in rows(rendered("csv", ordinary()))}
    assert (by_check["AUD-04"]["affected"], by_check["AUD-04"]["among"]) == ("7", "4842")
    assert (by_check["AUD-01"]["affected"], by_check["AUD-01"]["among"]) == ("0", "")


def test_a_list_is_joined_by_semicolons_and_a_moment_is_in_utc_with_a_z() -> None:
    one = finding("AUD-04", Status.FAIL, recommendation=("first", "second"), notes=("a", "b", "c"))
    row = rows(rendered("csv", ordinary(findings=(one,))))[0]
    assert (row["recommendation"], row["notes"]) == ("first;second", "a;b;c")
    assert row["as_of"] == "2026-10-05T09:00:00Z"
    assert "System.Object" not in str(row)


def test_how_a_control_stands_against_the_time_before_is_told() -> None:
    as_of = ordinary().as_of
    one = finding("AUD-04", Status.FAIL, state=FindingState.REOPENED, first_seen=as_of, last_seen=as_of)
    row = rows(rendered("csv", ordinary(findings=(one,))))[0]
    assert (row["state"], row["first_seen"]) == ("reopened", "2026-10-05T09:00:00Z")


def test_every_affected_object_has_a_row_and_not_the_samples_alone() -> None:
    everything = [affected(f"mailbox-{number}", number, decided=number % 2 == 0) for number in range(50)]
    one = finding("AUD-04", Status.FAIL, samples=tuple(everything[:20]))
    text = render("csv-objects", Assessed(ordinary(findings=(one,)), {one.uid: everything}), Options())
    assert isinstance(text, str)
    read = rows(text)
    assert [row["object_name"] for row in read] == [each.name for each in everything]
    assert [row["decided"] for row in read] == ["true", "false"] * 25
    assert {row["finding_uid"] for row in read} == {one.uid}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_formula_is_defused_by_an_apostrophe(name: str) -> None:
    for document in (rendered("csv-objects", object_named(name)), rendered("csv", with_name(name))):
        assert [cell for row in rows(document) for cell in row.values() if runs(cell)] == []


def test_an_apostrophe_is_put_before_a_formula_and_nowhere_else() -> None:
    shown = {name: rows(rendered("csv-objects", object_named(name)))[0]["object_name"] for name in HOSTILE}
    assert shown["=cmd|' /C calc'!A0"] == "'=cmd|' /C calc'!A0"
    assert shown["  =1+1"] == "'  =1+1"
    assert shown["quiet;=1+1"] == "quiet;'=1+1"
    assert shown["\t=1+1"] == r"\t=1+1"
    for harmless in ("a-b@c.example", "1+1=2", "Set-Mailbox -Identity x", "it's", "会計"):
        assert rows(rendered("csv-objects", object_named(harmless)))[0]["object_name"] == harmless


@given(st.text(alphabet="=+-@,;\"' \t\r\n\u00a0＝＠a1|", max_size=12))
def test_no_reader_that_parts_cells_at_other_signs_sees_a_formula(name: str) -> None:
    for line in rendered("csv-objects", object_named(name)).split("\r\n"):
        for separator in ",;\t":
            assert not any(runs(cell) for cell in line.split(separator)), line


@pytest.mark.parametrize("name", NASTY_NAMES)
def test_nothing_that_is_not_shown_reaches_a_cell_and_no_cell_overflows(name: str) -> None:
    for report in ("csv", "csv-objects"):
        document = rendered(report, with_name(name)).removeprefix("\ufeff").replace("\r\n", "")
        assert {unicodedata.category(char) for char in document} & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"} == set()
        document.encode()
        assert all(len(cell) <= 32_767 for row in rows(rendered(report, with_name(name))) for cell in row.values())


def test_a_text_that_is_cut_says_so() -> None:
    cell = rows(rendered("csv-objects", object_named("n" * 40_000)))[0]["object_name"]
    assert len(cell) == 16_000
    assert cell.endswith("n…")


def test_the_described_columns_are_those_of_the_files(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "datapackage"]) == 0
    package = json.loads(capsys.readouterr().out)
    for resource, report in zip(package["resources"], ("csv", "csv-objects"), strict=True):
        header = next(csv.reader(io.StringIO(rendered(report, ordinary()).removeprefix("\ufeff"))))
        assert [field["name"] for field in resource["schema"]["fields"]] == header


def test_what_the_description_allows_is_all_that_the_file_holds(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "datapackage"]) == 0
    fields = json.loads(capsys.readouterr().out)["resources"][0]["schema"]["fields"]
    for row in rows(rendered("csv", ordinary())):
        for field in fields:
            constraints = field.get("constraints", {})
            value = row[field["name"]]
            assert value or not constraints.get("required"), field["name"]
            assert not value or value in constraints.get("enum", (value,))
    outcome = next(field for field in fields if field["name"] == "outcome")
    assert outcome["constraints"]["enum"] == [each.value for each in Outcome]


def test_a_scenario_reads_back_as_it_was_judged(assessed_of: Callable[..., Assessed]) -> None:
    judged = assessed_of("agency", "m-21-31", "m-26-14")
    text = render("csv", judged, Options())
    objects = render("csv-objects", judged, Options())
    assert isinstance(text, str)
    assert isinstance(objects, str)
    assert Counter((row["standard"], row["status"]) for row in rows(text)) == Counter(
        (one.standard or "", one.status.value) for one in judged.assessment.findings
    )
    assert Counter(row["finding_uid"] for row in rows(objects)) == {
        uid: len(each) for uid, each in judged.affected.items() if each
    }
    assert render("csv", judged, Options()) == text


def test_an_assessment_without_findings_is_a_header_alone() -> None:
    empty = ordinary(findings=())
    assert rows(rendered("csv", empty)) == []
    assert rendered("csv-objects", empty).count("\r\n") == 1
