"""Writes the datasets of a bundle, each into a file that only its owner can read."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from compliance.evidence.bundle import dataset_file
from compliance.evidence.frames import FrameWriter
from compliance.evidence.rows import ERROR, PAGE


class DatasetWriter:
    """The file of one dataset while it is written; it takes its name when it is closed."""

    def __init__(self, bundle: Path, name: str, amendment: int = 0) -> None:
        self.file = dataset_file(name, amendment)
        self._path = bundle / self.file
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._part = self._path.with_name(self._path.name + ".part")
        descriptor = os.open(self._part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        self._raw = os.fdopen(descriptor, "wb")
        self._frames = FrameWriter(self._raw)

    @property
    def frames(self) -> int:
        """How many bodies were written."""
        return self._frames.frames

    def page(self, header: Mapping[str, Any], body: bytes) -> None:
        """Keep a body that holds rows."""
        self._frames.write({**header, "kind": PAGE}, body)

    def error(self, header: Mapping[str, Any], body: bytes) -> None:
        """Keep a body that says why there are no rows."""
        self._frames.write({**header, "kind": ERROR}, body)

    def close(self) -> str:
        """Put the file in its place and return the digest of its uncompressed bytes."""
        digest = self._frames.close()
        self._raw.flush()
        os.fsync(self._raw.fileno())
        self._raw.close()
        self._part.replace(self._path)
        return digest
