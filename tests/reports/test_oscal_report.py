"""OSCAL: what the documents say agrees with the assessment, and claims nothing that was not shown."""

from __future__ import annotations

import base64
import datetime as dt
import json
import re
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_assessments import NASTY_NAMES, affected, assessed, finding, ordinary, part, rendered, waiver, with_name
from oscal_reader import own, read_objectives, read_plan_of_action, read_results
from said import Said, as_judged, failing, statuses

from checks import all_checks
from compliance.assessment.assessed import Assessed
from compliance.assessment.assessment import Assessment, DatasetRow, MappingsEntry
from compliance.assessment.changes import FindingState, UnjudgedEntry
from compliance.assessment.verdict import Basis, Status
from compliance.errors import InputError
from compliance.evidence.unread import Kind
from reports import Options, render
from reports.oscal.controls import CONTROLS, catalogue_id
from reports.oscal.values import line, string
from reports.text import harmless

FORMATS = ("oscal-ar", "oscal-ap", "oscal-poam")
VERSIONS = ("1.2.3", "1.1.2")
OPEN = (Status.FAIL, Status.INDETERMINATE)
SCENARIOS = (("agency", "m-21-31", "m-26-14"), ("compliant", "m-26-14"), ("everything-kept", "m-21-31"))
UNMAPPED = MappingsEntry(nist_800_53=("XX-1", "nothing"), scuba=(), cis_m365=(), attack=())


def results(assessment: Assessment, options: Options | None = None) -> dict[str, Any]:
    """The one result of the assessment results."""
    (result,) = json.loads(rendered("oscal-ar", assessment, options))["assessment-results"]["results"]
    return dict(result)


def plan_of_action(assessment: Assessment, options: Options | None = None) -> dict[str, Any]:
    """The plan of action."""
    return dict(json.loads(rendered("oscal-poam", assessment, options))["plan-of-action-and-milestones"])


def only(*findings: Any) -> Assessment:
    """The ordinary assessment with other findings."""
    return ordinary(findings=findings)


def objectives_that_fail(assessment: Assessment) -> dict[str, set[str]]:
    """What the mappings of the failing findings ask for, worked out beside the reports."""
    expected: dict[str, set[str]] = {}
    for one in assessment.findings:
        for mapped in one.mappings.nist_800_53 if one.status is Status.FAIL else ():
            objective = f"{mapped.lower().replace('(', '.').replace(')', '')}_obj"
            expected.setdefault(objective, set()).add("/".join(filter(None, (one.check, one.standard))))
    return expected


def everything_agrees(judged: Assessed, version: str) -> None:
    """Every count and every failing control, in the results and in the plan of action."""
    options = Options(oscal_version=version)
    assessment = judged.assessment
    expected = as_judged(assessment)
    document = render("oscal-ar", judged, options)
    plan = render("oscal-poam", judged, options)
    assert isinstance(document, str)
    assert isinstance(plan, str)
    assert read_results(document) == expected
    assert statuses(read_results(document)) == statuses(expected)
    assert failing(read_results(document)) == failing(expected)
    assert read_plan_of_action(plan) == {name: one for name, one in expected.items() if one.status in OPEN}
    assert read_objectives(document) == read_objectives(plan) == objectives_that_fail(assessment)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one[0])
def test_a_reader_of_the_documents_finds_what_was_judged(
    assessed_of: Callable[..., Assessed], scenario: tuple[str, ...], version: str
) -> None:
    everything_agrees(assessed_of(*scenario), version)


@pytest.mark.parametrize("number", range(len(NASTY_NAMES)))
def test_a_reader_finds_it_whatever_the_names_are(number: int) -> None:
    everything_agrees(assessed(with_name(NASTY_NAMES[number])), VERSIONS[0])


@pytest.mark.parametrize("version", VERSIONS)
def test_a_reader_finds_every_status_and_kind(version: str) -> None:
    everything_agrees(assessed(ordinary()), version)


