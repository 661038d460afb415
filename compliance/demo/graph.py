"""Microsoft Graph v1.0: organization, subscribedSkus and users.

Sources: the resource types organization, subscribedSku and user
(https://learn.microsoft.com/graph/api/resources/user), "List subscribedSkus"
(https://learn.microsoft.com/graph/api/subscribedsku-list), paging (https://learn.microsoft.com/graph/paging), errors
(https://learn.microsoft.com/graph/errors) and advanced queries
(https://learn.microsoft.com/graph/aad-advanced-queries).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from compliance.demo.paging import Continuation, continuation_of, cut
from compliance.demo.tenant import Licence, Sku, Tenant, User, stable_guid
from compliance.demo.wire import Answered, Asked, BadToken, Token, answered, with_odd

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
}


def answer(tenant: Tenant, token: Token | BadToken, asked: Asked) -> Answered:
    """Answer one request to Microsoft Graph."""
    if isinstance(token, BadToken):
        return _token_refused(asked, token)
    match asked.segments:
        case ("v1.0", resource) if resource in _PERMISSIONS:
            pass
        case ("v1.0" | "beta", *rest):
            name = rest[0] if rest else ""
            return error(asked, 400, "BadRequest", f"Resource not found for the segment '{name}'.")
        case _:
            return error(asked, 400, "BadRequest", "Invalid version.")
    if asked.method != "GET":
        return error(asked, 405, "Request_BadRequest", "Specified HTTP method is not allowed.")
    if not token.roles & _PERMISSIONS[resource]:
        return error(
            asked,
            403,
            "Authorization_RequestDenied",
            "Insufficient privileges to complete the operation.",
        )
    return _RESOURCES[resource](tenant, asked)


def error(asked: Asked, status: int, code: str, message: str) -> Answered:
    """An error in Graph's envelope."""
    return answered(
        {
            "error": {
                "code": code,
                "message": message,
                "innerError": {
                    "date": f"{asked.now:%Y-%m-%dT%H:%M:%S}",
                    "request-id": asked.request_id,
                    "client-request-id": asked.headers.get("client-request-id", asked.request_id),
                },
            }
        },
        status,
    )


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
        "createdDateTime": _stamp(tenant.created),
        "displayName": tenant.display_name,
        "onPremisesLastSyncDateTime": None,
        "onPremisesSyncEnabled": None,
        "preferredLanguage": "en",
        "tenantType": "AAD",
        "assignedPlans": [
            {
                "assignedDateTime": _stamp(tenant.created),
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
    return _collection(asked, "organization", [with_odd(document, tenant.organization_odd)], set(document))


def _subscribed_skus(tenant: Tenant, asked: Asked) -> Answered:
    unsupported = [name for name in asked.query if name.startswith("$") and name != "$select"]
    if unsupported:
        return error(asked, 400, "Request_UnsupportedQuery", f"Unsupported Query: {', '.join(unsupported)}.")
    rows = [_sku(tenant, sku) for sku in tenant.skus]
    return _collection(asked, "subscribedSkus", rows, {name for row in rows for name in row})


def _sku(tenant: Tenant, sku: Sku) -> dict[str, object]:
    product, status = sku.product, sku.capability_status
    consumed = sum(
        any(licence.part_number == product.part_number for licence in user.licences) for user in tenant.users
    )
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
    first = continuation is None
    page = cut(
        asked,
        continuation or Continuation(0, 0, ""),
        total=len(tenant.users),
        size=min(int(top), tenant.graph_page_size),
    )
    rows = [_user(tenant, user) for user in tenant.users[page.start : page.stop]]
    # Without the header the advanced query is not one, and the count is silently left out.
    counted = asked.query.get("$count") == "true" and asked.headers.get("consistencylevel") == "eventual"
    return _collection(
        asked,
        "users",
        rows,
        _KNOWN_USER,
        default=_DEFAULT_USER,
        count=len(tenant.users) if first and counted else None,
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
        "createdDateTime": _stamp(tenant.created),
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
                "lastUpdatedDateTime": _stamp(tenant.created),
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
                "assignedDateTime": _stamp(tenant.created),
                "capabilityStatus": status,
                "service": plan.service,
                "servicePlanId": plan.id,
            }
    return list(plans.values())


def _collection(
    asked: Asked,
    resource: str,
    rows: list[dict[str, object]],
    known: Iterable[str],
    *,
    default: tuple[str, ...] | None = None,
    count: int | None = None,
    next_link: str | None = None,
) -> Answered:
    """A collection narrowed to `$select`, or to the properties that the resource returns by default (None: all)."""
    context = f"https://graph.microsoft.com/v1.0/$metadata#{resource}"
    chosen = default
    if "$select" in asked.query:
        chosen = tuple(name.strip() for name in asked.query["$select"].split(","))
        names = {name.lower() for name in known}
        unknown = [name for name in chosen if name.lower() not in names]
        if unknown:
            return error(
                asked,
                400,
                "BadRequest",
                f"Parsing OData Select and Expand failed: Could not find a property named '{unknown[0]}' on type"
                f" 'microsoft.graph.{resource.removesuffix('s')}'.",
            )
        context += f"({','.join(chosen)})"
    document: dict[str, object] = {"@odata.context": context}
    if count is not None:
        document["@odata.count"] = count
    if next_link is not None:
        document["@odata.nextLink"] = next_link
    wanted = None if chosen is None else {name.lower() for name in chosen}
    document["value"] = [
        {key: value for key, value in row.items() if wanted is None or key.lower() in wanted} for row in rows
    ]
    return answered(document, headers={"odata-version": "4.0"})


def _stamp(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}Z"


_RESOURCES: dict[str, Callable[[Tenant, Asked], Answered]] = {
    "organization": _organization,
    "subscribedskus": _subscribed_skus,
    "users": _users,
}
