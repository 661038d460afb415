"""What a report says of the whole: what was read, what was left out or not assessed, and the facts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from compliance.assessment.assessment import (
    DatasetRow,
    FactEntry,
    Finding,
)
from compliance.assessment.check import Check
from compliance.evidence.bundle import Bundle
from compliance.evidence.datasets import DATASETS, State
from compliance.evidence.evidence import Evidence
from compliance.evidence.unread import Kind
from compliance.rules.facts import FACTS
from compliance.runner.concluding import asked_under
from compliance.standards import Standard


def dataset_rows(evidence: Evidence) -> Iterable[DatasetRow]:
    """Yield the lines of the completeness table."""
    for name, spec in DATASETS.items():
        entry = evidence.bundle.manifest.dataset(name)
        standing = evidence.standing(name)
        state = State.NOT_REQUESTED if entry is None else entry.state
        stale = standing is not None and standing.kind is Kind.STALE
        yield DatasetRow(
            name=name,
            request=spec.request,
            state=State.STALE if stale else state,
            reason=None if standing is None else standing.reason,
            origin=entry.origin if entry else None,
            rows=entry.rows if entry else None,
            expected_rows=entry.expected_rows if entry else None,
            read_at=entry.ended if entry else None,
        )


def not_assessed(checks: Sequence[Check], left_out: Sequence[Check], standards: Sequence[Standard]) -> Iterable[str]:
    """Yield what is not judged: checks that were not asked for, and what standards ask beyond all checks."""
    for one in left_out:
        yield f"{one.id} {one.title}: not asked for"
    for one in checks:
        if not list(asked_under(one, standards)):
            yield f"{one.id} {one.title}: asked for by {', '.join(sorted(one.standards or ()))} alone"
    known = {one.id for one in (*checks, *left_out)}
    for standard in standards:
        if beyond := sorted(set(standard.criteria) - known):
            yield f"{standard.id} also asks for what no check of this version judges: {', '.join(beyond)}"


def left_out_of(findings: Sequence[Finding]) -> tuple[str, ...]:
    """Return what the scope left out, with the reason, once each."""
    lines: dict[str, None] = {}
    for finding in findings:
        for part in finding.parts:
            if part.excluded is not None:
                count = "an unknown number" if part.count is None else f"{part.count:,}"
                lines[f"{part.title} ({count}): {part.excluded}"] = None
    return tuple(lines)


def facts_of(findings: Sequence[Finding]) -> tuple[FactEntry, ...]:
    """Return every fact that a finding or a part rests on."""
    used = {fact for finding in findings for fact in finding.facts}
    used |= {fact for finding in findings for part in finding.parts for fact in part.facts}
    return tuple(
        FactEntry(id=fact.id, statement=fact.statement, source=fact.source, date=fact.date, certainty=fact.certainty)
        for fact in (FACTS[name] for name in sorted(used))
    )


def notes_of(bundle: Bundle) -> tuple[str, ...]:
    """Return what is to be known of the whole report."""
    notes = [
        "Stores that are read: Microsoft Purview Audit, Microsoft Entra ID, and what logs are sent to in Azure: Log"
        " Analytics, storage accounts, what reads from event hubs. Any other store counts only where declarations.yaml"
        " declares it."
    ]
    if bundle.manifest.simulated:
        notes.append("Simulated: this bundle was read from a simulated tenant and says nothing of a real one.")
    for amendment in bundle.manifest.amendments:
        notes.append(f"Files were imported into this bundle later: {', '.join(amendment.datasets)}.")
    return tuple(notes)
