"""A tenant read over HTTP and judged by every check, and what is worse of it than of another."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from checks import all_checks
from compliance.assessment.assessment import Assessment, Finding, PartEntry
from compliance.assessment.declarations import NO_DECLARATIONS, Declarations
from compliance.assessment.verdict import BADNESS, Status
from compliance.cli.apis import now, scope_of, tenant_apis
from compliance.collector import Run, collect
from compliance.demo.app import Request
from compliance.demo.server import serve
from compliance.demo.tenant import Tenant
from compliance.evidence.datasets import DATASETS
from compliance.runner import assess
from compliance.settings import load_settings
from compliance.standards import Standard, load_standard

STANDARDS = ("m-21-31", "m-26-14")


@dataclass(frozen=True)
class Judged:
    """What is said of a tenant, and what was asked of it."""

    assessment: Assessment
    requests: tuple[Request, ...]

    def finding(self, check: str, standard: str = "m-21-31") -> Finding:
        """The finding of a check, under a standard where the check takes one into account."""
        found = [one for one in self.assessment.findings if one.check == check]
        return next(one for one in found if one.standard in (standard, None))

    def part(self, check: str, part: str, standard: str = "m-21-31") -> PartEntry:
        """A part of it, by its id or title."""
        every = self.finding(check, standard).parts
        found = [one for one in every if part in (one.id, one.title)]
        assert len(found) == 1, (part, [(one.id, one.title) for one in every])
        return found[0]

    @property
    def statuses(self) -> dict[tuple[str, str | None, str | None], Status]:
        """The status of every finding and of every part."""
        told: dict[tuple[str, str | None, str | None], Status] = {}
        for one in self.assessment.findings:
            told[one.check, one.standard, None] = one.status
            told |= {(one.check, one.standard, part.id): part.status for part in one.parts}
        return told


def judged(
    tenant: Tenant,
    declarations: Declarations = NO_DECLARATIONS,
    more: str = "",
    standards: Sequence[Standard] = (),
) -> Judged:
    """Collect all of a tenant over HTTP and judge it by every check; `more` is added to config.yaml."""
    with serve(tenant) as served, tempfile.TemporaryDirectory() as directory:
        config = served.directory / "config.yaml"
        limits = "limits: {max_wait_seconds: 1}\n"
        config.write_text(served.settings_yaml() + limits + more, encoding="utf-8")
        before = dict(os.environ)
        os.environ.update(served.environment)
        try:
            settings = load_settings(config)
            with tenant_apis(settings, quiet=True) as apis:
                run = Run(Path(directory) / "bundle", tuple(DATASETS), scope_of(settings), settings.digest())
                bundle = collect(apis, run, clock=now)
        finally:
            os.environ.clear()
            os.environ.update(before)
        assessed = assess(
            bundle,
            checks=all_checks(),
            left_out=(),
            standards=list(standards) or [load_standard(one) for one in STANDARDS],
            declarations=declarations,
            waivers=(),
        )
        return Judged(assessed.assessment, tuple(served.requests.all()))


def worse(before: Judged, after: Judged) -> dict[tuple[str, str | None, str | None], tuple[Status, Status]]:
    """What stands worse afterwards; of a part that was not there before, what does not pass."""
    was = before.statuses
    return {
        key: (was.get(key, Status.PASS), status)
        for key, status in after.statuses.items()
        if BADNESS.index(status) > max(BADNESS.index(was.get(key, Status.PASS)), BADNESS.index(Status.PASS))
    }
