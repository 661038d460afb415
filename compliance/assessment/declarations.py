"""Declarations: what somebody attests about things that lookback cannot read.

They settle only what needs attestation, and only while they hold: an expired or undated one is carried along with
its standing, so that a report can ask for its renewal.
"""

from __future__ import annotations

import hashlib
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, ClassVar, Final, Literal

from annotated_types import MinLen

from compliance.assessment.words import is_blank
from compliance.errors import InputError
from compliance.rules.periods import Duration, Meets, compare
from compliance.textfile import read_capped
from compliance.yamlfile import FILE_SHAPE, KeyPath, load_yaml, parse_yaml, validated

MAX_ATTACHMENT_BYTES: Final = 100_000_000
"""The largest attached document that is hashed, in bytes."""

_SHA256: Final = re.compile(r"[0-9a-f]{64}", re.ASCII | re.IGNORECASE)
_Text = Annotated[str, MinLen(1)]


class DeclarationStanding(StrEnum):
    """Whether a declaration holds; `UNDATED` lacks its date or its expiry, `NOT_YET` was made afterwards."""

    CURRENT = "current"
    EXPIRED = "expired"
    UNDATED = "undated"
    NOT_YET = "not_yet"


class Copied(StrEnum):
    """When records reach a store: as they are written, or once the first store no longer keeps them searchable."""

    AT_CREATION = "at_creation"
    MOVED_AFTER_HOT = "moved_after_hot"


@dataclass(frozen=True, slots=True, kw_only=True)
class AttestedStore:
    """A store outside Microsoft's, and how long it keeps records of `sources`, both counted from their creation.

    `hot` is how long they are immediately searchable in it (`None`: never), `total` how long they exist. `file` is
    the document that attests it, absolute once loaded, and `sha256` its digest.
    """

    __pydantic_config__: ClassVar[Any] = FILE_SHAPE

    id: _Text
    name: _Text
    sources: Annotated[tuple[_Text, ...], MinLen(1)]
    hot: Duration | None = None
    total: Duration
    copied: Copied
    owner: Annotated[str, MinLen(3)]
    declared_on: date | None = None
    expires: date | None = None
    file: Path
    sha256: str

    def standing(self, as_of: datetime) -> DeclarationStanding:
        """Whether it holds at `as_of`, an aware instant; `expires` is its last valid day, to 23:59:59 UTC."""
        return _standing(self.declared_on, self.expires, as_of)

    def is_current(self, as_of: datetime) -> bool:
        """Whether it can be relied on at `as_of`."""
        return self.standing(as_of) is DeclarationStanding.CURRENT


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovedList:
    """Immutable ids (of subscriptions, or of administrators) that their owner approved."""

    __pydantic_config__: ClassVar[Any] = FILE_SHAPE

    ids: Annotated[tuple[_Text, ...], MinLen(1)]
    owner: Annotated[str, MinLen(3)]
    declared_on: date | None = None
    expires: date | None = None

    def standing(self, as_of: datetime) -> DeclarationStanding:
        """Whether it holds at `as_of`, an aware instant; `expires` is its last valid day, to 23:59:59 UTC."""
        return _standing(self.declared_on, self.expires, as_of)


@dataclass(frozen=True, slots=True, kw_only=True)
class Declarations:
    """All declarations of a tenant; `sha256` is of the file's bytes, `None` where no file was given."""

    stores: tuple[AttestedStore, ...] = ()
    approved_subscriptions: ApprovedList | None = None
    approved_administrators: ApprovedList | None = None
    sha256: str | None = None

    def stores_for(self, source: str) -> tuple[AttestedStore, ...]:
        """The stores that are declared to hold a log source, whatever their standing."""
        return tuple(store for store in self.stores if source in store.sources)


