"""Collecting and judging a simulated tenant, and what came out of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from compliance.assessment.assessment import Assessment, Finding, PartEntry
from compliance.assessment.verdict import Status
from compliance.demo.server import Served
from compliance.demo.tenant import Tenant
from compliance.evidence.datasets import State
from compliance.evidence.manifest import Manifest

PASS, FAIL, INDETERMINATE = Status.PASS, Status.FAIL, Status.INDETERMINATE


@dataclass(frozen=True)
class Outcome:
    """What lookback read and concluded, under M-21-31, and what the tenant was asked."""

    assessment: Assessment
    manifest: Manifest
    served: Served

    def finding(self, check: str) -> Finding:
        (found,) = (finding for finding in self.assessment.findings if finding.check == check)
        return found

    def status(self, check: str) -> Status:
        return self.finding(check).status

    def part(self, check: str, part: str) -> PartEntry:
        (found,) = (one for one in self.finding(check).parts if one.id == part)
        return found

    def state(self, dataset: str) -> State:
        entry = self.manifest.dataset(dataset)
        assert entry is not None
        return entry.state


Audit = Callable[[Tenant], Outcome]
