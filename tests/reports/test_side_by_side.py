"""Several standards in one table, read off by its columns."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from made_assessments import M_21_31, M_26_14, NASTY_NAMES, ordinary, rendered, source

from compliance.assessment.assessment import SourceEntry, StandardEntry
from compliance.assessment.verdict import Status
from reports import Options
from reports.console.side_by_side import side_by_side
from reports.console.style import Style
from reports.text import width_of


def standard(name: str, base: StandardEntry = M_26_14) -> StandardEntry:
    """A standard that asks for the same under another id."""
    return msgspec.structs.replace(base, id=name)


def row(title: str, under: str, **changes: Any) -> SourceEntry:
    """A log source under a standard."""
    return source(title, standard=under, **changes)


def table(standards: list[StandardEntry], rows: list[SourceEntry], **options: Any) -> list[str]:
    """The lines of the table."""
    return [*side_by_side(standards, rows, Style(Options(ascii=True, **options)))]


def cells(line: str, columns: int) -> list[str]:
    """The cells of a line in 80 columns behind the title."""
    left = 80 - columns * 13
    return [line[left + 13 * index : left + 13 * (index + 1)].strip() for index in range(columns)]


def test_each_standard_has_a_column_with_both_figures_and_their_signs() -> None:
    rows = [
        row("Mail", "m-21-31", hot_status=Status.FAIL, hot_text="180 days", total_text="12 months"),
        row("Mail", "m-26-14", hot_status=Status.INDETERMINATE, hot_text="180 days", total_status=Status.PASS),
    ]
    lines = table([M_21_31, M_26_14], rows)
    first = next(index for index, line in enumerate(lines) if line.startswith("  Mail"))
    assert cells(lines[first], 2) == ["x 180 days", "? 180 days"]
    assert cells(lines[first + 1], 2) == ["x 12 months", "+ 12 months"]


def test_a_source_that_one_of_the_standards_does_not_ask_for_says_so() -> None:
    lines = table([M_21_31, M_26_14], [row("Mail", "m-21-31"), row("Teams chats", "m-26-14")])
    assert cells(next(line for line in lines if line.startswith("  Mail")), 2) == ["+ 12 months", "not asked"]
    assert cells(next(line for line in lines if line.startswith("  Teams")), 2) == ["not asked", "+ 12 months"]


def test_a_period_that_a_standard_does_not_ask_for_is_blank_and_never_a_pass() -> None:
    hipaa = msgspec.structs.replace(M_26_14, id="hipaa", hot=None)
    lines = table([M_21_31, hipaa], [row("Mail", "m-21-31"), row("Mail", "hipaa", hot_status=Status.NOT_APPLICABLE)])
    assert cells(next(line for line in lines if line.startswith("searchable")), 2) == ["12 months", "-"]
    first = next(index for index, line in enumerate(lines) if line.startswith("  Mail"))
    assert cells(lines[first], 2) == ["+ 12 months", ""]
    assert cells(lines[first + 1], 2) == ["x 12 months", "x 12 months"]


@pytest.mark.parametrize(("standards", "tables"), [(2, 1), (4, 1), (5, 2), (8, 2), (9, 3)])
def test_up_to_four_standards_share_a_table_of_80_columns(standards: int, tables: int) -> None:
    names = [f"own-{number}" for number in range(standards)]
    lines = table([standard(name) for name in names], [row("Mail", name) for name in names])
    assert sum(line.startswith("searchable") for line in lines) == tables
    assert [name for name in names if not any(name in line for line in lines)] == []
    assert sum(line.count("+ 12 months") for line in lines) == standards


def test_the_standard_that_decides_the_exit_code_stands_first_and_is_marked() -> None:
    text = rendered("console", ordinary(), Options(gate="m-26-14"))
    section = text.split("How far back one can look\n", 1)[1]
    header = section.split("searchable", 1)[0]
    assert header.index("m-26-14") < header.index("m-21-31")
    assert header.split("m-26-14")[1].split()[:2] == ["decides", "the"]
    assert "m-26-14: in force since 2026-05-22; decides the exit code" in text


def test_the_picture_is_that_of_the_deciding_standard_unless_everything_is_asked_for() -> None:
    text = rendered("console", ordinary(), Options(gate="m-26-14"))
    assert "\nm-26-14: 6 months searchable, 12 months retrievable\n" in text
    assert "\nm-21-31: 12 months active" not in text
    verbose = rendered("console", ordinary(), Options(gate="m-26-14", verbose=True))
    assert "\nm-21-31: 12 months active" in verbose


def test_one_standard_needs_no_table_and_decides_without_a_word() -> None:
    one = ordinary(standards=(M_21_31,), findings=())
    text = rendered("console", one, Options(gate="m-21-31"))
    assert "searchable   " not in text
    assert "decides the exit code" not in text


@pytest.mark.parametrize("name", NASTY_NAMES, ids=range(len(NASTY_NAMES)))
def test_a_nasty_name_stays_in_its_column(name: str) -> None:
    rows = [row(name, "m-21-31", hot_text=f"{name} days"), row(name, "m-26-14", origin=name)]
    for line in side_by_side([M_21_31, M_26_14], rows, Style(Options())):
        assert width_of(line) <= 80
        assert "\x1b" not in line
