"""What the cmdlets output, and who may run them.

Sources: Get-AdminAuditLogConfig, Get-OrganizationConfig, Get-MailboxAuditBypassAssociation and
Get-UnifiedAuditLogRetentionPolicy (https://learn.microsoft.com/powershell/module/exchange), "Manage audit log retention
policies" (https://learn.microsoft.com/purview/audit-log-retention-policies), records that rknightion/graph2otel
published from a live tenant, and CISA ScubaGear issue #2375 for the roles that may read retention policies.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from compliance.demo.adminapi import Cmdlet, Parameters, Row
from compliance.demo.mailbox_cmdlets import MAILBOXES
from compliance.demo.objects import FOREST, VIEW_CONFIGURATION, distinguished_name, organization_id
from compliance.demo.odd import stable_guid
from compliance.demo.people import BypassRow
from compliance.demo.role_cmdlets import EXCHANGE_ROLE_GROUPS, PURVIEW_ROLE_GROUPS, ROLE_ASSIGNMENTS
from compliance.demo.tenant import AuditLogConfig, OrganizationConfig, RetentionPolicy, Tenant

_SECURITY = frozenset({"Security Reader", "Security Administrator", "Compliance Administrator"})


def _audit_log_config(tenant: Tenant, config: AuditLogConfig) -> Row:
    name = "Admin Audit Log Settings"
    return Row(
        {
            "AdminAuditLogEnabled": True,
            "LogLevel": "None",
            "TestCmdletLoggingEnabled": False,
            "AdminAuditLogCmdlets": ("*",),
            "AdminAuditLogParameters": ("*",),
            "AdminAuditLogExcludedCmdlets": (),
            "AdminAuditLogAgeLimit": timedelta(days=90),
            "LoadBalancerCount": 3,
            "RefreshInterval": 10,
            "PartitionInfo": (),
            "UnifiedAuditLogIngestionEnabled": config.unified_audit_log_ingestion_enabled,
            "UnifiedAuditLogFirstOptInDate": config.unified_audit_log_first_opt_in_date,
            "AdminDisplayName": "",
            "ExchangeVersion": "0.10 (14.0.100.0)",
            "Name": name,
            "DistinguishedName": f"CN={name},CN=Global Settings,CN=Configuration,CN={tenant.initial_domain},"
            "CN=ConfigurationUnits,DC=NAMPR09A001,DC=PROD,DC=OUTLOOK,DC=COM",
            "Identity": name,
            "ObjectCategory": f"{FOREST}/Configuration/Schema/ms-Exch-Admin-Audit-Log-Config",
            "ObjectClass": ("top", "msExchAdminAuditLogConfig"),
            "WhenChanged": tenant.created,
            "WhenCreated": tenant.created,
            "WhenChangedUTC": tenant.created,
            "WhenCreatedUTC": tenant.created,
            "ExchangeObjectId": UUID(stable_guid(tenant.id, "admin audit log config")),
            "OrganizationId": organization_id(tenant),
            "Id": name,
            "Guid": UUID(stable_guid(tenant.id, "admin audit log config")),
            "OriginatingServer": f"BL0PR09A01DC001.{FOREST}",
            "IsValid": True,
            "ObjectState": "Changed",
        },
        config.odd,
    )


def _organization_config(tenant: Tenant, config: OrganizationConfig) -> Row:
    name = tenant.initial_domain
    guid = UUID(stable_guid(tenant.id, "organization config"))
    return Row(
        {
            "Name": name,
            "Identity": name,
            "Id": name,
            "Guid": guid,
            "ExchangeObjectId": guid,
            "DisplayName": tenant.display_name,
            "OrganizationId": organization_id(tenant),
            "AuditDisabled": config.audit_disabled,
            "IsDehydrated": False,
            "AutoExpandingArchiveEnabled": False,
            "CustomerLockboxEnabled": False,
            "DefaultAuthenticationPolicy": None,
            "ElcProcessingDisabled": False,
            "EwsEnabled": None,
            "FocusedInboxOn": None,
            "IsLicensingEnforced": True,
            "MailTipsAllTipsEnabled": True,
            "MailTipsLargeAudienceThreshold": 25,
            "MapiHttpEnabled": True,
            "OAuth2ClientProfileEnabled": True,
            "SmtpActionableMessagesEnabled": True,
            "WhenCreatedUTC": tenant.created,
            "WhenChangedUTC": tenant.created,
        },
        config.odd,
    )


def _accounts(tenant: Tenant, parameters: Parameters) -> Sequence[BypassRow]:
    identity = parameters.get("identity")
    if identity is None:
        return tenant.all_bypass
    return [row for row in tenant.all_bypass if identity in {row.name, row.guid}]


def _bypass(tenant: Tenant, row: BypassRow) -> Row:
    return Row(
        {
            "ObjectId": row.name,
            "AuditBypassEnabled": row.audit_bypass_enabled,
            "Name": row.name,
            "Identity": row.name,
            "Id": row.name,
            "IsValid": True,
            "DistinguishedName": distinguished_name(tenant, row.name),
            "ObjectClass": row.object_class,
            "WhenChangedUTC": datetime(2026, 7, 15, 16, 40, 6, tzinfo=UTC),
            "ExchangeObjectId": UUID(row.guid),
            "OrganizationId": organization_id(tenant),
            "Guid": UUID(row.guid),
        },
        row.odd,
    )


def _compliance_audit_log_config(tenant: Tenant, config: AuditLogConfig) -> Row:
    """What Security & Compliance says of ingestion is False whatever the tenant's setting is."""
    row = _audit_log_config(tenant, config)
    return replace(row, values={**row.values, "UnifiedAuditLogIngestionEnabled": False})


