"""What the answer rests on: how completely was read, where it lies, who read it, and by which method."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import quote

from compliance.assessment.assessment import Assessment, DatasetRow, LevelEntry, ReaderEntry, RunEntry, StandardEntry
from compliance.assessment.words import counted
from reports.html.markup import Content, Markup, el, joined, said
from reports.html.pieces import (
    NOT_KNOWN,
    anchor,
    first_of,
    folded,
    labelled,
    listed,
    moment,
    number,
    paragraphs,
    scrolling,
    section,
    status_mark,
    table,
)
from reports.terms import left_out_by_settings, standing, who_counts
from reports.words import in_words

_ROWS = 1_000
_APIS = {
    "graph": "Microsoft Graph",
    "exchange": "Exchange Online",
    "purview": "Security & Compliance PowerShell",
    "arm": "Azure Resource Manager",
}
_READ_BY = {"collected": "lookback", "exported": "an administrator's export", "attested": "somebody's word, not read"}


def places(assessment: Assessment) -> frozenset[str]:
    """Return the ids of the places to which references to datasets and facts can lead."""
    shown, _ = _datasets(assessment)
    datasets = (anchor("dataset", row.name) for row in shown)
    return frozenset((*datasets, *(anchor("fact", one.id) for one in assessment.facts)))


def completeness(assessment: Assessment) -> Markup:
    """Return the table of datasets: what was read, how much of it, against an independent count where there is one."""
    caption = "Datasets: what was read, and how much of it"
    headers = ("Dataset", "State", "Pages", "Rows", "Independent count", "Difference", "Read by")
    shown, more = _datasets(assessment)
    rows: list[Sequence[Content]] = [
        (
            row.name,
            joined((_state(row), el("span", row.reason, cls="detail") if row.reason else None)),
            number(row.pages),
            number(row.rows),
            "none" if row.expected_rows is None else number(row.expected_rows),
            _difference(row),
            _reader(row),
        )
        for row in shown
    ]
    return section(
        "completeness",
        "Completeness of what was read",
        el("p", _in_short(assessment.datasets)),
        scrolling(caption, table(caption, headers, rows, cls="completeness", numbers=(2, 3, 4, 5))),
        _not_shown(more),
    )


def _in_short(rows: Sequence[DatasetRow]) -> str:
    whole = sum(row.state.value == "complete" for row in rows)
    compared = [row for row in rows if row.rows is not None and row.expected_rows is not None]
    differ = sum(row.rows != row.expected_rows for row in compared)
    return (
        f"{whole:,} of {counted(len(rows), 'dataset')} complete. {len(compared):,} could be compared with an"
        f" independent count, and {differ:,} of these {'differs' if differ == 1 else 'differ'}."
    )


def evidence_index(assessment: Assessment, folder: str | None) -> Markup:
    """Return where each dataset lies in the bundle; `folder` is the way to the bundle, None where it is not at hand."""
    caption = "Files of the bundle"
    shown, more = _datasets(assessment)
    places: dict[str, int] = {}
    for at, row in enumerate(shown):
        places.setdefault(anchor("dataset", row.name), at)
    rows = [_indexed(row, places[anchor("dataset", row.name)] == at, folder) for at, row in enumerate(shown)]
    return section(
        "evidence",
        "Evidence index",
        el(
            "p",
            "Digests are SHA-256 over the uncompressed bytes of the answers, as they were received. The bundle's",
            " SHA256SUMS can be checked without lookback; ",
            el("code", "lookback verify"),
            " judges it anew.",
        ),
        scrolling(caption, table(caption, ("Dataset", "File", "Request", "SHA-256", "Read at"), rows)),
        _not_shown(more),
    )


def _indexed(row: DatasetRow, is_first: bool, folder: str | None) -> Sequence[Content]:
    """Return a row of the evidence index; the first of a name is where references to it lead."""
    return (
        el("span", said(row.name), id=anchor("dataset", row.name) if is_first else None),
        _file(row, folder),
        el("code", row.request),
        "not read" if row.sha256 is None else el("code", row.sha256),
        moment(row.read_at),
    )


def run_record(assessment: Assessment) -> Markup:
    """Return who read the tenant, with what rights, by which settings, and how far the clocks were apart."""
    run = assessment.run
    if run is None:
        return section("run", "Run record", el("p", "This assessment holds none."))
    return section(
        "run",
        "Run record",
        labelled(
            (
                ("Read by", f"{run.tool.name} {run.tool.version}"),
                ("Judged by", f"{assessment.tool.name} {assessment.tool.version}"),
                ("Reading", f"{moment(run.began)} to {moment(run.ended)}, by the server's clock"),
                ("Clock", _clock(run)),
                ("Settings", _digest(run.settings_sha256)),
                ("Scope", _digest(run.scope_sha256)),
                ("Declarations", _digest(assessment.declarations_sha256) or "none were handed over"),
                ("Bundle", _digest(assessment.bundle_sha256)),
                ("Bundle before", _digest(run.previous_bundle_sha256) or "not chained to one"),
                ("Redacted from", _digest(run.derived_from)),
            )
        ),
        _readers(run.readers),
    )


def method(assessment: Assessment, standards: Sequence[StandardEntry]) -> Markup:
    """Return how was judged, what was left out, and where the limits of the answer lie."""
    return section(
        "method",
        "Method and limits",
        el("p", "Settings and, where they can be read, records were read without changing anything, and kept as they"
           " were received. Each control is judged from what was kept. What was denied, cut off, absent, malformed,"
           " stale or not asked for is unread, and never passes: its verdict is indeterminate. A status is never"
           " changed by a waiver or a declaration of an exception. Verdicts are as of the end of the last reading."),
        el("h3", "Scope, and what was left out"),
        el("p", f"{who_counts(assessment).capitalize()}."),
        listed(f"Left out: {line}" for line in assessment.left_out or left_out_by_settings(assessment)),
        paragraphs(assessment.notes),
        el("h3", "Not assessed"),
        el("p", "Every check was assessed.") if assessment.complete else None,
        listed(assessment.not_assessed),
        el("h3", "Standards"),
        *(_standard(standard) for standard in standards),
        _levels(assessment.levels),
        el("h3", "Facts of the field that verdicts rest on"),
        _facts(assessment),
    )  # fmt: skip


def _datasets(assessment: Assessment) -> tuple[Sequence[DatasetRow], int]:
    """Return the datasets to show, those that are not whole before the others where there are too many."""
    rows = assessment.datasets
    if len(rows) > _ROWS:
        rows = tuple(sorted(rows, key=lambda row: row.state.value == "complete"))
    return first_of(rows, _ROWS)


def _not_shown(more: int) -> Markup | None:
    return el("p", f"{more:,} more in assessment.json.") if more else None


def _state(row: DatasetRow) -> Markup:
    return el("span", in_words(row.state.value), cls="" if row.state.value == "complete" else "caution")


def _difference(row: DatasetRow) -> str:
    if row.rows is None or row.expected_rows is None:
        return "–"
    return "0" if row.rows == row.expected_rows else f"{row.rows - row.expected_rows:+,}"


def _reader(row: DatasetRow) -> str:
    if row.origin is None:
        return "nobody"
    by = _READ_BY[row.origin.value]
    return by if row.by is None else f"{by}, by {row.by} as written"


def _file(row: DatasetRow, folder: str | None) -> Content:
    if row.file is None:
        return "none"
    if folder is None:
        return el("code", row.file)
    return el("a", row.file, href=quote(f"{folder.rstrip('/')}/{row.file}", safe="/", errors="replace"))


def _clock(run: RunEntry) -> str:
    if run.clock_offset_seconds is None:
        return "not compared with the server's"
    seconds = run.clock_offset_seconds
    return f"ours {abs(seconds):,.1f} seconds {'ahead of' if seconds >= 0 else 'behind'} the server's"


def _digest(digest: str | None) -> Markup | None:
    return None if digest is None else el("code", digest)


def _readers(readers: Sequence[ReaderEntry]) -> Markup:
    if not readers:
        return el("p", "Nobody signed in to read: what was judged was imported.")
    caption = "Who read, and what the token held"
    headers = ("API", "Application", "Object id", "Permissions", "Delegated permissions", "Directory roles")
    rows = [
        (
            _APIS.get(one.api, in_words(one.api)),
            one.application or NOT_KNOWN,
            one.object_id or NOT_KNOWN,
            *map(_held, (one.roles, one.scopes, one.directory_roles)),
        )
        for one in readers
    ]
    return scrolling(caption, table(caption, headers, rows))


def _held(claims: Sequence[str] | None) -> str:
    if claims is None:
        return "not told"
    return ", ".join(claims) or "none"


def _standard(standard: StandardEntry) -> Markup:
    asks = [
        f"{need.period} {need.word} ({need.citation}{', the organisation’s own number' if need.own else ''})"
        for need in (standard.hot, standard.total, standard.max_total)
        if need is not None
    ]
    return joined(
        (
            el("h4", standard.id),
            labelled(
                (
                    ("Title", standard.title),
                    ("Status", standing(standard)),
                    ("Asks for", "; ".join(asks)),
                    ("Note", standard.note),
                    ("Text", standard.url),
                    ("File", _digest(standard.sha256)),
                )
            ),
        )
    )


def _levels(levels: Sequence[LevelEntry]) -> Markup | None:
    """Return the maturity levels by their retention figures alone."""
    if not levels:
        return None
    caption = "Maturity levels: retention figures alone, no level is claimed"
    rows: list[Sequence[Content]] = [
        (
            f"{one.standard} {one.id} {one.title}",
            one.hot or "none",
            one.total or "none",
            one.due or "none",
            status_mark(one.retention),
            " ".join(one.not_assessed) or "nothing",
        )
        for one in levels
    ]
    headers = ("Level", "Searchable", "In all", "Due", "Retention figures", "Not assessed")
    return scrolling(caption, table(caption, headers, rows))


def _facts(assessment: Assessment) -> Markup:
    caption = "Facts, and where they come from"
    rows: list[Sequence[Content]] = [
        (
            el("span", one.id, id=anchor("fact", one.id)),
            one.statement,
            "; ".join(_source(one.source, one.date)),
            one.certainty.value,
        )
        for one in assessment.facts
    ]
    return folded(
        f"{len(rows):,} facts with their sources",
        scrolling(caption, table(caption, ("Fact", "Statement", "Source", "Certainty"), rows)),
    )


def _source(source: str, date: str | None) -> Iterator[str]:
    yield source
    if date is not None:
        yield f"as of {date}"
