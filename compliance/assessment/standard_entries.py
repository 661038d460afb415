"""What a report says of the standards that were asked for."""

from __future__ import annotations

from compliance.assessment.assessment import RequirementEntry, StandardEntry
from compliance.rules.periods import band
from compliance.standards import Force, Requirement, Standard


def standard_entry(standard: Standard) -> StandardEntry:
    """Return what a report says of a standard."""
    words = standard.words
    return StandardEntry(
        id=standard.id,
        title=standard.title,
        url=standard.url,
        status=standard.status.words,
        rescinded=standard.status.force is Force.RESCINDED,
        note=" ".join(part for part in (standard.status.note, *standard.remarks()) if part),
        hot=_requirement_entry(standard.hot, words.hot, own="hot" in standard.own),
        total=_requirement_entry(standard.total, words.total, own="total" in standard.own),
        max_total=_requirement_entry(standard.max_total, f"{words.total}, at most", own=False),
        interpretive=standard.interpretive,
        unverified=standard.unverified,
        lake_counts_as_searchable=standard.lake_counts_as_searchable,
        sha256=standard.sha256,
    )


def _requirement_entry(requirement: Requirement | None, word: str, *, own: bool) -> RequirementEntry | None:
    if requirement is None:
        return None
    least, most = band(requirement.duration)
    return RequirementEntry(
        word=word,
        period=requirement.duration.text,
        least_days=int(least),
        most_days=int(most),
        citation=requirement.citation,
        own=own,
    )
