"""A tenant with as many subscriptions, workspaces and tables as are asked for, spread evenly, with a few mistakes."""

from __future__ import annotations

from datetime import UTC, datetime

from compliance.demo.azure import (
    ACTIVITY_CATEGORIES,
    ENTRA_TABLES,
    CommonTables,
    DiagnosticSetting,
    Subscription,
    Table,
    Workspace,
)
from compliance.demo.odd import stable_guid
from compliance.demo.tenant import Tenant

_CREATED = datetime(2020, 3, 2, 8, tzinfo=UTC)
_FORGOTTEN_EVERY = 50
_SHORT_EVERY = 40


def add_inventory(tenant: Tenant, subscriptions: int, workspaces: int, tables: int) -> None:
    """Add them; every number is at least 1, and a workspace has the tables of Entra's logs before others.

    Each subscription sends its Activity log to one of the workspaces, but for one in fifty, which sends it nowhere.
    Each workspace keeps its tables for a year at hand and for three in all, but for one in forty: 90 days. Tables of
    equal workspaces are the same objects, so that neither memory nor the time to answer grows with them.
    """
    azure = tenant.azure
    guids = [stable_guid(tenant.id, "subscription", str(number)) for number in range(subscriptions)]
    names = _table_names(tables)
    kept = CommonTables(tuple(Table(name, 365, 1095) for name in names))
    short = CommonTables(tuple(Table(name, 90, 90) for name in names))
    for number in range(workspaces):
        group = f"/subscriptions/{guids[number % subscriptions]}/resourceGroups/rg-logs"
        is_short = number % _SHORT_EVERY == _SHORT_EVERY - 1
        azure.workspaces.append(
            Workspace(
                f"{group}/providers/Microsoft.OperationalInsights/workspaces/logs-{number:05}",
                created=_CREATED,
                modified=_CREATED,
                retention_in_days=90 if is_short else 365,
                common=short if is_short else kept,
            )
        )
    for number, guid in enumerate(guids):
        destination = azure.workspaces[number % workspaces].id
        setting = DiagnosticSetting("activity", ACTIVITY_CATEGORIES, workspace_id=destination)
        settings = [] if number % _FORGOTTEN_EVERY == _FORGOTTEN_EVERY - 1 else [setting]
        azure.subscriptions.append(Subscription(guid, f"Subscription {number:05}", settings=settings))
    azure.settings.append(DiagnosticSetting("entra", tuple(ENTRA_TABLES), workspace_id=azure.workspaces[0].id))
    tenant.identity.azure_roles = (("Reader", "/"),)


def _table_names(count: int) -> list[str]:
    known = ["AzureActivity", *ENTRA_TABLES.values()]
    return sorted([*known, *(f"Application{number:04}_CL" for number in range(count - len(known)))][:count])
