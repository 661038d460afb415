"""Where CloudAppEvents are kept: in Microsoft Defender XDR, and in the workspaces that it may be streamed to.

Whether Defender streams is set in its own portal and shown by no API for configuration, so that a table alone proves
nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from compliance.evidence.derived.azure_activity import AzureActivity, SeenSubscriptions
from compliance.evidence.derived.entra_licences import carried
from compliance.evidence.derived.sinks import Sink, Store, doubted
from compliance.evidence.derived.stores import Stores
from compliance.evidence.population import Population
from compliance.evidence.unread import Kind, Unread
from compliance.evidence.views import DATASET_OF, SubscribedSku
from compliance.rules.licences import CLOUD_APPS_LESSER_PLANS, CLOUD_APPS_PLAN
from compliance.rules.log_sources import CLOUD_APP_TABLE, DEFENDER_NATIVE
from compliance.rules.reach import StoreReach

_PRODUCT = "Microsoft Defender for Cloud Apps"
_SKUS = DATASET_OF[SubscribedSku]


@dataclass(frozen=True, slots=True)
class CloudAppEvents:
    """The stores of CloudAppEvents.

    `subscriptions` are those, by the key of their ids, of which everything could be read. `lacking` names the product
    that the tenant surely does not have and without which there are none; `condition` says why that is not known.
    """

    stores: tuple[Store, ...]
    subscriptions: SeenSubscriptions
    lacking: str | None
    condition: Unread | None


def cloud_app_events(stores: Stores, skus: Population[SubscribedSku] | Unread, azure: AzureActivity) -> CloudAppEvents:
    """Return Defender's own store, and every table of this name with where it is sent on, none known to be filled."""
    has = _has(skus)
    if has is False:
        return CloudAppEvents((), azure.seen, _PRODUCT, None)
    copies = (
        _perhaps(store)
        for workspace, _ in stores.tables_named(CLOUD_APP_TABLE)
        for store in stores.holding(Sink.WORKSPACE, workspace, table=CLOUD_APP_TABLE, category=CLOUD_APP_TABLE)
    )
    unread = () if stores.visible_unread is None else (_unseen(stores.visible_unread),)
    condition = has if isinstance(has, Unread) else None
    return CloudAppEvents((Store(DEFENDER_NATIVE, None), *unread, *copies), azure.seen, None, condition)


def _unseen(unread: Unread) -> Store:
    return Store(StoreReach("another workspace", None, None, unread.reason, ()), unread)


def _perhaps(store: Store) -> Store:
    reason = f"whether Microsoft Defender XDR streams {CLOUD_APP_TABLE} to {store.reach.store} is shown by no API"
    settle = f"a declaration of {store.reach.store} in declarations.yaml, by whoever streams it there"
    return doubted(store, (Unread(Kind.NEEDS_ATTESTATION, "arm.tables", reason, settle),))


def _has(skus: Population[SubscribedSku] | Unread) -> bool | Unread:
    found = carried(skus, CLOUD_APPS_LESSER_PLANS | {CLOUD_APPS_PLAN}, _PRODUCT)
    if isinstance(found, Unread):
        return found
    if CLOUD_APPS_PLAN in found.plans:
        return True
    if not found.all:
        return found.unread
    if not found.plans:
        return False
    return Unread(
        Kind.UNPROVEN,
        _SKUS,
        f"no subscription carries {_PRODUCT} itself, and whether a smaller edition fills {CLOUD_APP_TABLE} is not"
        " published",
        f"a search of {CLOUD_APP_TABLE} in Microsoft Defender XDR; leave it out of your standard if it holds nothing",
    )