@pytest.mark.parametrize("report", FORMATS)
def test_documents_are_the_same_each_time_and_name_their_version(report: str) -> None:
    for version in VERSIONS:
        options = Options(oscal_version=version)
        document = rendered(report, ordinary(), options)
        assert document == rendered(report, ordinary(), options)
        ((root, body),) = json.loads(document).items()
        assert body["metadata"]["oscal-version"] == version
        assert root in ("assessment-results", "assessment-plan", "plan-of-action-and-milestones")


def test_no_objective_is_claimed_to_be_satisfied_even_where_every_check_passes() -> None:
    assessment = only(finding("RET-01", Status.PASS), finding("RET-02", Status.NOT_APPLICABLE))
    result = results(assessment)
    assert "findings" not in result
    assert "risks" not in result
    assert {own(one)["outcome"] for one in result["observations"]} == {"pass", "not_applicable"}


def test_one_failing_check_among_passing_ones_makes_an_objective_not_satisfied() -> None:
    assessment = only(finding("AUD-01", Status.PASS), finding("AUD-04", Status.FAIL), finding("AUD-05", Status.PASS))
    (found,) = results(assessment)["findings"]
    assert found["target"]["target-id"] == "au-2_obj"
    assert len(found["related-observations"]) == 3
    assert len(found["related-risks"]) == 1


@pytest.mark.parametrize("kind", Kind)
def test_what_could_not_be_determined_has_an_item_and_no_finding(kind: Kind) -> None:
    assessment = only(finding("RET-01", Status.INDETERMINATE, kind=kind))
    result = results(assessment)
    assert "findings" not in result
    assert "risks" not in result
    (observation,) = result["observations"]
    assert own(observation)["kind"] == kind.value
    assert observation["methods"] == (["EXAMINE"] if kind is Kind.NEEDS_ATTESTATION else ["TEST"])
    plan = plan_of_action(assessment)
    assert "findings" not in plan
    (item,) = plan["poam-items"]
    assert item["title"].startswith("Not determined: ")
    assert plan["risks"][0]["status"] == "open"


def test_what_rests_on_somebodys_word_was_examined_and_not_tested() -> None:
    (observation,) = results(only(finding("RET-04", Status.PASS, basis=Basis.ATTESTED)))["observations"]
    assert observation["methods"] == ["EXAMINE"]


def test_a_waived_failure_stays_a_risk_and_its_objective_not_satisfied() -> None:
    covered = finding("RET-01", Status.FAIL, waivers=(waiver("WVR-1"),), left_open=Status.NOT_APPLICABLE)
    result = results(only(covered))
    (risk,) = result["risks"]
    assert risk["status"] == "deviation-approved"
    assert risk["deadline"] == "2027-03-31T23:59:59Z"
    (entry,) = risk["risk-log"]["entries"]
    assert {"name": "type", "value": "dr-approved"} in entry["props"]
    assert entry["status-change"] == "deviation-approved"
    assert "as written, not authenticated" in entry["description"]
    (found,) = result["findings"]
    assert found["target"]["status"]["state"] == "not-satisfied"


def test_the_first_waiver_to_expire_sets_the_deadline() -> None:
    earlier = msgspec.structs.replace(waiver("WVR-2"), expires="2026-12-31", approved_on="2026-01-02")
    covered = finding("RET-01", Status.FAIL, waivers=(waiver("WVR-1"), earlier), left_open=Status.NOT_APPLICABLE)
    (risk,) = results(only(covered))["risks"]
    assert risk["deadline"] == "2026-12-31T23:59:59Z"
    assert [one["start"] for one in risk["risk-log"]["entries"]] == ["2026-10-05T09:00:00Z", "2026-01-02T00:00:00Z"]


def test_a_waiver_of_a_part_leaves_the_risk_open_without_a_deadline() -> None:
    (risk,) = results(only(finding("RET-01", Status.FAIL, waivers=(waiver("WVR-1"),))))["risks"]
    assert risk["status"] == "open"
    assert "deadline" not in risk
    (entry,) = risk["risk-log"]["entries"]
    assert "status-change" not in entry
    assert entry["title"] == "Waiver WVR-1, of a part only"


def test_an_open_question_that_is_accepted_is_an_approved_deviation_and_no_finding() -> None:
    accepted = finding("RET-01", Status.INDETERMINATE, waivers=(waiver("WVR-1"),), left_open=Status.NOT_APPLICABLE)
    assert "findings" not in results(only(accepted))
    (risk,) = plan_of_action(only(accepted))["risks"]
    assert risk["status"] == "deviation-approved"


