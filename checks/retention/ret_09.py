"""RET-09: lifecycle rules do not delete logs too early."""

from compliance.assessment.check import Mappings, check
from compliance.assessment.declarations import Declarations
from compliance.assessment.integrity import container_parts, open_because, unseen_of
from compliance.assessment.stores import Terms, asked_of, span_text
from compliance.assessment.verdict import Fail, Indeterminate, NotApplicable, Parts, Pass, Severity, Verdict
from compliance.evidence.derived import LogStores, StorageAccounts
from compliance.evidence.derived.log_stores import LogContainer
from compliance.evidence.evidence import AsOf
from compliance.evidence.population import id_key
from compliance.evidence.scope import Scope
from compliance.evidence.unread import Kind, Unread
from compliance.rules.periods import Meets
from compliance.standards import Standard


@check(
    "RET-09",
    severity=Severity.HIGH,
    tests="design",
    mappings=Mappings(
        nist_800_53=("AU-9", "AU-11"),
        attack=("T1070", "T1485"),
    ),
    effect="The archive is emptied by a rule that somebody wrote to save money, and nobody notices before it is asked.",
    remediation=(
        "# the number of the rule that is named, counted from 0, and the moment that it has:",
        "az storage account management-policy show --resource-group <group> --account-name <account>",
        "az storage account management-policy update --resource-group <group> --account-name <account> --set"
        " 'policy.rules[<number>].definition.actions.baseBlob.delete.daysAfterModificationGreaterThan=915'",
        "# this changes one number and leaves the other rules; or leave the containers of logs out of the rule's"
        " prefixes, in the Azure portal",
    ),
    lesson="What Storm-0558 did before it was found had to be read from records of the time: a rule that deletes them"
    " after 548 days ends that at 18 months.",
    facts=("storage.lifecycle-delete", "storage.no-delete"),
)
def lifecycle_rules_do_not_delete_logs_too_early(
    logs: LogStores, storage: StorageAccounts, standard: Standard, scope: Scope, declarations: Declarations, as_of: AsOf
) -> Verdict | Parts:
    """No lifecycle rule deletes logs from a storage account before the total period of the standard.

    Each container that required logs are written to is a part: insights-logs-* and insights-activity-logs of diagnostic
    settings, am-* of data export rules, and what Capture writes. A rule counts where it is enabled (as one is that does
    not say), deletes current blobs, and takes blobs of that container: by their type (append blobs, of Capture block
    blobs), and by prefix, in the letter case of the name. Days count from creation, which no other moment comes before;
    those since the last read begin anew with each read, so that such a rule leaves it open. A locked immutability
    policy keeps blobs from deletion until it expires; one that is not locked, and a legal hold, can be taken back and
    count for nothing.

    Passes where every blob is surely kept as long as asked, without such a rule until somebody deletes it (INT-01).
    Fails where a rule deletes earlier, even if another store keeps the log (RET-08 tells what is kept in all). Open
    where the policy could not be read, or where a rule may take a part of the blobs, by tag or by a longer prefix. Open
    too while logs may lie where nobody looked: Activity logs, and copies of the unified audit log and of
    CloudAppEvents, may in any subscription, and only approved_subscriptions in declarations.yaml says which there are.
    """
    asked = asked_of(standard, hot=False)
    if asked is None:
        return NotApplicable(condition=f"{standard.id} asks for no total period")
    terms, required = Terms(scope, declarations, as_of), {source.id for source in standard.sources}

    def judge(container: LogContainer) -> Verdict | None:
        if id_key(container.account) in storage.absent.ids:
            return None
        kept = storage.kept(container.account, container.name, container.blobs)
        if isinstance(kept, Unread):
            return open_because(kept)
        cause, facts = f"lifecycle rules of {container.title}", kept.facts
        if terms.meets(kept.least, asked):
            because = "no lifecycle rule deletes it" if kept.least.unlimited else kept.because
            return Pass(condition=f"{because}; {asked.duration} are asked", cause=cause, facts=facts)
        shortfall = terms.compare(kept.most, asked)
        policy = storage.policy_in_force(container.account, container.name)
        if isinstance(policy, Unread):
            return open_because(policy)
        if shortfall.result is Meets.SHORT:
            condition = f"{kept.because}, where {asked.duration} are asked{span_text(shortfall.short_by)}"
            return Fail(condition=condition, cause=cause, facts=facts)
        return Indeterminate(
            kind=Kind.UNPROVEN,
            condition=f"{kept.because}, where {asked.duration} are asked; what it takes, and when, cannot be told",
            settle="a rule that names whole containers of logs, no tags, and days since creation; or none for them",
            cause=cause,
            facts=facts,
        )

    containers = [one for one in logs.containers if one.source in required]
    return container_parts(containers, judge, unseen_of(logs, required, terms))
