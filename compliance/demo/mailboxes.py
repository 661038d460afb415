"""The facts of a simulated tenant's mailboxes: of what kind each is, and what auditing is set to on it.

Sources: Microsoft Learn, "Manage mailbox auditing" (https://learn.microsoft.com/purview/audit-mailboxes) for the
default actions and the kinds of mailbox that auditing leaves out, and Get-Mailbox for the properties.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from compliance.demo.odd import NOT_ODD, Odd

DEFAULT_SET = ("Admin", "Delegate", "Owner")
"""DefaultAuditSet of a mailbox whose logon types Microsoft manages."""

DEFAULT_OWNER = (
    "Update",
    "MoveToDeletedItems",
    "SoftDelete",
    "HardDelete",
    "UpdateFolderPermissions",
    "UpdateInboxRules",
    "UpdateCalendarDelegation",
    "ApplyRecord",
    "MailItemsAccessed",
    "Send",
)
DEFAULT_DELEGATE = (
    "Update",
    "MoveToDeletedItems",
    "SoftDelete",
    "HardDelete",
    "SendAs",
    "SendOnBehalf",
    "Create",
    "UpdateFolderPermissions",
    "UpdateInboxRules",
    "ApplyRecord",
    "MailItemsAccessed",
)
DEFAULT_ADMIN = (
    "Update",
    "MoveToDeletedItems",
    "SoftDelete",
    "HardDelete",
    "SendAs",
    "SendOnBehalf",
    "Create",
    "UpdateFolderPermissions",
    "UpdateInboxRules",
    "UpdateCalendarDelegation",
    "ApplyRecord",
    "MailItemsAccessed",
    "Send",
)

MailboxState: TypeAlias = Literal["active", "inactive", "soft-deleted"]

UNAUDITED = frozenset(
    {"RoomMailbox", "EquipmentMailbox", "SchedulingMailbox", "PublicFolderMailbox", "DiscoveryMailbox"}
)
"""Kinds, by RecipientTypeDetails, on which auditing is off until somebody turns it on."""


@dataclass(slots=True)
class Mailbox:
    """A mailbox, whichever switch of Get-Mailbox lists it.

    `guid` is Exchange's own, which the bypass list shows too; `external_directory_object_id` is the directory's, ""
    where the mailbox has no account there. `recipient_type_details` is any of Exchange's kinds, or a new one.
    """

    name: str
    display_name: str
    guid: str
    user_principal_name: str
    external_directory_object_id: str
    recipient_type_details: str = "UserMailbox"
    audit_enabled: bool | None = True
    default_audit_set: tuple[str, ...] | None = DEFAULT_SET
    audit_owner: tuple[str, ...] | None = DEFAULT_OWNER
    audit_delegate: tuple[str, ...] | None = DEFAULT_DELEGATE
    audit_admin: tuple[str, ...] | None = DEFAULT_ADMIN
    state: MailboxState = "active"
    odd: Odd = NOT_ODD
