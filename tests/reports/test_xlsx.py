"""The work paper: text is text, the auditor's fields are blank, and the same assessment gives the same bytes."""

from __future__ import annotations

import io
import re
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest
from made_assessments import AS_OF, FINDINGS, NASTY_NAMES, affected, assessed, finding, ordinary, with_name
from openpyxl import Workbook, load_workbook

from compliance.assessment.assessed import Assessed
from compliance.assessment.assessment import Assessment, DatasetRow, PeriodEntry
from compliance.assessment.history import HistoryPoint
from compliance.assessment.verdict import Status
from compliance.errors import InputError
from compliance.evidence.datasets import State
from compliance.evidence.scope import EVERYBODY
from reports import Options, render
from reports.outcome import Outcome, outcome_of

SHEETS = [
    *("Workpaper", "Findings", "Classes", "Affected", "Log sources"),
    *("Evidence", "Exceptions", "Reconciliation", "Facts", "Legend"),
]
HOSTILE = (
    *NASTY_NAMES,
    "=cmd|' /C calc'!A0",
    "+1",
    "-1",
    "@SUM(1)",
    "'=1",
    "#N/A",
    "_x000D_ and _x003D_1",
    "{=1}",
    "1e5",
)


def file_of(assessment: Assessment, options: Options | None = None) -> bytes:
    """The work paper of an assessment whose samples are all there is."""
    document = render("xlsx", assessed(assessment), options or Options())
    assert isinstance(document, bytes)
    return document


def book_of(assessment: Assessment, options: Options | None = None) -> Workbook:
    """The work paper, read back."""
    return load_workbook(io.BytesIO(file_of(assessment, options)))


def table(book: Workbook, sheet: str) -> list[dict[str, Any]]:
    """The rows of a sheet's table by their headings."""
    found = book[sheet].tables
    if not found:
        return []
    (one,) = found.values()
    headings, *rows = [[cell.value for cell in row] for row in book[sheet][one.ref]]
    return [dict(zip(headings, row, strict=True)) for row in rows]


def first_page(book: Workbook) -> dict[str, list[str | None]]:
    """What stands under each heading of the first page."""
    told: dict[str, list[str | None]] = {}
    heading = ""
    for label, value in book["Workpaper"].iter_rows(min_row=3, values_only=True):
        heading = str(label) if label is not None else heading
        told.setdefault(heading, []).append(None if value is None else str(value))
    return told


def parts(document: bytes) -> Iterator[tuple[str, str]]:
    """The XML files of a workbook."""
    with zipfile.ZipFile(io.BytesIO(document)) as file:
        for name in file.namelist():
            yield name, file.read(name).decode()


def test_the_sheets_are_those_of_a_work_paper() -> None:
    assert book_of(ordinary()).sheetnames == SHEETS


def test_what_the_auditor_writes_is_blank() -> None:
    book = book_of(ordinary())
    told = first_page(book)
    for blank in ("Conclusion", "Prepared by", "Prepared on", "Reviewed by", "Reviewed on"):
        assert told[blank] == [None]
    for row in table(book, "Findings"):
        assert (row["Tick"], row["Auditor's remark"]) == (None, None)


def test_the_first_page_says_what_was_audited_and_that_it_is_simulated() -> None:
    told = first_page(book_of(ordinary()))
    assert "SIMULATED" in str(told["Attention"])
    assert "Attention" not in first_page(book_of(ordinary(simulated=False)))
    assert "rescinded on 2026-05-22" in str(told["Criteria"][0])
    assert told["Population"][0] == "Left out: unlicensed members (30): shared mailboxes, closed by GRC-77"
    assert "Not assessed: RET-08 Exports are kept" in told["Procedure"]
    assert told["Period"] == ["As of 2026-10-05T09:00:00Z: one reading; no period was asked for"]


def test_days_of_the_period_without_evidence_are_counted() -> None:
    day = AS_OF.date()
    period = PeriodEntry(text="2026-Q4", first=day, last=day.replace(day=14), evidence_days=(day,))
    assert first_page(book_of(ordinary(period=period)))["Period"] == [
        "2026-Q4: 2026-10-05 to 2026-10-14, 10 days; read as of 2026-10-05T09:00:00Z",
        "9 days of it without evidence; there is some of 2026-10-05",
    ]


