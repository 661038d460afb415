"""What is told of a finding: what was found, in which classes, of whom, and on what it rests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from compliance.assessment.assessed import affected_file
from compliance.assessment.assessment import SAMPLES, Finding, PartEntry
from compliance.assessment.verdict import OPEN, Basis, Status
from reports.console.style import Style
from reports.grouping import WORST_FIRST
from reports.terms import catalogues
from reports.words import BASIS_WORDS, STATUS_WORDS, in_words

_SAMPLES = 5
_NAME = 60
_PART_CONDITION = 240
_COMMENT = "#"


def what_was_found(finding: Finding, style: Style) -> Iterator[str]:
    """What was found, unless the table of classes tells, and the witness."""
    if not _counted(finding):
        yield from style.labelled("Found", finding.condition)
    if finding.cause:
        yield from style.labelled("Decided by", finding.cause)


def to_copy(command: str, style: Style) -> Iterator[str]:
    """A command stays on one line, however long, to be copied; a comment is wrapped into comments."""
    if command.startswith(_COMMENT):
        yield from style.lines(command.removeprefix(_COMMENT).strip(), indent="    # ")
    else:
        yield f"    {style.clean(command)}"


def _counted(finding: Finding) -> list[PartEntry]:
    return [part for part in finding.parts if part.excluded is None]


def classes(finding: Finding, style: Style) -> Iterator[str]:
    """The classes that ask for something as a table, those that pass in a line, and what would settle the open ones.

    Classes of which the same is said share a row, unless everything is asked for.
    """
    verbose = style.options.verbose
    counted = _counted(finding)
    told = [part for part in counted if verbose or part.status in OPEN]
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
    return sorted(groups.values(), key=lambda group: WORST_FIRST.index(group[0].status))


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


def samples_of(finding: Finding, style: Style) -> Iterator[str]:
    """Yield how many objects a finding is about, and the first of them."""
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
    file = affected_file(finding)
    more = max(finding.affected_count, len(finding.samples)) - len(shown)
    if len(finding.samples) == SAMPLES and not finding.samples[-1].decided:
        yield from style.lines(f"and the others in {file}", indent="    ")
    elif more:
        yield from style.lines(f"and {more:,} more in {file}", indent="    ")
    elif verbose:
        yield from style.lines(f"with the evidence of each in {file}", indent="    ")


def grounds(same: Sequence[Finding], style: Style) -> Iterator[str]:
    """On what verdicts that are told alike rest, what the other reading would give, notes and waivers."""
    finding, verbose = same[0], style.options.verbose
    if finding.basis is not None and (verbose or finding.basis is not Basis.CONFIGURED):
        yield from style.labelled("Rests on", BASIS_WORDS[finding.basis])
    if finding.would_be is not None:
        certainty = "" if finding.certainty is None else f" (certainty of the facts: {finding.certainty.value})"
        yield from style.labelled("Otherwise", f"{finding.would_be}{certainty}")
    for note in finding.notes:
        yield from style.labelled("Note", note)
    for waiver in finding.waivers:
        yield from style.labelled(
            "Waived by",
            f"{waiver.id}, as written, not authenticated; expires {waiver.expires}; {waiver.ticket};"
            f" asked for by {waiver.requester}, approved by {waiver.approver}: {waiver.reason}",
        )
    if finding.waivers and not finding.wholly_waived:
        yield from style.labelled("Not waived", f"the rest, which is {STATUS_WORDS[finding.left_open]}")
    if verbose:
        yield from _references(finding, style)
        for one in same:
            yield from style.labelled("Identity", one.uid)


def _references(finding: Finding, style: Style) -> Iterator[str]:
    for evidence in finding.evidence:
        digest = "not read" if evidence.sha256 is None else f"sha256 {evidence.sha256[:12]}"
        yield from style.labelled("Evidence", f"{evidence.dataset}: {in_words(evidence.state)}, {digest}")
    if finding.facts:
        yield from style.labelled("Facts", ", ".join(finding.facts))
    for catalogue, ids in catalogues(finding):
        yield from style.labelled("Mapped to", f"{catalogue}: {ids}")
    if finding.lesson:
        yield from style.labelled("Lesson", finding.lesson)


def weaker_ground(finding: Finding) -> str:
    """On what a pass rests where that is less than a setting read by lookback and a clear fact."""
    grounds: list[str] = []
    if finding.basis in (Basis.ATTESTED, Basis.IMPORTED):
        grounds.append(f"rests on {BASIS_WORDS[finding.basis]}")
    others = dict.fromkeys((finding.would_be, *(part.would_be for part in finding.parts)))
    grounds.extend(other for other in others if other is not None)
    if finding.certainty is not None and finding.certainty.value != "high":
        grounds.append(f"certainty of the facts: {finding.certainty.value}")
    return "; ".join(grounds)
