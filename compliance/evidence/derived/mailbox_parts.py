"""The parts that mailboxes are sorted into: what a finding tells apart."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from compliance.rules.mailbox_kinds import MailboxKind
from compliance.rules.mailbox_settings import AuditSettings, LicenceClass
from compliance.rules.record_types import fold

ACTIVE = "exchange.mailboxes"
"""The dataset of the mailboxes in use."""


class MailboxPart(StrEnum):
    """A class of mailboxes that a finding tells apart, or of accounts that matter to them."""

    USER = "user"
    USER_OTHER_LICENCE = "user_other_licence"
    SHARED = "shared"
    SHARED_UNLICENSED = "shared_unlicensed"
    INACTIVE = "inactive"
    SOFT_DELETED = "soft_deleted"
    UNKNOWN = "unknown"
    ROOM = "room"
    EQUIPMENT = "equipment"
    SCHEDULING = "scheduling"
    PUBLIC_FOLDER = "public_folder"
    DISCOVERY = "discovery"
    GROUP = "group"
    BYPASSED_ACCOUNTS = "bypassed_accounts"
    WITHOUT_MAILBOX = "without_mailbox"

    @property
    def words(self) -> str:
        """The part as a report names it."""
        return _WORDS[self]


_WORDS: Mapping[MailboxPart, str] = {
    MailboxPart.USER: "user mailboxes",
    MailboxPart.USER_OTHER_LICENCE: "user mailboxes without an E3 or E5 licence",
    MailboxPart.SHARED: "shared mailboxes with a licence",
    MailboxPart.SHARED_UNLICENSED: "shared mailboxes without a licence",
    MailboxPart.INACTIVE: "inactive mailboxes",
    MailboxPart.SOFT_DELETED: "soft-deleted mailboxes",
    MailboxPart.UNKNOWN: "mailboxes of a type that is not known, or that were not read",
    MailboxPart.ROOM: "room mailboxes",
    MailboxPart.EQUIPMENT: "equipment mailboxes",
    MailboxPart.SCHEDULING: "scheduling mailboxes",
    MailboxPart.PUBLIC_FOLDER: "public-folder mailboxes",
    MailboxPart.DISCOVERY: "discovery mailboxes",
    MailboxPart.GROUP: "mailboxes of Microsoft 365 groups",
    MailboxPart.BYPASSED_ACCOUNTS: "accounts that bypass auditing",
    MailboxPart.WITHOUT_MAILBOX: "accounts with an Exchange plan of which no mailbox was listed",
}

MAIL_PARTS = frozenset(
    {
        MailboxPart.USER,
        MailboxPart.USER_OTHER_LICENCE,
        MailboxPart.SHARED,
        MailboxPart.SHARED_UNLICENSED,
        MailboxPart.INACTIVE,
        MailboxPart.SOFT_DELETED,
        MailboxPart.UNKNOWN,
    }
)
"""The mailboxes that default auditing covers, or may cover."""
OUTSIDE_PARTS = frozenset(
    {
        MailboxPart.ROOM,
        MailboxPart.EQUIPMENT,
        MailboxPart.SCHEDULING,
        MailboxPart.PUBLIC_FOLDER,
        MailboxPart.DISCOVERY,
        MailboxPart.GROUP,
        MailboxPart.UNKNOWN,
    }
)
"""The mailboxes that default auditing leaves out, or may leave out."""

HELD_BY: Mapping[str, MailboxPart] = {
    ACTIVE: MailboxPart.UNKNOWN,
    "exchange.group_mailboxes": MailboxPart.GROUP,
    "exchange.public_folder_mailboxes": MailboxPart.PUBLIC_FOLDER,
    "exchange.inactive_mailboxes": MailboxPart.INACTIVE,
    "exchange.soft_deleted_mailboxes": MailboxPart.SOFT_DELETED,
}
"""The part that stands for what a dataset would have held."""
_NO_LONGER_USED = ("exchange.inactive_mailboxes", "exchange.soft_deleted_mailboxes")
_BY_KIND: Mapping[MailboxKind, MailboxPart] = {
    MailboxKind.PUBLIC_FOLDER: MailboxPart.PUBLIC_FOLDER,
    MailboxKind.DISCOVERY: MailboxPart.DISCOVERY,
    MailboxKind.GROUP: MailboxPart.GROUP,
}
_AS_USER = (LicenceClass.E3, LicenceClass.E5, LicenceClass.UNREAD)


def part_of(recipient_type_details: str | None, settings: AuditSettings, dataset: str) -> MailboxPart | None:
    """Return the part of a mailbox by its type, its licence and the dataset that listed it; None: it is not judged.

    What is outside default auditing stays there when it is no longer in use.
    """
    kind = settings.kind
    if recipient_type_details is None or kind is MailboxKind.UNKNOWN:
        return MailboxPart.UNKNOWN
    if kind is MailboxKind.SYSTEM:
        return None
    if kind is MailboxKind.RESOURCE:
        return _resource(fold(recipient_type_details.strip(" ")))
    if kind in _BY_KIND:
        return _BY_KIND[kind]
    if dataset in _NO_LONGER_USED:
        return HELD_BY[dataset]
    if kind is MailboxKind.SHARED:
        return MailboxPart.SHARED_UNLICENSED if settings.licence is LicenceClass.NONE else MailboxPart.SHARED
    return MailboxPart.USER if settings.licence in _AS_USER else MailboxPart.USER_OTHER_LICENCE


def _resource(name: str) -> MailboxPart:
    match name:
        case "equipmentmailbox" | "32":
            return MailboxPart.EQUIPMENT
        case "schedulingmailbox" | "17592186044416":
            return MailboxPart.SCHEDULING
        case _:
            return MailboxPart.ROOM
