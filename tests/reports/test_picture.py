"""The picture of how far back one can look, read off by its signs."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_assessments import AS_OF, M_21_31, source

from compliance.assessment.assessment import RecordingState, SourceEntry
from compliance.assessment.verdict import Status
from reports.options import Options
from reports.picture import picture
from reports.style import Style

STYLE = Style(Options(ascii=True))


def lines_of(one: SourceEntry) -> list[str]:
    """The lines of a picture of one source, the axis first, without the name of the service."""
    axis, _, origin, *rows = picture(M_21_31, [one], AS_OF.date(), STYLE)
    assert origin == f"{one.origin}:"
    return [axis, *rows]


def bar_of(one: SourceEntry) -> str:
    """The bar of one source."""
    return lines_of(one)[2][2:42].rstrip()


def kept(days: int | None, **changes: Any) -> SourceEntry:
    """A source that is kept for so many days, hot and in all, and long enough in force to exist."""
    return source("Mail", hot_days=days, total_days=days, at_most_today_days=days, full_on=None, **changes)


def test_a_bar_that_meets_a_period_reaches_its_mark_and_not_the_next() -> None:
    bar = bar_of(kept(365))
    hot, cold, _ = bar.split("|")
    assert set(hot) == {"="}
    assert set(cold) == {"."}


@pytest.mark.parametrize("days", [0, 1, 359, 360, 364])
def test_a_bar_that_is_a_day_short_does_not_touch_its_mark(days: int) -> None:
    assert bar_of(kept(days)).split("|")[0].endswith(".")


@given(days=st.integers(0, 20_000))
def test_a_bar_touches_a_mark_exactly_when_the_period_is_met(days: int) -> None:
    first, second, *_ = bar_of(kept(days)).split("|")
    assert first.endswith("=") is (days >= 365)
    assert second.endswith("=") is (days >= 912)


def test_what_cannot_exist_yet_is_drawn_lighter() -> None:
    bar = bar_of(source("Mail", at_most_today_days=180))
    hot = bar.split("|")[0]
    assert set(hot) == {"=", "-"}
    assert hot.index("-") == pytest.approx(len(hot) / 2, abs=1)


def test_what_is_in_force_since_an_unknown_day_is_drawn_lighter() -> None:
    assert set(bar_of(source("Mail", at_most_today_days=None)).split("|")[0]) == {"-"}


def test_what_is_retrievable_only_is_drawn_lower() -> None:
    hot, cold, _ = bar_of(source("Mail", total_days=912, at_most_today_days=365)).split("|")
    assert set(hot) == {"="}
    assert set(cold) == {"_"}


def test_no_limit_fills_the_whole_bar() -> None:
    bar = bar_of(source("Mail", hot_text="no limit", hot_days=None, total_text="no limit", total_days=None))
    assert "." not in bar


def test_an_unread_time_is_told_in_words_and_never_drawn() -> None:
    text = lines_of(source("Mail", hot_text="unread", hot_days=None, total_text="unread", total_days=None))[2]
    assert text.startswith("  not known how long it is kept")
    assert "=" not in text


def test_what_is_not_recorded_is_told_in_words_and_never_drawn() -> None:
    text = lines_of(source("Mail", recorded=RecordingState.NOT_RECORDED, not_recorded_why="ingestion is off"))[2]
    assert text.startswith("  not recorded: ingestion is off")
    assert "=" not in text


def test_the_figures_stand_beside_the_bar_each_with_its_own_status() -> None:
    text = " ".join(" ".join(lines_of(source("Mail"))).split())
    assert "+ pass 12 of 12 months" in text
    assert "x fail 12 of 30 months" in text


def test_a_period_in_another_unit_keeps_both_units() -> None:
    text = "\n".join(lines_of(source("Mail", hot_text="180 days", hot_days=180)))
    assert "180 days of 12 months" in text


def test_the_day_on_which_a_claim_can_first_be_true_is_shown_only_while_it_lies_ahead() -> None:
    assert "full on 2027-06-27 at the earliest" in "\n".join(lines_of(source("Mail")))
    assert "full on" not in "\n".join(lines_of(source("Mail", full_on=AS_OF.date())))


def test_a_pass_that_the_bar_does_not_show_is_explained() -> None:
    text = " ".join(" ".join(lines_of(kept(90, hot_status=Status.PASS, total_status=Status.FAIL))).split())
    assert "met by a declared store" in text


def test_the_sources_of_a_service_stand_together_below_its_name_and_another_store_is_named() -> None:
    entra = {"origin": "Microsoft Entra ID", "full_on": None}
    rows = [
        source("Mail"),
        source("Teams"),
        source("Sign-ins", store="Log Analytics law-sec", **entra),
        source("Changes", store="Microsoft Entra ID", **entra),
    ]
    text = [line[:42].rstrip() for line in picture(M_21_31, rows, AS_OF.date(), STYLE)]
    names = [line for line in text if line and not line.startswith(" ")]
    assert names == ["Microsoft Purview Audit:", "Mail", "Teams", "Microsoft Entra ID:", "Sign-ins", "Changes"]
    assert [line for line in text if line.startswith("  in ")] == ["  in Log Analytics law-sec"]


def test_the_periods_of_the_axis_end_at_their_marks() -> None:
    axis, _, bar = lines_of(kept(365))[:3]
    marks = [index for index, sign in enumerate(bar[:42]) if sign == "|"]
    assert axis.index("12 months") + len("12 months") - 1 == marks[0]
    assert axis.index("30 months") + len("30 months") - 1 == marks[1]
