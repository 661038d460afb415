"""What is read from a tenant: one dataset per request plan, and the states that a reading can end in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Api(StrEnum):
    """The APIs that a tenant is read through."""

    GRAPH = "graph"
    EXCHANGE = "exchange"
    PURVIEW = "purview"


class State(StrEnum):
    """How the reading of a dataset ended; only `COMPLETE` can be counted on."""

    COMPLETE = "complete"
    PARTIAL = "partial"
    DENIED = "denied"
    UNAVAILABLE = "unavailable"
    FAILED = "failed"
    STALE = "stale"
    NOT_REQUESTED = "not_requested"


class Origin(StrEnum):
    """Who read it: lookback itself, an administrator's export, or somebody's written word."""

    COLLECTED = "collected"
    EXPORTED = "exported"
    ATTESTED = "attested"


@dataclass(frozen=True, slots=True)
class DatasetSpec:
    """A request plan.

    `least_rows` is the least plausible size of a complete answer: fewer rows mean that the reading failed, since
    no tenant is without them. A `counted` one comes with an independent count of its rows, without which nobody knows
    whether they are all. `permission` says what lets the request succeed, in the words of Microsoft's consoles.
    """

    name: str
    api: Api
    request: str
    export_file: str
    least_rows: int
    permission: str
    counted: bool = False


DATASETS: MappingProxyType[str, DatasetSpec] = MappingProxyType(
    {
        spec.name: spec
        for spec in (
            DatasetSpec(
                name="graph.organization",
                api=Api.GRAPH,
                request="GET /v1.0/organization",
                export_file="organization.json",
                least_rows=1,
                permission="Microsoft Graph application permission Organization.Read.All",
            ),
            DatasetSpec(
                name="graph.subscribed_skus",
                api=Api.GRAPH,
                request="GET /v1.0/subscribedSkus",
                export_file="subscribedSkus.json",
                least_rows=1,
                permission="Microsoft Graph application permission LicenseAssignment.Read.All"
                " (or Organization.Read.All)",
            ),
            DatasetSpec(
                name="graph.users",
                api=Api.GRAPH,
                request="GET /v1.0/users",
                export_file="users.json",
                least_rows=1,
                permission="Microsoft Graph application permission User.Read.All",
                counted=True,
            ),
            DatasetSpec(
                name="exchange.admin_audit_log_config",
                api=Api.EXCHANGE,
                request="Get-AdminAuditLogConfig",
                export_file="Get-AdminAuditLogConfig.json",
                least_rows=1,
                permission="Exchange.ManageAsApp with the Exchange role View-Only Configuration"
                " (or Entra Security Reader or Global Reader)",
            ),
            DatasetSpec(
                name="exchange.organization_config",
                api=Api.EXCHANGE,
                request="Get-OrganizationConfig",
                export_file="Get-OrganizationConfig.json",
                least_rows=1,
                permission="Exchange.ManageAsApp with the Exchange role View-Only Configuration"
                " (or Entra Global Reader; Security Reader is not enough)",
            ),
            DatasetSpec(
                name="exchange.mailbox_audit_bypass",
                api=Api.EXCHANGE,
                request="Get-MailboxAuditBypassAssociation -ResultSize Unlimited",
                export_file="Get-MailboxAuditBypassAssociation.json",
                least_rows=1,
                permission="Exchange.ManageAsApp with the Exchange role View-Only Configuration"
                " (or Entra Global Reader)",
            ),
            DatasetSpec(
                name="purview.audit_retention_policies",
                api=Api.PURVIEW,
                request="Get-UnifiedAuditLogRetentionPolicy",
                export_file="Get-UnifiedAuditLogRetentionPolicy.json",
                least_rows=0,
                permission="Purview role Organization Configuration (or Entra Compliance Administrator);"
                " no read-only role carries it, so an administrator's export is the least-privileged way",
            ),
        )
    }
)
