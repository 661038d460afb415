"""What the readers of other formats take a control for, and what they should."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from compliance.assessment.assessment import Assessment, Finding
from compliance.assessment.verdict import Status
from reports.outcome import Outcome, outcome_of


@dataclass(frozen=True)
class Said:
    """The status that a format gives a control, and whether it says that somebody accepted it."""

    status: Status
    waived: bool = False


def as_judged(assessment: Assessment) -> Mapping[str, Said]:
    """Return what the assessment itself says of every control: `RET-01`, or `RET-01/m-21-31` under a standard."""
    return {_id(one): Said(one.status, outcome_of(one) is Outcome.WAIVED) for one in assessment.findings}


def statuses(said: Mapping[str, Said]) -> Counter[Status]:
    """Return how many controls have each status."""
    return Counter(one.status for one in said.values())


def failing(said: Mapping[str, Said]) -> set[str]:
    """Return the controls that fail, waived or not."""
    return {name for name, one in said.items() if one.status is Status.FAIL}


def _id(finding: Finding) -> str:
    return "/".join(filter(None, (finding.check, finding.standard)))
