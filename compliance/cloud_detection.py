"""Which cloud a tenant lives in, as its OpenID configuration says: one unauthenticated GET, three at most.

Sources: Microsoft identity platform, "OpenID Connect on the Microsoft identity platform"
(https://learn.microsoft.com/entra/identity-platform/v2-protocols-oidc) for the document and "Microsoft Entra
authentication and authorization error codes" for AADSTS90002; the values of `tenant_region_scope` and
`tenant_region_sub_scope` are as CISA's ScubaGear (ExportPowerPlatformProvider) reads them. An authority answers
400 (AADSTS90002) for a tenant that it does not know, and then the next one is asked.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import msgspec

from compliance.clouds import CLOUDS
from compliance.errors import InputError

Fetch = Callable[[str], tuple[int, bytes]]
"""GETs a URL without credentials and without following a redirect; raises `InputError` where nobody answers."""

AUTHORITIES = tuple(CLOUDS[name].authority for name in ("commercial", "gcc-high", "china"))
"""The hosts that are asked, in this order, and no other."""

_SECONDS = 30


class _Configuration(msgspec.Struct):
    cloud_instance_name: str | None = None
    tenant_region_scope: str | None = None
    tenant_region_sub_scope: str | None = None


def detect_cloud(tenant: str, fetch: Fetch) -> str:
    """The name of the cloud that a tenant (GUID or domain) lives in.

    Raises `InputError` where no authority knows the tenant or what one says of it is not known, since a guess would
    send somebody's sign-in to the wrong place.
    """
    for authority in AUTHORITIES:
        status, body = fetch(f"{authority}/{tenant}/v2.0/.well-known/openid-configuration")
        if status == 200:
            return _cloud_of(tenant, authority, body)
        if status != 400:
            raise _undetected(tenant, f"{authority} answered {status} to a question about the tenant")
    raise _undetected(tenant, "no cloud knows this tenant")


def fetch_configuration(url: str) -> tuple[int, bytes]:
    """GET a URL as it is: no token, no redirect followed; raises `InputError` where nobody answers."""
    import requests

    try:
        # Without an auth of its own, requests would send what ~/.netrc holds for the host.
        answer = requests.get(url, timeout=_SECONDS, allow_redirects=False, auth=lambda request: request)
    except requests.RequestException as error:
        raise InputError(
            f"no answer ({type(error).__name__})",
            where=url,
            next_step=f"Check connection and proxy, or say in config.yaml which cloud it is: {', '.join(CLOUDS)}.",
        ) from error
    return answer.status_code, answer.content


def _cloud_of(tenant: str, authority: str, body: bytes) -> str:
    try:
        told = msgspec.json.decode(body, type=_Configuration)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _undetected(tenant, f"{authority} answered something that is no OpenID configuration") from error
    match told.cloud_instance_name, told.tenant_region_scope, told.tenant_region_sub_scope:
        case (("microsoftonline.com" | "microsoftonline.us"), ("USGov" | "USG"), "DODCON"):
            return "gcc-high"
        case (("microsoftonline.com" | "microsoftonline.us"), ("USGov" | "USG"), "DOD"):
            return "dod"
        case "microsoftonline.com", str(region), "GCC" if _is_public(region):
            return "gcc"
        case "microsoftonline.com", str(region), (None | "") if _is_public(region):
            return "commercial"
        case (("partner.microsoftonline.cn" | "chinacloudapi.cn"), _, (None | "")):
            return "china"
    raise _undetected(
        tenant,
        f"{authority} names a cloud that lookback does not know (cloud_instance_name {told.cloud_instance_name!r},"
        f" tenant_region_scope {told.tenant_region_scope!r}, tenant_region_sub_scope"
        f" {told.tenant_region_sub_scope!r})",
    )


def _is_public(region: str) -> bool:
    """Whether a region scope is a continent's ("NA", "EU", "WW"), as every tenant of the worldwide cloud has."""
    return re.fullmatch(r"[A-Z]{2}", region) is not None


def _undetected(tenant: str, what: str) -> InputError:
    return InputError(
        f"the cloud of {tenant} cannot be told: {what}",
        where="cloud",
        next_step=f"Check tenant, or say in config.yaml which cloud it is: {', '.join(CLOUDS)}.",
    )
