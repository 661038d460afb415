"""Several standards side by side: one table, log sources as rows, standards as columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest

from compliance.assessment.assessment import RequirementEntry, SourceEntry, StandardEntry
from reports.console.figures import CELL, figure
from reports.console.style import Style
from reports.text import width_of, wrap

_LEAST_LEFT = 26
"""Columns for the names of log sources, at least: that leaves room for four standards in 80."""
_NOT_ASKED = "not asked"

Rows = Mapping[tuple[str, str], SourceEntry]
"""A row by log source and standard."""


def side_by_side(standards: Sequence[StandardEntry], sources: Sequence[SourceEntry], style: Style) -> Iterator[str]:
    """Yield the table of several standards, in the order given; those that one width cannot hold follow in another.

    A cell holds two lines: how long the source can be searched, and how long it exists, each with its status.
    """
    rows = {(source.id, source.standard): source for source in sources}
    most = (style.width - _LEAST_LEFT) // (CELL + 1)
    tables = -(-len(standards) // most)
    columns = -(-len(standards) // tables)
    for start in range(0, len(standards), columns):
        if start:
            yield ""
        yield from _table(standards[start : start + columns], sources, rows, style)


def _table(
    standards: Sequence[StandardEntry], sources: Sequence[SourceEntry], rows: Rows, style: Style
) -> Iterator[str]:
    left = style.width - len(standards) * (CELL + 1)
    names = [_name(standard, style) for standard in standards]
    for line in _lines([[""] * (max(map(len, names)) - len(name)) + name for name in names], [], left):
        yield style.strong(line)
    yield from _lines([[_period(one.hot), _period(one.total)] for one in standards], ["searchable", "in all"], left)
    yield " ".join("-" * (width - 1) for width in (left, *[CELL + 1] * len(standards)))
    for origin, group in _by_origin(standards, sources).items():
        yield style.strong(style.clean(f"{origin}:", left))
        for source in group:
            cells = [_cell(rows.get((source.id, standard.id)), standard, style) for standard in standards]
            yield from _lines(cells, wrap(style.clean(source.title), left - 3, style.ellipsis), left, indent="  ")


def _by_origin(
    standards: Sequence[StandardEntry], sources: Sequence[SourceEntry]
) -> Mapping[str, Sequence[SourceEntry]]:
    """Return each log source that one of the standards asks for, once, by the service that writes it."""
    asked = {one.id: one for standard in standards for one in reversed(sources) if one.standard == standard.id}
    ordered = [asked[source] for source in dict.fromkeys(one.id for one in sources) if source in asked]
    return {
        origin: [one for one in ordered if one.origin == origin]
        for origin in dict.fromkeys(one.origin for one in ordered)
    }


def _name(standard: StandardEntry, style: Style) -> list[str]:
    """Return a standard's id as lines of a column, broken after a hyphen where it can be."""
    pieces = wrap(style.clean(standard.id).replace("-", "- "), CELL, style.ellipsis)
    decides = ["decides the", "exit code"] if standard.id == style.options.gate else []
    return [*(piece.replace("- ", "-") for piece in pieces), *decides]


def _period(need: RequirementEntry | None) -> str:
    return "-" if need is None else need.period


def _cell(source: SourceEntry | None, standard: StandardEntry, style: Style) -> list[str]:
    if source is None:
        return [_NOT_ASKED]
    hot = "" if standard.hot is None else figure(source.hot_status, source.hot_text, style)
    total = "" if standard.total is None else figure(source.total_status, source.total_text, style)
    return [hot, total]


def _lines(cells: Sequence[Sequence[str]], titles: Sequence[str], left: int, *, indent: str = "") -> Iterator[str]:
    """Yield the lines of a row whose cells, and title, may hold several."""
    for title, *line in zip_longest(titles, *cells, fillvalue=""):
        lead = indent + title if title else ""
        columns = [(lead, left), *((text, CELL + 1) for text in line)]
        yield "".join(text + " " * (width - width_of(text)) for text, width in columns).rstrip()
