"""How far back a store lets one look at a log source: as configured, and how much of that can be true today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from compliance.rules.periods import UNLIMITED, Duration, band, end_of
from compliance.rules.purview import Effective


@dataclass(frozen=True, slots=True)
class Reach:
    """The reach of one store for one log source.

    `hot` is how long records can be searched at once, `total` how long they exist at all, both from creation, and
    `None` where unread. `in_force_since` is the day since which the configuration has surely been as it is, and
    `at_most_today_days` what it can have gathered until today, `None` where nothing bounds it. `full_on` is the day on
    which the configured time can first be true in full.
    """

    source: str
    hot: Duration | None
    total: Duration | None
    in_force_since: date | None
    at_most_today_days: int | None
    full_on: date | None


def purview_reach(
    source: str, witness: Effective, *, ingestion_on_since: date | None, policy_changed_on: date | None, today: date
) -> Reach:
    """The reach of the unified audit log, all of which can be searched until it expires.

    `witness` is the class kept shortest. `ingestion_on_since` is the day of the first opt-in to auditing,
    `policy_changed_on` that of the last change of the policy that decides; `None` where unread, and the latter without
    effect where no policy decides. A setting in force for some days can have gathered no more than so many.
    """
    needed = (ingestion_on_since,) if witness.policy is None else (ingestion_on_since, policy_changed_on)
    known = [day for day in needed if day is not None]
    since = max(known) if len(known) == len(needed) else None
    at_most_today = max(0, (today - max(known)).days) if known else None
    if at_most_today is not None and witness.credited is not None:
        at_most_today = int(min(at_most_today, band(witness.credited)[1]))
    return Reach(
        source=source,
        hot=witness.credited,
        total=witness.credited,
        in_force_since=since,
        at_most_today_days=at_most_today,
        full_on=None if since is None or witness.credited is None else end_of(since, witness.credited),
    )


@dataclass(frozen=True, slots=True)
class StoreReach:
    """The reach of one store for one log, as configured, and why.

    `hot` is how long records can be searched at once, `total` how long they exist at all, both from creation; `None`
    is not known. `at_most` is what neither can exceed where they are not known, `hot_at_most` what `hot` cannot where
    that is less: a requirement beyond it is surely not met here. `lake` is how long records can be searched where a
    standard counts the data lake as searchable, `None` where they are in none. `facts` are ids of
    `compliance.rules.facts`.
    """

    store: str
    hot: Duration | None
    total: Duration | None
    because: str
    facts: tuple[str, ...]
    at_most: Duration | None = None
    lake: Duration | None = None
    hot_at_most: Duration | None = None

    def surely(self, *, hot: bool, lake: bool = False) -> Duration | None:
        """How long records can surely be searched (`hot`), or else retrieved; `None` is not known.

        `lake` counts what can be searched in the data lake.
        """
        if not hot:
            return self.total
        return self.lake if lake and self.lake is not None else self.hot

    def possibly(self, *, hot: bool, lake: bool = False) -> Duration | None:
        """What that cannot exceed, whatever is not known turns out to be; `None` where nothing bounds it."""
        known = self.surely(hot=hot, lake=lake)
        if known is not None:
            return known
        return self.hot_at_most if hot and not lake and self.hot_at_most is not None else self.at_most


def in_doubt(reach: StoreReach) -> StoreReach:
    """The reach of a store that may hold nothing of a log: unknown, and never more than it would be if it does."""
    hot, total = reach.possibly(hot=True), reach.possibly(hot=False)
    whole = total if hot is None or total is None else max(hot, total, key=band)
    return StoreReach(reach.store, None, None, reach.because, reach.facts, at_most=whole, hot_at_most=hot)


class CopyBasis(StrEnum):
    """From when the retention of a copy counts."""

    CREATION = "creation"
    """Copied as it is written: its days run beside those of the original."""
    MOVED = "moved"
    """Moved when the original expires: its days come after."""


def total_with_copies(hot: Duration, copies: Sequence[tuple[CopyBasis, Duration]]) -> Duration:
    """How long records exist in the best of the original, searchable for `hot`, and its copies.

    Copies made at creation overlap with the original and each other, and are never added; only what is moved is.
    """
    whole = [hot]
    for basis, duration in copies:
        match basis:
            case CopyBasis.CREATION:
                whole.append(duration)
            case CopyBasis.MOVED:
                whole.append(_after(hot, duration))
    return max(whole, key=band)


def _after(first: Duration, second: Duration) -> Duration:
    """Return one duration after another; months and days together count in days, the fewest that they can be."""
    if first.unlimited or second.unlimited:
        return UNLIMITED
    if first.days is not None and second.days is not None:
        return Duration.of_days(first.days + second.days)
    if first.months is not None and second.months is not None:
        return Duration.of_months(first.months + second.months)
    return Duration.of_days(int(band(first)[0]) + int(band(second)[0]))
