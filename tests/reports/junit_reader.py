"""Reads JUnit XML as CI systems do: by the element inside a test, and by the first word of why it was skipped."""

from __future__ import annotations

from collections import Counter
from xml.etree.ElementTree import Element, fromstring

from said import Said

from compliance.assessment.verdict import Status

_ELEMENTS = ("failure", "error", "skipped")
_SKIPPED = {"MANUAL:": Said(Status.INDETERMINATE), "N/A:": Said(Status.NOT_APPLICABLE)}
_WAIVED = {"fail,": Said(Status.FAIL, waived=True), "indeterminate,": Said(Status.INDETERMINATE, waived=True)}


def read_junit(document: str) -> dict[str, Said]:
    """Return every test; raises AssertionError where numbers disagree with tests, or GitLab would drop one."""
    root = fromstring(document.encode())
    said: dict[str, Said] = {}
    names: set[tuple[str, str]] = set()
    for suite in root:
        cases = suite.findall("testcase")
        _numbers_agree(suite, cases)
        for case in cases:
            name = (case.attrib["classname"], case.attrib["name"])
            assert name not in names, "GitLab drops the second of two tests with the same name"
            names.add(name)
            control = case.attrib["name"].partition(" ")[0]
            assert control not in said
            said[control] = _said(case)
    _numbers_agree(root, root.findall(".//testcase"))
    return said


def _numbers_agree(suite: Element, cases: list[Element]) -> None:
    counted = Counter(child.tag for case in cases for child in case if child.tag in _ELEMENTS)
    assert int(suite.attrib["tests"]) == len(cases)
    assert int(suite.attrib["failures"]) == counted["failure"]
    assert int(suite.attrib["errors"]) == counted["error"]
    assert int(suite.attrib.get("skipped", counted["skipped"])) == counted["skipped"]


def _said(case: Element) -> Said:
    outcomes = [child for child in case if child.tag in _ELEMENTS]
    if not outcomes:
        return Said(Status.PASS)
    (outcome,) = outcomes
    message = outcome.attrib["message"]
    assert (outcome.text or "").startswith(message), "GitLab shows the text, not the message"
    if outcome.tag != "skipped":
        return Said(Status.FAIL if outcome.tag == "failure" else Status.INDETERMINATE)
    first, second, *_ = message.split(" ")
    return _WAIVED[second] if first == "WAIVED" else _SKIPPED[first]
