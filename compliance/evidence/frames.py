"""Frames: the raw bodies of a dataset, in one gzip stream, each behind a JSON line that says how long it is.

Nothing is re-encoded: a digest over a body is a digest over what was received.
"""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from compliance.errors import InputError

MAX_HEADER_BYTES = 1 << 20
MAX_BODY_BYTES = 1 << 30


@dataclass(frozen=True, slots=True)
class Frame:
    """One body as received; `header` holds its `bytes`, `sha256` and what is known of the exchange."""

    header: dict[str, Any]
    body: bytes

    @property
    def digest(self) -> str:
        """SHA-256 of the body, in hex."""
        digest: str = self.header["sha256"]
        return digest


def pack(header: dict[str, Any], body: bytes) -> bytes:
    """Return the bytes of one frame; `bytes` and `sha256` are added to its header."""
    full = {**header, "bytes": len(body), "sha256": hashlib.sha256(body).hexdigest()}
    return msgspec.json.encode(full, order="sorted") + b"\n" + body + b"\n"


class FrameWriter:
    """Writes the frames of one dataset; `sha256` is the digest of the uncompressed stream so far."""

    def __init__(self, raw: BinaryIO) -> None:
        self._gzip = gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0, compresslevel=6)
        self._hash = hashlib.sha256()
        self.frames = 0

    def write(self, header: dict[str, Any], body: bytes) -> None:
        """Append one body."""
        frame = pack(header, body)
        self._hash.update(frame)
        self._gzip.write(frame)
        self.frames += 1

    def close(self) -> str:
        """Finish the stream and return the digest of its uncompressed bytes."""
        self._gzip.close()
        return self._hash.hexdigest()


def read_frames(path: Path, *, expected_sha256: str, expected_frames: int) -> Iterator[Frame]:
    """Yield the frames of a dataset in order, checking every digest on the way.

    Raises InputError where the file is damaged, and, at its end, where it is not the stream that the manifest
    names: a caller that stops early has not verified the rest.
    """
    stream_hash = hashlib.sha256()
    count = 0
    try:
        with path.open("rb") as raw, gzip.GzipFile(fileobj=raw, mode="rb") as stream:
            while line := stream.readline(MAX_HEADER_BYTES):
                frame = _frame(path, count, line, stream)
                stream_hash.update(line + frame.body + b"\n")
                count += 1
                yield frame
    except (OSError, EOFError, zlib.error) as error:
        raise _damaged(path, f"not a readable gzip stream of frames ({error})") from error
    if stream_hash.hexdigest() != expected_sha256 or count != expected_frames:
        raise _damaged(path, "not the dataset that manifest.json names")


def _frame(path: Path, index: int, line: bytes, stream: gzip.GzipFile) -> Frame:
    try:
        header = msgspec.json.decode(line, type=dict[str, Any])
    except msgspec.DecodeError as error:
        raise _damaged(path, f"frame {index} has no readable header") from error
    length, digest = header.get("bytes"), header.get("sha256")
    if type(length) is not int or not 0 <= length <= MAX_BODY_BYTES or not isinstance(digest, str):
        raise _damaged(path, f"frame {index} has no readable header")
    body = stream.read(length)
    if len(body) != length or stream.read(1) != b"\n":
        raise _damaged(path, f"frame {index} is cut short")
    if hashlib.sha256(body).hexdigest() != digest:
        raise _damaged(path, f"frame {index} does not match its digest")
    return Frame(header, body)


def _damaged(path: Path, what: str) -> InputError:
    return InputError(
        what, where=str(path), next_step="The evidence was changed or damaged: restore it, or collect again."
    )
