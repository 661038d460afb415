"""How long Purview keeps a record: published examples, the cases that tell readings apart."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from retention_cases import (
    D7,
    D90,
    D180,
    DECADE,
    GUEST,
    MAIL,
    MEMBER,
    NOBODY,
    NON_USER,
    UNLICENSED,
    UNREAD_LICENCE,
    YEAR,
    kept,
    policy,
)

from compliance.rules.classes import ActorClass, ActorKind, RecordClass
from compliance.rules.facts import FACTS, Certainty
from compliance.rules.periods import Duration
from compliance.rules.purview import effective
from compliance.rules.retention_policies import policy_from_fields

VECTORS = json.loads((Path(__file__).parent / "vectors.json").read_text(encoding="utf-8"))["purview"]


def _kind(user_type: int, premium: bool | None) -> ActorKind:
    if user_type in (4, 5, 6):
        return ActorKind.NON_USER
    if user_type in (1, 3, 7, 8):
        return ActorKind.UNCLEAR
    return ActorKind.MEMBER_WITH_AUDIT_PLAN if premium else ActorKind.MEMBER_WITHOUT_AUDIT_PLAN


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["id"])
def test_published_examples_of_retention_come_out_as_expected(vector: dict[str, Any]) -> None:
    given = vector["input"]
    record, licence = given["record"], given["actor_licence"]
    actor = ActorClass(
        _kind(record["user_type"], licence["premium"]),
        licence["premium"],
        licence["tenyear"],
        frozenset({record["user"]}),
    )
    policies = given["policies"]
    found = effective(
        # the examples do not speak of Mode, which a tenant answers
        None if policies is None else [policy_from_fields(fields | {"Mode": "Enforce"}) for fields in policies],
        actor,
        RecordClass(record["record_type"], record["operation"]),
        unresolved_user_ids=NOBODY,
    )
    duration, decided_by, certainty = vector["expected"]
    expected = None
    if duration is not None:
        unit, number = duration
        expected = Duration.of_days(number) if unit == "d" else Duration.of_months(number)
    assert found.credited == expected, vector["note"]
    assert found.decided_by == decided_by, vector["note"]
    assert (found.certainty or "indeterminate") == certainty, vector["note"]
    assert set(found.facts) <= FACTS.keys()


def test_an_unlicensed_actor_is_credited_180_days_of_a_longer_policy_and_told_what_else_may_be() -> None:
    found = kept(policy("year"), actor=UNLICENSED)
    assert (found.credited, found.at_most, found.would_be) == (D180, D180, YEAR)
    assert (found.decided_by, found.certainty) == ("policy:year|capped-no-premium", Certainty.MEDIUM)


def test_a_guest_is_credited_180_days_whatever_licence_is_listed() -> None:
    assert kept(actor=GUEST).credited == D180
    assert kept(policy(), actor=GUEST).credited == D180


def test_a_policy_of_seven_days_counts_against_an_unlicensed_actor_too() -> None:
    found = kept(policy(RetentionDuration="SevenDays"), actor=UNLICENSED)
    assert (found.credited, found.certainty, found.would_be) == (D7, Certainty.MEDIUM, D180)


def test_an_unread_licence_leaves_the_default_open_between_180_days_and_a_year() -> None:
    found = kept(actor=UNREAD_LICENCE)
    assert (found.credited, found.at_most, found.certainty) == (D180, YEAR, None)


def test_an_unread_add_on_leaves_a_ten_year_policy_open_above_a_year() -> None:
    actor = ActorClass(ActorKind.MEMBER_WITH_AUDIT_PLAN, premium=True, ten_year=None, names=frozenset())
    found = kept(policy(RetentionDuration="TenYears"), actor=actor)
    assert (found.credited, found.at_most, found.certainty) == (YEAR, DECADE, None)


def test_of_two_that_match_the_lower_number_decides_not_the_longer() -> None:
    found = kept(policy("long", Priority=100), policy("short", Priority=1, RetentionDuration="SevenDays"))
    assert (found.credited, found.at_most, found.policy) == (D7, D7, "short")


@pytest.mark.parametrize("field", ["Priority", "RetentionDuration", "Enabled", "Mode", "RecordTypes", "UserIds"])
@pytest.mark.parametrize("value", [..., None, "?", 0, 3.5, {}, [{}]], ids=repr)
def test_a_policy_with_a_field_absent_or_malformed_is_neither_relied_on_nor_left_out(field: str, value: object) -> None:
    fields: dict[str, object] = {"RetentionDuration": "SevenDays", field: value}
    doubtful = kept(policy(**fields))
    assert (doubtful.credited, doubtful.certainty) == (D7, None)
    assert doubtful.at_most in (YEAR, DECADE)


def test_operations_that_are_absent_are_unread_and_an_empty_list_means_all() -> None:
    assert kept(policy(RetentionDuration="ThreeMonths", Operations=[])).at_most == D90
    doubtful = kept(policy(RetentionDuration="ThreeMonths", Operations=...))
    assert (doubtful.credited, doubtful.at_most) == (D90, YEAR)


def test_a_policy_that_is_pending_deletion_may_or_may_not_apply() -> None:
    found = kept(policy("going", Mode="PendingDeletion", RetentionDuration="SevenDays"))
    assert (found.credited, found.at_most, found.certainty) == (D7, YEAR, None)
    assert "pending deletion" in found.because


def test_a_long_policy_that_is_only_possible_is_not_credited() -> None:
    actor = ActorClass(ActorKind.MEMBER_WITH_AUDIT_PLAN, premium=True, ten_year=True, names=frozenset())
    found = kept(policy(RetentionDuration="TenYears", Mode=...), actor=actor)
    assert (found.credited, found.at_most) == (YEAR, DECADE)


def test_a_possible_policy_below_one_that_surely_matches_changes_nothing() -> None:
    sure = policy("sure", Priority=1)
    doubtful = policy("doubtful", Priority=2, Enabled=..., RetentionDuration="SevenDays")
    assert kept(sure, doubtful) == kept(sure)


def test_a_policy_with_an_unread_duration_may_keep_for_seven_days_or_ten_years() -> None:
    actor = ActorClass(ActorKind.MEMBER_WITH_AUDIT_PLAN, premium=True, ten_year=True, names=frozenset())
    found = kept(policy(RetentionDuration="Forever"), actor=actor)
    assert (found.credited, found.at_most) == (D7, DECADE)


def test_a_disabled_policy_never_applies_whatever_else_is_unread() -> None:
    assert kept(policy(Enabled=False, Mode=..., RetentionDuration="SevenDays")) == kept()


def test_enabled_as_a_string_is_not_believed_in_either_direction() -> None:
    found = kept(policy(Enabled="False", RetentionDuration="SevenDays"))
    assert (found.credited, found.at_most) == (D7, YEAR)


def test_a_name_that_belongs_to_nobody_may_be_anybody() -> None:
    short = policy(RetentionDuration="SevenDays", UserIds=["Gone@contoso.example"])
    found = kept(short, unresolved=frozenset({"gone@contoso.example"}))
    assert (found.credited, found.at_most, found.certainty) == (D7, YEAR, None)
    assert kept(short) == kept()


def test_a_long_policy_for_a_name_that_belongs_to_nobody_is_never_credited() -> None:
    long = policy(UserIds=["gone@contoso.example"])
    found = kept(long, actor=UNREAD_LICENCE, unresolved=frozenset({"gone@contoso.example"}))
    assert found.credited == D180


def test_an_actor_whose_kind_is_unclear_may_count_as_a_non_user() -> None:
    actor = ActorClass(ActorKind.UNCLEAR, premium=False, ten_year=False, names=frozenset())
    found = kept(actor=actor)
    assert (found.credited, found.at_most, found.certainty) == (D180, YEAR, Certainty.LOW)


def test_records_of_non_users_are_kept_a_year_and_it_is_told_what_the_older_reading_gives() -> None:
    short = policy(RetentionDuration="ThreeMonths", UserIds=["app@sharepoint"])
    found = kept(short, actor=NON_USER)
    assert (found.credited, found.certainty, found.would_be) == (YEAR, Certainty.MEDIUM, D90)
    unread = effective(None, NON_USER, MAIL, unresolved_user_ids=NOBODY)
    assert (unread.credited, unread.would_be) == (YEAR, None)


def test_an_operation_that_no_policy_names_is_not_matched_by_one_that_names_operations() -> None:
    named = policy(RetentionDuration="SevenDays", Operations=["MAILITEMSACCESSED"])
    others = RecordClass("ExchangeItemAggregated", None)
    assert kept(named).credited == D7
    assert effective([named], MEMBER, others, unresolved_user_ids=NOBODY).credited == YEAR


def test_a_record_type_that_is_not_judged_cannot_be_asked_for() -> None:
    with pytest.raises(ValueError, match="MicrosoftForms"):
        RecordClass("MicrosoftForms", None)


@pytest.mark.parametrize(
    "fields",
    [
        {"RecordTypes": ["All"]},
        {"RecordTypes": ["ExchangeItemAggregated, ExchangeItem"]},
        {"RecordTypes": ["ExchangeItemAggregated\u200b"]},
        {"RecordTypes": ["\u0415xchangeItemAggregated"]},
        {"RecordTypes": ["MicrosoftForms", "Whatever"]},
        {"Operations": ["MailItemsAccessed,Send"]},
        {"Operations": ["Mail*"]},
        {"Operations": [" MailItemsAccessed "]},
    ],
    ids=ascii,
)
def test_a_short_policy_whose_names_cannot_be_understood_is_neither_relied_on_nor_left_out(
    fields: dict[str, object],
) -> None:
    found = kept(policy(RetentionDuration="SevenDays", **fields))
    assert (found.credited, found.at_most, found.certainty) == (D7, YEAR, None)
    assert "which is no " in found.because
    assert found.because.isascii()
    assert kept(policy(**fields), actor=UNREAD_LICENCE).credited == D180


@pytest.mark.parametrize("name", ["MicrosoftForms", 66, "67"])
def test_a_policy_about_other_record_types_is_left_out(name: object) -> None:
    assert kept(policy(RetentionDuration="SevenDays", RecordTypes=[name])) == kept()


def test_a_record_type_named_beside_one_that_is_not_known_is_surely_named() -> None:
    assert kept(policy(RecordTypes=["ExchangeItemAggregated", "All"], RetentionDuration="ThreeMonths")).at_most == D90


def test_facts_of_a_log_source_are_told_with_its_records_read_or_unread() -> None:
    unread = effective(None, MEMBER, MAIL, unresolved_user_ids=NOBODY)
    for found in (kept(), kept(actor=NON_USER), unread):
        assert "records.mail-items-accessed-types" in found.facts
    other = effective([], MEMBER, RecordClass("ExchangeItem", "Send"), unresolved_user_ids=NOBODY)
    assert "records.mail-items-accessed-types" not in other.facts
