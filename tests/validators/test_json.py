"""JSON: the assessment and its stream, by check-jsonschema and the schemas that `lookback schema` prints."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from toolbox import LOCATION, Complaints, Validator, by_json_schema, replacing

from compliance.cli.schema import schemas
from reports import Options


def by_schema(paths: Sequence[Path]) -> Complaints:
    """Validate documents."""
    return by_json_schema(_written(paths[0].with_name("assessment.schema.json"), schemas()["assessment"]()))(paths)


def by_schema_of_lines(paths: Sequence[Path]) -> Complaints:
    """Validate every line of streams, the first of which has to be the assessment and no other."""
    schema = schemas()["objects"]()
    line = {key: schema.pop(key) for key in ("anyOf", "discriminator")}
    lines = _written(paths[0].with_name("lines.schema.json"), {**schema, "type": "array", "items": line})
    wrong: dict[Path, str] = {}
    arrays: dict[Path, Path] = {}
    for path in paths:
        texts = path.read_text(encoding="utf-8").removesuffix("\n").split("\n")
        array = path.with_suffix(".array.json")
        array.write_text(f"[{','.join(texts)}]", encoding="utf-8")
        arrays[array] = path
        if [number for number, text in enumerate(texts) if '"type":"assessment"' in text] != [0]:
            wrong[path] = "the assessment is not the first line alone"
    return wrong | {arrays[array]: complaint for array, complaint in by_json_schema(lines)(tuple(arrays)).items()}


def _written(file: Path, schema: Mapping[str, Any]) -> Path:
    file.write_text(json.dumps(schema), encoding="utf-8")
    return file


VALIDATORS = (
    Validator(
        format="json",
        name="check-jsonschema, the assessment",
        judge=by_schema,
        broken={
            "a status that there is not": replacing('"status": "fail"', '"status": "waived"'),
            "a key that nobody knows": replacing('"complete": false', '"completed": false'),
            "no tenant": replacing('"tenant": {', '"tenants": {'),
            "a number in words": replacing('"affected_count": 7', '"affected_count": "7"'),
            "JSON that does not end": lambda document: document.rstrip()[:-1],
        },
        options=Options(location=LOCATION),
    ),
    Validator(
        format="json",
        name="check-jsonschema, the stream of all objects",
        judge=by_schema_of_lines,
        broken={
            "an object of no finding": replacing('"finding":"uid-AUD-04"', '"finding":null'),
            "a line of no type": replacing('"type":"object"', '"type":"thing"'),
            "an object without its check": replacing('{"check":"AUD-04",', "{"),
            "no assessment at all": lambda document: document.partition(b"\n")[2],
            "a status that there is not": replacing('"status":"fail"', '"status":"waived"'),
        },
        options=Options(location=LOCATION, all_objects=True),
    ),
)
