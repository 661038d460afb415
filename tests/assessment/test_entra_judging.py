"""A log over all its stores: what was read decides, and what was not read never helps."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from itertools import pairwise

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from compliance.assessment.declarations import NO_DECLARATIONS
from compliance.assessment.entra import entra_log
from compliance.assessment.figures import at_most_today, full_on
from compliance.assessment.logs import judge_log, log_verdict
from compliance.assessment.stores import Asked, Terms
from compliance.assessment.verdict import Fail, Indeterminate, NotApplicable, Pass, Verdict
from compliance.evidence.derived.entra import LogReach
from compliance.evidence.derived.sinks import Store
from compliance.evidence.evidence import AsOf
from compliance.evidence.scope import EVERYBODY
from compliance.evidence.unread import Kind, Unread
from compliance.rules.entra_logs import ENTRA_LOGS
from compliance.rules.periods import Duration, end_of
from compliance.rules.reach import StoreReach

TERMS = Terms(EVERYBODY, NO_DECLARATIONS, AsOf(dt.datetime(2026, 11, 16, 9, tzinfo=dt.UTC)))
STRICT = replace(TERMS, scope=msgspec.structs.replace(EVERYBODY, strict_months=True))
LOG = ENTRA_LOGS["entra.sign_in_logs"]
DENIED = Unread(Kind.DENIED, "arm.tables", "403", "Log Analytics Reader")
A_YEAR = Duration.of_months(12)
NEED = 365
"""The least number of days that 12 months have."""
ORDER = (Fail, Indeterminate, Pass)

days = st.integers(0, 1200).map(Duration.of_days)
known = st.builds(
    lambda name, hot, more, lake: Store(
        StoreReach(name, hot, Duration.of_days((hot.days or 0) + more), "as set", (), lake=lake), None
    ),
    st.sampled_from(("one", "two", "three")),
    days,
    st.integers(0, 800),
    st.none() | days,
)
unknown = st.builds(
    lambda at_most: Store(StoreReach("closed", None, None, "403", (), at_most), DENIED), st.none() | days
)
stores = st.lists(known | unknown, max_size=4).map(tuple)


def verdict(
    held: tuple[Store, ...],
    *,
    hot: bool = True,
    lacking: str | None = None,
    condition: Unread | None = None,
    need: Duration = A_YEAR,
    terms: Terms = TERMS,
    lake: bool = False,
    elsewhere: Unread | None = None,
) -> Verdict:
    log = replace(entra_log(LogReach(LOG, held, lacking, condition, exportable=True)), elsewhere=elsewhere)
    return log_verdict(judge_log(log, Asked(need, hot, lake), terms), terms)


def rank(one: Verdict) -> int:
    return next(rank for rank, kind in enumerate(ORDER) if isinstance(one, kind))


def meets(store: Store, *, hot: bool) -> bool:
    kept = store.reach.hot if hot else store.reach.total
    return store.doubt is None and kept is not None and (kept.days or 0) >= NEED


@given(stores, st.booleans())
def test_it_passes_exactly_where_a_store_that_was_read_keeps_it_long_enough(held: tuple[Store, ...], hot: bool) -> None:
    assert isinstance(verdict(held, hot=hot), Pass) is any(meets(store, hot=hot) for store in held)


@given(stores, st.booleans())
def test_it_fails_exactly_where_no_store_can_keep_it_long_enough(held: tuple[Store, ...], hot: bool) -> None:
    possible = any(
        meets(store, hot=hot)
        or (store.doubt is not None and (store.reach.at_most is None or (store.reach.at_most.days or 0) >= NEED))
        for store in held
    )
    assert isinstance(verdict(held, hot=hot), Fail) is not possible


@given(stores, known)
def test_one_store_more_never_makes_it_worse(held: tuple[Store, ...], more: Store) -> None:
    assert all(one <= other for one, other in pairwise([rank(verdict(held)), rank(verdict((*held, more)))]))


@given(stores, unknown, st.booleans())
def test_a_store_that_was_not_read_never_makes_a_pass(held: tuple[Store, ...], more: Store, hot: bool) -> None:
    before, after = verdict(held, hot=hot), verdict((*held, more), hot=hot)
    assert isinstance(after, Pass) is isinstance(before, Pass)


@given(stores, st.booleans(), st.integers(1, 40), st.integers(0, 40))
def test_a_tighter_standard_never_turns_a_failure_into_a_pass(
    held: tuple[Store, ...], hot: bool, months: int, more: int
) -> None:
    loose, tight = Duration.of_months(months), Duration.of_months(months + more)
    before, after = verdict(held, hot=hot, need=loose), verdict(held, hot=hot, need=tight)
    assert rank(after) <= rank(before)
    assert rank(verdict(held, hot=hot, need=loose, terms=STRICT)) <= rank(before)


@given(stores)
def test_a_standard_that_counts_the_lake_only_ever_counts_more_of_it(held: tuple[Store, ...]) -> None:
    """The lake holds no less than what can be searched outside it."""
    within = tuple(store for store in held if store.reach.lake is None or store.reach.hot is None)
    aside = tuple(
        replace(store, reach=replace(store.reach, hot=Duration.of_days(0)))
        for store in held
        if store.reach.lake is not None
    )
    assert rank(verdict((*within, *aside))) <= rank(verdict((*within, *aside), lake=True))


@given(stores)
def test_what_the_tenant_cannot_have_is_no_failure_and_what_is_not_known_leaves_it_open(
    held: tuple[Store, ...],
) -> None:
    plain = verdict(held)
    lacking = verdict(held, lacking="Microsoft Entra ID P2")
    open_ = verdict(held, condition=DENIED)
    assert isinstance(lacking, NotApplicable if isinstance(plain, Fail) else type(plain))
    assert isinstance(open_, Indeterminate if isinstance(plain, Fail) else type(plain))


@given(stores, st.booleans())
def test_a_store_that_nothing_shows_leaves_the_total_open_and_what_is_searchable_as_it_is(
    held: tuple[Store, ...], hot: bool
) -> None:
    plain, open_ = verdict(held, hot=hot), verdict(held, hot=hot, elsewhere=DENIED)
    assert type(open_) is (Indeterminate if isinstance(plain, Fail) and not hot else type(plain))


@given(days | st.just(Duration(unlimited=True)), st.integers(0, 4000))
def test_a_store_that_is_three_weeks_old_shows_no_more_than_three_weeks(kept: Duration, age: int) -> None:
    created = (TERMS.as_of - dt.timedelta(days=age)).date()
    shown = at_most_today(kept, created, TERMS.as_of)
    assert shown is not None
    assert shown <= age
    assert kept.days is None or shown <= kept.days
    assert full_on(kept, created) == end_of(created, kept)
    assert at_most_today(kept, None, TERMS.as_of) is None
