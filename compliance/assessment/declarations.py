"""Declarations: what somebody attests about things that lookback cannot read.

They settle only what needs attestation, and only while they hold: an expired or undated one is carried along with
its standing, so that a report can ask for its renewal.
"""

from __future__ import annotations

import hashlib
import re
import stat
from collections.abc import Iterator, Set
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, ClassVar, Final, Literal

from annotated_types import MinLen

from compliance.assessment.words import is_blank
from compliance.errors import InputError
from compliance.rules.periods import Duration, Meets, compare
from compliance.rules.reach import CopyBasis, total_with_copies
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


StatementAbout = Literal["no-other-stores", "soc-access", "log-access-review", "log-hashes"]
"""What a statement can be about: that no store holds logs beyond those read and declared; that the SOC reads the logs;
that their use was reviewed; that hashes of them are made and verified."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attested:
    """Who attests something, since when and until when."""

    __pydantic_config__: ClassVar[Any] = FILE_SHAPE

    owner: Annotated[str, MinLen(3)]
    declared_on: date | None = None
    expires: date | None = None

    def standing(self, as_of: datetime) -> DeclarationStanding:
        """Whether it holds at `as_of`, an aware instant; `expires` is its last valid day, to 23:59:59 UTC."""
        if self.declared_on is None or self.expires is None:
            return DeclarationStanding.UNDATED
        day = as_of.astimezone(UTC).date()
        if day < self.declared_on:
            return DeclarationStanding.NOT_YET
        return DeclarationStanding.CURRENT if day <= self.expires else DeclarationStanding.EXPIRED

    def is_current(self, as_of: datetime) -> bool:
        """Whether it can be relied on at `as_of`."""
        return self.standing(as_of) is DeclarationStanding.CURRENT


@dataclass(frozen=True, slots=True, kw_only=True)
class AttestedStore(Attested):
    """A store outside Microsoft's, and how long it keeps records of `sources`, both counted from their creation.

    `hot` is how long they are immediately searchable in it (`None`: never), `total` how long they exist. Of a store
    that records are moved to, `moved_after` and `kept_after_move` may stand in the file instead of `total`, which is
    their sum once loaded, and reaches that far only where the first store surely keeps records for `moved_after`.
    `file` is the document that attests it, absolute once loaded, and `sha256` its digest.
    """

    id: _Text
    name: _Text
    sources: Annotated[tuple[_Text, ...], MinLen(1)]
    hot: Duration | None = None
    total: Duration | None = None
    copied: Copied
    moved_after: Duration | None = None
    kept_after_move: Duration | None = None
    file: Path
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovedList(Attested):
    """Immutable ids (of subscriptions, or of administrators) that their owner approved."""

    ids: Annotated[tuple[_Text, ...], MinLen(1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement(Attested):
    """What somebody states about something that no API shows; `file` may hold the document, with its digest."""

    about: StatementAbout
    text: _Text
    file: Path | None = None
    sha256: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Declarations:
    """All declarations of a tenant; `sha256` is of the file's bytes, `None` where no file was given.

    `approved_subscriptions` are all that the tenant has, `break_glass` the accounts for emergencies.
    """

    stores: tuple[AttestedStore, ...] = ()
    approved_subscriptions: ApprovedList | None = None
    approved_administrators: ApprovedList | None = None
    break_glass: ApprovedList | None = None
    statements: tuple[Statement, ...] = ()
    sha256: str | None = None

    def stores_for(self, source: str) -> tuple[AttestedStore, ...]:
        """The stores that are declared to hold a log source, whatever their standing."""
        return tuple(store for store in self.stores if source in store.sources)

    def holding(self, sources: Set[str], as_of: datetime) -> AttestedStore | None:
        """A store that holds all these log sources from their creation, by a declaration that holds at `as_of`."""
        found = (one for one in self.stores if one.is_current(as_of) and one.copied is Copied.AT_CREATION)
        return next((one for one in found if sources <= set(one.sources)), None)

    def statement(self, about: StatementAbout, as_of: datetime) -> Statement | None:
        """The latest statement about something that holds at `as_of`, an aware instant."""
        current = [one for one in self.statements if one.about == about and one.is_current(as_of)]
        return max(current, key=lambda one: one.declared_on or date.min, default=None)

    def attachments(self) -> tuple[tuple[Path, str], ...]:
        """The documents that attest something, each with its SHA-256 in lower case."""
        stated = ((one.file, one.sha256) for one in self.statements)
        attached = [*((one.file, one.sha256) for one in self.stores), *stated]
        return tuple((file, sha256.lower()) for file, sha256 in attached if file is not None and sha256 is not None)


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
    break_glass: ApprovedList | None = None
    statements: tuple[Statement, ...] = ()


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

    def at(document: Path, sha256: str) -> Path:
        return base / document if attachments is None else attachments / sha256.lower()

    stores = tuple(replace(store, file=at(store.file, store.sha256)) for store in file.stores)
    statements = tuple(
        one if one.file is None or one.sha256 is None else replace(one, file=at(one.file, one.sha256))
        for one in file.statements
    )
    problems = [
        *_store_problems(stores, known_sources),
        *_statement_problems(statements),
        *_name_problems(file),
        *_date_problems(file, today),
    ]
    if tenant_id is not None and file.tenant.lower() != tenant_id.lower():
        problems.append((("tenant",), f"these declarations are for another tenant; the evidence is of {tenant_id}"))
    if problems:
        raise document.error(problems)
    return Declarations(
        stores=tuple(map(_with_total, stores)),
        approved_subscriptions=file.approved_subscriptions,
        approved_administrators=file.approved_administrators,
        break_glass=file.break_glass,
        statements=statements,
        sha256=document.sha256,
    )


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a declaration file."""
    from pydantic import TypeAdapter

    return TypeAdapter(DeclarationFile).json_schema()


