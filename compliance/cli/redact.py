"""`lookback redact BUNDLE -o DIR`: a copy that names nobody, and from which the same findings follow."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from compliance.cli.typing import SubParsers


def add(commands: SubParsers) -> argparse.ArgumentParser:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "redact",
        help="make a copy of a bundle that names nobody",
        epilog="Names of people, addresses and every text that no verdict rests on become pseudonyms, or are left out;"
        " what the copy does not need to be judged is not in it. Switches, dates, numbers, immutable ids and the ids"
        " of Azure resources stay, and so does what the tenant itself is called. Whoever holds the key can tell whose a"
        " pseudonym is, by making it again: keep it with the original, or use none, which forgets it.",
    )
    parser.add_argument("bundle", type=Path, metavar="BUNDLE")
    parser.add_argument("-o", "--out", type=Path, metavar="DIR", required=True, help="where the copy goes")
    parser.add_argument(
        "--key-file",
        type=Path,
        metavar="FILE",
        help="32 random bytes or more, so that copies of later bundles have the same pseudonyms; default a new key,"
        " which is not kept",
    )
    return parser


def run(args: argparse.Namespace) -> int:
    """Write the copy, say what it is, and return 0."""
    from compliance.evidence.bundle import open_bundle
    from compliance.evidence.manifest import encode, sha256
    from compliance.trust.pseudonyms import Pseudonyms, new_key, read_key
    from compliance.trust.redacting import redact

    bundle = open_bundle(args.bundle)
    names = Pseudonyms(new_key() if args.key_file is None else read_key(args.key_file))
    manifest = redact(bundle, args.out, names)
    print(f"{args.out}: bundle {sha256(encode(manifest))}, a redacted copy of {bundle.digest}")
    print("  read it before you hand it on: names of Azure resources, of stores of logs and the tenant's own stay")
    return 0
