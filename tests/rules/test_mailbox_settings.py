"""Which default actions a mailbox lacks, and whether it records searches."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mailbox_cases import ADMIN, ALL_MANAGED, DELEGATE, OWNER, mailbox

from compliance.rules.mailbox_audit import (
    DEFAULT_ACTIONS,
    AuditSettings,
    LicenceClass,
    LogonType,
    MailboxKind,
    missing_default_actions,
    search_query_recorded,
)

CUSTOMISED = frozenset[LogonType]()
NOTHING = frozenset[str]()
SHORT_OF = frozenset({"Send", "MailItemsAccessed"})
CIS_OWNER = DEFAULT_ACTIONS[OWNER] | {"Create", "MailboxLogin", "Move"}


@pytest.mark.parametrize("logon", LogonType)
def test_a_managed_list_as_microsoft_sets_it_lacks_nothing(logon: LogonType) -> None:
    assert missing_default_actions(mailbox(), logon) == NOTHING
    assert missing_default_actions(mailbox(MailboxKind.SHARED), logon) == NOTHING


def test_a_customised_list_lacks_what_it_does_not_hold_in_any_letter_case() -> None:
    lowered = frozenset(name.lower() for name in DEFAULT_ACTIONS[OWNER] - SHORT_OF)
    assert missing_default_actions(mailbox(managed=CUSTOMISED, owner=lowered), OWNER) == SHORT_OF
    assert missing_default_actions(mailbox(managed=CUSTOMISED, admin=NOTHING), ADMIN) == DEFAULT_ACTIONS[ADMIN]


def test_a_customised_superset_lacks_nothing() -> None:
    assert missing_default_actions(mailbox(managed=CUSTOMISED, owner=CIS_OWNER), OWNER) == NOTHING


def test_create_of_the_owner_and_access_to_attachments_are_never_missed() -> None:
    assert "Create" not in DEFAULT_ACTIONS[OWNER]
    assert "Create" in DEFAULT_ACTIONS[DELEGATE] & DEFAULT_ACTIONS[ADMIN]
    assert not any("AttachmentAccess" in actions for actions in DEFAULT_ACTIONS.values())
    assert all("MailItemsAccessed" in actions for actions in DEFAULT_ACTIONS.values())


def test_a_managed_list_that_lacks_a_default_contradicts_itself() -> None:
    assert missing_default_actions(mailbox(owner=DEFAULT_ACTIONS[OWNER] - {"Send"}), OWNER) is None


def test_what_is_unread_is_not_missing() -> None:
    assert missing_default_actions(mailbox(delegate=None), DELEGATE) is None
    short = DEFAULT_ACTIONS[OWNER] - {"Send"}
    assert missing_default_actions(mailbox(managed=None, owner=short), OWNER) is None
    assert missing_default_actions(mailbox(managed=None), OWNER) == NOTHING


def test_lists_of_group_mailboxes_and_of_unknown_types_are_not_believed() -> None:
    for kind in (MailboxKind.GROUP, MailboxKind.UNKNOWN):
        assert missing_default_actions(mailbox(kind), OWNER) is None


def test_outside_default_auditing_the_list_alone_counts() -> None:
    room = mailbox(MailboxKind.RESOURCE, managed=ALL_MANAGED, delegate=NOTHING)
    assert missing_default_actions(room, DELEGATE) == DEFAULT_ACTIONS[DELEGATE]


@given(
    st.sampled_from(LogonType),
    st.frozensets(st.sampled_from(sorted(DEFAULT_ACTIONS[ADMIN] | {"Create", "FolderBind"}))),
    st.sampled_from(sorted(DEFAULT_ACTIONS[ADMIN])),
    st.none() | st.frozensets(st.sampled_from(LogonType)),
)
def test_one_action_more_is_never_one_more_missing(
    logon: LogonType, names: frozenset[str], added: str, managed: frozenset[LogonType] | None
) -> None:
    def missing(actions: frozenset[str]) -> frozenset[str] | None:
        settings = AuditSettings(MailboxKind.USER, True, managed, {logon: actions}, LicenceClass.E5)
        return missing_default_actions(settings, logon)

    before, after = missing(names), missing(names | {added})
    if before is not None:
        assert after is not None
        assert after <= before


def test_searches_are_recorded_where_the_owners_list_says_so_and_the_licence_is_the_one_all_texts_name() -> None:
    listed = DEFAULT_ACTIONS[OWNER] | {"searchqueryinitiated"}
    assert search_query_recorded(mailbox(managed=CUSTOMISED, owner=listed)) is True
    for licence in (LicenceClass.E3, LicenceClass.OTHER, LicenceClass.NONE, LicenceClass.UNREAD):
        assert search_query_recorded(mailbox(managed=CUSTOMISED, owner=listed, licence=licence)) is None
    assert search_query_recorded(mailbox(MailboxKind.UNKNOWN, owner=listed)) is None


def test_a_list_with_searches_that_microsoft_says_it_manages_contradicts_itself() -> None:
    listed = DEFAULT_ACTIONS[OWNER] | {"SearchQueryInitiated"}
    assert search_query_recorded(mailbox(owner=listed)) is None
    assert search_query_recorded(mailbox(managed=None, owner=listed)) is None


def test_searches_are_not_recorded_by_default() -> None:
    for licence in LicenceClass:
        assert search_query_recorded(mailbox(licence=licence)) is False
    assert search_query_recorded(mailbox(delegate=frozenset({"SearchQueryInitiated"}))) is False
    assert search_query_recorded(mailbox(MailboxKind.GROUP, owner=frozenset({"SearchQueryInitiated"}))) is False
    assert search_query_recorded(mailbox(owner=None)) is None
