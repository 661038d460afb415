"""Security & Compliance: the audit log's retention policies, and the role groups that may change them.

The order of endpoints is the one that CISA's ScubaGear documents: the front door names the region by a redirect that
is read and not followed, the regional host is asked; where that refuses, Exchange Online is, since in some clouds the
cmdlet answers only there. Fields and semantics: Microsoft Learn, "Manage audit log retention policies".
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from compliance.evidence.datasets import Api, State
from compliance.sources.errors import SourceError, refusal
from compliance.sources.exchange import application_anchor, domain_anchor, invoke
from compliance.sources.pages import Page
from compliance.sources.transport import Request, TenantApis

POLICIES = "purview.audit_retention_policies"
ROLE_GROUPS = "purview.role_groups"
CMDLET = "Get-UnifiedAuditLogRetentionPolicy"


def read_retention_policies(apis: TenantApis) -> Iterator[Page]:
    """The custom retention policies; `Page.endpoint` tells who answered. Raises `SourceError` and `Truncated`.

    The built-in default policy is never among them, so an empty answer is a whole answer.
    """
    try:
        pages = invoke(apis, Api.PURVIEW, CMDLET, {}, dataset=POLICIES, root=regional_root(apis))
        first = next(pages)
    except SourceError as error:
        if error.state not in {State.DENIED, State.UNAVAILABLE}:
            raise
        refused = error
    else:
        yield first
        yield from pages
        return
    try:
        pages = invoke(apis, Api.EXCHANGE, CMDLET, {}, dataset=POLICIES)
        first = next(pages)
    except SourceError as error:
        raise SourceError(
            refused.state,
            f"Security & Compliance: {refused.reason}; Exchange Online: {error.reason}",
            api=Api.PURVIEW,
            reply=refused.reply,
        ) from error
    yield first
    yield from pages


def read_role_groups(apis: TenantApis) -> Iterator[Page]:
    """The role groups of Purview; raises `SourceError` and `Truncated`.

    Exchange Online is never asked instead: to the same cmdlet it answers with its own role groups.
    """
    parameters = {"ResultSize": "Unlimited"}
    return invoke(apis, Api.PURVIEW, "Get-RoleGroup", parameters, dataset=ROLE_GROUPS, root=regional_root(apis))


def regional_root(apis: TenantApis) -> str:
    """The root of the host that answers for the tenant, as the front door names it; the front door if it names none.

    The redirect's first DNS label is the region; its target is never called. Raises `SourceError`.
    """
    anchor = (
        application_anchor(apis, Api.PURVIEW) if apis.initial_domain is None else domain_anchor(apis.initial_domain)
    )
    url = f"{apis.cloud.purview}/AdminApi/v1.0/{apis.tenant_id}/EXOModuleFile"
    reply = apis.send(Api.PURVIEW, Request("GET", url, {"X-AnchorMailbox": anchor}))
    if 200 <= reply.status < 300:
        return apis.cloud.purview
    if not 300 <= reply.status < 400:
        raise refusal(Api.PURVIEW, reply)
    try:
        host = urlsplit(reply.headers["location"]).hostname
        return apis.cloud.purview_region((host or "").split(".")[0])
    except (KeyError, ValueError) as error:
        raise SourceError(
            State.FAILED, "the front door's redirect names no region", api=Api.PURVIEW, reply=reply
        ) from error
