"""Facts about the unified audit log: how long Purview keeps it, for whom, and where it is copied to."""

from __future__ import annotations

from compliance.rules.facts.fact import Certainty, Fact

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

FACTS = (
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
        "audit.ingestion-off",
        "While auditing is off for the organisation, nothing goes into the unified audit log, and what happened"
        " meanwhile never will.",
        "Microsoft Learn, Turn auditing on or off, https://learn.microsoft.com/purview/audit-log-enable-disable",
        "2026-06-19",
        Certainty.HIGH,
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
        "office-activity.copies",
        "Microsoft Sentinel's connector for Microsoft 365 copies the audit records of Exchange, SharePoint and Teams to"
        " the table OfficeActivity, each where it is switched on, and nothing else of the unified audit log.",
        "Microsoft Learn, Find your Microsoft Sentinel data connector,"
        " https://learn.microsoft.com/azure/sentinel/data-connectors-reference",
        None,
        Certainty.HIGH,
    ),
    Fact(
        "office-activity.mail-items-accessed",
        "MailItemsAccessed is among what the connector copies: Microsoft's own rules search OfficeActivity for it,"
        " while the reference of the table names no operations.",
        "Microsoft, Azure-Sentinel, Exchange workflow MailItemsAccessed operation anomaly,"
        " https://github.com/Azure/Azure-Sentinel/blob/master/Solutions/Microsoft%20365/Analytic%20Rules/"
        "MailItemsAccessedTimeSeries.yaml",
        None,
        Certainty.MEDIUM,
    ),
    Fact(
        "audit.creation-time-utc",
        "CreationTime of a record in the unified audit log is in UTC, although it is written without a zone.",
        _SCHEMA,
        None,
        Certainty.HIGH,
    ),
    Fact(
        "office.exports",
        "The connector for Microsoft 365 brings in Exchange, SharePoint and Teams; Audit.General and the rest of the"
        " content types go only where an application fetches them. An application lists the subscriptions that it has"
        " started itself, so that nobody sees another's.",
        "Microsoft Learn, Office 365 Management Activity API reference,"
        " https://learn.microsoft.com/office/office-365-management-api/office-365-management-activity-api-reference",
        None,
        Certainty.MEDIUM,
    ),
)
"""These facts."""
