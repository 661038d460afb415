"""The OSCAL plan of action and milestones: an item for whatever fails, and for whatever could not be determined.

An open question is an item as a failure is: nobody knows that the control holds until somebody does what settles it. It
has no finding, since no objective was shown not to be satisfied. What was open and is not assessed any more stays an
item, with nothing observed. Milestones and dates are the organisation's to add.
"""

from __future__ import annotations

from compliance.assessment.assessment import Finding
from compliance.assessment.verdict import Status
from reports.oscal.controls import Control, controls_of
from reports.oscal.document import Subject, system_id, written
from reports.oscal.evidence import resources
from reports.oscal.observations import observation_ids, observations_of, standing
from reports.oscal.results import finding_id, finding_of, not_satisfied
from reports.oscal.risks import is_closed, is_open, risk_id, risk_of, risk_title
from reports.oscal.unjudged import open_before, unjudged_item, unjudged_risk
from reports.oscal.values import Object, filled, identity, listed, prop, props, prose, uri_reference


def plan_of_action_of(subject: Subject) -> str:
    """Return the plan of action and milestones.

    It names the system security plan where there is one, else the tenant by its id. OSCAL knows no plan without items:
    where nothing is to be done, one item says so, or that not everything was assessed.
    """
    href = subject.options.ssp_href
    unjudged = open_before(subject)
    judged = [one for one in subject.assessment.findings if is_open(one) or is_closed(one)]
    failing = not_satisfied(judged)
    return written(
        "plan-of-action-and-milestones",
        filled(
            {
                "metadata": subject.metadata(
                    "plan-of-action-and-milestones",
                    "Log retention: plan of action and milestones",
                    *(f"Not assessed: {each}" for each in subject.assessment.not_assessed),
                ),
                "import-ssp": {"href": uri_reference(href)} if href else None,
                "system-id": None if href else system_id(subject.assessment.tenant.id),
                "local-definitions": {
                    "components": [subject.tenant_component()],
                    "assessment-assets": subject.assets(),
                },
                "observations": [each for one in judged for each in observations_of(subject, one)],
                "risks": [
                    *(risk_of(subject, one) for one in judged),
                    *(unjudged_risk(subject, one) for one in unjudged),
                ],
                "findings": [finding_of(subject, control, mapped) for control, mapped in failing],
                "poam-items": [
                    *(_item(subject, one, failing) for one in judged),
                    *(unjudged_item(subject, one) for one in unjudged),
                ]
                or [_nothing(subject)],
                "back-matter": filled({"resources": resources(subject) if judged else None}),
            }
        ),
    )


def _item(subject: Subject, finding: Finding, failing: list[tuple[Control, list[Finding]]]) -> Object:
    named = [control for control, _ in failing if finding.status is Status.FAIL and control in controls_of(finding)]
    return filled(
        {
            "uuid": identity("poam-item", finding.uid),
            "title": risk_title(finding),
            "description": prose(finding.condition),
            "props": props({**standing(finding), "control": [one.id for one in controls_of(finding)]}),
            "origins": subject.origin(),
            "related-findings": [{"finding-uuid": finding_id(subject, one)} for one in named],
            "related-observations": observation_ids(subject, finding),
            "related-risks": [{"risk-uuid": risk_id(finding.uid)}],
            "remarks": finding.settle and prose(f"To settle it: {finding.settle}"),
        }
    )


def _nothing(subject: Subject) -> Object:
    assessment = subject.assessment
    beyond = [*assessment.not_assessed, *(f"left out of scope: {each}" for each in assessment.left_out)]
    passes = "Every control that was assessed passes or does not apply."
    return {
        "uuid": subject.of_run("nothing to be done"),
        "title": "Not everything was assessed" if beyond else "Nothing is open",
        "description": f"{passes} Nothing is known of:\n\n{listed(beyond)}"
        if beyond
        else f"{passes} There is nothing to be done here.",
        "props": [prop("placeholder", "yes")],
    }
