"""The Activity log of each subscription: which of its categories go where, and how long it is kept there.

Azure itself keeps it for 90 days. Diagnostic settings of the subscription decide what is sent on; those of management
groups are settings of their own, which hold what happens at the group, not in its subscriptions (Microsoft Learn,
Diagnostic settings in Azure Monitor).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from compliance.evidence.azure_views import ActivityLogSetting, Subscription
from compliance.evidence.datasets import DATASETS
from compliance.evidence.derived.destinations import Destination, destinations_of
from compliance.evidence.derived.sinks import Store, doubted
from compliance.evidence.derived.standing import Standing
from compliance.evidence.derived.stores import Stores
from compliance.evidence.derived.tenancy import Tenancy
from compliance.evidence.evidence import Listed
from compliance.evidence.population import Coverage, Malformed, Population, Ref, id_key, scan
from compliance.evidence.unread import Kind, Unread
from compliance.evidence.views import DATASET_OF
from compliance.rules.azure_monitor import hubs_of
from compliance.rules.log_sources import (
    ACTIVITY_NATIVE,
    ACTIVITY_TABLE,
    REQUIRED_ACTIVITY,
    activity_categories_sent,
)
from compliance.rules.reach import StoreReach
from compliance.rules.resource_ids import resource_name, subscription_of

_SETTINGS = DATASET_OF[ActivityLogSetting]
_SUBSCRIPTIONS = DATASET_OF[Subscription]


@dataclass(frozen=True, slots=True)
class SubscriptionLog:
    """The Activity log of one subscription, by `id_key` of its id (`/subscriptions/<guid>`); `ref` is where it stands.

    `state` is Enabled, Disabled and so on, None where it is not said. `destinations` are where its settings send which
    categories, and `standings` whether those are there; `stores` is every store of each required category.
    `settings_unread` says why there may be other settings than those of `setting_names`, which are in lower case, and
    `tenant_unread` why it may belong to another tenant.
    """

    id: str
    name: str
    state: str | None
    tenant_unread: Unread | None
    destinations: tuple[Destination, ...]
    standings: tuple[Standing, ...]
    stores: Mapping[str, tuple[Store, ...]]
    settings_unread: Unread | None
    setting_names: frozenset[str]
    ref: Ref


@dataclass(frozen=True, slots=True)
class SeenSubscriptions:
    """Subscriptions by the key of their ids: those of which nothing is left to be read, and those of the tenant's own.

    Of `own` no list that claims to be whole may lack one; deleted ones are not among them.
    """

    read: frozenset[str]
    own: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class AzureActivity:
    """The tenant's subscriptions that the reader may see, in order of their names.

    `unread` says why one of those may be missing; whether the tenant has others, no list tells. Left out are `deleted`
    ones, whose logs nobody can send or keep any more, and `foreign` ones of another tenant, which its reader sees
    through Azure Lighthouse: their names, by the key of their ids. `left_out` says so of each.
    """

    subscriptions: tuple[SubscriptionLog, ...]
    unread: Unread | None
    deleted: Mapping[str, str] = field(default_factory=dict)
    foreign: Mapping[str, str] = field(default_factory=dict)

    @property
    def left_out(self) -> tuple[str, ...]:
        """Which subscriptions are left out, and why, in words."""
        why = (("deleted", self.deleted.values()), ("another tenant's", self.foreign.values()))
        return tuple(f"left out, since {what}: {_first_of(names)}" for what, names in why if names)

    @property
    def seen(self) -> SeenSubscriptions:
        """The subscriptions of which nothing is left to be read, and those that are surely the tenant's own."""
        read = {one.id for one in self.subscriptions if one.settings_unread is None and one.tenant_unread is None}
        own = frozenset(one.id for one in self.subscriptions if one.tenant_unread is None)
        return SeenSubscriptions(frozenset(self.deleted) | read, own)


@dataclass(frozen=True, slots=True)
class _Settings:
    """What was read of diagnostic settings: by subscription, and why others of it may be there; `unread`: of any."""

    rows: Mapping[str, tuple[ActivityLogSetting, ...]]
    faults: Mapping[str, Unread]
    unread: Unread | None
    listed: frozenset[str]

    def of(self, subscription: str) -> tuple[ActivityLogSetting, ...]:
        """Return the settings of a subscription that were read: it may surely have none."""
        found = self.rows.get(subscription)
        return () if found is None else found

    def unread_of(self, subscription: str) -> Unread | None:
        """Say why a subscription may have other settings than were read."""
        if subscription in self.faults:
            return self.faults[subscription]
        return None if subscription in self.listed else self.unread


