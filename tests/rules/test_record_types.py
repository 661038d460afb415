"""Record types and log sources."""

from __future__ import annotations

import pytest

from compliance.rules.record_types import LOG_SOURCES, RECORD_TYPES, canonical_record_type


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
    covered = {record_type.workload for record_type in RECORD_TYPES.values() if record_type.default_year}
    not_covered = {record_type.workload for record_type in RECORD_TYPES.values() if not record_type.default_year}
    assert covered == {"Exchange", "SharePoint", "AzureActiveDirectory"}
    assert not_covered == {"MicrosoftTeams", "SecurityComplianceCenter"}
