"""How long a storage account keeps the blobs of a container: what deletes them, and what keeps them from deletion.

Microsoft Learn, Azure Blob Storage lifecycle management overview,
https://learn.microsoft.com/azure/storage/blobs/lifecycle-management-overview, and Store business-critical blob data
with immutable storage, https://learn.microsoft.com/azure/storage/blobs/immutable-storage-overview; facts storage.*.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from compliance.rules.periods import UNLIMITED, Comparison, Duration, band, compare


class BlobType(StrEnum):
    """How a blob was written, which decides the lifecycle rules that apply to it."""

    APPEND = "appendBlob"
    """What diagnostic settings and data export write: a blob for each hour, which is appended to."""
    BLOCK = "blockBlob"
    """What Capture of an event hub writes."""


class Moment(StrEnum):
    """From when the days of a lifecycle action count."""

    MODIFICATION = "last modified"
    CREATION = "created"
    LAST_ACCESS = "last read, which each read begins anew"
    LAST_TIER_CHANGE = "last moved to another tier"


@dataclass(frozen=True, slots=True)
class DeleteRule:
    """A lifecycle rule that deletes current blobs, once more than so many days have passed since each moment.

    `prefixes` begin with the name of a container; none is every blob. `blob_types` are those that it names, in any
    letter case; `None` is every type. `tagged`: it takes only blobs that carry certain tags.
    """

    name: str
    after: tuple[tuple[Moment, float], ...]
    prefixes: tuple[str, ...]
    blob_types: frozenset[str] | None
    tagged: bool


@dataclass(frozen=True, slots=True)
class Kept:
    """How long each blob is surely kept from its creation, and how long at most; `because` says what decides.

    The two differ where it cannot be told whether a rule takes a blob, or whether its moment ever comes.
    """

    least: Duration
    most: Duration
    because: str
    facts: tuple[str, ...]


class _Takes(StrEnum):
    EVERY = "every"
    SOME = "some"
    NONE = "none"


def kept_by_rules(rules: Sequence[DeleteRule], container: str, blob_type: BlobType) -> Kept:
    """How long the blobs of a container are kept by the lifecycle rules that are switched on.

    Every moment is the creation or later, so that no rule deletes a blob earlier than its days after creation. Raises
    `ValueError` where a rule's days are no number of days, or it names no moment.
    """
    kept = Kept(UNLIMITED, UNLIMITED, "no lifecycle rule deletes it, and nothing protects it", ("storage.no-delete",))
    for rule in sorted(rules, key=lambda one: one.name):
        takes = _takes(rule, container, blob_type)
        if takes is _Takes.NONE:
            continue
        first, last = _bounds(rule)
        least, most, because, facts = kept.least, kept.most, kept.because, kept.facts
        if band(first) < band(least):
            least, because, facts = first, _words(rule, takes), ("storage.lifecycle-delete",)
        if takes is _Takes.EVERY and band(last) < band(most):
            most = last
        kept = Kept(least, most, because, facts)
    return kept


def _takes(rule: DeleteRule, container: str, blob_type: BlobType) -> _Takes:
    """Return which blobs of a container a rule takes; prefixes and names compare in their letter case."""
    types = None if rule.blob_types is None else {one.strip().casefold() for one in rule.blob_types}
    if types is not None and types and blob_type.value.casefold() not in types:
        return _Takes.NONE
    inside = f"{container}/"
    whole = not rule.prefixes or any(inside.startswith(prefix) for prefix in rule.prefixes)
    part = any(prefix.startswith(inside) for prefix in rule.prefixes)
    if not (whole or part):
        return _Takes.NONE
    sure = whole and not rule.tagged and (types is None or bool(types))
    return _Takes.EVERY if sure else _Takes.SOME


def _bounds(rule: DeleteRule) -> tuple[Duration, Duration]:
    """Return the fewest days after which a rule deletes, and the most.

    A blob need never change its tier, and each time that it is read its days since then begin anew.
    """
    if not rule.after or not all(math.isfinite(days) and days >= 0 for _, days in rule.after):
        raise ValueError(f"the lifecycle rule {rule.name!r} does not say after how many days it deletes")
    days = [Duration.of_days(math.floor(days)) for _, days in rule.after]
    never = any(moment in (Moment.LAST_ACCESS, Moment.LAST_TIER_CHANGE) for moment, _ in rule.after)
    return min(days, key=band), UNLIMITED if never else max(days, key=band)


def _words(rule: DeleteRule, takes: _Takes) -> str:
    when = " and ".join(f"{days:g} days after it was {moment.value}" for moment, days in rule.after)
    return f"the lifecycle rule {rule.name!r} {'deletes' if takes is _Takes.EVERY else 'may delete'} it {when}"


class PolicyState(StrEnum):
    """Whether a time-based retention policy can be taken back."""

    LOCKED = "locked"
    """It can only be made longer."""
    UNLOCKED = "unlocked"
    """An administrator can shorten and delete it: it assures nothing."""


@dataclass(frozen=True, slots=True)
class Immutability:
    """The time-based retention of a container, in days from a blob's creation, of an append blob from its last append.

    `appends` is whether append blobs can still be written to, without which diagnostic logs do not get in; `None` is
    not known. `versions`: it is the default for new versions of blobs, which whoever uploads one can override.
    """

    days: int
    state: PolicyState
    appends: bool | None
    versions: bool = False

    def assures(self, need: Duration, *, strict: bool = False, tolerance_days: int = 0) -> Comparison | None:
        """Whether nobody can delete a blob before it is as old as needed; `None` where nothing is assured."""
        if self.state is not PolicyState.LOCKED or self.versions:
            return None
        return compare(Duration.of_days(self.days), need, strict=strict, tolerance_days=tolerance_days)


def kept_immutable(kept: Kept, immutability: Immutability | None) -> Kept:
    """How long blobs are kept in a container with a policy: what is locked is deleted by no rule before it expires.

    What is not locked assures nothing, and is left out. What an upload can override may keep a blob longer.
    """
    if immutability is None or immutability.state is not PolicyState.LOCKED:
        return kept
    held = Duration.of_days(immutability.days)
    most = max(kept.most, held, key=band)
    facts = (*kept.facts, "storage.only-locked-protects")
    if immutability.versions or band(held) <= band(kept.least):
        return Kept(kept.least, most, kept.because, facts if band(most) > band(kept.most) else kept.facts)
    return Kept(held, most, f"a locked immutability policy keeps it {held}, whatever else would delete it", facts)


class Networks(StrEnum):
    """Which networks reach a storage account, before anything is asked of rights."""

    TO_ALL = "every network"
    TO_LISTED = "those that its firewall lists, and trusted services of Azure where they may bypass it"
    BY_PERIMETER = "those that the rules of a network security perimeter let in, which go before the firewall"


def networks_of(public_network_access: str | None, default_action: str) -> Networks | None:
    """Return which networks reach a storage account; `None` where its values are not known ones.

    Microsoft Learn, Storage Accounts - Get Properties, and Transition to a network security perimeter in Azure,
    https://learn.microsoft.com/azure/private-link/network-security-perimeter-transition. An account whose
    publicNetworkAccess was never set has none: it is open, as accounts are by default. What may bypass the firewall
    still may when publicNetworkAccess is Disabled (Azure Storage firewall rules,
    https://learn.microsoft.com/azure/storage/common/storage-network-security).
    """
    public = "enabled" if public_network_access is None else public_network_access.strip().casefold()
    action = default_action.strip().casefold()
    match public, action:
        case "securedbyperimeter", _:
            return Networks.BY_PERIMETER
        case "disabled", _:
            return Networks.TO_LISTED
        case "enabled", "deny":
            return Networks.TO_LISTED
        case "enabled", "allow":
            return Networks.TO_ALL
        case _:
            return None


def lets_azure_monitor_in(networks: Networks, bypass: str) -> bool | None:
    """Whether a storage account's network rules let diagnostic logs in; `None` where a perimeter's rules decide.

    A firewall that denies by default keeps Azure Monitor out, unless trusted services of Azure may pass it.
    """
    match networks:
        case Networks.TO_ALL:
            return True
        case Networks.TO_LISTED:
            return "azureservices" in {one.strip().casefold() for one in bypass.split(",")}
        case Networks.BY_PERIMETER:
            return None
