"""Who writes audit records, in the classes that retention treats alike.

How long a record is kept depends on the licence of the account that acted, not on the mailbox's owner (Microsoft
Learn, Manage audit log retention policies).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from compliance.evidence.datasets import DATASETS
from compliance.evidence.derived.licensing import Given, Licensing
from compliance.evidence.derived.policies import RetentionPolicies
from compliance.evidence.population import Coverage, Malformed, Population, identity, scan
from compliance.evidence.unread import Kind, PropertyUnreadError, Unread
from compliance.evidence.views import DATASET_OF, SubscribedSku, User
from compliance.rules.classes import NON_USER_NAMES, ActorClass, ActorKind
from compliance.rules.retention_policies import named_user_ids


@dataclass(frozen=True, slots=True)
class ActorGroup:
    """Accounts that retention cannot tell apart; `count` is None where nobody knows, `example` names one of them."""

    actor: ActorClass
    count: int | None
    example: str


@dataclass(frozen=True, slots=True)
class Actors:
    """Everybody who can write records.

    `unresolved_user_ids` are named in policies but are nobody's. `unread` is what of the directory was not read, and
    `all_seen` says whether every account was.
    """

    groups: tuple[ActorGroup, ...]
    unresolved_user_ids: frozenset[str]
    unread: tuple[Unread, ...]
    all_seen: bool

    def count(self, kind: ActorKind) -> int | None:
        """Return how many accounts of a kind there are, or None where nobody knows."""
        if not self.all_seen:
            return None
        counts = [group.count for group in self.groups if group.actor.kind is kind]
        return None if None in counts else sum(count for count in counts if count is not None)


def actors_of(
    users: Population[User] | Unread, skus: Population[SubscribedSku] | Unread, policies: RetentionPolicies | Unread
) -> Actors:
    """Sort every account into its class. What could not be read becomes a class of its own, never nobody."""
    named = _named(policies)
    if isinstance(users, Unread):
        return Actors((_unseen(), non_users()), named - NON_USER_NAMES, (users,), all_seen=False)
    licensing = Licensing(skus)
    counts: Counter[ActorClass] = Counter()
    examples: dict[ActorClass, str] = {}
    resolved: set[str] = set()
    for row, ref in scan(users):
        actor = _actor(row, licensing, named)
        resolved |= actor.names
        counts[actor] += 1
        name = identity(row, ref)[1]
        examples[actor] = min(examples.get(actor, name), name)
    groups = [ActorGroup(actor, count, examples[actor]) for actor, count in counts.items()]
    shortfall = users.shortfall if users.shortfall is not None else _outnumbered(counts.total(), skus)
    all_seen = users.coverage is Coverage.WHOLE and shortfall is None
    if not all_seen:
        groups.append(_unseen())
    groups.sort(key=lambda group: (group.actor.kind, sorted(group.actor.names), group.example))
    shortfalls = (shortfall, skus if isinstance(skus, Unread) else skus.shortfall)
    unread = tuple(one for one in shortfalls if one is not None)
    return Actors((*groups, non_users()), named - resolved - NON_USER_NAMES, unread, all_seen)


def _outnumbered(users: int, skus: Population[SubscribedSku] | Unread) -> Unread | None:
    """Say that accounts are missing, or may be, where one subscription alone is assigned to more than were read."""
    if isinstance(skus, Unread):
        return None
    dataset = DATASET_OF[User]
    most = 0
    for row, ref in scan(skus):
        if isinstance(row, Malformed) or not (row.holds("consumed_units") and row.holds("applies_to")):
            reason = f"how many accounts there should be is unread: {ref.dataset}{ref.pointer} does not say"
            return Unread(Kind.MALFORMED, dataset, reason, f"read again: {DATASETS[ref.dataset].request}")
        if row.applies_to.casefold() != "company":
            most = max(most, row.consumed_units)
    if most <= users:
        return None
    reason = f"{users:,} accounts were read, but one subscription is assigned to {most:,}"
    return Unread(Kind.CONTRADICTORY, dataset, reason, f"read all accounts again: {DATASETS[dataset].request}")


def _unseen() -> ActorGroup:
    return ActorGroup(ActorClass(ActorKind.UNRESOLVED, None, None, frozenset()), None, "accounts that were not read")


def non_users() -> ActorGroup:
    """Return the class of service principals, applications and the system, which no directory list counts."""
    return ActorGroup(ActorClass(ActorKind.NON_USER, None, None, frozenset()), None, "applications and the system")


def _named(policies: RetentionPolicies | Unread) -> frozenset[str]:
    if isinstance(policies, Unread):
        return frozenset()
    return named_user_ids(policies.policies)


def _actor(row: User | Malformed, licensing: Licensing, named: frozenset[str]) -> ActorClass:
    if isinstance(row, Malformed):
        return ActorClass(ActorKind.UNRESOLVED, None, None, frozenset())
    names = frozenset(
        getattr(row, attribute).casefold() for attribute in ("id", "user_principal_name") if row.holds(attribute)
    )
    try:
        user_type = row.user_type.casefold()
        enabled = row.account_enabled
    except PropertyUnreadError:
        return ActorClass(ActorKind.UNRESOLVED, None, None, names & named)
    given = licensing.of(row)
    kind = _kind(user_type, enabled, given) if given.read else ActorKind.UNRESOLVED
    if kind is ActorKind.UNRESOLVED:
        return ActorClass(kind, None, None, names & named)
    return ActorClass(kind, given.premium, given.ten_year, names & named)


def _kind(user_type: str, enabled: bool, given: Given) -> ActorKind:
    if user_type == "guest":
        return ActorKind.GUEST
    if user_type != "member":
        return ActorKind.UNRESOLVED
    if not enabled:
        return ActorKind.DISABLED
    if given.premium is None:
        return ActorKind.UNRESOLVED
    if given.premium:
        return ActorKind.MEMBER_WITH_AUDIT_PLAN
    return ActorKind.MEMBER_WITHOUT_AUDIT_PLAN if given.licensed else ActorKind.UNLICENSED
