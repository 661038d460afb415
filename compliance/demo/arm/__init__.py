"""Azure Resource Manager, simulated: where logs are sent to, how long they are kept there, and who could change that.

Each module answers for some resource providers and names its sources; this one finds the operation that a path names,
and asks whether it is allowed before it says whether there is anything.
"""

from __future__ import annotations

from itertools import chain

from compliance.demo.arm import authorization, log_analytics, monitor, resource_graph, storage, streams
from compliance.demo.arm.subscriptions import subscriptions
from compliance.demo.arm.wire import (
    Call,
    Operation,
    error,
    forbidden,
    may,
    no_such_type,
    sees,
    token_refused,
    unsupported,
)
from compliance.demo.tenant import Tenant
from compliance.demo.wire import Answered, Asked, BadToken, Token

_OPERATIONS: dict[str, Operation] = dict(
    chain.from_iterable(module.operations() for module in (monitor, log_analytics, storage, streams, authorization))
)
_EXTENSIONS = frozenset({"microsoft.insights", "microsoft.securityinsights", "microsoft.authorization"})
"""The providers whose resources hang on any other, before their own `/providers/`."""


def answer(tenant: Tenant, token: Token | BadToken, asked: Asked) -> Answered:
    """Answer one request to Azure Resource Manager."""
    if isinstance(token, BadToken):
        return token_refused(tenant, asked, token)
    version = asked.query.get("api-version")
    if version is None:
        return error(
            400,
            "MissingApiVersionParameter",
            "The api-version query parameter (?api-version=) is required for all requests.",
        )
    if asked.method == "POST":
        found = asked.segments == resource_graph.PATH
        return resource_graph.find(tenant, asked, version) if found else no_such_type(asked)
    if asked.method != "GET":
        return no_such_type(asked)
    match asked.segments:
        case ("providers", "microsoft.aadiam", "diagnosticsettings"):
            return monitor.entra_settings(tenant, version)
        case ("subscriptions",):
            return subscriptions(tenant, asked, version)
        case ("subscriptions", _, *_):
            return _in_subscription(tenant, asked, version)
    return no_such_type(asked)


def _in_subscription(tenant: Tenant, asked: Asked, version: str) -> Answered:
    asked_for = asked.segments[1]
    subscription = tenant.azure.subscription(asked_for)
    if subscription is None:
        return error(404, "SubscriptionNotFound", f"The subscription '{asked_for}' could not be found.")
    if subscription.tenant_id is not None and not sees(tenant, f"/subscriptions/{subscription.id}"):
        return error(
            401,
            "InvalidAuthenticationTokenTenant",
            f"The access token is from the wrong issuer 'https://sts.windows.net/{tenant.id}/'. It must match the"
            f" tenant 'https://sts.windows.net/{subscription.tenant_id}/' associated with this subscription.",
        )
    path = asked.path.rstrip("/")
    last = path.lower().rfind("/providers/")
    before, (provider, *rest) = path[: max(last, 0)], path[last + len("/providers/") :].split("/")
    names = tuple(rest[1::2])
    kinds = [part.lower() if number % 2 == 0 else "*" for number, part in enumerate(rest)]
    operation = _OPERATIONS.get("/".join([provider.lower(), *kinds]))
    if not before or operation is None:
        return no_such_type(asked)
    if provider.lower() in _EXTENSIONS:
        call = Call(tenant, asked, before, names)
    else:
        call = Call(tenant, asked, f"{before}/providers/{provider}/{'/'.join(rest[:2])}", names[1:])
    if not may(tenant, operation.action, call.scope):
        return forbidden(tenant, operation.action, asked.path)
    if version not in operation.versions:
        return unsupported(version, operation.versions)
    group = "/".join(call.scope.split("/")[:5]).lower()
    if any(gone.lower() == group for gone in tenant.azure.gone_groups):
        name = call.scope.split("/")[4]
        return error(404, "ResourceGroupNotFound", f"Resource group '{name}' could not be found.")
    return operation.respond(call)
