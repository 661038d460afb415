"""Where reports go: to files, or to standard output in what it can show."""

from __future__ import annotations

import argparse
import io
import json
import os
import re
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from compliance.cli.apis import require_extra
from compliance.cli.logs import JSON_FORMATS, DisarmedStream, disarmed
from compliance.errors import InputError

if TYPE_CHECKING:
    from compliance.assessment.assessed import Assessed
    from reports import Options

WIDTH = 80
CONSOLE = "console"

DEVICES = Path("/dev")
_UNSEEN = re.compile("[\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")
"""Controls, separators of lines and marks of direction that JSON may hold as they are."""
GITHUB = "github"
SUMMARY_BYTES = 1024 * 1024
DEFAULT_LOCATION = "config.yaml"
OSCAL_VERSIONS = ("1.2.3", "1.1.2")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A report that was asked for: its format, and its file, or None for standard output."""

    name: str
    path: Path | None


def add_format_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that some of the formats take."""
    parser.add_argument(
        "--objects",
        choices=("samples", "all"),
        default="samples",
        help="json: up to 20 objects of a finding (samples, the default), or one line for each object there is (all)",
    )
    parser.add_argument(
        "--show-objects", action="store_true", help="github, junit, markdown, sarif: name objects, not only numbers"
    )
    parser.add_argument(
        "--location",
        metavar="FILE",
        help="sarif, github: the file of your repository that findings point at; default config.yaml",
    )
    parser.add_argument(
        "--oscal-version", choices=OSCAL_VERSIONS, default=OSCAL_VERSIONS[0], help="1.1.2 is what ServiceNow reads"
    )
    parser.add_argument("--ssp-href", metavar="URI", help="oscal: where the system security plan lies")


def format_options(args: argparse.Namespace, reports: list[Wanted]) -> Options:
    """Return what the options ask of the formats; raises InputError where a format lacks what it needs."""
    from reports import Options

    location: str | None = args.location or (DEFAULT_LOCATION if Path(DEFAULT_LOCATION).is_file() else None)
    pointing = [one.name for one in reports if one.name in ("sarif", "github")]
    if location is not None and (Path(location).is_absolute() or not Path(location).is_file()):
        raise InputError(
            "is no file below this directory",
            where=f"--location {location}",
            next_step="Give the path of a file of the repository, relative to where lookback runs.",
        )
    if "sarif" in pointing and location is None:
        raise InputError(
            "findings have to point at a file of the repository, and there is no config.yaml here",
            where="--report sarif",
            next_step="Give --location FILE, such as the waiver file.",
        )
    return Options(
        all_objects=args.objects == "all",
        show_objects=args.show_objects,
        location=None if location is None else Path(location).as_posix(),
        oscal_version=args.oscal_version,
        ssp_href=args.ssp_href,
    )


def reports_asked_for(wanted: list[str] | None, *, kept_out_of: tuple[Path, ...]) -> list[Wanted]:
    """Read the values of `--report`; raises InputError for a format that is none, or a file that cannot be one.

    Nothing may be written into what is sealed: the directories in `kept_out_of`.
    """
    from reports import REPORTS

    asked: list[Wanted] = []
    for item in wanted or ["console"]:
        name, equals, value = item.partition("=")
        if name not in REPORTS:
            raise InputError(
                f"there is no report format {name!r}", where="--report", next_step=f"Give one of {', '.join(REPORTS)}."
            )
        if equals and not value:
            raise InputError("names no file", where=f"--report {item}", next_step="Give a path, or leave = out.")
        path = Path(value) if value else None
        if path is not None and path.is_dir():
            raise InputError("is a directory", where=str(path), next_step="Give --report the path of a file.")
        for sealed in kept_out_of:
            if path is not None and path.resolve().is_relative_to(sealed.resolve()):
                raise InputError(
                    f"lies inside {sealed}, which is sealed",
                    where=str(path),
                    next_step="Give --report a path outside the bundle and the result folder.",
                )
        if path is not None and path.resolve() in [one.path.resolve() for one in asked if one.path is not None]:
            raise InputError(
                "two reports cannot lie in one file",
                where=f"--report {item}",
                next_step="Give each report a file of its own.",
            )
        if name == "xlsx":
            require_extra("xlsx", "the work paper", ("openpyxl",))
            if path is None and sys.stdout.isatty():
                raise InputError(
                    "is no text, and standard output is a terminal",
                    where="--report xlsx",
                    next_step="Give it a file: --report xlsx=paper.xlsx.",
                )
        asked.append(Wanted(name, path))
    return asked


