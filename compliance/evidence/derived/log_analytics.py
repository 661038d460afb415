"""The Log Analytics workspaces that were read, and how long each of their tables keeps records."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from compliance.evidence.azure_views import Table, Workspace
from compliance.evidence.datasets import DATASETS
from compliance.evidence.derived.inventory import Inventory, inventory
from compliance.evidence.derived.standing import Gone, Live, Standing
from compliance.evidence.population import Population, id_key
from compliance.evidence.unread import Kind, Unread
from compliance.evidence.views import DATASET_OF
from compliance.rules.log_analytics import OVER_QUOTA, TAKES_LOGS_IN, TAKES_NO_LOGS, table_reach
from compliance.rules.reach import StoreReach
from compliance.rules.resource_ids import resource_name

_READY = "succeeded"
"""The provisioningState of what is there to be used (Azure Resource Manager)."""
_GOING = "deleting"
_TABLES = "/tables/"
_WORKSPACES = DATASET_OF[Workspace]
_TABLE_ROWS = DATASET_OF[Table]


@dataclass(frozen=True, slots=True)
class _State:
    """What a workspace says of itself, and the day on which it was made, None where it is not said."""

    standing: Standing
    created: dt.date | None


@dataclass(frozen=True, slots=True)
class LogAnalytics:
    """What was read of workspaces and their tables.

    `tables` holds, by table name in lower case and then by workspace, how long each keeps records, or why that cannot
    be said. `workspaces_unread` and `tables_unread` say why one that is not listed may be there all the same.
    """

    states: Inventory[_State]
    tables: Mapping[str, Mapping[str, StoreReach | Unread]]
    tables_unread: Unread | None

    @property
    def workspaces_unread(self) -> Unread | None:
        """Why a workspace that is not listed may be there all the same."""
        return self.states.unread

    def table(self, workspace: str, name: str) -> StoreReach | Unread:
        """Return how long a table keeps records; one that is not listed is unread, since nothing is known of it."""
        found = self.tables.get(name.casefold())
        kept = None if found is None else found.get(id_key(workspace))
        if kept is not None:
            return kept
        if self.tables_unread is not None:
            return self.tables_unread
        return Unread(
            Kind.UNPROVEN,
            _TABLE_ROWS,
            f"the workspace {resource_name(workspace)} lists no table {name}",
            f"the tables read again, once the first records have made {name}: {DATASETS[_TABLE_ROWS].request}",
        )

    def workspaces_with(self, table: str) -> tuple[str, ...]:
        """Return the workspaces of which it was read that they have a table of this name."""
        found = self.tables.get(table.casefold())
        return () if found is None else tuple(sorted(found))

    def standing(self, workspace: str) -> Standing:
        """Return what a workspace says of itself: that it is ready, and takes logs in."""
        state = self.states.find(workspace)
        if state is None:
            reason = f"the workspace {resource_name(workspace)} was not read"
            return Unread(Kind.INCOMPLETE, _WORKSPACES, reason, f"read again: {DATASETS[_WORKSPACES].request}")
        return state if isinstance(state, Unread) else state.standing

    def created(self, workspace: str) -> dt.date | None:
        """Return the day on which a workspace was made, or None where that is not known."""
        state = self.states.find(workspace)
        return state.created if isinstance(state, _State) else None


def log_analytics(workspaces: Population[Workspace] | Unread, tables: Population[Table] | Unread) -> LogAnalytics:
    """Return every workspace and table that was read. A row that cannot be read may be any that is not listed.

    Of one that is listed twice nobody knows which entry holds.
    """
    listed = inventory(tables, _TABLE_ROWS, _kept)
    by_name: dict[str, dict[str, StoreReach | Unread]] = {}
    for key, kept in listed.rows.items():
        workspace, _, name = key.rpartition(_TABLES)
        by_name.setdefault(name, {})[workspace] = kept
    return LogAnalytics(inventory(workspaces, _WORKSPACES, _state), by_name, listed.unread)


def _state(row: Workspace) -> _State:
    created = row.properties.created_date.date() if row.properties.holds("created_date") else None
    return _State(_standing(row), created)


def _standing(row: Workspace) -> Standing:
    named = f"the workspace {resource_name(row.id)}"
    state = row.properties.provisioning_state
    if state.casefold() == _GOING:
        return Gone(f"{named} is in the state {state}")
    if state.casefold() != _READY:
        settle = "the workspace read again, once it is Succeeded"
        return Unread(Kind.UNPROVEN, _WORKSPACES, f"{named} is in the state {state}", settle)
    ingestion = row.properties.workspace_capping.data_ingestion_status
    says = f"{named} says of taking logs in: {ingestion}"
    if ingestion.casefold() in TAKES_LOGS_IN:
        return Live()
    if ingestion.casefold() == OVER_QUOTA:
        return Gone(says, for_now=True)
    if ingestion.casefold() in TAKES_NO_LOGS:
        return Gone(says)
    return Unread(Kind.UNPROVEN, _WORKSPACES, says, "the workspace read again, once it takes logs in")


def _kept(row: Table) -> StoreReach | Unread:
    workspace = row.id.strip().rstrip("/").rpartition("/")[0].rpartition("/")[0]
    state = row.properties.provisioning_state
    reach = table_reach(
        f"Log Analytics {resource_name(workspace)}",
        row.properties.plan,
        row.properties.retention_in_days,
        row.properties.total_retention_in_days,
    )
    if state.casefold() != _READY:
        reason = f"the table {resource_name(row.id)} is in the state {state}"
        return Unread(Kind.UNPROVEN, _TABLE_ROWS, reason, "the table read again, once it is Succeeded")
    return reach
