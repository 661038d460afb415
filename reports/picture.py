"""The picture: how far back each log source can be looked at, drawn against what a standard asks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import zip_longest

from compliance.assessment.assessment import RecordingState, RequirementEntry, SourceEntry, StandardEntry
from compliance.assessment.verdict import Status
from reports.style import Style
from reports.text import width_of, wrap

_RIGHT = 38
_FIGURES = 16
"""Columns for `? indeterminate 1095 days of 30 months`, and where its figures begin."""
_NO_LIMIT = "no limit"


def picture(standard: StandardEntry, sources: Sequence[SourceEntry], today: date, style: Style) -> Iterator[str]:
    """Yield the lines of the rows of one standard's log sources, below an axis that begins today.

    The sources of one service stand together below its name; a store that is another is named with its source.
    """
    left = style.width - _RIGHT - 1
    scale = _Scale(standard, sources, left - 2)
    for line in scale.labels():
        yield f"  {style.clean(line)}"
    origin: str | None = None
    for source in sources:
        if source.origin != origin:
            origin = source.origin
            yield from ("", style.strong(style.clean(f"{origin}:", style.width)))
        column = [*wrap(style.clean(source.title), left, style.ellipsis)]
        if source.store != source.origin:
            column += [f"  {line}" for line in wrap(style.clean(f"in {source.store}"), left - 2, style.ellipsis)]
        column += [f"  {line}" for line in wrap(_bar_or_words(source, scale, style), left - 2, style.ellipsis)]
        for one, other in zip_longest(column, _figures(source, standard, today, style), fillvalue=""):
            yield f"{one}{' ' * (left + 1 - width_of(one))}{other}".rstrip()


def legend(style: Style) -> list[str]:
    """Return what the signs of the bars mean."""
    signs = style.bar
    return style.lines(
        f"{signs.in_force} configured, and long enough in force to exist today (not proven: no record was read);"
        f" {signs.configured} configured, but too recent to be full, or not known since when; {signs.cold} retrievable"
        f" only; {signs.missing} not kept; {signs.required} asked for. Of the unified audit log the class of actor that"
        " is kept shortest counts, of other logs the store that keeps them longest."
    )


class _Scale:
    """Turns days into cells, up to the longest period asked for; no bar that is too short touches its mark."""

    def __init__(self, standard: StandardEntry, sources: Sequence[SourceEntry], room: int) -> None:
        required = {need.least_days: need.period for need in (standard.hot, standard.total) if need is not None}
        shown = [days for one in sources for days in (one.hot_days, one.total_days) if days is not None]
        self.days: int = max([1, *required, *(() if required else shown)])
        self.cells = room - len(required)
        self.periods = dict(sorted(required.items()))
        self.marks: dict[int, int] = {}
        """The cell before which each required number of days is marked, two cells apart at least."""
        last = -1
        for index, need in enumerate(self.periods):
            most = self.cells - 2 * (len(self.periods) - 1 - index)
            last = min(max(need * self.cells // self.days, last + 2), most)
            self.marks[need] = last

    def cell(self, days: int) -> int:
        """Return how many cells some days fill: as far as the mark of what they meet, and short of the others."""
        filled = min(self.cells, days * self.cells // self.days)
        met = [mark for need, mark in self.marks.items() if days >= need]
        unmet = [mark - 1 for need, mark in self.marks.items() if days < need]
        return min([max([filled, *met]), *unmet])

    def marked(self, cells: str, sign: str) -> str:
        """Return the cells with the marks set between them."""
        for index, mark in enumerate(self.marks.values()):
            cells = f"{cells[: mark + index]}{sign}{cells[mark + index :]}"
        return cells

    def labels(self) -> Iterator[str]:
        """Yield the line of the axis, each requirement's period ending at its mark."""
        line = "today"
        for index, (need, period) in enumerate(self.periods.items()):
            end = self.marks[need] + index + 1
            if end - len(period) > len(line):
                line = line.ljust(end - len(period)) + period
        yield line


def _bar_or_words(source: SourceEntry, scale: _Scale, style: Style) -> str:
    if source.recorded is not RecordingState.RECORDED:
        state = source.recorded.value.replace("_", " ")
        return style.clean(state if source.not_recorded_why is None else f"{state}: {source.not_recorded_why}")
    hot = scale.days if source.hot_text == _NO_LIMIT else source.hot_days
    total = scale.days if source.total_text == _NO_LIMIT else source.total_days
    if hot is None or total is None:
        return "not known how long it is kept"
    exists = scale.cell(min(source.at_most_today_days, hot)) if source.at_most_today_days is not None else 0
    searchable, kept = scale.cell(hot), scale.cell(max(hot, total))
    signs = style.bar
    drawn = signs.in_force * exists + signs.configured * (searchable - exists) + signs.cold * (kept - searchable)
    return scale.marked(drawn.ljust(scale.cells, signs.missing), signs.required)


def _figures(source: SourceEntry, standard: StandardEntry, today: date, style: Style) -> Iterator[str]:
    for need, status, text in (
        (standard.hot, source.hot_status, source.hot_text),
        (standard.total, source.total_status, source.total_text),
    ):
        if need is not None:
            shown = style.status(status)
            first, *rest = wrap(style.clean(_of(text, need)), _RIGHT - _FIGURES, style.ellipsis)
            yield f"{shown}{' ' * (_FIGURES - width_of(shown))}{first}"
            yield from (" " * _FIGURES + line for line in rest)
    if source.recorded is RecordingState.RECORDED and source.full_on is not None and source.full_on > today:
        yield f"full on {source.full_on.isoformat()} at the earliest"
    if _met_elsewhere(source, standard):
        yield from wrap("met by a declared store: see the findings", _RIGHT, style.ellipsis)


def _of(text: str, need: RequirementEntry) -> str:
    if not text[:1].isdigit():
        return text
    number, _, unit = text.partition(" ")
    asked_number, _, asked_unit = need.period.partition(" ")
    same_unit = unit and unit.rstrip("s") == asked_unit.rstrip("s")
    return f"{number} of {asked_number} {asked_unit}" if same_unit else f"{text} of {need.period}"


def _met_elsewhere(source: SourceEntry, standard: StandardEntry) -> bool:
    return any(
        need is not None and status is Status.PASS and days is not None and days < need.least_days
        for need, status, days in (
            (standard.hot, source.hot_status, source.hot_days),
            (standard.total, source.total_status, source.total_days),
        )
    )