def test_what_was_open_before_and_is_no_more_closes_its_risk() -> None:
    before = only(finding("RET-01", Status.FAIL))
    closed = only(finding("RET-01", Status.PASS, state=FindingState.CLOSED), finding("RET-02", Status.PASS))
    (was,), (is_now,) = (plan_of_action(one)["risks"] for one in (before, closed))
    assert (was["status"], is_now["status"]) == ("open", "closed")
    assert was["uuid"] == is_now["uuid"]
    assert [one["status"] for one in results(closed)["risks"]] == ["closed"]


def test_a_plan_of_action_with_nothing_to_do_says_so() -> None:
    whole = ordinary(findings=(finding("RET-01", Status.PASS),), complete=True, not_assessed=(), left_out=())
    plan = plan_of_action(whole)
    (item,) = plan["poam-items"]
    assert item["title"] == "Nothing is open"
    assert not {"risks", "findings", "observations"} & set(plan)
    assert read_plan_of_action(rendered("oscal-poam", whole)) == {}


@pytest.mark.parametrize(
    "gap",
    [
        {"complete": False, "not_assessed": ("AUD-03 The bypass is empty: not asked for",), "left_out": ()},
        {"complete": True, "not_assessed": (), "left_out": ("guests (12): AUD-03 is not asked of them",)},
    ],
)
def test_where_something_was_left_out_a_plan_of_action_never_says_that_nothing_is_open(gap: dict[str, Any]) -> None:
    plan = plan_of_action(ordinary(findings=(finding("AUD-01", Status.PASS),), **gap))
    (item,) = plan["poam-items"]
    assert item["title"] == "Not everything was assessed"
    assert "AUD-03" in item["description"]
    assert own(item)["placeholder"] == "yes"


def unjudged(check: str, status: Status) -> UnjudgedEntry:
    """A control that was judged a quarter ago, and not now."""
    before = ordinary().as_of - dt.timedelta(days=90)
    return UnjudgedEntry(
        uid=f"uid-{check}",
        check=check,
        standard=None,
        status=status,
        left_open=status,
        affected_count=1,
        judged_as_of=before,
        first_seen=before,
        last_seen=before,
    )


@pytest.mark.parametrize("status", OPEN)
def test_what_was_open_stays_an_item_when_it_is_not_assessed_any_more(status: Status) -> None:
    before = plan_of_action(only(finding("AUD-01", Status.PASS), finding("AUD-03", status)))
    left_out = (unjudged("AUD-03", status), unjudged("AUD-05", Status.PASS))
    after = ordinary(findings=(finding("AUD-01", Status.PASS),), unjudged=left_out)
    plan = plan_of_action(after)
    (item,) = plan["poam-items"]
    (risk,) = plan["risks"]
    assert (item["title"], risk["status"]) == ("Not assessed any more: AUD-03", "open")
    assert item["description"].endswith("was not assessed now.")
    assert "Nothing is open" not in json.dumps(plan)
    for kept in ("poam-items", "risks"):
        assert [one["uuid"] for one in before[kept]] == [one["uuid"] for one in plan[kept]]
    assert read_plan_of_action(rendered("oscal-poam", after)) == {"AUD-03": Said(status, waived=False)}


def test_an_item_that_is_not_assessed_stands_beside_those_that_are() -> None:
    assessment = ordinary(unjudged=(unjudged("AUD-99", Status.FAIL),))
    found = read_plan_of_action(rendered("oscal-poam", assessment))
    expected = {name: one for name, one in as_judged(assessment).items() if one.status in OPEN}
    assert found == expected | {"AUD-99": Said(Status.FAIL, waived=False)}
    assert "AUD-99" not in read_results(rendered("oscal-ar", assessment))


