"""Views that several checks need, computed once from the rows by the rules."""

from __future__ import annotations

from collections.abc import Mapping

from compliance.evidence.derived.actors import Actors, actors_of
from compliance.evidence.derived.ingestion import IngestionSetting, ingestion_setting
from compliance.evidence.derived.policies import RetentionPolicies, retention_policies
from compliance.evidence.derived.recording import Recording, recording
from compliance.evidence.derived.retention import PurviewRetention, purview_retention
from compliance.evidence.evidence import Derivation

DERIVATIONS: Mapping[type, Derivation] = {
    IngestionSetting: ingestion_setting,
    RetentionPolicies: retention_policies,
    Actors: actors_of,
    PurviewRetention: purview_retention,
    Recording: recording,
}

__all__ = ["DERIVATIONS", "Actors", "IngestionSetting", "PurviewRetention", "Recording", "RetentionPolicies"]
