"""What is wrong with the file of a standard, beyond what the types of its values tell."""

from __future__ import annotations

from collections.abc import Iterator

from compliance.rules.periods import Duration, Meets, compare
from compliance.standards.shapes import Force, LikeFile, Requirement, Standard, StandardFile
from compliance.standards.source_sets import SOURCE_IDS
from compliance.yamlfile import KeyPath

Problem = tuple[KeyPath, str]


def problems_of(shape: StandardFile) -> Iterator[Problem]:
    """Yield each problem of a standard, with the place in its file."""
    yield from _id_problems(shape.id)
    if not shape.url.startswith("https://"):
        yield ("url",), "an https:// address was expected"
    if shape.hot is None and shape.total is None:
        yield (), "a standard without numbers decides nothing; give hot, total or both"
    if (shape.status.force is Force.RESCINDED) and (shape.status.by is None or shape.status.since is None):
        yield ("status",), "a rescinded standard says by what and since when: give by and since"
    if not shape.sources and shape.source_set is None:
        yield (), "a standard without log sources decides nothing; give sources, source_set or both"
    yield from _source_problems(shape)
    yield from _period_problems(shape)
    level_ids = tuple(level.id for level in shape.levels)
    yield from _twice("levels", level_ids)
    for index, level in enumerate(shape.levels):
        for name, duration in (("hot", level.hot), ("total", level.total)):
            if duration is not None:
                yield from _endless(("levels", index, name), duration)


def likeness_problems(shape: LikeFile, base: Standard) -> Iterator[Problem]:
    """Yield what a file may not change of the standard that it is like; `problems_of` what it makes has the rest."""
    if shape.id != base.id:
        return
    beyond = (shape.title, shape.max_total, shape.lake_counts_as_searchable, shape.source_set, *shape.sources)
    if shape.notes or any(one is not None for one in beyond):
        yield (), f"under the id {base.id}, hot and total alone can be given; choose an id of your own for more"
    for name, mine, theirs in (("hot", shape.hot, base.hot), ("total", shape.total, base.total)):
        if mine is not None and theirs is not None:
            yield (name,), f"{base.id} itself gives this number; choose an id of your own for another one"


def _id_problems(standard_id: str) -> Iterator[Problem]:
    if (
        not all(part.isalnum() for part in standard_id.replace(".", "-").split("-"))
        or standard_id != standard_id.lower()
    ):
        yield ("id",), "lower-case letters and digits, joined by - or ., were expected"


def _source_problems(shape: StandardFile) -> Iterator[Problem]:
    for index, source in enumerate(shape.sources):
        if source.id not in SOURCE_IDS:
            yield ("sources", index, "id"), f"one of {', '.join(SOURCE_IDS)} was expected"
    yield from _twice("sources", tuple(source.id for source in shape.sources))


def _period_problems(shape: StandardFile) -> Iterator[Problem]:
    for name, requirement in (("hot", shape.hot), ("total", shape.total), ("max_total", shape.max_total)):
        if requirement is None:
            continue
        if 0 in (requirement.duration.days, requirement.duration.months):
            yield (name, "duration"), "a period of nothing is met by anything; leave the requirement out instead"
        yield from _endless((name, "duration"), requirement.duration)
    if _shorter(shape.total, shape.hot):
        yield ("total", "duration"), "total counts from creation and includes hot, so it cannot be shorter than hot"
    if _shorter(shape.max_total, shape.total) or _shorter(shape.max_total, shape.hot):
        yield ("max_total", "duration"), "the longest period that is allowed cannot be shorter than the one required"


def _shorter(one: Requirement | None, other: Requirement | None) -> bool:
    if one is None or other is None or other.duration.unlimited:
        return False
    return compare(one.duration, other.duration).result is Meets.SHORT


def _endless(path: KeyPath, duration: Duration) -> Iterator[Problem]:
    if duration.unlimited:
        yield path, "whether records are kept for ever cannot be read; a number of days or months was expected"


def _twice(key: str, ids: tuple[str, ...]) -> Iterator[Problem]:
    for index, value in enumerate(ids):
        if value in ids[:index]:
            yield (key, index, "id"), f"{value} stands in this list twice"
