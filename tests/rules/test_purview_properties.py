"""What holds of retention whatever the policies are, and an independent evaluation of every world that may be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from retention_worlds import (
    UNRESOLVED,
    actors,
    any_policy,
    lists,
    needs,
    outcomes,
    records,
    surely_matches,
)

from compliance.rules.classes import ActorClass, ActorKind, RecordClass
from compliance.rules.judging import Judgement, judge
from compliance.rules.periods import Duration, Meets, band
from compliance.rules.purview import effective
from compliance.rules.retention_policies import Policy


def days(duration: Duration | None) -> tuple[float, float]:
    assert duration is not None
    return band(duration)


def span(
    policies: Sequence[Policy] | None, actor: ActorClass, record: RecordClass
) -> tuple[tuple[float, float], tuple[float, float]]:
    found = effective(policies, actor, record, unresolved_user_ids=UNRESOLVED)
    return days(found.credited), days(found.at_most)


def verdict(policies: Sequence[Policy] | None, actor: ActorClass, record: RecordClass, need: Duration) -> Judgement:
    return judge(effective(policies, actor, record, unresolved_user_ids=UNRESOLVED), need)


@given(st.lists(any_policy(priorities=(1, 2, 3)), max_size=3), actors, records)
def test_every_world_that_may_be_lies_between_what_is_credited_and_what_is_at_most(
    policies: list[Policy], actor: ActorClass, record: RecordClass
) -> None:
    worlds = [band(duration) for duration in outcomes(policies, actor, record)]
    assert span(policies, actor, record) == (min(worlds), max(worlds))


@given(lists, actors, records)
def test_never_more_is_credited_than_is_at_most(policies: list[Policy], actor: ActorClass, record: RecordClass) -> None:
    credited, at_most = span(policies, actor, record)
    assert credited <= at_most


@given(lists, any_policy(doubts=False), actors, records)
def test_adding_a_policy_no_longer_than_what_its_records_are_kept_lengthens_nothing(
    policies: list[Policy], added: Policy, actor: ActorClass, record: RecordClass
) -> None:
    credited, at_most = span(policies, actor, record)
    if days(added.duration) <= credited:
        new_credited, new_at_most = span([*policies, added], actor, record)
        assert new_credited <= credited
        assert new_at_most <= at_most


@given(lists, any_policy(priorities=(9,)), actors, records)
def test_a_policy_of_lowest_priority_changes_only_what_no_custom_policy_decides(
    policies: list[Policy], last: Policy, actor: ActorClass, record: RecordClass
) -> None:
    last = replace(last, priority=9)
    before = effective(policies, actor, record, unresolved_user_ids=UNRESOLVED)
    after = effective([*policies, last], actor, record, unresolved_user_ids=UNRESOLVED)
    if any(policy.certain and surely_matches(policy, actor, record) for policy in policies):
        assert replace(after, would_be=None) == replace(before, would_be=None)


@given(lists, st.randoms(use_true_random=False), actors, records)
def test_the_order_in_which_policies_are_listed_does_not_matter(
    policies: list[Policy], random: Random, actor: ActorClass, record: RecordClass
) -> None:
    shuffled = random.sample(policies, len(policies))
    assert effective(policies, actor, record, unresolved_user_ids=UNRESOLVED) == effective(
        shuffled, actor, record, unresolved_user_ids=UNRESOLVED
    )


@given(lists, actors, records)
def test_letter_case_of_names_and_operations_does_not_matter(
    policies: list[Policy], actor: ActorClass, record: RecordClass
) -> None:
    shouted = [
        replace(
            policy,
            user_ids=None if policy.user_ids is None else frozenset(map(str.upper, policy.user_ids)),
            operations=None if policy.operations is None else frozenset(map(str.upper, policy.operations)),
            record_types=None if policy.record_types is None else frozenset(map(str.upper, policy.record_types)),
        )
        for policy in policies
    ]
    whispered = effective(policies, actor, record, unresolved_user_ids=UNRESOLVED)
    upper = replace(actor, names=frozenset(map(str.upper, actor.names)))
    loud = frozenset(map(str.upper, UNRESOLVED))
    assert effective(shouted, upper, record, unresolved_user_ids=loud) == whispered


FIELDS = ("priority", "duration", "enabled", "record_types", "operations", "user_ids")


@given(lists, st.integers(0, 3), st.sampled_from(FIELDS), actors, records, needs)
def test_reading_less_of_a_policy_leaves_the_verdict_or_makes_it_undecided(
    policies: list[Policy], index: int, field: str, actor: ActorClass, record: RecordClass, need: Duration
) -> None:
    if index >= len(policies):
        return
    less = list(policies)
    unread: dict[str, Any] = {field: None}
    less[index] = replace(policies[index], **unread)
    credited, at_most = span(policies, actor, record)
    wider_credited, wider_at_most = span(less, actor, record)
    assert wider_credited <= credited
    assert wider_at_most >= at_most
    before, after = verdict(policies, actor, record, need), verdict(less, actor, record, need)
    assert after.result in (Meets.UNKNOWN, before.result)


@given(lists, st.sampled_from(("premium", "ten_year")), actors, records, needs)
def test_reading_less_of_a_licence_leaves_the_verdict_or_makes_it_undecided(
    policies: list[Policy], field: str, actor: ActorClass, record: RecordClass, need: Duration
) -> None:
    before = verdict(policies, actor, record, need)
    unread: dict[str, Any] = {field: None}
    after = verdict(policies, replace(actor, **unread), record, need)
    assert after.result in (Meets.UNKNOWN, before.result)


@given(lists, actors, records, needs)
def test_without_the_policies_nothing_is_decided_but_what_no_policy_applies_to(
    policies: list[Policy], actor: ActorClass, record: RecordClass, need: Duration
) -> None:
    before, after = verdict(policies, actor, record, need), verdict(None, actor, record, need)
    if actor.kind is ActorKind.NON_USER:
        assert after.result == before.result
    else:
        assert after.result is Meets.UNKNOWN
