"""A list of retention policies that somebody typed in: what it says is taken as it stands, and nothing is filled in."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from compliance.errors import InputError
from compliance.evidence.attested import PORTAL_DURATIONS, attested_policies
from compliance.rules.retention_policies import DURATIONS, policy_from_fields

TENANT = "72F988BF-86F1-41AF-91AB-2D7CD011DB47"
POLICY: dict[str, Any] = {
    "name": "Mail access 1 year",
    "priority": 20,
    "duration": "1 year",
    "record_types": ["ExchangeItemAggregated"],
    "operations": ["MailItemsAccessed"],
    "users": [],
    "in_force": True,
}


def document(**changes: Any) -> dict[str, Any]:
    return {
        "version": 1,
        "tenant": TENANT,
        "by": "admin@contoso.example",
        "when": "2026-11-20T10:15:00+01:00",
        "where": "Microsoft Purview portal, Audit",
        "policies": [POLICY],
        **changes,
    }


def read(**changes: Any) -> Any:
    return attested_policies(json.dumps(document(**changes), indent=1).encode(), where="f")


def test_a_policy_of_the_portal_is_one_that_the_rules_read_wholly() -> None:
    attested = read()
    (policy,) = [policy_from_fields(row) for row in attested.rows]
    assert policy.certain
    assert (policy.priority, policy.duration) == (20, DURATIONS["TwelveMonths"])
    assert policy.names_record_type("ExchangeItemAggregated") is True
    assert policy.names_record_type("ExchangeItem") is False
    assert policy.operations == frozenset({"mailitemsaccessed"})
    assert policy.user_ids == frozenset()
    assert attested.when == datetime(2026, 11, 20, 9, 15, tzinfo=UTC)
    assert attested.tenant_id == TENANT.lower()


def test_an_empty_list_is_a_statement_and_a_missing_one_is_not() -> None:
    assert read(policies=[]).rows == ()
    with pytest.raises(InputError, match="policies"):
        read(policies=None)


def test_a_policy_that_is_shown_as_switched_off_is_not_in_force() -> None:
    (row,) = read(policies=[{**POLICY, "in_force": False}]).rows
    assert policy_from_fields(row).enabled is False


def test_every_duration_can_be_given_in_the_portals_words_and_in_the_cmdlets() -> None:
    assert set(PORTAL_DURATIONS.values()) == set(DURATIONS)
    for words, name in PORTAL_DURATIONS.items():
        for text in (words, words.upper(), name):
            (row,) = read(policies=[{**POLICY, "duration": text}]).rows
            assert row["RetentionDuration"] == name


@pytest.mark.parametrize("key", sorted(POLICY))
def test_no_key_of_a_policy_may_be_left_out(key: str) -> None:
    with pytest.raises(InputError, match=rf"policies\[0\]\.{key}: this key is missing"):
        read(policies=[{name: value for name, value in POLICY.items() if name != key}])


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"by": ""}, "by"),
        ({"by": "  "}, "blank"),
        ({"where": None}, "where"),
        ({"when": "2026-11-20"}, "offset from UTC"),
        ({"when": "yesterday"}, "offset from UTC"),
        ({"tenant": None}, "tenant"),
        ({"policies": [{**POLICY, "duration": "2 years"}]}, r"f:\d+:\d+ policies\[0\]\.duration: one of 7 days"),
        ({"policies": [{**POLICY, "priority": 0}]}, "priority"),
        ({"policies": [{**POLICY, "priority": "20"}]}, "priority"),
        ({"policies": [{**POLICY, "in_force": "yes"}]}, "in_force"),
        ({"policies": [{**POLICY, "users": [" "]}]}, r"users\[0\]: a name was expected"),
        ({"policies": [POLICY, {**POLICY, "name": "b"}]}, r"policies\[1\]\.priority: 'Mail access 1 year' has"),
        ({"policies": [{**POLICY, "priorty": 3}]}, "did you mean 'priority'"),
    ],
    ids=str,
)
def test_what_is_blank_or_wrong_is_refused_where_it_stands(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        read(**changes)
