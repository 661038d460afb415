"""Facts about mailbox auditing."""

from __future__ import annotations

from compliance.rules.facts.fact import Certainty, Fact

_MAILBOXES = "Microsoft Learn, Manage mailbox auditing, https://learn.microsoft.com/purview/audit-mailboxes"

FACTS = (
    Fact(
        "mailbox.org-default-overrides",
        "While AuditDisabled is False, mailboxes are audited whatever their AuditEnabled says; while it is True, none"
        " is audited.",
        "Microsoft Learn, Manage mailbox auditing, https://learn.microsoft.com/purview/audit-mailboxes",
        "2026-06-19",
        Certainty.HIGH,
    ),
    Fact(
        "mailbox.bypass-follows-the-actor",
        "A mailbox audit bypass belongs to the account that acts: nothing it does in any mailbox is recorded, as owner,"
        " delegate or administrator. Get-MailboxAuditBypassAssociation returns 1,000 rows unless ResultSize says more.",
        "Microsoft Learn, Set-MailboxAuditBypassAssociation,"
        " https://learn.microsoft.com/powershell/module/exchangepowershell/set-mailboxauditbypassassociation",
        None,
        Certainty.HIGH,
    ),
    Fact(
        "mailbox.default-audit-set",
        "DefaultAuditSet names the logon types whose actions Microsoft manages. One that it does not name was"
        " customised: what its list holds is recorded, and new default actions do not arrive.",
        "Microsoft Learn, Set-Mailbox, https://learn.microsoft.com/powershell/module/exchangepowershell/set-mailbox",
        None,
        Certainty.HIGH,
    ),
    Fact(
        "mailbox.default-actions",
        "The default actions of owner, delegate and administrator hold MailItemsAccessed. The published tables disagree"
        " over Create for the owner, whose absence is no fault; AttachmentAccess is always on and need not be listed.",
        _MAILBOXES,
        "2026-06-24",
        Certainty.MEDIUM,
    ),
    Fact(
        "mailbox.supported-types",
        "Auditing is on by default for user, shared and group mailboxes; not for rooms, equipment, public folders and"
        " discovery mailboxes, where AuditEnabled and the lists of actions decide.",
        _MAILBOXES,
        "2026-06-19",
        Certainty.HIGH,
    ),
    Fact(
        "mailbox.group-fixed-set",
        "Group mailboxes record Create, HardDelete, MoveToDeletedItems, SendAs, SendOnBehalf, SoftDelete and Update,"
        " and nothing else; what Get-Mailbox shows of their lists does not apply.",
        _MAILBOXES,
        "2026-06-19",
        Certainty.HIGH,
    ),
    Fact(
        "mailbox.mail-items-accessed-licence",
        "MailItemsAccessed came with Audit (Premium) and since 2024 with the enterprise suites of Audit (Standard), E3"
        " and G3; for other plans and for mailboxes without a licence it is not published that it is recorded.",
        "Microsoft Learn, Use audit to investigate compromised accounts,"
        " https://learn.microsoft.com/purview/audit-log-investigate-accounts",
        "2026-06-24",
        Certainty.HIGH,
    ),
    Fact(
        "mailbox.configured-is-not-observed",
        "Even with auditing on by default, the mailbox records of some users may not appear in the audit log: a setting"
        " is a claim, and only a record proves it.",
        "Microsoft Learn, Search the audit log, https://learn.microsoft.com/purview/audit-search",
        "2026-06-19",
        Certainty.HIGH,
    ),
    Fact(
        "mailbox.search-query",
        "SearchQueryInitiated is in no default set and must be added to AuditOwner. CISA's Expanded Cloud Logs playbook"
        " counts it as Audit (Standard), other texts as Audit (Premium).",
        "CISA, Microsoft Expanded Cloud Logs Implementation Playbook, https://www.cisa.gov/resources-tools/resources/"
        "microsoft-expanded-cloud-logs-implementation-playbook",
        "2026-05-01",
        Certainty.LOW,
    ),
)
"""These facts."""
