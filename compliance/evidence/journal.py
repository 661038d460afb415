"""The journal of an unfinished collection: what it was asked for, and which datasets lie finished beside it.

It is one private file, put in place anew after each dataset, and gone once the bundle is sealed. Where it is, nothing
is judged or verified, whatever else lies there.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from compliance.errors import InputError
from compliance.evidence.bundle import (
    MANIFEST,
    SUMS,
    UNFINISHED,
    dataset_file,
    decode_document,
    files_below,
    read_document,
    write_private,
)
from compliance.evidence.datasets import DATASETS
from compliance.evidence.manifest import DatasetEntry, Digest, Identity, Previous, Record, Tool, encode
from compliance.evidence.scope import Scope

SCHEMA = "lookback/unfinished/1"
PART = ".part"
"""How the name of a dataset's file ends while it is written."""


class Journal(Record, frozen=True):
    """What a collection was asked for, and how far it came.

    `tenant` is as the settings name it. `clock_offsets` are seconds by which our clock was ahead of the server's,
    one for each answer.
    """

    schema: str
    tool: Tool
    tenant: str
    cloud: str
    settings_sha256: Digest
    scope: Scope
    asked: tuple[str, ...]
    previous: Previous | None
    identities: tuple[Identity, ...]
    clock_offsets: tuple[float, ...]
    finished: tuple[DatasetEntry, ...]


class JournalKeeper:
    """Keeps the journal of a running collection; safe to share between threads."""

    def __init__(self, out: Path, journal: Journal) -> None:
        """Put the journal in its place; raises InputError where it cannot be written."""
        self._out = out
        self._journal = journal
        self._lock = threading.Lock()
        write_private(out / UNFINISHED, encode(journal))

    def finished(self, entry: DatasetEntry, offsets: Sequence[float]) -> None:
        """Note that the file of a dataset is in its place; raises InputError where it cannot be written."""
        with self._lock:
            self._journal = msgspec.structs.replace(
                self._journal, finished=(*self._journal.finished, entry), clock_offsets=tuple(offsets)
            )
            write_private(self._out / UNFINISHED, encode(self._journal))


def read_journal(out: Path) -> Journal | None:
    """Return the journal of an unfinished collection, or None where nothing was begun.

    Raises InputError where the journal is damaged, where the directory is a finished bundle, and where it holds what
    no unfinished collection holds.
    """
    if not (out / UNFINISHED).is_file():
        if (out / MANIFEST).exists():
            raise InputError("is finished: there is nothing to resume", where=str(out), next_step="Leave --resume out.")
        _only_ours(out, [])
        return None
    path = out / UNFINISHED
    journal = decode_document(read_document(path, what="the journal of an unfinished collection"), Journal, path)
    if journal.schema != SCHEMA:
        raise InputError(
            f"has schema {journal.schema!r}; this version of lookback resumes {SCHEMA!r}",
            where=str(path),
            next_step="Resume it with the version that began it, or collect anew into another directory.",
        )
    names = [entry.name for entry in journal.finished]
    strange = [entry.name for entry in journal.finished if entry.file not in (None, dataset_file(entry.name))]
    if len(set(names)) != len(names) or strange or not set(names) <= set(journal.asked) <= set(DATASETS):
        raise InputError(
            "is damaged: its datasets are not those of a collection",
            where=str(path),
            next_step="Collect anew into another directory.",
        )
    _only_ours(out, journal.asked)
    return journal


def _only_ours(out: Path, asked: Sequence[str]) -> None:
    if not out.exists():
        return
    ours = {UNFINISHED, MANIFEST, SUMS, *map(dataset_file, asked)}
    if strange := [name for name in files_below(out) if name not in ours and out / name not in set(scraps(out))]:
        raise InputError(
            f"holds what no unfinished collection holds: {', '.join(strange)}",
            where=str(out),
            next_step="Give the directory that `lookback collect` began, or collect anew into another one.",
        )


def scraps(out: Path) -> Iterator[Path]:
    """Yield the files that a process leaves behind when it is ended while it writes; none is ever read again."""
    for name in files_below(out):
        path = out / name
        temporary = any(path.name.startswith(f".{document}.") for document in (UNFINISHED, MANIFEST, SUMS))
        if (temporary and path.parent == out) or (path.name.endswith(PART) and path.parent != out):
            yield path
