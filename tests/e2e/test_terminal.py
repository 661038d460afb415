"""What a terminal gets: colours where it can show them and nobody objects, and the same text either way."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from lookback_command import AS_PROCESS

pty = pytest.importorskip("pty", reason="a pseudo-terminal needs a POSIX system")
SGR = re.compile(rb"\x1b\[[0-9;]*m")


def on_a_terminal(bundle: Path, result: Path, **environment: str) -> bytes:
    """What `lookback check` writes to a terminal of its own."""
    ours, theirs = pty.openpty()
    command = [*AS_PROCESS, "check", str(bundle), "-o", str(result), "--exit-zero"]
    clean = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "TERM")}
    with subprocess.Popen(command, stdout=theirs, env={**clean, "PYTHONIOENCODING": "utf-8", **environment}) as running:
        os.close(theirs)
        written = b""
        try:
            while piece := os.read(ours, 65_536):
                written += piece
        except OSError:
            # Linux says so once the other end is closed
            pass
        os.close(ours)
    assert running.returncode == 0
    return written.replace(b"\r\n", b"\n")


def test_colours_are_shown_only_where_the_terminal_takes_them(bundle_of: Callable[[str], Path], tmp_path: Path) -> None:
    bundle = bundle_of("compliant")
    coloured = on_a_terminal(bundle, tmp_path / "one", TERM="xterm")
    dumb = on_a_terminal(bundle, tmp_path / "two", TERM="dumb")
    unwanted = on_a_terminal(bundle, tmp_path / "three", TERM="xterm", NO_COLOR="1")
    assert b"\x1b[" in coloured
    assert b"\x1b" not in dumb
    assert dumb == unwanted == SGR.sub(b"", coloured)
    assert max(len(line.decode()) for line in dumb.splitlines() if not line.startswith(b"    ")) <= 80
