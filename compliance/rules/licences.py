"""Whether a user holds a service plan, from what Microsoft Graph says of plans, licences and subscriptions.

That a tenant owns a licence says nothing about a user: the plan must be enabled on the user (`assignedPlans`), and an
assigned licence that carries it must leave it on (`assignedLicenses`, `licenseAssignmentStates`, `subscribedSkus`).
Facts: licences.plan-identifiers, licences.plan-status, licences.assignment-state.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum, auto

AUDIT_PREMIUM_PLAN = "2f442157-a11c-46b9-ae5b-6e39ff4e5849"
"""M365_ADVANCED_AUDITING: Audit (Premium)."""
TEN_YEAR_PLAN = "7d16094b-4db8-41ff-a182-372a90a85407"
"""`Auditing_10Year_ Retention_ Add_On` (spaces as published): 10-Year Audit Log Retention."""

_NOT_HELD = frozenset({"suspended", "deleted", "lockedout"})


@dataclass(frozen=True, slots=True)
class AssignedPlan:
    """An entry of a user's `assignedPlans`; one plan may have several."""

    plan_id: str
    capability_status: str


@dataclass(frozen=True, slots=True)
class AssignedLicence:
    """An entry of a user's `assignedLicenses`."""

    sku_id: str
    disabled_plans: frozenset[str]


@dataclass(frozen=True, slots=True)
class LicenceState:
    """An entry of a user's `licenseAssignmentStates`: one direct or group-based assignment."""

    sku_id: str
    state: str
    disabled_plans: frozenset[str]


@dataclass(frozen=True, slots=True)
class Sku:
    """An entry of the tenant's `subscribedSkus`, with the ids of its service plans.

    One SKU may be listed more than once (several accounts); it carries what any usable entry carries.
    """

    sku_id: str
    capability_status: str
    plan_ids: frozenset[str]


@dataclass(frozen=True, slots=True)
class Held:
    """The user holds the plan; `note` says what endangers it."""

    note: str | None


@dataclass(frozen=True, slots=True)
class NotHeld:
    """The user does not hold the plan."""

    why: str


@dataclass(frozen=True, slots=True)
class LicenceUnread:
    """What was read does not tell, or contradicts itself."""

    why: str


class _Carries(Enum):
    YES = auto()
    WITH_WARNING = auto()
    PLAN_DISABLED = auto()
    NO = auto()
    UNKNOWN = auto()


def plan_held(
    plan_id: str,
    assigned_plans: Sequence[AssignedPlan] | None,
    assigned_licences: Sequence[AssignedLicence] | None,
    licence_states: Sequence[LicenceState] | None,
    skus: Sequence[Sku] | None,
) -> Held | NotHeld | LicenceUnread:
    """Whether the user holds the plan; an argument of `None` was not read.

    A plan that is Enabled or in Warning on the user, and left on by an active assigned licence that carries it, is
    held. One that is disabled in every licence that carries it, that has another known status, or that the user has
    no entry for, is not held. An unknown status, a plan without a licence behind it, or a licence without the plan
    that it carries, leaves it unread.
    """
    if assigned_plans is None:
        return LicenceUnread("the user's assignedPlans were not read")
    wanted = plan_id.casefold()
    statuses = {plan.capability_status.casefold() for plan in assigned_plans if plan.plan_id.casefold() == wanted}
    carriers = _carriers(wanted, assigned_licences, licence_states, skus)
    if not statuses:
        if carriers & {_Carries.YES, _Carries.WITH_WARNING}:
            return LicenceUnread("an active licence carries the plan, but assignedPlans has no entry for it")
        return NotHeld("assignedPlans has no entry for the plan")
    if not statuses & {"enabled", "warning"}:
        if statuses <= _NOT_HELD:
            return NotHeld(f"the plan's capabilityStatus is {_listed(statuses)}")
        return LicenceUnread(f"the plan's capabilityStatus is not a known value: {_listed(statuses - _NOT_HELD)}")
    notes = ["the plan's capabilityStatus is Warning"] if "enabled" not in statuses else []
    if _Carries.YES in carriers:
        return Held("; ".join(notes) or None)
    if _Carries.WITH_WARNING in carriers:
        notes.append("the licence that carries it is in Warning, or assigned with an error")
        return Held("; ".join(notes))
    if _Carries.UNKNOWN in carriers:
        return LicenceUnread("the plan is enabled, but not every licence behind it could be read")
    if _Carries.PLAN_DISABLED in carriers:
        return NotHeld("the plan is disabled in every assigned licence that carries it")
    return LicenceUnread("the plan is enabled, but no active assigned licence carries it")


def _carriers(
    plan_id: str,
    licences: Sequence[AssignedLicence] | None,
    states: Sequence[LicenceState] | None,
    skus: Sequence[Sku] | None,
) -> frozenset[_Carries]:
    if licences is None or skus is None:
        return frozenset({_Carries.UNKNOWN})
    return frozenset(_carried(plan_id, licence, states, skus) for licence in licences)


def _carried(
    plan_id: str, licence: AssignedLicence, states: Sequence[LicenceState] | None, skus: Sequence[Sku]
) -> _Carries:
    sku_id = licence.sku_id.casefold()
    entries = [sku for sku in skus if sku.sku_id.casefold() == sku_id]
    if not entries:
        return _Carries.UNKNOWN
    carrying = {sku.capability_status.casefold() for sku in entries if _contains(sku.plan_ids, plan_id)}
    usable = carrying - _NOT_HELD
    if not usable:
        return _Carries.NO
    if _contains(licence.disabled_plans, plan_id):
        return _Carries.PLAN_DISABLED
    if not usable & {"enabled", "warning"} or states is None:
        return _Carries.UNKNOWN
    by_state = _by_state(plan_id, [state for state in states if state.sku_id.casefold() == sku_id])
    if by_state is _Carries.YES and "enabled" not in usable:
        return _Carries.WITH_WARNING
    return by_state


def _by_state(plan_id: str, assignments: Sequence[LicenceState]) -> _Carries:
    # a licence that is assigned without an assignment is two answers that contradict each other
    if not assignments:
        return _Carries.UNKNOWN
    found = {state.state.casefold() for state in assignments if not _contains(state.disabled_plans, plan_id)}
    if "active" in found:
        return _Carries.YES
    if "activewitherror" in found:
        return _Carries.WITH_WARNING
    return _Carries.UNKNOWN if found - {"error", "disabled"} else _Carries.NO


def _contains(plan_ids: Iterable[str], plan_id: str) -> bool:
    return any(other.casefold() == plan_id for other in plan_ids)


def _listed(values: Iterable[str]) -> str:
    return ", ".join(sorted(values))
