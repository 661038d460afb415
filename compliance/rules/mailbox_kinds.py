"""The kinds of mailbox that auditing tells apart, by `RecipientTypeDetails`.

Names: Microsoft Learn, Get-Mailbox and Get-Recipient,
https://learn.microsoft.com/powershell/module/exchangepowershell/get-recipient. Which kinds auditing covers: fact
mailbox.supported-types.
"""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType

from compliance.rules.record_types import fold


class MailboxKind(StrEnum):
    """What a mailbox is for, as far as auditing tells it apart."""

    USER = "user"
    SHARED = "shared"
    RESOURCE = "resource"
    """A room, equipment or scheduling mailbox."""
    PUBLIC_FOLDER = "public_folder"
    DISCOVERY = "discovery"
    GROUP = "group"
    SYSTEM = "system"
    """Of Exchange itself: arbitration, audit log, monitoring."""
    UNKNOWN = "unknown"


_KINDS = {
    "UserMailbox": (1 << 0, MailboxKind.USER),
    "LinkedMailbox": (1 << 1, MailboxKind.USER),
    "SharedMailbox": (1 << 2, MailboxKind.SHARED),
    "RoomMailbox": (1 << 4, MailboxKind.RESOURCE),
    "EquipmentMailbox": (1 << 5, MailboxKind.RESOURCE),
    "LinkedRoomMailbox": (1 << 41, MailboxKind.RESOURCE),
    "SchedulingMailbox": (1 << 44, MailboxKind.RESOURCE),
    "PublicFolderMailbox": (1 << 36, MailboxKind.PUBLIC_FOLDER),
    "DiscoveryMailbox": (1 << 29, MailboxKind.DISCOVERY),
    "GroupMailbox": (1 << 40, MailboxKind.GROUP),
    "SystemAttendantMailbox": (1 << 13, MailboxKind.SYSTEM),
    "SystemMailbox": (1 << 14, MailboxKind.SYSTEM),
    "ArbitrationMailbox": (1 << 23, MailboxKind.SYSTEM),
    "MonitoringMailbox": (1 << 39, MailboxKind.SYSTEM),
    "AuditLogMailbox": (1 << 42, MailboxKind.SYSTEM),
    "AuxAuditLogMailbox": (1 << 46, MailboxKind.SYSTEM),
}

_BY_KEY = MappingProxyType(
    {fold(name): kind for name, (_, kind) in _KINDS.items()} | {str(number): kind for number, kind in _KINDS.values()}
)


def mailbox_kind(recipient_type_details: str) -> MailboxKind:
    """The kind of a mailbox, by exact name in any letter case or by the value of the enumeration in decimal."""
    return _BY_KEY.get(fold(recipient_type_details.strip(" ")), MailboxKind.UNKNOWN)
