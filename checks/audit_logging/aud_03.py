"""AUD-03: mailbox auditing on by default."""

from compliance.assessment.check import Mappings, check
from compliance.assessment.verdict import Fail, Indeterminate, Pass, Severity, Verdict
from compliance.evidence.derived import Corroboration
from compliance.evidence.derived.corroboration import MAILBOX_AUDITING
from compliance.evidence.unread import Kind
from compliance.evidence.views import OrganizationConfig


@check(
    "AUD-03",
    severity=Severity.CRITICAL,
    tests="design",
    mappings=Mappings(
        nist_800_53=("AU-2", "AU-12"),
        scuba=("MS.EXO.13.1v1",),
        cis_m365=("6.1.1 (v4 to v7)",),
        attack=("T1562.008", "T1685.002", "T1070.008", "T1098.002"),
    ),
    effect="No mailbox is audited, whatever its own settings say: reading, sending and deleting mail leaves no record.",
    remediation=("Connect-ExchangeOnline", "Set-OrganizationConfig -AuditDisabled $false"),
    lesson="MailItemsAccessed, the event that showed Storm-0558, exists only where mailboxes are audited.",
    facts=("mailbox.org-default-overrides", "audit.secure-score-controls"),
)
def mailbox_auditing_is_on_by_default(config: OrganizationConfig, corroboration: Corroboration) -> Verdict:
    """Mailbox auditing is on by default for the organisation.

    Reads AuditDisabled of Get-OrganizationConfig. While it is False, every user, shared and group mailbox is audited
    whatever its AuditEnabled says; while it is True, none is. AuditEnabled of a mailbox is evidence of nothing here.

    Passes on an explicit False, fails on True. An answer without the property, or with null, decides nothing.

    Secure Score judges mailbox auditing on its own (exo_mailboxaudit). Where it says off while AuditDisabled is False,
    the two contradict each other and nothing is decided. Where it was not read, is older than two days or lacks the
    control, it takes nothing away.
    """
    if config.audit_disabled:
        return Fail(
            condition="mailbox auditing is off for the whole organisation, whatever single mailboxes say",
            cause="AuditDisabled is True",
            notes=corroboration.notes_on_failure(MAILBOX_AUDITING),
        )
    if (contradiction := corroboration.contradiction(MAILBOX_AUDITING)) is not None:
        return Indeterminate(
            kind=Kind.CONTRADICTORY,
            condition=f"AuditDisabled is False, but {contradiction.reason}",
            settle=contradiction.settle,
            cause=contradiction.reason,
        )
    return Pass(condition="mailbox auditing is on by default", cause="AuditDisabled is False")
