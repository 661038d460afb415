"""YAML files that a person handed over: plain data, and the line and column of everything in them.

YAML 1.2 in the shape that a settings file needs: mappings with text keys, lists, and the scalars of the core schema
(https://yaml.org/spec/1.2.2/#103-core-schema). Dates stay text. Anchors, aliases, tags and second documents are
refused: none is needed here, and they are how a small file grows without bound.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar

from compliance.errors import InputError
from compliance.textfile import at_offset, decode_text, read_capped

MAX_BYTES: Final = 1_000_000
"""The largest file that is read, in bytes."""

MAX_DEPTH: Final = 32
"""How deep mappings and lists may be nested."""

FILE_SHAPE: Final = {"extra": "forbid", "strict": True, "hide_input_in_errors": True}
"""`__pydantic_config__` of every dataclass that a file is read into: unknown keys and near-types are errors."""

Scalar = str | int | float | bool | None
Data = Scalar | list["Data"] | dict[str, "Data"]
KeyPath = tuple[str | int, ...]
T = TypeVar("T")


class Mark(NamedTuple):
    """A place in a file; both counted from one."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class YamlDocument:
    """The mapping that a file holds, the place of every key and list item, and the file's bytes with their SHA-256."""

    file: str
    data: dict[str, Data] = field(repr=False)
    raw: bytes = field(repr=False)
    sha256: str
    marks: Mapping[KeyPath, Mark] = field(repr=False)

    def where(self, path: KeyPath) -> str:
        """`file:line:column` of the key or list item at `path`, or of the nearest thing around it."""
        mark = self._mark(path)
        return f"{self.file}:{mark.line}:{mark.column}"

    def error(
        self, problems: Iterable[tuple[KeyPath, str]], *, next_step: str = "Correct the file, and run it again."
    ) -> InputError:
        """One error with a line `file:line:column path: message` per problem, in the order of the file."""
        ordered = sorted(problems, key=lambda problem: self._mark(problem[0]))
        return InputError(
            "\n".join(f"{self.where(path)} {_dotted(path)}: {message}" for path, message in ordered),
            next_step=next_step,
        )

    def _mark(self, path: KeyPath) -> Mark:
        while path not in self.marks:
            path = path[:-1]
        return self.marks[path]


def load_yaml(path: Path) -> YamlDocument:
    """The YAML mapping in the file `path`; raises `InputError` with file, line and column for anything else."""
    return parse_yaml(read_capped(path, max_bytes=MAX_BYTES), where=str(path))


def parse_yaml(raw: bytes, *, where: str) -> YamlDocument:
    """The YAML mapping in `raw`, called `where` in errors; raises `InputError` with line and column."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError
    from ruamel.yaml.reader import ReaderError

    if len(raw) > MAX_BYTES:
        raise InputError(
            f"more than {MAX_BYTES:,} bytes, the most that is read of such a file",
            where=where,
            next_step="Give the file that a person wrote.",
        )
    text = decode_text(raw, where=where)
    builder = _Builder(where)
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            builder.feed(event)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"{where}:{mark.line + 1}:{mark.column + 1}" if mark else where
        raise _not_yaml(str(error.problem or error.context), place) from error
    except ReaderError as error:
        raise _not_yaml("a character that YAML does not allow", at_offset(text, error.position, where)) from error
    except (ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError) as error:
        # ruamel.yaml lets these through on malformed input, without a position of their own.
        raise _not_yaml("the text cannot be parsed", f"{where}:{builder.last.line}:{builder.last.column}") from error
    return YamlDocument(
        file=where,
        data=builder.mapping(),
        raw=raw,
        sha256=hashlib.sha256(raw).hexdigest(),
        marks=builder.marks,
    )


def validated(document: YamlDocument, model: type[T]) -> T:
    """The document as a `model`; raises one `InputError` that lists every problem with its line and column."""
    from pydantic import TypeAdapter, ValidationError

    adapter = TypeAdapter(model)
    try:
        # JSON mode, because strict Python mode would refuse the text of a date and the list for a tuple.
        return adapter.validate_json(json.dumps(document.data))
    except ValidationError as error:
        known = _known_keys(adapter.json_schema())
        problems = [
            (_existing(document, item["loc"]), _wording(item["type"], item["msg"], item["loc"], known))
            for item in error.errors(include_url=False, include_input=False, include_context=False)
        ]
    raise document.error(problems)


def _wording(kind: str, message: str, location: KeyPath, known: frozenset[str]) -> str:
    """A pydantic error in the words of somebody who edits a file; it never repeats the value."""
    match kind:
        case "missing":
            return "this key is missing"
        case "extra_forbidden" | "unexpected_keyword_argument":
            near = difflib.get_close_matches(str(location[-1]), sorted(known), n=1)
            return f"unknown key; did you mean {near[0]!r}?" if near else "unknown key; remove it"
        case "dataclass_type" | "model_type" | "dict_type":
            return "a mapping (indented keys with values) was expected"
        case _:
            return message.removeprefix("Value error, ").replace("Input should", "the value should")


def _existing(document: YamlDocument, location: KeyPath) -> KeyPath:
    """A pydantic location without the segments that name a branch of a union instead of a key of the file."""
    path: KeyPath = ()
    for segment in location[:-1]:
        if (*path, segment) in document.marks:
            path = (*path, segment)
    return (*path, *location[-1:])


def _known_keys(schema: Mapping[str, Any]) -> frozenset[str]:
    definitions = schema["$defs"].values() if "$defs" in schema else ()
    return frozenset(key for part in (schema, *definitions) if "properties" in part for key in part["properties"])


def _dotted(path: KeyPath) -> str:
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".") or "(the whole file)"


def _not_yaml(problem: str, where: str) -> InputError:
    return InputError(
        f"not YAML that can be read: {problem}",
        where=where,
        next_step="Indent with spaces, and quote text that holds any of : # { } [ ] & * ! | > % @.",
    )


@dataclass(slots=True)
class _Level:
    """A mapping or list that is being filled; `key` is the mapping's key that waits for its value."""

    container: dict[str, Data] | list[Data]
    path: KeyPath
    key: str | None = None


