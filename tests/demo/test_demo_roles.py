from __future__ import annotations

import json

import pytest
from msgraph.generated.models.control_score import ControlScore
from msgraph.generated.models.secure_score import SecureScore
from msgraph.generated.models.unified_role_assignment import UnifiedRoleAssignment
from msgraph.generated.models.unified_role_eligibility_schedule_instance import UnifiedRoleEligibilityScheduleInstance

from compliance.demo.scenarios import load_scenario

SCORES = "/v1.0/security/secureScores?$top=1"
ASSIGNMENTS = "/v1.0/roleManagement/directory/roleAssignments"
ELIGIBILITIES = "/v1.0/roleManagement/directory/roleEligibilityScheduleInstances"
GLOBAL_ADMINISTRATOR = "62e90394-69f5-4237-9190-012177145e10"
UNLIMITED = {"ResultSize": "Unlimited"}


def test_every_property_is_one_that_microsofts_own_sdk_knows(client, rows):
    (score,) = rows(client.get("graph", SCORES))
    assert set(score) <= set(SecureScore().get_field_deserializers())
    beyond_the_sdk = {"source", "lastSynced", "implementationStatus", "on", "scoreInPercentage"}
    assert set(score["controlScores"][0]) - beyond_the_sdk <= set(ControlScore().get_field_deserializers())
    for role in rows(client.get("graph", f"{ASSIGNMENTS}?$expand=principal")):
        assert set(role) <= set(UnifiedRoleAssignment().get_field_deserializers())
    for role in rows(client.get("graph", f"{ELIGIBILITIES}?$expand=principal")):
        assert set(role) <= set(UnifiedRoleEligibilityScheduleInstance().get_field_deserializers())


def test_the_score_tells_of_auditing_what_the_settings_are_unless_it_is_said_to_differ(client, rows, tenant):
    def controls():
        return {
            one["controlName"]: one["scoreInPercentage"]
            for one in rows(client.get("graph", SCORES))[0]["controlScores"]
        }

    assert (controls()["mip_search_auditlog"], controls()["exo_mailboxaudit"]) == (100, 100)
    tenant.audit_log_config.unified_audit_log_ingestion_enabled = False
    tenant.organization_config.audit_disabled = True
    assert (controls()["mip_search_auditlog"], controls()["exo_mailboxaudit"]) == (0, 0)
    tenant.secure_score.percentages = {"mip_search_auditlog": 100.0, "exo_mailboxaudit": None}
    assert controls()["mip_search_auditlog"] == 100
    assert "exo_mailboxaudit" not in controls()


def test_a_new_tenant_has_no_score_yet(client, rows, tenant):
    tenant.secure_score = None
    assert rows(client.get("graph", SCORES)) == []


def test_principals_are_shown_only_where_they_are_asked_for(client, rows, tenant):
    assert all("principal" not in role for role in rows(client.get("graph", ASSIGNMENTS)))
    held = rows(client.get("graph", f"{ASSIGNMENTS}?$expand=principal"))
    names = {role["principal"]["displayName"] for role in held if role["roleDefinitionId"] == GLOBAL_ADMINISTRATOR}
    assert names == {"User 001", "User 002"}
    assert {role["principal"]["@odata.type"] for role in held} == {"#microsoft.graph.user"}
    eligible = rows(client.get("graph", f"{ELIGIBILITIES}?$expand=principal"))
    assert {role["principal"]["displayName"] for role in eligible} == {"User 003"}


def test_the_roles_of_the_application_that_asks_are_among_those_held(visit, rows):
    client = visit(load_scenario("least-privilege"))
    held = rows(client.get("graph", f"{ASSIGNMENTS}?$expand=principal"))
    own = [role["principal"] for role in held if role["principalId"] == client.tenant.identity.object_id]
    assert [one["@odata.type"] for one in own] == ["#microsoft.graph.servicePrincipal"]


def test_roles_come_in_pages(client, rows, tenant):
    tenant.graph_page_size = 2
    first = client.get("graph", ASSIGNMENTS)
    assert len(rows(first)) == 2
    assert len(rows(client.get("graph", first.json()["@odata.nextLink"]))) == 1


def test_eligibility_is_refused_without_the_licence_for_it_whatever_the_permissions(client, tenant):
    tenant.skus[0].capability_status = "Suspended"
    reply = client.get("graph", ELIGIBILITIES)
    assert (reply.status_code, reply.json()["error"]["code"]) == (400, "AadPremiumLicenseRequired")


@pytest.mark.parametrize(
    ("url", "code"),
    [
        (SCORES, "InsufficientGraphPermissions"),
        (ASSIGNMENTS, "Authorization_RequestDenied"),
        (ELIGIBILITIES, "UnknownError"),
    ],
)
def test_each_resource_refuses_in_its_own_words(client, tenant, url, code):
    tenant.identity.graph_roles = ("Organization.Read.All",)
    reply = client.get("graph", url)
    assert (reply.status_code, reply.json()["error"]["code"]) == (403, code)
    if code == "UnknownError":
        assert json.loads(reply.json()["error"]["message"])["errorCode"] == "PermissionScopeNotGranted"


def test_organization_management_holds_role_groups_whose_members_nobody_can_list(client, rows):
    groups = {row["Name"]: row for row in rows(client.run("exchange", "Get-RoleGroup", UNLIMITED))}
    management = groups["Organization Management"]
    assert "Audit Logs" in management["Roles"]
    assert [name.partition("_")[0] for name in management["Members"]] == ["TenantAdmins", "ExchangeServiceAdmins"]
    assert all(groups[name]["Members"] == [] for name in management["Members"])


def test_security_and_compliance_has_role_groups_of_its_own_and_shows_a_role_by_its_path(client, rows):
    groups = {row["Name"]: row for row in rows(client.run("purview_regional", "Get-RoleGroup", UNLIMITED))}
    assert "Organization Management" not in groups
    (role, *_) = groups["Audit policy readers"]["Roles"]
    assert role.endswith("/Configuration/Organization Configuration")
    assert groups["Audit policy readers"]["Members"] == ["lookback collector"]


def test_effective_users_are_named_only_where_they_are_asked_for(visit, rows):
    client = visit(load_scenario("agency"))
    client.tenant.exchange_role_groups[0].members += ("user009",)
    asked = {"Role": "Audit Logs", "GetEffectiveUsers": True}
    effective = rows(client.run("exchange", "Get-ManagementRoleAssignment", asked))
    assert [(row["RoleAssigneeName"], row["EffectiveUserName"]) for row in effective] == [
        ("Organization Management", "user009")
    ]
    plain = rows(client.run("exchange", "Get-ManagementRoleAssignment", {"Role": "Audit Logs"}))
    assert {row["EffectiveUserName"] for row in plain} == {"All Group Members"}


def test_the_regional_host_tells_which_cmdlets_an_identity_may_run(client, rows, tenant):
    probe = f"/adminapi/v1.0/{tenant.id}/EXOModuleFile?Version=3.9.2"
    tenant.identity.purview_roles = ("Role Management",)
    assert rows(client.get("purview_regional", probe, CommandName="*")) == [{"exportedCmdlets": "Get-RoleGroup"}]
    assert client.get("purview", probe, CommandName="*").status_code == 302
