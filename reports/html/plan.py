"""What it would take: the steps that make the log sources meet a standard, in the order in which to go."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from compliance.assessment.assessment import Assessment, FixEntry, PlanStepEntry, StandardEntry
from reports.html.markup import Markup, el
from reports.html.pieces import commands, labelled, listed, section


def plan(assessment: Assessment, standards: Sequence[StandardEntry]) -> Markup:
    """Return the plan of the first standard: a second one, carried out after it, could take back what that did."""
    by_standard = {one.standard: one for one in assessment.plans}
    first = standards[0].id if standards else None
    steps = by_standard[first].steps if first in by_standard else ()
    several = el("p", f"This is the plan of {first}. Carry it out, collect again, and ask for the next standard's: each"
                 " plan begins from what was read. Those of the others are in assessment.json.")  # fmt: skip
    return section(
        "plan",
        "What it would take",
        el("p", "Nothing of this was executed. Commands add and never overwrite. Names in <angle brackets> are yours"
           " to give."),
        several if len(standards) > 1 else None,
        None if steps else el("p", "No log source needs a change, as far as what was read tells."),
        *(_step(number, step) for number, step in enumerate(steps, 1)),
    )  # fmt: skip


def _step(number: int, step: PlanStepEntry) -> Markup:
    licences = None
    if step.needs_licences:
        licences = "not known how many" if step.licences is None else f"{step.licences:,}"
    return el(
        "article",
        el("h3", f"{number}. {step.what}"),
        labelled(
            (
                ("Do", commands(step.commands)),
                ("Fixes", listed(_fixed(step.fixes), cls="plain")),
                ("By", step.role),
                ("In force", f"{step.delay}; {step.backfill}"),
                ("Licences", licences),
                ("Instead" if step.commands or step.needs_licences else "How", step.alternative),
            )
        ),
        cls="finding",
    )


def _fixed(fixes: Sequence[FixEntry]) -> Iterator[str]:
    """Yield each period with the log sources that come to meet it."""
    titles: dict[str, list[str]] = {}
    for fix in fixes:
        titles.setdefault(fix.period, []).append(fix.title)
    for period, sources in titles.items():
        yield f"{period}: {', '.join(sources)}"
