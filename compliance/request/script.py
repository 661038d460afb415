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
from compliance.request.asks import ASKS, DIAGNOSTIC_SETTINGS
from compliance.request.needs import Need
from compliance.sources.imported import Endpoint

SCRIPT: Final = "export.ps1"
_WORKSPACE: Final = re.compile(
    r"/subscriptions/[\w-]+/resourceGroups/[\w.()-]+/providers/Microsoft\.OperationalInsights/workspaces/[\w-]+",
    re.ASCII | re.IGNORECASE,
)
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


def export_script(tenant_id: str, cloud: str, needs: Sequence[Need], workspaces: tuple[str, ...] | None) -> str:
    """Return the script that exports what is needed.

    `workspaces` are the ids that the bundle's diagnostic settings name; None where the script has to look them up.
    What is no id of a workspace is left out, since nothing can be asked of it.
    """
    connect = connection_of(cloud)
    parts = [_HEAD.replace("{tenant}", quoted(tenant_id)), _HELPERS]
    for endpoint, section in _SECTIONS.items():
        wanted = [need for need in needs if ASKS[need.spec.name].endpoint is endpoint]
        if wanted:
            parts.append(section(connect, cloud, wanted, workspaces))
    parts.append(_TAIL)
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


def _compliance(connect: Connection, _cloud: str, needs: Sequence[Need], _known: tuple[str, ...] | None) -> str:
    opening = (
        _NO_SESSION,
        f"    Connect-IPPSSession{connect.compliance}",
        "    $By = Get-ExchangeAccount",
    )
    return _block(Endpoint.SECURITY_COMPLIANCE, opening, needs, (_NO_SESSION,))


def _exchange(connect: Connection, _cloud: str, needs: Sequence[Need], _known: tuple[str, ...] | None) -> str:
    opening = (
        _NO_SESSION,
        f"    Connect-ExchangeOnline{connect.exchange} -ShowBanner:$false",
        "    $By = Get-ExchangeAccount",
    )
    return _block(Endpoint.EXCHANGE_ONLINE, opening, needs, (_NO_SESSION,))


def _graph(connect: Connection, _cloud: str, needs: Sequence[Need], _known: tuple[str, ...] | None) -> str:
    scopes = sorted({quoted(scope) for need in needs if (scope := ASKS[need.spec.name].scope) is not None})
    opening = (
        f"    Connect-MgGraph -Environment {connect.graph} -TenantId $TenantId -Scopes {', '.join(scopes)} -NoWelcome",
        "    Assert-Tenant (Get-MgContext).TenantId",
        "    $By = (Get-MgContext).Account",
    )
    closing = ("    Disconnect-MgGraph | Out-Null",)
    return f"{_GRAPH_HELPERS}\n{_block(Endpoint.GRAPH, opening, needs, closing)}"


def _azure(connect: Connection, cloud: str, needs: Sequence[Need], known: tuple[str, ...] | None) -> str:
    root = (CLOUDS[cloud] if cloud in CLOUDS else CLOUDS["commercial"]).arm
    opening = (
        f"    # before: az cloud set --name {connect.azure}; az login --tenant <tenant>",
        "    Assert-Tenant (az account show --query tenantId --output tsv)",
        "    $By = az account show --query user.name --output tsv",
    )
    helpers = _AZURE_HELPERS.replace("{root}", quoted(root)).replace("{workspaces}", _workspaces(known))
    return f"{helpers}\n{_block(Endpoint.AZURE_RESOURCE_MANAGER, opening, needs)}"


def _workspaces(known: tuple[str, ...] | None) -> str:
    if known is not None:
        ids = (quoted(one) for one in known if _WORKSPACE.fullmatch(one))
        return f"    @({', '.join(ids)})"
    return (
        f"    Get-ArmRows {quoted(DIAGNOSTIC_SETTINGS)} |\n"
        "        ForEach-Object { $_.properties.workspaceId } |\n"
        "        Where-Object { $_ } | Sort-Object -Unique"
    )


_SECTIONS: Final = {
    Endpoint.SECURITY_COMPLIANCE: _compliance,
    Endpoint.EXCHANGE_ONLINE: _exchange,
    Endpoint.GRAPH: _graph,
    Endpoint.AZURE_RESOURCE_MANAGER: _azure,
}
"""In the order in which the script goes: Security & Compliance before Exchange Online."""

