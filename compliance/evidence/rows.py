"""From raw bodies to typed rows, each with the place where it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from compliance.errors import InputError
from compliance.evidence.attested import attested_policies
from compliance.evidence.bundle import frames_of
from compliance.evidence.datasets import Origin
from compliance.evidence.exports import decode_export
from compliance.evidence.frames import Frame
from compliance.evidence.manifest import DatasetEntry
from compliance.evidence.population import Malformed, Ref
from compliance.evidence.view import View
from compliance.evidence.views import ROWS

PAGE = "page"
ERROR = "error"
OBJECT = "object"
"""The shape of a page that is one object, not a list of them."""
DATA = "data"
"""The shape of a page that lists its rows under `data`, as Azure Resource Graph does, and not under `value`."""
VALUE = "value"
"""The name under which the other APIs list them."""
ABSENT = "absent"
"""The shape of the answer that what was asked for is not there: it holds no row."""
NEXT_LINKS = ("nextLink", "@odata.nextLink")
"""The names under which a page gives the address of the one after it."""
UNDECODABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What msgspec raises on a row that is not as documented, not UTF-8, or nested without end."""

_PAGE = msgspec.json.Decoder(dict[str, msgspec.Raw])
_RAW_ROWS = msgspec.json.Decoder(tuple[msgspec.Raw, ...])


def typed_rows(bundle: Path, entry: DatasetEntry) -> Iterator[tuple[View | Malformed, Ref]]:
    """Yield the rows of a dataset, in the order they were received.

    A row that does not have the documented form is yielded as `Malformed`, so that it is counted. Raises InputError
    where the evidence is damaged or holds another number of rows than the manifest says.
    """
    row_type = ROWS[entry.name]
    count = 0
    for frame in frames_of(bundle, entry):
        if frame.header.get("kind") not in (PAGE, ERROR):
            raise InputError(
                "a frame says neither that it is a page nor an error",
                where=f"{bundle} {entry.name}",
                next_step="The bundle was changed: restore it, or collect again.",
            )
        if frame.header["kind"] != PAGE:
            continue
        for pointer, row in _DECODERS[entry.origin](frame, row_type):
            yield row, Ref(entry.name, frame.digest, pointer)
            count += 1
    if count != entry.rows:
        raise InputError(
            f"manifest.json says {entry.rows} rows, the evidence holds {count}",
            where=f"{bundle} {entry.name}",
            next_step="The bundle was changed: restore it, or collect again.",
        )


def raw_rows_of(body: bytes, listed: str = VALUE) -> tuple[msgspec.Raw, ...]:
    """Return the undecoded rows of a page of an API, which it lists under a name.

    Raises msgspec.DecodeError where it is no such page.
    """
    page = _PAGE.decode(body)
    if listed not in page:
        raise msgspec.ValidationError(f"Object missing required field `{listed}`")
    return _RAW_ROWS.decode(page[listed])


def is_last_page(body: bytes) -> bool:
    """Say whether an answer of an API is a page after which none comes; one that cannot be read is not."""
    try:
        page = _PAGE.decode(body)
    except UNDECODABLE:
        return False
    return "value" in page and all(name not in page or bytes(page[name]) == b"null" for name in NEXT_LINKS)


def _collected_rows(frame: Frame, row_type: type[View]) -> Iterator[tuple[str, View | Malformed]]:
    if frame.header.get("shape") == OBJECT:
        yield "", _one(msgspec.json.Decoder(row_type).decode, frame.body)
        return
    if frame.header.get("shape") == ABSENT:
        return
    listed = DATA if frame.header.get("shape") == DATA else VALUE
    try:
        raw_rows = raw_rows_of(frame.body, listed)
    except UNDECODABLE as error:
        yield "/0", Malformed(f"not an answer of the API: {error}")
        return
    decoder = msgspec.json.Decoder(row_type)
    for index, raw in enumerate(raw_rows):
        yield f"/{listed}/{index}", _one(decoder.decode, raw)


def _exported_rows(frame: Frame, row_type: type[View]) -> Iterator[tuple[str, View | Malformed]]:
    for index, row in enumerate(decode_export(frame.body)):
        yield f"/{index}", _one(lambda value: msgspec.convert(value, type=row_type, strict=True), row)


def _attested_rows(frame: Frame, row_type: type[View]) -> Iterator[tuple[str, View | Malformed]]:
    for index, row in enumerate(attested_policies(frame.body).rows):
        yield f"/policies/{index}", _one(lambda value: msgspec.convert(value, type=row_type, strict=True), row)


_DECODERS: Mapping[Origin, Callable[[Frame, type[View]], Iterator[tuple[str, View | Malformed]]]] = {
    Origin.COLLECTED: _collected_rows,
    Origin.EXPORTED: _exported_rows,
    Origin.ATTESTED: _attested_rows,
}


def _one(decode: Callable[[Any], View], raw: Any) -> View | Malformed:
    try:
        return decode(raw)
    except UNDECODABLE as error:
        return Malformed(str(error))
