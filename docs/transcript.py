"""Writes what `make demo` prints into README.md, whole and its picture alone, or checks that it stands there.

Digests differ from run to run, since the simulated tenant listens on other ports each time; they are masked.
"""

from __future__ import annotations

import io
import re
import sys
import tempfile
from contextlib import redirect_stdout
from pathlib import Path

from compliance.cli.main import main

README = Path(__file__).resolve().parents[1] / "README.md"
WHOLE = "<!-- transcript: make demo -->\n"
PICTURE = "<!-- transcript: the picture of make demo -->\n"
END = "<!-- end of transcript -->\n"
_PICTURE = re.compile(r"^How far back one can look\n-+\n(.*?)\n\n\n", re.MULTILINE | re.DOTALL)


class _Capture(io.StringIO):
    encoding = "utf-8"


def transcript() -> str:
    """Return what the demo prints, with digests masked."""
    with tempfile.TemporaryDirectory() as folder, redirect_stdout(_Capture()) as captured:
        code = main(["demo", "--quiet", "-o", str(Path(folder) / "demo")])
    if code:
        raise SystemExit(f"the demo ended with exit code {code}")
    masked = re.sub(r"\b[0-9a-f]{64}\b", "0" * 64, captured.getvalue())
    return re.sub(r"(?m)^(Bundle +)[0-9a-f]{12}\b", r"\g<1>000000000000", masked)


def rewritten(readme: str) -> str:
    """Return the README with the present transcript, and its picture, between their marks."""
    whole = transcript()
    drawn = _PICTURE.search(whole)
    if drawn is None:
        raise SystemExit("the demo prints no picture")
    return _put(_put(readme, PICTURE, drawn[1]), WHOLE, whole)


def _put(readme: str, start: str, text: str) -> str:
    before, found, rest = readme.partition(start)
    _, end, after = rest.partition(END)
    if not found or not end:
        raise SystemExit(f"README.md lacks a mark of the transcript: {start.strip()}")
    return f"{before}{start}```text\n{text.rstrip()}\n```\n{END}{after}"


if __name__ == "__main__":
    present = README.read_text(encoding="utf-8")
    wanted = rewritten(present)
    if "--check" not in sys.argv:
        README.write_text(wanted, encoding="utf-8")
    elif present != wanted:
        raise SystemExit("README.md does not show what the demo prints: run make transcript")
