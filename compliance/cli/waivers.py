"""`lookback waivers list`: which waivers there are, who approved them, and when they end."""

from __future__ import annotations

import argparse
import datetime as dt
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from compliance.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from compliance.assessment.assessment import WaiverUse
    from compliance.cli.typing import SubParsers

_WITHIN = re.compile(r"([0-9]{1,4})d?", re.ASCII)


def add(commands: SubParsers) -> argparse.ArgumentParser:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "waivers",
        help="list waivers and when they end",
        epilog="exit codes: 0 the waivers are listed, expired ones too, 2 a file is malformed, or a usage error",
    )
    parser.add_argument("action", choices=("list",), metavar="list")
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("file", type=Path, metavar="FILE", nargs="?", help="a waiver file")
    source.add_argument("-c", "--config", type=Path, metavar="FILE", help="the config.yaml that names a waiver file")
    source.add_argument(
        "--result", type=Path, metavar="RESULT", help="a result of check: also tells what each waiver covers"
    )
    parser.add_argument(
        "--expiring",
        type=_days,
        metavar="30d",
        help="only those that end within so many days, and those that have ended",
    )
    return parser


def run(args: argparse.Namespace) -> int:
    """Print the list and return 0."""
    from compliance.assessment.words import counted
    from reports.console.style import Style
    from reports.console.waivers import ends_within, listing
    from reports.options import Options

    now = dt.datetime.now(dt.UTC)
    as_of = None
    if args.result is None:
        uses = _written(args.file, args.config, now)
    else:
        uses, as_of = _judged(args.result, now.date())
    shown = [one for one in uses if args.expiring is None or ends_within(one, args.expiring)]
    style = Style(Options(ascii=not (sys.stdout.encoding or "ascii").casefold().startswith("utf")))
    for line in listing(shown, style, as_of):
        print(line)
    total = f"{counted(len(uses), 'waiver')} as of {now:%Y-%m-%d}"
    if args.expiring is None:
        print(total)
    else:
        print(f"{len(shown):,} of {total}: ended, or ends within {counted(args.expiring, 'day')}")
    return 0


def _days(text: str) -> int:
    match = _WITHIN.fullmatch(text)
    if match is None:
        raise argparse.ArgumentTypeError(f"a number of days was expected, such as 30d, not {text!a}")
    return int(match[1])


def _written(file: Path | None, config: Path | None, now: dt.datetime) -> Sequence[WaiverUse]:
    """Return the waivers of a file as of now; raises InputError for a malformed one, and where none is named."""
    from compliance.assessment.overlay import as_written
    from compliance.cli.judging import read_handed, read_waivers
    from compliance.settings import load_settings

    path = file
    if config is not None and (path := load_settings(config).waivers) is None:
        raise InputError("names no waiver file", where=str(config), next_step="Add the key waivers, or give FILE.")
    return [as_written(waiver, now) for waiver in read_waivers(read_handed(path), None)]


def _judged(result: Path, today: dt.date) -> tuple[Sequence[WaiverUse], dt.datetime]:
    """Return the waivers of a result with the days they have left today, and the moment that they were counted for."""
    from compliance.assessment.assessment import Assessment
    from compliance.evidence.bundle import decode_document
    from compliance.result import ASSESSMENT, read_result

    _, raw = read_result(result)
    assessment = decode_document(raw, Assessment, result / ASSESSMENT)
    return [_left_on(today, use) for use in assessment.waivers], assessment.as_of


def _left_on(today: dt.date, use: WaiverUse) -> WaiverUse:
    import msgspec

    try:
        last = dt.date.fromisoformat(use.expires)
    except ValueError:
        return use
    return msgspec.structs.replace(use, expires_in_days=(last - today).days)
