"""The findings: what failed and what to do, what is open and what would settle it, and what needs nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from compliance.assessment.assessment import Assessment, Finding
from compliance.assessment.verdict import Status
from reports.console.finding_details import classes, grounds, samples_of, to_copy, weaker_ground, what_was_found
from reports.console.style import Style
from reports.grouping import WORST_FIRST, by_check, ordered, standards_of, told_alike
from reports.words import KIND_WORDS, STATUS_WORDS


def failed(assessment: Assessment, style: Style) -> Iterator[str]:
    """Yield the section of failures, the worst first, and after them those that a waiver covers whole."""
    findings = ordered(assessment, Status.FAIL, style.options.gate)
    if not findings:
        return
    yield from style.heading("What failed, and what to do")
    told: set[str] = set()
    for group in by_check(finding for finding in findings if finding.left_open is Status.FAIL):
        yield ""
        yield from _failure(group, assessment, told, style)
    covered = [finding for finding in findings if finding.left_open is not Status.FAIL]
    if covered:
        yield ""
        yield style.strong("Failing under a waiver")
    for group in by_check(covered):
        yield ""
        yield from _failure(group, assessment, told, style)


def undecided(assessment: Assessment, style: Style) -> Iterator[str]:
    """Yield the section of what could not be determined, with what would settle it."""
    findings = ordered(assessment, Status.INDETERMINATE, style.options.gate)
    if not findings:
        return
    yield from style.heading("What could not be determined, and what would settle it")
    for group in by_check(findings):
        yield ""
        yield from _title(group, assessment, style)
        yield from _tellings(group, assessment, style)
        yield from _clauses(group, style)


def settled(assessment: Assessment, style: Style) -> Iterator[str]:
    """Yield what passed and what does not apply, in a sentence each; a pass on weaker ground says so."""
    for status, heading in ((Status.PASS, "Passed"), (Status.NOT_APPLICABLE, "Not applicable")):
        findings = ordered(assessment, status, style.options.gate)
        if not findings:
            continue
        yield from style.heading(heading)
        for group in (same for of_check in by_check(findings) for same in told_alike(of_check)):
            name = " ".join(filter(None, (group[0].check, standards_of(group))))
            lead = f"{style.status(status)}  "
            yield from style.lines(f"{name}: {group[0].condition}", indent="      ", first=lead)
            if weaker := weaker_ground(group[0]):
                yield from style.lines(weaker, indent="      ")
            if style.options.verbose:
                yield from classes(group[0], style)
                yield from _clauses(group, style)
                yield from grounds(group, style)


def _failure(group: Sequence[Finding], assessment: Assessment, told: set[str], style: Style) -> Iterator[str]:
    """A failure; what is the same under each standard is told once."""
    finding = group[0]
    yield from _title(group, assessment, style)
    if finding.check not in told:
        yield from style.labelled("Effect", finding.effect)
    yield from _tellings(group, assessment, style)
    yield from _clauses(group, style)
    if finding.check in told:
        yield from style.labelled("Do", f"what stands at {finding.check} above, for this period")
    elif finding.recommendation:
        yield "  Do"
        for command in finding.recommendation:
            yield from to_copy(command, style)
    told.add(finding.check)


def _title(group: Sequence[Finding], assessment: Assessment, style: Style) -> Iterator[str]:
    """The check, and where it was judged under several standards its status under each, side by side."""
    finding = group[0]
    judged = [one for one in assessment.findings if one.check == finding.check and one.standard is not None]
    under = f", {finding.standard}" if finding.standard is not None and len(judged) == 1 else ""
    yield from style.lines(
        f"{finding.check} ({finding.severity.value}{under}) {finding.title}",
        indent="  ",
        first=f"{style.status(finding.status)}  ",
    )
    if len(judged) > 1:
        by_status = [
            f"{STATUS_WORDS[status]} {standards_of(one for one in judged if one.status is status)}"
            for status in WORST_FIRST
            if any(one.status is status for one in judged)
        ]
        yield from style.labelled("Under", "; ".join(by_status))


def _tellings(group: Sequence[Finding], assessment: Assessment, style: Style) -> Iterator[str]:
    """What was found, once for all standards of which the same is told, below their names where others differ."""
    check, status = group[0].check, group[0].status
    alike_elsewhere = [one for one in assessment.findings if one.check == check and one.status is status]
    for same in told_alike(group):
        finding = same[0]
        if len(same) < len(alike_elsewhere):
            yield from (style.strong(line) for line in style.lines(f"{standards_of(same)}:", indent="  "))
        if finding.kind is not None:
            yield from style.labelled("Because", KIND_WORDS[finding.kind.value])
        yield from what_was_found(finding, style)
        if finding.settle is not None:
            yield from style.labelled("To settle", finding.settle)
        yield from classes(finding, style)
        yield from samples_of(finding, style)
        yield from grounds(same, style)


def _clauses(group: Sequence[Finding], style: Style) -> Iterator[str]:
    for finding in group:
        if finding.criteria is not None:
            under = "" if finding.standard is None or len(group) == 1 else f"{finding.standard}: "
            yield from style.labelled("Clause", f"{under}{finding.criteria}")
