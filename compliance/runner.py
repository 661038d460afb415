"""Runs checks over evidence and puts what they conclude into an assessment."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import Any

from compliance import __version__
from compliance.assessment.affected import AffectedObjects, affected_numbers, all_seen, stable_uid
from compliance.assessment.assessment import (
    SAMPLES,
    SCHEMA,
    Assessment,
    DatasetRow,
    EvidenceEntry,
    FactEntry,
    Finding,
    MappingsEntry,
    PartEntry,
    TenantEntry,
    ToolEntry,
)
from compliance.assessment.check import Check
from compliance.assessment.declarations import Declarations
from compliance.assessment.overlay import apply_waivers
from compliance.assessment.sources import levels_of, sources_of, standard_entry
from compliance.assessment.totals import totals_of
from compliance.assessment.verdict import (
    SEVERITY_ORDER,
    Basis,
    Fail,
    Indeterminate,
    NotApplicable,
    Part,
    Parts,
    Pass,
    Severity,
    Verdict,
    badness,
    status_of,
)
from compliance.assessment.waivers import Waiver
from compliance.errors import LookbackError
from compliance.evidence.bundle import Bundle
from compliance.evidence.datasets import DATASETS, Origin, State
from compliance.evidence.derived import DERIVATIONS
from compliance.evidence.evidence import Arguments, Evidence, parameters
from compliance.evidence.unread import Kind, PropertyUnreadError
from compliance.rules.facts import FACTS
from compliance.standards import Standard

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Assessed:
    """An assessment, and all affected objects by finding: the assessment itself holds samples alone."""

    assessment: Assessment
    affected: Mapping[str, AffectedObjects]


def assess(
    bundle: Bundle,
    *,
    checks: Sequence[Check],
    left_out: Sequence[Check],
    standards: Sequence[Standard],
    declarations: Declarations,
    waivers: Sequence[Waiver],
) -> Assessed:
    """Judge a bundle by each check, under each standard that the check takes into account.

    `left_out` are the checks that exist and were not asked for. What a standard asks for and no check of this version
    judges is not assessed either, and said so. The outcome depends on the arguments alone: neither on the clock, nor
    on the order in which things are held.
    """
    evidence = Evidence(bundle, DERIVATIONS)
    tenant = bundle.manifest.tenant
    findings: list[Finding] = []
    affected: dict[str, AffectedObjects] = {}
    for one in checks:
        for standard in _asked_under(one, standards):
            finding, objects = judge(one, standard, evidence, declarations)
            findings.append(finding)
            affected[finding.uid] = objects
    waived, uses = apply_waivers(findings, affected, waivers, evidence.as_of)
    sources = tuple(row for standard in standards for row in sources_of(standard, evidence, declarations))
    manifest = bundle.manifest
    not_assessed = tuple(_not_assessed(checks, left_out, standards))
    document = Assessment(
        schema=SCHEMA,
        tool=ToolEntry(name="lookback", version=__version__),
        tenant=TenantEntry(id=tenant.id, name=tenant.name, initial_domain=tenant.initial_domain),
        cloud=manifest.cloud,
        simulated=manifest.simulated,
        as_of=manifest.as_of,
        bundle_sha256=bundle.digest,
        standards=tuple(standard_entry(standard) for standard in standards),
        scope=manifest.scope,
        left_out=_left_out(findings),
        complete=not not_assessed,
        not_assessed=not_assessed,
        totals=tuple(totals_of(waived, sources, standards)),
        sources=sources,
        levels=tuple(level for standard in standards for level in levels_of(standard, evidence, declarations)),
        findings=waived,
        facts=_facts(findings),
        datasets=tuple(_dataset_rows(evidence)),
        waivers=uses,
        notes=_notes(bundle),
    )
    return Assessed(document, affected)


def judge(
    one: Check, standard: Standard | None, evidence: Evidence, declarations: Declarations
) -> tuple[Finding, AffectedObjects]:
    """Return the finding of one check under one standard, with every affected object."""
    given: dict[Any, Any] = {Declarations: declarations}
    if standard is not None:
        given[Standard] = standard
    arguments = evidence.arguments(one.function, given)
    conclusion = _conclude(one, arguments)
    conclusion = _without_weak_passes(conclusion, arguments)
    return _finding(one, standard, conclusion, arguments, evidence)


def _asked_under(one: Check, standards: Sequence[Standard]) -> Iterable[Standard | None]:
    if not any(kind is Standard for _, kind, _ in parameters(one.function)):
        return (None,)
    return [standard for standard in standards if one.standards is None or standard.id in one.standards]


def _conclude(one: Check, arguments: Arguments) -> Verdict | Parts:
    if arguments.missing:
        first = Indeterminate.because(arguments.missing[0])
        rest = [Indeterminate.because(unread) for unread in arguments.missing[1:]]
        return replace(
            first,
            condition="; ".join((first.condition, *(other.condition for other in rest))),
            settle="; ".join((first.settle, *(other.settle for other in rest))),
        )
    try:
        return one.function(**arguments.values)
    except PropertyUnreadError as error:
        names = ", ".join(sorted(arguments.datasets))
        return Indeterminate(kind=Kind.MALFORMED, condition=f"{names}: {error}", settle=f"read again: {names}")
    except LookbackError:
        raise
    except Exception as error:
        _log.debug("check %s failed", one.id, exc_info=True)
        return Indeterminate(
            kind=Kind.INTERNAL_ERROR,
            condition=f"the check itself failed: {type(error).__name__}",
            settle="run again with --debug and report the traceback; the other checks are not affected",
        )


def _without_weak_passes(conclusion: Verdict | Parts, arguments: Arguments) -> Verdict | Parts:
    """Evidence that nobody dated may show a fault, but not that there is none."""
    if not arguments.weaknesses:
        return conclusion
    doubts = "; ".join(f"{one.dataset}: {one.reason}" for one in arguments.weaknesses)
    settle = "; ".join(one.settle for one in arguments.weaknesses)

    def weaken(verdict: Verdict) -> Verdict:
        if not isinstance(verdict, Pass):
            return verdict
        return Indeterminate(
            kind=arguments.weaknesses[0].kind,
            condition=f"{verdict.condition}; but {doubts}",
            settle=settle,
            cause=verdict.cause,
            facts=verdict.facts,
            notes=verdict.notes,
            tally=verdict.tally,
        )

    if isinstance(conclusion, Parts):
        return replace(
            conclusion, parts=tuple(replace(part, verdict=weaken(part.verdict)) for part in conclusion.parts)
        )
    return weaken(conclusion)


def _finding(
    one: Check, standard: Standard | None, conclusion: Verdict | Parts, arguments: Arguments, evidence: Evidence
) -> tuple[Finding, AffectedObjects]:
    tenant = evidence.bundle.manifest.tenant.id
    uid = stable_uid(tenant, one.id, standard.id if standard else "")
    origins = {entry.origin for entry in evidence.bundle.manifest.datasets if entry.name in arguments.datasets}
    verdict, prefix = _deciding(conclusion)
    parts = conclusion.parts if isinstance(conclusion, Parts) else ()
    objects = AffectedObjects(conclusion, tenant, one.id)
    count, total = affected_numbers(conclusion)
    finding = Finding(
        uid=uid,
        check=one.id,
        standard=standard.id if standard else None,
        title=one.title,
        group=one.group,
        severity=_severity(one, conclusion),
        tests=one.tests,
        status=status_of(verdict),
        kind=verdict.kind if isinstance(verdict, Indeterminate) else None,
        condition=prefix + verdict.condition,
        cause="" if isinstance(verdict, NotApplicable) else verdict.cause,
        settle=verdict.settle if isinstance(verdict, Indeterminate) else None,
        criteria=standard.criteria.get(one.id) if standard else None,
        effect=one.effect,
        recommendation=one.remediation,
        parts=tuple(_part_entry(uid, part, origins) for part in parts),
        affected_count=count,
        affected_total=total,
        all_seen=all_seen(conclusion),
        samples=objects[:SAMPLES],
        evidence=tuple(_evidence_entry(evidence, name) for name in sorted(arguments.datasets)),
        basis=_basis(verdict, origins),
        certainty=verdict.certainty if isinstance(verdict, Pass | Fail) else None,
        would_be=verdict.would_be if isinstance(verdict, Pass | Fail) else None,
        facts=tuple(sorted({*one.facts, *_verdict_facts(verdict)})),
        notes=(*verdict.notes, *(conclusion.notes if isinstance(conclusion, Parts) else ())),
        mappings=MappingsEntry(
            nist_800_53=one.mappings.nist_800_53,
            scuba=one.mappings.scuba,
            cis_m365=one.mappings.cis_m365,
            attack=one.mappings.attack,
        ),
        lesson=one.lesson,
        waivers=(),
        left_open=status_of(verdict),
    )
    return finding, objects


def _deciding(conclusion: Verdict | Parts) -> tuple[Verdict, str]:
    if not isinstance(conclusion, Parts):
        return conclusion, ""
    if not conclusion.parts:
        return NotApplicable(condition="nothing of this kind exists, or none is required"), ""
    in_scope = conclusion.in_scope()
    if not in_scope:
        return Indeterminate(
            kind=Kind.NOT_REQUESTED,
            condition="the scope leaves every class out, so that nobody was judged",
            settle="a scope in config.yaml that leaves somebody in",
        ), ""
    decider = max(in_scope, key=lambda part: (badness(part.verdict), _weight(part.verdict)))
    return decider.verdict, f"{decider.title}: "


def _weight(verdict: Verdict) -> int:
    """Rank verdicts of one status: what was refused before what nobody can read, somebody's word before a setting."""
    if isinstance(verdict, Indeterminate):
        return int(verdict.kind not in (Kind.UNPROVEN, Kind.NEEDS_ATTESTATION))
    return int(isinstance(verdict, Pass) and verdict.basis is Basis.ATTESTED)


