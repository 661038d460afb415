"""What an answer holds, typed, one struct per kind of row.

Each property is named as Microsoft names it and has no default: where the answer does not hold it, reading it raises
`PropertyUnreadError`; where it holds null or another type than documented, the row is malformed. Only a property
that Microsoft documents as nullable may be None.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from compliance.evidence.azure_views import AZURE_ROWS
from compliance.evidence.view import View, named


class VerifiedDomain(View, frozen=True, gc=False):
    """A domain of the tenant (Microsoft Graph, verifiedDomain)."""

    name: str = named("name")
    is_initial: bool = named("isInitial")


class Organization(View, frozen=True, gc=False):
    """The tenant itself (Microsoft Graph, organization)."""

    id: str = named("id")
    display_name: str = named("displayName")
    verified_domains: tuple[VerifiedDomain, ...] = named("verifiedDomains")


class ServicePlan(View, frozen=True, gc=False):
    """A service plan inside a SKU (Microsoft Graph, servicePlanInfo)."""

    service_plan_id: str = named("servicePlanId")
    provisioning_status: str = named("provisioningStatus")


class SubscribedSku(View, frozen=True, gc=False):
    """A subscription that the tenant holds (Microsoft Graph, subscribedSku)."""

    sku_id: str = named("skuId")
    applies_to: str = named("appliesTo")
    capability_status: str = named("capabilityStatus")
    consumed_units: int = named("consumedUnits")
    service_plans: tuple[ServicePlan, ...] = named("servicePlans")


class AssignedPlan(View, frozen=True, gc=False):
    """A service plan of a user (Microsoft Graph, assignedPlan)."""

    service_plan_id: str = named("servicePlanId")
    capability_status: str = named("capabilityStatus")


class AssignedLicense(View, frozen=True, gc=False):
    """A licence of a user (Microsoft Graph, assignedLicense)."""

    sku_id: str = named("skuId")
    disabled_plans: tuple[str, ...] = named("disabledPlans")


class LicenseAssignmentState(View, frozen=True, gc=False):
    """How a user came to a licence, directly or through a group (Microsoft Graph, licenseAssignmentState)."""

    sku_id: str = named("skuId")
    state: str = named("state")
    disabled_plans: tuple[str, ...] = named("disabledPlans")


class User(View, frozen=True, gc=False):
    """An account of the directory (Microsoft Graph, user)."""

    id: str = named("id")
    user_principal_name: str = named("userPrincipalName")
    user_type: str = named("userType")
    account_enabled: bool = named("accountEnabled")
    assigned_plans: tuple[AssignedPlan, ...] = named("assignedPlans")
    assigned_licenses: tuple[AssignedLicense, ...] = named("assignedLicenses")
    license_assignment_states: tuple[LicenseAssignmentState, ...] = named("licenseAssignmentStates")


class AdminAuditLogConfig(View, frozen=True, gc=False):
    """The switch of the unified audit log (Exchange Online, Get-AdminAuditLogConfig).

    `unified_audit_log_first_opt_in_date` is documented as nullable: the earliest moment from which records exist.
    """

    unified_audit_log_ingestion_enabled: bool = named("UnifiedAuditLogIngestionEnabled")
    unified_audit_log_first_opt_in_date: dt.datetime | None = named("UnifiedAuditLogFirstOptInDate")


class OrganizationConfig(View, frozen=True, gc=False):
    """Settings of the whole Exchange organisation (Exchange Online, Get-OrganizationConfig)."""

    audit_disabled: bool = named("AuditDisabled")


class MailboxAuditBypass(View, frozen=True, gc=False):
    """An account and whether its actions in mailboxes go unrecorded (Get-MailboxAuditBypassAssociation)."""

    guid: str = named("Guid")
    name: str = named("Name")
    audit_bypass_enabled: bool = named("AuditBypassEnabled")


class AuditRetentionPolicy(View, frozen=True, gc=False):
    """An audit log retention policy (Security & Compliance, Get-UnifiedAuditLogRetentionPolicy).

    Its properties are handed over as they came: a policy with one that cannot be read is not dropped, it is one that
    may or may not decide, and `compliance.rules.purview` weighs both.
    """

    name: Any = named("Name")
    priority: Any = named("Priority")
    retention_duration: Any = named("RetentionDuration")
    record_types: Any = named("RecordTypes")
    operations: Any = named("Operations")
    user_ids: Any = named("UserIds")
    enabled: Any = named("Enabled")
    mode: Any = named("Mode")
    when_changed_utc: Any = named("WhenChangedUTC")


class Mailbox(View, frozen=True, gc=False):
    """A mailbox of any kind and what auditing is set to on it (Exchange Online, Get-Mailbox).

    `external_directory_object_id` is the Graph id of its account, empty where it has none.
    """

    guid: str = named("Guid")
    user_principal_name: str = named("UserPrincipalName")
    external_directory_object_id: str = named("ExternalDirectoryObjectId")
    recipient_type_details: str = named("RecipientTypeDetails")
    audit_enabled: bool = named("AuditEnabled")
    default_audit_set: tuple[str, ...] = named("DefaultAuditSet")
    audit_owner: tuple[str, ...] = named("AuditOwner")
    audit_delegate: tuple[str, ...] = named("AuditDelegate")
    audit_admin: tuple[str, ...] = named("AuditAdmin")


class MailboxInUse(Mailbox, frozen=True, gc=False):
    """A mailbox that the plain call lists: to ask for these alone, and not for all that there are or were."""


class RoleGroup(View, frozen=True, gc=False):
    """A role group of Exchange Online or Purview, the roles that it carries and its direct members (Get-RoleGroup)."""

    guid: str = named("Guid")
    name: str = named("Name")
    roles: tuple[str, ...] = named("Roles")
    members: tuple[str, ...] = named("Members")


class PurviewRoleGroup(RoleGroup, frozen=True, gc=False):
    """A role group of Purview (Security & Compliance, Get-RoleGroup)."""


class AuditRoleAssignment(View, frozen=True, gc=False):
    """Somebody who effectively holds the role Audit Logs (Get-ManagementRoleAssignment -GetEffectiveUsers)."""

    guid: str = named("Guid")
    role: str = named("Role")
    role_assignee_name: str = named("RoleAssigneeName")
    role_assignee_type: str = named("RoleAssigneeType")
    effective_user_name: str = named("EffectiveUserName")
    enabled: bool = named("Enabled")


class ControlScore(View, frozen=True, gc=False):
    """How one control of Secure Score stands, in per cent (Microsoft Graph, controlScore)."""

    control_name: str = named("controlName")
    score_in_percentage: float = named("scoreInPercentage")


class SecureScore(View, frozen=True, gc=False):
    """The tenant's latest Secure Score, which Microsoft works out about once a day (Microsoft Graph, secureScore)."""

    created_date_time: dt.datetime = named("createdDateTime")
    control_scores: tuple[ControlScore, ...] = named("controlScores")


