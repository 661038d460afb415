"""Every answer about Azure, of every scenario, and what a scenario's file promises of its stores."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import msgspec
import pytest

from compliance.demo.azure import ENTRA_TABLES
from compliance.demo.scenarios import load_scenario, scenario_names
from compliance.demo.server import serve
from compliance.evidence.azure_views import AZURE_ROWS

WITH_AZURE = [name for name in scenario_names() if ":" not in name and name != "throttled"]
LAW, STORAGE, PIM = "api-version=2023-09-01", "api-version=2023-05-01", "api-version=2020-10-01"
MONITOR = "providers/Microsoft.Insights/diagnosticSettings?api-version=2021-05-01-preview"
SINCE = quote("eventTimestamp ge '2026-08-20T00:00:00Z'")
EVENTS = f"providers/Microsoft.Insights/eventtypes/management/values?api-version=2015-04-01&$filter={SINCE}"
AUTHORIZATION = {
    "arm.locks": "locks?api-version=2020-05-01",
    "arm.role_assignments": "roleAssignments?api-version=2022-04-01",
    "arm.role_definitions": "roleDefinitions?api-version=2022-04-01",
    "arm.role_assignment_schedules": f"roleAssignmentScheduleInstances?{PIM}",
    "arm.role_eligibilities": f"roleEligibilityScheduleInstances?{PIM}",
}
REFUSED = {
    "arm.lifecycle_policies": (404, "ManagementPolicyNotFound"),
    "arm.data_connectors": (400, "BadRequest"),
}


def every_read(azure):
    yield "arm.subscriptions", "/subscriptions?api-version=2022-12-01"
    yield "arm.entra_diagnostic_settings", "/providers/microsoft.aadiam/diagnosticSettings?api-version=2017-04-01"
    for one in azure.subscriptions:
        yield "arm.activity_log_settings", f"/subscriptions/{one.id}/{MONITOR}"
        yield "arm.activity_events", f"/subscriptions/{one.id}/{EVENTS}"
        for dataset, what in AUTHORIZATION.items():
            yield dataset, f"/subscriptions/{one.id}/providers/Microsoft.Authorization/{what}"
    for one in azure.workspaces:
        yield "arm.workspaces", f"{one.id}?{LAW}"
        yield "arm.tables", f"{one.id}/tables?{LAW}"
        yield "arm.data_exports", f"{one.id}/dataExports?api-version=2025-07-01"
        yield "arm.store_diagnostic_settings", f"{one.id}/{MONITOR}"
        for dataset, what in (
            ("arm.sentinel_onboarding", "onboardingStates"),
            ("arm.data_connectors", "dataConnectors"),
        ):
            yield dataset, f"{one.id}/providers/Microsoft.SecurityInsights/{what}?api-version=2021-10-01"
    for one in azure.storage_accounts:
        yield "arm.storage_accounts", f"{one.id}?{STORAGE}"
        yield "arm.lifecycle_policies", f"{one.id}/managementPolicies/default?{STORAGE}"
        yield "arm.blob_services", f"{one.id}/blobServices/default?{STORAGE}"
        yield "arm.blob_containers", f"{one.id}/blobServices/default/containers?{STORAGE}"
        yield "arm.store_diagnostic_settings", f"{one.id}/blobServices/default/{MONITOR}"
    for one in azure.namespaces:
        yield "arm.event_hubs", f"{one.id}/eventhubs?api-version=2024-01-01"
    for one in azure.clusters:
        yield "arm.adx_databases", f"{one.id}/databases?api-version=2023-08-15"
        for database in one.databases:
            url = f"{one.id}/databases/{database.name}/dataConnections?api-version=2023-08-15"
            yield "arm.adx_data_connections", url


@pytest.mark.parametrize("name", WITH_AZURE)
def test_every_answer_is_a_row_of_its_dataset_or_a_refusal_in_the_usual_envelope(visit, name):
    client = visit(load_scenario(name))
    token = client.token("arm")
    for dataset, url in every_read(client.tenant.azure):
        reply = client.get("arm", url, Authorization=f"Bearer {token}")
        if reply.status_code != 200:
            assert (reply.status_code, reply.json()["error"]["code"]) in {
                (403, "AuthorizationFailed"),
                REFUSED.get(dataset),
            }, (url, reply.text)
            continue
        body = reply.json()
        for row in body.get("value", [body]):
            msgspec.convert(row, AZURE_ROWS[dataset], strict=False)


@pytest.mark.parametrize("name", WITH_AZURE)
def test_a_destination_that_is_named_is_there_unless_the_scenario_is_about_its_loss(name):
    azure = load_scenario(name).azure
    there = {one.id for one in azure.resources}
    settings = [*azure.settings, *(setting for one in azure.subscriptions for setting in one.settings)]
    named = {one.workspace_id or one.storage_account_id for one in settings}
    named |= {rule.destination_id for one in azure.workspaces for rule in one.exports}
    gone = {one.rpartition("/")[2] for one in named - there if one is not None}
    assert gone == {"lost-destinations": {"former-logs"}, "data-export": {"deleted"}}.get(name, set())


def test_of_two_archives_one_deletes_after_18_months_the_other_after_30_and_each_category_is_in_one():
    cold = load_scenario("cold-storage").azure
    days = {
        account.name: rule.delete_after_modification or rule.delete_after_creation
        for account in cold.storage_accounts
        for rule in account.lifecycle
    }
    assert days == {"eighteenmonths": 548, "thirtymonths": 915}
    short, rest = (set(one.categories) for one in cold.settings[1:])
    assert short == {"SignInLogs"}
    assert short | rest == set(ENTRA_TABLES)


def test_compliant_and_everything_kept_keep_every_table_of_the_logs_for_a_year_at_hand_and_for_three():
    for name in ("compliant", "everything-kept"):
        (workspace,) = load_scenario(name).azure.workspaces
        kept = {one.name: (one.plan, one.retention_in_days, one.total_retention_in_days) for one in workspace.tables}
        for table in ("AzureActivity", "LAQueryLogs", "StorageBlobLogs", *ENTRA_TABLES.values()):
            assert kept[table] == ("Analytics", 365, 1095), (name, table)


def test_an_inventory_has_as_many_as_its_name_says(visit, rows):
    client = visit(load_scenario("inventory:60x7x20"))
    listed = rows(client.get("arm", "/subscriptions?api-version=2022-12-01"))
    assert len(listed) == 60
    workspaces = client.tenant.azure.workspaces
    assert len(workspaces) == 7
    found = rows(client.get("arm", f"{workspaces[3].id}/tables?{LAW}"))
    assert len({row["id"] for row in found}) == 20
    assert all(row["id"].startswith(f"{workspaces[3].id}/tables/") for row in found)
    assert {"AzureActivity", "SigninLogs", "AADNonInteractiveUserSignInLogs"} < {row["name"] for row in found}
    silent = [row for row in listed if not rows(client.get("arm", f"{row['id']}/{MONITOR}"))]
    assert [row["displayName"] for row in silent] == ["Subscription 00049"]


def test_latency_delays_every_answer_but_not_one_after_the_other(client_of):
    with serve(load_scenario("compliant"), latency_seconds=0.2) as served:
        client = client_of(served)
        token = f"Bearer {client.token('arm')}"

        def ask(_):
            return client_of(served).get("arm", "/subscriptions?api-version=2022-12-01", Authorization=token)

        began = time.monotonic()
        with ThreadPoolExecutor(8) as pool:
            assert {reply.status_code for reply in pool.map(ask, range(8))} == {200}
        assert 0.2 <= time.monotonic() - began < 1.6
