"""ACC-02, ACC-03, ACC-04 and EXP-07 over HTTP: a store counts however logs come to it, and one unseen may be there."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from log_access_cases import (
    ACCOUNT,
    CREATED,
    GROUP,
    NAMESPACE,
    OTHER_LAW,
    Collected,
    guid,
    holder,
    user,
    workspace,
)

from compliance.assessment.verdict import Status
from compliance.demo.azure import Connector, DataExport, DiagnosticSetting
from compliance.demo.azure_stores import Capture, Container, EventHub, Namespace, StorageAccount
from compliance.demo.tenant import Tenant
from compliance.evidence.unread import Kind

VAULT = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/vault"
RULE = f"{NAMESPACE}/authorizationRules/send"


def exported(tenant: Tenant) -> None:
    """A data export rule sends sign-ins on to an account."""
    tenant.azure.workspaces[0].exports = [DataExport("more", ("SigninLogs",), VAULT, CREATED)]
    tenant.azure.storage_accounts.append(StorageAccount(VAULT, CREATED, [Container("am-signinlogs")]))


def captured(tenant: Tenant) -> None:
    """Capture writes what an event hub gets to an account."""
    tenant.azure.settings.append(
        DiagnosticSetting("feed", ("AuditLogs",), event_hub_authorization_rule_id=RULE, event_hub_name="logs")
    )
    tenant.azure.namespaces = [Namespace(NAMESPACE, CREATED, [EventHub("logs", Capture(VAULT, "captured"))])]
    tenant.azure.storage_accounts.append(StorageAccount(VAULT, CREATED, [Container("captured")]))


def connected(tenant: Tenant) -> None:
    """Sentinel's connector copies the unified audit log to a workspace that no diagnostic setting names."""
    made = workspace(OTHER_LAW)
    made.sentinel, made.settings = True, []
    made.connectors = [Connector("office", "Office365", {"exchange": True, "sharePoint": True, "teams": True})]
    tenant.azure.workspaces.append(made)


WAYS = [
    pytest.param(exported, VAULT, "storage account vault", "Storage Blob Data Owner", id="data export"),
    pytest.param(captured, VAULT, "storage account vault", "Storage Blob Data Owner", id="Capture"),
    pytest.param(connected, OTHER_LAW, "Log Analytics law-two", "Data Purger", id="connector"),
]


@pytest.mark.parametrize(("sends", "store", "name", "role"), WAYS)
def test_who_can_delete_from_a_store_counts_however_logs_come_to_it(
    tenant: Tenant, collected: Collected, sends: Callable[[Tenant], None], store: str, name: str, role: str
) -> None:
    sends(tenant)
    tenant.azure.role_holders += [holder(role, user(tenant, 20 + number), scope=store) for number in range(6)]
    found = collected(tenant)
    few, brief = found.finding("ACC-02"), found.finding("ACC-04")
    assert (few.status, few.condition) == (Status.FAIL, "at least 8 people can delete logs")
    assert (brief.status, brief.condition) == (Status.FAIL, "permanent assignments of the right to delete logs: 6")
    assert name in brief.cause


@pytest.mark.parametrize(("sends", "store", "name", "role"), WAYS)
def test_who_reads_a_store_is_recorded_however_logs_come_to_it(
    tenant: Tenant, collected: Collected, sends: Callable[[Tenant], None], store: str, name: str, role: str
) -> None:
    del store, role
    sends(tenant)
    part = collected(tenant).part("ACC-03", name)
    assert part.status is Status.FAIL
    assert "is recorded nowhere" in part.condition


def test_those_who_watch_must_read_the_workspace_that_a_connector_fills(tenant: Tenant, collected: Collected) -> None:
    connected(tenant)
    # who collects it reads it as well, and may be the one who watches
    assert collected(tenant).part("EXP-07", "Log Analytics law-two").status is Status.INDETERMINATE
    tenant.azure.role_holders.append(holder("Log Analytics Reader", guid(1), kind="Group", scope=OTHER_LAW))
    assert collected(tenant).part("EXP-07", "Log Analytics law-two").status is Status.PASS


@pytest.mark.parametrize(
    ("path", "checks"),
    [
        ("law-sec/dataExports", ("ACC-02", "ACC-03", "ACC-04")),
        ("law-two/providers/Microsoft.SecurityInsights", ("ACC-02", "ACC-03", "ACC-04", "EXP-07")),
    ],
)
def test_what_may_pass_logs_on_unseen_leaves_it_open(
    tenant: Tenant, collected: Collected, path: str, checks: tuple[str, ...]
) -> None:
    connected(tenant)
    tenant.azure.workspaces[1].settings = tenant.azure.workspaces[0].settings
    tenant.azure.role_holders.append(holder("Log Analytics Reader", guid(1), kind="Group", scope=OTHER_LAW))
    found = collected(tenant)
    assert {found.finding(check).status for check in checks} == {Status.PASS}
    tenant.override("arm", path, {"error": {"code": "AuthorizationFailed", "message": "no"}}, status=403)
    found = collected(tenant)
    for check in checks:
        finding = found.finding(check)
        assert finding.status is Status.INDETERMINATE, check
        assert finding.kind in (Kind.DENIED, Kind.INCOMPLETE), check


def test_a_store_that_is_gone_has_neither_holders_nor_readers(tenant: Tenant, collected: Collected) -> None:
    exported(tenant)
    tenant.azure.storage_accounts = [one for one in tenant.azure.storage_accounts if one.id == ACCOUNT]
    tenant.azure.role_holders += [
        holder("Storage Blob Data Owner", user(tenant, 20 + number), scope=VAULT) for number in range(6)
    ]
    found = collected(tenant)
    assert found.finding("ACC-02").status is Status.PASS
    assert {part.title for part in found.finding("ACC-03").parts} == {
        "Log Analytics law-sec",
        "storage account coldlogs",
        "the review",
    }
