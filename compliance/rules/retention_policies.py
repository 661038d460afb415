"""Audit log retention policies of Microsoft Purview as `Get-UnifiedAuditLogRetentionPolicy` lists them.

What cannot be read of a policy is `None`, never a default, and makes the policy only *possible*: it may or may
not be in force. Fields and values: fact purview.shape-of-a-policy, purview.policy-durations.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from compliance.rules.periods import Duration
from compliance.rules.record_types import canonical_record_type

DURATIONS = MappingProxyType(
    {
        "SevenDays": Duration.of_days(7),
        "OneMonth": Duration.of_days(30),
        "ThreeMonths": Duration.of_days(90),
        "SixMonths": Duration.of_days(180),
        "NineMonths": Duration.of_days(270),
        "TwelveMonths": Duration.of_months(12),
        "ThreeYears": Duration.of_months(36),
        "FiveYears": Duration.of_months(60),
        "SevenYears": Duration.of_months(84),
        "TenYears": Duration.of_months(120),
    }
)
"""The values of RetentionDuration."""

_DURATION_BY_KEY = {name.casefold(): duration for name, duration in DURATIONS.items()}
_PRIORITIES = range(1, 10_001)


@dataclass(frozen=True, slots=True)
class Policy:
    """An audit log retention policy; `None` is unread: absent, unknown or malformed.

    `priority` is 1 (highest) to 10000. Of `record_types`, `operations` and `user_ids` an empty set means all;
    operations and user ids are casefolded. `doubts` says what is unread or odd, one sentence each.
    """

    name: str
    priority: int | None
    duration: Duration | None
    enabled: bool | None
    record_types: frozenset[str] | None
    operations: frozenset[str] | None
    user_ids: frozenset[str] | None
    pending_deletion: bool
    doubts: tuple[str, ...]

    def __post_init__(self) -> None:
        for field, fold in (("record_types", canonical_record_type), ("operations", _fold), ("user_ids", _fold)):
            values = getattr(self, field)
            if values is not None:
                object.__setattr__(self, field, frozenset(map(fold, values)))

    @property
    def certain(self) -> bool:
        """Whether the policy is surely in force and wholly read."""
        return (
            self.enabled is True
            and not self.pending_deletion
            and not self.doubts
            and None not in (self.priority, self.duration, self.record_types, self.operations, self.user_ids)
        )


def policy_from_fields(fields: Mapping[str, object]) -> Policy:
    """A policy from its fields as they were read; a field that was not there is not in the mapping.

    Names are Microsoft's: Name, Priority, RetentionDuration, Enabled, Mode, RecordTypes, Operations, UserIds. Values
    are matched in any letter case, and record types also by number. Nothing is raised: what does not fit is unread.
    """
    doubts: list[str] = []

    def unread(field: str) -> None:
        what = repr(fields[field])[:80] if field in fields else "absent"
        doubts.append(f"{field} cannot be read ({what})")

    name = fields.get("Name")
    priority = fields.get("Priority")
    if not (isinstance(priority, int) and not isinstance(priority, bool) and priority in _PRIORITIES):
        priority = None
        unread("Priority")
    wanted = fields.get("RetentionDuration")
    duration = _DURATION_BY_KEY.get(_fold(wanted)) if isinstance(wanted, str) else None
    if duration is None:
        unread("RetentionDuration")
    enabled = fields.get("Enabled")
    if not isinstance(enabled, bool):
        enabled = None
        unread("Enabled")
    mode = fields.get("Mode")
    mode = _fold(mode) if isinstance(mode, str) else None
    if mode not in ("enforce", "pendingdeletion"):
        unread("Mode")
    lists: dict[str, frozenset[str] | None] = {}
    for field, kinds in (("RecordTypes", (str, int)), ("Operations", (str,)), ("UserIds", (str,))):
        lists[field] = _strings(fields.get(field), kinds)
        if lists[field] is None:
            unread(field)
    record_types, operations, user_ids = lists["RecordTypes"], lists["Operations"], lists["UserIds"]
    if operations and record_types is not None and len(record_types) != 1:
        operations = None
        doubts.append("it names operations without naming exactly one record type")
    if record_types == frozenset() and user_ids == frozenset():
        doubts.append("it names neither record types nor users")
    return Policy(
        name=name if isinstance(name, str) and name else "(unnamed)",
        priority=priority,
        duration=duration,
        enabled=enabled,
        record_types=record_types,
        operations=operations,
        user_ids=user_ids,
        pending_deletion=mode == "pendingdeletion",
        doubts=tuple(doubts),
    )


def named_user_ids(policies: Iterable[Policy]) -> frozenset[str]:
    """Every user id, casefolded, that a policy names which is not disabled: the actors to look up one by one."""
    lists = (policy.user_ids for policy in policies if policy.enabled is not False)
    return frozenset(user_id for user_ids in lists if user_ids is not None for user_id in user_ids)


def _strings(value: object, kinds: tuple[type, ...]) -> frozenset[str] | None:
    if not isinstance(value, list | tuple):
        return None
    if any(isinstance(item, bool) or not isinstance(item, kinds) or not str(item).strip() for item in value):
        return None
    return frozenset(str(item) for item in value)


def _fold(value: str) -> str:
    return value.strip().casefold()
