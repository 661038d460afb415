from __future__ import annotations

import pytest

from compliance.demo.azure_stores import Container
from compliance.demo.odd import stable_guid
from compliance.demo.scenarios import load_scenario

STORAGE = "api-version=2023-05-01"
SENTINEL = "api-version=2021-10-01"
SETTINGS = "providers/Microsoft.Insights/diagnosticSettings?api-version=2021-05-01-preview"


def named(resources, name):
    (found,) = (one for one in resources if one.name == name)
    return found


def error_of(reply, status):
    assert reply.status_code == status, reply.text
    return reply.json()["error"]["code"]


def account_in(scenario, visit, name):
    client = visit(load_scenario(scenario))
    return client, named(client.tenant.azure.storage_accounts, name)


def test_an_account_without_a_lifecycle_policy_says_so_and_one_that_is_gone_says_another_thing(client, tenant):
    (account,) = tenant.azure.storage_accounts
    policy = f"{account.id}/managementPolicies/default?{STORAGE}"
    assert error_of(client.get("arm", policy), 404) == "ManagementPolicyNotFound"
    tenant.azure.storage_accounts.clear()
    assert error_of(client.get("arm", policy), 404) == "ResourceNotFound"
    tenant.azure.gone_groups.append(account.id.partition("/providers/")[0].upper())
    assert error_of(client.get("arm", policy), 404) == "ResourceGroupNotFound"


def test_a_lifecycle_rule_leaves_out_what_it_does_without(visit):
    client, account = account_in("lifecycle-traps", visit, "archive")
    policy = client.get("arm", f"{account.id}/managementPolicies/default?{STORAGE}").json()
    assert policy["id"].endswith("/managementPolicies/default")
    rules = {rule["name"]: rule for rule in policy["properties"]["policy"]["rules"]}
    assert rules["off"]["enabled"] is False
    assert "enabled" not in rules["on unsaid"]
    assert rules["path"]["definition"]["actions"]["baseBlob"]["delete"] == {"daysAfterCreationGreaterThan": 90.0}
    assert set(rules["tiers"]["definition"]["actions"]["baseBlob"]) == {"tierToCool", "tierToArchive"}
    assert rules["capitals"]["definition"]["filters"] == {
        "blobTypes": ["appendBlob", "blockBlob"],
        "prefixMatch": ["insights-logs-SignInLogs"],
    }
    assert rules["tagged"]["definition"]["filters"]["blobIndexMatch"][0]["name"] == "expired"


def test_an_account_has_a_container_for_every_category_that_is_sent_to_it(visit, rows):
    client, account = account_in("cold-storage", visit, "eighteenmonths")
    (only,) = rows(client.get("arm", f"{account.id}/blobServices/default/containers?{STORAGE}"))
    assert only["name"] == "insights-logs-signinlogs"
    assert only["id"] == f"{account.id}/blobServices/default/containers/insights-logs-signinlogs"


def test_a_container_shows_its_policy_only_where_it_has_one(visit, rows):
    client, account = account_in("immutable", visit, "vault")
    url = f"{account.id}/blobServices/default/containers?{STORAGE}"
    found = {row["name"].removeprefix("insights-logs-"): row["properties"] for row in rows(client.get("arm", url))}
    locked = found["auditlogs"]["immutabilityPolicy"]["properties"]
    assert (locked["state"], locked["immutabilityPeriodSinceCreationInDays"]) == ("Locked", 1096)
    assert (locked["allowProtectedAppendWrites"], locked["allowProtectedAppendWritesAll"]) == (True, False)
    assert found["signinlogs"]["immutabilityPolicy"]["properties"]["state"] == "Unlocked"
    assert found["noninteractiveusersigninlogs"]["hasLegalHold"] is True
    assert found["noninteractiveusersigninlogs"]["hasImmutabilityPolicy"] is False
    closed = found["serviceprincipalsigninlogs"]["immutabilityPolicy"]["properties"]
    assert (closed["allowProtectedAppendWrites"], closed["allowProtectedAppendWritesAll"]) == (False, False)
    assert "immutabilityPolicy" not in found["provisioninglogs"]


def test_containers_come_in_pages(client, rows, tenant):
    (account,) = tenant.azure.storage_accounts
    account.containers = [Container(f"logs-{number}") for number in range(5)]
    tenant.azure.page_size = 2
    names, url = [], f"{account.id}/blobServices/default/containers?{STORAGE}"
    while url:
        page = client.get("arm", url)
        names += [row["name"] for row in rows(page)]
        url = page.json().get("nextLink")
    assert names == [f"logs-{number}" for number in range(5)]