def _severity(one: Check, conclusion: Verdict | Parts) -> Severity:
    verdicts = [part.verdict for part in conclusion.in_scope()] if isinstance(conclusion, Parts) else [conclusion]
    if any(isinstance(verdict, Indeterminate) for verdict in verdicts):
        # a slight shortfall must not make little of what is open beside it
        return one.severity
    failing = [verdict.severity or one.severity for verdict in verdicts if isinstance(verdict, Fail)]
    return max(failing, key=SEVERITY_ORDER.index, default=one.severity)


def _verdict_facts(verdict: Verdict) -> tuple[str, ...]:
    return () if isinstance(verdict, NotApplicable) else verdict.facts


def _basis(verdict: Verdict, origins: Set[Origin]) -> Basis | None:
    if not isinstance(verdict, Pass | Fail):
        return None
    if verdict.basis is not Basis.CONFIGURED:
        return verdict.basis
    if Origin.ATTESTED in origins:
        return Basis.ATTESTED
    return Basis.IMPORTED if Origin.EXPORTED in origins else verdict.basis


def _part_entry(finding_uid: str, part: Part, origins: Set[Origin]) -> PartEntry:
    verdict = part.verdict
    return PartEntry(
        uid=stable_uid(finding_uid, part.id),
        id=part.id,
        title=part.title,
        count=part.count,
        status=status_of(verdict),
        kind=verdict.kind if isinstance(verdict, Indeterminate) else None,
        condition=verdict.condition,
        cause="" if isinstance(verdict, NotApplicable) else verdict.cause,
        settle=verdict.settle if isinstance(verdict, Indeterminate) else None,
        certainty=verdict.certainty if isinstance(verdict, Pass | Fail) else None,
        would_be=verdict.would_be if isinstance(verdict, Pass | Fail) else None,
        basis=_basis(verdict, origins),
        facts=_verdict_facts(verdict),
        notes=verdict.notes,
        excluded=part.excluded,
    )


