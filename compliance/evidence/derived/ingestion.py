"""Whether the unified audit log takes records in, and since when it can have any."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from compliance.evidence.evidence import Endpoints
from compliance.evidence.unread import Kind, Unread
from compliance.evidence.views import DATASET_OF, AdminAuditLogConfig

EXCHANGE_ONLINE = "exchange_online"


@dataclass(frozen=True, slots=True)
class IngestionSetting:
    """The switch as Exchange Online states it; `first_opt_in` is None where the tenant never says."""

    enabled: bool
    first_opt_in: dt.datetime | None


def ingestion_setting(config: AdminAuditLogConfig, endpoints: Endpoints) -> IngestionSetting | Unread:
    """Return the switch, unless it says False from an endpoint that always says so.

    Security & Compliance PowerShell always returns False for UnifiedAuditLogIngestionEnabled; only Exchange Online's
    answer counts (Microsoft Learn, Get-AdminAuditLogConfig). True is believed from either, since the other endpoint
    never says it.
    """
    dataset = DATASET_OF[AdminAuditLogConfig]
    enabled = config.unified_audit_log_ingestion_enabled
    endpoint = endpoints.by_dataset.get(dataset)
    if not enabled and endpoint != EXCHANGE_ONLINE:
        said_by = "an endpoint that is not named" if endpoint is None else "Security & Compliance PowerShell"
        return Unread(
            Kind.CONTRADICTORY,
            dataset,
            f"UnifiedAuditLogIngestionEnabled is False, but from {said_by}, where it may say so whatever is set",
            "Get-AdminAuditLogConfig from Exchange Online PowerShell alone, with that endpoint in provenance.yaml",
        )
    known = config.holds("unified_audit_log_first_opt_in_date")
    return IngestionSetting(enabled, config.unified_audit_log_first_opt_in_date if known else None)
