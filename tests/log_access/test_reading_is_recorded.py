"""ACC-03 over HTTP: who reads logs is recorded where it lasts, and somebody looks at it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from log_access_cases import ACCOUNT, DECLARED, LAW, OTHER_LAW, Collected, said, workspace

from compliance.assessment.verdict import Status
from compliance.demo.azure import DiagnosticSetting
from compliance.demo.tenant import Tenant
from compliance.evidence.unread import Kind

WORKSPACE, ARCHIVE = "Log Analytics law-sec", "storage account coldlogs"


def test_all_is_recorded_and_reviewed(tenant: Tenant, collected: Collected) -> None:
    finding = collected(tenant).finding("ACC-03")
    assert finding.status is Status.PASS
    assert {part.title for part in finding.parts} == {WORKSPACE, ARCHIVE, "the review"}


@pytest.mark.parametrize("groups", [("audit",), ("allLogs",)])
def test_a_group_of_categories_records_searches_too(
    tenant: Tenant, collected: Collected, groups: tuple[str, ...]
) -> None:
    tenant.azure.workspaces[0].settings = [DiagnosticSetting("readers", (), groups, workspace_id=LAW)]
    assert collected(tenant).part("ACC-03", WORKSPACE).status is Status.PASS


def test_what_is_recorded_into_the_same_store_and_soon_gone_fails(tenant: Tenant, collected: Collected) -> None:
    tenant.azure.workspaces = [workspace(LAQueryLogs=30)]
    next(one for one in tenant.azure.workspaces[0].tables if one.name == "LAQueryLogs").total_retention_in_days = 30
    part = collected(tenant).part("ACC-03", WORKSPACE)
    assert part.status is Status.FAIL
    assert "kept less than 90 days" in part.condition


def test_what_is_recorded_nowhere_fails(tenant: Tenant, collected: Collected) -> None:
    tenant.azure.workspaces[0].settings = [DiagnosticSetting("jobs", ("Jobs",), workspace_id=LAW)]
    tenant.azure.storage_accounts[0].settings = [DiagnosticSetting("reads", ("StorageRead",), workspace_id=LAW)]
    found = collected(tenant)
    assert found.part("ACC-03", WORKSPACE).condition == "Audit of Log Analytics law-sec is recorded nowhere"
    archive = found.part("ACC-03", ARCHIVE)
    assert archive.status is Status.FAIL
    assert "StorageRead" not in archive.condition
    assert "StorageDelete" in archive.condition


def test_what_is_sent_to_a_workspace_that_is_gone_fails(tenant: Tenant, collected: Collected) -> None:
    tenant.azure.settings.append(DiagnosticSetting("once", ("AuditLogs",), workspace_id=OTHER_LAW))
    tenant.azure.workspaces[0].settings = [DiagnosticSetting("readers", ("Audit",), workspace_id=OTHER_LAW)]
    assert collected(tenant).part("ACC-03", WORKSPACE).status is Status.FAIL


def test_what_goes_to_an_event_hub_is_open(tenant: Tenant, collected: Collected) -> None:
    rule = f"{ACCOUNT.partition('/providers/')[0]}/providers/Microsoft.EventHub/namespaces/siem-feed"
    tenant.azure.workspaces[0].settings = [
        DiagnosticSetting("readers", ("Audit",), event_hub_authorization_rule_id=f"{rule}/authorizationRules/send")
    ]
    assert collected(tenant).part("ACC-03", WORKSPACE).status is not Status.PASS


def test_settings_that_were_refused_are_open(tenant: Tenant, collected: Collected) -> None:
    error = {"error": {"code": "AuthorizationFailed", "message": "no"}}
    tenant.override("arm", "law-sec/providers/Microsoft.Insights/diagnosticSettings", error, status=403)
    part = collected(tenant).part("ACC-03", WORKSPACE)
    assert part.status is Status.INDETERMINATE


@pytest.mark.parametrize(
    ("declared_on", "expected"), [("2026-08-19", Status.PASS), ("2026-08-17", Status.INDETERMINATE)]
)
def test_a_review_holds_for_ninety_days(
    tenant: Tenant, collected: Collected, declared_on: str, expected: Status
) -> None:
    declared = replace(DECLARED, statements=(said("log-access-review", declared_on),))
    part = collected(tenant).part("ACC-03", "the review", declared)
    assert part.status is expected
    assert expected is Status.PASS or part.kind is Kind.NEEDS_ATTESTATION
