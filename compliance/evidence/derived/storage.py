"""The storage accounts that logs are sent to: are they there, and how long do they keep the blobs of each container?"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from compliance.evidence.azure_views import (
    AccountImmutability,
    BlobContainer,
    BlobContainerProperties,
    LifecyclePolicy,
    LifecycleRule,
    StorageAccount,
    StorageAccountProperties,
)
from compliance.evidence.derived.inventory import Inventory, inventory, malformed, not_read
from compliance.evidence.derived.standing import Gone, Live, Standing
from compliance.evidence.evidence import Absent
from compliance.evidence.population import Population, id_key
from compliance.evidence.unread import Kind, Unread
from compliance.evidence.views import DATASET_OF
from compliance.rules.periods import UNLIMITED
from compliance.rules.resource_ids import resource_name
from compliance.rules.storage import (
    BlobType,
    DeleteRule,
    Immutability,
    Kept,
    Moment,
    Networks,
    PolicyState,
    kept_by_rules,
    kept_immutable,
    lets_azure_monitor_in,
    networks_of,
)

_ACCOUNTS = DATASET_OF[StorageAccount]
_LIFECYCLE = DATASET_OF[LifecyclePolicy]
_CONTAINERS = DATASET_OF[BlobContainer]
_POLICY = "/managementpolicies/"
_CONTAINER = "/blobservices/default/containers/"
_SETTLE_PERIMETER = (
    "publicNetworkAccess Disabled and the bypass AzureServices, outside of perimeters; or the newest blob"
)
_SETTLE_STATE = "the storage account read again, once it is Succeeded"


@dataclass(frozen=True, slots=True)
class Account:
    """What a storage account says of itself; `immutability` is its default for new versions of blobs."""

    standing: Standing
    created: dt.date | None
    immutability: Immutability | Unread | None


@dataclass(frozen=True, slots=True)
class Container:
    """How a container protects its blobs; `held` is whether somebody put a legal hold on it."""

    immutability: Immutability | Unread | None
    held: bool | Unread


@dataclass(frozen=True, slots=True)
class StorageAccounts:
    """Every storage account that was read, with its lifecycle rules and its containers."""

    accounts: Inventory[Account]
    lifecycle: Inventory[tuple[DeleteRule, ...]]
    containers: Inventory[Container]
    absent: Absent

    def standing(self, account: str) -> Standing:
        """Return what an account says of itself: that it is ready, and that its firewall lets logs in."""
        found = self._account(account)
        return found if isinstance(found, Unread) else found.standing

    def created(self, account: str) -> dt.date | None:
        """Return the day on which an account was made, or None where that is not known."""
        found = self._account(account)
        return None if isinstance(found, Unread) else found.created

    def rules(self, account: str) -> tuple[DeleteRule, ...] | Unread:
        """Return the rules that delete blobs: none where the account surely has no lifecycle policy."""
        found = self.lifecycle.rows.get(id_key(account))
        if found is not None:
            return found
        if f"{id_key(account)}{_POLICY}default" in self.absent.ids:
            return ()
        if self.lifecycle.unread is not None:
            return self.lifecycle.unread
        return not_read(_LIFECYCLE, f"the lifecycle policy of {resource_name(account)}")

    def container(self, account: str, name: str) -> Container | Unread:
        """Return how a container protects its blobs; one that is not listed may never have been written to."""
        found = self.containers.find(_container_id(account, name))
        if found is None:
            reason = f"the storage account {resource_name(account)} lists no container {name}: nothing was ever written"
            settle = f"the containers read again, once logs arrive in {name}"
            return Unread(Kind.UNPROVEN, _CONTAINERS, reason, settle)
        return found

    def kept(self, account: str, container: str, blob_type: BlobType) -> Kept | Unread:
        """Return how long a container's blobs are kept, or why not even the most that it can be is known."""
        rules = self.rules(account)
        if isinstance(rules, Unread):
            return rules
        try:
            kept = kept_by_rules(rules, container, blob_type)
        except ValueError as error:
            return malformed(_LIFECYCLE, f"{resource_name(account)}: {error}")
        policy = self.policy_in_force(account, container)
        # what was not read may be a policy that keeps blobs for any time
        return replace(kept, most=UNLIMITED) if isinstance(policy, Unread) else kept_immutable(kept, policy)

    def policy_in_force(self, account: str, container: str) -> Immutability | Unread | None:
        """Return the time-based retention that a container's blobs get: its own, else the default of its account.

        A container that is surely not listed gets the default as soon as it is made. None where there is neither.
        """
        found = self.containers.find(_container_id(account, container))
        if isinstance(found, Unread):
            return found
        if found is not None and found.immutability is not None:
            return found.immutability
        within = self._account(account)
        return within if isinstance(within, Unread) else within.immutability

    def keeps_out_appends(self, account: str, container: str) -> Unread | None:
        """Say that a container's immutability does not surely let diagnostic logs be appended to, if so."""
        policy = self.policy_in_force(account, container)
        if isinstance(policy, Unread):
            return policy
        if policy is None or policy.appends:
            return None
        reason = f"the immutability policy of {container} in {resource_name(account)} does not allow protected appends"
        return Unread(Kind.UNPROVEN, _CONTAINERS, reason, f"allowProtectedAppendWrites on {container}, which logs need")

    def _account(self, account: str) -> Account | Unread:
        found = self.accounts.find(account)
        return not_read(_ACCOUNTS, f"the storage account {resource_name(account)}") if found is None else found