def test_risks_and_items_keep_their_identity_from_run_to_run_and_observations_do_not() -> None:
    first = plan_of_action(ordinary())
    later = plan_of_action(ordinary(as_of=ordinary().as_of + dt.timedelta(days=90), bundle_sha256="f" * 64))
    for kept in ("risks", "poam-items"):
        assert [one["uuid"] for one in first[kept]] == [one["uuid"] for one in later[kept]]
    assert not {one["uuid"] for one in first["observations"]} & {one["uuid"] for one in later["observations"]}
    assert first["uuid"] != later["uuid"]
    assert first["metadata"]["document-ids"] == later["metadata"]["document-ids"]


def test_identity_does_not_come_from_the_order_of_findings() -> None:
    shuffled = ordinary(findings=tuple(reversed(ordinary().findings)))
    first, second = ({one["uuid"] for one in results(each)["observations"]} for each in (ordinary(), shuffled))
    assert first == second


def test_every_class_of_a_finding_is_observed_with_a_status_of_its_own() -> None:
    classes = (
        part("members", 3, Status.FAIL, "kept 180 days"),
        part("guests", None, Status.INDETERMINATE, "unread"),
        part("shared mailboxes", 30, Status.FAIL, "kept 180 days", excluded="closed by GRC-77"),
    )
    own_, *parts = results(only(finding("RET-01", Status.FAIL, parts=classes)))["observations"]
    assert own(own_)["status"] == "fail"
    assert [(own(one)["status"], own(one).get("count")) for one in parts] == [
        ("fail", "3"),
        ("indeterminate", None),
        ("fail", "30"),
    ]
    assert "closed by GRC-77" in parts[2]["description"]
    assert own(parts[2])["excluded"] == "yes"


def test_affected_objects_are_named_and_counted() -> None:
    one = finding("AUD-04", Status.FAIL, affected_count=7, affected_total=4_842, samples=(affected("svc_audit", 1),))
    (observation,) = results(only(one))["observations"]
    assert own(observation)["affected"] == "7"
    assert "Affected: 7 of 4,842. Named here are 1:" in observation["remarks"]
    assert "svc_audit (00000000-0000-4000-8000-000000000001)" in observation["remarks"]


def test_evidence_is_referred_to_by_a_path_from_the_document_with_the_digest_of_the_manifest() -> None:
    row = DatasetRow(
        **{each: getattr(ordinary().datasets[0], each) for each in DatasetRow.__struct_fields__}
        | {"file": "datasets/graph.users.frames.gz", "sha256": "ab" * 32}
    )
    assessment = ordinary(datasets=(row,))
    document = json.loads(rendered("oscal-ar", assessment, Options(evidence="../büro 1/50%/a:b")))
    _, manifest, dataset = document["assessment-results"]["back-matter"]["resources"]
    (link,) = manifest["rlinks"]
    assert link["href"] == "../b%C3%BCro%201/50%25/a%3Ab/manifest.json"
    assert link["hashes"] == [{"algorithm": "SHA-256", "value": assessment.bundle_sha256}]
    (link,) = dataset["rlinks"]
    assert link["href"].endswith("/datasets/graph.users.frames.gz")
    assert "hashes" not in link
    assert own(dataset)["frames-sha256"] == "ab" * 32
    cited = [
        one["href"] for one in document["assessment-results"]["results"][0]["observations"][0]["relevant-evidence"]
    ]
    assert cited == [f"#{manifest['uuid']}", f"#{dataset['uuid']}"]


def test_a_document_that_lies_out_of_reach_of_its_bundle_names_no_file() -> None:
    document = json.loads(rendered("oscal-ar", ordinary(), Options(evidence=None)))["assessment-results"]
    assert [one["title"] for one in document["back-matter"]["resources"]] == ["Assessment plan"]
    evidence = document["results"][0]["observations"][0]["relevant-evidence"]
    assert all("href" not in one for one in evidence)
    assert own(evidence[0])["bundle-sha256"] == ordinary().bundle_sha256


def test_the_results_hold_the_very_plan_that_is_written_beside_them() -> None:
    results_ = json.loads(rendered("oscal-ar", ordinary()))["assessment-results"]
    plan = results_["back-matter"]["resources"][0]
    assert results_["import-ap"]["href"] == f"#{plan['uuid']}"
    assert base64.b64decode(plan["base64"]["value"]).decode() == rendered("oscal-ap", ordinary())


