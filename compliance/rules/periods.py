"""Lengths of time as retention settings and requirements state them, and whether one meets the other.

Settings speak of days or of months, and a month has no fixed number of days: 12 months are 365 or 366 days, 6 months
181 to 184, by the day on which they begin. So a number of days is compared with the *band* of a number of months,
and months with months. Only the calendar decides: no table of customary values (30, 180, 365) is used.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from typing import Self

_CYCLE_MONTHS = 48
_CYCLE_DAYS = 1461


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time: a number of days, or a number of calendar months, or no limit; exactly one of the three.

    Raises `ValueError` where none or several are given, or a number is negative.
    """

    days: int | None = None
    months: int | None = None
    unlimited: bool = False

    def __post_init__(self) -> None:
        if (self.days is not None) + (self.months is not None) + self.unlimited != 1:
            raise ValueError("a duration is exactly one of days, months, unlimited")
        for number in (self.days, self.months):
            if number is not None and (isinstance(number, bool) or number < 0):
                raise ValueError(f"a duration cannot be {number!r} long")

    @classmethod
    def of_days(cls, days: int) -> Self:
        """So many days of 24 hours."""
        return cls(days=days)

    @classmethod
    def of_months(cls, months: int) -> Self:
        """So many calendar months."""
        return cls(months=months)

    @property
    def text(self) -> str:
        """The duration in words, in its own unit: `180 days`, `12 months`, `no limit`."""
        if self.unlimited:
            return "no limit"
        number, unit = (self.days, "day") if self.days is not None else (self.months, "month")
        return f"{number} {unit}" if number == 1 else f"{number} {unit}s"

    def __str__(self) -> str:
        return self.text


UNLIMITED = Duration(unlimited=True)
"""Kept until somebody deletes it."""


class Meets(StrEnum):
    """How a duration compares with a requirement."""

    MEETS = "meets"
    """Long enough whenever the period begins."""
    MEETS_NOMINAL = "meets-nominal"
    """Long enough for some beginnings only, or short by no more than the tolerance; counts as meeting."""
    SHORT = "short"
    UNKNOWN = "unknown"
    """The duration was not read, or its readings differ."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """`short_by` is the least and greatest number of days that are missing, by the day on which the period begins;
    `None` where nothing is missing, or the number cannot be told."""

    result: Meets
    short_by: tuple[int, int] | None


def add_months(start: date, months: int) -> date:
    """The same day so many months later, or the last day of that month where it has no such day.

    Raises `OverflowError` beyond the year 9999.
    """
    year, month0 = divmod(start.year * 12 + start.month - 1 + months, 12)
    if year > date.max.year:
        raise OverflowError(f"{months} months after {start} lie beyond the year {date.max.year}")
    return date(year, month0 + 1, min(start.day, monthrange(year, month0 + 1)[1]))


def end_of(start: date, duration: Duration) -> date | None:
    """The day on which a period of this duration, begun on `start`, is complete; `None` if it never is."""
    try:
        if duration.days is not None:
            return start + timedelta(days=duration.days)
        if duration.months is not None:
            return add_months(start, duration.months)
    except OverflowError:
        return None
    return None


@cache
def month_band(months: int) -> tuple[int, int]:
    """The least and the greatest number of days that so many months have, for periods within 2001 to 2099.

    Every fourth of these years is a leap year, so that 48 months are always 1461 days, and the beginnings of one
    such cycle stand for all; up to the 28th every day of a month gives the same length. Raises `ValueError` for a
    negative number.
    """
    if months < 0:
        raise ValueError(f"{months} months")
    cycles, rest = divmod(months, _CYCLE_MONTHS)
    starts = (date(2001, 1, 1) + timedelta(days=n) for n in range(_CYCLE_DAYS))
    lengths = {(add_months(start, rest) - start).days for start in starts if start.day == 1 or start.day > 28}
    return cycles * _CYCLE_DAYS + min(lengths), cycles * _CYCLE_DAYS + max(lengths)


def band(duration: Duration) -> tuple[float, float]:
    """The least and the greatest number of days that a duration can have; infinite for no limit."""
    if duration.days is not None:
        return duration.days, duration.days
    if duration.months is not None:
        return month_band(duration.months)
    return float("inf"), float("inf")


def shorter_of(a: Duration, b: Duration) -> Duration:
    """The one that surely gives fewer days: by least, then by greatest number of days."""
    return min(a, b, key=band)


def compare(have: Duration | None, need: Duration, *, strict: bool = False, tolerance_days: int = 0) -> Comparison:
    """Whether a duration meets a requirement; `have` of `None` was not read.

    In one unit the numbers are compared. Across units the band of the months decides: as long as the whole band
    meets, within the band meets nominally, below it is short. `strict` makes nominal short and allows no tolerance;
    otherwise `tolerance_days` forgives what is short by no more than that many days in the worst case.
    """
    if have is None:
        return Comparison(Meets.UNKNOWN, None)
    if have.unlimited:
        return Comparison(Meets.MEETS, None)
    if need.unlimited:
        return Comparison(Meets.SHORT, None)
    if have.months is not None and need.months is not None:
        least, greatest = month_band(max(0, need.months - have.months))
    else:
        (have_min, have_max), (need_min, need_max) = _finite_band(have), _finite_band(need)
        least, greatest = need_min - have_max, need_max - have_min
    if greatest <= 0:
        return Comparison(Meets.MEETS, None)
    short_by = max(0, least), greatest
    if not strict and (least <= 0 or greatest <= tolerance_days):
        return Comparison(Meets.MEETS_NOMINAL, short_by)
    return Comparison(Meets.SHORT, short_by)


def _finite_band(duration: Duration) -> tuple[int, int]:
    if duration.days is not None:
        return duration.days, duration.days
    if duration.months is not None:
        return month_band(duration.months)
    raise ValueError("no limit has no number of days")
