"""The classes that policies can tell apart."""

from __future__ import annotations

from retention_cases import policy

from compliance.rules.classes import ActorClass, ActorKind, RecordClass, actor_classes, record_classes
from compliance.rules.record_types import LOG_SOURCES


def member(*names: str) -> ActorClass:
    return ActorClass(ActorKind.MEMBER_WITH_AUDIT_PLAN, premium=True, ten_year=False, names=frozenset(names))


PEOPLE = [
    member("Ann@contoso.example", "ann@fabrikam.example"),
    member("bob@contoso.example"),
    member("c@contoso.example"),
]


def test_whoever_no_policy_names_is_one_class_and_whoever_is_named_is_one_each() -> None:
    found = actor_classes(PEOPLE, [policy(UserIds=["ANN@contoso.example"])])
    assert found.counts == {member("ann@contoso.example"): 1, member(): 2}
    assert found.unresolved_user_ids == frozenset()


def test_a_name_that_belongs_to_nobody_is_an_actor_of_its_own_with_an_unread_licence() -> None:
    found = actor_classes(PEOPLE, [policy(UserIds=["gone@contoso.example"])])
    assert found.unresolved_user_ids == {"gone@contoso.example"}
    gone = ActorClass(ActorKind.UNRESOLVED, None, None, frozenset({"gone@contoso.example"}))
    assert found.counts == {member(): 3, gone: 1}


def test_published_names_of_applications_and_system_accounts_are_nobody_else() -> None:
    found = actor_classes(PEOPLE, [policy(UserIds=["app@sharepoint", "SHAREPOINT\\system", "NT AUTHORITY\\SYSTEM"])])
    assert found.unresolved_user_ids == frozenset()
    assert found.counts == {member(): 3}


def test_without_policies_no_one_is_named() -> None:
    assert actor_classes(PEOPLE, None).counts == {member(): 3}


def test_a_source_about_one_operation_has_no_other_classes() -> None:
    named = policy(Operations=["AttachmentAccess"])
    assert record_classes(LOG_SOURCES["purview.mail_items_accessed"], [named]) == (
        RecordClass("ExchangeItemAggregated", "MailItemsAccessed"),
        RecordClass("ExchangeItem", "MailItemsAccessed"),
    )


def test_a_source_about_a_record_type_has_a_class_for_each_operation_named_and_one_for_all_others() -> None:
    policies = [
        policy(RecordTypes=["ExchangeAdmin"], Operations=["Set-Mailbox", "New-InboxRule"]),
        policy(RecordTypes=["ExchangeItem"], Operations=["Send"]),
        policy(RecordTypes=["ExchangeAdmin"], Operations=["Remove-Mailbox"], Enabled=False),
        policy(RecordTypes=None, Operations=["Set-User"]),
    ]
    assert record_classes(LOG_SOURCES["purview.exchange_admin"], policies) == (
        RecordClass("ExchangeAdmin", None),
        RecordClass("ExchangeAdmin", "new-inboxrule"),
        RecordClass("ExchangeAdmin", "set-mailbox"),
        RecordClass("ExchangeAdmin", "set-user"),
    )
    assert record_classes(LOG_SOURCES["purview.exchange_admin"], None) == (RecordClass("ExchangeAdmin", None),)
