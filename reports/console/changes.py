"""What changed since an earlier assessment, and the days of a period without evidence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from itertools import chain

from compliance.assessment.assessment import Assessment
from compliance.assessment.changes import ChangeEntry, ComparisonEntry, Direction, FindingState
from compliance.assessment.period import days_without_evidence
from compliance.assessment.verdict import OPEN, Status
from compliance.assessment.words import counted
from reports.console.style import Style
from reports.options import Options
from reports.words import STATUS_WORDS

_CONDITION = 240
_REASON = 600
_HEADINGS = {
    Direction.WORSE: "Worse",
    Direction.UNCLEAR: "Unclear: nothing tells whether for the worse",
    Direction.BETTER: "Better",
    Direction.NEITHER: "Otherwise, neither worse nor better",
}


def comparison_text(assessment: Assessment, since: ComparisonEntry, options: Options) -> str:
    """Return a comparison as a document of its own: whose, from when to when, and every change."""
    style = Style(options)
    tenant = assessment.tenant
    head = [
        style.strong("lookback: what changed between two assessments, and why"),
        "",
        *style.labelled("Tenant", style.clean(tenant.name or "name unread"), indent=0, column=10),
        *style.labelled("", style.clean(tenant.id), indent=0, column=10),
        *style.labelled("From", _moment(since.previous_as_of, since.previous_tool_version), indent=0, column=10),
        *style.labelled("To", _moment(assessment.as_of, assessment.tool.version), indent=0, column=10),
        "",
    ]
    if assessment.simulated:
        head[1:1] = ["", style.banner("SIMULATED TENANT: this says nothing of a real one")]
    return "".join(f"{line}\n" for line in chain(head, _changes(since, style)))


def _moment(moment: dt.datetime, version: str) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC, judged by lookback {version}"


def changes(assessment: Assessment, style: Style) -> Iterator[str]:
    """Yield what changed since the assessment before; nothing where none was given."""
    since = assessment.since
    if since is None:
        return
    yield from style.heading(f"What changed since {since.previous_as_of:%Y-%m-%d}")
    states = [finding.state for finding in assessment.findings if finding.state is not None]
    if states:
        told = ", ".join(f"{states.count(state):,} {state.value}" for state in FindingState if state in states)
        yield from style.lines(f"Findings that ask for something, or did: {told}.", indent="  ")
    yield from _changes(since, style)


def _changes(since: ComparisonEntry, style: Style) -> Iterator[str]:
    counts = [sum(change.direction is one for change in since.changes) for one in _HEADINGS]
    yield from style.lines(
        f"{counts[0]:,} worse, {counts[1]:,} unclear, {counts[2]:,} better, {counts[3]:,} otherwise,"
        f" {since.unchanged:,} unchanged.",
        indent="  ",
    )
    for direction, heading in _HEADINGS.items():
        told = [change for change in since.changes if change.direction is direction]
        if told:
            yield ""
            yield style.strong(f"  {heading}")
        for change in told:
            yield from _change(change, style)


def _change(change: ChangeEntry, style: Style) -> Iterator[str]:
    under = "" if change.standard is None else f" {change.standard}"
    yield from style.lines(
        f"{change.check}{under}: {_transition(change)}. {change.title}", indent="      ", first="    "
    )
    if change.condition is not None and change.condition != change.was_condition:
        yield from style.lines(style.clean(change.condition, _CONDITION), indent="      ")
    if objects := _objects(change):
        yield from style.lines(objects, indent="      ")
    for reason in change.reasons:
        words = f"{reason.kind.value.replace('_', ' ')}: {style.clean(reason.text, _REASON)}"
        yield from style.lines(words, indent="        ", first="      why: ")
    if not change.reasons:
        yield "      why: neither assessment tells"


def gate_lines(since: ComparisonEntry, worse: Sequence[ChangeEntry]) -> Iterator[str]:
    """Yield what a gate on regressions counts, where the reports compare with another result; nobody is named."""
    moment = _moment(since.previous_as_of, since.previous_tool_version)
    told = counted(len(worse), "control")
    yield f"lookback: the exit code counts what got worse, or is open and unclear, since {moment} (--against): {told}"
    for change in worse:
        under = "" if change.standard is None else f" {change.standard}"
        yield f"  {change.check}{under}: {_transition(change)}"


def _transition(change: ChangeEntry) -> str:
    was, now = _word(change.was, change.was_left_open), _word(change.now, change.now_left_open)
    return f"still {now}" if was == now else f"{was} -> {now}"


def _word(status: Status | None, left_open: Status | None) -> str:
    if status is None or left_open is None:
        return "not assessed"
    waived = "" if left_open is status else " (waived in part)" if left_open in OPEN else " (waived)"
    return f"{STATUS_WORDS[status]}{waived}"


def _objects(change: ChangeEntry) -> str:
    told = (
        f"{counted(change.objects_new, 'affected object')} more" if change.objects_new else "",
        f"{counted(change.objects_gone, 'affected object')} no longer" if change.objects_gone else "",
        f"{counted(change.objects_otherwise, 'affected object')} for another reason"
        if change.objects_otherwise
        else "",
    )
    return ", ".join(filter(None, told))


def period(assessment: Assessment, style: Style) -> Iterator[str]:
    """Yield the period that the report is to cover, and the days of it on which nothing was read."""
    asked = assessment.period
    if asked is None:
        return
    yield from style.heading(f"Evidence over the period {style.clean(asked.text)}")
    gaps = days_without_evidence(asked, (point.evidence_days for point in style.options.history))
    days = (asked.last - asked.first).days + 1
    without = sum((last - first).days + 1 for first, last in gaps)
    earlier = counted(len(style.options.history), "earlier assessment")
    beside = f" and of {earlier}" if style.options.history else ""
    yield from style.lines(
        f"{asked.first} to {asked.last}: evidence of this bundle{beside} is from {counted(days - without, 'day')} of"
        f" {days:,}. What held on the other days is not shown by any reading.",
        indent="  ",
    )
    ahead = (asked.last - max(assessment.as_of.date(), asked.first - dt.timedelta(days=1))).days
    if ahead > 0:
        told = "1 of these days is" if ahead == 1 else f"{ahead:,} of these days are"
        yield from style.lines(f"{told} still to come.", indent="  ")
    if gaps:
        stretches = ", ".join(f"{first}" if first == last else f"{first} to {last}" for first, last in gaps)
        yield from style.lines(stretches, indent="    ", first="  Days without evidence: ")
