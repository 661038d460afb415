"""How long a Log Analytics table keeps records, by plan."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.rules.facts import FACTS
from compliance.rules.log_analytics import table_reach
from compliance.rules.periods import Duration, Meets, compare
from compliance.rules.reach import StoreReach

YEAR, THIRTY_MONTHS = Duration.of_months(12), Duration.of_months(30)
TOTALS = (*range(1, 731), 1095, 1460, 1826, 2191, 2556, 2922, 3288, 3653, 4018, 4383)


def days(found: StoreReach) -> tuple[int | None, int | None]:
    hot, total = found.hot, found.total
    return (None if hot is None else hot.days), (None if total is None else total.days)


def test_interactive_retention_is_hot_and_total_retention_holds_it() -> None:
    assert days(table_reach("workspace", "Analytics", 365, 1095)) == (365, 1095)
    assert days(table_reach("workspace", "analytics", 90, 90)) == (90, 90)


def test_the_archive_never_counts_as_hot() -> None:
    found = table_reach("workspace", "Analytics", 90, 1095)
    assert compare(found.hot, YEAR).result is Meets.SHORT
    assert compare(found.total, THIRTY_MONTHS).result is Meets.MEETS


def test_the_longest_total_below_three_years_never_meets_thirty_months() -> None:
    found = table_reach("workspace", "Analytics", 730, 730)
    assert compare(found.total, THIRTY_MONTHS).result is Meets.SHORT


def test_the_plan_basic_is_searchable_for_thirty_days_at_most() -> None:
    assert days(table_reach("workspace", "Basic", 30, 1095)) == (30, 1095)
    assert days(table_reach("workspace", "Basic", 365, 1095)) == (30, 1095)
    assert days(table_reach("workspace", "Basic", 8, 365)) == (8, 365)
    assert "log-analytics.basic-plan" in table_reach("workspace", "Basic", 30, 1095).facts


@pytest.mark.parametrize("interactive", [-1, 0, 30, 365, 4383])
def test_the_plan_auxiliary_is_never_searchable_at_once(interactive: int) -> None:
    assert days(table_reach("workspace", "auxiliary", interactive, 365)) == (0, 365)


@pytest.mark.parametrize(
    ("plan", "interactive", "total"),
    [
        ("Platinum", 365, 1095),
        ("", 365, 1095),
        ("Analytics", -1, 365),
        ("Analytics", 365, -1),
        ("Analytics", 0, 365),
        ("Analytics", 365, 90),
        ("Basic", -1, 365),
        ("Basic", 30, 20),
        ("Auxiliary", 30, 0),
    ],
)
def test_what_says_nothing_or_contradicts_itself_is_not_known(plan: str, interactive: int, total: int) -> None:
    found = table_reach("workspace", plan, interactive, total)
    assert days(found) == (None, None)
    assert found.at_most is None


@given(
    st.sampled_from(["Analytics", "Basic", "Auxiliary", "Lake"]),
    st.integers(-1, 800),
    st.sampled_from((-1, 0, *TOTALS)),
)
def test_no_table_keeps_less_than_can_be_searched_nor_more_than_its_total(
    plan: str, interactive: int, total: int
) -> None:
    found = table_reach("workspace", plan, interactive, total)
    hot, kept = days(found)
    assert (hot is None) == (kept is None)
    if hot is not None and kept is not None:
        assert 0 <= hot <= kept == total
        assert hot in (0, interactive, 30)
    assert set(found.facts) <= FACTS.keys()
    assert found.because
