"""A tenant that protects its logs in every way, and one that keeps them in a workspace alone."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from integrity_cases import ACCOUNT, CREATED, Collected

from compliance.assessment.declarations import NO_DECLARATIONS, Declarations, Statement
from compliance.assessment.verdict import Basis, Status
from compliance.demo.azure import (
    ACTIVITY_CATEGORIES,
    ENTRA_TABLES,
    Connector,
    DataExport,
    DiagnosticSetting,
    Table,
)
from compliance.demo.odd import Odd
from compliance.demo.tenant import Tenant
from compliance.evidence.unread import Kind

PASSING = ("INT-01", "INT-02", "INT-03", "INT-06", "INT-07", "RET-09", "RET-12")


def test_a_tenant_that_protects_its_logs_in_every_way_passes(tenant: Tenant, collected: Collected) -> None:
    judged = collected(tenant)
    for check in PASSING:
        finding = judged.finding(check)
        assert finding.status is Status.PASS, (check, finding.condition)
    for check in ("INT-04", "INT-08"):
        assert (judged.finding(check).status, judged.finding(check).kind) == (Status.INDETERMINATE, Kind.UNPROVEN)
    assert judged.finding("INT-08").cause == "how the clock of the machine that collected ran is not known"
    assert "whether an alert rule would tell of it is not read" in judged.finding("INT-04").condition


def test_subscriptions_that_nobody_saw_may_hold_other_stores(tenant: Tenant, collected: Collected) -> None:
    """Only the tenant's declared list tells that there is no other subscription."""
    judged = collected(tenant)
    for check in PASSING:
        finding = judged.finding(check, NO_DECLARATIONS)
        assert (finding.status, finding.kind) == (Status.INDETERMINATE, Kind.NEEDS_ATTESTATION), check


def test_copies_of_the_unified_audit_log_may_lie_in_subscriptions_that_nobody_saw(
    tenant: Tenant, collected: Collected
) -> None:
    """A standard that asks for the unified audit log alone asks for its copies too, and any workspace may have some."""
    tenant.azure.workspaces[0].sentinel = True
    tenant.azure.workspaces[0].connectors = [
        Connector("office", "Office365", {"exchange": True, "sharePoint": True, "teams": True})
    ]
    tenant.azure.workspaces[0].tables.append(Table("OfficeActivity", 365, 1095))
    tenant.azure.workspaces[0].exports = [DataExport("more", ("OfficeActivity",), ACCOUNT, CREATED)]
    judged = collected(tenant)
    for check in ("RET-09", "RET-12"):
        assert judged.finding(check, standard="scuba-5.2").status is Status.PASS, check
        finding = judged.finding(check, NO_DECLARATIONS, "scuba-5.2")
        assert (finding.status, finding.kind) == (Status.INDETERMINATE, Kind.NEEDS_ATTESTATION), check


def test_hashes_take_a_current_statement(tenant: Tenant, collected: Collected) -> None:
    judged = collected(tenant)
    without = judged.finding("INT-05")
    assert (without.status, without.kind) == (Status.INDETERMINATE, Kind.NEEDS_ATTESTATION)
    said = Statement(
        about="log-hashes",
        text="SHA-256 of each blob at export, kept in another tenant, a hundred of them verified each month",
        owner="ciso@bureau.example",
        declared_on=dt.date(2026, 1, 1),
        expires=dt.date(2027, 12, 31),
    )
    finding = judged.finding("INT-05", Declarations(statements=(said,)))
    assert (finding.status, finding.basis) == (Status.PASS, Basis.ATTESTED)
    other = Declarations(statements=(replace(said, about="soc-access"),))
    assert judged.finding("INT-05", other).status is Status.INDETERMINATE


def test_a_workspace_alone_is_no_place_where_nobody_can_delete(tenant: Tenant, collected: Collected) -> None:
    """1,095 days in Log Analytics meet the total period, and whoever owns the workspace can still purge it."""
    azure = tenant.azure
    azure.settings = [DiagnosticSetting("all", tuple(ENTRA_TABLES), workspace_id=azure.workspaces[0].id)]
    azure.subscriptions[0].settings = [
        DiagnosticSetting("activity", ACTIVITY_CATEGORIES, workspace_id=azure.workspaces[0].id)
    ]
    judged = collected(tenant)
    parts = judged.parts("INT-01")
    assert parts["Interactive sign-ins"].status is Status.FAIL
    assert parts["Azure Activity log"].status is Status.FAIL
    assert "whoever administers its stores can delete it" in parts["Interactive sign-ins"].condition
    for check in ("INT-02", "INT-03", "INT-07", "RET-09"):
        assert judged.finding(check).status is Status.NOT_APPLICABLE, check
    assert judged.finding("INT-06").status is Status.PASS


def test_a_standard_without_a_clause_on_protection_does_not_ask_for_immutability(
    tenant: Tenant, collected: Collected
) -> None:
    judged = collected(tenant)
    assert judged.finding("INT-01", standard="hipaa").status is Status.NOT_APPLICABLE


def test_what_may_not_be_read_never_passes(tenant: Tenant, collected: Collected) -> None:
    """The settings are there to read, and nothing in the subscription that holds the stores."""
    tenant.identity = replace(tenant.identity, azure_roles=(("Reader", "/providers/Microsoft.aadiam"),))
    judged = collected(tenant)
    for check in (*PASSING, "INT-04"):
        finding = judged.finding(check)
        assert finding.status is Status.INDETERMINATE, (check, finding.status, finding.condition)


def test_a_second_setting_to_nowhere_known_leaves_nothing_out(tenant: Tenant, collected: Collected) -> None:
    """A setting that lacks its destinations may send logs to a store that nobody looked at."""
    tenant.azure.settings.append(DiagnosticSetting("other", ("AuditLogs",), odd=Odd(absent=frozenset({"properties"}))))
    judged = collected(tenant)
    for check in ("INT-03", "INT-06", "INT-07", "RET-09"):
        finding = judged.finding(check)
        assert finding.status is Status.INDETERMINATE, check
        assert finding.condition.startswith("stores that were not seen"), finding.condition
