"""What formats of others call the outcome of a finding: waived, open and failed are never folded into pass."""

from __future__ import annotations

from enum import StrEnum

from compliance.assessment.assessment import Finding
from compliance.assessment.verdict import Status

_ERRORS = ("internal_error", "failed")


class Outcome(StrEnum):
    """How a finding counts where a format knows more than pass and fail."""

    FAIL = "fail"
    ERROR = "error"
    NOT_COLLECTED = "not_collected"
    MANUAL = "manual"
    WAIVED = "waived"
    PASS = "pass"
    NOT_APPLICABLE = "not_applicable"


def outcome_of(finding: Finding) -> Outcome:
    """Return how a finding counts.

    What is indeterminate wants a person's word (manual), could not be worked out (error), or was not read well enough
    (not collected). Waived is what fails or is indeterminate and wholly covered by waivers; `finding.status` tells
    which of the two. What a waiver covers in part counts as it stands.
    """
    if finding.wholly_waived:
        return Outcome.WAIVED
    match finding.status:
        case Status.PASS:
            return Outcome.PASS
        case Status.FAIL:
            return Outcome.FAIL
        case Status.NOT_APPLICABLE:
            return Outcome.NOT_APPLICABLE
        case Status.INDETERMINATE:
            return _undecided(finding)


def _undecided(finding: Finding) -> Outcome:
    kind = None if finding.kind is None else finding.kind.value
    if kind == "needs_attestation":
        return Outcome.MANUAL
    return Outcome.ERROR if kind in _ERRORS else Outcome.NOT_COLLECTED
