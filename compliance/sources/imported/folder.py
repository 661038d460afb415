"""A directory that somebody handed over: nothing outside of it is read."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from compliance.errors import InputError

MAX_BYTES: Final = 1 << 30
"""The largest exported file that is read, in bytes."""


def root_of(directory: Path) -> Path:
    """Return the directory itself, links followed; raises `InputError` where it is none."""
    try:
        root = directory.resolve(strict=True)
    except (OSError, RuntimeError, ValueError) as error:
        raise InputError(
            "the directory cannot be read", where=str(directory), next_step="Check the path and its permissions."
        ) from error
    if not root.is_dir():
        raise InputError(
            "a directory of exported files was expected",
            where=str(directory),
            next_step="Give the directory that holds the files.",
        )
    return root


def inside(root: Path, name: str) -> Path | None:
    """The path of a file of the directory, or `None` if it is not there; a link must not lead out of it."""
    path = root / name
    try:
        path.lstat()
        target = path.resolve(strict=True)
    except FileNotFoundError as error:
        if path.is_symlink():
            raise InputError(
                "a link that leads nowhere", where=str(path), next_step="Put the file itself there."
            ) from error
        return None
    except (OSError, RuntimeError) as error:
        raise InputError(
            "the path cannot be followed",
            where=str(path),
            next_step="Put the file itself there, and check permissions.",
        ) from error
    if not target.is_relative_to(root):
        raise InputError(
            "a link that leads out of the directory", where=str(path), next_step="Put the file itself there."
        )
    if not target.is_file():
        raise InputError(
            "a file was expected", where=str(path), next_step="Put the exported file there, under this name."
        )
    return path
