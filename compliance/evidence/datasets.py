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
    `discovered_from` are the datasets that name what is to be asked, one after the other.
    """

    name: str
    api: Api
    request: str
    export_file: str
    least_rows: int
    permission: str
    counted: bool = False
    corroborates: bool = False
    discovered_from: tuple[str, ...] = ()


_CONFIGURATION = "Exchange.ManageAsApp with the Exchange role View-Only Configuration (or Entra Global Reader)"
_RECIPIENTS = (
    "Exchange.ManageAsApp with the Exchange role View-Only Recipients"
    " (or Entra Global Reader; Security Reader is not enough)"
)
_LOG_ANALYTICS = "Azure role Log Analytics Reader (or Reader) on the workspace"
_READER = "Azure role Reader on the subscriptions that hold the logs"
_SENTINEL = "Azure role Microsoft Sentinel Reader (or Reader) on the workspace"
_NAMED = ("arm.entra_diagnostic_settings", "arm.subscriptions", "arm.activity_log_settings", "arm.resources")
_STORES = (*_NAMED, "arm.data_exports", "arm.event_hubs")
_IN_STORES = "for each subscription that holds a store of logs"
_STORAGE = "api-version=2023-05-01"


def _arm(
    name: str, request: str, export_file: str, permission: str = _READER, *discovered_from: str, least_rows: int = 0
) -> DatasetSpec:
    return DatasetSpec(
        name=name,
        api=Api.ARM,
        request=request,
        export_file=export_file,
        least_rows=least_rows,
        permission=permission,
        discovered_from=discovered_from,
    )


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
            _arm(
                "arm.activity_log_settings",
                "GET {subscription}/providers/Microsoft.Insights/diagnosticSettings?api-version=2021-05-01-preview,"
                " for each subscription",
                "activityLogDiagnosticSettings.json",
                "Azure role Monitoring Reader (or Reader) on every subscription",
                "arm.subscriptions",
            ),
            _arm(
                "arm.resources",
                "POST /providers/Microsoft.ResourceGraph/resources?api-version=2021-03-01"
                " (workspaces, Azure Data Explorer clusters and databases)",
                "resources.json",
                "Azure role Reader on every subscription",
            ),
            DatasetSpec(
                name="arm.workspaces",
                api=Api.ARM,
                request="GET {workspace}?api-version=2023-09-01, for each workspace that is named or found",
                export_file="workspaces.json",
                least_rows=0,
                permission=_LOG_ANALYTICS,
                discovered_from=_NAMED,
            ),
            DatasetSpec(
                name="arm.tables",
                api=Api.ARM,
                request="GET {workspace}/tables?api-version=2023-09-01, for each workspace that is named or found",
                export_file="tables.json",
                least_rows=0,
                permission=_LOG_ANALYTICS,
                discovered_from=_NAMED,
            ),
            _arm(
                "arm.data_exports",
                "GET {workspace}/dataExports?api-version=2025-07-01, for each workspace that is named or found",
                "dataExports.json",
                _LOG_ANALYTICS,
                *_NAMED,
            ),
            _arm(
                "arm.sentinel_onboarding",
                "GET {workspace}/providers/Microsoft.SecurityInsights/onboardingStates?api-version=2021-10-01,"
                " for each workspace that is named or found",
                "onboardingStates.json",
                _SENTINEL,
                *_NAMED,
            ),
            _arm(
                "arm.data_connectors",
                "GET {workspace}/providers/Microsoft.SecurityInsights/dataConnectors?api-version=2021-10-01,"
                " for each workspace with Microsoft Sentinel",
                "dataConnectors.json",
                _SENTINEL,
                *_NAMED,
                "arm.sentinel_onboarding",
            ),
            _arm(
                "arm.event_hubs",
                "GET {namespace}/eventhubs?api-version=2024-01-01, for each Event Hubs namespace that is named",
                "eventHubs.json",
                _READER,
                *_NAMED,
                "arm.data_exports",
            ),
            _arm(
                "arm.adx_databases",
                "GET {cluster}/databases?api-version=2023-08-15, for each Azure Data Explorer cluster that is found",
                "databases.json",
                _READER,
                "arm.resources",
            ),
            _arm(
                "arm.adx_data_connections",
                "GET {database}/dataConnections?api-version=2023-08-15, for each Azure Data Explorer database",
                "dataConnections.json",
                _READER,
                "arm.resources",
                "arm.adx_databases",
            ),
            _arm(
                "arm.storage_accounts",
                f"GET {{account}}?{_STORAGE}, for each storage account that is named",
                "storageAccounts.json",
                _READER,
                *_STORES,
            ),
            _arm(
                "arm.lifecycle_policies",
                f"GET {{account}}/managementPolicies/default?{_STORAGE}, for each storage account that is named",
                "managementPolicies.json",
                _READER,
                *_STORES,
            ),
            _arm(
                "arm.blob_containers",
                f"GET {{account}}/blobServices/default/containers?{_STORAGE}, for each storage account that is named",
                "blobContainers.json",
                _READER,
                *_STORES,
            ),
            _arm(
                "arm.blob_services",
                f"GET {{account}}/blobServices/default?{_STORAGE}, for each storage account that is named",
                "blobServices.json",
                _READER,
                *_STORES,
            ),
            _arm(
                "arm.store_diagnostic_settings",
                "GET {store}/providers/Microsoft.Insights/diagnosticSettings?api-version=2021-05-01-preview,"
                " for each store of logs",
                "storeDiagnosticSettings.json",
                "Azure role Monitoring Reader (or Reader) on the stores of logs",
                *_STORES,
            ),
            _arm(
                "arm.locks",
                f"GET {{subscription}}/providers/Microsoft.Authorization/locks?api-version=2020-05-01, {_IN_STORES}",
                "locks.json",
                _READER,
                *_STORES,
            ),
            _arm(
                "arm.role_assignments",
                "GET {subscription}/providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01,"
                f" {_IN_STORES}",
                "azureRoleAssignments.json",
                _READER,
                *_STORES,
            ),
            _arm(
                "arm.role_definitions",
                "GET {subscription}/providers/Microsoft.Authorization/roleDefinitions?api-version=2022-04-01,"
                f" {_IN_STORES}",
                "azureRoleDefinitions.json",
                _READER,
                *_STORES,
            ),
            _arm(
                "arm.role_assignment_schedules",
                "GET {subscription}/providers/Microsoft.Authorization/roleAssignmentScheduleInstances"
                f"?api-version=2020-10-01, {_IN_STORES}",
                "azureRoleAssignmentSchedules.json",
                f"{_READER}, and Microsoft Entra ID P2 in the tenant",
                *_STORES,
            ),
            _arm(
                "arm.role_eligibilities",
                "GET {subscription}/providers/Microsoft.Authorization/roleEligibilityScheduleInstances"
                f"?api-version=2020-10-01, {_IN_STORES}",
                "azureRoleEligibilities.json",
                f"{_READER}, and Microsoft Entra ID P2 in the tenant",
                *_STORES,
            ),
            _arm(
                "arm.activity_events",
                "GET {subscription}/providers/Microsoft.Insights/eventtypes/management/values?api-version=2015-04-01"
                f" (Microsoft.OperationalInsights, the last 89 days), {_IN_STORES}",
                "activityEvents.json",
                "Azure role Monitoring Reader (or Reader) on the subscriptions that hold the logs",
                *_STORES,
            ),
        )
    }
)
