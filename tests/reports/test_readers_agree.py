"""What SARIF, JUnit, OSCAL, OCSF and HDF say, read back as their consumers read them, is what was judged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

import msgspec
import pytest
from hdf_reader import read_hdf
from hypothesis import given, settings
from hypothesis import strategies as st
from junit_reader import read_junit
from made_assessments import AS_OF, finding, ordinary, rendered, waiver, with_name
from ocsf_reader import read_ocsf
from oscal_reader import read_plan_of_action, read_results
from said import Said, as_judged, failing, statuses
from sarif_reader import counts, read_sarif

from compliance.assessment.assessed import Assessed
from compliance.assessment.assessment import Assessment, Finding
from compliance.assessment.changes import FindingState
from compliance.assessment.verdict import Severity, Status
from compliance.evidence.unread import Kind
from reports import Options
from reports.outcome import Outcome, outcome_of

AssessedOf = Callable[..., Assessed]

READERS: Mapping[str, Callable[[str], Mapping[str, Said]]] = {
    "junit": read_junit,
    "ocsf": read_ocsf,
    "hdf": read_hdf,
    "oscal-ar": read_results,
}
"""The formats that tell of every control. SARIF tells of unwaived failures, and of those that were lost sight of."""
COUNTING = Options(location="config.yaml")
NAMING = Options(location="config.yaml", show_objects=True)
OPEN = (Status.FAIL, Status.INDETERMINATE)

every_format = pytest.mark.parametrize("report", READERS)


def waived(one: Finding) -> Finding:
    """The finding, wholly accepted by a waiver."""
    return msgspec.structs.replace(one, waivers=(waiver("WVR-1"),), left_open=Status.PASS)


def of_all_sorts() -> Assessment:
    """An assessment with every status and kind, under two standards and none: open, waived in part, and waived."""
    kinds = [(status, None) for status in Status if status is not Status.INDETERMINATE]
    kinds += [(Status.INDETERMINATE, kind) for kind in Kind]
    findings: list[Finding] = []
    for number, (status, kind) in enumerate(kinds):
        for standard in (None, "m-21-31", "m-26-14"):
            uid = f"uid-{number}-{standard}"
            base = finding(f"MIX-{number:02}", status, kind=kind, standard=standard, uid=uid)
            findings.append(base)
            if status in OPEN:
                other = msgspec.structs.replace(base, check=f"WVD-{number:02}", uid=f"{uid}-waived")
                findings.append(waived(other))
                partly = msgspec.structs.replace(base, check=f"PRT-{number:02}", uid=f"{uid}-partly")
                findings.append(msgspec.structs.replace(partly, waivers=(waiver("WVR-2"),)))
    return ordinary(findings=tuple(findings))


def agree(report: str, assessment: Assessment) -> None:
    """Hold one format against the assessment, with and without names of objects where it can do without them."""
    judged = as_judged(assessment)
    assert len(judged) == len(assessment.findings)
    for options in (COUNTING, NAMING) if report == "junit" else (COUNTING,):
        said = READERS[report](rendered(report, assessment, options))
        assert statuses(said) == Counter(one.status for one in assessment.findings)
        assert failing(said) == failing(judged)
        assert said == judged


def sarif_agrees(assessment: Assessment) -> None:
    """Hold SARIF against the assessment: unwaived failures, what failed and is undecided, numbers of all outcomes."""
    judged = as_judged(assessment)
    failed_before = {name for name, one in zip(judged, assessment.findings, strict=True) if one.last_failed is not None}
    for options in (COUNTING, NAMING):
        document = rendered("sarif", assessment, options)
        assert read_sarif(document) == {
            name: one
            for name, one in judged.items()
            if not one.waived
            and (one.status is Status.FAIL or (one.status is Status.INDETERMINATE and name in failed_before))
        }
        counted = Counter(outcome_of(one).value for one in assessment.findings)
        assert counts(document) == {outcome.value: counted[outcome.value] for outcome in Outcome}


@pytest.mark.parametrize("scenario", ["agency", "compliant", "everything-kept", "everything-denied"])
def test_formats_agree_with_the_verdicts_on_a_simulated_tenant(assessed_of: AssessedOf, scenario: str) -> None:
    assessment = assessed_of(scenario, "m-21-31", "m-26-14").assessment

    for report in READERS:
        agree(report, assessment)
    sarif_agrees(assessment)


def test_formats_agree_where_every_third_open_finding_is_waived(assessed_of: AssessedOf) -> None:
    assessment = assessed_of("agency", "m-21-31", "m-26-14").assessment
    findings = tuple(
        waived(one) if number % 3 == 0 and one.status in OPEN else one for number, one in enumerate(assessment.findings)
    )
    some_waived = msgspec.structs.replace(assessment, findings=findings)
    assert {True, False} == {one.waived for one in as_judged(some_waived).values() if one.status is Status.FAIL}

    for report in READERS:
        agree(report, some_waived)
    sarif_agrees(some_waived)


@pytest.mark.parametrize("report", [name for name in READERS if name != "oscal-ar"])
def test_formats_agree_where_nothing_was_judged(report: str) -> None:
    agree(report, ordinary(findings=()))
    sarif_agrees(ordinary(findings=()))


@pytest.mark.parametrize("made", [ordinary, of_all_sorts])
def test_the_plan_of_action_names_whatever_is_open_and_nothing_else(made: Callable[[], Assessment]) -> None:
    open_ones = {name: one for name, one in as_judged(made()).items() if one.status in OPEN}

    assert read_plan_of_action(rendered("oscal-poam", made())) == open_ones


@every_format
@pytest.mark.parametrize("made", [ordinary, of_all_sorts])
def test_formats_agree_on_every_status_kind_and_waiver(report: str, made: Callable[[], Assessment]) -> None:
    agree(report, made())
    sarif_agrees(made())


@pytest.mark.parametrize("name", ["WAIVED fail, MANUAL: N/A: pass", "]]></failure><x>", "two\nlines", "{0} [a](1)"])
def test_names_of_a_tenant_cannot_change_what_formats_say(name: str) -> None:
    for report in READERS:
        agree(report, with_name(name))
    sarif_agrees(with_name(name))


@st.composite
def made_findings(draw: st.DrawFn) -> tuple[Finding, ...]:
    """Findings of any status, kind, severity and state, waived wholly, in part or not, in anybody's words."""
    words = st.text(max_size=40)
    keys = draw(
        st.lists(
            st.tuples(st.sampled_from([f"CHK-{number}" for number in range(6)]), st.sampled_from([None, "a", "b"])),
            unique=True,
            min_size=1,
            max_size=8,
        )
    )
    found: list[Finding] = []
    for check, standard in keys:
        status = draw(st.sampled_from(list(Status)))
        one = finding(
            check,
            status,
            standard=standard,
            uid=f"uid-{check}-{standard}",
            kind=draw(st.sampled_from(list(Kind))) if status is Status.INDETERMINATE else None,
            severity=draw(st.sampled_from(list(Severity))),
            group=draw(words),
            title=draw(words.filter(bool)),
            condition=draw(words),
            cause=draw(words),
            state=draw(st.sampled_from([None, *FindingState])),
            last_failed=draw(st.sampled_from([None, AS_OF])),
        )
        if status in OPEN and draw(st.booleans()):
            left = draw(st.sampled_from([Status.PASS, Status.NOT_APPLICABLE, status]))
            one = msgspec.structs.replace(one, waivers=(waiver(draw(words)),), left_open=left)
        found.append(one)
    return tuple(found)


@settings(max_examples=40, deadline=None)
@given(made_findings())
def test_formats_agree_whatever_is_found(findings: tuple[Finding, ...]) -> None:
    assessment = ordinary(findings=findings)

    for report in READERS:
        agree(report, assessment)
    sarif_agrees(assessment)
