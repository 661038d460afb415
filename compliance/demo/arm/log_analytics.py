"""Log Analytics workspaces with their tables and data export rules, and what Microsoft Sentinel adds to a workspace.

Sources: the REST references "Workspaces - Get", "Tables - List By Workspace" and "Data Exports - List By Workspace"
(https://learn.microsoft.com/rest/api/loganalytics), "Sentinel Onboarding States - List" and "Data Connectors - List"
(https://learn.microsoft.com/rest/api/securityinsights); iknowjason/PurpleCloud issue #42 for what a workspace without
Microsoft Sentinel is refused with.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from datetime import datetime

from compliance.demo.arm.wire import Call, Operation, error, not_found, timestamp
from compliance.demo.azure import CommonTables, Connector, DataExport, Table, Workspace
from compliance.demo.odd import stable_guid
from compliance.demo.tenant import Tenant
from compliance.demo.wire import Answered, answered, with_odd

_VERSIONS = ("2020-08-01", "2021-12-01-preview", "2022-10-01", "2023-09-01", "2025-07-01")
_SENTINEL_VERSIONS = ("2020-01-01", "2021-10-01", "2022-11-01", "2023-02-01", "2023-11-01", "2024-03-01", "2025-09-01")
_SOMEWHERE = "{workspace}"


def _found(call: Call) -> Workspace | None:
    wanted = call.scope.rstrip("/").lower()
    return next((one for one in call.tenant.azure.workspaces if one.id.lower() == wanted), None)


def _of(respond: Callable[[Call, Workspace], Answered]) -> Callable[[Call], Answered]:
    def of_workspace(call: Call) -> Answered:
        found = _found(call)
        return not_found(call.scope) if found is None else respond(call, found)

    return of_workspace


def workspace_shown(tenant: Tenant, one: Workspace) -> dict[str, object]:
    """A workspace as the API shows it."""
    document: dict[str, object] = {
        "properties": {
            "customerId": stable_guid(tenant.id, "workspace", one.id),
            "provisioningState": "Succeeded",
            "sku": {"name": "pergb2018", "lastSkuUpdate": timestamp(one.created)},
            "retentionInDays": one.retention_in_days,
            "features": {
                "legacy": 0,
                "searchVersion": 1,
                "enableLogAccessUsingOnlyResourcePermissions": True,
            },
            "workspaceCapping": {
                "dailyQuotaGb": one.daily_quota_gb,
                "quotaNextResetTime": f"{tenant.now:%Y-%m-%d}T22:00:00.0000000Z",
                "dataIngestionStatus": one.ingestion,
            },
            "publicNetworkAccessForIngestion": "Enabled",
            "publicNetworkAccessForQuery": "Enabled",
            "createdDate": timestamp(one.created),
            "modifiedDate": timestamp(one.modified),
        },
        "location": "eastus",
        "id": one.id,
        "name": one.name,
        "type": "Microsoft.OperationalInsights/workspaces",
    }
    return with_odd(document, one.odd)


def _tables(_: Call, one: Workspace) -> Answered:
    if one.common is None:
        return answered({"value": [_table(one.id, one.retention_in_days, table) for table in one.tables]})
    return Answered(200, _of_many(one.common, one.retention_in_days).replace(_SOMEWHERE.encode(), one.id.encode()))


@functools.lru_cache(maxsize=16)
def _of_many(common: CommonTables, default_days: int) -> bytes:
    return answered({"value": [_table(_SOMEWHERE, default_days, table) for table in common.tables]}).body


def _table(workspace_id: str, default_days: int, table: Table) -> dict[str, object]:
    document: dict[str, object] = {
        "properties": {
            "totalRetentionInDays": table.total_retention_in_days,
            "archiveRetentionInDays": table.total_retention_in_days - table.retention_in_days,
            "plan": table.plan,
            "retentionInDaysAsDefault": table.retention_in_days == default_days,
            "totalRetentionInDaysAsDefault": table.total_retention_in_days == table.retention_in_days,
            "schema": {
                "tableSubType": "Any",
                "name": table.name,
                "tableType": "Microsoft",
                "standardColumns": [],
                "solutions": ["LogManagement"],
                "isTroubleshootingAllowed": False,
            },
            "provisioningState": "Succeeded",
            "retentionInDays": table.retention_in_days,
        },
        "id": f"{workspace_id}/tables/{table.name}",
        "name": table.name,
    }
    return with_odd(document, table.odd)


def _export(tenant: Tenant, workspace: Workspace, rule: DataExport) -> dict[str, object]:
    is_account = "/storageaccounts/" in rule.destination_id.lower()
    destination: dict[str, object] = {
        "resourceId": rule.destination_id,
        "type": "StorageAccount" if is_account else "EventHub",
    }
    if rule.event_hub_name is not None:
        destination["metaData"] = {"eventHubName": rule.event_hub_name}
    document: dict[str, object] = {
        "id": f"{workspace.id}/dataExports/{rule.name}",
        "name": rule.name,
        "type": "Microsoft.OperationalInsights/workspaces/dataExports",
        "properties": {
            "dataExportId": stable_guid(tenant.id, "data export", workspace.id, rule.name),
            "tableNames": list(rule.tables),
            "destination": destination,
            "enable": rule.enabled,
            "createdDate": _export_moment(rule.created),
            "lastModifiedDate": _export_moment(rule.created),
        },
    }
    return with_odd(document, rule.odd)


def _export_moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _onboarding(_: Call, workspace: Workspace) -> Answered:
    at = f"{workspace.id}/providers/Microsoft.SecurityInsights/onboardingStates"
    state = {
        "id": f"{at}/default",
        "name": "default",
        "etag": f'"{stable_guid(workspace.id, "onboarding")}"',
        "type": "Microsoft.SecurityInsights/onboardingStates",
        "properties": {"customerManagedKey": False},
    }
    return answered({"value": [state] if workspace.sentinel else []})


def _connectors(call: Call, workspace: Workspace) -> Answered:
    if not workspace.sentinel:
        return error(
            400,
            "BadRequest",
            f"Workspace '{workspace.name}' is not onboarded to Microsoft Sentinel. Please onboard through the portal"
            " (https://learn.microsoft.com/en-us/azure/sentinel/quickstart-onboard) or use the OnboardingStates ARM api"
            " to onboard to Sentinel.",
        )
    return answered({"value": [_connector(call.tenant, workspace, one) for one in workspace.connectors]})


def _connector(tenant: Tenant, workspace: Workspace, one: Connector) -> dict[str, object]:
    """The state of a kind of data is written with a capital by some, without by others."""
    document: dict[str, object] = {
        "id": f"{workspace.id}/providers/Microsoft.SecurityInsights/dataConnectors/{one.name}",
        "name": one.name,
        "etag": f'"{stable_guid(workspace.id, "connector", one.name)}"',
        "type": "Microsoft.SecurityInsights/dataConnectors",
        "kind": one.kind,
        "properties": {
            "tenantId": tenant.id,
            "dataTypes": {name: {"state": "Enabled" if on else "disabled"} for name, on in one.data_types.items()},
        },
    }
    return with_odd(document, one.odd)


def operations() -> Iterable[tuple[str, Operation]]:
    """What the two providers know, by the path after the last /providers/ with names as *."""
    reading = "Microsoft.OperationalInsights/workspaces"
    insights = "Microsoft.SecurityInsights"
    for path, action, versions, respond in (
        (
            "microsoft.operationalinsights/workspaces/*",
            f"{reading}/read",
            _VERSIONS,
            lambda call, one: answered(workspace_shown(call.tenant, one)),
        ),
        (
            "microsoft.operationalinsights/workspaces/*/tables",
            f"{reading}/tables/read",
            _VERSIONS,
            _tables,
        ),
        (
            "microsoft.operationalinsights/workspaces/*/dataexports",
            f"{reading}/dataExports/read",
            _VERSIONS,
            lambda call, one: answered({"value": [_export(call.tenant, one, rule) for rule in one.exports]}),
        ),
        (
            "microsoft.securityinsights/onboardingstates",
            f"{insights}/onboardingStates/read",
            _SENTINEL_VERSIONS,
            _onboarding,
        ),
        (
            "microsoft.securityinsights/dataconnectors",
            f"{insights}/dataConnectors/read",
            _SENTINEL_VERSIONS,
            _connectors,
        ),
    ):
        yield path, Operation(action, versions, _of(respond))
