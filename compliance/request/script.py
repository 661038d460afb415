r"""export.ps1: one script that reads what is missing, and nothing else, for Windows PowerShell 5.1 and PowerShell 7.

Security & Compliance comes before Exchange Online, and its session ends before the other begins: both have cmdlets of
the same name, and the session opened last answers. Connection parameters of the national clouds: Microsoft Learn,
"Connect to Exchange Online PowerShell", "Connect to Security & Compliance PowerShell", "Use Connect-MgGraph",
"az cloud". Whatever comes from a bundle stands in single quotes, in which PowerShell expands nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from compliance.clouds import CLOUDS
from compliance.evidence.parents import BLOBS, Parent
from compliance.request.asks import ASKS, DIAGNOSTIC_SETTINGS, SUBSCRIPTIONS
from compliance.request.needs import Need
from compliance.request.powershell import AZURE_HELPERS, GRAPH_HELPERS, HEAD, HELPERS, TAIL
from compliance.sources.imported import Endpoint
from compliance.sources.imported.azure_commands import asked_of_each

SCRIPT: Final = "export.ps1"
Known = Mapping[Parent, tuple[str, ...] | None]
"""What the evidence names already, by kind; None where the script has to look it up."""
_NO_SESSION: Final = "    Disconnect-ExchangeOnline -Confirm:$false"
_QUOTES: Final = re.compile("['\u2018\u2019\u201a\u201b]")
"""PowerShell takes each of them for the quotation mark that ends a text."""


@dataclass(frozen=True, slots=True)
class Connection:
    """How a person connects to the services of a cloud: parameters, the names Graph and Azure CLI know it by."""

    exchange: str
    compliance: str
    graph: str
    azure: str


_WORLDWIDE: Final = Connection("", "", "Global", "AzureCloud")


def _national(exchange: str, compliance: str, authority: str, graph: str, azure: str) -> Connection:
    return Connection(
        exchange=f" -ExchangeEnvironmentName {exchange}",
        compliance=f" -ConnectionUri '{compliance}' -AzureADAuthorizationEndpointUri '{authority}/common'",
        graph=graph,
        azure=azure,
    )


CONNECTIONS: Final[Mapping[str, Connection]] = MappingProxyType(
    {
        "gcc-high": _national(
            "O365USGovGCCHigh",
            "https://ps.compliance.protection.office365.us/powershell-liveid/",
            "https://login.microsoftonline.us",
            "USGov",
            "AzureUSGovernment",
        ),
        "dod": _national(
            "O365USGovDoD",
            "https://l5.ps.compliance.protection.office365.us/powershell-liveid/",
            "https://login.microsoftonline.us",
            "USGovDoD",
            "AzureUSGovernment",
        ),
        "china": _national(
            "O365China",
            "https://ps.compliance.protection.partner.outlook.cn/powershell-liveid",
            "https://login.chinacloudapi.cn",
            "China",
            "AzureChinaCloud",
        ),
    }
)
"""The clouds that need parameters; the worldwide ones need none."""


def connection_of(cloud: str) -> Connection:
    """Return how to connect in a cloud; a name that is not known is taken for the worldwide one."""
    return CONNECTIONS.get(cloud, _WORLDWIDE)


def quoted(text: str) -> str:
    """A text as PowerShell writes it literally, on one line."""
    line = "".join(character if character.isprintable() else "\ufffd" for character in text)
    return f"'{_QUOTES.sub(lambda mark: mark[0] * 2, line)}'"


def export_script(tenant_id: str, cloud: str, needs: Sequence[Need], known: Known) -> str:
    """Return the script that exports what is needed.

    `known` are the ids of the resources that the bundle names, each of its form; what it does not know of for sure, the
    script looks up.
    """
    connect = connection_of(cloud)
    parts = [HEAD.replace("{tenant}", quoted(tenant_id)), HELPERS]
    for endpoint, section in _SECTIONS.items():
        wanted = [need for need in needs if ASKS[need.spec.name].endpoint is endpoint]
        if wanted:
            parts.append(section(connect, cloud, wanted, known))
    parts.append(TAIL)
    return "\n".join(parts)


def _exports(needs: Sequence[Need]) -> Iterator[str]:
    for need in needs:
        ask = ASKS[need.spec.name]
        yield f"    Save-Export {quoted(need.spec.export_file)} '{ask.endpoint}' $By {{ {ask.command} }}"


def _block(endpoint: Endpoint, opening: Sequence[str], needs: Sequence[Need], closing: Sequence[str] = ()) -> str:
    """The part of one service; where signing in to it fails, the others go on."""
    body = "\n".join((*opening, *_exports(needs), *closing))
    return (
        f"if ($Only -contains '{endpoint}') {{ try {{\n{body}\n"
        f'}} catch {{ Write-Warning "{endpoint}: $($_.Exception.Message)" }} }}\n'
    )


def _compliance(connect: Connection, _cloud: str, needs: Sequence[Need], _known: Known) -> str:
    opening = (
        _NO_SESSION,
        f"    Connect-IPPSSession{connect.compliance}",
        "    $By = Get-ExchangeAccount",
    )
    return _block(Endpoint.SECURITY_COMPLIANCE, opening, needs, (_NO_SESSION,))


def _exchange(connect: Connection, _cloud: str, needs: Sequence[Need], _known: Known) -> str:
    opening = (
        _NO_SESSION,
        f"    Connect-ExchangeOnline{connect.exchange} -ShowBanner:$false",
        "    $By = Get-ExchangeAccount",
    )
    return _block(Endpoint.EXCHANGE_ONLINE, opening, needs, (_NO_SESSION,))


def _graph(connect: Connection, _cloud: str, needs: Sequence[Need], _known: Known) -> str:
    scopes = sorted({quoted(scope) for need in needs if (scope := ASKS[need.spec.name].scope) is not None})
    opening = (
        f"    Connect-MgGraph -Environment {connect.graph} -TenantId $TenantId -Scopes {', '.join(scopes)} -NoWelcome",
        "    Assert-Tenant (Get-MgContext).TenantId",
        "    $By = (Get-MgContext).Account",
    )
    closing = ("    Disconnect-MgGraph | Out-Null",)
    return f"{GRAPH_HELPERS}\n{_block(Endpoint.GRAPH, opening, needs, closing)}"


def _azure(connect: Connection, cloud: str, needs: Sequence[Need], known: Known) -> str:
    root = (CLOUDS[cloud] if cloud in CLOUDS else CLOUDS["commercial"]).arm
    opening = (
        f"    # before: az cloud set --name {connect.azure}; az login --tenant <tenant>",
        "    Assert-Tenant (az account show --query tenantId --output tsv)",
        "    $By = az account show --query user.name --output tsv",
    )
    filled = {"root": quoted(root), "known": "\n".join(_known_ids(known)), **_LOOKED_UP}
    helpers = re.sub(r"\{(\w+)\}", lambda blank: filled.get(blank[1], blank[0]), AZURE_HELPERS)
    return f"{helpers}\n{_block(Endpoint.AZURE_RESOURCE_MANAGER, opening, needs)}"


def _known_ids(known: Known) -> Iterator[str]:
    for kind in Parent:
        ids = known[kind]
        if ids is not None:
            yield f"    {kind} = @({', '.join(map(quoted, ids))})"


_SECTIONS: Final = {
    Endpoint.SECURITY_COMPLIANCE: _compliance,
    Endpoint.EXCHANGE_ONLINE: _exchange,
    Endpoint.GRAPH: _graph,
    Endpoint.AZURE_RESOURCE_MANAGER: _azure,
}
"""In the order in which the script goes: Security & Compliance before Exchange Online."""

_LOOKED_UP: Final[Mapping[str, str]] = MappingProxyType(
    {
        "settings": quoted(DIAGNOSTIC_SETTINGS),
        "subscriptions": quoted(SUBSCRIPTIONS),
        "blobs": BLOBS,
        **{
            blank: asked_of_each(name)
            for blank, name in (
                ("activity", "arm.activity_log_settings"),
                ("exports", "arm.data_exports"),
                ("onboarding", "arm.sentinel_onboarding"),
                ("hubs", "arm.event_hubs"),
                ("databases", "arm.adx_databases"),
            )
        },
    }
)
"""What the helpers ask to find out what the evidence does not name."""
