"""The classes of actors and records that audit log retention policies can tell apart.

They are finite: what no policy names is one class, and what policies name is one class each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from compliance.rules.record_types import RECORD_TYPES, LogSource
from compliance.rules.retention_policies import Policy

NON_USER_NAMES = frozenset({"app@sharepoint", "sharepoint\\system", "nt authority\\system"})
"""User ids that are published as those of applications and system accounts: Office 365 Management Activity API schema,
common schema, UserId."""


class ActorKind(StrEnum):
    """What kind of actor a record comes from."""

    MEMBER_WITH_AUDIT_PLAN = "member_with_audit_plan"
    MEMBER_WITHOUT_AUDIT_PLAN = "member_without_audit_plan"
    UNLICENSED = "unlicensed"
    GUEST = "guest"
    DISABLED = "disabled"
    NON_USER = "non_user"
    """System, application or service principal: UserType 4, 5, 6."""
    UNRESOLVED = "unresolved"
    """A name in a policy that belongs to no known actor: a former user, an application, anyone."""
    UNCLEAR = "unclear"
    """UserType 1, 3, 7, 8: whether it counts as a user is not documented."""

    @property
    def words(self) -> str:
        """The class in words, in the plural."""
        return _TITLES[self]


_TITLES = {
    ActorKind.MEMBER_WITH_AUDIT_PLAN: "members with Audit (Premium)",
    ActorKind.MEMBER_WITHOUT_AUDIT_PLAN: "members without Audit (Premium)",
    ActorKind.UNLICENSED: "unlicensed members",
    ActorKind.GUEST: "guests",
    ActorKind.DISABLED: "accounts with sign-in blocked",
    ActorKind.NON_USER: "applications and the system",
    ActorKind.UNRESOLVED: "accounts whose class is unread",
    ActorKind.UNCLEAR: "actors of an undocumented kind",
}


@dataclass(frozen=True, slots=True)
class ActorClass:
    """Actors that the rules cannot tell apart.

    `premium` and `ten_year`: whether they hold Audit (Premium) and the 10-year add-on, `None` where unread. `names` are
    the casefolded identifiers of the one actor whom policies name; empty for everyone else of the class.
    """

    kind: ActorKind
    premium: bool | None
    ten_year: bool | None
    names: frozenset[str]

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", frozenset(name.strip().casefold() for name in self.names))

    @property
    def text(self) -> str:
        """The class in words, with the name where it is one actor."""
        return f"{self.kind.words} ({', '.join(sorted(self.names))})" if self.names else self.kind.words


@dataclass(frozen=True, slots=True)
class RecordClass:
    """Records of one type and operation; an operation of `None` is any that no policy names.

    Raises `ValueError` for a record type that is not judged.
    """

    record_type: str
    operation: str | None

    def __post_init__(self) -> None:
        if self.record_type not in RECORD_TYPES:
            raise ValueError(f"{self.record_type!r} is not among the record types judged")

    @property
    def text(self) -> str:
        """Record type and operation in words."""
        return f"{self.record_type}/{'other operations' if self.operation is None else self.operation}"


def record_classes(source: LogSource, policies: Sequence[Policy] | None) -> tuple[RecordClass, ...]:
    """The classes of a source's records: the operation that it is about, or each that a policy names and all others."""
    classes: list[RecordClass] = []
    for record_type, operation in source.parts:
        classes.append(RecordClass(record_type, operation))
        if operation is None and policies is not None:
            classes.extend(RecordClass(record_type, name) for name in sorted(_operations(record_type, policies)))
    return tuple(classes)


def _operations(record_type: str, policies: Sequence[Policy]) -> frozenset[str]:
    named: set[str] = set()
    for policy in policies:
        concerned = policy.names_record_type(record_type) is not False
        if concerned and policy.enabled is not False and policy.operations is not None:
            named |= policy.operations - policy.odd_operations
    return frozenset(named)
