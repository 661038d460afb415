"""Any policies, actors and records; and every world that they leave possible, written out and looked at.

The evaluation shares nothing with the rule that it checks but the data types.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import TypeVar

from hypothesis import strategies as st

from compliance.rules.classes import ActorClass, ActorKind, RecordClass
from compliance.rules.periods import Duration, band
from compliance.rules.record_types import RECORD_TYPES
from compliance.rules.retention_policies import DURATIONS, Policy

TYPES = ("ExchangeItemAggregated", "ExchangeItem", "MicrosoftTeams")
OTHER_TYPES = ("MicrosoftForms", "66")
ODD_TYPES = ("All", "ExchangeItemAggregated, ExchangeItem", "\u0415xchangeItem", "ExchangeItem\u200b")
OPERATIONS = ("mailitemsaccessed", "attachmentaccess")
OTHER_OPERATIONS = ("add user.",)
ODD_OPERATIONS = ("*", "mailitemsaccessed,attachmentaccess", " mailitemsaccessed ", "mail\u0456temsaccessed")
USERS = ("a@contoso.example", "b@contoso.example", "gone@contoso.example")
UNRESOLVED = frozenset({"gone@contoso.example"})
ANY_OPERATIONS = (*OPERATIONS, *OTHER_OPERATIONS, *ODD_OPERATIONS)
T = TypeVar("T")
FOREVER = DURATIONS["TenYears"]

maybe = st.sampled_from((True, False, None))


def subsets(values: Sequence[str], least: int = 0) -> st.SearchStrategy[frozenset[str]]:
    return st.frozensets(st.sampled_from(values), min_size=least, max_size=2)


@st.composite
def any_policy(draw: st.DrawFn, *, doubts: bool = True, priorities: Sequence[int] = (1, 2, 3, 4)) -> Policy:
    def unread_or(strategy: st.SearchStrategy[T]) -> T | None:
        return None if doubts and draw(st.integers(0, 7)) == 0 else draw(strategy)

    record_types = unread_or(subsets(TYPES) | subsets((*TYPES, *OTHER_TYPES, *ODD_TYPES)))
    single = record_types is not None and len(record_types) == 1
    return Policy(
        name=draw(st.sampled_from("stuvwxyz")),
        priority=unread_or(st.sampled_from(priorities)),
        duration=unread_or(st.sampled_from(tuple(DURATIONS.values()))),
        enabled=unread_or(st.sampled_from((True, True, True, False))),
        record_types=record_types,
        operations=unread_or(subsets(OPERATIONS) | subsets(ANY_OPERATIONS)) if single else frozenset(),
        user_ids=unread_or(subsets(USERS)),
        pending_deletion=doubts and draw(st.integers(0, 9)) == 0,
        doubts=(),
    )


actors = st.builds(
    ActorClass,
    st.sampled_from(tuple(ActorKind)),
    maybe,
    maybe,
    st.sampled_from((frozenset(), frozenset({USERS[0]}), frozenset({USERS[1]}))),
)
records = st.builds(RecordClass, st.sampled_from(TYPES), st.sampled_from((*OPERATIONS, None)))
lists = st.lists(any_policy(), max_size=4)
sure_lists = st.lists(any_policy(doubts=False), max_size=4)
needs = st.sampled_from((*DURATIONS.values(), Duration.of_months(6), Duration.of_months(3)))


def concrete(policy: Policy, actor: ActorClass, record: RecordClass) -> set[tuple[float, Duration] | None]:
    """What a policy may come to in some world: its place and duration, or nothing where it has no part."""
    if policy.enabled is False:
        return {None}
    answers: list[bool | None] = []
    for named, value, anything in (
        (policy.record_types, {record.record_type}, ODD_TYPES),
        (policy.operations, {record.operation}, ODD_OPERATIONS),
        (policy.user_ids, set(actor.names), UNRESOLVED),
    ):
        if named is None:
            answers.append(None)
        elif named == frozenset() or named & value:
            answers.append(True)
        else:
            answers.append(None if {name.lower() for name in named} & {name.lower() for name in anything} else False)
    if False in answers:
        return {None}
    places = (0.0, 1.0, 2.0, 3.0, 4.0, 5.0) if policy.priority is None else (float(policy.priority),)
    durations = tuple(DURATIONS.values()) if policy.duration is None else (policy.duration,)
    out: set[tuple[float, Duration] | None] = set(product(places, durations))
    unread = None in (policy.priority, policy.duration, policy.enabled, policy.record_types)
    unread = unread or None in (policy.operations, policy.user_ids) or policy.pending_deletion
    if unread or None in answers:
        out.add(None)
    return out


def licences(actor: ActorClass) -> Iterator[tuple[bool, bool]]:
    premium = False if actor.kind is ActorKind.GUEST else actor.premium
    yield from product(
        (True, False) if premium is None else (premium,), (True, False) if actor.ten_year is None else (actor.ten_year,)
    )


def outcomes(policies: Sequence[Policy], actor: ActorClass, record: RecordClass) -> set[Duration]:
    year, standard = Duration.of_months(12), Duration.of_days(180)
    if actor.kind is ActorKind.NON_USER:
        return {year}
    found: set[Duration] = set()
    for world in product(*(concrete(policy, actor, record) for policy in policies)):
        present = [one for one in world if one is not None]
        first = min((place for place, _ in present), default=None)
        deciding = {duration for place, duration in present if place == first}
        for premium, ten_year in licences(actor):
            if not present:
                found.add(year if premium and RECORD_TYPES[record.record_type].default_year else standard)
            for duration in deciding:
                cap = FOREVER if premium and ten_year else year if premium else standard
                found.add(min(duration, cap, key=band))
    if actor.kind in (ActorKind.UNCLEAR, ActorKind.UNRESOLVED):
        found.add(year)
    return found


def surely_matches(policy: Policy, actor: ActorClass, record: RecordClass) -> bool:
    return None not in concrete(policy, actor, record)
