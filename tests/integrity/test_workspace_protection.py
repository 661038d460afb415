"""INT-04 and RET-12: what was done to workspaces and tables, what locks them, and who may purge."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from integrity_cases import CREATED, GROUP, LAW, SUBSCRIPTION, Collected, workspace

from compliance.assessment.verdict import Status
from compliance.demo.azure import ENTRA_TABLES, DiagnosticSetting, Table
from compliance.demo.azure_access import ActivityEvent, Lock, RoleDefinition, RoleHolder
from compliance.demo.odd import stable_guid
from compliance.demo.tenant import Tenant
from compliance.evidence.unread import Kind

PREFIX = "Microsoft.OperationalInsights/workspaces"
NOBODY = "whether an alert rule would tell of it is not read"


def event(
    tenant: Tenant, what: str, days: float, at: str = LAW, status: str = "Succeeded", **changes: object
) -> ActivityEvent:
    made = ActivityEvent(tenant.now - dt.timedelta(days=days), f"{PREFIX}/{what}", at, "eve@bureau.example", status)
    return replace(made, **changes)


def holder(role: str, scope: str, **changes: object) -> RoleHolder:
    made = RoleHolder(role, scope, stable_guid(role), "User", role, CREATED)
    return replace(made, **changes)


def with_table(tenant: Tenant, *tables: Table) -> None:
    kept = [one for one in workspace().tables if one.name not in {table.name for table in tables}]
    tenant.azure.workspaces = [workspace(tables=[*kept, *tables])]


def test_a_purge_within_89_days_fails_and_an_older_one_is_no_longer_told(tenant: Tenant, collected: Collected) -> None:
    tenant.azure.events = [event(tenant, "purge/action", 88.0)]
    finding = collected(tenant).finding("INT-04")
    assert finding.status is Status.FAIL
    assert "microsoft.operationalinsights/workspaces/purge/action" in finding.condition
    assert "by eve@bureau.example" in finding.condition


def test_what_failed_or_was_done_to_other_tables_is_nothing(tenant: Tenant, collected: Collected) -> None:
    tenant.azure.events = [
        event(tenant, "purge/action", 5, status="Started", correlation="purge"),
        event(tenant, "purge/action", 4.9, status="Failed", correlation="purge"),
        event(tenant, "tables/delete", 5, f"{LAW}/tables/search_SRCH"),
        event(tenant, "purge/action", 5, f"{LAW}-other"),
        event(tenant, "tables/read", 5),
    ]
    finding = collected(tenant).finding("INT-04")
    assert (finding.status, finding.kind) == (Status.INDETERMINATE, Kind.UNPROVEN)
    assert NOBODY in finding.condition


@pytest.mark.parametrize(("days", "correlation"), [(5.0, "purge"), (19.9, "another"), (19.9, ""), (20.5, "purge")])
def test_a_purge_whose_outcome_is_not_told_is_open(
    tenant: Tenant, collected: Collected, days: float, correlation: str
) -> None:
    """A failure of another operation, or long after, or before, is not its outcome."""
    tenant.azure.events = [
        event(tenant, "purge/action", 20, status="Accepted", correlation="purge"),
        event(tenant, "purge/action", days, status="Failed", correlation=correlation),
    ]
    finding = collected(tenant).finding("INT-04")
    assert finding.status is Status.INDETERMINATE
    assert "with an outcome that is not told" in finding.condition


def test_deleting_rows_or_a_table_of_logs_fails(tenant: Tenant, collected: Collected) -> None:
    tenant.azure.events = [event(tenant, "tables/deleteData/action", 40, f"{LAW}/tables/SigninLogs")]
    assert collected(tenant).finding("INT-04").status is Status.FAIL


def test_a_workspace_without_a_lock_at_it_or_above_fails(tenant: Tenant, collected: Collected) -> None:
    tenant.azure.locks = [Lock(f"{GROUP}-two", "elsewhere"), Lock(f"{LAW}/tables/SigninLogs", "inside")]
    finding = collected(tenant).finding("INT-04")
    assert finding.status is Status.FAIL
    assert "no lock forbids to delete from it" in finding.condition


def test_a_standing_data_purger_and_a_role_made_by_hand_that_deletes_fail(tenant: Tenant, collected: Collected) -> None:
    tenant.azure.custom_roles = [
        RoleDefinition(stable_guid("cleaner"), "Cleaner", ("*/delete",), custom=True),
        RoleDefinition(stable_guid("tidy"), "Tidy", ("Microsoft.Compute/*/delete",), custom=True),
    ]
    tenant.azure.role_holders = [
        holder("Data Purger", f"/subscriptions/{SUBSCRIPTION}"),
        holder("Cleaner", GROUP),
        holder("Tidy", GROUP),
        holder("Owner", GROUP),
        holder("Data Purger", f"{GROUP}-two", principal_id=stable_guid("elsewhere")),
    ]
    finding = collected(tenant).finding("INT-04")
    assert finding.status is Status.FAIL
    assert "Data Purger" in finding.condition
    assert "Cleaner" in finding.condition
    assert "Tidy" not in finding.condition
    assert "Owner" not in finding.condition
    assert stable_guid("elsewhere") not in finding.condition


def test_a_purger_for_the_hour_and_one_who_may_become_it_are_no_standing_ones(
    tenant: Tenant, collected: Collected
) -> None:
    tenant.azure.role_holders = [
        holder("Data Purger", LAW, activated=True, ends=tenant.now + dt.timedelta(hours=1)),
        holder("Data Purger", LAW, eligible=True, principal_id=stable_guid("eligible")),
    ]
    finding = collected(tenant).finding("INT-04")
    assert finding.status is Status.INDETERMINATE
    assert NOBODY in finding.condition


def test_a_workspace_that_was_deleted_fails_although_it_is_not_there(tenant: Tenant, collected: Collected) -> None:
    tenant.azure.workspaces = []
    tenant.azure.events = [event(tenant, "delete", 12)]
    judged = collected(tenant)
    assert judged.finding("INT-04").status is Status.FAIL
    assert judged.finding("RET-12").status is Status.FAIL


def test_a_workspace_that_was_long_gone_is_no_store(tenant: Tenant, collected: Collected) -> None:
    tenant.azure.workspaces = []
    judged = collected(tenant)
    assert judged.finding("INT-04").status is Status.NOT_APPLICABLE
    assert judged.finding("RET-12").status is Status.NOT_APPLICABLE


def test_a_short_table_that_was_written_of_late_may_have_been_shortened(tenant: Tenant, collected: Collected) -> None:
    """By a PATCH, by a PUT that reset it, or by a change of plan: the Activity log tells of all three alike."""
    with_table(
        tenant,
        Table("SigninLogs", 365, 730),
        Table("AuditLogs", 30, 1095, "Basic"),
        Table("AADNonInteractiveUserSignInLogs", 30, 30),
        Table("AADRiskyUsers", 30, 30),
        Table("AzureActivity", 0, 1095, "Auxiliary"),
    )
    tenant.azure.events = [
        event(tenant, "tables/write", 29, f"{LAW}/tables/SigninLogs"),
        event(tenant, "tables/write", 3, f"{LAW}/tables/auditlogs".upper(), operation=f"{PREFIX}/TABLES/WRITE"),
        event(tenant, "tables/write", 31, f"{LAW}/tables/AADNonInteractiveUserSignInLogs"),
        event(tenant, "tables/write", 3, f"{LAW}/tables/AADRiskyUsers", status="Failed"),
        event(tenant, "tables/write", 3, f"{LAW}/tables/AzureActivity"),
        event(tenant, "tables/write", 3, f"{LAW}/tables/AADUserRiskEvents"),
    ]
    parts = {title.partition(" ")[0]: part for title, part in collected(tenant).parts("RET-12").items()}
    for name in ("SigninLogs", "AuditLogs", "AzureActivity"):
        assert (parts[name].status, parts[name].kind) == (Status.INDETERMINATE, Kind.UNPROVEN), name
        assert "may have shortened it" in parts[name].condition
    for name in ("AADNonInteractiveUserSignInLogs", "AADRiskyUsers"):
        assert (parts[name].status, len(parts[name].notes)) == (Status.PASS, 1), name
    assert (parts["AADUserRiskEvents"].status, parts["AADUserRiskEvents"].notes) == (Status.PASS, ())


def test_the_failure_of_one_change_is_not_the_outcome_of_another(tenant: Tenant, collected: Collected) -> None:
    """Whoever shortens a table and then fails at it again has shortened it all the same."""
    with_table(tenant, Table("SigninLogs", 30, 30))
    table = f"{LAW}/tables/SigninLogs"
    tenant.azure.events = [
        event(tenant, "tables/write", 5, table, status="Accepted", correlation="first"),
        event(tenant, "tables/write", 4.9, table, status="Failed", correlation="second"),
    ]
    part = next(one for title, one in collected(tenant).parts("RET-12").items() if title.startswith("SigninLogs "))
    assert (part.status, part.kind) == (Status.INDETERMINATE, Kind.UNPROVEN)
    for one in tenant.azure.events:
        one.correlation = "first"
    part = next(one for title, one in collected(tenant).parts("RET-12").items() if title.startswith("SigninLogs "))
    assert part.status is Status.PASS


def test_writing_the_workspace_may_have_shortened_every_short_table(tenant: Tenant, collected: Collected) -> None:
    with_table(tenant, Table("SigninLogs", 30, 30))
    tenant.azure.events = [event(tenant, "write", 10)]
    judged = collected(tenant)
    parts = {title.partition(" ")[0]: part.status for title, part in judged.parts("RET-12").items()}
    assert parts["SigninLogs"] is Status.INDETERMINATE
    assert parts["AuditLogs"] is Status.PASS


def test_a_required_table_that_was_deleted_within_30_days_fails(tenant: Tenant, collected: Collected) -> None:
    """It is there again and keeps enough, but what it held is gone."""
    tenant.azure.events = [
        event(tenant, "tables/delete", 20, f"{LAW}/tables/SigninLogs"),
        event(tenant, "tables/delete", 31, f"{LAW}/tables/AuditLogs"),
        event(tenant, "tables/delete", 20, f"{LAW}/tables/AADRiskyUsers", status="Started"),
    ]
    parts = {title.partition(" ")[0]: part.status for title, part in collected(tenant).parts("RET-12").items()}
    assert parts["SigninLogs"] is Status.FAIL
    assert parts["AuditLogs"] is Status.PASS
    assert parts["AADRiskyUsers"] is Status.INDETERMINATE


def test_the_deletion_of_a_table_that_is_not_told_may_be_of_any(tenant: Tenant, collected: Collected) -> None:
    tenant.azure.events = [event(tenant, "tables/delete", 20)]
    judged = collected(tenant)
    assert {part.status for part in judged.parts("RET-12").values()} == {Status.INDETERMINATE}
    assert "of a table that is not told" in judged.finding("INT-04").condition


def test_without_the_activity_log_every_table_is_open(tenant: Tenant, collected: Collected) -> None:
    """The reader may read the workspace, and nothing of the subscription that it lies in.

    A long table may have been deleted of late, and made again.
    """
    tenant.azure.settings = [DiagnosticSetting("all", tuple(ENTRA_TABLES), workspace_id=LAW)]
    tenant.azure.subscriptions[0].settings = []
    with_table(tenant, Table("SigninLogs", 30, 30))
    roles = (("Reader", "/providers/Microsoft.aadiam"), ("Log Analytics Reader", LAW))
    tenant.identity = replace(tenant.identity, azure_roles=roles)
    judged = collected(tenant)
    parts = {title.partition(" ")[0]: part.status for title, part in judged.parts("RET-12").items()}
    assert parts["SigninLogs"] is Status.INDETERMINATE
    assert parts["AuditLogs"] is Status.INDETERMINATE
    assert judged.finding("INT-04").status is Status.INDETERMINATE
