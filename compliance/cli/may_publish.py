"""`lookback may-publish FOLDER...`: whether a pipeline may hand these out to whoever can read its repository."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from compliance.errors import InputError

if TYPE_CHECKING:
    from compliance.cli.typing import SubParsers

CLOSED = ("private", "organization")
"""What a repository or project is called that only those who were let in, or the organisation's own people, can read.

`internal` is none of them: on GitLab it lets in every account there is. GitHub's `internal`, the members of one
enterprise, is what Azure DevOps calls `organization`.
"""
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
        " Without a FOLDER: 0 where names may be shown, as in the log. A visibility that is unknown counts as public.",
    )
    parser.add_argument("folders", nargs="*", type=Path, metavar="FOLDER", help="a bundle, or a result of check")
    parser.add_argument(
        "--visibility",
        default="",
        metavar="WORD",
        help=f"{' or '.join(CLOSED)} is closed; anything else, and nothing, counts as public: internal too, which is"
        " every account of a GitLab (for GitHub's internal give organization)",
    )
    return parser


def run(args: argparse.Namespace) -> int:
    """Say whether the folders may be published; raises InputError for the first one that may not."""
    closed = args.visibility.strip().casefold() in CLOSED
    if not args.folders and not closed:
        raise InputError(
            f"names may not be shown: {_seen_by(args.visibility)}",
            where=f"--visibility {args.visibility.strip()}".rstrip(),
            next_step="Run the pipeline in a private repository, or show counts alone.",
        )
    for folder in args.folders:
        if not folder.is_dir():
            raise InputError("is no folder", where=str(folder), next_step="Give a bundle, or a result of check.")
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
    match visibility.strip().casefold():
        case "public":
            return "the repository is public"
        case "internal":
            return "internal may be every account"
        case _:
            return "nobody knows whether the repository is public"


def _why_not(folder: Path) -> str | None:
    """Return why a folder may not be shown to everybody; None for what is redacted and as it was written."""
    from compliance.evidence.bundle import open_bundle, sum_problems
    from compliance.result import ASSESSMENT

    if not (folder / ASSESSMENT).is_file():
        manifest = open_bundle(folder).manifest
        redacted = manifest.derived_from is not None
        later = manifest.unredacted()
        names = f"files were imported into it after it was redacted: {', '.join(later)}" if later else None
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
    own = "standard of your own" if _own_standards(folder, manifest.standards) else None
    named = " and ".join(filter(None, (own, *(what for what, file in given.items() if file is not None))))
    return redacted, f"its {named} may name people" if named else None


def _own_standards(folder: Path, standards: Sequence[str]) -> bool:
    """Say whether a result was judged by a standard that does not come with lookback as it is: its words are free."""
    from compliance.result import INPUTS
    from compliance.standards import load_standard, standard_ids

    kept = {name: (folder / INPUTS / "standards" / f"{name}.yaml").read_bytes() for name in standards}
    return any(name not in standard_ids() or raw != load_standard(name).raw for name, raw in kept.items())