NO_DECLARATIONS: Final = Declarations()
"""Nothing was declared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclarationFile:
    """What a declaration file says, for one tenant, named by its GUID."""

    __pydantic_config__: ClassVar[Any] = FILE_SHAPE

    version: Literal[1]
    tenant: _Text
    stores: tuple[AttestedStore, ...] = ()
    approved_subscriptions: ApprovedList | None = None
    approved_administrators: ApprovedList | None = None


def load_declarations(
    path: Path,
    *,
    tenant_id: str | None,
    known_sources: frozenset[str],
    today: date,
    attachments: Path | None = None,
    raw: bytes | None = None,
) -> Declarations:
    """The declarations in `path`, or in `raw` where its bytes were read already, expired and undated ones included.

    A `tenant_id` of `None` is not known yet, and any tenant is accepted.

    The documents that attest them are looked for where the file says, or in `attachments` under their digests.
    Raises one `InputError` that lists every problem with line and column, a document that is not the one attested
    among them.
    """
    document = load_yaml(path) if raw is None else parse_yaml(raw, where=str(path))
    file = validated(document, DeclarationFile)
    base = path.absolute().parent
    stores = tuple(
        replace(store, file=base / store.file if attachments is None else attachments / store.sha256.lower())
        for store in file.stores
    )
    problems = [*_store_problems(stores, known_sources), *_name_problems(file), *_date_problems(file, today)]
    if tenant_id is not None and file.tenant.lower() != tenant_id.lower():
        problems.append((("tenant",), f"these declarations are for another tenant; the evidence is of {tenant_id}"))
    if problems:
        raise document.error(problems)
    return Declarations(
        stores=stores,
        approved_subscriptions=file.approved_subscriptions,
        approved_administrators=file.approved_administrators,
        sha256=document.sha256,
    )


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a declaration file."""
    from pydantic import TypeAdapter

    return TypeAdapter(DeclarationFile).json_schema()


def _standing(declared_on: date | None, expires: date | None, as_of: datetime) -> DeclarationStanding:
    if declared_on is None or expires is None:
        return DeclarationStanding.UNDATED
    day = as_of.astimezone(UTC).date()
    if day < declared_on:
        return DeclarationStanding.NOT_YET
    return DeclarationStanding.CURRENT if day <= expires else DeclarationStanding.EXPIRED


def _store_problems(stores: tuple[AttestedStore, ...], known_sources: frozenset[str]) -> Iterator[tuple[KeyPath, str]]:
    for index, store in enumerate(stores):
        here: KeyPath = ("stores", index)
        if store.id in {other.id for other in stores[:index]}:
            yield (*here, "id"), f"the id {store.id} stands in this file twice"
        for number, source in enumerate(store.sources):
            if source not in known_sources:
                yield (*here, "sources", number), f"there is no log source {source}"
        if store.hot is not None and compare(store.total, store.hot).result is Meets.SHORT:
            yield (*here, "total"), "total counts from creation and includes hot, so it cannot be shorter than hot"
        if store.hot is not None and store.copied is Copied.MOVED_AFTER_HOT:
            yield (*here, "hot"), "what is moved in later is not searchable here from its creation; leave hot out"
        if problem := _attachment_problem(store):
            yield (*here, "file"), problem


def _attachment_problem(store: AttestedStore) -> str | None:
    if not _SHA256.fullmatch(store.sha256):
        return "its sha256 should be 64 hexadecimal digits"
    try:
        if not _is_regular(store.file):
            return "a regular file was expected: the document that attests this"
        raw = read_capped(store.file, max_bytes=MAX_ATTACHMENT_BYTES)
    except InputError as error:
        return error.what
    if not raw:
        return "the document is empty, and attests nothing"
    if hashlib.sha256(raw).hexdigest() != store.sha256.lower():
        return "the document is not the one that was attested: its SHA-256 differs"
    return None


def _is_regular(path: Path) -> bool:
    """Whether it is worth opening; a path that cannot be looked at is left to the reading, which says why."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except (OSError, ValueError):
        return True


def _name_problems(file: DeclarationFile) -> Iterator[tuple[KeyPath, str]]:
    for here, declaration in _each(file):
        names = [("owner", declaration.owner)]
        if isinstance(declaration, AttestedStore):
            names += [("id", declaration.id), ("name", declaration.name)]
        for key, text in names:
            if is_blank(text):
                yield (*here, key), "nothing can be seen here; a name was expected"


def _each(file: DeclarationFile) -> Iterator[tuple[KeyPath, AttestedStore | ApprovedList]]:
    for index, store in enumerate(file.stores):
        yield ("stores", index), store
    if file.approved_subscriptions is not None:
        yield ("approved_subscriptions",), file.approved_subscriptions
    if file.approved_administrators is not None:
        yield ("approved_administrators",), file.approved_administrators


def _date_problems(file: DeclarationFile, today: date) -> Iterator[tuple[KeyPath, str]]:
    for here, declaration in _each(file):
        if declaration.declared_on is None:
            continue
        if declaration.declared_on > today:
            yield (*here, "declared_on"), f"the declaration lies in the future; today is {today} (UTC)"
        if declaration.expires is not None and declaration.expires < declaration.declared_on:
            yield (*here, "expires"), "it expires before it was declared"