def test_the_plan_tells_how_it_is_assessed_and_what_is_left_out() -> None:
    plan = json.loads(rendered("oscal-ap", ordinary()))["assessment-plan"]
    told = plan["local-definitions"]["remarks"]
    assert "What was not read is never taken for a pass." in told
    assert "- unlicensed members (30): shared mailboxes, closed by GRC-77" in told
    checks = [one["title"].partition(":")[0] for one in plan["local-definitions"]["activities"]]
    assert sorted(checks) == sorted({one.check for one in ordinary().findings})


def test_a_plan_without_a_security_plan_says_that_none_was_named() -> None:
    plan = json.loads(rendered("oscal-ap", ordinary()))["assessment-plan"]
    (note,) = plan["back-matter"]["resources"]
    assert plan["import-ssp"]["href"] == f"#{note['uuid']}"
    assert "No system security plan was named" in base64.b64decode(note["base64"]["value"]).decode()
    assert plan_of_action(ordinary())["system-id"] == {
        "identifier-type": "http://ietf.org/rfc/rfc4122",
        "id": ordinary().tenant.id,
    }


@pytest.mark.parametrize(
    ("given_", "written"),
    [("ssp.json", "ssp.json"), ("../our plans/ssp.json", "../our%20plans/ssp.json"), ("a%20b%", "a%20b%25")],
)
def test_a_security_plan_that_was_named_is_imported(given_: str, written: str) -> None:
    options = Options(ssp_href=given_)
    plan = json.loads(rendered("oscal-ap", ordinary(), options))["assessment-plan"]
    assert plan["import-ssp"] == {"href": written}
    assert "back-matter" not in plan
    assert plan_of_action(ordinary(), options)["import-ssp"] == {"href": written}
    assert "system-id" not in plan_of_action(ordinary(), options)


def test_every_control_that_a_check_is_mapped_to_is_in_the_table() -> None:
    mapped = {catalogue_id(one) for check in all_checks() for one in check.mappings.nist_800_53}
    assert mapped - set(CONTROLS) == set()
    assert {catalogue_id(one.label) for one in CONTROLS.values()} == set(CONTROLS)


def test_a_control_that_the_catalogue_does_not_know_is_told_and_not_reported_on() -> None:
    stray = finding("OWN-01", Status.FAIL, mappings=UNMAPPED)
    result = results(only(stray, finding("RET-01", Status.PASS)))
    assert "findings" not in result
    assert {"XX-1", "nothing"} & {one["value"] for one in result["observations"][0]["props"]} == {"nothing"}
    assert len(result["risks"]) == 1


def test_an_assessment_that_is_mapped_to_no_control_is_refused() -> None:
    for report in ("oscal-ar", "oscal-ap"):
        with pytest.raises(InputError, match="none of the checks is mapped"):
            rendered(report, only(finding("OWN-01", Status.FAIL, mappings=UNMAPPED)))


def test_commands_stay_as_they_are_typed_and_cannot_leave_their_block() -> None:
    commands = ("Set-Mailbox -Identity <x> -AuditEnabled $true", "echo ```` end", "one\nline")
    (risk,) = results(only(finding("AUD-04", Status.FAIL, recommendation=commands)))["risks"]
    (remedy,) = risk["remediations"]
    assert remedy["description"].split("\n") == ["`````", commands[0], commands[1], "one\\nline", "`````"]


def test_markup_in_a_name_shows_as_text() -> None:
    worded = finding("RET-01", Status.FAIL, condition='<img src=x onerror="f()"> [a](javascript:f()) {{ insert: x }}')
    (observation,) = results(only(worded))["observations"]
    assert "\\<img" in observation["description"]
    assert "\\[a\\]" in observation["description"]
    assert "\\{\\{ insert" in observation["description"]


@given(st.text(max_size=40))
def test_a_line_is_never_empty_has_no_blank_at_its_ends_and_shows_its_text(text: str) -> None:
    shown = line(text)
    assert re.fullmatch(r"\S(.*\S)?", string(text))
    assert "\n" not in shown
    assert not re.match(r"#|>|[-+=]|\d+[.)]", shown)
    unescaped = re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", shown)
    assert unescaped == (" ".join(harmless(text).split()) or "(empty)")
