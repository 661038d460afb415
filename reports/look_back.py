"""What is told of log sources: how they stand against what is asked, in which order, and what no bar shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from compliance.assessment.assessment import RecordingState, RequirementEntry, SourceEntry, StandardEntry
from compliance.assessment.verdict import Status


def periods(standard: StandardEntry) -> list[RequirementEntry]:
    """Return the periods that a standard asks for: searchable, then in all."""
    return [need for need in (standard.hot, standard.total) if need is not None]


def asked(source: SourceEntry, standard: StandardEntry) -> Iterator[tuple[RequirementEntry, Status, str]]:
    """Yield each period that a standard asks for, whether a source meets it, and how long it is kept in words."""
    for need, status, text in (
        (standard.hot, source.hot_status, source.hot_text),
        (standard.total, source.total_status, source.total_text),
    ):
        if need is not None:
            yield need, status, text


def grouped(sources: Sequence[SourceEntry]) -> Iterator[tuple[str, list[SourceEntry]]]:
    """Yield the sources of each service, those in one store together, below the names of both."""
    for origin in dict.fromkeys(source.origin for source in sources):
        of_origin = [source for source in sources if source.origin == origin]
        for store in dict.fromkeys(source.store for source in of_origin):
            heading = origin if store == origin else f"{origin}, in {store}"
            yield heading, [source for source in of_origin if source.store == store]


def beside_the_bar(source: SourceEntry, standard: StandardEntry, today: date) -> Iterator[str]:
    """Yield what a bar cannot tell: why nothing is written, when it is full, and that a declared store counts."""
    if source.not_recorded_why is not None:
        yield source.not_recorded_why
    if source.recorded is RecordingState.RECORDED and source.full_on is not None and source.full_on > today:
        yield f"full on {source.full_on.isoformat()} at the earliest"
    if _met_elsewhere(source, standard):
        yield "met by a declared store: see the controls"


def _met_elsewhere(source: SourceEntry, standard: StandardEntry) -> bool:
    return any(
        need is not None and status is Status.PASS and days is not None and days < need.least_days
        for need, status, days in (
            (standard.hot, source.hot_status, source.hot_days),
            (standard.total, source.total_status, source.total_days),
        )
    )


def notes_on(sources: Iterable[SourceEntry]) -> Mapping[str, Sequence[str]]:
    """Return the titles of the sources that each note is about, by the note under its standard."""
    noted: dict[str, list[str]] = {}
    for source in sources:
        for note in source.notes:
            noted.setdefault(f"{source.standard}: {note}", []).append(source.title)
    return noted
