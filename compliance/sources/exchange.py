"""Exchange's admin REST interface: Get-cmdlets by `InvokeCommand`; Security & Compliance speaks it too.

The interface is the one that the ExchangeOnlineManagement module itself calls; Microsoft publishes no reference. Its
shapes are as in the source of CISA's ScubaGear and of CIPP; cmdlets and fields as in Microsoft Learn, "Exchange
PowerShell". A next page is the same POST to the nextLink, with the same anchor: the token in it is bound to the server
that the anchor routes to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import chain
from typing import Any

import msgspec

from compliance.credentials import SignInError
from compliance.evidence.datasets import Api
from compliance.sources.errors import EXPIRED_PAGINATION, SourceError, Truncated, refusal
from compliance.sources.pages import Page, read_pages
from compliance.sources.transport import Request, TenantApis

PAGE_SIZE = 1000
"""The largest page that the interface gives."""

DEFAULT_RESULT_SIZE = 1000
"""How many rows a cmdlet gives that is not asked for `ResultSize` Unlimited (Microsoft Learn, "Get-Mailbox")."""

MAILBOX_PROPERTIES = (
    "Guid",
    "UserPrincipalName",
    "ExternalDirectoryObjectId",
    "RecipientTypeDetails",
    "AuditEnabled",
    "DefaultAuditSet",
    "AuditOwner",
    "AuditDelegate",
    "AuditAdmin",
)
"""What is asked of a mailbox."""

MODULE_VERSION = "3.9.2"
"""The version of the ExchangeOnlineManagement module whose cmdlets are asked for."""

_SYSTEM_MAILBOX = "SystemMailbox{bb558c35-97f1-4cb9-8ff7-d53741dc928c}"

_ENDPOINTS = {Api.EXCHANGE: "exchange_online", Api.PURVIEW: "security_compliance"}


def application_anchor(apis: TenantApis, api: Api) -> str:
    """The `X-AnchorMailbox` of an application: the tenant's system mailbox, by the tenant's GUID."""
    return f"APP:{_SYSTEM_MAILBOX}@{apis.tenant_guid(api)}"


def domain_anchor(initial_domain: str) -> str:
    """The same mailbox by the tenant's initial domain, which routes where the GUID does not."""
    return f"UPN:{_SYSTEM_MAILBOX}@{initial_domain}"


def invoke(
    apis: TenantApis,
    api: Api,
    cmdlet: str,
    parameters: Mapping[str, Any],
    select: tuple[str, ...] = (),
    *,
    dataset: str,
    root: str | None = None,
) -> Iterator[Page]:
    """The pages of a cmdlet's answer. `root` is the host to ask, by default the API's own.

    The first page is held back until the second has come: where the service refuses the second for its anchor, the
    reading begins once more with the other anchor, and the pages given out are those of one reading.
    Raises `SourceError` and `Truncated`.
    """
    url = f"{apis.cloud.root(api) if root is None else root}/adminapi/beta/{apis.tenant_id}/InvokeCommand"
    request = Request(
        "POST",
        f"{url}?$select={','.join(select)}" if select else url,
        {
            "Content-Type": "application/json; charset=utf-8",
            "Prefer": f"odata.maxpagesize={PAGE_SIZE}",
            "X-AnchorMailbox": application_anchor(apis, api),
            "X-CmdletName": cmdlet,
            "X-ResponseFormat": "json",
        },
        body={"CmdletInput": {"CmdletName": cmdlet, "Parameters": dict(parameters)}},
    )
    pages = _pages(apis, api, request, dataset)
    first = next(pages)
    try:
        second = next(pages, None)
    except Truncated as error:
        again = _once_more(apis, api, request, dataset, error)
        if again is None:
            yield first
            raise
        yield from again
        return
    yield first
    if second is not None:
        yield second
        yield from pages


def _once_more(apis: TenantApis, api: Api, request: Request, dataset: str, error: Truncated) -> Iterator[Page] | None:
    """The reading from its beginning with the other anchor; None where that cannot help."""
    if apis.initial_domain is None or not expired_pagination(error):
        return None
    anchor = {"X-AnchorMailbox": domain_anchor(apis.initial_domain)}
    pages = _pages(apis, api, replace(request, headers={**request.headers, **anchor}), dataset)
    try:
        first = next(pages)
    except (SourceError, SignInError):
        return None
    return chain([first], pages)


def exported_cmdlets(apis: TenantApis, api: Api, *, root: str | None = None) -> frozenset[str] | None:
    """The cmdlets that the identity's roles offer it, as the module asks for them; None where the answer does not say.

    `root` is the host to ask, by default the API's own. Raises `SourceError` for a refusal.
    """
    url = f"{apis.cloud.root(api) if root is None else root}/adminapi/v1.0/{apis.tenant_id}/EXOModuleFile"
    headers = {"CommandName": "*", "X-AnchorMailbox": application_anchor(apis, api)}
    reply = apis.send(api, Request("GET", f"{url}?Version={MODULE_VERSION}", headers))
    if reply.status != 200:
        raise refusal(api, reply)
    try:
        value = msgspec.json.decode(reply.body, type=_Modules).value
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    names = [module.exported_cmdlets for module in (value if isinstance(value, list) else [value])]
    told = [name for name in names if name is not None]
    if not told:
        return None
    return frozenset(name.strip() for text in told for name in text.split(",") if name.strip())


class _Module(msgspec.Struct):
    exported_cmdlets: str | None = msgspec.field(default=None, name="exportedCmdlets")


class _Modules(msgspec.Struct):
    value: _Module | list[_Module]


def expired_pagination(error: Truncated) -> bool:
    """Whether a reading ended because the service could not route a next page."""
    return error.reply is not None and error.reply.status == 400 and EXPIRED_PAGINATION in error.reason


def _pages(apis: TenantApis, api: Api, request: Request, dataset: str) -> Iterator[Page]:
    parameters = request.body["CmdletInput"]["Parameters"] if request.body is not None else {}
    return read_pages(
        apis,
        api,
        request,
        dataset=dataset,
        endpoint=_ENDPOINTS[api],
        next_request=lambda link, before: replace(request, url=link, follows=before),
        most_rows=None if parameters.get("ResultSize") == "Unlimited" else DEFAULT_RESULT_SIZE,
    )
