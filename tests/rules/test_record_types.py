"""Record types and log sources."""

from __future__ import annotations

import pytest
from msgraph.generated.models.security.audit_log_record_type import AuditLogRecordType

from compliance.rules.record_type_names import RECORD_TYPE_NAMES
from compliance.rules.record_types import LOG_SOURCES, RECORD_TYPES, canonical_record_type, is_record_type

ODD = (
    "All",
    "*",
    "unknownFutureValue",
    "ExchangeItemAggregated, ExchangeItem",
    "ExchangeItem\u200b",
    "\u00a0ExchangeItem",
    "\u0415xchangeItem",
    "AzureActiveDirectoryStsLog\u03bfn",
    "Micro\u017foftTeams",
    "\u0662\u0665",
    "-1",
    -1,
    "25.0",
)


@pytest.mark.parametrize(
    "value", ["ExchangeItemAggregated", "exchangeitemaggregated", " EXCHANGEITEMAGGREGATED ", 50, "50"], ids=repr
)
def test_a_record_type_is_known_by_name_in_any_case_and_by_number(value: str | int) -> None:
    assert canonical_record_type(value) == "ExchangeItemAggregated"


def test_record_types_that_are_not_judged_stay_apart_from_each_other_and_from_those_that_are() -> None:
    others = {canonical_record_type(value) for value in ("MicrosoftForms", "PowerBIAudit", 66, "67")}
    assert len(others) == 4
    assert not others & RECORD_TYPES.keys()


def test_no_two_record_types_share_a_number() -> None:
    assert len({record_type.number for record_type in RECORD_TYPES.values()}) == len(RECORD_TYPES)


def test_every_log_source_is_made_up_of_record_types_that_are_judged() -> None:
    for source in LOG_SOURCES.values():
        assert source.parts
        assert {record_type for record_type, _ in source.parts} <= RECORD_TYPES.keys()


def test_access_to_mail_is_looked_for_under_both_record_types_that_hold_it() -> None:
    assert set(LOG_SOURCES["purview.mail_items_accessed"].parts) == {
        ("ExchangeItemAggregated", "MailItemsAccessed"),
        ("ExchangeItem", "MailItemsAccessed"),
    }


def test_the_default_year_covers_exchange_sharepoint_and_entra_id_only() -> None:
    assert {name for name, record_type in RECORD_TYPES.items() if record_type.default_year} == {
        "ExchangeAdmin",
        "ExchangeItem",
        "ExchangeItemAggregated",
        "SharePointFileOperation",
        "AzureActiveDirectory",
        "AzureActiveDirectoryStsLogon",
    }


def test_every_published_name_of_a_record_type_is_known() -> None:
    published = {member.value.casefold() for member in AuditLogRecordType}
    assert published - {"unknownfuturevalue"} == RECORD_TYPE_NAMES
    assert {name.casefold() for name in RECORD_TYPES} <= RECORD_TYPE_NAMES


@pytest.mark.parametrize("value", ["MicrosoftForms", "microsoftforms", "POWERBIAUDIT", 66, "67", "9" * 5000, "0"])
def test_published_names_and_numbers_are_record_types(value: str | int) -> None:
    assert is_record_type(canonical_record_type(value))


@pytest.mark.parametrize("value", ODD, ids=ascii)
def test_anything_else_is_none_however_much_it_looks_like_one(value: str | int) -> None:
    canonical = canonical_record_type(value)
    assert not is_record_type(canonical)
    assert canonical_record_type(canonical) == canonical


def test_a_source_holds_the_records_of_its_parts_in_any_letter_case() -> None:
    mail = LOG_SOURCES["purview.mail_items_accessed"]
    assert mail.holds("ExchangeItem", "MAILITEMSACCESSED")
    assert not mail.holds("ExchangeItem", "Send")
    assert not mail.holds("ExchangeItem", None)
    assert LOG_SOURCES["purview.teams"].holds("MicrosoftTeams", "Whatever")
