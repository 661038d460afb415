"""A summary in Markdown for a ticket, a pull request or the page of a job.

Whoever reads one of these need not be allowed to know the tenant: it tells numbers and controls. Names, conditions and
whatever else the tenant or an administrator worded are told with `Options.show_objects` alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from compliance.assessment.assessed import Assessed
from compliance.assessment.assessment import Assessment, Finding, WaiverUse
from compliance.assessment.changes import ChangeEntry, ComparisonEntry, Direction
from compliance.assessment.words import counted
from reports.grouping import gate_first
from reports.in_brief import OUTCOME_WORDS, by_outcome, name_of, numbers_of, open_questions, why_open
from reports.inline import code, inline
from reports.options import Options
from reports.outcome import Outcome, outcome_of
from reports.words import STATUS_WORDS, in_words, status_at

MOST_BYTES = 900 * 1024
"""The longest summary. GitHub takes none of more than 1,024 KiB, of one step and all that it wrote there before."""
_SAMPLES = 5
_SHORT_DIGEST = 12
_CHANGE_WORDS = {
    Direction.WORSE: "worse",
    Direction.UNCLEAR: "unclear",
    Direction.BETTER: "better",
    Direction.NEITHER: "neither better nor worse",
}


def markdown_report(assessed: Assessed, options: Options) -> str:
    """Return the summary, of at most `MOST_BYTES` in UTF-8; what is beyond is counted."""
    return _capped(list(_lines(assessed.assessment, options)))


def _lines(assessment: Assessment, options: Options) -> Iterator[str]:
    found = by_outcome(assessment, options.gate)
    yield from _header(assessment, options)
    yield from _verdict(assessment, options)
    yield from _findings("What failed", found[Outcome.FAIL], options)
    undecided = open_questions(found, assessment, options.gate)
    yield from _findings("What could not be determined", undecided, options)
    yield from _findings("Under a waiver, and no better for it", found[Outcome.WAIVED], options)
    yield from _waivers(assessment.waivers)
    if assessment.since is not None:
        yield from _changes(assessment.since, options)
    yield from _left_out(assessment, options)


def _header(assessment: Assessment, options: Options) -> Iterator[str]:
    yield from ("# lookback: how far back can you look, and can you prove it?", "")
    if assessment.simulated:
        yield from ("**Simulated tenant: this says nothing of a real one.**", "")
    names = (assessment.tenant.name, assessment.tenant.initial_domain) if options.show_objects else ()
    told = "".join(f", {code(name)}" for name in names if name is not None)
    yield f"- Tenant {code(assessment.tenant.id)}{told}"
    yield f"- As of {assessment.as_of:%Y-%m-%d %H:%M:%S} UTC, the end of the last reading"
    tool = inline(f"{assessment.tool.name} {assessment.tool.version}")
    yield f"- Bundle {code(assessment.bundle_sha256[:_SHORT_DIGEST])}, judged by {tool}"


def _verdict(assessment: Assessment, options: Options) -> Iterator[str]:
    yield from ("", "## Verdict", "")
    sentences = {totals.standard: totals.sentence for totals in assessment.totals}
    standards = gate_first(assessment.standards, options.gate)
    for standard in standards:
        decides = ", decides the exit code" if len(standards) > 1 and standard.id == options.gate else ""
        sentence = inline(sentences.get(standard.id, "nothing was judged by it"), width=1_000)
        yield f"- **{inline(standard.id)}** ({inline(standard.status)}{decides}): {sentence}"
    yield ""
    yield f"| Standard | {' | '.join(OUTCOME_WORDS.values())} |"
    yield f"| --- |{' ---: |' * len(OUTCOME_WORDS)}"
    for standard in standards:
        judged = [outcome_of(one) for one in assessment.findings if one.standard in (None, standard.id)]
        cells = " | ".join(f"{judged.count(outcome):,}" for outcome in OUTCOME_WORDS)
        yield f"| {_cell(standard.id)} | {cells} |"
    if not assessment.complete:
        missing = counted(len(assessment.not_assessed), "check")
        yield from ("", f"Not complete: {missing} outside the selection, counted in none of these numbers.")


def _findings(heading: str, findings: Sequence[Finding], options: Options) -> Iterator[str]:
    if not findings:
        return
    yield from ("", f"## {heading} ({len(findings):,})", "")
    for finding in findings:
        told = (inline(finding.title), why_open(finding), numbers_of(finding), _covered(finding))
        yield f"- **{inline(name_of(finding))}** {'; '.join(filter(None, told))}"
        if options.show_objects:
            yield from _details(finding)


def _covered(finding: Finding) -> str:
    """The waivers of a finding, and what they leave open."""
    if not finding.waivers:
        return ""
    ids = ", ".join(f"{code(one.id)} to {inline(one.expires)}" for one in finding.waivers)
    rest = "" if finding.wholly_waived else f", which leaves the rest {STATUS_WORDS[finding.left_open]}"
    return f"waiver {ids}{rest}"


def _details(finding: Finding) -> Iterator[str]:
    """What was found, in words that may name the tenant's objects."""
    for label, text in (("Found", finding.condition), ("Decided by", finding.cause), ("To settle", finding.settle)):
        if text:
            yield f"  - {label}: {inline(text)}"
    for one in finding.samples[:_SAMPLES]:
        not_decided = "" if one.decided else "not decided, "
        yield f"  - {code(one.name)} {code(one.id)}: {not_decided}{inline(one.why)}"
    more = max(finding.affected_count, len(finding.samples)) - _SAMPLES
    if more > 0:
        yield f"  - and {more:,} more"


