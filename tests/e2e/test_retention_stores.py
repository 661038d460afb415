"""Where Entra's logs are kept: every store, plan and trap of an export, read over HTTP and judged."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from checks import all_checks
from compliance.assessment.assessment import Finding, PartEntry, RecordingState, SourceEntry
from compliance.assessment.declarations import NO_DECLARATIONS, AttestedStore, Copied, Declarations
from compliance.assessment.sources import levels_of, sources_of
from compliance.assessment.verdict import Basis, Severity, Status
from compliance.cli.apis import now, scope_of, tenant_apis
from compliance.collector import Run, collect
from compliance.demo.azure import ENTRA_TABLES, DiagnosticSetting, Subscription, Table, Workspace
from compliance.demo.odd import Odd
from compliance.demo.scenarios import load_scenario
from compliance.demo.server import serve
from compliance.demo.tenant import Tenant
from compliance.evidence.derived import DERIVATIONS
from compliance.evidence.evidence import Evidence
from compliance.evidence.unread import Kind
from compliance.rules.entra_logs import ENTRA_LOGS
from compliance.rules.periods import Duration
from compliance.rules.record_types import LOG_SOURCES
from compliance.runner import judge
from compliance.settings import load_settings
from compliance.standards import load_standard

SUBSCRIPTION = "11111111-2222-4333-8444-555555555555"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/logging/providers"
LAW = f"{GROUP}/Microsoft.OperationalInsights/workspaces/law-sec"
OTHER_LAW = f"{GROUP}/Microsoft.OperationalInsights/workspaces/law-two"
STORAGE = f"{GROUP}/Microsoft.Storage/storageAccounts/coldlogs"
HUB = f"{GROUP}/Microsoft.EventHub/namespaces/siem/authorizationRules/send"
CREATED = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
CATEGORIES = tuple(ENTRA_TABLES)
SIGN_INS, NON_INTERACTIVE = "entra.sign_in_logs", "entra.non_interactive_user_sign_in_logs"
READER = (("Reader", "/providers/Microsoft.aadiam"), ("Reader", f"/subscriptions/{SUBSCRIPTION}"))
ENTRA = (
    "graph.organization",
    "graph.subscribed_skus",
    "arm.entra_diagnostic_settings",
    "arm.workspaces",
    "arm.tables",
)
AUDIT_LOG = (
    *ENTRA,
    "graph.users",
    "exchange.admin_audit_log_config",
    "exchange.organization_config",
    "purview.audit_retention_policies",
)
CHECKS = {one.id: one for one in all_checks()}
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


def tables(hot: int = 365, total: int = 1095, plan: str = "Analytics", **others: Table) -> list[Table]:
    """The tables of all logs, those given by name as given."""
    return [
        others[name] if name in others else Table(name, hot, total, plan)
        for name in (*ENTRA_TABLES.values(), *(other for other in others if other not in ENTRA_TABLES.values()))
    ]


def workspace(resource_id: str = LAW, made: list[Table] | None = None) -> Workspace:
    return Workspace(resource_id, CREATED, CREATED, retention_in_days=365, tables=tables() if made is None else made)


def agency(*settings: DiagnosticSetting, workspaces: list[Workspace] | None = None) -> Tenant:
    """The compliant tenant with these diagnostic settings; without any, all goes to one workspace that keeps enough."""
    tenant = load_scenario("compliant")
    tenant.identity = replace(tenant.identity, azure_roles=READER)
    tenant.azure.subscriptions = [Subscription(SUBSCRIPTION, "Logging")]
    tenant.azure.settings = list(settings) or [DiagnosticSetting("all", CATEGORIES, workspace_id=LAW)]
    tenant.azure.workspaces = [workspace()] if workspaces is None else workspaces
    return tenant


@dataclass(frozen=True)
class Judged:
    """A tenant, collected once, and what is said of it."""

    evidence: Evidence

    def finding(self, check: str, standard: str = "m-21-31", declarations: Declarations = NO_DECLARATIONS) -> Finding:
        found, _ = judge(CHECKS[check], load_standard(standard), self.evidence, declarations)
        return found

    def parts(
        self, check: str, standard: str = "m-21-31", declarations: Declarations = NO_DECLARATIONS
    ) -> dict[str, PartEntry]:
        return {part.id: part for part in self.finding(check, standard, declarations).parts}

    def rows(self, standard: str = "m-21-31") -> dict[str, SourceEntry]:
        return {row.id: row for row in sources_of(load_standard(standard), self.evidence, NO_DECLARATIONS)}


Collected = Callable[..., Judged]


@pytest.fixture
def collected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Collected:
    """Collect a tenant over HTTP: what Entra's logs rest on, and more where more is asked for."""

    def collect_it(tenant: Tenant, datasets: tuple[str, ...] = ENTRA, more: str = "") -> Judged:
        with serve(tenant) as served:
            config = served.directory / "config.yaml"
            config.write_text(served.settings_yaml() + more, encoding="utf-8")
            settings = load_settings(config)
            for name, value in served.environment.items():
                monkeypatch.setenv(name, value)
            with tenant_apis(settings, quiet=True) as apis:
                run = Run(tmp_path / "bundle", datasets, scope_of(settings), settings.digest())
                return Judged(Evidence(collect(apis, run, clock=now), DERIVATIONS))

    return collect_it


