"""How a report is to be shown, for the formats that leave a choice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from compliance.assessment.history import HistoryPoint

LEAST_WIDTH = 72


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a format cannot know from the assessment.

    For people: `width` is in columns, `LEAST_WIDTH` at least; `ascii` is for streams whose encoding is not UTF-8.
    `gate` is the id of the standard that decides the exit code, None where nobody said. `verbose` shows every class,
    note, reference and fact where the default shows what asks for action. `steps` shows what it would take for every
    log source to meet the standards. `history` are earlier assessments, the oldest first, for a trend.

    For machines: `all_objects` makes JSON a stream of every affected object. `show_objects` lets what a pipeline shows
    (annotations, summaries, JUnit, SARIF) name objects, where it gives counts and ids of controls alone. `location` is
    a file of the repository that findings point at, relative and with forward slashes; SARIF and annotations need one.
    `evidence` is the relative path from the report's file to the bundle, None where the two do not travel together.
    `oscal_version` is that of the documents, `ssp_href` where the system security plan lies.

    Raises ValueError for a width in which no table fits.
    """

    width: int = 80
    colour: bool = False
    ascii: bool = False
    gate: str | None = None
    verbose: bool = False
    steps: bool = False
    history: tuple[HistoryPoint, ...] = ()
    all_objects: bool = False
    show_objects: bool = False
    location: str | None = None
    evidence: str | None = None
    oscal_version: str = "1.2.3"
    ssp_href: str | None = None

    def __post_init__(self) -> None:
        if self.width < LEAST_WIDTH:
            raise ValueError(f"a report needs {LEAST_WIDTH} columns, not {self.width}")
