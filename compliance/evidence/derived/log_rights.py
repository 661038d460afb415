"""Who can delete logs where they are kept: holders of Azure roles over workspaces and storage accounts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from compliance.evidence.derived.azure_activity import SeenSubscriptions
from compliance.evidence.derived.azure_grants import AzureGrants, Grant, Grants, Term
from compliance.evidence.derived.log_stores import LogStores, NamedStore
from compliance.evidence.derived.rights import (
    Rights,
    accounts_named,
    each_holder_once,
    nobody_is_eligible,
    shortfall_of,
)
from compliance.evidence.derived.role_holders import GUID, Holder, Place, Sort, directory_holders
from compliance.evidence.derived.sinks import Sink
from compliance.evidence.evidence import Absent
from compliance.evidence.population import Population, id_key
from compliance.evidence.unread import Unread
from compliance.evidence.views import DATASET_OF, RoleAssignment, RoleEligibility, User
from compliance.rules.azure_roles import DELETE_FROM_ACCOUNT, DELETE_FROM_WORKSPACE

_RIGHTS = {Sink.WORKSPACE: DELETE_FROM_WORKSPACE, Sink.STORAGE_ACCOUNT: DELETE_FROM_ACCOUNT}


@dataclass(frozen=True, slots=True)
class ActiveRight:
    """A right that somebody holds at present, and for how long: None where no schedule tells of it."""

    holder: Holder
    term: Term | None


@dataclass(frozen=True, slots=True)
class LogRights(Rights):
    """The holders, active and eligible, of rights to delete logs from the stores that were looked at.

    `administrators` are those who surely hold a directory role that configures auditing as well; `undecided` says why
    others may. `active` are the rights held at present, `active_unread` why their terms are not all known.
    """

    stores: tuple[NamedStore, ...]
    subscriptions: SeenSubscriptions
    administrators: tuple[Holder, ...]
    administrators_unread: tuple[Unread, ...]
    administrators_unresolved: tuple[Holder, ...]
    active: tuple[ActiveRight, ...]
    active_unread: tuple[Unread, ...]


def log_rights(
    logs: LogStores,
    grants: AzureGrants,
    assignments: Population[RoleAssignment] | Unread,
    eligibilities: Population[RoleEligibility] | Unread,
    users: Population[User] | Unread,
    absent: Absent,
) -> LogRights:
    """Return who can delete logs from a workspace or a storage account that is there.

    A role at a scope above or below it counts, whatever its conditions. A group stands for nobody knows how many; a
    role that was not read may allow it; one at a management group may or may not be held there.
    """
    stores = tuple(one for one in (*logs.workspaces, *logs.accounts) if id_key(one.id) not in absent.ids)
    held = list(_holders(grants.held, stores, grants))
    eligible = list(_holders(grants.eligible, stores, grants))
    scheduled = list(_holders(grants.scheduled, stores, grants))
    active = list(_active(held, scheduled))
    ids = {holder.id for holder, _ in (*held, *eligible, *scheduled)}
    names = {key: account.name for key, account in accounts_named(ids, users).items()}
    holders = each_holder_once([_named(holder, names) for holder, _ in (*held, *eligible)])
    directory = [*directory_holders(assignments, active=True), *directory_holders(eligibilities, active=False)]
    people = {one.id for one in holders if one.sort is Sort.PERSON}
    return LogRights(
        holders=holders,
        unread=_known(*logs.unseen, grants.held.unread, grants.eligible.unread, grants.definitions_unread),
        stores=stores,
        subscriptions=logs.subscriptions,
        administrators=each_holder_once([one for one in directory if one.sort is Sort.PERSON and one.id in people]),
        administrators_unread=_known(
            shortfall_of(DATASET_OF[RoleAssignment], assignments),
            None if nobody_is_eligible(eligibilities) else shortfall_of(DATASET_OF[RoleEligibility], eligibilities),
        ),
        administrators_unresolved=tuple(one for one in directory if one.sort in (Sort.UNRESOLVED, Sort.UNREADABLE)),
        active=tuple(ActiveRight(_named(one.holder, names), one.term) for one in active),
        active_unread=_known(*logs.unseen, grants.held.unread, grants.scheduled.unread, grants.definitions_unread),
    )


def _named(holder: Holder, names: Mapping[str, str]) -> Holder:
    return replace(holder, name=names[holder.id]) if holder.id in names else holder


def _holders(each: Grants, stores: Sequence[NamedStore], grants: AzureGrants) -> Iterator[tuple[Holder, Grant | None]]:
    if not stores:
        return
    for row in each.unreadable:
        where = f"{row.ref.dataset}{row.ref.pointer}"
        yield Holder(where, where, Sort.UNREADABLE, None, frozenset({Place.AZURE}), (row.why,), row.ref), None
    for grant in each.grants:
        holder = _holder(grant, stores, grants)
        if holder is not None:
            yield holder, grant


def _holder(grant: Grant, stores: Sequence[NamedStore], grants: AzureGrants) -> Holder | None:
    """Return who a role makes a holder over some store; the one over which that is the surest says how."""
    perhaps: Holder | None = None
    for store in stores:
        over = grants.reaches(grant, store.id)
        right = grant.allows_any(_RIGHTS[store.kind])
        if over is False or (right is None and grant.roles):
            continue
        how = "" if right is None else f" ({right.action} on {store.name})"
        if over is None:
            how += f", and whether {store.name} lies in that management group is not known"
        if store.doubt is not None:
            how += f", and whether anything is sent to {store.name} is not known"
        sure = over is True and right is not None and store.doubt is None
        holder = _as_holder(grant, f"{grant.text}{how}", sure=sure)
        if sure:
            return holder
        perhaps = holder if perhaps is None else perhaps
    return perhaps


def _as_holder(grant: Grant, through: str, *, sure: bool) -> Holder:
    match grant.principal_type.strip().casefold():
        case "user":
            sort = Sort.PERSON
        case "serviceprincipal":
            sort = Sort.APPLICATION
        case _:
            sort, through = Sort.UNRESOLVED, f"{through}, and its members were not read"
    if GUID.fullmatch(grant.principal_id) is None:
        sort = Sort.UNREADABLE
    return Holder(
        id=grant.principal_id,
        name=grant.principal_id,
        sort=sort if sure else Sort.UNRESOLVED,
        guest=None,
        places=frozenset({Place.AZURE}),
        through=(through,),
        ref=grant.ref,
    )


def _active(
    held: Sequence[tuple[Holder, Grant | None]], scheduled: Sequence[tuple[Holder, Grant | None]]
) -> Iterator[ActiveRight]:
    """Yield each right that is held, with every term of it; one that no schedule tells of has none."""
    timed = {_key(grant) for _, grant in scheduled if grant is not None}
    for holder, grant in scheduled:
        yield ActiveRight(holder, None if grant is None else grant.term)
    for holder, grant in held:
        if grant is None or _key(grant) not in timed:
            yield ActiveRight(holder, None)


def _key(grant: Grant) -> tuple[str, str, str]:
    return grant.principal_id, grant.role_id, id_key(grant.scope)


def _known(*unread: Unread | None) -> tuple[Unread, ...]:
    return tuple(dict.fromkeys(one for one in unread if one is not None))
