"""ACC-02 over HTTP: whoever can delete logs is counted, by what a role allows and wherever it is held."""

from __future__ import annotations

from dataclasses import replace

import pytest
from log_access_cases import (
    ACCOUNT,
    DECLARED,
    GROUP,
    LAW,
    OTHER_LAW,
    OTHER_SUBSCRIPTION,
    SCOPE,
    SOON,
    Collected,
    guid,
    holder,
    listed,
    user,
    workspace,
)

from compliance.assessment.assessment import Finding
from compliance.assessment.declarations import NO_DECLARATIONS
from compliance.assessment.verdict import Status
from compliance.demo.azure import Subscription
from compliance.demo.azure_access import RoleDefinition
from compliance.demo.scenarios import load_scenario
from compliance.demo.tenant import Tenant
from compliance.evidence.unread import Kind

HERE = "/providers/Microsoft.Management/managementGroups"


def people(tenant: Tenant, *roles_at: tuple[str, str]) -> None:
    """Give each of these roles to a person of their own."""
    tenant.azure.role_holders += [
        holder(role, user(tenant, 20 + number), scope=scope) for number, (role, scope) in enumerate(roles_at)
    ]


def count(finding: Finding) -> str:
    assert finding.status is Status.PASS, finding
    return finding.condition.partition(";")[0].rpartition(" ")[2]


def test_two_who_may_take_on_a_right_are_few(tenant: Tenant, collected: Collected) -> None:
    assert count(collected(tenant).finding("ACC-02")) == "2"


def test_whoever_inherits_a_right_counts_and_six_are_too_many(tenant: Tenant, collected: Collected) -> None:
    people(
        tenant,
        ("Owner", "/"),
        ("Contributor", f"{HERE}/{tenant.id}"),
        ("Log Analytics Contributor", SCOPE),
        ("Data Purger", GROUP.upper()),
    )
    finding = collected(tenant).finding("ACC-02")
    assert finding.status is Status.FAIL
    assert finding.condition == "at least 6 people can delete logs"


def test_whoever_gets_the_keys_or_the_blobs_of_the_archive_counts(tenant: Tenant, collected: Collected) -> None:
    people(
        tenant,
        ("Storage Account Key Operator Service Role", ACCOUNT),
        ("Storage Blob Data Owner", f"{ACCOUNT}/blobServices/default/containers/insights-logs-auditlogs"),
        ("Storage Blob Data Reader", ACCOUNT),
        ("Log Analytics Reader", LAW),
    )
    assert count(collected(tenant).finding("ACC-02")) == "4"


def test_a_role_of_ones_own_counts_by_what_it_allows_and_not_by_its_name(tenant: Tenant, collected: Collected) -> None:
    tenant.azure.custom_roles = [
        RoleDefinition(guid(71), "Reader of logs", ("*/read", "*/delete"), custom=True),
        RoleDefinition(guid(72), "Purger", ("*",), ("*/delete", "*/action", "*/write"), custom=True),
        RoleDefinition(guid(73), "Helper", ("Microsoft.Authorization/roleAssignments/*",), custom=True),
    ]
    people(tenant, ("Reader of logs", SCOPE), ("Purger", SCOPE), ("Helper", SCOPE))
    assert count(collected(tenant).finding("ACC-02")) == "4"


def test_whoever_also_configures_auditing_fails_alone(tenant: Tenant, collected: Collected) -> None:
    tenant.azure.role_holders.append(holder("Data Purger", user(tenant, 3), eligible=True, ends=SOON))
    finding = collected(tenant).finding("ACC-02")
    assert finding.status is Status.FAIL
    assert "1" in finding.condition
    assert "user003" in finding.cause


def test_a_group_whose_members_were_not_read_is_open(tenant: Tenant, collected: Collected) -> None:
    tenant.azure.role_holders.append(holder("Contributor", guid(5), kind="Group", scope=GROUP))
    finding = collected(tenant).finding("ACC-02")
    assert (finding.status, finding.kind) == (Status.INDETERMINATE, Kind.UNPROVEN)


def test_an_application_needs_somebodys_word(tenant: Tenant, collected: Collected) -> None:
    tenant.azure.role_holders.append(holder("Contributor", guid(6), kind="ServicePrincipal", scope=GROUP))
    finding = collected(tenant).finding("ACC-02")
    assert (finding.status, finding.kind) == (Status.INDETERMINATE, Kind.NEEDS_ATTESTATION)


def test_a_condition_takes_nobody_off_the_list(tenant: Tenant, collected: Collected) -> None:
    tenant.azure.role_holders.append(
        holder("Storage Blob Data Contributor", user(tenant, 21), scope=ACCOUNT, condition="(1 == 2)")
    )
    assert count(collected(tenant).finding("ACC-02")) == "3"


def test_which_management_group_holds_a_subscription_must_be_known(tenant: Tenant, collected: Collected) -> None:
    tenant.azure.subscriptions.append(Subscription(OTHER_SUBSCRIPTION, "Web"))
    tenant.identity = replace(
        tenant.identity, azure_roles=(*tenant.identity.azure_roles, ("Reader", f"/subscriptions/{OTHER_SUBSCRIPTION}"))
    )
    tenant.azure.workspaces.append(workspace(OTHER_LAW.replace(SCOPE, f"/subscriptions/{OTHER_SUBSCRIPTION}")))
    tenant.azure.workspaces[1].sentinel = True
    people(tenant, ("Owner", f"{HERE}/platform"))
    declared = replace(DECLARED, approved_subscriptions=listed(SCOPE, OTHER_SUBSCRIPTION))
    finding = collected(tenant).finding("ACC-02", declared)
    assert (finding.status, finding.kind) == (Status.INDETERMINATE, Kind.UNPROVEN)
    assert "platform" in finding.cause


@pytest.mark.parametrize("path", ["roleAssignments?", "roleDefinitions?", "roleEligibilityScheduleInstances"])
def test_a_list_that_was_refused_is_open(tenant: Tenant, collected: Collected, path: str) -> None:
    error = {"error": {"code": "AuthorizationFailed", "message": "no"}}
    tenant.override("arm", f"Microsoft.Authorization/{path}", error, status=403)
    finding = collected(tenant).finding("ACC-02")
    assert (finding.status, finding.kind) == (Status.INDETERMINATE, Kind.DENIED)


def test_without_the_tenants_list_of_subscriptions_others_may_hold_rights(tenant: Tenant, collected: Collected) -> None:
    found = collected(tenant)
    assert found.finding("ACC-02", NO_DECLARATIONS).kind is Kind.NEEDS_ATTESTATION
    more = replace(DECLARED, approved_subscriptions=listed(SCOPE, OTHER_SUBSCRIPTION))
    assert found.finding("ACC-02", more).kind is Kind.INCOMPLETE
    lapsed = replace(DECLARED, approved_subscriptions=listed(SCOPE, expires="2026-06-30"))
    assert found.finding("ACC-02", lapsed).kind is Kind.NEEDS_ATTESTATION


def test_an_account_that_is_not_there_has_no_holders(tenant: Tenant, collected: Collected) -> None:
    tenant.azure.storage_accounts = []
    people(tenant, ("Storage Blob Data Owner", ACCOUNT))
    assert count(collected(tenant).finding("ACC-02")) == "2"


def test_eleven_owners_of_logs_are_too_many(collected: Collected) -> None:
    finding = collected(load_scenario("log-owners")).finding("ACC-02", NO_DECLARATIONS)
    assert finding.status is Status.FAIL
    assert finding.condition == "at least 9 people can delete logs"
