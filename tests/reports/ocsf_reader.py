"""Reads OCSF compliance findings as a SIEM does: by the ids, which captions may not contradict."""

from __future__ import annotations

import json
from typing import Any

from said import Said

from compliance.assessment.verdict import Status

_COMPLIANCE = {
    0: ("Unknown", Status.INDETERMINATE),
    1: ("Pass", Status.PASS),
    3: ("Fail", Status.FAIL),
    99: ("Not Applicable", Status.NOT_APPLICABLE),
}
_WORKFLOW = {1: "New", 2: "In Progress", 3: "Suppressed", 4: "Resolved", 5: "Archived"}
_ACTIVITY = {1: "Create", 2: "Update", 3: "Close"}
_SEVERITY = {1: "Informational", 2: "Low", 3: "Medium", 4: "High", 5: "Critical"}
_IN_MILLISECONDS = 10**12
"""A number of seconds since 1970 is smaller for the next 30,000 years."""
_SUPPRESSED = 3


def read_ocsf(document: str) -> dict[str, Said]:
    """Return every finding; raises AssertionError where an event contradicts itself."""
    said: dict[str, Said] = {}
    uids: set[str] = set()
    for event in events(document):
        assert event["class_uid"] == 2003
        assert event["type_uid"] == event["class_uid"] * 100 + event["activity_id"]
        assert event["activity_name"] == _ACTIVITY[event["activity_id"]]
        assert event["type_name"] == f"Compliance Finding: {event['activity_name']}"
        assert event["severity"] == _SEVERITY[event["severity_id"]]
        assert event["status"] == _WORKFLOW[event["status_id"]]
        for time in (event["time"], *(value for key, value in event["finding_info"].items() if key.endswith("_time"))):
            assert isinstance(time, int)
            assert time > _IN_MILLISECONDS
        compliance = event["compliance"]
        (check,) = compliance["checks"]
        caption, status = _COMPLIANCE[compliance["status_id"]]
        assert compliance["status"] == check["status"] == caption
        assert check["status_id"] == compliance["status_id"]
        for uid in (event["finding_info"]["uid"], event["metadata"]["uid"]):
            assert uid not in uids
            uids.add(uid)
        assert compliance["control"] not in said
        said[compliance["control"]] = Said(status, waived=event["status_id"] == _SUPPRESSED)
    return said


def events(document: str) -> list[dict[str, Any]]:
    """Return the events, one from each line."""
    return [json.loads(line) for line in document.split("\n")[:-1]]
