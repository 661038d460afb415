"""AUD-04: nobody's actions in mailboxes bypass auditing."""

from compliance.assessment.check import Mappings, check
from compliance.assessment.verdict import Severity, Verdict, decide
from compliance.evidence.population import Judgement, Population, Satisfied, Violating
from compliance.evidence.views import MailboxAuditBypass


@check(
    "AUD-04",
    severity=Severity.CRITICAL,
    tests="design",
    mappings=Mappings(
        nist_800_53=("AU-2", "AU-12", "AC-6(9)"),
        cis_m365=("6.1.4 (v3, v4)", "6.1.3 (v5 to v7)"),
        attack=("T1562.008", "T1685.002", "T1114.002"),
    ),
    effect="Whatever these accounts do in any mailbox, as owner, delegate or administrator, leaves no record; an"
    " intruder who takes one over reads mail unseen.",
    remediation=(
        "Connect-ExchangeOnline",
        "Set-MailboxAuditBypassAssociation -Identity <account> -AuditBypassEnabled $false",
        "# an account that has to keep the bypass needs a waiver: requester, another approver, expiry",
    ),
    lesson="An account that is exempt from auditing is where an intruder who knows the logging policy would work.",
    facts=("mailbox.bypass-follows-the-actor",),
)
def no_account_bypasses_mailbox_auditing(accounts: Population[MailboxAuditBypass]) -> Verdict:
    """No account bypasses mailbox auditing.

    Reads AuditBypassEnabled of every account that Get-MailboxAuditBypassAssociation lists, user, service and system
    accounts alike, with ResultSize Unlimited: the default stops at 1,000 without an error. The bypass belongs to the
    one who acts, so the owner of a mailbox does not matter.

    Fails on any account with a bypass. Passes only when every account was read and says False.
    """
    return decide(
        accounts.judge(_audited),
        met="all {count} accounts are audited",
        broken="{count} accounts act in mailboxes without leaving a record",
        settle="Get-MailboxAuditBypassAssociation -ResultSize Unlimited, with AuditBypassEnabled of every account",
        cause="AuditBypassEnabled is False for every account listed",
    )


def _audited(account: MailboxAuditBypass) -> Judgement:
    return Violating("AuditBypassEnabled is True") if account.audit_bypass_enabled else Satisfied()
