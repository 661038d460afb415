"""Where Entra's logs are kept: every store, plan and trap of an export, read over HTTP and judged."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from kept_tenants import (
    AUDIT_LOG,
    CATEGORIES,
    CREATED,
    ENTRA,
    GROUP,
    LAW,
    NON_INTERACTIVE,
    OTHER_LAW,
    READER,
    SIGN_INS,
    STORAGE,
    SUBSCRIPTION,
    WHOLE_LIST,
    Collected,
    agency,
    declared_store,
    tables,
    told,
    workspace,
)

from compliance.assessment.assessment import RecordingState
from compliance.assessment.declarations import Copied, Declarations
from compliance.assessment.sources import levels_of
from compliance.assessment.verdict import Basis, Severity, Status
from compliance.demo.azure import DiagnosticSetting, Table
from compliance.demo.azure_stores import Container, EventHub, LifecycleRule, Namespace, StorageAccount
from compliance.demo.odd import Odd
from compliance.evidence.unread import Kind
from compliance.rules.entra_logs import ENTRA_LOGS
from compliance.rules.periods import Duration
from compliance.standards import load_standard

HUB = f"{GROUP}/Microsoft.EventHub/namespaces/siem-hub/authorizationRules/send"
CORE = {log.id for log in ENTRA_LOGS.values() if log.core}


def test_all_logs_in_one_workspace_that_keeps_them_long_enough_pass(collected: Collected) -> None:
    judged = collected(agency(), AUDIT_LOG)
    for standard in ("m-21-31", "m-26-14"):
        assert judged.finding("EXP-01", standard).status is Status.PASS
        assert told(judged.parts("RET-05", standard)) == {Status.PASS: CORE}
        assert judged.finding("RET-07", standard).status is Status.PASS
        total = judged.parts("RET-08", standard)
        assert {total[name].status for name in total if name.startswith("entra.")} == {Status.PASS}
    assert judged.finding("RET-11", "m-26-14", WHOLE_LIST).status is Status.PASS
    assert told(judged.parts("RET-11", "m-26-14"))[Status.INDETERMINATE] == {"azure.activity"}
    row = judged.rows()[SIGN_INS]
    assert (row.store, row.hot_days, row.total_days, row.status) == ("Log Analytics law-sec", 365, 1095, Status.PASS)
    assert row.at_most_today_days == 365
    assert {level.retention for level in levels_of(load_standard("m-26-14"), judged.evidence, WHOLE_LIST)} == {
        Status.PASS
    }


def test_without_any_export_entra_itself_is_all_there_is_and_fails(collected: Collected) -> None:
    tenant = agency()
    tenant.azure.settings = []
    judged = collected(tenant)
    export = judged.finding("EXP-01")
    assert (export.status, export.condition) == (
        Status.FAIL,
        "no diagnostic setting that was read exports any of the required categories",
    )
    parts = judged.parts("RET-05")
    assert told(parts) == {Status.FAIL: CORE}
    assert parts[SIGN_INS].condition.startswith("Microsoft Entra ID keeps it 30 days searchable, where 12 months are")
    assert judged.parts("RET-07")["entra.microsoft_graph_activity_logs"].status is Status.FAIL
    assert judged.parts("RET-08")[SIGN_INS].status is Status.FAIL


def test_interactive_sign_ins_do_not_stand_for_the_non_interactive_ones(collected: Collected) -> None:
    """The workspace keeps a year by default; one table says otherwise, and that is what counts."""
    short = Table("AADNonInteractiveUserSignInLogs", 30, 30)
    judged = collected(agency(workspaces=[workspace(made=tables(AADNonInteractiveUserSignInLogs=short))]))
    parts = judged.parts("RET-05")
    assert told(parts) == {Status.FAIL: {NON_INTERACTIVE}, Status.PASS: CORE - {NON_INTERACTIVE}}
    assert parts[NON_INTERACTIVE].condition == (
        "Microsoft Entra ID keeps it 30 days searchable, where 12 months are asked (short by 335 to 336 days)"
    )
    assert judged.rows()[NON_INTERACTIVE].hot_status is Status.FAIL


def test_a_category_that_is_listed_but_not_enabled_is_not_exported(collected: Collected) -> None:
    categories = tuple(name for name in CATEGORIES if name != "SignInLogs")
    judged = collected(agency(DiagnosticSetting("most", categories, workspace_id=LAW)))
    export = judged.finding("EXP-01")
    assert export.status is Status.FAIL
    assert export.condition == "11 of 12 required categories go to Log Analytics law-sec; missing there: SignInLogs"
    assert judged.parts("RET-05")[SIGN_INS].status is Status.FAIL


def test_two_settings_with_different_destinations_do_not_make_one_whole_export(collected: Collected) -> None:
    settings = (
        DiagnosticSetting("one", CATEGORIES[:6], workspace_id=LAW),
        DiagnosticSetting("two", CATEGORIES[6:], workspace_id=OTHER_LAW),
    )
    judged = collected(agency(*settings, workspaces=[workspace(), workspace(OTHER_LAW)]))
    assert judged.finding("EXP-01").status is Status.FAIL
    assert judged.finding("RET-05").status is Status.PASS


def test_two_settings_with_the_same_destination_count_together_whatever_its_letter_case(collected: Collected) -> None:
    settings = (
        DiagnosticSetting("one", CATEGORIES[:6], workspace_id=LAW),
        DiagnosticSetting("two", CATEGORIES[6:], workspace_id=f"{LAW.upper()}/"),
    )
    assert collected(agency(*settings)).finding("EXP-01").status is Status.PASS


def test_the_group_all_logs_is_every_category(collected: Collected) -> None:
    judged = collected(agency(DiagnosticSetting("all", category_groups=("allLogs",), workspace_id=LAW)))
    assert judged.finding("EXP-01").status is Status.PASS
    assert judged.finding("RET-05").status is Status.PASS


def test_what_a_group_of_another_name_holds_is_not_known(collected: Collected) -> None:
    judged = collected(agency(DiagnosticSetting("some", category_groups=("audit",), workspace_id=LAW)))
    export = judged.finding("EXP-01")
    assert (export.status, export.kind) == (Status.INDETERMINATE, Kind.UNPROVEN)
    part = judged.parts("RET-05")[SIGN_INS]
    assert (part.status, part.kind) == (Status.INDETERMINATE, Kind.UNPROVEN)
    assert "a diagnostic setting that names SignInLogs, enabled" in str(part.settle)


def test_a_group_of_another_name_cannot_save_a_table_that_is_too_short(collected: Collected) -> None:
    setting = DiagnosticSetting("some", category_groups=("audit",), workspace_id=LAW)
    judged = collected(agency(setting, workspaces=[workspace(made=tables(90, 90))]))
    assert judged.parts("RET-05")[SIGN_INS].status is Status.FAIL


def test_categories_are_told_in_any_letter_case(collected: Collected) -> None:
    setting = DiagnosticSetting("all", tuple(name.lower() for name in CATEGORIES), workspace_id=LAW)
    judged = collected(agency(setting))
    assert judged.finding("EXP-01").status is Status.PASS
    assert judged.finding("RET-05").status is Status.PASS


def test_a_setting_without_a_destination_exports_nothing(collected: Collected) -> None:
    judged = collected(agency(DiagnosticSetting("nowhere", CATEGORIES)))
    assert judged.finding("EXP-01").status is Status.FAIL
    assert judged.finding("RET-05").status is Status.FAIL


def test_the_days_that_a_setting_itself_names_prove_nothing(collected: Collected) -> None:
    kept = {"enabled": True, "days": 3650}
    properties = {
        "workspaceId": LAW,
        "storageAccountId": None,
        "eventHubAuthorizationRuleId": "",
        "logs": [{"category": name, "enabled": True, "retentionPolicy": kept} for name in CATEGORIES],
    }
    setting = DiagnosticSetting("days", odd=Odd({"properties": properties}))
    judged = collected(agency(setting, workspaces=[workspace(made=tables(90, 90))]))
    assert judged.finding("RET-05").status is Status.FAIL


@pytest.mark.parametrize(
    ("destination", "name"),
    [
        ({"event_hub_authorization_rule_id": HUB, "event_hub_name": "logs"}, "event hub siem-hub"),
        ({"marketplace_partner_id": f"{GROUP}/Microsoft.Datadog/monitors/dd"}, "partner solution dd"),
    ],
)
def test_a_destination_without_a_reader_is_open_until_its_owner_declares_the_store(
    destination: dict[str, str], name: str, collected: Collected
) -> None:
    tenant = agency(DiagnosticSetting("siem", CATEGORIES, **destination))
    tenant.azure.namespaces = [Namespace(HUB.partition("/authorizationRules")[0], CREATED, [EventHub("logs")])]
    judged = collected(tenant)
    for finding in (judged.finding("EXP-01"), judged.finding("RET-05"), judged.finding("RET-07")):
        assert (finding.status, finding.kind) == (Status.INDETERMINATE, Kind.NEEDS_ATTESTATION)
        assert name.split()[-1] in str(finding.settle)
    declared = Declarations(stores=(declared_store(),))
    for check in ("EXP-01", "RET-05", "RET-07"):
        finding = judged.finding(check, declarations=declared)
        assert (finding.status, finding.basis) == (Status.PASS, Basis.ATTESTED)
    lapsed = Declarations(stores=(replace(declared_store(), expires=dt.date(2026, 1, 31)),))
    for check in ("EXP-01", "RET-05", "RET-07"):
        assert judged.finding(check, declarations=lapsed).kind is Kind.NEEDS_ATTESTATION


def cold(*rules: LifecycleRule) -> StorageAccount:
    """An account that holds all of Entra's logs."""
    made = [Container(f"insights-logs-{name.lower()}") for name in CATEGORIES]
    return StorageAccount(STORAGE, CREATED, made, lifecycle=list(rules) or None)


