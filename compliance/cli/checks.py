"""`lookback checks [ID]`: what is checked, how it is decided, and what it needs."""

from __future__ import annotations

import argparse
import textwrap
from collections.abc import Iterator
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
    from checks import all_checks
    from compliance.cli.judging import by_ids

    if args.check is None:
        print("\n".join(_listed(all_checks())))
        return 0
    (one,) = by_ids(all_checks(), [args.check], where="lookback checks")
    print("\n".join(_explained(one)))
    return 0


def _listed(checks: tuple[Check, ...]) -> Iterator[str]:
    """Yield the checks by group, each group in the order of its first check."""
    from compliance.assessment.verdict import Severity

    id_width = max(len(one.id) for one in checks)
    severity_width = max(len(severity.value) for severity in Severity)
    for number, group in enumerate(dict.fromkeys(one.group for one in checks)):
        yield from ("", group) if number else (group,)
        for one in (one for one in checks if one.group == group):
            lead = f"  {one.id:{id_width}}  {one.severity.value:{severity_width}}  "
            yield from textwrap.wrap(one.title, WIDTH, initial_indent=lead, subsequent_indent=" " * len(lead))


def _explained(one: Check) -> Iterator[str]:
    yield from textwrap.wrap(f"{one.id}  {one.title}", WIDTH, subsequent_indent=" " * (len(one.id) + 2))
    yield f"{one.severity.value}, {one.group}, tests the {one.tests}"
    for heading, lines in (
        ("Question", _wrapped(f'Is this so: "{one.title}"?', indent=2)),
        ("Why it matters", [*_wrapped(one.effect, indent=2), *_wrapped(one.lesson, indent=2)]),
        ("How it is decided", _wrapped(one.text.partition("\n")[2].strip(), indent=2)),
        ("Facts it rests on", list(_facts(one))),
        ("What it reads", list(_reads(one))),
        ("Permissions that buy it, and what does instead", list(_permissions(one))),
        ("What to do when it fails", [line for command in one.remediation for line in _command(command)]),
        ("The same elsewhere", list(_elsewhere(one))),
        ("In the standards", list(_criteria(one))),
    ):
        if lines:
            yield from ("", heading, *lines)


def _facts(one: Check) -> Iterator[str]:
    from compliance.rules.facts import FACTS

    for fact in (FACTS[name] for name in one.facts):
        yield from _wrapped(fact.statement, indent=2)
        yield from _wrapped(f"source: {fact.source}", indent=4)
        yield f"    {f'dated {fact.date}' if fact.date else 'undated'}, certainty {fact.certainty.value}"


def _reads(one: Check) -> Iterator[str]:
    from compliance.evidence.datasets import DATASETS
    from compliance.evidence.derived import DERIVATIONS
    from compliance.evidence.evidence import datasets_behind

    behind = datasets_behind(one.function, DERIVATIONS)
    beside = datasets_behind(one.function, DERIVATIONS, opening=True) - behind
    if not behind:
        yield "  nothing of the tenant: see above for what it takes"
    for name, spec in DATASETS.items():
        if name in behind:
            yield from _wrapped(spec.request + (" (corroborates only)" if spec.corroborates else ""), indent=2)
            yield from _wrapped(f"{name}; or exported as {spec.export_file}, and imported", indent=4)
    if beside:
        yield from _wrapped(f"and, for copies that may make a shortfall good: {', '.join(sorted(beside))}", indent=2)


def _permissions(one: Check) -> Iterator[str]:
    from compliance.evidence.derived import DERIVATIONS
    from compliance.evidence.evidence import datasets_behind
    from compliance.permissions import permissions_for

    behind = datasets_behind(one.function, DERIVATIONS)
    if not behind:
        yield "  none is needed"
    for permission in permissions_for(behind):
        yield from _wrapped(permission.title, indent=2)
        if permission.excess is not None:
            yield from _wrapped(f"beware: it {permission.excess}", indent=4)
        for other in permission.others:
            yield from _wrapped(f"or {other}", indent=4)


def _command(command: str) -> list[str]:
    """Return a command as it is typed; only a comment is wrapped."""
    if not command.startswith("# "):
        return [f"  {command}"]
    return textwrap.wrap(command, WIDTH, initial_indent="  ", subsequent_indent="  # ")


def _elsewhere(one: Check) -> Iterator[str]:
    mappings = one.mappings
    for name, ids in (
        ("NIST SP 800-53", mappings.nist_800_53),
        ("CISA SCuBA", mappings.scuba),
        ("CIS Microsoft 365", mappings.cis_m365),
        ("MITRE ATT&CK", mappings.attack),
    ):
        if ids:
            yield from _wrapped(f"{name}: {', '.join(ids)}", indent=2)


def _criteria(one: Check) -> Iterator[str]:
    """Yield the clause of each standard that the check rests on, and which standards ask for it without naming one."""
    from compliance.standards import load_standard, standard_ids

    asking = [name for name in standard_ids() if one.standards is None or name in one.standards]
    clauses = {name: load_standard(name).criteria.get(one.id) for name in asking}
    for name, clause in clauses.items():
        if clause is not None:
            yield from _wrapped(f"{name}: {clause}", indent=2)
    for words, names in (
        ("names no clause for it", [name for name, clause in clauses.items() if clause is None]),
        ("does not ask for it", [name for name in standard_ids() if name not in asking]),
    ):
        if names:
            yield from _wrapped(f"{words}: {', '.join(names)}", indent=2)


def _wrapped(text: str, *, indent: int = 0) -> list[str]:
    """Wrap text, keeping its paragraphs apart; the lines after a paragraph's first are not indented further."""
    pad = " " * indent
    lines: list[str] = []
    for paragraph in text.split("\n\n"):
        # an address that is broken in two cannot be followed
        wrapped = textwrap.wrap(
            " ".join(paragraph.split()), WIDTH - indent, break_on_hyphens=False, break_long_words=False
        )
        lines += ["", *wrapped] if lines else wrapped
    return [f"{pad}{line}" if line else "" for line in lines]
