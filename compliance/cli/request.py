"""`lookback request BUNDLE`: write down what an administrator has to export for what a bundle lacks."""

from __future__ import annotations

import argparse
import shlex
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from compliance.cli.typing import SubParsers
    from compliance.request.needs import Need


def add(commands: SubParsers) -> argparse.ArgumentParser:
    """Add the command to the parser."""
    parser = commands.add_parser("request", help="write a script and steps for exactly what a bundle lacks")
    parser.add_argument("bundle", type=Path, metavar="BUNDLE")
    parser.add_argument(
        "-o", "--out", type=Path, metavar="DIR", help="the new folder; default BUNDLE.request beside the bundle"
    )
    parser.add_argument(
        "--checks",
        default="settings",
        metavar="SET",
        help="ask only for what these checks need: settings (default), all, or ids separated by commas",
    )
    return parser


def run(args: argparse.Namespace) -> int:
    """Write the hand-off and say what it asks for; nothing is written where nothing is missing."""
    from checks import all_checks
    from compliance.cli.judging import select
    from compliance.evidence.bundle import open_bundle
    from compliance.request.folder import write_request
    from compliance.request.needs import needs_of

    bundle = open_bundle(args.bundle)
    selected, _ = select(all_checks(), args.checks)
    needs = needs_of(bundle, selected)
    if not needs:
        print(f"The bundle holds all that these {len(selected)} checks need; there is nothing to ask for.")
        return 0
    resolved = args.bundle.resolve()
    out = args.out or resolved.with_name(f"{resolved.name}.request")
    written = write_request(bundle, needs, out)
    waiting = {check_id for need in needs for check_id in need.checks}
    print(f"{len(needs)} datasets are missing; {len(waiting)} of {len(selected)} checks wait for them.\n")
    for need in needs:
        _print_need(need)
    print(f"\nWritten to {out}:")
    for path in written:
        print(f"  {path.name}")
    print("\nHand the folder to an administrator; then:")
    print(f"  {shlex.join(('lookback', 'import', str(out), '--into', str(args.bundle)))}")
    return 0


def _print_need(need: Need) -> None:
    from compliance.sources.errors import printable

    print(f"  {need.spec.export_file}")
    held = "the bundle holds some of its rows, which an import never replaces" if need.held else ""
    for line in (printable(need.why), f"settles {', '.join(need.checks)}", held):
        if line:
            print(textwrap.fill(line, 78, initial_indent="      ", subsequent_indent="      ", break_on_hyphens=False))
