"""Heimdall data format, as InSpec's exec-json, for Heimdall, SAF and what they convert to (checklists, XCCDF).

Heimdall works a control's status out of its results: any error is a Profile Error; else no impact, or skipped because
of a waiver, is Not Applicable; else any failure is Failed; else any pass is Passed, even beside what was skipped; only
skipped is Not Reviewed. Each control therefore has one result. What could not be read is an error, never skipped; what
is waived stays as it is, with the waiver beside it; only what is not applicable is without impact.
Source: inspecjs, the library by which Heimdall reads it, https://github.com/mitre/heimdall2.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from compliance.assessment.assessed import Assessed
from compliance.assessment.assessment import Assessment, Finding, StandardEntry
from compliance.assessment.verdict import Severity
from reports.cells import moment
from reports.foreign import (
    SHORT,
    SIMULATED,
    aside_waivers,
    asked_for_by,
    commands,
    control_id,
    details,
    json_text,
    known,
    named,
    plain,
    rests_on,
    who_accepted,
)
from reports.options import Options
from reports.outcome import Outcome, outcome_of

_TITLE = "Microsoft 365 log retention"
_IMPACT = {Severity.CRITICAL: 0.9, Severity.HIGH: 0.7, Severity.MEDIUM: 0.5, Severity.LOW: 0.3}
"""The least impact that inspecjs calls by the name of the severity, low aside, which begins at 0.1."""
_NO_IMPACT = 0.0
_REVISION = "Rev_5"


def hdf_report(assessed: Assessed, options: Options) -> str:
    """Return an exec-json document with one profile, and a control for each finding."""
    del options
    assessment = assessed.assessment
    tool = assessment.tool
    controls = [_control(assessment, finding) for finding in assessment.findings]
    groups: dict[str, list[str]] = {}
    for finding in assessment.findings:
        groups.setdefault(plain(finding.group, SHORT), []).append(control_id(finding))
    profile = {
        "name": tool.name,
        "version": tool.version,
        "title": _TITLE,
        "summary": " ".join(plain(one.sentence) for one in assessment.totals),
        "supports": [],
        "attributes": _attributes(assessment),
        "groups": [{"id": group, "title": group, "controls": ids} for group, ids in groups.items()],
        "controls": controls,
        "sha256": _digest(controls),
        "status": "loaded",
    }
    document = {
        "platform": {"name": tool.name, "release": tool.version, "target_id": _target(assessment)},
        "version": tool.version,
        "statistics": _statistics(assessment),
        "profiles": [profile],
    }
    return json_text(document)


def _target(assessment: Assessment) -> str:
    tenant = assessment.tenant
    name = plain(tenant.initial_domain or tenant.id, SHORT)
    return f"{name} ({SIMULATED})" if assessment.simulated else name


def _statistics(assessment: Assessment) -> dict[str, float]:
    run = assessment.run
    return {} if run is None or run.began is None else {"duration": (run.ended - run.began).total_seconds()}


def _attributes(assessment: Assessment) -> list[dict[str, Any]]:
    given = {
        "tenant_id": plain(assessment.tenant.id, SHORT),
        "as_of": moment(assessment.as_of),
        "bundle_sha256": assessment.bundle_sha256,
        "standards": ", ".join(plain(one.id, SHORT) for one in assessment.standards),
    }
    return [{"name": name, "options": {"value": value}} for name, value in given.items()]


def _digest(controls: list[dict[str, Any]]) -> str:
    """Return the SHA-256 of what the controls ask, whatever came of them: the same for every tenant."""
    asked = [[control["id"], control["title"], control["desc"], control["tags"]["nist"]] for control in controls]
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()


def _control(assessment: Assessment, finding: Finding) -> dict[str, Any]:
    outcome = outcome_of(finding)
    standard = next((one for one in assessment.standards if one.id == finding.standard), None)
    control = {
        "id": control_id(finding),
        "title": plain(finding.title, SHORT),
        "desc": plain(finding.effect),
        "descriptions": _descriptions(finding),
        "impact": _NO_IMPACT if outcome is Outcome.NOT_APPLICABLE else _IMPACT[finding.severity],
        "refs": _refs(standard),
        "tags": _tags(finding),
        "code": "",
        "source_location": {},
        "results": [_result(assessment, finding)],
    }
    return {**control, "waiver_data": _waiver_data(finding)} if outcome is Outcome.WAIVED else control


def _descriptions(finding: Finding) -> list[dict[str, str]]:
    told = {
        "rationale": plain(finding.effect),
        "check": asked_for_by(finding) or "",
        "fix": "\n".join(commands(finding)),
        "settle": "" if finding.settle is None else plain(finding.settle),
        "lesson": plain(finding.lesson),
    }
    return [{"label": label, "data": data} for label, data in told.items() if data]


def _refs(standard: StandardEntry | None) -> list[dict[str, str]]:
    return [] if standard is None else [{"ref": plain(standard.title, SHORT), "url": plain(standard.url, SHORT)}]


def _tags(finding: Finding) -> dict[str, Any]:
    return known(
        [
            ("nist", [*(plain(each, SHORT) for each in finding.mappings.nist_800_53), _REVISION]),
            ("severity", finding.severity.value),
            ("check", finding.check),
            ("standard", None if finding.standard is None else plain(finding.standard, SHORT)),
            ("uid", finding.uid),
            ("outcome", outcome_of(finding).value),
            ("scuba", [plain(each, SHORT) for each in finding.mappings.scuba]),
            ("cis_m365", [plain(each, SHORT) for each in finding.mappings.cis_m365]),
            ("attack", [plain(each, SHORT) for each in finding.mappings.attack]),
            ("state", None if finding.state is None else finding.state.value),
            ("first_seen", moment(finding.first_seen)),
            ("last_seen", moment(finding.last_seen)),
            ("basis", None if finding.basis is None else finding.basis.value),
        ]
    )


def _result(assessment: Assessment, finding: Finding) -> dict[str, Any]:
    """Return the one result of a control: waivers change nothing in it."""
    message = "\n".join(
        [plain(finding.condition), *details(finding), *named(finding), f"rests on: {rests_on(finding)}"]
    )
    accepted = [f"waiver: {who_accepted(waiver)}" for waiver in finding.waivers]
    told = "\n".join([message, *accepted])
    result = {"code_desc": plain(finding.title, SHORT), "start_time": moment(assessment.as_of), "run_time": 0.0}
    match aside_waivers(finding):
        case Outcome.PASS:
            return {"status": "passed", **result, "message": told}
        case Outcome.FAIL | Outcome.WAIVED:
            return {"status": "failed", **result, "message": told}
        case Outcome.ERROR | Outcome.NOT_COLLECTED:
            return {"status": "error", **result, "message": told}
        case Outcome.MANUAL | Outcome.NOT_APPLICABLE:
            return {"status": "skipped", **result, "skip_message": told}


def _waiver_data(finding: Finding) -> dict[str, Any]:
    """Return who accepted what: not skipped because of it, or Heimdall would show the control as not applicable."""
    return {
        "expiration_date": min(plain(one.expires, SHORT) for one in finding.waivers),
        "justification": "\n".join(map(who_accepted, finding.waivers)),
        "run": True,
        "skipped_due_to_waiver": False,
        "message": "",
    }
