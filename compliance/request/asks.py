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
from compliance.evidence.parents import BLOBS, MAY_BE_EMPTY, PARENT_OF, Parent, of_each
from compliance.evidence.views import MAILBOX_DATASETS, ROWS
from compliance.rules.resource_graph import RESOURCE_QUERY, ROWS_PER_PAGE
from compliance.sources.imported import Endpoint
from compliance.sources.imported.azure_commands import asked_of_each

DIAGNOSTIC_SETTINGS: Final = "/providers/microsoft.aadiam/diagnosticSettings?api-version=2017-04-01"
SUBSCRIPTIONS: Final = "/subscriptions?api-version=2022-12-01"


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
_AZ_REST: Final = 'In Azure Cloud Shell, `az rest --method get --url "{address}"`, and save the answer.'
_EXCHANGE_READER: Final = "Entra Global Reader, or an Exchange role group with View-Only Configuration"
_RECIPIENTS_READER: Final = "Entra Global Reader, or an Exchange role group with View-Only Recipients"
_READER: Final = "Azure Reader on the tenant's root management group, or on every subscription"
_STORE_READER: Final = "Azure Reader on the subscriptions that hold the logs"
_WORKSPACE_READER: Final = "Azure Log Analytics Reader on the workspaces (or Reader)"
_SENTINEL_READER: Final = "Azure Microsoft Sentinel Reader on the workspaces (or Reader)"
_MONITORING_READER: Final = "Azure Monitoring Reader (or Reader)"
_EACH: Final[Mapping[Parent, tuple[str, str]]] = MappingProxyType(
    {
        Parent.SUBSCRIPTION: ("SUBSCRIPTION_ID", "subscription"),
        Parent.WORKSPACE: ("WORKSPACE_ID", "Log Analytics workspace"),
        Parent.SENTINEL: ("WORKSPACE_ID", "workspace with Microsoft Sentinel"),
        Parent.NAMESPACE: ("NAMESPACE_ID", "Event Hubs namespace that a diagnostic setting or data export rule names"),
        Parent.CLUSTER: ("CLUSTER_ID", "Azure Data Explorer cluster"),
        Parent.DATABASE: ("DATABASE_ID", "Azure Data Explorer database"),
        Parent.ACCOUNT: (
            "ACCOUNT_ID",
            "storage account that a diagnostic setting, a data export rule or Capture of an event hub names",
        ),
        Parent.STORE: (
            "STORE_ID",
            "workspace that diagnostic settings name or that has Microsoft Sentinel, and each storage account that logs"
            f" are sent to, its id with {BLOBS} behind it",
        ),
        Parent.STORE_SUBSCRIPTION: ("SUBSCRIPTION_ID", "subscription that holds a store of logs"),
    }
)
"""What stands for the id of what a dataset is asked of, and what that is, in words."""


def _exchange(name: str, role: str = _EXCHANGE_READER, command: str | None = None) -> Ask:
    command = _cmdlet(name) if command is None else command
    return Ask(Endpoint.EXCHANGE_ONLINE, command, role, _CLOUD_SHELL.format(command=command))


def _graph(address: str, scope: str, role: str, *, latest: bool = False) -> Ask:
    helper = "Get-GraphPage" if latest else "Get-GraphRows"
    return Ask(Endpoint.GRAPH, f"{helper} '/v1.0/{address}'", role, _GRAPH_EXPLORER.format(address=address), scope)


def _azure(command: str, role: str, by_hand: str) -> Ask:
    return Ask(Endpoint.AZURE_RESOURCE_MANAGER, command, role, by_hand)


def _each(name: str, role: str, more: str = "") -> Ask:
    """Of a dataset that is asked of one resource after the other."""
    stands_for, words = _EACH[PARENT_OF[name]]
    address = f"{stands_for}{of_each(DATASETS[name])}{more}"
    by_hand = (
        f'In Azure Cloud Shell, `az rest --method get --url "{address}"` for each {words}. The rows of all of them go'
        " into one array."
    )
    if name in MAY_BE_EMPTY:
        by_hand += " In `provenance.yaml`, list under `asked` the id of every one that answered, also without rows."
    return _azure(asked_of_each(name), role, by_hand)


_OF_STORES: Final = (
    "arm.event_hubs",
    "arm.adx_databases",
    "arm.adx_data_connections",
    "arm.storage_accounts",
    "arm.lifecycle_policies",
    "arm.blob_containers",
    "arm.blob_services",
    "arm.locks",
    "arm.role_assignments",
    "arm.role_definitions",
    "arm.role_assignment_schedules",
    "arm.role_eligibilities",
)

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
            _AZ_REST.format(address=DIAGNOSTIC_SETTINGS),
        ),
        "arm.subscriptions": _azure(
            f"Get-ArmRows '{SUBSCRIPTIONS}'",
            _READER,
            _AZ_REST.format(address=SUBSCRIPTIONS),
        ),
        "arm.activity_log_settings": _each("arm.activity_log_settings", f"{_MONITORING_READER} on every subscription"),
        "arm.resources": _azure(
            "Get-Resources",
            _READER,
            f'In Azure Cloud Shell, `az graph query -q "{RESOURCE_QUERY}" --first {ROWS_PER_PAGE} --query data`, and'
            " save the answer. In `provenance.yaml`, list under `asked` the id of every subscription that you can see.",
        ),
        **{name: _each(name, _WORKSPACE_READER) for name in ("arm.workspaces", "arm.tables", "arm.data_exports")},
        **{name: _each(name, _SENTINEL_READER) for name in ("arm.sentinel_onboarding", "arm.data_connectors")},
        **{name: _each(name, _STORE_READER) for name in _OF_STORES},
        "arm.store_diagnostic_settings": _each(
            "arm.store_diagnostic_settings", f"{_MONITORING_READER} on the stores of logs"
        ),
        "arm.activity_events": _each(
            "arm.activity_events",
            f"{_MONITORING_READER} on the subscriptions that hold the logs",
            "&%24filter=eventTimestamp ge '89_DAYS_AGO' and eventTimestamp le 'NOW' and resourceProvider eq"
            " 'Microsoft.OperationalInsights'",
        ),
    }
)
"""Every dataset, and how it is had."""
