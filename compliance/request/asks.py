"""How an administrator gets each dataset: by which command, in which role, and by which page where there is one.

Roles are those of a person who signs in, by Microsoft Learn's page on each cmdlet or API; where a role may also change
something, that is said. Pages: Microsoft Learn, "Manage audit log retention policies", "Configure Microsoft Entra
diagnostic settings", "Azure Cloud Shell".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import msgspec

from compliance.evidence.datasets import DATASETS
from compliance.evidence.views import MAILBOX_DATASETS, ROWS
from compliance.sources.imported import Endpoint

DIAGNOSTIC_SETTINGS: Final = "/providers/microsoft.aadiam/diagnosticSettings?api-version=2017-04-01"
_SUBSCRIPTIONS: Final = "/subscriptions?api-version=2022-12-01"


@dataclass(frozen=True, slots=True)
class Ask:
    """How a dataset is had.

    `command` is PowerShell that gives its rows, with the helpers that the script defines. `scope` is the delegated
    permission of Microsoft Graph that it takes, elsewhere None. `by_hand` says how without a script.
    """

    endpoint: Endpoint
    command: str
    role: str
    by_hand: str
    scope: str | None = None


def _properties(name: str) -> str:
    fields = msgspec.structs.fields(ROWS[name])
    return ", ".join(field.encode_name for field in fields)


def _cmdlet(name: str) -> str:
    """The cmdlet, which stops at its first error and gives the properties that are judged and no others."""
    call = DATASETS[name].request.partition(" (")[0]
    return f"{call} -ErrorAction Stop | Select-Object -Property {_properties(name)}"


_CLOUD_SHELL: Final = (
    "No portal page shows it whole. In Azure Cloud Shell (PowerShell), which needs nothing installed, connect as"
    " export.ps1 does, and run `{command} | ConvertTo-Json -Depth 12`."
)
_GRAPH_EXPLORER: Final = (
    "In Graph Explorer (worldwide cloud only), GET `/v1.0/{address}` and save the answer. It counts as whole only where"
    " it ends without @odata.nextLink."
)
_AZ_REST: Final = "In Azure Cloud Shell, `az rest --method get --url {address}`, and save the answer"
_EXCHANGE_READER: Final = "Entra Global Reader, or an Exchange role group with View-Only Configuration"
_RECIPIENTS_READER: Final = "Entra Global Reader, or an Exchange role group with View-Only Recipients"
_WORKSPACE_READER: Final = "Azure Log Analytics Reader on the workspaces (or Reader)"


def _exchange(name: str, role: str = _EXCHANGE_READER, command: str | None = None) -> Ask:
    command = _cmdlet(name) if command is None else command
    return Ask(Endpoint.EXCHANGE_ONLINE, command, role, _CLOUD_SHELL.format(command=command))


def _graph(address: str, scope: str, role: str, *, latest: bool = False) -> Ask:
    helper = "Get-GraphPage" if latest else "Get-GraphRows"
    return Ask(Endpoint.GRAPH, f"{helper} '/v1.0/{address}'", role, _GRAPH_EXPLORER.format(address=address), scope)


def _azure(command: str, role: str, by_hand: str) -> Ask:
    return Ask(Endpoint.AZURE_RESOURCE_MANAGER, command, role, by_hand)


ASKS: Final[Mapping[str, Ask]] = MappingProxyType(
    {
        "graph.organization": _graph("organization", "Organization.Read.All", "any member of the directory"),
        "graph.subscribed_skus": _graph("subscribedSkus", "LicenseAssignment.Read.All", "Entra Global Reader"),
        "graph.users": _graph(
            f"users?$select={_properties('graph.users').replace(' ', '')}&$top=999",
            "User.Read.All",
            "Entra Global Reader or Directory Readers",
        ),
        "graph.secure_score": _graph(
            "security/secureScores?$top=1", "SecurityEvents.Read.All", "Entra Security Reader", latest=True
        ),
        "graph.role_assignments": _graph(
            "roleManagement/directory/roleAssignments?$expand=principal",
            "RoleManagement.Read.Directory",
            "Entra Global Reader",
        ),
        "graph.role_eligibilities": _graph(
            "roleManagement/directory/roleEligibilityScheduleInstances?$expand=principal",
            "RoleEligibilitySchedule.Read.Directory",
            "Entra Global Reader",
        ),
        # its dates may be null, and Select-Object would give null for a property that is not there
        "exchange.admin_audit_log_config": _exchange(
            "exchange.admin_audit_log_config", command="Get-AdminAuditLogConfig -ErrorAction Stop"
        ),
        "exchange.organization_config": _exchange("exchange.organization_config"),
        "exchange.mailbox_audit_bypass": _exchange("exchange.mailbox_audit_bypass"),
        **{name: _exchange(name, _RECIPIENTS_READER) for name in MAILBOX_DATASETS},
        "exchange.role_groups": _exchange("exchange.role_groups"),
        "exchange.audit_role_assignments": _exchange("exchange.audit_role_assignments"),
        "purview.audit_retention_policies": Ask(
            Endpoint.SECURITY_COMPLIANCE,
            "Get-UnifiedAuditLogRetentionPolicy -ErrorAction Stop",
            "Entra Compliance Administrator, or a Purview role group with Organization Configuration; both may also"
            " change the policies, and no role that only reads is enough",
            "In the Microsoft Purview portal, Audit, open the list of audit retention policies. Copy"
            " retention_policies.template.yaml to retention_policies.yaml and type in what it shows. What passes on a"
            " list that was typed in is marked as attested.",
        ),
        "purview.role_groups": Ask(
            Endpoint.SECURITY_COMPLIANCE,
            _cmdlet("purview.role_groups"),
            "Entra Global Reader or Compliance Administrator",
            _CLOUD_SHELL.format(command=_cmdlet("purview.role_groups")),
        ),
        "arm.entra_diagnostic_settings": _azure(
            f"Get-ArmRows '{DIAGNOSTIC_SETTINGS}'",
            "Entra Security Administrator, or Azure Reader at the scope /providers/Microsoft.aadiam; Global Reader is"
            " not enough",
            f"{_AZ_REST.format(address=DIAGNOSTIC_SETTINGS)}.",
        ),
        "arm.subscriptions": _azure(
            f"Get-ArmRows '{_SUBSCRIPTIONS}'",
            "Azure Reader on the subscriptions with the logs",
            f"{_AZ_REST.format(address=_SUBSCRIPTIONS)}.",
        ),
        "arm.workspaces": _azure(
            'Get-Workspaces | ForEach-Object { Get-ArmAnswer "${_}?api-version=2023-09-01" }',
            _WORKSPACE_READER,
            "In the Azure portal, open each workspace that a diagnostic setting of Microsoft Entra ID names, JSON View,"
            " API version 2023-09-01, and save what it shows: one object, or an array of several.",
        ),
        "arm.tables": _azure(
            'Get-Workspaces | ForEach-Object { Get-ArmRows "${_}/tables?api-version=2023-09-01" }',
            _WORKSPACE_READER,
            f"{_AZ_REST.format(address='WORKSPACE_ID/tables?api-version=2023-09-01')}, for each workspace that a"
            " diagnostic setting of Microsoft Entra ID names; the rows of all of them go into one array.",
        ),
    }
)
"""Every dataset, and how it is had."""
