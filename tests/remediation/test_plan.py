"""What `--plan` says it would take, carried out on the tenant that it is about: it is enough, and no more than that."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from azure_effects import AzureCommand
from effects import Shell, filled
from judged_tenants import Judged, judged, worse
from remedy_cases import SOC, declared

from compliance.assessment.assessment import FixEntry, PlanStepEntry
from compliance.assessment.declarations import Declarations
from compliance.assessment.plan.keep import NOT_YET
from compliance.assessment.verdict import Status
from compliance.cli.main import main
from compliance.demo.azure import ENTRA_TABLES, Table
from compliance.demo.catalogue import ADVANCED_AUDITING, PRODUCTS, TEN_YEAR_AUDIT, ServicePlan
from compliance.demo.people import Licence, User
from compliance.demo.scenarios import load_scenario
from compliance.demo.tenant import RetentionPolicy, Tenant
from compliance.rules.log_sources import CLOUD_APP_EVENTS
from compliance.standards import load_standard

IDLE_OUT = """\
scope:
  actors:
    exclude: [{class: disabled, reason: mailboxes that nobody signs in to}]
"""
MEMBERS = ("member_with_audit_plan", "member_without_audit_plan", "unlicensed")
STREAMED = "Stream CloudAppEvents"


def of(name: str, change: Callable[[Tenant], None] = lambda _: None) -> Tenant:
    tenant = load_scenario(name)
    change(tenant)
    return tenant


def silent(tenant: Tenant) -> None:
    tenant.audit_log_config.unified_audit_log_ingestion_enabled = False
    tenant.organization_config.audit_disabled = True


def seen_whole(tenant: Tenant) -> None:
    """What could not be read has to be read first, so that the plan knows of it."""
    roles = [("Reader", f"/subscriptions/{one.id}") for one in tenant.azure.subscriptions]
    tenant.identity.azure_roles = (*tenant.identity.azure_roles, *roles)


def short_copies(tenant: Tenant) -> None:
    """Microsoft Sentinel keeps its copy for 90 days, and half of the users have no Audit (Premium)."""
    for table in tenant.azure.workspaces[0].tables:
        if table.name == "OfficeActivity":
            table.retention_in_days = table.total_retention_in_days = 90
    for user in tenant.users[:6]:
        user.licences = [Licence("SPE_E3")]
    tenant.add_sku("SPE_E3", 6)


def no_workspace(tenant: Tenant) -> None:
    tenant.azure.settings, tenant.azure.workspaces, tenant.azure.storage_accounts = [], [], []
    tenant.azure.subscriptions[0].settings, tenant.azure.locks = [], []


def crowded(tenant: Tenant) -> None:
    """The first priorities are all taken, by policies that keep little and one that keeps much."""
    tenant.policies = [
        RetentionPolicy(
            f"Policy {number}",
            f"00000000-0000-4000-8000-{number:012}",
            number,
            duration,
            dt.datetime(2024, 1, 1, tzinfo=dt.UTC),
            ("MicrosoftTeams",),
        )
        for number, duration in enumerate(("SixMonths", "TenYears", "SevenDays"), 1)
    ]


SCENARIOS: dict[str, Callable[[], Tenant]] = {
    "agency": lambda: of("agency"),
    "silent": lambda: of("agency", silent),
    "half-licensed": lambda: of("half-licensed"),
    "shadowed-policy": lambda: of("shadowed-policy"),
    "crowded": lambda: of("half-licensed", crowded),
    "table-plans": lambda: of("table-plans"),
    "lost-destinations": lambda: of("lost-destinations"),
    "forgotten-subscription": lambda: of("forgotten-subscription", seen_whole),
    "cold-storage": lambda: of("cold-storage"),
    "sentinel-connector": lambda: of("sentinel-connector"),
    "short-copies": lambda: of("sentinel-connector", short_copies),
    "no-workspace": lambda: of("compliant", no_workspace),
}


@dataclass
class CarriedOut:
    """What somebody does who follows a plan: `changed` rewrites a command, `fewer` leaves so many accounts out."""

    tenant: Tenant
    changed: Callable[[str], str] = str
    fewer: int = 0
    by_hand: list[str] = field(default_factory=list)

    def follow(self, steps: tuple[PlanStepEntry, ...]) -> None:
        for step in steps:
            if step.needs_licences:
                self.assign(step)
            elif not any(not line.startswith("#") for line in step.commands):
                self.do_by_hand(step)
            values = {
                "subscription": self.tenant.azure.subscriptions[0].id,
                "group": "rg-logging",
                "workspace": "new-logs",
                "object id of the SOC's group": SOC,
            }
            at = step.commands.index(NOT_YET) if NOT_YET in step.commands else len(step.commands)
            shell = Shell(self.tenant)
            for number, line in enumerate(step.commands):
                if not line.startswith("#") and not (number > at and self.has_more(line)):
                    shell.run([self.changed(filled(line, values))])

    def has_more(self, line: str) -> bool:
        """Whether a table that was made meanwhile has more days than the command would give it."""
        found = re.search(
            r"--workspace-name (\S+) --name (\w+) --retention-time (\d+) --total-retention-time (\d+)", line
        )
        assert found, line
        name = filled(found[1], {"workspace": "new-logs"})
        workspace = next(one for one in self.tenant.azure.workspaces if one.name == name)
        table = next(one for one in workspace.tables if one.name == found[2])
        return table.retention_in_days > int(found[3]) or table.total_retention_in_days > int(found[4])

    def assign(self, step: PlanStepEntry) -> None:
        if "Entra ID P1" in step.what:
            raise AssertionError(step.what)
        bought, plan = ("10_ALR_ADDON", TEN_YEAR_AUDIT) if "10-year" in step.what else ("SPE_E5", ADVANCED_AUDITING)
        accounts = [one for one in members(self.tenant) if not holds(one, plan)]
        assert step.licences == len(accounts), (step.what, len(accounts))
        for account in accounts[: len(accounts) - self.fewer]:
            account.licences.append(Licence(bought))
            if all(one.external_directory_object_id != account.id for one in self.tenant.mailboxes):
                name = account.user_principal_name.partition("@")[0]
                self.tenant.add_mailbox(name, "UserMailbox", account=account)
        self.tenant.add_sku(bought, len(accounts))

    def select(self, step: PlanStepEntry) -> None:
        """Add the categories to the setting that sends to the workspace, as in the portal."""
        name = step.what.partition("to the workspace ")[2].partition(":")[0]
        workspace = next(one for one in self.tenant.azure.workspaces if one.name == name)
        setting = next(one for one in self.tenant.azure.settings if one.workspace_id == workspace.id)
        more = select_categories(step.commands)
        setting.categories = (*setting.categories, *more)
        AzureCommand(self.tenant, []).arrive(workspace.id, [ENTRA_TABLES[one] for one in more])

    def delete(self, subscriptions: list[str]) -> None:
        """Delete subscriptions with all that is in them, and the settings that send there."""
        azure = self.tenant.azure
        azure.subscriptions = [one for one in azure.subscriptions if one.id not in subscriptions]
        azure.workspaces = [one for one in azure.workspaces if one.id.split("/")[2] not in subscriptions]
        gone = [f"/subscriptions/{one}/" for one in subscriptions]
        azure.settings = [one for one in azure.settings if not any(at in str(one.workspace_id) for at in gone)]

    def do_by_hand(self, step: PlanStepEntry) -> None:
        self.by_hand.append(step.what)
        if step.what.startswith(STREAMED):
            named = re.search(r"Microsoft Sentinel in ([\w<>-]+),", " ".join(step.commands))
            assert named
            name = filled(named[1], {"workspace": "new-logs"})
            found = next(one for one in self.tenant.azure.workspaces if one.name == name)
            if all(one.name != "CloudAppEvents" for one in found.tables):
                found.tables.append(Table("CloudAppEvents", found.retention_in_days, found.retention_in_days))
        elif step.what.startswith("Send logs of Microsoft Entra ID"):
            self.select(step)
        elif step.what.startswith("Enable, or delete"):
            self.delete([one.id for one in self.tenant.azure.subscriptions if one.state != "Enabled"])
        else:
            assert step.what.startswith(("No setting of Purview", "Settle whether")), step.what


def select_categories(commands: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(commands[-1].rpartition(": ")[2].split(", "))


def holds(user: User, plan: ServicePlan) -> bool:
    return any(plan in PRODUCTS[one.part_number].plans for one in user.licences)


def members(tenant: Tenant) -> list[User]:
    return [one for one in tenant.users if one.user_type == "Member" and one.account_enabled]


def met(told: Judged, standard: str) -> set[tuple[str, str]]:
    """Each log source with each period that it meets, as a plan names them."""
    words = {"hot": load_standard(standard).hot, "total": load_standard(standard).total}
    entry = next(one for one in told.assessment.standards if one.id == standard)
    found: set[tuple[str, str]] = set()
    for row in told.assessment.sources:
        if row.standard != standard:
            continue
        for name, asked, status in (("hot", entry.hot, row.hot_status), ("total", entry.total, row.total_status)):
            if words[name] is not None and asked is not None and status is Status.PASS:
                found.add((row.id, f"{asked.period} {asked.word}"))
    return found


def said(fixes: tuple[FixEntry, ...]) -> set[tuple[str, str]]:
    return {(one.source, one.period) for one in fixes}


def steps_of(told: Judged, standard: str = "m-21-31") -> tuple[PlanStepEntry, ...]:
    return next(one for one in told.assessment.plans if one.standard == standard).steps


def unprovable(key: tuple[str, str | None, str | None], change: tuple[Status, Status], before: Judged) -> bool:
    """INT-04 of a workspace that is made: whether an alert rule tells of a purge, no API that is read shows."""
    check, _, part = key
    new = part is None or key not in before.statuses
    return check == "INT-04" and new and change[1] is Status.INDETERMINATE


def only_subscriptions(tenant: Tenant) -> Declarations:
    return replace(declared(tenant), stores=())


def beyond(steps: tuple[PlanStepEntry, ...]) -> tuple[str, ...]:
    """The log sources that somebody must copy, and declare."""
    return tuple(
        sorted({one.source for step in steps if step.what.startswith("No setting of Purview") for one in step.fixes})
    )


@pytest.mark.parametrize("standard", ["m-21-31", "m-26-14"])
@pytest.mark.parametrize("name", SCENARIOS)
def test_what_a_plan_says_it_fixes_is_met_once_it_is_carried_out(name: str, standard: str) -> None:
    tenant = SCENARIOS[name]()
    before = judged(tenant, only_subscriptions(tenant), IDLE_OUT)
    steps = steps_of(before, standard)
    assert steps
    CarriedOut(tenant).follow(steps)
    after = judged(tenant, only_subscriptions(tenant), IDLE_OUT)
    assert [key for key, change in worse(before, after).items() if not unprovable(key, change, before)] == []
    somebody = {*beyond(steps), CLOUD_APP_EVENTS}
    promised = {one for step in steps for one in said(step.fixes) if one[0] not in somebody}
    assert promised - met(after, standard) == set()
    left = [step for step in steps_of(after, standard) if not step.what.startswith(("No setting", STREAMED))]
    assert [step.what for step in left] == []
    for check in ("RET-01", "RET-02", "RET-08"):
        finding = after.finding(check, standard)
        assert {one.status for one in finding.parts if one.id in MEMBERS} <= {Status.PASS}
    by_hand = declared(tenant, *beyond(steps))
    copied = judged(tenant, by_hand, IDLE_OUT)
    assert {one for step in steps for one in said(step.fixes)} - met(copied, standard) == set()
    assert steps_of(copied, standard) == ()


def test_accounts_with_sign_in_blocked_are_told_to_be_settled_and_nothing_is_bought_for_them() -> None:
    tenant = load_scenario("agency")
    steps = steps_of(judged(tenant, only_subscriptions(tenant)))
    (settle,) = [step for step in steps if step.what.startswith("Settle whether")]
    assert steps[-1] == settle
    assert "38 accounts" in settle.what
    assert [step.licences for step in steps if step.needs_licences] == [44, 216]


def test_one_licence_fewer_leaves_an_account_that_is_kept_too_short() -> None:
    tenant = load_scenario("half-licensed")
    steps = steps_of(judged(tenant, only_subscriptions(tenant)))
    CarriedOut(tenant, fewer=1).follow(steps)
    after = judged(tenant, only_subscriptions(tenant))
    assert after.part("RET-01", "member_without_audit_plan").status is Status.FAIL
    assert "(one of" not in after.part("RET-01", "member_without_audit_plan").cause


SMALLER = {
    "--name SigninLogs --retention-time 365": "--name SigninLogs --retention-time 364",
    "--name AADProvisioningLogs --retention-time 365 --total-retention-time 1095": (
        "--name AADProvisioningLogs --retention-time 365 --total-retention-time 730"
    ),
    "-RetentionDuration ThreeYears": "-RetentionDuration TwelveMonths",
}


@pytest.mark.parametrize("number", SMALLER)
def test_the_next_smaller_number_does_not_do(number: str) -> None:
    tenant = load_scenario("table-plans")
    steps = steps_of(judged(tenant, only_subscriptions(tenant)))
    assert any(number in line for step in steps for line in step.commands)
    CarriedOut(tenant, lambda line: line.replace(number, SMALLER[number])).follow(steps)
    after = judged(tenant, declared(tenant))  # the records of applications are in another store
    promised = {one for step in steps for one in said(step.fixes)}
    assert promised - met(after, "m-21-31") != set()


def test_a_later_priority_would_not_decide() -> None:
    tenant = load_scenario("shadowed-policy")
    steps = steps_of(judged(tenant, only_subscriptions(tenant)))
    lines = [line for step in steps for line in step.commands]
    assert 'Set-UnifiedAuditLogRetentionPolicy -Identity "Storage trial" -Priority 2' in lines
    assert any(line.endswith("-Priority 1") for line in lines)
    moved = {"-Priority 2": "-Priority 3", "-Priority 1": "-Priority 4"}
    CarriedOut(tenant, lambda line: re.sub(r"-Priority \d$", lambda m: moved[m[0]], line)).follow(steps)
    after = judged(tenant, only_subscriptions(tenant))
    assert after.finding("RET-01").status is Status.FAIL


def test_a_policy_that_keeps_longer_still_goes_before_the_one_that_is_added() -> None:
    tenant = load_scenario("agency")
    steps = steps_of(judged(tenant, only_subscriptions(tenant)))
    CarriedOut(tenant).follow(steps)
    order = [one.name for one in sorted(tenant.policies, key=lambda one: one.priority)]
    assert order == [
        "Executive mail 10 years",
        "lookback ThreeYears 9",
        "Teams short",
        "SharePoint clean-up",
        "Mail access 1 year",
    ]


def test_where_every_priority_is_taken_those_that_are_there_keep_their_order() -> None:
    tenant = SCENARIOS["crowded"]()
    CarriedOut(tenant).follow(steps_of(judged(tenant, only_subscriptions(tenant))))
    there = {one.priority: one.name for one in tenant.policies}
    assert there == {1: "lookback ThreeYears 1", 2: "Policy 1", 3: "Policy 2", 4: "Policy 3"}


def test_what_purview_cannot_help_with_comes_first() -> None:
    for name in ("agency", "forgotten-subscription"):
        tenant = SCENARIOS[name]()
        steps = steps_of(judged(tenant, only_subscriptions(tenant)))
        outside = [step.what.startswith("No setting of Purview") for step in steps]
        assert outside[0]
        assert sorted(outside, reverse=True) == outside


def test_a_copy_that_is_made_already_is_kept_longer_before_anything_is_bought() -> None:
    tenant = SCENARIOS["short-copies"]()
    steps = steps_of(judged(tenant, only_subscriptions(tenant)))
    bought = {one.source for step in steps if step.needs_licences for one in step.fixes}
    assert "purview.exchange_item" not in bought
    assert "purview.teams" in bought  # the connector brings no records of Teams in
    assert any("--name OfficeActivity" in line for step in steps for line in step.commands)


def test_a_name_from_the_tenant_never_lands_in_a_command() -> None:
    tenant = load_scenario("shadowed-policy")
    tenant.policies[0].name = 'x" -Priority 1; Remove-UnifiedAuditLogRetentionPolicy -Identity "y'
    tenant.azure.subscriptions[0].display_name = "$(reboot)"
    tenant.azure.settings[0].name = "'; reboot; '"
    steps = steps_of(judged(tenant, only_subscriptions(tenant)))
    lines = [line for step in steps for line in step.commands]
    assert not [line for line in lines if "reboot" in line or "Remove-" in line]
    assert any("raise the Priority number" in line for line in lines)
    assert not any(line.startswith("New-Unified") for line in lines)


def test_with_five_settings_no_sixth_is_added() -> None:
    tenant = SCENARIOS["lost-destinations"]()
    assert len(tenant.azure.settings) == 5
    lines = [line for step in steps_of(judged(tenant)) for line in step.commands]
    assert not any("aadiam" in line for line in lines)
    assert any("no more can be" in line for line in lines)


def test_nothing_is_executed() -> None:
    told = judged(load_scenario("agency"))
    assert steps_of(told)
    changing = [
        one
        for one in told.requests
        if one.method not in ("GET", "POST")
        or (one.method == "POST" and one.api not in ("login", "exchange", "purview_regional"))
    ]
    queries = {one.path for one in changing}
    assert queries <= {"/providers/Microsoft.ResourceGraph/resources"}
    assert all(one.cmdlet is None or one.cmdlet.startswith("Get-") for one in told.requests)


def test_many_subscriptions_stay_readable() -> None:
    tenant = load_scenario("inventory:1000x1x1")
    for one in tenant.azure.subscriptions:
        one.settings = []
    steps = steps_of(judged(tenant))
    assert max(len(step.commands) for step in steps) <= 25
    assert any("980 more" in line for step in steps for line in step.commands)


def test_strict_months_take_one_day_more() -> None:
    tenant = load_scenario("table-plans")
    strict = "strict_months: true\n"
    lines = [line for step in steps_of(judged(tenant, more=strict)) for line in step.commands]
    assert any("--name SigninLogs --retention-time 366" in line for line in lines)


def shown(*words: str) -> str:
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
        assert main(["demo", "-q", *words]) == 0
    return out.getvalue()


def test_the_plan_fits_eighty_columns_but_for_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    standards = ("--standard", "m-21-31", "--standard", "m-26-14")
    text = shown("--plan", "-o", str(tmp_path / "demo"), "--scenario", "forgotten-subscription", *standards)
    section = text.partition("What it would take\n")[2].partition("\nStandards asked for\n")[0]
    commands = ("az ", "New-Unified", "Set-Unified")
    assert [line for line in section.splitlines() if len(line) > 80 and not line.strip().startswith(commands)] == []


def test_of_several_standards_one_plan_is_shown_since_each_begins_from_what_was_read(tmp_path: Path) -> None:
    standards = ("--standard", "m-21-31", "--standard", "m-26-14", "--gate", "m-26-14")
    text = shown("--plan", "-o", str(tmp_path / "demo"), "--scenario", "forgotten-subscription", *standards)
    section = text.partition("What it would take\n")[2].partition("\nStandards asked for\n")[0]
    assert "This is the plan of m-26-14." in section
    assert "\nm-26-14\n" in section
    assert "\nm-21-31\n" not in section
    document = json.loads((tmp_path / "demo" / "result" / "assessment.json").read_bytes())
    assert [plan["standard"] for plan in document["plans"]] == ["m-21-31", "m-26-14"]


def test_plans_are_in_json_whether_they_are_shown_or_not(tmp_path: Path) -> None:
    shown("-o", str(tmp_path / "demo"), "--scenario", "half-licensed")
    document = json.loads((tmp_path / "demo" / "result" / "assessment.json").read_bytes())
    (plan,) = document["plans"]
    assert [step["licences"] for step in plan["steps"] if step["needs_licences"]] == [20, 40]
