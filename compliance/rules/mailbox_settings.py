"""What a mailbox says of its auditing, and which actions that leaves out of Microsoft's default.

Microsoft Learn, Manage mailbox auditing, https://learn.microsoft.com/purview/audit-mailboxes; Set-Mailbox,
https://learn.microsoft.com/powershell/module/exchangepowershell/set-mailbox. Facts mailbox.default-audit-set,
mailbox.default-actions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType

from compliance.rules.mailbox_kinds import MailboxKind, mailbox_kind
from compliance.rules.record_types import fold

MAIL_ITEMS_ACCESSED = "MailItemsAccessed"
SEARCH_QUERY_INITIATED = "SearchQueryInitiated"

_REMEMBERED = 16_384


class LogonType(StrEnum):
    """As whom somebody opens a mailbox."""

    OWNER = "Owner"
    DELEGATE = "Delegate"
    """With SendAs, SendOnBehalf or FullAccess, administrators with FullAccess included."""
    ADMIN = "Admin"
    """Through eDiscovery, an MAPI editor or application impersonation."""


class LicenceClass(StrEnum):
    """The licence of a mailbox, as far as what it records depends on it."""

    E5 = "E5"
    """Audit (Premium)."""
    E3 = "E3"
    """The enterprise suites with Audit (Standard), to which MailItemsAccessed was brought in 2024."""
    OTHER = "other"
    """A mailbox plan of another kind: frontline, business, Exchange Online alone."""
    NONE = "none"
    UNREAD = "unread"


AUDITED_BY_DEFAULT = frozenset({MailboxKind.USER, MailboxKind.SHARED})
"""The kinds whose actions Microsoft manages and an organisation may customise."""

_COMMON = frozenset(
    {
        "ApplyRecord",
        "HardDelete",
        MAIL_ITEMS_ACCESSED,
        "MoveToDeletedItems",
        "SoftDelete",
        "Update",
        "UpdateFolderPermissions",
        "UpdateInboxRules",
    }
)
DEFAULT_ACTIONS: Mapping[LogonType, frozenset[str]] = MappingProxyType(
    {
        LogonType.OWNER: _COMMON | {"Send", "UpdateCalendarDelegation"},
        LogonType.DELEGATE: _COMMON | {"Create", "SendAs", "SendOnBehalf"},
        LogonType.ADMIN: _COMMON | {"Create", "Send", "SendAs", "SendOnBehalf", "UpdateCalendarDelegation"},
    }
)
"""What the list of a logon type must hold to be no less than Microsoft's default, by logon type.

Two are left out, whose absence is no fault: Create for the owner, over which the published tables disagree, and
AttachmentAccess, which is always on and need not be listed. Fact mailbox.default-actions.
"""


@dataclass(frozen=True, slots=True)
class AuditSettings:
    """What a mailbox says of its auditing; `None` is unread.

    `default_audit_set` holds the logon types whose actions Microsoft manages; `actions` the actions listed for each
    logon type, in any letter case, and an absent logon type is unread. Settings of equal values are equal and hash
    alike.
    """

    kind: MailboxKind
    audit_enabled: bool | None
    default_audit_set: frozenset[LogonType] | None
    actions: Mapping[LogonType, frozenset[str] | None]
    licence: LicenceClass
    _hash: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        lists = {logon: self.actions.get(logon) for logon in LogonType}
        actions = {logon: None if names is None else frozenset(map(fold, names)) for logon, names in lists.items()}
        object.__setattr__(self, "actions", MappingProxyType(actions))
        values = (self.kind, self.audit_enabled, self.default_audit_set, *actions.values(), self.licence)
        object.__setattr__(self, "_hash", hash(values))

    def __hash__(self) -> int:
        return self._hash

    def lists(self, action: str, logon: LogonType) -> bool | None:
        """Whether the list of a logon type holds an action; `None` where the list is unread."""
        names = self.actions[logon]
        return None if names is None else fold(action) in names


@lru_cache(maxsize=_REMEMBERED)
def audit_settings(
    recipient_type_details: str | None,
    audit_enabled: bool | None,
    default_audit_set: tuple[str, ...] | None,
    owner: tuple[str, ...] | None,
    delegate: tuple[str, ...] | None,
    admin: tuple[str, ...] | None,
    licence: LicenceClass,
) -> AuditSettings:
    """The settings of a mailbox as `Get-Mailbox` prints them; `None` is unread. Equal arguments give one object.

    A `DefaultAuditSet` that names anything but the three logon types is unread, as it may mean any of them.
    """
    return AuditSettings(
        kind=MailboxKind.UNKNOWN if recipient_type_details is None else mailbox_kind(recipient_type_details),
        audit_enabled=audit_enabled,
        default_audit_set=None if default_audit_set is None else _logon_types(default_audit_set),
        actions={
            logon: None if names is None else frozenset(name.strip() for name in names)
            for logon, names in zip(LogonType, (owner, delegate, admin), strict=True)
        },
        licence=licence,
    )


def missing_default_actions(settings: AuditSettings, logon: LogonType) -> frozenset[str] | None:
    """The default actions that are not recorded for a logon type, as Microsoft spells them; `None`: cannot be told.

    It cannot where the properties are unread, where Microsoft manages a logon type whose list yet lacks a default
    action, on group mailboxes (their lists are not to be believed) and on types that are not known.
    """
    names = settings.actions[logon]
    if names is None or settings.kind in (MailboxKind.GROUP, MailboxKind.UNKNOWN):
        return None
    missing = frozenset(action for action in DEFAULT_ACTIONS[logon] if fold(action) not in names)
    if not missing or settings.kind not in AUDITED_BY_DEFAULT:
        return missing
    if settings.default_audit_set is None or logon in settings.default_audit_set:
        return None
    return missing


def search_query_recorded(settings: AuditSettings) -> bool | None:
    """Whether searches by the owner are recorded; `None`: cannot be told.

    SearchQueryInitiated is in no default set, so a list without it settles that they are not, and one with it that
    Microsoft says it manages contradicts itself. Any other with it settles that they are where the licence is Audit
    (Premium): texts disagree over the others. Fact mailbox.search-query.
    """
    if settings.kind is MailboxKind.GROUP:
        return False
    listed = settings.lists(SEARCH_QUERY_INITIATED, LogonType.OWNER)
    if listed is None or settings.kind is MailboxKind.UNKNOWN:
        return None
    if not listed:
        return False
    managed = settings.default_audit_set
    if managed is None or LogonType.OWNER in managed:
        return None
    return True if settings.licence is LicenceClass.E5 else None


def _logon_types(names: Iterable[str]) -> frozenset[LogonType] | None:
    known = {fold(logon): logon for logon in LogonType}
    found = [known.get(fold(name.strip())) for name in names]
    return None if None in found else frozenset(logon for logon in found if logon is not None)
