"""JUnit for CI systems: what they show, and what they would drop or hide."""

from __future__ import annotations

from xml.etree.ElementTree import Element, fromstring

import msgspec
import pytest
from made_assessments import NASTY_NAMES, finding, ordinary, rendered, waiver, with_name

from compliance.assessment.assessment import Assessment, Finding
from compliance.assessment.verdict import Severity, Status
from compliance.evidence.unread import Kind
from reports import Options

NAMING = Options(show_objects=True)


def root_of(assessment: Assessment, options: Options | None = None) -> Element:
    return fromstring(rendered("junit", assessment, options).encode())


def case_of(one: Finding, options: Options | None = None) -> Element:
    case = root_of(ordinary(findings=(one,)), options).find(".//testcase")
    assert case is not None
    return case


def test_a_failure_tells_its_message_in_the_text_too_with_what_to_do() -> None:
    failed = finding("AUD-01", Status.FAIL, condition="ingestion is off", recommendation=("Set-It -On $true",))

    (failure,) = case_of(failed, NAMING)

    assert failure.tag == "failure"
    assert failure.attrib == {"type": "high", "message": "ingestion is off"}
    assert failure.text is not None
    assert failure.text.startswith("ingestion is off\n")
    assert "\nSet-It -On $true\n" in failure.text


@pytest.mark.parametrize(
    ("kind", "tag", "word"),
    [
        (Kind.DENIED, "error", "not_collected"),
        (Kind.UNPROVEN, "error", "not_collected"),
        (Kind.FAILED, "error", "error"),
        (Kind.INTERNAL_ERROR, "error", "error"),
        (Kind.NEEDS_ATTESTATION, "skipped", "MANUAL:"),
    ],
)
def test_what_is_undecided_is_an_error_unless_it_waits_for_a_person(kind: Kind, tag: str, word: str) -> None:
    (element,) = case_of(finding("AUD-01", Status.INDETERMINATE, kind=kind))

    assert element.tag == tag
    assert word in (element.attrib.get("type", ""), element.attrib["message"].split(" ")[0])


def test_a_waived_failure_is_skipped_says_by_which_waiver_and_is_counted_by_its_suite() -> None:
    accepted = finding("AUD-01", Status.FAIL, waivers=(waiver("WVR-2026-014"),), left_open=Status.PASS)
    root = root_of(ordinary(findings=(accepted, finding("AUD-02", Status.PASS))))

    (skipped,) = root.findall(".//skipped")
    numbers = {one.attrib["name"]: one.attrib["value"] for one in root.iter("property")}
    assert skipped.attrib["message"].startswith("WAIVED fail, WVR-2026-014 until 2027-03-31")
    assert numbers["waived"] == "1"
    assert numbers["pass"] == "1"
    assert numbers["fail"] == "0"


def test_what_a_waiver_covers_in_part_fails() -> None:
    (element,) = case_of(finding("AUD-01", Status.FAIL, waivers=(waiver("WVR-1"),)))

    assert element.tag == "failure"
    assert "waiver: WVR-1 until 2027-03-31" in (element.text or "")


def test_there_is_a_suite_for_each_group_and_its_numbers_are_its_own() -> None:
    findings = (
        finding("AUD-01", Status.FAIL, group="audit logging"),
        finding("RET-01", Status.PASS, group="retention"),
        finding("AUD-02", Status.PASS, group="audit logging"),
    )

    suites = {one.attrib["name"]: one.attrib for one in root_of(ordinary(findings=findings))}

    assert {name: (one["tests"], one["failures"]) for name, one in suites.items()} == {
        "audit logging": ("2", "1"),
        "retention": ("1", "0"),
    }
    assert {one["timestamp"] for one in suites.values()} == {"2026-10-05T09:00:00"}


def test_objects_are_named_only_where_that_is_asked_for() -> None:
    assessment = with_name("secret-name")
    findings = tuple(
        msgspec.structs.replace(one, title="ours", criteria=None, waivers=()) for one in assessment.findings
    )
    assessment = ordinary(findings=findings)

    assert "secret-name" not in rendered("junit", assessment)
    assert "secret-name" in rendered("junit", assessment, NAMING)


@pytest.mark.parametrize("name", [*NASTY_NAMES, "\x00\x0b\ufffe\uffff", "]]></failure>"])
def test_hostile_names_leave_it_well_formed_and_show_no_control_character(name: str) -> None:
    texts = [*root_of(with_name(name), NAMING).itertext()]
    texts += [value for one in root_of(with_name(name), NAMING).iter() for value in one.attrib.values()]

    assert not [text for text in texts if any(ord(char) < 32 and char != "\n" for char in text)]
    assert max(map(len, texts)) < 60_000


def test_a_slight_failure_still_fails() -> None:
    (element,) = case_of(finding("AUD-01", Status.FAIL, severity=Severity.LOW))

    assert element.tag == "failure"
    assert element.attrib["type"] == "low"
