"""Verdicts over classes of records, and policies that take time away."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from retention_cases import MAIL, MEMBER, NOBODY, NON_USER, UNLICENSED, UNREAD_LICENCE, kept, policy
from retention_worlds import UNRESOLVED, actors, lists, needs, outcomes, records

from compliance.rules.classes import ActorClass, RecordClass
from compliance.rules.judging import Shortening, Undecided, judge, shortened_by
from compliance.rules.periods import Duration, Meets
from compliance.rules.purview import effective
from compliance.rules.retention_policies import Policy

YEAR, HALF = Duration.of_months(12), Duration.of_months(6)


def shortened(*policies: Policy, actor: ActorClass = MEMBER, need: Duration = YEAR) -> Shortening | Undecided | None:
    return shortened_by(policies, actor, MAIL, need, unresolved_user_ids=NOBODY)


def test_what_is_credited_decides_a_pass_and_what_is_at_most_a_failure() -> None:
    assert judge(kept(), YEAR).result is Meets.MEETS
    assert judge(kept(actor=UNLICENSED), YEAR).result is Meets.SHORT
    assert judge(kept(actor=UNREAD_LICENCE), YEAR).result is Meets.UNKNOWN
    assert judge(kept(actor=UNREAD_LICENCE), Duration.of_months(3)).result is Meets.MEETS
    assert judge(kept(actor=UNREAD_LICENCE), Duration.of_months(30)).result is Meets.SHORT


def test_180_days_are_short_of_six_months_by_one_to_four_days() -> None:
    found = judge(kept(actor=UNLICENSED), HALF)
    assert (found.result, found.short_by) == (Meets.SHORT, (1, 4))
    assert judge(kept(actor=UNLICENSED), HALF, tolerance_days=4).result is Meets.MEETS_NOMINAL


def test_unread_policies_decide_nothing() -> None:
    found = effective(None, MEMBER, MAIL, unresolved_user_ids=NOBODY)
    assert judge(found, Duration.of_days(0)).result is Meets.UNKNOWN


def test_a_short_policy_above_a_long_one_shortens() -> None:
    found = shortened(policy("long", Priority=100), policy("short", Priority=1, RetentionDuration="SevenDays"))
    assert isinstance(found, Shortening)
    assert (found.policy, found.without_policy.policy) == ("short", "long")


def test_a_short_policy_below_a_long_one_shortens_nothing() -> None:
    assert shortened(policy(Priority=1), policy(Priority=100, RetentionDuration="SevenDays")) is None


def test_a_short_policy_shortens_the_default_too() -> None:
    assert isinstance(shortened(policy(RetentionDuration="SixMonths")), Shortening)


def test_a_short_policy_that_takes_nothing_from_an_unlicensed_actor_shortens_nothing() -> None:
    assert shortened(policy(RetentionDuration="SixMonths"), actor=UNLICENSED) is None


def test_policies_that_are_long_enough_or_disabled_shorten_nothing() -> None:
    assert shortened(policy(), actor=UNREAD_LICENCE) is None
    assert shortened(policy(RetentionDuration="SevenDays", Enabled=False)) is None
    assert shortened(policy(RetentionDuration="SevenDays", RecordTypes=["ExchangeItem"])) is None


def test_a_short_policy_that_is_only_possible_leaves_it_open() -> None:
    assert isinstance(shortened(policy(RetentionDuration="SevenDays", Mode=...)), Undecided)
    assert isinstance(shortened(policy(RetentionDuration="Whatever")), Undecided)
    assert isinstance(shortened(policy(RetentionDuration="SevenDays", RecordTypes=["All"])), Undecided)
    assert isinstance(shortened(policy(RetentionDuration="SevenDays", Operations=["Mail*"])), Undecided)
    assert isinstance(shortened_by(None, MEMBER, MAIL, YEAR, unresolved_user_ids=NOBODY), Undecided)


def test_whether_180_days_take_anything_from_an_actor_of_unread_licence_is_open() -> None:
    assert isinstance(shortened(policy(RetentionDuration="SixMonths"), actor=UNREAD_LICENCE), Undecided)
    assert isinstance(shortened(policy(RetentionDuration="ThreeMonths"), actor=UNREAD_LICENCE), Shortening)


def test_no_policy_shortens_what_policies_do_not_apply_to() -> None:
    assert shortened(policy(RetentionDuration="SevenDays", UserIds=["app@sharepoint"]), actor=NON_USER) is None


@given(lists, actors, records, needs)
def test_a_shortening_is_true_in_every_world(
    policies: list[Policy], actor: ActorClass, record: RecordClass, need: Duration
) -> None:
    found = shortened_by(policies, actor, record, need, unresolved_user_ids=UNRESOLVED)
    if isinstance(found, Shortening):
        longer: Sequence[Policy] = [p for p in policies if p.duration is not None and _meets(p.duration, need)]
        sooner, later = outcomes(policies, actor, record), outcomes(longer, actor, record)
        assert max(map(_days, sooner)) < min(map(_days, later))


def _meets(duration: Duration, need: Duration) -> bool:
    return _days(duration) >= _days(need) or (duration.months is not None and need.months == duration.months)


def _days(duration: Duration) -> int:
    return duration.days if duration.days is not None else (duration.months or 0) * 30 + 5
