"""What is read from a tenant: one dataset per request plan, and the states that a reading can end in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Api(StrEnum):
    """The APIs that a tenant is read through."""

    GRAPH = "graph"
    EXCHANGE = "exchange"
    PURVIEW = "purview"
    ARM = "arm"


class State(StrEnum):
    """How the reading of a dataset ended; only `COMPLETE` can be counted on."""

    COMPLETE = "complete"
    PARTIAL = "partial"
    DENIED = "denied"
    UNAVAILABLE = "unavailable"
    FAILED = "failed"
    STALE = "stale"
    NOT_REQUESTED = "not_requested"


class Origin(StrEnum):
    """Who read it: lookback itself, an administrator's export, or somebody's written word."""

    COLLECTED = "collected"
    EXPORTED = "exported"
    ATTESTED = "attested"


@dataclass(frozen=True, slots=True)
class DatasetSpec:
    """A request plan.

    `least_rows` is the least plausible size of a complete answer: fewer rows mean that the reading failed, since
    no tenant is without them. A `counted` one comes with an independent count of its rows, without which nobody knows
    whether they are all. `permission` says what lets the request succeed, in the words of Microsoft's consoles.
    """

    name: str
    api: Api
    request: str
    export_file: str
    least_rows: int
    permission: str
    counted: bool = False
    corroborates: bool = False
    discovered_from: str | None = None


_CONFIGURATION = "Exchange.ManageAsApp with the Exchange role View-Only Configuration (or Entra Global Reader)"
_RECIPIENTS = (
    "Exchange.ManageAsApp with the Exchange role View-Only Recipients"
    " (or Entra Global Reader; Security Reader is not enough)"
)
_LOG_ANALYTICS = "Azure role Log Analytics Reader (or Reader) on the workspace"

DATASETS: MappingProxyType[str, DatasetSpec] = MappingProxyType(
    {
        spec.name: spec
        for spec in (
            DatasetSpec(
                name="graph.organization",
                api=Api.GRAPH,
                request="GET /v1.0/organization",
                export_file="organization.json",
                least_rows=1,
                permission="Microsoft Graph application permission Organization.Read.All",
            ),
            DatasetSpec(
                name="graph.subscribed_skus",
                api=Api.GRAPH,
                request="GET /v1.0/subscribedSkus",
                export_file="subscribedSkus.json",
                least_rows=1,
                permission="Microsoft Graph application permission LicenseAssignment.Read.All"
                " (or Organization.Read.All)",
            ),
            DatasetSpec(
                name="graph.users",
                api=Api.GRAPH,
                request="GET /v1.0/users",
                export_file="users.json",
                least_rows=1,
                permission="Microsoft Graph application permission User.Read.All",
                counted=True,
            ),
            DatasetSpec(
                name="graph.secure_score",
                api=Api.GRAPH,
                request="GET /v1.0/security/secureScores?$top=1",
                export_file="secureScores.json",
                least_rows=0,
                permission="Microsoft Graph application permission SecurityEvents.Read.All",
                corroborates=True,
            ),
            DatasetSpec(
                name="graph.role_assignments",
                api=Api.GRAPH,
                request="GET /v1.0/roleManagement/directory/roleAssignments?$expand=principal",
                export_file="roleAssignments.json",
                least_rows=1,
                permission="Microsoft Graph application permission RoleManagement.Read.Directory",
            ),
            DatasetSpec(
                name="graph.role_eligibilities",
                api=Api.GRAPH,
                request="GET /v1.0/roleManagement/directory/roleEligibilityScheduleInstances?$expand=principal",
                export_file="roleEligibilities.json",
                least_rows=0,
                permission="Microsoft Graph application permission RoleEligibilitySchedule.Read.Directory"
                " (or RoleManagement.Read.Directory), and Microsoft Entra ID P2 in the tenant",
            ),
            DatasetSpec(
                name="exchange.admin_audit_log_config",
                api=Api.EXCHANGE,
                request="Get-AdminAuditLogConfig",
                export_file="Get-AdminAuditLogConfig.json",
                least_rows=1,
                permission="Exchange.ManageAsApp with the Exchange role View-Only Configuration"
                " (or Entra Security Reader or Global Reader)",
            ),
            DatasetSpec(
                name="exchange.organization_config",
                api=Api.EXCHANGE,
                request="Get-OrganizationConfig",
                export_file="Get-OrganizationConfig.json",
                least_rows=1,
                permission="Exchange.ManageAsApp with the Exchange role View-Only Configuration"
                " (or Entra Global Reader; Security Reader is not enough)",
            ),
            DatasetSpec(
                name="exchange.mailbox_audit_bypass",
                api=Api.EXCHANGE,
                request="Get-MailboxAuditBypassAssociation -ResultSize Unlimited",
                export_file="Get-MailboxAuditBypassAssociation.json",
                least_rows=1,
                permission="Exchange.ManageAsApp with the Exchange role View-Only Configuration"
                " (or Entra Global Reader)",
            ),
            DatasetSpec(
                name="exchange.mailboxes",
                api=Api.EXCHANGE,
                request="Get-Mailbox -ResultSize Unlimited",
                export_file="Get-Mailbox.json",
                least_rows=1,
                permission=_RECIPIENTS,
            ),
            DatasetSpec(
                name="exchange.group_mailboxes",
                api=Api.EXCHANGE,
                request="Get-Mailbox -GroupMailbox -ResultSize Unlimited",
                export_file="Get-Mailbox-GroupMailbox.json",
                least_rows=0,
                permission=_RECIPIENTS,
            ),
            DatasetSpec(
                name="exchange.public_folder_mailboxes",
                api=Api.EXCHANGE,
                request="Get-Mailbox -PublicFolder -ResultSize Unlimited",
                export_file="Get-Mailbox-PublicFolder.json",
                least_rows=0,
                permission=_RECIPIENTS,
            ),
            DatasetSpec(
                name="exchange.inactive_mailboxes",
                api=Api.EXCHANGE,
                request="Get-Mailbox -InactiveMailboxOnly -ResultSize Unlimited",
                export_file="Get-Mailbox-InactiveMailboxOnly.json",
                least_rows=0,
                permission=_RECIPIENTS,
            ),
            DatasetSpec(
                name="exchange.soft_deleted_mailboxes",
                api=Api.EXCHANGE,
                request="Get-Mailbox -SoftDeletedMailbox -ResultSize Unlimited",
                export_file="Get-Mailbox-SoftDeletedMailbox.json",
                least_rows=0,
                permission=_RECIPIENTS,
            ),
            DatasetSpec(
                name="exchange.role_groups",
                api=Api.EXCHANGE,
                request="Get-RoleGroup -ResultSize Unlimited",
                export_file="Get-RoleGroup.json",
                least_rows=1,
                permission=_CONFIGURATION,
            ),
            DatasetSpec(
                name="exchange.audit_role_assignments",
                api=Api.EXCHANGE,
                request='Get-ManagementRoleAssignment -Role "Audit Logs" -GetEffectiveUsers',
                export_file="Get-ManagementRoleAssignment.json",
                least_rows=0,
                permission=_CONFIGURATION,
            ),
            DatasetSpec(
                name="purview.audit_retention_policies",
                api=Api.PURVIEW,
                request="Get-UnifiedAuditLogRetentionPolicy",
                export_file="Get-UnifiedAuditLogRetentionPolicy.json",
                least_rows=0,
                permission="Purview role Organization Configuration (or Entra Compliance Administrator);"
                " no read-only role carries it, so an administrator's export is the least-privileged way",
            ),
            DatasetSpec(
                name="purview.role_groups",
                api=Api.PURVIEW,
                request="Get-RoleGroup -ResultSize Unlimited (Security & Compliance)",
                export_file="Get-RoleGroup-Purview.json",
                least_rows=1,
                permission="Purview role Role Management (or Entra Global Reader or Compliance Administrator)",
            ),
            DatasetSpec(
                name="arm.entra_diagnostic_settings",
                api=Api.ARM,
                request="GET /providers/microsoft.aadiam/diagnosticSettings?api-version=2017-04-01",
                export_file="diagnosticSettings.json",
                least_rows=0,
                permission="Azure role Reader at the scope /providers/Microsoft.aadiam"
                " (or, for a person, Entra Security Administrator; Global Reader is not enough)",
            ),
            DatasetSpec(
                name="arm.subscriptions",
                api=Api.ARM,
                request="GET /subscriptions?api-version=2022-12-01",
                export_file="subscriptions.json",
                least_rows=0,
                permission="Azure role Reader on the subscriptions that hold the logs",
            ),
            DatasetSpec(
                name="arm.workspaces",
                api=Api.ARM,
                request="GET {workspace}?api-version=2023-09-01, for each workspace that a diagnostic setting names",
                export_file="workspaces.json",
                least_rows=0,
                permission=_LOG_ANALYTICS,
                discovered_from="arm.entra_diagnostic_settings",
            ),
            DatasetSpec(
                name="arm.tables",
                api=Api.ARM,
                request="GET {workspace}/tables?api-version=2023-09-01, for each workspace that a diagnostic setting"
                " names",
                export_file="tables.json",
                least_rows=0,
                permission=_LOG_ANALYTICS,
                discovered_from="arm.entra_diagnostic_settings",
            ),
        )
    }
)
