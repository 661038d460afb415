"""Which service plans a user holds, from what Microsoft Graph says of plans, licences and subscriptions.

That a tenant owns a licence says nothing about a user: the plan must be enabled on the user (`assignedPlans`), and an
assigned licence that carries it must leave it on (`assignedLicenses`, `licenseAssignmentStates`, `subscribedSkus`).
Facts: licences.plan-identifiers, licences.plan-status, licences.assignment-state, licences.mailbox-plans,
licences.enterprise-suites.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from compliance.rules.mailbox_settings import LicenceClass

AUDIT_PREMIUM_PLAN = "2f442157-a11c-46b9-ae5b-6e39ff4e5849"
"""M365_ADVANCED_AUDITING: Audit (Premium)."""
TEN_YEAR_PLAN = "7d16094b-4db8-41ff-a182-372a90a85407"
"""`Auditing_10Year_ Retention_ Add_On` (spaces as published): 10-Year Audit Log Retention."""

ENTRA_P1_PLAN = "41781fb2-bc02-4b7c-bd55-b576c07bb09d"
"""AAD_PREMIUM: Microsoft Entra ID P1."""
ENTRA_P2_PLAN = "eec0eb4f-6444-4f95-aba0-50c24d67f998"
"""AAD_PREMIUM_P2: Microsoft Entra ID P2."""

CLOUD_APPS_PLAN = "2e2ddb96-6af9-4b1d-a3f0-d6ecfd22edb2"
"""ADALLOM_S_STANDALONE: Microsoft Defender for Cloud Apps."""
CLOUD_APPS_LESSER_PLANS = frozenset(
    {
        "6ebdddb7-8e55-4af2-952b-69e77262f96c",
        "8c098270-9dd4-4350-9b30-ba4703f3b36b",
        "932ad362-64a8-4783-9106-97849a1a30b9",
    }
)
"""ADALLOM_S_STANDALONE_DOD, ADALLOM_S_O365 and ADALLOM_S_DISCOVERY: its edition for the Department of Defense, that for
Office 365, and Cloud App Discovery."""

_EXCHANGE_ENTERPRISE = ("efb87545-963c-4e0d-99df-69c6916d9eb0", "8c3069c0-ccdb-44be-ab77-986203a67df2")
"""EXCHANGE_S_ENTERPRISE and EXCHANGE_S_ENTERPRISE_GOV: Exchange Online (Plan 2)."""

MAILBOX_PLANS = (
    *_EXCHANGE_ENTERPRISE,
    "9aaf7827-d63c-4b61-89c3-182f06f82e5c",
    "e9b4930a-925f-45e2-ac2a-3f7788ca6fdd",
    "4a82b400-a79f-41a4-b4e2-e94f5787b113",
    "88f4d7ef-a73b-4246-8047-516022144c9f",
    "1126bef5-da20-4f07-b45e-ad25d2581aa8",
    "90927877-dcff-4af6-b346-2332c0b15bb7",
    "d42bdbd6-c335-4231-ab3d-c8f348d5aff5",
    "fc52cc4b-ed7d-472d-bbe7-b081c23ecc56",
)
"""The service plans that give a user a mailbox: EXCHANGE_S_ENTERPRISE, _STANDARD and _DESKLESS and the same for
government, EXCHANGE_S_ESSENTIALS, EXCHANGE_B_STANDARD, EXCHANGE_L_STANDARD, EXCHANGE_S_STANDARD_MIDMARKET.

