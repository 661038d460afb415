"""What Secure Score says of the two switches of auditing: a second witness, which can contradict and nothing else.

Source: Microsoft Learn, "secureScore resource type" and "controlScore resource type" (Microsoft Graph).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from compliance.evidence.evidence import AsOf
from compliance.evidence.population import Malformed, Population, scan
from compliance.evidence.unread import Kind, Unread
from compliance.evidence.views import DATASET_OF, SecureScore

AUDIT_SEARCH = "mip_search_auditlog"
"""The control of Secure Score that judges whether the audit log can be searched."""

MAILBOX_AUDITING = "exo_mailboxaudit"
"""The control of Secure Score that judges whether mailboxes are audited."""

OLDEST = dt.timedelta(hours=48)
"""A score that is older says nothing: it is worked out about once a day, and may lag a day behind."""


@dataclass(frozen=True, slots=True)
class Corroboration:
    """How the controls stand, in per cent, and when that was worked out; empty where nothing recent was read."""

    percentages: Mapping[str, float]
    at: dt.datetime | None

    def contradiction(self, control: str) -> Unread | None:
        """Return why a control denies what a setting says is on, or None where it does not deny it."""
        if self.at is None or control not in self.percentages or self.percentages[control] != 0:
            return None
        return Unread(
            Kind.CONTRADICTORY,
            DATASET_OF[SecureScore],
            f"Secure Score of {self.at:%Y-%m-%d %H:%M} UTC gives {control} 0 %, as if it were off",
            "collect again tomorrow: Secure Score is worked out about once a day; where it still says so, look for a"
            " record of today with Search-UnifiedAuditLog",
        )

    def notes_on_failure(self, control: str) -> tuple[str, ...]:
        """Return what to say beside a setting that is off: that a control credits it all the same."""
        if self.at is None or control not in self.percentages or self.percentages[control] == 0:
            return ()
        return (
            f"Secure Score of {self.at:%Y-%m-%d %H:%M} UTC still gives {control} {self.percentages[control]:g} %; it"
            " lags behind the setting by up to two days, and excuses nothing",
        )


def corroboration(scores: Population[SecureScore] | Unread, as_of: AsOf) -> Corroboration:
    """Return what the latest score says, unless it was worked out more than two days from the moment judged."""
    nothing = Corroboration({}, None)
    if isinstance(scores, Unread):
        return nothing
    readable = [
        row
        for row, _ in scan(scores)
        if not isinstance(row, Malformed)
        and row.holds("created_date_time")
        and row.created_date_time.tzinfo is not None
        and row.holds("control_scores")
    ]
    latest = max(readable, key=lambda row: row.created_date_time, default=None)
    if latest is None or abs(latest.created_date_time - as_of) > OLDEST:
        return nothing
    controls = [
        control
        for control in latest.control_scores
        if control.holds("control_name") and control.holds("score_in_percentage")
    ]
    return Corroboration(
        {control.control_name: control.score_in_percentage for control in controls}, latest.created_date_time
    )
