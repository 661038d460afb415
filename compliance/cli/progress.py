"""Progress on stderr: one line that is written over, and only where somebody watches."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Protocol, Self, TextIO

_LEAST_SECONDS = 0.1
_FALLBACK = (80, 24)


class ProgressLike(Protocol):
    """How a reading goes: `rows` and `pages` so far; without a `dataset` it is a pause of `waiting_seconds`."""

    @property
    def api(self) -> str:
        """The API that is being read."""

    @property
    def dataset(self) -> str | None:
        """The dataset that is being read, or None for a pause."""

    @property
    def rows(self) -> int | None:
        """How many rows have been read so far."""

    @property
    def pages(self) -> int | None:
        """How many pages have been read so far."""

    @property
    def waiting_seconds(self) -> float:
        """How long a pause lasts, in seconds."""


class ProgressDisplay:
    """Shows progress on one line of a terminal; silent if `quiet`, or where the stream is no terminal.

    `clock` gives seconds that never go back. Safe to call from several threads; close it, or use it as a context, so
    that the line is gone before anything else is printed.
    """

    def __init__(self, stream: TextIO, *, quiet: bool, clock: Callable[[], float]) -> None:
        self._stream = stream
        self._shows = not quiet and stream.isatty()
        self._clock = clock
        self._lock = threading.Lock()
        self._since: dict[str, float] = {}
        self._first_rows: dict[str, int] = {}
        self._rows: dict[str, int] = {}
        self._written_at: float | None = None
        self._length = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __call__(self, progress: ProgressLike) -> None:
        """Show how a reading goes; what follows within a tenth of a second of the last line is left out."""
        if not self._shows:
            return
        with self._lock:
            now = self._clock()
            line = self._line(progress, now)
            soon = self._written_at is not None and now - self._written_at < _LEAST_SECONDS
            if soon and progress.dataset is not None:
                return
            self._written_at = now
            self._write(line)

    def close(self) -> None:
        """Wipe the line, so that what is printed next begins on an empty one; may be called again."""
        with self._lock:
            if self._length:
                self._stream.write(f"\r{' ' * self._length}\r")
                self._stream.flush()
                self._length = 0

    def _line(self, progress: ProgressLike, now: float) -> str:
        if progress.dataset is None:
            return f"throttled: {progress.api} waits {progress.waiting_seconds:.0f} s"
        rows = progress.rows
        parts = [progress.dataset]
        if rows is not None:
            parts.append(f"{rows:,} rows")
            if rate := self._rate(progress.dataset, rows, now):
                parts.append(f"{rate:,}/s")
        if progress.pages is not None:
            parts.append(f"page {progress.pages:,}")
        return "  ".join(parts)

    def _rate(self, dataset: str, rows: int, now: float) -> int:
        """Return rows per second since the dataset was first heard of, or since it began anew; 0 is not known yet."""
        if dataset not in self._since or rows < self._rows[dataset]:
            self._since[dataset], self._first_rows[dataset] = now, rows
        self._rows[dataset] = rows
        elapsed = now - self._since[dataset]
        return int((rows - self._first_rows[dataset]) / elapsed) if elapsed > 0 else 0

    def _write(self, line: str) -> None:
        columns = shutil.get_terminal_size(_FALLBACK).columns - 1
        shown = line[:columns]
        self._stream.write(f"\r{shown.ljust(self._length)}")
        self._stream.flush()
        self._length = len(shown)
