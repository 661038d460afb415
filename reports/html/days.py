"""The period that a report covers, and the days of it without evidence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from compliance.assessment.assessment import Assessment
from compliance.assessment.history import HistoryPoint
from compliance.assessment.period import days_without_evidence
from compliance.assessment.words import counted
from reports.html.markup import Markup, el
from reports.html.pieces import listed, section


def covered(assessment: Assessment) -> str:
    """Return the period in words."""
    period = assessment.period
    if period is None:
        return "none was asked for: settings as they stood at that moment"
    given = f" ({period.text})" if period.text != f"{period.first}..{period.last}" else ""
    return f"{period.first} to {period.last}{given}"


def period_and_days(assessment: Assessment, history: Sequence[HistoryPoint]) -> Markup:
    """Return the section on the days of the period without evidence of this bundle or an earlier one."""
    title = "Days of the period without evidence"
    period = assessment.period
    if period is None:
        return section(
            "days",
            title,
            el("p", "No period was asked for (--period), so that this report tells of one moment,"
               f" {assessment.as_of:%Y-%m-%d}, and of no day before it."),
        )  # fmt: skip
    spans = days_without_evidence(period, (point.evidence_days for point in history))
    days = (period.last - period.first).days + 1
    without = sum((last - first).days + 1 for first, last in spans)
    told = (
        f"Evidence is from {counted(days - without, 'day')} of {days:,}, counting this bundle and"
        f" {counted(len(history), 'earlier one')}: on such a day something that controls rest on was read whole."
    )
    if not spans:
        return section("days", title, el("p", told))
    return section(
        "days",
        title,
        el("p", told, f" What held on the other {counted(without, 'day')} is not shown by any reading:"),
        listed((_span(first, last) for first, last in spans), cls="spans"),
    )


def _span(first: dt.date, last: dt.date) -> str:
    if first == last:
        return f"{first} (1 day)"
    return f"{first} to {last} ({(last - first).days + 1:,} days)"
