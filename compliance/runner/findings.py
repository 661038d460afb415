"""From a conclusion to a finding: the worst part in scope decides, with its witness, its basis and its evidence."""

from __future__ import annotations

from collections.abc import Set

from compliance.assessment.affected import AffectedObjects, affected_numbers, all_seen, stable_uid
from compliance.assessment.assessment import (
    SAMPLES,
    EvidenceEntry,
    Finding,
    MappingsEntry,
    PartEntry,
)
from compliance.assessment.check import Check
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
from compliance.evidence.datasets import Origin, State
from compliance.evidence.evidence import Evidence
from compliance.evidence.unread import Kind
from compliance.standards import Standard


def finding_of(
    one: Check, standard: Standard | None, conclusion: Verdict | Parts, datasets: frozenset[str], evidence: Evidence
) -> tuple[Finding, AffectedObjects]:
    """Return the finding of a check under one standard or none, with every affected object."""
    tenant = evidence.bundle.manifest.tenant.id
    uid = stable_uid(tenant, one.id, standard.id if standard else "")
    origins = {entry.origin for entry in evidence.bundle.manifest.datasets if entry.name in datasets}
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
        evidence=tuple(_evidence_entry(evidence, name) for name in sorted(datasets)),
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
