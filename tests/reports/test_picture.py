"""The picture of how far back one can look, read off by its signs."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_assessments import AS_OF, M_21_31, source

from compliance.assessment.assessment import RecordingState, SourceEntry
from compliance.assessment.verdict import Status
from reports.console.picture import legend, picture
from reports.console.style import Style
from reports.options import Options

STYLE = Style(Options(ascii=True))


BAR = slice(31, 54)
"""Where the bars stand in 80 columns, with a figure for each of two periods behind them."""


def lines_of(one: SourceEntry, style: Style = STYLE) -> list[str]:
    """The lines of a picture of one source, the axis first, without the name of the service."""
    axis, _, origin, *rows = picture(M_21_31, [one], AS_OF.date(), style)
    assert origin == f"{one.origin}:"
    return [axis, *rows]


def bar_of(one: SourceEntry) -> str:
    """The bar of one source."""
    return lines_of(one)[1][BAR].rstrip()


def kept(days: int | None, **changes: Any) -> SourceEntry:
    """A source that is kept for so many days, hot and in all, and long enough in force to exist."""
    today = {"at_most_today_days": days, "total_at_most_today_days": days}
    return source("Mail", **{"hot_days": days, "total_days": days, "full_on": None, **today, **changes})


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
    hot, cold, _ = bar_of(kept(912, hot_days=365, at_most_today_days=365)).split("|")
    assert set(hot) == {"="}
    assert set(cold) == {"_"}


@pytest.mark.parametrize("today", [None, 0, 21, 365])
def test_what_is_retrievable_only_and_too_recent_is_drawn_lighter_however_long_the_rest_is_there(
    today: int | None,
) -> None:
    hot, cold, _ = bar_of(kept(912, hot_days=365, at_most_today_days=365, total_at_most_today_days=today)).split("|")
    assert (set(hot), set(cold)) == ({"="}, {","})


def test_of_what_is_retrievable_only_as_much_is_drawn_solid_as_can_exist_today() -> None:
    _, cold, _ = bar_of(kept(912, hot_days=365, at_most_today_days=365, total_at_most_today_days=640)).split("|")
    assert set(cold) == {"_", ","}
    assert cold.index(",") == pytest.approx(len(cold) / 2, abs=1)


@given(hot=st.integers(0, 1200), total=st.integers(0, 1200), today=st.integers(0, 1200))
def test_a_setting_three_weeks_old_never_shows_more_than_three_weeks_of_either_period(
    hot: int, total: int, today: int
) -> None:
    bars = [
        bar_of(kept(max(hot, total), hot_days=hot, at_most_today_days=age, total_at_most_today_days=age))
        for age in (today, 1200)
    ]
    shown, most = (sum(bar.replace("|", "").count(sign) for sign in "=_") for bar in bars)
    assert shown <= most
    assert shown <= len(bars[0].replace("|", "")) * today / 912 + 1


def test_no_limit_fills_the_whole_bar() -> None:
    bar = bar_of(source("Mail", hot_text="no limit", hot_days=None, total_text="no limit", total_days=None))
    assert "." not in bar


def test_an_unread_time_is_told_in_words_and_never_drawn() -> None:
    text = lines_of(source("Mail", hot_text="unread", hot_days=None, total_text="unread", total_days=None))[1]
    assert text[BAR].rstrip() == "not known"


def test_what_is_not_recorded_is_told_in_words_and_never_drawn() -> None:
    lines = lines_of(source("Mail", recorded=RecordingState.NOT_RECORDED, not_recorded_why="ingestion is off"))
    assert lines[1][BAR].rstrip() == "not recorded"
    assert lines[2] == "  ingestion is off"


def test_the_figures_stand_beside_the_bar_each_with_the_sign_of_its_own_status() -> None:
    assert lines_of(source("Mail"))[1][54:].split() == ["+", "12", "months", "x", "12", "months"]


def test_a_range_of_days_fits_its_column() -> None:
    text = lines_of(source("Mail", hot_text="7 days to 180 days", hot_status=Status.INDETERMINATE))[1]
    assert "? 7-180 days" in text


def test_what_records_prove_is_drawn_solid_and_no_further_than_they_reach() -> None:
    bar = bar_of(kept(365, proven_days=180))
    hot = bar.split("|")[0]
    assert set(hot) == {"#", "="}
    assert hot.index("=") == pytest.approx(len(hot) / 2, abs=1)
    assert "#" not in bar_of(kept(365))


def test_the_legend_speaks_of_proof_only_where_records_were_read() -> None:
    unproven, proven = ("\n".join(legend([kept(365, proven_days=days)], STYLE)) for days in (None, 3))
    assert "not proven: no record was read" in " ".join(unproven.split())
    assert "# proven" not in unproven
    assert "# proven" in proven
    assert "no record was read" not in " ".join(proven.split())


def test_a_short_witness_of_what_does_not_pass_is_told_and_a_long_one_where_everything_is_asked_for() -> None:
    verbose = Style(Options(ascii=True, verbose=True))
    short, long = (source("Mail", witness=f"adele: {'policy ' * times}".strip()) for times in (2, 20))
    assert "  adele: policy policy" in lines_of(short)
    assert not any("adele" in line for line in lines_of(long))
    assert sum("policy" in line for line in lines_of(long, verbose)) > 1
    passes = kept(1000, hot_status=Status.PASS, total_status=Status.PASS, status=Status.PASS, witness="adele: policy")
    assert not any("adele" in line for line in lines_of(passes))


def test_what_is_kept_longer_than_allowed_is_noted_beside_the_bar() -> None:
    assert "  kept too long" in lines_of(kept(365, notes=("kept too long",)))


def test_the_day_on_which_a_claim_can_first_be_true_is_shown_only_while_it_lies_ahead() -> None:
    assert "full on 2027-06-27 at the earliest" in "\n".join(lines_of(source("Mail")))
    assert "full on" not in "\n".join(lines_of(source("Mail", full_on=AS_OF.date())))


def test_a_pass_that_the_bar_does_not_show_is_explained() -> None:
    text = " ".join(" ".join(lines_of(kept(90, hot_status=Status.PASS, total_status=Status.FAIL))).split())
    assert "met by a declared store" in text


def test_the_sources_of_a_service_in_one_store_stand_together_below_both_names() -> None:
    entra = {"origin": "Microsoft Entra ID", "full_on": None, "witness": ""}
    rows = [
        source("Mail", witness=""),
        source("Sign-ins", store="Log Analytics law-sec", **entra),
        source("Risk", store="Microsoft Entra ID", **entra),
        source("Changes", store="Log Analytics law-sec", **entra),
    ]
    _, *text = (line[:30].rstrip() for line in picture(M_21_31, rows, AS_OF.date(), Style(Options(width=120))))
    assert [line for line in text if line and not line.startswith("  ")] == [
        "Microsoft Purview Audit:",
        "Mail",
        "Microsoft Entra ID, in Log Ana",
        "Sign-ins",
        "Changes",
        "Microsoft Entra ID:",
        "Risk",
    ]


@pytest.mark.parametrize("width", [72, 80, 120])
def test_the_periods_of_the_axis_end_at_their_marks(width: int) -> None:
    axis, bar = lines_of(kept(365), Style(Options(ascii=True, width=width)))[:2]
    marks = [index for index, sign in enumerate(bar) if sign == "|"]
    assert axis.index("30 mo") + len("30 mo") - 1 == marks[1]
    assert "12 mo " not in axis or axis.index("12 mo ") + len("12 mo") - 1 == marks[0]


def test_a_standard_that_asks_for_no_searchable_period_has_one_figure_and_one_mark() -> None:
    hipaa = msgspec.structs.replace(M_21_31, hot=None)
    _, _, _, row, *_ = picture(hipaa, [kept(365)], AS_OF.date(), STYLE)
    assert row.count("|") == 1
    assert row.split()[-3:] == ["x", "365", "days"] or row.split()[-3:] == ["x", "12", "months"]