def test_days_on_which_an_earlier_bundle_was_read_are_days_with_evidence() -> None:
    day = AS_OF.date()
    period = PeriodEntry(text="2026-Q4", first=day, last=day.replace(day=14), evidence_days=(day,))
    earlier = HistoryPoint(
        as_of=AS_OF,
        bundle_sha256="0" * 64,
        tool_version="0.1.0",
        totals=(),
        statuses={},
        evidence_days=(day.replace(day=2), day.replace(day=7)),
    )

    told = first_page(book_of(ordinary(period=period), Options(history=(earlier,))))["Period"]

    assert told[1] == "8 days of it without evidence; there is some of 2026-10-05, 2026-10-07"


def test_whoever_the_settings_leave_out_is_named_where_no_class_of_a_control_shows_it() -> None:
    told = first_page(book_of(ordinary(left_out=())))["Population"]

    assert told[0] == "Left out by the settings: unlicensed: closed by GRC-77"
    everybody = first_page(book_of(ordinary(left_out=(), scope=EVERYBODY)))["Population"]
    assert everybody[0] == "Nobody was left out by the settings"


def test_the_results_tell_waivers_of_the_whole_and_of_a_part_apart() -> None:
    (totals, *_) = ordinary().totals
    told = first_page(book_of(ordinary(totals=(msgspec.structs.replace(totals, waived=1, waived_in_part=2),))))

    assert "1 of them under a waiver, which changes no status; 2 under a waiver in part" in str(told["Results"])


def test_a_row_stands_for_each_finding_and_exceptions_are_counted_by_outcome() -> None:
    book = book_of(ordinary())
    rows = table(book, "Findings")
    assert [row["Identity"] for row in rows] == [one.uid for one in FINDINGS]
    assert Counter(row["Outcome"] for row in rows) == Counter(
        outcome_of(one).value.replace("_", " ") for one in FINDINGS
    )
    exceptions = " ".join(map(str, first_page(book)["Exceptions"]))
    counts = Counter(map(outcome_of, FINDINGS))
    for each in (Outcome.FAIL, Outcome.ERROR, Outcome.NOT_COLLECTED, Outcome.MANUAL, Outcome.WAIVED):
        assert f"{counts[each]} {each.value.replace('_', ' ')}: " in exceptions


def test_rows_read_are_reconciled_with_an_independent_count() -> None:
    base = ordinary().datasets[0]
    few = msgspec.structs.replace(base, name="few", rows=12_479)
    alone = DatasetRow(
        name="alone",
        request="GET /",
        state=State.COMPLETE,
        reason=None,
        origin=None,
        rows=3,
        expected_rows=None,
        read_at=None,
    )
    unread = msgspec.structs.replace(alone, name="unread", rows=None)
    rows = table(book_of(ordinary(datasets=(base, few, alone, unread))), "Reconciliation")
    assert [(row["Difference"], row["Agrees"]) for row in rows] == [
        (0, "yes"),
        (-1, "no"),
        (None, "no independent count"),
        (None, "not read"),
    ]


def test_waivers_are_told_as_written() -> None:
    rows = table(book_of(ordinary()), "Exceptions")
    assert [(row["Waiver"], row["Standing"]) for row in rows] == [
        ("WVR-2026-014", "used"),
        ("WVR-2025-003", "expired"),
    ]


def test_so_many_objects_are_listed_and_the_others_counted_with_where_they_are() -> None:
    objects = [affected(f"mailbox-{number}", number) for number in range(1_500)]
    one, other = finding("AUD-04", Status.FAIL, standard="m-21-31"), finding("AUD-05", Status.FAIL)
    handed = Assessed(ordinary(findings=(one, other)), {one.uid: objects, other.uid: objects[:7]})
    document = render("xlsx", handed, Options())
    assert isinstance(document, bytes)
    book = load_workbook(io.BytesIO(document))
    rows = table(book, "Affected")
    assert Counter(row["Check"] for row in rows) == {"AUD-04": 500, "AUD-05": 7}
    (told,) = [row[0] for row in book["Affected"].iter_rows(max_row=3, values_only=True) if "more of" in str(row[0])]
    assert "AUD-04 m-21-31: 1,000 more of 1,500" in str(told)
    assert "affected/AUD-04.m-21-31.jsonl" in str(told)


