"""What failed and what to do, what is open and what would settle it, and every control with all that is known of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from compliance.assessment.assessment import Assessment, Finding
from compliance.assessment.verdict import Status
from reports.grouping import WORST_FIRST, by_check, ordered, standards_of, told_alike
from reports.html.markup import Content, Markup, el, joined
from reports.html.pieces import (
    anchor,
    commands,
    finding_mark,
    labelled,
    link,
    listed,
    paragraphs,
    reference,
    section,
    table,
)
from reports.html.record import places
from reports.html.telling import (
    because,
    classes,
    evidence,
    how_many,
    objects,
    rests_on,
    waived_by,
)
from reports.terms import catalogues
from reports.words import STATUS_WORDS, in_words


def failed(assessment: Assessment, gate: str | None) -> Markup:
    """Return the section of failures, the worst first, and after them those that waivers cover whole."""
    findings = ordered(assessment, Status.FAIL, gate)
    open_ = by_check(one for one in findings if not one.wholly_waived)
    covered = by_check(one for one in findings if one.wholly_waived)
    told = {group[0].check for group in open_}
    return section(
        "failed",
        "What failed, and what to do",
        None if open_ else el("p", "Nothing failed that no waiver covers."),
        *(_failure(group, assessment, do=True) for group in open_),
        el("h3", "Failing under a waiver") if covered else None,
        *(_failure(group, assessment, do=group[0].check not in told, waived=True) for group in covered),
    )


def undecided(assessment: Assessment, gate: str | None) -> Markup:
    """Return the section of what could not be determined, with what would settle it."""
    groups = by_check(ordered(assessment, Status.INDETERMINATE, gate))
    return section(
        "undecided",
        "What could not be determined, and what would settle it",
        None if groups else el("p", "Everything that was assessed could be determined."),
        *(_undecided(group, assessment) for group in groups),
    )


def side_by_side(assessment: Assessment) -> Markup:
    """Return the index of all controls: how each is designed beside whether it operated, by group."""
    groups = list(dict.fromkeys(finding.group for finding in assessment.findings))
    rows = [
        (
            in_words(group).capitalize(),
            *(_index_cell(assessment, group, kind) for kind in ("design", "operation")),
        )
        for group in groups
    ]
    caption = "Every control by what it tests: how things are set, and what happened over time"
    return section(
        "index",
        "Design and operation, side by side",
        table(caption, ("Group", "Design", "Operation"), rows, cls="index"),
    )


def every_control(assessment: Assessment) -> Markup:
    """Return everything that is known of every control, in the order of their ids."""
    groups = sorted(by_check(assessment.findings), key=lambda group: group[0].check)
    known = places(assessment)
    return section("controls", "Every control", *(_control(group, known) for group in groups))


def _index_cell(assessment: Assessment, group: str, kind: str) -> Content:
    findings = [one for one in assessment.findings if one.group == group and one.tests == kind]
    return listed((_indexed(same) for same in by_check(findings)), cls="index") or "no control"


def _indexed(group: Sequence[Finding]) -> Markup:
    first = group[0]
    named = link(anchor("control", first.check), first.check)
    return joined((named, " ", _statuses(group), el("span", first.title, cls="detail")))


def _statuses(group: Sequence[Finding]) -> Markup:
    """Return the status of a control, under each standard where they differ."""
    marks = [finding_mark(one) for one in group]
    if len(set(marks)) == 1:
        return marks[0]
    return joined(
        (joined((mark, " ", el("span", one.standard, cls="check"))) for mark, one in zip(marks, group, strict=True)),
        ", ",
    )


def _failure(group: Sequence[Finding], assessment: Assessment, *, do: bool, waived: bool = False) -> Markup:
    finding = group[0]
    pairs: list[tuple[str, Content]] = [*_tellings(group, assessment), ("Effect", finding.effect)]
    above = "what stands above, at the failure that no waiver covers"
    pairs.append(("Do", commands(finding.recommendation) if do else above))
    return el(
        "article",
        _title(group, assessment, level="h4" if waived else "h3"),
        labelled(pairs),
        id=anchor("waived" if waived else "failed", finding.check),
        cls="finding",
    )


def _undecided(group: Sequence[Finding], assessment: Assessment) -> Markup:
    return el(
        "article",
        _title(group, assessment, level="h3"),
        labelled(_tellings(group, assessment)),
        id=anchor("undecided", group[0].check),
        cls="finding",
    )


def _title(group: Sequence[Finding], assessment: Assessment, *, level: str) -> Markup:
    """Return the heading of a failure or an open question; under several standards with its status under each."""
    finding = group[0]
    judged = [one for one in assessment.findings if one.check == finding.check and one.standard is not None]
    under = [
        f"{STATUS_WORDS[status]} under {standards_of(one for one in judged if one.status is status)}"
        for status in WORST_FIRST
        if any(one.status is status for one in judged)
    ]
    facts = "; ".join((f"severity {finding.severity.value}", *under, ""))
    heading = el(level, finding_mark(finding), " ", el("span", finding.check, cls="check"), " ", finding.title)
    onward = link(anchor("control", finding.check), f"all of {finding.check}")
    return joined((heading, el("p", facts, onward, cls="aside")))


def _tellings(group: Sequence[Finding], assessment: Assessment) -> Iterator[tuple[str, Content]]:
    """Yield what was found, once for all standards of which the same is told."""
    check, status = group[0].check, group[0].status
    alike = [one for one in assessment.findings if one.check == check and one.status is status]
    for same in told_alike(group):
        one = same[0]
        under = el("strong", f"{standards_of(same)}: ") if len(same) < len(alike) else None
        yield "Found", joined((under, one.condition))
        yield "Because", because(one)
        yield "Affected", how_many(one)
        yield "To settle", one.settle
        yield "Otherwise", one.would_be
        yield "Waived by", waived_by(one)
        yield "Since", _since(one)


def _since(finding: Finding) -> str | None:
    """Return how a finding stands against the assessment before."""
    if finding.state is None:
        return None
    first = "" if finding.first_seen is None else f", first seen {finding.first_seen:%Y-%m-%d}"
    last = "" if finding.last_seen is None else f", last seen {finding.last_seen:%Y-%m-%d}"
    return f"{finding.state.value}{first}{last}"


def _control(group: Sequence[Finding], known: Collection[str]) -> Markup:
    first = group[0]
    tellings = told_alike(group)
    heading = el("h3", el("span", first.check, cls="check"), " ", first.title, " ", _statuses(group))
    return el(
        "details",
        el("summary", heading),
        el(
            "div",
            el(
                "p",
                f"{first.group.replace('_', ' ')}; severity {first.severity.value}; tests {first.tests}",
                cls="aside",
            ),
            *(_telling(same, known, alone=len(tellings) == 1) for same in tellings),
            labelled(
                (
                    ("Recommendation", _remedy(group)),
                    ("Catalogues", "; ".join(" ".join(each) for each in catalogues(first))),
                    ("Lesson", first.lesson),
                )
            ),
            id=anchor("control", first.check),
        ),
        cls="control",
    )


def _telling(same: Sequence[Finding], known: Collection[str], *, alone: bool) -> Markup:
    """Return what is known of a control under the standards of which the same is told."""
    one = same[0]
    under = standards_of(same)
    mark = finding_mark(one)
    criteria = [f"{each.standard}: {each.criteria}" if under else each.criteria for each in same if each.criteria]
    return el(
        "div",
        None if alone else el("h4", mark, f" under {under}"),
        labelled(
            (
                ("Criteria", "; ".join(criteria) or "the control itself: it refers to no clause of a standard"),
                ("Because", because(one)),
                ("Condition", one.condition),
                ("Cause", one.cause),
                ("Effect", one.effect),
                ("To settle", one.settle),
                ("Otherwise", one.would_be),
                ("Rests on", rests_on(one)),
                ("Notes", paragraphs(one.notes)),
                ("Waived by", waived_by(one)),
                ("State", _since(one)),
                ("Evidence", evidence(one.evidence, known)),
                ("Facts", joined((reference("fact", fact, known) for fact in one.facts), ", ")),
                ("Identity", joined((el("code", each.uid) for each in same), ", ")),
            )
        ),
        classes(one),
        objects(one),
        cls="telling",
    )  # fmt: skip


def _remedy(group: Sequence[Finding]) -> Markup | None:
    """Return what to do, or where it stands already."""
    failing = [one for one in group if one.status is Status.FAIL]
    if not failing or not group[0].recommendation:
        return commands(group[0].recommendation)
    kind = "failed" if not all(one.wholly_waived for one in failing) else "waived"
    where = link(anchor(kind, group[0].check), "What failed, and what to do")
    return joined(("the commands under ", where))
