"""SARIF for GitHub: a file that exists, alerts that stay the same alerts, and no name that nobody asked for."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import msgspec
import pytest
from made_assessments import AS_OF, TENANT, assessed, finding, ordinary, rendered, waiver, with_name
from sarif_reader import alerts

from compliance.assessment.assessment import Assessment, Finding
from compliance.assessment.changes import FindingState
from compliance.assessment.identity import Earlier, followed
from compliance.assessment.verdict import Severity, Status
from compliance.errors import InputError
from reports import Options

HERE = Options(location="config.yaml")
NAMING = Options(location="config.yaml", show_objects=True)


def run_of(assessment: Assessment, options: Options = HERE) -> dict[str, Any]:
    (run,) = json.loads(rendered("sarif", assessment, options))["runs"]
    return dict(run)


def of(*findings: Finding) -> Assessment:
    return ordinary(findings=findings)


def test_without_a_file_to_point_at_it_says_which_option_is_missing() -> None:
    with pytest.raises(InputError) as raised:
        rendered("sarif", ordinary(), Options())

    assert "--location" in str(raised.value)


@pytest.mark.parametrize(
    ("location", "uri"),
    [("audit/config.yaml", "audit/config.yaml"), ("my config ü.yaml", "my%20config%20%C3%BC.yaml"), ("c:d", "c%3Ad")],
)
def test_every_alert_points_at_the_file_as_a_relative_uri(location: str, uri: str) -> None:
    found = alerts(rendered("sarif", ordinary(), Options(location=location)))

    assert {alert.file for alert in found.values()} == {uri}


def test_an_alert_stays_the_same_whatever_else_of_its_finding_changes() -> None:
    before = finding("AUD-04", Status.FAIL)
    after = msgspec.structs.replace(before, title="Renamed", condition="other", severity=Severity.LOW, cause="x")
    newcomer = finding("AUD-01", Status.FAIL, severity=Severity.CRITICAL)

    was = alerts(rendered("sarif", of(before), HERE))
    now = alerts(rendered("sarif", of(newcomer, after), HERE))

    assert set(was) < set(now)


def test_the_alerts_of_one_control_under_two_standards_are_two() -> None:
    both = [finding("RET-01", Status.FAIL, standard=one, uid=f"uid-{one}") for one in ("m-21-31", "m-26-14")]

    found = alerts(rendered("sarif", of(*both), HERE))

    assert {alert.rule for alert in found.values()} == {"RET-01/m-21-31", "RET-01/m-26-14"}
    assert len({hashed for _, hashed in found}) == 2


def test_two_tenants_in_one_repository_do_not_close_the_alerts_of_each_other() -> None:
    base = ordinary()
    other = msgspec.structs.replace(base.tenant, id="../other/tenant/\n")

    ids = [run_of(one)["automationDetails"]["id"] for one in (base, ordinary(tenant=other))]

    assert ids == [f"lookback/{TENANT}/m-21-31+m-26-14/", "lookback/..-other-tenant--/m-21-31+m-26-14/"]


def test_an_upload_by_another_standard_or_of_fewer_checks_does_not_close_the_alerts_of_the_first() -> None:
    base = ordinary()
    one_standard = ordinary(standards=base.standards[:1])
    fewer = ordinary(not_assessed=("RET-01 MailItemsAccessed stays: not asked for",))
    others = msgspec.structs.replace(fewer, findings=fewer.findings[:2])

    categories = {run_of(one)["automationDetails"]["id"] for one in (base, one_standard, fewer, others)}

    assert len(categories) == 4
    later = ordinary(as_of=AS_OF + dt.timedelta(days=1), findings=base.findings[:2])
    assert run_of(later)["automationDetails"] == run_of(base)["automationDetails"]


def in_a_line(*statuses: Status | None) -> list[Assessment]:
    """Assessments of one control that follow each other, each from a bundle of its own; None does not judge it."""
    line: list[Assessment] = []
    for day, status in enumerate(statuses):
        findings = () if status is None else (finding("AUD-04", status),)
        now = ordinary(as_of=AS_OF + dt.timedelta(days=day), bundle_sha256=f"{day:064x}", findings=findings)
        line.append(followed(Earlier(line[-1], None), assessed(now)).assessment if line else now)
    return line


def test_an_alert_stays_open_while_what_failed_cannot_be_determined_and_closes_when_it_passes() -> None:
    failed, *lost, found, lost_again = in_a_line(
        Status.FAIL, Status.INDETERMINATE, Status.INDETERMINATE, Status.PASS, Status.INDETERMINATE
    )
    before = alerts(rendered("sarif", failed, HERE))

    for one in lost:
        now = alerts(rendered("sarif", one, HERE))
        assert set(now) == set(before)
        assert [alert.status for alert in now.values()] == [Status.INDETERMINATE]
        assert all(alert.text.startswith("Not fixed:") for alert in now.values())
        assert run_of(one)["results"][0]["level"] == "note"
        assert "still a result because it failed before: 1" in json.dumps(run_of(one)["invocations"])
    assert alerts(rendered("sarif", found, HERE)) == alerts(rendered("sarif", lost_again, HERE)) == {}


def test_a_run_that_did_not_judge_a_control_does_not_close_its_alert_for_good() -> None:
    failed, _, undecided = in_a_line(Status.FAIL, None, Status.INDETERMINATE)

    assert set(alerts(rendered("sarif", undecided, HERE))) == set(alerts(rendered("sarif", failed, HERE)))


def test_failures_come_before_what_was_lost_sight_of_where_github_keeps_the_first_5000() -> None:
    lost = [
        finding(f"CHK-{number:04}", Status.INDETERMINATE, severity=Severity.CRITICAL, last_failed=AS_OF)
        for number in range(5_000)
    ]

    results = run_of(of(*lost, finding("ZZZ-01", Status.FAIL, severity=Severity.LOW)))["results"]

    assert len(results) == 5_000
    assert results[0]["ruleId"] == "ZZZ-01"


def test_what_is_lost_sight_of_under_a_waiver_opens_no_alert() -> None:
    one = finding("AUD-04", Status.INDETERMINATE, last_failed=AS_OF, waivers=(waiver("W-1"),), left_open=Status.PASS)

    assert run_of(of(one))["results"] == []


def test_objects_are_named_only_where_that_is_asked_for() -> None:
    assessment = with_name("secret-name")
    renamed = msgspec.structs.replace(assessment.findings[0], title="No account bypasses mailbox auditing", effect="")
    assessment = of(msgspec.structs.replace(renamed, criteria=None))

    assert "secret-name" not in json.dumps(run_of(assessment)["results"])
    assert "secret-name" in json.dumps(run_of(assessment, NAMING)["results"])
    assert "7 of 4,842 affected" in run_of(assessment)["results"][0]["message"]["text"]


def test_what_means_something_in_a_message_is_written_to_mean_nothing() -> None:
    hostile = finding("AUD-04", Status.FAIL, condition=r"[click](https://evil.example) {0} \[x]")

    (result,) = run_of(of(hostile), NAMING)["results"]

    assert r"\[click\](https://evil.example) {{0}} \\\[x\]" in result["message"]["text"]


def test_commands_cannot_leave_their_fence_in_the_help() -> None:
    hostile = finding("AUD-04", Status.FAIL, recommendation=("a ```` b", "<img src=x>"), effect="<b>@everyone</b>")

    (rule,) = run_of(of(hostile))["tool"]["driver"]["rules"]

    _, _, effect, *fenced = rule["help"]["markdown"].split("\n")
    assert effect == "`<b>@everyone</b>`"
    assert fenced == ["", "`````", "a ```` b", "<img src=x>", "`````"]


@pytest.mark.parametrize(
    ("severity", "least", "most", "level"),
    [
        (Severity.CRITICAL, 9.0, 10.0, "error"),
        (Severity.HIGH, 7.0, 8.9, "error"),
        (Severity.MEDIUM, 4.0, 6.9, "warning"),
        (Severity.LOW, 0.1, 3.9, "note"),
    ],
)
def test_github_shows_our_severity(severity: Severity, least: float, most: float, level: str) -> None:
    run = run_of(of(finding("AUD-04", Status.FAIL, severity=severity)))

    (alert,) = alerts(rendered("sarif", of(finding("AUD-04", Status.FAIL, severity=severity)), HERE)).values()
    assert least < alert.severity <= most
    assert run["results"][0]["level"] == level


def test_what_is_open_or_waived_is_told_beside_the_results() -> None:
    accepted = finding("RET-01", Status.FAIL, waivers=(waiver("WVR-1"),), left_open=Status.PASS)
    run = run_of(of(accepted, finding("AUD-01", Status.INDETERMINATE), finding("AUD-02", Status.PASS)))

    told = " ".join(each["message"]["text"] for each in run["invocations"][0]["toolExecutionNotifications"])
    assert run["results"] == []
    assert "neither a pass nor a result here: 1" in told
    assert "under a waiver, and no result here: 1" in told
    assert "SIMULATED TENANT" in told


def test_a_result_says_whether_it_is_new_only_where_an_assessment_before_is_known() -> None:
    states = {FindingState.NEW: "new", FindingState.OPEN: "unchanged", FindingState.CHANGED: "updated"}
    findings = [finding(f"CHK-{one}", Status.FAIL, state=one, uid=one.value) for one in states]

    said = {one["ruleId"]: one.get("baselineState") for one in run_of(of(*findings))["results"]}

    assert said == {f"CHK-{state}": word for state, word in states.items()}
    assert "baselineState" not in json.dumps(run_of(ordinary()))


def test_the_worst_comes_first_where_github_keeps_the_first_5000() -> None:
    slight = [finding(f"CHK-{number:04}", Status.FAIL, severity=Severity.LOW) for number in range(5_001)]
    grave = finding("ZZZ-01", Status.FAIL, severity=Severity.CRITICAL)

    results = run_of(of(*slight, grave))["results"]

    assert len(results) == 5_000
    assert results[0]["ruleId"] == "ZZZ-01"
