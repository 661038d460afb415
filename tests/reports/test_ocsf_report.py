"""OCSF compliance findings: what a SIEM acts on, beyond what the schema can tell."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from made_assessments import AS_OF, TENANT, affected, finding, ordinary, rendered, waiver
from ocsf_reader import events

from compliance.assessment.assessment import Finding
from compliance.assessment.changes import FindingState
from compliance.assessment.verdict import Severity, Status
from compliance.evidence.unread import Kind


def event_of(one: Finding, **changes: Any) -> dict[str, Any]:
    (event,) = events(rendered("ocsf", ordinary(findings=(one,), **changes)))
    return event


def test_times_are_milliseconds_of_the_assessment() -> None:
    as_of = dt.datetime(2026, 10, 5, 9, 0, 0, 250_000, tzinfo=dt.UTC)

    event = event_of(finding("AUD-01", Status.FAIL), as_of=as_of)

    assert event["time"] == 1_791_190_800_250
    assert event["finding_info"]["created_time"] == 1_791_190_800_250


def test_a_finding_was_created_when_it_was_first_seen() -> None:
    first = AS_OF - dt.timedelta(days=90)

    info = event_of(finding("AUD-01", Status.FAIL, first_seen=first, last_seen=AS_OF))["finding_info"]

    assert info["created_time"] == info["first_seen_time"] == int(first.timestamp()) * 1_000
    assert info["last_seen_time"] == int(AS_OF.timestamp()) * 1_000


@pytest.mark.parametrize(
    ("state", "activity"),
    [
        (None, "Create"),
        (FindingState.NEW, "Create"),
        (FindingState.OPEN, "Update"),
        (FindingState.CHANGED, "Update"),
        (FindingState.REOPENED, "Update"),
    ],
)
def test_what_fails_is_created_once_and_then_updated(state: FindingState | None, activity: str) -> None:
    event = event_of(finding("AUD-01", Status.FAIL, state=state))

    assert (event["activity_name"], event["status"]) == (activity, "New")


def test_what_was_open_and_passes_is_closed() -> None:
    event = event_of(finding("AUD-01", Status.PASS, state=FindingState.CLOSED))

    assert (event["activity_name"], event["type_uid"], event["status"]) == ("Close", 200303, "Resolved")


@pytest.mark.parametrize("kind", Kind)
def test_what_is_not_known_is_never_a_pass(kind: Kind) -> None:
    event = event_of(finding("AUD-01", Status.INDETERMINATE, kind=kind))

    assert event["compliance"]["status"] == "Unknown"
    assert event["status"] == "New"
    assert event["unmapped"]["kind"] == kind.value
    assert "to settle: what settles AUD-01" in event["compliance"]["status_details"]


def test_what_is_waived_still_fails_and_is_suppressed_by_a_named_waiver() -> None:
    accepted = finding("AUD-01", Status.FAIL, waivers=(waiver("WVR-7"),), left_open=Status.PASS)

    event = event_of(accepted)

    assert (event["compliance"]["status"], event["status"], event["status_code"]) == ("Fail", "Suppressed", "WAIVED")
    assert event["unmapped"]["waivers"] == [{"id": "WVR-7", "expires": "2027-03-31"}]
    assert "not authenticated" in event["comment"]


def test_what_a_waiver_covers_in_part_is_not_suppressed() -> None:
    event = event_of(finding("AUD-01", Status.FAIL, waivers=(waiver("WVR-7"),)))

    assert event["status"] == "New"


def test_a_pass_does_not_alarm_by_the_severity_of_its_check() -> None:
    event = event_of(finding("AUD-01", Status.PASS, severity=Severity.CRITICAL))

    assert event["severity"] == "Informational"
    assert "remediation" not in event


def test_the_event_differs_between_two_bundles_and_its_finding_does_not() -> None:
    one = finding("AUD-01", Status.FAIL)

    first, second = event_of(one), event_of(one, bundle_sha256="ff" * 32)

    assert first["metadata"]["uid"] != second["metadata"]["uid"]
    assert first["finding_info"]["uid"] == second["finding_info"]["uid"] == "uid-AUD-01"
    assert event_of(one) == first


def test_resources_are_what_is_affected_or_else_the_tenant() -> None:
    samples = (affected("svc-1", 1), affected("svc-2", 2, decided=False))

    named = event_of(finding("AUD-04", Status.FAIL, samples=samples))["resources"]
    (whole,) = event_of(finding("AUD-01", Status.FAIL))["resources"]

    assert [(one["name"], one["data"]["decided"]) for one in named] == [("svc-1", True), ("svc-2", False)]
    assert whole["uid"] == TENANT


def test_the_standard_and_its_clause_are_what_is_required() -> None:
    event = event_of(finding("RET-01", Status.FAIL, standard="m-21-31", criteria="Appendix C"))

    assert event["compliance"]["standards"] == ["m-21-31"]
    assert event["compliance"]["requirements"][:2] == ["m-21-31, Appendix C", "AU-2"]
