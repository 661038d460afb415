"""The document's schema is versioned: within a major version what was valid stays valid, and no change goes unsaid.

Every released version has its schema in `schemas/`. That of a version that is not released yet is written anew with
LOOKBACK_REWRITE_EXPECTED=1, and so is a version's first.
"""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema_rs
import msgspec
import pytest
from additive import narrowed, without_words
from made_assessments import ordinary, rendered

from compliance.assessment.assessed import Assessed
from compliance.assessment.assessment import SCHEMA, SCHEMA_VERSION, Assessment
from compliance.assessment.document import encode
from reports import Options, render
from reports.json_report import assessment_schema

SCHEMAS = Path(__file__).with_name("schemas")
SNAPSHOTS = sorted(SCHEMAS.glob("assessment-*.json"))
THIS = SCHEMAS / f"assessment-{SCHEMA_VERSION.rpartition('.')[0]}.json"
RELEASED = ("1.0",)

Change = Callable[[dict[str, Any]], object]


def snapshot(path: Path) -> dict[str, Any]:
    """A schema as it was released."""
    schema: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return schema


def test_the_schema_is_that_of_its_version() -> None:
    if os.environ.get("LOOKBACK_REWRITE_EXPECTED") and SCHEMA_VERSION.rpartition(".")[0] not in RELEASED:
        THIS.write_text(json.dumps(assessment_schema(), indent=2, sort_keys=True) + "\n", encoding="utf-8")
    assert without_words(json.loads(json.dumps(assessment_schema()))) == without_words(snapshot(THIS)), (
        "the document changed: give compliance/assessment/assessment.py a new SCHEMA_VERSION"
    )


@pytest.mark.parametrize("path", SNAPSHOTS, ids=lambda path: path.stem)
def test_whatever_was_valid_is_valid(path: Path) -> None:
    assert path.stem.removeprefix("assessment-").startswith(f"{SCHEMA.rpartition('/')[2]}.")
    assert narrowed(snapshot(path), assessment_schema()) == []


def test_there_is_a_snapshot_of_every_released_version_and_of_this_one() -> None:
    assert {path.stem.removeprefix("assessment-") for path in SNAPSHOTS} == {
        *RELEASED,
        SCHEMA_VERSION.rpartition(".")[0],
    }


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda defs: defs["Finding"]["properties"].pop("cause"), "/findings[]/cause: is gone"),
        (lambda defs: defs["Finding"]["required"].append("state"), "/findings[]/state: is newly required"),
        (lambda defs: defs["Finding"]["properties"]["all_seen"].update(type="string"), "was boolean, is string"),
        (lambda defs: defs["Status"]["enum"].remove("not_applicable"), "'not_applicable' is gone"),
        (
            lambda defs: defs["Finding"]["properties"].update(kind={"$ref": "#/$defs/Kind"}),
            "null is no longer accepted",
        ),
        (lambda defs: defs["Scope"]["properties"]["tolerance_days"].update(maximum=30), "maximum is now 30"),
        (lambda defs: defs["Scope"]["properties"]["tolerance_days"].update(minimum=1), "minimum is now 1"),
        (lambda defs: defs["Finding"]["properties"]["title"].update(pattern="^A"), "pattern ^A is asked for"),
        (lambda defs: defs["Assessment"]["properties"]["notes"].update(items={"type": "integer"}), "was string"),
    ],
)
def test_a_schema_that_refuses_what_was_valid_is_found(change: Change, place: str) -> None:
    changed = copy.deepcopy(assessment_schema())
    change(changed["$defs"])
    assert any(place in each for each in narrowed(assessment_schema(), changed)), narrowed(assessment_schema(), changed)


ADDITIVE: dict[str, Change] = {
    "a property more": lambda defs: defs["Finding"]["properties"].update(more={"type": "string"}),
    "a value more": lambda defs: defs["Status"]["enum"].append("unheard_of"),
    "required no more": lambda defs: defs["Finding"]["required"].remove("cause"),
    "null as well": lambda defs: defs["Finding"]["properties"].update(
        title={"anyOf": [{"type": "string"}, {"type": "null"}]}
    ),
    "a wider bound": lambda defs: defs["Scope"]["properties"]["tolerance_days"].update(maximum=32),
    "other words": lambda defs: defs["Finding"].update(description="in other words"),
}


@pytest.mark.parametrize("change", ADDITIVE.values(), ids=ADDITIVE)
def test_a_schema_that_only_accepts_more_is_additive(change: Change) -> None:
    changed = copy.deepcopy(assessment_schema())
    change(changed["$defs"])
    assert narrowed(assessment_schema(), changed) == []


def test_a_document_of_an_earlier_version_is_read_with_what_it_could_not_say_left_open() -> None:
    raw = (SCHEMAS / "document-1.0.json").read_bytes()
    jsonschema_rs.validator_for(assessment_schema()).validate(json.loads(raw))
    read = msgspec.json.decode(raw, type=Assessment)
    assert read.schema_version == "1.0.0"
    assert (read.run, read.period, read.since) == (None, None, None)
    assert [one.uid for one in read.findings] == [one.uid for one in ordinary().findings]
    assert {one.state for one in read.findings} == {None}
    again = json.loads(encode(read))
    for key, value in json.loads(raw).items():
        if key not in ("findings", "waivers", "datasets", "sources", "totals"):
            assert again[key] == value, key


@pytest.mark.parametrize("report", ["csv", "csv-objects", "xlsx"])
def test_a_document_of_an_earlier_version_is_reported(report: str) -> None:
    read = msgspec.json.decode((SCHEMAS / "document-1.0.json").read_bytes(), type=Assessment)
    assert render(report, Assessed(read, {one.uid: one.samples for one in read.findings}), Options())


def test_a_scenario_follows_the_schema_and_names_its_version(assessed_of: Callable[..., Assessed]) -> None:
    document = json.loads(encode(assessed_of("agency", "m-21-31", "m-26-14").assessment))
    assert document["schema_version"] == SCHEMA_VERSION
    jsonschema_rs.validator_for(assessment_schema()).validate(document)
    assert json.loads(rendered("json", ordinary()))["schema"] == SCHEMA