def _policies(tenant: Tenant, parameters: Parameters) -> list[RetentionPolicy]:
    """The custom policies, the built-in default one never being among them, by descending priority number."""
    found = sorted(tenant.policies, key=lambda policy: policy.priority, reverse=True)
    return [policy for policy in found if _matches(policy, parameters)]


def _matches(policy: RetentionPolicy, parameters: Parameters) -> bool:
    holds = {
        "recordtype": policy.record_types,
        "operation": policy.operations,
        "userid": policy.user_ids,
        "retentionduration": (policy.retention_duration,),
    }
    return all(value in holds[name] for name, value in parameters.items())


def _policy(tenant: Tenant, policy: RetentionPolicy) -> Row:
    return Row(
        {
            "Priority": policy.priority,
            "Name": policy.name,
            "Description": policy.description,
            "RecordTypes": policy.record_types,
            "Operations": policy.operations,
            "UserIds": policy.user_ids,
            "RetentionDuration": policy.retention_duration,
            "Enabled": policy.enabled,
            "Mode": policy.mode,
            "Guid": UUID(policy.guid),
            "Identity": policy.guid,
            "OrganizationId": organization_id(tenant),
            "WhenCreatedUTC": policy.when_changed,
            "WhenChangedUTC": policy.when_changed,
        },
        policy.odd,
    )


EXCHANGE = (
    Cmdlet(
        "Get-AdminAuditLogConfig",
        lambda tenant, _: [tenant.audit_log_config],
        _audit_log_config,
        VIEW_CONFIGURATION | _SECURITY,
    ),
    Cmdlet(
        "Get-OrganizationConfig",
        lambda tenant, _: [tenant.organization_config],
        _organization_config,
        VIEW_CONFIGURATION,
    ),
    Cmdlet(
        "Get-MailboxAuditBypassAssociation",
        _accounts,
        _bypass,
        VIEW_CONFIGURATION,
        frozenset({"identity", "resultsize"}),
    ),
    MAILBOXES,
    EXCHANGE_ROLE_GROUPS,
    ROLE_ASSIGNMENTS,
)
"""The cmdlets of Exchange Online. Security Reader is enough for the first alone."""

RETENTION = Cmdlet(
    "Get-UnifiedAuditLogRetentionPolicy",
    _policies,
    _policy,
    frozenset(
        {
            "Compliance Administrator",
            "Compliance Data Administrator",
            "Global Administrator",
            "Organization Configuration",
        }
    ),
    frozenset({"recordtype", "operation", "userid", "retentionduration"}),
)
"""The cmdlet that reads retention policies; no read-only role lets run it."""

COMPLIANCE = (
    RETENTION,
    Cmdlet(
        "Get-AdminAuditLogConfig",
        lambda tenant, _: [tenant.audit_log_config],
        _compliance_audit_log_config,
        RETENTION.roles | _SECURITY | {"Global Reader"},
    ),
    PURVIEW_ROLE_GROUPS,
)
"""The cmdlets of Security & Compliance."""
