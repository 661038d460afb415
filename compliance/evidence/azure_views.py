"""What the answers of Azure Resource Manager hold about the stores of logs, typed, one struct per kind of row.

Properties are as in `compliance.evidence.views`: named as Microsoft names them, without defaults, None only where null
is documented. Sources: the REST references of Azure Monitor, Log Analytics, Microsoft Sentinel, Storage resource
provider, Event Hubs, Azure Data Explorer, Resource Graph and Authorization (https://learn.microsoft.com/rest/api).
"""

from __future__ import annotations

import datetime as dt

from compliance.evidence.view import View, named


class LogCategory(View, frozen=True, gc=False):
    """A category of logs, or a group of them, that a diagnostic setting exports or leaves off (Azure Monitor)."""

    category: str | None = named("category")
    category_group: str | None = named("categoryGroup")
    enabled: bool = named("enabled")


class DiagnosticSettingProperties(View, frozen=True, gc=False):
    """Where a diagnostic setting sends which logs; a destination that is not used is null (Azure Monitor)."""

    storage_account_id: str | None = named("storageAccountId")
    event_hub_authorization_rule_id: str | None = named("eventHubAuthorizationRuleId")
    event_hub_name: str | None = named("eventHubName")
    workspace_id: str | None = named("workspaceId")
    marketplace_partner_id: str | None = named("marketplacePartnerId")
    logs: tuple[LogCategory, ...] = named("logs")


class DiagnosticSetting(View, frozen=True, gc=False):
    """A diagnostic setting of Microsoft Entra ID (Azure Resource Manager, microsoft.aadiam/diagnosticSettings)."""

    id: str = named("id")
    name: str = named("name")
    properties: DiagnosticSettingProperties = named("properties")


class ActivityLogSetting(DiagnosticSetting, frozen=True, gc=False):
    """A diagnostic setting of a subscription's Activity log; its id holds that of the subscription."""


class StoreSetting(DiagnosticSetting, frozen=True, gc=False):
    """A diagnostic setting of a store of logs, which says who reads it; its id holds that of the store."""


class Subscription(View, frozen=True, gc=False):
    """An Azure subscription in which the reader holds some role (Azure Resource Manager, subscriptions).

    `state` is Enabled, Warned, PastDue, Disabled or Deleted.
    """

    id: str = named("id")
    subscription_id: str = named("subscriptionId")
    tenant_id: str = named("tenantId")
    display_name: str = named("displayName")
    state: str = named("state")


class Resource(View, frozen=True, gc=False):
    """A resource that Azure Resource Graph found; `type` is in lower case there."""

    id: str = named("id")
    name: str = named("name")
    type: str = named("type")


class WorkspaceCapping(View, frozen=True, gc=False):
    """Whether a workspace takes logs in (Azure REST API, Log Analytics, WorkspaceCapping)."""

    data_ingestion_status: str = named("dataIngestionStatus")


class WorkspaceProperties(View, frozen=True, gc=False):
    """The state of a workspace, whether it takes logs in, and since when it exists."""

    provisioning_state: str = named("provisioningState")
    workspace_capping: WorkspaceCapping = named("workspaceCapping")
    created_date: dt.datetime = named("createdDate")


class Workspace(View, frozen=True, gc=False):
    """A Log Analytics workspace (Azure Resource Manager, Microsoft.OperationalInsights/workspaces)."""

    id: str = named("id")
    name: str = named("name")
    properties: WorkspaceProperties = named("properties")


class TableProperties(View, frozen=True, gc=False):
    """The plan of a table and the days for which it keeps records, as they are in effect."""

    plan: str = named("plan")
    retention_in_days: int = named("retentionInDays")
    total_retention_in_days: int = named("totalRetentionInDays")
    provisioning_state: str = named("provisioningState")


class Table(View, frozen=True, gc=False):
    """A table of a workspace; its id holds that of the workspace (Microsoft.OperationalInsights/workspaces/tables)."""

    id: str = named("id")
    name: str = named("name")
    properties: TableProperties = named("properties")


