"""HDF for Heimdall: the traps of how it works out a status, and what it shows beside it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hdf_reader import heimdall_status
from made_assessments import TENANT, finding, ordinary, rendered, waiver

from compliance.assessment.assessment import Finding, TenantEntry
from compliance.assessment.verdict import Severity, Status
from compliance.evidence.unread import Kind


def profile_of(*findings: Finding, **changes: Any) -> dict[str, Any]:
    (profile,) = json.loads(rendered("hdf", ordinary(findings=findings, **changes)))["profiles"]
    return dict(profile)


def control_of(one: Finding) -> dict[str, Any]:
    (control,) = profile_of(one)["controls"]
    return dict(control)


def test_a_waived_failure_stays_failed_with_its_waiver_beside_it() -> None:
    control = control_of(finding("AUD-01", Status.FAIL, waivers=(waiver("WVR-7"),), left_open=Status.PASS))

    assert heimdall_status(control) == "Failed"
    assert control["waiver_data"]["skipped_due_to_waiver"] is False
    assert control["waiver_data"]["expiration_date"] == "2027-03-31"
    assert "WVR-7" in control["waiver_data"]["justification"]


def test_what_a_waiver_covers_in_part_is_no_waived_control() -> None:
    control = control_of(finding("AUD-01", Status.FAIL, waivers=(waiver("WVR-7"),)))

    assert "waiver_data" not in control
    assert "waiver: WVR-7" in control["results"][0]["message"]


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("left", [Status.PASS, Status.INDETERMINATE])
def test_what_was_not_read_is_an_error_and_only_a_missing_word_is_not_reviewed(kind: Kind, left: Status) -> None:
    accepted = () if left is Status.INDETERMINATE else (waiver("WVR-7"),)
    control = control_of(finding("AUD-01", Status.INDETERMINATE, kind=kind, waivers=accepted, left_open=left))

    expected = "Not Reviewed" if kind is Kind.NEEDS_ATTESTATION else "Profile Error"
    assert heimdall_status(control) == expected


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("severity", Severity)
def test_only_what_is_not_applicable_is_without_impact(status: Status, severity: Severity) -> None:
    control = control_of(finding("AUD-01", status, severity=severity))

    assert (control["impact"] == 0) is (status is Status.NOT_APPLICABLE)
    assert len(control["results"]) == 1


def test_what_is_skipped_says_why() -> None:
    control = control_of(finding("AUD-01", Status.INDETERMINATE, kind=Kind.NEEDS_ATTESTATION, condition="no word"))

    assert control["results"][0]["skip_message"].startswith("no word\n")


def test_it_names_the_nist_controls_with_their_revision() -> None:
    assert control_of(finding("AUD-01", Status.PASS))["tags"]["nist"] == ["AU-2", "Rev_5"]


def test_every_control_is_in_the_group_of_its_finding() -> None:
    profile = profile_of(
        finding("AUD-01", Status.PASS, group="audit logging"),
        finding("RET-01", Status.PASS, group="retention", standard="m-21-31"),
    )

    groups = {one["id"]: one["controls"] for one in profile["groups"]}
    assert groups == {"audit logging": ["AUD-01"], "retention": ["RET-01/m-21-31"]}


def test_the_profile_is_the_same_one_for_every_tenant_and_outcome() -> None:
    other = TenantEntry(id="other", name=None, initial_domain=None)

    first = profile_of(finding("AUD-01", Status.PASS))
    second = profile_of(finding("AUD-01", Status.FAIL, condition="x"), tenant=other)
    third = profile_of(finding("AUD-02", Status.PASS))

    assert first["sha256"] == second["sha256"] != third["sha256"]


def test_the_target_says_that_it_is_simulated() -> None:
    documents = [json.loads(rendered("hdf", ordinary(simulated=simulated))) for simulated in (True, False)]

    targets = [document["platform"]["target_id"] for document in documents]
    assert "SIMULATED" in targets[0]
    assert targets[1] == "contoso.onmicrosoft.example"
    assert TENANT in json.dumps(documents[1]["profiles"][0]["attributes"])
