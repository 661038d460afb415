"""Judges OCSF events, one to a line, by a version's schema: `by_ocsf.py VERSION DOCUMENT...`; prints what is wrong.

The schema is that of the class and the profiles which the event itself names.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import jsonschema
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema


class Schemas:
    """The schemas of one version, each made once."""

    def __init__(self, version: str) -> None:
        self._all = OcsfJsonSchemaEmbedded(get_ocsf_schema(version=version))
        self._made: dict[tuple[int, tuple[str, ...]], jsonschema.Draft202012Validator] = {}

    def wrong_with(self, event: dict[str, Any]) -> str | None:
        key = (event["class_uid"], tuple(event["metadata"]["profiles"]))
        if key not in self._made:
            name = self._all.lookup_class_name_from_uid(key[0])
            self._made[key] = jsonschema.Draft202012Validator(self._all.get_class_schema(name, list(key[1])))
        error = jsonschema.exceptions.best_match(self._made[key].iter_errors(event))
        return None if error is None else f"{error.json_path}: {error.message[:500]}"


def wrong_with(schemas: Schemas, path: Path) -> str | None:
    lines = path.read_text(encoding="utf-8").split("\n")
    if lines[-1]:
        return "the last line does not end"
    for number, line in enumerate(lines[:-1], start=1):
        try:
            event = json.loads(line)
        except json.JSONDecodeError as error:
            return f"line {number}: {error}"
        wrong = schemas.wrong_with(event)
        if wrong is not None:
            return f"line {number}: {wrong}"
    return None


def main(version: str, *paths: str) -> None:
    schemas = Schemas(version)
    judged = {path: wrong_with(schemas, Path(path)) for path in paths}
    print(json.dumps({path: wrong for path, wrong in judged.items() if wrong is not None}))


if __name__ == "__main__":
    main(*sys.argv[1:])