_HEAD: Final = """\
#Requires -Version 5.1
# Written by lookback. It reads settings and saves them beside itself; it changes nothing in the tenant.
# What it runs: Get- cmdlets, Invoke-MgGraphRequest -Method GET, az rest --method get. Read it before you run it.
# A file that is there already is left alone, so several people can each run the part that their role allows:
#   .\\export.ps1 -Only security_compliance
param(
    [ValidateSet('security_compliance', 'exchange_online', 'graph', 'azure_resource_manager')]
    [string[]]$Only = @('security_compliance', 'exchange_online', 'graph', 'azure_resource_manager'),
    [string]$Out = $PSScriptRoot
)
$ErrorActionPreference = 'Stop'
$TenantId = {tenant}
"""

_HELPERS: Final = """\
function Assert-Tenant($Found) {
    if ($Found -ne $TenantId) { throw "signed in to tenant $Found; the files are asked of $TenantId" }
}

function Get-ExchangeAccount {
    $connection = @(Get-ConnectionInformation)[-1]
    Assert-Tenant $connection.TenantID
    $connection.UserPrincipalName
}

function Save-Provenance([string]$File, $Entry) {
    $path = Join-Path $Out 'provenance.yaml'
    $lines = @('version: 1', 'files:')
    if (Test-Path -LiteralPath $path) { $lines = @(Get-Content -LiteralPath $path -Encoding UTF8) }
    $others = @($lines | Where-Object { -not $_.StartsWith("  ${File}:") })
    $line = "  ${File}: " + (ConvertTo-Json -InputObject $Entry -Compress)
    Set-Content -LiteralPath $path -Value ($others + $line) -Encoding UTF8
}

function Save-Export([string]$File, [string]$Endpoint, [string]$By, [scriptblock]$Command) {
    $path = Join-Path $Out $File
    if (Test-Path -LiteralPath $path) { Write-Warning "$File is there already and was left alone"; return }
    try {
        $rows = @(& $Command)
        $when = (Get-Date).ToUniversalTime().ToString('yyyy-MM-ddTHH:mm:ssZ', [cultureinfo]::InvariantCulture)
        Set-Content -LiteralPath $path -Value (ConvertTo-Json -InputObject $rows -Depth 12) -Encoding UTF8
        Save-Provenance $File ([ordered]@{
            by = $By; when = $when; command = $Command.ToString().Trim(); endpoint = $Endpoint; rows = $rows.Count
        })
        Write-Host "${File}: $($rows.Count) rows"
    }
    catch { Write-Warning "${File} was not exported: $($_.Exception.Message)" }
}
"""

_GRAPH_HELPERS: Final = """\
function Get-GraphPage([string]$Address) {
    (Invoke-MgGraphRequest -Method GET -Uri $Address -OutputType PSObject).value
}

function Get-GraphRows([string]$Address) {
    while ($Address) {
        $page = Invoke-MgGraphRequest -Method GET -Uri $Address -OutputType PSObject
        $page.value
        $Address = $page.'@odata.nextLink'
    }
}
"""

_AZURE_HELPERS: Final = """\
$Arm = {root}

function Get-ArmAnswer([string]$Address) {
    if ($Address.StartsWith('/')) { $Address = $Arm + $Address }
    if (-not $Address.StartsWith($Arm + '/')) { throw "not an address that is asked here: $Address" }
    # az is a batch file on Windows, and cmd.exe would obey an ampersand or a percent sign
    $plain = '^[A-Za-z0-9/:.?=_()-]+\\z'
    if ($PSVersionTable.PSEdition -eq 'Core' -and -not $IsWindows) { $plain = '^[A-Za-z0-9/:.?=_()$%&,~+-]+\\z' }
    if ($Address -notmatch $plain) {
        throw "az on Windows cannot be given $Address; run this in Azure Cloud Shell: -Only azure_resource_manager"
    }
    $text = az rest --method get --url $Address --resource $Arm --only-show-errors
    if ($LASTEXITCODE -ne 0) { throw "az rest refused $Address" }
    ($text -join "`n") | ConvertFrom-Json
}

function Get-ArmRows([string]$Address) {
    while ($Address) {
        $page = Get-ArmAnswer $Address
        $page.value
        $Address = $page.nextLink
    }
}

function Get-Workspaces {
{workspaces}
}
"""

_TAIL: Final = """\
Write-Host 'Done. Hand back the whole folder.'
"""
