"""INT-01: nobody can delete logs before they are as old as required."""

from compliance.assessment.check import Mappings, check
from compliance.assessment.declarations import Declarations
from compliance.assessment.immutability import Protection, immutable_part, is_judged
from compliance.assessment.integrity import unseen_of, unseen_parts
from compliance.assessment.stores import Terms, asked_of
from compliance.assessment.verdict import NotApplicable, Parts, Severity, Verdict
from compliance.evidence.derived import EntraReach, LogStores, StorageAccounts, Stores
from compliance.evidence.evidence import AsOf
from compliance.evidence.scope import Scope
from compliance.standards import Standard


@check(
    "INT-01",
    severity=Severity.HIGH,
    tests="design",
    mappings=Mappings(
        nist_800_53=("AU-9", "AU-9(2)", "AU-9(3)", "AU-11"),
        attack=("T1070", "T1485"),
    ),
    effect="Whoever takes over an administrator of the store deletes the records of how he came in.",
    remediation=(
        "# a container for each category: insights-logs-<category in lower case>, of the Activity log"
        " insights-activity-logs; first to a setting that sends the logs there: EXP-01, EXP-05",
        "az storage container immutability-policy create --resource-group <group> --account-name <account>"
        " --container-name <container> --period 915 --allow-protected-append-writes true",
        "# where a policy is there that is not locked, no fewer days than it has, and --if-match <its etag>",
        "# a locked policy can never be taken back or shortened: look at it first, and see that logs still arrive",
        "az storage container immutability-policy lock --resource-group <group> --account-name <account>"
        " --container-name <container> --if-match <etag that create gave back>",
        "# one that is locked and too short:",
        "az storage container immutability-policy extend --resource-group <group> --account-name <account>"
        " --container-name <container> --period 915 --if-match <etag of the locked policy>",
    ),
    lesson="Whoever held the key of Storm-0558 could be anybody to any service: only what nobody can delete is sure to"
    " be there afterwards.",
    facts=("storage.only-locked-protects", "storage.version-level-default", "log-analytics.removal"),
)
def logs_lie_where_nobody_can_delete_them(
    logs: LogStores,
    storage: StorageAccounts,
    stores: Stores,
    entra: EntraReach,
    standard: Standard,
    scope: Scope,
    declarations: Declarations,
    as_of: AsOf,
) -> Verdict | Parts:
    """Required logs lie where nobody can delete or change them for as long as the standard asks.

    Asked only by standards with a clause on the protection of logs. Each required log of Microsoft Entra ID is a part,
    and the Activity logs together, of which the worst subscription decides. Looks at the very container that diagnostic
    settings, data export rules or Capture write the log to: what is locked beside it protects nothing here.

    Passes where that container has a locked time-based retention policy as long as the total period. Fails where it has
    none, one that is not locked, or one that is shorter; and where no container gets the log: a Log Analytics workspace
    shows that somebody deleted, but whoever owns it can, so it does not count, however long it keeps records. A legal
    hold alone leaves the question open, for it can be lifted and has no length; so does a default for versions of
    blobs, which an upload can override, and a store outside Azure. The unified audit log is not judged: no
    administrator can delete its records (RET-03 tells what shortens it).
    """
    asked = asked_of(standard, hot=False) or asked_of(standard, hot=True)
    sources = [source.id for source in standard.sources if is_judged(source.id)]
    if asked is None or not sources or "INT-01" not in standard.criteria:
        return NotApplicable(condition=f"{standard.id} has no clause on the protection of such logs")
    protection = Protection(logs, storage, stores, entra, Terms(scope, declarations, as_of))
    parts = (immutable_part(source, asked, protection) for source in sources)
    return Parts((*parts, *unseen_parts(unseen_of(logs, frozenset(sources), protection.terms))))
