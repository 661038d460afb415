"""`lookback checks [ID]`: what is checked, how it is decided, and what it needs."""

from __future__ import annotations

import argparse
import textwrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from compliance.assessment.check import Check
    from compliance.cli.typing import SubParsers

WIDTH = 80


def add(commands: SubParsers) -> argparse.ArgumentParser:
    """Add the command to the parser."""
    parser = commands.add_parser("checks", help="list the checks, or explain one")
    parser.add_argument("check", metavar="ID", nargs="?")
    return parser


def run(args: argparse.Namespace) -> int:
    """Print the list, or everything about one check."""
    from tabulate import tabulate

    from checks import all_checks
    from compliance.cli.judging import by_ids

    if args.check is None:
        rows = [(one.id, one.severity.value, one.group, one.title) for one in all_checks()]
        headers = ("check", "severity", "group", "title")
        print(tabulate(rows, headers=headers, disable_numparse=True, maxcolwidths=[None, None, None, 42]))
        return 0
    (one,) = by_ids(all_checks(), [args.check], where="lookback checks")
    print(_explained(one))
    return 0


def _explained(one: Check) -> str:
    from compliance.evidence.datasets import DATASETS
    from compliance.evidence.derived import DERIVATIONS
    from compliance.evidence.evidence import datasets_behind
    from compliance.rules.facts import FACTS

    mappings = one.mappings
    elsewhere = {
        "NIST SP 800-53": mappings.nist_800_53,
        "CISA SCuBA": mappings.scuba,
        "CIS Microsoft 365": mappings.cis_m365,
        "MITRE ATT&CK": mappings.attack,
    }
    sections = [
        f"{one.id}  {one.title}",
        f"severity {one.severity.value}, {one.group}, tests the {one.tests}",
        "",
        *_wrapped(one.text.partition("\n")[2].strip()),
        "",
        "Why it matters",
        *_wrapped(one.effect, indent=2),
        *_wrapped(one.lesson, indent=2),
        "",
        "Facts it rests on",
    ]
    for fact in (FACTS[name] for name in one.facts):
        sections += _wrapped(f"{fact.statement} [{fact.certainty.value}, {fact.date or 'undated'}]", indent=2)
        sections += _wrapped(fact.source, indent=4)
    sections += ["", "What it reads, and the permission that buys it"]
    for name in DATASETS:
        if name in datasets_behind(one.function, DERIVATIONS):
            sections += _wrapped(DATASETS[name].request, indent=2)
            sections += _wrapped(DATASETS[name].permission, indent=4)
    sections += ["", "What to do when it fails", *(f"  {command}" for command in one.remediation)]
    sections += ["", "The same elsewhere"]
    sections += [f"  {name}: {', '.join(ids)}" for name, ids in elsewhere.items() if ids]
    return "\n".join(sections)


def _wrapped(text: str, *, indent: int = 0) -> list[str]:
    pad = " " * indent
    lines: list[str] = []
    for paragraph in text.split("\n\n"):
        lines += (
            ["", *textwrap.wrap(" ".join(paragraph.split()), WIDTH - indent)]
            if lines
            else textwrap.wrap(" ".join(paragraph.split()), WIDTH - indent)
        )
    return [f"{pad}{line}" if line else "" for line in lines]
