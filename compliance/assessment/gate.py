"""From an assessment to a process's exit code."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from compliance.assessment.assessment import Assessment
from compliance.assessment.changes import ChangeEntry, ComparisonEntry, Direction
from compliance.assessment.totals import under
from compliance.assessment.verdict import OPEN, SEVERITY_ORDER, Severity, Status


class ExitCode(IntEnum):
    """What a pipeline reads."""

    SATISFIED = 0
    INTERNAL_ERROR = 1
    USAGE = 2
    FAILURE = 3
    INDETERMINATE = 4


@dataclass(frozen=True, slots=True)
class Gate:
    """Which findings count: those under `standard` (or under none), of at least `floor`."""

    standard: str
    floor: Severity = Severity.LOW
    warn_on_indeterminate: bool = False


def exit_code(assessment: Assessment, gate: Gate) -> ExitCode:
    """Return 3 where a failure is left open, else 4 where something indeterminate is, else 0.

    Where nothing was judged under the standard, nothing is satisfied either: 4.
    """
    judged = [finding.status for finding in under(assessment.findings, gate.standard)]
    if all(status is Status.NOT_APPLICABLE for status in judged):
        return ExitCode.INDETERMINATE
    least = SEVERITY_ORDER.index(gate.floor)
    left_open = {
        finding.left_open
        for finding in under(assessment.findings, gate.standard)
        if SEVERITY_ORDER.index(finding.severity) >= least
    }
    if Status.FAIL in left_open:
        return ExitCode.FAILURE
    if Status.INDETERMINATE in left_open and not gate.warn_on_indeterminate:
        return ExitCode.INDETERMINATE
    return ExitCode.SATISFIED


def regression_exit_code(assessment: Assessment, since: ComparisonEntry, gate: Gate) -> ExitCode:
    """Return 3 where something got worse and a failure is left open, else 4 where what is open, else 0.

    What is no longer assessed is open, and so is what is unclear and left open; neither is a mere warning, since nobody
    saw what became of it. Where nothing was judged under
    the standard, nothing is satisfied either: 4. A floor does not count: what got worse is named, however little it
    matters.
    """
    judged = [finding.status for finding in under(assessment.findings, gate.standard)]
    if all(status is Status.NOT_APPLICABLE for status in judged):
        return ExitCode.INDETERMINATE
    counted = regressions(since, gate)
    worse = {change.now_left_open for change in counted if change.direction is Direction.WORSE}
    if Status.FAIL in worse:
        return ExitCode.FAILURE
    if None in worse or any(change.direction is Direction.UNCLEAR for change in counted):
        return ExitCode.INDETERMINATE
    if Status.INDETERMINATE in worse and not gate.warn_on_indeterminate:
        return ExitCode.INDETERMINATE
    return ExitCode.SATISFIED


def regressions(since: ComparisonEntry, gate: Gate) -> tuple[ChangeEntry, ...]:
    """Return the changes that a gate looks at: what got worse, and what is unclear where something is left open."""
    return tuple(change for change in since.changes if _counts(change) and change.standard in (None, gate.standard))


def _counts(change: ChangeEntry) -> bool:
    if change.direction is Direction.UNCLEAR:
        return change.now_left_open in OPEN
    return change.direction is Direction.WORSE
