"""What holds of mail access for every mailbox and every reading of the switches."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

from hypothesis import given
from mailbox_cases import (
    MIA,
    SWITCHES,
    TRISTATE,
    logons,
    mailbox,
    mailboxes,
    outcome,
    readings,
    switch_readings,
    switches,
)

from compliance.rules.mailbox_audit import AuditSettings, LicenceClass, Logged, LogonType, MailboxKind, worst_logon

BADNESS = (Logged.LOGGED, Logged.INDETERMINATE, Logged.NOT_LOGGED)
OUTSIDE = {MailboxKind.RESOURCE, MailboxKind.PUBLIC_FOLDER, MailboxKind.DISCOVERY}
RECORDING = {LicenceClass.E3, LicenceClass.E5}
Switches = dict[str, bool | None]


def badness(settings: AuditSettings, logon: LogonType, given: Switches, observed: bool | None) -> int:
    return BADNESS.index(outcome(settings, logon, observed, given).state)


@given(mailboxes, logons, switch_readings, readings)
def test_what_is_logged_rests_on_nothing_unread(
    settings: AuditSettings, logon: LogonType, given_: Switches, observed: bool | None
) -> None:
    if outcome(settings, logon, observed, given_).state is Logged.LOGGED:
        assert given_ == SWITCHES
        assert settings.kind not in (MailboxKind.UNKNOWN, MailboxKind.SYSTEM, MailboxKind.GROUP)
        assert settings.lists(MIA, logon) is True
        assert settings.audit_enabled is True if settings.kind in OUTSIDE else settings.default_audit_set is not None
        assert observed is not False
        assert observed or (settings.kind not in OUTSIDE and settings.licence in RECORDING)


@given(mailboxes, logons, switch_readings, readings)
def test_what_is_decided_stays_so_however_the_unread_values_turn_out(
    settings: AuditSettings, logon: LogonType, given_: Switches, observed: bool | None
) -> None:
    state = outcome(settings, logon, observed, given_).state
    if state is Logged.INDETERMINATE:
        return
    for world in refinements(settings, logon):
        for read in switches():
            known = {name: read[name] if value is None else value for name, value in given_.items()}
            assert outcome(world, logon, observed, known).state is state


def refinements(settings: AuditSettings, logon: LogonType) -> list[AuditSettings]:
    enabled = TRISTATE if settings.audit_enabled is None else (settings.audit_enabled,)
    sets = (frozenset[LogonType](), frozenset(LogonType))
    managed = sets if settings.default_audit_set is None else (settings.default_audit_set,)
    names = settings.actions[logon]
    lists = (frozenset[str](), frozenset({MIA})) if names is None else (names,)
    licences = tuple(LicenceClass) if settings.licence is LicenceClass.UNREAD else (settings.licence,)
    kinds = tuple(MailboxKind) if settings.kind is MailboxKind.UNKNOWN else (settings.kind,)
    return [
        AuditSettings(kind, on, audit_set, {**settings.actions, logon: actions}, licence)
        for kind, on, audit_set, actions, licence in product(kinds, enabled, managed, lists, licences)
    ]


@given(mailboxes, logons, switch_readings, readings)
def test_more_actions_in_a_list_never_make_it_worse(
    settings: AuditSettings, logon: LogonType, given_: Switches, observed: bool | None
) -> None:
    names = settings.actions[logon]
    if names is not None:
        for added in (MIA, "MAILITEMSACCESSED", "FolderBind"):
            more = replace(settings, actions={**settings.actions, logon: names | {added}})
            assert badness(more, logon, given_, observed) <= badness(settings, logon, given_, observed)


@given(mailboxes, logons, switch_readings)
def test_a_record_helps_only_where_settings_do_not_prove_it_and_its_lack_never_helps(
    settings: AuditSettings, logon: LogonType, given_: Switches
) -> None:
    unseen, seen, none = (badness(settings, logon, given_, observed) for observed in (None, True, False))
    assert seen <= unseen <= none
    if seen != unseen:
        assert settings.kind in OUTSIDE or settings.licence not in RECORDING
        assert settings.lists(MIA, logon) is True


@given(mailboxes, logons, switch_readings, readings)
def test_letter_case_of_actions_does_not_matter(
    settings: AuditSettings, logon: LogonType, given_: Switches, observed: bool | None
) -> None:
    lists = {
        key: None if names is None else frozenset(map(str.upper, names)) for key, names in settings.actions.items()
    }
    assert outcome(replace(settings, actions=lists), logon, observed, given_) == outcome(
        settings, logon, observed, given_
    )


@given(mailboxes, switch_readings, readings)
def test_no_logon_type_is_worse_than_the_worst(
    settings: AuditSettings, given_: Switches, observed: bool | None
) -> None:
    seen = dict.fromkeys(LogonType, observed)
    logon, found = worst_logon(
        settings,
        ingestion=given_["ingestion"],
        audit_disabled=given_["audit_disabled"],
        bypassed=given_["bypassed"],
        observed=seen,
    )
    assert found == outcome(settings, logon, observed, given_)
    ranks = [badness(settings, each, given_, observed) for each in LogonType]
    assert BADNESS.index(found.state) == max(ranks)
    assert logon is tuple(LogonType)[ranks.index(max(ranks))]


def test_every_mailbox_that_can_be_told_apart_comes_out_as_the_steps_say() -> None:
    sets = (None, frozenset[LogonType](), frozenset(LogonType))
    lists = (None, frozenset({"HardDelete"}), frozenset({MIA}))
    for kind, on, managed, names, licence in product(MailboxKind, TRISTATE, sets, lists, LicenceClass):
        settings = mailbox(kind, audit_enabled=on, managed=managed, owner=names, licence=licence)
        for observed in TRISTATE:
            listed = None if names is None else MIA in names
            expected = by_the_steps(kind, on, managed, listed, licence, observed)
            assert outcome(settings, observed=observed).state is expected, (settings, observed)


def by_the_steps(
    kind: MailboxKind,
    on: bool | None,
    managed: frozenset[LogonType] | None,
    listed: bool | None,
    licence: LicenceClass,
    observed: bool | None,
) -> Logged:
    if kind is MailboxKind.GROUP:
        return Logged.NOT_LOGGED
    if kind in OUTSIDE:
        if on is False or listed is False:
            return Logged.NOT_LOGGED
        return Logged.LOGGED if (on, listed, observed) == (True, True, True) else Logged.INDETERMINATE
    if kind not in (MailboxKind.USER, MailboxKind.SHARED) or managed is None or listed is None:
        return Logged.INDETERMINATE
    if not listed:
        return Logged.INDETERMINATE if managed else Logged.NOT_LOGGED
    proven = observed is True or (observed is None and licence in RECORDING)
    return Logged.LOGGED if proven else Logged.INDETERMINATE
