"""The declared list of subscriptions is believed only where nothing that was read contradicts it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from log_access_cases import DECLARED, Collected

from compliance.assessment.verdict import Status
from compliance.demo.azure import Subscription
from compliance.demo.tenant import Tenant, stable_guid
from compliance.evidence.unread import Kind


def listing(*ids: str):
    assert DECLARED.approved_subscriptions is not None
    return replace(DECLARED, approved_subscriptions=replace(DECLARED.approved_subscriptions, ids=ids))


def test_a_list_that_lacks_a_subscription_which_is_there_tells_nothing_of_others(
    tenant: Tenant, collected: Collected
) -> None:
    (first,) = tenant.azure.subscriptions
    found = collected(tenant)
    assert found.finding("EXP-05", listing(first.id)).status is Status.PASS
    tenant.azure.subscriptions.append(
        Subscription(stable_guid(tenant.id, "subscription", "two"), "Two", settings=list(first.settings))
    )
    identity = tenant.identity
    identity.azure_roles = (*identity.azure_roles, ("Reader", f"/subscriptions/{tenant.azure.subscriptions[1].id}"))
    finding = collected(tenant).finding("EXP-05", listing(first.id))
    assert (finding.status, finding.kind) == (Status.INDETERMINATE, Kind.CONTRADICTORY)
    assert tenant.azure.subscriptions[1].id in finding.condition


@pytest.mark.parametrize("form", ["{}", "/subscriptions/{}", "/SUBSCRIPTIONS/{}/"])
def test_a_subscription_may_be_declared_by_its_guid_or_its_whole_id(
    form: str, tenant: Tenant, collected: Collected
) -> None:
    declared = form.format(tenant.azure.subscriptions[0].id)
    assert collected(tenant).finding("EXP-05", listing(declared)).status is Status.PASS


def test_an_id_that_only_ends_like_a_subscription_is_another(tenant: Tenant, collected: Collected) -> None:
    other = f"/subscriptions/{stable_guid(tenant.id, 'other')}/resourceGroups/{tenant.azure.subscriptions[0].id}"
    assert collected(tenant).finding("EXP-05", listing(other)).status is Status.INDETERMINATE
