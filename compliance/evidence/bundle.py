"""An evidence bundle on disk: a directory to zip, sign, mail and keep.

    manifest.json   SHA256SUMS   datasets/<name>.frames.gz

`SHA256SUMS` covers every other file and can be checked with `sha256sum -c`. The digests inside the manifest are over
uncompressed bytes. A directory that holds `unfinished.json` is an unfinished collection, whatever else it holds.
"""

from __future__ import annotations

import hashlib
import os
import re
import shlex
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import msgspec

from compliance.errors import InputError, harmless
from compliance.evidence.datasets import DATASETS
from compliance.evidence.frames import Frame, read_frames
from compliance.evidence.manifest import SCHEMA, DatasetEntry, Manifest, encode, sha256

MANIFEST = "manifest.json"
SUMS = "SHA256SUMS"
UNFINISHED = "unfinished.json"
"""The journal of a collection that has not been sealed."""
DATASETS_FOLDER = "datasets"
MAX_DOCUMENT_BYTES = 64 << 20
CHANGED = "It was changed after lookback wrote it: restore it, or begin anew."
"""What to do where one of our own documents is not as it was written."""
Document = TypeVar("Document")
_SUM_LINE = re.compile(r"([0-9a-f]{64})  (\S.*)")


@dataclass(frozen=True, slots=True)
class Bundle:
    """A finished bundle whose manifest has been read; `digest` is the SHA-256 of the manifest's bytes."""

    path: Path
    manifest: Manifest
    digest: str


def _entries(manifest: Manifest) -> tuple[DatasetEntry, ...]:
    return (*manifest.datasets, *(entry for amendment in manifest.amendments for entry in amendment.replaced))


def kept_files(manifest: Manifest) -> frozenset[str]:
    """Return the files that the datasets of a bundle lie in, those that an amendment took the place of included."""
    return frozenset(entry.file for entry in _entries(manifest) if entry.file is not None)


def frames_of(bundle: Path, entry: DatasetEntry) -> Iterator[Frame]:
    """Yield the frames of a dataset, verified while they are read; none where nothing was kept."""
    if entry.file is None or entry.sha256 is None:
        return iter(())
    return read_frames(bundle / entry.file, expected_sha256=entry.sha256, expected_frames=entry.frames)


def dataset_file(name: str, amendment: int = 0) -> str:
    """Return where a dataset lies inside a bundle: as it was collected, or as the n-th amendment added it."""
    suffix = f".{amendment}" if amendment else ""
    return f"{DATASETS_FOLDER}/{name}{suffix}.frames.gz"


def open_bundle(path: Path) -> Bundle:
    """Read a bundle's manifest.

    Raises InputError where there is none, where the collection is unfinished, where the manifest is damaged, or where
    a file it names lies outside the bundle.
    """
    refuse_unfinished(path)
    if not path.is_dir():
        raise InputError(
            "is not an evidence bundle: no such directory",
            where=str(path),
            next_step="Give the directory that `lookback collect` or `lookback import` wrote.",
        )
    raw = read_document(path / MANIFEST, what="a finished evidence bundle has a manifest.json")
    manifest = decode_manifest(raw, path / MANIFEST)
    names = [entry.name for entry in manifest.datasets]
    if len(set(names)) != len(names):
        raise InputError("names a dataset twice", where=str(path / MANIFEST), next_step=CHANGED)
    for entry in manifest.datasets:
        if entry.name not in DATASETS:
            raise InputError(
                f"names a dataset that this version of lookback does not know: {entry.name!r}",
                where=str(path / MANIFEST),
                next_step="Use the version of lookback that wrote it, or a newer one.",
            )
    expected = {
        (entry.name, dataset_file(entry.name, number))
        for entry in _entries(manifest)
        for number in range(len(manifest.amendments) + 1)
    }
    for entry in _entries(manifest):
        if entry.file is not None and (entry.name, entry.file) not in expected:
            raise InputError(
                f"dataset {entry.name!r} names the file {entry.file!r}; expected {dataset_file(entry.name)!r}",
                where=str(path / MANIFEST),
                next_step="The bundle was changed: restore it, or collect again.",
            )
    return Bundle(path, manifest, sha256(raw))


def refuse_unfinished(path: Path) -> None:
    """Raise InputError, saying how to go on, where a directory is an unfinished collection."""
    if (path / UNFINISHED).exists():
        raise InputError(
            "is an unfinished collection: it was interrupted before everything was read",
            where=str(path),
            next_step="Finish it by the command that began it, with --resume:"
            f" {shlex.join(('lookback', 'collect', '--resume', '-o', str(path)))}",
        )


