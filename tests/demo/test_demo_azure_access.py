from __future__ import annotations

from datetime import timedelta
from urllib.parse import quote

import pytest

from compliance.demo.azure_access import ActivityEvent, Lock
from compliance.demo.scenarios import load_scenario

OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"


def url_of(tenant, what, version, at=None):
    scope = at or f"/subscriptions/{tenant.azure.subscriptions[0].id}"
    return f"{scope}/providers/Microsoft.Authorization/{what}?api-version={version}"


def events_url(tenant, wanted):
    at = f"/subscriptions/{tenant.azure.subscriptions[0].id}/providers/Microsoft.Insights/eventtypes/management/values"
    return f"{at}?api-version=2015-04-01" + (f"&$filter={quote(wanted)}" if wanted else "")


def since(tenant, days, rest=""):
    return f"eventTimestamp ge '{tenant.now - timedelta(days=days):%Y-%m-%dT%H:%M:%SZ}'{rest}"


def error_of(reply, status):
    assert reply.status_code == status, reply.text
    return reply.json()["error"]["code"]


@pytest.fixture(name="owned")
def client_of_owned_logs(visit):
    return visit(load_scenario("log-owners"))


def test_a_list_at_a_subscription_holds_what_is_assigned_above_and_below_it_too(owned, rows):
    found = rows(owned.get("arm", url_of(owned.tenant, "roleAssignments", "2022-04-01")))
    scopes = {row["properties"]["scope"] for row in found}
    subscription = f"/subscriptions/{owned.tenant.azure.subscriptions[0].id}"
    assert {"/", f"/providers/Microsoft.Management/managementGroups/{owned.tenant.id}", subscription} < scopes
    assert any(scope.endswith("/storageAccounts/archive") for scope in scopes)
    narrowed = url_of(owned.tenant, "roleAssignments", "2022-04-01") + "&$filter=atScope()"
    assert not any("storageAccounts" in row["properties"]["scope"] for row in rows(owned.get("arm", narrowed)))


def test_an_assignment_names_its_role_below_its_subscription_and_from_the_root_below_none(owned, rows):
    found = rows(owned.get("arm", url_of(owned.tenant, "roleAssignments", "2022-04-01")))
    by_scope = {
        row["properties"]["scope"]: row for row in found if row["properties"]["roleDefinitionId"].endswith(OWNER)
    }
    subscription = f"/subscriptions/{owned.tenant.azure.subscriptions[0].id}"
    definition = f"/providers/Microsoft.Authorization/roleDefinitions/{OWNER}"
    assert by_scope["/"]["properties"]["roleDefinitionId"] == definition
    assert by_scope["/"]["id"].startswith("/providers/Microsoft.Authorization/roleAssignments/")
    assert by_scope[subscription]["properties"]["roleDefinitionId"] == subscription + definition


def test_who_reads_is_among_the_holders(client, rows, tenant):
    found = rows(client.get("arm", url_of(tenant, "roleAssignments", "2022-04-01")))
    own = [row for row in found if row["properties"]["principalId"] == tenant.identity.object_id]
    assert [row["properties"]["principalType"] for row in own] == ["ServicePrincipal"]


def test_definitions_hold_the_built_in_roles_and_those_that_the_tenant_made(owned, rows):
    found = rows(owned.get("arm", url_of(owned.tenant, "roleDefinitions", "2022-04-01")))
    roles = {row["properties"]["roleName"]: row["properties"] for row in found}
    assert roles["Owner"]["type"] == "BuiltInRole"
    assert roles["Owner"]["permissions"][0]["actions"] == ["*"]
    assert roles["Clean-up robot"]["type"] == "CustomRole"
    assert roles["Clean-up robot"]["permissions"][0]["actions"] == ["*/read", "*/delete"]
    known = {row["id"].lower() for row in found}
    subscription = f"/subscriptions/{owned.tenant.azure.subscriptions[0].id}"
    for row in rows(owned.get("arm", url_of(owned.tenant, "roleAssignments", "2022-04-01"))):
        named = row["properties"]["roleDefinitionId"].lower()
        assert named in known or f"{subscription}{named}" in known


