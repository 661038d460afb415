"""Rows of roles as the APIs show them, and populations of them."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

from compliance.evidence.derived.audit_rights import AuditRights, audit_rights
from compliance.evidence.population import Coverage, Malformed, Population, Ref
from compliance.evidence.unread import Kind, Unread
from compliance.evidence.view import View
from compliance.evidence.views import (
    AuditRoleAssignment,
    PurviewRoleGroup,
    RoleAssignment,
    RoleEligibility,
    RoleGroup,
    User,
)

T = TypeVar("T", bound=View)

GLOBAL = "62e90394-69f5-4237-9190-012177145e10"
COMPLIANCE = "17315797-102d-40b4-93e0-432062caca18"
READER = "f2ef992c-3afb-46b9-b7cf-a126ee74c451"


def account(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012}"


def population(
    row_type: type[T], *rows: dict[str, Any] | Malformed, coverage: Coverage = Coverage.WHOLE
) -> Population[T]:
    made = [
        (row if isinstance(row, Malformed) else msgspec.convert(row, row_type), Ref(row_type.__name__, "0", f"/{n}"))
        for n, row in enumerate(rows)
    ]
    return Population(lambda: iter(made), coverage, None)


def holds(number: int, role: str = GLOBAL, *, kind: str = "user", **principal: Any) -> dict[str, Any]:
    who: dict[str, Any] = {
        "@odata.type": f"#microsoft.graph.{kind}",
        "id": account(number),
        "displayName": f"N{number}",
    }
    if kind == "user":
        who |= {"userPrincipalName": f"n{number}@bureau.example", "userType": "Member"}
    return {
        "id": f"{role} {number}",
        "roleDefinitionId": role,
        "principalId": account(number),
        "directoryScopeId": "/",
        "principal": {name: value for name, value in (who | principal).items() if value is not ...},
    }


def effective(name: str, group: str = "Organization Management", kind: str = "RoleGroup") -> dict[str, Any]:
    return {
        "Guid": "g",
        "Role": "Audit Logs",
        "RoleAssigneeName": group,
        "RoleAssigneeType": kind,
        "EffectiveUserName": name,
        "Enabled": True,
    }


def group(name: str, *members: str, roles: tuple[str, ...] = ("Audit Logs",)) -> dict[str, Any]:
    return {"Guid": name, "Name": name, "Roles": list(roles), "Members": list(members)}


def user(number: int, user_type: str | None = "Member") -> dict[str, Any]:
    return {"id": account(number), "userPrincipalName": f"n{number}@bureau.example", "userType": user_type}


def denied(dataset: str = "x") -> Unread:
    return Unread(Kind.DENIED, dataset, "403", "a permission")


def rights(**changes: Any) -> AuditRights:
    """The rights of a tenant in which one member is Global Administrator and nobody else holds anything.

    Ten members are listed as users.
    """
    known: dict[str, Any] = {
        "assignments": population(RoleAssignment, holds(1)),
        "eligibilities": population(RoleEligibility),
        "effective": population(AuditRoleAssignment),
        "role_groups": population(RoleGroup, group("Organization Management", "TenantAdmins_-17")),
        "purview": population(PurviewRoleGroup),
        "users": population(User, *map(user, range(10))),
    }
    return audit_rights(**(known | changes))
