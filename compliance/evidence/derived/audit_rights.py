"""Who can change what is audited: holders of directory roles, and of roles in Exchange Online and Purview.

A directory role names its holders by id. Exchange Online and Purview name theirs by names of their own, and one person
may go by several: a name is taken for somebody only where it is an id or a user principal name.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeVar

from compliance.evidence.derived.role_holders import (
    GUID,
    Holder,
    Place,
    Sort,
    directory_holders,
    effective_users,
    exchange_members,
    expanded_groups,
    is_guest,
    mirrors,
    purview_members,
)
from compliance.evidence.population import Affected, Coverage, Malformed, Population, Tally, scan
from compliance.evidence.unread import Kind, Unread
from compliance.evidence.view import View
from compliance.evidence.views import (
    DATASET_OF,
    AuditRoleAssignment,
    PurviewRoleGroup,
    RoleAssignment,
    RoleEligibility,
    RoleGroup,
    User,
)
from compliance.rules.directory_roles import PREMIUM_LICENCE_REQUIRED

T = TypeVar("T", bound=View)


@dataclass(frozen=True, slots=True)
class AuditRights:
    """The holders, each named once as far as that can be told, and what could not be read of them."""

    holders: tuple[Holder, ...]
    unread: tuple[Unread, ...]

    def of(self, sort: Sort) -> tuple[Holder, ...]:
        """Return the holders of a sort."""
        return tuple(holder for holder in self.holders if holder.sort is sort)

    def tally(self, violating: frozenset[str] = frozenset()) -> Tally:
        """Return the holders as a rule would leave them, those of the given ids violating it."""
        affected = [one for holder in self.holders if (one := _affected(holder, violating)) is not None]
        affected.sort(key=lambda one: (not one.decided, one.name.casefold(), one.id))
        decided = sum(one.decided for one in affected)
        return Tally(
            satisfied=len(self.holders) - len(affected),
            violating=decided,
            undecided=len(affected) - decided,
            affected=tuple(affected),
            coverage=Coverage.PART if self.unread else Coverage.WHOLE,
            shortfall=None,
        )

    @property
    def at_least(self) -> int:
        """How many people there are for sure: accounts, or names of one place; names of two may be one person's."""
        people = self.of(Sort.PERSON)
        accounts = sum(GUID.fullmatch(person.id) is not None for person in people)
        return max(accounts, *(sum(place in person.places for person in people) for place in Place))

    @property
    def at_most(self) -> int:
        """How many people there are where every name that cannot be matched is somebody else's."""
        return len(self.of(Sort.PERSON))


def _affected(holder: Holder, violating: frozenset[str]) -> Affected | None:
    why = ", ".join(holder.through)
    kind: Kind | None = None
    match holder.sort:
        case Sort.APPLICATION:
            kind = Kind.NEEDS_ATTESTATION
        case Sort.UNRESOLVED:
            kind, why = Kind.UNPROVEN, f"{why}; may stand for several people"
        case Sort.UNREADABLE:
            kind = Kind.MALFORMED
        case Sort.PERSON if holder.id in violating:
            pass
        case Sort.PERSON if holder.guest is None:
            kind, why = Kind.UNPROVEN, f"{why}; whether it is a guest is not known"
        case _:
            return None
    return Affected(holder.id, holder.name, kind, why, holder.ref)


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
        _shortfall(RoleAssignment, assignments),
        None if _nobody_is_eligible(eligibilities) else _shortfall(RoleEligibility, eligibilities),
        _shortfall(AuditRoleAssignment, effective),
        _shortfall(RoleGroup, role_groups),
        _shortfall(PurviewRoleGroup, purview),
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
        holders=_each_once(_matched(found, users)),
        unread=tuple(shortfall for shortfall in shortfalls if shortfall is not None),
    )


def _shortfall(row_type: type[View], population: Population[T] | Unread) -> Unread | None:
    if isinstance(population, Unread):
        return population
    if population.shortfall is not None or population.coverage is Coverage.WHOLE:
        return population.shortfall
    name = DATASET_OF[row_type]
    return Unread(Kind.INCOMPLETE, name, "only what the reader may see was listed", f"read it again: {name}")


def _nobody_is_eligible(eligibilities: Population[RoleEligibility] | Unread) -> bool:
    return (
        isinstance(eligibilities, Unread)
        and eligibilities.kind is Kind.UNAVAILABLE
        and PREMIUM_LICENCE_REQUIRED in eligibilities.reason
    )


@dataclass(frozen=True, slots=True)
class _Account:
    id: str
    name: str
    guest: bool | None


def _matched(found: list[Holder], users: Population[User] | Unread) -> list[Holder]:
    """Return the holders with what the directory says of those that go by an id or a user principal name."""
    accounts = _accounts({key for holder in found for key in (holder.id, holder.name.casefold())}, users)
    for holder in found:
        if Place.DIRECTORY in holder.places and holder.sort is Sort.PERSON:
            account = _Account(holder.id, holder.name, holder.guest)
            accounts.setdefault(holder.id, account)
            if "@" in holder.name:
                accounts.setdefault(holder.name.casefold(), account)
    return [_as_account(holder, accounts) for holder in found]


def _accounts(wanted: set[str], users: Population[User] | Unread) -> dict[str, _Account]:
    """Return the accounts that go by one of these names in lower case: an id, or a user principal name."""
    accounts: dict[str, _Account] = {}
    for row, _ in () if isinstance(users, Unread) else scan(users):
        if isinstance(row, Malformed) or not (row.holds("id") and row.holds("user_principal_name")):
            continue
        for key in {row.id.casefold(), row.user_principal_name.casefold()} & wanted:
            guest = is_guest(row.user_type) if row.holds("user_type") else None
            accounts[key] = _Account(row.id.casefold(), row.user_principal_name, guest)
    return accounts


def _as_account(holder: Holder, accounts: dict[str, _Account]) -> Holder:
    if Place.DIRECTORY in holder.places:
        account = accounts.get(holder.id)
        return holder if account is None else replace(holder, guest=account.guest)
    account = accounts.get(holder.name.casefold())
    if account is None or holder.sort is Sort.APPLICATION:
        return holder
    return replace(holder, id=account.id, name=account.name, sort=Sort.PERSON, guest=account.guest)


def _each_once(found: list[Holder]) -> tuple[Holder, ...]:
    by_id: dict[str, Holder] = {}
    for holder in found:
        before = by_id.setdefault(holder.id, holder)
        if before is holder:
            continue
        surest = min(before, holder, key=lambda one: tuple(Sort).index(one.sort))
        by_id[holder.id] = replace(
            surest,
            guest=holder.guest if before.guest is None else before.guest,
            places=before.places | holder.places,
            through=tuple(dict.fromkeys((*before.through, *holder.through))),
        )
    return tuple(by_id.values())
