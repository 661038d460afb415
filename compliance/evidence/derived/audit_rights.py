"""Who can change what is audited: holders of directory roles, and of roles in Exchange Online and Purview.

A directory role names its holders by id. Exchange Online and Purview name theirs by names of their own, and one person
may go by several: a name is taken for somebody only where it is an id or a user principal name.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from compliance.evidence.derived.rights import (
    Account,
    Rights,
    accounts_named,
    each_holder_once,
    nobody_is_eligible,
    shortfall_of,
)
from compliance.evidence.derived.role_holders import (
    Holder,
    Place,
    Sort,
    directory_holders,
    effective_users,
    exchange_members,
    expanded_groups,
    mirrors,
    purview_members,
)
from compliance.evidence.population import Affected, Population
from compliance.evidence.unread import Kind, Unread
from compliance.evidence.views import (
    DATASET_OF,
    AuditRoleAssignment,
    PurviewRoleGroup,
    RoleAssignment,
    RoleEligibility,
    RoleGroup,
    User,
)


@dataclass(frozen=True, slots=True)
class AuditRights(Rights):
    """Who can change what is audited; of people it also matters whether they are guests."""

    def _affected(self, holder: Holder, violating: frozenset[str]) -> Affected | None:
        if holder.sort is not Sort.PERSON or holder.id in violating or holder.guest is not None:
            return Rights._affected(self, holder, violating)
        why = f"{', '.join(holder.through)}; whether it is a guest is not known"
        return Affected(holder.id, holder.name, Kind.UNPROVEN, why, holder.ref)


def audit_rights(
    assignments: Population[RoleAssignment] | Unread,
    eligibilities: Population[RoleEligibility] | Unread,
    effective: Population[AuditRoleAssignment] | Unread,
    role_groups: Population[RoleGroup] | Unread,
    purview: Population[PurviewRoleGroup] | Unread,
    users: Population[User] | Unread,
) -> AuditRights:
    """Return who can change what is audited, from all places at once.

    Where Graph says that the tenant has no licence for eligible roles, nobody has one. The users only tell names and
    guests apart: where they are unread, more stays unresolved.
    """
    shortfalls = (
        shortfall_of(DATASET_OF[RoleAssignment], assignments),
        None if nobody_is_eligible(eligibilities) else shortfall_of(DATASET_OF[RoleEligibility], eligibilities),
        shortfall_of(DATASET_OF[AuditRoleAssignment], effective),
        shortfall_of(DATASET_OF[RoleGroup], role_groups),
        shortfall_of(DATASET_OF[PurviewRoleGroup], purview),
    )
    in_exchange = effective_users(effective)
    named = frozenset(holder.name.casefold() for holder in in_exchange if holder.sort is Sort.PERSON)
    found = [
        *directory_holders(assignments, active=True),
        *directory_holders(eligibilities, active=False),
        *in_exchange,
        *exchange_members(role_groups, expanded_groups(effective), named),
        *purview_members(purview, named, mirrors(role_groups)),
    ]
    return AuditRights(
        holders=each_holder_once(_matched(found, users)),
        unread=tuple(shortfall for shortfall in shortfalls if shortfall is not None),
    )


def _matched(found: list[Holder], users: Population[User] | Unread) -> list[Holder]:
    """Return the holders with what the directory says of those that go by an id or a user principal name."""
    accounts = accounts_named({key for holder in found for key in (holder.id, holder.name.casefold())}, users)
    for holder in found:
        if Place.DIRECTORY in holder.places and holder.sort is Sort.PERSON:
            account = Account(holder.id, holder.name, holder.guest)
            accounts.setdefault(holder.id, account)
            if "@" in holder.name:
                accounts.setdefault(holder.name.casefold(), account)
    return [_as_account(holder, accounts) for holder in found]


def _as_account(holder: Holder, accounts: dict[str, Account]) -> Holder:
    if Place.DIRECTORY in holder.places:
        account = accounts.get(holder.id)
        return holder if account is None else replace(holder, guest=account.guest)
    account = accounts.get(holder.name.casefold())
    if account is None or holder.sort is Sort.APPLICATION:
        return holder
    return replace(holder, id=account.id, name=account.name, sort=Sort.PERSON, guest=account.guest)
