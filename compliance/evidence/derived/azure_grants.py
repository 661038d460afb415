"""Who holds an Azure role over a resource, or may take one on, and what the role lets them do.

Deny assignments are not read, and conditions of assignments not evaluated: either only takes rights away.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from compliance.evidence.azure_views import (
    AzurePermission,
    AzureRoleAssignment,
    AzureRoleDefinition,
    AzureRoleEligibility,
    AzureRoleSchedule,
)
from compliance.evidence.derived.rights import nobody_is_eligible, shortfall_of
from compliance.evidence.derived.tenancy import Tenancy
from compliance.evidence.population import Malformed, Population, Ref, scan
from compliance.evidence.unread import PropertyUnreadError, Unread
from compliance.evidence.views import DATASET_OF
from compliance.rules.azure_roles import Permission, Right, first_allowed, holds, reaches
from compliance.rules.resource_ids import resource_name, subscription_of

T = TypeVar("T", AzureRoleAssignment, AzureRoleEligibility, AzureRoleSchedule)


@dataclass(frozen=True, slots=True)
class Role:
    """An Azure role as one of its listings says it."""

    name: str
    permissions: tuple[Permission, ...]


@dataclass(frozen=True, slots=True)
class Term:
    """For how long a role is held at present: given for good, or taken on for a while; `ends` None has no end."""

    assigned: bool
    ends: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Grant:
    """That somebody holds a role at a scope, or may take it on where not `active`; one that is held may have a `term`.

    `roles` are all listings of the role: none where it was not read, and several where they differ. `conditional` says
    whether a condition may narrow it.
    """

    principal_id: str
    principal_type: str
    role_id: str
    roles: tuple[Role, ...]
    scope: str
    active: bool
    ref: Ref
    conditional: bool
    term: Term | None = None

    @property
    def text(self) -> str:
        """Which role is held and where, in words."""
        role = self.roles[0].name if self.roles else f"the role {self.role_id}, which was not read,"
        return f"{'holds' if self.active else 'is eligible for'} {role} at {resource_name(self.scope) or 'the root'}"

    def allows_any(self, rights: Sequence[Right]) -> Right | None:
        """Return the first of some rights that any listing of the role allows."""
        for role in self.roles:
            right = first_allowed(role.permissions, rights)
            if right is not None:
                return right
        return None

    def allows_all(self, rights: Sequence[Right]) -> bool:
        """Return whether every listing of the role allows all of some rights."""
        return bool(self.roles) and all(
            first_allowed(role.permissions, (one,)) for role in self.roles for one in rights
        )


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A row that may say anything of anybody, and why it cannot be read."""

    why: str
    ref: Ref


@dataclass(frozen=True, slots=True)
class Grants:
    """The grants of one dataset, the rows that cannot be read, and why there may be others."""

    grants: tuple[Grant, ...]
    unreadable: tuple[Unreadable, ...]
    unread: Unread | None


@dataclass(frozen=True, slots=True)
class AzureGrants:
    """The roles that are held, those that may be taken on, and for how long they are held at present.

    `definitions_unread` says why a role may be missing. `only` is the one subscription of which roles were listed, by
    its id in lower case, None where there were several or perhaps are.
    """

    held: Grants
    eligible: Grants
    scheduled: Grants
    definitions_unread: Unread | None
    tenancy: Tenancy
    only: str | None

    def holds(self, grant: Grant, resource_id: str) -> bool | None:
        """Return whether a role is held over all of a resource, None where that is not known."""
        return self._known(holds(grant.scope, resource_id, self._root_groups(resource_id)), resource_id)

    def reaches(self, grant: Grant, resource_id: str) -> bool | None:
        """Return whether a role is held over a resource or a part of it, None where that is not known."""
        return self._known(reaches(grant.scope, resource_id, self._root_groups(resource_id)), resource_id)

    def _known(self, found: bool | None, resource_id: str) -> bool | None:
        """What was listed of one subscription alone holds in it, at whatever management group."""
        in_only = self.only is not None and _subscription(resource_id) == self.only
        return True if found is None and in_only else found

    def _root_groups(self, resource_id: str) -> frozenset[str]:
        """The root management group, which has the id of the tenant."""
        tenant = self.tenancy.tenant_of(resource_id)
        return frozenset() if isinstance(tenant, Unread) else frozenset({tenant})


