"""The one spelling of an assessment, as it stands in `assessment.json`."""

from __future__ import annotations

from compliance.assessment.assessment import Assessment
from compliance.evidence import manifest


def encode(assessment: Assessment) -> bytes:
    """Return the bytes of `assessment.json`: sorted keys, two spaces, UTF-8, a final newline."""
    return manifest.encode(assessment)
