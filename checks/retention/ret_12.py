"""RET-12: nobody shortened the retention of a table of logs within the last 30 days."""

from compliance.assessment.check import Mappings, check
from compliance.assessment.declarations import Declarations
from compliance.assessment.integrity import unless, unseen_of, unseen_parts
from compliance.assessment.reductions import Tables, reduction_verdict, required_tables
from compliance.assessment.stores import Terms, asked_of
from compliance.assessment.verdict import NotApplicable, Part, Parts, Severity, Verdict
from compliance.evidence.derived import ActivityEvents, LogAnalytics, LogStores, Stores
from compliance.evidence.evidence import AsOf
from compliance.evidence.scope import Scope
from compliance.rules.resource_ids import resource_name
from compliance.standards import Standard


@check(
    "RET-12",
    severity=Severity.HIGH,
    tests="operation",
    mappings=Mappings(
        nist_800_53=("AU-9", "CM-3"),
        attack=("T1070",),
    ),
    effect="Records that are there today are deleted within days, without anybody deleting anything.",
    remediation=(
        "az monitor log-analytics workspace table update -g <group> --workspace-name <workspace> -n <table>"
        " --retention-time 365 --total-retention-time 1095",
        "# within 30 days of the change everything is still there; give both times, and let nothing write a table"
        " without them: a PUT resets what it does not name",
        "# a deleted workspace can be brought back for 14 days; that it was deleted is told for 30 all the same",
        "az monitor log-analytics workspace recover -g <group> --workspace-name <workspace>",
    ),
    lesson="Whoever means to stay unseen need not delete: a shorter retention does it for him, a month later.",
    facts=("log-analytics.shortening-waits", "azure.activity-log-90-days"),
)
def no_reduction_is_pending(
    logs: LogStores,
    stores: Stores,
    log_analytics: LogAnalytics,
    events: ActivityEvents,
    standard: Standard,
    scope: Scope,
    declarations: Declarations,
    as_of: AsOf,
) -> Verdict | Parts:
    """No table of required logs was shortened within the last 30 days.

    Log Analytics waits 30 days before it deletes what a shorter total retention no longer covers, and that is the last
    chance. Each table of a workspace that required logs are written to is a part. One that keeps records as long as the
    standard asks, searchable and in total, has nothing pending.

    Fails where such a table, or its workspace, was deleted within 30 days, even if it was made again. Open where a
    table is short and it or its workspace was written within 30 days, by PATCH, by a PUT that reset what it did not
    name, or by a change of plan: the Activity log tells that, and not what was set before. Open too while the Activity
    log is unread, or logs may lie where nobody looked: Activity logs, and copies of the unified audit log and of
    CloudAppEvents, may in any subscription, and only approved_subscriptions in declarations.yaml says which there are.
    Passes, with a note, where a table has been short for longer: RET-05 to RET-08 judge that.
    """
    asked = [one for one in (asked_of(standard, hot=True), asked_of(standard, hot=False)) if one is not None]
    if not asked:
        return NotApplicable(condition=f"{standard.id} asks for no period")
    terms, required = Terms(scope, declarations, as_of), {source.id for source in standard.sources}
    tables = Tables(log_analytics, stores.whereabouts, events, asked, terms)
    parts = [
        Part(
            id=f"{workspace}/tables/{name}",
            title=f"{one.table} in {resource_name(one.workspace)}",
            count=1,
            verdict=unless(one.doubt, verdict),
        )
        for (workspace, name), one in sorted(required_tables(logs, log_analytics, required).items())
        if (verdict := reduction_verdict(one, tables)) is not None
    ]
    return Parts((*parts, *unseen_parts(unseen_of(logs, required, terms))))
