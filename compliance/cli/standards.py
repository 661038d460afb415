"""`lookback standards [ID]`: what the standards ask for, and whether they are in force."""

from __future__ import annotations

import argparse
import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING

from compliance.errors import harmless

if TYPE_CHECKING:
    from compliance.cli.typing import SubParsers
    from compliance.standards import Level, Requirement, Standard

WIDTH = 80
_REMARKS = 16
_ID = 39
"""The widths of the remarks on a standard, and of the longest id of a log source."""


def add(commands: SubParsers) -> argparse.ArgumentParser:
    """Add the command to the parser."""
    parser = commands.add_parser("standards", help="list the standards, or show one")
    parser.add_argument("standard", metavar="ID", nargs="?", help="an id, or a YAML file of your own")
    return parser


def run(args: argparse.Namespace) -> int:
    """Print the list, or everything about one standard."""
    from compliance.standards import load_standard

    lines = _listed() if args.standard is None else _shown(load_standard(args.standard))
    print("\n".join(map(harmless, lines)))
    return 0


def _listed() -> Iterator[str]:
    from tabulate import tabulate

    from compliance.standards import load_standard, standard_ids

    rows = [_row(load_standard(standard_id)) for standard_id in standard_ids()]
    headers = ("standard", "hot", "total", "in force", "remarks")
    widths = [None, None, None, None, _REMARKS]
    yield from tabulate(rows, headers=headers, disable_numparse=True, maxcolwidths=widths).splitlines()
    yield ""
    yield from _wrapped(
        "hot: how long logs are searchable at once; total: how long they exist. interpretive: the text does not state"
        " the number for logs in so many words. unverified: the number was not checked against the text. your own: the"
        " text gives no number, and config.yaml or a file of yours does."
    )


def _row(standard: Standard) -> tuple[str, ...]:
    from compliance.standards import Force

    status = standard.status
    in_force = "yes" if status.since is None else f"since {status.since}"
    remarks = (
        "interpretive" if standard.interpretive else "",
        "unverified" if standard.unverified else "",
        f"at most {standard.max_total.duration.text}" if standard.max_total else "",
    )
    return (
        standard.id,
        _period(standard.hot, standard),
        _period(standard.total, standard),
        f"rescinded {status.since}" if status.force is Force.RESCINDED else in_force,
        ", ".join(filter(None, remarks)),
    )


def _period(requirement: Requirement | None, standard: Standard) -> str:
    if requirement is None:
        return "your own" if standard.undecided else "-"
    return requirement.duration.text


def _shown(standard: Standard) -> Iterator[str]:
    from compliance.rules.log_sources import SOURCES

    yield from _wrapped(standard.title)
    yield from (standard.publisher, standard.url)
    if standard.published is not None:
        yield f"published {standard.published}"
    yield standard.status.words
    yield from _wrapped(standard.status.note or "")
    for requirement, word in (
        (standard.hot, standard.words.hot),
        (standard.total, standard.words.total),
        (standard.max_total, f"{standard.words.total}, at most"),
    ):
        if requirement is not None:
            yield from ("", f"{word}: {requirement.duration.text}", *_wrapped(requirement.citation, 2))
    for remark in (*standard.remarks(), *standard.notes):
        yield from ("", *_wrapped(remark))
    yield from ("", "required log sources")
    for citation in dict.fromkeys(source.citation for source in standard.sources):
        yield from _wrapped(citation, 2)
        for source in standard.sources:
            if source.citation == citation:
                lead = f"    {source.id:{_ID}}  "
                yield from textwrap.wrap(
                    SOURCES[source.id].title, WIDTH, initial_indent=lead, subsequent_indent=" " * len(lead)
                )
    if standard.criteria:
        yield from ("", "clauses by check")
        for check, clause in sorted(standard.criteria.items()):
            yield from textwrap.wrap(f"{check}: {clause}", WIDTH, initial_indent="  ", subsequent_indent=" " * 10)
    for level in standard.levels:
        yield from ("", *_level(level, standard))


def _level(level: Level, standard: Standard) -> Iterator[str]:
    periods = [
        f"{word} {duration.text}"
        for word, duration in ((standard.words.hot, level.hot), (standard.words.total, level.total))
        if duration is not None
    ]
    due = f", due {level.due}" if level.due else ""
    yield f"level {level.id} {level.title}: {', '.join(periods)}{due}"
    for condition in level.conditions:
        yield from _wrapped(condition, 2)


def _wrapped(text: str, indent: int = 0) -> list[str]:
    pad = " " * indent
    return textwrap.wrap(text, WIDTH, initial_indent=pad, subsequent_indent=pad, break_on_hyphens=False)
