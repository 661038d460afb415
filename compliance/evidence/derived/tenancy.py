"""To which tenant each subscription belongs: one that is managed through Azure Lighthouse is another tenant's."""

from __future__ import annotations

from dataclasses import dataclass

from compliance.evidence.azure_views import Subscription
from compliance.evidence.derived.inventory import Inventory, inventory
from compliance.evidence.evidence import TenantId
from compliance.evidence.population import Population
from compliance.evidence.unread import Kind, Unread
from compliance.evidence.views import DATASET_OF
from compliance.rules.resource_ids import resource_name, subscription_of

_SUBSCRIPTIONS = DATASET_OF[Subscription]


@dataclass(frozen=True, slots=True)
class Tenancy:
    """The tenant of each subscription that was read, by the key of its id, and this tenant's own; in lower case."""

    subscriptions: Inventory[str]
    own: str

    def tenant_of(self, resource_id: str) -> str | Unread:
        """Return the tenant that a resource's subscription belongs to, or why it is not known."""
        subscription = subscription_of(resource_id)
        found = None if subscription is None else self.subscriptions.find(subscription)
        if found is not None:
            return found
        reason = f"the subscription of {resource_name(resource_id)} is not among those that were read"
        return Unread(Kind.INCOMPLETE, _SUBSCRIPTIONS, reason, "Azure role Reader on that subscription")

    def is_own(self, resource_id: str) -> bool | Unread:
        """Return whether a resource lies in a subscription of this tenant, or why that is not known."""
        tenant = self.tenant_of(resource_id)
        return tenant if isinstance(tenant, Unread) else tenant == self.own


def tenancy(subscriptions: Population[Subscription] | Unread, tenant: TenantId) -> Tenancy:
    """Return the tenant of each subscription."""
    found = inventory(subscriptions, _SUBSCRIPTIONS, lambda row: row.tenant_id.strip().casefold())
    return Tenancy(found, tenant.strip().casefold())
