"""The stores beyond Purview that hold a copy of the unified audit log: what Microsoft Sentinel's connector fills.

The connector for Microsoft 365 copies Exchange, SharePoint and Teams, each where it is switched on, to the table
OfficeActivity; data export rules send that on. Nothing that can be read names other places to which these records are
sent: an application that reads the Office 365 Management Activity API shows its subscriptions to itself alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from compliance.evidence.derived.azure_activity import AzureActivity, SeenSubscriptions
from compliance.evidence.derived.connectors import OfficeConnectors
from compliance.evidence.derived.sinks import Sink, Store, doubted
from compliance.evidence.derived.stores import Stores
from compliance.evidence.evidence import Opening
from compliance.evidence.population import id_key
from compliance.evidence.unread import Kind, Unread
from compliance.rules.office_activity import CONNECTED_BY, OFFICE_ACTIVITY
from compliance.rules.record_types import LOG_SOURCES, MAIL_ITEMS_ACCESSED
from compliance.rules.resource_ids import resource_name


@dataclass(frozen=True, slots=True)
class AuditCopies(Opening):
    """The copies of each log source of the unified audit log, and what is not known of others.

    `unread` says why a workspace that the reader may see may hold one all the same; `subscriptions` are those, by the
    key of their ids, of which everything could be read.
    """

    stores: Mapping[str, tuple[Store, ...]]
    unread: Unread | None
    subscriptions: SeenSubscriptions


def audit_copies(stores: Stores, connectors: OfficeConnectors, azure: AzureActivity) -> AuditCopies:
    """Return every copy that is surely made, and those that may be where a table of that name was read."""
    tables = {id_key(workspace): store for workspace, store in stores.tables_named(OFFICE_ACTIVITY)}
    workspaces = sorted(tables.keys() | connectors.by_workspace.keys())
    copies = {
        source: tuple(
            copy for workspace in workspaces for copy in _copies(source, workspace, tables, stores, connectors)
        )
        for source in LOG_SOURCES
    }
    return AuditCopies(copies, stores.visible_unread, azure.seen)


def _copies(
    source: str, workspace: str, tables: Mapping[str, Store], stores: Stores, connectors: OfficeConnectors
) -> Iterator[Store]:
    """Yield what a workspace keeps of a source; where only possible, as far as a table for it was read."""
    if source not in CONNECTED_BY:
        return
    kind, connected = CONNECTED_BY[source], connectors.of(workspace)
    if kind in connected.on:
        doubts: tuple[Unread, ...] = ()
    elif kind in connected.possible and workspace in tables:
        doubts = (_unclear(source, workspace, connected.unread),)
    else:
        return
    for store in stores.holding(Sink.WORKSPACE, workspace, table=OFFICE_ACTIVITY, category=OFFICE_ACTIVITY):
        reach = store.reach
        facts = tuple(dict.fromkeys((*reach.facts, *_facts(source))))
        said = replace(reach, because=f"{OFFICE_ACTIVITY}: {reach.because}", facts=facts)
        yield doubted(replace(store, reach=said), doubts)


def _facts(source: str) -> tuple[str, ...]:
    mail = ("office-activity.mail-items-accessed",) if source == MAIL_ITEMS_ACCESSED else ()
    return ("office-activity.copies", *mail)


def _unclear(source: str, workspace: str, unread: Unread | None) -> Unread:
    what = LOG_SOURCES[source].title
    reason = f"whether Microsoft Sentinel's connector fills {OFFICE_ACTIVITY} of {resource_name(workspace)} with {what}"
    if unread is None:
        settle = "Microsoft Sentinel's data connectors, read again"
        return Unread(Kind.UNPROVEN, "arm.data_connectors", f"{reason} cannot be told", settle)
    return Unread(unread.kind, unread.dataset, f"{reason} is unread: {unread.reason}", unread.settle)
