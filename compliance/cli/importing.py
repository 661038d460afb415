"""`lookback import DIR`: put files that an administrator exported into a bundle."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from compliance.cli.apis import now, scope_of

if TYPE_CHECKING:
    from compliance.cli.typing import SubParsers


def add(commands: SubParsers) -> argparse.ArgumentParser:
    """Add the command to the parser."""
    parser = commands.add_parser("import", help="put files that an administrator exported into a bundle")
    parser.add_argument("directory", type=Path, metavar="DIR", help="the exported files, with provenance.yaml")
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("-o", "--out", type=Path, metavar="BUNDLE", help="a new bundle")
    where.add_argument("--into", type=Path, metavar="BUNDLE", help="a collected bundle, to add what it lacks")
    parser.add_argument("-c", "--config", type=Path, metavar="FILE", help="take the scope from this config.yaml")
    return parser


def run(args: argparse.Namespace) -> int:
    """Import the files and say what became of each."""
    from compliance.cli.collect import outcome
    from compliance.errors import InputError
    from compliance.evidence.bundle import open_bundle
    from compliance.evidence.scope import EVERYBODY
    from compliance.importer import import_into, import_new
    from compliance.settings import load_settings
    from compliance.sources.errors import printable
    from compliance.sources.imported import read_exports, unknown_files

    if args.into is not None and args.config is not None:
        raise InputError("the bundle has its scope already", where="--config", next_step="Leave --config out.")
    exports = read_exports(args.directory)
    if args.into is not None:
        imported = import_into(exports, open_bundle(args.into), clock=now)
    else:
        scope = scope_of(load_settings(args.config)) if args.config else EVERYBODY
        imported = import_new(exports, args.out, scope, clock=now)
    print(outcome(imported.bundle))
    for name in imported.kept:
        print(f"  {name}: the bundle holds what was read of it, so the file was left out")
    for name in imported.empty:
        print(f"  {name}: the files hold nothing of it, so what the bundle says of it stays")
    for export in exports:
        for note in export.notes:
            print(printable(f"  {export.spec_name}: from {export.path.name}; {note}"))
    for name in unknown_files(args.directory):
        print(f"  {printable(name)}: not a file that lookback imports")
    return 0
