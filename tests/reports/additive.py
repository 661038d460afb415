"""Whether a JSON Schema accepts whatever an earlier version of it accepted: what SemVer calls additive."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Schema = dict[str, Any]
_WORDS_FOR_PEOPLE = {"title", "description", "default", "$comment", "$schema", "$id", "$defs"}
_KNOWN = {
    *("type", "properties", "required", "additionalProperties", "items", "enum", "anyOf", "$ref", "format"),
    *("minimum", "maximum", "pattern", "maxLength", "minItems", "maxItems", "prefixItems"),
}
_LEAST, _MOST = ("minimum", "minItems"), ("maximum", "maxItems", "maxLength")


def without_words(schema: Any) -> Any:
    """Return a schema without the descriptions of its parts, which may change at any time."""
    if isinstance(schema, list):
        return [without_words(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: without_words(value)
        for key, value in schema.items()
        if not (key in ("description", "$comment") and isinstance(value, str))
    }


def narrowed(before: Schema, after: Schema) -> list[str]:
    """Return each place at which `after` may refuse what `before` accepted; raises where a keyword is not known."""
    return list(_Comparison(before, after).places(before, after, ""))


class _Comparison:
    """The comparison of two documents, each with its definitions; a pair of definitions is compared once."""

    def __init__(self, before: Schema, after: Schema) -> None:
        self._before = before.get("$defs", {})
        self._after = after.get("$defs", {})
        self._seen: set[tuple[str, str]] = set()

    def places(self, before: Schema, after: Schema, place: str) -> Iterator[str]:
        """Yield the places of two parts that stand for each other."""
        if "$ref" in before and "$ref" in after:
            pair = (before["$ref"], after["$ref"])
            if pair in self._seen:
                return
            self._seen.add(pair)
        before, after = _resolved(before, self._before), _resolved(after, self._after)
        unknown = (before.keys() | after.keys()) - _KNOWN - _WORDS_FOR_PEOPLE
        assert not unknown, f"{place}: this comparison does not know {sorted(unknown)}"
        if "anyOf" in before or "anyOf" in after:
            for each in before.get("anyOf", [before]):
                if not any(self._accepts(each, other, place) for other in after.get("anyOf", [after])):
                    yield f"{place}: {_named(each)} is no longer accepted"
            return
        yield from self._of_one_type(before, after, place)

    def _accepts(self, before: Schema, after: Schema, place: str) -> bool:
        seen = set(self._seen)
        if not list(self.places(before, after, place)):
            return True
        self._seen = seen
        return False

    def _of_one_type(self, before: Schema, after: Schema, place: str) -> Iterator[str]:
        if after.get("type", before.get("type")) != before.get("type"):
            yield f"{place}: was {before.get('type')}, is {after['type']}"
            return
        for key in ("format", "pattern"):
            if key in after and after[key] != before.get(key):
                yield f"{place}: {key} {after[key]} is asked for"
        for key in (*_LEAST, *_MOST):
            if key in after and _narrower(key, before.get(key), after[key]):
                yield f"{place}: {key} is now {after[key]}"
        if "enum" in after:
            yield from (
                f"{place}: {each!r} is gone" for each in before.get("enum", ["anything"]) if each not in after["enum"]
            )
        yield from (
            f"{place}/{key}: is newly required"
            for key in after.get("required", ())
            if key not in before.get("required", ())
        )
        yield from self._of_members(before, after, place)

    def _of_members(self, before: Schema, after: Schema, place: str) -> Iterator[str]:
        members = after.get("properties", {})
        for key, each in before.get("properties", {}).items():
            if key in members:
                yield from self.places(each, members[key], f"{place}/{key}")
            else:
                yield f"{place}/{key}: is gone"
        if after.get("additionalProperties", True) != before.get("additionalProperties", True):
            yield f"{place}: members of other names are {after.get('additionalProperties')}"
        if before.get("prefixItems") != after.get("prefixItems"):
            yield f"{place}: a list of another shape"
        if isinstance(after.get("items"), dict):
            yield from self.places(before.get("items", {}), after["items"], f"{place}[]")


def _resolved(schema: Schema, definitions: Schema) -> Schema:
    while "$ref" in schema:
        schema = definitions[schema["$ref"].removeprefix("#/$defs/")]
    return schema


def _narrower(key: str, before: int | None, after: int) -> bool:
    if before is None:
        return True
    return after > before if key in _LEAST else after < before


def _named(schema: Schema) -> str:
    return str(schema.get("$ref") or schema.get("type"))
