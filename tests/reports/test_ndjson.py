"""`--objects all`: the assessment on the first line, and every affected object on a line of its own."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

import jsonschema_rs
import msgspec
import pytest
from made_assessments import NASTY_NAMES, affected, finding, ordinary, rendered, with_name

from compliance.assessment.assessed import Assessed
from compliance.assessment.assessment import Assessment
from compliance.assessment.document import encode
from compliance.assessment.verdict import Status
from compliance.cli.main import main
from reports import Options, render
from reports.json_report import AssessmentLine, ObjectLine

ALL = Options(all_objects=True)


def lines_of(text: str | bytes) -> list[dict[str, Any]]:
    """The lines, decoded; every one ends in a line feed."""
    assert isinstance(text, str)
    assert text.endswith("\n")
    return [json.loads(line) for line in text.removesuffix("\n").split("\n")]


def printed_schema(name: str, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """What `lookback schema` prints."""
    assert main(["schema", name]) == 0
    schema: dict[str, Any] = json.loads(capsys.readouterr().out)
    return schema


def test_the_first_line_is_the_assessment_and_each_other_an_object_of_a_finding() -> None:
    objects = [affected(f"mailbox-{number}", number, decided=number < 30) for number in range(50)]
    one = finding("AUD-04", Status.FAIL, standard="m-21-31", samples=tuple(objects[:20]))
    handed = Assessed(ordinary(findings=(one,)), {one.uid: objects})
    first, *others = lines_of(render("json", handed, ALL))
    assert first.pop("type") == "assessment"
    assert first == json.loads(encode(handed.assessment))
    assert [each["name"] for each in others] == [each.name for each in objects]
    assert {(each["type"], each["finding"], each["check"], each["standard"]) for each in others} == {
        ("object", one.uid, "AUD-04", "m-21-31")
    }
    assert Counter(each["decided"] for each in others) == {True: 30, False: 20}


def test_without_the_option_the_report_is_the_file_itself() -> None:
    assert rendered("json", ordinary()).encode() == encode(ordinary())


def test_every_line_follows_the_printed_schema_and_a_broken_one_does_not(capsys: pytest.CaptureFixture[str]) -> None:
    schema = printed_schema("objects", capsys)
    jsonschema_rs.meta.validate(schema)
    validator = jsonschema_rs.validator_for(schema)
    lines = lines_of(rendered("json", ordinary(), ALL))
    assert [line for line in lines if not validator.is_valid(line)] == []
    assert not validator.is_valid({**lines[1], "type": "assessment"})
    assert not validator.is_valid({**lines[1], "finding": None})
    assert not validator.is_valid({key: value for key, value in lines[1].items() if key != "check"})
    assert not validator.is_valid(json.loads(encode(ordinary())))


def test_a_line_is_read_back_by_its_type() -> None:
    read = [
        msgspec.json.decode(line, type=AssessmentLine | ObjectLine)
        for line in rendered("json", ordinary(), ALL).splitlines()
    ]
    assert [type(each) for each in read] == [AssessmentLine, *[ObjectLine] * (len(read) - 1)]


@pytest.mark.parametrize("name", NASTY_NAMES)
def test_a_name_never_breaks_a_line_and_is_as_it_was_read(name: str) -> None:
    lines = lines_of(rendered("json", with_name(name), ALL))
    as_written = name.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    assert len(lines) == 1 + sum(len(one.samples) for one in with_name(name).findings)
    assert {line["name"] for line in lines[1:]} == {as_written}


def test_half_of_a_surrogate_pair_leaves_a_document_that_is_valid_and_read_back() -> None:
    document = encode(with_name("lone \ud800 surrogate \udfff"))
    document.decode("utf-8")
    read = msgspec.json.decode(document, type=Assessment)
    assert read.tenant.name == "lone \ufffd surrogate \ufffd"
    whole = "\U0001f600 and \ufffd"
    assert msgspec.json.decode(encode(with_name(whole)), type=Assessment) == with_name(whole)


def test_a_scenario_has_a_line_for_every_object_of_its_result(assessed_of: Callable[..., Assessed]) -> None:
    judged = assessed_of("agency", "m-21-31", "m-26-14")
    _, *objects = lines_of(render("json", judged, ALL))
    assert Counter(each["finding"] for each in objects) == {
        uid: len(each) for uid, each in judged.affected.items() if each
    }
