"""ACC-01: who can change audit settings."""

from compliance.assessment.check import Mappings, check
from compliance.assessment.rights import LIMIT, Wording, open_rights, too_many
from compliance.assessment.verdict import Pass, Severity, Verdict
from compliance.evidence.derived import AuditRights
from compliance.evidence.derived.role_holders import Sort
from compliance.rules.facts import Certainty

WORDS = Wording(
    can="change audit settings",
    who="who is behind each name: Get-RoleGroupMember of the role group, the members of a group, the userType of a"
    " person; or a waiver for it",
    same="which of these names are one person's: compare them with Get-User in Exchange Online PowerShell",
)


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
        return too_many(rights, rights.of(Sort.PERSON), condition)
    if guests:
        return too_many(rights, guests, f"guests who can change audit settings: {len(guests):,}")
    return open_rights(rights, WORDS) or Pass(
        condition=f"people who can change audit settings: {rights.at_most:,}; no guest or application can",
        cause=f"no more than {LIMIT} people hold such a right",
        certainty=Certainty.MEDIUM,
        tally=rights.tally(),
    )
