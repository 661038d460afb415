"""OCSF Compliance Finding (class 2003), one event to a line, for SIEMs and security lakes.

Written as OCSF 1.6.0, which AWS Security Hub reads, with no attribute that 1.5 lacks. Times are in milliseconds. A
caption says what its id says; that of 99 (Other) is a word of ours, as OCSF asks. What is waived keeps its compliance
status, and is suppressed as a finding. An event holds up to 20 objects; all of them stand in the result folder.
Source: the OCSF schema, https://schema.ocsf.io/1.6.0/classes/compliance_finding.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from enum import IntEnum
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from compliance.assessment.assessed import Assessed
from compliance.assessment.assessment import Assessment, Finding
from compliance.assessment.changes import FindingState
from compliance.assessment.verdict import OPEN, Severity, Status
from reports.cells import moment
from reports.foreign import (
    LONG,
    SHORT,
    SIMULATED,
    asked_for_by,
    commands,
    control_id,
    details,
    known,
    plain,
    status_words,
    who_accepted,
)
from reports.options import Options
from reports.outcome import Outcome, outcome_of

_VERSION = "1.6.0"
_CLASS = 2003
_NIST = "NIST SP 800-53 Rev. 5"
_M365_TENANT = {"type_id": 17, "type": "M365 Tenant"}


class _Activity(IntEnum):
    CREATE = 1
    UPDATE = 2
    CLOSE = 3


class _Workflow(IntEnum):
    """`status_id` of a finding: what becomes of it."""

    NEW = 1
    IN_PROGRESS = 2
    SUPPRESSED = 3
    RESOLVED = 4
    ARCHIVED = 5


_COMPLIANCE = {
    Status.PASS: (1, "Pass"),
    Status.FAIL: (3, "Fail"),
    Status.INDETERMINATE: (0, "Unknown"),
    Status.NOT_APPLICABLE: (99, "Not Applicable"),
}
"""`compliance.status_id` and its caption."""
_SEVERITY = {
    Severity.CRITICAL: (5, "Critical"),
    Severity.HIGH: (4, "High"),
    Severity.MEDIUM: (3, "Medium"),
    Severity.LOW: (2, "Low"),
}
_INFORMATIONAL = (1, "Informational")
_CONFIDENCE = {"high": (3, "High"), "medium": (2, "Medium"), "low": (1, "Low")}


def ocsf_report(assessed: Assessed, options: Options) -> str:
    """Return newline-delimited JSON: an event for each finding, in the order of the assessment."""
    assessment = assessed.assessment
    files = _files(assessment, options)
    events = (_event(assessment, finding, files) for finding in assessment.findings)
    return "".join(f"{json.dumps(event, ensure_ascii=False, sort_keys=True)}\n" for event in events)


def _event(assessment: Assessment, finding: Finding, files: Mapping[str, str]) -> dict[str, Any]:
    activity, workflow = _activity(finding), _workflow(finding)
    severity_id, severity = _severity(finding)
    confidence_id, confidence = (None, None) if finding.certainty is None else _CONFIDENCE[finding.certainty.value]
    return known(
        [
            ("activity_id", activity.value),
            ("activity_name", _caption(activity)),
            ("category_uid", 2),
            ("category_name", "Findings"),
            ("class_uid", _CLASS),
            ("class_name", "Compliance Finding"),
            ("type_uid", _CLASS * 100 + activity),
            ("type_name", f"Compliance Finding: {_caption(activity)}"),
            ("time", _milliseconds(assessment.as_of)),
            ("severity_id", severity_id),
            ("severity", severity),
            ("status_id", workflow.value),
            ("status", _caption(workflow)),
            ("status_code", outcome_of(finding).value.upper()),
            ("status_detail", status_words(finding)),
            ("confidence_id", confidence_id),
            ("confidence", confidence),
            ("message", plain(f"{finding.title}: {finding.condition}")),
            ("comment", "\n".join(map(who_accepted, finding.waivers))),
            ("metadata", _metadata(assessment, finding)),
            ("cloud", _cloud(assessment)),
            ("finding_info", _finding_info(assessment, finding)),
            ("compliance", _compliance(finding)),
            ("resources", _resources(assessment, finding)),
            ("evidences", _evidences(finding, files)),
            ("remediation", {"desc": "\n".join(steps)} if (steps := commands(finding)) else None),
            ("unmapped", _unmapped(assessment, finding)),
        ]
    )


def _activity(finding: Finding) -> _Activity:
    """Return what happened to a finding since the assessment before; without one, every finding is created."""
    match finding.state:
        case None | FindingState.NEW:
            return _Activity.CREATE
        case FindingState.OPEN | FindingState.CHANGED | FindingState.REOPENED:
            return _Activity.UPDATE
        case FindingState.CLOSED:
            return _Activity.CLOSE


def _workflow(finding: Finding) -> _Workflow:
    match outcome_of(finding):
        case Outcome.WAIVED:
            return _Workflow.SUPPRESSED
        case Outcome.PASS:
            return _Workflow.RESOLVED
        case Outcome.NOT_APPLICABLE:
            return _Workflow.ARCHIVED
        case Outcome.FAIL | Outcome.ERROR | Outcome.NOT_COLLECTED | Outcome.MANUAL:
            return _Workflow.NEW


def _caption(one: _Activity | _Workflow) -> str:
    return one.name.replace("_", " ").title()


def _severity(finding: Finding) -> tuple[int, str]:
    asks = finding.status in OPEN
    return _SEVERITY[finding.severity] if asks else _INFORMATIONAL


def _milliseconds(value: dt.datetime) -> int:
    return int(value.timestamp()) * 1_000 + value.microsecond // 1_000


def _metadata(assessment: Assessment, finding: Finding) -> dict[str, Any]:
    tool = assessment.tool
    return {
        "version": _VERSION,
        "product": {"name": tool.name, "vendor_name": tool.name, "version": tool.version},
        "profiles": ["cloud"],
        "uid": str(uuid5(NAMESPACE_OID, f"{finding.uid}/{assessment.bundle_sha256}/{assessment.as_of.isoformat()}")),
        "correlation_uid": assessment.bundle_sha256,
        "event_code": finding.check,
        "tenant_uid": _tenant(assessment)["uid"],
        "log_name": tool.name,
        "log_provider": tool.name,
        "original_time": moment(assessment.as_of),
    }


def _cloud(assessment: Assessment) -> dict[str, Any]:
    return {"provider": "Microsoft 365", "account": {**_tenant(assessment), **_M365_TENANT}}


def _tenant(assessment: Assessment) -> dict[str, str]:
    tenant = assessment.tenant
    return known([("uid", plain(tenant.id, SHORT) or "unknown"), ("name", plain(tenant.initial_domain or "", SHORT))])


def _finding_info(assessment: Assessment, finding: Finding) -> dict[str, Any]:
    first, last = finding.first_seen, finding.last_seen
    return known(
        [
            ("uid", finding.uid),
            ("title", plain(finding.title, SHORT)),
            ("desc", plain(finding.effect)),
            ("created_time", _milliseconds(first or assessment.as_of)),
            ("first_seen_time", None if first is None else _milliseconds(first)),
            ("last_seen_time", None if last is None else _milliseconds(last)),
            ("modified_time", _milliseconds(assessment.as_of)),
            ("analytic", {"type_id": 1, "type": "Rule", "uid": finding.check, "name": plain(finding.title, SHORT)}),
            ("data_sources", [plain(one.dataset, SHORT) for one in finding.evidence]),
        ]
    )


def _compliance(finding: Finding) -> dict[str, Any]:
    status_id, status = _COMPLIANCE[finding.status]
    severity_id, severity = _SEVERITY[finding.severity]
    cis = (f"CIS Microsoft 365 {each}" for each in finding.mappings.cis_m365)
    catalogues = (*finding.mappings.nist_800_53, *finding.mappings.scuba, *cis)
    standards = [plain(finding.standard, SHORT)] if finding.standard is not None else [_NIST]
    check = {
        "uid": control_id(finding),
        "name": plain(finding.title, SHORT),
        "status_id": status_id,
        "status": status,
        "severity_id": severity_id,
        "severity": severity,
    }
    settle = [] if finding.settle is None else [f"to settle: {plain(finding.settle)}"]
    return known(
        [
            ("control", control_id(finding)),
            ("desc", plain(finding.title)),
            ("category", plain(finding.group, SHORT)),
            ("standards", standards),
            ("requirements", [*filter(None, [asked_for_by(finding)]), *(plain(each, SHORT) for each in catalogues)]),
            ("status_id", status_id),
            ("status", status),
            ("status_code", outcome_of(finding).value.upper()),
            ("status_details", [plain(finding.condition), *details(finding), *settle]),
            ("checks", [check]),
        ]
    )


def _resources(assessment: Assessment, finding: Finding) -> list[dict[str, Any]]:
    """Return the objects that are affected or not decided, up to 20, or else the tenant itself."""
    if not finding.samples:
        return [{**_tenant(assessment), "type": "Microsoft 365 tenant"}]
    return [
        known(
            [
                ("uid", plain(one.id, SHORT) or one.uid),
                ("name", plain(one.name, SHORT)),
                ("type", plain(one.dataset, SHORT)),
                ("data", {"uid": one.uid, "decided": one.decided, "why": plain(one.why, LONG)}),
            ]
        )
        for one in finding.samples
    ]


def _files(assessment: Assessment, options: Options) -> Mapping[str, str]:
    """Return where each dataset lies: in the bundle, or from the report's folder on where the two travel together."""
    bundle = "" if options.evidence is None else f"{options.evidence}/"
    return {one.name: plain(f"{bundle}{one.file}") for one in assessment.datasets if one.file is not None}


def _evidences(finding: Finding, files: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "data": known(
                [
                    ("dataset", plain(one.dataset, SHORT)),
                    ("state", one.state.value),
                    ("origin", None if one.origin is None else one.origin.value),
                    ("path", files.get(one.dataset)),
                    ("sha256", one.sha256),
                    ("read_at", moment(one.read_at)),
                ]
            )
        }
        for one in finding.evidence
    ]


def _unmapped(assessment: Assessment, finding: Finding) -> dict[str, Any]:
    """Return what OCSF has no attribute for: counts, why something is unread, the state, the waivers."""
    return known(
        [
            ("status", finding.status.value),
            ("kind", None if finding.kind is None else finding.kind.value),
            ("left_open", finding.left_open.value),
            ("state", None if finding.state is None else finding.state.value),
            ("basis", None if finding.basis is None else finding.basis.value),
            ("affected_count", finding.affected_count),
            ("affected_total", finding.affected_total),
            (
                "waivers",
                [{"id": plain(one.id, SHORT), "expires": plain(one.expires, SHORT)} for one in finding.waivers],
            ),
            ("attack", [plain(each, SHORT) for each in finding.mappings.attack]),
            ("simulated", SIMULATED if assessment.simulated else None),
        ]
    )