class ExportMetaData(View, frozen=True, gc=False):
    """The event hub that a data export rule names; null or absent, there is one for each table."""

    event_hub_name: str | None = named("eventHubName")


class ExportDestination(View, frozen=True, gc=False):
    """Where a data export rule sends tables: a storage account, or an event hub's namespace or hub."""

    resource_id: str = named("resourceId")
    type: str = named("type")
    meta_data: ExportMetaData | None = named("metaData")


class DataExportProperties(View, frozen=True, gc=False):
    """The tables that a data export rule sends on as they are ingested, and where to.

    `created_date` has no documented form.
    """

    table_names: tuple[str, ...] = named("tableNames")
    enable: bool = named("enable")
    created_date: str | None = named("createdDate")
    destination: ExportDestination = named("destination")


class DataExport(View, frozen=True, gc=False):
    """A data export rule of a workspace; its id holds that of the workspace (workspaces/dataExports)."""

    id: str = named("id")
    name: str = named("name")
    properties: DataExportProperties = named("properties")


class OnboardingState(View, frozen=True, gc=False):
    """That a workspace has Microsoft Sentinel; its id holds that of the workspace (onboardingStates)."""

    id: str = named("id")
    name: str = named("name")


class DataTypeState(View, frozen=True, gc=False):
    """Whether a data connector brings in one kind of data: `state` is enabled or disabled, in either letter case."""

    state: str = named("state")


class DataTypes(View, frozen=True, gc=False):
    """What the connector for Microsoft 365 (kind Office365) brings in; connectors of other kinds have other types."""

    exchange: DataTypeState = named("exchange")
    share_point: DataTypeState = named("sharePoint")
    teams: DataTypeState = named("teams")


class DataConnectorProperties(View, frozen=True, gc=False):
    """The tenant that a data connector reads, and what it brings in."""

    tenant_id: str = named("tenantId")
    data_types: DataTypes = named("dataTypes")


class DataConnector(View, frozen=True, gc=False):
    """A data connector of Microsoft Sentinel; its id holds that of the workspace (dataConnectors)."""

    id: str = named("id")
    name: str = named("name")
    kind: str = named("kind")
    properties: DataConnectorProperties = named("properties")


class AccountPolicy(View, frozen=True, gc=False):
    """The time-based retention that new blobs of a storage account get by default (version-level immutability)."""

    immutability_period_since_creation_in_days: int = named("immutabilityPeriodSinceCreationInDays")
    state: str = named("state")
    allow_protected_append_writes: bool = named("allowProtectedAppendWrites")


class AccountImmutability(View, frozen=True, gc=False):
    """Whether a storage account has version-level immutability, and its default policy, null without one."""

    enabled: bool = named("enabled")
    immutability_policy: AccountPolicy | None = named("immutabilityPolicy")


class NetworkRules(View, frozen=True, gc=False):
    """The firewall of a storage account; `bypass` lists who gets past it, such as `Logging, AzureServices`."""

    bypass: str = named("bypass")
    default_action: str = named("defaultAction")


class StorageAccountProperties(View, frozen=True, gc=False):
    """The state of a storage account and how it may be reached.

    `allow_blob_public_access` and `allow_shared_key_access` are null on accounts that were never asked about them,
    which allows both (Microsoft Learn, StorageAccount.properties). `public_network_access` is Enabled, Disabled or
    SecuredByPerimeter, and null or absent on accounts that were never asked about it, which leaves it enabled.
    """

    provisioning_state: str = named("provisioningState")
    creation_time: dt.datetime = named("creationTime")
    network_acls: NetworkRules = named("networkAcls")
    public_network_access: str | None = named("publicNetworkAccess")
    allow_blob_public_access: bool | None = named("allowBlobPublicAccess")
    allow_shared_key_access: bool | None = named("allowSharedKeyAccess")
    supports_https_traffic_only: bool = named("supportsHttpsTrafficOnly")
    minimum_tls_version: str = named("minimumTlsVersion")
    immutable_storage_with_versioning: AccountImmutability | None = named("immutableStorageWithVersioning")


