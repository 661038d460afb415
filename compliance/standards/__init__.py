"""Standards are data: one YAML file each, with the numbers, the citation of every one, and the standard's own words.

A user's own standard is a file of the same shape, or one that says which standard it is like and what differs; its
errors carry line and column as those of config.yaml do.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, fields, replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, Literal

import msgspec

from compliance.errors import InputError
from compliance.rules.periods import Duration
from compliance.standards.problems import Problem, likeness_problems, problems_of
from compliance.standards.shapes import (
    Force,
    Level,
    LikeFile,
    RequiredSet,
    RequiredSource,
    Requirement,
    Standard,
    StandardFile,
    Status,
    Words,
)
from compliance.standards.source_sets import SOURCE_IDS, SOURCE_SETS
from compliance.yamlfile import YamlDocument, load_yaml, parse_yaml, validated

__all__ = [
    "SOURCE_IDS",
    "Force",
    "Level",
    "RequiredSet",
    "RequiredSource",
    "Requirement",
    "Standard",
    "StandardFile",
    "Status",
    "Words",
    "json_schema",
    "load_standard",
    "standard_from",
    "standard_ids",
    "with_periods",
]

_SUFFIXES: Final = (".yaml", ".yml")
_FIRST: Final = ("m-21-31", "m-26-14")
"""The default, and its successor; the others follow by name."""


def standard_ids() -> tuple[str, ...]:
    """The ids of the standards that come with lookback, the default first."""
    names = (file.name for file in files(__name__).iterdir())
    ids = sorted(name.removesuffix(".yaml") for name in names if name.endswith(".yaml"))
    return (*_FIRST, *(name for name in ids if name not in _FIRST))


def load_standard(id_or_path: str | Path) -> Standard:
    """A standard that comes with lookback, by id, or a user's own, by the path of its YAML file.

    Raises `InputError` for an unknown id, and for a file that is not a standard, with the place of every problem.
    """
    if isinstance(id_or_path, str) and id_or_path in standard_ids():
        return _shipped(id_or_path)
    path = Path(id_or_path)
    if isinstance(id_or_path, str) and path.suffix not in _SUFFIXES:
        raise InputError(
            f"there is no standard {id_or_path!r}",
            next_step=f"Give one of {', '.join(standard_ids())}, or the path of a YAML file.",
        )
    document = load_yaml(path)
    standard = _standard(document)
    if standard.id in standard_ids() and standard.like != standard.id:
        raise document.error(
            [(("id",), f"{standard.id} is the id of a standard that comes with lookback; choose another")]
        )
    return standard


def standard_from(path: Path) -> Standard:
    """A standard from a file that keeps it as it was used, one that comes with lookback included."""
    return _standard(load_yaml(path))


def with_periods(standard_id: str, hot: Duration | None, total: Duration | None, *, where: str) -> Standard:
    """A standard that comes with lookback, with the periods that its text leaves to the organisation.

    `where` is the place that gives them. Raises `InputError` for an unknown id, where the text itself gives a number,
    and for numbers that cannot be required.
    """
    if hot is None and total is None:
        return load_standard(standard_id)
    citation = "the organisation's own number, from config.yaml; the text gives none"
    own = [None if one is None else Requirement(duration=one, citation=citation) for one in (hot, total)]
    shape = LikeFile(version=1, id=standard_id, like=standard_id, hot=own[0], total=own[1])
    base = load_standard(standard_id)
    if problems := [message for _, message in _problems_alike(shape, base)]:
        raise InputError("; ".join(problems), where=where, next_step="Correct the file, and run it again.")
    periods = {name: one for name, one in (("hot", hot), ("total", total)) if one is not None}
    content = {"version": 1, "id": standard_id, "like": standard_id} | {
        name: {
            "duration": {
                key: number for key, number in asdict(one).items() if number is not None and key != "unlimited"
            },
            "citation": citation,
        }
        for name, one in periods.items()
    }
    raw = f"{json.dumps(content, indent=2)}\n".encode()
    return _alike(shape, base, parse_yaml(raw, where=where))


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a standard's file, of either shape."""
    from pydantic import TypeAdapter

    return TypeAdapter(StandardFile | LikeFile).json_schema()


@cache
def _shipped(standard_id: str) -> Standard:
    name = f"{standard_id}.yaml"
    document = parse_yaml(files(__name__).joinpath(name).read_bytes(), where=name)
    # Our own files are right (the tests validate them), and pydantic takes half a second to load.
    return _made(msgspec.convert(document.data, StandardFile), document)


def _standard(document: YamlDocument) -> Standard:
    if "like" in document.data:
        likeness = validated(document, LikeFile)
        if likeness.like not in standard_ids():
            known = ", ".join(standard_ids())
            raise document.error([(("like",), f"the id of a standard that comes with lookback was expected: {known}")])
        base = load_standard(likeness.like)
        if problems := tuple(_problems_alike(likeness, base)):
            raise document.error(problems)
        return _alike(likeness, base, document)
    shape = validated(document, StandardFile)
    if problems := tuple(problems_of(shape)):
        raise document.error(problems)
    return _made(shape, document)


def _problems_alike(shape: LikeFile, base: Standard) -> Iterator[Problem]:
    yield from likeness_problems(shape, base)
    yield from problems_of(_changed(shape, base))


def _alike(shape: LikeFile, base: Standard, document: YamlDocument) -> Standard:
    own: tuple[Literal["hot", "total"], ...] = ()
    own += () if shape.hot is None else ("hot",)
    own += () if shape.total is None else ("total",)
    return replace(_made(_changed(shape, base), document), own=own, like=shape.like)


def _changed(shape: LikeFile, base: Standard) -> StandardFile:
    """Return the file that a standard would have which is changed as another file says."""
    own_sources = shape.sources or shape.source_set is not None
    title = base.title if shape.id == base.id else f"{base.title}, as changed by the organisation"
    lake = shape.lake_counts_as_searchable
    return replace(
        StandardFile(**{item.name: getattr(base, item.name) for item in fields(StandardFile)}),
        id=shape.id,
        title=title if shape.title is None else shape.title,
        hot=base.hot if shape.hot is None else shape.hot,
        total=base.total if shape.total is None else shape.total,
        max_total=base.max_total if shape.max_total is None else shape.max_total,
        lake_counts_as_searchable=base.lake_counts_as_searchable if lake is None else lake,
        sources=shape.sources if own_sources else base.sources,
        source_set=shape.source_set if own_sources else base.source_set,
        notes=(*base.notes, *shape.notes),
    )


def _made(shape: StandardFile, document: YamlDocument) -> Standard:
    """Return a standard with the sources of its set written out, in the set's order after its own."""
    values = {item.name: getattr(shape, item.name) for item in fields(shape)}
    if shape.source_set is not None:
        named = {source.id for source in shape.sources}
        beyond = (source for source in SOURCE_SETS[shape.source_set.name].ids if source not in named)
        citation = shape.source_set.citation
        values["sources"] = (*shape.sources, *(RequiredSource(id=source, citation=citation) for source in beyond))
    return Standard(**values, sha256=document.sha256, raw=document.raw)
