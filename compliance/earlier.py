"""Earlier results: the one that a new assessment follows, the one that a gate compares with, and a trend of many."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from compliance.assessment.assessed import AFFECTED, affected_file
from compliance.assessment.assessment import SCHEMA, SCHEMA_VERSION, Assessment
from compliance.assessment.identity import Earlier, told_apart
from compliance.assessment.pair import AffectedAs, ObjectKey
from compliance.errors import InputError
from compliance.evidence.bundle import CHANGED, MANIFEST, SUMS, decode_document, read_document, sum_problems
from compliance.evidence.scope import Scope
from compliance.result import ASSESSMENT

KEPT_FOLDER = "previous"
"""What an earlier result folder is kept as in `inputs/`: its assessment and its lists of affected objects."""
KEPT_FILE = "previous.json"
"""What an earlier assessment without its result folder is kept as in `inputs/`."""
_DEPTH = 2
_FILE_NAME = re.compile(rf"{AFFECTED}/[A-Za-z0-9][A-Za-z0-9._-]*", re.ASCII)
_SEMVER = re.compile(r"\d{1,4}\.\d{1,4}\.\d{1,4}", re.ASCII)
_OURS = tuple(map(int, SCHEMA_VERSION.split(".")[:2]))
_WHAT = "an earlier result is a result folder of `lookback check`, or its assessment.json"


@dataclass(frozen=True, slots=True)
class EarlierResult:
    """An earlier assessment, where it lay, and its files by the names they take in `inputs/`."""

    path: Path
    earlier: Earlier
    files: Mapping[str, bytes]

    @property
    def kept_as(self) -> str:
        """What it is kept as in `inputs/`."""
        return KEPT_FILE if KEPT_FILE in self.files else KEPT_FOLDER

    def check_before(self, as_of: dt.datetime) -> None:
        """Raise InputError where it is later than an assessment that is to follow it."""
        if self.earlier.assessment.as_of > as_of:
            raise InputError(
                f"is as of {self.earlier.assessment.as_of:%Y-%m-%d %H:%M:%S} UTC, later than what it is compared with"
                f" ({as_of:%Y-%m-%d %H:%M:%S} UTC)",
                where=str(self.path),
                next_step="Give the older one as the one before.",
            )

    def check_scope(self, scope: Scope) -> None:
        """Raise InputError where it was judged under another scope."""
        if self.earlier.assessment.scope != scope:
            raise InputError(
                "was judged under another scope: who is left out, how many days are forgiven, or how old evidence may"
                " be was set otherwise",
                where=f"--against {self.path}",
                next_step="Judge by the scope of then, or have a result under the new scope accepted and compare with"
                " that one; lookback diff tells what the scope changed.",
            )

    def check_tenant(self, tenant_id: str) -> None:
        """Raise InputError where it is of another tenant."""
        if self.earlier.assessment.tenant.id != tenant_id:
            raise InputError(
                f"is of another tenant: {self.earlier.assessment.tenant.id}, not {tenant_id}",
                where=str(self.path),
                next_step="Give an earlier result of the same tenant.",
            )


def read_earlier(path: Path) -> EarlierResult:
    """Read a result folder, or an assessment alone; raises InputError where it is neither, or was changed."""
    folder = path.parent if path.name == ASSESSMENT and (path.parent / SUMS).is_file() else path
    if not folder.is_dir():
        return kept_file(path)
    if not (folder / ASSESSMENT).is_file():
        is_bundle = (folder / MANIFEST).is_file() and (folder / SUMS).is_file()
        raise InputError(
            "is an evidence bundle, which was not judged yet" if is_bundle else "holds no assessment.json",
            where=str(path),
            next_step=f"Judge it first: lookback check {path}" if is_bundle else f"{_WHAT.capitalize()}.",
        )
    if problems := sum_problems(folder):
        raise InputError(f"was changed or damaged: {'; '.join(problems)}", where=str(path), next_step=CHANGED)
    return kept_folder(folder)


def kept_file(path: Path) -> EarlierResult:
    """Read an assessment alone, of which nobody knows all affected objects; raises InputError where it is none."""
    raw = read_document(path, what=_WHAT)
    return EarlierResult(path, Earlier(decode_assessment(raw, path), None), {KEPT_FILE: raw})


def kept_folder(folder: Path) -> EarlierResult:
    """Read an assessment with its lists of affected objects; raises InputError where one is missing or damaged."""
    raw = read_document(folder / ASSESSMENT, what=_WHAT)
    assessment = decode_assessment(raw, folder / ASSESSMENT)
    files = {f"{KEPT_FOLDER}/{ASSESSMENT}": raw}
    objects: dict[str, dict[ObjectKey, AffectedAs]] = {}
    for finding in assessment.findings:
        if not finding.samples:
            objects[finding.uid] = {}
            continue
        name = affected_file(finding)
        if _FILE_NAME.fullmatch(name) is None:
            raise InputError(f"has a finding of {name!r}", where=str(folder / ASSESSMENT), next_step=CHANGED)
        lines = read_document(folder / name, what=f"the result folder lists all affected objects in {AFFECTED}/")
        files[f"{KEPT_FOLDER}/{name}"] = lines
        objects[finding.uid] = _listed(lines, folder / name)
    return EarlierResult(folder, Earlier(assessment, objects), files)


class _Listed(msgspec.Struct, frozen=True):
    """Of an affected object, what tells it apart, whether it surely fails, and why."""

    id: str
    part: str | None
    decided: bool
    why: str


def _listed(lines: bytes, path: Path) -> dict[ObjectKey, AffectedAs]:
    try:
        listed = msgspec.json.Decoder(_Listed).decode_lines(lines)
        return told_apart((one.part, one.id, one.decided, one.why) for one in listed)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InputError(f"is damaged: {error}", where=str(path), next_step=CHANGED) from error


class _Version(msgspec.Struct, frozen=True):
    """Of an assessment, what tells whether this version can read it."""

    schema: str
    schema_version: str = "1.0.0"


def decode_assessment(raw: bytes, path: Path) -> Assessment:
    """Decode the assessment that lies at `path`; raises InputError where it is none, or of a newer lookback."""
    version = decode_document(raw, _Version, path)
    if version.schema != SCHEMA:
        raise InputError(
            f"has schema {version.schema!r}; this version of lookback reads {SCHEMA!r}",
            where=str(path),
            next_step=f"{_WHAT.capitalize()}; use the version of lookback that wrote it, or a newer one.",
        )
    number = _number(version.schema_version)
    if number is None or number[:2] > _OURS:
        raise InputError(
            f"has version {version.schema_version} of the document; this version of lookback reads {SCHEMA_VERSION}",
            where=str(path),
            next_step="Use the version of lookback that wrote it, or a newer one.",
        )
    assessment = decode_document(raw, Assessment, path)
    uids = [finding.uid for finding in assessment.findings]
    if len(set(uids)) != len(uids):
        raise InputError("holds one finding more than once", where=str(path), next_step=CHANGED)
    return assessment


def _number(version: str) -> tuple[int, ...] | None:
    """Return the three numbers of a version by SemVer, or None for what is none."""
    return tuple(map(int, version.split("."))) if _SEMVER.fullmatch(version) else None


def read_history(folder: Path) -> list[EarlierResult]:
    """Return the results that lie in a folder, at most two levels down, by path, without their lists of objects.

    Raises InputError where there are none, or one of them cannot be read.
    """
    if not folder.is_dir():
        raise InputError("is not a directory", where=str(folder), next_step="Give the folder that holds results.")
    found = [
        path
        for depth in range(_DEPTH + 1)
        for path in sorted(folder.glob(f"{'*/' * depth}{ASSESSMENT}"))
        if path.parent.name != KEPT_FOLDER
    ]
    if not found:
        raise InputError(
            "holds no assessment.json, neither in itself nor one or two folders down",
            where=str(folder),
            next_step="Give the folder that holds the results of `lookback check`.",
        )
    return [kept_file(path) for path in found]