def told(parts: dict[str, PartEntry]) -> dict[Status, set[str]]:
    by_status: dict[Status, set[str]] = {}
    for part in parts.values():
        by_status.setdefault(part.status, set()).add(part.id)
    return by_status


CORE = {log.id for log in ENTRA_LOGS.values() if log.core}


def test_all_logs_in_one_workspace_that_keeps_them_long_enough_pass(collected: Collected) -> None:
    judged = collected(agency(), AUDIT_LOG)
    for standard in ("m-21-31", "m-26-14"):
        assert judged.finding("EXP-01", standard).status is Status.PASS
        assert told(judged.parts("RET-05", standard)) == {Status.PASS: CORE}
        assert judged.finding("RET-07", standard).status is Status.PASS
        total = judged.parts("RET-08", standard)
        assert {total[name].status for name in total if name.startswith("entra.")} == {Status.PASS}
    assert judged.finding("RET-11", "m-26-14").status is Status.PASS
    row = judged.rows()[SIGN_INS]
    assert (row.store, row.hot_days, row.total_days, row.status) == ("Log Analytics law-sec", 365, 1095, Status.PASS)
    assert row.at_most_today_days == 365
    assert {level.retention for level in levels_of(load_standard("m-26-14"), judged.evidence, NO_DECLARATIONS)} == {
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
        ({"storage_account_id": STORAGE}, "storage account coldlogs"),
        ({"event_hub_authorization_rule_id": HUB, "event_hub_name": "logs"}, "event hub siem"),
        ({"marketplace_partner_id": f"{GROUP}/Microsoft.Datadog/monitors/dd"}, "partner solution dd"),
    ],
)
def test_a_destination_without_a_reader_is_open_until_its_owner_declares_the_store(
    destination: dict[str, str], name: str, collected: Collected
) -> None:
    judged = collected(agency(DiagnosticSetting("cold", CATEGORIES, **destination)))
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


def declared_store() -> AttestedStore:
    return AttestedStore(
        id="siem",
        name="agency SIEM",
        sources=tuple(ENTRA_LOGS),
        hot=Duration.of_months(12),
        total=Duration.of_months(30),
        copied=Copied.AT_CREATION,
        owner="soc@agency.example",
        declared_on=dt.date(2026, 1, 1),
        expires=dt.date(2027, 1, 1),
        file=Path("/attested.pdf"),
        sha256="ab" * 32,
    )


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
        assert judged.finding(check).status is Status.INDETERMINATE, check


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
            assert (finding.status, finding.kind) == (Status.INDETERMINATE, Kind.UNPROVEN), check
            assert "law-sec is in the state Deleting" in finding.condition
        assert judged.parts("RET-08", standard)[SIGN_INS].status is Status.INDETERMINATE
    assert judged.parts("RET-11", "m-26-14")[SIGN_INS].status is Status.INDETERMINATE
    assert judged.rows()[SIGN_INS].status is Status.INDETERMINATE


def test_a_workspace_that_is_going_away_does_not_excuse_a_table_that_is_too_short(collected: Collected) -> None:
    going = replace(workspace(made=tables(90, 90)), odd=Odd({"properties": {"provisioningState": "Deleting"}}))
    assert told(collected(agency(workspaces=[going])).parts("RET-05")) == {Status.FAIL: CORE}


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


def test_an_office_activity_table_that_would_keep_it_leaves_a_shortfall_of_purview_open(collected: Collected) -> None:
    def short_of_a_licence(*made: Table) -> Tenant:
        tenant = agency(workspaces=[workspace(made=[*tables(), *made])])
        for user in tenant.users:
            user.user_type = "Guest"
        return tenant

    judged = collected(short_of_a_licence(Table("OfficeActivity", 365, 1095)), AUDIT_LOG)
    part = judged.parts("RET-01")["guest"]
    assert (part.status, part.kind) == (Status.INDETERMINATE, Kind.UNPROVEN)
    assert "OfficeActivity in Log Analytics law-sec" in part.condition
    other = judged.parts("RET-02")["guest"]
    assert other.status is Status.FAIL
    assert "Microsoft Entra ID changes in the audit log" in other.condition
    assert "Exchange administration" not in other.condition


@pytest.mark.parametrize("table", [Table("OfficeActivity", 90, 90), Table("CloudAppEvents", 365, 1095)])
def test_a_table_that_is_too_short_or_holds_something_else_saves_nothing(table: Table, collected: Collected) -> None:
    tenant = agency(workspaces=[workspace(made=[*tables(), table])])
    for user in tenant.users:
        user.user_type = "Guest"
    assert collected(tenant, AUDIT_LOG).parts("RET-01")["guest"].status is Status.FAIL


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
    store = replace(declared_store(), sources=tuple(LOG_SOURCES))
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
