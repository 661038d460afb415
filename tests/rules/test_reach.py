"""How far back a store lets one look, as configured and today."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from retention_cases import MAIL, MEMBER, NOBODY, kept, policy

from compliance.rules.periods import UNLIMITED, Duration, Meets, band, compare
from compliance.rules.purview import effective
from compliance.rules.reach import (
    CopyBasis,
    Reach,
    purview_reach,
    total_with_copies,
)

VECTORS = json.loads((Path(__file__).parent / "vectors.json").read_text(encoding="utf-8"))["hotcold"]

TODAY = date(2026, 11, 22)
BY_POLICY, BY_DEFAULT = kept(policy()), kept()


def reach(witness: object = BY_POLICY, on: date | None = None, changed: date | None = None) -> Reach:
    assert witness in (BY_POLICY, BY_DEFAULT)
    return purview_reach(
        "purview.mail_items_accessed",
        BY_POLICY if witness is BY_POLICY else BY_DEFAULT,
        ingestion_on_since=on,
        policy_changed_on=changed,
        today=TODAY,
    )


def test_a_policy_of_ten_days_ago_can_have_gathered_ten_days() -> None:
    found = reach(on=date(2020, 1, 1), changed=date(2026, 11, 12))
    assert (found.hot, found.total) == (Duration.of_months(12), Duration.of_months(12))
    assert (found.in_force_since, found.at_most_today_days) == (date(2026, 11, 12), 10)
    assert found.full_on == date(2027, 11, 12)


def test_today_is_never_more_than_what_is_configured() -> None:
    assert reach(on=date(2020, 1, 1), changed=date(2020, 1, 1)).at_most_today_days == 366


def test_an_unread_date_leaves_the_beginning_open_and_the_other_one_still_bounds_today() -> None:
    found = reach(on=date(2026, 11, 1))
    assert (found.in_force_since, found.full_on, found.at_most_today_days) == (None, None, 21)
    assert reach().at_most_today_days is None


def test_the_default_policy_has_been_there_since_auditing_was_switched_on() -> None:
    assert reach(BY_DEFAULT, on=date(2026, 1, 1)).in_force_since == date(2026, 1, 1)


def test_a_date_in_the_future_gathers_nothing() -> None:
    assert reach(on=date(2027, 1, 1), changed=date(2020, 1, 1)).at_most_today_days == 0


def test_what_was_not_read_has_no_reach() -> None:
    unread = effective(None, MEMBER, MAIL, unresolved_user_ids=NOBODY)
    found = purview_reach("purview.teams", unread, ingestion_on_since=None, policy_changed_on=None, today=TODAY)
    assert (found.hot, found.total, found.full_on) == (None, None, None)


def stated(value: list[Any]) -> Duration:
    match value:
        case ["d", days]:
            return Duration.of_days(days)
        case ["m", months]:
            return Duration.of_months(months)
        case _:
            return UNLIMITED


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["id"])
def test_published_examples_of_hot_and_cold_come_out_as_expected(vector: dict[str, Any]) -> None:
    given_, strict = vector["input"], vector["input"]["strict"]
    hot = stated(given_["hot"])
    total = total_with_copies(hot, [(CopyBasis(store["basis"]), stated(store["dur"])) for store in given_["stores"]])
    needs = (Duration.of_months(given_["need_hot_months"]), Duration.of_months(given_["need_total_months"]))
    found = [compare(have, need, strict=strict).result for have, need in zip((hot, total), needs, strict=True)]
    assert found == vector["expected"]


def test_only_what_is_moved_at_the_end_is_added() -> None:
    year, long = Duration.of_days(365), Duration.of_days(548)
    assert total_with_copies(year, [(CopyBasis.CREATION, long)]) == long
    assert total_with_copies(year, [(CopyBasis.MOVED, long)]) == Duration.of_days(913)
    assert total_with_copies(year, [(CopyBasis.CREATION, long), (CopyBasis.CREATION, year)]) == long


def test_what_is_moved_adds_up_in_one_unit_and_across_units_in_the_fewest_days() -> None:
    year, half_more = Duration.of_months(12), Duration.of_months(18)
    assert total_with_copies(year, [(CopyBasis.MOVED, half_more)]) == Duration.of_months(30)
    assert total_with_copies(year, [(CopyBasis.MOVED, Duration.of_days(548))]) == Duration.of_days(365 + 548)
    assert total_with_copies(year, [(CopyBasis.MOVED, UNLIMITED)]) == UNLIMITED


durations = st.one_of(
    st.integers(0, 4000).map(Duration.of_days), st.integers(0, 130).map(Duration.of_months), st.just(UNLIMITED)
)
copies = st.lists(st.tuples(st.sampled_from(CopyBasis), durations), max_size=4)


@given(durations, copies, st.tuples(st.sampled_from(CopyBasis), durations))
def test_a_copy_more_never_shortens_and_a_total_is_never_less_than_what_is_hot(
    hot: Duration, held: list[tuple[CopyBasis, Duration]], more: tuple[CopyBasis, Duration]
) -> None:
    total = total_with_copies(hot, held)
    assert band(hot) <= band(total) <= band(total_with_copies(hot, [*held, more]))


@given(durations, st.lists(durations, max_size=4))
def test_copies_made_at_creation_last_as_long_as_the_longest_of_them(hot: Duration, held: list[Duration]) -> None:
    assert total_with_copies(hot, [(CopyBasis.CREATION, each) for each in held]) in (hot, *held)


def test_two_years_never_meet_thirty_months() -> None:
    for basis in CopyBasis:
        total = total_with_copies(Duration.of_days(30), [(basis, Duration.of_days(730))])
        assert compare(total, Duration.of_months(30)).result is Meets.SHORT
