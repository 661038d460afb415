"""Who holds a role that configures auditing, row by row, as the directory, Exchange Online and Purview each name them.

A group stands for nobody knows how many until its members are read, and a member of a role group may be one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from compliance.evidence.population import Coverage, Malformed, Population, Ref, scan
from compliance.evidence.unread import PropertyUnreadError, Unread
from compliance.evidence.view import View
from compliance.evidence.views import AuditRoleAssignment, RoleAssignment, RoleGroup
from compliance.rules.directory_roles import (
    AUDIT_CONFIGURING,
    AUDIT_LOGS,
    EXCHANGE_AUDIT_ROLES,
    EXCHANGE_OTHER_ROLES,
    ORGANIZATION_MANAGEMENT,
    PURVIEW_AUDIT_ROLES,
    directory_role_of,
    mirrors_a_role,
    role_name,
)

GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_USER_ASSIGNEES = frozenset({"user", "rolegroup", "securitygroup", "roleassignmentpolicy", "mailboxplan"})
NOT_EXPANDED = re.compile(r"all (?:[a-z]+ )*(?:members|assignees)")

T = TypeVar("T", bound=View)
A = TypeVar("A", bound=RoleAssignment)
G = TypeVar("G", bound=RoleGroup)


class Sort(StrEnum):
    """What a holder is: one that is unresolved may stand for several, and of a row that is unreadable nobody knows."""

    PERSON = "person"
    APPLICATION = "application"
    UNRESOLVED = "unresolved"
    UNREADABLE = "unreadable"


class Place(StrEnum):
    """Where a right is held."""

    DIRECTORY = "Microsoft Entra ID"
    EXCHANGE = "Exchange Online"
    PURVIEW = "Purview"
    AZURE = "Azure"


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody or something that can change audit settings, how, and where the evidence says so.

    `guest` is None where it is not known: of a principal of the directory, the list of users tells.
    """

    id: str
    name: str
    sort: Sort
    guest: bool | None
    places: frozenset[Place]
    through: tuple[str, ...]
    ref: Ref


def directory_holders(assignments: Population[A] | Unread, *, active: bool) -> list[Holder]:
    """Return who holds a directory role that configures auditing, or is eligible for one where it is not `active`."""
    return _read(assignments, Place.DIRECTORY, lambda row, ref: _directory_holder(row, ref, active=active))


def effective_users(assignments: Population[AuditRoleAssignment] | Unread) -> list[Holder]:
    """Return who effectively holds the role Audit Logs in Exchange Online."""
    return _read(assignments, Place.EXCHANGE, _effective_user)


def expanded_groups(assignments: Population[AuditRoleAssignment] | Unread) -> frozenset[str]:
    """Return the names, in lower case, of the role groups whose members Exchange Online listed one by one."""
    if isinstance(assignments, Unread):
        return frozenset()
    return frozenset(
        row.role_assignee_name.casefold()
        for row, _ in scan(assignments)
        if not isinstance(row, Malformed)
        and row.holds("role_assignee_name")
        and row.holds("effective_user_name")
        and NOT_EXPANDED.fullmatch(row.effective_user_name.casefold()) is None
    )


def mirrors(groups: Population[RoleGroup] | Unread) -> frozenset[str]:
    """Return the members of Exchange Online's role groups that stand for a directory role, in lower case.

    Anybody may give a group such a name. Exchange Online makes one for each role: of two that claim the same role
    neither is believed, and none where not all role groups were read.
    """
    if isinstance(groups, Unread) or groups.coverage is not Coverage.WHOLE:
        return frozenset()
    claims: dict[str, set[str]] = {}
    for row, _ in scan(groups):
        if isinstance(row, Malformed) or not row.holds("members"):
            return frozenset()
        for member in row.members:
            if (role := directory_role_of(member)) is not None:
                claims.setdefault(role, set()).add(member.casefold())
    return frozenset(name for names in claims.values() if len(names) == 1 for name in names)


def exchange_members(
    groups: Population[RoleGroup] | Unread, expanded: frozenset[str], named: frozenset[str]
) -> list[Holder]:
    """Return the direct members of Exchange Online's role groups that configure auditing.

    `named` are names of people, in lower case; another member of a group that is not expanded may be a group itself.
    """
    counted = mirrors(groups)

    def members(group: RoleGroup, ref: Ref) -> list[Holder]:
        name, roles = group.name.casefold(), {role_name(role) for role in group.roles}
        if name != ORGANIZATION_MANAGEMENT and roles <= EXCHANGE_OTHER_ROLES:
            return []
        if name != ORGANIZATION_MANAGEMENT and EXCHANGE_AUDIT_ROLES.isdisjoint(roles) and group.members:
            own = ", ".join(sorted(roles - EXCHANGE_OTHER_ROLES))
            return [_named(group.name, Sort.UNRESOLVED, Place.EXCHANGE, f"carries roles of its own: {own}", ref)]
        found = _members(group, Place.EXCHANGE, named, counted, ref)
        # Of an expanded group only the members that mirror a directory role go unnamed.
        return [one for one in found if one.sort is Sort.PERSON or name not in expanded or mirrors_a_role(one.name)]

    return _read(groups, Place.EXCHANGE, members)


