"""The words that every format uses for what the assessment names."""

from __future__ import annotations

from compliance.assessment.verdict import Basis, Status

STATUS_WORDS = {
    Status.PASS: "pass",
    Status.FAIL: "fail",
    Status.INDETERMINATE: "indeterminate",
    Status.NOT_APPLICABLE: "not applicable",
}
"""Each status in words."""
KIND_WORDS = {
    "not_requested": "not read: nobody asked for it",
    "denied": "not read: permission denied",
    "unavailable": "not read: the licence, the cloud or the API does not offer it",
    "failed": "not read: the reading failed",
    "incomplete": "read in part only",
    "stale": "read too long ago",
    "malformed": "the answer does not hold what it should",
    "contradictory": "what was read contradicts itself",
    "unproven": "what was read leaves more than one reading",
    "needs_attestation": "rests on somebody's word, and there is none that is valid",
    "internal_error": "the check itself failed",
}
"""Why something is indeterminate, by the value of its kind."""
BASIS_WORDS = {
    Basis.CONFIGURED: "settings as read",
    Basis.OBSERVED: "records seen",
    Basis.ATTESTED: "somebody's declaration",
    Basis.IMPORTED: "an administrator's export",
}
"""On what a verdict rests."""


def in_words(value: str) -> str:
    """Return the value of an enumeration as words."""
    return value.replace("_", " ")


def status_at(status: Status | None) -> str:
    """Return the status that a control had at some time; None is one that was not assessed."""
    return "not assessed" if status is None else STATUS_WORDS[status]
