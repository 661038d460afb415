"""JSON files that an administrator exported: their rows in the shapes of the wire, and what makes them doubtful.

A file is an array, one object, or `{"value": [...]}`. Windows PowerShell's ConvertTo-Json leaves its own shapes in
it, and each that loses nothing is turned back: `/Date(ms)/` and its wrapper, TimeSpan objects, and arrays wrapped as
`{"value": [...], "Count": n}`. Numbers of enumerations stay numbers, whose meaning is for the rules to say, but for the
kinds of mailboxes whose numbers the Exchange team published ("Exchange 2007 and Recipient Type Details", 2007-04-05).
Source: Microsoft Learn, ConvertTo-Json (Microsoft.PowerShell.Utility), and its -Depth parameter, which turns what
lies deeper into text such as `System.Object[]` or `@{...}`.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from compliance.errors import InputError
from compliance.evidence.manifest import whole
from compliance.textfile import at_offset, decode_text

MAX_DEPTH: Final = 64
"""How deep an export may be nested."""

_EXPORT_AGAIN: Final = "Export the file again, by the command that lookback request gives for it."

Json = str | int | float | bool | None | list["Json"] | dict[str, "Json"]
Row = dict[str, Json]

_BESIDE_VALUE: Final = frozenset({"value", "Count", "count", "nextLink"})
"""What may stand beside the rows: PowerShell's count, and Azure Resource Manager's count and link."""
_ROUND_LIMITS: Final = frozenset({1000, 5000})
_LONGEST_NUMBER: Final = 20
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_DATE: Final = re.compile(r"/Date\((-?\d{1,15})(?:[+-]\d{4})?\)/", re.ASCII)
_CUT_OFF: Final = re.compile(r"System\.(?:Object|String)\[\]|System\.Collections\.|@\{")
_TIMESPAN: Final = frozenset({"Ticks", "Days", "Hours", "Minutes", "Seconds"})
_ENUMERATIONS: Final[Mapping[str, Mapping[int, str]]] = {
    "RecipientTypeDetails": {
        1: "UserMailbox",
        2: "LinkedMailbox",
        4: "SharedMailbox",
        16: "RoomMailbox",
        32: "EquipmentMailbox",
    }
}
"""What a number of an enumeration stands for, by property; a number that is not here stays one."""
_DATE_WRAPPER: Final = frozenset({"value", "DisplayHint", "DateTime"})
_TOKEN: Final = re.compile(
    r'(?P<text>"(?:[^"\\]++|\\.)*+")(?P<colon>\s*:)?|(?P<open>[{\[])|(?P<close>[}\]])'
    r"|(?P<constant>NaN|-?Infinity)|(?P<number>-?[0-9][0-9.eE+-]*+)",
    re.ASCII | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Export:
    """The rows of an exported file; `doubts` are the reasons, as sentences, why they may not be all of them."""

    rows: tuple[Row, ...]
    doubts: tuple[str, ...]


def decode_export(raw: bytes, *, where: str = "export") -> list[Row]:
    """The rows of an exported file; see `read_export`, which also tells the doubts."""
    return list(read_export(raw, where=where).rows)


def read_export(raw: bytes, *, where: str = "export") -> Export:
    """The rows of an exported file and every reason to doubt that they are whole.

    Raises `InputError`, with line and column, for anything that is not such a file: other encodings than UTF-8 and
    UTF-16, JSON that breaks off, a key given twice, be it in another letter case, NaN, numbers beyond 64 bits, deep
    nesting, rows that are no objects, and an API's error answer saved in place of its data.
    """
    text = decode_text(raw, where=where, guess_utf16=True)
    doubts: dict[str, None] = {}
    try:
        parsed = json.loads(
            text,
            object_pairs_hook=_pairs,
            parse_constant=_refuse,
            parse_int=_integer,
            parse_float=_float,
        )
        rows = [_row(row, doubts, depth=1) for row in _rows(parsed, doubts, where)]
    except json.JSONDecodeError as error:
        raise InputError(
            f"not JSON: {error.msg}" if text.strip() else "the file is empty; JSON was expected",
            where=f"{where}:{error.lineno}:{error.colno}",
            next_step="Export the file again; an export without results holds [] and nothing else.",
        ) from error
    except (_Objection, RecursionError) as error:
        offset, problem = _first_objection(text)
        raise InputError(problem, where=at_offset(text, offset, where), next_step="Export the file again.") from error
    if len(rows) in _ROUND_LIMITS:
        doubts[f"exactly {len(rows):,} rows, the size at which Microsoft's cmdlets and pages cut off"] = None
    return Export(rows=tuple(rows), doubts=tuple(doubts))


class _Objection(Exception):
    """JSON that can be parsed and is refused; the place is looked up afterwards."""


def _rows(parsed: Json, doubts: dict[str, None], where: str) -> Iterator[Row]:
    expected = 'an array of objects, one object, or {"value": [...]} was expected'
    if isinstance(parsed, dict):
        if isinstance(parsed.get("error"), dict):
            raise InputError(
                "an error answer of the API, not its data", where=f"{where}:1:1", next_step="Export the file again."
            )
        items = parsed.get("value")
        if isinstance(items, list):
            if strange := [key for key in parsed if not key.startswith("@") and key not in _BESIDE_VALUE]:
                raise InputError(
                    f'{strange[0]!r} beside "value"; {expected}', where=f"{where}:1:1", next_step=_EXPORT_AGAIN
                )
            _doubt_envelope(parsed, len(items), doubts)
        else:
            items = [parsed]
    elif isinstance(parsed, list):
        items = parsed
    else:
        raise InputError(f"a single value; {expected}", where=f"{where}:1:1", next_step=_EXPORT_AGAIN)
    for number, item in enumerate(items, start=1):
        if not isinstance(item, dict):
            raise InputError(
                f"row {number} is not an object; {expected}", where=f"{where}:1:1", next_step=_EXPORT_AGAIN
            )
        yield item


def _doubt_envelope(envelope: Row, rows: int, doubts: dict[str, None]) -> None:
    """What an API says beside its rows about their being all of them."""
    for key, value in envelope.items():
        if _is_next_link(key, value):
            doubts[_leftover(key)] = None
        said = value["value"] if key == "count" and isinstance(value, dict) and "value" in value else value
        if key in {"Count", "count", "@odata.count"} and said != rows:
            doubts[f"{key} says {said}, and the file holds {rows} rows"] = None
        if key == "@adminapi.warnings" and value:
            doubts["the answer carries a warning (@adminapi.warnings)"] = None


def _leftover(key: str) -> str:
    return f"a link to a next page ({'@odata.nextLink' if '@' in key else 'nextLink'}) is left over"


def _is_next_link(key: str, value: Json) -> bool:
    return value is not None and key.lower().endswith("nextlink")


def _row(row: Row, doubts: dict[str, None], *, depth: int) -> Row:
    """An object without the artefacts of ConvertTo-Json; what was lost in it goes to `doubts`."""
    if depth > MAX_DEPTH:
        raise _Objection
    for key, value in row.items():
        if _is_next_link(key, value):
            doubts[_leftover(key)] = None
    return {whole(key): _member(key, _plain(value, doubts, depth=depth + 1)) for key, value in row.items()}


def _member(key: str, value: Json) -> Json:
    """A property's value, by its name where it came as the number of one that is known."""
    if key in _ENUMERATIONS and type(value) is int and value in _ENUMERATIONS[key]:
        return _ENUMERATIONS[key][value]
    return value


