"""The custom audit retention policies, as the rules take them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from compliance.evidence.population import Coverage, Malformed, Population, scan
from compliance.evidence.unread import Kind, Unread
from compliance.evidence.views import DATASET_OF, AuditRetentionPolicy
from compliance.rules.retention_policies import Policy, policy_from_fields

_FIELDS = {
    "Name": "name",
    "Priority": "priority",
    "RetentionDuration": "retention_duration",
    "RecordTypes": "record_types",
    "Operations": "operations",
    "UserIds": "user_ids",
    "Enabled": "enabled",
    "Mode": "mode",
}


@dataclass(frozen=True, slots=True)
class RetentionPolicies:
    """Every custom policy; the built-in default is never returned, so that none means that the default decides.

    `changed` is when each was last changed, by its name, and None where that is not known.
    """

    policies: tuple[Policy, ...]
    changed: Mapping[str, dt.datetime | None]


def retention_policies(rows: Population[AuditRetentionPolicy]) -> RetentionPolicies | Unread:
    """Return the policies, or Unread where not all of them were seen: one more could decide instead of any other."""
    if rows.shortfall is not None:
        return rows.shortfall
    if rows.coverage is not Coverage.WHOLE:
        dataset = DATASET_OF[AuditRetentionPolicy]
        return Unread(Kind.INCOMPLETE, dataset, "not every policy was read", f"read again: {dataset}")
    policies: list[Policy] = []
    changed: dict[str, dt.datetime | None] = {}
    for row, _ in scan(rows):
        if isinstance(row, Malformed):
            policies.append(policy_from_fields({}))
            continue
        policy = policy_from_fields(
            {name: getattr(row, attribute) for name, attribute in _FIELDS.items() if row.holds(attribute)}
        )
        policies.append(policy)
        moment = _moment(row.when_changed_utc) if row.holds("when_changed_utc") else None
        # of two policies of one name nobody knows which decides, so that neither dates the other
        changed[policy.name] = None if policy.name in changed else moment
    return RetentionPolicies(tuple(policies), changed)


def _moment(value: object) -> dt.datetime | None:
    if not isinstance(value, str):
        return None
    try:
        moment = dt.datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
