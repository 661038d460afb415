"""Runs checks over evidence and puts what they conclude into an assessment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from compliance import __version__
from compliance.assessment.affected import AffectedObjects
from compliance.assessment.assessed import Assessed
from compliance.assessment.assessment import SCHEMA, SCHEMA_VERSION, Assessment, Finding, TenantEntry, ToolEntry
from compliance.assessment.check import Check
from compliance.assessment.declarations import Declarations
from compliance.assessment.identity import Earlier, followed
from compliance.assessment.overlay import apply_waivers
from compliance.assessment.period import Period, period_entry
from compliance.assessment.plan import plan_of
from compliance.assessment.sources import levels_of, sources_of
from compliance.assessment.standard_entries import standard_entry
from compliance.assessment.totals import totals_of
from compliance.assessment.waivers import Waiver
from compliance.evidence.bundle import Bundle
from compliance.evidence.derived import DERIVATIONS
from compliance.evidence.evidence import Evidence
from compliance.runner.concluding import asked_under, besides, conclude, without_weak_passes
from compliance.runner.findings import finding_of
from compliance.runner.summary import dataset_rows, facts_of, left_out_of, not_assessed, notes_of, run_entry
from compliance.standards import Standard


def assess(
    bundle: Bundle,
    *,
    checks: Sequence[Check],
    left_out: Sequence[Check],
    standards: Sequence[Standard],
    declarations: Declarations,
    waivers: Sequence[Waiver],
    earlier: Earlier | None = None,
    period: Period | None = None,
) -> Assessed:
    """Judge a bundle by each check, under each standard that the check takes into account.

    `left_out` are the checks that exist and were not asked for. What a standard asks for and no check of this version
    judges is not assessed either, and said so. With an `earlier` assessment of the tenant it says what changed
    since, and with a `period` on which days the bundle was read. The outcome depends on the arguments alone: neither on
    the clock, nor on the order in which things are held.
    """
    evidence = Evidence(bundle, DERIVATIONS)
    tenant = bundle.manifest.tenant
    findings: list[Finding] = []
    affected: dict[str, AffectedObjects] = {}
    for one in checks:
        for standard in asked_under(one, standards):
            finding, objects = judge(one, standard, evidence, declarations)
            findings.append(finding)
            affected[finding.uid] = objects
    waived, uses = apply_waivers(findings, affected, waivers, evidence.as_of)
    sources = tuple(row for standard in standards for row in sources_of(standard, evidence, declarations))
    manifest = bundle.manifest
    beyond = tuple(not_assessed(checks, left_out, standards))
    rows = tuple(dataset_rows(evidence))
    document = Assessment(
        schema=SCHEMA,
        tool=ToolEntry(name="lookback", version=__version__),
        tenant=TenantEntry(id=tenant.id, name=tenant.name, initial_domain=tenant.initial_domain),
        cloud=manifest.cloud,
        simulated=manifest.simulated,
        as_of=manifest.as_of,
        bundle_sha256=bundle.digest,
        standards=tuple(standard_entry(standard) for standard in standards),
        scope=manifest.scope,
        left_out=left_out_of(findings),
        complete=not beyond,
        not_assessed=beyond,
        totals=tuple(totals_of(waived, sources, standards)),
        sources=sources,
        levels=tuple(level for standard in standards for level in levels_of(standard, evidence, declarations)),
        plans=tuple(plan_of(standard, evidence, declarations) for standard in standards),
        findings=waived,
        facts=facts_of(findings),
        datasets=rows,
        waivers=uses,
        notes=notes_of(bundle),
        schema_version=SCHEMA_VERSION,
        run=run_entry(manifest),
        period=None if period is None else period_entry(period, rows, findings),
        declarations_sha256=declarations.sha256,
    )
    assessed = Assessed(document, affected)
    return assessed if earlier is None else followed(earlier, assessed)


def judge(
    one: Check, standard: Standard | None, evidence: Evidence, declarations: Declarations
) -> tuple[Finding, AffectedObjects]:
    """Return the finding of one check under one standard, with every affected object."""
    given: dict[Any, Any] = {Declarations: declarations}
    if standard is not None:
        given[Standard] = standard
    arguments = evidence.arguments(one.function, given)
    conclusion = conclude(one, arguments)
    datasets = arguments.datasets | besides(conclusion)
    conclusion = without_weak_passes(conclusion, arguments, evidence)
    return finding_of(one, standard, conclusion, datasets, evidence)
