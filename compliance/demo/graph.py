"""Microsoft Graph v1.0: organization, subscribedSkus and users; `graph_security` holds the other resources.

Sources: the resource types organization, subscribedSku and user
(https://learn.microsoft.com/graph/api/resources/user), "List subscribedSkus"
(https://learn.microsoft.com/graph/api/subscribedsku-list), paging (https://learn.microsoft.com/graph/paging), errors
(https://learn.microsoft.com/graph/errors) and advanced queries
(https://learn.microsoft.com/graph/aad-advanced-queries).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

from compliance.demo import graph_security
from compliance.demo.graph_wire import collection, error, refused_by_directory, stamp
from compliance.demo.odd import stable_guid
from compliance.demo.paging import Continuation, continuation_of, cut
from compliance.demo.people import Licence, User
from compliance.demo.tenant import Sku, Tenant
from compliance.demo.wire import Answered, Asked, BadToken, Token, with_odd

_DEFAULT_USER = (
    "businessPhones",
    "displayName",
    "givenName",
    "jobTitle",
    "mail",
    "mobilePhone",
    "officeLocation",
    "preferredLanguage",
    "surname",
    "userPrincipalName",
    "id",
)
_KNOWN_USER = {
    *_DEFAULT_USER,
    "accountEnabled",
    "createdDateTime",
    "userType",
    "assignedLicenses",
    "assignedPlans",
    "licenseAssignmentStates",
}
_DEFAULT_PAGE = 100
_MAX_PAGE = 999
_DIRECTORY = "Directory.Read.All"
_PERMISSIONS = {
    "organization": {"Organization.Read.All", _DIRECTORY},
    "subscribedskus": {"LicenseAssignment.Read.All", "Organization.Read.All", _DIRECTORY},
    "users": {"User.Read.All", _DIRECTORY},
    **graph_security.PERMISSIONS,
}


def answer(tenant: Tenant, token: Token | BadToken, asked: Asked) -> Answered:
    """Answer one request to Microsoft Graph."""
    if isinstance(token, BadToken):
        return _token_refused(asked, token)
    match asked.segments:
        case ("v1.0", *path) if "/".join(path) in _PERMISSIONS:
            resource = "/".join(path)
        case ("v1.0" | "beta", *rest):
            name = rest[0] if rest else ""
            return error(asked, 400, "BadRequest", f"Resource not found for the segment '{name}'.")
        case _:
            return error(asked, 400, "BadRequest", "Invalid version.")
    if asked.method != "GET":
        return error(asked, 405, "Request_BadRequest", "Specified HTTP method is not allowed.")
    if not token.roles & _PERMISSIONS[resource]:
        return _REFUSALS.get(resource, refused_by_directory)(asked)
    return _RESOURCES[resource](tenant, asked)


def _token_refused(asked: Asked, token: BadToken) -> Answered:
    messages = {
        "missing": "Access token is empty.",
        "malformed": "CompactToken validation failed with reason code: 80049228.",
        "audience": "Access token validation failure. Invalid audience.",
        "expired": "Lifetime validation failed, the token is expired.",
    }
    return error(asked, 401, "InvalidAuthenticationToken", messages[token.why])


def _organization(tenant: Tenant, asked: Asked) -> Answered:
    plans = [(sku, plan) for sku in tenant.skus for plan in sku.product.plans]
    document: dict[str, object] = {
        "id": tenant.id,
        "deletedDateTime": None,
        "businessPhones": [],
        "countryLetterCode": "US",
        "createdDateTime": stamp(tenant.created),
        "displayName": tenant.display_name,
        "onPremisesLastSyncDateTime": None,
        "onPremisesSyncEnabled": None,
        "preferredLanguage": "en",
        "tenantType": "AAD",
        "assignedPlans": [
            {
                "assignedDateTime": stamp(tenant.created),
                "capabilityStatus": sku.capability_status,
                "service": plan.service,
                "servicePlanId": plan.id,
            }
            for sku, plan in plans
        ],
        "provisionedPlans": [
            {"capabilityStatus": sku.capability_status, "provisioningStatus": "Success", "service": plan.service}
            for sku, plan in plans
        ],
        "verifiedDomains": [
            {
                "capabilities": "Email, OfficeCommunicationsOnline",
                "isDefault": name == tenant.domain,
                "isInitial": name == tenant.initial_domain,
                "name": name,
                "type": "Managed",
            }
            for name in dict.fromkeys((tenant.initial_domain, tenant.domain))
        ],
    }
    return collection(asked, "organization", [with_odd(document, tenant.organization_odd)], set(document))


def _subscribed_skus(tenant: Tenant, asked: Asked) -> Answered:
    unsupported = [name for name in asked.query if name.startswith("$") and name != "$select"]
    if unsupported:
        return error(asked, 400, "Request_UnsupportedQuery", f"Unsupported Query: {', '.join(unsupported)}.")
    consumed = Counter(part for user in tenant.all_users for part in {one.part_number for one in user.licences})
    rows = [_sku(tenant, sku, consumed[sku.product.part_number]) for sku in tenant.skus]
    return collection(asked, "subscribedSkus", rows, {name for row in rows for name in row})


def _sku(tenant: Tenant, sku: Sku, consumed: int) -> dict[str, object]:
    product, status = sku.product, sku.capability_status
    document: dict[str, object] = {
        "accountName": tenant.initial_domain.split(".")[0],
        "accountId": tenant.id,
        "appliesTo": "User",
        "capabilityStatus": status,
        "consumedUnits": consumed,
        "id": f"{tenant.id}_{product.sku_id}",
        "skuId": product.sku_id,
        "skuPartNumber": product.part_number,
        "subscriptionIds": [stable_guid(tenant.id, "subscription", product.part_number)],
        "prepaidUnits": {
            "enabled": sku.enabled_units if status == "Enabled" else 0,
            "suspended": sku.enabled_units if status == "Suspended" else 0,
            "warning": sku.enabled_units if status == "Warning" else 0,
            "lockedOut": sku.enabled_units if status == "LockedOut" else 0,
        },
        "servicePlans": [
            {
                "servicePlanId": plan.id,
                "servicePlanName": plan.name,
                "provisioningStatus": "Success",
                "appliesTo": "User",
            }
            for plan in product.plans
        ],
    }
    return with_odd(document, sku.odd)


def _users(tenant: Tenant, asked: Asked) -> Answered:
    refused = [name for name in ("$filter", "$search", "$orderby", "$expand", "$skip") if name in asked.query]
    if refused:
        return error(asked, 400, "Request_UnsupportedQuery", f"Unsupported Query: {', '.join(refused)}.")
    top = asked.query.get("$top", str(_DEFAULT_PAGE))
    if not top.isdecimal() or not 1 <= int(top) <= _MAX_PAGE:
        return error(
            asked,
            400,
            "Request_BadRequest",
            f"Invalid page size specified: '{top}'. Must be between 1 and {_MAX_PAGE} inclusive.",
        )
    try:
        continuation = continuation_of(asked)
    except ValueError:
        return error(asked, 400, "Directory_ExpiredPageToken", "The specified page token value has expired.")
    first, users = continuation is None, tenant.all_users
    page = cut(
        asked,
        continuation or Continuation(0, 0, ""),
        total=len(users),
        size=min(int(top), tenant.graph_page_size),
    )
    rows = [_user(tenant, user) for user in users[page.start : page.stop]]
    # Without the header the advanced query is not one, and the count is silently left out.
    counted = asked.query.get("$count") == "true" and asked.headers.get("consistencylevel") == "eventual"
    return collection(
        asked,
        "users",
        rows,
        _KNOWN_USER,
        default=_DEFAULT_USER,
        count=len(users) if first and counted else None,
        next_link=page.next_link,
    )


def _user(tenant: Tenant, user: User) -> dict[str, object]:
    document: dict[str, object] = {
        "businessPhones": [],
        "displayName": user.display_name,
        "givenName": None,
        "jobTitle": None,
        "mail": user.mail,
        "mobilePhone": None,
        "officeLocation": None,
        "preferredLanguage": None,
        "surname": None,
        "userPrincipalName": user.user_principal_name,
        "id": user.id,
        "accountEnabled": user.account_enabled,
        "createdDateTime": stamp(tenant.created),
        "userType": user.user_type,
        "assignedLicenses": [
            {"disabledPlans": list(licence.disabled_plans), "skuId": sku_id}
            for licence, sku_id in _with_sku_ids(tenant, user.licences)
        ],
        "assignedPlans": _assigned_plans(tenant, user.licences),
        "licenseAssignmentStates": [
            {
                "skuId": sku_id,
                "disabledPlans": list(licence.disabled_plans),
                "assignedByGroup": licence.group,
                "state": licence.state,
                "error": licence.error,
                "lastUpdatedDateTime": stamp(tenant.created),
            }
            for licence, sku_id in _with_sku_ids(tenant, user.licences)
        ],
    }
    return with_odd(document, user.odd)


def _with_sku_ids(tenant: Tenant, licences: Iterable[Licence]) -> list[tuple[Licence, str]]:
    ids = {sku.product.part_number: sku.product.sku_id for sku in tenant.skus}
    return [(licence, ids[licence.part_number]) for licence in licences]


def _assigned_plans(tenant: Tenant, licences: Iterable[Licence]) -> list[dict[str, object]]:
    """One entry per service plan: Enabled if any licence provides it, else what the licence leaves of it."""
    skus = {sku.product.part_number: sku for sku in tenant.skus}
    plans: dict[str, dict[str, object]] = {}
    for licence in licences:
        sku = skus[licence.part_number]
        for plan in sku.product.plans:
            provided = licence.state in {"Active", "ActiveWithError"} and plan.id not in licence.disabled_plans
            status = sku.capability_status if provided else "Deleted"
            if plan.id in plans and status != "Enabled":
                continue
            plans[plan.id] = {
                "assignedDateTime": stamp(tenant.created),
                "capabilityStatus": status,
                "service": plan.service,
                "servicePlanId": plan.id,
            }
    return list(plans.values())


_RESOURCES: dict[str, Callable[[Tenant, Asked], Answered]] = {
    "organization": _organization,
    "subscribedskus": _subscribed_skus,
    "users": _users,
    **graph_security.RESOURCES,
}
_REFUSALS = graph_security.REFUSALS
