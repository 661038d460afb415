"""What an Azure role allows, and over which resources."""

from __future__ import annotations

import fnmatch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.rules.azure_roles import (
    DELETE_FROM_ACCOUNT,
    DELETE_FROM_WORKSPACE,
    READ_WORKSPACE,
    Permission,
    Right,
    allows,
    first_allowed,
    holds,
    reaches,
)

SUBSCRIPTION = "/subscriptions/00000000-0000-4000-8000-000000000001"
WORKSPACE = f"{SUBSCRIPTION}/resourceGroups/logs/providers/Microsoft.OperationalInsights/workspaces/soc-logs"
ACCOUNT = f"{SUBSCRIPTION}/resourceGroups/logs/providers/Microsoft.Storage/storageAccounts/coldlogs"


def may(
    *actions: str, no: tuple[str, ...] = (), data: tuple[str, ...] = (), no_data: tuple[str, ...] = ()
) -> Permission:
    return Permission(actions, no, data, no_data)


OWNER = may("*")
CONTRIBUTOR = may(
    "*",
    no=("Microsoft.Authorization/*/Delete", "Microsoft.Authorization/*/Write"),
)
READER = may("*/read")
LOG_ANALYTICS_CONTRIBUTOR = may("*/read", "Microsoft.OperationalInsights/*")
LOG_ANALYTICS_READER = may(
    "*/read",
    "Microsoft.OperationalInsights/workspaces/analytics/query/action",
    no=("Microsoft.OperationalInsights/workspaces/sharedKeys/read",),
)
SENTINEL_READER = may(
    "Microsoft.SecurityInsights/*/read",
    "Microsoft.OperationalInsights/workspaces/*/read",
    "Microsoft.OperationalInsights/workspaces/read",
)
DATA_PURGER = may(
    "Microsoft.OperationalInsights/workspaces/*/read", "Microsoft.OperationalInsights/workspaces/purge/action"
)
USER_ACCESS = may("*/read", "Microsoft.Authorization/*")
KEY_OPERATOR = may("Microsoft.Storage/storageAccounts/listkeys/action")
BLOB_CONTRIBUTOR = may(
    "Microsoft.Storage/storageAccounts/blobServices/containers/read",
    data=("Microsoft.Storage/storageAccounts/blobServices/containers/blobs/delete",),
)
BLOB_READER = may(data=("Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read",))


@pytest.mark.parametrize("role", [OWNER, CONTRIBUTOR, LOG_ANALYTICS_CONTRIBUTOR, DATA_PURGER, USER_ACCESS])
def test_a_role_that_deletes_logs_of_a_workspace_is_told(role: Permission) -> None:
    assert first_allowed([role], DELETE_FROM_WORKSPACE) is not None


@pytest.mark.parametrize("role", [READER, LOG_ANALYTICS_READER, SENTINEL_READER, KEY_OPERATOR, BLOB_CONTRIBUTOR])
def test_a_role_that_does_not_is_none(role: Permission) -> None:
    assert first_allowed([role], DELETE_FROM_WORKSPACE) is None


@pytest.mark.parametrize("role", [OWNER, CONTRIBUTOR, KEY_OPERATOR, BLOB_CONTRIBUTOR, USER_ACCESS])
def test_a_role_that_deletes_blobs_or_gets_keys_is_told(role: Permission) -> None:
    assert first_allowed([role], DELETE_FROM_ACCOUNT) is not None


@pytest.mark.parametrize("role", [READER, BLOB_READER, LOG_ANALYTICS_CONTRIBUTOR, DATA_PURGER])
def test_a_role_that_does_neither_is_none(role: Permission) -> None:
    assert first_allowed([role], DELETE_FROM_ACCOUNT) is None


@pytest.mark.parametrize("role", [OWNER, READER, LOG_ANALYTICS_READER, SENTINEL_READER, LOG_ANALYTICS_CONTRIBUTOR])
def test_a_role_that_searches_every_table_is_told(role: Permission) -> None:
    assert all(allows([role], right) for right in READ_WORKSPACE)


@pytest.mark.parametrize(
    "role",
    [
        may("Microsoft.OperationalInsights/workspaces/read"),
        may("Microsoft.OperationalInsights/workspaces/query/SigninLogs/read"),
        may("*/read", no=("Microsoft.OperationalInsights/workspaces/query/SigninLogs/read",)),
        may("*/read", no=("*/SigninLogs/read",)),
    ],
)
def test_a_role_that_searches_some_tables_alone_is_none(role: Permission) -> None:
    assert not all(allows([role], right) for right in READ_WORKSPACE)


def test_an_action_on_data_is_not_one_on_the_resource() -> None:
    action = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/delete"
    assert allows([may(action)], Right(action))
    assert not allows([may("*")], Right(action, data=True))
    assert not allows([may(data=("*",), no_data=(action,))], Right(action, data=True))


def test_what_one_permission_takes_out_another_lets_in() -> None:
    purge = Right("Microsoft.OperationalInsights/workspaces/purge/action")
    without = may("*", no=("*/purge/action",))
    assert not allows([without], purge)
    assert allows([without, DATA_PURGER], purge)


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        ("/", True),
        (SUBSCRIPTION, True),
        (SUBSCRIPTION.upper(), True),
        (f"{SUBSCRIPTION}/resourceGroups/logs/", True),
        (WORKSPACE, True),
        (f"{WORKSPACE}/tables/SigninLogs", True),
        (f"{SUBSCRIPTION}/resourceGroups/log", False),
        (f"{WORKSPACE}-2", False),
        (ACCOUNT, False),
        ("/providers/Microsoft.Management/managementGroups/Root", True),
        ("/providers/Microsoft.Management/managementGroups/other", None),
    ],
)
def test_a_scope_holds_for_what_lies_at_above_or_below_it(scope: str, expected: bool | None) -> None:
    assert reaches(scope, WORKSPACE, frozenset({"root"})) is expected


def test_what_is_held_over_a_part_is_not_held_over_the_whole() -> None:
    assert holds(f"{WORKSPACE}/tables/SigninLogs", WORKSPACE, frozenset()) is False
    assert holds(WORKSPACE, f"{WORKSPACE}/tables/SigninLogs", frozenset()) is True


PATTERNS = st.text("ab/*", max_size=8)
ACTIONS = st.text("ab/", max_size=8)


@given(PATTERNS, ACTIONS)
def test_a_pattern_means_what_a_wildcard_means(pattern: str, action: str) -> None:
    assert allows([may(pattern)], Right(action.upper())) is fnmatch.fnmatchcase(action, pattern)


@given(st.lists(PATTERNS, max_size=3), st.lists(PATTERNS, max_size=3), PATTERNS, ACTIONS)
def test_to_let_in_more_or_take_out_less_never_takes_a_right_away(
    actions: list[str], out: list[str], more: str, action: str
) -> None:
    before = allows([may(*actions, no=(*out, more))], Right(action))
    after = allows([may(*actions, more, no=tuple(out))], Right(action))
    assert after or not before


@given(PATTERNS, PATTERNS, ACTIONS)
def test_what_is_taken_out_of_a_pattern_of_actions_is_missed(asked: str, out: str, action: str) -> None:
    """Whoever is said to have all of a pattern has each action of it."""
    if fnmatch.fnmatchcase(action, asked) and allows([may("*", no=(out,))], Right(asked)):
        assert allows([may("*", no=(out,))], Right(action))


def test_a_pattern_of_many_wildcards_is_matched_at_once() -> None:
    assert not allows([may("*a" * 200 + "b")], Right("a" * 2000))
