"""Text for a terminal: harmless characters, display widths, wrapping and tables.

Names and reasons come from a tenant, where an intruder may have chosen them: nothing in them may move the cursor, turn
the direction of writing, or forge a line of the report.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from tabulate import tabulate

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""General categories that are shown as an escape: controls, formats (bidi among them), surrogates, unassigned."""
_COMBINING = frozenset({"Mn", "Me"})
_MOST_COMBINING = 2
_EMOJI_SELECTOR = "\ufe0f"
_LONGEST = 1_000
_LEAST_ROOM = 8
_NO_NUMBER = ("", "-", "unknown")
_HEADER_PADDING = 2
"""Columns that tabulate adds to a header."""
_SGR = re.compile(r"\x1b\[[0-9;]*m")
_FILLER = "\ue000"
_FIRST_STAND_IN = 0xF0000


def harmless(text: str, *, ascii_only: bool = False) -> str:
    r"""Return a text with everything that a terminal would obey or hide as a visible escape such as `\x1b`.

    More than two combining marks on one character are escaped too, and in ASCII everything else that is not ASCII.
    """
    if text.isascii() and text.isprintable():
        return text
    shown: list[str] = []
    marks = 0
    for char in text:
        category = unicodedata.category(char)
        marks = marks + 1 if category in _COMBINING else 0
        hide = category in _HIDDEN or marks > _MOST_COMBINING or (marks > 0 and not shown)
        if hide or (ascii_only and not char.isascii()):
            shown.append(char.encode("unicode_escape").decode("ascii"))
        else:
            shown.append(char)
    return "".join(shown)


def width_of(text: str) -> int:
    """Return how many columns a text takes on a terminal; colours take none."""
    plain = _SGR.sub("", text)
    return len(plain) if plain.isascii() else sum(_width(char) for char in plain)


def cut(text: str, width: int, ellipsis_: str) -> str:
    """Return a text that takes at most `width` columns, ending in an ellipsis where something was cut off."""
    if width_of(text) <= width:
        return text
    room = width - len(ellipsis_)
    return _head(text, room).rstrip() + ellipsis_


def wrap(text: str, width: int, ellipsis_: str, *, taken: int = 0) -> list[str]:
    """Break a text at spaces into lines of at most `width` columns; a word that is longer is broken anywhere.

    `taken` columns of the first line are not free. Beyond 1,000 columns the text is cut: a name may be of any length.
    """
    lines: list[str] = []
    line = ""
    room = width - taken
    for word in _words(cut(text, _LONGEST, ellipsis_), width):
        joined = f"{line} {word}" if line else word
        if width_of(joined) > room:
            lines.append(line)
            line, room = word, width
        else:
            line = joined
    return [*lines, line] if line else lines


def table(headers: Sequence[str], rows: Sequence[Sequence[str]], *, width: int, flexible: int, mark: str) -> list[str]:
    """Return the lines of a table of at most `width` columns; the `flexible` column is wrapped into what is left.

    Numbers are given as text; a column of nothing but numbers is aligned right.
    """
    widths = [
        max(width_of(header) + _HEADER_PADDING, *(width_of(cell) for cell in column))
        for header, column in zip(headers, zip(*rows, strict=True), strict=True)
    ]
    gaps = 2 * (len(headers) - 1)
    room = max(_LEAST_ROOM, width - gaps - sum(each for index, each in enumerate(widths) if index != flexible))
    cells = [
        ["\n".join(wrap(cell, room, mark)) if index == flexible else cell for index, cell in enumerate(row)]
        for row in rows
    ]
    stand_ins = _StandIns()
    text = tabulate(
        [[stand_ins.encode(cell) for cell in row] for row in cells],
        headers=[stand_ins.encode(header) for header in headers],
        tablefmt="simple",
        disable_numparse=True,
        preserve_whitespace=True,
        colalign=["right" if _numeric(column) else "left" for column in zip(*cells, strict=True)],
    )
    return [stand_ins.decode(line).rstrip() for line in text.splitlines()]


class _StandIns:
    """Lets tabulate, which counts characters, align text whose characters take two columns or none.

    Each cluster of a base character and its marks becomes one private-use character, and a wide one is followed by a
    filler; `harmless` leaves no private-use character in a text, so that they cannot be mistaken.
    """

    def __init__(self) -> None:
        self._clusters: list[str] = []

    def encode(self, text: str) -> str:
        return "".join(self._encoded(text)) if not text.isascii() else text

    def decode(self, text: str) -> str:
        plain = text.replace(_FILLER, "")
        return "".join(
            self._clusters[ord(char) - _FIRST_STAND_IN] if ord(char) >= _FIRST_STAND_IN else char for char in plain
        )

    def _encoded(self, text: str) -> Iterator[str]:
        for cluster in _clusters(text):
            wide = width_of(cluster) > 1
            if len(cluster) == 1 and not wide:
                yield cluster
                continue
            self._clusters.append(cluster)
            yield chr(_FIRST_STAND_IN + len(self._clusters) - 1) + (_FILLER if wide else "")


def _width(char: str) -> int:
    if char == _EMOJI_SELECTOR:
        return 1
    if unicodedata.category(char) in _COMBINING:
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _clusters(text: str) -> Iterator[str]:
    cluster = ""
    for char in text:
        if cluster and unicodedata.category(char) not in _COMBINING:
            yield cluster
            cluster = ""
        cluster += char
    if cluster:
        yield cluster


def _head(text: str, width: int) -> str:
    taken = 0
    head: list[str] = []  # never empty, so that whoever cuts heads off comes to an end
    for cluster in _clusters(text):
        taken += width_of(cluster)
        if taken > width and head:
            break
        head.append(cluster)
    return "".join(head)


def _words(text: str, width: int) -> Iterator[str]:
    for word in text.split(" "):
        rest = word
        while width_of(rest) > width:
            head = _head(rest, width)
            yield head
            rest = rest[len(head) :]
        if rest:
            yield rest


def _numeric(column: Sequence[str]) -> bool:
    return any(cell[:1].isdigit() for cell in column) and all(
        cell in _NO_NUMBER or cell.replace(",", "").isdecimal() for cell in column
    )
