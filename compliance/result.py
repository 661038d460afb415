"""The result folder that `lookback check` writes: the assessment, all affected objects, and what it was judged with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from compliance import __version__
from compliance.assessment.assessed import Assessed, affected_file
from compliance.assessment.document import encode_line
from compliance.errors import InputError
from compliance.evidence.bundle import (
    decode_document,
    files_below,
    make_private,
    read_document,
    sum_problems,
    write_private,
    write_sums,
)
from compliance.evidence.manifest import Digest, Record, Tool, encode

SCHEMA = "lookback/result/1"
MANIFEST = "manifest.json"
ASSESSMENT = "assessment.json"
INPUTS = "inputs"
ATTACHMENTS = "attachments"


class ResultManifest(Record, frozen=True):
    """What a result was made from: the bundle by its digest, the selection, and the inputs by file name.

    `previous` is the earlier result that it follows, as it is kept in `inputs/`; `period` what `--period` said.
    """

    schema: str
    tool: Tool
    bundle_sha256: Digest
    standards: tuple[str, ...]
    checks: tuple[str, ...]
    waivers: str | None
    declarations: str | None
    previous: str | None = None
    period: str | None = None


@dataclass(frozen=True, slots=True)
class Inputs:
    """The files that a result was judged with, by the name they take in `inputs/`."""

    files: Mapping[str, bytes]
    waivers: str | None
    declarations: str | None
    previous: str | None = None


def write_result(out: Path, assessed: Assessed, *, checks: tuple[str, ...], inputs: Inputs) -> None:
    """Write a result folder; one of the same tool that lies there already is replaced, anything else is left alone.

    Raises InputError where the directory holds something else.
    """
    _clear(out)
    assessment = assessed.assessment
    write_private(out / ASSESSMENT, encode(assessment))
    for name, content in affected_files(assessed).items():
        write_private(out / name, content)
    for name, content in inputs.files.items():
        write_private(out / INPUTS / name, content)
    manifest = ResultManifest(
        schema=SCHEMA,
        tool=Tool(name="lookback", version=__version__),
        bundle_sha256=assessment.bundle_sha256,
        standards=tuple(standard.id for standard in assessment.standards),
        checks=checks,
        waivers=inputs.waivers,
        declarations=inputs.declarations,
        previous=inputs.previous,
        period=None if assessment.period is None else assessment.period.text,
    )
    write_private(out / MANIFEST, encode(manifest))
    write_sums(out)


def affected_files(assessed: Assessed) -> dict[str, bytes]:
    """Return the files that list all affected objects, by their names inside the result folder."""
    files: dict[str, bytes] = {}
    for finding in assessed.assessment.findings:
        if objects := assessed.affected[finding.uid]:
            files[affected_file(finding)] = b"".join(map(encode_line, objects))
    return files


def read_result(folder: Path) -> tuple[ResultManifest, bytes]:
    """Return a result's manifest and the bytes of its assessment; raises InputError where it is none."""
    raw = read_document(folder / MANIFEST, what="a result folder has a manifest.json")
    manifest = decode_document(raw, ResultManifest, folder / MANIFEST)
    if manifest.schema != SCHEMA:
        raise InputError(
            f"has schema {manifest.schema!r}; expected {SCHEMA!r}",
            where=str(folder / MANIFEST),
            next_step="Use the version of lookback that wrote it, or a newer one.",
        )
    return manifest, read_document(folder / ASSESSMENT, what="a result folder has an assessment.json")


def check_room(out: Path) -> None:
    """Raise InputError where a result cannot go to a directory, because something else lies there or above it."""
    there = next((path for path in (out, *out.parents) if path.exists()), out)
    if there != out and not there.is_dir():
        raise InputError("is not a directory", where=str(there), next_step="Give another directory with -o.")
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return
    strangers = InputError(
        "already exists and is not an unchanged result of lookback",
        where=str(out),
        next_step="Give another directory with -o, or remove this one.",
    )
    try:
        read_result(out)
    except InputError as error:
        raise strangers from error
    if sum_problems(out):
        raise strangers


def _clear(out: Path) -> None:
    """Make room for a result: remove an earlier one, file by file as its sums list them, and nothing else."""
    check_room(out)
    make_private(out)
    out.chmod(0o700)
    for name in files_below(out):
        (out / name).unlink()
    for folder in sorted((path for path in out.rglob("*") if path.is_dir()), reverse=True):
        folder.rmdir()