def _waivers(waivers: Sequence[WaiverUse]) -> Iterator[str]:
    if not waivers:
        return
    yield from ("", f"## Waivers ({len(waivers):,}), as written, not authenticated", "")
    for one in sorted(waivers, key=lambda one: (one.standing != "expired", one.id)):
        standing = "**EXPIRED**, and no longer counted" if one.standing == "expired" else inline(one.standing)
        yield f"- {code(one.id)}: {standing}; last day {inline(one.expires)}; {counted(len(one.findings), 'finding')}"


def _changes(since: ComparisonEntry, options: Options) -> Iterator[str]:
    yield from ("", f"## What changed since {since.previous_as_of:%Y-%m-%d %H:%M:%S} UTC", "")
    directions: Mapping[Direction, int] = {
        direction: sum(one.direction is direction for one in since.changes) for direction in Direction
    }
    told = ", ".join(f"{count:,} {_CHANGE_WORDS[direction]}" for direction, count in directions.items())
    yield f"{told}, {since.unchanged:,} unchanged."
    if since.changes:
        yield ""
    for one in since.changes:
        yield from _change(one, options)


def _change(one: ChangeEntry, options: Options) -> Iterator[str]:
    name = " ".join(filter(None, (one.check, one.standard)))
    why = ", ".join(dict.fromkeys(in_words(reason.kind.value) for reason in one.reasons))
    objects = "" if one.objects_new is None or one.objects_gone is None else _moved(one.objects_new, one.objects_gone)
    told = (
        inline(one.title),
        f"{status_at(one.was)} before, {status_at(one.now)} now",
        objects,
        why and f"because of {why}",
    )
    yield f"- {_CHANGE_WORDS[one.direction]}: **{inline(name)}** {'; '.join(filter(None, told))}"
    if options.show_objects:
        for reason in one.reasons:
            yield f"  - {inline(reason.text)}"


def _moved(new: int, gone: int) -> str:
    return f"{new:,} more objects affected, {gone:,} no longer" if new or gone else ""


def _left_out(assessment: Assessment, options: Options) -> Iterator[str]:
    yield from ("", "## Scope, and what was left out", "")
    out = assessment.left_out
    classes = ", ".join(inline(one.actor_class.value) for one in assessment.scope.excluded_actors)
    if not out and not classes:
        yield "- Nobody was left out."
    else:
        yield f"- Left out: {counted(len(out), 'class', 'classes')}{f' (actors: {classes})' if classes else ''}"
    if options.show_objects:
        yield from (f"  - {inline(one)}" for one in out)
    for one in assessment.not_assessed:
        yield f"- Not assessed: {inline(one)}"
    unread = [row for row in assessment.datasets if row.state.value != "complete"]
    yield f"- Read whole: {len(assessment.datasets) - len(unread):,} of {len(assessment.datasets):,} datasets"
    for row in unread:
        yield f"  - {code(row.name)}: {in_words(row.state.value)}"


def _cell(text: str) -> str:
    """A text in a cell of a table, in which a bar would end the cell even inside a code span."""
    return inline(text.replace("|", "/"))


def _capped(lines: Sequence[str]) -> str:
    """Join lines while there is room for them, and say how many entries there is none for."""
    taken: list[str] = []
    room = MOST_BYTES - len("\n- and 1,000,000,000 more; the result folder holds all of them\n")
    for index, line in enumerate(lines):
        room -= len(line.encode()) + 1
        if room < 0:
            more = sum(rest.lstrip().startswith("- ") for rest in lines[index:])
            taken += ["", f"- and {more:,} more; the result folder holds all of them"]
            break
        taken.append(line)
    return "".join(f"{line}\n" for line in taken)
