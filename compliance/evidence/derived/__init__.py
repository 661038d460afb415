"""Views that several checks need, computed once from the rows by the rules."""

from __future__ import annotations

from collections.abc import Mapping

from compliance.evidence.derived.actors import Actors, actors_of
from compliance.evidence.derived.audit_rights import AuditRights, audit_rights
from compliance.evidence.derived.bypasses import AuditBypasses, audit_bypasses
from compliance.evidence.derived.collector_rights import CollectorRights, collector_rights
from compliance.evidence.derived.corroboration import Corroboration, corroboration
from compliance.evidence.derived.entra import EntraReach, entra_reach
from compliance.evidence.derived.ingestion import IngestionSetting, ingestion_setting
from compliance.evidence.derived.log_analytics import LogAnalytics, log_analytics
from compliance.evidence.derived.mailboxes import Mailboxes, mailboxes_of
from compliance.evidence.derived.policies import RetentionPolicies, retention_policies
from compliance.evidence.derived.recording import Recording, recording
from compliance.evidence.derived.retention import (
    AuditLog,
    OfficeActivityTables,
    PurviewRetention,
    audit_log,
    office_activity_tables,
    purview_retention,
)
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
    OfficeActivityTables: office_activity_tables,
    AuditLog: audit_log,
    EntraReach: entra_reach,
}

__all__ = [
    "DERIVATIONS",
    "Actors",
    "AuditBypasses",
    "AuditLog",
    "AuditRights",
    "CollectorRights",
    "Corroboration",
    "EntraReach",
    "IngestionSetting",
    "LogAnalytics",
    "Mailboxes",
    "OfficeActivityTables",
    "PurviewRetention",
    "Recording",
    "RetentionPolicies",
]
