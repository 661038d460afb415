"""What an Azure role allows, and where: patterns of actions, what is taken out of them, and the scopes they hold at.

Sources: Microsoft Learn, "Understand Azure role definitions",
https://learn.microsoft.com/azure/role-based-access-control/role-definitions; "Understand scope for Azure RBAC",
https://learn.microsoft.com/azure/role-based-access-control/scope-overview; "Delete data from a Log Analytics workspace
by using the Delete Data API", https://learn.microsoft.com/azure/azure-monitor/logs/delete-log-data; "Azure permissions
for Storage", https://learn.microsoft.com/azure/role-based-access-control/permissions/storage.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from compliance.rules.resource_ids import within

_MANAGEMENT_GROUP = re.compile(r"/providers/microsoft\.management/managementgroups/([^/]+)", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Permission:
    """One permission of a role: what it allows, less what is taken out again; `*` stands for any text."""

    actions: tuple[str, ...]
    not_actions: tuple[str, ...]
    data_actions: tuple[str, ...]
    not_data_actions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Right:
    """An action that Azure asks a role for; `data` where it is one on the data itself."""

    action: str
    data: bool = False


_WORKSPACE = "Microsoft.OperationalInsights/workspaces"
_ACCOUNT = "Microsoft.Storage/storageAccounts"
_BLOBS = f"{_ACCOUNT}/blobServices/containers/blobs"
_ANYWHERE = (
    Right("Microsoft.Resources/subscriptions/resourceGroups/delete"),
    Right("Microsoft.Authorization/roleAssignments/write"),
    Right("Microsoft.Authorization/roleDefinitions/write"),
)

DELETE_FROM_WORKSPACE = (
    Right(f"{_WORKSPACE}/delete"),
    Right(f"{_WORKSPACE}/purge/action"),
    Right(f"{_WORKSPACE}/tables/deleteData/action"),
    Right(f"{_WORKSPACE}/tables/delete"),
    Right(f"{_WORKSPACE}/tables/write"),
    Right(f"{_WORKSPACE}/write"),
    *_ANYWHERE,
)
"""Each lets its holder delete logs of a workspace, shorten how long they are kept, or take on a role that can."""

DELETE_FROM_ACCOUNT = (
    Right(f"{_ACCOUNT}/delete"),
    Right(f"{_ACCOUNT}/blobServices/containers/delete"),
    Right(f"{_ACCOUNT}/managementPolicies/write"),
    Right(f"{_ACCOUNT}/listKeys/action"),
    Right(f"{_ACCOUNT}/regenerateKey/action"),
    Right(f"{_ACCOUNT}/listAccountSas/action"),
    Right(f"{_ACCOUNT}/listServiceSas/action"),
    Right(f"{_BLOBS}/delete", data=True),
    Right(f"{_BLOBS}/write", data=True),
    Right(f"{_BLOBS}/deleteBlobVersion/action", data=True),
    Right(f"{_BLOBS}/permanentDelete/action", data=True),
    *_ANYWHERE,
)
"""Each lets its holder delete or overwrite blobs of a storage account, get keys that can, or take on such a role."""

READ_WORKSPACE = (Right(f"{_WORKSPACE}/query/read"), Right(f"{_WORKSPACE}/query/*/read"))
"""Together they let their holder search every table of a workspace."""

RULE_WORKSPACE = (
    Right(f"{_WORKSPACE}/delete"),
    Right(f"{_WORKSPACE}/purge/action"),
    Right("Microsoft.Authorization/roleAssignments/write"),
)
"""Whoever has one of these administers a workspace or who may use it, and reads it by the way."""


def allows(permissions: Iterable[Permission], right: Right) -> bool:
    """Return whether a role allows an action: in one of its permissions it is let in and not taken out.

    What one permission takes out another may let in. A right that ends in a pattern is allowed by a pattern that takes
    in every action of it, and that none of which is taken out.
    """
    return any(_lets(permission, right) for permission in permissions)


def first_allowed(permissions: Sequence[Permission], rights: Iterable[Right]) -> Right | None:
    """Return the first of some rights that a role allows, or None."""
    return next((right for right in rights if allows(permissions, right)), None)


def holds(scope: str, resource_id: str, root_groups: frozenset[str]) -> bool | None:
    """Return whether what is held at a scope is held over a resource, None where that is not known.

    `root_groups` are management groups, in lower case, that surely hold the resource; of others nobody knows.
    """
    at = scope.strip().rstrip("/")
    group = _MANAGEMENT_GROUP.fullmatch(at)
    if group is None:
        return within(resource_id, at)
    return True if group[1].casefold() in root_groups else None


def reaches(scope: str, resource_id: str, root_groups: frozenset[str]) -> bool | None:
    """Return whether what is held at a scope is held over a resource or a part of it; see `holds`."""
    return within(scope, resource_id) or holds(scope, resource_id, root_groups)


def _lets(permission: Permission, right: Right) -> bool:
    let, out = (
        (permission.data_actions, permission.not_data_actions)
        if right.data
        else (permission.actions, permission.not_actions)
    )
    return any(_matches(one, right.action) for one in let) and not any(_meet(one, right.action) for one in out)


def _matches(pattern: str, action: str) -> bool:
    """Whether a pattern takes in an action, or all that a pattern of actions stands for; in linear time."""
    (first, *rest), whole = pattern.casefold().split("*"), action.casefold()
    if not rest:
        return first == whole
    if not whole.startswith(first):
        return False
    at = len(first)
    for part in rest[:-1]:
        found = whole.find(part, at)
        if found < 0:
            return False
        at = found + len(part)
    return len(whole) - at >= len(rest[-1]) and whole.endswith(rest[-1])


def _meet(pattern: str, action: str) -> bool:
    """Whether there is an action that both patterns take in."""
    if "*" not in action:
        return _matches(pattern, action)
    a, b = pattern.casefold(), action.casefold()
    below = [False] * (len(b) + 1)
    for i in range(len(a), -1, -1):
        row = [False] * (len(b) + 1)
        for j in range(len(b), -1, -1):
            if i == len(a) and j == len(b):
                row[j] = True
            elif i < len(a) and a[i] == "*":
                row[j] = below[j] or (j < len(b) and row[j + 1])
            elif j < len(b) and b[j] == "*":
                row[j] = row[j + 1] or (i < len(a) and below[j])
            else:
                row[j] = i < len(a) and j < len(b) and a[i] == b[j] and below[j + 1]
        below = row
    return below[0]
