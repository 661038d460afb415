"""Which checks were asked for, as an assessment tells it."""

from __future__ import annotations

from compliance.assessment.assessment import Assessment

NOT_ASKED_FOR = ": not asked for"
"""How the line of a check ends that exists and was not asked for."""


def selected(assessment: Assessment) -> tuple[str, ...] | None:
    """Return the checks that were judged where others were not asked for; None where every check was."""
    if not any(line.endswith(NOT_ASKED_FOR) for line in assessment.not_assessed):
        return None
    return tuple(sorted({finding.check for finding in assessment.findings}))
