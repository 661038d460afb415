"""Subscriptions: those in which the identity holds some role, and no others.

Source: Microsoft Learn, "Subscriptions - List" (https://learn.microsoft.com/rest/api/resources/subscriptions/list).
"""

from __future__ import annotations

from compliance.demo.arm.wire import Call, error, paged, sees
from compliance.demo.azure import Subscription
from compliance.demo.tenant import Tenant
from compliance.demo.wire import Answered, Asked, with_odd

_VERSIONS = ("2016-06-01", "2020-01-01", "2021-01-01", "2022-12-01")


def subscriptions(tenant: Tenant, asked: Asked, version: str) -> Answered:
    """The subscriptions in which the caller holds some role, at whatever scope: an empty list says none is visible."""
    if version not in _VERSIONS:
        message = f"The api-version '{version}' is invalid. The supported versions are"
        return error(400, "InvalidApiVersionParameter", f"{message} '{','.join(_VERSIONS)}'.")
    seen = [_shown(tenant, one) for one in tenant.azure.subscriptions if sees(tenant, f"/subscriptions/{one.id}")]
    return paged(Call(tenant, asked, ""), seen, tenant.azure.page_size, counted=True)


def _shown(tenant: Tenant, one: Subscription) -> dict[str, object]:
    """One that another tenant lets this one manage names that tenant as its own."""
    document: dict[str, object] = {
        "id": f"/subscriptions/{one.id}",
        "authorizationSource": "RoleBased",
        "managedByTenants": [] if one.tenant_id is None else [{"tenantId": tenant.id}],
        "subscriptionId": one.id,
        "tenantId": tenant.id if one.tenant_id is None else one.tenant_id,
        "displayName": one.display_name,
        "state": one.state,
        "subscriptionPolicies": {
            "locationPlacementId": "Public_2014-09-01",
            "quotaId": "EnterpriseAgreement_2014-09-01",
            "spendingLimit": "Off",
        },
    }
    return with_odd(document, one.odd)
