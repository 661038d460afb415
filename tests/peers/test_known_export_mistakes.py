"""Mistakes that other auditors are known to make with what Entra ID exports, over HTTP as the others here.

A test is named after the tool and its mistake; its docstring says what the tool does, as read from its public source.
"""

from __future__ import annotations

import pytest
from peer_audit import FAIL, INDETERMINATE, PASS, Audit

from compliance.demo.azure import ENTRA_TABLES, DiagnosticSetting, Table, Workspace
from compliance.demo.azure_stores import Container, LifecycleRule, StorageAccount
from compliance.demo.tenant import Tenant
from compliance.evidence.datasets import State

ALL = tuple(ENTRA_TABLES)


def only_setting(tenant: Tenant) -> DiagnosticSetting:
    (setting,) = tenant.azure.settings
    return setting


def table(tenant: Tenant, name: str) -> Table:
    (found,) = (one for one in tenant.azure.workspaces[0].tables if one.name == name)
    return found


def second_workspace(tenant: Tenant) -> Workspace:
    first = tenant.azure.workspaces[0]
    other = Workspace(
        first.id.replace(first.name, "other-logs"), first.created, first.modified, 365, list(first.tables)
    )
    tenant.azure.workspaces.append(other)
    return other


def test_scubagear_leaves_the_export_of_entra_logs_to_a_manual_check(audit: Audit, tenant: Tenant) -> None:
    """AAD.4.1 is not implemented: nothing reads the diagnostic settings, and nothing fails where there are none."""
    tenant.azure.settings.clear()
    outcome = audit(tenant)
    assert [outcome.status(check) for check in ("EXP-01", "RET-05", "RET-07", "RET-08")] == [FAIL] * 4


def test_maester_adds_up_what_goes_to_different_destinations(audit: Audit, tenant: Tenant) -> None:
    """AAD.4.1 takes the union of all settings' categories, wherever each of them goes."""
    setting = only_setting(tenant)
    setting.categories = ALL[:6]
    other = DiagnosticSetting("rest", categories=ALL[6:], workspace_id=second_workspace(tenant).id)
    tenant.azure.settings.append(other)
    assert audit(tenant).status("EXP-01") is FAIL


def test_maester_must_not_keep_apart_what_goes_to_the_same_destination(audit: Audit, tenant: Tenant) -> None:
    """Two settings may share a destination, where their categories do add up; and letter case says nothing."""
    setting = only_setting(tenant)
    setting.categories = ALL[:6]
    same = str(setting.workspace_id).upper()
    rest = tuple(category.lower() for category in ALL[6:])
    tenant.azure.settings.append(DiagnosticSetting("rest", categories=rest, workspace_id=same))
    outcome = audit(tenant)
    assert (outcome.status("EXP-01"), outcome.status("RET-05")) == (PASS, PASS)


def test_maester_passes_a_setting_without_a_destination(audit: Audit, tenant: Tenant) -> None:
    """It looks at categories alone."""
    only_setting(tenant).workspace_id = None
    outcome = audit(tenant)
    assert (outcome.status("EXP-01"), outcome.status("RET-05")) == (FAIL, FAIL)


def test_maester_passes_a_storage_account_that_keeps_a_week(audit: Audit, tenant: Tenant) -> None:
    """How long a destination keeps what it gets is not asked, nor whether it can be searched."""
    setting = only_setting(tenant)
    group = str(setting.workspace_id).partition("/Microsoft.OperationalInsights/")[0]
    setting.workspace_id, setting.storage_account_id = None, f"{group}/Microsoft.Storage/storageAccounts/week"
    made = [Container(f"insights-logs-{name.lower()}") for name in ALL]
    rules = [LifecycleRule("a week", delete_after_creation=7)]
    tenant.azure.storage_accounts.append(StorageAccount(setting.storage_account_id, tenant.now, made, rules))
    outcome = audit(tenant)
    assert [outcome.status(check) for check in ("EXP-01", "RET-05", "RET-08")] == [PASS, FAIL, FAIL]
    assert "7 days" in outcome.part("RET-08", "entra.microsoft_graph_activity_logs").condition


def test_maester_takes_a_workspace_that_was_deleted_for_a_destination(audit: Audit, tenant: Tenant) -> None:
    """A setting goes on naming a workspace that is gone."""
    tenant.azure.workspaces.clear()
    outcome = audit(tenant)
    assert outcome.state("arm.workspaces") is State.COMPLETE
    assert [outcome.status(check) for check in ("EXP-01", "RET-05", "RET-07")] == [FAIL] * 3


def test_nobody_looks_at_the_table_where_it_differs_from_its_workspace(audit: Audit, tenant: Tenant) -> None:
    """The workspace keeps 365 days by default, and the table of non-interactive sign-ins 30."""
    short = table(tenant, "AADNonInteractiveUserSignInLogs")
    short.retention_in_days, short.total_retention_in_days = 30, 1095
    outcome = audit(tenant)
    assert outcome.part("RET-05", "entra.non_interactive_user_sign_in_logs").status is FAIL
    assert outcome.part("RET-05", "entra.sign_in_logs").status is PASS
    assert outcome.part("RET-08", "entra.non_interactive_user_sign_in_logs").status is PASS


@pytest.mark.parametrize("plan", ["Basic", "Auxiliary"])
def test_nobody_asks_whether_a_table_can_be_searched(audit: Audit, tenant: Tenant, plan: str) -> None:
    """A table in the plan Basic can be searched for 30 days, one in Auxiliary not at once, whatever their total."""
    table(tenant, "SigninLogs").plan = plan
    outcome = audit(tenant)
    assert outcome.part("RET-05", "entra.sign_in_logs").status is FAIL
    assert outcome.part("RET-08", "entra.sign_in_logs").status is PASS


def test_nobody_tells_two_years_from_thirty_months(audit: Audit, tenant: Tenant) -> None:
    """730 days in all are 24 months: 365 of them are not counted a second time as an archive."""
    table(tenant, "SigninLogs").total_retention_in_days = 730
    only_setting(tenant).storage_account_id = None
    tenant.azure.workspaces[0].exports = []
    outcome = audit(tenant)
    assert outcome.part("RET-08", "entra.sign_in_logs").status is FAIL
    assert outcome.part("RET-05", "entra.sign_in_logs").status is PASS


def test_nobody_takes_an_azure_role_that_is_missing_for_what_it_is(audit: Audit, tenant: Tenant) -> None:
    """A 403 on the settings says nothing about the settings."""
    tenant.identity.azure_roles = ()
    outcome = audit(tenant)
    assert [outcome.status(check) for check in ("EXP-01", "RET-05", "RET-07")] == [INDETERMINATE] * 3
    assert "microsoft.aadiam" in (outcome.finding("EXP-01").settle or "").lower()
