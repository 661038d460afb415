"""Storage accounts: how they are reached, their lifecycle policy, their containers and what protects their blobs.

Sources: the REST references "Storage Accounts - Get Properties", "Management Policies - Get", "Blob Containers - List"
and "Blob Services - Get Service Properties" (https://learn.microsoft.com/rest/api/storagerp); hashicorp/terraform-
provider-azurerm for what an account without a lifecycle policy is answered with.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from compliance.demo.arm.wire import Call, Operation, error, no_such_type, not_found, paged, timestamp
from compliance.demo.azure_stores import Container, Immutability, LifecycleRule, StorageAccount
from compliance.demo.odd import stable_guid
from compliance.demo.wire import Answered, answered, with_odd

_VERSIONS = ("2019-06-01", "2021-09-01", "2022-09-01", "2023-01-01", "2023-05-01", "2024-01-01", "2025-06-01")
_TYPE = "Microsoft.Storage/storageAccounts"


def _of(respond: Callable[[Call, StorageAccount], Answered]) -> Callable[[Call], Answered]:
    def of_account(call: Call) -> Answered:
        if any(name != "default" for name in call.names):
            return no_such_type(call.asked)
        wanted = call.scope.rstrip("/").lower()
        found = next((one for one in call.tenant.azure.storage_accounts if one.id.lower() == wanted), None)
        return not_found(call.scope) if found is None else respond(call, found)

    return of_account


def account_shown(one: StorageAccount) -> dict[str, object]:
    """An account as the API shows it; what it was never asked about is null."""
    properties: dict[str, object] = {
        "minimumTlsVersion": one.minimum_tls,
        "allowBlobPublicAccess": one.public_access,
        "allowSharedKeyAccess": one.shared_key,
        "networkAcls": {
            "bypass": one.bypass,
            "virtualNetworkRules": [],
            "ipRules": [],
            "defaultAction": one.default_action,
        },
        "supportsHttpsTrafficOnly": one.https_only,
        "encryption": {"keySource": "Microsoft.Storage"},
        "accessTier": "Hot",
        "provisioningState": one.provisioning_state,
        "creationTime": timestamp(one.created),
        "primaryLocation": "eastus",
        "statusOfPrimary": "available",
        "immutableStorageWithVersioning": None,
    }
    if one.versioning is not None:
        properties["immutableStorageWithVersioning"] = {
            "enabled": True,
            "immutabilityPolicy": {
                "immutabilityPeriodSinceCreationInDays": one.versioning.days,
                "state": one.versioning.state,
                "allowProtectedAppendWrites": one.versioning.appends != "none",
            },
        }
    document: dict[str, object] = {
        "sku": {"name": "Standard_ZRS", "tier": "Standard"},
        "kind": "StorageV2",
        "id": one.id,
        "name": one.name,
        "type": _TYPE,
        "location": "eastus",
        "tags": {},
        "properties": properties,
    }
    return with_odd(document, one.odd)


def _lifecycle(_: Call, account: StorageAccount) -> Answered:
    if account.lifecycle is None:
        return error(404, "ManagementPolicyNotFound", f"No ManagementPolicy found for account {account.name}")
    return answered(
        {
            "id": f"{account.id}/managementPolicies/default",
            "name": "DefaultManagementPolicy",
            "type": f"{_TYPE}/managementPolicies",
            "properties": {
                "policy": {"rules": [_rule(rule) for rule in account.lifecycle]},
                "lastModifiedTime": timestamp(account.created),
            },
        }
    )


def _rule(rule: LifecycleRule) -> dict[str, object]:
    """A rule; the actions and filters that it does without are left out, numbers are written with a fraction."""
    moved = {
        "tierToCool": _after("Modification", rule.cool_after_modification),
        "tierToArchive": _after("Modification", rule.archive_after_modification),
        "delete": _after("Modification", rule.delete_after_modification)
        | _after("Creation", rule.delete_after_creation),
    }
    definition: dict[str, object] = {"actions": {"baseBlob": {name: after for name, after in moved.items() if after}}}
    if rule.filtered:
        filters: dict[str, object] = {"blobTypes": list(rule.blob_types)}
        if rule.prefixes:
            filters["prefixMatch"] = list(rule.prefixes)
        if rule.tags:
            filters["blobIndexMatch"] = [{"name": tag, "op": "==", "value": "yes"} for tag in rule.tags]
        definition["filters"] = filters
    document: dict[str, object] = {"name": rule.name, "type": "Lifecycle", "definition": definition}
    if rule.enabled is not None:
        document["enabled"] = rule.enabled
    return with_odd(document, rule.odd)


def _after(moment: str, days: int | None) -> dict[str, float]:
    return {} if days is None else {f"daysAfter{moment}GreaterThan": float(days)}


def _containers(call: Call, account: StorageAccount) -> Answered:
    rows = [_container(account, one) for one in sorted(account.containers, key=lambda one: one.name)]
    return paged(call, rows, min(call.tenant.azure.page_size, 5000))


def _container(account: StorageAccount, one: Container) -> dict[str, object]:
    properties: dict[str, object] = {
        "immutableStorageWithVersioning": {"enabled": account.versioning is not None},
        "deleted": False,
        "remainingRetentionDays": 0,
        "defaultEncryptionScope": "$account-encryption-key",
        "denyEncryptionScopeOverride": False,
        "publicAccess": one.public_access,
        "leaseStatus": "Unlocked",
        "leaseState": "Available",
        "lastModifiedTime": timestamp(account.created),
        "hasImmutabilityPolicy": one.immutability is not None,
        "hasLegalHold": bool(one.legal_holds),
    }
    if one.immutability is not None:
        properties["immutabilityPolicy"] = _immutability(account, one.immutability)
    if one.legal_holds:
        properties["legalHold"] = {
            "hasLegalHold": True,
            "tags": [{"tag": tag, "timestamp": timestamp(account.created)} for tag in one.legal_holds],
        }
    document: dict[str, object] = {
        "id": f"{account.id}/blobServices/default/containers/{one.name}",
        "name": one.name,
        "type": f"{_TYPE}/blobServices/containers",
        "etag": f'"{stable_guid(account.id, one.name)}"',
        "properties": properties,
    }
    return with_odd(document, one.odd)


def _immutability(account: StorageAccount, policy: Immutability) -> dict[str, object]:
    return {
        "etag": f'"{stable_guid(account.id, str(policy.days))}"',
        "properties": {
            "immutabilityPeriodSinceCreationInDays": policy.days,
            "state": policy.state,
            "allowProtectedAppendWrites": policy.appends == "append blobs",
            "allowProtectedAppendWritesAll": policy.appends == "append and block blobs",
        },
        "updateHistory": [],
    }


def _service(_: Call, account: StorageAccount) -> Answered:
    return answered(
        {
            "sku": {"name": "Standard_ZRS", "tier": "Standard"},
            "id": f"{account.id}/blobServices/default",
            "name": "default",
            "type": f"{_TYPE}/blobServices",
            "properties": {
                "cors": {"corsRules": []},
                "deleteRetentionPolicy": {"allowPermanentDelete": False, **_soft_delete(account.blob_soft_delete)},
                "containerDeleteRetentionPolicy": _soft_delete(account.container_soft_delete),
                "isVersioningEnabled": account.versioning is not None,
            },
        }
    )


def _soft_delete(days: int | None) -> dict[str, object]:
    return {"enabled": False} if days is None else {"enabled": True, "days": days}


def operations() -> Iterable[tuple[str, Operation]]:
    """What Microsoft.Storage knows, by the path after the last /providers/ with names as *."""
    at = "microsoft.storage/storageaccounts/*"
    for path, action, respond in (
        (at, "read", lambda _, one: answered(account_shown(one))),
        (f"{at}/managementpolicies/*", "managementPolicies/read", _lifecycle),
        (f"{at}/blobservices/*", "blobServices/read", _service),
        (f"{at}/blobservices/*/containers", "blobServices/containers/read", _containers),
    ):
        yield path, Operation(f"{_TYPE}/{action}", _VERSIONS, _of(respond))
