"""What could have been in the answers of Azure Resource Manager, where they were not read.

As everywhere in the matrix these tables only ever excuse a pass, and only one that every value in them gets.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from worlds import AS_OF, Row, World

_GUID = "00000000-1111-4222-8333-444455556666"
_SUBSCRIPTION = f"/subscriptions/{_GUID}"
_PROVIDERS = f"{_SUBSCRIPTION}/resourceGroups/g/providers"
WORKSPACE = f"{_PROVIDERS}/Microsoft.OperationalInsights/workspaces/other"
_ACCOUNT = f"{_PROVIDERS}/Microsoft.Storage/storageAccounts/other"
_NAMESPACE = f"{_PROVIDERS}/Microsoft.EventHub/namespaces/other"
_RULE = f"{_NAMESPACE}/authorizationRules/RootManageSharedAccessKey"
_CLUSTER = f"{_PROVIDERS}/Microsoft.Kusto/clusters/other"
_DATABASE = f"{_CLUSTER}/Databases/other"
_PARTNER = f"{_PROVIDERS}/Microsoft.Datadog/monitors/other"
_ROLES = "/providers/Microsoft.Authorization/roleDefinitions"
OWNER, DATA_PURGER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635", "150f5e0c-0603-4f03-8c7f-cf70034c4e90"
_LONG_AGO = "2019-01-02T03:04:05Z"
_IN_TEN_YEARS = "2036-11-16T09:00:00Z"
_ANYTHING = {"actions": ["*"], "notActions": [], "dataActions": ["*"], "notDataActions": []}
_NOTHING = {"actions": [], "notActions": ["*"], "dataActions": [], "notDataActions": ["*"]}


def inside(**changed: Any) -> Row:
    """A row in which properties are otherwise; what they hold besides stays."""
    return {"properties": changed}


def lifecycle_rule(days: float, blob_types: Sequence[str] = ("appendBlob", "blockBlob"), **filters: Any) -> Row:
    deletes = {"baseBlob": {"delete": {"daysAfterModificationGreaterThan": days}}}
    definition = {"actions": deletes, "filters": {"blobTypes": list(blob_types), **filters}}
    return {"enabled": True, "name": "tidy", "type": "Lifecycle", "definition": definition}


def _rule(**changed: Any) -> Row:
    return inside(policy={"rules": changed})


_DELETES = ("daysAfterModificationGreaterThan", "daysAfterCreationGreaterThan", "daysAfterLastAccessTimeGreaterThan")
_SENDS: tuple[Row, ...] = (
    {"name": "another"},
    inside(logs=[]),
    inside(logs={"enabled": False}),
    inside(logs={"enabled": True}),
    inside(logs={"category": None}),
    inside(logs={"category": "Policy"}),
    inside(logs={"categoryGroup": "allLogs"}),
    inside(logs={"categoryGroup": "audit"}),
    inside(workspaceId=None),
    inside(workspaceId=WORKSPACE),
    inside(storageAccountId=None),
    inside(storageAccountId=_ACCOUNT),
    inside(eventHubAuthorizationRuleId=None),
    inside(eventHubAuthorizationRuleId=_RULE),
    inside(eventHubName=None),
    inside(eventHubName="another"),
    inside(marketplacePartnerId=None),
    inside(marketplacePartnerId=_PARTNER),
)
_HOLDS: tuple[Row, ...] = (
    inside(roleDefinitionId=f"{_ROLES}/{OWNER}"),
    inside(roleDefinitionId=f"{_ROLES}/{DATA_PURGER}"),
    inside(roleDefinitionId=f"{_ROLES}/{_GUID}"),
    inside(principalId=_GUID),
    *(inside(principalType=kind) for kind in ("User", "Group", "ServicePrincipal", "ForeignGroup", "Device")),
    inside(scope="/"),
    inside(scope=_SUBSCRIPTION),
    inside(scope="/providers/Microsoft.Management/managementGroups/one"),
)
_OWNS: Row = inside(roleDefinitionId=f"{_ROLES}/{OWNER}", scope="/", principalId=_GUID)

VARIANTS: dict[str, Sequence[Row]] = {
    "arm.entra_diagnostic_settings": ({"id": "/providers/microsoft.aadiam/diagnosticSettings/another"}, *_SENDS),
    "arm.subscriptions": (
        *({"state": state} for state in ("Enabled", "Warned", "PastDue", "Disabled", "Deleted")),
        {"tenantId": _GUID},
        {"id": _SUBSCRIPTION, "subscriptionId": _GUID},
        {"displayName": "another"},
    ),
    "arm.activity_log_settings": (
        {"id": f"{_SUBSCRIPTION}/providers/microsoft.insights/diagnosticSettings/another"},
        *_SENDS,
    ),
    "arm.resources": (
        {"name": "another"},
        {"type": "microsoft.kusto/clusters"},
        {"type": "microsoft.kusto/clusters/databases"},
        {"id": WORKSPACE, "name": "other"},
        {"id": _CLUSTER, "name": "other", "type": "microsoft.kusto/clusters"},
    ),
    "arm.workspaces": (
        {"id": WORKSPACE},
        {"name": "another"},
        *(inside(provisioningState=state) for state in ("Succeeded", "Deleting", "Failed")),
        *(
            inside(workspaceCapping={"dataIngestionStatus": status})
            for status in ("RespectQuota", "ForceOn", "ForceOff", "OverQuota", "SubscriptionSuspended")
        ),
        inside(createdDate=_LONG_AGO),
        inside(createdDate=AS_OF.isoformat()),
    ),
    "arm.tables": (
        {"id": f"{WORKSPACE}/tables/SigninLogs"},
        *({"name": name} for name in ("SigninLogs", "OfficeActivity", "Heartbeat")),
        *(inside(plan=plan) for plan in ("Analytics", "Basic", "Auxiliary")),
        *(inside(retentionInDays=days) for days in (4, 365, 730)),
        *(inside(totalRetentionInDays=days) for days in (4, 365, 730, 1095, 4383)),
        inside(retentionInDays=4, totalRetentionInDays=4),
        *(inside(provisioningState=state) for state in ("Succeeded", "Deleting", "Updating")),
    ),
    "arm.data_exports": (
        {"id": f"{WORKSPACE}/dataExports/other"},
        {"name": "another"},
        inside(enable=False),
        inside(enable=True),
        inside(tableNames=[]),
        inside(tableNames=["Heartbeat"]),
        inside(createdDate=None),
        inside(createdDate=AS_OF.isoformat()),
        inside(destination={"resourceId": _ACCOUNT}),
        inside(destination={"resourceId": _NAMESPACE, "type": "EventHub"}),
        inside(destination={"type": "EventHub"}),
        inside(destination={"metaData": None}),
        inside(destination={"metaData": {"eventHubName": None}}),
        inside(destination={"metaData": {"eventHubName": "another"}}),
    ),
    "arm.sentinel_onboarding": (
        {"id": f"{WORKSPACE}/providers/Microsoft.SecurityInsights/onboardingStates/default"},
        {"name": "another"},
    ),
    "arm.data_connectors": (
        {"id": f"{WORKSPACE}/providers/Microsoft.SecurityInsights/dataConnectors/other"},
        {"name": "another"},
        {"kind": "AzureActiveDirectory"},
        inside(tenantId=_GUID),
        *(inside(dataTypes={kind: {"state": "Disabled"}}) for kind in ("exchange", "sharePoint", "teams")),
        *(inside(dataTypes={kind: {"state": "enabled"}}) for kind in ("exchange", "sharePoint", "teams")),
    ),
    "arm.event_hubs": (
        {"id": f"{_NAMESPACE}/eventhubs/other"},
        {"name": "another"},
        *(inside(status=status) for status in ("Active", "Disabled", "SendDisabled", "ReceiveDisabled")),
        inside(captureDescription=None),
        inside(captureDescription={"enabled": False}),
        inside(captureDescription={"destination": None}),
        inside(captureDescription={"destination": {"properties": {"storageAccountResourceId": _ACCOUNT}}}),
        inside(captureDescription={"destination": {"properties": {"blobContainer": "another"}}}),
    ),
    "arm.adx_databases": (
        {"id": _DATABASE},
        {"name": "another"},
        {"kind": "ReadOnlyFollowing"},
        inside(provisioningState="Deleting"),
        inside(softDeletePeriod=None),
        inside(softDeletePeriod="P1D"),
        inside(hotCachePeriod=None),
        inside(hotCachePeriod="P1D"),
    ),
    "arm.adx_data_connections": (
        {"id": f"{_DATABASE}/DataConnections/other"},
        {"name": "another"},
        {"kind": "IotHub"},
        inside(eventHubResourceId=f"{_NAMESPACE}/eventhubs/other"),
        inside(tableName=None),
        inside(tableName="Another"),
    ),
    "arm.storage_accounts": (
        {"id": _ACCOUNT},
        {"name": "another"},
        *(inside(provisioningState=state) for state in ("Succeeded", "Creating", "Deleting")),
        inside(creationTime=_LONG_AGO),
        inside(creationTime=AS_OF.isoformat()),
        *(
            inside(networkAcls={"bypass": bypass, "defaultAction": action})
            for bypass in ("None", "AzureServices", "Logging, Metrics")
            for action in ("Allow", "Deny")
        ),
        *(inside(publicNetworkAccess=word) for word in (None, "Enabled", "Disabled", "SecuredByPerimeter")),
        *(inside(allowBlobPublicAccess=allowed) for allowed in (None, True, False)),
        *(inside(allowSharedKeyAccess=allowed) for allowed in (None, True, False)),
        *(inside(supportsHttpsTrafficOnly=only) for only in (True, False)),
        *(inside(minimumTlsVersion=version) for version in ("TLS1_0", "TLS1_1", "TLS1_2", "TLS1_3")),
        inside(immutableStorageWithVersioning=None),
        *(
            inside(
                immutableStorageWithVersioning={
                    "enabled": enabled,
                    "immutabilityPolicy": {
                        "immutabilityPeriodSinceCreationInDays": days,
                        "state": state,
                        "allowProtectedAppendWrites": appends,
                    },
                }
            )
            for enabled in (True, False)
            for days in (1, 3000)
            for state in ("Locked", "Unlocked", "Disabled")
            for appends in (True, False)
        ),
    ),
    "arm.lifecycle_policies": (
        {"id": f"{_ACCOUNT}/managementPolicies/default"},
        inside(policy={"rules": []}),
        inside(policy={"rules": [lifecycle_rule(30)]}),
        inside(policy={"rules": [lifecycle_rule(30, blobIndexMatch=[{"name": "expired", "op": "==", "value": "y"}])]}),
        _rule(name="another"),
        _rule(enabled=None),
        _rule(enabled=False),
        _rule(enabled=True),
        _rule(definition={"filters": None}),
        _rule(definition={"filters": {"blobTypes": ["appendBlob", "blockBlob"]}}),
        _rule(definition={"filters": {"blobTypes": ["appendBlob"]}}),
        _rule(definition={"filters": {"blobTypes": ["blockBlob"]}}),
        _rule(definition={"filters": {"prefixMatch": None}}),
        _rule(definition={"filters": {"prefixMatch": []}}),
        _rule(definition={"filters": {"prefixMatch": ["insights-logs"]}}),
        _rule(definition={"filters": {"prefixMatch": ["am-"]}}),
        _rule(definition={"filters": {"blobIndexMatch": None}}),
        _rule(definition={"filters": {"blobIndexMatch": [{"name": "expired", "op": "==", "value": "y"}]}}),
        _rule(definition={"actions": {"baseBlob": None}}),
        _rule(definition={"actions": {"baseBlob": {"delete": None}}}),
        *(
            _rule(definition={"actions": {"baseBlob": {"delete": {moment: days}}}})
            for moment in (*_DELETES, "daysAfterLastTierChangeGreaterThan")
            for days in (None, 30, 4000)
        ),
    ),
    "arm.blob_containers": (
        {"id": f"{_ACCOUNT}/blobServices/default/containers/other"},
        {"name": "another"},
        inside(hasLegalHold=True),
        inside(hasLegalHold=False),
        inside(hasImmutabilityPolicy=False, immutabilityPolicy=None),
        inside(hasImmutabilityPolicy=True),
        *(inside(immutabilityPolicy={"properties": {"state": state}}) for state in ("Locked", "Unlocked")),
        *(
            inside(immutabilityPolicy={"properties": {"immutabilityPeriodSinceCreationInDays": days}})
            for days in (1, 7, 3000)
        ),
        *(
            inside(immutabilityPolicy={"properties": {"allowProtectedAppendWrites": one}})
            for one in (None, True, False)
        ),
        *(
            inside(immutabilityPolicy={"properties": {"allowProtectedAppendWritesAll": one}})
            for one in (None, True, False)
        ),
        inside(immutableStorageWithVersioning=None),
        inside(immutableStorageWithVersioning={"enabled": True}),
        inside(immutableStorageWithVersioning={"enabled": False}),
        *(inside(publicAccess=word) for word in (None, "None", "Blob", "Container")),
    ),
    "arm.blob_services": (
        {"id": f"{_ACCOUNT}/blobServices/default"},
        *(
            inside(**{kind: {"enabled": enabled, "days": days}})
            for kind in ("deleteRetentionPolicy", "containerDeleteRetentionPolicy")
            for enabled, days in ((False, None), (True, 1), (True, 7), (True, 90))
        ),
        inside(containerDeleteRetentionPolicy=None),
    ),
    "arm.store_diagnostic_settings": (
        {"id": f"{WORKSPACE}/providers/microsoft.insights/diagnosticSettings/another"},
        *_SENDS,
    ),
    "arm.locks": (
        {"id": f"{_SUBSCRIPTION}/providers/Microsoft.Authorization/locks/other"},
        {"name": "another"},
        inside(level="ReadOnly"),
        inside(level="CanNotDelete"),
        inside(level="NotSpecified"),
    ),
    "arm.role_assignments": (
        {"id": f"{_SUBSCRIPTION}/providers/Microsoft.Authorization/roleAssignments/{_GUID}"},
        *_HOLDS,
        *(inside(condition=one) for one in (None, "", "((!(ActionMatches{'*'})))")),
        *({"properties": {**_OWNS["properties"], "principalType": kind}} for kind in ("Group", "ServicePrincipal")),
    ),
    "arm.role_definitions": (
        {"id": f"{_SUBSCRIPTION}{_ROLES}/{_GUID}"},
        inside(roleName="Another"),
        inside(type="CustomRole"),
        inside(permissions=[]),
        inside(permissions=[_NOTHING]),
        inside(permissions=[_ANYTHING]),
        inside(permissions=[_NOTHING, _ANYTHING]),
        *(inside(permissions={key: patterns}) for key in _ANYTHING for patterns in ([], ["*"])),
    ),
    "arm.role_assignment_schedules": (
        {"id": f"{_SUBSCRIPTION}/providers/Microsoft.Authorization/RoleAssignmentScheduleInstances/{_GUID}"},
        *_HOLDS,
        {"properties": {**_OWNS["properties"], "principalType": "User", "endDateTime": None}},
        *(inside(endDateTime=date) for date in (None, _LONG_AGO, _IN_TEN_YEARS)),
        *(inside(assignmentType=kind) for kind in ("Assigned", "Activated")),
        inside(startDateTime=_LONG_AGO),
        inside(startDateTime=AS_OF.isoformat()),
    ),
    "arm.role_eligibilities": (
        {"id": f"{_SUBSCRIPTION}/providers/Microsoft.Authorization/RoleEligibilityScheduleInstances/{_GUID}"},
        *_HOLDS,
        {"properties": {**_OWNS["properties"], "principalType": "Group"}},
        *(inside(endDateTime=date) for date in (None, _LONG_AGO, _IN_TEN_YEARS)),
    ),
    "arm.activity_events": (
        {"id": f"{WORKSPACE}/events/other/ticks/1"},
        {"eventTimestamp": _LONG_AGO},
        {"eventTimestamp": AS_OF.isoformat()},
        {"operationName": {"value": "Microsoft.OperationalInsights/workspaces/purge/action"}},
        {"operationName": {"value": "Microsoft.OperationalInsights/workspaces/delete"}},
        {"operationName": {"value": "Microsoft.OperationalInsights/workspaces/tables/delete"}},
        *({"status": {"value": status}} for status in ("Started", "Succeeded", "Failed", "Canceled")),
        {"resourceId": WORKSPACE},
        {"caller": None},
        {"caller": "somebody@workedexamples.example"},
        *({"correlationId": shared} for shared in (None, _GUID)),
    ),
}
"""By dataset, what one of its rows could say otherwise: at least one other value of every property."""

ASIDE: dict[str, Callable[[World], Sequence[Row]]] = {
    "arm.event_hubs": lambda base: [_captured(base)],
    "arm.adx_databases": lambda base: [_database()],
    "arm.adx_data_connections": lambda base: [_connection()],
    "arm.lifecycle_policies": lambda base: [
        {"id": f"{account}/managementPolicies/default", **inside(policy={"rules": [rule]})}
        for account in _ids(base, "arm.storage_accounts")
        for rule in (lifecycle_rule(30), lifecycle_rule(4000), lifecycle_rule(30, prefixMatch=["another"]))
    ],
    "arm.role_assignments": lambda base: [
        _held(base.rows["arm.role_assignments"][0], role, kind)
        for role in (OWNER, DATA_PURGER)
        for kind in ("User", "Group", "ServicePrincipal")
    ],
    "arm.activity_events": lambda base: [
        event(workspace, operation, resource)
        for workspace in _ids(base, "arm.workspaces")
        for operation, resource in (
            ("purge/action", workspace),
            ("delete", workspace),
            ("write", workspace),
            ("tables/delete", f"{workspace}/tables/SigninLogs"),
            ("tables/delete", f"{workspace}/tables/AzureActivity"),
            ("tables/write", f"{workspace}/tables/SigninLogs"),
        )
    ],
}
"""By dataset, rows that can stand beside any others, each alone."""


def event(workspace: str, operation: str, resource: str, at: dt.datetime = AS_OF - dt.timedelta(days=5)) -> Row:
    return {
        "id": f"{workspace}/events/{operation}/ticks/1",
        "eventTimestamp": at.isoformat(),
        "operationName": {"value": f"Microsoft.OperationalInsights/workspaces/{operation}"},
        "status": {"value": "Succeeded"},
        "resourceId": resource,
        "caller": None,
    }


def possible_rows(dataset: str) -> Callable[[World, bool], Iterator[Sequence[Row]]]:
    """All rows that a dataset could have held: with what was seen, or with anything in the place of it."""

    def table(base: World, seen_too: bool) -> Iterator[Sequence[Row]]:
        seen = base.rows[dataset]
        if not seen_too:
            yield []
            for other in VARIANTS[dataset]:
                yield from (
                    [*seen[:index], merged(seen[index], other), *seen[index + 1 :]]
                    for index in sorted({0, len(seen) - 1})
                    if seen
                )
                yield [merged(row, other) for row in seen if "id" not in other]
        for row in seen[:1]:
            yield from ([*seen, _another(dataset, merged(row, other))] for other in VARIANTS[dataset])
        for row in ASIDE[dataset](base) if dataset in ASIDE else ():
            others = [one for one in seen if one["id"] != row["id"]]
            if not seen_too or len(others) == len(seen):
                yield [*others, row]

    return table


def possible_values(dataset: str, row: Row, keys: Sequence[str]) -> Iterator[Any]:
    """The values that a property of a row could have had."""
    for other in VARIANTS[dataset]:
        found: Any = other
        for key in keys:
            found = found[0] if isinstance(found, list) and found else found
            if not (isinstance(found, dict) and key in found):
                break
            found = found[key]
        else:
            yield value_at(merged(row, other), keys)


def value_at(row: Row, keys: Sequence[str]) -> Any:
    """The value at a path, of a list that of its first object; raises KeyError where there is none."""
    found: Any = row
    for key in keys:
        found = found[0] if isinstance(found, list) else found
        found = (found if isinstance(found, dict) else {})[key]
    return found


def merged(row: Any, other: Any) -> Any:
    """A row with what is otherwise in it; in a list, in each object of it."""
    if isinstance(row, list) and isinstance(other, dict):
        return [merged(item, other) for item in row]
    if not (isinstance(row, dict) and isinstance(other, dict)):
        return other
    return {**row, **{key: merged(row[key], value) if key in row else value for key, value in other.items()}}


def without_the_absence(base: World, dataset: str, rows: Sequence[Row]) -> World:
    """The world with these rows in the dataset, none of which is said not to be there."""
    there = {str(row["id"]).casefold() for row in rows if "id" in row}
    absent = tuple(one for one in base.absent.get(dataset, ()) if one.casefold() not in there)
    return replace(base.with_rows(dataset, rows), absent={**base.absent, dataset: absent})


def _another(dataset: str, row: Row) -> Row:
    """The row as another one: of the same parent, so that it speaks of the same, unless a parent has one alone."""
    if dataset in ("arm.sentinel_onboarding", "arm.lifecycle_policies", "arm.blob_services"):
        return merged(row, next(other for other in VARIANTS[dataset] if "id" in other))
    return {**row, "id": f"{row['id']}2", **({"name": f"{row['name']}2"} if "name" in row else {})}


def _ids(base: World, dataset: str) -> list[str]:
    return [row["id"] for row in base.rows[dataset]]


def _held(row: Row, role: str, kind: str) -> Row:
    properties = {"roleDefinitionId": f"{_ROLES}/{role}", "principalId": _GUID, "principalType": kind, "scope": "/"}
    return {"id": f"{row['id']}2", "properties": {**row["properties"], **properties}}


def _captured(base: World) -> Row:
    account = next(iter(_ids(base, "arm.storage_accounts")), _ACCOUNT)
    target = {"properties": {"storageAccountResourceId": account, "blobContainer": "captures"}}
    properties = {"status": "Active", "captureDescription": {"enabled": True, "destination": target}}
    return {"id": f"{_NAMESPACE}/eventhubs/other", "name": "other", "properties": properties}


def _database() -> Row:
    properties = {"provisioningState": "Succeeded", "softDeletePeriod": "P1D", "hotCachePeriod": "P1D"}
    return {"id": _DATABASE, "name": "other/other", "kind": "ReadWrite", "properties": properties}


def _connection() -> Row:
    properties = {"eventHubResourceId": f"{_NAMESPACE}/eventhubs/other", "tableName": "Other"}
    return {"id": f"{_DATABASE}/DataConnections/one", "name": "one", "kind": "EventHub", "properties": properties}
