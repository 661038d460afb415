"""The period that a report is to cover, and the days of it without evidence."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_assessments import AS_OF, finding, ordinary

from compliance.assessment.assessment import PeriodEntry
from compliance.assessment.period import days_without_evidence, evidence_days, parse_period, period_entry
from compliance.assessment.verdict import Status
from compliance.errors import InputError
from compliance.evidence.datasets import Origin, State

DAY = dt.timedelta(days=1)
RESTS_ON_USERS = finding("AUD-04", Status.PASS)
FIRST, LAST = dt.date(2026, 7, 1), dt.date(2026, 9, 30)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026-07-01..2026-09-30", "2026-07-01", "2026-09-30"),
        ("2026-07-01..2026-07-01", "2026-07-01", "2026-07-01"),
        ("2026Q1", "2026-01-01", "2026-03-31"),
        ("2026q4", "2026-10-01", "2026-12-31"),
        ("2028Q1", "2028-01-01", "2028-03-31"),
        ("FY2026Q1", "2025-10-01", "2025-12-31"),
        ("FY2026Q2", "2026-01-01", "2026-03-31"),
        ("fy2026q4", "2026-07-01", "2026-09-30"),
    ],
)
def test_a_period_is_named_by_its_days_or_as_a_quarter(text: str, first: str, last: str) -> None:
    period = parse_period(text)
    assert (period.first.isoformat(), period.last.isoformat()) == (first, last)


@pytest.mark.parametrize(
    "text",
    [
        *("", "2026", "2026Q5", "FY2026Q0", "Q3", "2026-07-01", "2026-07-01..", "2026-09-30..2026-07-01"),
        *("2026-02-30..2026-03-01", "0000Q1", "FY0001Q1", "9999Q4", "٢٠٢٦Q1", "2026-7-1..2026-9-30", "2026Q1..2026Q3"),
    ],
)
def test_what_is_no_period_is_refused_with_what_is_one(text: str) -> None:
    with pytest.raises(InputError, match="FY2026Q4"):
        parse_period(text)


def test_a_dataset_counts_on_the_days_on_which_its_reading_began_and_ended() -> None:
    base = ordinary().datasets[0]
    late = dt.datetime(2026, 7, 1, 23, 30, tzinfo=dt.UTC)
    over_midnight = msgspec.structs.replace(base, started=late, read_at=late + dt.timedelta(hours=1))
    elsewhere = msgspec.structs.replace(
        base, read_at=dt.datetime(2026, 8, 1, 1, 0, tzinfo=dt.timezone(dt.timedelta(hours=2)))
    )
    undated = msgspec.structs.replace(base, read_at=None)
    days = evidence_days((over_midnight, elsewhere, undated), (RESTS_ON_USERS,))
    assert [day.isoformat() for day in days] == ["2026-07-01", "2026-07-02", "2026-07-31"]


@pytest.mark.parametrize(
    ("changes", "counts"),
    [
        ({}, True),
        ({"rows": 0}, True),
        ({"state": State.STALE}, True),
        ({"origin": Origin.EXPORTED}, True),
        ({"state": State.DENIED}, False),
        ({"state": State.PARTIAL}, False),
        ({"state": State.FAILED}, False),
        ({"origin": Origin.ATTESTED}, False),
        ({"name": "graph.organization"}, False),
    ],
)
def test_a_day_has_evidence_where_something_that_findings_rest_on_was_read_whole(
    changes: dict[str, Any], counts: bool
) -> None:
    row = next(one for one in ordinary().datasets if one.name == "graph.users")
    row = msgspec.structs.replace(row, state=State.COMPLETE, origin=Origin.COLLECTED, read_at=AS_OF)
    assert bool(evidence_days((msgspec.structs.replace(row, **changes),), (RESTS_ON_USERS,))) is counts


def test_days_without_evidence_are_told_as_stretches() -> None:
    quarter = parse_period("2026Q3")
    entry = period_entry(quarter, (), ())
    assert days_without_evidence(entry) == ((FIRST, LAST),)
    read = msgspec.structs.replace(entry, evidence_days=(FIRST, dt.date(2026, 8, 15)))
    assert days_without_evidence(read, [(dt.date(2026, 8, 16), LAST + DAY)]) == (
        (dt.date(2026, 7, 2), dt.date(2026, 8, 14)),
        (dt.date(2026, 8, 17), LAST),
    )


@given(st.frozensets(st.dates(FIRST - 5 * DAY, LAST + 5 * DAY)), st.frozensets(st.dates(FIRST, LAST)))
def test_every_day_of_the_period_has_evidence_or_lies_in_one_stretch(
    own: frozenset[dt.date], others: frozenset[dt.date]
) -> None:
    entry = PeriodEntry(text="2026Q3", first=FIRST, last=LAST, evidence_days=tuple(sorted(own)))
    without = [
        first + number * DAY
        for first, last in days_without_evidence(entry, [others])
        for number in range((last - first).days + 1)
    ]
    every = {FIRST + number * DAY for number in range((LAST - FIRST).days + 1)}
    assert len(without) == len(set(without))
    assert set(without) == every - own - others