def write_report(wanted: Wanted, assessed: Assessed, asked: Options, bundle: Path) -> None:
    """Write a report where it was asked for, as it was asked for; a file and whatever machines read are UTF-8.

    With annotations of GitHub Actions goes the summary of the step, where the job has a file for it.
    """
    from reports import render

    if wanted.name == GITHUB:
        _add_to_summary(render("markdown", assessed, asked))
    if wanted.path is not None:
        beside = wanted.path.resolve().parent
        options = replace(asked, width=WIDTH, evidence=_relative(bundle.resolve(), beside))
        _write(wanted.path, _bytes(render(wanted.name, assessed, options)))
        return
    encoding = (sys.stdout.encoding or "ascii").casefold()
    plain = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    colour = sys.stdout.isatty() and not plain
    options = replace(asked, width=WIDTH, colour=colour, ascii=not encoding.startswith("utf"))
    _print(render(wanted.name, assessed, options), wanted.name)


def _write(path: Path, document: bytes) -> None:
    """Write a file anew, the one that a link leads to; what is no regular file, such as a pipe, is written into."""
    from compliance.evidence.bundle import not_written, write_private

    if path.is_file() and not path.absolute().is_relative_to(DEVICES):
        write_private(path.resolve(), document)
        return
    if not path.exists():
        write_private(path, document)
        return
    try:
        with path.open("wb") as stream:
            stream.write(document)
    except OSError as error:
        raise not_written(path, error) from error


def _add_to_summary(summary: str | bytes) -> None:
    """Append to the summary of a step of GitHub Actions, which takes 1,024 KiB in all; say where there is no room."""
    name = os.environ.get("GITHUB_STEP_SUMMARY")
    if not name:
        return
    file, document = Path(name), _bytes(summary)
    taken = file.stat().st_size if file.is_file() else 0
    if taken + len(document) > SUMMARY_BYTES:
        print("lookback: the summary of this step is full; see the reports", file=sys.stderr)
        return
    with file.open("ab") as stream:
        stream.write(document)


def _relative(path: Path, folder: Path) -> str | None:
    """Return the path from a folder, with forward slashes; None where there is none, as between drives of Windows."""
    try:
        return Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:
        return None


def _bytes(document: str | bytes) -> bytes:
    return document if isinstance(document, bytes) else document.encode("utf-8", errors="backslashreplace")


def _print(document: str | bytes, name: str) -> None:
    """Write to standard output what no log obeys; a reader that has seen enough does not change the exit code."""
    shown = document if isinstance(document, bytes) or name == GITHUB else disarmed(document, format_=name)
    if name in JSON_FORMATS and isinstance(shown, str):
        shown = _UNSEEN.sub(_escaped, shown)
    out = sys.stdout.stream if isinstance(sys.stdout, DisarmedStream) else sys.stdout
    try:
        out.flush()
        if isinstance(shown, bytes) or (name != CONSOLE and isinstance(out, io.TextIOWrapper)):
            out.buffer.write(_bytes(shown))
        else:
            out.write(shown)
        out.flush()
    except BrokenPipeError:
        silence_stdout()


def _escaped(unseen: re.Match[str]) -> str:
    """Spell what a terminal may obey, or an editor hide, as JSON can: the document says the same."""
    return json.dumps(unseen[0])[1:-1]


def silence_stdout() -> None:
    """Send what is left for standard output nowhere, so that Python does not try again as it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
