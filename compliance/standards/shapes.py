"""What the YAML file of a standard says, and what a standard is once it was read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal

from annotated_types import MinLen

from compliance.rules.periods import Duration
from compliance.standards.source_sets import SOURCE_SETS
from compliance.yamlfile import FILE_SHAPE

_Text = Annotated[str, MinLen(1)]


class Force(StrEnum):
    """Whether a standard binds by itself today; a rescinded one may live on in texts that incorporate it."""

    IN_FORCE = "in_force"
    RESCINDED = "rescinded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """`since` is the day on which the standard came into force, or was rescinded `by` another text; None is unsaid."""

    __pydantic_config__: ClassVar[Any] = FILE_SHAPE

    force: Force
    since: date | None = None
    by: _Text | None = None
    note: _Text | None = None

    @property
    def words(self) -> str:
        """Whether the standard is in force, for people."""
        if self.by:
            return f"rescinded on {self.since} by {self.by}"
        return "in force" if self.since is None else f"in force since {self.since}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What the standard itself calls the two kinds of retention, for sentences about it."""

    __pydantic_config__: ClassVar[Any] = FILE_SHAPE

    hot: _Text = "immediately searchable"
    total: _Text = "kept and retrievable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """How long logs must be kept, counted from their creation, and where the text says so."""

    __pydantic_config__: ClassVar[Any] = FILE_SHAPE

    duration: Duration
    citation: _Text


@dataclass(frozen=True, slots=True, kw_only=True)
class RequiredSource:
    """A log source that the standard requires, by its id in the table of log sources, and where the text says so."""

    __pydantic_config__: ClassVar[Any] = FILE_SHAPE

    id: _Text
    citation: _Text


@dataclass(frozen=True, slots=True, kw_only=True)
class RequiredSet:
    """A set of log sources that stands for what the text requires without naming it, and where the text does."""

    __pydantic_config__: ClassVar[Any] = FILE_SHAPE

    name: Literal["everything", "unified-audit-log"]
    citation: _Text

    @property
    def words(self) -> str:
        """Which log sources these are."""
        return SOURCE_SETS[self.name].words


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A level of maturity that is shown beside the verdict and never replaces it.

    `conditions` are what the level asks beyond retention, as text; `due` is the day by which it is to be reached.
    """

    __pydantic_config__: ClassVar[Any] = FILE_SHAPE

    id: _Text
    title: _Text
    citation: _Text
    hot: Duration | None = None
    total: Duration | None = None
    conditions: tuple[_Text, ...] = ()
    due: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardFile:
    """What the YAML file of a standard says.

    `hot` is how long logs must be immediately searchable, `total` how long they must exist; `None` where the text
    gives no number. `max_total` is how long they may be kept by it, which fails nothing. `lake_counts_as_searchable`
    says whether the data lake of Microsoft Sentinel counts towards `hot`. `sources` are required one by one,
    `source_set` together. `interpretive` marks numbers that the text does not state for logs in so many words,
    `unverified` numbers that were not seen in the text. `criteria` gives the clause that each check rests on.
    """

    __pydantic_config__: ClassVar[Any] = FILE_SHAPE

    version: Literal[1]
    id: _Text
    title: _Text
    publisher: _Text
    published: date | None = None
    url: _Text
    status: Status
    words: Words = field(default_factory=Words)
    hot: Requirement | None = None
    total: Requirement | None = None
    max_total: Requirement | None = None
    lake_counts_as_searchable: bool = False
    sources: tuple[RequiredSource, ...] = ()
    source_set: RequiredSet | None = None
    levels: tuple[Level, ...] = ()
    criteria: Mapping[str, _Text] = field(default_factory=dict)
    interpretive: bool = False
    unverified: bool = False
    notes: tuple[_Text, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LikeFile:
    """A standard that is `like` one which comes with lookback, but for what its own file says.

    Under the `id` of that one, the file gives the periods that the text leaves to the organisation, and nothing else.
    Under an id of its own it may change anything below; what it requires takes the place of what that one requires.
    """

    __pydantic_config__: ClassVar[Any] = FILE_SHAPE

    version: Literal[1]
    id: _Text
    like: _Text
    title: _Text | None = None
    hot: Requirement | None = None
    total: Requirement | None = None
    max_total: Requirement | None = None
    lake_counts_as_searchable: bool | None = None
    sources: tuple[RequiredSource, ...] = ()
    source_set: RequiredSet | None = None
    notes: tuple[_Text, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Standard(StandardFile):
    """A standard to judge by; `sources` holds those of its set as well.

    `own` names the periods, of hot and total, that are the organisation's own and not the text's; `like` is the id of
    the standard that it was made from. `raw` are the bytes of the file that it was read from, `sha256` their digest.
    """

    own: tuple[Literal["hot", "total"], ...] = ()
    like: str | None = None
    sha256: str
    raw: bytes = field(repr=False)

    @property
    def undecided(self) -> bool:
        """Whether neither the text nor the organisation gives a number to judge by."""
        return self.hot is None and self.total is None

    def remarks(self) -> Iterator[str]:
        """Yield what has to be said wherever its figures are shown."""
        if self.undecided:
            yield "The text gives no number: the organisation sets the periods."
        elif self.hot is None:
            yield f"The text asks for no period in which logs are {self.words.hot}: none is judged."
        if self.own:
            periods = " and ".join(getattr(self.words, name) for name in self.own)
            yield f"The organisation's own number, not the text's: {periods}."
        if self.interpretive:
            yield "Interpretive: the text does not state this period for logs in so many words."
        if self.unverified:
            yield "Unverified: the number was not checked against the text."
        if self.source_set is not None:
            yield f"The text names no Microsoft logs; taken as required is {self.source_set.words}."
        if self.lake_counts_as_searchable:
            yield "The data lake of Microsoft Sentinel is taken for searchable."
        if self.max_total is not None:
            yield (
                f"Logs are to be kept {self.max_total.duration.text} at most [{self.max_total.citation}]; what is kept"
                " longer fails nothing."
            )
