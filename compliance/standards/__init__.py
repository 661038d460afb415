"""Standards are data: one YAML file each, with the numbers, the citation of every one, and the standard's own words.

A user's own standard is a file of the same shape; its errors carry line and column as those of config.yaml do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from enum import StrEnum
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, ClassVar, Final, Literal

import msgspec
from annotated_types import MinLen

from compliance.errors import InputError
from compliance.rules.entra_logs import ENTRA_LOGS
from compliance.rules.periods import Duration, Meets, compare
from compliance.rules.record_types import LOG_SOURCES
from compliance.yamlfile import FILE_SHAPE, KeyPath, YamlDocument, load_yaml, parse_yaml, validated

_Text = Annotated[str, MinLen(1)]
_SUFFIXES: Final = (".yaml", ".yml")
SOURCE_IDS: Final = (*LOG_SOURCES, *ENTRA_LOGS)
"""The log sources that a standard can require: those of the unified audit log, then those of Microsoft Entra ID."""


class Force(StrEnum):
    """Whether a standard binds by itself today; a rescinded one may live on in texts that incorporate it."""

    IN_FORCE = "in_force"
    RESCINDED = "rescinded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """`since` is the day on which the standard came into force, or was rescinded `by` another text."""

    __pydantic_config__: ClassVar[Any] = FILE_SHAPE

    force: Force
    since: date
    by: _Text | None = None
    note: _Text | None = None

    @property
    def words(self) -> str:
        """Whether the standard is in force, for people."""
        return f"rescinded on {self.since} by {self.by}" if self.by else f"in force since {self.since}"


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
    gives no number. `interpretive` marks numbers that the text does not state for logs in so many words,
    `unverified` numbers that were not seen in the text. `criteria` gives the clause that each check rests on.
    """

    __pydantic_config__: ClassVar[Any] = FILE_SHAPE

    version: Literal[1]
    id: _Text
    title: _Text
    publisher: _Text
    published: date
    url: _Text
    status: Status
    words: Words = field(default_factory=Words)
    hot: Requirement | None = None
    total: Requirement | None = None
    sources: Annotated[tuple[RequiredSource, ...], MinLen(1)]
    levels: tuple[Level, ...] = ()
    criteria: Mapping[str, _Text] = field(default_factory=dict)
    interpretive: bool = False
    unverified: bool = False
    notes: tuple[_Text, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Standard(StandardFile):
    """A standard to judge by; `raw` are the bytes of the file that it was read from, `sha256` their digest."""

    sha256: str
    raw: bytes = field(repr=False)


def standard_ids() -> tuple[str, ...]:
    """The ids of the standards that come with lookback, the default first."""
    names = (file.name for file in files(__name__).iterdir())
    ids = (name.removesuffix(".yaml") for name in names if name.endswith(".yaml"))
    return tuple(sorted(ids, key=lambda name: (name != "m-21-31", name)))


def load_standard(id_or_path: str | Path) -> Standard:
    """A standard that comes with lookback, by id, or a user's own, by the path of its YAML file.

    Raises `InputError` for an unknown id, and for a file that is not a standard, with the place of every problem.
    """
    if isinstance(id_or_path, str) and id_or_path in standard_ids():
        name = f"{id_or_path}.yaml"
        document = parse_yaml(files(__name__).joinpath(name).read_bytes(), where=name)
        # Our own files are right (the tests validate them), and pydantic takes half a second to load.
        return _from_shape(msgspec.convert(document.data, StandardFile), document)
    path = Path(id_or_path)
    if isinstance(id_or_path, str) and path.suffix not in _SUFFIXES:
        raise InputError(
            f"there is no standard {id_or_path!r}",
            next_step=f"Give one of {', '.join(standard_ids())}, or the path of a YAML file.",
        )
    document = load_yaml(path)
    standard = _standard(document)
    if standard.id in standard_ids():
        raise document.error(
            [(("id",), f"{standard.id} is the id of a standard that comes with lookback; choose another")]
        )
    return standard


def standard_from(path: Path) -> Standard:
    """A standard from a file that keeps it as it was used, one that comes with lookback included."""
    return _standard(load_yaml(path))


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a standard's file."""
    from pydantic import TypeAdapter

    return TypeAdapter(StandardFile).json_schema()


def _standard(document: YamlDocument) -> Standard:
    shape = validated(document, StandardFile)
    if problems := tuple(_problems(shape)):
        raise document.error(problems)
    return _from_shape(shape, document)


def _from_shape(shape: StandardFile, document: YamlDocument) -> Standard:
    return Standard(
        **{item.name: getattr(shape, item.name) for item in fields(shape)}, sha256=document.sha256, raw=document.raw
    )


def _problems(shape: StandardFile) -> Iterator[tuple[KeyPath, str]]:
    """What the types alone do not say."""
    if not all(part.isalnum() for part in shape.id.replace(".", "-").split("-")) or shape.id != shape.id.lower():
        yield ("id",), "lower-case letters and digits, joined by - or ., were expected"
    if not shape.url.startswith("https://"):
        yield ("url",), "an https:// address was expected"
    if shape.hot is None and shape.total is None:
        yield (), "a standard without numbers decides nothing; give hot, total or both"
    if (shape.status.force is Force.RESCINDED) and shape.status.by is None:
        yield ("status",), "a rescinded standard says by what: give by"
    for index, source in enumerate(shape.sources):
        if source.id not in SOURCE_IDS:
            yield ("sources", index, "id"), f"one of {', '.join(SOURCE_IDS)} was expected"
    for name, requirement in (("hot", shape.hot), ("total", shape.total)):
        if requirement is not None and 0 in (requirement.duration.days, requirement.duration.months):
            yield (name, "duration"), "a period of nothing is met by anything; leave the requirement out instead"
    for path, duration in _durations(shape):
        if duration.unlimited:
            yield path, "whether records are kept for ever cannot be read; a number of days or months was expected"
    if (
        shape.hot is not None
        and shape.total is not None
        and not shape.hot.duration.unlimited
        and compare(shape.total.duration, shape.hot.duration).result is Meets.SHORT
    ):
        yield ("total", "duration"), "total counts from creation and includes hot, so it cannot be shorter than hot"
    for key, ids in (
        ("sources", tuple(source.id for source in shape.sources)),
        ("levels", tuple(level.id for level in shape.levels)),
    ):
        for index, value in enumerate(ids):
            if value in ids[:index]:
                yield (key, index, "id"), f"{value} stands in this list twice"


def _durations(shape: StandardFile) -> Iterator[tuple[KeyPath, Duration]]:
    for name, requirement in (("hot", shape.hot), ("total", shape.total)):
        if requirement is not None:
            yield (name, "duration"), requirement.duration
    for index, level in enumerate(shape.levels):
        for name, duration in (("hot", level.hot), ("total", level.total)):
            if duration is not None:
                yield ("levels", index, name), duration
