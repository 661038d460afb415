"""Waivers: which hold, which ended or are about to, what each covers, and what it is no longer needed for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from compliance.assessment.assessment import Assessment, WaiverUse
from compliance.assessment.words import counted
from reports.console.style import Style

SOON_DAYS = 30
"""How many days before its last one a waiver is pointed out."""
EXPIRED = "expired"
AS_WRITTEN = "Requesters and approvers are as written, not authenticated."

_ID, _APPROVER = 28, 18
_SHORT_ID = 16
_DATE = 12
_NAMED = 5


def waivers(assessment: Assessment, style: Style) -> Iterator[str]:
    """Yield what became of the waivers, those expired first and said aloud; nothing where none were handed over."""
    if not assessment.waivers:
        return
    yield from style.heading("Waivers")
    yield from style.lines(_day_of(assessment.as_of, "Counted as of"), indent="  ")
    expired = [one for one in assessment.waivers if one.standing == EXPIRED]
    if expired:
        yield style.strong(f"  EXPIRED: {len(expired):,}, and no longer counted")
        yield from style.lines(_ids(expired, style), indent="    ")
    soon = [one for one in assessment.waivers if ends_within(one, SOON_DAYS) and one.standing != EXPIRED]
    if soon:
        yield style.strong(f"  Ending within {SOON_DAYS} days: {len(soon):,}")
        yield from style.lines(_ids(soon, style), indent="    ")
    in_order = sorted(assessment.waivers, key=_urgency)
    rows = [[style.clean(one.id, _ID), *_dates(one, style), style.clean(one.standing)] for one in in_order]
    yield from style.table(["Waiver", "Last day", "Left", "Standing"], rows, flexible=3, indent=2)
    yield from _details(in_order, style)


def listing(uses: Sequence[WaiverUse], style: Style, judged_as_of: dt.datetime | None = None) -> Iterator[str]:
    """Yield a table of waivers with who approved them, and what each covers where that was judged.

    One that has ended since the moment that was judged is told with both days.
    """
    in_order = sorted(uses, key=_urgency)
    rows = [
        [
            style.clean(one.id, _SHORT_ID),
            style.clean(", ".join(one.checks)),
            style.clean(one.approver, _APPROVER),
            *_dates(one, style),
            style.clean(one.standing.partition(":")[0]),
        ]
        for one in in_order
    ]
    if rows:
        yield from style.table(["Waiver", "Checks", "Approver", "Last day", "Left", "Standing"], rows, flexible=1)
    yield from _details(in_order, style)
    if judged_as_of is not None:
        for one in in_order:
            if ":" in one.standing:
                yield from style.lines(f"{style.clean(one.id, _ID)}, {one.standing}", indent="    ")
            if one.standing != EXPIRED and ends_within(one, -1):
                ended = f"{style.clean(one.id, _ID)} ended on {style.clean(one.expires, _DATE)}"
                yield from style.lines(f"{ended}; {_day_of(judged_as_of, 'counted as of')}", indent="    ")
    yield from style.lines(AS_WRITTEN)


def ends_within(use: WaiverUse, days: int) -> bool:
    """Whether a waiver has ended, or does so within a number of days."""
    return use.expires_in_days is not None and use.expires_in_days <= days


def _day_of(evidence: dt.datetime, lead: str) -> str:
    return f"{lead} {evidence.astimezone(dt.UTC):%Y-%m-%d}, the day of the evidence"


def _urgency(use: WaiverUse) -> tuple[bool, str, str]:
    return use.standing != EXPIRED, use.expires, use.id


def _dates(use: WaiverUse, style: Style) -> list[str]:
    days = use.expires_in_days
    left = "-" if days is None else "ended" if days < 0 else f"{days:,} d"
    return [style.clean(use.expires, _DATE), left]


def _ids(uses: Sequence[WaiverUse], style: Style) -> str:
    return ", ".join(style.clean(one.id, _ID) for one in uses)


def _details(uses: Sequence[WaiverUse], style: Style) -> Iterator[str]:
    """Yield what the waivers cover, and what they could be narrowed to; nothing of one that covers nothing."""
    for one in uses:
        name = style.clean(one.id, _ID)
        if one.findings:
            objects = "" if one.covered_objects is None else f", {counted(one.covered_objects, 'affected object')}"
            yield from style.lines(f"{name} covers {counted(len(one.findings), 'finding')}{objects}", indent="    ")
        if one.no_longer_needed:
            shown = one.no_longer_needed if style.options.verbose else one.no_longer_needed[:_NAMED]
            more = len(one.no_longer_needed) - len(shown)
            names = ", ".join((*shown, *((f"{more:,} more",) if more else ())))
            yield from style.lines(f"{name} is no longer needed for {names}", indent="    ")
