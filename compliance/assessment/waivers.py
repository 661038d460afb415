"""Waivers: accepted failures, written down with reason, approver and expiry. They never change a status."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, ClassVar, Final, Literal

from annotated_types import Ge, MinLen

from compliance.assessment.audit_export import CONTENT_TYPES
from compliance.assessment.look_alikes import look_alike, mixed_word
from compliance.assessment.words import is_blank, plain
from compliance.evidence.derived.mailbox_parts import MailboxPart
from compliance.rules.classes import ActorKind
from compliance.rules.log_sources import SOURCES
from compliance.yamlfile import FILE_SHAPE, KeyPath, load_yaml, parse_yaml, validated

MAX_DAYS: Final = 365
"""How long after its approval a waiver may last, in days."""

_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{2,63}", re.ASCII)
_OTHER_PARTS: Final = ("others", "purview", "workspaces", "statement", "review")
_PARTS: Final = (
    *(kind.value for kind in ActorKind),
    *(part.value for part in MailboxPart),
    *SOURCES,
    *CONTENT_TYPES,
    *_OTHER_PARTS,
)
_RESOURCE: Final = re.compile(r"/(?:subscriptions|providers)/\S+")
"""How a part begins that is a store of logs, or what lies in one: with its id in Azure."""
_SEEN: Final = {"pattern": r"\S"}
_SCHEMA: Final[dict[str, dict[str, Any]]] = {
    "id": {"pattern": f"^{_ID.pattern}$", "description": "No two waivers of a file share it, in whatever letter case."},
    "checks": {
        "uniqueItems": True,
        "description": "The checks that it covers; without parts or objects, one check. `lookback checks` lists them.",
    },
    "parts": {"description": "The parts of the findings that it covers: by name, or a store by its id in Azure."},
    "objects": {"description": "The affected objects that it covers, each by its immutable id and not by its name."},
    "at_most_affected": {
        "description": "It covers nothing where more are affected in the finding; with objects, in the finding or part."
    },
    "reason": {"description": "Why it is accepted: 20 characters that can be seen, or more."},
    "ticket": _SEEN,
    "requester": {**_SEEN, "description": "Who asked for it. No word mixes scripts that look alike."},
    "approver": {
        **_SEEN,
        "description": "Who approved it: somebody else than the requester. No word mixes scripts that look alike.",
    },
    "approved_on": {"description": "The day of the approval, in UTC; not in the future."},
    "expires": {
        "description": f"Its last valid day, in UTC: from the approval on, and at most {MAX_DAYS} days after it."
    },
    "accepts_indeterminate": {
        "description": "Whether it also accepts what could not be determined, or not be seen, of what it covers."
    },
}
"""What a JSON Schema is told of the keys; what it cannot check is in the descriptions."""
_Text = Annotated[str, MinLen(1)]


class Standing(StrEnum):
    """Whether a waiver still holds."""

    ACTIVE = "active"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """An accepted failure.

    It covers the findings of `checks`: whole ones, or their `parts`, or `objects` by immutable id; and only while no
    more than `at_most_affected` objects are affected. `expires` is its last valid day, to 23:59:59 UTC. What is
    indeterminate it covers only where `accepts_indeterminate` is true.
    """

    __pydantic_config__: ClassVar[Any] = FILE_SHAPE

    id: str
    checks: Annotated[tuple[_Text, ...], MinLen(1)]
    parts: Annotated[tuple[_Text, ...], MinLen(1)] | None = None
    objects: Annotated[tuple[_Text, ...], MinLen(1)] | None = None
    at_most_affected: Annotated[int, Ge(1)] | None = None
    reason: Annotated[str, MinLen(20)]
    ticket: _Text
    requester: Annotated[str, MinLen(3)]
    approver: Annotated[str, MinLen(3)]
    approved_on: date
    expires: date
    accepts_indeterminate: bool = False

    def standing(self, as_of: datetime) -> Standing:
        """Whether it holds at `as_of`, an aware instant."""
        return Standing.ACTIVE if as_of.astimezone(UTC).date() <= self.expires else Standing.EXPIRED


@dataclass(frozen=True, slots=True, kw_only=True)
class WaiverFile:
    """What a waiver file says: waivers for one tenant, named by its GUID."""

    __pydantic_config__: ClassVar[Any] = FILE_SHAPE

    version: Literal[1]
    tenant: _Text
    waivers: tuple[Waiver, ...]


def load_waivers(
    path: Path, *, tenant_id: str | None, known_checks: frozenset[str], today: date, raw: bytes | None = None
) -> tuple[Waiver, ...]:
    """The waivers in `path`, or in `raw` where its bytes were read already, expired ones included, in its order.

    A `tenant_id` of `None` is not known yet, and any tenant is accepted.
    Raises one `InputError` that lists every problem with line and column: what is malformed, for another tenant, of
    a check that does not exist, twice there, approved by its requester or after `today`, or without a real end.
    """
    document = load_yaml(path) if raw is None else parse_yaml(raw, where=str(path))
    file = validated(document, WaiverFile)
    ours = tenant_id is None or file.tenant.lower() == tenant_id.lower()
    problems = [] if ours else [(("tenant",), _other_tenant(str(tenant_id)))]
    if found := (*problems, *_problems(file.waivers, known_checks, today)):
        raise document.error(found)
    return file.waivers


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a waiver file."""
    from pydantic import TypeAdapter

    schema = TypeAdapter(WaiverFile).json_schema()
    waiver = schema["$defs"]["Waiver"]
    for key, said in _SCHEMA.items():
        waiver["properties"][key] |= said
    _items(waiver, "parts")["anyOf"] = [{"enum": list(_PARTS)}, {"pattern": f"^{_RESOURCE.pattern}$"}]
    _items(waiver, "objects")["pattern"] = "^[^@*]+$"
    given = {"type": "array"}
    waiver["not"] = {"properties": {"parts": given, "objects": given}, "required": ["parts", "objects"]}
    return schema


