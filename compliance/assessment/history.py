"""Earlier assessments of a tenant, as far as a trend shows them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from compliance.assessment.assessment import Assessment, Totals
from compliance.assessment.period import evidence_days
from compliance.assessment.verdict import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryPoint:
    """One earlier assessment: when, from which bundle, by which version, its totals, and each finding's status by uid.

    `evidence_days` are those of its bundle. `complete` is false where checks lay outside the selection; `simulated`
    says that it is of no real tenant, `redacted` that it was made from a copy without names.
    """

    as_of: dt.datetime
    bundle_sha256: str
    tool_version: str
    totals: tuple[Totals, ...]
    statuses: Mapping[str, Status]
    evidence_days: tuple[dt.date, ...]
    complete: bool = True
    simulated: bool = False
    redacted: bool = False


def history_of(assessments: Iterable[Assessment], before: Assessment) -> tuple[HistoryPoint, ...]:
    """Return the assessments that are earlier than another one, the oldest first.

    Of a bundle that was judged more than once the last one given counts; what is of the other's own bundle or moment is
    no history of it.
    """
    of_bundle = {
        one.bundle_sha256: one
        for one in assessments
        if one.as_of < before.as_of and one.bundle_sha256 != before.bundle_sha256
    }
    return tuple(_point(one) for one in sorted(of_bundle.values(), key=lambda one: (one.as_of, one.bundle_sha256)))


def _point(assessment: Assessment) -> HistoryPoint:
    return HistoryPoint(
        as_of=assessment.as_of,
        bundle_sha256=assessment.bundle_sha256,
        tool_version=assessment.tool.version,
        totals=assessment.totals,
        statuses={finding.uid: finding.status for finding in assessment.findings},
        evidence_days=evidence_days(assessment.datasets, assessment.findings),
        complete=assessment.complete,
        simulated=assessment.simulated,
        redacted=assessment.run is not None and assessment.run.derived_from is not None,
    )
