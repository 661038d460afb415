"""What the collector itself may do, as far as its tokens and the directory tell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from compliance.evidence.datasets import Api
from compliance.evidence.evidence import CollectedBy
from compliance.evidence.manifest import Identity
from compliance.evidence.population import Coverage, Malformed, Population, scan
from compliance.evidence.unread import PropertyUnreadError, Unread
from compliance.evidence.views import RoleAssignment
from compliance.rules.directory_roles import READING, WRITING
from compliance.rules.token_rights import Right, right_of

_NOT_READ = "its directory roles were not read"


@dataclass(frozen=True, slots=True)
class CollectorRights:
    """What writes, for sure; what may write or not; and why it is not known what else the collector holds.

    `signed_in` is False where nobody did, because all evidence was handed over as files. `unread` is what of the
    directory was needed and not read.
    """

    signed_in: bool
    writing: tuple[str, ...]
    unknown: tuple[str, ...]
    untold: tuple[str, ...]
    unread: Unread | None


def collector_rights(collected: CollectedBy, assignments: Population[RoleAssignment] | Unread) -> CollectorRights:
    """Return what the tokens name, and the directory roles that the collector's own principal is assigned.

    A token of Azure Resource Manager names no permission: what counts there is in no token.
    """
    roles, untold = _directory_roles(collected.identities, assignments)
    permissions = sorted({(permission, right_of(permission)) for permission in _permissions(collected.identities)})
    untold += [
        f"the token for {one.api.value} names no permission"
        for one in collected.identities
        if one.api is not Api.ARM and one.roles is None and one.scopes is None
    ]
    return CollectorRights(
        signed_in=bool(collected.identities),
        writing=(
            *(WRITING[role] for role in sorted(roles) if role in WRITING),
            *(permission for permission, right in permissions if right is Right.WRITES),
        ),
        unknown=(
            *(f"directory role {role}" for role in sorted(roles) if role not in WRITING and role not in READING),
            *(permission for permission, right in permissions if right is Right.UNKNOWN),
        ),
        untold=tuple(untold),
        unread=assignments if isinstance(assignments, Unread) and _NOT_READ in untold else None,
    )


def _permissions(identities: tuple[Identity, ...]) -> Iterator[str]:
    for identity in identities:
        for names in (identity.roles, identity.scopes):
            if names is not None:
                yield from names


def _directory_roles(
    identities: tuple[Identity, ...], assignments: Population[RoleAssignment] | Unread
) -> tuple[set[str], list[str]]:
    """Return the template ids of the directory roles, and what keeps them from being all.

    A token's wids hold all of its principal, those that a group brings included. Where a principal's tokens have no
    wids, the assignments tell, unless a group holds a role that may write: the principal may be in it.
    """
    told = [one for one in identities if one.directory_roles is not None]
    roles = {role.casefold() for one in told if one.directory_roles is not None for role in one.directory_roles}
    by_wids = {one.object_id for one in told}
    silent = [one for one in identities if one.directory_roles is None and one.object_id not in by_wids]
    if isinstance(assignments, Unread):
        return roles, [_NOT_READ] if silent else []
    principals = {one.object_id.casefold() for one in identities if one.object_id is not None}
    gaps = (
        ["a token does not name the collector's own principal"] if any(one.object_id is None for one in silent) else []
    )
    for row, _ in scan(assignments):
        if isinstance(row, Malformed):
            gaps.append("a role assignment cannot be read")
            continue
        try:
            role = row.role_definition_id.casefold()
            if row.principal_id.casefold() in principals:
                roles.add(role)
            elif role not in READING and _may_be_a_group(row):
                gaps.append("a group holds a directory role, and the collector may be in it")
        except PropertyUnreadError as error:
            gaps.append(str(error))
    if assignments.coverage is not Coverage.WHOLE:
        gaps.append("not all role assignments were read")
    return roles, list(dict.fromkeys(gaps)) if silent else []


def _may_be_a_group(row: RoleAssignment) -> bool:
    """Return whether a role is assigned to a group, or to something that is not known."""
    return row.principal.type.casefold() not in ("#microsoft.graph.user", "#microsoft.graph.serviceprincipal")
