"""Views that several checks need, computed once from the rows by the rules."""

from __future__ import annotations

from collections.abc import Mapping

from compliance.evidence.derived.activity_events import ActivityEvents, activity_events
from compliance.evidence.derived.actors import Actors, actors_of
from compliance.evidence.derived.audit_copies import AuditCopies, audit_copies
from compliance.evidence.derived.audit_rights import AuditRights, audit_rights
from compliance.evidence.derived.azure_activity import AzureActivity, azure_activity
from compliance.evidence.derived.azure_grants import AzureGrants, azure_grants
from compliance.evidence.derived.bypasses import AuditBypasses, audit_bypasses
from compliance.evidence.derived.collector_rights import CollectorRights, collector_rights
from compliance.evidence.derived.connectors import OfficeConnectors, office_connectors
from compliance.evidence.derived.corroboration import Corroboration, corroboration
from compliance.evidence.derived.data_exports import DataExports, data_exports
from compliance.evidence.derived.defender import CloudAppEvents, cloud_app_events
from compliance.evidence.derived.entra import EntraReach, entra_reach
from compliance.evidence.derived.event_hubs import EventHubs, event_hubs
from compliance.evidence.derived.ingestion import IngestionSetting, ingestion_setting
from compliance.evidence.derived.locks import Locks, locks_of
from compliance.evidence.derived.log_analytics import LogAnalytics, log_analytics
from compliance.evidence.derived.log_destinations import LogDestinations, log_destinations
from compliance.evidence.derived.log_rights import LogRights, log_rights
from compliance.evidence.derived.log_stores import LogStores, log_stores
from compliance.evidence.derived.mailboxes import Mailboxes, mailboxes_of
from compliance.evidence.derived.policies import RetentionPolicies, retention_policies
from compliance.evidence.derived.protection import AccountSettings, account_settings
from compliance.evidence.derived.reading_recorded import ReadingRecorded, reading_recorded
from compliance.evidence.derived.recording import Recording, recording
from compliance.evidence.derived.retention import AuditLog, PurviewRetention, audit_log, purview_retention
from compliance.evidence.derived.standing import Whereabouts, whereabouts
from compliance.evidence.derived.storage import StorageAccounts, storage_accounts
from compliance.evidence.derived.stores import Stores, stores_of
from compliance.evidence.derived.tenancy import Tenancy, tenancy
from compliance.evidence.evidence import Derivation

DERIVATIONS: Mapping[type, Derivation] = {
    IngestionSetting: ingestion_setting,
    RetentionPolicies: retention_policies,
    Actors: actors_of,
    PurviewRetention: purview_retention,
    Recording: recording,
    Corroboration: corroboration,
    AuditRights: audit_rights,
    CollectorRights: collector_rights,
    AuditBypasses: audit_bypasses,
    Mailboxes: mailboxes_of,
    LogAnalytics: log_analytics,
    Whereabouts: whereabouts,
    StorageAccounts: storage_accounts,
    EventHubs: event_hubs,
    DataExports: data_exports,
    Stores: stores_of,
    OfficeConnectors: office_connectors,
    AuditCopies: audit_copies,
    AzureActivity: azure_activity,
    CloudAppEvents: cloud_app_events,
    AuditLog: audit_log,
    EntraReach: entra_reach,
    Tenancy: tenancy,
    AzureGrants: azure_grants,
    LogDestinations: log_destinations,
    LogRights: log_rights,
    ReadingRecorded: reading_recorded,
    LogStores: log_stores,
    AccountSettings: account_settings,
    Locks: locks_of,
    ActivityEvents: activity_events,
}

__all__ = [
    "DERIVATIONS",
    "AccountSettings",
    "ActivityEvents",
    "Actors",
    "AuditBypasses",
    "AuditCopies",
    "AuditLog",
    "AuditRights",
    "AzureActivity",
    "AzureGrants",
    "CloudAppEvents",
    "CollectorRights",
    "Corroboration",
    "DataExports",
    "EntraReach",
    "EventHubs",
    "IngestionSetting",
    "Locks",
    "LogAnalytics",
    "LogDestinations",
    "LogRights",
    "LogStores",
    "Mailboxes",
    "OfficeConnectors",
    "PurviewRetention",
    "ReadingRecorded",
    "Recording",
    "RetentionPolicies",
    "StorageAccounts",
    "Stores",
    "Tenancy",
    "Whereabouts",
]
