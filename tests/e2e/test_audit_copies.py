"""Copies of the unified audit log: what Sentinel's connector brings in, where it goes on, and what nobody can see."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest
from kept_tenants import (
    AUDIT_LOG,
    CREATED,
    NOTHING_ELSE,
    STORAGE,
    WHOLE_LIST,
    Collected,
    agency,
    declared_store,
    sentinel,
    tables,
    told,
    workspace,
)

from compliance.assessment.declarations import Declarations
from compliance.assessment.verdict import Basis, Status
from compliance.cli.collect import datasets_for
from compliance.demo.azure import DataExport, Table
from compliance.demo.azure_stores import Container, LifecycleRule, StorageAccount
from compliance.demo.tenant import Tenant
from compliance.evidence.unread import Kind
from compliance.rules.facts import Certainty
from compliance.rules.log_sources import NON_USER_RECORDS
from compliance.rules.record_types import LOG_SOURCES

OFFICE = {
    "purview.mail_items_accessed",
    "purview.exchange_admin",
    "purview.exchange_item",
    "purview.sharepoint_file",
    "purview.teams",
}
OWN = """\
version: 1
id: own-1
title: Half a year of audit records
publisher: Contoso
published: 2026-01-01
url: https://contoso.example/policy
status: {force: in_force, since: 2026-01-01}
hot: {duration: {days: 180}, citation: section 4}
sources:
  - {id: purview.teams, citation: section 5}
