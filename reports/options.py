"""How a report is to be shown, for the formats that leave a choice."""

from __future__ import annotations

from dataclasses import dataclass

LEAST_WIDTH = 72


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """`width` is in columns, `LEAST_WIDTH` at least; `ascii` is for streams whose encoding is not UTF-8.

    `gate` is the id of the standard that decides the exit code, None where nobody said. `verbose` shows every class,
    note, reference and fact where the default shows what asks for action. `steps` shows what it would take for every
    log source to meet the standards.
    Raises ValueError for a width in which no table fits.
    """

    width: int = 80
    colour: bool = False
    ascii: bool = False
    gate: str | None = None
    verbose: bool = False
    steps: bool = False

    def __post_init__(self) -> None:
        if self.width < LEAST_WIDTH:
            raise ValueError(f"a report needs {LEAST_WIDTH} columns, not {self.width}")
