"""Findings in the order in which people read them, and those together of which the same is to be told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from compliance.assessment.assessment import Assessment, Finding, StandardEntry
from compliance.assessment.verdict import SEVERITY_ORDER, Status

WORST_FIRST = (Status.FAIL, Status.INDETERMINATE, Status.PASS, Status.NOT_APPLICABLE)
"""The statuses, the worst first."""


def gate_first(standards: Sequence[StandardEntry], gate: str | None) -> list[StandardEntry]:
    """Return the standards, the one that decides the exit code before the others."""
    return sorted(standards, key=lambda one: one.id != gate)


def ordered(assessment: Assessment, status: Status, gate: str | None) -> list[Finding]:
    """Return the findings of a status, the worst first, those under the standard that decides before others."""
    standards = [None, *(standard.id for standard in gate_first(assessment.standards, gate))]
    return sorted(
        (finding for finding in assessment.findings if finding.status is status),
        key=lambda one: (-SEVERITY_ORDER.index(one.severity), standards.index(one.standard), one.check),
    )


def by_check(findings: Iterable[Finding]) -> list[list[Finding]]:
    """Put the findings of one check under several standards together, where the first of them stands."""
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(finding.check, []).append(finding)
    return list(groups.values())


def told_alike(group: Sequence[Finding]) -> list[list[Finding]]:
    """Put those together of which the same is to be told, but for the standard and its clause."""
    alike: dict[Finding, list[Finding]] = {}
    for finding in group:
        parts = tuple(msgspec.structs.replace(part, uid="") for part in finding.parts)
        samples = tuple(msgspec.structs.replace(sample, uid="") for sample in finding.samples)
        bare = msgspec.structs.replace(
            finding, uid="", standard=None, criteria=None, severity=group[0].severity, parts=parts, samples=samples
        )
        alike.setdefault(bare, []).append(finding)
    return list(alike.values())


def standards_of(group: Iterable[Finding]) -> str:
    """Return the ids of the standards that findings refer to."""
    return ", ".join(finding.standard for finding in group if finding.standard is not None)