def _with_total(store: AttestedStore) -> AttestedStore:
    if store.total is not None or store.moved_after is None or store.kept_after_move is None:
        return store
    return replace(store, total=total_with_copies(store.moved_after, ((CopyBasis.MOVED, store.kept_after_move),)))


def _store_problems(stores: tuple[AttestedStore, ...], known_sources: frozenset[str]) -> Iterator[tuple[KeyPath, str]]:
    for index, store in enumerate(stores):
        here: KeyPath = ("stores", index)
        if store.id in {other.id for other in stores[:index]}:
            yield (*here, "id"), f"the id {store.id} stands in this file twice"
        for number, source in enumerate(store.sources):
            if source not in known_sources:
                yield (*here, "sources", number), f"there is no log source {source}"
        yield from ((here + key, text) for key, text in _period_problems(store))
        if problem := _attachment_problem(store.file, store.sha256):
            yield (*here, "file"), problem


def _period_problems(store: AttestedStore) -> Iterator[tuple[KeyPath, str]]:
    moves = {"moved_after": store.moved_after, "kept_after_move": store.kept_after_move}
    given = [key for key, value in moves.items() if value is not None]
    if store.hot is not None and store.total is not None and compare(store.total, store.hot).result is Meets.SHORT:
        yield ("total",), "total counts from creation and includes hot, so it cannot be shorter than hot"
    if store.hot is not None and store.copied is Copied.MOVED_AFTER_HOT:
        yield ("hot",), "what is moved in later is not searchable here from its creation; leave hot out"
    if given and store.copied is not Copied.MOVED_AFTER_HOT:
        yield (given[0],), "only a store that records are moved to (copied: moved_after_hot) has this key"
    if given and store.total is not None:
        yield ("total",), "moved_after and kept_after_move add up to the total; leave it out, or both of them"
    missing = [key for key in moves if key not in given] if given else ["total"] if store.total is None else []
    yield from (((key,), "this key is missing") for key in missing)


def _statement_problems(statements: tuple[Statement, ...]) -> Iterator[tuple[KeyPath, str]]:
    for index, one in enumerate(statements):
        here: KeyPath = ("statements", index)
        if one.file is None and one.sha256 is None:
            continue
        if one.file is None or one.sha256 is None:
            yield (*here, "file" if one.file is None else "sha256"), "a document comes with its file and its sha256"
        elif problem := _attachment_problem(one.file, one.sha256):
            yield (*here, "file"), problem


def _attachment_problem(file: Path, sha256: str) -> str | None:
    if not _SHA256.fullmatch(sha256):
        return "its sha256 should be 64 hexadecimal digits"
    try:
        if not _is_regular(file):
            return "a regular file was expected: the document that attests this"
        raw = read_capped(file, max_bytes=MAX_ATTACHMENT_BYTES)
    except InputError as error:
        return error.what
    if not raw:
        return "the document is empty, and attests nothing"
    if hashlib.sha256(raw).hexdigest() != sha256.lower():
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
        match declaration:
            case AttestedStore():
                names += [("id", declaration.id), ("name", declaration.name)]
            case Statement():
                names.append(("text", declaration.text))
        for key, text in names:
            if is_blank(text):
                yield (*here, key), "nothing can be seen here; a name was expected"


def _each(file: DeclarationFile) -> Iterator[tuple[KeyPath, Attested]]:
    for index, store in enumerate(file.stores):
        yield ("stores", index), store
    for index, statement in enumerate(file.statements):
        yield ("statements", index), statement
    for key, approved in (
        ("approved_subscriptions", file.approved_subscriptions),
        ("approved_administrators", file.approved_administrators),
        ("break_glass", file.break_glass),
    ):
        if approved is not None:
            yield (key,), approved


def _date_problems(file: DeclarationFile, today: date) -> Iterator[tuple[KeyPath, str]]:
    for here, declaration in _each(file):
        if declaration.declared_on is None:
            continue
        if declaration.declared_on > today:
            yield (*here, "declared_on"), f"the declaration lies in the future; today is {today} (UTC)"
        if declaration.expires is not None and declaration.expires < declaration.declared_on:
            yield (*here, "expires"), "it expires before it was declared"
