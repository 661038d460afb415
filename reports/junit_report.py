"""JUnit XML as Jenkins, GitLab and Azure DevOps read it: a suite for each group of controls, a test for each finding.

JUnit knows failures, errors and skipped tests. What could not be read is an error; what is under a waiver, waits for a
person, or asks nothing here is skipped, and its message begins with WAIVED, MANUAL or N/A. CI systems show what is
skipped as harmless: the properties of a suite count each sort by name. Whoever may see a job sees its tests, so that
objects of the tenant are named only where that is asked for.
Source: `junit-10.xsd` of the xunit plugin of Jenkins, the strictest in use: a test case has no properties. GitLab Docs,
"Unit test reports": of tests with the same name the first is kept; of a failure only the text is shown.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from compliance.assessment.assessed import Assessed
from compliance.assessment.assessment import Assessment, Finding
from reports.foreign import (
    SHORT,
    SIMULATED,
    asked_for_by,
    commands,
    control_id,
    details,
    in_numbers,
    named,
    plain,
    rests_on,
    waiver_id,
    who_accepted,
)
from reports.options import Options
from reports.outcome import Outcome, outcome_of
from reports.words import STATUS_WORDS

_SKIPPED = {Outcome.WAIVED: "WAIVED", Outcome.MANUAL: "MANUAL", Outcome.NOT_APPLICABLE: "N/A"}
_ERRORS = (Outcome.ERROR, Outcome.NOT_COLLECTED)


def junit_report(assessed: Assessed, options: Options) -> str:
    """Return a document of test suites, valid by Jenkins' schema; times are those of the assessment, in UTC."""
    assessment = assessed.assessment
    groups: dict[str, list[Finding]] = {}
    for finding in assessment.findings:
        groups.setdefault(finding.group, []).append(finding)
    root = Element("testsuites", {"name": assessment.tool.name, **_numbers(assessment.findings, skipped=False)})
    for group, findings in groups.items():
        _suite(root, group, findings, assessment, options)
    indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'


def _numbers(findings: Sequence[Finding], *, skipped: bool) -> dict[str, str]:
    """Return the numbers that a suite has to give; the outermost element knows none of skipped tests."""
    counted = Counter(map(outcome_of, findings))
    numbers = {
        "tests": len(findings),
        "failures": counted[Outcome.FAIL],
        "errors": sum(counted[outcome] for outcome in _ERRORS),
    }
    if skipped:
        numbers["skipped"] = sum(counted[outcome] for outcome in _SKIPPED)
    return {name: str(number) for name, number in numbers.items()}


def _suite(root: Element, group: str, findings: Sequence[Finding], assessment: Assessment, options: Options) -> None:
    title = plain(group, SHORT)
    when = f"{assessment.as_of.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%S}"
    numbers = _numbers(findings, skipped=True)
    suite = SubElement(root, "testsuite", {"name": title, **numbers, "time": "0", "timestamp": when})
    properties = SubElement(suite, "properties")
    for name, value in _properties(findings, assessment):
        SubElement(properties, "property", {"name": name, "value": plain(value, SHORT)})
    for finding in findings:
        name = f"{control_id(finding)} {plain(finding.title, SHORT)}"
        classname = f"{assessment.tool.name}.{title.replace(' ', '_')}"
        case = SubElement(suite, "testcase", {"classname": classname, "name": name, "time": "0"})
        _outcome(case, finding, options)


def _properties(findings: Sequence[Finding], assessment: Assessment) -> Iterator[tuple[str, str]]:
    yield "tenant_id", assessment.tenant.id
    yield "tool_version", assessment.tool.version
    yield "bundle_sha256", assessment.bundle_sha256
    yield "standards", ", ".join(standard.id for standard in assessment.standards)
    if assessment.simulated:
        yield "simulated", SIMULATED
    counted = Counter(map(outcome_of, findings))
    for outcome in Outcome:
        yield outcome.value, str(counted[outcome])


def _outcome(case: Element, finding: Finding, options: Options) -> None:
    """Add what a test came to: its message in the attribute, and the same and more in the text, which GitLab shows."""
    outcome = outcome_of(finding)
    sentence = plain(finding.condition) if options.show_objects else in_numbers(finding)
    match outcome:
        case Outcome.PASS:
            SubElement(case, "system-out").text = "\n".join([sentence, *_more(finding, options)])
            return
        case Outcome.FAIL:
            element = SubElement(case, "failure", {"type": finding.severity.value, "message": sentence})
        case Outcome.ERROR | Outcome.NOT_COLLECTED:
            element = SubElement(case, "error", {"type": outcome.value, "message": sentence})
        case Outcome.WAIVED:
            names = ", ".join(map(waiver_id, finding.waivers))
            accepted = f"{_SKIPPED[outcome]} {STATUS_WORDS[finding.status]}, {names}: {sentence}"
            element = SubElement(case, "skipped", {"message": accepted})
        case Outcome.MANUAL | Outcome.NOT_APPLICABLE:
            element = SubElement(case, "skipped", {"message": f"{_SKIPPED[outcome]}: {sentence}"})
    element.text = "\n".join([element.attrib["message"], *_more(finding, options)])


def _more(finding: Finding, options: Options) -> Iterator[str]:
    if clause := asked_for_by(finding):
        yield f"asked for by: {clause}"
    if options.show_objects:
        yield from details(finding)
        yield from named(finding)
        yield f"rests on: {rests_on(finding)}"
        if finding.settle is not None:
            yield f"to settle: {plain(finding.settle)}"
    for waiver in finding.waivers:
        yield f"waiver: {who_accepted(waiver) if options.show_objects else waiver_id(waiver)}"
    yield from commands(finding)
    yield f"uid: {plain(finding.uid, SHORT)}"