def _evidence_entry(evidence: Evidence, name: str) -> EvidenceEntry:
    entry = evidence.bundle.manifest.dataset(name)
    if entry is None:
        return EvidenceEntry(dataset=name, state=State.NOT_REQUESTED, origin=None, sha256=None, read_at=None)
    return EvidenceEntry(dataset=name, state=entry.state, origin=entry.origin, sha256=entry.sha256, read_at=entry.ended)


def _dataset_rows(evidence: Evidence) -> Iterable[DatasetRow]:
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


def _not_assessed(checks: Sequence[Check], left_out: Sequence[Check], standards: Sequence[Standard]) -> Iterable[str]:
    for one in left_out:
        yield f"{one.id} {one.title}: not asked for"
    for one in checks:
        if not list(_asked_under(one, standards)):
            yield f"{one.id} {one.title}: asked for by {', '.join(sorted(one.standards or ()))} alone"
    known = {one.id for one in (*checks, *left_out)}
    for standard in standards:
        if beyond := sorted(set(standard.criteria) - known):
            yield f"{standard.id} also asks for what no check of this version judges: {', '.join(beyond)}"


def _left_out(findings: Sequence[Finding]) -> tuple[str, ...]:
    lines: dict[str, None] = {}
    for finding in findings:
        for part in finding.parts:
            if part.excluded is not None:
                count = "an unknown number" if part.count is None else f"{part.count:,}"
                lines[f"{part.title} ({count}): {part.excluded}"] = None
    return tuple(lines)


def _facts(findings: Sequence[Finding]) -> tuple[FactEntry, ...]:
    used = {fact for finding in findings for fact in finding.facts}
    used |= {fact for finding in findings for part in finding.parts for fact in part.facts}
    return tuple(
        FactEntry(id=fact.id, statement=fact.statement, source=fact.source, date=fact.date, certainty=fact.certainty)
        for fact in (FACTS[name] for name in sorted(used))
    )


def _notes(bundle: Bundle) -> tuple[str, ...]:
    notes = [
        "Stores read: Microsoft Purview Audit, Microsoft Entra ID, and the Log Analytics workspaces that its diagnostic"
        " settings name. Any other store counts only where declarations.yaml declares it."
    ]
    if bundle.manifest.simulated:
        notes.append("Simulated: this bundle was read from a simulated tenant and says nothing of a real one.")
    for amendment in bundle.manifest.amendments:
        notes.append(f"Files were imported into this bundle later: {', '.join(amendment.datasets)}.")
    return tuple(notes)
