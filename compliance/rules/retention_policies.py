"""Audit log retention policies of Microsoft Purview as `Get-UnifiedAuditLogRetentionPolicy` lists them.

What cannot be read of a policy is `None`, never a default, and makes the policy only *possible*: it may or may
not be in force. Fields and values: fact purview.shape-of-a-policy, purview.policy-durations.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from compliance.rules.periods import Duration
from compliance.rules.record_types import canonical_record_type, fold, is_record_type

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
_OPERATION = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 ._:/()&+-]*[A-Za-z0-9.)])?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Policy:
    """An audit log retention policy; `None` is unread: absent, unknown or malformed.

    `priority` is 1 (highest) to 10000. Of `record_types`, `operations` and `user_ids` an empty set means all;
    operations and user ids are in lower case. `doubts` says what is unread or odd, one sentence each.
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
        for field, key in (("record_types", canonical_record_type), ("operations", fold), ("user_ids", _fold)):
            values = getattr(self, field)
            if values is not None:
                object.__setattr__(self, field, frozenset(map(key, values)))

    @property
    def certain(self) -> bool:
        """Whether the policy is surely in force and wholly read."""
        return (
            self.enabled is True
            and not self.pending_deletion
            and not self.doubts
            and None not in (self.priority, self.duration, self.record_types, self.operations, self.user_ids)
        )

    @property
    def odd_record_types(self) -> frozenset[str]:
        """What it names as record types and is none that is published, so that it may mean any."""
        return _without(is_record_type, self.record_types)

    @property
    def odd_operations(self) -> frozenset[str]:
        """What it names as operations and is no plain name (a list, a wildcard, a look-alike): it may mean any."""
        return _without(_is_operation, self.operations)

    def names_record_type(self, record_type: str) -> bool | None:
        """Whether it is about this record type, one of `RECORD_TYPES`; `None` where that cannot be told."""
        return _names(self.record_types, self.odd_record_types, record_type)

    def names_operation(self, operation: str | None) -> bool | None:
        """Whether it is about this operation (`None`: any that no policy names); `None` where that cannot be told."""
        return _names(self.operations, self.odd_operations, None if operation is None else fold(operation))


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


def _without(known: Callable[[str], bool], names: frozenset[str] | None) -> frozenset[str]:
    return frozenset() if names is None else frozenset(name for name in names if not known(name))


def _is_operation(name: str) -> bool:
    return _OPERATION.fullmatch(name) is not None


def _names(named: frozenset[str] | None, odd: frozenset[str], value: str | None) -> bool | None:
    if named is None:
        return None
    if not named or value in named - odd:
        return True
    return None if odd else False


def _strings(value: object, kinds: tuple[type, ...]) -> frozenset[str] | None:
    if not isinstance(value, list | tuple):
        return None
    if any(isinstance(item, bool) or not isinstance(item, kinds) or not str(item).strip() for item in value):
        return None
    return frozenset(str(item) for item in value)


def _fold(value: str) -> str:
    return value.strip().casefold()