def test_what_an_old_account_was_never_asked_about_is_null(visit):
    client, old = account_in("immutable", visit, "old")
    properties = client.get("arm", f"{old.id}?{STORAGE}").json()["properties"]
    assert properties["allowBlobPublicAccess"] is None
    assert properties["allowSharedKeyAccess"] is None
    assert (properties["minimumTlsVersion"], properties["supportsHttpsTrafficOnly"]) == ("TLS1_0", False)
    assert properties["immutableStorageWithVersioning"] is None
    versioned = named(client.tenant.azure.storage_accounts, "versioned")
    properties = client.get("arm", f"{versioned.id}?{STORAGE}").json()["properties"]
    assert properties["immutableStorageWithVersioning"]["immutabilityPolicy"]["state"] == "Locked"


def test_soft_delete_has_days_only_where_it_is_on(visit):
    client, vault = account_in("immutable", visit, "vault")
    shown = client.get("arm", f"{vault.id}/blobServices/default?{STORAGE}").json()["properties"]
    assert (shown["deleteRetentionPolicy"]["enabled"], shown["deleteRetentionPolicy"]["days"]) == (True, 14)
    old = named(client.tenant.azure.storage_accounts, "old")
    shown = client.get("arm", f"{old.id}/blobServices/default?{STORAGE}").json()["properties"]
    assert shown["containerDeleteRetentionPolicy"] == {"enabled": False}
    assert error_of(client.get("arm", f"{old.id}/blobServices/other?{STORAGE}"), 404) == "InvalidResourceType"


def test_who_reads_the_blobs_is_a_setting_of_the_blob_service_and_not_of_the_account(client, rows, tenant):
    (account,) = tenant.azure.storage_accounts
    assert rows(client.get("arm", f"{account.id}/{SETTINGS}")) == []
    (setting,) = rows(client.get("arm", f"{account.id}/blobServices/default/{SETTINGS}"))
    assert {log["category"] for log in setting["properties"]["logs"]} == {
        "StorageRead",
        "StorageWrite",
        "StorageDelete",
    }
    assert setting["id"].startswith(f"{account.id.lower()}/blobservices/default/providers/microsoft.insights/")


def test_who_reads_a_workspace_is_a_setting_of_its_own(client, rows, tenant):
    (workspace,) = tenant.azure.workspaces
    (setting,) = rows(client.get("arm", f"{workspace.id}/{SETTINGS}"))
    assert [log["category"] for log in setting["properties"]["logs"] if log["enabled"]] == ["Audit"]
    assert error_of(client.get("arm", f"{workspace.id}x/{SETTINGS}"), 404) == "ResourceNotFound"


def test_a_data_export_says_where_to_and_whether_it_is_on(visit, rows):
    client = visit(load_scenario("data-export"))
    (workspace,) = client.tenant.azure.workspaces
    found = {
        row["name"]: row["properties"]
        for row in rows(client.get("arm", f"{workspace.id}/dataExports?api-version=2025-07-01"))
    }
    assert {name for name, rule in found.items() if rule["enable"]} == {"audit", "to-hub", "lost"}
    assert found["audit"]["destination"]["type"] == "StorageAccount"
    assert found["to-hub"]["destination"]["resourceId"].endswith("/namespaces/event-feed")
    assert found["to-hub"]["destination"]["type"] == "EventHub"
    gone = found["lost"]["destination"]["resourceId"]
    assert error_of(client.get("arm", f"{gone}?{STORAGE}"), 404) == "ResourceNotFound"


def test_only_a_workspace_with_sentinel_has_connectors(visit, rows):
    client = visit(load_scenario("sentinel-connector"))
    on, trial, former = client.tenant.azure.workspaces

    def get(workspace, what):
        return client.get("arm", f"{workspace.id}/providers/Microsoft.SecurityInsights/{what}?{SENTINEL}")

    assert [row["name"] for row in rows(get(on, "onboardingStates"))] == ["default"]
    (connector,) = rows(get(on, "dataConnectors"))
    states = {name: kind["state"].lower() for name, kind in connector["properties"]["dataTypes"].items()}
    assert (connector["kind"], states) == (
        "Office365",
        {"exchange": "enabled", "sharePoint": "enabled", "teams": "disabled"},
    )
    (off,) = rows(get(trial, "dataConnectors"))
    assert {kind["state"].lower() for kind in off["properties"]["dataTypes"].values()} == {"disabled"}
    assert rows(get(former, "onboardingStates")) == []
    reply = get(former, "dataConnectors")
    assert error_of(reply, 400) == "BadRequest"
    assert "not onboarded to Microsoft Sentinel" in reply.json()["error"]["message"]


