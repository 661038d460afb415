"""Whether the reading of logs is itself recorded: the diagnostic settings of workspaces and of blob services."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from compliance.evidence.azure_views import StoreSetting
from compliance.evidence.derived.destinations import Destination, destinations_of, settings_of
from compliance.evidence.derived.sinks import Sink, Store, doubted
from compliance.evidence.derived.stores import Stores
from compliance.evidence.population import Population, id_key
from compliance.evidence.unread import Kind, Unread
from compliance.evidence.views import DATASET_OF
from compliance.rules.diagnostic_settings import Entry, categories_sent
from compliance.rules.resource_ids import resource_name

_SETTINGS = DATASET_OF[StoreSetting]
_MARK = "/providers/microsoft.insights/diagnosticsettings/"
_BLOBS = "/blobservices/default"
WORKSPACE_CATEGORIES = ("Audit",)
"""The category of a workspace's own logs that says who searched it (fact azure.query-auditing)."""
BLOB_CATEGORIES = ("StorageRead", "StorageWrite", "StorageDelete")
"""The categories of a blob service's own logs that say who read, wrote or deleted (fact azure.query-auditing)."""
_TABLES = {Sink.WORKSPACE: "LAQueryLogs", Sink.STORAGE_ACCOUNT: "StorageBlobLogs"}


@dataclass(frozen=True, slots=True)
class Recorded:
    """Where the records of one category of a store's own logs are kept, and why they may be kept elsewhere.

    `itself` says whether any of them are sent to the store that they are about.
    """

    category: str
    stores: tuple[Store, ...]
    unread: Unread | None
    itself: bool


@dataclass(frozen=True, slots=True)
class ReadingRecorded:
    """The diagnostic settings of stores, by the id of what they are settings of, and why there may be others."""

    settings: Mapping[str, tuple[StoreSetting, ...]]
    unread: Unread | None
    stores: Stores

    def of(self, kind: Sink, resource_id: str) -> tuple[Recorded, ...]:
        """Return, for each category that tells who reads a workspace or storage account, where its records are kept."""
        account = kind is Sink.STORAGE_ACCOUNT
        key = id_key(resource_id) + (_BLOBS if account else "")
        rows = self.settings.get(key)
        found, fault = destinations_of(
            () if rows is None else rows, _blob_meaning if account else _workspace_meaning, _SETTINGS
        )
        unread = self.unread if fault is None else fault
        return tuple(
            Recorded(
                category,
                tuple(store for one in found for store in self._holding(one, category, _TABLES[kind])),
                unread,
                any(id_key(one.resource_id) == id_key(resource_id) and category in one.sure for one in found),
            )
            for category in (BLOB_CATEGORIES if account else WORKSPACE_CATEGORIES)
        )

    def _holding(self, one: Destination, category: str, table: str) -> tuple[Store, ...]:
        if category not in one.sure | one.possible:
            return ()
        held = self.stores.holding(one.kind, one.resource_id, table=table, category=category, hub=one.hub)
        if category in one.sure:
            return held
        reason = f"whether {category} is sent to {one.name} cannot be told"
        unclear = Unread(Kind.UNPROVEN, _SETTINGS, reason, f"a diagnostic setting that names {category}, enabled")
        return tuple(doubted(store, (unclear,)) for store in held)


def reading_recorded(settings: Population[StoreSetting] | Unread, stores: Stores) -> ReadingRecorded:
    """Return the settings of every store. One that cannot be read may be any store's."""
    rows, unread = settings_of(settings, _SETTINGS)
    by_store: dict[str, list[StoreSetting]] = {}
    for row in rows:
        parent, mark, _ = id_key(row.id).rpartition(_MARK)
        if mark:
            by_store.setdefault(parent, []).append(row)
        elif unread is None:
            reason = f"{resource_name(row.id)} is no diagnostic setting of a store"
            unread = Unread(Kind.MALFORMED, _SETTINGS, reason, "the diagnostic settings of each store, read again")
    return ReadingRecorded({key: tuple(found) for key, found in by_store.items()}, unread, stores)


def _workspace_meaning(entries: Sequence[Entry]) -> tuple[frozenset[str], frozenset[str]]:
    """Return what entries of a workspace's setting send: its group audit holds the category Audit."""
    return categories_sent([_without_group(entry) for entry in entries], WORKSPACE_CATEGORIES)


def _without_group(entry: Entry) -> Entry:
    _, group, enabled = entry
    audit = group is not None and group.strip().casefold() == "audit"
    return (*WORKSPACE_CATEGORIES, None, enabled) if audit else entry


def _blob_meaning(entries: Sequence[Entry]) -> tuple[frozenset[str], frozenset[str]]:
    return categories_sent(entries, BLOB_CATEGORIES)
