from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.sources.arm.inventory import Inventory

SUBSCRIPTION = "/subscriptions/7f3b2a10-1111-4222-8333-444455556666"
OTHER = "/subscriptions/7f3b2a10-1111-4222-8333-000000000000"
GROUP = f"{SUBSCRIPTION}/resourceGroups/logs/providers"
WORKSPACE = f"{GROUP}/Microsoft.OperationalInsights/workspaces/siem-1"
ACCOUNT = f"{GROUP}/Microsoft.Storage/storageAccounts/logs1"
NAMESPACE = f"{GROUP}/Microsoft.EventHub/namespaces/stream-1"
CLUSTER = f"{GROUP}/Microsoft.Kusto/clusters/adx1"


def body(*rows: Any, under: str = "value") -> bytes:
    return json.dumps({under: rows}).encode()


def setting(**properties: Any) -> dict[str, Any]:
    return {"id": "x", "properties": properties}


def export(resource_id: Any, kind: Any = "StorageAccount") -> dict[str, Any]:
    return {"id": "x", "properties": {"destination": {"resourceId": resource_id, "type": kind}}}


@pytest.fixture
def azure() -> Inventory:
    return Inventory()


def test_a_setting_names_every_kind_of_store(azure: Inventory) -> None:
    rule = f"{NAMESPACE}/authorizationRules/RootManageSharedAccessKey"
    azure.learn_settings(
        body(setting(workspaceId=WORKSPACE, storageAccountId=ACCOUNT, eventHubAuthorizationRuleId=rule))
    )
    assert list(azure.workspaces) == list(azure.named_workspaces) == [WORKSPACE]
    assert list(azure.accounts) == [ACCOUNT]
    assert list(azure.namespaces) == [NAMESPACE]
    assert list(azure.log_stores) == [WORKSPACE, ACCOUNT]
    assert list(azure.store_subscriptions) == [SUBSCRIPTION]


def test_what_is_null_or_missing_names_nothing(azure: Inventory) -> None:
    azure.learn_settings(body(setting(workspaceId=None, storageAccountId=None), setting()))
    assert list(azure.log_stores) == list(azure.namespaces) == []


def test_the_same_id_in_another_letter_case_is_known_once(azure: Inventory) -> None:
    azure.learn_settings(body(setting(storageAccountId=ACCOUNT), setting(storageAccountId=ACCOUNT.upper())))
    azure.learn_exports(body(export(ACCOUNT.lower())))
    assert list(azure.accounts) == [ACCOUNT]


def test_a_workspace_that_is_only_found_is_read_and_is_no_store_of_logs(azure: Inventory) -> None:
    found = {"id": WORKSPACE, "name": "siem-1", "type": "microsoft.operationalinsights/workspaces"}
    azure.learn_resources(body(found, under="data"))
    assert list(azure.workspaces) == [WORKSPACE]
    assert list(azure.log_stores) == []


def test_a_workspace_with_sentinel_is_a_store_of_logs(azure: Inventory) -> None:
    azure.learn_sentinel(
        body({"id": f"{WORKSPACE.lower()}/providers/Microsoft.SecurityInsights/onboardingStates/default"})
    )
    assert list(azure.with_sentinel) == list(azure.log_stores) == [WORKSPACE.lower()]


def test_resource_graph_finds_clusters_and_databases_and_a_database_tells_its_cluster(azure: Inventory) -> None:
    azure.learn_resources(
        body(
            {"id": f"{CLUSTER}2", "name": "adx12", "type": "Microsoft.Kusto/Clusters"},
            {"id": f"{CLUSTER}/Databases/logs", "name": "adx1/logs", "type": "microsoft.kusto/clusters/databases"},
            {"id": ACCOUNT, "name": "logs1", "type": "microsoft.storage/storageaccounts"},
            under="data",
        )
    )
    azure.learn_databases(body({"id": f"{CLUSTER}/databases/more"}))
    assert list(azure.clusters) == [f"{CLUSTER}2", CLUSTER]
    assert list(azure.databases) == [f"{CLUSTER}/Databases/logs", f"{CLUSTER}/databases/more"]
    assert list(azure.accounts) == []


@pytest.mark.parametrize("kind", ["EventHub", "eventhub", "Else"])
@pytest.mark.parametrize("hub", [NAMESPACE, f"{NAMESPACE}/eventhubs/am-signinlogs"])
def test_an_export_to_a_hub_or_its_namespace_names_the_namespace(azure: Inventory, hub: str, kind: str) -> None:
    azure.learn_exports(body(export(hub, kind)))
    assert (list(azure.namespaces), list(azure.accounts)) == ([NAMESPACE], [])


def test_capture_names_the_account_that_it_writes_to(azure: Inventory) -> None:
    target = {"properties": {"storageAccountResourceId": ACCOUNT, "blobContainer": "c"}}
    azure.learn_event_hubs(
        body(
            {"properties": {"captureDescription": {"enabled": True, "destination": target}}},
            {"properties": {"captureDescription": {"enabled": False, "destination": None}}},
            {"properties": {"captureDescription": None}},
            {"properties": {}},
        )
    )
    assert list(azure.accounts) == [ACCOUNT]


def test_stores_of_two_subscriptions_name_both_and_one_that_is_no_id_stands_for_itself(azure: Inventory) -> None:
    azure.learn_settings(
        body(
            setting(workspaceId=WORKSPACE),
            setting(storageAccountId=ACCOUNT.replace(SUBSCRIPTION, OTHER)),
            setting(storageAccountId="nowhere"),
        )
    )
    assert list(azure.store_subscriptions) == [SUBSCRIPTION, OTHER, "nowhere"]


@pytest.mark.parametrize("odd", [7, True, ["x"], {"id": WORKSPACE}, ""])
def test_what_is_no_text_in_place_of_an_id_is_not_passed_over(azure: Inventory, odd: Any) -> None:
    azure.learn_settings(body(setting(workspaceId=odd, storageAccountId=odd, eventHubAuthorizationRuleId=odd)))
    azure.learn_subscriptions(body({"id": odd}))
    azure.learn_sentinel(body({"id": odd}))
    for known in (azure.workspaces, azure.accounts, azure.namespaces, azure.subscriptions, azure.with_sentinel):
        assert len(list(known)) == 1


def test_a_row_without_its_id_is_not_passed_over(azure: Inventory) -> None:
    azure.learn_subscriptions(body({"displayName": "x"}, {"id": None}))
    assert len(list(azure.subscriptions)) == 1


LEARNERS = (
    Inventory.learn_subscriptions,
    Inventory.learn_settings,
    Inventory.learn_resources,
    Inventory.learn_exports,
    Inventory.learn_sentinel,
    Inventory.learn_event_hubs,
    Inventory.learn_databases,
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "value",
                    "data",
                    "id",
                    "type",
                    "properties",
                    "destination",
                    "resourceId",
                    "captureDescription",
                    "workspaceId",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(JSON.map(json.dumps).map(str.encode) | st.binary(max_size=30))
def test_no_answer_whatever_stands_in_it_breaks_the_reading(answer: bytes) -> None:
    azure = Inventory()
    for learn in LEARNERS:
        learn(azure, answer)
    for known in (azure.workspaces, azure.accounts, azure.store_subscriptions, azure.clusters):
        assert all(isinstance(one, str) for one in known)


def test_the_answer_that_something_is_not_there_names_nothing(azure: Inventory) -> None:
    gone = json.dumps({"error": {"code": "ResourceNotFound", "message": WORKSPACE}}).encode()
    for learn in LEARNERS:
        learn(azure, gone)
    assert list(azure.workspaces) == list(azure.subscriptions) == []
