"""The Log Analytics workspaces that diagnostic settings name, and how long each of their tables keeps records."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from compliance.evidence.azure_views import Table, Workspace
from compliance.evidence.datasets import DATASETS
from compliance.evidence.population import Coverage, Malformed, Population, id_key, scan
from compliance.evidence.unread import Kind, PropertyUnreadError, Unread
from compliance.evidence.views import DATASET_OF
from compliance.rules.log_analytics import TAKES_LOGS_IN, table_reach
from compliance.rules.reach import StoreReach

_READY = "succeeded"
"""The provisioningState of what is there to be used (Azure Resource Manager)."""
_TABLES = "/tables/"
_WORKSPACES = DATASET_OF[Workspace]
_TABLE_ROWS = DATASET_OF[Table]


def resource_name(resource_id: str) -> str:
    """Return the last segment of a resource id: the name that people know."""
    return resource_id.strip().rstrip("/").rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class LogAnalytics:
    """What was read of workspaces and their tables, by resource id and table name in lower case.

    `workspaces` holds the day on which each was made, None where it is not said, or why it cannot be counted on.
    `workspaces_unread` and `tables_unread` say why one that is not listed may be there all the same.
    """

    workspaces: Mapping[str, dt.date | Unread | None]
    tables: Mapping[tuple[str, str], StoreReach | Unread]
    workspaces_unread: Unread | None
    tables_unread: Unread | None

    def table(self, workspace: str, name: str) -> StoreReach | Unread:
        """Return how long a table keeps records; one that is not listed is unread, since nothing is known of it."""
        found = self.tables.get((id_key(workspace), name.casefold()))
        if found is not None:
            return found
        if self.tables_unread is not None:
            return self.tables_unread
        return Unread(
            Kind.UNPROVEN,
            _TABLE_ROWS,
            f"the workspace {resource_name(workspace)} lists no table {name}",
            f"the tables read again, once the first records have made {name}: {DATASETS[_TABLE_ROWS].request}",
        )

    def tables_named(self, name: str) -> tuple[StoreReach, ...]:
        """Return the tables of this name that were read, in whatever workspace."""
        return tuple(
            table
            for (_, table_name), table in sorted(self.tables.items(), key=lambda item: item[0])
            if table_name == name.casefold() and isinstance(table, StoreReach)
        )

    def not_live(self, workspace: str) -> Unread | None:
        """Say why a workspace is not known to be there, or None where it answered and is ready."""
        key = id_key(workspace)
        if key in self.workspaces:
            state = self.workspaces[key]
            return state if isinstance(state, Unread) else None
        if self.workspaces_unread is not None:
            return self.workspaces_unread
        spec = DATASETS[_WORKSPACES]
        reason = f"the workspace {resource_name(workspace)} was not read"
        return Unread(Kind.INCOMPLETE, _WORKSPACES, reason, f"read again: {spec.request}")

    def created(self, workspace: str) -> dt.date | None:
        """Return the day on which a workspace was made, or None where that is not known."""
        state = self.workspaces.get(id_key(workspace))
        return None if isinstance(state, Unread) else state


def log_analytics(workspaces: Population[Workspace] | Unread, tables: Population[Table] | Unread) -> LogAnalytics:
    """Return every workspace and table that was read. A row that cannot be read may be any that is not listed.

    Of one that is listed twice nobody knows which entry holds.
    """
    found, workspaces_unread = _workspaces(workspaces)
    listed, tables_unread = _tables(tables)
    return LogAnalytics(found, listed, workspaces_unread, tables_unread)


def _workspaces(
    rows: Population[Workspace] | Unread,
) -> tuple[dict[str, dt.date | Unread | None], Unread | None]:
    if isinstance(rows, Unread):
        return {}, rows
    found: dict[str, dt.date | Unread | None] = {}
    malformed: list[str] = []
    for row, _ in scan(rows):
        if not isinstance(row, Malformed):
            found[id_key(row.id)] = _standing(row)
            continue
        malformed.append(row.reason)
        if row.id is not None:
            found[row.id] = _malformed(_WORKSPACES, row.reason)
    return found, _shortfall(rows, malformed, _WORKSPACES)


def _standing(row: Workspace) -> dt.date | Unread | None:
    try:
        state = row.properties.provisioning_state
        if state.casefold() != _READY:
            reason = f"the workspace {resource_name(row.id)} is in the state {state}"
            return Unread(Kind.UNPROVEN, _WORKSPACES, reason, "the workspace read again, once it is Succeeded")
        ingestion = row.properties.workspace_capping.data_ingestion_status
    except PropertyUnreadError as error:
        return _malformed(_WORKSPACES, str(error))
    if ingestion.casefold() not in TAKES_LOGS_IN:
        reason = f"the workspace {resource_name(row.id)} says of taking logs in: {ingestion}"
        return Unread(Kind.UNPROVEN, _WORKSPACES, reason, "the workspace read again, once it takes logs in")
    return row.properties.created_date.date() if row.properties.holds("created_date") else None


def _tables(rows: Population[Table] | Unread) -> tuple[dict[tuple[str, str], StoreReach | Unread], Unread | None]:
    if isinstance(rows, Unread):
        return {}, rows
    found: dict[str, StoreReach | Unread] = {}
    malformed: list[str] = []
    for row, _ in scan(rows):
        if not isinstance(row, Malformed):
            found[id_key(row.id)] = _kept(row)
            continue
        malformed.append(row.reason)
        if row.id is not None:
            found[row.id] = _malformed(_TABLE_ROWS, row.reason)
    by_name: dict[tuple[str, str], StoreReach | Unread] = {}
    for key, kept in found.items():
        workspace, _, name = key.rpartition(_TABLES)
        by_name[workspace, name] = kept
    return by_name, _shortfall(rows, malformed, _TABLE_ROWS)


def _kept(row: Table) -> StoreReach | Unread:
    workspace = row.id.strip().rstrip("/").rpartition("/")[0].rpartition("/")[0]
    try:
        state = row.properties.provisioning_state
        reach = table_reach(
            f"Log Analytics {resource_name(workspace)}",
            row.properties.plan,
            row.properties.retention_in_days,
            row.properties.total_retention_in_days,
        )
    except PropertyUnreadError as error:
        return _malformed(_TABLE_ROWS, f"{resource_name(row.id)}: {error}")
    if state.casefold() != _READY:
        reason = f"the table {resource_name(row.id)} is in the state {state}"
        return Unread(Kind.UNPROVEN, _TABLE_ROWS, reason, "the table read again, once it is Succeeded")
    return reach


def _shortfall(
    rows: Population[Workspace] | Population[Table], malformed: Sequence[str], dataset: str
) -> Unread | None:
    if rows.shortfall is not None:
        return rows.shortfall
    if malformed:
        return _malformed(dataset, malformed[0])
    if rows.coverage is not Coverage.WHOLE:
        return Unread(Kind.INCOMPLETE, dataset, "not all of them were read", f"read again: {DATASETS[dataset].request}")
    return None


def _malformed(dataset: str, reason: str) -> Unread:
    return Unread(Kind.MALFORMED, dataset, reason, f"read again: {DATASETS[dataset].request}")