def test_what_lies_in_a_storage_account_is_exported_and_kept_yet_cannot_be_searched(collected: Collected) -> None:
    tenant = agency(DiagnosticSetting("cold", CATEGORIES, storage_account_id=STORAGE))
    tenant.azure.storage_accounts = [cold()]
    judged = collected(tenant)
    assert judged.finding("EXP-01").status is Status.PASS
    assert told(judged.parts("RET-05")) == {Status.FAIL: CORE}
    assert judged.parts("RET-08")[SIGN_INS].status is Status.PASS
    row = judged.rows()[SIGN_INS]
    assert row.store == "Microsoft Entra ID and storage account coldlogs"
    assert (row.hot_status, row.total_status, row.total_text) == (Status.FAIL, Status.PASS, "no limit")


def declared_as_moved(after: int) -> Declarations:
    """A store that takes records so many days after their creation, and keeps them 548 days from then on."""
    store = replace(
        declared_store(),
        copied=Copied.MOVED_AFTER_HOT,
        hot=None,
        total=Duration.of_days(after + 548),
        moved_after=Duration.of_days(after),
        kept_after_move=Duration.of_days(548),
    )
    return Declarations(stores=(store,))


def test_blobs_deleted_548_days_after_creation_make_18_months_and_only_what_is_moved_is_added(
    collected: Collected,
) -> None:
    both = (
        DiagnosticSetting("hot", CATEGORIES, workspace_id=LAW),
        DiagnosticSetting("cold", CATEGORIES, storage_account_id=STORAGE),
    )
    tenant = agency(*both, workspaces=[workspace(made=tables(365, 365))])
    tenant.azure.storage_accounts = [cold(LifecycleRule("18 months", delete_after_creation=548))]
    judged = collected(tenant)
    part = judged.parts("RET-08")[SIGN_INS]
    assert (part.status, part.notes) == (
        Status.FAIL,
        (
            "copied at creation: 548 days (18 months) and 365 days run side by side and are 548 days in all, not 913"
            " days",
        ),
    )
    part = judged.parts("RET-08", declarations=declared_as_moved(360))[SIGN_INS]
    assert part.status is Status.FAIL
    assert "moved: 360 days + 548 days after the move = 908 days" in " ".join(part.notes)
    part = judged.parts("RET-08", declarations=declared_as_moved(548))[SIGN_INS]
    assert (part.status, part.basis) == (Status.PASS, Basis.ATTESTED)
    assert "moved: 548 days + 548 days after the move = 1096 days" in part.cause
    part = judged.parts("RET-08", declarations=declared_as_moved(549))[SIGN_INS]
    assert (part.status, part.kind) == (Status.INDETERMINATE, Kind.NEEDS_ATTESTATION)
    assert "549 days after creation, but the first store surely keeps them 548 days only" in part.condition


