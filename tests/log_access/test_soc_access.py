"""EXP-07 over HTTP: those who watch hold a role that reads the logs, and say so."""

from __future__ import annotations

from dataclasses import replace

import pytest
from log_access_cases import (
    ACCOUNT,
    CREATED,
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
    said,
    user,
    workspace,
)

from compliance.assessment.verdict import Status
from compliance.demo.azure import DiagnosticSetting, Subscription
from compliance.demo.azure_stores import StorageAccount
from compliance.demo.tenant import Tenant
from compliance.evidence.unread import Kind

WORKSPACE = "Log Analytics law-sec"


def test_a_group_that_reads_and_a_statement_pass(tenant: Tenant, collected: Collected) -> None:
    assert collected(tenant).finding("EXP-07").status is Status.PASS


@pytest.mark.parametrize(
    ("role", "scope"),
    [("Reader", SCOPE), ("Microsoft Sentinel Reader", GROUP), ("Microsoft Sentinel Contributor", LAW)],
)
def test_any_role_that_searches_the_workspace_counts(
    tenant: Tenant, collected: Collected, role: str, scope: str
) -> None:
    tenant.azure.role_holders[-1] = holder(role, user(tenant, 20), scope=scope, eligible=True, ends=SOON)
    assert collected(tenant).part("EXP-07", WORKSPACE).status is Status.PASS


@pytest.mark.parametrize(
    ("role", "scope"),
    [
        ("Owner", SCOPE),
        ("Log Analytics Contributor", LAW),
        ("Storage Blob Data Reader", ACCOUNT),
        ("Log Analytics Reader", f"{LAW}/tables/SigninLogs"),
        ("Log Analytics Reader", OTHER_LAW),
    ],
)
def test_who_owns_it_or_reads_something_else_shows_nothing(
    tenant: Tenant, collected: Collected, role: str, scope: str
) -> None:
    tenant.azure.role_holders[-1] = holder(role, guid(1), kind="Group", scope=scope)
    tenant.identity = replace(
        tenant.identity, azure_roles=(("Reader", "/providers/Microsoft.aadiam"), ("Log Analytics Contributor", SCOPE))
    )
    part = collected(tenant).part("EXP-07", WORKSPACE)
    assert part.status is Status.FAIL


def test_the_collectors_own_role_shows_nothing(tenant: Tenant, collected: Collected) -> None:
    del tenant.azure.role_holders[-1]
    part = collected(tenant).part("EXP-07", WORKSPACE)
    assert (part.status, part.kind) == (Status.INDETERMINATE, Kind.UNPROVEN)


def test_each_workspace_must_be_read(tenant: Tenant, collected: Collected) -> None:
    tenant.azure.workspaces.append(workspace(OTHER_LAW))
    tenant.azure.settings.append(DiagnosticSetting("more", ("AuditLogs",), workspace_id=OTHER_LAW))
    found = collected(tenant)
    assert found.part("EXP-07", WORKSPACE).status is Status.PASS
    assert found.part("EXP-07", "Log Analytics law-two").status is not Status.PASS


def test_a_management_group_holds_a_workspace_only_where_no_other_subscription_may_be_meant(
    tenant: Tenant, collected: Collected
) -> None:
    """What is held at a group is listed under each subscription in it: of one alone it is that one's, of two any's."""
    group = "/providers/Microsoft.Management/managementGroups/elsewhere"
    tenant.azure.role_holders = [holder("Log Analytics Reader", guid(1), kind="Group", scope=group)]
    assert collected(tenant).part("EXP-07", WORKSPACE).status is Status.PASS
    other = f"/subscriptions/{OTHER_SUBSCRIPTION}"
    tenant.azure.subscriptions.append(Subscription(OTHER_SUBSCRIPTION, "Web"))
    tenant.identity = replace(tenant.identity, azure_roles=(*tenant.identity.azure_roles, ("Reader", other)))
    archive = ACCOUNT.replace(SCOPE, other)
    tenant.azure.storage_accounts.append(StorageAccount(archive, CREATED))
    tenant.azure.settings.append(DiagnosticSetting("more", ("AuditLogs",), storage_account_id=archive))
    error = {"error": {"code": "AuthorizationFailed", "message": "no"}}
    tenant.override("arm", f"{other}/providers/Microsoft.Authorization/roleDefinitions", error, status=403)
    part = collected(tenant).part("EXP-07", WORKSPACE)
    assert part.status is Status.INDETERMINATE


@pytest.mark.parametrize(
    ("declared_on", "expected"),
    [("2025-11-16", Status.PASS), ("2025-11-15", Status.INDETERMINATE), (None, Status.INDETERMINATE)],
)
def test_a_statement_holds_for_twelve_months(
    tenant: Tenant, collected: Collected, declared_on: str | None, expected: Status
) -> None:
    statement = said("soc-access") if declared_on is None else said("soc-access", declared_on)
    statement = replace(statement, declared_on=None) if declared_on is None else statement
    found = collected(tenant)
    part = found.part("EXP-07", "the statement", replace(DECLARED, statements=(statement,)))
    assert part.status is expected


def test_access_for_a_federal_warehouse_is_asked_of_nobody(tenant: Tenant, collected: Collected) -> None:
    finding = collected(tenant).finding("EXP-07")
    assert finding.status is Status.PASS
    assert "CISA" not in finding.condition


def test_a_tenant_that_sends_its_logs_nowhere_fails(tenant: Tenant, collected: Collected) -> None:
    tenant.azure.settings, tenant.azure.subscriptions[0].settings = [], []
    assert collected(tenant).finding("EXP-07").status is Status.FAIL
