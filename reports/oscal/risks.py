"""Risks: one for every finding that fails, and in the plan of action for every open question too.

A waiver makes a risk's status `deviation-approved` until the waiver expires: OSCAL counts such a risk as open, and the
objective stays not satisfied. A waiver that covers a part of a finding is written into the risk's log alone.
"""

from __future__ import annotations

import datetime as dt

from compliance.assessment.assessment import AppliedWaiver, Finding
from compliance.assessment.changes import FindingState
from compliance.assessment.verdict import OPEN, Status
from reports.oscal.document import Subject
from reports.oscal.observations import name_of, observation_ids, standing
from reports.oscal.values import Object, code, filled, identity, line, moment, props, prose, string
from reports.outcome import Outcome, outcome_of

_CORE = "http://csrc.nist.gov/ns/oscal"
_APPROVED = "deviation-approved"


def is_open(finding: Finding) -> bool:
    """Whether something is left to be done or to be found out, waived or not."""
    return finding.status in OPEN


def is_closed(finding: Finding) -> bool:
    """Whether it was open in the assessment before, and is no more."""
    return finding.state is FindingState.CLOSED and not is_open(finding)


def risk_of(subject: Subject, finding: Finding) -> Object:
    """Return the risk of a finding that fails, is indeterminate, or was either before."""
    return filled(
        {
            "uuid": risk_id(finding.uid),
            "title": risk_title(finding),
            "description": prose(finding.condition, finding.cause and f"Decided by: {finding.cause}"),
            "statement": prose(_if_so(finding), finding.effect),
            "props": props(standing(finding)),
            "status": _status(finding),
            "origins": subject.origin(),
            "characterizations": [
                {
                    "origin": subject.origin()[0],
                    "facets": [{"name": "severity", "system": _CORE, "value": finding.severity.value}],
                }
            ],
            "deadline": _deadline(finding),
            "remediations": _remediations(finding),
            "risk-log": {"entries": [_entry(subject, finding, one) for one in finding.waivers]}
            if finding.waivers
            else None,
            "related-observations": observation_ids(subject, finding),
        }
    )


def risk_id(uid: str) -> str:
    """Return the UUID of the risk of a finding by the finding's uid, the same in every run."""
    return identity("risk", uid)


def risk_title(finding: Finding) -> str:
    """Return what is wrong with a finding, as a title."""
    words = {Status.FAIL: "Not met", Status.INDETERMINATE: "Not determined"}.get(finding.status, "Closed")
    return line(f"{words}: {finding.title} ({name_of(finding)})", 240)


def _if_so(finding: Finding) -> str | None:
    return "It is not known whether this is so. If it is:" if finding.status is Status.INDETERMINATE else None


def _status(finding: Finding) -> str:
    if not is_open(finding):
        return "closed"
    return _APPROVED if outcome_of(finding) is Outcome.WAIVED else "open"


def _deadline(finding: Finding) -> str | None:
    """Return when the first of the waivers that together cover it expires."""
    if _status(finding) != _APPROVED:
        return None
    return min(_end_of(one.expires) for one in finding.waivers)


def _remediations(finding: Finding) -> list[Object]:
    told = [prose(finding.settle)] if finding.settle else []
    if finding.recommendation:
        told.append(code(finding.recommendation))
    if not told or not is_open(finding):
        return []
    return [
        {
            "uuid": identity("remediation", finding.uid),
            "lifecycle": "recommendation",
            "title": "What settles it" if finding.status is Status.INDETERMINATE else "What meets it",
            "description": "\n\n".join(told),
        }
    ]


def _entry(subject: Subject, finding: Finding, waiver: AppliedWaiver) -> Object:
    approved = moment(subject.assessment.as_of) if waiver.approved_on is None else _start_of(waiver.approved_on)
    whole = _status(finding) == _APPROVED
    return filled(
        {
            "uuid": identity("waiver", finding.uid, waiver.id),
            "title": line(f"Waiver {waiver.id}" if whole else f"Waiver {waiver.id}, of a part only"),
            "description": prose(
                waiver.reason,
                f"Ticket {waiver.ticket}; asked for by {waiver.requester}, approved by {waiver.approver}:"
                " as written, not authenticated.",
            ),
            "start": approved,
            "end": _end_of(waiver.expires),
            "props": [
                {"name": "type", "value": "dr-approved"},
                *props({"waiver": waiver.id, "ticket": string(waiver.ticket), "approver": waiver.approver}),
            ],
            "status-change": _APPROVED if whole else None,
        }
    )


def _start_of(day: str) -> str:
    return moment(dt.datetime.combine(dt.date.fromisoformat(day), dt.time(), dt.UTC))


def _end_of(day: str) -> str:
    """Return the last second of a waiver's last valid day, in UTC."""
    return moment(dt.datetime.combine(dt.date.fromisoformat(day), dt.time(23, 59, 59), dt.UTC))
