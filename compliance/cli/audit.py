"""`lookback audit`: collect, then check."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from compliance.cli.apis import add_config
from compliance.cli.check import result_beside
from compliance.cli.collect import add_output, collect_bundle
from compliance.cli.judging import Handed, add_options, judge_bundle

if TYPE_CHECKING:
    from compliance.cli.typing import SubParsers


def add(commands: SubParsers) -> argparse.ArgumentParser:
    """Add the command to the parser."""
    parser = commands.add_parser("audit", help="collect, then check")
    add_config(parser)
    add_output(parser)
    add_options(parser)
    return parser


def run(args: argparse.Namespace) -> int:
    """Read the tenant, judge what was read, and return the exit code.

    Waivers and declarations are read before anything is sent, where the tenant's id is known: a mistake in them
    should not cost a collection.
    """
    from compliance.cli.judging import read_declarations, read_waivers
    from compliance.settings import load_settings

    settings = load_settings(args.config)
    handed = Handed((*settings.standards, *settings.standard_files), settings.waivers, settings.declarations)
    if "." not in settings.tenant:
        read_waivers(args.waivers or handed.waivers, settings.tenant)
        read_declarations(args.declarations or handed.declarations, settings.tenant)
    bundle = collect_bundle(settings, args)
    return judge_bundle(bundle, args, result_beside(bundle.path), handed)