def _items(waiver: dict[str, Any], key: str) -> dict[str, Any]:
    """Return what the schema says of each of the parts or objects."""
    lists = (one for one in waiver["properties"][key]["anyOf"] if one["type"] == "array")
    items: dict[str, Any] = next(lists)["items"]
    return items


def _other_tenant(tenant_id: str) -> str:
    return f"these waivers are for another tenant; the evidence is of {tenant_id}"


def _problems(waivers: tuple[Waiver, ...], known_checks: frozenset[str], today: date) -> Iterator[tuple[KeyPath, str]]:
    seen: set[str] = set()
    for index, waiver in enumerate(waivers):
        here: KeyPath = ("waivers", index)
        if not _ID.fullmatch(waiver.id):
            yield (*here, "id"), "3 to 64 letters, digits, dots, dashes or underscores were expected"
        if waiver.id.casefold() in seen:
            yield (*here, "id"), f"the id {waiver.id} stands in this file twice"
        seen.add(waiver.id.casefold())
        for path, message in (*_scope_problems(waiver, known_checks), *_approval_problems(waiver, today)):
            yield (*here, *path), message


def _scope_problems(waiver: Waiver, known_checks: frozenset[str]) -> Iterator[tuple[KeyPath, str]]:
    for number, check in enumerate(waiver.checks):
        if check not in known_checks:
            yield ("checks", number), f"there is no check {check}; `lookback checks` lists them"
        if check in waiver.checks[:number]:
            yield ("checks", number), f"{check} stands in this list twice"
    if waiver.parts is not None and waiver.objects is not None:
        yield ("objects",), "give parts or objects, not both"
    if waiver.parts is None and waiver.objects is None and len(waiver.checks) > 1:
        yield ("checks",), "a waiver of whole findings names one check; write one waiver for each"
    for key, names in (("parts", waiver.parts), ("objects", waiver.objects)):
        for number, name in enumerate(() if names is None else names):
            if "*" in name:
                yield (key, number), "wildcards are not accepted; leave the key out to waive the whole finding"
            elif key == "parts" and name not in _PARTS and _RESOURCE.fullmatch(name) is None:
                parts = ", ".join(_PARTS)
                yield (key, number), f"there is no part {name!a}; the parts are {parts}, and ids of Azure resources"
            elif key == "objects" and "@" in name:
                yield (key, number), "an address can change hands; give the object's immutable id"


def _approval_problems(waiver: Waiver, today: date) -> Iterator[tuple[KeyPath, str]]:
    for key, text in (("ticket", waiver.ticket), ("requester", waiver.requester), ("approver", waiver.approver)):
        if is_blank(text):
            yield (key,), "nothing can be seen here; a name was expected"
    if len(plain(waiver.reason)) < 20:
        yield ("reason",), "a reason of at least 20 characters was expected"
    for key, name in (("requester", waiver.requester), ("approver", waiver.approver)):
        if (word := mixed_word(name)) is not None:
            yield (key,), f"{word!a} mixes letters of several scripts that look alike"
    if look_alike(waiver.approver, waiver.requester):
        yield ("approver",), "the approver must be somebody else than the requester"
    if waiver.approved_on > today:
        yield ("approved_on",), f"the approval lies in the future; today is {today} (UTC)"
    if waiver.expires < waiver.approved_on:
        yield ("expires",), "it expires before it was approved"
    elif waiver.expires - waiver.approved_on > timedelta(days=MAX_DAYS):
        yield ("expires",), f"a waiver may last {MAX_DAYS} days from its approval; renew it then"
