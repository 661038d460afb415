"""Whether the tenant has the licences of Microsoft Entra ID that logs and their export depend on."""

from __future__ import annotations

from dataclasses import dataclass

from compliance.evidence.datasets import DATASETS
from compliance.evidence.evidence import combined
from compliance.evidence.population import Coverage, Malformed, Population, scan
from compliance.evidence.unread import Kind, PropertyUnreadError, Unread
from compliance.evidence.views import DATASET_OF, SubscribedSku
from compliance.rules.entra_logs import Need
from compliance.rules.licences import ENTRA_P1_PLAN, ENTRA_P2_PLAN

_USABLE = frozenset({"enabled", "warning"})
_NOT_USABLE = frozenset({"suspended", "deleted", "lockedout"})
_SKUS = DATASET_OF[SubscribedSku]


@dataclass(frozen=True, slots=True)
class EntraLicences:
    """Whether the tenant holds Microsoft Entra ID P1 or P2, and P2: None where that is not known, and why."""

    premium: bool | None
    p2: bool | None
    unread: Unread

    def has(self, need: Need | None) -> bool | None:
        """Say whether the tenant has what a log needs; what no licence shows is not asked here."""
        match need:
            case Need.PREMIUM:
                return self.premium
            case Need.P2:
                return self.p2
            case _:
                return True


@dataclass(frozen=True, slots=True)
class Carried:
    """The watched plans that subscriptions surely carry; where these may not be `all`, `unread` says why."""

    plans: frozenset[str]
    all: bool
    unread: Unread


def entra_licences(skus: Population[SubscribedSku] | Unread) -> EntraLicences:
    """Return what the subscriptions carry; a list that cannot support a pass does not show what is missing either."""
    found = carried(skus, frozenset({ENTRA_P1_PLAN, ENTRA_P2_PLAN}), "Microsoft Entra ID P1 or P2")
    if isinstance(found, Unread):
        return EntraLicences(None, None, found)
    absent = False if found.all else None
    return EntraLicences(
        premium=True if found.plans & {ENTRA_P1_PLAN, ENTRA_P2_PLAN} else absent,
        p2=True if ENTRA_P2_PLAN in found.plans else absent,
        unread=found.unread,
    )


def carried(skus: Population[SubscribedSku] | Unread, watched: frozenset[str], what: str) -> Carried | Unread:
    """Return which of the `watched` plans, by their GUIDs in lower case, the tenant's subscriptions carry.

    Unread where not every subscription was read: one that was not may carry any. `what` names the plans.
    """
    if isinstance(skus, Unread):
        return skus
    plans: set[str] = set()
    doubtful = False
    for row, _ in scan(skus):
        found = None if isinstance(row, Malformed) else _plans(row, watched)
        if found is None:
            doubtful = True
        else:
            plans |= found
    reason = f"whether a subscription carries {what} cannot be told"
    unread = Unread(Kind.MALFORMED, _SKUS, reason, f"read again: {DATASETS[_SKUS].request}")
    if skus.coverage is not Coverage.WHOLE:
        return unread if skus.shortfall is None else skus.shortfall
    if skus.weaknesses:
        weakness = combined(skus.weaknesses)
        weak = Unread(weakness.kind, _SKUS, f"{reason}: {weakness.reason}", weakness.settle)
        return Carried(frozenset(plans), all=False, unread=weak)
    return Carried(frozenset(plans), all=not doubtful, unread=unread)


def _plans(row: SubscribedSku, watched: frozenset[str]) -> frozenset[str] | None:
    """Return the watched plans that a subscription surely carries; None where it may carry others."""
    try:
        status = row.capability_status.casefold()
        plans = [(plan.service_plan_id.casefold(), plan.provisioning_status.casefold()) for plan in row.service_plans]
    except PropertyUnreadError:
        return None
    if status in _NOT_USABLE:
        return frozenset()
    if status not in _USABLE:
        return None
    if any(plan in watched and provisioned not in ("success", "disabled") for plan, provisioned in plans):
        return None
    return frozenset(plan for plan, provisioned in plans if plan in watched and provisioned == "success")
