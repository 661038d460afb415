"""The parts of export.ps1 that are the same for every tenant, and the blanks in them.

Everything that asks goes through `Get-` cmdlets, Invoke-MgGraphRequest -Method GET or az rest --method get.
"""

from __future__ import annotations

from typing import Final

HEAD: Final = """\
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
"""How the script begins; `{tenant}` is the id of the tenant as a text of PowerShell."""

HELPERS: Final = """\
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

function Get-Utc([int]$DaysAgo) {
    (Get-Date).ToUniversalTime().AddDays(-$DaysAgo).ToString('yyyy-MM-ddTHH:mm:ssZ', [cultureinfo]::InvariantCulture)
}

function Save-Export([string]$File, [string]$Endpoint, [string]$By, [scriptblock]$Command) {
    $path = Join-Path $Out $File
    if (Test-Path -LiteralPath $path) { Write-Warning "$File is there already and was left alone"; return }
    try {
        $script:Asked = $null
        $rows = @(& $Command)
        Set-Content -LiteralPath $path -Value (ConvertTo-Json -InputObject $rows -Depth 24) -Encoding UTF8
        $entry = [ordered]@{
            by = $By; when = Get-Utc 0; command = $Command.ToString().Trim(); endpoint = $Endpoint; rows = $rows.Count
        }
        if ($null -ne $script:Asked) { $entry.asked = [string[]]$script:Asked }
        Save-Provenance $File $entry
        Write-Host "${File}: $($rows.Count) rows"
    }
    catch { Write-Warning "${File} was not exported: $($_.Exception.Message)" }
}
"""
"""What saves an answer and its line of provenance."""

GRAPH_HELPERS: Final = """\
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
"""What asks Microsoft Graph."""

AZURE_HELPERS: Final = """\
$Arm = {root}
# What the evidence names already. The rest is looked up below, where it is needed.
$Ids = @{
{known}
}
$LookUp = @{
    subscriptions = { (Get-ArmRows {subscriptions}).id }
    workspaces = { (Get-Settings).properties.workspaceId; @((Get-Found).id) -match '/workspaces/' }
    sentinel = { ({onboarding}).id -replace '/providers/Microsoft.SecurityInsights/.*' }
    namespaces = {
        (Get-Settings).properties.eventHubAuthorizationRuleId -replace '/authorizationRules/.*'
        @(Get-ExportTargets) -match '/namespaces/' -replace '/eventhubs/.*'
    }
    clusters = { @((Get-Found).id) -match '/clusters/' -replace '/databases/.*' }
    databases = { @((Get-Found).id) -match '/databases/'; ({databases}).id }
    accounts = {
        (Get-Settings).properties.storageAccountId
        @(Get-ExportTargets) -match '/storageAccounts/'
        ({hubs}).properties.captureDescription.destination.properties.storageAccountResourceId
    }
    stores = {
        (Get-Settings).properties.workspaceId
        Get-Ids 'sentinel'
        Get-Ids 'accounts' | ForEach-Object { "${_}{blobs}" }
    }
    storeSubscriptions = { (Get-Ids 'stores') -replace '(/subscriptions/[^/]+)/.*', '$1' }
}
# The window of the Activity log, which goes back 90 days.
$Since = "%24filter=eventTimestamp%20ge%20%27$(Get-Utc 89)%27%20and%20eventTimestamp%20le%20%27$(Get-Utc 0)%27" +
    '%20and%20resourceProvider%20eq%20%27Microsoft.OperationalInsights%27'

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

function Get-Ids([string]$Kind) {
    if ($null -eq $Ids[$Kind]) { $Ids[$Kind] = @(& $LookUp[$Kind] | Where-Object { $_ } | Sort-Object -Unique) }
    $Ids[$Kind]
}

# Asks every resource of a kind. One that refuses or is not there is left out, and is not among those that were asked.
function Get-OfEach([string]$Kind, [string]$Rest, [scriptblock]$Read) {
    $each = @(Get-Ids $Kind)
    $answered = @()
    foreach ($id in $each) {
        try { $rows = @(& $Read "$id$Rest") }
        catch { Write-Warning "left out: $($_.Exception.Message)"; continue }
        $rows
        $answered += $id
    }
    if ($each.Count -and -not $answered.Count) { throw "none of $($each.Count) $Kind answered" }
    $script:Asked = $answered
}

function Get-EachRows([string]$Kind, [string]$Rest) {
    Get-OfEach $Kind $Rest { param($address) Get-ArmRows $address }
}

function Get-EachAnswer([string]$Kind, [string]$Rest) {
    Get-OfEach $Kind $Rest { param($address) Get-ArmAnswer $address }
}

function Get-Settings {
    if ($null -eq $script:Settings) { $script:Settings = @(Get-ArmRows {settings}; {activity}) }
    $script:Settings
}

function Get-Found {
    if ($null -eq $script:Found) { $script:Found = @(Get-Resources) }
    $script:Found
}

function Get-ExportTargets {
    ({exports}).properties.destination.resourceId
}

function Get-Resources {
    Get-EachRows 'subscriptions' '/resources?api-version=2021-04-01' |
        Where-Object { $_.type -match '^Microsoft\\.(OperationalInsights/workspaces|Kusto/clusters(/databases)?)$' } |
        ForEach-Object { [pscustomobject]@{ id = $_.id; name = $_.name; type = $_.type.ToLowerInvariant() } }
}
"""
"""What asks Azure Resource Manager, and looks up what the evidence does not name."""

TAIL: Final = """\
Write-Host 'Done. Hand back the whole folder.'
"""
"""How the script ends."""
