"""Commands that CI systems read out of a job's log: nothing that a tenant worded may become one.

GitHub Actions obeys a line that begins with two colons, behind any white space, and `##[` anywhere in a line
(actions/runner, src/Runner.Common/ActionCommand.cs). Azure Pipelines obeys `##vso[` anywhere in a line, and its viewer
`##[` (microsoft/azure-pipelines-agent, src/Microsoft.VisualStudio.Services.Agent/Command.cs). Both read standard output
and standard error, and end a line at a carriage return too. A process in a container cannot tell whose log it writes,
so that the same is done everywhere.
"""

from __future__ import annotations

import contextlib
import re
import sys
from collections.abc import Iterable, Iterator
from typing import Any, TextIO

_HASH = re.compile(r"(?<=#)#(?=\[|vso\[)", re.IGNORECASE)
_COLON_FIRST_IN_A_LINE = re.compile(r"(^|[\r\n])(\s*):(?=:)")
_COLON_FIRST_IN_A_LATER_LINE = re.compile(r"([\r\n])(\s*):(?=:)")
_VISIBLE = (r"\x23", r"\x3a")
_SPELLINGS = {
    **dict.fromkeys(("json", "sarif", "oscal-ar", "oscal-ap", "oscal-poam", "ocsf", "hdf"), (r"\u0023", r"\u003a")),
    **dict.fromkeys(("html", "junit"), ("&#35;", "&#58;")),
}
"""How formats spell `#` and `:` otherwise, so that a document says the same; the others show a visible escape."""


def disarmed(text: str, *, format_: str = "console", line_begun: bool = False) -> str:
    """Return a text in which a log finds nothing to obey; with `line_begun` it goes on in a line that is not blank."""
    number_sign, colon = _SPELLINGS.get(format_, _VISIBLE)
    first = _COLON_FIRST_IN_A_LATER_LINE if line_begun else _COLON_FIRST_IN_A_LINE
    shown = _HASH.sub(lambda _: number_sign, text)
    return first.sub(lambda found: f"{found[1]}{found[2]}{colon}", shown)


class DisarmedStream:
    """A stream for people: what is printed to it is disarmed; what goes to `stream` itself is not."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self._line_begun = False

    def write(self, text: str) -> int:
        """Write a text, disarmed; return the number of its characters."""
        self.stream.write(disarmed(text, line_begun=self._line_begun))
        *earlier, last = re.split(r"[\r\n]", text)
        self._line_begun = bool(last.strip()) or (self._line_begun and not earlier)
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """Write some texts one after the other."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


@contextlib.contextmanager
def disarmed_output() -> Iterator[None]:
    """Disarm meanwhile what is printed to standard output and standard error."""
    with contextlib.redirect_stdout(_over(sys.stdout)), contextlib.redirect_stderr(_over(sys.stderr)):
        yield


def _over(stream: TextIO | None) -> Any:
    """Return a stream, disarmed; Python has None for one that was closed before it started."""
    return None if stream is None else DisarmedStream(stream)