def azure_activity(
    subscriptions: Population[Subscription] | Unread,
    settings: Population[ActivityLogSetting] | Unread,
    listed: Listed,
    stores: Stores,
    tenancy: Tenancy,
) -> AzureActivity:
    """Return the Activity log of every subscription of the tenant that is listed.

    A setting that cannot be read may send it anywhere, and a subscription whose tenant cannot be read may be another's.
    """
    if isinstance(subscriptions, Unread):
        return AzureActivity((), subscriptions)
    read = _settings(settings, listed)
    found: list[SubscriptionLog] = []
    deleted: dict[str, str] = {}
    foreign: dict[str, str] = {}
    faults: list[str] = []
    for row, ref in scan(subscriptions):
        if isinstance(row, Malformed) or not row.holds("id"):
            faults.append(row.reason if isinstance(row, Malformed) else "a subscription without an id")
            continue
        key, at, own = id_key(row.id), subscription_of(row.id), tenancy.is_own(row.id)
        if at is None or id_key(at) != key:
            faults.append(f"{row.id!r} is not the id of a subscription")
        elif own is False:
            foreign[key] = _name(row)
        elif row.holds("state") and row.state.casefold() == "deleted":
            deleted[key] = _name(row)
        else:
            found.append(_log(row, ref, own if isinstance(own, Unread) else None, read, stores))
    found.sort(key=lambda one: (one.name.casefold(), one.id))
    missing = _missing(subscriptions, faults)
    for one in found:
        missing = one.tenant_unread if missing is None else missing
    return AzureActivity(tuple(found), missing, deleted, foreign)


def _first_of(names: Iterable[str]) -> str:
    """Return the first five of some names, in their order, and how many more there are."""
    known = sorted(names)
    return ", ".join(known[:5]) + (f" and {len(known) - 5:,} more" if len(known) > 5 else "")


def _name(row: Subscription) -> str:
    return row.display_name if row.holds("display_name") else resource_name(row.id)


def _log(row: Subscription, ref: Ref, tenant_unread: Unread | None, read: _Settings, stores: Stores) -> SubscriptionLog:
    key = id_key(row.id)
    settings = read.of(key)
    sent, _ = destinations_of(settings, activity_categories_sent, _SETTINGS)
    unread = read.unread_of(key)
    return SubscriptionLog(
        id=key,
        name=_name(row),
        state=row.state if row.holds("state") else None,
        tenant_unread=tenant_unread,
        destinations=sent,
        standings=tuple(
            stores.standing(one.kind, one.resource_id, hubs_of(one.hub, (), activity=True)) for one in sent
        ),
        stores={category: tuple(_stores(category, sent, unread, stores)) for category in REQUIRED_ACTIVITY},
        settings_unread=unread,
        setting_names=frozenset(resource_name(one.id).casefold() for one in settings),
        ref=ref,
    )


def _stores(category: str, sent: Iterable[Destination], unread: Unread | None, stores: Stores) -> Iterator[Store]:
    yield Store(ACTIVITY_NATIVE, None)
    if unread is not None:
        yield Store(StoreReach("another store", None, None, unread.reason, ()), unread)
    for one in sent:
        if category not in one.sure | one.possible:
            continue
        for store in stores.holding(one.kind, one.resource_id, table=ACTIVITY_TABLE, category=category, hub=one.hub):
            yield doubted(store, () if category in one.sure else (_unclear(category, one),))


def _unclear(category: str, destination: Destination) -> Unread:
    reason = f"whether the diagnostic settings send {category} to {destination.name} cannot be told"
    settle = f"a diagnostic setting of the subscription that names {category}, enabled"
    return Unread(Kind.UNPROVEN, _SETTINGS, reason, settle)


def _settings(settings: Population[ActivityLogSetting] | Unread, listed: Listed) -> _Settings:
    if isinstance(settings, Unread):
        # of subscriptions that were all listed as having none no row is left to make a population of
        return _Settings({}, {}, settings, listed.subscriptions)
    rows: dict[str, list[ActivityLogSetting]] = {}
    faults: dict[str, Unread] = {}
    nowhere: Unread | None = None
    for row, _ in scan(settings):
        where = None if isinstance(row, Malformed) and row.id is None else subscription_of(str(row.id))
        fault = _fault(row)
        if where is None:
            nowhere = fault if fault is not None else _malformed("a diagnostic setting lies in no subscription")
        elif fault is not None:
            faults[id_key(where)] = fault
        elif isinstance(row, ActivityLogSetting):
            rows.setdefault(id_key(where), []).append(row)
    if nowhere is not None:
        return _Settings({key: tuple(one) for key, one in rows.items()}, faults, nowhere, frozenset())
    shortfall = settings.shortfall
    return _Settings({key: tuple(one) for key, one in rows.items()}, faults, shortfall, listed.subscriptions)


def _fault(row: ActivityLogSetting | Malformed) -> Unread | None:
    """Say what of a setting cannot be read, so that it may send anything anywhere."""
    if isinstance(row, Malformed):
        return _malformed(row.reason)
    _, fault = destinations_of((row,), activity_categories_sent, _SETTINGS)
    return fault


def _malformed(reason: str) -> Unread:
    return Unread(Kind.MALFORMED, _SETTINGS, reason, f"read again: {DATASETS[_SETTINGS].request}")


def _missing(subscriptions: Population[Subscription], faults: list[str]) -> Unread | None:
    settle = f"read again: {DATASETS[_SUBSCRIPTIONS].request}"
    if subscriptions.shortfall is not None:
        return subscriptions.shortfall
    if faults:
        return Unread(Kind.MALFORMED, _SUBSCRIPTIONS, min(faults), settle)
    if subscriptions.coverage is Coverage.PART:
        return Unread(Kind.INCOMPLETE, _SUBSCRIPTIONS, "not every subscription was read", settle)
    return None
