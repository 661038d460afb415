"""What is told of a finding: its classes, its objects, its waivers, and on what it rests."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from compliance.assessment.assessed import affected_file
from compliance.assessment.assessment import AffectedEntry, EvidenceEntry, Finding, PartEntry
from reports.grouping import WORST_FIRST
from reports.html.markup import Content, Markup, el, joined, named
from reports.html.pieces import first_of, folded, number, reference, scrolling, status_mark, table
from reports.words import BASIS_WORDS, KIND_WORDS, STATUS_WORDS, in_words

_PARTS = 100
_EVIDENCE = 40


def because(finding: Finding) -> str | None:
    """Return why a finding is indeterminate."""
    return None if finding.kind is None else KIND_WORDS[finding.kind.value]


def how_many(finding: Finding) -> str | None:
    """Return how many objects are affected, of how many; None where it is about none."""
    if not finding.samples:
        return None
    if not finding.affected_count:
        return f"not decided, among {number(finding.affected_total)}"
    least = "" if finding.all_seen else "at least "
    of = "" if finding.affected_total is None else f" of {finding.affected_total:,}"
    return f"{least}{finding.affected_count:,}{of}"


def classes(finding: Finding) -> Markup | None:
    """Return the classes of what a finding judges as a table, the worst first, those left out at its end."""
    if not finding.parts:
        return None
    ranked = sorted(finding.parts, key=lambda part: (part.excluded is not None, WORST_FIRST.index(part.status)))
    shown, more = first_of(ranked, _PARTS)
    rows: list[Sequence[Content]] = [
        (part.title, status_mark(part.status), number(part.count), joined(_of_part(part, finding))) for part in shown
    ]
    caption = " ".join(filter(None, (finding.check, finding.standard, "by class")))
    left = el("p", f"{more:,} more classes in assessment.json") if more else None
    headers = ("Class", "Status", "Count", "What was found, and what decides")
    return joined((scrolling(caption, table(caption, headers, rows, cls="classes", numbers=(2,))), left))


def _of_part(part: PartEntry, finding: Finding) -> Iterator[Content]:
    yield part.condition
    for label, said in (
        ("Decided by", part.cause),
        ("To settle", None if part.settle == finding.settle else part.settle),
        ("Otherwise", None if part.would_be == finding.would_be else part.would_be),
        ("Left out", part.excluded),
        *(("Note", note) for note in part.notes),
    ):
        if said:
            yield el("span", f"{label}: {said}", cls="detail")


def objects(finding: Finding) -> Markup | None:
    """Return the samples of the affected objects, and the file that holds all of them."""
    if not finding.samples:
        return None
    caption = " ".join(filter(None, ("Objects of", finding.check, finding.standard)))
    rows = [_object(one) for one in finding.samples]
    more = max(finding.affected_count, len(finding.samples)) - len(finding.samples)
    others = f"{more:,} more stand" if more else "All of them stand"
    return folded(
        f"Objects: {how_many(finding)}",
        scrolling(caption, table(caption, ("Object", "Found", "Evidence"), rows, cls="objects")),
        el("p", f"{others}, with the evidence of each, in ", el("code", affected_file(finding)), ".", cls="quiet"),
    )


def _object(one: AffectedEntry) -> Sequence[Content]:
    return (
        joined((named(one.name), el("span", named(one.id), cls="detail"))),
        one.why if one.decided else f"not decided: {one.why}",
        joined((f"{one.dataset} ", el("code", f"{one.frame[:12]} {one.pointer}"))),
    )


def evidence(entries: Sequence[EvidenceEntry], places: Collection[str]) -> Markup | None:
    """Return the datasets that a finding rests on, by their places in the evidence index, where their digests stand."""
    if not entries:
        return None
    shown, more = first_of(entries, _EVIDENCE)
    told = [joined((reference("dataset", one.dataset, places), _not_whole(one))) for one in shown]
    return joined([*told, *((f"{more:,} more in assessment.json",) if more else ())], ", ")


def _not_whole(entry: EvidenceEntry) -> Markup | None:
    if entry.state.value == "complete":
        return None
    return el("span", f" ({in_words(entry.state.value)})", cls="caution")


def waived_by(finding: Finding) -> Markup | None:
    """Return the waivers of a finding as written, and what they do not cover."""
    if not finding.waivers:
        return None
    told: list[Content] = [
        f"{one.id}, as written, not authenticated: {one.reason} Asked for by {one.requester}, approved by"
        f" {one.approver}; ticket {one.ticket}; last day {one.expires}."
        for one in finding.waivers
    ]
    if not finding.wholly_waived:
        told.append(f"Not waived: the rest, which is {STATUS_WORDS[finding.left_open]}.")
    return joined(el("p", one) for one in told)


def rests_on(finding: Finding) -> str | None:
    """Return on what a verdict rests, and how certain the facts are."""
    basis = None if finding.basis is None else BASIS_WORDS[finding.basis]
    certainty = None if finding.certainty is None else f"certainty of the facts: {finding.certainty.value}"
    return "; ".join(filter(None, (basis, certainty))) or None
