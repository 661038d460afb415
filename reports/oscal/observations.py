"""Observations: one for every finding, whatever its status, and one for each of its classes."""

from __future__ import annotations

from collections.abc import Iterable

from compliance.assessment.assessment import AffectedEntry, Finding, PartEntry
from compliance.assessment.verdict import Basis
from reports.oscal.controls import catalogue_id, controls_of
from reports.oscal.document import Subject
from reports.oscal.evidence import relevant_evidence
from reports.oscal.values import Object, filled, line, listed, moment, props, prose
from reports.outcome import outcome_of
from reports.words import KIND_WORDS, STATUS_WORDS


def observations_of(subject: Subject, finding: Finding) -> list[Object]:
    """Return the observation of a finding, and those of its classes where it has more than one."""
    own = _own(subject, finding)
    return [own, *(_of_part(subject, finding, part, own) for part in _told_parts(finding))]


def observation_ids(subject: Subject, finding: Finding) -> list[Object]:
    """Return references to the observations of a finding."""
    own = subject.of_run("observation", finding.uid)
    parts = (_part_id(subject, finding, part) for part in _told_parts(finding))
    return [{"observation-uuid": one} for one in (own, *parts)]


def name_of(finding: Finding) -> str:
    """Return what tells a finding from the others: its check, and the standard that it was judged by."""
    return named(finding.check, finding.standard)


def named(check: str, standard: str | None) -> str:
    """Return the name of a check under a standard, or under none."""
    return check if standard is None else f"{check} ({standard})"


def standing(finding: Finding) -> Object:
    """Return what our statuses say of a finding, as values of properties."""
    return {
        "finding-uid": finding.uid,
        "check": finding.check,
        "standard": finding.standard,
        "outcome": outcome_of(finding).value,
        "status": finding.status.value,
        "kind": None if finding.kind is None else finding.kind.value,
        "left-open": finding.left_open.value,
        "severity": finding.severity.value,
        "state": None if finding.state is None else finding.state.value,
        "first-seen": None if finding.first_seen is None else moment(finding.first_seen),
        "last-seen": None if finding.last_seen is None else moment(finding.last_seen),
        "waiver": [one.id for one in finding.waivers],
    }


def _own(subject: Subject, finding: Finding) -> Object:
    return filled(
        {
            "uuid": subject.of_run("observation", finding.uid),
            "title": line(f"{name_of(finding)}: {finding.title}"),
            "description": prose(
                f"{_verdict(finding)}: {finding.condition}",
                finding.cause and f"Decided by: {finding.cause}",
                finding.settle and f"To settle it: {finding.settle}",
            ),
            "props": props(
                {
                    **standing(finding),
                    "tests": finding.tests,
                    "basis": None if finding.basis is None else finding.basis.value,
                    "certainty": None if finding.certainty is None else finding.certainty.value,
                    "affected": str(finding.affected_count),
                    "affected-of": None if finding.affected_total is None else str(finding.affected_total),
                    "all-affected-seen": "yes" if finding.all_seen else "no",
                    "nist-800-53": [
                        catalogue_id(mapped) or mapped for mapped in dict.fromkeys(finding.mappings.nist_800_53)
                    ],
                }
            ),
            "methods": [_method(finding)],
            "types": ["control-objective"] if controls_of(finding) else None,
            "origins": subject.origin(),
            "subjects": subject.subjects(),
            "relevant-evidence": relevant_evidence(subject, finding),
            "collected": _collected(subject, finding),
            "remarks": _remarks(finding),
        }
    )


def _of_part(subject: Subject, finding: Finding, part: PartEntry, own: Object) -> Object:
    left_out = None if part.excluded is None else f"Left out of scope, and counted in no status: {part.excluded}"
    return filled(
        {
            "uuid": _part_id(subject, finding, part),
            "title": line(f"{name_of(finding)}, {part.title}"),
            "description": prose(
                left_out,
                f"{_verdict(part)}: {part.condition}",
                part.cause and f"Decided by: {part.cause}",
                part.settle and f"To settle it: {part.settle}",
            ),
            "props": props(
                {
                    "part-of": finding.uid,
                    "part": part.id,
                    "status": part.status.value,
                    "kind": None if part.kind is None else part.kind.value,
                    "count": None if part.count is None else str(part.count),
                    "excluded": None if part.excluded is None else "yes",
                }
            ),
            "methods": [_method(part)],
            "types": own.get("types"),
            "origins": own["origins"],
            "subjects": own["subjects"],
            "collected": own["collected"],
            "remarks": _paragraphs(part.would_be and f"Otherwise: {part.would_be}", *part.notes),
        }
    )


def _told_parts(finding: Finding) -> tuple[PartEntry, ...]:
    return finding.parts if len(finding.parts) > 1 else ()


def _part_id(subject: Subject, finding: Finding, part: PartEntry) -> str:
    return subject.of_run("observation", finding.uid, part.uid)


def _paragraphs(*paragraphs: str | None) -> str | None:
    return prose(*paragraphs) if any(paragraphs) else None


def _verdict(judged: Finding | PartEntry) -> str:
    words = STATUS_WORDS[judged.status]
    return words if judged.kind is None else f"{words}, {KIND_WORDS[judged.kind.value]}"


def _method(judged: Finding | PartEntry) -> str:
    """Return how it was observed: what rests on somebody's word, or waits for it, was read by no test."""
    waits = judged.kind is not None and judged.kind.value == "needs_attestation"
    return "EXAMINE" if waits or judged.basis is Basis.ATTESTED else "TEST"


def _collected(subject: Subject, finding: Finding) -> str:
    """Return when the last of the evidence was read."""
    return moment(max((one.read_at for one in finding.evidence if one.read_at), default=subject.ended))


def _remarks(finding: Finding) -> str | None:
    told = [
        _paragraphs(
            finding.criteria and f"Criteria: {finding.criteria}",
            finding.would_be and f"Otherwise: {finding.would_be}",
            *finding.notes,
        )
    ]
    if finding.samples:
        told += [_how_many(finding), listed(_affected(finding.samples))]
    return "\n\n".join(filter(None, told)) or None


def _how_many(finding: Finding) -> str:
    total = "" if finding.affected_total is None else f" of {finding.affected_total:,}"
    return f"Affected: {finding.affected_count:,}{total}. Named here are {len(finding.samples):,}:"


def _affected(samples: Iterable[AffectedEntry]) -> list[str]:
    return [f"{one.name} ({one.id}){'' if one.decided else ', not decided'}: {one.why}" for one in samples]
