"""INT-02: logs still arrive under immutability."""

from compliance.assessment.check import Mappings, check
from compliance.assessment.declarations import Declarations
from compliance.assessment.integrity import container_parts, open_because, unseen_stores
from compliance.assessment.stores import Terms
from compliance.assessment.verdict import Fail, Indeterminate, Parts, Pass, Severity, Verdict
from compliance.evidence.derived import LogStores, StorageAccounts
from compliance.evidence.derived.log_stores import LogContainer
from compliance.evidence.evidence import AsOf
from compliance.evidence.population import id_key
from compliance.evidence.scope import Scope
from compliance.evidence.unread import Kind, Unread
from compliance.rules.storage import BlobType

FACTS = ("storage.append-under-immutability",)


@check(
    "INT-02",
    severity=Severity.MEDIUM,
    tests="design",
    mappings=Mappings(
        nist_800_53=("AU-5", "AU-9"),
        attack=("T1562.008", "T1685.002"),
    ),
    effect="Since the policy was set nothing has been added to the logs: they are safe, and they have ended.",
    remediation=(
        "# while the policy is not locked:",
        "az storage container immutability-policy create --resource-group <group> --account-name <account>"
        " --container-name <container> --period <the days that it has> --allow-protected-append-writes true"
        " --if-match <etag of the policy>",
        "# once it is locked it stays as it is: let the diagnostic setting send to another storage account as well,"
        " whose policy allows appends",
    ),
    lesson="A log that has ended looks like a quiet day: that is how weeks of somebody else's reading go unseen.",
    facts=FACTS,
)
def logs_are_appended_to_under_immutability(
    logs: LogStores, storage: StorageAccounts, scope: Scope, declarations: Declarations, as_of: AsOf
) -> Parts:
    """Where logs lie under an immutability policy, it lets them be appended to.

    Diagnostic settings and data export rules write a blob for each hour and append to it. Each container of logs with a
    time-based retention policy, locked or not, of its own or by the account's default, is a part. Passes where the
    policy allows protected appends; fails where it does not. A legal hold has a permission of its own for appends,
    which is not read, so that it leaves the question open. What Capture writes is not appended to.

    This is what is set. Whether records still arrive, only the newest of them would show; no record was read.
    """

    def judge(container: LogContainer) -> Verdict | None:
        if id_key(container.account) in storage.absent.ids:
            return None
        found = storage.container(container.account, container.name)
        unlisted = isinstance(found, Unread) and found.kind is Kind.UNPROVEN
        if isinstance(found, Unread) and not unlisted:
            return open_because(found)
        policy = storage.policy_in_force(container.account, container.name)
        held = False if isinstance(found, Unread) else found.held
        for unread in (policy, held):
            if isinstance(unread, Unread):
                return open_because(unread)
        if isinstance(policy, Unread) or isinstance(held, Unread) or (policy is None and not held):
            return None
        cause = f"the immutability of {container.title}"
        if policy is not None and policy.appends is False:
            return Fail(condition="its policy does not allow protected appends", cause=cause, facts=FACTS)
        if held or policy is None or policy.appends is None:
            what = "a legal hold" if held else "its policy"
            return Indeterminate(
                kind=Kind.UNPROVEN,
                condition=f"whether {what} allows appends was not read",
                settle="allowProtectedAppendWritesAll of the policy and of the legal hold; or the newest blob",
                cause=cause,
                facts=FACTS,
            )
        notes = ("whether records still arrive is not read",)
        return Pass(condition="its policy allows protected appends", cause=cause, facts=FACTS, notes=notes)

    appended = [one for one in logs.containers if one.blobs is BlobType.APPEND]
    return container_parts(appended, judge, unseen_stores(logs, Terms(scope, declarations, as_of)))
