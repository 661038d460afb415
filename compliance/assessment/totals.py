"""The numbers of an assessment, and the sentence that sums it up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from compliance.assessment.assessment import Finding, SourceEntry, Totals
from compliance.assessment.verdict import Status
from compliance.standards import Requirement, Standard


def totals_of(
    findings: Sequence[Finding], sources: Sequence[SourceEntry], standards: Sequence[Standard]
) -> Iterator[Totals]:
    """Yield the totals under each standard; findings that refer to no standard count under every one."""
    for standard in standards:
        counted = under(findings, standard.id)
        statuses = [finding.status for finding in counted]
        yield Totals(
            standard=standard.id,
            passed=statuses.count(Status.PASS),
            failed=statuses.count(Status.FAIL),
            indeterminate=statuses.count(Status.INDETERMINATE),
            not_applicable=statuses.count(Status.NOT_APPLICABLE),
            waived=sum(finding.wholly_waived for finding in counted),
            waived_in_part=sum(bool(finding.waivers) and not finding.wholly_waived for finding in counted),
            sentence=_sentence(standard, [source for source in sources if source.standard == standard.id]),
        )


def under(findings: Sequence[Finding], standard_id: str) -> list[Finding]:
    """Return the findings that count under a standard: its own, and those that refer to none."""
    return [finding for finding in findings if finding.standard in (None, standard_id)]


def _sentence(standard: Standard, sources: Sequence[SourceEntry]) -> str:
    declared = sum(source.declared for source in sources)
    clauses = [
        f"{statuses.count(Status.PASS)} of {_required(standard, statuses)} required log sources meet the {word} period"
        f" of {standard.id} ({requirement.duration.text}){_open(statuses)}"
        for requirement, word, statuses in _asked(standard, sources)
    ]
    by_word = f" {declared} of these by declaration alone." if declared else ""
    return f"{'; '.join(clauses)}.{by_word}"


def _required(standard: Standard, statuses: Sequence[Status]) -> int:
    """Return how many sources are asked for: not those that the tenant surely cannot have."""
    return len(standard.sources) - statuses.count(Status.NOT_APPLICABLE)


def _open(statuses: Sequence[Status]) -> str:
    count = statuses.count(Status.INDETERMINATE)
    return f", {count} could not be determined" if count else ""


def _asked(standard: Standard, sources: Sequence[SourceEntry]) -> Iterator[tuple[Requirement, str, list[Status]]]:
    if standard.hot is not None:
        yield standard.hot, standard.words.hot, [source.hot_status for source in sources]
    if standard.total is not None:
        yield standard.total, standard.words.total, [source.total_status for source in sources]
