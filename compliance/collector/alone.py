"""One collection at a time works in a directory."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from compliance.errors import InputError
from compliance.evidence.bundle import make_private

if sys.platform != "win32":
    import fcntl


@contextmanager
def alone_in(out: Path) -> Iterator[None]:
    """Keep other collections out of a directory, which is made where it is not there.

    The lock is the system's own, on the directory: it leaves no file behind, and goes with the process however that
    ends. A system or drive that locks no directories keeps nobody out. Raises InputError where another process holds
    it, or the directory cannot be made.
    """
    if not out.exists():
        make_private(out)
    descriptor = _locked(out)
    try:
        yield
    finally:
        if descriptor is not None:
            os.close(descriptor)


def _locked(out: Path) -> int | None:
    if sys.platform == "win32":
        return None
    try:
        descriptor = os.open(out, os.O_RDONLY)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(descriptor)
        raise InputError(
            "another process is collecting into it",
            where=str(out),
            next_step="Wait until that one has ended; what it leaves unfinished goes on with --resume.",
        ) from error
    except OSError:
        os.close(descriptor)
        return None
    return descriptor
