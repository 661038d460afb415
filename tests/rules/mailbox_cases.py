"""Mailboxes and switches that several tests of mailbox auditing speak of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product

from hypothesis import strategies as st

from compliance.rules.mailbox_audit import (
    DEFAULT_ACTIONS,
    AuditSettings,
    LicenceClass,
    LogonType,
    MailboxKind,
    Outcome,
    mail_items_accessed,
)

ALL_MANAGED = frozenset(LogonType)
OWNER, DELEGATE, ADMIN = LogonType
MIA = "MailItemsAccessed"
SWITCHES: dict[str, bool | None] = {"ingestion": True, "audit_disabled": False, "bypassed": False}
TRISTATE = (None, False, True)


def mailbox(
    kind: MailboxKind = MailboxKind.USER,
    *,
    audit_enabled: bool | None = True,
    managed: frozenset[LogonType] | None = ALL_MANAGED,
    owner: frozenset[str] | None = DEFAULT_ACTIONS[OWNER],
    delegate: frozenset[str] | None = DEFAULT_ACTIONS[DELEGATE],
    admin: frozenset[str] | None = DEFAULT_ACTIONS[ADMIN],
    licence: LicenceClass = LicenceClass.E5,
) -> AuditSettings:
    """A user mailbox of an E5 user that Microsoft manages, but for what is given."""
    actions = {OWNER: owner, DELEGATE: delegate, ADMIN: admin}
    return AuditSettings(kind, audit_enabled, managed, actions, licence)


def outcome(
    settings: AuditSettings,
    logon: LogonType = OWNER,
    observed: bool | None = None,
    switches: Mapping[str, bool | None] = SWITCHES,
) -> Outcome:
    """The outcome where all switches are read and as they should be, but for those given."""
    values = SWITCHES | dict(switches)
    return mail_items_accessed(
        settings,
        logon,
        ingestion=values["ingestion"],
        audit_disabled=values["audit_disabled"],
        bypassed=values["bypassed"],
        observed=observed,
    )


def switches() -> Iterator[dict[str, bool | None]]:
    """Every reading of the three switches."""
    for values in product(TRISTATE, repeat=3):
        yield dict(zip(SWITCHES, values, strict=True))


_lists = st.none() | st.frozensets(st.sampled_from([MIA, "HardDelete", "mailitemsaccessed", "Send"]), max_size=3)

mailboxes = st.builds(
    mailbox,
    st.sampled_from(MailboxKind),
    audit_enabled=st.sampled_from(TRISTATE),
    managed=st.none() | st.frozensets(st.sampled_from(LogonType)),
    owner=_lists,
    delegate=_lists,
    admin=_lists,
    licence=st.sampled_from(LicenceClass),
)
readings = st.sampled_from(TRISTATE)
switch_readings = st.fixed_dictionaries(dict.fromkeys(SWITCHES, readings))
logons = st.sampled_from(LogonType)
