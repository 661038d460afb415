"""How far back a store lets one look, as configured and today."""

from __future__ import annotations

from datetime import date

from retention_cases import MAIL, MEMBER, NOBODY, kept, policy

from compliance.rules.periods import Duration
from compliance.rules.purview import effective
from compliance.rules.reach import Reach, purview_reach

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
