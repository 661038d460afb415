"""What Microsoft Graph says of an account's licences, as the rules take it; None is unread."""

from __future__ import annotations

from typing import NamedTuple

from compliance.evidence.population import Coverage, Malformed, Population, scan
from compliance.evidence.unread import PropertyUnreadError, Unread
from compliance.evidence.views import SubscribedSku, User
from compliance.rules.licences import AssignedLicence, AssignedPlan, LicenceState, Sku


class Holdings(NamedTuple):
    """The plans and licences of one account; accounts that hold the same compare equal."""

    assigned_plans: tuple[AssignedPlan, ...] | None
    assigned_licences: tuple[AssignedLicence, ...] | None
    licence_states: tuple[LicenceState, ...] | None


def subscriptions(skus: Population[SubscribedSku] | Unread) -> tuple[Sku, ...] | None:
    """Return the tenant's subscriptions, or None where not every one of them could be read."""
    if isinstance(skus, Unread) or skus.coverage is not Coverage.WHOLE:
        return None
    found: list[Sku] = []
    for row, _ in scan(skus):
        if isinstance(row, Malformed):
            return None
        try:
            plans = frozenset(
                plan.service_plan_id for plan in row.service_plans if plan.provisioning_status.casefold() == "success"
            )
            found.append(Sku(row.sku_id, row.capability_status, plans))
        except PropertyUnreadError:
            return None
    return tuple(found)


def holdings(row: User) -> Holdings:
    """Return what an account holds; a list of which one entry cannot be read is unread."""
    return Holdings(_plans(row), _licences(row), _states(row))


def _plans(row: User) -> tuple[AssignedPlan, ...] | None:
    try:
        return tuple(AssignedPlan(plan.service_plan_id, plan.capability_status) for plan in row.assigned_plans)
    except PropertyUnreadError:
        return None


def _licences(row: User) -> tuple[AssignedLicence, ...] | None:
    try:
        return tuple(AssignedLicence(one.sku_id, frozenset(one.disabled_plans)) for one in row.assigned_licenses)
    except PropertyUnreadError:
        return None


def _states(row: User) -> tuple[LicenceState, ...] | None:
    try:
        return tuple(
            LicenceState(state.sku_id, state.state, frozenset(state.disabled_plans))
            for state in row.license_assignment_states
        )
    except PropertyUnreadError:
        return None
