"""The findings: what failed and what to do, what is open and what would settle it, and what needs nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from compliance.assessment.assessment import Assessment, Finding, PartEntry
from compliance.assessment.verdict import SEVERITY_ORDER, Basis, Status
from reports.style import STATUS_WORDS, Style
from reports.text import width_of

_SAMPLES = 5
_NAME = 60
_PART_CONDITION = 160
_COMMENT = "#"

KIND_WORDS = {
    "not_requested": "not read: nobody asked for it",
    "denied": "not read: permission denied",
    "unavailable": "not read: the licence, the cloud or the API does not offer it",
    "failed": "not read: the reading failed",
    "incomplete": "read in part only",
    "stale": "read too long ago",
    "malformed": "the answer does not hold what it should",
    "contradictory": "what was read contradicts itself",
    "unproven": "what was read leaves more than one reading",
    "needs_attestation": "rests on somebody's word, and there is none that is valid",
    "internal_error": "the check itself failed",
}
"""Why something is indeterminate, by the value of its kind."""

_BASIS_WORDS = {
    Basis.CONFIGURED: "settings as read",
    Basis.OBSERVED: "records seen",
    Basis.ATTESTED: "somebody's declaration",
    Basis.IMPORTED: "an administrator's export",
}


def failed(assessment: Assessment, style: Style) -> Iterator[str]:
    """Yield the section of failures, the worst first, and after them those that a waiver covers whole."""
    findings = _ordered(assessment, Status.FAIL)
    if not findings:
        return
    yield from style.heading("What failed, and what to do")
    uncovered = [finding for finding in findings if finding.left_open is Status.FAIL]
    told: dict[str, Finding] = {}
    for finding in uncovered:
        yield ""
        yield from _failure(finding, told, style)
    covered = [finding for finding in findings if finding.left_open is not Status.FAIL]
    if covered:
        yield ""
        yield style.strong("Failing under a waiver")
    for finding in covered:
        yield ""
        yield from _failure(finding, told, style)


def undecided(assessment: Assessment, style: Style) -> Iterator[str]:
    """Yield the section of what could not be determined, with what would settle it."""
    findings = _ordered(assessment, Status.INDETERMINATE)
    if not findings:
        return
    yield from style.heading("What could not be determined, and what would settle it")
    for finding in findings:
        yield ""
        yield from _title(finding, style)
        if finding.kind is not None:
            yield from style.labelled("Because", KIND_WORDS[finding.kind.value])
        yield from style.labelled("Found", finding.condition)
        if finding.cause:
            yield from style.labelled("Decided by", finding.cause)
        if finding.settle is not None:
            yield from style.labelled("To settle", finding.settle)
        yield from _parts(finding, style)
        yield from _samples(finding, style)
        yield from _footing(finding, style)


def settled(assessment: Assessment, style: Style) -> Iterator[str]:
    """Yield what passed and what does not apply, a line each; a pass on weaker ground says so."""
    for status, heading in ((Status.PASS, "Passed"), (Status.NOT_APPLICABLE, "Not applicable")):
        findings = _ordered(assessment, status)
        if not findings:
            continue
        yield from style.heading(heading)
        for finding in findings:
            name = finding.check if finding.standard is None else f"{finding.check} ({finding.standard})"
            line = f"{style.status(status)}  {style.clean(name, _NAME)}: {style.clean(finding.condition)}"
            yield from _one_line(line, style)
            weaker = _weaker(finding)
            if weaker:
                yield from style.lines(weaker, indent="      ")
            if style.options.verbose:
                yield from _parts(finding, style)
                yield from _footing(finding, style)


def _ordered(assessment: Assessment, status: Status) -> list[Finding]:
    standards = [None, *(standard.id for standard in assessment.standards)]
    return sorted(
        (finding for finding in assessment.findings if finding.status is status),
        key=lambda one: (-SEVERITY_ORDER.index(one.severity), standards.index(one.standard), one.check),
    )


def _failure(finding: Finding, told: dict[str, Finding], style: Style) -> Iterator[str]:
    yield from _title(finding, style)
    yield from style.labelled("Found", finding.condition)
    if finding.cause:
        yield from style.labelled("Decided by", finding.cause)
    yield from style.labelled("Effect", finding.effect)
    yield from _parts(finding, style)
    yield from _samples(finding, style)
    yield from _footing(finding, style)
    first = told.setdefault(finding.check, finding)
    if not finding.recommendation:
        return
    if first is not finding:
        yield from style.labelled("Do", f"what stands at {first.check} ({first.standard}) above, for this period")
        return
    yield "  Do"
    for command in finding.recommendation:
        yield from _command(command, style)


def _title(finding: Finding, style: Style) -> Iterator[str]:
    under = f", {finding.standard}" if finding.standard is not None else ""
    yield from style.lines(
        f"{finding.check}  {finding.title} ({finding.severity.value}{under})",
        indent="  ",
        first=f"{style.status(finding.status)}  ",
    )


def _command(command: str, style: Style) -> Iterator[str]:
    """A command stays on one line, however long, to be copied; a comment is wrapped into comments."""
    if command.startswith(_COMMENT):
        yield from style.lines(command.removeprefix(_COMMENT).strip(), indent="    # ")
    else:
        yield f"    {style.clean(command)}"


def _parts(finding: Finding, style: Style) -> Iterator[str]:
    if not finding.parts:
        return
    counted = [part for part in finding.parts if part.excluded is None]
    shown = [part for part in counted if style.options.verbose or part.status not in (Status.PASS, finding.status)]
    quiet = [part for part in counted if part not in shown]
    del quiet
    telling = [part for part in counted if style.options.verbose or part.status is not Status.PASS]
    if telling:
        rows = [
            [style.status(part.status), _count(part), style.clean(_part_text(part), _PART_CONDITION)]
            for part in telling
        ]
        yield from style.table(["Status", "Count", "Class, and what was found"], rows, flexible=2, indent=2)
