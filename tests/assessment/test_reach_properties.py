"""What holds of every set of stores: more of them never shorten, and what is not known never lengthens."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from compliance.assessment.logs import best_store
from compliance.assessment.stores import Asked
from compliance.evidence.derived.sinks import Store, doubted
from compliance.evidence.unread import Kind, Unread
from compliance.rules.periods import UNLIMITED, Duration, band
from compliance.rules.reach import CopyBasis, StoreReach, in_doubt, total_with_copies

durations = st.one_of(
    st.integers(0, 4000).map(Duration.of_days), st.integers(0, 130).map(Duration.of_months), st.just(UNLIMITED)
)
maybe = st.none() | durations
known = st.builds(
    lambda name, hot, total, lake: StoreReach(
        name, min(hot, total, key=band), total, "", (), lake=total if lake else None
    ),
    st.sampled_from("abc"),
    durations,
    durations,
    st.booleans(),
)
unknown = st.builds(
    lambda name, most, hot: StoreReach(name, None, None, "", (), at_most=most, hot_at_most=hot),
    st.sampled_from("xyz"),
    maybe,
    maybe,
)
WAYS = [(True, False), (True, True), (False, False)]
ways = st.sampled_from(WAYS)


def length(duration: Duration | None) -> tuple[float, float]:
    return (-1, -1) if duration is None else band(duration)


UNREAD = Unread(Kind.DENIED, "arm.tables", "denied", "a permission")


def reached(held: list[Store]) -> list[tuple[float, float]]:
    """What is surely kept: searchable, searchable where the lake counts, and in all."""
    asked = [Asked(Duration.of_months(12), hot, lake) for hot, lake in WAYS]
    return [length(None if (best := best_store(held, one)) is None else one.of(best.reach)) for one in asked]


stores = st.lists(
    (known | unknown).map(lambda reach: Store(reach, UNREAD if reach.total is None else None)), max_size=5
)


@given(stores, stores)
def test_a_store_more_never_shortens(held: list[Store], more: list[Store]) -> None:
    assert all(before <= after for before, after in zip(reached(held), reached([*held, *more]), strict=True))


@given(stores)
def test_reach_is_never_more_than_one_of_the_stores_gives_alone(held: list[Store]) -> None:
    alone = [reached([one]) for one in held]
    assert reached(held) == [max((one[way] for one in alone), default=(-1, -1)) for way in range(len(WAYS))]


@given(stores, st.lists(known, max_size=3))
def test_stores_that_are_in_doubt_improve_nothing(held: list[Store], doubtful: list[StoreReach]) -> None:
    more = [doubted(Store(reach, None), (UNREAD,)) for reach in doubtful]
    assert reached([*held, *more]) == reached(held)
    # nor would their reach, whoever forgot to look at the doubt
    assert reached([*held, *(Store(one.reach, None) for one in more)]) == reached(held)


@given(known, ways)
def test_a_store_in_doubt_is_bounded_by_what_it_would_be(store: StoreReach, way: tuple[bool, bool]) -> None:
    hot, lake = way
    doubtful = in_doubt(store)
    assert doubtful.surely(hot=hot, lake=lake) is None
    bound = doubtful.possibly(hot=hot, lake=lake)
    assert bound is not None
    assert band(bound) >= length(store.surely(hot=hot, lake=lake))
    assert band(bound) <= length(store.total)


@given(unknown, ways)
def test_doubting_twice_never_tightens_a_bound(store: StoreReach, way: tuple[bool, bool]) -> None:
    hot, lake = way
    before, after = store.possibly(hot=hot, lake=lake), in_doubt(store).possibly(hot=hot, lake=lake)
    assert after is None or (before is not None and band(after) >= band(before))


@given(known | unknown)
def test_the_lake_alone_is_searchable_only_where_it_counts(store: StoreReach) -> None:
    without, counted = store.surely(hot=True), store.surely(hot=True, lake=True)
    assert without == store.hot
    assert length(without) <= length(counted)
    assert store.surely(hot=False, lake=True) == store.total


@given(durations, st.lists(durations, max_size=4))
def test_copies_are_never_added(hot: Duration, copies: list[Duration]) -> None:
    total = total_with_copies(hot, [(CopyBasis.CREATION, one) for one in copies])
    assert band(total) == max(map(band, [hot, *copies]))


@given(st.integers(0, 4000), st.integers(0, 4000))
def test_what_is_moved_comes_after_what_it_is_moved_from(hot: int, moved: int) -> None:
    total = total_with_copies(Duration.of_days(hot), [(CopyBasis.MOVED, Duration.of_days(moved))])
    assert total == Duration.of_days(hot + moved)
