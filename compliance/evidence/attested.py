"""retention_policies.yaml: the audit retention policies as somebody read them in the portal and wrote them down.

Reading the list by cmdlet takes a role that may also change it; the portal shows the same list to whoever may open it.
So an administrator may type it in: what is attested can show a fault, and what passes on it is labelled. The default
policy is never in the list, so `policies: []` says that there are no others. Fields and durations: Microsoft Learn,
"Manage audit log retention policies" and New-UnifiedAuditLogRetentionPolicy. Neither the portal nor a cmdlet can switch
a policy off; whether the portal shows one as in force, the writer has to say.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar, Final, Literal

from annotated_types import Ge, Le, MinLen

from compliance.evidence.exports import Row
from compliance.rules.retention_policies import DURATIONS
from compliance.yamlfile import FILE_SHAPE, KeyPath, parse_yaml, validated

RETENTION_POLICIES: Final = "retention_policies.yaml"
"""The name of the file."""

EXPECTED_INSTANT: Final = "a date and time with its offset from UTC was expected, such as 2026-11-20T09:15:00Z"

PORTAL_DURATIONS: Final = {
    "7 days": "SevenDays",
    "30 days": "OneMonth",
    "90 days": "ThreeMonths",
    "6 months": "SixMonths",
    "9 months": "NineMonths",
    "1 year": "TwelveMonths",
    "3 years": "ThreeYears",
    "5 years": "FiveYears",
    "7 years": "SevenYears",
    "10 years": "TenYears",
}
"""A duration as the portal words it, and RetentionDuration's value for it."""

_DURATIONS: Final = {
    **{name.casefold(): name for name in DURATIONS},
    **PORTAL_DURATIONS,
}
_Text = Annotated[str, MinLen(1)]


@dataclass(frozen=True, slots=True)
class AttestedPolicies:
    """What somebody attests: the tenant's GUID in lower case, who looked, when and where, and the policies.

    A row is a policy in the properties that Get-UnifiedAuditLogRetentionPolicy gives.
    """

    tenant_id: str
    by: str
    when: datetime
    where: str
    rows: tuple[Row, ...]


def instant(text: str) -> datetime | None:
    """The UTC instant that a text names; `None` if it names none, or leaves the offset open."""
    try:
        moment = datetime.fromisoformat(text)
        return None if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def json_schema() -> dict[str, Any]:
    """The JSON Schema of retention_policies.yaml."""
    from pydantic import TypeAdapter

    return TypeAdapter(_File).json_schema()


def attested_policies(raw: bytes, *, where: str = RETENTION_POLICIES) -> AttestedPolicies:
    """The policies in the file `raw`, called `where` in errors; raises `InputError` with line and column."""
    document = parse_yaml(raw, where=where)
    file = validated(document, _File)
    when = instant(file.when)
    if problems := tuple(_problems(file)):
        raise document.error(problems, next_step="Fill the file in as its comments say, or take it away.")
    if when is None:
        raise document.error([(("when",), EXPECTED_INSTANT)])
    return AttestedPolicies(
        tenant_id=file.tenant.lower(),
        by=file.by,
        when=when,
        where=file.where,
        rows=tuple(_row(policy) for policy in file.policies),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Policy:
    """A policy as the portal shows it. None of its keys may be left out: `[]` is the portal's "all"."""

    __pydantic_config__: ClassVar[Any] = FILE_SHAPE

    name: _Text
    priority: Annotated[int, Ge(1), Le(10_000)]
    duration: _Text
    record_types: tuple[_Text, ...]
    operations: tuple[_Text, ...]
    users: tuple[_Text, ...]
    in_force: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    __pydantic_config__: ClassVar[Any] = FILE_SHAPE

    version: Literal[1]
    tenant: _Text
    by: _Text
    when: str
    where: _Text
    policies: tuple[_Policy, ...]


def _problems(file: _File) -> Iterator[tuple[KeyPath, str]]:
    for key, text in (("by", file.by), ("where", file.where), ("tenant", file.tenant)):
        if not text.strip():
            yield (key,), "text was expected, and this is blank"
    if instant(file.when) is None:
        yield ("when",), EXPECTED_INSTANT
    priorities: dict[int, int] = {}
    for index, policy in enumerate(file.policies):
        if _words(policy.duration) not in _DURATIONS:
            yield ("policies", index, "duration"), f"one of {', '.join(PORTAL_DURATIONS)} was expected"
        if policy.priority in priorities:
            first = file.policies[priorities[policy.priority]]
            yield ("policies", index, "priority"), f"{first.name!r} has this priority; no two policies share one"
        priorities.setdefault(policy.priority, index)
        for key, names in (
            ("record_types", policy.record_types),
            ("operations", policy.operations),
            ("users", policy.users),
        ):
            for number, name in enumerate(names):
                if not name.strip():
                    yield ("policies", index, key, number), "a name was expected, and this is blank"


def _row(policy: _Policy) -> Row:
    return {
        "Name": policy.name,
        "Priority": policy.priority,
        "RetentionDuration": _DURATIONS[_words(policy.duration)],
        "RecordTypes": list(policy.record_types),
        "Operations": list(policy.operations),
        "UserIds": list(policy.users),
        "Enabled": policy.in_force,
        "Mode": "Enforce",
    }


def _words(text: str) -> str:
    return " ".join(text.split()).casefold()
