"""Policies as the cmdlet lists them."""

from __future__ import annotations

import pytest

from compliance.rules.periods import Duration
from compliance.rules.retention_policies import DURATIONS, named_user_ids, policy_from_fields

FIELDS: dict[str, object] = {
    "Name": "Mail for a year",
    "Priority": 1,
    "RetentionDuration": "TwelveMonths",
    "Enabled": True,
    "Mode": "Enforce",
    "RecordTypes": ["ExchangeItemAggregated"],
    "Operations": ["MailItemsAccessed"],
    "UserIds": [],
}


def test_a_policy_that_is_wholly_read_is_certain_and_has_no_doubts() -> None:
    policy = policy_from_fields(FIELDS)
    assert policy.certain
    assert policy.doubts == ()
    assert policy.duration == Duration.of_months(12)


def test_values_are_known_in_any_letter_case_and_record_types_by_number() -> None:
    other = policy_from_fields(
        FIELDS
        | {"RetentionDuration": "TWELVEMONTHS", "RecordTypes": [50], "Operations": ["mailitemsaccessed"]}
        | {"Mode": "enforce"}
    )
    assert other == policy_from_fields(FIELDS)
    assert policy_from_fields(FIELDS | {"RecordTypes": ["50"]}) == other


def test_every_duration_of_the_portal_and_the_cmdlet_is_known() -> None:
    lengths = [duration.text for duration in DURATIONS.values()]
    assert lengths == [
        "7 days",
        "30 days",
        "90 days",
        "180 days",
        "270 days",
        "12 months",
        "36 months",
        "60 months",
        "84 months",
        "120 months",
    ]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("Priority", "1"),
        ("Priority", True),
        ("Priority", 10_001),
        ("RetentionDuration", 5),
        ("RetentionDuration", "7Days"),
        ("Enabled", "True"),
        ("Enabled", 1),
        ("Mode", "Audit"),
        ("RecordTypes", "ExchangeItemAggregated"),
        ("RecordTypes", [True]),
        ("Operations", [5]),
        ("Operations", None),
        ("UserIds", [""]),
        ("UserIds", "System.Object[]"),
    ],
)
def test_a_value_of_the_wrong_shape_is_unread_and_makes_the_policy_only_possible(field: str, value: object) -> None:
    policy = policy_from_fields(FIELDS | {field: value})
    assert not policy.certain
    assert any(doubt.startswith(field) for doubt in policy.doubts)


@pytest.mark.parametrize("field", [field for field in FIELDS if field != "Name"])
def test_a_field_that_is_absent_is_unread(field: str) -> None:
    policy = policy_from_fields({key: value for key, value in FIELDS.items() if key != field})
    assert not policy.certain
    assert policy.doubts == (f"{field} cannot be read (absent)",)


@pytest.mark.parametrize("record_types", [[], ["ExchangeItem", "ExchangeAdmin"]])
def test_operations_without_exactly_one_record_type_are_not_believed(record_types: list[str]) -> None:
    policy = policy_from_fields(FIELDS | {"RecordTypes": record_types, "UserIds": ["a@contoso.example"]})
    assert policy.operations is None
    assert not policy.certain


def test_a_policy_for_everything_of_everyone_cannot_exist_and_is_only_possible() -> None:
    policy = policy_from_fields(FIELDS | {"RecordTypes": [], "Operations": [], "UserIds": []})
    assert not policy.certain


def test_names_to_look_up_are_those_of_policies_that_are_not_disabled() -> None:
    policies = [
        policy_from_fields(FIELDS | {"UserIds": ["A@contoso.example "]}),
        policy_from_fields(FIELDS | {"UserIds": ["b@contoso.example"], "Enabled": False}),
        policy_from_fields(FIELDS | {"UserIds": None}),
    ]
    assert named_user_ids(policies) == {"a@contoso.example"}


@pytest.mark.parametrize("name", ["All", "ExchangeItemAggregated, ExchangeItem", "ExchangeItem\u200b"], ids=ascii)
def test_a_name_of_no_known_record_type_may_be_any_that_is_not_named_surely(name: str) -> None:
    policy = policy_from_fields(FIELDS | {"RecordTypes": ["ExchangeAdmin", name], "Operations": []})
    assert policy.certain
    assert policy.names_record_type("ExchangeAdmin") is True
    assert policy.names_record_type("ExchangeItem") is None


def test_known_names_and_numbers_of_other_record_types_are_surely_others() -> None:
    policy = policy_from_fields(FIELDS | {"RecordTypes": ["MicrosoftForms", 66, "67"], "Operations": []})
    assert policy.names_record_type("ExchangeItem") is False


ODD_OPERATIONS = [
    "Mail*",
    "A,B",
    "A;B",
    "Mail?",
    "'Send'",
    '"Send"',
    "Send\n",
    "Send\u200b",
    "S\u0435nd",
    "Send ",
    "\u017fend",
]


@pytest.mark.parametrize("name", ODD_OPERATIONS, ids=ascii)
def test_what_is_no_plain_name_of_an_operation_may_be_any_that_is_not_named_surely(name: str) -> None:
    policy = policy_from_fields(FIELDS | {"Operations": ["MailItemsAccessed", name]})
    assert policy.names_operation("MAILITEMSACCESSED") is True
    assert policy.names_operation("Send") is None
    assert policy.names_operation(None) is None


@pytest.mark.parametrize("name", ["Unheard-Of", "Add user.", "Consent to application.", "Set_This", "A/B (c)"])
def test_a_plain_name_of_an_operation_is_surely_no_other(name: str) -> None:
    policy = policy_from_fields(FIELDS | {"Operations": [name]})
    assert policy.names_operation(name.upper()) is True
    assert policy.names_operation("Send") is False
    assert policy.names_operation(None) is False
