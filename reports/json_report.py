"""The assessment itself in its one spelling, or a stream of it and all its objects, and the JSON Schema of each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from compliance.assessment.assessed import Assessed
from compliance.assessment.assessment import SCHEMA, SCHEMA_VERSION, AffectedEntry, Assessment
from compliance.assessment.document import encode, encode_line
from reports.options import Options

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


class AssessmentLine(Assessment, frozen=True, tag_field="type", tag="assessment"):
    """The first line of a stream: the assessment, which holds samples of its affected objects."""


class ObjectLine(AffectedEntry, frozen=True, tag_field="type", tag="object"):
    """Any other line of a stream: one affected object. `finding` is the uid of the finding that names it."""

    finding: str
    check: str
    standard: str | None


def json_report(assessed: Assessed, options: Options) -> str:
    """Return the text of `assessment.json`; or with `all_objects` NDJSON: the assessment, then a line for each object.

    A line says of which `type` it is, `assessment` or `object`. An object that several findings name has as many lines.
    """
    if options.all_objects:
        return b"".join(_lines(assessed)).decode()
    return encode(assessed.assessment).decode()


def _lines(assessed: Assessed) -> Iterator[bytes]:
    yield encode_line(AssessmentLine(**msgspec.structs.asdict(assessed.assessment)))
    for finding in assessed.assessment.findings:
        for one in assessed.affected[finding.uid]:
            named = msgspec.structs.asdict(one)
            yield encode_line(ObjectLine(finding=finding.uid, check=finding.check, standard=finding.standard, **named))


def assessment_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of `assessment.json`; each part is described by its type's docstring."""
    return _schema("Assessment of lookback", "", Assessment)


def objects_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a line of the stream with all objects."""
    return _schema("A line of an assessment of lookback with all its objects", ":objects", AssessmentLine | ObjectLine)


def _schema(title: str, part: str, described: Any) -> dict[str, Any]:
    return {
        "$schema": _DIALECT,
        "$id": f"urn:{SCHEMA.replace('/', ':')}{part}",
        "$comment": f"version {SCHEMA_VERSION}",
        "title": title,
        **msgspec.json.schema(described),
    }
