"""How long Purview keeps each kind of record, for each class of actor: enumerated, never sampled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from compliance.evidence.derived.actors import ActorGroup, Actors
from compliance.evidence.derived.audit_copies import AuditCopies
from compliance.evidence.derived.policies import RetentionPolicies
from compliance.evidence.derived.recording import Recording
from compliance.evidence.evidence import AsOf
from compliance.evidence.scope import Scope
from compliance.evidence.unread import Unread
from compliance.rules.classes import RecordClass, record_classes
from compliance.rules.purview import Effective, effective
from compliance.rules.record_types import LOG_SOURCES
from compliance.rules.retention_policies import Policy


@dataclass(frozen=True, slots=True)
class ClassRetention:
    """The effective retention of one class of records written by one class of actors."""

    source: str
    record: RecordClass
    group: ActorGroup
    effective: Effective


@dataclass(frozen=True, slots=True)
class PurviewRetention:
    """Every class, by log source, with what it was worked out from."""

    by_source: Mapping[str, tuple[ClassRetention, ...]]
    actors: Actors
    policies: RetentionPolicies | Unread


def known_policies(policies: RetentionPolicies | Unread) -> tuple[Policy, ...] | None:
    """Return the custom policies as the rules take them: None where they are unread."""
    return None if isinstance(policies, Unread) else policies.policies


def purview_retention(actors: Actors, policies: RetentionPolicies | Unread) -> PurviewRetention:
    """Evaluate every class of records and actors; unread policies leave their classes undetermined."""
    known = known_policies(policies)
    by_source: dict[str, tuple[ClassRetention, ...]] = {}
    for source in LOG_SOURCES.values():
        by_source[source.id] = tuple(
            ClassRetention(
                source.id,
                record,
                group,
                effective(known, group.actor, record, unresolved_user_ids=actors.unresolved_user_ids),
            )
            for record in record_classes(source, known)
            for group in actors.groups
        )
    return PurviewRetention(by_source, actors, policies)


@dataclass(frozen=True, slots=True)
class AuditLog:
    """How long the unified audit log is kept, in Purview and in copies, and what it is judged by."""

    retention: PurviewRetention
    recording: Recording
    copies: AuditCopies
    scope: Scope
    as_of: AsOf


def audit_log(
    retention: PurviewRetention, recording: Recording, copies: AuditCopies, scope: Scope, as_of: AsOf
) -> AuditLog:
    """Put together what every question about the unified audit log is decided by."""
    return AuditLog(retention, recording, copies, scope, as_of)
