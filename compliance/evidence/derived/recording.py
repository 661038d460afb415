"""Whether records of a log source are written at all, as far as the two switches of a tenant tell."""

from __future__ import annotations

from dataclasses import dataclass

from compliance.evidence.derived.corroboration import AUDIT_SEARCH, MAILBOX_AUDITING, Corroboration
from compliance.evidence.derived.ingestion import IngestionSetting
from compliance.evidence.unread import Kind, Unread
from compliance.evidence.views import DATASET_OF, OrganizationConfig

MAILBOX_SOURCES = frozenset({"purview.mail_items_accessed", "purview.exchange_item"})
"""Sources that only an audited mailbox writes."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """The switches are on."""


@dataclass(frozen=True, slots=True)
class NotRecorded:
    """A switch is off, and which."""

    why: str


Switch = Recorded | NotRecorded | Unread


@dataclass(frozen=True, slots=True)
class Recording:
    """The two switches: ingestion for all records, and mailbox auditing for those of mailboxes."""

    ingestion: Switch
    mailboxes: Switch

    def of(self, source: str) -> Switch:
        """Return whether a log source is recorded: not where a switch is off, unread where one is, else recorded."""
        if source not in MAILBOX_SOURCES or isinstance(self.ingestion, NotRecorded):
            return self.ingestion
        if isinstance(self.mailboxes, NotRecorded) or isinstance(self.ingestion, Recorded):
            return self.mailboxes
        return self.ingestion


def recording(
    ingestion: IngestionSetting | Unread, organization: OrganizationConfig | Unread, corroboration: Corroboration
) -> Recording:
    """Return the state of the two switches; one that is on and contradicted by Secure Score decides nothing."""
    return Recording(
        ingestion=_unless_denied(_ingestion(ingestion), corroboration, AUDIT_SEARCH),
        mailboxes=_unless_denied(_mailbox_auditing(organization), corroboration, MAILBOX_AUDITING),
    )


def _unless_denied(switch: Switch, corroboration: Corroboration, control: str) -> Switch:
    contradiction = corroboration.contradiction(control)
    return contradiction if isinstance(switch, Recorded) and contradiction is not None else switch


def _ingestion(ingestion: IngestionSetting | Unread) -> Switch:
    if isinstance(ingestion, Unread):
        return ingestion
    return Recorded() if ingestion.enabled else NotRecorded("unified audit log ingestion is off")


def _mailbox_auditing(organization: OrganizationConfig | Unread) -> Switch:
    if isinstance(organization, Unread):
        return organization
    if not organization.holds("audit_disabled"):
        dataset = DATASET_OF[OrganizationConfig]
        return Unread(Kind.MALFORMED, dataset, "the answer holds no AuditDisabled", f"read again: {dataset}")
    return NotRecorded("mailbox auditing is off") if organization.audit_disabled else Recorded()
