"""INT-04: nobody removes records from a workspace quietly."""

from compliance.assessment.check import Mappings, check
from compliance.assessment.declarations import Declarations
from compliance.assessment.integrity import settled, store_parts, unseen_stores
from compliance.assessment.purging import purgers
from compliance.assessment.stores import Terms
from compliance.assessment.verdict import Indeterminate, Parts, Pass, Severity, Verdict
from compliance.evidence.derived import ActivityEvents, AzureGrants, Locks, LogStores, Stores
from compliance.evidence.derived.activity_events import PURGE, ROWS_DELETE, TABLE_DELETE, WORKSPACE_DELETE, Deed
from compliance.evidence.derived.log_stores import NamedStore
from compliance.evidence.evidence import AsOf
from compliance.evidence.scope import Scope
from compliance.evidence.unread import Kind, Unread
from compliance.rules.log_sources import SOURCES

TABLES = tuple(dict.fromkeys(source.table for source in SOURCES.values() if source.table is not None))
OF_TABLES = frozenset({TABLE_DELETE, ROWS_DELETE})
FACTS = ("log-analytics.removal", "azure.locks", "azure.activity-log-90-days")


@check(
    "INT-04",
    severity=Severity.MEDIUM,
    tests="design",
    mappings=Mappings(
        nist_800_53=("AU-9", "AU-9(4)", "CM-3"),
        attack=("T1070", "T1562.008", "T1685.002"),
    ),
    effect="Records of an intruder can be purged, and after 90 days nothing tells that there were any.",
    remediation=(
        "az lock create --name keep-logs --lock-type CanNotDelete --resource-group <group> --resource <workspace>"
        " --resource-type Microsoft.OperationalInsights/workspaces",
        "az monitor activity-log alert create --name purge --resource-group <group> --scope /subscriptions/<id>"
        " --condition category=Administrative and operationName=Microsoft.OperationalInsights/workspaces/purge/action"
        " --action-group <id>",
        "# likewise for workspaces/delete, workspaces/tables/delete, workspaces/tables/deleteData/action,"
        " workspaces/tables/write and Microsoft.Authorization/locks/delete",
        "# take Data Purger, and roles made by hand that delete, from whoever holds them: give them through Privileged"
        " Identity Management, for the hour",
    ),
    lesson="Storm-0558 left traces that others found: traces that can be purged without a sound are nobody's to find.",
    facts=FACTS,
)
def nobody_removes_records_from_a_workspace_quietly(
    logs: LogStores,
    stores: Stores,
    locks: Locks,
    events: ActivityEvents,
    grants: AzureGrants,
    scope: Scope,
    declarations: Declarations,
    as_of: AsOf,
) -> Parts:
    """Nobody removes records from a Log Analytics workspace quietly, or shortens how long it keeps them.

    Each workspace that logs are sent to is a part. Fails where the Activity log, which tells of 89 days, holds a purge,
    the deletion of rows or of a table of logs, or of the workspace itself; where no lock is on the workspace, its
    resource group or its subscription; and where somebody holds Data Purger for good, or a role made by hand that
    deletes from it. Owners and contributors can as well, and can take the lock off: ACC-02 counts them.

    Open otherwise, since one thing is not read: whether an alert rule tells somebody when it happens. Since when a lock
    is there is not told either, so it shows nothing about the time before.
    """

    def judge(store: NamedStore) -> Verdict | None:
        faults = [one.text for one in _removed(events, store) if one.done]
        if stores.whereabouts.is_absent(store.id) and not faults:
            return None
        unread = [_untold(one.text) for one in _removed(events, store) if not one.done]
        unread += [_untold(f"{one.text}, of a table that is not told") for one in events.on(store.id, OF_TABLES)]
        lock = locks.over(store.id)
        holders = purgers(grants, store.id)
        if lock is None:
            faults.append("no lock forbids to delete from it")
        unread += [one for one in (events.unread, lock) if isinstance(one, Unread)]
        verdict = settled(
            [*faults, *holders.standing],
            [*unread, *holders.unread],
            met="a lock is on it, nothing was removed in 89 days, and nobody holds a role for that",
            cause=f"locks, the Activity log and role assignments of {store.name}",
            facts=FACTS,
        )
        return _unproven(verdict) if isinstance(verdict, Pass) else verdict

    return store_parts(logs.workspaces, judge, unseen_stores(logs, Terms(scope, declarations, as_of)))


def _removed(events: ActivityEvents, store: NamedStore) -> tuple[Deed, ...]:
    """Return what removed records of a workspace; of tables only those that logs are written to."""
    whole = events.on(store.id, frozenset({PURGE, WORKSPACE_DELETE}))
    return (*whole, *(deed for table in TABLES for deed in events.on(f"{store.id}/tables/{table}", OF_TABLES)))


def _untold(text: str) -> Unread:
    return Unread(
        Kind.UNPROVEN, "arm.activity_events", text, "what it was done to and its outcome, from the Activity log"
    )


def _unproven(verdict: Pass) -> Indeterminate:
    return Indeterminate(
        kind=Kind.UNPROVEN,
        condition=f"{verdict.condition}; whether an alert rule would tell of it is not read",
        settle="an alert rule of the Activity log on Microsoft.OperationalInsights/workspaces/purge/action, shown to"
        " whoever signs; then a waiver that names it",
        cause=verdict.cause,
        facts=verdict.facts,
    )
