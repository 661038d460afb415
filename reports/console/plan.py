"""What it would take: the steps that make the log sources meet a standard, in the order in which to go."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from compliance.assessment.assessment import Assessment, FixEntry, PlanStepEntry, StandardEntry
from reports.console.finding_details import to_copy
from reports.console.style import Style

_SHOWN = 4


def plans(assessment: Assessment, standards: Sequence[StandardEntry], style: Style) -> Iterator[str]:
    """Yield the section of the plan where it is asked for: that of the first standard.

    Every plan begins from what was read, so that one which is carried out after another could take back what that did.
    """
    if not style.options.steps:
        return
    by_standard = {plan.standard: plan for plan in assessment.plans}
    yield from style.heading("What it would take")
    yield from style.lines(
        "Nothing of this was executed. Commands add and never overwrite. Names in <angle brackets> are yours to give."
    )
    if len(standards) > 1:
        yield from style.lines(
            f"This is the plan of {standards[0].id}. Carry it out, collect again, and ask for the next standard's: each"
            " plan begins from what was read. Those of the others are in the JSON report."
        )
    for plan in (by_standard[standard.id] for standard in standards[:1]):
        yield ""
        yield style.strong(style.clean(plan.standard, style.width))
        if not plan.steps:
            yield from style.lines("no log source needs a change, as far as what was read tells", indent="  ")
        told: dict[str, int] = {}
        for number, step in enumerate(plan.steps, 1):
            yield ""
            yield from _step(number, step, told, style)


def _step(number: int, step: PlanStepEntry, told: dict[str, int], style: Style) -> Iterator[str]:
    yield from style.labelled(f"{number}.", step.what, indent=0, column=4)
    for line in step.commands:
        yield from to_copy(line, style)
    yield from style.labelled("Fixes", "; ".join(_fixed(step.fixes)), indent=4)
    yield from style.labelled("By", step.role, indent=4)
    yield from style.labelled("In force", f"{step.delay}; {step.backfill}", indent=4)
    if step.needs_licences:
        count = "not known how many" if step.licences is None else f"{step.licences:,}"
        yield from style.labelled("Licences", count, indent=4)
    if step.alternative is not None:
        before = told.setdefault(step.alternative, number)
        label = "Instead" if step.commands or step.needs_licences else "How"
        text = step.alternative if before == number else f"as under {before}"
        yield from style.labelled(label, text, indent=4)


def _fixed(fixes: tuple[FixEntry, ...]) -> Iterator[str]:
    """Yield each period with the log sources that come to meet it."""
    titles: dict[str, list[str]] = {}
    for fix in fixes:
        titles.setdefault(fix.period, []).append(fix.title)
    for period, sources in titles.items():
        more = f" and {len(sources) - _SHOWN} more" if len(sources) > _SHOWN else ""
        yield f"{period}: {', '.join(sources[:_SHOWN])}{more}"