def test_eligible_holders_are_no_assignments_and_those_who_took_a_role_on_are(owned, rows):
    tenant = owned.tenant
    eligible = rows(owned.get("arm", url_of(tenant, "roleEligibilityScheduleInstances", "2020-10-01")))
    ends = sorted(row["properties"]["endDateTime"][:4] for row in eligible)
    assert ends == ["2027", "2035"]
    active = rows(owned.get("arm", url_of(tenant, "roleAssignmentScheduleInstances", "2020-10-01")))
    taken = [row["properties"] for row in active if row["properties"]["assignmentType"] == "Activated"]
    assert [one["principalType"] for one in taken] == ["User"]
    assert taken[0]["endDateTime"].startswith("2026-11-16T15:30")
    assigned = rows(owned.get("arm", url_of(tenant, "roleAssignments", "2022-04-01")))
    assert len(assigned) == len(active)
    for_good = [row for row in active if row["properties"]["endDateTime"] is None]
    assert len(for_good) == len(active) - 1
    held = {row["properties"]["principalId"] for row in assigned}
    (only_eligible,) = {row["properties"]["principalId"] for row in eligible} - held
    assert only_eligible == next(user.id for user in tenant.users if user.user_principal_name.startswith("user011"))


@pytest.mark.parametrize("what", ["roleAssignmentScheduleInstances", "roleEligibilityScheduleInstances"])
def test_privileged_identity_management_needs_its_licence(client, tenant, what):
    tenant.skus[0].capability_status = "Suspended"
    assert error_of(client.get("arm", url_of(tenant, what, "2020-10-01")), 400) == "AadPremiumLicenseRequired"
    assert client.get("arm", url_of(tenant, "roleAssignments", "2022-04-01")).status_code == 200


def test_locks_of_a_subscription_are_its_own_and_those_of_what_lies_in_it(client, rows, tenant):
    subscription = f"/subscriptions/{tenant.azure.subscriptions[0].id}"
    tenant.azure.locks.append(Lock(subscription, "all", "ReadOnly"))
    found = {
        row["id"]: row["properties"]["level"] for row in rows(client.get("arm", url_of(tenant, "locks", "2020-05-01")))
    }
    assert found[f"{subscription}/providers/Microsoft.Authorization/locks/all"] == "ReadOnly"
    assert f"{tenant.azure.workspaces[0].id}/providers/Microsoft.Authorization/locks/keep-security-logs" in found
    below = rows(client.get("arm", url_of(tenant, "locks", "2020-05-01", tenant.azure.workspaces[0].id)))
    assert {row["name"] for row in below} == {"all", "keep-security-logs"}


def test_events_are_the_latest_first_and_only_those_that_were_asked_for(owned, rows):
    tenant = owned.tenant
    tenant.azure.events.append(
        ActivityEvent(tenant.now, "Microsoft.Storage/storageAccounts/delete", tenant.azure.storage_accounts[0].id, None)
    )
    found = rows(owned.get("arm", events_url(tenant, since(tenant, 89))))
    assert found[0]["operationName"]["value"] == "Microsoft.Storage/storageAccounts/delete"
    assert [row["eventTimestamp"] for row in found] == sorted((row["eventTimestamp"] for row in found), reverse=True)
    narrowed = since(tenant, 89, " and resourceProvider eq 'Microsoft.OperationalInsights'")
    purges = [
        row["status"]["value"]
        for row in rows(owned.get("arm", events_url(tenant, narrowed)))
        if row["operationName"]["value"].endswith("/purge/action")
    ]
    assert purges == ["Failed", "Succeeded", "Accepted"]
    recent = rows(owned.get("arm", events_url(tenant, since(tenant, 27))))
    assert [row["operationName"]["value"].rpartition("/")[2] for row in recent] == ["delete", "delete"]


def test_events_come_in_pages(owned, rows):
    tenant = owned.tenant
    tenant.azure.page_size = 2
    names, url = [], events_url(tenant, since(tenant, 89))
    while url:
        page = owned.get("arm", url)
        names += [row["eventDataId"] for row in rows(page)]
        url = page.json().get("nextLink")
    assert len(names) == len(set(names)) == 5


@pytest.mark.parametrize(
    "wanted",
    ["", "resourceProvider eq 'Microsoft.OperationalInsights'", "eventTimestamp ge 'yesterday'"],
)
def test_events_need_a_filter_that_says_since_when(client, tenant, wanted):
    assert error_of(client.get("arm", events_url(tenant, wanted)), 400) == "BadRequest"


def test_events_are_kept_for_ninety_days_and_nobody_may_ask_for_more(client, tenant):
    assert client.get("arm", events_url(tenant, since(tenant, 90))).status_code == 200
    assert error_of(client.get("arm", events_url(tenant, since(tenant, 91))), 400) == "BadRequest"
