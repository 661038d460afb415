"""The period that a report is to cover, and the days of it without evidence."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from compliance.assessment.assessment import DatasetRow, Finding, PeriodEntry
from compliance.errors import InputError
from compliance.evidence.datasets import Origin, State

_RANGE = re.compile(r"(\d{4}-\d{2}-\d{2})\.\.(\d{4}-\d{2}-\d{2})", re.ASCII)
_QUARTER = re.compile(r"(FY)?(\d{4})Q([1-4])", re.ASCII)
_WHOLE = (State.COMPLETE, State.STALE)
_SEEN = (Origin.COLLECTED, Origin.EXPORTED)
_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """A period as somebody asked for it, with its first and its last day, both included."""

    text: str
    first: dt.date
    last: dt.date


def parse_period(text: str) -> Period:
    """Return the period that a text names: 2026-07-01..2026-09-30, 2026Q3, or FY2026Q4.

    FY is the fiscal year of the US government, which begins on October 1 of the year before (31 U.S.C. 1102).
    Raises InputError for anything else.
    """
    asked = text.strip().upper()
    try:
        if found := _RANGE.fullmatch(asked):
            first, last = dt.date.fromisoformat(found[1]), dt.date.fromisoformat(found[2])
            if first <= last:
                return Period(asked, first, last)
        if found := _QUARTER.fullmatch(asked):
            month = 3 * int(found[3]) - 2
            first = dt.date(int(found[2]), month, 1)
            if found[1]:
                first = _months_later(first, -3)
            return Period(asked, first, _months_later(first, 3) - _DAY)
    except ValueError as error:
        raise _refused(text, f"is no period: {error}") from error
    raise _refused(text, "is no period")


def _months_later(day: dt.date, months: int) -> dt.date:
    """Return the first of a month, so many months after another one."""
    number = 12 * day.year + day.month - 1 + months
    return dt.date(number // 12, number % 12 + 1, 1)


def _refused(text: str, what: str) -> InputError:
    return InputError(
        what,
        where=f"--period {text}",
        next_step="Give the first and the last day as 2026-07-01..2026-09-30, a quarter as 2026Q3, or one of the US"
        " fiscal year as FY2026Q4.",
    )


def period_entry(period: Period, datasets: Iterable[DatasetRow], findings: Iterable[Finding]) -> PeriodEntry:
    """Return a period with the days of evidence of a bundle; see `evidence_days`."""
    days = evidence_days(datasets, findings)
    return PeriodEntry(text=period.text, first=period.first, last=period.last, evidence_days=days)


def evidence_days(datasets: Iterable[DatasetRow], findings: Iterable[Finding]) -> tuple[dt.date, ...]:
    """Return the days (UTC) on which something that findings rest on was read whole.

    A reading counts on the days on which it began and ended, and so does an administrator's export. What was refused or
    cut short does not count, nor does anybody's word.
    """
    used = {one.dataset for finding in findings for one in finding.evidence}
    moments = (
        moment
        for row in datasets
        if row.name in used and row.state in _WHOLE and row.origin in _SEEN
        for moment in (row.started, row.read_at)
        if moment is not None and row.read_at is not None
    )
    return tuple(sorted({moment.astimezone(dt.UTC).date() for moment in moments}))


def days_without_evidence(
    period: PeriodEntry, others: Iterable[Collection[dt.date]] = ()
) -> tuple[tuple[dt.date, dt.date], ...]:
    """Return the stretches of a period, first and last day of each, of which neither its bundle nor others tell.

    `others` are the evidence days of earlier assessments.
    """
    read = sorted(day for day in set(period.evidence_days).union(*others) if period.first <= day <= period.last)
    starts = [period.first, *(day + _DAY for day in read)]
    ends = [*(day - _DAY for day in read), period.last]
    return tuple((first, last) for first, last in zip(starts, ends, strict=True) if first <= last)