class Principal(View, frozen=True, gc=False):
    """Who holds a directory role: a user, a group or a service principal (Microsoft Graph, directoryObject)."""

    type: str = named("@odata.type")
    id: str = named("id")
    display_name: str | None = named("displayName")
    user_principal_name: str = named("userPrincipalName")


class RoleAssignment(View, frozen=True, gc=False):
    """A directory role that somebody holds at all times (Microsoft Graph, unifiedRoleAssignment)."""

    id: str = named("id")
    role_definition_id: str = named("roleDefinitionId")
    principal_id: str = named("principalId")
    directory_scope_id: str = named("directoryScopeId")
    principal: Principal = named("principal")


class RoleEligibility(RoleAssignment, frozen=True, gc=False):
    """A directory role that somebody may take on (Microsoft Graph, unifiedRoleEligibilityScheduleInstance)."""


MAILBOX_DATASETS = (
    "exchange.mailboxes",
    "exchange.group_mailboxes",
    "exchange.public_folder_mailboxes",
    "exchange.inactive_mailboxes",
    "exchange.soft_deleted_mailboxes",
)
"""The calls that list mailboxes. The last one lists inactive mailboxes as well, which count once."""

ROWS: dict[str, type[View]] = {
    "graph.organization": Organization,
    "graph.subscribed_skus": SubscribedSku,
    "graph.users": User,
    "exchange.admin_audit_log_config": AdminAuditLogConfig,
    "exchange.organization_config": OrganizationConfig,
    "exchange.mailbox_audit_bypass": MailboxAuditBypass,
    **dict.fromkeys(MAILBOX_DATASETS, Mailbox),
    "exchange.role_groups": RoleGroup,
    "exchange.audit_role_assignments": AuditRoleAssignment,
    "graph.secure_score": SecureScore,
    "graph.role_assignments": RoleAssignment,
    "graph.role_eligibilities": RoleEligibility,
    "purview.audit_retention_policies": AuditRetentionPolicy,
    "purview.role_groups": PurviewRoleGroup,
    **AZURE_ROWS,
}

DATASETS_OF: dict[type[View], tuple[str, ...]] = {
    row: tuple(name for name, kind in ROWS.items() if kind is row) for row in dict.fromkeys(ROWS.values())
} | {MailboxInUse: MAILBOX_DATASETS[:1]}
"""The datasets that hold rows of a type; the population of these is the union of them all."""

DATASET_OF: dict[type[View], str] = {row: names[0] for row, names in DATASETS_OF.items() if len(names) == 1}
"""The dataset of a type whose rows come from one alone."""
