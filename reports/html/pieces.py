"""The pieces that every section is made of: sections, tables, lists of labels, statuses, moments and anchors."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterable, Sequence
from typing import TypeVar

from compliance.assessment.assessment import Finding
from compliance.assessment.verdict import Status
from reports.html.markup import Content, Markup, el, joined, said
from reports.outcome import Outcome, outcome_of
from reports.words import STATUS_WORDS

SYMBOLS = {Status.PASS: "✓", Status.FAIL: "✗", Status.INDETERMINATE: "?", Status.NOT_APPLICABLE: "–"}
"""The sign of each status, which never stands without its word."""
NOT_KNOWN = "not known"
_NO_ANCHOR = re.compile(r"[^A-Za-z0-9.-]+")
_One = TypeVar("_One")


def section(identity: str, title: str, *contents: Content) -> Markup:
    """Return a section of the page under its heading."""
    heading = f"{identity}-heading"
    return el("section", el("h2", title, id=heading), *contents, id=identity, aria_labelledby=heading)


def status_mark(status: Status, word: str | None = None) -> Markup:
    """Return a status as sign, word and colour."""
    sign = el("span", SYMBOLS[status], aria_hidden="true")
    return el("span", sign, " ", word or STATUS_WORDS[status], cls=f"status {status.value}")


def finding_mark(finding: Finding) -> Markup:
    """Return the status of a finding, and that waivers cover it whole where they do: that changes no status."""
    if outcome_of(finding) is not Outcome.WAIVED:
        return status_mark(finding.status)
    return joined((status_mark(finding.status), el("span", "under a waiver", cls="waived")), " ")


def labelled(pairs: Iterable[tuple[str, Content]]) -> Markup | None:
    """Return labels and what they stand for, without those that stand for nothing; None where none is left."""
    rows = [
        el("div", el("dt", label), el("dd", content))
        for label, content in pairs
        if content is not None and content not in ("", Markup(""))
    ]
    return el("dl", *rows) if rows else None


def table(
    caption: str,
    headers: Sequence[str],
    rows: Iterable[Sequence[Content]],
    *,
    cls: str = "",
    numbers: Sequence[int] = (),
) -> Markup:
    """Return a table whose first column names its rows; the columns of `numbers` are aligned right."""
    head = el("tr", *(el("th", header, scope="col", cls=_aligned(at, numbers)) for at, header in enumerate(headers)))
    body = [
        el(
            "tr",
            *(
                el("td", cell, cls=_aligned(at, numbers))
                if at
                else el("th", said(cell) if isinstance(cell, str) else cell, scope="row")
                for at, cell in enumerate(row)
            ),
        )
        for row in rows
    ]
    return el("table", el("caption", caption), el("thead", head), el("tbody", *body), cls=cls)


def scrolling(label: str, *contents: Content) -> Markup:
    """Return what may be wider than the screen, in a region that the keyboard reaches and scrolls."""
    return el("section", *contents, cls="scrolls", tabindex=0, aria_label=label)


def folded(summary: str, *contents: Content) -> Markup:
    """Return what is folded on a screen, and open on paper."""
    return el("details", el("summary", summary), *contents)


def listed(items: Iterable[Content], cls: str = "") -> Markup | None:
    """Return a list; None where nothing is on it."""
    made = [el("li", item) for item in items]
    return el("ul", *made, cls=cls) if made else None


def commands(lines: Sequence[str]) -> Markup | None:
    """Return commands to copy, each on a line of its own; None where there are none."""
    told = [el("span", line, cls="comment") if line.startswith("#") else line for line in lines]
    return el("pre", el("code", joined(told, "\n"))) if lines else None


def paragraphs(texts: Iterable[str]) -> Markup:
    """Return each text as a paragraph."""
    return joined(el("p", text) for text in texts)


def link(to: str, content: Content) -> Markup:
    """Return a link to a place of the page."""
    return el("a", content, href=f"#{to}")


def reference(kind: str, name: str, places: Collection[str]) -> Content:
    """Return a name as a link to its place, or as it is where the page has none."""
    place = anchor(kind, name)
    return link(place, name) if place in places else name


def anchor(kind: str, name: str) -> str:
    """Return the id of the place where something stands on the page."""
    return f"{kind}-{_NO_ANCHOR.sub('-', name)[:80]}"


def first_of(items: Sequence[_One], most: int) -> tuple[Sequence[_One], int]:
    """Return at most so many items, and how many are left."""
    return items[:most], max(0, len(items) - most)


def moment(when: dt.datetime | None) -> str:
    """Return a moment to the second."""
    return NOT_KNOWN if when is None else f"{when:%Y-%m-%d %H:%M:%S} UTC"


def number(count: int | None) -> str:
    """Return a count, or that nobody knows it."""
    return NOT_KNOWN if count is None else f"{count:,}"


def _aligned(column: int, numbers: Sequence[int]) -> str:
    return "number" if column in numbers else ""
