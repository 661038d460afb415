"""The report for a terminal: what was asked, what was found, what to do, and what the answer rests on."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from compliance.assessment.assessment import Assessment, RequirementEntry, StandardEntry
from compliance.assessment.verdict import Status
from reports.completeness import completeness, in_short, levels, scope, waivers
from reports.findings import failed, settled, undecided
from reports.options import Options
from reports.picture import legend, picture
from reports.style import Style

_NAME = 60


def console_report(assessment: Assessment, options: Options) -> str:
    """Return the report as lines of at most `options.width` columns; only commands to copy may be longer."""
    style = Style(options)
    sections = (
        _header(assessment, style),
        _standards(assessment, style),
        _verdicts(assessment, style),
        _pictures(assessment, style),
        failed(assessment, style),
        undecided(assessment, style),
        settled(assessment, style),
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
    digest = assessment.bundle_sha256
    yield from style.labelled("Bundle", f"{digest[:12]}; the SHA-256 of its manifest in full:", indent=0, column=10)
    yield from style.labelled("", digest, indent=0, column=10)
    yield from style.labelled("Scope", in_short(assessment), indent=0, column=10)
    yield from style.labelled("Judged by", f"{assessment.tool.name} {assessment.tool.version}", indent=0, column=10)


def _standards(assessment: Assessment, style: Style) -> Iterator[str]:
    yield from style.heading("Standards asked for")
    for index, standard in enumerate(assessment.standards):
        if index:
            yield ""
        yield style.strong(style.clean(standard.id, style.width))
        yield from style.labelled("Title", standard.title)
        yield from style.labelled("Status", standard.status)
        for need in (standard.hot, standard.total):
            if need is not None:
                yield from style.labelled("Asks for", _asks(need))
        if standard.note:
            yield from style.labelled("Note", standard.note)


def _asks(need: RequirementEntry) -> str:
    return f"{need.period} {need.word} [{need.citation}]"


def _verdicts(assessment: Assessment, style: Style) -> Iterator[str]:
    yield from style.heading("Verdict")
    for index, totals in enumerate(assessment.totals):
        if index:
            yield ""
        yield from style.lines(totals.sentence, indent="  ")
        rows = [
            (Status.FAIL, totals.failed),
            (Status.INDETERMINATE, totals.indeterminate),
            (Status.PASS, totals.passed),
            (Status.NOT_APPLICABLE, totals.not_applicable),
        ]
        yield "  " + "   ".join(f"{style.status(status)} {count:,}" for status, count in rows)
        if totals.waived:
            yield from style.lines(f"{totals.waived:,} of them under a waiver, which changes no status", indent="  ")
    if not assessment.complete:
        yield ""
        yield from style.lines(
            "Not complete: what was not assessed stands under Scope, and counts in none of these numbers.", indent="  "
        )


def _pictures(assessment: Assessment, style: Style) -> Iterator[str]:
    yield from style.heading("How far back one can look")
    yield from legend(style)
    for standard in assessment.standards:
        yield ""
        yield style.strong(style.clean(f"{standard.id}: {_periods(standard)}", style.width))
        sources = [source for source in assessment.sources if source.standard == standard.id]
        if sources:
            yield from picture(standard, sources, assessment.as_of.date(), style)
        else:
            yield from style.lines("no log source is required, or the scope leaves everybody out", indent="  ")


def _periods(standard: StandardEntry) -> str:
    return ", ".join(f"{need.period} {need.word}" for need in (standard.hot, standard.total) if need is not None)
