"""`lookback may-publish FOLDER...`: whether a pipeline may hand these out to whoever can read its repository."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from compliance.errors import InputError

if TYPE_CHECKING:
    from compliance.cli.typing import SubParsers

CLOSED = ("private", "internal", "organization")
"""What GitHub, GitLab and Azure DevOps call a repository or project that only those who were let in can read."""
_PUBLIC_NEXT = (
    "Run the pipeline in a private repository, or judge a redacted copy and hand that out:"
    " lookback redact BUNDLE -o COPY."
)


def add(commands: SubParsers) -> argparse.ArgumentParser:
    """Add the command to the parser."""
    parser = commands.add_parser(
        "may-publish",
        help="for pipelines: whether evidence and reports may be uploaded where the repository can be read",
        description="Exit code 0 where every FOLDER may be uploaded, 2 where not. On a public repository only a"
        " redacted bundle may be, and a result of one that names nobody in waivers, declarations or an earlier result."
        " A visibility that is unknown counts as public.",
    )
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER", help="a bundle, or a result of check")
    parser.add_argument(
        "--visibility",
        default="",
        metavar="WORD",
        help=f"{', '.join(CLOSED)}, or public; anything else, and nothing, counts as public",
    )
    return parser


def run(args: argparse.Namespace) -> int:
    """Say whether the folders may be published; raises InputError for the first one that may not."""
    closed = args.visibility.strip().casefold() in CLOSED
    for folder in args.folders:
        why_not = None if closed else _why_not(folder)
        if why_not is not None:
            raise InputError(
                f"is not uploaded: {_seen_by(args.visibility)}, and {why_not}",
                where=str(folder),
                next_step=_PUBLIC_NEXT,
            )
    print("may be uploaded: the repository is closed" if closed else "may be uploaded: a redacted copy, and no names")
    return 0


def _seen_by(visibility: str) -> str:
    word = visibility.strip().casefold()
    return "the repository is public" if word == "public" else "nobody knows whether the repository is public"


def _why_not(folder: Path) -> str | None:
    """Return why a folder may not be shown to everybody; None for what is redacted and as it was written."""
    from compliance.evidence.bundle import open_bundle, sum_problems
    from compliance.result import ASSESSMENT

    if not (folder / ASSESSMENT).is_file():
        redacted = open_bundle(folder).manifest.derived_from is not None
        names: str | None = None
    else:
        redacted, names = _of_result(folder)
    if not redacted:
        return "this is no redacted copy"
    if problems := sum_problems(folder):
        return f"this is not as it was written: {'; '.join(problems)}"
    return names


def _of_result(folder: Path) -> tuple[bool, str | None]:
    """Return whether a result was judged from a redacted bundle, and what in it names people all the same."""
    import msgspec

    from compliance.assessment.assessment import Assessment
    from compliance.result import read_result

    manifest, raw = read_result(folder)
    try:
        assessment = msgspec.json.decode(raw, type=Assessment)
    except msgspec.DecodeError as error:
        raise InputError(
            f"holds no assessment: {error}", where=str(folder), next_step="Judge the bundle again with lookback check."
        ) from error
    redacted = assessment.run is not None and assessment.run.derived_from is not None
    given = {
        "waivers": manifest.waivers,
        "declarations": manifest.declarations,
        "earlier result": manifest.previous,
    }
    named = " and ".join(what for what, file in given.items() if file is not None)
    return redacted, f"its {named} may name people" if named else None
