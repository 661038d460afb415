"""The one spelling of an assessment, as it stands in `assessment.json`, and of the lines that list its objects."""

from __future__ import annotations

from compliance.assessment.assessment import Assessment
from compliance.assessment.record import Record
from compliance.evidence import manifest


def encode(assessment: Assessment) -> bytes:
    """Return the bytes of `assessment.json`: sorted keys, two spaces, UTF-8, a final newline."""
    return manifest.encode(assessment)


def encode_line(record: Record) -> bytes:
    """Return a record as one line of NDJSON: sorted keys, UTF-8, a final newline."""
    return manifest.compact(record) + b"\n"