"""


def guests(*brought_in: str, hot: int = 365, total: int = 1095) -> Tenant:
    """Everybody is a guest, whose records Purview keeps 180 days; a connector copies some kinds of data."""
    made = [*tables(), Table("OfficeActivity", hot, total)]
    tenant = agency(workspaces=[sentinel(*brought_in, made=made)])
    for user in tenant.users:
        user.user_type = "Guest"
    return tenant


def test_a_copy_that_the_connector_surely_makes_is_searchable_instead_of_purview(collected: Collected) -> None:
    judged = collected(guests("exchange"), AUDIT_LOG)
    finding = judged.finding("RET-01")
    part = next(one for one in finding.parts if one.id == "guest")
    assert (part.status, part.basis, part.certainty) == (Status.PASS, Basis.CONFIGURED, Certainty.MEDIUM)
    assert "Log Analytics law-sec keeps a copy from creation 365 days searchable" in part.condition
    assert "office-activity.mail-items-accessed" in part.facts
    assert {"arm.tables", "arm.data_connectors"} <= {one.dataset for one in finding.evidence}
    row = judged.rows()["purview.mail_items_accessed"]
    assert (row.store, row.hot_days, row.hot_status) == ("Log Analytics law-sec", 365, Status.PASS)
    assert {one.name for one in row.stores} == {"Microsoft Purview Audit", "Log Analytics law-sec"}


def test_what_is_read_for_one_check_alone_holds_the_copies_that_decide_it(collected: Collected) -> None:
    judged = collected(guests("exchange"), datasets_for(["RET-01"]))
    part = judged.parts("RET-01")["guest"]
    assert part.status is Status.PASS
    assert "Log Analytics law-sec keeps a copy from creation 365 days searchable" in part.condition


def test_what_the_connector_does_not_bring_in_stays_short(collected: Collected) -> None:
    """Exchange alone: SharePoint and Teams are switched off, and nothing brings in the records of Entra ID."""
    judged = collected(guests("exchange"), AUDIT_LOG)
    part = judged.parts("RET-02")["guest"]
    assert part.status is Status.FAIL
    for there in ("Exchange administration", "Actions on mailbox items"):
        assert there not in part.condition
    for missing in ("SharePoint and OneDrive files", "Microsoft Teams", "Microsoft Entra ID changes in the audit log"):
        assert missing in part.condition


def test_a_connector_that_is_switched_off_fills_no_table_however_long_that_keeps(collected: Collected) -> None:
    assert collected(guests(), AUDIT_LOG).parts("RET-01")["guest"].status is Status.FAIL


def test_a_table_that_is_too_short_saves_nothing_though_the_connector_is_on(collected: Collected) -> None:
    part = collected(guests("exchange", hot=300), AUDIT_LOG).parts("RET-01")["guest"]
    assert part.status is Status.FAIL


def test_a_connector_that_was_not_read_leaves_the_shortfall_open(collected: Collected) -> None:
    unread = tuple(name for name in AUDIT_LOG if name != "arm.data_connectors")
    judged = collected(guests("exchange"), unread)
    part = judged.parts("RET-01")["guest"]
    assert (part.status, part.kind) == (Status.INDETERMINATE, Kind.NOT_REQUESTED)
    assert "connector fills OfficeActivity of law-sec with Access to mail" in part.condition
    other = judged.parts("RET-02")["guest"]
    assert other.status is Status.FAIL
    assert "Microsoft Entra ID changes in the audit log" in other.condition
    assert "Exchange administration" not in other.condition


@pytest.mark.parametrize("table", [Table("OfficeActivity", 90, 90), Table("CloudAppEvents", 365, 1095)])
def test_a_table_that_is_too_short_or_holds_something_else_does_not_open_it_either(
    table: Table, collected: Collected
) -> None:
    tenant = agency(workspaces=[workspace(made=[*tables(), table])])
    for user in tenant.users:
        user.user_type = "Guest"
    unread = tuple(name for name in AUDIT_LOG if name != "arm.data_connectors")
    assert collected(tenant, unread).parts("RET-01")["guest"].status is Status.FAIL


def exported(delete_after: int | None) -> Tenant:
    """A connector that brings in everything, a table of one year, and a data export to a storage account."""
    made = [*tables(), Table("OfficeActivity", 365, 365)]
    rule = DataExport("cold", ("OfficeActivity",), STORAGE, CREATED)
    tenant = agency(workspaces=[replace(sentinel("exchange", "sharePoint", "teams", made=made), exports=[rule])])
    rules = None if delete_after is None else [LifecycleRule("end", delete_after_creation=delete_after)]
    tenant.azure.storage_accounts = [StorageAccount(STORAGE, CREATED, [Container("am-officeactivity")], rules)]
    return tenant


def test_the_records_of_applications_need_a_copy_beyond_the_year_that_purview_fixes(collected: Collected) -> None:
    judged = collected(exported(None), AUDIT_LOG)
    parts = judged.parts("RET-04", declarations=WHOLE_LIST)
    assert told(parts) == {Status.PASS: OFFICE, Status.INDETERMINATE: set(LOG_SOURCES) - OFFICE}
    assert parts["purview.entra_audit"].kind is Kind.NEEDS_ATTESTATION
    assert "no-other-stores" in str(parts["purview.entra_audit"].settle)
    assert "storage account coldlogs" in parts["purview.teams"].condition
    assert told(judged.parts("RET-04", "m-26-14")) == {Status.PASS: set(LOG_SOURCES)}


def test_where_nobody_keeps_them_anywhere_else_the_records_of_applications_fail(collected: Collected) -> None:
    parts = collected(exported(548), AUDIT_LOG).parts("RET-04", declarations=NOTHING_ELSE)
    assert told(parts) == {Status.FAIL: set(LOG_SOURCES)}
    assert "548 days (18 months) and 365 days run side by side" in " ".join(parts["purview.teams"].notes)


def test_no_policy_of_ten_years_reaches_the_records_of_applications(collected: Collected) -> None:
    tenant = agency()
    for policy in tenant.policies:
        policy.retention_duration = "TenYears"
    part = collected(tenant, AUDIT_LOG).parts("RET-04", declarations=NOTHING_ELSE)["purview.teams"]
    assert (part.status, part.certainty) == (Status.FAIL, Certainty.MEDIUM)
    assert part.condition.startswith("kept 12 months where 30 months are asked")


def test_a_store_that_is_declared_for_them_settles_the_records_of_applications(collected: Collected) -> None:
    judged = collected(agency(), AUDIT_LOG)
    declared = Declarations(stores=(declared_store(NON_USER_RECORDS),))
    finding = judged.finding("RET-04", declarations=declared)
    assert (finding.status, finding.basis) == (Status.PASS, Basis.ATTESTED)
    assert judged.parts("RET-08", declarations=declared)["non_user"].status is Status.PASS
    assert judged.parts("RET-08", declarations=declared)["member_with_audit_plan"].status is Status.INDETERMINATE
    row = judged.rows(declarations=declared)[NON_USER_RECORDS]
    assert (row.total_status, row.declared) == (Status.PASS, True)


def test_a_shortfall_in_purview_fails_in_total_only_where_there_is_said_to_be_nothing_else(
    collected: Collected,
) -> None:
    judged = collected(agency(), AUDIT_LOG)
    for declarations, status in ((WHOLE_LIST, Status.INDETERMINATE), (NOTHING_ELSE, Status.FAIL)):
        part = judged.parts("RET-08", declarations=declarations)["member_with_audit_plan"]
        assert part.status is status
        assert judged.rows(declarations=declarations)["purview.teams"].total_status is status
    unlisted = replace(NOTHING_ELSE, approved_subscriptions=None)
    part = judged.parts("RET-08", declarations=unlisted)["member_with_audit_plan"]
    assert (part.status, part.kind) == (Status.INDETERMINATE, Kind.NEEDS_ATTESTATION)
    assert "approved_subscriptions" in str(part.settle)


def test_a_workspace_that_nobody_may_read_keeps_a_shortfall_in_purview_open(collected: Collected) -> None:
    unread = tuple(name for name in AUDIT_LOG if name != "arm.resources")
    part = collected(agency(), unread).parts("RET-08", declarations=NOTHING_ELSE)["member_with_audit_plan"]
    assert (part.status, part.kind) == (Status.INDETERMINATE, Kind.NOT_REQUESTED)


def mixed() -> Tenant:
    """A member with the plan, one without any licence, a guest, and one whose sign-in is blocked."""
    tenant = agency()
    _, unlicensed, guest, blocked, *_ = tenant.users
    unlicensed.licences = []
    guest.user_type = "Guest"
    blocked.account_enabled, blocked.licences = False, []
    return tenant


def test_who_acts_without_the_audit_plan_fails_whatever_the_tenant_owns(collected: Collected) -> None:
    judged = collected(mixed(), AUDIT_LOG)
    parts = judged.parts("AUD-08")
    assert {name: part.status for name, part in parts.items()} == {
        "member_with_audit_plan": Status.PASS,
        "unlicensed": Status.FAIL,
        "guest": Status.NOT_APPLICABLE,
        "disabled": Status.INDETERMINATE,
        "non_user": Status.NOT_APPLICABLE,
    }
    assert parts["unlicensed"].count == 1
    assert parts["disabled"].kind is Kind.UNPROVEN


def test_no_plan_is_needed_where_a_declared_store_keeps_every_record(collected: Collected) -> None:
    judged = collected(mixed(), AUDIT_LOG)
    store = declared_store(*LOG_SOURCES)
    finding = judged.finding("AUD-08", declarations=Declarations(stores=(store,)))
    assert (finding.status, finding.basis) == (Status.PASS, Basis.ATTESTED)
    some = replace(store, sources=("purview.mail_items_accessed",))
    assert judged.finding("AUD-08", declarations=Declarations(stores=(some,))).status is Status.FAIL
    lapsed = replace(store, expires=dt.date(2026, 1, 31))
    finding = judged.finding("AUD-08", declarations=Declarations(stores=(lapsed,)))
    assert (finding.status, finding.kind) == (Status.INDETERMINATE, Kind.NEEDS_ATTESTATION)


def test_no_plan_is_needed_for_180_days_and_one_is_for_six_months(collected: Collected, tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(OWN, encoding="utf-8")
    judged = collected(mixed(), AUDIT_LOG)
    assert judged.finding("AUD-08", str(own)).status is Status.NOT_APPLICABLE
    assert judged.finding("AUD-08", "m-26-14").status is Status.FAIL
    assert judged.finding("EXP-01", str(own)).status is Status.NOT_APPLICABLE
    assert judged.finding("RET-05", str(own)).status is Status.NOT_APPLICABLE


@pytest.mark.parametrize("hot", ["{months: 24}", "{months: 12}"])
def test_a_standard_for_records_of_applications_alone_asks_nothing_of_accounts(
    hot: str, collected: Collected, tmp_path: Path
) -> None:
    own = tmp_path / "own.yaml"
    text = OWN.replace("{days: 180}", hot).replace("purview.teams", NON_USER_RECORDS)
    own.write_text(text, encoding="utf-8")
    judged = collected(mixed(), AUDIT_LOG)
    assert judged.finding("AUD-08", str(own)).status is Status.NOT_APPLICABLE
    for check in ("RET-01", "RET-02"):
        status = Status.FAIL if "24" in hot else Status.PASS
        assert told(judged.parts(check, str(own))) == {status: {"non_user"}}


def test_a_standard_without_records_of_read_mail_asks_nothing_of_them(collected: Collected, tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(OWN.replace("{days: 180}", "{months: 24}"), encoding="utf-8")
    judged = collected(mixed(), AUDIT_LOG)
    assert judged.finding("RET-01", str(own)).status is Status.NOT_APPLICABLE
    assert judged.finding("RET-02", str(own)).status is Status.FAIL
    own.write_text(OWN.replace("purview.teams", "purview.mail_items_accessed"), encoding="utf-8")
    assert judged.finding("RET-02", str(own)).status is Status.NOT_APPLICABLE
    assert judged.finding("RET-01", str(own)).status is Status.PASS


def test_accounts_that_were_not_read_leave_the_plan_open(collected: Collected) -> None:
    judged = collected(agency(), tuple(name for name in AUDIT_LOG if name != "graph.users"))
    finding = judged.finding("AUD-08")
    assert (finding.status, finding.kind) == (Status.INDETERMINATE, Kind.NOT_REQUESTED)


def test_a_scope_that_leaves_everybody_out_is_not_made_good_by_logs_of_entra(collected: Collected) -> None:
    everybody = "\n".join(
        f"      - {{class: {name}, reason: judged in another audit}}" for name in ("guests", "non-user")
    )
    scope = f"scope:\n  actors:\n    exclude:\n{everybody}\n"
    tenant = agency()
    for user in tenant.users:
        user.user_type = "Guest"
    judged = collected(tenant, AUDIT_LOG, scope)
    for check in ("RET-08", "RET-11"):
        finding = judged.finding(check, "m-26-14")
        assert finding.status is Status.INDETERMINATE
        assert "nobody was judged" in finding.condition
