"""The manifest of an evidence bundle: what was read, by whom, when, and how each reading ended."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Annotated

import msgspec

from compliance.evidence.datasets import Api, Origin, State
from compliance.evidence.scope import Scope

SCHEMA = "lookback/manifest/1"
Digest = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$", max_length=64)]
"""A SHA-256 in lower-case hex."""
Moment = Annotated[dt.datetime, msgspec.Meta(tz=True)]
"""An instant; one without a zone is refused."""


class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of the manifest's parts: unknown keys are refused, so that a typing error is never read as absence."""


class Tool(Record, frozen=True):
    """The program that wrote the bundle."""

    name: str
    version: str


class Tenant(Record, frozen=True):
    """The tenant that was read; name and domain are None where Graph's organization was unread."""

    id: str
    name: str | None
    initial_domain: str | None


class Identity(Record, frozen=True):
    """Who read an API, from the claims of its access token (never the token).

    `directory_roles` are template ids of Entra roles (the claim wids).
    """

    api: Api
    application: str | None
    object_id: str | None
    audience: str | None
    roles: tuple[str, ...] | None
    scopes: tuple[str, ...] | None
    directory_roles: tuple[str, ...] | None


class Previous(Record, frozen=True):
    """The bundle before this one, which makes a chain."""

    manifest_sha256: Digest
    as_of: Moment


class DatasetEntry(Record, frozen=True):
    """How the reading of one dataset went.

    `sha256` is over the uncompressed frames; `ended` is by the server's clock, or as an export's provenance gives
    it, and None where nobody said. `expected_rows` is an independent count where the API gives one. `absent` are the
    ids of resources that were asked for and, as the service answered, are not there; `asked` are those that an export
    says it was asked of.
    """

    name: str
    state: State
    reason: str | None
    origin: Origin
    request: str
    endpoint: str | None
    file: str | None
    sha256: Digest | None
    frames: int
    rows: int | None
    expected_rows: int | None
    started: Moment | None
    ended: Moment | None
    attempts: int
    waited_seconds: float
    by: str | None
    absent: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()


class Amendment(Record, frozen=True):
    """Datasets that `lookback import --into` added, and the manifest as it was before.

    `replaced` are the entries that the added ones took the place of; their files stay in the bundle. `redacted` says
    that what was added was redacted afterwards, with all the rest.
    """

    manifest_sha256: Digest
    datasets: tuple[str, ...]
    replaced: tuple[DatasetEntry, ...]
    redacted: bool = False


class Manifest(Record, frozen=True):
    """Everything about a bundle that is not a body. Its digest identifies the bundle.

    `derived_from` is the digest of the bundle of which this one is a redacted copy, None where it is as it was read.
    """

    schema: str
    tool: Tool
    tenant: Tenant
    cloud: str
    simulated: bool
    as_of: Moment
    clock_offset_seconds: float | None
    identities: tuple[Identity, ...]
    settings_sha256: Digest | None
    scope: Scope
    scope_sha256: Digest
    datasets: tuple[DatasetEntry, ...]
    previous: Previous | None
    amendments: tuple[Amendment, ...]
    derived_from: Digest | None = None

    def dataset(self, name: str) -> DatasetEntry | None:
        """Return the entry of a dataset, or None where the bundle has none."""
        return next((entry for entry in self.datasets if entry.name == name), None)

    def unredacted(self) -> tuple[str, ...]:
        """Return the datasets that a redacted copy was given after it was made: they name people as they were read."""
        if self.derived_from is None:
            return ()
        return tuple(name for one in self.amendments if not one.redacted for name in one.datasets)


def encode(document: msgspec.Struct) -> bytes:
    """Return the one spelling of a document: sorted keys, two spaces, UTF-8, a final newline."""
    return msgspec.json.format(compact(document), indent=2) + b"\n"


def compact(document: msgspec.Struct) -> bytes:
    """Return a document on one line with sorted keys; what UTF-8 cannot hold, half a surrogate pair, becomes U+FFFD."""
    try:
        return msgspec.json.encode(document, order="sorted")
    except UnicodeEncodeError:
        return msgspec.json.encode(_whole(msgspec.to_builtins(document)), order="sorted")


def whole(text: str) -> str:
    """Return a text that can be written as UTF-8: half of a surrogate pair becomes U+FFFD."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _whole(value: object) -> object:
    match value:
        case str():
            return whole(value)
        case dict():
            return {_whole(key): _whole(each) for key, each in value.items()}
        case list() | tuple():
            return [_whole(each) for each in value]
        case _:
            return value


def sha256(data: bytes) -> str:
    """Return the hex SHA-256 of some bytes."""
    return hashlib.sha256(data).hexdigest()