EXCHANGE_S_FOUNDATION and its like come with hundreds of products and give none.
"""

_SHAREPOINT_ENTERPRISE = (
    "5dbe027f-2339-4123-9542-606e4d348a72",
    "153f85dd-d912-4762-af6c-d6e0fb4f6692",
    "63038b2c-28d0-45f6-bc36-33062963b498",
)
"""SHAREPOINTENTERPRISE, _GOV and _EDU: one licence that carries it and Exchange Online (Plan 2) is an enterprise suite,
and no product sold as Exchange Online alone."""

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
    that it carries or may carry, because no subscription was read, leaves it unread.
    """
    if assigned_plans is None:
        return LicenceUnread("the user's assignedPlans were not read")
    wanted = plan_id.casefold()
    statuses = {plan.capability_status.casefold() for plan in assigned_plans if plan.plan_id.casefold() == wanted}
    carriers = _carriers(wanted, assigned_licences, licence_states, skus)
    if not statuses:
        if carriers & {_Carries.YES, _Carries.WITH_WARNING}:
            return LicenceUnread("an active licence carries the plan, but assignedPlans has no entry for it")
        if assigned_licences is None or (assigned_licences and skus is None):
            return LicenceUnread(
                "assignedPlans has no entry for the plan, but what the user's licences carry is unread"
            )
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


def exchange_licence_class(
    assigned_plans: Sequence[AssignedPlan] | None,
    assigned_licences: Sequence[AssignedLicence] | None,
    licence_states: Sequence[LicenceState] | None,
    skus: Sequence[Sku] | None,
) -> LicenceClass:
    """The class of a user's licence; an argument of `None` was not read, and leaves open what depends on it.

    `E5` is Audit (Premium), from whatever product. `E3` is Exchange Online (Plan 2) out of an enterprise suite; that
    the audit platform's own plan marks no suite is why SharePoint (Plan 2) beside it does. What may be one of these is
    unread, and never the lesser class.
    """
    user = (assigned_plans, assigned_licences, licence_states, skus)
    premium = plan_held(AUDIT_PREMIUM_PLAN, *user)
    if isinstance(premium, Held):
        return LicenceClass.E5
    enterprise = {plan: plan_held(plan, *user) for plan in _EXCHANGE_ENTERPRISE}
    suites = {
        _carried_beside(plan, _SHAREPOINT_ENTERPRISE, assigned_licences, licence_states, skus)
        for plan, held in enterprise.items()
        if isinstance(held, Held)
    }
    if True in suites:
        return LicenceClass.E3
    if None in suites or any(isinstance(held, LicenceUnread) for held in (premium, *enterprise.values())):
        return LicenceClass.UNREAD
    match holds_mailbox_plan(*user):
        case True:
            return LicenceClass.OTHER
        case False:
            return LicenceClass.NONE
        case None:
            return LicenceClass.UNREAD


def holds_mailbox_plan(
    assigned_plans: Sequence[AssignedPlan] | None,
    assigned_licences: Sequence[AssignedLicence] | None,
    licence_states: Sequence[LicenceState] | None,
    skus: Sequence[Sku] | None,
) -> bool | None:
    """Whether a user holds a plan that gives a mailbox; an argument of `None` was not read, `None` cannot be told."""
    user = (assigned_plans, assigned_licences, licence_states, skus)
    found = [plan_held(plan, *user) for plan in MAILBOX_PLANS]
    if any(isinstance(held, Held) for held in found):
        return True
    return None if any(isinstance(held, LicenceUnread) for held in found) else False


def _carried_beside(
    plan_id: str,
    companions: Sequence[str],
    licences: Sequence[AssignedLicence] | None,
    states: Sequence[LicenceState] | None,
    skus: Sequence[Sku] | None,
) -> bool | None:
    """Whether a product that holds one of `companions` gives the user the plan, by an active licence that leaves it on.

    Whether the companion itself is left on for the user does not matter: the two tell which product it is. `None`
    where no licence surely does, and one cannot be read.
    """
    if licences is None or skus is None:
        return None
    doubtful = False
    for licence in licences:
        carries = _carried(plan_id, licence, states, skus)
        doubtful |= carries is _Carries.UNKNOWN
        if carries in (_Carries.YES, _Carries.WITH_WARNING):
            entries = (sku.plan_ids for sku in skus if sku.sku_id.casefold() == licence.sku_id.casefold())
            if any(_contains(plan_ids, companion) for plan_ids in entries for companion in companions):
                return True
    return None if doubtful else False


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
