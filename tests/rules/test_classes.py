"""The classes that policies can tell apart."""

from __future__ import annotations

import pytest
from retention_cases import policy

from compliance.rules.classes import RecordClass, record_classes
from compliance.rules.record_types import LOG_SOURCES


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


@pytest.mark.parametrize("name", ["All", "ExchangeAdmin, ExchangeItem", "Exchange\u200bAdmin"], ids=ascii)
def test_an_operation_is_a_class_of_its_own_where_the_record_type_named_with_it_may_be_this_one(name: str) -> None:
    policies = [policy(RecordTypes=[name], Operations=["Set-Mailbox"])]
    assert RecordClass("ExchangeAdmin", "set-mailbox") in record_classes(
        LOG_SOURCES["purview.exchange_admin"], policies
    )


def test_what_is_no_plain_name_of_an_operation_is_no_class() -> None:
    policies = [policy(RecordTypes=["ExchangeAdmin"], Operations=["Set-Mailbox", "Set-*", "New-User, Set-User"])]
    assert record_classes(LOG_SOURCES["purview.exchange_admin"], policies) == (
        RecordClass("ExchangeAdmin", None),
        RecordClass("ExchangeAdmin", "set-mailbox"),
    )
