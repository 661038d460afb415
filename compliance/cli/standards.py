"""`lookback standards [ID]`: what the standards ask for, and whether they are in force."""

from __future__ import annotations

import argparse
import textwrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from compliance.cli.typing import SubParsers
    from compliance.standards import Standard

WIDTH = 80


def add(commands: SubParsers) -> argparse.ArgumentParser:
    """Add the command to the parser."""
    parser = commands.add_parser("standards", help="list the standards, or show one")
    parser.add_argument("standard", metavar="ID", nargs="?", help="an id, or a YAML file of your own")
    return parser


def run(args: argparse.Namespace) -> int:
    """Print the list, or everything about one standard."""
    from tabulate import tabulate

    from compliance.standards import load_standard, standard_ids

    if args.standard is not None:
        print("\n".join(_shown(load_standard(args.standard))))
        return 0
    rows = []
    for standard_id in standard_ids():
        standard = load_standard(standard_id)
        hot = standard.hot.duration.text if standard.hot else "-"
        total = standard.total.duration.text if standard.total else "-"
        rows.append((standard_id, standard.status.words, hot, total))
    print(tabulate(rows, headers=("standard", "status", "hot", "total"), disable_numparse=True))
    return 0


def _shown(standard: Standard) -> list[str]:
    lines = [*textwrap.wrap(standard.title, WIDTH), standard.publisher, standard.url, standard.status.words]
    lines += textwrap.wrap(standard.status.note or "", WIDTH)
    for requirement, word in ((standard.hot, standard.words.hot), (standard.total, standard.words.total)):
        if requirement is not None:
            lines += ["", f"{word}: {requirement.duration.text}", *_cited(requirement.citation)]
    lines += ["", "required log sources"]
    for source in standard.sources:
        lines += [f"  {source.id}", *_cited(source.citation, indent=4)]
    for level in standard.levels:
        periods = [
            f"{word} {duration.text}"
            for word, duration in ((standard.words.hot, level.hot), (standard.words.total, level.total))
            if duration is not None
        ]
        lines += [
            "",
            f"level {level.id} {level.title}: {', '.join(periods)}" + (f", due {level.due}" if level.due else ""),
        ]
        lines += [line for condition in level.conditions for line in _cited(condition)]
    return lines


def _cited(text: str, *, indent: int = 2) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=" " * indent, subsequent_indent=" " * indent)