def azure_grants(
    assignments: Population[AzureRoleAssignment] | Unread,
    eligibilities: Population[AzureRoleEligibility] | Unread,
    schedules: Population[AzureRoleSchedule] | Unread,
    definitions: Population[AzureRoleDefinition] | Unread,
    tenancy: Tenancy,
) -> AzureGrants:
    """Return who holds which role, and where. Without a licence for it nobody is eligible for a role."""
    roles, definitions_unread, only = _roles(definitions)
    held = _grants(assignments, AzureRoleAssignment, roles)
    eligible = _grants(eligibilities, AzureRoleEligibility, roles, active=False)
    return AzureGrants(
        held=held,
        eligible=Grants((), (), None) if nobody_is_eligible(eligibilities) else eligible,
        scheduled=_grants(schedules, AzureRoleSchedule, roles, term=_term),
        definitions_unread=definitions_unread,
        tenancy=tenancy,
        only=only if held.unread is None and definitions_unread is None else None,
    )


def _grants(
    rows: Population[T] | Unread,
    row_type: type[T],
    roles: Mapping[str, tuple[Role, ...]],
    *,
    active: bool = True,
    term: Callable[[T], Term] | None = None,
) -> Grants:
    found: list[Grant] = []
    unreadable: list[Unreadable] = []
    for row, ref in () if isinstance(rows, Unread) else scan(rows):
        if isinstance(row, Malformed):
            unreadable.append(Unreadable(row.reason, ref))
            continue
        try:
            found.append(_grant(row, ref, roles, active=active, term=None if term is None else term(row)))
        except PropertyUnreadError as error:
            unreadable.append(Unreadable(str(error), ref))
    return Grants(tuple(found), tuple(unreadable), shortfall_of(DATASET_OF[row_type], rows))


def _grant(row: T, ref: Ref, roles: Mapping[str, tuple[Role, ...]], *, active: bool, term: Term | None) -> Grant:
    own = row.properties
    role_id = resource_name(own.role_definition_id).casefold()
    listings = roles.get(role_id)
    return Grant(
        principal_id=own.principal_id.strip().casefold(),
        principal_type=own.principal_type,
        role_id=role_id,
        roles=() if listings is None else listings,
        scope=own.scope,
        active=active,
        ref=ref,
        conditional=isinstance(row, AzureRoleAssignment) and _conditional(row),
        term=term,
    )


def _conditional(row: AzureRoleAssignment) -> bool:
    return not row.properties.holds("condition") or row.properties.condition not in (None, "")


def _term(row: AzureRoleSchedule) -> Term:
    given = row.properties.assignment_type.strip().casefold()
    return Term(assigned=given != "activated", ends=row.properties.end_date_time)


def _roles(
    definitions: Population[AzureRoleDefinition] | Unread,
) -> tuple[dict[str, tuple[Role, ...]], Unread | None, str | None]:
    """Return the listings of each role by its GUID, and the one subscription that they are listed under.

    A role has the same GUID wherever it is listed. One that cannot be read is left out: nobody knows what it allows.
    """
    found: dict[str, dict[Role, None]] = {}
    bad: set[str] = set()
    under: set[str] = set()
    for row, _ in () if isinstance(definitions, Unread) else scan(definitions):
        if isinstance(row, Malformed):
            bad |= set() if row.id is None else {resource_name(row.id).casefold()}
            continue
        role_id = resource_name(row.id).casefold()
        under.add(_subscription(row.id))
        try:
            permissions = tuple(map(_permission, row.properties.permissions))
            found.setdefault(role_id, {})[Role(row.properties.role_name, permissions)] = None
        except PropertyUnreadError:
            bad.add(role_id)
    roles = {role_id: tuple(listings) for role_id, listings in found.items() if role_id not in bad}
    only = next(iter(under)) if len(under) == 1 and under != {""} else None
    return roles, shortfall_of(DATASET_OF[AzureRoleDefinition], definitions), only


def _permission(row: AzurePermission) -> Permission:
    return Permission(row.actions, row.not_actions, row.data_actions, row.not_data_actions)


def _subscription(resource_id: str) -> str:
    """Return the id of a resource's subscription in lower case, nothing where it lies in none."""
    found = subscription_of(resource_id)
    return "" if found is None else found.casefold()
