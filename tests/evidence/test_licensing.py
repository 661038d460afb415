"""What the licences of accounts give them, from rows as Microsoft Graph answers them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from compliance.evidence.derived.licensing import Given, Licensing
from compliance.evidence.population import Coverage, Malformed, Population, Ref
from compliance.evidence.unread import Kind, Unread
from compliance.evidence.views import SubscribedSku, User
from compliance.rules.licences import AUDIT_PREMIUM_PLAN, TEN_YEAR_PLAN
from compliance.rules.mailbox_audit import LicenceClass

PLAN_2, SHAREPOINT = "efb87545-963c-4e0d-99df-69c6916d9eb0", "5dbe027f-2339-4123-9542-606e4d348a72"
UNREAD = Unread(Kind.DENIED, "graph.subscribed_skus", "refused", "a permission")


def sku(*plans: str, provisioned: str = "Success") -> dict[str, Any]:
    listed = [{"servicePlanId": plan, "provisioningStatus": provisioned} for plan in plans]
    return {"skuId": "E5", "capabilityStatus": "Enabled", "servicePlans": listed}


def subscribed(*rows: dict[str, Any], coverage: Coverage = Coverage.WHOLE) -> Population[SubscribedSku]:
    def read() -> Iterator[tuple[SubscribedSku | Malformed, Ref]]:
        for number, row in enumerate(rows):
            yield msgspec.convert(row, SubscribedSku), Ref("graph.subscribed_skus", "0" * 64, f"/value/{number}")

    return Population(read, coverage, None)


E5 = subscribed(sku(AUDIT_PREMIUM_PLAN, TEN_YEAR_PLAN, PLAN_2, SHAREPOINT))
EVERYTHING = Given(read=True, licensed=True, premium=True, ten_year=True, exchange=LicenceClass.E5, mailbox_plan=True)


def user(**changed: Any) -> User:
    plans = (AUDIT_PREMIUM_PLAN, TEN_YEAR_PLAN, PLAN_2, SHAREPOINT)
    row = {
        "id": "a",
        "assignedPlans": [{"servicePlanId": plan, "capabilityStatus": "Enabled"} for plan in plans],
        "assignedLicenses": [{"skuId": "E5", "disabledPlans": []}],
        "licenseAssignmentStates": [{"skuId": "E5", "state": "Active", "disabledPlans": []}],
    } | changed
    return msgspec.convert({key: value for key, value in row.items() if value is not ...}, User)


def test_an_active_licence_gives_what_its_product_carries() -> None:
    assert Licensing(E5).of(user()) == EVERYTHING


def test_two_accounts_are_not_taken_for_each_other_where_one_list_differs() -> None:
    licensing = Licensing(E5)
    assert licensing.of(user()) == EVERYTHING
    off = [{"skuId": "E5", "disabledPlans": [AUDIT_PREMIUM_PLAN]}]
    suspended = [{"servicePlanId": AUDIT_PREMIUM_PLAN, "capabilityStatus": "Suspended"}]
    assert licensing.of(user(assignedLicenses=off)).premium is False
    assert licensing.of(user(assignedPlans=suspended)).premium is False
    assert licensing.of(user(licenseAssignmentStates=[])).premium is None
    assert licensing.of(user()) == EVERYTHING


@pytest.mark.parametrize("field", ["assignedPlans", "assignedLicenses", "licenseAssignmentStates"])
def test_a_list_that_was_not_read_is_not_an_empty_one(field: str) -> None:
    licensing = Licensing(E5)
    values: tuple[Any, ...] = (..., [{}])
    for value in values:
        given = licensing.of(user(**{field: value}))
        assert (given.read, given.premium, given.exchange) == (False, None, LicenceClass.UNREAD)
        assert given.licensed is (None if field == "assignedLicenses" else True)
    assert licensing.of(user(**{field: []})).read is True


def test_subscriptions_that_were_not_all_read_carry_anything() -> None:
    one = sku(PLAN_2)
    unprovisioned: dict[str, Any] = {key: value for key, value in one.items() if key != "servicePlans"}
    for skus in (UNREAD, subscribed(one, coverage=Coverage.PART), subscribed(one, unprovisioned)):
        given = Licensing(skus).of(user())
        assert (given.premium, given.exchange, given.mailbox_plan) == (None, LicenceClass.UNREAD, None)
        nothing = Licensing(skus).of(user(assignedPlans=[], assignedLicenses=[], licenseAssignmentStates=[]))
        assert (nothing.licensed, nothing.premium, nothing.exchange) == (False, False, LicenceClass.NONE)


def test_a_plan_that_is_not_provisioned_in_the_subscription_is_not_carried_by_it() -> None:
    pending = subscribed(sku(AUDIT_PREMIUM_PLAN, provisioned="PendingActivation"))
    assert Licensing(pending).of(user()).premium is None


def test_more_sets_of_licences_than_are_remembered_are_still_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("compliance.evidence.derived.licensing._REMEMBERED", 1)
    licensing = Licensing(E5)
    for _ in range(2):
        assert licensing.of(user()) == EVERYTHING
        assert licensing.of(user(assignedPlans=[])).premium is None
