"""The tables of an auditor's work paper, whatever file they become."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from compliance.assessment.assessed import Assessed, affected_file
from compliance.assessment.assessment import (
    AffectedEntry,
    DatasetRow,
    FactEntry,
    Finding,
    PartEntry,
    SourceEntry,
    WaiverUse,
)
from compliance.assessment.changes import ChangeEntry, ComparisonEntry
from compliance.assessment.words import counted
from reports import cells
from reports.cells import Cell
from reports.outcome import outcome_of
from reports.words import KIND_WORDS, in_words, status_at
from reports.xlsx.paper import OUTCOME_MEANINGS

MOST_OBJECTS = 500
"""How many affected objects of one finding are listed."""
MOST_ROWS = 5_000
"""How many affected objects are listed in all."""

RowT = TypeVar("RowT")
Columns = tuple[tuple[str, int, Callable[[RowT], Cell]], ...]
"""Of each column the heading, the width in characters, and what stands in it."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: headings with their widths in characters, and `about`, the lines above it."""

    title: str
    about: tuple[str, ...]
    headings: tuple[tuple[str, int], ...]
    rows: tuple[tuple[Cell, ...], ...]


def sheets(assessed: Assessed) -> Iterator[Sheet]:
    """Yield the tables that follow the first page."""
    assessment = assessed.assessment
    yield _sheet(
        "Findings", ("A row for each control under each standard it depends on",), _FINDING, assessment.findings
    )
    parts = [(finding, part) for finding in assessment.findings for part in finding.parts]
    yield _sheet("Classes", ("The classes of what a control judges; it is as bad as the worst of them",), _CLASS, parts)
    yield _affected(assessed)
    yield _sheet("Log sources", ("How far back each log can be looked at",), _SOURCE, assessment.sources)
    if assessment.since is not None:
        yield _sheet("Changes", (_since(assessment.since),), _CHANGE, assessment.since.changes)
    lies = "What was read, as it lies in the bundle; to check its digests: sha256sum -c SHA256SUMS"
    yield _sheet("Evidence", (lies,), _DATASET, assessment.datasets)
    yield _sheet(
        "Exceptions", ("Waivers as written, not authenticated; none changes a status",), _WAIVER, assessment.waivers
    )
    beside = "Rows read beside a count that the API gives independently, where it gives one"
    yield _sheet("Reconciliation", (beside,), _RECONCILED, assessment.datasets)
    yield _sheet("Facts", ("What the verdicts take for given, and from where",), _FACT, assessment.facts)
    yield _sheet("Legend", ("What the words mean",), _MEANING, _legend())


def _sheet(title: str, about: Iterable[str], columns: Columns[RowT], rows: Iterable[RowT]) -> Sheet:
    return Sheet(
        title,
        tuple(about),
        tuple((heading, width) for heading, width, _ in columns),
        tuple(tuple(value(row) for _, _, value in columns) for row in rows),
    )


def _affected(assessed: Assessed) -> Sheet:
    about = ["Objects that fail, and those that could not be decided"]
    rows: list[tuple[Finding, AffectedEntry]] = []
    for finding in assessed.assessment.findings:
        objects = assessed.affected[finding.uid]
        listed = objects[: min(MOST_OBJECTS, MOST_ROWS - len(rows))]
        rows.extend((finding, one) for one in listed)
        if more := len(objects) - len(listed):
            name = " ".join(filter(None, (finding.check, finding.standard)))
            about.append(
                f"{name}: {more:,} more of {len(objects):,} are not listed here; all are in {affected_file(finding)} of"
                " the result folder, and in --report csv-objects"
            )
    return _sheet("Affected", about, _OBJECT, rows)


def _since(since: ComparisonEntry) -> str:
    return (
        f"Since the assessment as of {cells.moment(since.previous_as_of)}, bundle {since.previous_bundle_sha256};"
        f" {counted(since.unchanged, 'control')} unchanged"
    )


def _legend() -> Iterator[tuple[str, str, str]]:
    for each, meaning in OUTCOME_MEANINGS.items():
        yield "Outcome", in_words(each), meaning
    for kind, meaning in KIND_WORDS.items():
        yield "Why undetermined", in_words(kind), meaning
    yield "Other reading", "", "what the verdict would be by the other documented reading of a fact"
    yield (
        "Any text",
        "\\x1b, \\u202e",
        "a character that is not shown, as an escape; the text itself is in assessment.json",
    )
    yield "Any text", "…", "cut here; the whole text is in assessment.json"
    yield "Tick, remark", "", "for the auditor: nothing is filled in"


