"""Where reports go: to files, or to standard output in what it can show."""

from __future__ import annotations

import io
import os
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from compliance.errors import InputError

if TYPE_CHECKING:
    from compliance.assessment.assessment import Assessment
    from reports import Options

WIDTH = 80
JSON = "json"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A report that was asked for: its format, and its file, or None for standard output."""

    name: str
    path: Path | None


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
        asked.append(Wanted(name, path))
    return asked


def write_report(wanted: Wanted, assessment: Assessment, asked: Options) -> None:
    """Write a report where it was asked for, as it was asked for; a file and JSON are always UTF-8."""
    from compliance.evidence.bundle import write_private
    from reports import render

    if wanted.path is not None:
        text = render(wanted.name, assessment, replace(asked, width=WIDTH))
        write_private(wanted.path, text.encode("utf-8", errors="backslashreplace"))
        return
    encoding = (sys.stdout.encoding or "ascii").casefold()
    plain = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    colour = sys.stdout.isatty() and not plain
    options = replace(asked, width=WIDTH, colour=colour, ascii=not encoding.startswith("utf"))
    _print(render(wanted.name, assessment, options), always_utf_8=wanted.name == JSON)


def _print(text: str, *, always_utf_8: bool) -> None:
    """Write to standard output; a reader that has seen enough does not change the exit code."""
    try:
        sys.stdout.flush()
        if always_utf_8 and isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.buffer.write(text.encode("utf-8", errors="backslashreplace"))
        else:
            sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        silence_stdout()


def silence_stdout() -> None:
    """Send what is left for standard output nowhere, so that Python does not try again as it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
