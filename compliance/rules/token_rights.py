"""What a permission in an access token lets its holder do, as far as its name tells.

Sources: Microsoft Learn, "Microsoft Graph permissions reference" (names are resource.operation.constraint), "App-only
authentication in Exchange Online PowerShell" (Exchange.ManageAsApp), "Exchange Online Admin API" (Exchange.ManageV2 and
Exchange.ManageAsAppV2, which give way to the roles of Exchange as well).
"""

from __future__ import annotations

from enum import StrEnum


class Right(StrEnum):
    """What a permission allows: nothing but reading, writing, or only what a role behind it allows."""

    READS = "reads"
    WRITES = "writes"
    AS_ROLES_ALLOW = "as roles allow"
    UNKNOWN = "unknown"


_AS_ROLES_ALLOW = frozenset(
    {
        "exchange.manage",
        "exchange.manageasapp",
        "exchange.manageasappv2",
        "exchange.managev2",
        "adminapi.accessasuser.all",
        "ffopowershell.accessasuser.all",
        "remotepowershell.accessasuser.all",
        "user_impersonation",
    }
)
_UNTOLD = frozenset({"exchange.adminapi.manageasapp"})
"""Beside those above, but no document tells whether roles decide there too."""
_SIGN_IN = frozenset({"openid", "profile", "email", "offline_access"})
_WRITING = (
    "readwrite",
    "write",
    "manage",
    "fullcontrol",
    "full_access_as_",
    "accessasuser",
    "create",
    "delete",
    "update",
    "send",
    "enabledisable",
    "command",
    "privilegedoperations",
)


def right_of(permission: str) -> Right:
    """Return what an application permission or a scope allows.

    There is no narrower permission than those of Exchange and Azure that give way to roles: the roles decide.
    """
    name = permission.casefold()
    if name in _AS_ROLES_ALLOW:
        return Right.AS_ROLES_ALLOW
    if name in _UNTOLD:
        return Right.UNKNOWN
    if name in _SIGN_IN:
        return Right.READS
    parts = name.split(".")
    if any(part.startswith(_WRITING) for part in parts):
        return Right.WRITES
    return Right.READS if any(part.startswith("read") for part in parts) else Right.UNKNOWN
