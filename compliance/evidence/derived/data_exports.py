"""The data export rules of workspaces: which tables are sent on as they are ingested, and where to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from compliance.evidence.azure_views import DataExport
from compliance.evidence.derived.inventory import inventory, malformed
from compliance.evidence.derived.sinks import Sink
from compliance.evidence.population import Population, id_key
from compliance.evidence.unread import Unread
from compliance.evidence.views import DATASET_OF
from compliance.rules.azure_monitor import export_container
from compliance.rules.resource_ids import namespace_of

_EXPORTS = DATASET_OF[DataExport]
_EXPORT = "/dataexports/"
_SINKS = {"storageaccount": Sink.STORAGE_ACCOUNT, "eventhub": Sink.EVENT_HUB}


@dataclass(frozen=True, slots=True)
class Onward:
    """Where a rule sends a table, from `since` on; `hub` is the event hub that gets it, None for a storage account."""

    sink: Sink
    resource_id: str
    hub: str | None
    since: dt.date | None


@dataclass(frozen=True, slots=True)
class _Rule:
    tables: frozenset[str]
    sink: Sink
    resource_id: str
    hub: str | None
    since: dt.date | None


@dataclass(frozen=True, slots=True)
class DataExports:
    """What each workspace sends on, by table in lower case; `unread` is why it may send on more.

    `unknown` says so of single workspaces.
    """

    rules: Mapping[str, tuple[_Rule, ...]]
    unknown: Mapping[str, Unread]
    unread: Unread | None

    def of(self, workspace: str, table: str) -> tuple[Onward, ...]:
        """Return where a workspace surely sends a table."""
        rules = self.rules.get(id_key(workspace))
        return tuple(
            Onward(rule.sink, rule.resource_id, _hub(rule, table), rule.since)
            for rule in (() if rules is None else rules)
            if table.casefold() in rule.tables
        )

    def may_send_more(self, workspace: str) -> Unread | None:
        """Say why a workspace may send tables on to where nobody looked."""
        found = self.unknown.get(id_key(workspace))
        return self.unread if found is None else found


def data_exports(rows: Population[DataExport] | Unread) -> DataExports:
    """Return the rules that are switched on. One that cannot be read may send anything anywhere."""
    found = inventory(rows, _EXPORTS, _rule)
    rules: dict[str, list[_Rule]] = {}
    unknown: dict[str, Unread] = {}
    for key, rule in sorted(found.rows.items(), key=lambda item: item[0]):
        workspace = key.partition(_EXPORT)[0]
        if isinstance(rule, Unread):
            unknown[workspace] = rule
        elif rule is not None:
            rules.setdefault(workspace, []).append(rule)
    return DataExports({key: tuple(of) for key, of in rules.items()}, unknown, found.unread)


def _hub(rule: _Rule, table: str) -> str | None:
    """Return the hub that gets a table: without a name in the rule there is one for each table."""
    if rule.sink is not Sink.EVENT_HUB:
        return None
    return export_container(table) if rule.hub is None else rule.hub


def _rule(row: DataExport) -> _Rule | Unread | None:
    properties = row.properties
    if not properties.enable:
        return None
    destination = properties.destination
    sink = _SINKS.get(destination.type.strip().casefold())
    if sink is None:
        return malformed(_EXPORTS, f"the rule {row.name} sends to {destination.type!r}, which is not a known kind")
    hub = None
    resource_id = destination.resource_id
    if sink is Sink.EVENT_HUB:
        hub = _named_hub(row)
        namespace = namespace_of(resource_id)
        _, found, tail = id_key(resource_id).partition("/eventhubs/")
        hub = tail if found else hub
        resource_id = resource_id if namespace is None else namespace
    tables = frozenset(name.strip().casefold() for name in properties.table_names)
    return _Rule(tables, sink, resource_id, hub, _since(row))


def _named_hub(row: DataExport) -> str | None:
    destination = row.properties.destination
    meta_data = destination.meta_data if destination.holds("meta_data") else None
    if meta_data is None or not meta_data.holds("event_hub_name"):
        return None
    name = meta_data.event_hub_name
    return name if name is not None and name.strip() else None


def _since(row: DataExport) -> dt.date | None:
    """Return the day on which a rule was made, as far as its date can be read: it bounds, and decides nothing."""
    text = row.properties.created_date if row.properties.holds("created_date") else None
    if text is None:
        return None
    try:
        return dt.datetime.fromisoformat(text.strip()).date()
    except ValueError:
        return None
