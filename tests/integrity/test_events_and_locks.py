"""What the Activity log tells and what locks protect, whatever else is listed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from integrity_cases import ACCOUNT, GROUP, LAW, SUBSCRIPTION

from checks.integrity.int_08 import records_carry_times_in_utc
from compliance.assessment.verdict import Indeterminate
from compliance.evidence.azure_views import ActivityEvent, Lock
from compliance.evidence.derived.activity_events import PURGE, ActivityEvents, activity_events
from compliance.evidence.derived.locks import Locks, PlacedLock, locks_of
from compliance.evidence.evidence import ClockOffset
from compliance.evidence.population import Coverage, Malformed, Population, Ref
from compliance.evidence.unread import Kind, Unread
from compliance.rules.resource_ids import within

DENIED = Unread(Kind.DENIED, "arm.locks", "403", "a role")
BEGUN = dt.datetime(2026, 10, 1, tzinfo=dt.UTC)
SCOPES = (
    f"/subscriptions/{SUBSCRIPTION}",
    GROUP,
    f"{GROUP}-two",
    ACCOUNT,
    LAW,
    f"{LAW}/tables/SigninLogs",
    f"{ACCOUNT}2",
)
LOCKS = st.lists(
    st.tuples(st.sampled_from(SCOPES), st.sampled_from(["CanNotDelete", "ReadOnly", "readonly"])), max_size=4
)
EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["Started", "Accepted", "Succeeded", "Failed"]),
        st.integers(0, 96),
        st.sampled_from([LAW, LAW.upper(), f"{LAW}2"]),
        st.sampled_from([None, "", "one", "other"]),
    ),
    max_size=6,
)


def population(row_type: Any, rows: Sequence[Any], shortfall: Unread | None = None) -> Population[Any]:
    made = [
        (row if isinstance(row, Malformed) else msgspec.convert(row, row_type), Ref("x", "0", f"/{number}"))
        for number, row in enumerate(rows)
    ]
    return Population(lambda: iter(made), Coverage.WHOLE if shortfall is None else Coverage.PART, shortfall)


def locks(placed: Sequence[tuple[str, str]], shortfall: Unread | None = None, *more: Malformed) -> Locks:
    rows: list[Any] = [
        {
            "id": f"{scope}/providers/Microsoft.Authorization/locks/lock{number}",
            "name": f"lock{number}",
            "properties": {"level": level},
        }
        for number, (scope, level) in enumerate(placed)
    ]
    return locks_of(population(Lock, [*rows, *more], shortfall))


def told(events: Sequence[tuple[str, int, str, str | None]]) -> ActivityEvents:
    rows = [
        {
            "id": f"event{number}",
            "eventTimestamp": (BEGUN + dt.timedelta(hours=hours)).isoformat(),
            "operationName": {"value": PURGE.upper()},
            "status": {"value": status},
            "resourceId": resource,
            "caller": None,
            "correlationId": correlation,
        }
        for number, (status, hours, resource, correlation) in enumerate(events)
    ]
    return activity_events(population(ActivityEvent, rows))


@given(LOCKS)
def test_a_lock_protects_what_it_is_on_and_what_lies_below_and_nothing_else(placed: list[tuple[str, str]]) -> None:
    found = locks(placed)
    for resource in (ACCOUNT, LAW):
        lock = found.over(resource)
        above = [level for scope, level in placed if within(resource, scope)]
        assert isinstance(lock, PlacedLock) == bool(above)
        if isinstance(lock, PlacedLock):
            assert lock.level.value == ("CanNotDelete" if "CanNotDelete" in above else "ReadOnly")
        else:
            assert lock is None


@given(LOCKS)
def test_what_was_not_read_of_locks_never_shows_that_there_is_none(placed: list[tuple[str, str]]) -> None:
    for unread in (locks(placed, DENIED), locks(placed, None, Malformed("not a lock")), locks_of(DENIED)):
        assert isinstance(unread.over(LAW), PlacedLock | Unread)


def test_a_lock_of_no_known_level_protects_nothing_and_leaves_it_open() -> None:
    assert isinstance(locks([(LAW, "NotSpecified")]).over(LAW), Unread)


@given(EVENTS)
def test_whatever_succeeded_is_told_and_what_only_failed_is_not(
    events: list[tuple[str, int, str, str | None]],
) -> None:
    found = told(events)
    assert found.unread is None
    for resource in (LAW, f"{LAW}2"):
        mine = [(status, shared) for status, _, at, shared in events if at.casefold() == resource.casefold()]
        deeds = found.on(resource, frozenset({PURGE}))
        assert sum(deed.done for deed in deeds) == sum(status == "Succeeded" for status, _ in mine)
        if mine and all(status == "Failed" for status, _ in mine):
            assert deeds == ()
        if mine and not any(status in ("Failed", "Succeeded") for status, _ in mine):
            assert len(deeds) == len(mine)
            assert not any(deed.done for deed in deeds)
        alone = sum(status in ("Started", "Accepted") for status, shared in mine if not shared)
        assert sum(not deed.done for deed in deeds) >= alone


def test_an_event_whose_time_has_no_zone_leaves_it_open() -> None:
    row = {
        "id": "e",
        "eventTimestamp": "2026-10-01T00:00:00",
        "operationName": {"value": PURGE},
        "status": {"value": "Succeeded"},
        "resourceId": LAW,
    }
    assert isinstance(activity_events(population(ActivityEvent, [row])).unread, Unread)


def test_a_clock_that_is_more_than_five_minutes_off_is_noted() -> None:
    check = records_carry_times_in_utc.function
    for seconds, noted in ((None, False), (0.0, False), (300.0, False), (-300.0, False), (301.0, True), (-900.0, True)):
        verdict = check(ClockOffset(seconds))
        assert isinstance(verdict, Indeterminate)
        assert verdict.kind is Kind.UNPROVEN
        assert bool(verdict.notes) is noted, seconds
    assert "900 s behind" in check(ClockOffset(-900.0)).cause
