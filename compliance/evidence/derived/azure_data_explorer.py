"""The databases of Azure Data Explorer that read logs from event hubs.

What decides is the policy of a table, which Azure Resource Manager does not show, so that none of them settles a
question; each says what would.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from compliance.evidence.azure_views import AdxDatabase, AdxDataConnection
from compliance.evidence.derived.inventory import Inventory, inventory
from compliance.evidence.population import Population, id_key
from compliance.evidence.unread import Unread
from compliance.evidence.views import DATASET_OF
from compliance.rules.azure_data_explorer import database_text
from compliance.rules.resource_ids import resource_name

_DATABASES = DATASET_OF[AdxDatabase]
_CONNECTIONS = DATASET_OF[AdxDataConnection]
_CONNECTION = "/dataconnections/"


@dataclass(frozen=True, slots=True)
class Database:
    """A database that reads an event hub into a table, None where each record names its own; `says` is its policy."""

    name: str
    table: str | None
    says: str

    @property
    def settle(self) -> str:
        """What shows how long the table keeps records."""
        table = "T" if self.table is None else self.table
        return (
            f"a declaration in declarations.yaml of what `.show table {table} policy retention` and"
            f" `.show table {table} policy caching` say in the database {self.name}"
        )


@dataclass(frozen=True, slots=True)
class _Connection:
    database: str
    hub: str
    table: str | None


def databases(
    rows: Population[AdxDatabase] | Unread, connections: Population[AdxDataConnection] | Unread
) -> Mapping[str, tuple[Database, ...]]:
    """Return, by id of an event hub, the databases that read from it, as far as they were read."""
    said = inventory(rows, _DATABASES, _says)
    by_hub: dict[str, list[Database]] = {}
    for connection in inventory(connections, _CONNECTIONS, _connection).rows.values():
        if isinstance(connection, _Connection) and connection.hub:
            by_hub.setdefault(connection.hub, []).append(_database(connection, said))
    return {hub: tuple(readers) for hub, readers in by_hub.items()}


def _database(connection: _Connection, said: Inventory[str]) -> Database:
    says = said.find(connection.database)
    unknown = "was not read"
    return Database(
        f"{connection.database.rpartition('/clusters/')[2].partition('/')[0]}/{resource_name(connection.database)}",
        connection.table,
        says if isinstance(says, str) else unknown if says is None else says.reason,
    )


def _says(row: AdxDatabase) -> str:
    properties = row.properties
    soft_delete = properties.soft_delete_period if properties.holds("soft_delete_period") else None
    hot_cache = properties.hot_cache_period if properties.holds("hot_cache_period") else None
    try:
        return database_text(soft_delete, hot_cache)
    except ValueError as error:
        return f"has a policy that says nothing: {error}"


def _connection(row: AdxDataConnection) -> _Connection:
    database = id_key(row.id).rpartition(_CONNECTION)[0]
    if row.kind.casefold() != "eventhub":
        return _Connection(database, "", None)
    table = row.properties.table_name if row.properties.holds("table_name") else None
    return _Connection(database, id_key(row.properties.event_hub_resource_id), table)