@pytest.mark.parametrize(("plan", "words"), [("Basic", "30 days searchable"), ("Auxiliary", "30 days searchable")])
def test_a_plan_that_cannot_be_searched_for_long_is_not_hot_however_long_it_keeps(
    plan: str, words: str, collected: Collected
) -> None:
    judged = collected(agency(workspaces=[workspace(made=tables(365, 1095, plan))]))
    parts = judged.parts("RET-05")
    assert told(parts) == {Status.FAIL: CORE}
    assert words in parts[SIGN_INS].condition
    assert judged.parts("RET-08")[SIGN_INS].status is Status.PASS


def test_an_unknown_plan_says_nothing(collected: Collected) -> None:
    judged = collected(agency(workspaces=[workspace(made=tables(365, 1095, "Glacier"))]))
    finding = judged.finding("RET-05")
    assert (finding.status, finding.kind) == (Status.INDETERMINATE, Kind.UNPROVEN)


@pytest.mark.parametrize(
    ("hot", "total", "status"),
    [(365, 730, Status.FAIL), (365, 1095, Status.PASS), (730, 913, Status.PASS), (365, 910, Status.FAIL)],
)
def test_total_retention_counts_from_creation_and_holds_the_searchable_days(
    hot: int, total: int, status: Status, collected: Collected
) -> None:
    judged = collected(agency(workspaces=[workspace(made=tables(hot, total))]))
    assert judged.parts("RET-08")[SIGN_INS].status is status