def decode_manifest(raw: bytes, path: Path) -> Manifest:
    """Decode a manifest that lies at `path`; raises InputError for another schema, or a scope without its digest."""
    manifest = decode_document(raw, Manifest, path)
    if manifest.schema != SCHEMA:
        raise InputError(
            f"has schema {manifest.schema!r}; this version of lookback reads {SCHEMA!r}",
            where=str(path),
            next_step="Use the version of lookback that wrote it, or a newer one.",
        )
    if sha256(encode(manifest.scope)) != manifest.scope_sha256:
        raise InputError(
            "the scope does not match its digest",
            where=str(path),
            next_step="The bundle was changed: restore it, or collect again.",
        )
    return manifest


def read_document(path: Path, *, what: str) -> bytes:
    """Return the bytes of one of our own JSON documents, or raise InputError saying what was expected."""
    try:
        size = path.stat().st_size
        if size > MAX_DOCUMENT_BYTES:
            raise InputError(
                f"is {size} bytes long: not a document that lookback wrote", where=str(path), next_step=CHANGED
            )
        return path.read_bytes()
    except OSError as error:
        raise InputError(
            f"cannot be read ({error.strerror}): {what}",
            where=str(path),
            next_step="Check the path and its permissions; what was removed has to be restored.",
        ) from error


def decode_document(raw: bytes, kind: type[Document], path: Path) -> Document:
    """Decode one of our own documents strictly, or raise InputError with the place that does not fit."""
    try:
        return msgspec.json.decode(raw, type=kind, strict=True)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(f"is damaged: {error}", where=str(path), next_step=CHANGED) from error


def write_private(path: Path, data: bytes) -> None:
    """Write a file that only its owner can read, all of it or nothing; raises InputError where that is refused."""
    make_private(path.parent)
    try:
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except OSError as error:
        raise not_written(path, error) from error


def make_private(folder: Path) -> None:
    """Make a directory that only its owner can enter, and those above it that are missing.

    `mkdir(parents=True)` would give its mode to the last one alone. Raises InputError where that is refused.
    """
    if not folder.is_dir():
        make_private(folder.parent)
        try:
            folder.mkdir(exist_ok=True, mode=0o700)
        except OSError as error:
            raise not_written(folder, error) from error


def not_written(path: Path, error: OSError) -> InputError:
    """Return the message for a file or directory that the system refused to write."""
    return InputError(
        f"cannot be written ({error.strerror})",
        where=str(path),
        next_step="Check the path, its permissions, and the space that is left.",
    )


def claim_directory(out: Path) -> None:
    """Make the directory of a new bundle, readable by its owner alone; raises InputError where it holds anything."""
    refuse_unfinished(out)
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise InputError(
            "already exists and is not empty: a bundle is never written over another",
            where=str(out),
            next_step="Give another directory with -o.",
        )
    make_private(out)
    out.chmod(0o700)


def files_below(root: Path) -> list[str]:
    """Return the relative POSIX paths of all files below a directory, sorted; links count as files."""
    return sorted(
        item.relative_to(root).as_posix() for item in root.rglob("*") if item.is_symlink() or not item.is_dir()
    )


def write_sums(root: Path) -> None:
    """Write SHA256SUMS over every other file below a directory; the journal of a collection is about to go."""
    names = [name for name in files_below(root) if name not in (SUMS, UNFINISHED)]
    lines = [f"{file_sha256(root / name)}  {name}\n" for name in names]
    write_private(root / SUMS, "".join(lines).encode())


def seal(root: Path, manifest: Manifest) -> None:
    """Finish a bundle: its manifest, then the sums over everything; only then is it no longer unfinished."""
    write_private(root / MANIFEST, encode(manifest))
    write_sums(root)
    try:
        (root / UNFINISHED).unlink(missing_ok=True)
    except OSError as error:
        raise not_written(root / UNFINISHED, error) from error


def file_sha256(path: Path) -> str:
    """Return the hex SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sum_problems(root: Path) -> list[str]:
    """Compare a directory with its SHA256SUMS; one line for each file that is missing, changed or not listed.

    A name may be anybody's: what a terminal would obey in it is replaced. Only a line feed ends a line.
    """
    if (root / SUMS).is_symlink():
        return [f"{SUMS}: not a regular file"]
    try:
        raw = read_document(root / SUMS, what="SHA256SUMS lists every file with its digest")
    except InputError as error:
        return [f"{SUMS}: {error.what}"]
    problems: list[str] = []
    listed: dict[str, str] = {}
    for number, line in enumerate(raw.decode("utf-8", errors="replace").removesuffix("\n").split("\n"), start=1):
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
        elif file_sha256(file) != listed[name]:
            problems.append(f"{name}: does not match its digest")
    if not raw.endswith(b"\n") and raw:
        problems.append(f"{SUMS}: cut short")
    return [harmless(problem) for problem in problems]
