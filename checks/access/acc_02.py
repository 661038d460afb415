"""ACC-02: who can delete logs where they are kept."""

from dataclasses import replace

from compliance.assessment.azure import subscriptions_unseen
from compliance.assessment.check import Mappings, check
from compliance.assessment.declarations import Declarations
from compliance.assessment.rights import LIMIT, Wording, open_rights, too_many
from compliance.assessment.stores import Terms
from compliance.assessment.verdict import Indeterminate, NotApplicable, Pass, Severity, Verdict
from compliance.evidence.derived import LogRights
from compliance.evidence.derived.role_holders import Sort
from compliance.evidence.evidence import AsOf
from compliance.evidence.scope import Scope
from compliance.evidence.unread import Kind
from compliance.rules.facts import Certainty

WORDS = Wording(
    can="delete logs",
    who="the members of each group (az ad group member list), and the roles and management groups that could not be"
    " read; or a waiver for it",
)
NOTES = (
    "deny assignments, which only take rights away, and conditions of role assignments are not evaluated",
    "a Global Administrator can take on the right to assign roles everywhere (elevateAccess); who has is counted",
)


@check(
    "ACC-02",
    severity=Severity.MEDIUM,
    tests="design",
    mappings=Mappings(nist_800_53=("AC-6", "AU-9(4)"), attack=("T1070", "T1485")),
    effect="Whoever can delete the logs, or take on a role that can, erases the traces of what was done; an"
    " administrator who can erases his own.",
    remediation=(
        "# keep logs in a subscription of their own, so that who administers everything else inherits nothing there",
        "# what remains: az role assignment list --scope <workspace or account> --include-inherited -o table",
        "# where a narrower role will do, assign it first and then take the wider one away by its id:"
        " az role assignment create --assignee <id> --role 'Log Analytics Reader' --scope <workspace>",
        "# a storage account whose keys nobody needs: az storage account update -n <account> -g <group>"
        " --allow-shared-key-access false",
    ),
    lesson="Storm-0558 came to light because records of it were still there; whether the next one does is up to whoever"
    " can delete them.",
    facts=("access.few-log-deleters", "azure.role-patterns", "azure.rights-over-logs"),
)
def few_people_can_delete_logs(rights: LogRights, declarations: Declarations, scope: Scope, as_of: AsOf) -> Verdict:
    """Few people can delete logs where they are kept, and none of them administers what the logs record.

    Looks at every workspace and storage account that logs lie in: those that the diagnostic settings of Microsoft Entra
    ID and of the Activity logs name, those that data export rules and Capture of event hubs pass logs on to, and those
    that Microsoft Sentinel's connector for Microsoft 365 fills. Every Azure role over one of them counts, active or
    eligible: assigned there, on a part of it, or above, at the resource group, the subscription, a management group or
    the root. A role counts by what its definition allows, whatever its name: to purge or delete, to shorten retention,
    to delete or overwrite blobs, to get the keys of the account, to delete the resource group, or to assign oneself a
    role that can.

    Five people are enough; the figure is lookback's own (certainty medium). Fails on more for sure, and on one person
    who also holds a directory role that configures auditing (see ACC-01). Open while a list is unread, the members of
    a group or the place of a management group are not known, a role was not read, or an application holds such a
    right: whether it needs to, only a waiver can say. Open too while logs may lie where nobody looked: a setting, a
    data export rule, an event hub or a connector could not be read, or approved_subscriptions in declarations.yaml does
    not say which subscriptions there are, since one that was not seen may send its log elsewhere.
    """
    unseen = subscriptions_unseen(rights.subscriptions, Terms(scope, declarations, as_of))
    others = () if unseen is None else (unseen,)
    if not rights.stores:
        doubts = (*rights.unread, *others)
        if doubts:
            return Indeterminate.because(doubts[0])
        return NotApplicable(condition="no workspace and no storage account that is there gets logs")
    if rights.at_least > LIMIT:
        return too_many(rights, rights.of(Sort.PERSON), f"at least {rights.at_least:,} people can delete logs")
    if rights.administrators:
        count = len(rights.administrators)
        condition = f"people who can delete logs and also hold a directory role that configures auditing: {count:,}"
        return too_many(rights, rights.administrators, condition)
    everything = replace(rights, unread=(*rights.unread, *rights.administrators_unread, *others))
    unresolved = rights.administrators_unresolved
    if (found := open_rights(everything, WORDS)) is not None:
        return replace(found, notes=NOTES)
    if unresolved:
        return Indeterminate(
            kind=Kind.UNPROVEN,
            condition="whether somebody who can delete logs also configures auditing is not known: holders of directory"
            f" roles whose members were not read: {len(unresolved):,}",
            settle="the members of each group that holds a directory role",
            cause=f"{unresolved[0].name}: {', '.join(unresolved[0].through)}",
            notes=NOTES,
        )
    return Pass(
        condition=f"people who can delete logs: {rights.at_most:,}; none of them configures auditing, and no"
        " application can",
        cause=f"no more than {LIMIT} people hold such a right over {', '.join(one.name for one in rights.stores)}",
        certainty=Certainty.MEDIUM,
        notes=NOTES,
        tally=rights.tally(),
    )
