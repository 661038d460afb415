"""What would it take? For each log source that does not meet a standard, the smallest change that makes it meet it.

Commands add and never overwrite, and nothing is executed. What could not be read is not planned for: reading it comes
first, and the findings say what settles it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from compliance.assessment.assessment import FixEntry, PlanEntry, PlanStepEntry
from compliance.assessment.declarations import Declarations
from compliance.assessment.plan.azure import azure_steps, office_copies, tenant_of
from compliance.assessment.plan.keep import Wanting
from compliance.assessment.plan.purview import purview_plan
from compliance.assessment.plan.steps import Fix, Step
from compliance.assessment.retention import case_of
from compliance.evidence.derived import AuditLog
from compliance.evidence.evidence import Evidence
from compliance.rules.log_sources import SOURCES
from compliance.rules.office_activity import OFFICE_ACTIVITY
from compliance.standards import Standard


def plan_of(standard: Standard, evidence: Evidence, declarations: Declarations) -> PlanEntry:
    """Return the steps by which all log sources come to meet a standard, as far as what was read tells."""
    case = case_of(evidence.resolve(AuditLog).value, declarations)
    tenant = tenant_of(standard, evidence, case.terms)
    copies = office_copies(tenant)
    purview = purview_plan(standard, case, copies)
    copied = [
        Wanting(source, OFFICE_ACTIVITY, copies[source], lacking, arrives=True)
        for source, lacking in purview.copied.items()
    ]
    steps = [*purview.steps, *azure_steps(tenant, copied)]
    ordered = sorted(_joined(steps), key=lambda step: step.order)
    return PlanEntry(standard=standard.id, steps=tuple(_entry(step, standard) for step in ordered))


def _joined(steps: Iterable[Step]) -> Iterable[Step]:
    """Return steps of which no two are the same change: what one of them fixes, the other fixes as well."""
    once: dict[tuple[str, tuple[str, ...]], Step] = {}
    for step in steps:
        key = step.what, step.commands
        once[key] = replace(step, fixes=(*once[key].fixes, *step.fixes)) if key in once else step
    return once.values()


def _entry(step: Step, standard: Standard) -> PlanStepEntry:
    return PlanStepEntry(
        what=step.what,
        commands=step.commands,
        fixes=tuple(_fix_entries(step.fixes, standard)),
        role=step.role,
        delay=step.delay,
        backfill=step.backfill,
        needs_licences=step.needs_licences,
        licences=step.licences,
        alternative=step.alternative,
    )


def _fix_entries(fixes: tuple[Fix, ...], standard: Standard) -> Iterator[FixEntry]:
    for fix in dict.fromkeys(fixes):
        requirement, word = (standard.hot, standard.words.hot) if fix.hot else (standard.total, standard.words.total)
        if requirement is not None:
            period = f"{requirement.duration.text} {word}"
            yield FixEntry(source=fix.source, title=SOURCES[fix.source].title, period=period)
