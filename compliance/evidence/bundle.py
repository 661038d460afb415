"""An evidence bundle on disk: a directory to zip, sign, mail and keep.

    manifest.json   SHA256SUMS   datasets/<name>.frames.gz

`SHA256SUMS` covers every other file and can be checked with `sha256sum -c`. The digests inside the manifest are over
uncompressed bytes. A directory without a manifest is an unfinished run.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import msgspec

from compliance.errors import InputError
from compliance.evidence.datasets import DATASETS
from compliance.evidence.frames import Frame, read_frames
from compliance.evidence.manifest import SCHEMA, DatasetEntry, Manifest, encode, sha256

MANIFEST = "manifest.json"
SUMS = "SHA256SUMS"
DATASETS_FOLDER = "datasets"
MAX_DOCUMENT_BYTES = 64 << 20
Document = TypeVar("Document")
_SUM_LINE = re.compile(r"([0-9a-f]{64})  (\S.*)")


@dataclass(frozen=True, slots=True)
class Bundle:
    """A finished bundle whose manifest has been read; `digest` is the SHA-256 of the manifest's bytes."""

    path: Path
    manifest: Manifest
    digest: str


def frames_of(bundle: Path, entry: DatasetEntry) -> Iterator[Frame]:
    """Yield the frames of a dataset, verified while they are read; none where nothing was kept."""
    if entry.file is None or entry.sha256 is None:
        return iter(())
    return read_frames(bundle / entry.file, expected_sha256=entry.sha256, expected_frames=entry.frames)


def dataset_file(name: str) -> str:
    """Return where a dataset lies inside a bundle."""
    return f"{DATASETS_FOLDER}/{name}.frames.gz"


def open_bundle(path: Path) -> Bundle:
    """Read a bundle's manifest.

    Raises InputError where there is none, where it is damaged, or where a file it names lies outside the bundle.
    """
    if not path.is_dir():
        raise InputError(
            "is not an evidence bundle: no such directory",
            where=str(path),
            next_step="Give the directory that `lookback collect` or `lookback import` wrote.",
        )
    raw = read_document(path / MANIFEST, what="a finished evidence bundle has a manifest.json")
    manifest = decode_document(raw, Manifest, path / MANIFEST)
    if manifest.schema != SCHEMA:
        raise InputError(
            f"has schema {manifest.schema!r}; this version of lookback reads {SCHEMA!r}",
            where=str(path / MANIFEST),
            next_step="Use the version of lookback that wrote it, or a newer one.",
        )
    names = [entry.name for entry in manifest.datasets]
    if len(set(names)) != len(names):
        raise InputError("names a dataset twice", where=str(path / MANIFEST))
    for entry in manifest.datasets:
        if entry.name not in DATASETS:
            raise InputError(
                f"names a dataset that this version of lookback does not know: {entry.name!r}",
                where=str(path / MANIFEST),
                next_step="Use the version of lookback that wrote it, or a newer one.",
            )
        if entry.file is not None and entry.file != dataset_file(entry.name):
            raise InputError(
                f"dataset {entry.name!r} names the file {entry.file!r}; expected {dataset_file(entry.name)!r}",
                where=str(path / MANIFEST),
            )
    return Bundle(path, manifest, sha256(raw))


def read_document(path: Path, *, what: str) -> bytes:
    """Return the bytes of one of our own JSON documents, or raise InputError saying what was expected."""
    try:
        size = path.stat().st_size
        if size > MAX_DOCUMENT_BYTES:
            raise InputError(f"is {size} bytes long: not a document that lookback wrote", where=str(path))
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror}): {what}", where=str(path)) from error


def decode_document(raw: bytes, kind: type[Document], path: Path) -> Document:
    """Decode one of our own documents strictly, or raise InputError with the place that does not fit."""
    try:
        return msgspec.json.decode(raw, type=kind, strict=True)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(f"is damaged: {error}", where=str(path)) from error


def write_private(path: Path, data: bytes) -> None:
    """Write a file that only its owner can read, all of it or nothing."""
    _make_private(path.parent)
    temporary = path.with_name(path.name + ".part")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def _make_private(folder: Path) -> None:
    """Make a directory and those above it that are missing; `mkdir(parents=True)` gives its mode to the last alone."""
    if not folder.is_dir():
        _make_private(folder.parent)
        folder.mkdir(exist_ok=True, mode=0o700)


def files_below(root: Path) -> list[str]:
    """Return the relative POSIX paths of all files below a directory, sorted; links count as files."""
    return sorted(
        item.relative_to(root).as_posix() for item in root.rglob("*") if item.is_symlink() or not item.is_dir()
    )


def write_sums(root: Path) -> None:
    """Write SHA256SUMS over every other file below a directory."""
    lines = [f"{sha256((root / name).read_bytes())}  {name}\n" for name in files_below(root) if name != SUMS]
    write_private(root / SUMS, "".join(lines).encode())


def seal(root: Path, manifest: Manifest) -> None:
    """Finish a bundle: its manifest, then the sums over everything."""
    write_private(root / MANIFEST, encode(manifest))
    write_sums(root)


def sum_problems(root: Path) -> list[str]:
    """Compare a directory with its SHA256SUMS; one line for each file that is missing, changed or not listed."""
    raw = read_document(root / SUMS, what="SHA256SUMS lists every file with its digest")
    problems: list[str] = []
    listed: dict[str, str] = {}
    for number, line in enumerate(raw.decode("utf-8", errors="replace").splitlines(), start=1):
        match = _SUM_LINE.fullmatch(line)
        if match is None or match[2] in listed:
            problems.append(f"{SUMS}:{number}: not a line of the form '<sha256>  <file>'")
        else:
            listed[match[2]] = match[1]
    present = [name for name in files_below(root) if name != SUMS]
    problems += [f"{name}: missing" for name in sorted(set(listed) - set(present))]
    problems += [f"{name}: not listed in {SUMS}" for name in sorted(set(present) - set(listed))]
    for name in sorted(set(listed) & set(present)):
        file = root / name
        if file.is_symlink() or not file.is_file():
            problems.append(f"{name}: not a regular file")
        elif sha256(file.read_bytes()) != listed[name]:
            problems.append(f"{name}: does not match its digest")
    if not raw.endswith(b"\n") and raw:
        problems.append(f"{SUMS}: cut short")
    return problems
