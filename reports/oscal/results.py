"""OSCAL assessment results: what was observed, which objectives are not satisfied, and what that puts at risk."""

from __future__ import annotations

import base64
from collections.abc import Sequence

from compliance.assessment.assessment import Finding
from compliance.assessment.verdict import Status
from compliance.errors import InputError
from reports.oscal.controls import Control, controls_of, reviewed
from reports.oscal.document import Subject, written
from reports.oscal.evidence import resources
from reports.oscal.observations import name_of, observation_ids, observations_of
from reports.oscal.risks import is_closed, risk_id, risk_of
from reports.oscal.values import Object, filled, identity, line, listed, moment, prop, props, prose
from reports.outcome import Outcome, outcome_of

_PLAN_FILE = "oscal-ap.json"


def assessment_results_of(subject: Subject, plan: str) -> str:
    """Return the assessment results; `plan` is the assessment plan, which they hold and refer to."""
    plan_id = identity("plan", plan)
    return written(
        "assessment-results",
        {
            "metadata": subject.metadata("assessment-results", "Log retention: assessment results"),
            "import-ap": {"href": f"#{plan_id}"},
            "results": [_result(subject)],
            "back-matter": {"resources": [_embedded(plan_id, plan), *resources(subject)]},
        },
    )


def finding_of(subject: Subject, control: Control, mapped: Sequence[Finding]) -> Object:
    """Return the finding of one control objective, of which at least one of the findings mapped to it fails."""
    failing = [one for one in mapped if one.status is Status.FAIL]
    return {
        "uuid": finding_id(subject, control),
        "title": line(f"{control.label} {control.title}"),
        "description": prose(f"Not met: {', '.join(map(_named, failing))}."),
        "origins": subject.origin(),
        "target": {
            "type": "objective-id",
            "target-id": control.objective,
            "title": line(f"{control.label}, the whole objective"),
            "status": {"state": "not-satisfied", "reason": "fail"},
        },
        "related-observations": [each for one in mapped for each in observation_ids(subject, one)],
        "related-risks": [{"risk-uuid": risk_id(one.uid)} for one in failing],
    }


def finding_id(subject: Subject, control: Control) -> str:
    """Return the UUID of the finding of a control objective in this run."""
    return subject.of_run("finding", control.objective)


def not_satisfied(findings: Sequence[Finding]) -> list[tuple[Control, list[Finding]]]:
    """Return the controls of which a check fails, with all the findings that are mapped to each."""
    mapped = {control: [one for one in findings if control in controls_of(one)] for control in reviewed(findings)}
    return [(control, ones) for control, ones in mapped.items() if any(one.status is Status.FAIL for one in ones)]


def reviewed_controls(findings: Sequence[Finding]) -> Object:
    """Return the controls and objectives that findings are about; raises InputError where there is none."""
    controls = reviewed(findings)
    if not controls:
        raise InputError(
            "none of the checks is mapped to a control of NIST SP 800-53, which is what OSCAL asks for",
            where="--report oscal",
            next_step="Select other checks with --checks, or ask for another format.",
        )
    return {
        "description": "Ids are those of the catalogue of NIST SP 800-53 Rev. 5.",
        "control-selections": [{"include-controls": [{"control-id": one.id} for one in controls]}],
        "control-objective-selections": [
            {
                "description": "What each asks for besides, which was not assessed:\n\n"
                + listed(f"{one.objective}: {one.beyond}" for one in controls),
                "include-objectives": [{"objective-id": one.objective} for one in controls],
            }
        ],
        "remarks": prose(
            "No objective is reported as satisfied: each asks for more than can be read of a tenant. One is reported"
            " as not satisfied where a check that is mapped to it fails, waived or not. What passes, what could not be"
            " determined and what does not apply stand as observations."
        ),
    }


def _named(finding: Finding) -> str:
    return f"{name_of(finding)}{', waived' if outcome_of(finding) is Outcome.WAIVED else ''}"


def _result(subject: Subject) -> Object:
    assessment = subject.assessment
    findings = assessment.findings
    at_risk = [one for one in findings if one.status is Status.FAIL or is_closed(one)]
    return filled(
        {
            "uuid": subject.of_run("result"),
            "title": line(f"Log retention as of {moment(assessment.as_of)}"),
            "description": prose(*(one.sentence for one in assessment.totals)),
            "start": moment(subject.began),
            "end": moment(subject.ended),
            "props": [
                prop("complete", "yes" if assessment.complete else "no"),
                prop("simulated", "yes" if assessment.simulated else "no"),
                *props(
                    {
                        "standard": [one.id for one in assessment.standards],
                        "period": None if assessment.period is None else assessment.period.text,
                    }
                ),
            ],
            "local-definitions": {
                "components": [subject.tenant_component()],
                "assessment-assets": subject.assets(),
            },
            "reviewed-controls": reviewed_controls(findings),
            "assessment-log": {
                "entries": [
                    {
                        "uuid": subject.of_run("reading"),
                        "title": "The tenant was read",
                        "description": "Read-only. What was answered is kept as it was, and judged from there.",
                        "start": moment(subject.began),
                        "end": moment(subject.ended),
                    }
                ]
            },
            "observations": [each for one in findings for each in observations_of(subject, one)],
            "risks": [risk_of(subject, one) for one in at_risk],
            "findings": [finding_of(subject, control, mapped) for control, mapped in not_satisfied(findings)],
            "remarks": _remarks(subject),
        }
    )


def _remarks(subject: Subject) -> str | None:
    assessment = subject.assessment
    told = []
    if assessment.left_out:
        told += ["Left out of scope, and counted in no status:", listed(assessment.left_out)]
    if assessment.not_assessed:
        told += ["Not assessed, since it was not asked for:", listed(assessment.not_assessed)]
    if assessment.notes:
        told.append(prose(*assessment.notes))
    return "\n\n".join(told) or None


def _embedded(uid: str, plan: str) -> Object:
    return {
        "uuid": uid,
        "title": "Assessment plan",
        "description": "The plan that these results follow, held here whole.",
        "base64": {
            "filename": _PLAN_FILE,
            "media-type": "application/oscal+json",
            "value": base64.b64encode(plan.encode()).decode("ascii"),
        },
    }
