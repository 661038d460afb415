"""Whether a user holds a service plan."""

from __future__ import annotations

from dataclasses import replace

import pytest

from compliance.rules.licences import (
    AUDIT_PREMIUM_PLAN,
    AssignedLicence,
    AssignedPlan,
    Held,
    LicenceState,
    LicenceUnread,
    NotHeld,
    Sku,
    plan_held,
)

E5, E3 = "06ebc4ee-1bb5-47dd-8120-11324bc54e06", "05e9a617-0261-4cee-bb44-138d3ef5d965"
OTHER_PLAN = "efb87545-963c-4e0d-99df-69c6916d9eb0"
ENABLED = (AssignedPlan(AUDIT_PREMIUM_PLAN, "Enabled"),)
HAS_E5 = (AssignedLicence(E5, frozenset()),)
ACTIVE = (LicenceState(E5, "Active", frozenset()),)
SKU_E5 = Sku(E5, "Enabled", frozenset({AUDIT_PREMIUM_PLAN, OTHER_PLAN}))
SKU_E3 = Sku(E3, "Enabled", frozenset({OTHER_PLAN}))
SKUS = (SKU_E5, SKU_E3)
PLAN_OFF = frozenset({AUDIT_PREMIUM_PLAN})


def test_an_enabled_plan_with_an_active_licence_behind_it_is_held() -> None:
    assert plan_held(AUDIT_PREMIUM_PLAN, ENABLED, HAS_E5, ACTIVE, SKUS) == Held(None)


def test_letter_case_of_guids_and_values_does_not_matter() -> None:
    plans = (AssignedPlan(AUDIT_PREMIUM_PLAN.upper(), "enabled"),)
    licences = (AssignedLicence(E5.upper(), frozenset()),)
    assert plan_held(AUDIT_PREMIUM_PLAN, plans, licences, ACTIVE, SKUS) == Held(None)
    disabled = (AssignedLicence(E5.upper(), frozenset({AUDIT_PREMIUM_PLAN.upper()})),)
    assert isinstance(plan_held(AUDIT_PREMIUM_PLAN, plans, disabled, ACTIVE, SKUS), NotHeld)


def test_a_plan_in_warning_is_held_with_a_note() -> None:
    found = plan_held(AUDIT_PREMIUM_PLAN, (AssignedPlan(AUDIT_PREMIUM_PLAN, "Warning"),), HAS_E5, ACTIVE, SKUS)
    assert isinstance(found, Held)
    assert found.note is not None


@pytest.mark.parametrize("status", ["Suspended", "Deleted", "LockedOut"])
def test_a_plan_with_another_known_status_is_not_held(status: str) -> None:
    plans = (AssignedPlan(AUDIT_PREMIUM_PLAN, status),)
    assert isinstance(plan_held(AUDIT_PREMIUM_PLAN, plans, HAS_E5, ACTIVE, SKUS), NotHeld)


def test_an_old_deleted_entry_beside_an_enabled_one_does_not_matter() -> None:
    plans = (AssignedPlan(AUDIT_PREMIUM_PLAN, "Deleted"), *ENABLED)
    assert plan_held(AUDIT_PREMIUM_PLAN, plans, HAS_E5, ACTIVE, SKUS) == Held(None)


def test_a_plan_with_an_unknown_status_is_unread() -> None:
    plans = (AssignedPlan(AUDIT_PREMIUM_PLAN, "Deleted"), AssignedPlan(AUDIT_PREMIUM_PLAN, "Paused"))
    assert isinstance(plan_held(AUDIT_PREMIUM_PLAN, plans, HAS_E5, ACTIVE, SKUS), LicenceUnread)


def test_a_plan_disabled_in_every_licence_that_carries_it_is_not_held() -> None:
    licences = (AssignedLicence(E5, PLAN_OFF), AssignedLicence(E3, frozenset()))
    assert isinstance(plan_held(AUDIT_PREMIUM_PLAN, ENABLED, licences, ACTIVE, SKUS), NotHeld)


def test_a_plan_disabled_in_one_licence_and_left_on_in_another_is_held() -> None:
    second = "184efa21-98c3-4e5d-95ab-d07053a96e67"
    licences = (AssignedLicence(E5, PLAN_OFF), AssignedLicence(second, frozenset()))
    skus = (*SKUS, replace(SKU_E5, sku_id=second))
    states = (*ACTIVE, LicenceState(second, "Active", frozenset()))
    assert plan_held(AUDIT_PREMIUM_PLAN, ENABLED, licences, states, skus) == Held(None)


def test_an_enabled_plan_behind_a_licence_that_the_tenant_does_not_list_is_unread() -> None:
    assert isinstance(plan_held(AUDIT_PREMIUM_PLAN, ENABLED, HAS_E5, ACTIVE, (SKU_E3,)), LicenceUnread)


