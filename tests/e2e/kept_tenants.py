"""A tenant whose logs all go to one workspace, to be changed by a test, and what is said of it once collected."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from checks import all_checks
from compliance.assessment.assessment import Finding, PartEntry, SourceEntry
from compliance.assessment.declarations import (
    NO_DECLARATIONS,
    ApprovedList,
    AttestedStore,
    Copied,
    Declarations,
    Statement,
)
from compliance.assessment.sources import sources_of
from compliance.assessment.verdict import Status
from compliance.cli.apis import now, scope_of, tenant_apis
from compliance.collector import Run, collect
from compliance.demo.azure import ENTRA_TABLES, Connector, DiagnosticSetting, Subscription, Table, Workspace
from compliance.demo.scenarios import load_scenario
from compliance.demo.server import Served
from compliance.demo.tenant import Tenant
from compliance.evidence.datasets import DATASETS, Api
from compliance.evidence.derived import DERIVATIONS
from compliance.evidence.evidence import Evidence
from compliance.rules.entra_logs import ENTRA_LOGS
from compliance.rules.periods import Duration
from compliance.runner import judge
from compliance.settings import load_settings
from compliance.standards import load_standard

SUBSCRIPTION = "11111111-2222-4333-8444-555555555555"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/logging/providers"
LAW = f"{GROUP}/Microsoft.OperationalInsights/workspaces/law-sec"
OTHER_LAW = f"{GROUP}/Microsoft.OperationalInsights/workspaces/law-two"
STORAGE = f"{GROUP}/Microsoft.Storage/storageAccounts/coldlogs"
CREATED = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
CATEGORIES = tuple(ENTRA_TABLES)
SIGN_INS, NON_INTERACTIVE = "entra.sign_in_logs", "entra.non_interactive_user_sign_in_logs"
READER = (("Reader", "/providers/Microsoft.aadiam"), ("Reader", f"/subscriptions/{SUBSCRIPTION}"))
ARM = tuple(name for name, spec in DATASETS.items() if spec.api is Api.ARM)
ENTRA = ("graph.organization", "graph.subscribed_skus", *ARM)
AUDIT_LOG = (
    *ENTRA,
    "graph.users",
    "exchange.admin_audit_log_config",
    "exchange.organization_config",
    "purview.audit_retention_policies",
)
CHECKS = {one.id: one for one in all_checks()}


def tables(hot: int = 365, total: int = 1095, plan: str = "Analytics", **others: Table) -> list[Table]:
    """The tables of all logs, those given by name as given."""
    names = (*ENTRA_TABLES.values(), "AzureActivity")
    return [
        others[name] if name in others else Table(name, hot, total, plan)
        for name in (*names, *(other for other in others if other not in names))
    ]


def workspace(resource_id: str = LAW, made: list[Table] | None = None) -> Workspace:
    return Workspace(resource_id, CREATED, CREATED, retention_in_days=365, tables=tables() if made is None else made)


def sentinel(*brought_in: str, made: list[Table] | None = None) -> Workspace:
    """A workspace whose connector for Microsoft 365 brings in some kinds of data, and no others."""
    states = {kind: kind in brought_in for kind in ("exchange", "sharePoint", "teams")}
    return replace(workspace(made=made), sentinel=True, connectors=[Connector("office", "Office365", states)])


def activity(*groups: str, workspace_id: str = LAW) -> DiagnosticSetting:
    """A setting of a subscription's Activity log: all of it, or the groups or categories that are given."""
    return DiagnosticSetting("activity", groups, () if groups else ("allLogs",), workspace_id=workspace_id)


def agency(*settings: DiagnosticSetting, workspaces: list[Workspace] | None = None) -> Tenant:
    """The compliant tenant with these diagnostic settings; without any, all goes to one workspace that keeps enough.

    It has no Defender for Cloud Apps.
    """
    tenant = load_scenario("compliant")
    tenant.identity = replace(tenant.identity, azure_roles=READER)
    tenant.azure.subscriptions = [Subscription(SUBSCRIPTION, "Logging", settings=[activity()])]
    tenant.azure.settings = list(settings) or [DiagnosticSetting("all", CATEGORIES, workspace_id=LAW)]
    tenant.azure.workspaces = [workspace()] if workspaces is None else workspaces
    tenant.azure.storage_accounts, tenant.azure.namespaces, tenant.azure.clusters = [], [], []
    for sku in tenant.skus:
        plans = tuple(plan for plan in sku.product.plans if not plan.name.startswith("ADALLOM"))
        sku.product = replace(sku.product, plans=plans)
    return tenant


ALL_SUBSCRIPTIONS = ApprovedList(
    ids=(SUBSCRIPTION,),
    owner="cloud@agency.example",
    declared_on=dt.date(2026, 1, 1),
    expires=dt.date(2027, 1, 1),
)
NO_OTHER_STORES = Statement(
    about="no-other-stores",
    text="Nothing else reads the audit log.",
    owner="soc@agency.example",
    declared_on=dt.date(2026, 1, 1),
    expires=dt.date(2027, 1, 1),
)
WHOLE_LIST = Declarations(approved_subscriptions=ALL_SUBSCRIPTIONS)
NOTHING_ELSE = Declarations(approved_subscriptions=ALL_SUBSCRIPTIONS, statements=(NO_OTHER_STORES,))


def declared_store(*sources: str) -> AttestedStore:
    """A store that somebody declares to keep some log sources, or those of Entra, for 12 and 30 months."""
    return AttestedStore(
        id="siem",
        name="agency SIEM",
        sources=sources or tuple(ENTRA_LOGS),
        hot=Duration.of_months(12),
        total=Duration.of_months(30),
        copied=Copied.AT_CREATION,
        owner="soc@agency.example",
        declared_on=dt.date(2026, 1, 1),
        expires=dt.date(2027, 1, 1),
        file=Path("/attested.pdf"),
        sha256="ab" * 32,
    )


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

    def rows(self, standard: str = "m-21-31", declarations: Declarations = NO_DECLARATIONS) -> dict[str, SourceEntry]:
        return {row.id: row for row in sources_of(load_standard(standard), self.evidence, declarations)}


Collected = Callable[..., Judged]


def collect_served(served: Served, bundle: Path, datasets: tuple[str, ...], more: str) -> Judged:
    """Collect a tenant that is served; the environment holds what it takes to sign in."""
    config = served.directory / "config.yaml"
    config.write_text(served.settings_yaml() + more, encoding="utf-8")
    settings = load_settings(config)
    with tenant_apis(settings, quiet=True) as apis:
        run = Run(bundle, datasets, scope_of(settings), settings.digest())
        return Judged(Evidence(collect(apis, run, clock=now), DERIVATIONS))


def told(parts: dict[str, PartEntry]) -> dict[Status, set[str]]:
    by_status: dict[Status, set[str]] = {}
    for part in parts.values():
        by_status.setdefault(part.status, set()).add(part.id)
    return by_status
