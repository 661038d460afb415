"""The findings: what failed and what to do, what is open and what would settle it, and what needs nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from compliance.assessment.assessment import SAMPLES, Assessment, Finding, PartEntry
from compliance.assessment.verdict import SEVERITY_ORDER, Basis, Status
from reports.style import STATUS_WORDS, Style

_SAMPLES = 5
_NAME = 60
_PART_CONDITION = 240
_COMMENT = "#"
_ORDER = (Status.FAIL, Status.INDETERMINATE, Status.PASS, Status.NOT_APPLICABLE)

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
        yield from _found(finding, style)
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
            name = finding.check if finding.standard is None else f"{finding.check} {finding.standard}"
            yield style.one_line(f"{name}: {finding.condition}", first=f"{style.status(status)}  ")
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
    """A failure; what is the same under another standard is told once."""
    first = told.setdefault(finding.check, finding)
    yield from _title(finding, style)
    yield from _found(finding, style)
    if first is finding:
        yield from style.labelled("Effect", finding.effect)
    yield from _parts(finding, style)
    yield from _samples(finding, style)
    yield from _footing(finding, style)
    if first is not finding:
        yield from style.labelled("Do", f"what stands at {first.check} ({first.standard}) above, for this period")
    elif finding.recommendation:
        yield "  Do"
        for command in finding.recommendation:
            yield from _command(command, style)


def _title(finding: Finding, style: Style) -> Iterator[str]:
    under = "" if finding.standard is None else f", {finding.standard}"
    yield from style.lines(
        f"{finding.check} ({finding.severity.value}{under}) {finding.title}",
        indent="  ",
        first=f"{style.status(finding.status)}  ",
    )


def _found(finding: Finding, style: Style) -> Iterator[str]:
    """What was found, unless the table of classes tells, and the witness."""
    if not _counted(finding):
        yield from style.labelled("Found", finding.condition)
    if finding.cause:
        yield from style.labelled("Decided by", finding.cause)


def _command(command: str, style: Style) -> Iterator[str]:
    """A command stays on one line, however long, to be copied; a comment is wrapped into comments."""
    if command.startswith(_COMMENT):
        yield from style.lines(command.removeprefix(_COMMENT).strip(), indent="    # ")
    else:
        yield f"    {style.clean(command)}"


def _counted(finding: Finding) -> list[PartEntry]:
    return [part for part in finding.parts if part.excluded is None]


def _parts(finding: Finding, style: Style) -> Iterator[str]:
    """The classes that ask for something as a table, those that pass in a line, and what would settle the open ones.

    Classes of which the same is said share a row, unless everything is asked for.
    """
    verbose = style.options.verbose
    counted = _counted(finding)
    told = [part for part in counted if verbose or part.status in (Status.FAIL, Status.INDETERMINATE)]
    groups = [[part] for part in told] if verbose else _grouped(told)
    if groups:
        rows = [[style.status(group[0].status), _sum(group), _row_text(group, style)] for group in groups]
        yield from style.table(["Status", "Count", "Class, and what was found"], rows, flexible=2, indent=2)
    for status in (Status.PASS, Status.NOT_APPLICABLE):
        quiet = [_named(part) for part in counted if part.status is status]
        if quiet and not verbose:
            yield from style.lines(", ".join(quiet), indent="    ", first=f"  {style.status(status)}  ")
    for group in groups:
        settle = group[0].settle
        if settle is not None and settle != finding.settle:
            yield from style.labelled("To settle", f"{_titles(group)}: {settle}")
    for other in dict.fromkeys(part.would_be for part in counted):
        if other is not None and other != finding.would_be:
            titles = _titles([part for part in counted if part.would_be == other])
            yield from style.labelled("Otherwise", f"{titles}: {other}")
    for part in finding.parts:
        if verbose and part.cause:
            yield from style.labelled("Decided by", f"{part.title}: {part.cause}")
        if part.excluded is not None:
            yield from style.labelled("Left out", f"{part.title} ({_count(part.count)}): {part.excluded}")


def _grouped(parts: Sequence[PartEntry]) -> list[list[PartEntry]]:
    """Put parts with the same status and condition together, failures first."""
    groups: dict[tuple[Status, str], list[PartEntry]] = {}
    for part in parts:
        groups.setdefault((part.status, part.condition), []).append(part)
    return sorted(groups.values(), key=lambda group: _ORDER.index(group[0].status))


def _titles(parts: Sequence[PartEntry]) -> str:
    return ", ".join(part.title for part in parts)


def _row_text(group: Sequence[PartEntry], style: Style) -> str:
    alone = len(group) == 1
    titles = group[0].title if alone else ", ".join(map(_named, group))
    condition = style.clean(group[0].condition, None if style.options.verbose else _PART_CONDITION)
    return f"{style.clean(titles)}: {condition}"


def _named(part: PartEntry) -> str:
    """A class with its count, which a class of one needs not."""
    return part.title if part.count == 1 else f"{part.title} ({_count(part.count)})"


def _sum(group: Sequence[PartEntry]) -> str:
    known = [part.count for part in group if part.count is not None]
    return _count(sum(known) if len(known) == len(group) else None)


def _count(count: int | None) -> str:
    return "unknown" if count is None else f"{count:,}"


def _samples(finding: Finding, style: Style) -> Iterator[str]:
    if not finding.samples:
        return
    verbose = style.options.verbose
    shown = finding.samples if verbose else finding.samples[:_SAMPLES]
    if finding.affected_count:
        number = f"{finding.affected_count:,} of {_count(finding.affected_total)}"
    else:
        number = f"not decided, among {_count(finding.affected_total)}"
    yield from style.labelled("Affected", number)
    for one in shown:
        name, identity, why = (style.clean(text, _NAME) for text in (one.name, one.id, one.why))
        not_decided = "" if one.decided else "not decided, "
        yield from style.lines(f"{name} [{identity}] {not_decided}{why}", indent="      ", first="    ")
    under = "" if finding.standard is None else f".{finding.standard}"
    file = f"affected/{finding.check}{under}.jsonl"
    more = max(finding.affected_count, len(finding.samples)) - len(shown)
    if len(finding.samples) == SAMPLES and not finding.samples[-1].decided:
        yield from style.lines(f"and the others in {file}", indent="    ")
    elif more:
        yield from style.lines(f"and {more:,} more in {file}", indent="    ")
    elif verbose:
        yield from style.lines(f"with the evidence of each in {file}", indent="    ")


def _footing(finding: Finding, style: Style) -> Iterator[str]:
    """On what a verdict rests, what the other reading would give, the clause, notes and waivers."""
    verbose = style.options.verbose
    if finding.basis is not None and (verbose or finding.basis is not Basis.CONFIGURED):
        yield from style.labelled("Rests on", _BASIS_WORDS[finding.basis])
    if finding.would_be is not None:
        certainty = "" if finding.certainty is None else f" (certainty of the facts: {finding.certainty.value})"
        yield from style.labelled("Otherwise", f"{finding.would_be}{certainty}")
    if finding.criteria is not None:
        yield from style.labelled("Clause", finding.criteria)
    for note in finding.notes:
        yield from style.labelled("Note", note)
    for waiver in finding.waivers:
        yield from style.labelled(
            "Waived by",
            f"{waiver.id}, as written, not authenticated; expires {waiver.expires}; {waiver.ticket};"
            f" asked for by {waiver.requester}, approved by {waiver.approver}: {waiver.reason}",
        )
    if finding.waivers and finding.left_open in (Status.FAIL, Status.INDETERMINATE):
        yield from style.labelled("Not waived", f"the rest, which is {STATUS_WORDS[finding.left_open]}")
    if verbose:
        yield from _references(finding, style)


def _references(finding: Finding, style: Style) -> Iterator[str]:
    for evidence in finding.evidence:
        digest = "not read" if evidence.sha256 is None else f"sha256 {evidence.sha256[:12]}"
        yield from style.labelled("Evidence", f"{evidence.dataset}: {_words(evidence.state)}, {digest}")
    if finding.facts:
        yield from style.labelled("Facts", ", ".join(finding.facts))
    mappings = finding.mappings
    for catalogue, ids in (
        ("NIST 800-53", mappings.nist_800_53),
        ("SCuBA", mappings.scuba),
        ("CIS M365", mappings.cis_m365),
        ("ATT&CK", mappings.attack),
    ):
        if ids:
            yield from style.labelled("Mapped to", f"{catalogue}: {', '.join(ids)}")
    if finding.lesson:
        yield from style.labelled("Lesson", finding.lesson)
    yield from style.labelled("Identity", finding.uid)


def _words(value: str) -> str:
    return value.replace("_", " ")


def _weaker(finding: Finding) -> str:
    """On what a pass rests where that is less than a setting read by lookback and a clear fact."""
    grounds: list[str] = []
    if finding.basis in (Basis.ATTESTED, Basis.IMPORTED):
        grounds.append(f"rests on {_BASIS_WORDS[finding.basis]}")
    others = dict.fromkeys((finding.would_be, *(part.would_be for part in finding.parts)))
    grounds.extend(other for other in others if other is not None)
    if finding.certainty is not None and finding.certainty.value != "high":
        grounds.append(f"certainty of the facts: {finding.certainty.value}")
    return "; ".join(grounds)