def purview_members(groups: Population[G] | Unread, named: frozenset[str], counted: frozenset[str]) -> list[Holder]:
    """Return the direct members of Purview's role groups that configure auditing or retention policies.

    `counted` are the names that stand for directory roles, whose holders the directory lists.
    """

    def members(group: RoleGroup, ref: Ref) -> list[Holder]:
        configures = not PURVIEW_AUDIT_ROLES.isdisjoint(role_name(role) for role in group.roles)
        return _members(group, Place.PURVIEW, named, counted, ref) if configures else []

    return _read(groups, Place.PURVIEW, members)


def _read(population: Population[T] | Unread, place: Place, holders: Callable[[T, Ref], list[Holder]]) -> list[Holder]:
    """Return the holders in all rows; a row that cannot be read may hold anybody."""
    found: list[Holder] = []
    for row, ref in () if isinstance(population, Unread) else scan(population):
        if isinstance(row, Malformed):
            found.append(_unreadable(ref, place, row.reason))
            continue
        try:
            found += holders(row, ref)
        except PropertyUnreadError as error:
            found.append(_unreadable(ref, place, str(error)))
    return found


def _unreadable(ref: Ref, place: Place, why: str) -> Holder:
    where = f"{ref.dataset}{ref.pointer}"
    return Holder(where, where, Sort.UNREADABLE, None, frozenset({place}), (why,), ref)


def _named(name: str, sort: Sort, place: Place, through: str, ref: Ref) -> Holder:
    """Return a holder that goes by a name alone, which shows a guest by #EXT# and of nobody else that it is none."""
    guest = True if "#ext#" in name.casefold() else None
    return Holder(f"{place.value}: {name.casefold()}", name, sort, guest, frozenset({place}), (through,), ref)


def _directory_holder(row: RoleAssignment, ref: Ref, *, active: bool) -> list[Holder]:
    role = row.role_definition_id.casefold()
    if GUID.fullmatch(role) is None:
        return [_unreadable(ref, Place.DIRECTORY, f"{row.role_definition_id} is not the id of a role")]
    if role not in AUDIT_CONFIGURING:
        return []
    principal, holder_id = row.principal, row.principal_id.casefold()
    if GUID.fullmatch(holder_id) is None or principal.id.casefold() != holder_id:
        return [_unreadable(ref, Place.DIRECTORY, f"names {row.principal_id} as its holder and shows {principal.id}")]
    through = f"{'holds' if active else 'is eligible for'} {AUDIT_CONFIGURING[role]}"
    match principal.type.casefold():
        case "#microsoft.graph.user":
            sort = Sort.PERSON
        case "#microsoft.graph.serviceprincipal":
            sort = Sort.APPLICATION
        case _:
            sort, through = Sort.UNRESOLVED, f"{through}, and its members were not read"
    if row.directory_scope_id != "/":
        sort, through = Sort.UNRESOLVED, f"{through}, in the scope {row.directory_scope_id}"
    shown = principal.display_name if principal.holds("display_name") else None
    name = principal.user_principal_name if principal.holds("user_principal_name") else shown
    return [
        Holder(
            id=holder_id,
            name=holder_id if name is None else name,
            sort=sort,
            guest=None,
            places=frozenset({Place.DIRECTORY}),
            through=(through,),
            ref=ref,
        )
    ]


def is_guest(user_type: str | None) -> bool | None:
    """Return whether a userType of Graph is a guest's; None for null and for a word that is not known."""
    match user_type.casefold() if user_type is not None else None:
        case "guest":
            return True
        case "member":
            return False
        case _:
            return None


def _effective_user(row: AuditRoleAssignment, ref: Ref) -> list[Holder]:
    if not row.enabled:
        return []
    if role_name(row.role) != AUDIT_LOGS:
        return [_unreadable(ref, Place.EXCHANGE, f"says {row.role}, where Audit Logs was asked for")]
    assignee, assignee_type = row.role_assignee_name, row.role_assignee_type.casefold()
    if assignee_type == "serviceprincipal":
        return [_named(assignee, Sort.APPLICATION, Place.EXCHANGE, "is assigned Audit Logs", ref)]
    if assignee_type not in _USER_ASSIGNEES or NOT_EXPANDED.fullmatch(row.effective_user_name.casefold()):
        why = "is assigned Audit Logs, and its members were not read"
        return [_named(assignee, Sort.UNRESOLVED, Place.EXCHANGE, why, ref)]
    through = f"has Audit Logs through {assignee}"
    return [_named(row.effective_user_name, Sort.PERSON, Place.EXCHANGE, through, ref)]


def _members(group: RoleGroup, place: Place, named: frozenset[str], counted: frozenset[str], ref: Ref) -> list[Holder]:
    """Return the members of a role group; one that mirrors a directory role adds nobody to the directory's holders."""
    return [
        _named(
            member,
            Sort.PERSON if member.casefold() in named else Sort.UNRESOLVED,
            place,
            f"is a member of {group.name}",
            ref,
        )
        for member in group.members
        if member.casefold() not in counted
    ]