def test_180_days_are_short_of_six_months_by_little_and_184_are_enough(collected: Collected) -> None:
    made = tables(184, 400, SigninLogs=Table("SigninLogs", 180, 400))
    judged = collected(agency(workspaces=[workspace(made=made)]))
    finding = judged.finding("RET-05", "m-26-14")
    assert (finding.status, finding.severity) == (Status.FAIL, Severity.LOW)
    assert told(judged.parts("RET-05", "m-26-14")) == {Status.FAIL: {SIGN_INS}, Status.PASS: CORE - {SIGN_INS}}


def test_the_best_of_two_workspaces_counts_and_they_are_never_added(collected: Collected) -> None:
    both = (
        DiagnosticSetting("one", CATEGORIES, workspace_id=LAW),
        DiagnosticSetting("two", CATEGORIES, workspace_id=OTHER_LAW),
    )
    made = [workspace(made=tables(200, 200)), workspace(OTHER_LAW, tables(180, 180))]
    judged = collected(agency(*both, workspaces=made))
    assert judged.parts("RET-05")[SIGN_INS].status is Status.FAIL
    assert judged.rows()[SIGN_INS].hot_days == 200


def test_a_workspace_that_nobody_may_read_leaves_the_question_open_and_names_the_permission(
    collected: Collected,
) -> None:
    tenant = agency()
    tenant.identity = replace(tenant.identity, azure_roles=READER[:1])
    judged = collected(tenant)
    for check in ("EXP-01", "RET-05", "RET-07"):
        finding = judged.finding(check)
        assert (finding.status, finding.kind) == (Status.INDETERMINATE, Kind.DENIED)
        assert "Log Analytics Reader" in str(finding.settle)


def test_one_workspace_that_nobody_may_read_takes_nothing_from_another(collected: Collected) -> None:
    elsewhere = OTHER_LAW.replace(SUBSCRIPTION, "99999999-2222-4333-8444-555555555555")
    both = (
        DiagnosticSetting("one", CATEGORIES, workspace_id=LAW),
        DiagnosticSetting("two", CATEGORIES, workspace_id=elsewhere),
    )
    judged = collected(agency(*both))
    assert judged.finding("EXP-01").status is Status.PASS
    assert judged.finding("RET-05").status is Status.PASS


def test_a_workspace_that_is_gone_keeps_nothing_for_sure(collected: Collected) -> None:
    judged = collected(agency(workspaces=[]))
    for check in ("EXP-01", "RET-05", "RET-07"):
        assert judged.finding(check).status is Status.FAIL, check
    assert "what goes to Log Analytics law-sec is lost: law-sec is not there" in judged.parts("RET-05")[SIGN_INS].cause


def test_a_table_that_is_not_there_leaves_its_log_open(collected: Collected) -> None:
    made = [table for table in tables() if table.name != "ADFSSignInLogs"]
    judged = collected(agency(workspaces=[workspace(made=made)]))
    part = judged.parts("RET-05")["entra.adfs_sign_in_logs"]
    assert (part.status, part.kind) == (Status.INDETERMINATE, Kind.UNPROVEN)
    assert "lists no table ADFSSignInLogs" in part.condition
    assert judged.finding("EXP-01").status is Status.PASS


def test_nothing_is_said_of_exports_that_nobody_may_read(collected: Collected) -> None:
    tenant = agency()
    tenant.identity = replace(tenant.identity, azure_roles=())
    judged = collected(tenant)
    for check in ("EXP-01", "RET-05", "RET-07"):
        finding = judged.finding(check)
        assert (finding.status, finding.kind) == (Status.INDETERMINATE, Kind.DENIED)
        assert "Reader at the scope /providers/Microsoft.aadiam" in str(finding.settle)


