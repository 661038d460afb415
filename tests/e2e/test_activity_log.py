"""The Activity log of every subscription: the forgotten one, the unreadable one, and those that nobody listed."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from kept_tenants import (
    CATEGORIES,
    CREATED,
    ENTRA,
    LAW,
    NOTHING_ELSE,
    OTHER_LAW,
    READER,
    SIGN_INS,
    STORAGE,
    SUBSCRIPTION,
    WHOLE_LIST,
    Collected,
    activity,
    agency,
    declared_store,
    tables,
    workspace,
)

from compliance.assessment.declarations import NO_DECLARATIONS, Declarations
from compliance.assessment.verdict import Basis, Status
from compliance.demo.azure import DiagnosticSetting, Subscription, Table, Workspace
from compliance.demo.azure_stores import Container, LifecycleRule, StorageAccount
from compliance.demo.catalogue import Product, ServicePlan
from compliance.demo.odd import NOT_ODD, Odd
from compliance.demo.tenant import Sku, Tenant
from compliance.evidence.unread import Kind
from compliance.rules.log_sources import AZURE_ACTIVITY, CLOUD_APP_EVENTS, REQUIRED_ACTIVITY
from compliance.rules.periods import add_months

FORGOTTEN = "22222222-2222-4333-8444-555555555555"
CUSTOMER = "77777777-3333-4444-8555-666666666666"
BOTH = Declarations(
    approved_subscriptions=replace(WHOLE_LIST.approved_subscriptions, ids=(SUBSCRIPTION, FORGOTTEN.upper()))
)


def with_another(*settings: DiagnosticSetting, state: str = "Enabled", readable: bool = True) -> Tenant:
    """The tenant with a second subscription, and a right to read its settings unless it may only be listed."""
    tenant = agency()
    tenant.azure.subscriptions.append(Subscription(FORGOTTEN, "Forgotten", state, list(settings)))
    role = "Reader" if readable else "Billing Reader"
    tenant.identity = replace(tenant.identity, azure_roles=(*READER, (role, f"/subscriptions/{FORGOTTEN}")))
    return tenant


def test_a_year_in_a_workspace_passes_only_where_all_subscriptions_are_declared_and_read(collected: Collected) -> None:
    judged = collected(agency())
    open_ = judged.finding("RET-06")
    assert (open_.status, open_.kind) == (Status.INDETERMINATE, Kind.NEEDS_ATTESTATION)
    assert "approved_subscriptions in declarations.yaml" in str(open_.settle)
    finding = judged.finding("RET-06", declarations=WHOLE_LIST)
    assert (finding.status, finding.basis, finding.affected_total) == (Status.PASS, Basis.CONFIGURED, 1)
    assert "management groups" in " ".join(finding.notes)
    row = judged.rows(declarations=WHOLE_LIST)[AZURE_ACTIVITY]
    assert (row.store, row.hot_days, row.total_days, row.status) == ("Log Analytics law-sec", 365, 1095, Status.PASS)


def test_a_list_that_has_lapsed_or_that_names_another_subscription_leaves_it_open(collected: Collected) -> None:
    judged = collected(agency())
    lapsed = replace(WHOLE_LIST.approved_subscriptions, expires=dt.date(2026, 1, 31))
    assert judged.finding("RET-06", declarations=Declarations(approved_subscriptions=lapsed)).kind is (
        Kind.NEEDS_ATTESTATION
    )
    finding = judged.finding("RET-06", declarations=BOTH)
    assert (finding.status, finding.kind) == (Status.INDETERMINATE, Kind.INCOMPLETE)
    assert FORGOTTEN in finding.condition.lower()


def test_one_forgotten_subscription_fails_and_is_named(collected: Collected) -> None:
    judged = collected(with_another())
    for declarations in (BOTH, WHOLE_LIST):
        finding = judged.finding("RET-06", declarations=declarations)
        assert finding.status is Status.FAIL
        assert finding.condition.startswith("1 of 2 subscriptions: Forgotten: Azure Activity log keeps it 90 days")
        assert [(one.name, one.decided) for one in finding.samples] == [("Forgotten", True)]
    assert judged.parts("RET-08", declarations=BOTH)[AZURE_ACTIVITY].status is Status.FAIL
    assert judged.rows(declarations=BOTH)[AZURE_ACTIVITY].witness.startswith("Forgotten: ")


def test_a_disabled_subscription_is_judged_and_said_to_be_one(collected: Collected) -> None:
    finding = collected(with_another(state="Disabled")).finding("RET-06", declarations=BOTH)
    assert finding.status is Status.FAIL
    assert "judged although not in the state Enabled: Forgotten" in finding.notes


def test_a_subscription_whose_settings_nobody_may_read_is_open_and_named(collected: Collected) -> None:
    finding = collected(with_another(readable=False)).finding("RET-06", declarations=BOTH)
    assert finding.status is Status.INDETERMINATE
    assert "Forgotten" in f"{finding.condition} {' '.join(finding.notes)}"


def test_one_that_nobody_may_read_does_not_excuse_one_that_was_read_and_exports_nothing(collected: Collected) -> None:
    tenant = with_another(activity(), readable=False)
    tenant.azure.subscriptions[0].settings = []
    finding = collected(tenant).finding("RET-06", declarations=BOTH)
    assert finding.status is Status.FAIL
    assert [(one.name, one.decided) for one in finding.samples] == [("Logging", True), ("Forgotten", False)]


@pytest.mark.parametrize("missing", REQUIRED_ACTIVITY)
def test_every_category_counts_for_itself(missing: str, collected: Collected) -> None:
    tenant = agency()
    kept = tuple(name for name in REQUIRED_ACTIVITY if name != missing)
    tenant.azure.subscriptions[0].settings = [activity(*kept)]
    finding = collected(tenant).finding("RET-06", declarations=WHOLE_LIST)
    assert finding.status is Status.FAIL
    assert finding.cause.startswith(f"{missing} in Azure Activity log")


def test_categories_in_two_workspaces_that_both_keep_a_year_are_kept_a_year(collected: Collected) -> None:
    tenant = agency(workspaces=[workspace(), workspace(OTHER_LAW)])
    one, other = activity(*REQUIRED_ACTIVITY[:2]), activity(*REQUIRED_ACTIVITY[2:], workspace_id=OTHER_LAW)
    tenant.azure.subscriptions[0].settings = [replace(one, name="one"), replace(other, name="two")]
    assert collected(tenant).finding("RET-06", declarations=WHOLE_LIST).status is Status.PASS


def test_a_group_of_another_name_may_hold_anything(collected: Collected) -> None:
    tenant = agency()
    tenant.azure.subscriptions[0].settings = [DiagnosticSetting("some", (), ("audit",), workspace_id=LAW)]
    finding = collected(tenant).finding("RET-06", declarations=WHOLE_LIST)
    assert (finding.status, finding.kind) == (Status.INDETERMINATE, Kind.UNPROVEN)


def test_the_table_of_the_activity_log_counts_by_its_own_days(collected: Collected) -> None:
    made = tables(AzureActivity=Table("AzureActivity", 90, 1095))
    judged = collected(agency(workspaces=[workspace(made=made)]))
    finding = judged.finding("RET-06", declarations=WHOLE_LIST)
    assert finding.status is Status.FAIL
    assert "in Log Analytics law-sec: plan Analytics: 90 days interactive, 1095 days in all" in finding.cause
    assert judged.parts("RET-08", declarations=WHOLE_LIST)[AZURE_ACTIVITY].status is Status.PASS


def test_its_container_in_a_storage_account_is_kept_and_not_searchable(collected: Collected) -> None:
    tenant = agency()
    setting = DiagnosticSetting("cold", (), ("allLogs",), storage_account_id=STORAGE)
    tenant.azure.subscriptions[0].settings = [setting]
    tenant.azure.storage_accounts = [StorageAccount(STORAGE, CREATED, [Container("insights-activity-logs")])]
    judged = collected(tenant)
    assert judged.finding("RET-06", declarations=WHOLE_LIST).status is Status.FAIL
    assert judged.parts("RET-08", declarations=WHOLE_LIST)[AZURE_ACTIVITY].status is Status.PASS


def test_a_destination_that_is_gone_keeps_nothing_and_is_named(collected: Collected) -> None:
    tenant = agency()
    tenant.azure.subscriptions[0].settings = [activity(workspace_id=OTHER_LAW)]
    finding = collected(tenant).finding("RET-06", declarations=WHOLE_LIST)
    assert finding.status is Status.FAIL
    assert "what goes to Log Analytics law-two is lost" in finding.cause


def test_a_setting_that_cannot_be_read_may_send_it_anywhere(collected: Collected) -> None:
    tenant = agency()
    odd = DiagnosticSetting("odd", odd=Odd({"properties": {"logs": "none"}}))
    tenant.azure.subscriptions[0].settings = [odd]
    finding = collected(tenant).finding("RET-06", declarations=WHOLE_LIST)
    assert (finding.status, finding.kind) == (Status.INDETERMINATE, Kind.MALFORMED)


def test_a_declared_store_settles_it_for_every_subscription(collected: Collected) -> None:
    declared = replace(BOTH, stores=(declared_store(AZURE_ACTIVITY),))
    finding = collected(with_another()).finding("RET-06", declarations=declared)
    assert (finding.status, finding.basis) == (Status.PASS, Basis.ATTESTED)


@pytest.mark.parametrize("dataset", ["arm.subscriptions", "arm.activity_log_settings"])
def test_nothing_is_said_of_subscriptions_that_were_not_read(dataset: str, collected: Collected) -> None:
    judged = collected(agency(), tuple(name for name in ENTRA if name != dataset))
    finding = judged.finding("RET-06", declarations=WHOLE_LIST)
    assert finding.status is Status.INDETERMINATE
    assert judged.rows(declarations=WHOLE_LIST)[AZURE_ACTIVITY].status is Status.INDETERMINATE


def test_a_workspace_three_weeks_old_shows_no_more_than_three_weeks_today(collected: Collected) -> None:
    made = agency().now - dt.timedelta(days=21)
    young = Workspace(LAW, made, made, retention_in_days=365, tables=tables())
    rows = collected(agency(workspaces=[young])).rows()
    for source in (AZURE_ACTIVITY, "entra.sign_in_logs"):
        assert rows[source].hot_days == 365
        assert rows[source].at_most_today_days == 21
        assert rows[source].total_at_most_today_days == 21
        assert rows[source].proven_days is None
        assert rows[source].full_on == rows[source].total_full_on == add_months(made.date(), 30)


def defended(*made: Table) -> Tenant:
    """A tenant with Defender for Cloud Apps, whose events may go to a table."""
    tenant = agency(workspaces=[workspace(made=[*tables(), *made])])
    plan = ServicePlan("2e2ddb96-6af9-4b1d-a3f0-d6ecfd22edb2", "ADALLOM_S_STANDALONE", "Adallom")
    tenant.skus.append(Sku(Product("df845ce7-05f9-4894-b5f2-11bbfbcfd2b6", "ADALLOM_STANDALONE", (plan,)), 10))
    return tenant


def test_events_of_cloud_applications_last_30_days_unless_they_are_streamed_which_nothing_shows(
    collected: Collected,
) -> None:
    judged = collected(defended())
    none = judged.parts("RET-07", declarations=WHOLE_LIST)[CLOUD_APP_EVENTS]
    assert none.status is Status.FAIL
    assert none.condition.startswith("Microsoft Defender XDR keeps it 30 days searchable, where 12 months are asked")
    assert judged.rows(declarations=WHOLE_LIST)[CLOUD_APP_EVENTS].hot_status is Status.FAIL


def test_events_of_cloud_applications_may_lie_in_a_subscription_that_nobody_declares_or_read(
    collected: Collected,
) -> None:
    judged = collected(defended())
    for declarations, kind in ((NO_DECLARATIONS, Kind.NEEDS_ATTESTATION), (BOTH, Kind.INCOMPLETE)):
        for check in ("RET-07", "RET-08"):
            part = judged.parts(check, declarations=declarations)[CLOUD_APP_EVENTS]
            assert part.status is Status.INDETERMINATE, (check, kind)
        part = judged.parts("RET-07", declarations=declarations)[CLOUD_APP_EVENTS]
        assert (part.kind, "subscriptions" in part.condition) == (kind, True)
        assert judged.rows(declarations=declarations)[CLOUD_APP_EVENTS].hot_status is Status.INDETERMINATE
    assert judged.parts("RET-08", declarations=NOTHING_ELSE)[CLOUD_APP_EVENTS].status is Status.FAIL


def test_workspaces_that_were_not_read_leave_events_of_cloud_applications_open(collected: Collected) -> None:
    judged = collected(defended(), tuple(name for name in ENTRA if name != "arm.tables"))
    part = judged.parts("RET-07")[CLOUD_APP_EVENTS]
    assert (part.status, part.kind) == (Status.INDETERMINATE, Kind.NOT_REQUESTED)


def test_a_table_of_cloud_applications_leaves_it_open_until_somebody_declares_the_stream(collected: Collected) -> None:
    judged = collected(defended(Table("CloudAppEvents", 365, 1095)))
    part = judged.parts("RET-07")[CLOUD_APP_EVENTS]
    assert (part.status, part.kind) == (Status.INDETERMINATE, Kind.NEEDS_ATTESTATION)
    declared = Declarations(stores=(declared_store(CLOUD_APP_EVENTS),))
    part = judged.parts("RET-07", declarations=declared)[CLOUD_APP_EVENTS]
    assert (part.status, part.basis) == (Status.PASS, Basis.ATTESTED)


def test_without_the_licence_there_are_no_events_of_cloud_applications(collected: Collected) -> None:
    tenant = agency(workspaces=[workspace(made=[*tables(), Table("CloudAppEvents", 30, 30)])])
    judged = collected(tenant)
    assert judged.parts("RET-07")[CLOUD_APP_EVENTS].status is Status.NOT_APPLICABLE
    assert judged.rows()[CLOUD_APP_EVENTS].hot_status is Status.NOT_APPLICABLE


def with_one_of(tenant_id: str | None, state: str = "Enabled") -> Tenant:
    """The tenant with a second subscription that exports nothing, of the tenant of this id or of one that is unread."""
    tenant = with_another(state=state)
    odd = Odd(absent=frozenset({"tenantId"})) if tenant_id is None else NOT_ODD
    tenant.azure.subscriptions[1] = replace(tenant.azure.subscriptions[1], tenant_id=tenant_id, odd=odd)
    return tenant


def test_a_subscription_of_another_tenant_is_left_out_and_said_to_be(collected: Collected) -> None:
    judged = collected(with_one_of(CUSTOMER))
    for check in ("RET-06", "EXP-05"):
        finding = judged.finding(check, declarations=WHOLE_LIST)
        assert (finding.status, finding.affected_count) == (Status.PASS, 0)
        assert "left out, since another tenant's: Forgotten" in finding.notes
    assert judged.parts("RET-08", declarations=WHOLE_LIST)[AZURE_ACTIVITY].status is Status.PASS
    assert judged.rows(declarations=WHOLE_LIST)[AZURE_ACTIVITY].status is Status.PASS
    for check in ("RET-06", "EXP-05"):
        assert judged.finding(check, declarations=BOTH).status is Status.INDETERMINATE


def test_a_subscription_whose_tenant_is_unread_fails_nothing_and_passes_nothing(collected: Collected) -> None:
    judged = collected(with_one_of(None))
    for check in ("RET-06", "EXP-05"):
        finding = judged.finding(check, declarations=WHOLE_LIST)
        assert (finding.status, finding.kind) == (Status.INDETERMINATE, Kind.MALFORMED)
        assert [(one.name, one.decided) for one in finding.samples] == [("Forgotten", False)]


def test_a_subscription_that_is_deleted_is_left_out_of_every_question_alike(collected: Collected) -> None:
    judged = collected(with_another(state="Deleted"))
    for declarations in (BOTH, WHOLE_LIST):
        for check in ("RET-06", "EXP-05"):
            finding = judged.finding(check, declarations=declarations)
            assert finding.status is Status.PASS
            assert "left out, since deleted: Forgotten" in finding.notes
        assert judged.parts("RET-08", declarations=declarations)[AZURE_ACTIVITY].status is Status.PASS


def test_what_does_not_look_like_a_subscription_is_none_and_leaves_the_rest_open(collected: Collected) -> None:
    tenant = agency()
    odd = Odd({"id": "/subscriptions/x; touch pwned #"})
    tenant.azure.subscriptions.append(Subscription(FORGOTTEN, "Evil", settings=[activity()], odd=odd))
    tenant.identity = replace(tenant.identity, azure_roles=(*READER, ("Reader", f"/subscriptions/{FORGOTTEN}")))
    judged = collected(tenant)
    for check in ("RET-06", "EXP-05"):
        finding = judged.finding(check, declarations=WHOLE_LIST)
        assert (finding.status, finding.kind) == (Status.INDETERMINATE, Kind.MALFORMED)
        assert "is not the id of a subscription" in finding.condition
        assert finding.samples == ()


def test_a_store_that_is_three_weeks_old_shows_no_more_than_three_weeks_of_the_total(collected: Collected) -> None:
    """The workspace is old and keeps a year; what is retrievable longer lies in a young account."""
    made = agency().now - dt.timedelta(days=21)
    both = DiagnosticSetting("all", CATEGORIES, workspace_id=LAW, storage_account_id=STORAGE)
    tenant = agency(both, workspaces=[workspace(made=tables(365, 365))])
    kept = LifecycleRule("three years", delete_after_creation=1095)
    containers = [Container(f"insights-logs-{name.lower()}") for name in CATEGORIES]
    tenant.azure.storage_accounts = [StorageAccount(STORAGE, made, containers, lifecycle=[kept])]
    row = collected(tenant).rows()[SIGN_INS]
    assert (row.hot_days, row.at_most_today_days) == (365, 365)
    assert (row.total_days, row.total_at_most_today_days) == (1095, 365)
    assert row.full_on == row.total_full_on == add_months(made.date(), 30)


def test_a_longer_store_that_is_young_takes_nothing_from_an_old_one(collected: Collected) -> None:
    old = workspace(made=tables(365, 1095))
    made = agency().now - dt.timedelta(days=21)
    young = Workspace(f"{LAW}2", made, made, retention_in_days=730, tables=tables(730, 2556))
    everything = DiagnosticSetting("more", CATEGORIES, workspace_id=young.id)
    tenant = agency(DiagnosticSetting("all", CATEGORIES, workspace_id=LAW), everything)
    tenant.azure.workspaces = [old, young]
    row = collected(tenant).rows()[SIGN_INS]
    assert (row.hot_days, row.total_days) == (730, 2556)
    assert row.at_most_today_days == 365
    assert row.full_on == add_months(old.created.date(), 30)
