"""Whether a store of logs is there and takes logs in, as far as its subscription and the service say so."""

from __future__ import annotations

from dataclasses import dataclass

from compliance.evidence.azure_views import Subscription
from compliance.evidence.derived.inventory import Inventory, inventory, malformed
from compliance.evidence.evidence import Absent
from compliance.evidence.population import Population, id_key
from compliance.evidence.unread import Kind, Unread
from compliance.evidence.views import DATASET_OF
from compliance.rules.resource_ids import resource_name, subscription_of

_SUBSCRIPTIONS = DATASET_OF[Subscription]
_IN_USE = frozenset({"enabled", "pastdue"})
_OUT_OF_USE = frozenset({"disabled", "deleted"})


@dataclass(frozen=True, slots=True)
class Live:
    """It is there and takes logs in."""


@dataclass(frozen=True, slots=True)
class Gone:
    """It is surely not there, or surely takes no logs in; `for_now`: it takes them again without anybody's doing."""

    because: str
    for_now: bool = False


Standing = Live | Gone | Unread


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """The states of the subscriptions that were read, and what the service answered is not there."""

    subscriptions: Inventory[str]
    absent: Absent

    def is_absent(self, resource_id: str) -> bool:
        """Say whether the service answered that a resource is not there."""
        return id_key(resource_id) in self.absent.ids

    def standing(self, resource_id: str) -> Standing:
        """Return what the service and the subscription of a resource say of it, whatever it says of itself."""
        if self.is_absent(resource_id):
            return Gone(f"{resource_name(resource_id)} is not there")
        subscription = subscription_of(resource_id)
        if subscription is None:
            return malformed(_SUBSCRIPTIONS, f"{resource_id!r} lies in no subscription")
        state = self.subscriptions.find(subscription)
        if isinstance(state, Unread):
            return state
        named = f"the subscription {resource_name(subscription)} of {resource_name(resource_id)}"
        settle = f"Azure role Reader on the subscription {resource_name(subscription)}"
        if state is None:
            return Unread(Kind.INCOMPLETE, _SUBSCRIPTIONS, f"{named} is not among those that were read", settle)
        if state.casefold() in _IN_USE:
            return Live()
        if state.casefold() in _OUT_OF_USE:
            return Gone(f"{named} is {state}, so that nothing in it takes logs in")
        return Unread(Kind.UNPROVEN, _SUBSCRIPTIONS, f"{named} is in the state {state}", "the subscription Enabled")


def whereabouts(subscriptions: Population[Subscription] | Unread, absent: Absent) -> Whereabouts:
    """Return what is known of the subscriptions and of what is not there."""
    return Whereabouts(inventory(subscriptions, _SUBSCRIPTIONS, lambda row: row.state), absent)
