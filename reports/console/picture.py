"""The picture: how far back each log source can be looked at, drawn against what a standard asks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from compliance.assessment.assessment import RecordingState, SourceEntry, StandardEntry
from compliance.assessment.verdict import Status
from reports.console.figures import CELL, figure
from reports.console.style import Style
from reports.look_back import asked, beside_the_bar, grouped, periods
from reports.text import width_of, wrap
from reports.words import in_words

_TITLE = 30
_NO_LIMIT = "no limit"


def picture(standard: StandardEntry, sources: Sequence[SourceEntry], today: date, style: Style) -> Iterator[str]:
    """Yield the lines of the rows of one standard's log sources, below an axis that begins today.

    The sources of one service that are kept in one store stand together below their names.
    """
    needs = periods(standard)
    room = style.width - _TITLE - 1 - (CELL + 1) * len(needs)
    scale = _Scale(standard, sources, room)
    yield _row("", style.clean(scale.labels(), room), [style.clean(f"of {need.period}", CELL) for need in needs], room)
    for heading, rows in grouped(sources):
        yield from ("", *(style.strong(line) for line in style.lines(f"{heading}:")))
        for source in rows:
            title = wrap(style.clean(source.title), _TITLE, style.ellipsis)
            cells = [figure(status, text, style) for _, status, text in asked(source, standard)]
            yield _row(title[0] if title else "", _bar_or_words(source, scale, room, style), cells, room)
            yield from title[1:]
            yield from _details(source, standard, today, style)


def legend(sources: Sequence[SourceEntry], style: Style) -> list[str]:
    """Return what the signs of the bars mean."""
    signs = style.bar
    records = any(source.proven_days is not None for source in sources)
    proven = f"{signs.proven} proven: records as old were seen; " if records else ""
    unproven = "" if records else " (not proven: no record was read)"
    return style.lines(
        f"{proven}{signs.in_force} configured, and long enough in force to exist today{unproven};"
        f" {signs.configured} configured, but too recent to be full, or not known since when; {signs.cold} retrievable"
        f" only, {signs.cold_configured} likewise, but too recent or not known since when; {signs.missing} not kept;"
        f" {signs.required} asked for. {style.status_signs()}. Of the unified audit log the class of actor that is kept"
        " shortest counts, of other logs the store that keeps them longest."
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

    def labels(self) -> str:
        """Return the line of the axis, each requirement's period ending at its mark where there is room for it."""
        line = "now"
        for index, (need, period) in enumerate(self.periods.items()):
            label = period.replace(" months", " mo").replace(" days", " d")
            end = self.marks[need] + index + 1
            if end - len(label) > len(line):
                line = line.ljust(end - len(label)) + label
        return line


def _row(title: str, bar: str, cells: Sequence[str], room: int) -> str:
    line = f"{_padded(title, _TITLE)} {_padded(bar, room)}"
    return " ".join([line, *(_padded(cell, CELL) for cell in cells)]).rstrip()


def _padded(text: str, width: int) -> str:
    return text + " " * (width - width_of(text))


def _bar_or_words(source: SourceEntry, scale: _Scale, room: int, style: Style) -> str:
    if source.recorded is not RecordingState.RECORDED:
        return style.clean(in_words(source.recorded), room)
    hot = scale.days if source.hot_text == _NO_LIMIT else source.hot_days
    total = scale.days if source.total_text == _NO_LIMIT else source.total_days
    if hot is None or total is None:
        return style.clean("not known", room)
    signs = style.bar
    ends = (
        (signs.proven, 0 if source.proven_days is None else min(source.proven_days, max(hot, total))),
        (signs.in_force, 0 if source.at_most_today_days is None else min(source.at_most_today_days, hot)),
        (signs.configured, hot),
        (signs.cold, 0 if source.total_at_most_today_days is None else min(source.total_at_most_today_days, total)),
        (signs.cold_configured, max(hot, total)),
    )
    drawn = ""
    for sign, days in ends:
        drawn = drawn.ljust(scale.cell(days), sign)
    return scale.marked(drawn.ljust(scale.cells, signs.missing), signs.required)


def _details(source: SourceEntry, standard: StandardEntry, today: date, style: Style) -> Iterator[str]:
    """Yield what a bar cannot tell; the witness where it is asked for, or something is amiss and a line holds it."""
    for text in (*beside_the_bar(source, standard, today), *source.notes):
        yield from style.lines(text, indent="  ")
    if source.witness and (style.options.verbose or source.status is not Status.PASS):
        witness = style.lines(source.witness, indent="  ")
        yield from witness if style.options.verbose or len(witness) == 1 else ()
