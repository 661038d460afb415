"""The JSON report: the assessment's one spelling, and the schema that it follows."""

from __future__ import annotations

import json
from typing import Any

import jsonschema_rs
import msgspec
import pytest
from made_assessments import ordinary, rendered

from compliance.assessment.assessment import Assessment
from compliance.assessment.document import encode
from compliance.errors import InputError
from reports import REPORTS, Options
from reports.json_report import assessment_schema


def document() -> dict[str, Any]:
    """The report, decoded."""
    decoded: dict[str, Any] = json.loads(rendered("json", ordinary(), Options()))
    return decoded


def test_the_report_is_the_very_text_of_the_assessments_file() -> None:
    text = rendered("json", ordinary(), Options(colour=True, ascii=True, width=72))
    assert text.encode() == encode(ordinary())
    assert text == json.dumps(json.loads(text), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def test_the_report_reads_back_as_the_same_assessment() -> None:
    assert msgspec.json.decode(rendered("json", ordinary(), Options()), type=Assessment) == ordinary()


def test_the_schema_accepts_a_real_assessment() -> None:
    jsonschema_rs.validator_for(assessment_schema()).validate(document())


def test_the_schema_is_itself_valid_and_names_itself() -> None:
    schema = assessment_schema()
    jsonschema_rs.meta.validate(schema)
    assert schema["$id"] == "urn:lookback:assessment:1"
    assert schema["title"]


def test_every_part_of_the_schema_is_described() -> None:
    undescribed = [name for name, one in assessment_schema()["$defs"].items() if not one.get("description")]
    assert undescribed == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("findings", 0, "status"), "waived"),
        (("findings", 0, "severity"), None),
        (("as_of",), 20261005),
        (("complete",), "no"),
        (("unknown",), 1),
    ],
)
def test_the_schema_refuses_what_is_no_assessment(path: tuple[str | int, ...], value: object) -> None:
    broken = document()
    place: Any = broken
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    validator = jsonschema_rs.validator_for(assessment_schema())
    assert not validator.is_valid(broken)


def test_an_absent_key_is_refused() -> None:
    broken = document()
    del broken["findings"][0]["left_open"]
    assert not jsonschema_rs.validator_for(assessment_schema()).is_valid(broken)


def test_an_unknown_format_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InputError, match="console, json"):
        rendered("pdf", ordinary(), Options())
    assert {"console", "json"} <= set(REPORTS)
