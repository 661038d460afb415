"""The figures that a row of the picture shows: durations in days, dates, and the stores behind them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from compliance.assessment.assessment import StoreEntry
from compliance.assessment.stores import Asked, Terms
from compliance.evidence.derived.sinks import Store
from compliance.rules.periods import Duration, band, end_of
from compliance.standards import Standard


def duration_text(duration: Duration | None) -> str:
    """Say how long, also where it is not known."""
    return "an unknown time" if duration is None else duration.text


def least_whole_days(duration: Duration | None) -> int | None:
    """Return the least number of days that a duration has; None where that is not known or has no end."""
    return None if duration is None or duration.unlimited else int(band(duration)[0])


def at_most_today(kept: Duration | None, created: dt.date | None, as_of: dt.datetime) -> int | None:
    """Return how many days a store can hold today: no more than it keeps, and none from before it was there.

    None where nobody knows since when it is there, or how long it keeps anything.
    """
    if kept is None or created is None:
        return None
    age = max(0, (as_of.date() - created).days)
    days = least_whole_days(kept)
    return age if days is None else min(days, age)


def full_on(kept: Duration | None, created: dt.date | None) -> dt.date | None:
    """Return the first day on which a store can hold all that it keeps; None where that is not known or never comes."""
    return None if kept is None or created is None else end_of(created, kept)


def most_today(stores: Iterable[Store], asked: Asked, as_of: dt.datetime) -> int | None:
    """Return how many days the best of several stores can hold today; None where nobody knows since when any is there.

    A store beside others never takes away from what these can hold.
    """
    sure = [store for store in stores if store.doubt is None]
    known = [at_most_today(asked.of(store.reach), store.created, as_of) for store in sure]
    return max((days for days in known if days is not None), default=None)


def first_full_on(stores: Iterable[Store], asked: Asked, decider: Store | None, terms: Terms) -> dt.date | None:
    """Return the first day on which a store that is long enough can hold all that is asked for.

    Where none is long enough, the day on which the one that keeps it the longest can hold all that it keeps. None where
    nobody knows since when they are there.
    """
    enough = [one for one in stores if one.doubt is None and terms.meets(asked.of(one.reach), asked)]
    days = [full_on(asked.duration, store.created) for store in enough]
    if known := [day for day in days if day is not None]:
        return min(known)
    return None if decider is None or enough else full_on(asked.of(decider.reach), decider.created)


def both_full_on(hot: dt.date | None, total: dt.date | None) -> dt.date | None:
    """Return the first day on which what is searchable and what is kept in all are both full; None where one is not."""
    return None if hot is None or total is None else max(hot, total)


def store_entries(stores: Iterable[Store]) -> tuple[StoreEntry, ...]:
    """Return every store that holds a log, or may, each once."""
    entries = (
        StoreEntry(
            name=one.reach.store,
            hot=None if one.reach.hot is None else one.reach.hot.text,
            total=None if one.reach.total is None else one.reach.total.text,
            since=one.created,
            because=one.reach.because,
            doubt=None if one.doubt is None else one.doubt.reason,
        )
        for one in stores
    )
    return tuple(dict.fromkeys(entries))


def too_long(standard: Standard, stores: Iterable[Store]) -> tuple[str, ...]:
    """Say which stores keep a log longer than a standard lets anybody keep it: that fails nothing."""
    if standard.max_total is None:
        return ()
    most = standard.max_total.duration
    longer = [
        f"{one.reach.store} keeps it {one.reach.total.text}, and {most.text} are allowed at most"
        for one in stores
        if one.doubt is None and one.reach.total is not None and band(one.reach.total)[0] > band(most)[1]
    ]
    return tuple(dict.fromkeys(longer))
