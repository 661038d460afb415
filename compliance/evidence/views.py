"""What an answer holds, typed, one struct per kind of row.

Each property is named as Microsoft names it and has no default: where the answer does not hold it, reading it raises
`PropertyUnreadError`; where it holds null or another type than documented, the row is malformed. Only a property
that Microsoft documents as nullable may be None.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec
from msgspec import UNSET

from compliance.evidence.unread import PropertyUnreadError


def named(name: str) -> Any:
    """Declare a property under the name it has in the answer; an answer without it leaves it unread."""
    return msgspec.field(name=name, default=UNSET)


class View(msgspec.Struct, frozen=True, gc=False):
    """Base of all rows: reading a property that the answer did not hold raises."""

    def __getattribute__(self, name: str) -> Any:
        """Return a property's value, or raise PropertyUnreadError."""
        value = object.__getattribute__(self, name)
        if value is UNSET:
            raise PropertyUnreadError(type(self).__name__, name)
        return value

    def holds(self, name: str) -> bool:
        """Say whether the answer held a property, without reading it."""
        return object.__getattribute__(self, name) is not UNSET


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


ROWS: dict[str, type[View]] = {
    "graph.organization": Organization,
    "graph.subscribed_skus": SubscribedSku,
    "graph.users": User,
    "exchange.admin_audit_log_config": AdminAuditLogConfig,
    "exchange.organization_config": OrganizationConfig,
    "exchange.mailbox_audit_bypass": MailboxAuditBypass,
    "purview.audit_retention_policies": AuditRetentionPolicy,
}

DATASET_OF: dict[type[View], str] = {row: name for name, row in ROWS.items()}