class StorageAccount(View, frozen=True, gc=False):
    """A storage account (Azure Resource Manager, Microsoft.Storage/storageAccounts)."""

    id: str = named("id")
    name: str = named("name")
    properties: StorageAccountProperties = named("properties")


class After(View, frozen=True, gc=False):
    """When a lifecycle action runs: days after one of these moments; the others are absent or null."""

    modification: float | None = named("daysAfterModificationGreaterThan")
    creation: float | None = named("daysAfterCreationGreaterThan")
    last_access: float | None = named("daysAfterLastAccessTimeGreaterThan")
    last_tier_change: float | None = named("daysAfterLastTierChangeGreaterThan")


class BaseBlobActions(View, frozen=True, gc=False):
    """What a lifecycle rule does to current blobs; `delete` is absent or null where it deletes none."""

    delete: After | None = named("delete")


class LifecycleActions(View, frozen=True, gc=False):
    """The actions of a lifecycle rule; `base_blob` is absent where it touches no current blob."""

    base_blob: BaseBlobActions | None = named("baseBlob")


class BlobIndexTag(View, frozen=True, gc=False):
    """A tag that a blob must carry for a lifecycle rule to take it."""

    name: str = named("name")


class LifecycleFilters(View, frozen=True, gc=False):
    """Which blobs a lifecycle rule takes: all blob types are named, prefixes begin with the container's name."""

    blob_types: tuple[str, ...] = named("blobTypes")
    prefix_match: tuple[str, ...] | None = named("prefixMatch")
    blob_index_match: tuple[BlobIndexTag, ...] | None = named("blobIndexMatch")


class LifecycleDefinition(View, frozen=True, gc=False):
    """What a lifecycle rule does, and to which blobs: without filters to all."""

    actions: LifecycleActions = named("actions")
    filters: LifecycleFilters | None = named("filters")


class LifecycleRule(View, frozen=True, gc=False):
    """A lifecycle rule; one whose `enabled` is absent is on."""

    name: str = named("name")
    enabled: bool | None = named("enabled")
    definition: LifecycleDefinition = named("definition")


class LifecycleRules(View, frozen=True, gc=False):
    """The rules of a lifecycle policy."""

    rules: tuple[LifecycleRule, ...] = named("rules")


class LifecyclePolicyProperties(View, frozen=True, gc=False):
    """The content of a lifecycle policy."""

    policy: LifecycleRules = named("policy")


class LifecyclePolicy(View, frozen=True, gc=False):
    """The lifecycle policy of a storage account; its id holds that of the account (managementPolicies).

    An account without one answers 404 with ManagementPolicyNotFound, which is a page without rows.
    """

    id: str = named("id")
    properties: LifecyclePolicyProperties = named("properties")


class ContainerPolicyProperties(View, frozen=True, gc=False):
    """A container's time-based retention; it counts from a blob's creation, of an append blob from its last append."""

    immutability_period_since_creation_in_days: int = named("immutabilityPeriodSinceCreationInDays")
    state: str = named("state")
    allow_protected_append_writes: bool | None = named("allowProtectedAppendWrites")
    allow_protected_append_writes_all: bool | None = named("allowProtectedAppendWritesAll")


class ContainerPolicy(View, frozen=True, gc=False):
    """The immutability policy of a container."""

    properties: ContainerPolicyProperties = named("properties")


class ContainerVersioning(View, frozen=True, gc=False):
    """Whether a container has version-level immutability: then its policy is a default that an upload can override."""

    enabled: bool = named("enabled")


class BlobContainerProperties(View, frozen=True, gc=False):
    """How a container protects its blobs; `immutability_policy` is absent or null where it has none.

    `immutable_storage_with_versioning` is absent or null where the container has no version-level immutability.
    """

    has_legal_hold: bool = named("hasLegalHold")
    has_immutability_policy: bool = named("hasImmutabilityPolicy")
    immutability_policy: ContainerPolicy | None = named("immutabilityPolicy")
    immutable_storage_with_versioning: ContainerVersioning | None = named("immutableStorageWithVersioning")
    public_access: str | None = named("publicAccess")


