"""Whether mailbox auditing writes `MailItemsAccessed` for a mailbox and a kind of sign-in, from what the settings say.

What is unread is `None`, never a default, and never lets a mailbox count as logged. Microsoft Learn, Manage mailbox
auditing, https://learn.microsoft.com/purview/audit-mailboxes; facts mailbox.*.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from compliance.rules.mailbox_kinds import MailboxKind, mailbox_kind
from compliance.rules.mailbox_settings import (
    AUDITED_BY_DEFAULT,
    DEFAULT_ACTIONS,
    MAIL_ITEMS_ACCESSED,
    AuditSettings,
    LicenceClass,
    LogonType,
    audit_settings,
    missing_default_actions,
    search_query_recorded,
)

__all__ = [
    "DEFAULT_ACTIONS",
    "AuditSettings",
    "DecidedBy",
    "LicenceClass",
    "Logged",
    "LogonType",
    "MailboxKind",
    "Outcome",
    "audit_settings",
    "mail_items_accessed",
    "mailbox_kind",
    "missing_default_actions",
    "search_query_recorded",
    "worst_logon",
]

_REMEMBERED = 16_384


class Logged(StrEnum):
    """Whether records of an action are written."""

    LOGGED = "logged"
    NOT_LOGGED = "not-logged"
    INDETERMINATE = "indeterminate"


class DecidedBy(StrEnum):
    """What settles an outcome, or keeps it open."""

    INGESTION_OFF = "ingestion-off"
    ORG_AUDIT_DISABLED = "org-AuditDisabled"
    ACTOR_BYPASS = "actor-bypass"
    ORG_STATE_UNKNOWN = "org-state-unknown"
    BYPASS_UNKNOWN = "bypass-unknown"
    GROUP_FIXED_SET = "group-fixed-set"
    UNSUPPORTED_TYPE = "unsupported-type"
    UNKNOWN_TYPE = "unknown-type"
    PROPERTIES_UNREAD = "audit-properties-unread"
    CONTRADICTION = "DefaultAuditSet-and-list-disagree"
    CUSTOMISED_WITHOUT = "customised-without-MIA"
    CUSTOMISED_WITH = "customised-with-MIA"
    MANAGED_DEFAULT = "managed-default"
    LICENCE_CLASS = "licence-class"
    LICENCE_UNREAD = "licence-unread"
    OBSERVED = "observed"
    NEVER_OBSERVED = "never-observed"


@dataclass(frozen=True, slots=True)
class Outcome:
    """Whether it is logged, what decided that, the reason in one sentence, and the facts that it rests on."""

    state: Logged
    decided_by: DecidedBy
    because: str
    facts: tuple[str, ...]


def mail_items_accessed(
    settings: AuditSettings,
    logon: LogonType,
    *,
    ingestion: bool | None,
    audit_disabled: bool | None,
    bypassed: bool | None,
    observed: bool | None,
) -> Outcome:
    """Whether opening mail is recorded for this mailbox, logon type and actor.

    `ingestion` is the switch of the unified audit log, `audit_disabled` that of the organisation, `bypassed` whether
    the actor has an audit bypass; `None` is unread. `observed` is whether records of this mailbox and logon type were
    seen: `False` only where records were read and the mailbox was in use, `None` where none were looked for.
    """
    return _mail_items_accessed(settings, logon, ingestion, audit_disabled, bypassed, observed)


def worst_logon(
    settings: AuditSettings,
    *,
    ingestion: bool | None,
    audit_disabled: bool | None,
    bypassed: bool | None,
    observed: Mapping[LogonType, bool | None] | None,
) -> tuple[LogonType, Outcome]:
    """The worst of owner, delegate and administrator, the first of equals; it stands for the mailbox.

    `bypassed` is taken for every logon type. `observed` is told by logon type, as records of one prove nothing of
    another; an absent one was not looked for.
    """
    seen = tuple(None if observed is None else observed.get(logon) for logon in LogonType)
    return _worst_logon(settings, ingestion, audit_disabled, bypassed, seen)


_RECORDING_LICENCES = frozenset({LicenceClass.E5, LicenceClass.E3})
_OUTSIDE_DEFAULT = frozenset({MailboxKind.RESOURCE, MailboxKind.PUBLIC_FOLDER, MailboxKind.DISCOVERY})
_BADNESS = (Logged.LOGGED, Logged.INDETERMINATE, Logged.NOT_LOGGED)

_ORG = "mailbox.org-default-overrides"
_BYPASS = "mailbox.bypass-follows-the-actor"
_MANAGED = "mailbox.default-audit-set"
_ACTIONS = "mailbox.default-actions"
_GROUP = "mailbox.group-fixed-set"
_TYPES = "mailbox.supported-types"
_LICENCE = "mailbox.mail-items-accessed-licence"
_OBSERVE = "mailbox.configured-is-not-observed"
_INGESTION = "audit.ingestion-off"


@lru_cache(maxsize=_REMEMBERED)
def _worst_logon(
    settings: AuditSettings,
    ingestion: bool | None,
    audit_disabled: bool | None,
    bypassed: bool | None,
    observed: tuple[bool | None, ...],
) -> tuple[LogonType, Outcome]:
    outcomes = [
        (logon, _mail_items_accessed(settings, logon, ingestion, audit_disabled, bypassed, seen))
        for logon, seen in zip(LogonType, observed, strict=True)
    ]
    return max(outcomes, key=lambda outcome: _BADNESS.index(outcome[1].state))


@lru_cache(maxsize=_REMEMBERED)
def _mail_items_accessed(
    settings: AuditSettings,
    logon: LogonType,
    ingestion: bool | None,
    audit_disabled: bool | None,
    bypassed: bool | None,
    observed: bool | None,
) -> Outcome:
    return _by_switches(ingestion, audit_disabled, bypassed) or _by_mailbox(settings, logon, observed)


def _by_switches(ingestion: bool | None, audit_disabled: bool | None, bypassed: bool | None) -> Outcome | None:
    if ingestion is False:
        because = "ingestion into the unified audit log is off: nothing is recorded"
        return Outcome(Logged.NOT_LOGGED, DecidedBy.INGESTION_OFF, because, (_INGESTION,))
    if audit_disabled is True:
        because = "AuditDisabled is True: no mailbox is audited, whatever its own settings say"
        return Outcome(Logged.NOT_LOGGED, DecidedBy.ORG_AUDIT_DISABLED, because, (_ORG,))
    if bypassed is True:
        because = "the account that acts has an audit bypass: nothing that it does in any mailbox is recorded"
        return Outcome(Logged.NOT_LOGGED, DecidedBy.ACTOR_BYPASS, because, (_BYPASS,))
    switches = {"UnifiedAuditLogIngestionEnabled": ingestion, "AuditDisabled": audit_disabled}
    unread = [name for name, value in switches.items() if value is None]
    if unread:
        because = f"{' and '.join(unread)} {'was' if len(unread) == 1 else 'were'} not read"
        return Outcome(Logged.INDETERMINATE, DecidedBy.ORG_STATE_UNKNOWN, because, (_INGESTION, _ORG))
    if bypassed is None:
        because = "whether the account that acts has an audit bypass was not read"
        return Outcome(Logged.INDETERMINATE, DecidedBy.BYPASS_UNKNOWN, because, (_BYPASS,))
    return None


def _by_mailbox(settings: AuditSettings, logon: LogonType, observed: bool | None) -> Outcome:
    if settings.kind is MailboxKind.GROUP:
        because = f"group mailboxes record a fixed set of actions, which holds no {MAIL_ITEMS_ACCESSED}"
        return Outcome(Logged.NOT_LOGGED, DecidedBy.GROUP_FIXED_SET, because, (_GROUP,))
    if settings.kind in _OUTSIDE_DEFAULT:
        return _outside_default(settings, logon, observed)
    if settings.kind not in AUDITED_BY_DEFAULT:
        because = "whether auditing covers mailboxes of this type is not documented"
        return Outcome(Logged.INDETERMINATE, DecidedBy.UNKNOWN_TYPE, because, (_TYPES,))
    listed = settings.lists(MAIL_ITEMS_ACCESSED, logon)
    if settings.default_audit_set is None or listed is None:
        names = {"DefaultAuditSet": settings.default_audit_set, f"Audit{logon}": settings.actions[logon]}
        because = f"{' and '.join(name for name, value in names.items() if value is None)} of the mailbox: unread"
        return Outcome(Logged.INDETERMINATE, DecidedBy.PROPERTIES_UNREAD, because, (_MANAGED,))
    managed = logon in settings.default_audit_set
    if managed and not listed:
        because = f"Microsoft manages the actions of {logon}, but Audit{logon} shows no {MAIL_ITEMS_ACCESSED}"
        return Outcome(Logged.INDETERMINATE, DecidedBy.CONTRADICTION, because, (_MANAGED, _ACTIONS))
    if not listed:
        because = f"the actions of {logon} were customised, and Audit{logon} holds no {MAIL_ITEMS_ACCESSED}"
        return Outcome(Logged.NOT_LOGGED, DecidedBy.CUSTOMISED_WITHOUT, because, (_MANAGED,))
    return _configured(settings.licence, logon, observed, managed=managed)


def _outside_default(settings: AuditSettings, logon: LogonType, observed: bool | None) -> Outcome:
    listed = settings.lists(MAIL_ITEMS_ACCESSED, logon)
    if settings.audit_enabled is False:
        because = "auditing is not on by default for this type of mailbox, and its AuditEnabled is False"
        return Outcome(Logged.NOT_LOGGED, DecidedBy.UNSUPPORTED_TYPE, because, (_TYPES,))
    if listed is False:
        because = f"auditing is not on by default for this type of mailbox; Audit{logon} holds no {MAIL_ITEMS_ACCESSED}"
        return Outcome(Logged.NOT_LOGGED, DecidedBy.UNSUPPORTED_TYPE, because, (_TYPES,))
    if settings.audit_enabled is None or listed is None:
        names = {"AuditEnabled": settings.audit_enabled, f"Audit{logon}": listed}
        because = f"{' and '.join(name for name, value in names.items() if value is None)} of the mailbox: unread"
        return Outcome(Logged.INDETERMINATE, DecidedBy.PROPERTIES_UNREAD, because, (_TYPES,))
    if observed:
        because = f"auditing is switched on for the mailbox, and {MAIL_ITEMS_ACCESSED} of {logon} was seen"
        return Outcome(Logged.LOGGED, DecidedBy.OBSERVED, because, (_TYPES, _OBSERVE))
    because = "auditing is switched on, but this type of mailbox is outside default auditing: records must be seen"
    return Outcome(Logged.INDETERMINATE, DecidedBy.UNSUPPORTED_TYPE, because, (_TYPES,))


def _configured(licence: LicenceClass, logon: LogonType, observed: bool | None, *, managed: bool) -> Outcome:
    facts = (_MANAGED, _LICENCE, _OBSERVE)
    if licence not in _RECORDING_LICENCES:
        if observed:
            because = f"{MAIL_ITEMS_ACCESSED} of {logon} was seen in the audit log"
            return Outcome(Logged.LOGGED, DecidedBy.OBSERVED, because, facts)
        if licence is LicenceClass.UNREAD:
            because = "configured, but the mailbox's licence was not read, and it decides whether records are written"
            return Outcome(Logged.INDETERMINATE, DecidedBy.LICENCE_UNREAD, because, facts)
        because = "configured, but only of E3 and E5 is it documented that records are written: they must be seen"
        return Outcome(Logged.INDETERMINATE, DecidedBy.LICENCE_CLASS, because, facts)
    if observed is False:
        because = f"configured, but no {MAIL_ITEMS_ACCESSED} of {logon} was seen though the mailbox was in use"
        return Outcome(Logged.INDETERMINATE, DecidedBy.NEVER_OBSERVED, because, facts)
    if managed:
        because = f"Microsoft manages the actions of {logon}, and {MAIL_ITEMS_ACCESSED} is among them"
        return Outcome(Logged.LOGGED, DecidedBy.MANAGED_DEFAULT, because, facts)
    because = f"the actions of {logon} were customised and hold {MAIL_ITEMS_ACCESSED}; new defaults will not arrive"
    return Outcome(Logged.LOGGED, DecidedBy.CUSTOMISED_WITH, because, facts)