def test_without_a_licence_for_it_a_log_of_risks_is_not_asked_for_and_sign_ins_are_not_exported(
    collected: Collected,
) -> None:
    """The categories can be enabled all the same: without P1 nothing of sign-ins arrives."""
    tenant = agency(workspaces=[workspace(made=tables(400, 1095, AADRiskyUsers=Table("AADRiskyUsers", 30, 30)))])
    for sku in tenant.skus:
        sku.capability_status = "Suspended"
    judged = collected(tenant)
    parts = judged.parts("RET-05")
    assert parts["entra.audit_logs"].status is Status.PASS
    assert parts[SIGN_INS].status is Status.FAIL
    assert "7 days" in parts[SIGN_INS].condition
    for standard in ("m-21-31", "m-26-14"):
        export = judged.finding("EXP-01", standard)
        assert export.status is Status.FAIL
        assert "missing there: SignInLogs, NonInteractiveUserSignInLogs" in export.condition
        assert "no subscription carries Microsoft Entra ID P1 or P2, and sign-in logs go nowhere" in export.condition
        assert "AuditLogs" not in export.condition
    assert judged.parts("RET-08")[SIGN_INS].status is Status.FAIL
    assert judged.parts("RET-07")["entra.risky_users"].status is Status.NOT_APPLICABLE
    row = judged.rows()["entra.risky_users"]
    assert (row.hot_status, row.recorded) == (Status.NOT_APPLICABLE, RecordingState.NOT_RECORDED)
    assert "Microsoft Entra ID P2" in str(row.not_recorded_why)


def test_unread_licences_leave_sign_ins_open_since_their_export_needs_one(collected: Collected) -> None:
    judged = collected(agency(), tuple(name for name in ENTRA if name != "graph.subscribed_skus"))
    parts = judged.parts("RET-05")
    assert parts["entra.audit_logs"].status is Status.PASS
    assert (parts[SIGN_INS].status, parts[SIGN_INS].kind) == (Status.INDETERMINATE, Kind.NOT_REQUESTED)
    export = judged.finding("EXP-01")
    assert (export.status, export.kind) == (Status.INDETERMINATE, Kind.NOT_REQUESTED)
    assert export.settle == parts[SIGN_INS].settle


def test_a_workspace_that_is_going_away_is_counted_on_by_nobody(collected: Collected) -> None:
    going = replace(workspace(), odd=Odd({"properties": {"provisioningState": "Deleting"}}))
    judged = collected(agency(workspaces=[going]), AUDIT_LOG)
    for standard in ("m-21-31", "m-26-14"):
        for check in ("EXP-01", "RET-05", "RET-07"):
            finding = judged.finding(check, standard)
            assert finding.status is Status.FAIL, check
            assert "law-sec is in the state Deleting" in f"{finding.condition} {finding.cause}"
        assert judged.parts("RET-08", standard)[SIGN_INS].status is Status.FAIL
    assert judged.parts("RET-11", "m-26-14")[SIGN_INS].status is Status.FAIL
    assert judged.rows()[SIGN_INS].status is Status.FAIL


@pytest.mark.parametrize(("days", "status"), [(400, Status.INDETERMINATE), (90, Status.FAIL)])
def test_a_workspace_over_its_quota_may_take_logs_in_again_which_saves_no_short_table(
    days: int, status: Status, collected: Collected
) -> None:
    full = replace(workspace(made=tables(days, 1095)), ingestion="OverQuota")
    assert told(collected(agency(workspaces=[full])).parts("RET-05")) == {status: CORE}


@pytest.mark.parametrize("spelling", ["{}", "{}/", " {}"])
@pytest.mark.parametrize("days", [(90, 400), (400, 90)])
def test_of_a_table_that_is_listed_twice_in_any_spelling_neither_copy_counts(
    spelling: str, days: tuple[int, int], collected: Collected
) -> None:
    one, other = (Table("SigninLogs", each, 1095) for each in days)
    twice = replace(other, odd=Odd({"id": spelling.format(f"{LAW.upper()}/tables/SIGNINLOGS")}))
    judged = collected(agency(workspaces=[workspace(made=[*tables(SigninLogs=one), twice])]))
    parts = judged.parts("RET-05")
    assert told(parts) == {Status.INDETERMINATE: {SIGN_INS}, Status.PASS: CORE - {SIGN_INS}}
    assert (parts[SIGN_INS].kind, "listed more than once" in parts[SIGN_INS].condition) == (Kind.MALFORMED, True)
