"""Whether MailItemsAccessed is recorded: published examples, the switches, and what each unread value leaves open."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from mailbox_cases import ADMIN, DELEGATE, MIA, OWNER, mailbox, outcome, switches

from compliance.rules.facts import FACTS
from compliance.rules.mailbox_audit import (
    DecidedBy,
    LicenceClass,
    Logged,
    LogonType,
    MailboxKind,
    audit_settings,
    mail_items_accessed,
    mailbox_kind,
    worst_logon,
)

VECTORS = json.loads((Path(__file__).parent / "vectors.json").read_text(encoding="utf-8"))["mia"]
LICENCES = {"E5": LicenceClass.E5, "E3": LicenceClass.E3, None: LicenceClass.NONE}
WITHOUT = frozenset({"HardDelete", "Send"})
OUTSIDE = (MailboxKind.RESOURCE, MailboxKind.PUBLIC_FOLDER, MailboxKind.DISCOVERY)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["id"])
def test_published_examples_of_mail_access_come_out_as_expected(vector: dict[str, Any]) -> None:
    given = vector["input"]
    shown = given["mailbox"]
    settings = audit_settings(
        shown["type"],
        shown["AuditEnabled"],
        tuple(shown["DefaultAuditSet"]),
        tuple(shown["AuditOwner"]),
        tuple(shown["AuditDelegate"]),
        tuple(shown["AuditAdmin"]),
        LICENCES[shown["licence"]],
    )
    found = mail_items_accessed(
        settings,
        LogonType(given["logon"]),
        ingestion=given["org"]["UAL"],
        audit_disabled=given["org"]["AuditDisabled"],
        bypassed=given["actor_bypass"],
        observed=given["observed"],
    )
    state, decided_by = vector["expected"]
    assert (found.state.name, found.decided_by) == (state, decided_by)
    assert set(found.facts) <= FACTS.keys()


def test_a_switch_that_is_surely_off_settles_it_whatever_else_is_unread() -> None:
    for given in switches():
        off = given["ingestion"] is False or given["audit_disabled"] is True or given["bypassed"] is True
        unread = None in given.values()
        expected = Logged.NOT_LOGGED if off else Logged.INDETERMINATE if unread else Logged.LOGGED
        assert outcome(mailbox(), switches=given).state is expected, given


def test_an_unread_switch_is_named() -> None:
    assert "AuditDisabled was not read" in outcome(mailbox(), switches={"audit_disabled": None}).because
    both = outcome(mailbox(), switches={"audit_disabled": None, "ingestion": None})
    assert "UnifiedAuditLogIngestionEnabled and AuditDisabled were not read" in both.because
    assert outcome(mailbox(), switches={"bypassed": None}).decided_by is DecidedBy.BYPASS_UNKNOWN


def test_audit_enabled_decides_nothing_while_the_organisation_audits_by_default() -> None:
    for audit_enabled in (None, False, True):
        assert outcome(mailbox(audit_enabled=audit_enabled)).decided_by is DecidedBy.MANAGED_DEFAULT


def test_unread_audit_properties_are_not_empty_ones() -> None:
    for settings in (mailbox(managed=None), mailbox(owner=None), mailbox(managed=frozenset(), owner=None)):
        found = outcome(settings)
        assert (found.state, found.decided_by) == (Logged.INDETERMINATE, DecidedBy.PROPERTIES_UNREAD)
    assert "DefaultAuditSet and AuditOwner" in outcome(mailbox(managed=None, owner=None)).because


def test_the_list_of_one_logon_type_says_nothing_of_another() -> None:
    settings = mailbox(managed=frozenset({DELEGATE, ADMIN}), owner=WITHOUT)
    assert outcome(settings, OWNER).state is Logged.NOT_LOGGED
    assert outcome(settings, DELEGATE).state is outcome(settings, ADMIN).state is Logged.LOGGED


@pytest.mark.parametrize("kind", OUTSIDE)
def test_a_mailbox_outside_default_auditing_needs_its_own_switch_its_list_and_a_record(kind: MailboxKind) -> None:
    assert outcome(mailbox(kind), observed=True).state is Logged.LOGGED
    assert outcome(mailbox(kind)).state is outcome(mailbox(kind), observed=False).state is Logged.INDETERMINATE
    assert outcome(mailbox(kind, audit_enabled=False), observed=True).state is Logged.NOT_LOGGED
    assert outcome(mailbox(kind, owner=WITHOUT), observed=True).state is Logged.NOT_LOGGED


@pytest.mark.parametrize("kind", OUTSIDE)
def test_what_is_unread_of_such_a_mailbox_leaves_it_open_unless_the_rest_settles_it(kind: MailboxKind) -> None:
    for settings in (mailbox(kind, audit_enabled=None), mailbox(kind, owner=None)):
        found = outcome(settings, observed=True)
        assert (found.state, found.decided_by) == (Logged.INDETERMINATE, DecidedBy.PROPERTIES_UNREAD)
    assert outcome(mailbox(kind, audit_enabled=False, owner=None)).state is Logged.NOT_LOGGED
    assert outcome(mailbox(kind, audit_enabled=None, owner=WITHOUT)).state is Logged.NOT_LOGGED


@pytest.mark.parametrize("licence", [LicenceClass.OTHER, LicenceClass.NONE, LicenceClass.UNREAD])
def test_without_an_e3_or_e5_licence_only_a_record_proves_it(licence: LicenceClass) -> None:
    settings = mailbox(MailboxKind.SHARED, licence=licence)
    assert outcome(settings, observed=True).decided_by is DecidedBy.OBSERVED
    for observed in (None, False):
        found = outcome(settings, observed=observed)
        unread = licence is LicenceClass.UNREAD
        assert found.state is Logged.INDETERMINATE
        assert found.decided_by is (DecidedBy.LICENCE_UNREAD if unread else DecidedBy.LICENCE_CLASS)


def test_a_mailbox_in_use_without_a_record_is_not_taken_for_recorded() -> None:
    for managed in (frozenset(LogonType), frozenset[LogonType]()):
        found = outcome(mailbox(managed=managed), observed=False)
        assert (found.state, found.decided_by) == (Logged.INDETERMINATE, DecidedBy.NEVER_OBSERVED)


def test_a_record_does_not_outweigh_settings_that_switch_it_off() -> None:
    for settings in (mailbox(managed=frozenset(), owner=WITHOUT), mailbox(MailboxKind.GROUP)):
        assert outcome(settings, observed=True).state is Logged.NOT_LOGGED
    assert outcome(mailbox(owner=WITHOUT), observed=True).decided_by is DecidedBy.CONTRADICTION


@pytest.mark.parametrize("kind", [MailboxKind.UNKNOWN, MailboxKind.SYSTEM])
def test_a_type_that_is_not_documented_is_never_taken_for_recorded(kind: MailboxKind) -> None:
    found = outcome(mailbox(kind), observed=True)
    assert (found.state, found.decided_by) == (Logged.INDETERMINATE, DecidedBy.UNKNOWN_TYPE)


def test_the_worst_logon_type_stands_for_the_mailbox() -> None:
    settings = mailbox(managed=frozenset({OWNER}), delegate=None, admin=WITHOUT)
    logon, found = worst_logon(settings, ingestion=True, audit_disabled=False, bypassed=False, observed=None)
    assert (logon, found.state) == (ADMIN, Logged.NOT_LOGGED)
    logon, found = worst_logon(mailbox(), ingestion=True, audit_disabled=False, bypassed=False, observed=None)
    assert (logon, found.state) == (OWNER, Logged.LOGGED)


def test_records_of_one_logon_type_prove_nothing_of_another() -> None:
    settings = mailbox(MailboxKind.SHARED, licence=LicenceClass.NONE)
    seen: dict[LogonType, bool | None] = {OWNER: True, ADMIN: True}
    logon, found = worst_logon(settings, ingestion=True, audit_disabled=False, bypassed=False, observed=seen)
    assert (logon, found.state) == (DELEGATE, Logged.INDETERMINATE)
    seen[DELEGATE] = True
    assert worst_logon(settings, ingestion=True, audit_disabled=False, bypassed=False, observed=seen)[1].state is (
        Logged.LOGGED
    )


@pytest.mark.parametrize(
    ("shown", "kind"),
    [
        ("UserMailbox", MailboxKind.USER),
        ("usermailbox", MailboxKind.USER),
        ("LinkedMailbox", MailboxKind.USER),
        ("SharedMailbox", MailboxKind.SHARED),
        ("RoomMailbox", MailboxKind.RESOURCE),
        ("EquipmentMailbox", MailboxKind.RESOURCE),
        ("SchedulingMailbox", MailboxKind.RESOURCE),
        ("PublicFolderMailbox", MailboxKind.PUBLIC_FOLDER),
        ("DiscoveryMailbox", MailboxKind.DISCOVERY),
        ("GroupMailbox", MailboxKind.GROUP),
        ("AuditLogMailbox", MailboxKind.SYSTEM),
        ("1", MailboxKind.USER),
        ("4", MailboxKind.SHARED),
        ("16", MailboxKind.RESOURCE),
        ("536870912", MailboxKind.DISCOVERY),
        ("68719476736", MailboxKind.PUBLIC_FOLDER),
        ("1099511627776", MailboxKind.GROUP),
        ("17592186044416", MailboxKind.RESOURCE),
        ("TeamMailbox", MailboxKind.UNKNOWN),
        ("UserMailbox2", MailboxKind.UNKNOWN),
        ("MailUser", MailboxKind.UNKNOWN),
        ("5", MailboxKind.UNKNOWN),
        ("", MailboxKind.UNKNOWN),
    ],
)
def test_a_type_is_known_by_its_exact_name_or_number_alone(shown: str, kind: MailboxKind) -> None:
    assert mailbox_kind(shown) is kind


def test_settings_are_read_as_printed_and_an_odd_default_audit_set_is_unread() -> None:
    lists = (("mailitemsaccessed ",), None, ())
    found = audit_settings("SharedMailbox", None, ("owner", "ADMIN"), *lists, LicenceClass.E3)
    assert (found.kind, found.default_audit_set) == (MailboxKind.SHARED, frozenset({OWNER, ADMIN}))
    assert found.lists(MIA, OWNER) is True
    assert found.lists(MIA, DELEGATE) is None
    assert found.lists(MIA, ADMIN) is False
    odd = audit_settings("UserMailbox", True, ("Owner", "Delegate, Admin"), *lists, LicenceClass.E3)
    assert odd.default_audit_set is None
    assert audit_settings(None, True, (), *lists, LicenceClass.E3).kind is MailboxKind.UNKNOWN


def test_settings_of_equal_values_are_one_to_remember() -> None:
    assert mailbox(owner=frozenset({"MAILITEMSACCESSED"})) == mailbox(owner=frozenset({MIA}))
    assert hash(mailbox(owner=frozenset({"MAILITEMSACCESSED"}))) == hash(mailbox(owner=frozenset({MIA})))
    assert mailbox(owner=None) != mailbox(owner=frozenset())
    assert len({mailbox(), mailbox(), mailbox(licence=LicenceClass.E3)}) == 2
