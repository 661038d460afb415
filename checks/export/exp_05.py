"""EXP-05: the Activity log of every subscription is exported."""

from dataclasses import replace

from compliance.assessment.azure import subscriptions_unseen
from compliance.assessment.check import Mappings, check
from compliance.assessment.declarations import NO_DECLARATIONS, Declarations
from compliance.assessment.named import tally_of
from compliance.assessment.stores import Terms
from compliance.assessment.verdict import Basis, Pass, Severity, Verdict, decide
from compliance.evidence.derived import AzureActivity, Stores
from compliance.evidence.derived.azure_activity import SubscriptionLog
from compliance.evidence.derived.destinations import Destination
from compliance.evidence.derived.sinks import Sink
from compliance.evidence.derived.standing import Gone
from compliance.evidence.evidence import AsOf
from compliance.evidence.population import Judgement, Satisfied, Undecided, Violating
from compliance.evidence.scope import Scope
from compliance.evidence.unread import Kind, Unread
from compliance.rules.azure_monitor import hubs_of
from compliance.rules.log_sources import AZURE_ACTIVITY, REQUIRED_ACTIVITY

NOTES = (
    "events of management groups and of the tenant itself are in no subscription's Activity log: they have settings of"
    " their own, which are not read",
)


@check(
    "EXP-05",
    severity=Severity.MEDIUM,
    tests="design",
    mappings=Mappings(nist_800_53=("AU-2", "AU-12"), attack=("T1562.008", "T1685.002")),
    effect="What was done to the resources of a forgotten subscription is gone after 90 days, and an intruder picks the"
    " forgotten one.",
    remediation=(
        "az monitor diagnostic-settings subscription create --subscription <id> --name <a new name> --location"
        ' <region> --workspace <resource id> --logs \'[{"category":"Administrative","enabled":true},'
        '{"category":"Security","enabled":true},{"category":"Policy","enabled":true},'
        '{"category":"Alert","enabled":true},{"category":"ServiceHealth","enabled":true}]\'',
        "# take a name that no setting of the subscription has: a setting of the same name would be replaced; leave out"
        " what goes to that workspace already, which Azure refuses to take twice",
        "# for subscriptions to come: assign the built-in policy 'Configure Azure Activity logs to stream to specified"
        " Log Analytics workspace' at a management group",
    ),
    lesson="Storm-0558 left traces in the logs of those who kept them; what nobody exports nobody can search.",
    facts=("azure.activity-log-90-days", "azure.destinations", "azure.activity-log-elsewhere"),
)
def every_activity_log_is_exported(
    activity: AzureActivity, stores: Stores, declarations: Declarations, scope: Scope, as_of: AsOf
) -> Verdict:
    """The Activity log of every subscription is exported, with all categories that matter, to one place that is there.

    Takes each subscription's own diagnostic settings, and asks of one destination for the categories Administrative,
    Security, Policy, Alert and ServiceHealth together; the group allLogs holds them, and two destinations with half
    each do not make a whole. It must be a workspace or a storage account that is there and takes logs in. An event hub
    or a partner solution passes them on: it counts where a store in declarations.yaml is declared to hold
    azure.activity. Settings of a management group hold what happens at the group, not in its subscriptions.

    Fails on one subscription without. A subscription that is disabled is open, since nothing can be set there before it
    is enabled again; one that is deleted, or belongs to another tenant, is left out. Only subscriptions that the reader
    may see are listed: a pass needs the tenant's whole list, current, under approved_subscriptions in
    declarations.yaml, and each of them read.
    """
    terms = Terms(scope, declarations, as_of)
    judged = activity.subscriptions
    unseen = subscriptions_unseen(activity.seen, terms)
    verdict = decide(
        tally_of(
            ((one, _judged(one, stores, terms)) for one in judged),
            unseen if activity.unread is None else activity.unread,
        ),
        met="subscriptions whose Activity log is exported: {count}, and no other is declared",
        broken="subscriptions whose Activity log is not exported: {count}",
        settle="for each of them one destination that is there and gets all categories",
        cause=f"diagnostic settings that send {', '.join(REQUIRED_ACTIVITY)}",
    )
    notes = (*NOTES, *activity.left_out)
    if isinstance(verdict, Pass):
        by_word = any(
            not isinstance(_judged(one, stores, replace(terms, declarations=NO_DECLARATIONS)), Satisfied)
            for one in judged
        )
        return replace(verdict, notes=notes, basis=Basis.ATTESTED if by_word else verdict.basis)
    return replace(verdict, notes=(*verdict.notes, *notes))


def _judged(log: SubscriptionLog, stores: Stores, terms: Terms) -> Judgement:
    found = [_reached(one, stores, terms) for one in log.destinations]
    if any(isinstance(one, Satisfied) for one in found):
        return Satisfied() if log.tenant_unread is None else Undecided(log.tenant_unread.reason, log.tenant_unread.kind)
    doubts = [one for one in found if isinstance(one, Undecided)]
    if log.settings_unread is not None:
        return Undecided(log.settings_unread.reason, log.settings_unread.kind)
    if doubts:
        return doubts[0]
    why = "; ".join(one.why for one in found if isinstance(one, Violating)) or "no diagnostic setting exports it"
    if log.tenant_unread is not None:
        return Undecided(f"{why}, and whether it is the tenant's own is unread", log.tenant_unread.kind)
    if log.state is not None and log.state.casefold() == "disabled":
        return Undecided(
            f"{why}, and the subscription is disabled: enable it with a setting, or delete it", Kind.UNPROVEN
        )
    return Violating(why)


def _reached(one: Destination, stores: Stores, terms: Terms) -> Judgement:
    """Judge one destination: does it surely get everything, and is it there to keep it?"""
    missing = [category for category in REQUIRED_ACTIVITY if category not in one.sure | one.possible]
    standing = stores.standing(one.kind, one.resource_id, hubs_of(one.hub, (), activity=True))
    if missing:
        return Violating(f"{one.name} gets no {', '.join(missing)}")
    if isinstance(standing, Gone):
        return Violating(standing.because)
    unclear = [category for category in REQUIRED_ACTIVITY if category not in one.sure]
    if unclear:
        return Undecided(f"whether {one.name} gets {', '.join(unclear)} cannot be told", Kind.UNPROVEN)
    declared = terms.declarations.holding({AZURE_ACTIVITY}, terms.as_of)
    if one.kind not in (Sink.WORKSPACE, Sink.STORAGE_ACCOUNT) and declared is None:
        return Undecided(f"{one.name} passes it on, and no store is declared to hold it", Kind.NEEDS_ATTESTATION)
    if isinstance(standing, Unread) and one.kind is not Sink.PARTNER:
        return Undecided(standing.reason, standing.kind)
    return Satisfied()
