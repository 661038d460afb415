"""Who can remove records from a workspace without administering it: holders of roles made for that, by name or by hand.

Owner, Contributor and Log Analytics Contributor can as well; they administer resources, and ACC-02 counts them.
"""

from __future__ import annotations

from dataclasses import dataclass

from compliance.evidence.azure_views import AzureRoleAssignment, AzureRoleSchedule
from compliance.evidence.derived import AzureGrants
from compliance.evidence.derived.azure_grants import Grant
from compliance.evidence.population import id_key
from compliance.evidence.unread import Kind, Unread
from compliance.evidence.views import DATASET_OF
from compliance.rules.azure_roles import Right
from compliance.rules.resource_ids import resource_name

_WORKSPACE = "Microsoft.OperationalInsights/workspaces"
REMOVING = (
    Right(f"{_WORKSPACE}/purge/action"),
    Right(f"{_WORKSPACE}/tables/deleteData/action"),
    Right(f"{_WORKSPACE}/tables/delete"),
    Right(f"{_WORKSPACE}/delete"),
)
"""Each removes records of a workspace at once."""
_ADMINISTERING = frozenset(
    {
        "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
        "b24988ac-6180-42a0-ab88-20f7382dd24c",
        "92aaf0da-9dab-42b6-94a3-d43ce8d16293",
    }
)
"""The built-in roles Owner, Contributor and Log Analytics Contributor (Microsoft Learn, Azure built-in roles)."""
_DATASET = DATASET_OF[AzureRoleAssignment]
_SCHEDULES = DATASET_OF[AzureRoleSchedule]


@dataclass(frozen=True, slots=True)
class Purgers:
    """Who surely holds such a role over a workspace for good, as sentences; `unread` says why there may be others."""

    standing: tuple[str, ...]
    unread: tuple[Unread, ...]


def purgers(grants: AzureGrants, workspace: str) -> Purgers:
    """Return who holds a role over a workspace that removes records; whoever took it on for a while is left out."""
    found: list[str] = []
    unread = [one for one in (grants.held.unread, grants.definitions_unread) if one is not None]
    unread += [
        Unread(Kind.MALFORMED, _DATASET, row.why, "the role assignments read again") for row in grants.held.unreadable
    ]
    for grant in grants.held.grants:
        if resource_name(grant.role_id).casefold() in _ADMINISTERING:
            continue
        over = grants.reaches(grant, workspace)
        right = None if over is False else grant.allows_any(REMOVING)
        if over is False or (right is None and grant.roles):
            continue
        told = f"{grant.principal_type} {grant.principal_id} {grant.text}"
        if right is None or over is None:
            unread.append(_unsure(f"whether it removes records of {resource_name(workspace)} is not known: {told}"))
            continue
        for_good = _for_good(grant, grants)
        if isinstance(for_good, Unread):
            unread.append(for_good)
        elif for_good:
            found.append(f"{told}, which allows {right.action}")
    return Purgers(tuple(dict.fromkeys(found)), tuple(dict.fromkeys(unread)))


def _for_good(grant: Grant, grants: AzureGrants) -> bool | Unread:
    """Return whether a role is held for good, and not taken on for a while; one that no schedule tells of is."""
    terms = [
        one.term
        for one in grants.scheduled.grants
        if one.term is not None
        and one.principal_id.casefold() == grant.principal_id.casefold()
        and one.role_id.casefold() == grant.role_id.casefold()
        and id_key(one.scope) == id_key(grant.scope)
    ]
    if terms:
        return any(term.assigned for term in terms)
    if grants.scheduled.unread is None and not grants.scheduled.unreadable:
        return True
    why = "some cannot be read" if grants.scheduled.unread is None else grants.scheduled.unread.reason
    reason = f"{grant.principal_type} {grant.principal_id} {grant.text}; whether for good is not known: {why}"
    return Unread(Kind.UNPROVEN, _SCHEDULES, reason, "the role assignment schedules, read")


def _unsure(reason: str) -> Unread:
    return Unread(Kind.UNPROVEN, _DATASET, reason, "the definition of the role, and the scope that it is held at")
