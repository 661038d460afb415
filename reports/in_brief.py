"""What logs, annotations and tickets tell of a finding: numbers and the names of controls, no object of a tenant."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from compliance.assessment.assessment import Assessment, Finding
from compliance.assessment.verdict import Status
from reports.grouping import WORST_FIRST, ordered
from reports.outcome import Outcome, outcome_of
from reports.words import KIND_WORDS, STATUS_WORDS

OPEN_QUESTIONS = (Outcome.ERROR, Outcome.NOT_COLLECTED, Outcome.MANUAL)
"""The outcomes of what is indeterminate."""
OUTCOME_WORDS = {
    Outcome.FAIL: "fail",
    Outcome.ERROR: "error",
    Outcome.NOT_COLLECTED: "not collected",
    Outcome.MANUAL: "needs a person",
    Outcome.WAIVED: "under a waiver",
    Outcome.PASS: "pass",
    Outcome.NOT_APPLICABLE: "not applicable",
}
"""Each outcome in words, in the order in which they are counted."""


def by_outcome(assessment: Assessment, gate: str | None) -> Mapping[Outcome, list[Finding]]:
    """Return the findings by how they count: the worst first, those under the standard that decides before others."""
    found: dict[Outcome, list[Finding]] = {outcome: [] for outcome in Outcome}
    for status in WORST_FIRST:
        for finding in ordered(assessment, status, gate):
            found[outcome_of(finding)].append(finding)
    return found


def open_questions(found: Mapping[Outcome, list[Finding]], assessment: Assessment, gate: str | None) -> list[Finding]:
    """Return what could not be determined and is under no waiver, the worst first."""
    wanted = {finding.uid for outcome in OPEN_QUESTIONS for finding in found[outcome]}
    return [one for one in ordered(assessment, Status.INDETERMINATE, gate) if one.uid in wanted]


def name_of(finding: Finding) -> str:
    """Return a finding's check, the standard that it refers to, and its severity."""
    return " ".join(filter(None, (finding.check, finding.standard, f"({finding.severity.value})")))


def numbers_of(finding: Finding) -> str:
    """Return how many objects are affected and how many classes stand how; empty where nothing is counted."""
    told: list[str] = []
    total = "an unknown number" if finding.affected_total is None else f"{finding.affected_total:,}"
    if finding.affected_count:
        least = "" if finding.all_seen else "at least "
        told.append(f"{least}{finding.affected_count:,} of {total} affected")
    elif finding.samples:
        told.append(f"not decided, among {total}")
    counted = Counter(part.status for part in finding.parts if part.excluded is None)
    if counted:
        told.append(
            ", ".join(f"{counted[one]} {STATUS_WORDS[one]}" for one in WORST_FIRST if counted[one]) + " by class"
        )
    return "; ".join(told)


def why_open(finding: Finding) -> str:
    """Return why a finding is indeterminate, in words of ours; empty where it is not."""
    return "" if finding.kind is None else KIND_WORDS[finding.kind.value]