def storage_accounts(
    accounts: Population[StorageAccount] | Unread,
    lifecycle: Population[LifecyclePolicy] | Unread,
    containers: Population[BlobContainer] | Unread,
    absent: Absent,
) -> StorageAccounts:
    """Return every storage account that was read. What cannot be read of one is Unread there, and nowhere else."""
    return StorageAccounts(
        inventory(accounts, _ACCOUNTS, _account),
        inventory(lifecycle, _LIFECYCLE, _rules, lambda key: key.partition(_POLICY)[0]),
        inventory(containers, _CONTAINERS, _protection),
        absent,
    )


def _container_id(account: str, name: str) -> str:
    return f"{account.strip().rstrip('/')}{_CONTAINER}{name}"


def _account(row: StorageAccount) -> Account:
    properties = row.properties
    created = properties.creation_time.date() if properties.holds("creation_time") else None
    return Account(_standing(row), created, _default_policy(row))


def _standing(row: StorageAccount) -> Standing:
    named = f"the storage account {resource_name(row.id)}"
    state = row.properties.provisioning_state
    if state.casefold() == "deleting":
        return Gone(f"{named} is in the state {state}")
    if state.casefold() != "succeeded":
        return Unread(Kind.UNPROVEN, _ACCOUNTS, f"{named} is in the state {state}", _SETTLE_STATE)
    networks = account_networks(row.properties)
    if isinstance(networks, Unread):
        return networks
    lets_in = lets_azure_monitor_in(networks, row.properties.network_acls.bypass)
    if lets_in is None:
        reason = f"{named} is SecuredByPerimeter, and whether the perimeter lets Azure Monitor in is not read"
        return Unread(Kind.UNPROVEN, _ACCOUNTS, reason, _SETTLE_PERIMETER)
    return Live() if lets_in else Gone(f"the firewall of {named} keeps Azure Monitor out: bypass lacks AzureServices")


def account_networks(properties: StorageAccountProperties) -> Networks | Unread:
    """Return which networks reach a storage account, or that its values are not known ones."""
    public = properties.public_network_access if properties.holds("public_network_access") else None
    action = properties.network_acls.default_action
    found = networks_of(public, action)
    if found is not None:
        return found
    reason = f"publicNetworkAccess is {public!r} and defaultAction {action!r}, which are not known together"
    return Unread(Kind.UNPROVEN, _ACCOUNTS, reason, "publicNetworkAccess Enabled or Disabled, and defaultAction Deny")


