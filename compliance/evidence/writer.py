"""Writes the datasets of a bundle, each into a file that only its owner can read."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from compliance.evidence.bundle import dataset_file, make_private, not_written
from compliance.evidence.frames import FrameWriter
from compliance.evidence.rows import ERROR, PAGE


class DatasetWriter:
    """The file of one dataset while it is written; it takes its name when it is closed.

    As a context it leaves no descriptor open, and no unfinished file. Everything raises InputError where the system
    refuses to write, as on a full disk.
    """

    def __init__(self, bundle: Path, name: str, amendment: int = 0) -> None:
        self.file = dataset_file(name, amendment)
        self._path = bundle / self.file
        make_private(self._path.parent)
        self._part = self._path.with_name(self._path.name + ".part")
        with self._refusals():
            descriptor = os.open(self._part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        self._raw = os.fdopen(descriptor, "wb")
        self._frames = FrameWriter(self._raw)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._raw.closed:
            return
        for close in (self._frames.close, self._raw.close):
            with suppress(OSError):
                close()
        self._part.unlink(missing_ok=True)

    @contextmanager
    def _refusals(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise not_written(self._path, error) from error

    @property
    def frames(self) -> int:
        """How many bodies were written."""
        return self._frames.frames

    def page(self, header: Mapping[str, Any], body: bytes) -> None:
        """Keep a body that holds rows."""
        with self._refusals():
            self._frames.write({**header, "kind": PAGE}, body)

    def error(self, header: Mapping[str, Any], body: bytes) -> None:
        """Keep a body that says why there are no rows."""
        with self._refusals():
            self._frames.write({**header, "kind": ERROR}, body)

    def close(self) -> str:
        """Put the file in its place and return the digest of its uncompressed bytes."""
        with self._refusals():
            digest = self._frames.close()
            self._raw.flush()
            os.fsync(self._raw.fileno())
            self._raw.close()
            self._part.replace(self._path)
        return digest
