"""What every part of the simulated Azure Resource Manager shares: rights, refusals, pages, and how moments are written.

Sources: Microsoft Learn, "Troubleshoot common Azure deployment errors"
(https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment-errors) and "Troubleshoot
Azure RBAC" for the refusals, "Understand scope for Azure RBAC" for what a role reaches.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from compliance.demo.azure_access import BUILT_IN, MANAGEMENT_GROUPS, RoleDefinition
from compliance.demo.paging import Continuation, continuation_of, cut
from compliance.demo.tenant import Tenant
from compliance.demo.wire import Answered, Asked, BadToken, answered


@dataclass(frozen=True, slots=True)
class Call:
    """A request to one operation. `scope` is the id of what it hangs on, as it was written, and `names` what follows.

    For `{account}/blobServices/default/containers` the scope is the account, for `{account}/providers/
    Microsoft.Insights/diagnosticSettings` too; for the account itself it is the account.
    """

    tenant: Tenant
    asked: Asked
    scope: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation: the action that it takes, the api-versions that know it, and what answers."""

    action: str
    versions: tuple[str, ...]
    respond: Callable[[Call], Answered]


def within(resource_id: str, scope: str) -> bool:
    """Whether a resource lies at a scope or below it; management groups and the root hold every subscription."""
    at = f"{scope.rstrip('/')}/".lower()
    lies = f"{resource_id.rstrip('/')}/".lower()
    return lies.startswith(at) or (at.startswith(MANAGEMENT_GROUPS.lower()) and lies.startswith("/subscriptions/"))


def roles_of(tenant: Tenant) -> tuple[RoleDefinition, ...]:
    """The roles that there are, those that the tenant defined itself at the end."""
    return (*BUILT_IN, *tenant.azure.custom_roles)


def may(tenant: Tenant, action: str, scope: str) -> bool:
    """Whether a role at this scope or above it lets the identity do this."""
    granted = {role for role, at in tenant.identity.azure_roles if within(scope, at)}
    return any(role.allows(action) for role in roles_of(tenant) if role.name in granted)


def sees(tenant: Tenant, subscription: str) -> bool:
    """Whether a subscription is listed: the identity holds some role there, above it or below it."""
    return any(within(at, subscription) or within(subscription, at) for _, at in tenant.identity.azure_roles)


def paged(call: Call, rows: Sequence[object], size: int, *, counted: bool = False) -> Answered:
    """A page of rows, with a nextLink to the one after it; where `counted` it says how many there are in all."""
    asked = call.asked
    try:
        continuation = continuation_of(asked) or Continuation(0, 0, "")
    except ValueError:
        return error(400, "InvalidSkipToken", "The specified skipToken is invalid.")
    page = cut(asked, continuation, total=len(rows), size=size)
    document: dict[str, object] = {"value": rows[page.start : page.stop]}
    if page.next_link is not None:
        document["nextLink"] = page.next_link
    if counted:
        document["count"] = {"type": "Total", "value": len(rows)}
    return answered(document)


def timestamp(moment: datetime) -> str:
    """A moment with seven digits of a second, as most of Azure writes it."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}.0000000Z"


def error(status: int, code: str, message: str) -> Answered:
    """A refusal in the envelope that nearly all of Azure Resource Manager uses."""
    return answered({"error": {"code": code, "message": message}}, status)


def forbidden(tenant: Tenant, action: str, scope: str) -> Answered:
    """The refusal of what no role allows."""
    identity = tenant.identity
    return error(
        403,
        "AuthorizationFailed",
        f"The client '{identity.object_id}' with object id '{identity.object_id}' does not have authorization to"
        f" perform action '{action}' over scope '{scope}' or the scope is invalid. If access was recently granted,"
        " please refresh your credentials.",
    )


def unsupported(version: str, known: tuple[str, ...]) -> Answered:
    """The refusal of an api-version that a resource provider does not know."""
    return error(
        400,
        "NoRegisteredProviderFound",
        f"No registered resource provider found for API version '{version}'. The supported api-versions are"
        f" '{', '.join(known)}'.",
    )


def not_found(resource_id: str) -> Answered:
    """The answer about a resource that is not in its resource group; the id may go on below it."""
    segments = resource_id.strip("/").split("/")
    group, provider, kind, name = segments[3], segments[5], segments[6], segments[7]
    return error(
        404,
        "ResourceNotFound",
        f"The Resource '{provider}/{kind}/{name}' under resource group '{group}' was not found. For more details please"
        " go to https://aka.ms/ARMResourceNotFoundFix",
    )


def no_such_type(asked: Asked) -> Answered:
    """The answer to a path that no resource provider knows."""
    return error(404, "InvalidResourceType", f"The resource type could not be found in the path '{asked.path}'.")


def token_refused(tenant: Tenant, asked: Asked, token: BadToken) -> Answered:
    """The refusal of a request without a good token."""
    refusals = {
        "missing": ("AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing."),
        "malformed": ("InvalidAuthenticationToken", "The access token is invalid."),
        "audience": (
            "InvalidAuthenticationTokenAudience",
            "The access token has been obtained for wrong audience or resource. It should exactly match with one of"
            f" the allowed audiences '{asked.root}/','{asked.root}'.",
        ),
        "expired": (
            "ExpiredAuthenticationToken",
            f"The access token expiry UTC time is earlier than current UTC time '{asked.now:%m/%d/%Y %I:%M:%S %p}'.",
        ),
    }
    code, message = refusals[token.why]
    challenge = f'Bearer authorization_uri="https://localhost/{tenant.id}", error="invalid_token"'
    refusal: dict[str, object] = {"error": {"code": code, "message": message}}
    return answered(refusal, 401, headers={"www-authenticate": challenge})
