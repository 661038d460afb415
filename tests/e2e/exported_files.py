"""What an administrator hands over: the files of a tenant's data in the shapes that consoles and PowerShell write."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from compliance.evidence.azure_views import AZURE_ROWS
from compliance.evidence.bundle import frames_of, open_bundle
from compliance.evidence.datasets import DATASETS, Api, State
from compliance.evidence.manifest import DatasetEntry
from compliance.evidence.parents import MAY_BE_EMPTY, PARENT_OF, named_parents
from compliance.evidence.rows import ABSENT, DATA, OBJECT, PAGE
from compliance.evidence.view import View
from compliance.rules.record_types import RECORD_TYPES

MAILBOX_NUMBERS = {"UserMailbox": 1, "LinkedMailbox": 2, "SharedMailbox": 4, "RoomMailbox": 16, "EquipmentMailbox": 32}
Row = dict[str, Any]
Rows = dict[str, list[Row]]
ENDPOINTS = {
    Api.GRAPH: "graph",
    Api.EXCHANGE: "exchange_online",
    Api.PURVIEW: "security_compliance",
    Api.ARM: "azure_resource_manager",
}


def rows_of(bundle: Path) -> Rows:
    """The rows of what was read whole, by the file that an administrator would export them to; the rest has no file."""
    opened = open_bundle(bundle)
    return {
        DATASETS[entry.name].export_file: [_without_annotations(row) for row in _rows(bundle, entry)]
        for entry in opened.manifest.datasets
        if entry.state is State.COMPLETE
    }


def _rows(bundle: Path, entry: DatasetEntry) -> Iterator[Row]:
    for frame in frames_of(bundle, entry):
        if frame.header["kind"] == PAGE:
            answer = json.loads(frame.body)
            match frame.header.get("shape"):
                case shape if shape == OBJECT:
                    yield answer
                case shape if shape == DATA:
                    yield from answer["data"]
                case shape if shape != ABSENT:
                    yield from answer["value"]


def _without_annotations(row: Row) -> Row:
    """A row as a cmdlet outputs it, without what the admin API tells beside its properties."""
    return {key: value for key, value in row.items() if "@" not in key or key.startswith("@")}


def asked_in(rows: Mapping[str, list[Row]]) -> dict[str, list[str]]:
    """What an administrator asks for the files whose rows cannot tell it: all that the rows of the others name."""

    def read(name: str) -> Iterator[View]:
        for row in rows.get(DATASETS[name].export_file, ()):
            with contextlib.suppress(msgspec.ValidationError, UnicodeEncodeError):
                yield msgspec.convert(row, type=AZURE_ROWS[name])

    parents = named_parents(read)
    return {DATASETS[name].export_file: list(parents[PARENT_OF[name]]) for name in MAY_BE_EMPTY}


def array(rows: list[Row]) -> bytes:
    return json.dumps(rows).encode()


def envelope(rows: list[Row]) -> bytes:
    return json.dumps({"@odata.context": "https://graph.microsoft.com/v1.0/$metadata", "value": rows}).encode()


def one_object(rows: list[Row]) -> bytes:
    """ConvertTo-Json of a single object writes no array."""
    return json.dumps(rows[0] if len(rows) == 1 else rows, indent=4).encode()


def utf_8_with_mark(rows: list[Row]) -> bytes:
    return b"\xef\xbb\xbf" + json.dumps(rows, ensure_ascii=False).encode()


def utf_16_with_mark(rows: list[Row]) -> bytes:
    """What `>` writes in Windows PowerShell."""
    return json.dumps(rows, indent=4).replace("\n", "\r\n").encode("utf-16")


def windows_powershell(rows: list[Row]) -> bytes:
    """ConvertTo-Json of Windows PowerShell 5.1: dates as numbers, enumerations as numbers, wrapped arrays."""
    return b"\xff\xfe" + json.dumps([_as_powershell(row) for row in rows]).encode("utf-16-le")


def _as_powershell(row: Row) -> Row:
    changed = {key: _powershell_value(value) for key, value in row.items()}
    if row.get("RecipientTypeDetails") in MAILBOX_NUMBERS:
        changed["RecipientTypeDetails"] = MAILBOX_NUMBERS[row["RecipientTypeDetails"]]
    if isinstance(row.get("RecordTypes"), list):
        numbers = [RECORD_TYPES[name].number for name in row["RecordTypes"]]
        changed["RecordTypes"] = {"value": numbers, "Count": len(numbers)}
    return changed


def _powershell_value(value: Any) -> Any:
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+(Z|\+00:00)", value):
        moment = datetime.fromisoformat(value)
        return f"/Date({round((moment - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() * 1000)})/"
    return value


SHAPES: tuple[Callable[[list[Row]], bytes], ...] = (
    array,
    envelope,
    one_object,
    utf_8_with_mark,
    utf_16_with_mark,
    windows_powershell,
)


def write_exports(
    directory: Path,
    rows: Mapping[str, list[Row]],
    *,
    shape: Callable[[list[Row]], bytes] = array,
    when: str = "2026-11-16T08:00:00Z",
    endpoints: Mapping[str, str] | None = None,
    without_provenance: Iterable[str] = (),
) -> Path:
    """Write the files, and a provenance.yaml that is complete but for the files left out of it."""
    directory.mkdir(exist_ok=True)
    asked = asked_in(rows)
    entries: dict[str, dict[str, Any]] = {}
    specs = {spec.export_file: spec for spec in DATASETS.values()}
    for name, contents in rows.items():
        (directory / name).write_bytes(shape(contents))
        if name in without_provenance:
            continue
        entries[name] = {
            "by": "admin@workedexamples.example",
            "when": when,
            "command": specs[name].request,
            "endpoint": (endpoints or {}).get(name, ENDPOINTS[specs[name].api]),
            "rows": len(contents),
        }
        if specs[name].name in MAY_BE_EMPTY:
            entries[name]["asked"] = asked[name]
    if entries:  # JSON is YAML
        (directory / "provenance.yaml").write_text(json.dumps({"version": 1, "files": entries}, indent=2))
    return directory
