"""Rows without names: what a view reads of a row, each text of it kept or replaced, everything else left out.

A redacted row has the form of the original: what was malformed, absent or null stays so.
"""

from __future__ import annotations

import datetime as dt
import types
import typing
from functools import cache
from typing import Any

import msgspec

from compliance.evidence.attested import attested_policies
from compliance.evidence.exports import decode_export
from compliance.evidence.rows import ABSENT, DATA, NEXT_LINKS, OBJECT, UNDECODABLE, VALUE, is_last_page, raw_rows_of
from compliance.evidence.view import View
from compliance.evidence.views import AuditRetentionPolicy
from compliance.trust.kept import Row, is_kept
from compliance.trust.pseudonyms import Pseudonyms

NO_ROW: list[Any] = []
"""What stands for a row that cannot be read: no object, and so malformed as the original is."""


def redacted_rows(body: bytes, shape: str | None, view: type[View], names: Pseudonyms) -> bytes:
    """Return the body of an answer of an API without names; see `compliance.evidence.rows` for its shapes."""
    if shape == ABSENT:
        return b"{}"
    if shape == OBJECT:
        return msgspec.json.encode(_collected(body, view, names))
    listed = DATA if shape == DATA else VALUE
    try:
        rows = raw_rows_of(body, listed)
    except UNDECODABLE:
        return b"{}"
    page: dict[str, Any] = {listed: [_collected(bytes(row), view, names) for row in rows]}
    return msgspec.json.encode(page | ({} if is_last_page(body) else {NEXT_LINKS[0]: "redacted"}))


def redacted_export(body: bytes, view: type[View], names: Pseudonyms) -> bytes:
    """Return an exported file without names, as an array of its rows."""
    return msgspec.json.encode([_redacted(row, view, names) for row in decode_export(body)])


def redacted_attestation(body: bytes, names: Pseudonyms) -> bytes:
    """Return retention_policies.yaml without names; what is written as JSON is YAML as well."""
    attested = attested_policies(body)
    policies = [_redacted(row, AuditRetentionPolicy, names) for row in attested.rows]
    return msgspec.json.encode(
        {
            "version": 1,
            "tenant": attested.tenant_id,
            "by": names.of(attested.by),
            "when": attested.when.isoformat(),
            "where": "redacted",
            "policies": [
                {
                    "name": policy["Name"],
                    "priority": policy["Priority"],
                    "duration": policy["RetentionDuration"],
                    "record_types": policy["RecordTypes"],
                    "operations": policy["Operations"],
                    "users": policy["UserIds"],
                    "in_force": policy["Enabled"],
                }
                for policy in policies
            ],
        }
    )


def _collected(raw: bytes, view: type[View], names: Pseudonyms) -> object:
    """Return a row of an answer without names; one that could not be read is not read now either."""
    try:
        row = msgspec.json.decode(raw)
    except UNDECODABLE:
        return NO_ROW
    redacted = _redacted(row, view, names)
    return redacted if _reads(raw, view) or not _reads(msgspec.json.encode(redacted), view) else NO_ROW


def _reads(raw: bytes, view: type[View]) -> bool:
    try:
        msgspec.json.decode(raw, type=view)
    except UNDECODABLE:
        return False
    return True


def _redacted(row: object, view: type[View], names: Pseudonyms) -> Any:
    return _object(row, view, names) if isinstance(row, dict) else NO_ROW


@cache
def _properties(view: type[View]) -> tuple[tuple[str, Any], ...]:
    hints = typing.get_type_hints(view)
    fields = zip(view.__struct_fields__, view.__struct_encode_fields__, strict=True)
    return tuple((encoded, hints[field]) for field, encoded in fields)


def _object(row: dict[str, Any], view: type[View], names: Pseudonyms) -> dict[str, Any]:
    return {name: _value(row[name], kind, name, row, names) for name, kind in _properties(view) if name in row}


def _value(value: object, kind: Any, name: str, row: Row, names: Pseudonyms) -> object:
    """Return a property's value without names; what is of no documented type keeps its own, and nothing else."""
    match value:
        case None | bool():
            return value
        case int() | float():
            return value if _is_one_of(kind, int, float, dt.datetime) else type(value)(0)
        case str():
            return _text(value, kind, name, row, names)
        case list():
            member = _member(kind)
            return [_value(one, member, name, row, names) for one in value]
        case dict():
            view = next((one for one in _choices(kind) if isinstance(one, type) and issubclass(one, View)), None)
            return {} if view is None else _object(value, view, names)
        case _:
            return NO_ROW


def _text(text: str, kind: Any, name: str, row: Row, names: Pseudonyms) -> str:
    if _is_one_of(kind, dt.datetime) and _is_date(text):
        return text
    return text if is_kept(name, text, row) else names.of(text)


def _is_date(text: str) -> bool:
    try:
        msgspec.convert(text, type=dt.datetime, strict=True)
    except msgspec.ValidationError:
        return False
    return True


def _choices(kind: Any) -> tuple[Any, ...]:
    return typing.get_args(kind) if isinstance(kind, types.UnionType) else (kind,)


def _is_one_of(kind: Any, *types_: type) -> bool:
    return any(one is Any or one in types_ for one in _choices(kind))


def _member(kind: Any) -> Any:
    """Return the type of a list's members; of a list that should be none, that of nothing that is kept."""
    if kind is Any:
        return Any
    lists = [one for one in _choices(kind) if typing.get_origin(one) is tuple]
    return typing.get_args(lists[0])[0] if lists else type(None)