@pytest.mark.parametrize("name", HOSTILE)
def test_every_text_is_text_whatever_it_looks_like(name: str) -> None:
    document = file_of(with_name(name))
    for part, xml in parts(document):
        if part.startswith("xl/worksheets/"):
            assert "<f>" not in xml
            assert "<f " not in xml
            assert 't="e"' not in xml
            assert "hyperlink" not in xml
    book = load_workbook(io.BytesIO(document))
    for sheet in book:
        for cell in (cell for row in sheet.iter_rows() for cell in row):
            assert cell.data_type in {"s", "n", "inlineStr"}
            assert not isinstance(cell.value, str) or len(cell.value.encode("utf-16-le")) // 2 <= 32_767


def test_what_looks_like_a_formula_keeps_its_text_and_is_marked_as_text() -> None:
    one = finding("AUD-04", Status.FAIL, samples=(affected("=1+1", 1), affected("a=1", 2)))
    sheet = book_of(ordinary(findings=(one,)))["Affected"]
    marked = {
        cell.value: cell.quotePrefix for row in sheet.iter_rows() for cell in row if cell.value in ("=1+1", "a=1")
    }
    assert marked == {"=1+1": True, "a=1": False}


def test_the_code_of_a_character_in_a_name_is_not_taken_for_the_character() -> None:
    one = finding("AUD-04", Status.FAIL, samples=(affected("_x003D_1+1", 1),))
    sheets = "".join(xml for part, xml in parts(file_of(ordinary(findings=(one,)))) if "worksheets" in part)
    assert "_x005F_x003D_1+1" in sheets
    assert not re.search(r"(?<!_x005F)_x003D_", sheets)


def test_the_same_assessment_gives_the_same_bytes_at_another_time(monkeypatch: pytest.MonkeyPatch) -> None:
    first = file_of(ordinary())
    later = time.time() + 90_000
    monkeypatch.setattr(time, "time", lambda: later)
    monkeypatch.setattr(time, "localtime", lambda *_: time.gmtime(later))
    assert file_of(ordinary()) == first
    core = dict(parts(first))["docProps/core.xml"]
    assert re.findall(r"\d{4}-\d\d-\d\dT[\d:]+Z", core) == ["2026-10-05T09:00:00Z"] * 2
    with zipfile.ZipFile(io.BytesIO(first)) as file:
        assert {entry.date_time for entry in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_sheet_prints_on_landscape_pages_with_its_headings_on_each() -> None:
    for sheet in book_of(ordinary()):
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        if sheet.title != "Workpaper":
            assert sheet.print_title_rows
            assert sheet.freeze_panes


def test_a_scenario_has_all_its_findings_in_the_work_paper(assessed_of: Callable[..., Assessed]) -> None:
    judged = assessed_of("agency", "m-21-31", "m-26-14")
    document = render("xlsx", judged, Options())
    assert isinstance(document, bytes)
    book = load_workbook(io.BytesIO(document))
    rows = table(book, "Findings")
    assert Counter((row["Standard"], row["Identity"]) for row in rows) == Counter(
        (one.standard, one.uid) for one in judged.assessment.findings
    )
    assert [row["SHA-256, uncompressed"] for row in table(book, "Evidence")] == [
        one.sha256 for one in judged.assessment.datasets
    ]
    assert any("token held" in str(line) for line in first_page(book)["Source"])


def test_an_assessment_of_nothing_still_opens() -> None:
    empty = ordinary(findings=(), sources=(), datasets=(), waivers=(), facts=(), standards=(), totals=())
    assert book_of(empty).sheetnames == SHEETS


def test_without_openpyxl_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(InputError, match=r"openpyxl[\s\S]*pip install 'lookback-auditor\[xlsx\]'"):
        file_of(ordinary())