def _plain(value: Json, doubts: dict[str, None], *, depth: int) -> Json:
    match value:
        case str():
            return _text(value, doubts)
        case list():
            if depth > MAX_DEPTH:
                raise _Objection
            return [_plain(item, doubts, depth=depth + 1) for item in value]
        case dict():
            return _object(value, doubts, depth=depth)
        case _:
            return value


def _object(value: Row, doubts: dict[str, None], *, depth: int) -> Json:
    inner, keys = value.get("value"), value.keys()
    if keys == {"value", "Count"} and isinstance(inner, list):
        if value["Count"] != len(inner):
            doubts[f"an array of {value['Count']} elements holds {len(inner)}"] = None
        return _plain(inner, doubts, depth=depth)
    if {"value"} < keys <= _DATE_WRAPPER and isinstance(inner, str) and _DATE.fullmatch(inner):
        return _text(inner, doubts)
    if keys >= _TIMESPAN and type(ticks := value["Ticks"]) is int:
        return _timespan(ticks)
    return _row(value, doubts, depth=depth)


def _text(text: str, doubts: dict[str, None]) -> str:
    if _CUT_OFF.search(text):
        doubts["a value was cut off by ConvertTo-Json (System.Object[] or @{); export with a greater -Depth"] = None
    if date := _DATE.fullmatch(text):
        try:
            instant = _EPOCH + timedelta(milliseconds=int(date[1]))
        except OverflowError:
            return text
        return instant.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return whole(text)


def _timespan(ticks: int) -> str:
    """A TimeSpan as the wire has it, `[-][d.]hh:mm:ss[.fffffff]`; a tick is 100 nanoseconds."""
    seconds, fraction = divmod(abs(ticks), 10_000_000)
    days, rest = divmod(seconds, 86_400)
    clock = f"{rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}"
    return f"{'-' * (ticks < 0)}{f'{days}.' * (days > 0)}{clock}{f'.{fraction:07}' * (fraction > 0)}"


def _pairs(pairs: list[tuple[str, Json]]) -> Row:
    row = dict(pairs)
    if len({_folded(key) for key in row}) != len(pairs):
        raise _Objection
    return row


def _folded(key: str) -> str:
    """A key as PowerShell compares names, in any letter case.

    But for what Windows PowerShell writes of an enumeration that came from another session: `value` and `Value`.
    """
    return key if key == "Value" else key.casefold()


def _refuse(_constant: str) -> Json:
    raise _Objection


def _integer(text: str) -> int:
    if len(text) > _LONGEST_NUMBER:
        raise _Objection
    return int(text)


def _float(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise _Objection
    return number


def _first_objection(text: str) -> tuple[int, str]:
    """Where, and what, the first thing is that `json` would have let through."""
    open_objects: list[set[str]] = []
    for token in _TOKEN.finditer(text):
        if token["open"]:
            open_objects.append(set())
            if len(open_objects) > MAX_DEPTH:
                return token.start(), f"nested deeper than {MAX_DEPTH} levels"
        elif token["close"] and open_objects:
            open_objects.pop()
        elif token["colon"] and open_objects:
            key = json.loads(token["text"])
            if _folded(key) in open_objects[-1]:
                return token.start(), f"the key {key!r} stands in this object twice (in whatever letter case)"
            open_objects[-1].add(_folded(key))
        elif token["constant"]:
            return token.start(), f"{token['constant']} is not a number of JSON"
        elif (number := token["number"]) and _is_too_large(number):
            return token.start(), "a number too large for 64 bits"
    return 0, f"nested deeper than {MAX_DEPTH} levels"


def _is_too_large(number: str) -> bool:
    if number.lstrip("-").isdecimal():
        return len(number) > _LONGEST_NUMBER
    return not math.isfinite(float(number))
