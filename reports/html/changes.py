"""What changed since the assessment before, and the trend over several."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from compliance.assessment.assessment import Assessment, StandardEntry, Totals
from compliance.assessment.changes import ChangeEntry, Direction
from compliance.assessment.history import HistoryPoint
from compliance.assessment.verdict import Status
from compliance.assessment.words import counted
from reports.html.markup import Content, Markup, el, joined
from reports.html.pieces import anchor, labelled, link, listed, moment, scrolling, section, status_mark, table
from reports.words import in_words

_HEADINGS = {
    Direction.WORSE: "For the worse",
    Direction.UNCLEAR: "Unclear whether for the worse",
    Direction.BETTER: "For the better",
    Direction.NEITHER: "Neither better nor worse",
}
_POINTS = 24
_HEIGHT = 14


def changed(assessment: Assessment) -> Markup:
    """Return the section on what changed since the assessment before, the worse first."""
    since = assessment.since
    if since is None:
        return section(
            "changed", "What changed", el("p", "No earlier assessment was given to compare with (--previous).")
        )
    told = (
        f"Since {moment(since.previous_as_of)} (judged by version {since.previous_tool_version}):"
        f" {counted(len(since.changes), 'control')} changed, {since.unchanged:,} did not."
    )
    here = {finding.check for finding in assessment.findings}
    parts: list[Content] = [el("p", told), el("p", "Bundle before: ", el("code", since.previous_bundle_sha256))]
    for direction, heading in _HEADINGS.items():
        changes = [change for change in since.changes if change.direction is direction]
        if changes:
            parts.append(el("h3", heading))
            parts.extend(_change(change, here) for change in changes)
    return section("changed", "What changed", *parts)


def _change(change: ChangeEntry, here: set[str]) -> Markup:
    under = "" if change.standard is None else f" ({change.standard})"
    name: Content = link(anchor("control", change.check), change.check) if change.check in here else change.check
    was_and_is = joined((_status(change.was), " → ", el("span", "then ", cls="unseen"), _status(change.now)))
    return el(
        "article",
        el("h4", name, under, " ", change.title),
        labelled(
            (
                ("Status", was_and_is),
                ("Not waived", _left_open(change)),
                ("Was", change.was_condition),
                ("Is", change.condition),
                ("Objects", ", ".join(_objects(change))),
                ("Why", _why(change)),
            )
        ),
        cls="finding",
    )


def _why(change: ChangeEntry) -> Content:
    reasons = listed((f"{in_words(one.kind.value)}: {one.text}" for one in change.reasons), cls="plain")
    return reasons or "neither assessment tells"


def _status(status: Status | None) -> Content:
    return "not assessed" if status is None else status_mark(status)


def _left_open(change: ChangeEntry) -> Content:
    """Return what no waiver covers, then and now, where that differs from the status."""
    if (change.was_left_open, change.now_left_open) == (change.was, change.now):
        return None
    was, now = (
        "nothing" if one is Status.NOT_APPLICABLE else _status(one)
        for one in (change.was_left_open, change.now_left_open)
    )
    return joined((was, " → ", el("span", "then ", cls="unseen"), now))


def _objects(change: ChangeEntry) -> Iterator[str]:
    if change.objects_new is not None:
        yield f"{change.objects_new:,} newly affected"
    if change.objects_gone is not None:
        yield f"{change.objects_gone:,} no longer affected"


def trend(assessment: Assessment, standards: Sequence[StandardEntry], history: Sequence[HistoryPoint]) -> Markup | None:
    """Return how many controls had each status over time, under each standard; None without a history."""
    if not history:
        return None
    points = [
        (
            f"{one.as_of:%Y-%m-%d}{_marks(complete=one.complete, simulated=one.simulated, redacted=one.redacted)}",
            one.tool_version,
            one.totals,
        )
        for one in history[-_POINTS:]
    ]
    here = _marks(complete=assessment.complete, simulated=assessment.simulated, redacted=_is_redacted(assessment))
    points.append((f"{assessment.as_of:%Y-%m-%d}, this one{here}", assessment.tool.version, assessment.totals))
    left = len(history) - _POINTS
    return section(
        "trend",
        "Trend",
        *(_table(standard, points) for standard in standards),
        el("p", f"{left:,} earlier ones are not shown.") if left > 0 else None,
    )


def _marks(*, complete: bool, simulated: bool, redacted: bool) -> str:
    """Return what keeps an assessment from being compared with the others at a glance."""
    marks = (
        "" if complete else "not every control",
        "simulated" if simulated else "",
        "of a redacted copy" if redacted else "",
    )
    return "".join(f", {mark}" for mark in marks if mark)


def _is_redacted(assessment: Assessment) -> bool:
    return assessment.run is not None and assessment.run.derived_from is not None


def _table(standard: StandardEntry, points: Sequence[tuple[str, str, Sequence[Totals]]]) -> Markup:
    caption = f"Controls by status under {standard.id}, the oldest first"
    rows: list[Sequence[Content]] = []
    for day, version, totals in points:
        of_standard = next((one for one in totals if one.standard == standard.id), None)
        if of_standard is None:
            rows.append((day, "not judged by it", "", "", "", "", "", version))
            continue
        counts = _counts(of_standard)
        numbers = [f"{count:,}" for _, count in counts]
        rows.append((day, _bar(counts), *numbers, f"{of_standard.waived:,}", version))
    headers = ("As of", "Share", "Fail", "Indeterminate", "Pass", "Not applicable", "Waived", "Version")
    return scrolling(caption, table(caption, headers, rows, cls="trend", numbers=(2, 3, 4, 5, 6)))


def _counts(totals: Totals) -> list[tuple[Status, int]]:
    return [
        (Status.FAIL, totals.failed),
        (Status.INDETERMINATE, totals.indeterminate),
        (Status.PASS, totals.passed),
        (Status.NOT_APPLICABLE, totals.not_applicable),
    ]


def _bar(counts: Sequence[tuple[Status, int]]) -> Markup:
    """Return the shares of the statuses as a bar, its pieces in the order of the columns beside it."""
    everything = max(1, sum(count for _, count in counts))
    pieces: list[Markup] = []
    start = 0.0
    for status, count in counts:
        width = 100 * count / everything
        pieces.append(
            el("rect", x=f"{start:.2f}%", width=f"{width:.2f}%", y=0, height=_HEIGHT, cls=f"share {status.value}")
        )
        start += width
    return el("svg", *pieces, cls="share", width="100%", height=_HEIGHT, aria_hidden="true")
