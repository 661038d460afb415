"""Which class of Exchange licence a user holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.rules.licences import (
    AUDIT_PREMIUM_PLAN,
    MAILBOX_PLANS,
    AssignedLicence,
    AssignedPlan,
    LicenceState,
    Sku,
    exchange_licence_class,
    holds_mailbox_plan,
)
from compliance.rules.mailbox_audit import LicenceClass

PLAN_2, PLAN_2_GOV = "efb87545-963c-4e0d-99df-69c6916d9eb0", "8c3069c0-ccdb-44be-ab77-986203a67df2"
PLAN_1, KIOSK = "9aaf7827-d63c-4b61-89c3-182f06f82e5c", "4a82b400-a79f-41a4-b4e2-e94f5787b113"
FOUNDATION, AUDIT_PLATFORM = "113feb6c-3fe4-4440-bddc-54d774bf0318", "f6de4823-28fa-440b-b886-4783fa86ddba"
SHAREPOINT, SHAREPOINT_GOV = "5dbe027f-2339-4123-9542-606e4d348a72", "153f85dd-d912-4762-af6c-d6e0fb4f6692"
PRODUCTS = {
    "E5": {AUDIT_PREMIUM_PLAN, PLAN_2, SHAREPOINT, AUDIT_PLATFORM},
    "E5 Compliance": {AUDIT_PREMIUM_PLAN, AUDIT_PLATFORM},
    "E3": {PLAN_2, SHAREPOINT},
    "G3": {PLAN_2_GOV, SHAREPOINT_GOV},
    "Exchange Online (Plan 2)": {PLAN_2},
    "SharePoint (Plan 2)": {SHAREPOINT},
    "Exchange Online (Plan 1)": {PLAN_1},
    "F3": {KIOSK},
    "Visio": {FOUNDATION},
    "App governance": {AUDIT_PLATFORM},
}
SKUS = tuple(Sku(name, "Enabled", frozenset(plans)) for name, plans in PRODUCTS.items())


class User(NamedTuple):
    assigned_plans: tuple[AssignedPlan, ...] | None
    assigned_licences: tuple[AssignedLicence, ...] | None
    licence_states: tuple[LicenceState, ...] | None


def user(*products: str, off: Sequence[str] = ()) -> User:
    plans = {plan for product in products for plan in PRODUCTS[product]} - set(off)
    disabled = frozenset(off)
    return User(
        tuple(AssignedPlan(plan, "Enabled") for plan in sorted(plans)),
        tuple(AssignedLicence(product, disabled) for product in products),
        tuple(LicenceState(product, "Active", disabled) for product in products),
    )


def class_of(*products: str, off: Sequence[str] = ()) -> LicenceClass:
    return exchange_licence_class(*user(*products, off=off), SKUS)


@pytest.mark.parametrize(
    ("products", "expected"),
    [
        (("E5",), LicenceClass.E5),
        (("F3", "E5 Compliance"), LicenceClass.E5),
        (("E3", "E5 Compliance"), LicenceClass.E5),
        (("E3",), LicenceClass.E3),
        (("G3",), LicenceClass.E3),
        (("E3", "Visio"), LicenceClass.E3),
        (("Exchange Online (Plan 2)",), LicenceClass.OTHER),
        (("Exchange Online (Plan 2)", "SharePoint (Plan 2)"), LicenceClass.OTHER),
        (("Exchange Online (Plan 2)", "App governance"), LicenceClass.OTHER),
        (("Exchange Online (Plan 1)",), LicenceClass.OTHER),
        (("F3",), LicenceClass.OTHER),
        (("Visio",), LicenceClass.NONE),
        (("SharePoint (Plan 2)",), LicenceClass.NONE),
        ((), LicenceClass.NONE),
    ],
    ids=str,
)
def test_the_plans_that_are_held_tell_the_class(products: tuple[str, ...], expected: LicenceClass) -> None:
    assert class_of(*products) is expected
    mailbox = {plan for product in products for plan in PRODUCTS[product]} & set(MAILBOX_PLANS)
    assert holds_mailbox_plan(*user(*products), SKUS) is bool(mailbox)


def test_a_plan_switched_off_for_the_user_is_not_held() -> None:
    assert class_of("E5", off=[AUDIT_PREMIUM_PLAN]) is LicenceClass.E3
    assert class_of("E3", off=[PLAN_2]) is LicenceClass.NONE
    assert class_of("E3", "F3", off=[PLAN_2]) is LicenceClass.OTHER
    assert class_of("E5 Compliance", "F3", off=[AUDIT_PREMIUM_PLAN]) is LicenceClass.OTHER


def test_which_product_it_is_does_not_depend_on_sharepoint_being_left_on() -> None:
    assert class_of("E3", off=[SHAREPOINT]) is LicenceClass.E3


def test_an_enterprise_suite_that_is_not_active_gives_nothing() -> None:
    held = user("E3")._replace(licence_states=(LicenceState("E3", "Error", frozenset()),))
    assert exchange_licence_class(*held, SKUS) is LicenceClass.UNREAD
    assert holds_mailbox_plan(*held, SKUS) is None


def test_the_suite_may_be_the_licence_that_cannot_be_read() -> None:
    plain = user("Exchange Online (Plan 2)")
    assert plain.assigned_licences is not None
    unknown = plain._replace(assigned_licences=(*plain.assigned_licences, AssignedLicence("not listed", frozenset())))
    assert exchange_licence_class(*unknown, SKUS) is LicenceClass.UNREAD
    assert holds_mailbox_plan(*unknown, SKUS) is True


@pytest.mark.parametrize("field", User._fields)
def test_without_all_that_graph_lists_the_class_is_unread(field: str) -> None:
    for product in ("E5", "E3", "F3"):
        held = user(product)._replace(**{field: None})
        assert exchange_licence_class(*held, SKUS) is LicenceClass.UNREAD, product


def test_without_the_subscriptions_only_who_has_no_licence_surely_has_none() -> None:
    for product in PRODUCTS:
        assert exchange_licence_class(*user(product), None) is LicenceClass.UNREAD, product
        assert holds_mailbox_plan(*user(product), None) is None, product
    assert exchange_licence_class(*user(), None) is LicenceClass.NONE


RANK = (LicenceClass.NONE, LicenceClass.OTHER, LicenceClass.E3, LicenceClass.E5)


@given(st.sets(st.sampled_from(sorted(PRODUCTS))), st.sampled_from(sorted(PRODUCTS)))
def test_a_licence_more_never_lowers_the_class(products: set[str], more: str) -> None:
    assert RANK.index(class_of(*products)) <= RANK.index(class_of(*(products | {more})))


@given(st.sets(st.sampled_from(sorted(PRODUCTS))), st.sets(st.sampled_from(["plans", "licences", "states", "skus"])))
def test_reading_less_never_tells_another_class(products: set[str], unread: set[str]) -> None:
    held = user(*products)
    found = exchange_licence_class(
        None if "plans" in unread else held.assigned_plans,
        None if "licences" in unread else held.assigned_licences,
        None if "states" in unread else held.licence_states,
        None if "skus" in unread else SKUS,
    )
    assert found in (LicenceClass.UNREAD, class_of(*products))
