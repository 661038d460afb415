"""The facts of the field that the rules rest on: each with its source, the source's date, and how certain it is.

Every result of a rule names the ids of the facts that it used, so that a reader can go back to the published text.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Certainty(StrEnum):
    """How sure a fact is.

    A fact of medium certainty decides, and what the other published reading gives is told beside it. One of low
    certainty decides no pass: where its readings differ in verdict, there is none.
    """

    HIGH = "high"
    """The vendor's current text says so."""
    MEDIUM = "medium"
    """Published texts disagree or are vague; the reading taken is the shorter or more recent one."""
    LOW = "low"
    """Hardly documented; the readings are evaluated side by side."""


@dataclass(frozen=True, slots=True)
class Fact:
    """`source` is the title and address of a public page; `date` the ISO date that the page carries, if it has one."""

    id: str
    statement: str
    source: str
    date: str | None
    certainty: Certainty


_POLICIES = (
    "Microsoft Learn, Manage audit log retention policies,"
    " https://learn.microsoft.com/purview/audit-log-retention-policies"
)
_OVERVIEW = (
    "Microsoft Learn, Auditing solutions in Microsoft Purview,"
    " https://learn.microsoft.com/purview/audit-solutions-overview"
)
_CMDLET = (
    "Microsoft Learn, New-UnifiedAuditLogRetentionPolicy,"
    " https://learn.microsoft.com/powershell/module/exchangepowershell/new-unifiedauditlogretentionpolicy"
)
_SCHEMA = (
    "Microsoft Learn, Office 365 Management Activity API schema,"
    " https://learn.microsoft.com/office/office-365-management-api/office-365-management-activity-api-schema"
)
_SCUBA = (
    "CISA ScubaGear, Security Suite secure configuration baseline, https://github.com/cisagov/ScubaGear/blob/main/"
    "PowerShell/ScubaGear/baselines/securitysuite.md"
)
_PLANS = (
    "Microsoft Learn, Product names and service plan identifiers for licensing,"
    " https://learn.microsoft.com/entra/identity/users/licensing-service-plan-reference"
)
_ASSIGNED_PLAN = (
    "Microsoft Learn, assignedPlan resource type, https://learn.microsoft.com/graph/api/resources/assignedplan"
)
_LICENCE_STATE = (
    "Microsoft Learn, licenseAssignmentState resource type,"
    " https://learn.microsoft.com/graph/api/resources/licenseassignmentstate"
)
_MAILBOXES = "Microsoft Learn, Manage mailbox auditing, https://learn.microsoft.com/purview/audit-mailboxes"
_LOG_ANALYTICS = (
    "Microsoft Learn, Manage data retention in a Log Analytics workspace,"
    " https://learn.microsoft.com/azure/azure-monitor/logs/data-retention-configure"
)

