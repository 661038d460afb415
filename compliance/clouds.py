"""The clouds that a tenant can live in: endpoints, token scopes, and the closed set of origins that may be called.

Sources: Microsoft Learn, "Microsoft Graph national cloud deployments" (Graph roots and authorities), "Connect to
Exchange Online PowerShell" and "Connect to Security & Compliance PowerShell" (the other two). GCC is served by the
worldwide endpoints. A cloud is one row of `CLOUDS`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import assert_never

from compliance.errors import InputError
from compliance.evidence.datasets import Api

LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "[::1]"})
"""The only hosts that a custom cloud may name."""

# Deliberately narrower than RFC 3986: what does not fit is refused, so no two parsers can disagree on the host.
_URL = re.compile(r"(https)://([A-Za-z0-9.-]+|\[::1\])(?::(\d{1,5}))?((?:[/?][!-\[\]-~]*)?)", re.ASCII)
_REGION = re.compile(r"[a-z0-9]{2,20}", re.ASCII)


def origin_of(url: str) -> str | None:
    """The `https://host:port` of a URL in lower case with its port written out; None for what is not plain https.

    User names, backslashes, blanks, control and non-ASCII characters make it None.
    """
    match = _URL.fullmatch(url)
    if match is None:
        return None
    scheme, host, port = match.group(1), match.group(2).lower(), match.group(3)
    return f"{scheme}://{host}:{int(port) if port else 443}"


@dataclass(frozen=True, slots=True)
class Cloud:
    """Where a tenant's APIs answer.

    The endpoints are roots without a trailing slash. `purview_regional` may hold `{region}`, the label that the
    front door's redirect names. `ca_bundle` replaces the system's certificate authorities. A `simulated` cloud is on
    loopback, and whatever was read from it says so.
    """

    name: str
    authority: str
    graph: str
    exchange: str
    purview: str
    purview_regional: str
    arm: str
    ca_bundle: Path | None = None
    simulated: bool = False

    def root(self, api: Api) -> str:
        """The root URL of an API; of Purview, its front door."""
        match api:
            case Api.GRAPH:
                return self.graph
            case Api.EXCHANGE:
                return self.exchange
            case Api.PURVIEW:
                return self.purview
            case Api.ARM:
                return self.arm
            case _:
                assert_never(api)

    def scope(self, api: Api) -> str:
        """The scope to ask a token for. A token for one API is refused by the others."""
        return f"{self.root(api)}/.default"

    def purview_region(self, region: str) -> str:
        """The root of the regional Security & Compliance host; raises `ValueError` for what is not a region label."""
        if _REGION.fullmatch(region) is None:
            raise ValueError(f"not a region label: {region!r}")
        return self.purview_regional.replace("{region}", region)

    def allows(self, api: Api, url: str) -> bool:
        """Whether a URL's scheme, host and port belong to the API; a token is attached to no other URL."""
        origin = origin_of(url)
        if origin is None:
            return False
        if origin == origin_of(self.root(api)):
            return True
        if api is not Api.PURVIEW:
            return False
        # The placeholder becomes a label that the strict URL form accepts, then the pattern.
        regional = origin_of(self.purview_regional.replace("{region}", "region-label"))
        if regional is None:
            return False
        return re.fullmatch(re.escape(regional).replace(r"region\-label", _REGION.pattern), origin) is not None


_COMMERCIAL = Cloud(
    name="commercial",
    authority="https://login.microsoftonline.com",
    graph="https://graph.microsoft.com",
    exchange="https://outlook.office365.com",
    purview="https://ps.compliance.protection.outlook.com",
    purview_regional="https://{region}.ps.compliance.protection.outlook.com",
    arm="https://management.azure.com",
)

CLOUDS: Mapping[str, Cloud] = MappingProxyType(
    {cloud.name: cloud for cloud in (_COMMERCIAL, replace(_COMMERCIAL, name="gcc"))}
)
"""The clouds of Microsoft that are supported, by the name that config.yaml gives them."""


def custom_cloud(
    *, authority: str, graph: str, exchange: str, purview: str, purview_regional: str, arm: str, ca_bundle: Path
) -> Cloud:
    """A simulated cloud on this machine's loopback; raises `InputError` for any other host or for plain http."""
    endpoints = {
        "authority": authority,
        "graph": graph,
        "exchange": exchange,
        "purview": purview,
        "purview_regional": purview_regional,
        "arm": arm,
    }
    cleaned = {key: _loopback_root(key, url) for key, url in endpoints.items()}
    if not ca_bundle.is_file():
        raise InputError(
            f"there is no file {ca_bundle}",
            where="custom_cloud.ca_bundle",
            next_step="Name the PEM file with the certificate authority that signed the endpoints' certificates.",
        )
    return Cloud(name="custom", ca_bundle=ca_bundle, simulated=True, **cleaned)


def _loopback_root(key: str, url: str) -> str:
    match = _URL.fullmatch(url.rstrip("/"))
    if match is None or match.group(4) or match.group(2).lower() not in LOOPBACK_HOSTS:
        raise InputError(
            f"{url!r} is not an https root on loopback",
            where=f"custom_cloud.{key}",
            next_step="Use https://localhost:PORT (or 127.0.0.1, [::1]) without path; a real tenant needs cloud:"
            " commercial or gcc.",
        )
    return match.group(0)
