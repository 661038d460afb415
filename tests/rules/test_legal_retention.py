"""The smallest settings that are long enough, among those that can be chosen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.rules.legal_retention import (
    INTERACTIVE_DAYS,
    TOTAL_DAYS,
    free_priority,
    smallest_interactive,
    smallest_policy_duration,
    smallest_total,
)
from compliance.rules.periods import Duration, Meets, compare
from compliance.rules.retention_policies import DURATIONS, Policy


def lasts(months: int, *, strict: bool = False):
    need = Duration.of_months(months)
    return lambda kept: compare(kept, need, strict=strict).result is not Meets.SHORT


def policy(priority: int | None) -> Policy:
    everything: frozenset[str] = frozenset()
    return Policy("one", priority, Duration.of_days(90), True, everything, everything, everything, False, ())


@pytest.mark.parametrize(
    ("months", "strict", "interactive", "total"),
    [
        (6, False, 181, 181),
        (12, False, 365, 365),
        (12, True, 366, 366),
        (30, False, None, 1095),
        (84, False, None, 2556),
    ],
)
def test_the_smallest_days_that_can_be_set_are_enough_and_one_step_less_is_not(months, strict, interactive, total):
    assert smallest_interactive(lasts(months, strict=strict)) == interactive
    assert smallest_total(lasts(months, strict=strict)) == total


def test_thirty_months_cannot_be_set_as_913_days():
    assert 913 not in TOTAL_DAYS
    assert smallest_total(lasts(30), at_least=365) == 1095


def test_what_is_kept_already_is_never_shortened():
    assert smallest_interactive(lasts(6), at_least=400) == 400
    assert smallest_total(lasts(6), at_least=731) == 1095


@given(st.integers(1, 150), st.integers(0, 5000), st.booleans())
def test_nothing_shorter_that_can_be_set_would_do(months, at_least, strict):
    enough = lasts(months, strict=strict)
    for days, found in (
        (INTERACTIVE_DAYS, smallest_interactive(enough, at_least=at_least)),
        (TOTAL_DAYS, smallest_total(enough, at_least=at_least)),
    ):
        right = [one for one in days if one >= at_least and enough(Duration.of_days(one))]
        assert found == (right[0] if right else None)


@pytest.mark.parametrize(("months", "name"), [(6, "NineMonths"), (12, "TwelveMonths"), (30, "ThreeYears"), (121, None)])
def test_a_policy_of_180_days_is_not_taken_for_six_months(months, name):
    assert smallest_policy_duration(lasts(months)) == name
    assert name is None or name in DURATIONS


def test_a_new_policy_goes_just_before_those_that_it_must_outrank():
    before = [policy(10), policy(9), policy(40)]
    assert free_priority(before, before[:1]) == 8
    assert free_priority(before, before[2:]) == 39
    assert free_priority(before, []) == 10_000
    assert free_priority([policy(1)], [policy(1)]) is None
    assert free_priority([policy(None)], []) is None
