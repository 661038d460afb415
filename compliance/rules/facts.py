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
)

FACTS = MappingProxyType({fact.id: fact for fact in _ALL})
"""Every fact by its id."""
