"""The roles of Microsoft Entra ID that matter to auditing, and what other names they go by.

Sources: Microsoft Learn, "Microsoft Entra built-in roles" (template ids and what each may do), "Permissions in Exchange
Online" (the role groups that stand for a directory role), "Find the permissions required to run any Exchange cmdlet".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

GLOBAL_ADMINISTRATOR = "62e90394-69f5-4237-9190-012177145e10"
EXCHANGE_ADMINISTRATOR = "29232cdf-9323-42fd-ade2-1d097af3e4de"
COMPLIANCE_ADMINISTRATOR = "17315797-102d-40b4-93e0-432062caca18"
COMPLIANCE_DATA_ADMINISTRATOR = "e6d1a23a-da11-4be4-9570-befc86d067a7"

AUDIT_CONFIGURING: Mapping[str, str] = MappingProxyType(
    {
        GLOBAL_ADMINISTRATOR: "Global Administrator",
        EXCHANGE_ADMINISTRATOR: "Exchange Administrator",
        COMPLIANCE_ADMINISTRATOR: "Compliance Administrator",
        COMPLIANCE_DATA_ADMINISTRATOR: "Compliance Data Administrator",
        "e8611ab8-c189-46e8-94e1-60213ab1f814": "Privileged Role Administrator",
    }
)
"""The directory roles whose holders can change what is audited or how long it is kept, by template id.

A Privileged Role Administrator can take on any of the others.
"""

WRITING: Mapping[str, str] = MappingProxyType(
    {
        **AUDIT_CONFIGURING,
        "31392ffb-586c-42d1-9346-e59415a2cc4e": "Exchange Recipient Administrator",
        "194ae4cb-b126-40b2-bd5b-6091b380977d": "Security Administrator",
        "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3": "Application Administrator",
        "158c047a-c907-4556-b7ef-446551a6b5f7": "Cloud Application Administrator",
        "9360feb5-f418-4baa-8175-e2a00bac4301": "Directory Writers",
    }
)
"""Directory roles that change settings, by template id: not all there are, but all that a collector tends to get."""

READING: Mapping[str, str] = MappingProxyType(
    {
        "f2ef992c-3afb-46b9-b7cf-a126ee74c451": "Global Reader",
        "5d6b6bb7-de71-4623-b4af-96380a352509": "Security Reader",
        "4a5d8f65-41da-4de4-8968-e035b65339cf": "Reports Reader",
        "88d8e3e3-8f55-4a1e-953a-9b9898b8876b": "Directory Readers",
        "0997a1d0-0d1d-4acb-b408-d5ca73121e90": "no directory role (in every token of an application)",
        "b79fbf4d-3ef9-4689-8143-76b194e85509": "no directory role (in every token of a member)",
    }
)
"""Directory roles that only read, by template id, and what stands for no role in a token's wids."""

PREMIUM_LICENCE_REQUIRED = "AadPremiumLicenseRequired"
"""Graph's error code where a tenant has no licence for roles to be eligible for, so that nobody is."""

AUDIT_LOGS = "audit logs"
"""The management role that configures auditing, in Exchange Online and in Purview, in lower case."""

EXCHANGE_AUDIT_ROLES = frozenset({AUDIT_LOGS, "organization configuration", "role management"})
"""The management roles of Exchange Online whose holders can change auditing (Set-AdminAuditLogConfig,
Set-OrganizationConfig -AuditDisabled), or give themselves a role that can, in lower case."""

EXCHANGE_OTHER_ROLES = frozenset(
    name.casefold()
    for name in (
        *("Address Lists", "ApplicationImpersonation", "Communication Compliance Admin"),
        *("Communication Compliance Investigation", "Compliance Admin", "Data Loss Prevention", "Distribution Groups"),
        *("E-Mail Address Policies", "Federated Sharing", "Information Protection Admin"),
        *("Information Protection Analyst", "Information Protection Investigator", "Information Protection Reader"),
        *("Information Rights Management", "Insider Risk Management Admin", "Insider Risk Management Investigation"),
        *("Journaling", "Legal Hold", "LegalHoldApplication", "Mail Enabled Public Folders", "Mail Recipient Creation"),
        *("Mail Recipients", "Mail Tips", "Mailbox Import Export", "Mailbox Search", "MailboxSearchApplication"),
        *("MeetingGraphApplication", "Message Tracking", "Migration", "Move Mailboxes", "My Custom Apps"),
        *("My Marketplace Apps", "My ReadWriteMailbox Apps", "MyAddressInformation", "MyBaseOptions"),
        *("MyContactInformation", "MyDisplayName", "MyDistributionGroupMembership", "MyDistributionGroups"),
        *("MyMailboxDelegation", "MyMailSubscriptions", "MyMobileInformation", "MyName", "MyPersonalInformation"),
        *("MyProfileInformation", "MyRetentionPolicies", "MyTeamMailboxes", "MyTextMessaging", "MyVoiceMail"),
        *("OfficeExtensionApplication", "Org Custom Apps", "Org Marketplace Apps", "Organization Client Access"),
        *("Organization Transport Settings", "PlacesBuildingManagement", "PlacesDeskManagement"),
        *("Privacy Management Admin", "Privacy Management Investigation", "Public Folders", "Recipient Policies"),
        *("Remote and Accepted Domains", "Reset Password", "Retention Management", "Security Admin"),
        *("Security Group Creation and Membership", "Security Reader", "SendMailApplication", "Supervision"),
        *("TeamMailboxLifecycleApplication", "Team Mailboxes", "Tenant AllowBlockList Manager"),
        *("TenantPlacesManagement", "Transport Hygiene", "Transport Rules", "UM Mailboxes", "UM Prompts"),
        *("Unified Messaging", "User Options", "UserApplication", "View-Only Audit Logs", "View-Only Configuration"),
        *("View-Only Recipients", "ArchiveApplication", "ExchangeCrossServiceIntegration", "Cmdlet Extension Agents"),
    )
)
"""The other built-in management roles, in lower case. A role of any other name may be made from one that configures
auditing (New-ManagementRole -Parent)."""

PURVIEW_AUDIT_ROLES = frozenset({AUDIT_LOGS, "organization configuration"})
"""The roles of Purview whose holders can change auditing or retention policies, in lower case."""

ORGANIZATION_MANAGEMENT = "organization management"
"""The role group of Exchange Online whose members can give themselves every role, in lower case."""

_STANDS_FOR: Mapping[str, str] = MappingProxyType(
    {
        "tenantadmins": GLOBAL_ADMINISTRATOR,
        "exchangeserviceadmins": EXCHANGE_ADMINISTRATOR,
        "complianceadmins": COMPLIANCE_ADMINISTRATOR,
    }
)
_LINKED = re.compile(r"([a-z]+)_[-0-9a-z]+", re.ASCII)


def directory_role_of(member: str) -> str | None:
    """Return the template id of the directory role that a member of a role group stands for.

    Exchange Online mirrors the holders of a directory role in a group such as TenantAdmins_<unique value>. None for a
    member of any other name.
    """
    match = _LINKED.fullmatch(member.casefold())
    return None if match is None else _STANDS_FOR.get(match.group(1))


def mirrors_a_role(member: str) -> bool:
    """Return whether a member of a role group may stand for a directory role, by the form of its name."""
    return _LINKED.fullmatch(member.casefold()) is not None


def role_name(role: str) -> str:
    """Return the name of a management role in lower case; Purview shows it at the end of a path."""
    return role.rsplit("/", 1)[-1].strip().casefold()
