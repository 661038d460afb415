"""How far back one can look: a row per log source with its bar, the same as figures, and standards side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from compliance.assessment.assessment import Assessment, SourceEntry, StandardEntry, StoreEntry
from reports.grouping import WORST_FIRST
from reports.html.bars import Scale, axis, bar, legend
from reports.html.markup import Content, Markup, el, joined, said
from reports.html.pieces import NOT_KNOWN, folded, scrolling, section, status_mark, table
from reports.look_back import asked, beside_the_bar, grouped, notes_on, periods

_NOT_ASKED = "not asked"
_STORES = 20


def pictures(assessment: Assessment, standards: Sequence[StandardEntry]) -> Markup:
    """Return the picture of the first standard, the others beside it, and all of it as figures."""
    records = any(source.proven_days is not None for source in assessment.sources)
    first = standards[:1]
    return section(
        "picture",
        "How far back one can look",
        *(picture(assessment, standard) for standard in first),
        el("p", "Of the unified audit log the class of actor that is kept shortest counts; of other logs the store that"
           " keeps them longest.", cls="quiet"),
        legend(records=records),
        el("p", joined(map(status_mark, WORST_FIRST), "   "), cls="aside"),
        *(_figures(assessment, standard) for standard in first),
        _side_by_side(assessment, standards) if len(standards) > 1 else None,
        *(
            folded(f"The picture of {standard.id}", picture(assessment, standard), _figures(assessment, standard))
            for standard in standards[1:]
        ),
        _every_store(assessment),
        _notes(assessment),
    )  # fmt: skip


def picture(assessment: Assessment, standard: StandardEntry) -> Markup:
    """Return one standard's log sources, those of one service in one store together, each with its bar."""
    sources = _of(assessment, standard)
    needs = ", ".join(f"{need.period} {need.word}" for need in periods(standard))
    if not sources:
        return el("p", f"{standard.id}: no log source is required, or the scope leaves everybody out.")
    scale = Scale(standard, sources)
    columns = [
        el("th", "Log source", scope="col"),
        el("th", el("span", "From now back", cls="unseen"), axis(scale), scope="col", cls="bars"),
        *(el("th", f"of {need.period}", el("span", f" {need.word}", cls="unseen"), scope="col", cls="figure")
          for need in periods(standard)),
    ]  # fmt: skip
    bodies = [
        el(
            "tbody",
            el("tr", el("th", said(heading), scope="rowgroup", colspan=len(columns), cls="group")),
            *(_row(source, standard, scale, assessment.as_of.date()) for source in rows),
        )
        for heading, rows in grouped(sources)
    ]
    caption = el("caption", f"{standard.id}: {needs}" if needs else standard.id)
    return el("table", caption, el("thead", el("tr", *columns)), *bodies, cls="picture")


def _row(source: SourceEntry, standard: StandardEntry, scale: Scale, today: date) -> Markup:
    details = [el("span", told, cls="detail") for told in beside_the_bar(source, standard, today)]
    cells = [
        el("td", status_mark(status, text), el("span", f", {status.value}", cls="unseen"), cls="figure")
        for _, status, text in asked(source, standard)
    ]
    return el(
        "tr", el("th", said(source.title), *details, scope="row"), el("td", bar(source, scale), cls="bars"), *cells
    )


def _figures(assessment: Assessment, standard: StandardEntry) -> Markup | None:
    sources = _of(assessment, standard)
    if not sources:
        return None
    caption = f"The log sources of {standard.id} as figures"
    headers = (
        *("Log source", "Searchable, and of it today", "In all, and of it today", "Oldest record seen"),
        *("In force since", "Full on, in all on", "Kept longest in, and decided by"),
    )
    return folded(
        f"The same as figures, with what decides each ({standard.id})",
        scrolling(caption, table(caption, headers, map(_figure_row, sources), cls="figures")),
    )


def _figure_row(source: SourceEntry) -> Sequence[Content]:
    return (
        source.title,
        joined((status_mark(source.hot_status), f"{source.hot_text}; {_days(source.at_most_today_days)}"), " "),
        joined(
            (status_mark(source.total_status), f"{source.total_text}; {_days(source.total_at_most_today_days)}"), " "
        ),
        "none was read" if source.proven_days is None else _days(source.proven_days),
        _date(source.in_force_since),
        f"{_date(source.full_on)}, {_date(source.total_full_on)}",
        joined(
            (
                f"{source.store}{', by declaration' if source.declared else ''}",
                *(el("span", one, cls="detail") for one in (source.not_recorded_why, source.witness) if one),
            )
        ),
    )


def _every_store(assessment: Assessment) -> Markup | None:
    """Return every store that holds each log source, or may: they are the same under every standard."""
    titles = {source.id: source.title for source in reversed(assessment.sources)}
    stores: dict[str, dict[StoreEntry, None]] = {}
    for source in assessment.sources:
        stores.setdefault(source.id, {}).update(dict.fromkeys(source.stores))
    rows = [
        (titles[source], one.name, one.hot or NOT_KNOWN, one.total or NOT_KNOWN, _date(one.since), joined(_why(one)))
        for source, of_source in stores.items()
        for one in list(of_source)[:_STORES]
    ]
    if not rows:
        return None
    caption = "Every store that holds a log source, or may"
    headers = ("Log source", "Store", "Searchable", "In all", "Since", "Because")
    left = sum(max(0, len(of_source) - _STORES) for of_source in stores.values())
    return folded(
        caption,
        scrolling(caption, table(caption, headers, rows)),
        el("p", f"{left:,} more in assessment.json.") if left else None,
    )


def _why(store: StoreEntry) -> Iterator[Content]:
    yield store.because
    if store.doubt is not None:
        yield el("span", f"perhaps not: {store.doubt}", cls="detail")


def _side_by_side(assessment: Assessment, standards: Sequence[StandardEntry]) -> Markup:
    """Return one table of all standards: a cell holds how long a source can be searched, and how long it exists."""
    rows = {(source.id, source.standard): source for source in assessment.sources}
    named = {source.id: source for source in reversed(assessment.sources)}
    caption = "The standards side by side: searchable / in all"
    headers = [
        "Log source",
        *(f"{one.id}: {' / '.join(need.period for need in periods(one)) or 'no number'}" for one in standards),
    ]
    body = [
        [named[source].title, *(_cell(rows.get((source, standard.id)), standard) for standard in standards)]
        for source in dict.fromkeys(one.id for one in assessment.sources)
    ]
    return folded("The standards side by side", scrolling(caption, table(caption, headers, body)))


def _cell(source: SourceEntry | None, standard: StandardEntry) -> Content:
    if source is None:
        return _NOT_ASKED
    return joined((status_mark(status, text) for _, status, text in asked(source, standard)), " / ")


def _notes(assessment: Assessment) -> Markup | None:
    """Return each note on log sources once, with the names of those that it is about."""
    noted = notes_on(assessment.sources)
    if not noted:
        return None
    return joined(el("p", f"{note}: {', '.join(titles)}.", cls="quiet") for note, titles in noted.items())


def _of(assessment: Assessment, standard: StandardEntry) -> list[SourceEntry]:
    return [source for source in assessment.sources if source.standard == standard.id]


def _days(days: int | None) -> str:
    return NOT_KNOWN if days is None else f"{days:,} days"


def _date(day: date | None) -> str:
    return NOT_KNOWN if day is None else day.isoformat()
