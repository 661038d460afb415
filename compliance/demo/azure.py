"""The facts of a simulated tenant's Azure: what is exported, where to, and how long it is kept there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import TypeAlias

from compliance.demo.azure_access import ActivityEvent, Lock, RoleDefinition, RoleHolder
from compliance.demo.azure_stores import Cluster, Namespace, StorageAccount
from compliance.demo.odd import NOT_ODD, Odd

ENTRA_TABLES = MappingProxyType(
    {
        "AuditLogs": "AuditLogs",
        "SignInLogs": "SigninLogs",
        "NonInteractiveUserSignInLogs": "AADNonInteractiveUserSignInLogs",
        "ServicePrincipalSignInLogs": "AADServicePrincipalSignInLogs",
        "ManagedIdentitySignInLogs": "AADManagedIdentitySignInLogs",
        "ProvisioningLogs": "AADProvisioningLogs",
        "ADFSSignInLogs": "ADFSSignInLogs",
        "RiskyUsers": "AADRiskyUsers",
        "UserRiskEvents": "AADUserRiskEvents",
        "RiskyServicePrincipals": "AADRiskyServicePrincipals",
        "ServicePrincipalRiskEvents": "AADServicePrincipalRiskEvents",
        "EnrichedOffice365AuditLogs": "EnrichedMicrosoft365AuditLogs",
        "MicrosoftGraphActivityLogs": "MicrosoftGraphActivityLogs",
    }
)
"""The table that each category of Entra's logs arrives in (Microsoft Learn, "Azure Monitor Logs table reference")."""

ACTIVITY_CATEGORIES = (
    "Administrative",
    "Security",
    "ServiceHealth",
    "Alert",
    "Recommendation",
    "Policy",
    "Autoscale",
    "ResourceHealth",
)
"""The categories of the Activity log (Microsoft Learn, "Activity log in Azure Monitor")."""


@dataclass(slots=True)
class DiagnosticSetting:
    """A diagnostic setting: the categories and groups that it exports, and where to.

    Destinations are resource ids, None where one is not used.
    """

    name: str
    categories: tuple[str, ...] = ()
    category_groups: tuple[str, ...] = ()
    workspace_id: str | None = None
    storage_account_id: str | None = None
    event_hub_authorization_rule_id: str | None = None
    event_hub_name: str | None = None
    marketplace_partner_id: str | None = None
    odd: Odd = NOT_ODD


@dataclass(slots=True)
class Table:
    """A table of a workspace; `plan` is Analytics, Basic or Auxiliary, and the days are those in effect."""

    name: str
    retention_in_days: int
    total_retention_in_days: int
    plan: str = "Analytics"
    odd: Odd = NOT_ODD


@dataclass(frozen=True, slots=True, eq=False)
class CommonTables:
    """Tables that many workspaces have alike. They are never changed, so that an answer is made of them only once."""

    tables: tuple[Table, ...]


@dataclass(slots=True)
class DataExport:
    """A data export rule of a workspace; `destination_id` is a storage account, a namespace or an event hub."""

    name: str
    tables: tuple[str, ...]
    destination_id: str
    created: datetime
    event_hub_name: str | None = None
    enabled: bool = True
    odd: Odd = NOT_ODD


@dataclass(slots=True)
class Connector:
    """A data connector of Microsoft Sentinel; `data_types` says of each kind of data whether it is brought in."""

    name: str
    kind: str
    data_types: dict[str, bool]
    odd: Odd = NOT_ODD


@dataclass(slots=True)
class Workspace:
    """A Log Analytics workspace; `retention_in_days` holds for tables that say nothing of their own.

    `ingestion` is RespectQuota, ForceOn, ForceOff, OverQuota, SubscriptionSuspended or ApproachingQuota.
    `settings` are its own diagnostic settings: who reads it. Without `sentinel` it has no connectors.
    `common` stands in place of `tables` where there are very many workspaces.
    """

    id: str
    created: datetime
    modified: datetime
    retention_in_days: int = 30
    tables: list[Table] = field(default_factory=list)
    exports: list[DataExport] = field(default_factory=list)
    sentinel: bool = False
    connectors: list[Connector] = field(default_factory=list)
    settings: list[DiagnosticSetting] = field(default_factory=list)
    ingestion: str = "RespectQuota"
    daily_quota_gb: float = -1.0
    common: CommonTables | None = None
    odd: Odd = NOT_ODD

    @property
    def name(self) -> str:
        """The last segment of its resource id."""
        return self.id.rsplit("/", 1)[-1]


@dataclass(slots=True)
class Subscription:
    """An Azure subscription, and the diagnostic settings of its Activity log.

    `state` is Enabled, Warned, PastDue, Disabled or Deleted. `tenant_id` is that of another tenant which lets this one
    manage it, or which owns it alone; None for a subscription of one's own.
    """

    id: str
    display_name: str
    state: str = "Enabled"
    settings: list[DiagnosticSetting] = field(default_factory=list)
    tenant_id: str | None = None
    odd: Odd = NOT_ODD


@dataclass(slots=True)
class Quota:
    """The queries of Resource Graph since the real time `since`, of which a user has a few in some seconds."""

    since: datetime | None = None
    queries: int = 0


Resource: TypeAlias = Workspace | StorageAccount | Namespace | Cluster
"""What has a resource id of its own."""


@dataclass(slots=True)
class Azure:
    """All of it; `settings` are those of Microsoft Entra ID, and `gone_groups` ids of resource groups deleted."""

    settings: list[DiagnosticSetting] = field(default_factory=list)
    subscriptions: list[Subscription] = field(default_factory=list)
    workspaces: list[Workspace] = field(default_factory=list)
    storage_accounts: list[StorageAccount] = field(default_factory=list)
    namespaces: list[Namespace] = field(default_factory=list)
    clusters: list[Cluster] = field(default_factory=list)
    locks: list[Lock] = field(default_factory=list)
    role_holders: list[RoleHolder] = field(default_factory=list)
    custom_roles: list[RoleDefinition] = field(default_factory=list)
    events: list[ActivityEvent] = field(default_factory=list)
    gone_groups: list[str] = field(default_factory=list)
    page_size: int = 1000
    quota: Quota = field(default_factory=Quota, compare=False)

    @property
    def resources(self) -> Iterator[Resource]:
        """Every resource, of whatever kind."""
        yield from self.workspaces
        yield from self.storage_accounts
        yield from self.namespaces
        yield from self.clusters

    def subscription(self, subscription_id: str) -> Subscription | None:
        """The subscription of this id, in any letter case."""
        wanted = subscription_id.lower()
        return next((one for one in self.subscriptions if one.id.lower() == wanted), None)
