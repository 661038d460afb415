"""`lookback check BUNDLE`: judge what was read, offline and without credentials."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from compliance.cli.judging import Handed, add_options, execute, plan

if TYPE_CHECKING:
    from compliance.cli.typing import SubParsers


def add(commands: SubParsers) -> argparse.ArgumentParser:
    """Add the command to the parser."""
    parser = commands.add_parser("check", help="judge an evidence bundle, offline and without credentials")
    parser.add_argument("bundle", type=Path, metavar="BUNDLE")
    parser.add_argument(
        "-o", "--out", type=Path, metavar="DIR", help="the result folder; default BUNDLE.result beside the bundle"
    )
    add_options(parser)
    return parser


def run(args: argparse.Namespace) -> int:
    """Judge the bundle and return the exit code."""
    from compliance.evidence.bundle import open_bundle

    bundle = open_bundle(args.bundle)
    out = args.out or result_beside(args.bundle)
    return execute(bundle, plan(args, Handed(), bundle=bundle.path, out=out, tenant_id=bundle.manifest.tenant.id))


def result_beside(bundle: Path) -> Path:
    """Return where the result of a bundle goes unless told otherwise."""
    resolved = bundle.resolve()
    return resolved.with_name(f"{resolved.name}.result")
