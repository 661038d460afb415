"""The clouds that a tenant can live in: endpoints, token scopes, the origins that may be called, and what they lack.

A cloud is one row of `CLOUDS`; what its sources leave open is in its `notes`. Sources:
- authority and Graph: Microsoft Learn, "Microsoft Graph national cloud deployments"
  (https://learn.microsoft.com/graph/deployments).
- Exchange: the EXORestHelper module of CISA's ScubaGear (worldwide, GCC High, DoD); Microsoft Learn, "Connect to
  Exchange Online PowerShell" (21Vianet).
- Security & Compliance: Microsoft Learn, "Connect to Security & Compliance PowerShell"
  (https://learn.microsoft.com/powershell/exchange/connect-to-scc-powershell); the form of a regional host is the one
  that ScubaGear takes from the front door's redirect.
- Azure Resource Manager: Microsoft Learn, "Compare Azure Government and global Azure", "Azure China developer guide".
- the audience of a federated token: Microsoft Learn, "Configure an application to trust a managed identity"
  (https://learn.microsoft.com/entra/workload-id/workload-identity-federation-config-app-trust-managed-identity).
- what a cloud lacks: the table of national clouds on the API's own page of the Microsoft Graph reference; Microsoft
  Learn, "Microsoft Sentinel feature support for Azure commercial/other clouds", by which Sentinel and its connector for
  Office 365 are in all of them. No source says that Azure Resource Graph or Privileged Identity Management is missing.
GCC is served by the worldwide endpoints.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
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
class Lack:
    """Data that no API of a cloud serves: why it is known, and what to do instead. Both are for people."""

    reason: str
    substitute: str


@dataclass(frozen=True, slots=True)
class Cloud:
    """Where a tenant's APIs answer, and what they do not.

    The endpoints are roots without a trailing slash. `purview_regional` may hold `{region}`, the label that the
    front door's redirect names. `federation_audience` is what a federated token is issued for. `notes` say what about
    the endpoints is untested or told differently elsewhere; `lacks` maps a dataset to why it cannot be had here.
    `ca_bundle` replaces the system's certificate authorities. A `simulated` cloud is on loopback, and whatever was
    read from it says so.
    """

    name: str
    authority: str
    graph: str
    exchange: str
    purview: str
    purview_regional: str
    arm: str
    federation_audience: str = "api://AzureADTokenExchange"
    notes: tuple[str, ...] = ()
    lacks: Mapping[str, Lack] = field(default_factory=lambda: MappingProxyType({}))
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

_GCC_HIGH = Cloud(
    name="gcc-high",
    authority="https://login.microsoftonline.us",
    graph="https://graph.microsoft.us",
    exchange="https://outlook.office365.us",
    purview="https://ps.compliance.protection.office365.us",
    purview_regional="https://{region}.ps.compliance.protection.office365.us",
    arm="https://management.usgovcloudapi.net",
    federation_audience="api://AzureADTokenExchangeUSGov",
    notes=(
        "Security & Compliance: whether the front door names a regional host in GCC High is not documented; one below"
        " ps.compliance.protection.office365.us is followed, any other is refused.",
    ),
)

CLOUDS: Mapping[str, Cloud] = MappingProxyType(
    {
        cloud.name: cloud
        for cloud in (
            _COMMERCIAL,
            replace(
                _COMMERCIAL,
                name="gcc",
                notes=(
                    "Azure: a GCC tenant is in public Azure. A workspace in Azure Government belongs to another tenant"
                    " and cannot be followed from here; read that tenant with cloud: gcc-high.",
                ),
            ),
            _GCC_HIGH,
            replace(
                _GCC_HIGH,
                name="dod",
                graph="https://dod-graph.microsoft.us",
                exchange="https://outlook-dod.office365.us",
                purview="https://l5.ps.compliance.protection.office365.us",
                notes=(
                    "Exchange: outlook-dod.office365.us is the host of Microsoft's admin API and of ScubaGear;"
                    " Microsoft's PowerShell documentation names webmail.apps.mil.",
                    "Security & Compliance: sources disagree. l5.ps.compliance.protection.office365.us is used, as in"
                    ' "Connect to Security & Compliance PowerShell"; the article on app-only authentication names'
                    " compliance.dod.microsoft.com, and ScubaGear uses the host of GCC High. None was tested here.",
                ),
            ),
            Cloud(
                name="china",
                authority="https://login.chinacloudapi.cn",
                graph="https://microsoftgraph.chinacloudapi.cn",
                exchange="https://partner.outlook.cn",
                purview="https://ps.compliance.protection.partner.outlook.cn",
                purview_regional="https://{region}.ps.compliance.protection.partner.outlook.cn",
                arm="https://management.chinacloudapi.cn",
                federation_audience="api://AzureADTokenExchangeChina",
                notes=(
                    "Exchange: sources disagree. partner.outlook.cn is used, as in Microsoft's PowerShell"
                    " documentation; that of the admin API names outlook.office365.cn. Neither was tested here.",
                    "Security & Compliance: the host is that of Microsoft's PowerShell documentation; its REST"
                    " interface was not tested here.",
                ),
                lacks=MappingProxyType(
                    {
                        "graph.secure_score": Lack(
                            reason="Microsoft Graph serves no secure score in the cloud operated by 21Vianet"
                            ' (Microsoft Learn, "Get secureScore", national cloud deployments)',
                            substitute="It only corroborates: mailbox auditing and ingestion are read from Exchange"
                            " all the same. Nothing needs to be exported.",
                        )
                    }
                ),
            ),
        )
    }
)
"""The clouds of Microsoft, by the name that config.yaml gives them."""


def lack_of(cloud: Cloud, dataset: str) -> Lack | None:
    """Why a dataset cannot be had in a cloud; None where it can, or where no source says that it cannot."""
    return cloud.lacks.get(dataset)


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
    return Cloud(
        name="custom",
        authority=cleaned["authority"],
        graph=cleaned["graph"],
        exchange=cleaned["exchange"],
        purview=cleaned["purview"],
        purview_regional=cleaned["purview_regional"],
        arm=cleaned["arm"],
        ca_bundle=ca_bundle,
        simulated=True,
    )


def _loopback_root(key: str, url: str) -> str:
    match = _URL.fullmatch(url.rstrip("/"))
    if match is None or match.group(4) or match.group(2).lower() not in LOOPBACK_HOSTS:
        raise InputError(
            f"{url!r} is not an https root on loopback",
            where=f"custom_cloud.{key}",
            next_step="Use https://localhost:PORT (or 127.0.0.1, [::1]) without path; a real tenant needs"
            f" cloud: {', '.join(CLOUDS)}.",
        )
    return match.group(0)
