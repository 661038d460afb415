"""Imports OSCAL documents with trestle and validates them: `by_trestle.py DOCUMENT...`; prints what is wrong with each.

It runs trestle's own commands, all of them in one process, since each takes two seconds to start.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
import tempfile
from pathlib import Path

from trestle.cli import Trestle
from trestle.common import log


def wrong_with(path: Path, root: Path, name: str) -> str | None:
    """Return what trestle says where it does not import a document, or does not find it valid."""
    code, said = trestle("import", "-f", str(path), "-o", name, root=root)
    if code == 0:
        (model,) = json.loads(path.read_text(encoding="utf-8"))
        code, said = trestle("validate", "-t", model, "-n", name, root=root)
    return None if code == 0 else said or f"trestle ended with {code}"


def trestle(*words: str, root: Path) -> tuple[int, str]:
    """Run one of trestle's commands."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        log.set_global_logging_levels()
        code = Trestle().run([*words, "--trestle-root", str(root)])
    return code, said.getvalue().strip()


def main(*paths: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        code, said = trestle("init", root=root)
        assert code == 0, said
        judged = {path: wrong_with(Path(path), root, f"document-{number}") for number, path in enumerate(paths)}
    print(json.dumps({path: wrong for path, wrong in judged.items() if wrong is not None}))


if __name__ == "__main__":
    main(*sys.argv[1:])