class BlobContainer(View, frozen=True, gc=False):
    """A container of a storage account; its id holds that of the account (blobServices/default/containers)."""

    id: str = named("id")
    name: str = named("name")
    properties: BlobContainerProperties = named("properties")


class DeleteRetention(View, frozen=True, gc=False):
    """Whether what is deleted can be brought back, and for how many days; no days where it cannot."""

    enabled: bool = named("enabled")
    days: int | None = named("days")


class BlobServiceProperties(View, frozen=True, gc=False):
    """What protects a storage account's blobs and containers from deletion by mistake."""

    delete_retention_policy: DeleteRetention = named("deleteRetentionPolicy")
    container_delete_retention_policy: DeleteRetention | None = named("containerDeleteRetentionPolicy")


class BlobService(View, frozen=True, gc=False):
    """The blob service of a storage account; its id holds that of the account (blobServices/default)."""

    id: str = named("id")
    properties: BlobServiceProperties = named("properties")


class CaptureTarget(View, frozen=True, gc=False):
    """The storage account and container that Capture writes to."""

    storage_account_resource_id: str = named("storageAccountResourceId")
    blob_container: str = named("blobContainer")


class CaptureDestination(View, frozen=True, gc=False):
    """Where Capture writes to."""

    properties: CaptureTarget = named("properties")


class Capture(View, frozen=True, gc=False):
    """Whether an event hub is captured, and where to."""

    enabled: bool = named("enabled")
    destination: CaptureDestination | None = named("destination")


class EventHubProperties(View, frozen=True, gc=False):
    """The state of an event hub; `capture_description` is absent or null where nothing was set up."""

    status: str = named("status")
    capture_description: Capture | None = named("captureDescription")


class EventHub(View, frozen=True, gc=False):
    """An event hub; its id holds that of its namespace (Microsoft.EventHub/namespaces/eventhubs)."""

    id: str = named("id")
    name: str = named("name")
    properties: EventHubProperties = named("properties")


class AdxDatabaseProperties(View, frozen=True, gc=False):
    """How long a database keeps records, as ISO 8601 durations; without `soft_delete_period` without end.

    Policies of its tables go before, and cannot be read through Azure Resource Manager.
    """

    provisioning_state: str = named("provisioningState")
    soft_delete_period: str | None = named("softDeletePeriod")
    hot_cache_period: str | None = named("hotCachePeriod")


class AdxDatabase(View, frozen=True, gc=False):
    """A database of an Azure Data Explorer cluster; its id holds that of the cluster (clusters/databases)."""

    id: str = named("id")
    name: str = named("name")
    kind: str = named("kind")
    properties: AdxDatabaseProperties = named("properties")


class AdxDataConnectionProperties(View, frozen=True, gc=False):
    """The event hub that a data connection reads, and the table that it fills, null where the data names it."""

    event_hub_resource_id: str = named("eventHubResourceId")
    table_name: str | None = named("tableName")


class AdxDataConnection(View, frozen=True, gc=False):
    """A data connection of a database; its id holds that of the database (databases/dataConnections)."""

    id: str = named("id")
    name: str = named("name")
    kind: str = named("kind")
    properties: AdxDataConnectionProperties = named("properties")


class LockProperties(View, frozen=True, gc=False):
    """What a lock forbids: `level` is CanNotDelete or ReadOnly."""

    level: str = named("level")


class Lock(View, frozen=True, gc=False):
    """A lock on a resource, a resource group or a subscription, whose id begins its own (Authorization/locks)."""

    id: str = named("id")
    name: str = named("name")
    properties: LockProperties = named("properties")


class AzureRoleAssignmentProperties(View, frozen=True, gc=False):
    """Who holds which Azure role, and where: `scope` and all that lies below it; `condition` is null without one."""

    role_definition_id: str = named("roleDefinitionId")
    principal_id: str = named("principalId")
    principal_type: str = named("principalType")
    scope: str = named("scope")
    condition: str | None = named("condition")


class AzureRoleAssignment(View, frozen=True, gc=False):
    """An Azure role that somebody holds (Azure Resource Manager, Microsoft.Authorization/roleAssignments)."""

    id: str = named("id")
    properties: AzureRoleAssignmentProperties = named("properties")


