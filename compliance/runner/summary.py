"""What a report says of the whole: what was read, what was left out or not assessed, and the facts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from compliance.assessment.assessment import (
    DatasetRow,
    FactEntry,
    Finding,
    ReaderEntry,
    RunEntry,
    ToolEntry,
)
from compliance.assessment.check import Check
from compliance.assessment.selection import NOT_ASKED_FOR
from compliance.evidence.bundle import Bundle
from compliance.evidence.datasets import DATASETS, State
from compliance.evidence.evidence import Evidence
from compliance.evidence.manifest import Manifest
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
            pages=entry.frames if entry else None,
            started=entry.started if entry else None,
            sha256=entry.sha256 if entry else None,
            file=entry.file if entry else None,
            by=entry.by if entry else None,
        )


def run_entry(manifest: Manifest) -> RunEntry:
    """Return how the evidence was read, as its manifest tells it."""
    began = [entry.started for entry in manifest.datasets if entry.started is not None]
    return RunEntry(
        tool=ToolEntry(name=manifest.tool.name, version=manifest.tool.version),
        began=min(began, default=None),
        ended=manifest.as_of,
        clock_offset_seconds=manifest.clock_offset_seconds,
        readers=tuple(
            ReaderEntry(
                api=one.api,
                application=one.application,
                object_id=one.object_id,
                roles=one.roles,
                scopes=one.scopes,
                directory_roles=one.directory_roles,
            )
            for one in manifest.identities
        ),
        settings_sha256=manifest.settings_sha256,
        scope_sha256=manifest.scope_sha256,
        previous_bundle_sha256=None if manifest.previous is None else manifest.previous.manifest_sha256,
        derived_from=manifest.derived_from,
    )


def not_assessed(checks: Sequence[Check], left_out: Sequence[Check], standards: Sequence[Standard]) -> Iterable[str]:
    """Yield what is not judged: checks that were not asked for, and what standards ask beyond all checks."""
    for one in left_out:
        yield f"{one.id} {one.title}{NOT_ASKED_FOR}"
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
    if bundle.manifest.derived_from is not None:
        notes.append(
            f"Redacted copy of bundle {bundle.manifest.derived_from}: names of people and addresses are pseudonyms,"
            " the same one for the same name."
        )
    for amendment in bundle.manifest.amendments:
        notes.append(f"Files were imported into this bundle later: {', '.join(amendment.datasets)}.")
    return tuple(notes)
