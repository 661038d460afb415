from __future__ import annotations

import pytest

from compliance.demo.azure import DiagnosticSetting, Subscription
from compliance.demo.faults import CannedAnswer, Fault
from compliance.demo.odd import Odd, stable_guid
from compliance.demo.scenarios import load_scenario

SETTINGS = "/providers/microsoft.aadiam/diagnosticSettings?api-version=2017-04-01"
SUBSCRIPTIONS = "/subscriptions?api-version=2022-12-01"
VERSION = "api-version=2023-09-01"


def error_of(reply, status):
    assert reply.status_code == status, reply.text
    return reply.json()["error"]


def workspace_of(tenant):
    return tenant.azure.workspaces[0]


def test_a_setting_shows_every_category_each_enabled_or_not_and_null_for_destinations_it_does_not_use(visit, rows):
    client = visit(load_scenario("agency"))
    soc, archive = rows(client.get("arm", SETTINGS))
    assert soc["properties"]["workspaceId"] == workspace_of(client.tenant).id
    assert soc["properties"]["storageAccountId"] is None
    assert archive["properties"]["storageAccountId"].endswith("/storageAccounts/agencylogarchive")
    enabled = {log["category"] for log in archive["properties"]["logs"] if log["enabled"]}
    assert enabled == {"AuditLogs", "SignInLogs"}
    assert "MicrosoftGraphActivityLogs" in {log["category"] for log in soc["properties"]["logs"] if not log["enabled"]}


def test_a_group_of_categories_stands_for_all_of_them(client, rows, tenant):
    tenant.azure.settings[:] = [DiagnosticSetting("all", category_groups=("allLogs",))]
    (setting,) = rows(client.get("arm", SETTINGS))
    (log,) = setting["properties"]["logs"]
    assert (log["category"], log["categoryGroup"], log["enabled"]) == (None, "allLogs", True)


def test_the_settings_of_entra_need_a_role_outside_every_subscription(client, tenant):
    tenant.identity.azure_roles = (("Owner", f"/subscriptions/{tenant.azure.subscriptions[0].id}"),)
    tenant.identity.directory_roles = ("Global Reader",)
    error = error_of(client.get("arm", SETTINGS), 403)
    assert error["code"] == "AuthorizationFailed"
    assert "'microsoft.aadiam/diagnosticSettings/read' over scope '/providers/microsoft.aadiam/" in error["message"]


@pytest.mark.parametrize(
    ("scope", "status"),
    [
        ("/", 200),
        ("/subscriptions/{subscription}", 200),
        ("/subscriptions/{subscription}/resourceGroups/RG-logging", 200),
        ("{workspace}", 200),
        ("/subscriptions/{subscription}/resourceGroups/rg-log", 403),
        ("/providers/Microsoft.aadiam", 403),
    ],
)
def test_a_role_reaches_what_lies_at_its_scope_and_below(client, tenant, scope, status):
    workspace = workspace_of(tenant)
    at = scope.format(subscription=tenant.azure.subscriptions[0].id, workspace=workspace.id)
    tenant.identity.azure_roles = (("Log Analytics Reader", at),)
    assert client.get("arm", f"{workspace.id}?{VERSION}").status_code == status
    assert client.get("arm", f"{workspace.id}/tables?{VERSION}").status_code == status


def test_a_workspace_is_one_object_and_its_tables_say_the_days_in_effect(visit, rows):
    client = visit(load_scenario("agency"))
    workspace = workspace_of(client.tenant)
    found = client.get("arm", f"{workspace.id.upper()}?{VERSION}").json()
    assert found["id"] == workspace.id
    assert found["properties"]["provisioningState"] == "Succeeded"
    tables = {row["name"]: row for row in rows(client.get("arm", f"{workspace.id}/tables?{VERSION}"))}
    short = tables["AADNonInteractiveUserSignInLogs"]["properties"]
    assert (short["retentionInDays"], short["totalRetentionInDays"], short["archiveRetentionInDays"]) == (90, 365, 275)
    assert (short["plan"], short["retentionInDaysAsDefault"]) == ("Analytics", True)
    assert tables["SigninLogs"]["properties"]["totalRetentionInDays"] == 1095


def test_what_is_not_there_is_said_so_according_to_what_is_missing(client, tenant):
    workspace = workspace_of(tenant)
    gone = workspace.id.replace(workspace.name, "deleted-logs")
    assert error_of(client.get("arm", f"{gone}?{VERSION}"), 404)["code"] == "ResourceNotFound"
    elsewhere = workspace.id.replace(tenant.azure.subscriptions[0].id, stable_guid("elsewhere"))
    assert error_of(client.get("arm", f"{elsewhere}?{VERSION}"), 404)["code"] == "SubscriptionNotFound"


def test_a_subscription_in_which_one_has_no_role_is_not_listed_at_all(client, rows, tenant):
    tenant.azure.subscriptions.append(Subscription(stable_guid("hidden"), "Hidden"))
    assert [row["displayName"] for row in rows(client.get("arm", SUBSCRIPTIONS))] == ["Logging"]
    tenant.identity.azure_roles = (("Reader", workspace_of(tenant).id),)
    assert [row["displayName"] for row in rows(client.get("arm", SUBSCRIPTIONS))] == ["Logging"]
    tenant.identity.azure_roles = ()
    assert rows(client.get("arm", SUBSCRIPTIONS)) == []


def test_subscriptions_come_in_pages_that_a_plain_next_link_joins(client, rows, tenant):
    tenant.azure.subscriptions += [Subscription(stable_guid(str(number)), f"S{number}") for number in range(4)]
    tenant.identity.azure_roles = (("Reader", "/"),)
    tenant.azure.page_size = 2
    names, url = [], SUBSCRIPTIONS
    while url:
        page = client.get("arm", url)
        names += [row["displayName"] for row in rows(page)]
        assert "@odata.nextLink" not in page.json()
        url = page.json().get("nextLink")
    assert names == ["Logging", "S0", "S1", "S2", "S3"]


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("/subscriptions", "MissingApiVersionParameter"),
        ("/subscriptions?api-version=2099-01-01", "InvalidApiVersionParameter"),
        ("/providers/microsoft.aadiam/diagnosticSettings?api-version=1999-01-01", "NoRegisteredProviderFound"),
    ],
)
def test_a_version_that_is_missing_or_unknown_is_refused(client, url, code):
    assert error_of(client.get("arm", url), 400)["code"] == code


def test_a_token_for_another_api_is_refused(client):
    reply = client.get("arm", SETTINGS, Authorization=f"Bearer {client.token('graph')}")
    assert error_of(reply, 401)["code"] == "InvalidAuthenticationTokenAudience"
    assert error_of(client.get("arm", SETTINGS, Authorization=None), 401)["code"] == "AuthenticationFailed"


def test_it_throttles_as_it_is_told_to(client, tenant):
    tenant.faults.append(Fault("arm", "diagnosticSettings", CannedAnswer(retry_after_seconds=2)))
    reply = client.get("arm", SETTINGS)
    assert (reply.status_code, reply.headers["Retry-After"]) == (429, "2")
    assert client.get("arm", SETTINGS).status_code == 200


def test_what_is_odd_about_a_table_is_shown(client, rows, tenant):
    workspace_of(tenant).tables[0].odd = Odd(absent=frozenset({"properties"}))
    assert "properties" not in rows(client.get("arm", f"{workspace_of(tenant).id}/tables?{VERSION}"))[0]
