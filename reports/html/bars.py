"""The bars of the picture as SVG: days on an axis that begins today, told apart by pattern as well as by colour."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from compliance.assessment.assessment import RecordingState, SourceEntry, StandardEntry
from reports.html.markup import Markup, el, joined
from reports.look_back import periods
from reports.words import in_words

NO_LIMIT = "no limit"
_HEIGHT = 20
_TOP, _THICK = 3, 14
_COLD_TOP, _COLD_THICK = 12, 5
_SHORT_OF_A_MARK = 1.0
"""Percents of the axis that a bar ends before the mark of a period which it does not meet, at least."""


class Scale:
    """Turns days into percents of the axis, which ends a little after the longest period asked for."""

    def __init__(self, standard: StandardEntry, sources: Sequence[SourceEntry]) -> None:
        needs = {need.least_days: need.period for need in periods(standard)}
        shown = [days for one in sources for days in (one.hot_days, one.total_days) if days is not None]
        self.days = float(max([1, *needs, *(() if needs else shown)])) * 1.04
        self.marks = {days: (100 * days / self.days, period) for days, period in sorted(needs.items())}
        """The percent at which each required number of days is marked, and the words of its period."""

    def percent(self, days: int) -> float:
        """Return where some days end: never past the mark of a period that they do not meet, nor up to it."""
        unmet = [at - _SHORT_OF_A_MARK for need, (at, _) in self.marks.items() if days < need]
        return max(0.0, min(100.0, 100 * days / self.days, *unmet))


def axis(scale: Scale) -> Markup:
    """Return the head of the bars: now, and the periods that are asked for."""
    labels = [el("text", "now", x=0, y=13)]
    free = 12.0
    for at, period in scale.marks.values():
        if at - 14 > free - 12:
            labels.append(el("text", period, x=_at(at), y=13, text_anchor="end", dx=-3))
            free = at
    return el("svg", *labels, *_marks(scale), cls="axis", width="100%", height=_HEIGHT, aria_hidden="true")


def bar(source: SourceEntry, scale: Scale) -> Markup:
    """Return how far back a log source can be looked at as a bar, or the words where there is none to draw."""
    if source.recorded is not RecordingState.RECORDED:
        return el("span", in_words(source.recorded), cls="no-bar")
    hot = _days(source.hot_text, source.hot_days, scale)
    total = _days(source.total_text, source.total_days, scale)
    if hot is None or total is None:
        return el("span", "not known", cls="no-bar")
    pieces = joined(_piece(kind, start, end) for kind, start, end in stretches(source, hot, total, scale))
    missing = el("line", x1="0", x2="100%", y1=_HEIGHT // 2, y2=_HEIGHT // 2, cls="missing")
    return el(
        "svg", missing, pieces, *_marks(scale), cls="bar", width="100%", height=_HEIGHT, role="img",
        aria_label=described(source),
    )  # fmt: skip


def stretches(source: SourceEntry, hot: int, total: int, scale: Scale) -> Iterator[tuple[str, float, float]]:
    """Yield the stretches of a bar: what they say, and the percents between which they lie."""
    ends = (
        ("proven", 0 if source.proven_days is None else min(source.proven_days, max(hot, total))),
        ("in-force", 0 if source.at_most_today_days is None else min(source.at_most_today_days, hot)),
        ("configured", hot),
        ("cold", 0 if source.total_at_most_today_days is None else min(source.total_at_most_today_days, total)),
        ("cold-configured", max(hot, total)),
    )
    start = 0.0
    for kind, days in ends:
        end = scale.percent(days)
        if end > start:
            yield kind, start, end
            start = end


def described(source: SourceEntry) -> str:
    """Return what a bar shows, for those who do not see it."""
    today = "not known since when" if source.at_most_today_days is None else f"{source.at_most_today_days:,} days today"
    proven = "none read" if source.proven_days is None else f"{source.proven_days:,} days old"
    return (
        f"configured: searchable {source.hot_text}, in all {source.total_text}; in force: {today};"
        f" oldest record seen: {proven}"
    )


def legend(*, records: bool) -> Markup:
    """Return what the patterns mean; `records`: some record was read."""
    unproven = "" if records else " (not proven: no record was read)"
    entries = [
        ("in-force", f"configured, and long enough in force to exist today{unproven}"),
        ("configured", "configured, but too recent to be full, or not known since when"),
        ("cold", "retrievable only"),
        ("cold-configured", "retrievable only, too recent or not known since when"),
    ]
    if records:
        entries.insert(0, ("proven", "proven: records as old were seen"))
    keys = [el("li", _swatch(kind), meaning) for kind, meaning in entries]
    required = el(
        "svg", el("line", x1=9, x2=9, y1=0, y2=_HEIGHT, cls="mark"), width=18, height=_HEIGHT, aria_hidden="true"
    )
    missing = el(
        "svg", el("line", x1=0, x2=18, y1=10, y2=10, cls="missing"), width=18, height=_HEIGHT, aria_hidden="true"
    )
    return el("ul", *keys, el("li", missing, "not kept"), el("li", required, "asked for"), cls="legend")


def patterns() -> Markup:
    """Return the patterns, once on a page."""
    hatch = el("path", d="M-1,1 l2,-2 M0,6 l6,-6 M5,7 l2,-2", cls="stroke")
    dots = joined(
        (el("circle", cx="1.5", cy="1.5", r="0.9", cls="dot"), el("circle", cx="4.5", cy="4.5", r="0.9", cls="dot"))
    )
    made = [
        _pattern("in-force", el("rect", width=6, height=6, cls="middle"), hatch),
        _pattern("configured", el("rect", width=6, height=6, cls="faint"), dots),
        _pattern("cold-configured", el("rect", width=6, height=6, cls="faint"), dots),
    ]
    return el("svg", el("defs", *made), cls="patterns", width=0, height=0, aria_hidden="true")


def _pattern(kind: str, *drawn: Markup) -> Markup:
    return el("pattern", *drawn, id=f"pattern-{kind}", width=6, height=6, patternUnits="userSpaceOnUse")


def _piece(kind: str, start: float, end: float) -> Markup:
    top, thick = (_COLD_TOP, _COLD_THICK) if kind.startswith("cold") else (_TOP, _THICK)
    return el("rect", x=_at(start), width=_at(end - start), y=top, height=thick, cls=f"piece {kind}")


def _swatch(kind: str) -> Markup:
    top, thick = (_COLD_TOP, _COLD_THICK) if kind.startswith("cold") else (_TOP, _THICK)
    drawn = el("rect", x=0, width=18, y=top, height=thick, cls=f"piece {kind}")
    return el("svg", drawn, width=18, height=_HEIGHT, aria_hidden="true")


def _marks(scale: Scale) -> list[Markup]:
    return [el("line", x1=_at(at), x2=_at(at), y1=0, y2=_HEIGHT, cls="mark") for at, _ in scale.marks.values()]


def _days(text: str, days: int | None, scale: Scale) -> int | None:
    return int(scale.days) + 1 if text == NO_LIMIT else days


def _at(percent: float) -> str:
    return f"{percent:.2f}%"