def _difference(row: DatasetRow) -> int | None:
    return None if row.rows is None or row.expected_rows is None else row.rows - row.expected_rows


def _agrees(row: DatasetRow) -> str:
    if row.rows is None:
        return "not read"
    difference = _difference(row)
    if difference is None:
        return "no independent count"
    return "no" if difference else "yes"


_FINDING: Columns[Finding] = (
    ("Tick", 6, lambda _: None),
    ("Check", 10, lambda one: one.check),
    ("Standard", 12, lambda one: one.standard),
    ("Severity", 10, lambda one: one.severity.value),
    ("Outcome", 14, lambda one: in_words(outcome_of(one))),
    ("Status", 14, lambda one: status_at(one.status)),
    ("Control", 34, lambda one: one.title),
    ("Criteria", 26, lambda one: one.criteria),
    ("Condition", 44, lambda one: one.condition),
    ("Cause", 40, lambda one: one.cause),
    ("Effect", 40, lambda one: one.effect),
    ("Recommendation", 50, lambda one: cells.joined(one.recommendation)),
    ("Why undetermined", 28, lambda one: None if one.kind is None else KIND_WORDS[one.kind.value]),
    ("To settle", 40, lambda one: one.settle),
    ("Other reading", 28, lambda one: one.would_be),
    ("Affected", 10, lambda one: one.affected_count),
    ("Among", 10, lambda one: one.affected_total),
    ("All seen", 9, lambda one: one.all_seen),
    ("Waivers", 24, cells.waivers),
    ("Not waived", 14, lambda one: status_at(one.left_open) if one.waivers else None),
    ("Tests", 11, lambda one: one.tests),
    ("Rests on", 12, lambda one: None if one.basis is None else one.basis.value),
    ("Certainty", 10, lambda one: None if one.certainty is None else one.certainty.value),
    ("Evidence", 40, cells.evidence),
    ("Notes", 40, lambda one: cells.joined(one.notes)),
    ("State", 10, lambda one: None if one.state is None else one.state.value),
    ("First seen", 21, lambda one: cells.moment(one.first_seen)),
    ("Auditor's remark", 30, lambda _: None),
    ("Identity", 38, lambda one: one.uid),
)
_CLASS: Columns[tuple[Finding, PartEntry]] = (
    ("Check", 10, lambda row: row[0].check),
    ("Standard", 12, lambda row: row[0].standard),
    ("Class", 36, lambda row: row[1].title),
    ("Count", 10, lambda row: row[1].count),
    ("Status", 14, lambda row: status_at(row[1].status)),
    ("Condition", 50, lambda row: row[1].condition),
    ("Cause", 44, lambda row: row[1].cause),
    ("To settle", 40, lambda row: row[1].settle),
    ("Other reading", 28, lambda row: row[1].would_be),
    ("Left out because", 30, lambda row: row[1].excluded),
)
_OBJECT: Columns[tuple[Finding, AffectedEntry]] = (
    ("Tick", 6, lambda _: None),
    ("Check", 10, lambda row: row[0].check),
    ("Standard", 12, lambda row: row[0].standard),
    ("Object", 40, lambda row: row[1].name),
    ("Object id", 40, lambda row: row[1].id),
    ("Class", 22, lambda row: row[1].part),
    ("Decided", 14, lambda row: "fails" if row[1].decided else "undetermined"),
    ("Why", 44, lambda row: row[1].why),
    ("Dataset", 32, lambda row: row[1].dataset),
    ("Pointer", 20, lambda row: row[1].pointer),
    ("SHA-256 of the answer", 20, lambda row: row[1].frame),
)
_SOURCE: Columns[SourceEntry] = (
    ("Standard", 12, lambda one: one.standard),
    ("Log source", 36, lambda one: one.title),
    ("Written by", 26, lambda one: one.origin),
    ("Kept longest in", 30, lambda one: one.store),
    ("Recorded", 14, lambda one: in_words(one.recorded)),
    ("Because", 30, lambda one: one.not_recorded_why),
    ("Searchable", 14, lambda one: one.hot_text),
    ("Searchable: status", 14, lambda one: status_at(one.hot_status)),
    ("In all", 14, lambda one: one.total_text),
    ("In all: status", 14, lambda one: status_at(one.total_status)),
    ("Oldest record seen, days", 12, lambda one: one.proven_days),
    ("Searchable today at most, days", 12, lambda one: one.at_most_today_days),
    ("Full on", 12, lambda one: None if one.full_on is None else one.full_on.isoformat()),
    ("Declared", 10, lambda one: one.declared),
    ("Decided by", 50, lambda one: one.witness),
    ("Notes", 50, lambda one: cells.joined(one.notes)),
)
_CHANGE: Columns[ChangeEntry] = (
    ("Check", 10, lambda one: one.check),
    ("Standard", 12, lambda one: one.standard),
    ("Control", 36, lambda one: one.title),
    ("Direction", 12, lambda one: one.direction.value),
    ("Earlier: status", 16, lambda one: status_at(one.was)),
    ("Now: status", 16, lambda one: status_at(one.now)),
    ("Found earlier", 44, lambda one: one.was_condition),
    ("Found now", 44, lambda one: one.condition),
    ("Why", 60, lambda one: cells.joined(reason.text for reason in one.reasons)),
    ("Objects new", 10, lambda one: one.objects_new),
    ("Objects gone", 10, lambda one: one.objects_gone),
)
_DATASET: Columns[DatasetRow] = (
    ("Tick", 6, lambda _: None),
    ("Dataset", 36, lambda one: one.name),
    ("State", 14, lambda one: in_words(one.state)),
    ("Request", 60, lambda one: one.request),
    ("Origin", 12, lambda one: None if one.origin is None else one.origin.value),
    ("By", 26, lambda one: one.by),
    ("Began", 21, lambda one: cells.moment(one.started)),
    ("Read at", 21, lambda one: cells.moment(one.read_at)),
    ("Answers", 10, lambda one: one.pages),
    ("Rows", 10, lambda one: one.rows),
    ("File in the bundle", 34, lambda one: one.file),
    ("SHA-256, uncompressed", 66, lambda one: one.sha256),
    ("Reason", 50, lambda one: one.reason),
)
_WAIVER: Columns[WaiverUse] = (
    ("Waiver", 22, lambda one: one.id),
    ("Standing", 14, lambda one: one.standing),
    ("Last day", 12, lambda one: one.expires),
    ("Days left", 10, lambda one: one.expires_in_days),
    ("Reason", 50, lambda one: one.reason),
    ("Ticket", 40, lambda one: one.ticket),
    ("Requested by", 28, lambda one: one.requester),
    ("Approved by", 28, lambda one: one.approver),
    ("Approved on", 12, lambda one: one.approved_on),
    ("Checks", 20, lambda one: cells.joined(one.checks)),
    ("Classes", 24, lambda one: None if one.parts is None else cells.joined(one.parts)),
    ("Objects", 30, lambda one: None if one.objects is None else cells.joined(one.objects)),
    ("At most affected", 10, lambda one: one.at_most_affected),
    ("Accepts undetermined", 12, lambda one: one.accepts_indeterminate),
    ("Findings", 40, lambda one: cells.joined(one.findings)),
)
_RECONCILED: Columns[DatasetRow] = (
    ("Tick", 6, lambda _: None),
    ("Dataset", 36, lambda one: one.name),
    ("State", 14, lambda one: in_words(one.state)),
    ("Answers", 10, lambda one: one.pages),
    ("Rows read", 12, lambda one: one.rows),
    ("Independent count", 12, lambda one: one.expected_rows),
    ("Difference", 12, _difference),
    ("Agrees", 26, _agrees),
)
_FACT: Columns[FactEntry] = (
    ("Fact", 34, lambda one: one.id),
    ("Statement", 80, lambda one: one.statement),
    ("Source", 60, lambda one: one.source),
    ("Date", 12, lambda one: one.date),
    ("Certainty", 10, lambda one: one.certainty.value),
)
_MEANING: Columns[tuple[str, str, str]] = (
    ("Where", 20, lambda row: row[0]),
    ("Word", 24, lambda row: row[1]),
    ("Meaning", 90, lambda row: row[2]),
)
