"""The Azure of small random tenants, as rows: where logs go, what keeps them, and who may delete them."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from azure_rows import DATA_PURGER, OWNER, event, lifecycle_rule
from hypothesis import strategies as st
from worlds import AS_OF, TENANT_ID, Row

from compliance.rules.entra_logs import ENTRA_LOGS
from compliance.rules.log_sources import REQUIRED_ACTIVITY

LOGGING, WEB = "9d3b8a2e-1c4f-4f5a-8a55-2f6f3f0f8a11", "4a6c1d7e-90b2-4c53-8f1d-7e2a9b3c5d60"
PROVIDERS = f"/subscriptions/{LOGGING}/resourceGroups/logs/providers"
WORKSPACE = f"{PROVIDERS}/Microsoft.OperationalInsights/workspaces/logs0"
VAULT = f"{PROVIDERS}/Microsoft.Storage/storageAccounts/vault0"
FEEDS = f"{PROVIDERS}/Microsoft.EventHub/namespaces/log-feeds"
CLUSTER = f"{PROVIDERS}/Microsoft.Kusto/clusters/logs"
READER = "73c42c96-874c-492b-b04d-ab87d138a893"
ROLES = "/providers/Microsoft.Authorization/roleDefinitions"
PEOPLE = tuple(str(uuid.uuid5(uuid.NAMESPACE_OID, name)) for name in ("ann", "bob"))
EXPORTED = tuple(log.category for log in ENTRA_LOGS.values())
TABLES = (*(log.table for log in ENTRA_LOGS.values()), "AzureActivity", "OfficeActivity")
ABSENT_POLICY = f"{VAULT}/managementPolicies/default"


def often(usual: Any, *others: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from((*[usual] * 16, *others))


def setting(at: str, name: str, categories: tuple[str, ...], left_out: tuple[str, ...] = (), **to: str | None) -> Row:
    nowhere = dict.fromkeys(("workspaceId", "storageAccountId", "eventHubAuthorizationRuleId", "marketplacePartnerId"))
    logs = [{"category": one, "categoryGroup": None, "enabled": one not in left_out} for one in categories]
    properties = {**nowhere, "eventHubName": None, **to, "logs": logs}
    return {"id": f"{at}/diagnosticSettings/{name}", "name": name, "properties": properties}


@st.composite
def azure(draw: st.DrawFn) -> dict[str, list[Row]]:
    return {
        **draw(sent()),
        **draw(workspaces()),
        **draw(accounts()),
        **draw(streams()),
        **draw(access()),
    }


@st.composite
def sent(draw: st.DrawFn) -> dict[str, list[Row]]:
    """Subscriptions, and diagnostic settings of all kinds."""
    rule = f"{FEEDS}/authorizationRules/Root"
    entra = [
        setting(
            "/providers/microsoft.aadiam",
            "to-workspace",
            EXPORTED,
            draw(often((), EXPORTED[:1], EXPORTED[3:])),
            workspaceId=draw(often(WORKSPACE, None)),
            storageAccountId=draw(st.sampled_from((None, VAULT))),
        )
    ]
    if draw(st.booleans()):
        hub = {"eventHubAuthorizationRuleId": rule, "eventHubName": "entra"}
        entra.append(setting("/providers/microsoft.aadiam", "to-hub", EXPORTED, **hub))
    activity = [
        setting(
            f"/subscriptions/{one}/providers/microsoft.insights",
            "activity",
            REQUIRED_ACTIVITY,
            draw(often((), REQUIRED_ACTIVITY[:1])),
            workspaceId=draw(often(WORKSPACE, None)),
            storageAccountId=draw(st.sampled_from((None, VAULT))),
        )
        for one in (LOGGING, WEB)
        if draw(often(True, False))
    ]
    reading = [
        setting(f"{WORKSPACE}/providers/microsoft.insights", "readers", ("Audit",), workspaceId=WORKSPACE),
        setting(
            f"{VAULT}/blobServices/default/providers/microsoft.insights",
            "readers",
            ("StorageRead", "StorageWrite", "StorageDelete"),
            draw(often((), ("StorageRead",))),
            workspaceId=WORKSPACE,
        ),
    ]
    return {
        "arm.entra_diagnostic_settings": draw(often(entra, [], entra[:1])),
        "arm.activity_log_settings": activity,
        "arm.store_diagnostic_settings": draw(often(reading, [], reading[:1])),
        "arm.subscriptions": [
            {
                "id": f"/subscriptions/{one}",
                "subscriptionId": one,
                "tenantId": draw(often(TENANT_ID, PEOPLE[0])),
                "displayName": one,
                "state": draw(often("Enabled", "Disabled", "PastDue", "Deleted")),
            }
            for one in draw(often((LOGGING, WEB), (LOGGING,)))
        ],
    }


@st.composite
def workspaces(draw: st.DrawFn) -> dict[str, list[Row]]:
    """One workspace with its tables, its export rule and its connector."""
    properties = {
        "provisioningState": draw(often("Succeeded", "Deleting")),
        "workspaceCapping": {"dataIngestionStatus": draw(often("RespectQuota", "ForceOff", "OverQuota"))},
        "createdDate": "2020-01-02T03:04:05Z",
    }
    tables = []
    plan, hot, total = draw(often(("Analytics", 365, 1095), ("Basic", 30, 1095), ("Analytics", 90, 90)))
    for name in (*TABLES, "LAQueryLogs", "StorageBlobLogs"):
        own = draw(often((plan, hot, total), ("Auxiliary", 30, 365), ("Analytics", 365, 730)))
        keys = ("plan", "retentionInDays", "totalRetentionInDays")
        kept = {**dict(zip(keys, own, strict=True)), "provisioningState": "Succeeded"}
        tables.append({"id": f"{WORKSPACE}/tables/{name}", "name": name, "properties": kept})
    kinds = {one: {"state": draw(often("Enabled", "Disabled"))} for one in ("exchange", "sharePoint", "teams")}
    sentinel = f"{WORKSPACE}/providers/Microsoft.SecurityInsights"
    connector = {
        "id": f"{sentinel}/dataConnectors/one",
        "name": "one",
        "kind": draw(often("Office365", "AzureActiveDirectory")),
        "properties": {"tenantId": draw(often(TENANT_ID, PEOPLE[0])), "dataTypes": kinds},
    }
    export = {
        "id": f"{WORKSPACE}/dataExports/one",
        "name": "one",
        "properties": {
            "tableNames": list(draw(often(TABLES, TABLES[:3]))),
            "enable": draw(often(True, False)),
            "createdDate": None,
            "destination": {"resourceId": VAULT, "type": "StorageAccount"},
        },
    }
    return {
        "arm.resources": [{"id": WORKSPACE, "name": "logs0", "type": "microsoft.operationalinsights/workspaces"}],
        "arm.workspaces": [{"id": WORKSPACE, "name": "logs0", "properties": properties}],
        "arm.tables": tables,
        "arm.data_exports": draw(often([export], [])),
        "arm.sentinel_onboarding": draw(often([{"id": f"{sentinel}/onboardingStates/default", "name": "default"}], [])),
        "arm.data_connectors": draw(often([connector], [])),
    }


@st.composite
def accounts(draw: st.DrawFn) -> dict[str, list[Row]]:
    """One storage account, what protects it, and what empties it."""
    action, bypass = draw(often(("Deny", "AzureServices"), ("Allow", "AzureServices"), ("Deny", "None")))
    properties = {
        "provisioningState": draw(often("Succeeded", "Deleting")),
        "creationTime": "2020-01-02T03:04:05Z",
        "networkAcls": {"bypass": bypass, "defaultAction": action},
        "allowBlobPublicAccess": draw(often(False, True, None)),
        "allowSharedKeyAccess": draw(often(False, True, None)),
        "supportsHttpsTrafficOnly": draw(often(True, False)),
        "minimumTlsVersion": draw(often("TLS1_2", "TLS1_0")),
        "immutableStorageWithVersioning": None,
    }
    state, days, appends = draw(often(("Locked", 1100, True), *[("Unlocked", 1100, True)] * 5, ("Locked", 30, False)))
    names = [f"am-{table.casefold()}" for table in TABLES]
    names += [f"insights-logs-{one.casefold()}" for one in EXPORTED]
    containers = [
        {
            "id": f"{VAULT}/blobServices/default/containers/{name}",
            "name": name,
            "properties": {
                "hasLegalHold": False,
                "hasImmutabilityPolicy": True,
                "immutabilityPolicy": {
                    "properties": {
                        "immutabilityPeriodSinceCreationInDays": days,
                        "state": state,
                        "allowProtectedAppendWrites": appends,
                        "allowProtectedAppendWritesAll": appends,
                    }
                },
                "immutableStorageWithVersioning": None,
                "publicAccess": "None",
            },
        }
        for name in (*names, "insights-activity-logs", "captures")
    ]
    rules = draw(st.sampled_from(([], [lifecycle_rule(30)], [lifecycle_rule(4000)])))
    policy = {"id": ABSENT_POLICY, "properties": {"policy": {"rules": rules}}}
    kept = draw(often({"enabled": True, "days": 30}, {"enabled": False}))
    services = {"deleteRetentionPolicy": kept, "containerDeleteRetentionPolicy": {"enabled": True, "days": 30}}
    return {
        "arm.storage_accounts": [{"id": VAULT, "name": "vault0", "properties": properties}],
        "arm.blob_containers": containers,
        "arm.lifecycle_policies": draw(st.sampled_from(([], [policy]))),
        "arm.blob_services": [{"id": f"{VAULT}/blobServices/default", "properties": services}],
    }


@st.composite
def streams(draw: st.DrawFn) -> dict[str, list[Row]]:
    """One event hub, captured, and read by a database."""
    target = {"properties": {"storageAccountResourceId": VAULT, "blobContainer": "captures"}}
    capture = {"enabled": draw(often(True, False)), "destination": target}
    hub = {"status": draw(often("Active", "Disabled")), "captureDescription": draw(often(capture, None))}
    kept = {"provisioningState": "Succeeded", "softDeletePeriod": "P1095D", "hotCachePeriod": "P365D"}
    reads = {"eventHubResourceId": f"{FEEDS}/eventhubs/entra", "tableName": "Entra"}
    database = f"{CLUSTER}/Databases/entra"
    connection = {"id": f"{database}/DataConnections/one", "name": "one", "kind": "EventHub", "properties": reads}
    return {
        "arm.event_hubs": [{"id": f"{FEEDS}/eventhubs/entra", "name": "entra", "properties": hub}],
        "arm.adx_databases": [{"id": database, "name": "logs/entra", "kind": "ReadWrite", "properties": kept}],
        "arm.adx_data_connections": [connection],
    }


@st.composite
def access(draw: st.DrawFn) -> dict[str, list[Row]]:
    """Locks, roles, those who hold them, and what was done."""

    def held(number: int, kind: str, role: str, scope: str) -> Row:
        properties = {
            "roleDefinitionId": f"{ROLES}/{role}",
            "principalId": PEOPLE[number % 2],
            "principalType": kind,
            "scope": scope,
            "condition": None,
        }
        return {"id": f"{scope}/providers/Microsoft.Authorization/roleAssignments/{number}", "properties": properties}

    def scheduled(row: Row, **more: Any) -> Row:
        own = {one: value for one, value in row["properties"].items() if one != "condition"}
        return {"id": f"{row['id']}/instance", "properties": {**own, **more}}

    scope = f"/subscriptions/{LOGGING}"
    assigned = [held(0, draw(often("Group", "ServicePrincipal")), READER, WORKSPACE)]
    if draw(often(False, True, True)):
        assigned.append(held(1, draw(st.sampled_from(("User", "Group", "ServicePrincipal"))), OWNER, scope))
    if draw(often(False, True)):
        assigned.append(held(2, "User", DATA_PURGER, draw(st.sampled_from((scope, "/")))))
    terms = {"assignmentType": "Assigned", "startDateTime": "2026-01-02T03:04:05Z", "endDateTime": None}
    eligible = [scheduled(held(3, "User", OWNER, scope), endDateTime="2027-01-02T03:04:05Z")]
    every = {"notActions": [], "dataActions": [], "notDataActions": []}
    roles = {
        OWNER: ["*"],
        READER: ["*/read"],
        DATA_PURGER: ["Microsoft.OperationalInsights/workspaces/purge/action"],
    }
    done = [
        event(WORKSPACE, operation, f"{WORKSPACE}{on}", AS_OF - dt.timedelta(days=draw(st.sampled_from((5, 60)))))
        for operation, on in (("purge/action", ""), ("tables/delete", "/tables/SigninLogs"), ("write", ""))
        if draw(often(False, True, True, True))
    ]
    return {
        "arm.locks": [
            {
                "id": f"{one}/providers/Microsoft.Authorization/locks/keep",
                "name": "keep",
                "properties": {"level": draw(often("CanNotDelete", "ReadOnly"))},
            }
            for one in (WORKSPACE, VAULT)
            if draw(often(True, False))
        ],
        "arm.role_assignments": assigned,
        "arm.role_assignment_schedules": [scheduled(row, **terms) for row in assigned],
        "arm.role_eligibilities": draw(often(eligible, [])),
        "arm.role_definitions": [
            {
                "id": f"/subscriptions/{LOGGING}{ROLES}/{role}",
                "properties": {
                    "roleName": role,
                    "type": "BuiltInRole",
                    "permissions": [{"actions": actions, **every}],
                },
            }
            for role, actions in roles.items()
        ],
        "arm.activity_events": done,
    }
