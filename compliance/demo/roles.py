"""The facts of a simulated tenant's roles: who holds directory roles, and who is in which role group.

Sources: Microsoft Learn, "Microsoft Entra built-in roles" (https://learn.microsoft.com/entra/identity/role-based-access-
control/permissions-reference) for the template ids, "Permissions in Exchange Online"
(https://learn.microsoft.com/exchange/permissions-exo/permissions-exo) and "Roles and role groups in Microsoft Defender
XDR and Microsoft Purview" (https://learn.microsoft.com/defender-office-365/scc-permissions) for the role groups. That
Organization Management holds role groups linked to Entra roles, whose members Exchange can't list, is common knowledge
of Exchange Online administrators ("TenantAdmins_-1785523426").
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from compliance.demo.odd import NOT_ODD, Odd

TEMPLATES = MappingProxyType(
    {
        "Global Administrator": "62e90394-69f5-4237-9190-012177145e10",
        "Exchange Administrator": "29232cdf-9323-42fd-ade2-1d097af3e4de",
        "Compliance Administrator": "17315797-102d-40b4-93e0-432062caca18",
        "Compliance Data Administrator": "e6d1a23a-da11-4be4-9570-befc86d067a7",
        "Security Administrator": "194ae4cb-b126-40b2-bd5b-6091b380977d",
        "Security Reader": "5d6b6bb7-de71-4623-b4af-96380a352509",
        "Global Reader": "f2ef992c-3afb-46b9-b7cf-a126ee74c451",
        "User Administrator": "fe930be7-5e62-47db-91af-98c3a49a38b1",
        "Directory Readers": "88d8e3e3-8f55-4a1e-953a-9b9898b8876b",
    }
)
"""The ids of directory roles, the same in every tenant."""


@dataclass(slots=True)
class DirectoryRole:
    """A directory role that a principal holds, or may take on where `eligible`.

    `principal_type` is user, group or servicePrincipal; a group's members are not shown by the role APIs.
    """

    role: str
    principal_id: str
    principal_type: Literal["user", "group", "servicePrincipal"]
    display_name: str | None
    user_principal_name: str | None = None
    user_type: str | None = None
    eligible: bool = False
    odd: Odd = NOT_ODD


@dataclass(slots=True)
class RoleGroup:
    """A role group of Exchange Online or of Purview; `members` are names, those of nested groups among them."""

    name: str
    roles: tuple[str, ...]
    members: tuple[str, ...] = ()
    odd: Odd = NOT_ODD


def exchange_role_groups(suffix: int) -> list[RoleGroup]:
    """The role groups of every Exchange organisation; `suffix` numbers those that are linked to Entra roles."""
    tenant_admins, exchange_admins = f"TenantAdmins_-{suffix}", f"ExchangeServiceAdmins_-{suffix + 1}"
    readers, compliance_admins = f"GlobalReaders_-{suffix + 2}", f"ComplianceAdmins_{suffix + 3}"
    return [
        RoleGroup(
            "Organization Management",
            (
                "Audit Logs",
                "View-Only Audit Logs",
                "Organization Configuration",
                "View-Only Configuration",
                "View-Only Recipients",
                "Mail Recipients",
                "Mail Recipient Creation",
                "Role Management",
                "Journaling",
                "Retention Management",
                "Transport Rules",
                "Security Admin",
            ),
            (tenant_admins, exchange_admins),
        ),
        RoleGroup("View-Only Organization Management", ("View-Only Configuration", "View-Only Recipients"), (readers,)),
        RoleGroup(
            "Compliance Management",
            ("Audit Logs", "View-Only Audit Logs", "Compliance Admin", "Retention Management", "Journaling"),
            (compliance_admins,),
        ),
        RoleGroup("Records Management", ("Audit Logs", "Journaling", "Message Tracking", "Retention Management")),
        RoleGroup("Recipient Management", ("Mail Recipients", "Mail Recipient Creation", "Message Tracking")),
        RoleGroup("Discovery Management", ("Legal Hold", "Mailbox Search")),
        RoleGroup("Help Desk", ("Reset Password", "User Options", "View-Only Recipients")),
        RoleGroup("Hygiene Management", ("Transport Hygiene", "View-Only Configuration", "View-Only Recipients")),
        RoleGroup("Security Administrator", ("Security Admin",)),
        RoleGroup("Security Reader", ("Security Reader",)),
        RoleGroup(tenant_admins, ()),
        RoleGroup(exchange_admins, ()),
        RoleGroup(readers, ()),
        RoleGroup(compliance_admins, ()),
    ]


def purview_role_groups() -> list[RoleGroup]:
    """The role groups of every tenant's Security & Compliance, as far as they touch on auditing or are common."""
    return [
        RoleGroup(
            "OrganizationManagement",
            (
                "Audit Logs",
                "View-Only Audit Logs",
                "Organization Configuration",
                "Role Management",
                "Compliance Administrator",
                "Retention Management",
                "View-Only Retention Management",
            ),
        ),
        RoleGroup(
            "ComplianceAdministrator",
            ("Audit Logs", "View-Only Audit Logs", "Organization Configuration", "Compliance Administrator"),
        ),
        RoleGroup("ComplianceDataAdministrator", ("Audit Logs", "Organization Configuration", "Retention Management")),
        RoleGroup("AuditManager", ("Audit Logs", "View-Only Audit Logs")),
        RoleGroup("AuditReader", ("View-Only Audit Logs",)),
        RoleGroup("eDiscoveryManager", ("Case Management", "Compliance Search", "Hold", "Review")),
        RoleGroup("SecurityReader", ("Security Reader", "View-Only DLP Compliance Management")),
        RoleGroup("Reviewer", ("Review",)),
    ]
