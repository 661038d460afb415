"""The report for a terminal: what was asked, what was found, what to do, and what the answer rests on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from compliance.assessment.assessed import Assessed
from compliance.assessment.assessment import Assessment, StandardEntry, Totals
from compliance.assessment.verdict import Status
from reports.console.changes import changes, period
from reports.console.completeness import completeness, levels, scope
from reports.console.findings import failed, settled, undecided
from reports.console.picture import legend, picture
from reports.console.plan import plans
from reports.console.side_by_side import side_by_side
from reports.console.style import Style
from reports.console.waivers import waivers
from reports.grouping import gate_first
from reports.look_back import notes_on, periods
from reports.options import Options
from reports.terms import standing, under_waivers, who_counts

_NAME = 60


def console_report(assessed: Assessed, options: Options) -> str:
    """Return the report as lines of at most `options.width` columns; only commands to copy may be longer."""
    assessment = assessed.assessment
    style = Style(options)
    standards = gate_first(assessment.standards, options.gate)
    sections = (
        _header(assessment, style),
        _verdicts(assessment, standards, style),
        _pictures(assessment, standards, style),
        failed(assessment, style),
        undecided(assessment, style),
        settled(assessment, style),
        changes(assessment, style),
        period(assessment, style),
        plans(assessment, standards, style),
        _standards(standards, style),
        scope(assessment, style),
        waivers(assessment, style),
        completeness(assessment, style),
        levels(assessment, style),
    )
    return "".join(f"{line}\n" for line in chain.from_iterable(sections))


def _header(assessment: Assessment, style: Style) -> Iterator[str]:
    tenant = assessment.tenant
    yield style.strong("lookback: how far back can you look, and can you prove it?")
    yield ""
    if assessment.simulated:
        yield style.banner("SIMULATED TENANT: this report says nothing of a real one")
        yield ""
    name = "name unread" if tenant.name is None else style.clean(tenant.name, _NAME)
    domain = "initial domain unread" if tenant.initial_domain is None else style.clean(tenant.initial_domain, _NAME)
    yield from style.labelled("Tenant", name, indent=0, column=10)
    yield from style.labelled("", domain, indent=0, column=10)
    yield from style.labelled("", style.clean(tenant.id, _NAME), indent=0, column=10)
    yield from style.labelled("Cloud", assessment.cloud, indent=0, column=10)
    moment = f"{assessment.as_of:%Y-%m-%d %H:%M:%S} UTC, the end of the last reading"
    yield from style.labelled("As of", moment, indent=0, column=10)
    yield from style.labelled("Bundle", assessment.bundle_sha256, indent=0, column=10)
    yield from style.labelled("Scope", who_counts(assessment), indent=0, column=10)
    yield from style.labelled("Judged by", f"{assessment.tool.name} {assessment.tool.version}", indent=0, column=10)


def _standards(standards: Sequence[StandardEntry], style: Style) -> Iterator[str]:
    yield from style.heading("Standards asked for")
    for index, standard in enumerate(standards):
        if index:
            yield ""
        yield style.strong(style.clean(standard.id, style.width))
        yield from style.labelled("Title", standard.title)
        yield from style.labelled("Status", standard.status)
        for need in (standard.hot, standard.total, standard.max_total):
            if need is not None:
                yield from style.labelled("Asks for", f"{need.period} {need.word} [{need.citation}]")
        if standard.note:
            yield from style.labelled("Note", standard.note)
        yield from style.labelled("Text", standard.url)


def _verdicts(assessment: Assessment, standards: Sequence[StandardEntry], style: Style) -> Iterator[str]:
    yield from style.heading("Verdict")
    totals_of = {totals.standard: totals for totals in assessment.totals}
    for index, standard in enumerate(standards):
        if index:
            yield ""
        decides = "; decides the exit code" if len(standards) > 1 and standard.id == style.options.gate else ""
        yield from style.lines(f"{standard.id}: {standing(standard)}{decides}", indent="  ")
        if standard.id in totals_of:
            yield from _counts(totals_of[standard.id], style)
    if not assessment.complete:
        yield ""
        yield from style.lines(
            "Not complete: what was not assessed stands under Scope, and counts in none of these numbers.", indent="  "
        )


def _counts(totals: Totals, style: Style) -> Iterator[str]:
    yield from style.lines(totals.sentence, indent="  ")
    rows = [
        (Status.FAIL, totals.failed),
        (Status.INDETERMINATE, totals.indeterminate),
        (Status.PASS, totals.passed),
        (Status.NOT_APPLICABLE, totals.not_applicable),
    ]
    yield "  " + "   ".join(f"{style.status(status)} {count:,}" for status, count in rows)
    if waived := under_waivers(totals):
        yield from style.lines(waived, indent="  ")


def _pictures(assessment: Assessment, standards: Sequence[StandardEntry], style: Style) -> Iterator[str]:
    """Yield all standards in one table, and the picture of the first one, or of each where everything is asked for."""
    yield from style.heading("How far back one can look")
    several = len(standards) > 1
    if several:
        yield from side_by_side(standards, assessment.sources, style)
        yield from _notes(assessment, style)
    shown = standards if style.options.verbose else standards[:1]
    drawn = [source for source in assessment.sources if source.standard in {standard.id for standard in shown}]
    for index, standard in enumerate(shown):
        if index or several:
            yield ""
        yield style.strong(style.clean(f"{standard.id}: {_periods(standard)}", style.width))
        sources = [source for source in drawn if source.standard == standard.id]
        if sources:
            yield from picture(standard, sources, assessment.as_of.date(), style)
        else:
            yield from style.lines("no log source is required, or the scope leaves everybody out", indent="  ")
    yield ""
    yield from legend(drawn, style)
    if len(shown) < len(standards):
        yield from style.lines("The pictures of the other standards: --verbose.")


def _notes(assessment: Assessment, style: Style) -> Iterator[str]:
    """Yield each note on log sources once, with the names of those that it is about."""
    noted = notes_on(assessment.sources)
    if noted:
        yield ""
    for note, titles in noted.items():
        yield from style.labelled("Note", f"{note}: {', '.join(titles)}", indent=0, column=6)


def _periods(standard: StandardEntry) -> str:
    return ", ".join(f"{need.period} {need.word}" for need in periods(standard))
