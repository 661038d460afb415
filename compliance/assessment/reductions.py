"""From what was done to tables of logs of late, to verdicts: is anything about to be deleted earlier than required?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence, Set
from dataclasses import dataclass

from compliance.assessment.stores import Asked, Terms
from compliance.assessment.verdict import Fail, Indeterminate, Pass, Verdict
from compliance.evidence.derived import ActivityEvents, LogAnalytics, Whereabouts
from compliance.evidence.derived.activity_events import TABLE_DELETE, TABLE_WRITE, WORKSPACE_DELETE, WORKSPACE_WRITE
from compliance.evidence.derived.log_stores import LogStores, LogTable
from compliance.evidence.population import id_key
from compliance.evidence.unread import Kind, Unread
from compliance.rules.log_sources import CLOUD_APP_EVENTS, CLOUD_APP_TABLE
from compliance.rules.reach import StoreReach
from compliance.rules.resource_ids import resource_name

GRACE = dt.timedelta(days=30)
"""How long Log Analytics waits before it deletes what a shortened total retention no longer covers."""
_FACTS = ("log-analytics.shortening-waits",)
_BEFORE = (
    "what was set before: a bundle that was collected before that, or the request body of the event in the Activity log"
)

_STREAMED = Unread(
    Kind.UNPROVEN,
    "arm.tables",
    "whether Microsoft Defender sends CloudAppEvents to this workspace is not read",
    "the settings of Microsoft Defender XDR, Streaming API and Microsoft Sentinel",
)


@dataclass(frozen=True, slots=True)
class Tables:
    """What tables of logs keep, what was done to them, and what is asked of them, as of now."""

    log_analytics: LogAnalytics
    whereabouts: Whereabouts
    events: ActivityEvents
    asked: Sequence[Asked]
    terms: Terms


def required_tables(
    logs: LogStores, log_analytics: LogAnalytics, required: Set[str]
) -> dict[tuple[str, str], LogTable]:
    """Return the tables of some log sources by workspace and name, each once.

    What sends CloudAppEvents to a workspace is not read: wherever there is such a table, it may be the one.
    """
    found: dict[tuple[str, str], LogTable] = {}
    streamed = (
        LogTable(workspace, CLOUD_APP_TABLE, CLOUD_APP_EVENTS, None, _STREAMED)
        for workspace in log_analytics.workspaces_with(CLOUD_APP_TABLE)
    )
    for one in (*logs.tables, *streamed):
        key = id_key(one.workspace), one.table.casefold()
        if one.source in required and (key not in found or one.doubt is None):
            found[key] = one
    return found


def reduction_verdict(table: LogTable, tables: Tables) -> Verdict | None:
    """Judge a table by what was done to it, and to its workspace, within the days before records are deleted.

    None where the workspace is not there and was not deleted within these days: that is for EXP-02 to tell.
    """
    since, at = tables.terms.as_of - GRACE, f"{table.workspace.strip().rstrip('/')}/tables/{table.table}"
    cause = f"{table.table} in {resource_name(table.workspace)}"
    gone = (
        *tables.events.on(at, frozenset({TABLE_DELETE}), since),
        *tables.events.on(table.workspace, frozenset({WORKSPACE_DELETE}), since),
    )
    if deleted := [one.text for one in gone if one.done]:
        return Fail(condition="; ".join(deleted), cause=cause, facts=_FACTS)
    perhaps = (*gone, *tables.events.on(table.workspace, frozenset({TABLE_DELETE}), since))
    if perhaps:
        settle = "the table and the outcome of that operation, from the Activity log"
        return _unproven(f"{perhaps[0].text}, perhaps of {table.table}", settle, cause)
    if tables.whereabouts.is_absent(table.workspace):
        return None if tables.events.unread is None else _open(tables.events.unread, cause)
    kept = tables.log_analytics.table(table.workspace, table.table)
    if isinstance(kept, Unread):
        return _unlisted(table, tables, cause) if _is_unlisted(table, tables.log_analytics) else _open(kept, cause)
    unknown = [asked for asked in tables.asked if asked.of(kept) is None]
    if unknown:
        return _unproven(kept.because, "a version of lookback that knows this plan", cause)
    if all(tables.terms.meets(asked.of(kept), asked) for asked in tables.asked):
        if tables.events.unread is not None:
            # it may have been deleted of late, and made again as long as before
            return _open(tables.events.unread, cause)
        return Pass(condition=f"{kept.because}: what is asked, so nothing is pending", cause=cause, facts=_FACTS)
    return _short(at, table, kept, tables, cause)


def _short(at: str, table: LogTable, kept: StoreReach, tables: Tables, cause: str) -> Verdict:
    since = tables.terms.as_of - GRACE
    writes = (
        *tables.events.on(at, frozenset({TABLE_WRITE}), since),
        *tables.events.on(table.workspace, frozenset({WORKSPACE_WRITE, TABLE_WRITE}), since),
    )
    if writes:
        reason = f"{kept.because}, less than is asked; {writes[0].text} may have shortened it"
        return _unproven(reason, f"{_BEFORE}; if it was longer, raise it again before 30 days are over", cause)
    if tables.events.unread is not None:
        return _open(tables.events.unread, cause)
    return Pass(
        condition=f"{kept.because}; nobody changed it in the last 30 days",
        cause=cause,
        facts=_FACTS,
        notes=("it keeps less than is asked, and has for longer: RET-05 to RET-08 tell what that means",),
    )


def _is_unlisted(table: LogTable, log_analytics: LogAnalytics) -> bool:
    """Whether the workspace, all of whose tables were read, has no such table."""
    return log_analytics.tables_unread is None and id_key(table.workspace) not in log_analytics.workspaces_with(
        table.table
    )


def _unlisted(table: LogTable, tables: Tables, cause: str) -> Verdict:
    if tables.events.unread is not None:
        return _open(tables.events.unread, cause)
    condition = f"the workspace lists no table {table.table}, and nobody deleted one in the last 30 days"
    return Pass(condition=condition, cause=cause, facts=_FACTS)


def _open(unread: Unread, cause: str) -> Indeterminate:
    return Indeterminate(kind=unread.kind, condition=unread.reason, settle=unread.settle, cause=cause, facts=_FACTS)


def _unproven(reason: str, settle: str, cause: str) -> Indeterminate:
    return Indeterminate(kind=Kind.UNPROVEN, condition=reason, settle=settle, cause=cause, facts=_FACTS)
