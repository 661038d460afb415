"""A tenant whose logs few may read and fewer delete, to be changed by a test, and what is said of it once collected."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from checks import all_checks
from compliance.assessment.assessment import Finding, PartEntry
from compliance.assessment.declarations import (
    ApprovedList,
    AttestedStore,
    Copied,
    Declarations,
    Statement,
    StatementAbout,
)
from compliance.demo.azure import ACTIVITY_CATEGORIES, ENTRA_TABLES, DiagnosticSetting, Subscription, Table, Workspace
from compliance.demo.azure_access import RoleHolder
from compliance.demo.azure_stores import StorageAccount
from compliance.demo.scenarios import load_scenario
from compliance.demo.tenant import Tenant
from compliance.evidence.datasets import DATASETS, Api
from compliance.evidence.evidence import Evidence
from compliance.rules.periods import Duration
from compliance.runner import judge

SUBSCRIPTION = "11111111-2222-4333-8444-555555555555"
OTHER_SUBSCRIPTION = "22222222-3333-4444-8555-666666666666"
SCOPE = f"/subscriptions/{SUBSCRIPTION}"
GROUP = f"{SCOPE}/resourceGroups/logging"
LAW = f"{GROUP}/providers/Microsoft.OperationalInsights/workspaces/law-sec"
OTHER_LAW = f"{GROUP}/providers/Microsoft.OperationalInsights/workspaces/law-two"
ACCOUNT = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/coldlogs"
NAMESPACE = f"{GROUP}/providers/Microsoft.EventHub/namespaces/siem-feed"
CREATED = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
SOON = dt.datetime(2027, 6, 1, tzinfo=dt.UTC)
READ = (
    "graph.organization",
    "graph.subscribed_skus",
    "graph.users",
    "graph.role_assignments",
    "graph.role_eligibilities",
    *(name for name, spec in DATASETS.items() if spec.api is Api.ARM),
    "exchange.admin_audit_log_config",
    "exchange.organization_config",
)
CHECKS = {one.id: one for one in all_checks()}


def tables(**days: int) -> list[Table]:
    names = (*ENTRA_TABLES.values(), "AzureActivity", "OfficeActivity", "LAQueryLogs", "StorageBlobLogs")
    return [Table(name, days.get(name, 365), max(days.get(name, 1095), 30)) for name in names]


def workspace(resource_id: str = LAW, **days: int) -> Workspace:
    """A workspace that sends its own category Audit to itself; `days` are what some tables keep."""
    made = Workspace(resource_id, CREATED, CREATED, retention_in_days=365, tables=tables(**days))
    made.settings = [DiagnosticSetting("readers", ("Audit",), workspace_id=LAW)]
    return made


def account() -> StorageAccount:
    made = StorageAccount(ACCOUNT, CREATED)
    blobs = ("StorageRead", "StorageWrite", "StorageDelete")
    made.settings = [DiagnosticSetting("readers", blobs, workspace_id=LAW)]
    return made


def user(tenant: Tenant, number: int) -> str:
    """The id of a member, made where there is none of that number; 1 to 4 hold directory roles."""
    name = f"user{number:03}"
    there = [one.id for one in tenant.users if one.user_principal_name.startswith(f"{name}@")]
    return there[0] if there else tenant.add_user(name).id


def holder(role: str, principal: str, *, kind: str = "User", scope: str = LAW, **more: object) -> RoleHolder:
    made = RoleHolder(role, scope, principal, "User", principal, CREATED)
    return replace(made, principal_type=kind, **more)  # type: ignore[arg-type]


def guid(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012}"


def well_kept() -> Tenant:
    """A tenant whose logs go to a workspace and an account: two may take on rights, a group reads, all is recorded."""
    tenant = load_scenario("compliant")
    roles = (("Reader", "/providers/Microsoft.aadiam"), ("Reader", SCOPE))
    tenant.identity = replace(tenant.identity, azure_roles=roles)
    azure = tenant.azure
    azure.settings = [DiagnosticSetting("all", tuple(ENTRA_TABLES), workspace_id=LAW, storage_account_id=ACCOUNT)]
    activity = DiagnosticSetting("activity", ACTIVITY_CATEGORIES, workspace_id=LAW)
    azure.subscriptions = [Subscription(SUBSCRIPTION, "Logging", settings=[activity])]
    azure.workspaces, azure.storage_accounts = [workspace()], [account()]
    azure.namespaces, azure.clusters, azure.events, azure.locks = [], [], [], []
    azure.role_holders = [
        holder("Owner", user(tenant, 8), scope=SCOPE, eligible=True, ends=SOON),
        holder("Contributor", user(tenant, 9), scope=GROUP, eligible=True, ends=SOON),
        holder("Log Analytics Reader", guid(1), kind="Group"),
    ]
    return tenant


def said(about: StatementAbout, declared_on: str = "2026-11-01") -> Statement:
    return Statement(
        about=about,
        text="As it is.",
        owner="soc@agency.example",
        declared_on=dt.date.fromisoformat(declared_on),
        expires=dt.date(2028, 1, 1),
    )


def listed(*ids: str, expires: str = "2027-06-30") -> ApprovedList:
    return ApprovedList(
        ids=ids,
        owner="cloud@agency.example",
        declared_on=dt.date(2026, 1, 1),
        expires=dt.date.fromisoformat(expires),
    )


def declared_store(*sources: str) -> AttestedStore:
    return AttestedStore(
        id="siem",
        name="agency SIEM",
        sources=sources,
        total=Duration.of_months(30),
        copied=Copied.AT_CREATION,
        owner="soc@agency.example",
        declared_on=dt.date(2026, 1, 1),
        expires=dt.date(2027, 6, 30),
        file=Path("/attested.pdf"),
        sha256="ab" * 32,
    )


WHOLE = listed(SUBSCRIPTION)
DECLARED = Declarations(approved_subscriptions=WHOLE, statements=(said("soc-access"), said("log-access-review")))


@dataclass(frozen=True)
class Judged:
    """A tenant, collected once, and what is said of it."""

    evidence: Evidence

    def finding(self, check: str, declarations: Declarations = DECLARED) -> Finding:
        return judge(CHECKS[check], None, self.evidence, declarations)[0]

    def part(self, check: str, title: str, declarations: Declarations = DECLARED) -> PartEntry:
        return next(one for one in self.finding(check, declarations).parts if one.title == title)


Collected = Callable[[Tenant], Judged]