@pytest.mark.parametrize("status", ["Suspended", "Deleted", "LockedOut"])
def test_a_subscription_that_has_ended_carries_nothing_so_that_an_enabled_plan_contradicts_it(status: str) -> None:
    skus = (replace(SKU_E5, capability_status=status), SKU_E3)
    assert isinstance(plan_held(AUDIT_PREMIUM_PLAN, ENABLED, HAS_E5, ACTIVE, skus), LicenceUnread)
    assert isinstance(plan_held(AUDIT_PREMIUM_PLAN, (), HAS_E5, ACTIVE, skus), NotHeld)


def test_a_subscription_in_warning_carries_the_plan_with_a_note() -> None:
    skus = (replace(SKU_E5, capability_status="Warning"),)
    found = plan_held(AUDIT_PREMIUM_PLAN, ENABLED, HAS_E5, ACTIVE, skus)
    assert isinstance(found, Held)
    assert found.note is not None


def test_a_subscription_of_unknown_status_leaves_it_unread() -> None:
    skus = (replace(SKU_E5, capability_status="Paused"),)
    assert isinstance(plan_held(AUDIT_PREMIUM_PLAN, ENABLED, HAS_E5, ACTIVE, skus), LicenceUnread)


@pytest.mark.parametrize("state", ["Error", "Disabled"])
def test_an_assignment_in_error_is_no_licence(state: str) -> None:
    states = (LicenceState(E5, state, frozenset()),)
    assert isinstance(plan_held(AUDIT_PREMIUM_PLAN, ENABLED, HAS_E5, states, SKUS), LicenceUnread)
    assert isinstance(plan_held(AUDIT_PREMIUM_PLAN, (), HAS_E5, states, SKUS), NotHeld)


def test_an_assignment_in_error_beside_an_active_one_does_not_matter() -> None:
    states = (LicenceState(E5, "Error", frozenset()), *ACTIVE)
    assert plan_held(AUDIT_PREMIUM_PLAN, ENABLED, HAS_E5, states, SKUS) == Held(None)


def test_an_active_assignment_with_an_error_is_held_with_a_note() -> None:
    states = (LicenceState(E5, "ActiveWithError", frozenset()),)
    found = plan_held(AUDIT_PREMIUM_PLAN, ENABLED, HAS_E5, states, SKUS)
    assert isinstance(found, Held)
    assert found.note is not None


def test_an_assignment_of_unknown_state_leaves_it_unread() -> None:
    states = (LicenceState(E5, "Pending", frozenset()),)
    assert isinstance(plan_held(AUDIT_PREMIUM_PLAN, ENABLED, HAS_E5, states, SKUS), LicenceUnread)


def test_no_entry_and_no_licence_that_carries_the_plan_is_not_held() -> None:
    licences = (AssignedLicence(E3, frozenset()),)
    assert isinstance(plan_held(AUDIT_PREMIUM_PLAN, (), licences, (), SKUS), NotHeld)
    assert isinstance(plan_held(AUDIT_PREMIUM_PLAN, (), (), (), SKUS), NotHeld)


def test_no_entry_for_a_plan_that_an_active_licence_carries_contradicts_itself() -> None:
    assert isinstance(plan_held(AUDIT_PREMIUM_PLAN, (), HAS_E5, ACTIVE, SKUS), LicenceUnread)


def test_an_enabled_plan_is_never_held_when_a_part_of_the_evidence_was_not_read() -> None:
    for found in (
        plan_held(AUDIT_PREMIUM_PLAN, None, HAS_E5, ACTIVE, SKUS),
        plan_held(AUDIT_PREMIUM_PLAN, ENABLED, None, ACTIVE, SKUS),
        plan_held(AUDIT_PREMIUM_PLAN, ENABLED, HAS_E5, None, SKUS),
        plan_held(AUDIT_PREMIUM_PLAN, ENABLED, HAS_E5, ACTIVE, None),
    ):
        assert isinstance(found, LicenceUnread)


def test_a_plan_disabled_in_one_licence_beside_a_licence_that_the_tenant_does_not_list_is_unread() -> None:
    licences = (AssignedLicence(E5, PLAN_OFF), AssignedLicence("184efa21-98c3-4e5d-95ab-d07053a96e67", frozenset()))
    assert isinstance(plan_held(AUDIT_PREMIUM_PLAN, ENABLED, licences, ACTIVE, SKUS), LicenceUnread)


def test_while_no_subscription_is_read_a_licence_may_carry_a_plan_that_the_user_has_no_entry_for() -> None:
    assert isinstance(plan_held(AUDIT_PREMIUM_PLAN, (), HAS_E5, ACTIVE, None), LicenceUnread)
    assert isinstance(plan_held(AUDIT_PREMIUM_PLAN, (), None, ACTIVE, SKUS), LicenceUnread)
    assert isinstance(plan_held(AUDIT_PREMIUM_PLAN, (), (), (), None), NotHeld)
    suspended = (AssignedPlan(AUDIT_PREMIUM_PLAN, "Suspended"),)
    assert isinstance(plan_held(AUDIT_PREMIUM_PLAN, suspended, HAS_E5, ACTIVE, None), NotHeld)
