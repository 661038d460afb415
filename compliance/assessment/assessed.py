"""A judged bundle as every report takes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from compliance.assessment.assessment import AffectedEntry, Assessment


@dataclass(frozen=True, slots=True)
class Assessed:
    """An assessment, and all affected objects by the uid of their finding: the assessment itself holds samples alone.

    There is an entry for every finding. A sequence may make its objects one by one: walk it, and keep no list of it.
    """

    assessment: Assessment
    affected: Mapping[str, Sequence[AffectedEntry]]
