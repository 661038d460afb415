"""`lookback diff OLD NEW`: what changed between two results of a tenant, control by control, and why."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from compliance.cli.typing import SubParsers

WORSE = 3
UNCLEAR = 4


def add(commands: SubParsers) -> argparse.ArgumentParser:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "diff",
        help="what changed between two results, and why",
        epilog="exit codes: 0 compared, 2 one of them cannot be used, or they are not of one tenant, 3 with --exit-code"
        " where something got worse, 4 with it where nothing did and something is unclear",
    )
    parser.add_argument("old", type=Path, metavar="OLD", help="a result folder of `check`, or its assessment.json")
    parser.add_argument("new", type=Path, metavar="NEW", help="a later one of the same tenant")
    parser.add_argument(
        "--report", choices=("text", "json"), default="text", help="what to print: text (the default) or json"
    )
    parser.add_argument(
        "--exit-code", action="store_true", help="exit 3 where something got worse, else 4 where something is unclear"
    )
    return parser


def run(args: argparse.Namespace) -> int:
    """Compare both results, print what changed, and return the exit code."""
    from compliance.assessment.changes import Direction
    from compliance.assessment.comparison import compare
    from compliance.cli.reporting import WIDTH
    from compliance.earlier import read_earlier
    from compliance.evidence.manifest import encode
    from reports import Options
    from reports.console.changes import comparison_text

    old, new = read_earlier(args.old), read_earlier(args.new)
    assessment = new.earlier.assessment
    old.check_tenant(assessment.tenant.id)
    old.check_before(assessment.as_of)
    since = compare(old.earlier.assessment, assessment, old.earlier.objects, new.earlier.objects)
    if args.report == "json":
        print(encode(since).decode(), end="")
    else:
        plain = not (sys.stdout.encoding or "ascii").casefold().startswith("utf")
        print(comparison_text(assessment, since, Options(width=WIDTH, ascii=plain)), end="")
    directions = {change.direction for change in since.changes}
    if not args.exit_code:
        return 0
    return WORSE if Direction.WORSE in directions else UNCLEAR if Direction.UNCLEAR in directions else 0
