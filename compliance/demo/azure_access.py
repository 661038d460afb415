"""The facts of who may do what in a simulated tenant's Azure, and of what was done there.

Sources: Microsoft Learn, "Azure built-in roles" (https://learn.microsoft.com/azure/role-based-access-control/built-in-
roles) for the ids and actions, and "Understand Azure role definitions" for how patterns match. Of roles with long lists
only the actions that matter to logs are kept.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from compliance.demo.odd import NOT_ODD, Odd

MANAGEMENT_GROUPS = "/providers/Microsoft.Management/managementGroups/"
"""How the scope of a management group begins; every simulated subscription lies below each."""


@dataclass(frozen=True, slots=True)
class RoleDefinition:
    """An Azure role: the patterns of the actions that it allows, and of those that are taken out again."""

    id: str
    name: str
    actions: tuple[str, ...]
    not_actions: tuple[str, ...] = ()
    data_actions: tuple[str, ...] = ()
    not_data_actions: tuple[str, ...] = ()
    custom: bool = False

    def allows(self, action: str) -> bool:
        """Whether this role allows an action of the control plane."""
        return _matches(self.actions, action.lower()) and not _matches(self.not_actions, action.lower())


@functools.lru_cache(maxsize=4096)
def _matches(patterns: tuple[str, ...], action: str) -> bool:
    every = (".*".join(re.escape(part) for part in pattern.lower().split("*")) for pattern in patterns)
    return any(re.fullmatch(one, action) for one in every)


_NO_ACCESS_WRITES = (
    "Microsoft.Authorization/*/Delete",
    "Microsoft.Authorization/*/Write",
    "Microsoft.Authorization/elevateAccess/Action",
)
_BLOBS = "Microsoft.Storage/storageAccounts/blobServices/containers"

BUILT_IN = (
    RoleDefinition("8e3af657-a8ff-443c-a75c-2fe8c4bcb635", "Owner", ("*",)),
    RoleDefinition("b24988ac-6180-42a0-ab88-20f7382dd24c", "Contributor", ("*",), _NO_ACCESS_WRITES),
    RoleDefinition("acdd72a7-3385-48ef-bd42-f606fba81ae7", "Reader", ("*/read",)),
    RoleDefinition(
        "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
        "User Access Administrator",
        ("*/read", "Microsoft.Authorization/*", "Microsoft.Support/*"),
    ),
    RoleDefinition(
        "f58310d9-a9f6-439a-9e8d-f62e7b41a168",
        "Role Based Access Control Administrator",
        (
            "Microsoft.Authorization/roleAssignments/write",
            "Microsoft.Authorization/roleAssignments/delete",
            "*/read",
            "Microsoft.Support/*",
        ),
    ),
    RoleDefinition(
        "92aaf0da-9dab-42b6-94a3-d43ce8d16293",
        "Log Analytics Contributor",
        (
            "*/read",
            "Microsoft.Insights/diagnosticSettings/*",
            "Microsoft.OperationalInsights/*",
            "Microsoft.OperationsManagement/*",
            "Microsoft.Storage/storageAccounts/listKeys/action",
            "Microsoft.Support/*",
        ),
    ),
    RoleDefinition(
        "73c42c96-874c-492b-b04d-ab87d138a893",
        "Log Analytics Reader",
        (
            "*/read",
            "Microsoft.OperationalInsights/workspaces/analytics/query/action",
            "Microsoft.OperationalInsights/workspaces/search/action",
            "Microsoft.Support/*",
        ),
        ("Microsoft.OperationalInsights/workspaces/sharedKeys/read",),
    ),
    RoleDefinition(
        "749f88d5-cbae-40b8-bcfc-e573ddc772fa",
        "Monitoring Contributor",
        (
            "*/read",
            "Microsoft.Insights/DiagnosticSettings/*",
            "Microsoft.OperationalInsights/workspaces/write",
            "Microsoft.OperationalInsights/workspaces/search/action",
            "Microsoft.OperationalInsights/workspaces/sharedKeys/action",
            "Microsoft.Support/*",
        ),
    ),
    RoleDefinition(
        "43d0d8ad-25c7-4714-9337-8ba259a9fe05",
        "Monitoring Reader",
        ("*/read", "Microsoft.OperationalInsights/workspaces/search/action", "Microsoft.Support/*"),
    ),
    RoleDefinition(
        "150f5e0c-0603-4f03-8c7f-cf70034c4e90",
        "Data Purger",
        (
            "Microsoft.Insights/components/*/read",
            "Microsoft.Insights/components/purge/action",
            "Microsoft.OperationalInsights/workspaces/*/read",
            "Microsoft.OperationalInsights/workspaces/purge/action",
        ),
    ),
    RoleDefinition(
        "8d289c81-5878-46d4-8554-54e1e3d8b5cb",
        "Microsoft Sentinel Reader",
        (
            "Microsoft.SecurityInsights/*/read",
            "Microsoft.OperationalInsights/workspaces/*/read",
            "Microsoft.OperationalInsights/workspaces/analytics/query/action",
            "Microsoft.Authorization/*/read",
            "Microsoft.Support/*",
        ),
    ),
    RoleDefinition(
        "ab8e14d6-4a74-4a29-9ba8-549422addade",
        "Microsoft Sentinel Contributor",
        (
            "Microsoft.SecurityInsights/*",
            "Microsoft.OperationalInsights/workspaces/*/read",
            "Microsoft.OperationalInsights/workspaces/savedSearches/*",
            "Microsoft.Authorization/*/read",
            "Microsoft.Support/*",
        ),
    ),
    RoleDefinition(
        "17d1049b-9a84-46fb-8f53-869881c3d3ab",
        "Storage Account Contributor",
        (
            "Microsoft.Authorization/*/read",
            "Microsoft.Insights/diagnosticSettings/*",
            "Microsoft.Storage/storageAccounts/*",
            "Microsoft.Support/*",
        ),
    ),
    RoleDefinition(
        "81a9662b-bebf-436f-a333-f67b29880f12",
        "Storage Account Key Operator Service Role",
        (
            "Microsoft.Storage/storageAccounts/listkeys/action",
            "Microsoft.Storage/storageAccounts/regeneratekey/action",
        ),
    ),
    RoleDefinition(
        "c12c1c16-33a1-487b-954d-41c89c60f349",
        "Reader and Data Access",
        (
            "Microsoft.Storage/storageAccounts/listKeys/action",
            "Microsoft.Storage/storageAccounts/ListAccountSas/action",
            "Microsoft.Storage/storageAccounts/read",
        ),
    ),
    RoleDefinition(
        "b7e6dc6d-f1e8-4753-8033-0f276bb0955b",
        "Storage Blob Data Owner",
        (f"{_BLOBS}/*", "Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action"),
        (),
        (f"{_BLOBS}/blobs/*",),
    ),
    RoleDefinition(
        "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
        "Storage Blob Data Contributor",
        (f"{_BLOBS}/delete", f"{_BLOBS}/read", f"{_BLOBS}/write"),
        (),
        tuple(f"{_BLOBS}/blobs/{what}" for what in ("delete", "read", "write", "move/action", "add/action")),
    ),
    RoleDefinition(
        "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
        "Storage Blob Data Reader",
        (f"{_BLOBS}/read",),
        (),
        (f"{_BLOBS}/blobs/read",),
    ),
)
"""The built-in roles that every tenant has, as far as they matter to logs."""


@dataclass(slots=True)
class RoleHolder:
    """Who holds an Azure role at a scope, or may take it on where `eligible`.

    `ends` None is without end. `activated` is a role that an eligible holder has taken on for a while.
    `condition` narrows the role; it is given as it is written.
    """

    role: str
    scope: str
    principal_id: str
    principal_type: Literal["User", "Group", "ServicePrincipal"]
    display_name: str
    since: datetime
    ends: datetime | None = None
    eligible: bool = False
    activated: bool = False
    condition: str | None = None
    odd: Odd = NOT_ODD


@dataclass(slots=True)
class Lock:
    """A lock on the resource, resource group or subscription of this id; `level` is CanNotDelete or ReadOnly."""

    scope: str
    name: str
    level: str = "CanNotDelete"
    notes: str = ""


@dataclass(slots=True)
class ActivityEvent:
    """Something that was done, such as Microsoft.OperationalInsights/workspaces/purge/action on a workspace.

    `status` is Started, Succeeded, Failed, ...; one operation has an event for each, and they share `correlation`, a
    name. What has none is an operation of its own.
    """

    at: datetime
    operation: str
    resource_id: str
    caller: str | None
    status: str = "Succeeded"
    correlation: str = ""
    odd: Odd = NOT_ODD
