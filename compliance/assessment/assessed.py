"""A judged bundle as every report takes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from compliance.assessment.assessment import AffectedEntry, Assessment, Finding

AFFECTED = "affected"
"""The folder of a result that lists all affected objects."""


@dataclass(frozen=True, slots=True)
class Assessed:
    """An assessment, and all affected objects by the uid of their finding: the assessment itself holds samples alone.

    There is an entry for every finding. A sequence may make its objects one by one: walk it, and keep no list of it.
    """

    assessment: Assessment
    affected: Mapping[str, Sequence[AffectedEntry]]


def affected_file(finding: Finding) -> str:
    """Return the file inside a result folder that lists the affected objects of a finding, where it has any."""
    name = finding.check if finding.standard is None else f"{finding.check}.{finding.standard}"
    return f"{AFFECTED}/{name}.jsonl"
