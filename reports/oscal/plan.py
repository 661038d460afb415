"""The OSCAL assessment plan: which controls are assessed, by which activities, of what."""

from __future__ import annotations

import base64

from compliance.assessment.assessment import Finding
from reports.oscal.controls import controls_of
from reports.oscal.document import Subject, written
from reports.oscal.results import reviewed_controls
from reports.oscal.values import Object, filled, identity, line, listed, moment, prose, uri_reference

_NO_SSP = (
    "No system security plan was named when this plan was written. Name yours with --ssp-href, and write it again."
)
_METHODOLOGY = (
    "The tenant is read without changing it. Each check is judged from what was answered, which is kept as it was"
    " answered: the same evidence gives the same verdicts again. What was not read is never taken for a pass."
)


def assessment_plan_of(subject: Subject) -> str:
    """Return the assessment plan, as it was carried out.

    OSCAL asks for a system security plan. Where none is named the plan refers to a note that says so.
    """
    href = subject.options.ssp_href
    note = identity("no-ssp")
    return written(
        "assessment-plan",
        filled(
            {
                "metadata": subject.metadata("assessment-plan", "Log retention: assessment plan"),
                "import-ssp": {"href": uri_reference(href)} if href else {"href": f"#{note}", "remarks": line(_NO_SSP)},
                "local-definitions": {
                    "components": [subject.tenant_component()],
                    "activities": [_activity(subject, one) for one in _by_check(subject).values()],
                    "remarks": _how(subject),
                },
                "reviewed-controls": reviewed_controls(subject.assessment.findings),
                "assessment-subjects": [_tenant(subject)],
                "assessment-assets": subject.assets(),
                "tasks": [_task(subject)],
                "back-matter": None if href else {"resources": [_no_ssp(note)]},
            }
        ),
    )


def _by_check(subject: Subject) -> dict[str, Finding]:
    return {one.check: one for one in reversed(subject.assessment.findings)}


def _activity(subject: Subject, finding: Finding) -> Object:
    controls = controls_of(finding)
    requests = {one.name: one.request for one in subject.assessment.datasets}
    return filled(
        {
            "uuid": _activity_id(finding.check),
            "title": line(f"{finding.check}: {finding.title}"),
            "description": prose(f"Tests the {finding.tests} of the control."),
            "props": [{"name": "method", "value": "TEST"}],
            "steps": [
                {
                    "uuid": identity("step", finding.check, one.dataset),
                    "title": line(f"Read {one.dataset}"),
                    "description": prose(requests.get(one.dataset, one.dataset)),
                }
                for one in finding.evidence
            ],
            "related-controls": {
                "control-selections": [{"include-controls": [{"control-id": one.id} for one in controls]}]
            }
            if controls
            else None,
        }
    )


def _how(subject: Subject) -> str:
    """Return how it is assessed and what is left out; oscal-validate refuses terms and conditions that say so."""
    left_out = [*subject.assessment.left_out, *subject.assessment.not_assessed]
    told = ["Left out:", listed(left_out)] if left_out else []
    return "\n\n".join((prose(_METHODOLOGY), *told))


def _task(subject: Subject) -> Object:
    return filled(
        {
            "uuid": subject.of_run("task"),
            "type": "action",
            "title": "Read the tenant and judge it",
            "timing": {"within-date-range": {"start": moment(subject.began), "end": moment(subject.ended)}},
            "associated-activities": [
                {"activity-uuid": _activity_id(check), "subjects": [_tenant(subject)]} for check in _by_check(subject)
            ],
        }
    )


def _tenant(subject: Subject) -> Object:
    return {
        "type": "component",
        "include-subjects": [{"subject-uuid": subject.tenant, "type": "component"}],
    }


def _activity_id(check: str) -> str:
    return identity("activity", check)


def _no_ssp(uid: str) -> Object:
    return {
        "uuid": uid,
        "title": "No system security plan was named",
        "base64": {
            "filename": "no-ssp.txt",
            "media-type": "text/plain",
            "value": base64.b64encode(_NO_SSP.encode()).decode("ascii"),
        },
    }