class AzurePermission(View, frozen=True, gc=False):
    """What a role allows, in patterns such as `Microsoft.Storage/*/delete`, and what is taken out of that again."""

    actions: tuple[str, ...] = named("actions")
    not_actions: tuple[str, ...] = named("notActions")
    data_actions: tuple[str, ...] = named("dataActions")
    not_data_actions: tuple[str, ...] = named("notDataActions")


class AzureRoleDefinitionProperties(View, frozen=True, gc=False):
    """The name of a role and what it allows; `type` is BuiltInRole or CustomRole."""

    role_name: str = named("roleName")
    type: str = named("type")
    permissions: tuple[AzurePermission, ...] = named("permissions")


class AzureRoleDefinition(View, frozen=True, gc=False):
    """An Azure role (Azure Resource Manager, Microsoft.Authorization/roleDefinitions)."""

    id: str = named("id")
    properties: AzureRoleDefinitionProperties = named("properties")


class AzureRoleEligibilityProperties(View, frozen=True, gc=False):
    """Who may take on which Azure role, where, and until when: no end is null."""

    role_definition_id: str = named("roleDefinitionId")
    principal_id: str = named("principalId")
    principal_type: str = named("principalType")
    scope: str = named("scope")
    end_date_time: dt.datetime | None = named("endDateTime")


class AzureRoleEligibility(View, frozen=True, gc=False):
    """An Azure role that somebody may take on (roleEligibilityScheduleInstances, Privileged Identity Management)."""

    id: str = named("id")
    properties: AzureRoleEligibilityProperties = named("properties")


class AzureRoleScheduleProperties(AzureRoleEligibilityProperties, frozen=True, gc=False):
    """Who holds which Azure role at present: `assignment_type` is Assigned, or Activated for a while."""

    assignment_type: str = named("assignmentType")
    start_date_time: dt.datetime = named("startDateTime")


class AzureRoleSchedule(View, frozen=True, gc=False):
    """An Azure role that is held at present (roleAssignmentScheduleInstances, Privileged Identity Management)."""

    id: str = named("id")
    properties: AzureRoleScheduleProperties = named("properties")


class Localizable(View, frozen=True, gc=False):
    """A value with a name in words."""

    value: str = named("value")


class ActivityEvent(View, frozen=True, gc=False):
    """Something that was done to a resource, from the Activity log (Azure Monitor, eventtypes/management/values)."""

    id: str = named("id")
    event_timestamp: dt.datetime = named("eventTimestamp")
    operation_name: Localizable = named("operationName")
    status: Localizable = named("status")
    resource_id: str = named("resourceId")
    caller: str | None = named("caller")
    correlation_id: str | None = named("correlationId")


AZURE_ROWS: dict[str, type[View]] = {
    "arm.entra_diagnostic_settings": DiagnosticSetting,
    "arm.subscriptions": Subscription,
    "arm.activity_log_settings": ActivityLogSetting,
    "arm.resources": Resource,
    "arm.workspaces": Workspace,
    "arm.tables": Table,
    "arm.data_exports": DataExport,
    "arm.sentinel_onboarding": OnboardingState,
    "arm.data_connectors": DataConnector,
    "arm.event_hubs": EventHub,
    "arm.adx_databases": AdxDatabase,
    "arm.adx_data_connections": AdxDataConnection,
    "arm.storage_accounts": StorageAccount,
    "arm.lifecycle_policies": LifecyclePolicy,
    "arm.blob_containers": BlobContainer,
    "arm.blob_services": BlobService,
    "arm.store_diagnostic_settings": StoreSetting,
    "arm.locks": Lock,
    "arm.role_assignments": AzureRoleAssignment,
    "arm.role_definitions": AzureRoleDefinition,
    "arm.role_assignment_schedules": AzureRoleSchedule,
    "arm.role_eligibilities": AzureRoleEligibility,
    "arm.activity_events": ActivityEvent,
}
"""The row type of each dataset of Azure Resource Manager."""
