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

_BRACKET = re.compile(r"(##(?:vso)?)\[", re.IGNORECASE)
_SECOND_COLON = re.compile(r"((?:^|[\r\n])\s*:):")
_VISIBLE = (r"\x5b", r"\x3a")
JSON_FORMATS = ("json", "sarif", "oscal-ar", "oscal-ap", "oscal-poam", "ocsf", "hdf")
_SPELLINGS = {
    **dict.fromkeys(JSON_FORMATS, (r"\u005b", r"\u003a")),
    **dict.fromkeys(("html", "junit"), ("&#91;", "&#58;")),
}
"""How formats spell `[` and `:` otherwise, so that a document says the same; the others show a visible escape."""
_LONGEST_BEGINNING = len("##vso")


def disarmed(text: str, *, format_: str = "console") -> str:
    """Return a text in which a log finds nothing to obey.

    What completes a command is what is spelled otherwise, so that how a text begins never depends on how it goes on.
    """
    bracket, colon = _SPELLINGS.get(format_, _VISIBLE)
    shown = _BRACKET.sub(lambda found: f"{found[1]}{bracket}", text)
    return _SECOND_COLON.sub(lambda found: f"{found[1]}{colon}", shown)


class DisarmedStream:
    """A stream for people: what is printed to it is disarmed; what goes to `stream` itself is not.

    A line may come in any number of pieces: what a command could begin with is remembered until the line ends.
    """

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self._begun = ""

    def write(self, text: str) -> int:
        """Write a text, disarmed; return the number of its characters."""
        line = self._begun + text
        self.stream.write(disarmed(line)[len(disarmed(self._begun)) :])
        last = re.split(r"[\r\n]", line)[-1].lstrip()
        # a letter stands for what was before the end of a long line
        self._begun = last if len(last) <= _LONGEST_BEGINNING else f"x{last[-_LONGEST_BEGINNING:]}"
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
