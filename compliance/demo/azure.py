"""The facts of a simulated tenant's Azure: what Entra ID exports, where to, and how long it is kept there."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

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


@dataclass(slots=True)
class Table:
    """A table of a workspace; `plan` is Analytics, Basic or Auxiliary, and the days are those in effect."""

    name: str
    retention_in_days: int
    total_retention_in_days: int
    plan: str = "Analytics"
    odd: Odd = NOT_ODD


@dataclass(slots=True)
class Workspace:
    """A Log Analytics workspace; `retention_in_days` holds for tables that say nothing of their own."""

    id: str
    created: datetime
    modified: datetime
    retention_in_days: int = 30
    tables: list[Table] = field(default_factory=list)
    odd: Odd = NOT_ODD

    @property
    def name(self) -> str:
        """The last segment of its resource id."""
        return self.id.rsplit("/", 1)[-1]


@dataclass(slots=True)
class DiagnosticSetting:
    """A diagnostic setting of Entra ID: the categories and groups that it exports, and where to.

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
class Subscription:
    """An Azure subscription of the tenant."""

    id: str
    display_name: str
    state: str = "Enabled"
    odd: Odd = NOT_ODD


@dataclass(slots=True)
class Azure:
    """All of it."""

    settings: list[DiagnosticSetting] = field(default_factory=list)
    subscriptions: list[Subscription] = field(default_factory=list)
    workspaces: list[Workspace] = field(default_factory=list)
    page_size: int = 1000
