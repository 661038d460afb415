"""Get-RoleGroup and Get-ManagementRoleAssignment: who is in which role group, and who effectively holds a role.

Sources: the cmdlets' pages (https://learn.microsoft.com/powershell/module/exchangepowershell/get-rolegroup,
.../get-managementroleassignment); Microsoft365DSC's MSFT_SCRoleGroup.psm1 for Security & Compliance, which shows a role
by its path.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from compliance.demo.adminapi import Cmdlet, Parameters, Row
from compliance.demo.objects import VIEW_CONFIGURATION, distinguished_name, organization_id
from compliance.demo.odd import stable_guid
from compliance.demo.roles import RoleGroup
from compliance.demo.tenant import Tenant


def _exchange_groups(tenant: Tenant, parameters: Parameters) -> list[RoleGroup]:
    return _named(tenant.exchange_role_groups, parameters)


def _purview_groups(tenant: Tenant, parameters: Parameters) -> list[RoleGroup]:
    return _named(tenant.purview_role_groups, parameters)


def _named(groups: list[RoleGroup], parameters: Parameters) -> list[RoleGroup]:
    identity = parameters.get("identity")
    return [group for group in groups if identity is None or identity == group.name]


def _exchange_group(tenant: Tenant, group: RoleGroup) -> Row:
    return _group(tenant, group, "exchange role group", group.roles)


def _purview_group(tenant: Tenant, group: RoleGroup) -> Row:
    container = (
        f"FFO.extest.microsoft.com/Microsoft Exchange Hosted Organizations/{tenant.initial_domain}/Configuration"
    )
    return _group(tenant, group, "purview role group", tuple(f"{container}/{role}" for role in group.roles))


def _group(tenant: Tenant, group: RoleGroup, kind: str, roles: tuple[str, ...]) -> Row:
    guid = UUID(stable_guid(tenant.id, kind, group.name))
    return Row(
        {
            "ManagedBy": ("Organization Management",),
            "RoleAssignments": tuple(f"{role.rpartition('/')[2]}-{group.name}" for role in roles),
            "Roles": roles,
            "DisplayName": group.name,
            "ExternalDirectoryObjectId": "",
            "Members": group.members,
            "Description": "",
            "RoleGroupType": "Standard",
            "LinkedGroup": "",
            "Capabilities": (),
            "Name": group.name,
            "Identity": group.name,
            "Id": group.name,
            "DistinguishedName": distinguished_name(tenant, group.name),
            "ObjectClass": ("top", "group"),
            "WhenChangedUTC": tenant.created,
            "WhenCreatedUTC": tenant.created,
            "ExchangeObjectId": guid,
            "Guid": guid,
            "OrganizationId": organization_id(tenant),
            "IsValid": True,
            "ObjectState": "Changed",
        },
        group.odd,
    )


@dataclass(frozen=True, slots=True)
class _Assignment:
    """A role that a role group gives, and whom it reaches: "All Group Members" unless effective users are asked for."""

    role: str
    group: str
    effective_user: str


def _assignments(tenant: Tenant, parameters: Parameters) -> list[_Assignment]:
    """The assignments of a role. Exchange can't name the members of role groups that are linked to Entra roles."""
    role = parameters.get("role")
    effective = parameters.get("geteffectiveusers") is True
    linked = {group.name for group in tenant.exchange_role_groups}
    found = []
    for group in tenant.exchange_role_groups:
        for given in group.roles:
            if role is not None and str(role).lower() != given.lower():
                continue
            named = [member for member in group.members if member not in linked] if effective else ["All Group Members"]
            found += [_Assignment(given, group.name, name) for name in named]
    return found


def _assignment(tenant: Tenant, one: _Assignment) -> Row:
    guid = UUID(stable_guid(tenant.id, "role assignment", one.role, one.group))
    name = f"{one.role}-{one.group}"
    return Row(
        {
            "User": distinguished_name(tenant, one.group),
            "AssignmentMethod": "Direct",
            "EffectiveUserName": one.effective_user,
            "AssignmentChain": "",
            "RoleAssigneeType": "RoleGroup",
            "RoleAssignee": one.group,
            "Role": one.role,
            "RoleAssignmentDelegationType": "Regular",
            "CustomRecipientWriteScope": None,
            "CustomConfigWriteScope": None,
            "RecipientReadScope": "Organization",
            "ConfigReadScope": "OrganizationConfig",
            "RecipientWriteScope": "Organization",
            "ConfigWriteScope": "OrganizationConfig",
            "Enabled": True,
            "RoleAssigneeName": one.group,
            "IsValid": True,
            "Name": name,
            "Identity": name,
            "Id": name,
            "WhenChangedUTC": tenant.created,
            "WhenCreatedUTC": tenant.created,
            "ExchangeObjectId": guid,
            "Guid": guid,
            "OrganizationId": organization_id(tenant),
            "ObjectState": "Changed",
        }
    )


EXCHANGE_ROLE_GROUPS = Cmdlet(
    "Get-RoleGroup", _exchange_groups, _exchange_group, VIEW_CONFIGURATION, frozenset({"identity", "resultsize"})
)
"""The role groups of Exchange Online."""

ROLE_ASSIGNMENTS = Cmdlet(
    "Get-ManagementRoleAssignment",
    _assignments,
    _assignment,
    VIEW_CONFIGURATION,
    frozenset({"role", "roleassignee", "geteffectiveusers"}),
)
"""The management role assignments of Exchange Online; there is no -ResultSize."""

PURVIEW_ROLE_GROUPS = Cmdlet(
    "Get-RoleGroup",
    _purview_groups,
    _purview_group,
    frozenset({"Global Reader", "Compliance Administrator", "Global Administrator", "Role Management"}),
    frozenset({"identity", "resultsize"}),
)
"""The role groups of Security & Compliance, which are others than those of Exchange Online."""
