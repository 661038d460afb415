"""How far back a store lets one look at a log source: as configured, and how much of that can be true today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from compliance.rules.periods import Duration, band, end_of
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
