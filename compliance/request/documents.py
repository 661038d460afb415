"""The papers beside the script: STEPS.md, provenance.yaml, and a list of retention policies to fill in."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Final

from compliance.evidence.attested import PORTAL_DURATIONS, RETENTION_POLICIES
from compliance.evidence.bundle import Bundle
from compliance.evidence.parents import MAY_BE_EMPTY
from compliance.request.asks import ASKS
from compliance.request.needs import Need
from compliance.request.script import SCRIPT, connection_of
from compliance.sources.imported import Endpoint

STEPS: Final = "STEPS.md"
TEMPLATE: Final = "retention_policies.template.yaml"
POLICIES: Final = "purview.audit_retention_policies"

_MARKUP: Final = re.compile(r"([\\`*_\[\]<>()#!|~&:.@])")
_MODULES: Final = {
    Endpoint.SECURITY_COMPLIANCE: "`Install-Module ExchangeOnlineManagement -Scope CurrentUser`",
    Endpoint.EXCHANGE_ONLINE: "`Install-Module ExchangeOnlineManagement -Scope CurrentUser`",
    Endpoint.GRAPH: "`Install-Module Microsoft.Graph.Authentication -Scope CurrentUser`",
    Endpoint.AZURE_RESOURCE_MANAGER: "the Azure CLI, then `az cloud set --name {azure}` and"
    " `az login --allow-no-subscriptions`",
}


def plain(text: str) -> str:
    """Text of a tenant or service as Markdown shows it and does not obey it, on one line."""
    line = " ".join("".join(character if character.isprintable() else " " for character in text).split())
    return _MARKUP.sub(r"\\\1", line)


def steps(bundle: Bundle, needs: Sequence[Need]) -> str:
    """Return STEPS.md: what is missing and why, how to get it with the script and without, how to hand it back."""
    manifest = bundle.manifest
    name = "" if manifest.tenant.name is None else f"{plain(manifest.tenant.name)}, "
    endpoints = dict.fromkeys(ASKS[need.spec.name].endpoint for need in needs)
    azure = connection_of(manifest.cloud).azure
    modules = dict.fromkeys(_MODULES[endpoint].format(azure=azure) for endpoint in endpoints)
    lines = [
        "# What is asked for",
        "",
        f"Tenant: {name}{plain(manifest.tenant.id)}, cloud: {plain(manifest.cloud)}. It completes the evidence bundle",
        f"whose manifest has the SHA-256 {bundle.digest}.",
        "",
        "Nothing here changes a setting. Every file is optional: what is not handed back stays open.",
        "",
        "| File | Why it is missing | Checks that wait for it | Role to read it |",
        "| --- | --- | --- | --- |",
        *(
            f"| {need.spec.export_file} | {plain(need.why)} | {', '.join(need.checks)} | {ASKS[need.spec.name].role} |"
            for need in needs
        ),
        "",
        "## With the script",
        "",
        "1. In Windows PowerShell 5.1 or PowerShell 7, install what it needs, once:",
        *(f"   - {module}" for module in modules),
        f"2. Read `{SCRIPT}`: it runs `Get-` cmdlets and GET requests and nothing else.",
        f"3. Run it in this folder: `powershell -File {SCRIPT}` (or `pwsh -File {SCRIPT}`). Where no one person has",
        f"   all the roles, each runs a part: `-Only {'`, `-Only '.join(endpoints)}`.",
        "   It writes each file and its line in `provenance.yaml`. Where Windows blocks it because it came by mail:",
        f"   `Unblock-File {SCRIPT}`.",
        "",
        "## Without the script",
        "",
        "Save each file under its name in this folder. In `provenance.yaml`, give who exported it (`by`), when",
        "(`when: 2026-11-20T09:15:00Z`), the command as it was run, and how many rows the file holds (`rows`).",
        "",
        *(line for need in needs for line in _by_hand(need)),
        "## Hand it back",
        "",
        "Whoever holds the bundle runs `lookback import THIS_FOLDER --into BUNDLE`, then `lookback check BUNDLE`.",
    ]
    if any(need.held for need in needs):
        lines += [
            "",
            "Of these the bundle holds rows, and what was read is never replaced: import them into a bundle of their",
            f"own (`-o`), or collect again: {', '.join(plain(need.spec.export_file) for need in needs if need.held)}.",
        ]
    return "\n".join(lines) + "\n"


def _by_hand(need: Need) -> tuple[str, ...]:
    return (f"### {need.spec.export_file}", "", ASKS[need.spec.name].by_hand, "")


def provenance(needs: Sequence[Need]) -> str:
    """Return provenance.yaml with a line per file, which the script replaces, or a person fills in."""
    lines = ["version: 1", "files:"]
    for need in needs:
        ask = ASKS[need.spec.name]
        entry = {"by": None, "when": None, "command": ask.command, "endpoint": ask.endpoint.value, "rows": None}
        entry |= {"asked": None} if need.spec.name in MAY_BE_EMPTY else {}
        lines.append(f"  {need.spec.export_file}: {json.dumps(entry)}")
    return "\n".join(lines) + "\n"


def policies_template(tenant_id: str) -> str:
    """Return the list of retention policies to type in from the portal; it is refused until it is filled in."""
    return f"""\
# The audit retention policies as the Microsoft Purview portal shows them. Copy this file to {RETENTION_POLICIES}
# and fill it in; do not do so where Get-UnifiedAuditLogRetentionPolicy.json could be exported, which is better.
version: 1
tenant: {json.dumps(tenant_id)}
by:         # who looked, such as a work address
when:       # when, with the offset from UTC: 2026-11-20T09:15:00Z
where:      # where: the portal and the page
# policies: []   says that the list was empty. Otherwise every policy in it, none left out:
policies:
#  - name: Mail access 1 year
#    priority: 20
#    duration: 1 year                        # {", ".join(PORTAL_DURATIONS)}
#    record_types: [ExchangeItemAggregated]  # [] where the policy is for all
#    operations: [MailItemsAccessed]         # [] where it is for all
#    users: []                               # [] where it is for all
#    in_force: true                          # false where the portal shows it as switched off or being deleted
"""
