"""ACC-04: rights to delete logs are held only for a while."""

import datetime as dt

from compliance.assessment.azure import subscriptions_unseen
from compliance.assessment.check import Mappings, check
from compliance.assessment.declarations import Declarations
from compliance.assessment.named import tally_of
from compliance.assessment.stores import Terms
from compliance.assessment.verdict import Indeterminate, NotApplicable, Pass, Severity, Verdict, decide
from compliance.evidence.derived import LogRights
from compliance.evidence.derived.log_rights import ActiveRight
from compliance.evidence.derived.role_holders import Sort
from compliance.evidence.evidence import AsOf
from compliance.evidence.population import Judgement, Satisfied, Undecided, Violating
from compliance.evidence.scope import Scope
from compliance.evidence.unread import Kind

YEAR = dt.timedelta(days=365)
"""What ends later than this is as good as permanent: lookback's own figure."""


@check(
    "ACC-04",
    severity=Severity.LOW,
    tests="design",
    mappings=Mappings(nist_800_53=("AC-2(6)", "AC-6(5)", "AU-9(4)"), scuba=("MS.AAD.7.x",), attack=("T1078.004",)),
    effect="An account that always holds the right to delete logs gives it to whoever takes the account over, at any"
    " hour and without anybody's approval.",
    remediation=(
        "# make the holder eligible first: Microsoft Entra admin center, Privileged Identity Management, Azure"
        " resources, the subscription, Assignments, Add assignments, Eligible",
        "# then end the permanent assignment by its id: az role assignment delete --ids <id of that assignment>",
        "# accounts for emergencies: name them under break_glass in declarations.yaml",
    ),
    lesson="Storm-0558 acted with tokens of accounts that were not its own; a right that is not active cannot be used"
    " that way.",
    facts=("access.time-bound", "azure.pim-applications", "azure.rights-over-logs"),
)
def rights_over_logs_are_held_for_a_while(
    rights: LogRights, declarations: Declarations, scope: Scope, as_of: AsOf
) -> Verdict:
    """Nobody but accounts for emergencies holds the right to delete logs all the time.

    Takes the same rights over the same stores as ACC-02, as they are active now, and from Privileged Identity
    Management until when. Activated for a while is as it should be, and so is an assignment that ends within a year.
    One without an end, or with one ten years away, is permanent.

    Fails on a person with a permanent assignment. The accounts of a current list break_glass in declarations.yaml may
    have one. Open where it is a group's, whose members may come and go by Privileged Identity Management themselves,
    or an application's, which cannot activate a role: a waiver says why it needs it. Open too where Privileged
    Identity Management could not be read, or tells nothing of a role that is held, and until approved_subscriptions
    in declarations.yaml says which subscriptions there are.
    """
    unseen = subscriptions_unseen(rights.subscriptions, Terms(scope, declarations, as_of))
    shortfall = rights.active_unread[0] if rights.active_unread else unseen
    if not rights.stores:
        if shortfall is not None:
            return Indeterminate.because(shortfall)
        return NotApplicable(condition="no workspace and no storage account that is there gets logs")
    tally = tally_of(((one.holder, _judged(one, declarations, as_of)) for one in rights.active), shortfall)
    eligible = [one for one in rights.holders if one.sort is not Sort.UNREADABLE]
    if shortfall is None and eligible and not rights.active:
        return Pass(
            condition="nobody holds the right to delete logs at present",
            cause=f"{len(eligible):,} may take it on for a while",
            tally=tally,
        )
    return decide(
        tally,
        met="holders of the right to delete logs at present: {count}, each for a while or for emergencies",
        broken="permanent assignments of the right to delete logs: {count}",
        settle="for each of them the end of its assignment, the members of the group, or a waiver",
        cause="assignments that end within a year, and accounts under break_glass",
    )


def _judged(right: ActiveRight, declarations: Declarations, as_of: AsOf) -> Judgement:
    holder, term, emergency = right.holder, right.term, declarations.break_glass
    how = ", ".join(holder.through)
    listed = emergency is not None and holder.id in {one.strip().casefold() for one in emergency.ids}
    if holder.sort is Sort.UNREADABLE:
        return Undecided(how)
    if listed and emergency is not None and emergency.is_current(as_of):
        return Satisfied()
    if term is None:
        return Undecided(f"{how}; until when, no schedule of Privileged Identity Management tells", Kind.UNPROVEN)
    if not term.assigned or (term.ends is not None and term.ends - as_of <= YEAR):
        return Satisfied()
    until = "without end" if term.ends is None else f"until {term.ends:%Y-%m-%d}"
    if listed:
        return Undecided(f"{how}, {until}; break_glass names it, but does not hold at present", Kind.NEEDS_ATTESTATION)
    match holder.sort:
        case Sort.PERSON:
            return Violating(f"{how}, {until}")
        case Sort.APPLICATION:
            return Undecided(f"{how}, {until}; an application cannot activate a role", Kind.NEEDS_ATTESTATION)
        case Sort.UNRESOLVED:
            return Undecided(f"{how}, {until}", Kind.UNPROVEN)
