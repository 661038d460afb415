"""EXP-03 over HTTP: the unified audit log is exported, content type by content type."""

from __future__ import annotations

from dataclasses import replace

import pytest
from log_access_cases import DECLARED, Collected, declared_store, said

from compliance.assessment.declarations import Copied
from compliance.assessment.verdict import Basis, Status
from compliance.demo.azure import Connector
from compliance.demo.tenant import Tenant
from compliance.evidence.unread import Kind
from compliance.rules.record_types import LOG_SOURCES

EVERYTHING = replace(DECLARED, stores=(declared_store(*LOG_SOURCES),))
NOTHING_ELSE = replace(DECLARED, statements=(said("no-other-stores"),))
TYPES = ("Audit.Exchange", "Audit.SharePoint", "Audit.AzureActiveDirectory", "Audit.General")


def connect(tenant: Tenant, *kinds: str) -> None:
    """Let Microsoft Sentinel's connector bring in some kinds of data."""
    states = {kind: kind in kinds for kind in ("exchange", "sharePoint", "teams")}
    tenant.azure.workspaces[0].sentinel = True
    tenant.azure.workspaces[0].connectors = [Connector("office", "Office365", states)]


def test_the_connector_never_stands_for_all_of_audit_general(tenant: Tenant, collected: Collected) -> None:
    connect(tenant, "exchange", "sharePoint", "teams")
    found = collected(tenant)
    statuses = {part.id: part.status for part in found.finding("EXP-03").parts}
    assert statuses == {**dict.fromkeys(TYPES, Status.PASS), "Audit.General": Status.INDETERMINATE}
    part = found.part("EXP-03", "Audit.General", NOTHING_ELSE)
    assert part.status is Status.FAIL
    assert "Teams" not in part.condition


def test_what_the_connector_leaves_off_is_not_exported(tenant: Tenant, collected: Collected) -> None:
    connect(tenant, "sharePoint")
    found = collected(tenant)
    assert found.part("EXP-03", "Audit.Exchange").kind is Kind.NEEDS_ATTESTATION
    assert found.part("EXP-03", "Audit.Exchange", NOTHING_ELSE).status is Status.FAIL


def test_nothing_fails_before_somebody_states_that_there_is_no_other_store(
    tenant: Tenant, collected: Collected
) -> None:
    found = collected(tenant)
    assert all(part.status is not Status.FAIL for part in found.finding("EXP-03").parts)
    unlisted = replace(NOTHING_ELSE, approved_subscriptions=None)
    assert all(part.status is not Status.FAIL for part in found.finding("EXP-03", unlisted).parts)
    assert found.finding("EXP-03", NOTHING_ELSE).status is Status.FAIL


def test_a_store_that_is_declared_to_hold_every_source_is_an_export(tenant: Tenant, collected: Collected) -> None:
    found = collected(tenant)
    finding = found.finding("EXP-03", EVERYTHING)
    assert finding.status is Status.PASS
    assert next(part for part in finding.parts if part.id == "Audit.General").basis is Basis.ATTESTED
    some = replace(DECLARED, stores=(declared_store(*(one for one in LOG_SOURCES if one != "purview.audit_config")),))
    assert found.part("EXP-03", "Audit.General", some).status is Status.INDETERMINATE


@pytest.mark.parametrize("change", [{"expires": None}, {"copied": "moved_after_hot"}])
def test_a_declaration_that_cannot_be_relied_on_is_no_export(
    tenant: Tenant, collected: Collected, change: dict[str, str]
) -> None:
    changes = {key: Copied(value) if key == "copied" else value for key, value in change.items()}
    store = replace(declared_store(*LOG_SOURCES), **changes)
    declared = replace(NOTHING_ELSE, stores=(store,))
    part = collected(tenant).part("EXP-03", "Audit.General", declared)
    assert (part.status, part.kind) == (Status.INDETERMINATE, Kind.NEEDS_ATTESTATION)


def test_sign_ins_that_are_not_sent_are_not_exported(tenant: Tenant, collected: Collected) -> None:
    tenant.azure.settings[0].categories = ("AuditLogs",)
    part = collected(tenant).part("EXP-03", "Audit.AzureActiveDirectory", NOTHING_ELSE)
    assert part.status is Status.FAIL
    assert "sign-ins" in part.condition
    assert "changes" not in part.condition


def test_connectors_that_were_refused_leave_it_open(tenant: Tenant, collected: Collected) -> None:
    connect(tenant, "exchange", "sharePoint")
    error = {"error": {"code": "AuthorizationFailed", "message": "no"}}
    tenant.override("arm", "Microsoft.SecurityInsights/dataConnectors", error, status=403)
    part = collected(tenant).part("EXP-03", "Audit.Exchange", NOTHING_ELSE)
    assert (part.status, part.kind) == (Status.INDETERMINATE, Kind.DENIED)


def test_a_connector_of_a_workspace_over_its_daily_quota_is_open(tenant: Tenant, collected: Collected) -> None:
    connect(tenant, "exchange", "sharePoint", "teams")
    tenant.azure.workspaces[0].ingestion = "OverQuota"
    part = collected(tenant).part("EXP-03", "Audit.Exchange", NOTHING_ELSE)
    assert (part.status, part.kind) == (Status.INDETERMINATE, Kind.UNPROVEN)


def test_a_connector_of_a_workspace_that_takes_nothing_in_is_no_export(tenant: Tenant, collected: Collected) -> None:
    connect(tenant, "exchange", "sharePoint", "teams")
    tenant.azure.workspaces[0].ingestion = "ForceOff"
    assert collected(tenant).part("EXP-03", "Audit.Exchange", NOTHING_ELSE).status is Status.FAIL


def test_what_is_not_recorded_is_not_exported_wherever_it_would_go(tenant: Tenant, collected: Collected) -> None:
    connect(tenant, "exchange", "sharePoint", "teams")
    tenant.audit_log_config.unified_audit_log_ingestion_enabled = False
    found = collected(tenant)
    for part in ("Audit.Exchange", "Audit.SharePoint", "Audit.General"):
        assert found.part("EXP-03", part, EVERYTHING).status is Status.INDETERMINATE, part
    assert found.part("EXP-03", "Audit.AzureActiveDirectory").status is Status.PASS
