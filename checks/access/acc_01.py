"""ACC-01: who can change audit settings."""

from collections.abc import Sequence

from compliance.assessment.check import Mappings, check
from compliance.assessment.verdict import Fail, Indeterminate, Pass, Severity, Verdict
from compliance.evidence.derived import AuditRights
from compliance.evidence.derived.role_holders import Holder, Sort
from compliance.evidence.unread import Kind
from compliance.rules.facts import Certainty

LIMIT = 5
"""How many people may hold such rights: lookback's own figure, since no standard gives one."""


@check(
    "ACC-01",
    severity=Severity.MEDIUM,
    tests="design",
    mappings=Mappings(
        nist_800_53=("AC-6", "AU-9(4)"),
        scuba=("MS.AAD.7.x (analogue)",),
        attack=("T1098.003", "T1562.008", "T1685.002"),
    ),
    effect="Whoever holds one of these rights, or takes over an account that does, can switch auditing off, exempt an"
    " account from it or shorten how long records are kept, before doing anything else.",
    remediation=(
        "# give administrators only what they use: another directory role, or eligibility in Privileged Identity"
        " Management",
        "# remove guests, and people who have left, under Microsoft Entra ID > Roles and administrators",
        "# an application that has to hold such a right needs a waiver: requester, another approver, expiry",
    ),
    lesson="Storm-0558 had a signing key and left records; an intruder with one of these rights need not leave any.",
    facts=("access.few-holders", "access.mirrored-roles"),
)
def few_people_can_change_audit_settings(rights: AuditRights) -> Verdict:
    """Few people can change what is audited, and none of them is a guest.

    Counts the holders of the directory roles Global, Privileged Role, Exchange, Compliance and Compliance Data
    Administrator, active and eligible; of Audit Logs, Organization Configuration or Role Management in Exchange Online
    and of its role group Organization Management; and of Audit Logs or Organization Configuration in Purview. Each
    holder counts once. Exchange Online and Purview give names where the directory gives ids, so two names may be one
    person. At least as many hold such rights as there are accounts, or names in the longest list; at most as many as
    there are accounts and names that match none. Security Administrators, who manage the export of Entra's logs, are
    not counted here.

    Five people are enough; the figure is lookback's own (certainty medium). Fails on more for sure, and on a guest.
    Open while a list is unread, a group's members are not known, a role that is not built in may be made from one that
    configures auditing, a name is nobody's in the directory, the names may or may not be more than five people, or an
    application holds such a right: whether it needs to, only a waiver can say.
    """
    guests = [person for person in rights.of(Sort.PERSON) if person.guest]
    if rights.at_least > LIMIT:
        among = f", {len(guests):,} of them as guests" if guests else ""
        condition = f"at least {rights.at_least:,} people can change audit settings{among}"
        return _fail(rights, rights.of(Sort.PERSON), condition)
    if guests:
        return _fail(rights, guests, f"guests who can change audit settings: {len(guests):,}")
    return _open(rights) or Pass(
        condition=f"people who can change audit settings: {rights.at_most:,}; no guest or application can",
        cause=f"no more than {LIMIT} people hold such a right",
        certainty=Certainty.MEDIUM,
        tally=rights.tally(),
    )


def _fail(rights: AuditRights, holders: Sequence[Holder], condition: str) -> Fail:
    tally = rights.tally(frozenset(holder.id for holder in holders))
    first = next(one for one in tally.affected if one.decided)
    notes = tuple(f"{one.dataset}: {one.reason}" for one in rights.unread)
    return Fail(
        condition=condition,
        cause=f"{first.name}: {first.why}",
        certainty=Certainty.MEDIUM if len(holders) > LIMIT else Certainty.HIGH,
        notes=notes,
        tally=tally,
    )


def _open(rights: AuditRights) -> Indeterminate | None:
    """Return what leaves it open whether these are all, and few: the first that holds."""
    people, tally = rights.of(Sort.PERSON), rights.tally()
    unknown = [one for one in tally.affected if one.kind is not Kind.NEEDS_ATTESTATION]
    if rights.unread:
        first = rights.unread[0]
        condition = "; ".join(f"{one.dataset}: {one.reason}" for one in rights.unread)
        return Indeterminate(
            kind=first.kind,
            condition=f"{condition}; people seen to hold such a right: {rights.at_least:,}",
            settle="; ".join(one.settle for one in rights.unread),
            tally=tally,
        )
    if unknown:
        return Indeterminate(
            kind=Kind.MALFORMED if any(one.kind is Kind.MALFORMED for one in unknown) else Kind.UNPROVEN,
            condition=f"holders of whom it is not known who they are: {len(unknown):,}",
            settle="who is behind each name: Get-RoleGroupMember of the role group, the members of a group, the"
            " userType of a person; or a waiver for it",
            cause=f"{unknown[0].name}: {unknown[0].why}",
            tally=tally,
        )
    if rights.at_most > LIMIT:
        return Indeterminate(
            kind=Kind.UNPROVEN,
            condition=f"{rights.at_least:,} to {rights.at_most:,} people can change audit settings: some names may be"
            " one person's",
            settle="which of these names are one person's: compare them with Get-User in Exchange Online PowerShell",
            tally=tally,
        )
    if not people:
        return Indeterminate(
            kind=Kind.CONTRADICTORY,
            condition="nobody was found who can change audit settings, which no tenant has",
            settle="the role assignments, read by an identity that may see them all",
            tally=tally,
        )
    if applications := rights.of(Sort.APPLICATION):
        return Indeterminate(
            kind=Kind.NEEDS_ATTESTATION,
            condition=f"applications that can change audit settings: {len(applications):,}",
            settle="a waiver that says why each application needs the right, or its removal",
            cause=f"{applications[0].name}: {', '.join(applications[0].through)}",
            tally=tally,
        )
    return None
