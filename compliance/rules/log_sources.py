"""Every log source that a standard can require: what Microsoft calls it, who writes it, how long it stays there.

The record types of the unified audit log stand in `compliance.rules.record_types`, the logs of Microsoft Entra ID in
`compliance.rules.entra_logs`; here they come together with what belongs to neither. Sources: facts azure.*, defender.*;
Microsoft Learn, Azure Monitor Logs table reference, https://learn.microsoft.com/azure/azure-monitor/reference/tables-index;
the categories of the Activity log: Microsoft Learn, Azure Activity log event schema,
https://learn.microsoft.com/azure/azure-monitor/platform/activity-log-schema.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from compliance.rules.diagnostic_settings import Entry, categories_sent
from compliance.rules.entra_logs import ENTRA_LOGS, NATIVE_STORE, EntraLog
from compliance.rules.office_activity import OFFICE_ACTIVITY, OFFICE_ACTIVITY_SOURCES
from compliance.rules.periods import Duration
from compliance.rules.reach import StoreReach
from compliance.rules.record_types import LOG_SOURCES, RECORD_TYPES, LogSource


class Service(StrEnum):
    """The service that writes a log, and keeps it for a time of its own."""

    PURVIEW = "Microsoft Purview Audit"
    ENTRA = NATIVE_STORE
    AZURE = "Azure Activity log"
    DEFENDER = "Microsoft Defender XDR"


@dataclass(frozen=True, slots=True)
class KnownLog:
    """A log source: `category` is its name where it is written, `table` that of its copy in Log Analytics, if any.

    `native` says how long its own service keeps it. `facts` are ids of `compliance.rules.facts`.
    """

    id: str
    title: str
    service: Service
    category: str
    table: str | None
    native: str
    facts: tuple[str, ...]


NON_USER_RECORDS = "purview.non_user_records"
"""What applications, service principals and Microsoft's services write, of every kind in the unified audit log."""
AZURE_ACTIVITY = "azure.activity"
"""What is done to the resources of a subscription through Azure Resource Manager."""
CLOUD_APP_EVENTS = "defender.cloud_app_events"
"""What is done in cloud applications, as Microsoft Defender for Cloud Apps sees it."""

ACTIVITY_TABLE = "AzureActivity"
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
"""All categories of the Activity log."""
REQUIRED_ACTIVITY = ("Administrative", "Security", "Policy", "Alert", "ServiceHealth")
"""The categories without which an Activity log shows neither what was done nor what was found; the others advise."""
CLOUD_APP_TABLE = "CloudAppEvents"


def activity_categories_sent(logs: Sequence[Entry]) -> tuple[frozenset[str], frozenset[str]]:
    """The categories of the Activity log that a diagnostic setting surely sends, and those that it may besides."""
    return categories_sent(logs, ACTIVITY_CATEGORIES)


ACTIVITY_NATIVE = StoreReach(
    Service.AZURE,
    Duration.of_days(90),
    Duration.of_days(90),
    "Azure keeps it 90 days, whatever is set",
    ("azure.activity-log-90-days",),
)
"""What Azure itself keeps of a subscription's Activity log."""
DEFENDER_NATIVE = StoreReach(
    Service.DEFENDER,
    Duration.of_days(30),
    Duration.of_days(30),
    "Defender XDR keeps it 30 days, whatever is set",
    ("defender.advanced-hunting-30-days",),
)
"""What Microsoft Defender XDR itself keeps of CloudAppEvents."""


def _purview(source: LogSource) -> KnownLog:
    year = all(RECORD_TYPES[record_type].default_year for record_type, _ in source.parts)
    words = "Purview keeps it 180 days" + (", of accounts with Audit (Premium) one year" if year else "")
    return KnownLog(
        id=source.id,
        title=source.title,
        service=Service.PURVIEW,
        category=", ".join(dict.fromkeys(record_type for record_type, _ in source.parts)),
        table=OFFICE_ACTIVITY if source.id in OFFICE_ACTIVITY_SOURCES else None,
        native=f"{words}, unless a retention policy says otherwise",
        facts=("purview.standard-180-days", *(("purview.default-one-year",) if year else ()), *source.facts),
    )


def _entra(log: EntraLog) -> KnownLog:
    return KnownLog(log.id, log.title, Service.ENTRA, log.category, log.table, log.native.words, log.facts)


SOURCES = MappingProxyType(
    {
        log.id: log
        for log in (
            *map(_purview, LOG_SOURCES.values()),
            KnownLog(
                NON_USER_RECORDS,
                "Records of applications and of the system",
                Service.PURVIEW,
                "UserType 4, 5 and 6",
                OFFICE_ACTIVITY,
                "Purview keeps it one year, whatever a retention policy says",
                ("purview.non-user-fixed-year",),
            ),
            *map(_entra, ENTRA_LOGS.values()),
            KnownLog(
                AZURE_ACTIVITY,
                "Azure Activity log",
                Service.AZURE,
                ", ".join(REQUIRED_ACTIVITY),
                ACTIVITY_TABLE,
                ACTIVITY_NATIVE.because,
                ACTIVITY_NATIVE.facts,
            ),
            KnownLog(
                CLOUD_APP_EVENTS,
                "Actions in cloud applications",
                Service.DEFENDER,
                CLOUD_APP_TABLE,
                CLOUD_APP_TABLE,
                DEFENDER_NATIVE.because,
                (*DEFENDER_NATIVE.facts, "defender.cloud-apps-plan"),
            ),
        )
    }
)
"""Every log source by id: those of the unified audit log, of Microsoft Entra ID, of Azure, of Microsoft Defender."""
