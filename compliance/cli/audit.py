"""`lookback audit`: collect, then check."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from compliance.cli.apis import add_config, require_collect
from compliance.cli.check import result_beside
from compliance.cli.collect import add_output, bundle_directory, collect_bundle
from compliance.cli.judging import Handed, add_options, execute, plan

if TYPE_CHECKING:
    from compliance.cli.typing import SubParsers


def add(commands: SubParsers) -> argparse.ArgumentParser:
    """Add the command to the parser."""
    parser = commands.add_parser("audit", help="collect, then check")
    add_config(parser)
    add_output(parser)
    add_options(parser, previous="--previous-result")
    return parser


def run(args: argparse.Namespace) -> int:
    """Read the tenant, judge what was read, and return the exit code.

    Every option and file is looked at before anything is sent: a mistake in them should not cost a collection.
    """
    from compliance.settings import load_settings

    require_collect()
    settings = load_settings(args.config)
    handed = Handed(
        (*settings.standards, *settings.standard_files), settings.waivers, settings.declarations, settings.path
    )
    out = bundle_directory(args)
    tenant_id = None if "." in settings.tenant else settings.tenant
    planned = plan(args, handed, bundle=out, out=result_beside(out), tenant_id=tenant_id)
    return execute(collect_bundle(settings, args, out), planned)
