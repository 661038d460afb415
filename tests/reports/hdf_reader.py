"""Reads HDF as Heimdall does: a control's status is worked out of its results (inspecjs, compat_inspec_1_0)."""

from __future__ import annotations

import json
from typing import Any

from said import Said

from compliance.assessment.verdict import Status

_STATUS = {
    "Passed": Status.PASS,
    "Failed": Status.FAIL,
    "Profile Error": Status.INDETERMINATE,
    "Not Reviewed": Status.INDETERMINATE,
    "Not Applicable": Status.NOT_APPLICABLE,
}
_NAMES = {0.9: "critical", 0.7: "high", 0.5: "medium", 0.3: "low"}


def read_hdf(document: str) -> dict[str, Said]:
    """Return every control as Heimdall shows it; raises AssertionError where two are one, or severities disagree."""
    (profile,) = json.loads(document)["profiles"]
    said: dict[str, Said] = {}
    for control in profile["controls"]:
        assert control["id"] not in said
        if control["impact"]:
            assert _NAMES[control["impact"]] == control["tags"]["severity"]
        waived = bool((control.get("waiver_data") or {}).get("justification"))
        said[control["id"]] = Said(_STATUS[heimdall_status(control)], waived)
    return said


def heimdall_status(control: dict[str, Any]) -> str:
    """Return the status by which Heimdall shows a control, the first rule that holds."""
    results = ["error" if one.get("backtrace") else one["status"] for one in control["results"]]
    if "error" in results:
        return "Profile Error"
    if control["impact"] == 0 or bool((control.get("waiver_data") or {}).get("skipped_due_to_waiver")):
        return "Not Applicable"
    if "failed" in results:
        return "Failed"
    if "passed" in results:
        return "Passed"
    return "Not Reviewed" if "skipped" in results else "Profile Error"
