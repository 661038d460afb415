"""Earlier assessments of a tenant, as far as a trend shows them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from compliance.assessment.assessment import Totals
from compliance.assessment.verdict import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryPoint:
    """One earlier assessment: when, from which bundle, by which version, its totals, and each finding's status by uid.

    `evidence_days` are the days on which its bundle was read.
    """

    as_of: dt.datetime
    bundle_sha256: str
    tool_version: str
    totals: tuple[Totals, ...]
    statuses: Mapping[str, Status]
    evidence_days: tuple[dt.date, ...]
