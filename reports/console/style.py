"""Signs and colours: a status is always a symbol and a word, and colour only adds to them."""

from __future__ import annotations

from dataclasses import dataclass

from compliance.assessment.verdict import Status
from reports.options import Options
from reports.text import cut, harmless, table, width_of, wrap
from reports.words import STATUS_WORDS

_SYMBOLS = {Status.PASS: "✓", Status.FAIL: "✗", Status.INDETERMINATE: "?", Status.NOT_APPLICABLE: "–"}
_ASCII_SYMBOLS = {Status.PASS: "+", Status.FAIL: "x", Status.INDETERMINATE: "?", Status.NOT_APPLICABLE: "-"}
_COLOURS = {Status.PASS: "32", Status.FAIL: "1;31", Status.INDETERMINATE: "33", Status.NOT_APPLICABLE: "2"}
_BOLD = "1"
_REVERSED = "1;7"


@dataclass(frozen=True, slots=True)
class BarSigns:
    """What a bar is drawn with."""

    proven: str
    in_force: str
    configured: str
    cold: str
    cold_configured: str
    missing: str
    required: str


_BAR = BarSigns(proven="█", in_force="▒", configured="░", cold="▁", cold_configured="╌", missing="·", required="│")
_ASCII_BAR = BarSigns(
    proven="#", in_force="=", configured="-", cold="_", cold_configured=",", missing=".", required="|"
)


@dataclass(frozen=True, slots=True)
class Style:
    """Makes text from tenants harmless, and lays it out as the options ask."""

    options: Options

    @property
    def width(self) -> int:
        """The greatest width of a line, in columns."""
        return self.options.width

    @property
    def ellipsis(self) -> str:
        """The sign for what was cut off."""
        return "..." if self.options.ascii else "…"

    @property
    def bar(self) -> BarSigns:
        """The signs of bars."""
        return _ASCII_BAR if self.options.ascii else _BAR

    def status(self, status: Status) -> str:
        """A status as symbol and word."""
        symbols = _ASCII_SYMBOLS if self.options.ascii else _SYMBOLS
        return self._paint(f"{symbols[status]} {STATUS_WORDS[status]}", _COLOURS[status])

    def sign(self, status: Status) -> str:
        """The symbol alone, for tables below which `status_signs` stand."""
        symbols = _ASCII_SYMBOLS if self.options.ascii else _SYMBOLS
        return self._paint(symbols[status], _COLOURS[status])

    def status_signs(self) -> str:
        """What the symbols mean, without colours."""
        symbols = _ASCII_SYMBOLS if self.options.ascii else _SYMBOLS
        return ", ".join(f"{symbol} {STATUS_WORDS[status]}" for status, symbol in symbols.items())

    def clean(self, text: str, width: int | None = None) -> str:
        """A text with nothing in it that a terminal obeys, cut to `width` columns where one is given."""
        shown = harmless(text, ascii_only=self.options.ascii)
        return shown if width is None else cut(shown, width, self.ellipsis)

    def heading(self, text: str) -> list[str]:
        """The heading of a section, underlined."""
        shown = self.clean(text, self.width)
        return ["", "", self._paint(shown, _BOLD), "-" * width_of(shown)]

    def strong(self, text: str) -> str:
        """A line that stands out; `text` is clean already."""
        return self._paint(text, _BOLD)

    def banner(self, text: str) -> str:
        """A line that cannot be overlooked."""
        return self._paint(f"*** {text} ***".center(self.width).rstrip(), _REVERSED)

    def lines(self, text: str, *, indent: str = "", first: str | None = None) -> list[str]:
        """A text as wrapped lines, each after `indent`, the first one after `first` instead.

        `first` may hold colours; it has the width of the indent, or more where the text then begins on that line.
        """
        lead = indent if first is None else first
        taken = width_of(lead) - width_of(indent)
        wrapped = wrap(self.clean(text), self.width - width_of(indent), self.ellipsis, taken=taken)
        if not wrapped:
            return [lead.rstrip()]
        return [(lead + wrapped[0]).rstrip(), *(indent + line for line in wrapped[1:])]

    def labelled(self, label: str, text: str, *, indent: int = 2, column: int = 11) -> list[str]:
        """A text behind its label, wrapped within its own column."""
        return self.lines(text, indent=" " * (indent + column), first=" " * indent + label.ljust(column))

    def table(self, headers: list[str], rows: list[list[str]], *, flexible: int, indent: int = 0) -> list[str]:
        """A table of clean cells; the `flexible` column is wrapped into what the others leave."""
        lines = table(headers, rows, width=self.width - indent, flexible=flexible, mark=self.ellipsis)
        return [" " * indent + line for line in lines]

    def _paint(self, text: str, colour: str) -> str:
        return f"\x1b[{colour}m{text}\x1b[0m" if self.options.colour else text
