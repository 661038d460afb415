"""The ids of Azure resources: their patterns, and what stands in them.

Source: Microsoft Learn, "Naming rules and restrictions for Azure resources",
https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules.
"""

from __future__ import annotations

import re

GUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
SUBSCRIPTION_ID = rf"/subscriptions/{GUID}"
"""The patterns here are for ASCII in either letter case; no part of what they match can be `..`."""
_GROUP = rf"{SUBSCRIPTION_ID}/resourceGroups/[-\w.()]{{0,89}}[-\w()]"
WORKSPACE_ID = rf"{_GROUP}/providers/Microsoft\.OperationalInsights/workspaces/[0-9a-z][0-9a-z-]{{2,61}}[0-9a-z]"
STORAGE_ACCOUNT_ID = rf"{_GROUP}/providers/Microsoft\.Storage/storageAccounts/[0-9a-z]{{3,24}}"
NAMESPACE_ID = rf"{_GROUP}/providers/Microsoft\.EventHub/namespaces/[0-9a-z][0-9a-z-]{{4,48}}[0-9a-z]"
ADX_CLUSTER_ID = rf"{_GROUP}/providers/Microsoft\.Kusto/clusters/[a-z][0-9a-z]{{3,21}}"
ADX_DATABASE_ID = rf"{ADX_CLUSTER_ID}/databases/[-\w. ]{{0,259}}[-\w]"

_SUBSCRIPTION = re.compile(rf"({SUBSCRIPTION_ID})(?:/.*)?", re.ASCII | re.IGNORECASE)
_RESOURCE_GROUP = re.compile(rf"{SUBSCRIPTION_ID}/resourceGroups/([^/]+)(?:/.*)?", re.ASCII | re.IGNORECASE)
_NAMESPACE = re.compile(rf"({NAMESPACE_ID})(?:/.*)?", re.ASCII | re.IGNORECASE)


def resource_name(resource_id: str) -> str:
    """The last segment of a resource id: the name that people know."""
    return resource_id.strip().rstrip("/").rpartition("/")[2]


def subscription_of(resource_id: str) -> str | None:
    """The id of the subscription (`/subscriptions/<guid>`) in which a resource lies; None for what lies in none."""
    found = _SUBSCRIPTION.fullmatch(resource_id.strip())
    return None if found is None else found[1]


def resource_group_of(resource_id: str) -> str | None:
    """The name of the resource group in which a resource lies; None for what lies in none."""
    found = _RESOURCE_GROUP.fullmatch(resource_id.strip())
    return None if found is None else found[1]


def namespace_of(resource_id: str) -> str | None:
    """The id of the Event Hubs namespace that a hub, an authorization rule or the namespace itself names, or None."""
    found = _NAMESPACE.fullmatch(resource_id.strip())
    return None if found is None else found[1]


def within(resource_id: str, scope: str) -> bool:
    """Whether a resource lies at a scope or below it, in any letter case; `/` holds everything."""
    at = scope.strip().rstrip("/").casefold()
    return f"{resource_id.strip().rstrip('/').casefold()}/".startswith(f"{at}/")