class _Builder:
    """Turns parser events into plain data without recursion, and notes where everything stands."""

    def __init__(self, where: str) -> None:
        self.marks: dict[KeyPath, Mark] = {(): Mark(1, 1)}
        self.last = Mark(1, 1)
        self._where = where
        self._levels: list[_Level] = []
        self._documents = 0
        self._root: Data = None

    def feed(self, event: Any) -> None:
        """Take the next event of the parser."""
        from ruamel.yaml import events

        self.last = Mark(event.start_mark.line + 1, event.start_mark.column + 1)
        if isinstance(event, events.AliasEvent) or getattr(event, "anchor", None) is not None:
            raise self._refusal("anchors (&name) and aliases (*name) are not accepted; write the value out")
        if getattr(event, "tag", None) is not None:
            raise self._refusal("tags (!name) are not accepted; write a plain value")
        match event:
            case events.DocumentStartEvent():
                self._documents += 1
                if self._documents > 1:
                    raise self._refusal("a second document; one YAML document per file was expected")
            case events.MappingStartEvent():
                self._open({})
            case events.SequenceStartEvent():
                self._open([])
            case events.MappingEndEvent() | events.SequenceEndEvent():
                self._levels.pop()
            case events.ScalarEvent():
                self._scalar(event.value, plain=event.style is None)
            case _:
                pass

    def mapping(self) -> dict[str, Data]:
        """The finished document; raises `InputError` unless it is a mapping."""
        if not isinstance(self._root, dict):
            found = "nothing" if self._root is None else "a list" if isinstance(self._root, list) else "a single value"
            mark = self.marks[()]
            raise InputError(
                f"the file holds {found}; a mapping (keys with values) was expected",
                where=f"{self._where}:{mark.line}:{mark.column}",
                next_step="Begin each line of the outermost level with a key and a colon, as the examples do.",
            )
        return self._root

    def _open(self, container: dict[str, Data] | list[Data]) -> None:
        if len(self._levels) >= MAX_DEPTH:
            raise self._refusal(f"nested deeper than {MAX_DEPTH} levels")
        path = self._place(container)
        self._levels.append(_Level(container, path))

    def _scalar(self, text: str, *, plain: bool) -> None:
        if any("\ud800" <= character <= "\udfff" for character in text):
            raise self._refusal("half of a surrogate pair, which is no character")
        level = self._levels[-1] if self._levels else None
        value = self._resolve(text) if plain else text
        if level is not None and isinstance(level.container, dict) and level.key is None:
            self._key(level, value)
        else:
            self._place(value)

    def _key(self, level: _Level, key: Scalar) -> None:
        if not isinstance(key, str):
            raise self._refusal("a key that is not text; put it in quotes")
        path = (*level.path, key)
        if path in self.marks:
            first = self.marks[path]
            raise self._refusal(f"the key {key!r} stands here twice; it was first given on line {first.line}")
        self.marks[path] = self.last
        level.key = key

    def _place(self, value: Data) -> KeyPath:
        """Put a value where the parser stands, and return its path."""
        if not self._levels:
            self._root = value
            self.marks[()] = self.last
            return ()
        level = self._levels[-1]
        match level.container:
            case list() as items:
                path: KeyPath = (*level.path, len(items))
                items.append(value)
                self.marks[path] = self.last
            case dict() as mapping:
                if level.key is None:
                    raise self._refusal("a mapping or list as a key; text was expected")
                path = (*level.path, level.key)
                mapping[level.key] = value
                level.key = None
        return path

    def _resolve(self, text: str) -> Scalar:
        """A plain scalar by the core schema; infinities and NaN stay text, since no file here may hold them."""
        if text in {"", "~", "null", "Null", "NULL"}:
            return None
        if text in {"true", "True", "TRUE"}:
            return True
        if text in {"false", "False", "FALSE"}:
            return False
        if not _NUMBER.fullmatch(text):
            return text
        if len(text) > _LONGEST_NUMBER:
            raise self._refusal(f"a number of more than {_LONGEST_NUMBER} characters; put it in quotes if it is text")
        if text.startswith(("0o", "0x")):
            return int(text, 0)
        return int(text) if _INTEGER.fullmatch(text) else float(text)

    def _refusal(self, what: str) -> InputError:
        place = f"{self._where}:{self.last.line}:{self.last.column}"
        return InputError(what, where=place, next_step="Write plain keys and values, as the examples do.")


_INTEGER: Final = re.compile(r"[-+]?[0-9]+", re.ASCII)
_NUMBER: Final = re.compile(
    r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+|[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]{1,2})?", re.ASCII
)
_LONGEST_NUMBER: Final = 18
