"""Lengths of time: months against days, by the calendar."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.rules.periods import (
    UNLIMITED,
    Duration,
    Meets,
    add_months,
    band,
    compare,
    end_of,
    month_band,
    shorter_of,
)

VECTORS = json.loads((Path(__file__).parent / "vectors.json").read_text(encoding="utf-8"))["months"]

days = st.integers(0, 4000).map(Duration.of_days)
months = st.integers(0, 130).map(Duration.of_months)
durations = st.one_of(days, months, st.just(UNLIMITED))


def _duration(pair: list[Any] | None) -> Duration | None:
    if pair is None:
        return None
    unit, number = pair
    return Duration.of_days(number) if unit == "d" else Duration.of_months(number)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["id"])
def test_published_examples_of_months_and_days_come_out_as_expected(vector: dict[str, Any]) -> None:
    given_ = vector["input"]
    need = Duration.of_months(given_["need_months"])
    found = compare(_duration(given_["have"]), need, strict=given_["strict"])
    assert found.result == vector["expected"], vector["note"]


@pytest.mark.parametrize(
    ("number", "least", "greatest"),
    [
        (1, 28, 31),
        (3, 89, 92),
        (6, 181, 184),
        (9, 273, 276),
        (12, 365, 366),
        (18, 546, 550),
        (24, 730, 731),
        (30, 911, 915),
        (36, 1095, 1096),
        (60, 1826, 1827),
        (72, 2191, 2192),
        (84, 2556, 2557),
        (120, 3652, 3653),
    ],
)
def test_the_band_of_a_number_of_months_is_what_the_calendar_says(number: int, least: int, greatest: int) -> None:
    assert month_band(number) == (least, greatest)


@given(st.integers(0, 400), st.dates(date(2001, 1, 1), date(2065, 1, 1)))
def test_no_period_within_2001_to_2099_lies_outside_its_band(number: int, start: date) -> None:
    least, greatest = month_band(number)
    assert least <= (add_months(start, number) - start).days <= greatest


@pytest.mark.parametrize("number", [1, 2, 7, 12, 13, 30])
def test_both_ends_of_a_band_occur_between_2001_and_2099(number: int) -> None:
    starts = (date(2001, 1, 1) + timedelta(days=n) for n in range(96 * 365))
    lengths = {(add_months(start, number) - start).days for start in starts}
    assert (min(lengths), max(lengths)) == month_band(number)


@pytest.mark.parametrize(
    "wrong",
    [{}, {"days": 1, "months": 1}, {"days": 1, "unlimited": True}, {"days": -1}, {"months": -12}, {"days": True}],
)
def test_a_duration_is_exactly_one_of_days_months_and_no_limit(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        Duration(**wrong)


def test_a_duration_says_its_length_in_its_own_unit() -> None:
    texts = [str(d) for d in (Duration.of_days(180), Duration.of_months(12), UNLIMITED, Duration.of_days(1))]
    assert texts == ["180 days", "12 months", "no limit", "1 day"]


def test_what_is_missing_is_told_in_days_from_least_to_greatest() -> None:
    assert compare(Duration.of_days(180), Duration.of_months(6)).short_by == (1, 4)
    assert compare(Duration.of_months(9), Duration.of_months(12)).short_by == (89, 92)
    assert compare(Duration.of_days(80), Duration.of_days(90)).short_by == (10, 10)
    assert compare(Duration.of_days(365), Duration.of_months(12), strict=True).short_by == (0, 1)


def test_a_requirement_in_days_is_met_by_months_whose_shortest_form_is_as_long() -> None:
    assert compare(Duration.of_months(12), Duration.of_days(365)).result is Meets.MEETS
    assert compare(Duration.of_months(3), Duration.of_days(90)).result is Meets.MEETS_NOMINAL
    assert compare(Duration.of_months(3), Duration.of_days(90), strict=True).result is Meets.SHORT


def test_a_tolerance_forgives_only_what_is_short_by_no_more_in_the_worst_case_and_nothing_in_strict() -> None:
    have, need = Duration.of_days(180), Duration.of_months(6)
    assert compare(have, need, tolerance_days=3).result is Meets.SHORT
    assert compare(have, need, tolerance_days=4).result is Meets.MEETS_NOMINAL
    assert compare(have, need, tolerance_days=4, strict=True).result is Meets.SHORT


def test_no_limit_meets_everything_and_is_met_by_nothing_else() -> None:
    assert compare(UNLIMITED, Duration.of_months(120)).result is Meets.MEETS
    assert compare(UNLIMITED, UNLIMITED).result is Meets.MEETS
    assert compare(Duration.of_days(36500), UNLIMITED).result is Meets.SHORT


def test_what_was_not_read_meets_nothing_and_is_not_short_either() -> None:
    assert compare(None, Duration.of_days(0)).result is Meets.UNKNOWN


@given(durations)
def test_every_duration_meets_itself(duration: Duration) -> None:
    if duration.months is not None or duration.days is not None or duration.unlimited:
        assert compare(duration, duration, strict=True).result is Meets.MEETS


@given(durations, durations)
def test_strict_never_makes_a_requirement_easier(have: Duration, need: Duration) -> None:
    if compare(have, need, strict=True).result is Meets.MEETS:
        assert compare(have, need).result is Meets.MEETS


@given(st.integers(0, 4000), durations)
def test_a_day_more_never_makes_a_duration_worse(number: int, need: Duration) -> None:
    order = [Meets.SHORT, Meets.MEETS_NOMINAL, Meets.MEETS]
    fewer, more = (compare(Duration.of_days(n), need).result for n in (number, number + 1))
    assert order.index(fewer) <= order.index(more)


@given(durations, durations)
def test_the_shorter_of_two_durations_is_one_of_them_and_no_longer_than_either(a: Duration, b: Duration) -> None:
    assert shorter_of(a, b) in (a, b)
    assert band(shorter_of(a, b)) == min(band(a), band(b))


def test_six_months_and_182_days_are_in_neither_order() -> None:
    half_a_year, some_days = Duration.of_months(6), Duration.of_days(182)
    assert compare(half_a_year, some_days, strict=True).result is Meets.SHORT
    assert compare(some_days, half_a_year, strict=True).result is Meets.SHORT


def test_a_period_ends_on_the_same_day_of_a_later_month_or_on_its_last() -> None:
    assert end_of(date(2026, 8, 31), Duration.of_months(6)) == date(2027, 2, 28)
    assert end_of(date(2026, 1, 1), Duration.of_days(365)) == date(2027, 1, 1)
    assert end_of(date(2026, 1, 1), UNLIMITED) is None
    assert end_of(date(9999, 1, 1), Duration.of_months(12)) is None
    assert end_of(date(9999, 1, 1), Duration.of_days(400)) is None
