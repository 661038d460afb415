"""A log of Entra over all its stores: what was read decides, and what was not read never helps."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from compliance.assessment.declarations import NO_DECLARATIONS
from compliance.assessment.entra import entra_verdict, judge_log
from compliance.assessment.stores import Asked, Terms
from compliance.assessment.verdict import Fail, Indeterminate, NotApplicable, Pass, Verdict
from compliance.evidence.derived.entra import LogReach, Store
from compliance.evidence.evidence import AsOf
from compliance.evidence.scope import EVERYBODY
from compliance.evidence.unread import Kind, Unread
from compliance.rules.entra_logs import ENTRA_LOGS
from compliance.rules.periods import Duration
from compliance.rules.reach import StoreReach

TERMS = Terms(EVERYBODY, NO_DECLARATIONS, AsOf(dt.datetime(2026, 11, 16, 9, tzinfo=dt.UTC)))
LOG = ENTRA_LOGS["entra.sign_in_logs"]
DENIED = Unread(Kind.DENIED, "arm.tables", "403", "Log Analytics Reader")
NEED = 365
"""The least number of days that 12 months have."""

days = st.integers(0, 1200).map(Duration.of_days)
known = st.builds(
    lambda name, hot, more: Store(StoreReach(name, hot, Duration.of_days((hot.days or 0) + more), "as set", ()), None),
    st.sampled_from(("one", "two", "three")),
    days,
    st.integers(0, 800),
)
unknown = st.builds(
    lambda at_most: Store(StoreReach("closed", None, None, "403", (), at_most), DENIED), st.none() | days
)
stores = st.lists(known | unknown, max_size=4).map(tuple)


def verdict(
    held: tuple[Store, ...], *, hot: bool = True, lacking: str | None = None, condition: Unread | None = None
) -> Verdict:
    reach = LogReach(LOG, held, lacking, condition, exportable=True)
    return entra_verdict(judge_log(reach, Asked(Duration.of_months(12), hot), TERMS), TERMS)


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
    order = (Fail, Indeterminate, Pass)
    before, after = verdict(held), verdict((*held, more))
    ranks = [next(rank for rank, kind in enumerate(order) if isinstance(one, kind)) for one in (before, after)]
    assert all(one <= other for one, other in pairwise(ranks))


@given(stores)
def test_what_the_tenant_cannot_have_is_no_failure_and_what_is_not_known_leaves_it_open(
    held: tuple[Store, ...],
) -> None:
    plain = verdict(held)
    lacking = verdict(held, lacking="Microsoft Entra ID P2")
    open_ = verdict(held, condition=DENIED)
    assert isinstance(lacking, NotApplicable if isinstance(plain, Fail) else type(plain))
    assert isinstance(open_, Indeterminate if isinstance(plain, Fail) else type(plain))