def test_a_hub_shows_its_capture_only_where_it_was_set_up(visit, rows):
    client = visit(load_scenario("hubs-and-adx"))
    feeds = named(client.tenant.azure.namespaces, "log-feeds")
    url = f"{feeds.id}/eventhubs?api-version=2024-01-01"
    hubs = {row["name"]: row["properties"] for row in rows(client.get("arm", url))}
    capture = hubs["sign-ins"]["captureDescription"]
    assert (capture["enabled"], capture["destination"]["properties"]["blobContainer"]) == (True, "sign-ins")
    assert hubs["insights-logs-managedidentitysigninlogs"]["captureDescription"]["enabled"] is False
    assert "captureDescription" not in hubs["to-explorer"]


def test_a_database_leaves_out_a_period_without_end_and_its_connection_names_the_hub(visit, rows):
    client = visit(load_scenario("hubs-and-adx"))
    (cluster,) = client.tenant.azure.clusters
    version = "api-version=2023-08-15"
    found = {row["name"]: row for row in rows(client.get("arm", f"{cluster.id}/databases?{version}"))}
    assert found["logexplorer/three-years"]["properties"]["softDeletePeriod"] == "P1095D"
    assert "softDeletePeriod" not in found["logexplorer/without-end"]["properties"]
    (filled,) = rows(client.get("arm", f"{cluster.id}/databases/three-years/dataConnections?{version}"))
    assert filled["properties"]["eventHubResourceId"].endswith("/namespaces/log-feeds/eventhubs/to-explorer")
    (unnamed,) = rows(client.get("arm", f"{cluster.id}/databases/one-year/dataConnections?{version}"))
    assert unnamed["properties"]["tableName"] is None
    gone = client.get("arm", f"{cluster.id}/databases/none/dataConnections?{version}")
    assert error_of(gone, 404) == "ResourceNotFound"


def test_a_subscription_sends_its_activity_log_where_its_own_settings_say(visit, rows):
    client = visit(load_scenario("forgotten-subscription"))
    sent = {}
    for one in client.tenant.azure.subscriptions:
        reply = client.get("arm", f"/subscriptions/{one.id}/{SETTINGS}")
        if reply.status_code == 200:
            sent[one.display_name] = [
                {log["category"] for log in row["properties"]["logs"] if log["enabled"]} for row in rows(reply)
            ]
        else:
            assert error_of(reply, 403) == "AuthorizationFailed"
    assert len(sent.pop("Logging")[0]) == len(sent.pop("Laboratory")[0]) == 8
    assert sent == {"Web": [{"Administrative", "Alert"}], "Payments": [], "Old project": []}
    listed = rows(client.get("arm", "/subscriptions?api-version=2022-12-01"))
    states = {row["displayName"]: row["state"] for row in listed}
    assert states["Old project"] == "Disabled"
    assert "Research" in states
    assert "Acquired company" not in states


def test_a_subscription_of_another_tenant_refuses_the_token(client, tenant):
    tenant.azure.subscriptions[0].tenant_id = stable_guid("other tenant")
    (workspace,) = tenant.azure.workspaces
    assert client.get("arm", f"{workspace.id}?api-version=2023-09-01").status_code == 200
    tenant.identity.azure_roles = ()
    reply = client.get("arm", f"{workspace.id}?api-version=2023-09-01")
    assert error_of(reply, 401) == "InvalidAuthenticationTokenTenant"


@pytest.mark.parametrize(
    "below",
    [
        "",
        "/managementPolicies/default",
        "/blobServices/default",
        "/blobServices/default/containers",
        "/providers/Microsoft.Insights/diagnosticSettings",
        "/providers/Microsoft.Authorization/locks",
    ],
)
def test_every_operation_asks_for_the_right_and_then_for_the_version(client, tenant, below):
    (account,) = tenant.azure.storage_accounts
    assert (
        error_of(client.get("arm", f"{account.id}{below}?api-version=1999-01-01"), 400) == "NoRegisteredProviderFound"
    )
    tenant.identity.azure_roles = (("Log Analytics Reader", tenant.azure.workspaces[0].id),)
    assert error_of(client.get("arm", f"{account.id}{below}?api-version=1999-01-01"), 403) == "AuthorizationFailed"


def test_a_role_reaches_only_what_its_actions_name(client, tenant):
    (account,), (workspace,) = tenant.azure.storage_accounts, tenant.azure.workspaces
    at = f"/subscriptions/{tenant.azure.subscriptions[0].id}"
    tenant.identity.azure_roles = (("Microsoft Sentinel Reader", at),)
    assert client.get("arm", f"{workspace.id}/tables?api-version=2023-09-01").status_code == 200
    assert client.get("arm", f"{workspace.id}/{SETTINGS}").status_code == 403
    assert client.get("arm", f"{account.id}?{STORAGE}").status_code == 403
    tenant.identity.azure_roles = (("Storage Account Contributor", at),)
    assert client.get("arm", f"{account.id}/blobServices/default/containers?{STORAGE}").status_code == 200
    assert client.get("arm", f"{workspace.id}?api-version=2023-09-01").status_code == 403
