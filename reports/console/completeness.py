"""What an answer rests on: its scope, how completely the tenant was read; and levels, unclaimed."""

from __future__ import annotations

from collections.abc import Iterator

from compliance.assessment.assessment import Assessment, LevelEntry
from reports.console.style import Style
from reports.terms import left_out_by_settings, who_counts
from reports.words import in_words

_DATE = 12


def scope(assessment: Assessment, style: Style) -> Iterator[str]:
    """Yield what was judged, what was left out and why, and which checks lie outside the selection."""
    yield from style.heading("Scope, and what was left out")
    for line in assessment.left_out or left_out_by_settings(assessment):
        yield from style.lines(line, indent="    ", first="  Left out: ")
    yield from style.lines(f"{who_counts(assessment).capitalize()}.", indent="  ")
    for note in assessment.notes:
        yield from style.lines(note, indent="  ")
    if assessment.complete:
        yield "  Complete: every check was assessed."
        return
    yield "  Not complete: outside the selection, and so not assessed, are"
    for check in assessment.not_assessed:
        yield from style.lines(check, indent="      ", first="    ")


def completeness(assessment: Assessment, style: Style) -> Iterator[str]:
    """Yield the table of datasets: what was read, how much of it, when; and what went wrong with the others."""
    yield from style.heading("Completeness of what was read")
    rows = [
        [
            style.clean(row.name),
            in_words(row.state.value),
            _number(row.rows),
            _number(row.expected_rows),
            "-" if row.read_at is None else f"{row.read_at:%Y-%m-%d}",
        ]
        for row in assessment.datasets
    ]
    if rows:
        yield from style.table(["Dataset", "State", "Rows", "Expected", "Read on"], rows, flexible=0)
    for row in assessment.datasets:
        if row.reason is not None:
            yield from style.lines(f"{row.name}: {row.reason}", indent="    ", first="  ")
    by_others = [row for row in assessment.datasets if row.origin is not None and row.origin.value != "collected"]
    for row in by_others:
        who = "exported by an administrator" if row.origin == "exported" else "attested, not read"
        yield from style.lines(f"{row.name}: {who}", indent="    ", first="  ")
    if style.options.verbose:
        for row in assessment.datasets:
            when = "" if row.read_at is None else f", read at {row.read_at:%Y-%m-%d %H:%M:%S} UTC"
            yield from style.lines(f"{row.name}: {row.request}{when}", indent="    ", first="  ")


def levels(assessment: Assessment, style: Style) -> Iterator[str]:
    """Yield the maturity levels by their retention figures alone; no level is ever claimed."""
    if not assessment.levels:
        return
    yield from style.heading("Maturity levels: retention figures alone, no level is claimed")
    rows = [_level_row(level, style) for level in assessment.levels]
    yield from style.table(["Level", "Hot", "Total", "Due", "Retention figures"], rows, flexible=0, indent=2)
    for level in assessment.levels:
        if level.not_assessed:
            conditions = " ".join(level.not_assessed)
            yield from style.lines(f"{level.id}, not assessed: {conditions}", indent="    ", first="  ")


def _level_row(level: LevelEntry, style: Style) -> list[str]:
    return [
        style.clean(f"{level.standard} {level.id} {level.title}"),
        style.clean(level.hot or "-", _DATE),
        style.clean(level.total or "-", _DATE),
        style.clean(level.due or "-", _DATE),
        style.status(level.retention),
    ]


def _number(number: int | None) -> str:
    return "-" if number is None else f"{number:,}"
