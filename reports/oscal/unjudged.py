"""What was open and is not assessed any more: nothing closed it, so that its risk and its item stay."""

from __future__ import annotations

from compliance.assessment.changes import UnjudgedEntry
from compliance.assessment.verdict import OPEN, Status
from reports.oscal.document import Subject
from reports.oscal.observations import named
from reports.oscal.risks import risk_id
from reports.oscal.values import Object, filled, identity, line, moment, props, prose


def open_before(subject: Subject) -> list[UnjudgedEntry]:
    """Return the controls that were open when they were judged last, and that this assessment did not judge."""
    return [one for one in subject.assessment.unjudged if one.status in OPEN]


def unjudged_risk(subject: Subject, entry: UnjudgedEntry) -> Object:
    """Return the risk of such a control: open, whatever waiver it had, for none was looked at."""
    return {
        "uuid": risk_id(entry.uid),
        "title": _title(entry),
        "description": _told(entry),
        "statement": "It is not known whether this is still so.",
        "props": _props(entry),
        "status": "open",
        "origins": subject.origin(),
    }


def unjudged_item(subject: Subject, entry: UnjudgedEntry) -> Object:
    """Return the item of such a control, by the identity that it had while it was assessed."""
    return filled(
        {
            "uuid": identity("poam-item", entry.uid),
            "title": _title(entry),
            "description": _told(entry),
            "props": _props(entry),
            "origins": subject.origin(),
            "related-risks": [{"risk-uuid": risk_id(entry.uid)}],
            "remarks": prose(f"To settle it: assess {named(entry.check, entry.standard)} again."),
        }
    )


def _title(entry: UnjudgedEntry) -> str:
    return line(f"Not assessed any more: {named(entry.check, entry.standard)}")


def _told(entry: UnjudgedEntry) -> str:
    how = "failed" if entry.status is Status.FAIL else "could not be determined"
    return prose(f"It {how} when it was assessed last, as of {moment(entry.judged_as_of)}, and was not assessed now.")


def _props(entry: UnjudgedEntry) -> list[Object]:
    return props(
        {
            "finding-uid": entry.uid,
            "check": entry.check,
            "standard": entry.standard,
            "assessed": "no",
            "last-assessed": moment(entry.judged_as_of),
            "last-status": entry.status.value,
            "first-seen": None if entry.first_seen is None else moment(entry.first_seen),
            "last-seen": None if entry.last_seen is None else moment(entry.last_seen),
        }
    )