_ALL = (
    Fact(
        "purview.standard-180-days",
        "Audit (Standard) keeps a record for 180 days; so it is for every actor without an Audit (Premium) plan,"
        " for guests, and for workloads outside the default one-year policy.",
        _POLICIES,
        "2026-06-19",
        Certainty.HIGH,
    ),
    Fact(
        "purview.default-one-year",
        "With Audit (Premium) on the acting user, records of Microsoft Entra ID, Exchange, SharePoint and OneDrive"
        " are kept for one year by a default policy that cannot be changed and is not listed among the policies.",
        _POLICIES,
        "2026-06-19",
        Certainty.HIGH,
    ),
    Fact(
        "purview.lower-number-wins",
        "Of the custom policies that match a record, the one with the lowest priority number decides, not the"
        " longest; any custom policy goes before the default, and may shorten it.",
        _CMDLET,
        None,
        Certainty.HIGH,
    ),
    Fact(
        "purview.priorities-are-unique",
        "No two policies can have the same priority number; where two are read with the same, which decides"
        " is not documented.",
        _CMDLET,
        None,
        Certainty.LOW,
    ),
    Fact(
        "purview.shape-of-a-policy",
        "A policy names record types, users or both; it may name operations only together with exactly one"
        " record type; an empty list means all.",
        _CMDLET,
        None,
        Certainty.HIGH,
    ),
    Fact(
        "purview.policy-durations",
        "A policy keeps records for 7, 30, 90, 180 or 270 days, 12 months, or 3, 5, 7 or 10 years; what is named in"
        " months below a year (SixMonths) is counted in days (180), the shorter of the readings published.",
        _POLICIES,
        "2026-06-19",
        Certainty.HIGH,
    ),
    Fact(
        "purview.premium-needed",
        "To be kept longer than 180 days, or for 7 or 30 days only, a record needs Audit (Premium) on the acting"
        " user. Without it the text allows both the policy and the licence's default; the shorter is credited.",
        _SCUBA,
        None,
        Certainty.MEDIUM,
    ),
    Fact(
        "purview.ten-year-add-on-needed",
        "To be kept longer than one year, a record needs the 10-Year Audit Log Retention add-on on the acting user"
        " besides Audit (Premium); one year is credited without it.",
        _POLICIES,
        "2026-06-19",
        Certainty.MEDIUM,
    ),
    Fact(
        "purview.licence-of-the-actor",
        "What counts is the licence of the user who acted, not that of the mailbox's owner.",
        _SCUBA,
        None,
        Certainty.HIGH,
    ),
    Fact(
        "purview.non-user-fixed-year",
        "Records of service principals, applications and the system are kept for one year, and custom policies do"
        " not apply to them; an older example scopes a policy to app@sharepoint all the same.",
        _OVERVIEW,
        "2026-05-18",
        Certainty.MEDIUM,
    ),
    Fact(
        "purview.unclear-actor",
        "Whether an actor of this kind counts as a user or as a non-user is not documented.",
        _SCHEMA,
        None,
        Certainty.LOW,
    ),
    Fact(
        "records.mail-items-accessed-types",
        "MailItemsAccessed is documented under record type 50, ExchangeItemAggregated; published records of sync"
        " access carry type 2, ExchangeItem.",
        _SCHEMA,
        None,
        Certainty.MEDIUM,
    ),
    Fact(
        "records.audit-configuration-types",
        "Searches of the audit log, changes of retention policies and of the audit configuration are recorded under"
        " the record types 295, 296 and 297.",
        _SCHEMA,
        None,
        Certainty.HIGH,
    ),
    Fact(
        "licences.plan-identifiers",
        "M365_ADVANCED_AUDITING and the 10-year add-on are told by the GUIDs of their service plans, which are the"
        " same in every cloud.",
        _PLANS,
        None,
        Certainty.HIGH,
    ),
    Fact(
        "licences.plan-status",
        "A service plan of a user has capabilityStatus Enabled, Warning, Suspended, Deleted or LockedOut; it can be"
        " used while Enabled or Warning.",
        _ASSIGNED_PLAN,
        None,
        Certainty.HIGH,
    ),
    Fact(
        "licences.assignment-state",
        "A licence assignment, direct or through a group, is Active, ActiveWithError, Disabled or Error.",
        _LICENCE_STATE,
        None,
        Certainty.HIGH,
    ),
    Fact(
        "audit.ingestion-endpoint",
        "Get-AdminAuditLogConfig always returns UnifiedAuditLogIngestionEnabled False in Security & Compliance"
        " PowerShell; only its value in Exchange Online PowerShell tells whether auditing is on.",
        "Microsoft Learn, Get-AdminAuditLogConfig,"
        " https://learn.microsoft.com/powershell/module/exchangepowershell/get-adminauditlogconfig",
        None,
        Certainty.HIGH,
    ),
    Fact(
        "audit.secure-score-controls",
        "Secure Score judges audit search by the control mip_search_auditlog and mailbox auditing by exo_mailboxaudit;"
        " it is worked out about once a day, and a control may be absent from a tenant.",
        "Microsoft Learn, secureScore resource type, https://learn.microsoft.com/graph/api/resources/securescore",
        None,
        Certainty.MEDIUM,
    ),
    Fact(
        "access.few-holders",
        "No standard says how many people may hold rights over audit settings. Microsoft recommends fewer than five"
        " Global Administrators; the limit of five people over all such roles is lookback's own.",
        "Microsoft Learn, Best practices for Microsoft Entra roles,"
        " https://learn.microsoft.com/entra/identity/role-based-access-control/best-practices",
        None,
        Certainty.MEDIUM,
    ),
    Fact(
        "access.mirrored-roles",
        "Exchange Online mirrors the holders of a directory role in a member of its role groups: Global Administrators"
        " in TenantAdmins_<unique value>, for one.",
        "Microsoft Learn, Permissions in Exchange Online,"
        " https://learn.microsoft.com/exchange/permissions-exo/permissions-exo",
        None,
        Certainty.HIGH,
    ),
    Fact(
        "access.retention-policies-need-a-writing-role",
        "Get-UnifiedAuditLogRetentionPolicy needs the Purview role Organization Configuration, which can also change"
        " and remove these policies; no role reads them alone.",
        "CISA ScubaGear, issue #2375, https://github.com/cisagov/ScubaGear/issues/2375",
        "2026-09-03",
        Certainty.MEDIUM,
    ),
    Fact(
        "access.roles-in-a-token",
        "An access token names application permissions in roles, delegated ones in scp, and directory roles by"
        " template id in wids; roles of Exchange Online, Purview and Azure are in none.",
        "Microsoft Learn, Access token claims reference,"
        " https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference",
        None,
        Certainty.HIGH,
    ),
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
        "audit.ingestion-off",
        "While auditing is off for the organisation, nothing goes into the unified audit log, and what happened"
        " meanwhile never will.",
        "Microsoft Learn, Turn auditing on or off, https://learn.microsoft.com/purview/audit-log-enable-disable",
        "2026-06-19",
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
    Fact(
        "licences.mailbox-plans",
        "The plans EXCHANGE_S_ENTERPRISE, _STANDARD, _DESKLESS and _ESSENTIALS and their like give a user a mailbox;"
        " EXCHANGE_S_FOUNDATION, which comes with hundreds of products, gives none.",
        _PLANS,
        "2025-10-29",
        Certainty.HIGH,
    ),
    Fact(
        "licences.enterprise-suites",
        "A product that carries EXCHANGE_S_ENTERPRISE together with SharePoint (Plan 2) is an enterprise suite (E3, G3,"
        " A3 or above), in every cloud. M365_AUDIT_PLATFORM does not tell: E3 for GCC High and DoD lists none.",
        _PLANS,
        "2025-10-29",
        Certainty.MEDIUM,
    ),
    Fact(
        "entra.native-retention",
        "Microsoft Entra ID keeps audit and sign-in logs for 7 days, with P1 or P2 for 30 days, and risk detections for"
        " 7, 30 or 90 days; risky users until the risk is remediated; Microsoft Graph activity not at all.",
        "Microsoft Learn, Microsoft Entra data retention,"
        " https://learn.microsoft.com/entra/identity/monitoring-health/reference-reports-data-retention",
        "2026-01-06",
        Certainty.HIGH,
    ),
    Fact(
        "entra.native-provisioning",
        "Microsoft Entra ID keeps provisioning logs for up to 30 days, without P1 or P2 for 7 days.",
        "Microsoft Learn, Understand how provisioning integrates with Azure Monitor logs,"
        " https://learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-log-analytics",
        None,
        Certainty.MEDIUM,
    ),
    Fact(
        "entra.conditional-logs",
        "Some logs hold anything only where a licence or a feature makes them: risk with P2, sign-ins through AD FS"
        " with Connect Health, enriched Microsoft 365 records with Global Secure Access. Their emptiness is no fault.",
        "Microsoft Learn, What are the identity logs you can stream to an endpoint,"
        " https://learn.microsoft.com/entra/identity/monitoring-health/"
        "concept-diagnostic-settings-logs-options",
        None,
        Certainty.HIGH,
    ),
    Fact(
        "entra.sign-in-export",
        "Diagnostic settings send sign-in logs, of every kind, only with Microsoft Entra ID P1 or P2; they send audit"
        " logs with any licence.",
        "Microsoft Learn, Send data to Microsoft Sentinel using the Microsoft Entra ID data connector,"
        " https://learn.microsoft.com/azure/sentinel/connect-azure-active-directory",
        None,
        Certainty.HIGH,
    ),
    Fact(
        "log-analytics.total-retention",
        "A table keeps records for totalRetentionInDays from creation, of which retentionInDays can be searched at"
        " once; the rest is reached by search jobs. The two are never added. -1 stands for a default.",
        _LOG_ANALYTICS,
        "2026-09-02",
        Certainty.HIGH,
    ),
    Fact(
        "log-analytics.basic-plan",
        "In the plan Basic, 30 days can be searched, one table at a time with a reduced query language.",
        _LOG_ANALYTICS,
        "2026-09-02",
        Certainty.HIGH,
    ),
    Fact(
        "log-analytics.auxiliary-plan",
        "In the plan Auxiliary, the data lake tier, a table has total retention alone: its records can be retrieved,"
        " and are not counted as searchable at once.",
        "Microsoft Learn, Manage data tiers and retention in Microsoft Sentinel,"
        " https://learn.microsoft.com/azure/sentinel/manage-data-overview",
        "2025-11-05",
        Certainty.MEDIUM,
    ),
)

FACTS = MappingProxyType({fact.id: fact for fact in _ALL})
"""Every fact by its id."""
