"""Stores of logs as facts of a simulated tenant, and what is said of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace

from checks import all_checks
from compliance.assessment.assessment import Finding, PartEntry
from compliance.assessment.declarations import ApprovedList, Declarations
from compliance.demo.azure import (
    ENTRA_TABLES,
    Table,
    Workspace,
)
from compliance.demo.azure_stores import Container, Immutability, StorageAccount
from compliance.demo.tenant import Tenant
from compliance.evidence.datasets import DATASETS, Api
from compliance.evidence.evidence import Evidence
from compliance.runner import judge
from compliance.standards import Standard, load_standard

SUBSCRIPTION = "11111111-2222-4333-8444-555555555555"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/logging"
LAW = f"{GROUP}/providers/Microsoft.OperationalInsights/workspaces/law-sec"
ACCOUNT = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/coldlogs"
HUBS = f"{GROUP}/providers/Microsoft.EventHub/namespaces/siem-hubs"
CREATED = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
CONTAINERS = (*(f"insights-logs-{name.lower()}" for name in ENTRA_TABLES), "insights-activity-logs")
ALL_OF_THEM = Declarations(
    approved_subscriptions=ApprovedList(
        ids=(SUBSCRIPTION,), owner="ciso@bureau.example", declared_on=dt.date(2026, 1, 1), expires=dt.date(2027, 12, 31)
    )
)
"""That the tenant has one subscription, and no other."""
READ = ("graph.organization", "graph.subscribed_skus", *(one.name for one in DATASETS.values() if one.api is Api.ARM))
CHECKS = {one.id: one for one in all_checks()}


def container(name: str, **changes: object) -> Container:
    """A container that nobody can delete from for 30 months."""
    made = Container(name, Immutability(915, "Locked", "append blobs"))
    return replace(made, **changes)


def account(resource_id: str = ACCOUNT, **changes: object) -> StorageAccount:
    """A storage account that is closed, and has a locked container for every log."""
    made = StorageAccount(
        resource_id,
        CREATED,
        [container(name) for name in CONTAINERS],
        default_action="Deny",
        shared_key=False,
        blob_soft_delete=30,
        container_soft_delete=30,
    )
    return replace(made, **changes)


def workspace(**changes: object) -> Workspace:
    """A workspace that keeps every log for a year searchable and three years in all."""
    tables = [Table(name, 365, 1095) for name in (*ENTRA_TABLES.values(), "AzureActivity")]
    return replace(Workspace(LAW, CREATED, CREATED, tables=tables), **changes)


@dataclass(frozen=True)
class Judged:
    """A tenant, collected once, and what is said of it where it is declared to have one subscription."""

    evidence: Evidence

    def finding(
        self, check: str, declarations: Declarations = ALL_OF_THEM, standard: Standard | str = "m-21-31"
    ) -> Finding:
        by = load_standard(standard) if isinstance(standard, str) else standard
        return judge(CHECKS[check], by, self.evidence, declarations)[0]

    def parts(
        self, check: str, declarations: Declarations = ALL_OF_THEM, standard: Standard | str = "m-21-31"
    ) -> dict[str, PartEntry]:
        return {part.title: part for part in self.finding(check, declarations, standard).parts}


Collected = Callable[[Tenant], Judged]
