"""AUD-04: nobody's actions in mailboxes bypass auditing."""

from dataclasses import replace

from compliance.assessment.check import Mappings, check
from compliance.assessment.verdict import Indeterminate, Pass, Severity, Verdict, decide
from compliance.evidence.derived import AuditBypasses
from compliance.evidence.derived.bypasses import audited
from compliance.evidence.population import Population
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
def no_account_bypasses_mailbox_auditing(accounts: Population[MailboxAuditBypass], bypasses: AuditBypasses) -> Verdict:
    """No account bypasses mailbox auditing.

    Reads AuditBypassEnabled of every account that Get-MailboxAuditBypassAssociation lists, user, service and system
    accounts alike, with ResultSize Unlimited: the default stops at 1,000 without an error. The bypass belongs to the
    one who acts, so the owner of a mailbox does not matter.

    Fails on any account with a bypass. Passes only when every account was read and says False, when there are at least
    as many as the directory has licensed members, and when the account of each user, shared, linked and resource
    mailbox that Get-Mailbox lists is among them, by the Guid that both show: whoever may see a part of the accounts
    alone gets a short list without an error. Where not one mailbox is found by its Guid, the number alone counts.
    """
    verdict = decide(
        accounts.judge(audited),
        met="all {count} accounts are audited",
        broken="what {count} account{s} may do in mailboxes leaves no record",
        settle="Get-MailboxAuditBypassAssociation -ResultSize Unlimited, with AuditBypassEnabled of every account",
        cause="AuditBypassEnabled is False for every account listed",
    )
    if not isinstance(verdict, Pass):
        return verdict
    if bypasses.open is None:
        return replace(verdict, notes=bypasses.notes)
    return Indeterminate(
        kind=bypasses.open.kind,
        condition=f"no account that was listed bypasses auditing; but {bypasses.open.reason}",
        settle=bypasses.open.settle,
        notes=bypasses.notes,
        tally=verdict.tally,
    )