def _default_policy(row: StorageAccount) -> Immutability | Unread | None:
    """Return the account's default for versions; an account that was made without is answered without it."""
    if not row.properties.holds("immutable_storage_with_versioning"):
        return None
    versions: AccountImmutability | None = row.properties.immutable_storage_with_versioning
    if versions is None or not versions.enabled or not versions.holds("immutability_policy"):
        return None
    policy = versions.immutability_policy
    if policy is None or policy.state.casefold() == "disabled":
        return None
    appends = policy.allow_protected_append_writes if policy.holds("allow_protected_append_writes") else None
    return _immutability(policy.immutability_period_since_creation_in_days, policy.state, appends, versions=True)


def _protection(row: BlobContainer) -> Container:
    properties = row.properties
    held = properties.has_legal_hold if properties.holds("has_legal_hold") else malformed(_CONTAINERS, row.id)
    return Container(_container_policy(properties, row.id), held)


def _container_policy(properties: BlobContainerProperties, container: str) -> Immutability | Unread | None:
    policy = properties.immutability_policy if properties.holds("immutability_policy") else None
    if policy is None:
        if properties.has_immutability_policy:
            return malformed(_CONTAINERS, f"{resource_name(container)} has an immutability policy that is not shown")
        return None
    within = policy.properties
    either = [
        within.allow_protected_append_writes if within.holds("allow_protected_append_writes") else None,
        within.allow_protected_append_writes_all if within.holds("allow_protected_append_writes_all") else None,
    ]
    appends = True if True in either else None if None in either else False
    return _immutability(
        within.immutability_period_since_creation_in_days, within.state, appends, versions=_has_versions(properties)
    )


def _has_versions(properties: BlobContainerProperties) -> bool:
    """Whether a container's policy is a default for versions, which an upload can override."""
    if not properties.holds("immutable_storage_with_versioning"):
        return False
    versioning = properties.immutable_storage_with_versioning
    return versioning is not None and versioning.enabled


def _immutability(days: int, state: str, appends: bool | None, *, versions: bool) -> Immutability | Unread:
    states = {"locked": PolicyState.LOCKED, "unlocked": PolicyState.UNLOCKED}
    known = states.get(state.strip().casefold())
    if known is None or days < 0:
        return malformed(_CONTAINERS, f"an immutability policy in the state {state!r} for {days} days")
    return Immutability(days, known, appends, versions)


def _rules(row: LifecyclePolicy) -> tuple[DeleteRule, ...]:
    return tuple(
        deleting for rule in row.properties.policy.rules if _is_on(rule) if (deleting := _deleting(rule)) is not None
    )


def _is_on(rule: LifecycleRule) -> bool:
    return not rule.holds("enabled") or rule.enabled is not False


def _deleting(rule: LifecycleRule) -> DeleteRule | None:
    """Return a rule as one that deletes current blobs, or None where it does something else."""
    actions = rule.definition.actions
    base_blob = actions.base_blob if actions.holds("base_blob") else None
    delete = base_blob.delete if base_blob is not None and base_blob.holds("delete") else None
    if delete is None:
        return None
    moments = (
        (Moment.MODIFICATION, delete.modification if delete.holds("modification") else None),
        (Moment.CREATION, delete.creation if delete.holds("creation") else None),
        (Moment.LAST_ACCESS, delete.last_access if delete.holds("last_access") else None),
        (Moment.LAST_TIER_CHANGE, delete.last_tier_change if delete.holds("last_tier_change") else None),
    )
    filters = rule.definition.filters if rule.definition.holds("filters") else None
    prefixes = filters.prefix_match if filters is not None and filters.holds("prefix_match") else None
    tags = filters.blob_index_match if filters is not None and filters.holds("blob_index_match") else None
    return DeleteRule(
        name=rule.name,
        after=tuple((moment, days) for moment, days in moments if days is not None),
        prefixes=() if prefixes is None else prefixes,
        blob_types=None if filters is None else frozenset(filters.blob_types),
        tagged=bool(tags),
    )
