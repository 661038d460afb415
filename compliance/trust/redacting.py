"""A redacted copy: a bundle derived from another, from which the same follows and which names nobody.

Joins between datasets hold, since a name gets the same pseudonym everywhere. Immutable ids stay, those of Azure
resources with the names in them, so that the same objects are found. The copy names its original by its digest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

import msgspec

from compliance.errors import InputError
from compliance.evidence.bundle import Bundle, claim_directory, dataset_file, frames_of, seal, sum_problems
from compliance.evidence.datasets import DATASETS, Origin
from compliance.evidence.frames import Frame
from compliance.evidence.manifest import DatasetEntry, Identity, Manifest, encode, sha256
from compliance.evidence.rows import PAGE
from compliance.evidence.scope import Scope
from compliance.evidence.views import ROWS
from compliance.evidence.writer import DatasetWriter
from compliance.trust.pseudonyms import Pseudonyms
from compliance.trust.reasons import redacted_reason
from compliance.trust.rows import redacted_attestation, redacted_export, redacted_rows

_HEADER: Final = (
    *("method", "url", "status", "request_id", "client_request_id", "date", "endpoint", "rows", "attempts"),
    *("waited_seconds", "absent", "shape"),
)
"""What is kept of what a frame's header says of the exchange; answers' warnings and people's commands are not."""
_QUERY: Final = ("api-version", "$top", "$select", "$expand", "$count")
_WORD: Final = re.compile(r"[\w.:+-]{1,100}")
"""The form of a permission, of a date, of the id of a request: no sentence."""
_AUDIENCE: Final = re.compile(r"https://[\w./-]{1,200}")
SCOPE_REASON: Final = "redacted"
"""What stands for the reason why the settings left a class of actors out."""


def redact(bundle: Bundle, out: Path, names: Pseudonyms) -> Manifest:
    """Write the redacted copy of a bundle into a directory, and return its manifest.

    The same bundle and key give the same files. Raises InputError where the bundle is not as it was sealed or is a
    redacted copy itself, and where the directory holds anything.
    """
    manifest = bundle.manifest
    if manifest.derived_from is not None:
        raise InputError(
            f"is a redacted copy already, of bundle {manifest.derived_from}",
            where=str(bundle.path),
            next_step="Redact the original.",
        )
    if problems := sum_problems(bundle.path):
        raise InputError(
            f"is not as it was sealed: {'; '.join(problems)}", where=str(bundle.path), next_step="Restore it first."
        )
    if out.resolve().is_relative_to(bundle.path.resolve()):
        raise InputError("lies inside the bundle", where=str(out), next_step="Give a directory outside it with -o.")
    claim_directory(out)
    written = [_dataset(bundle, entry, out, names) for entry in manifest.datasets]
    scope = _scope(manifest.scope)
    copy = msgspec.structs.replace(
        manifest,
        identities=tuple(_identity(one, names) for one in manifest.identities),
        scope=scope,
        scope_sha256=sha256(encode(scope)),
        datasets=tuple(_entry(entry, names) for entry in written),
        amendments=tuple(msgspec.structs.replace(one, replaced=(), redacted=True) for one in manifest.amendments),
        derived_from=bundle.digest,
    )
    seal(out, copy)
    return copy


def _dataset(bundle: Bundle, entry: DatasetEntry, out: Path, names: Pseudonyms) -> DatasetEntry:
    """Write a dataset without names, frame by frame, and return its entry with the digest that it has now."""
    if entry.file is None:
        return entry
    amendment = next(
        number
        for number in range(len(bundle.manifest.amendments) + 1)
        if dataset_file(entry.name, number) == entry.file
    )
    with DatasetWriter(out, entry.name, amendment) as writer:
        for frame in frames_of(bundle.path, entry):
            if frame.header.get("kind") == PAGE:
                writer.page(_header(frame.header, names), _body(frame, entry, names))
            else:
                writer.error(_header(frame.header, names), b"")
        digest = writer.close()
    return msgspec.structs.replace(entry, sha256=digest)


def _body(frame: Frame, entry: DatasetEntry, names: Pseudonyms) -> bytes:
    view = ROWS[entry.name]
    match entry.origin:
        case Origin.COLLECTED:
            return redacted_rows(frame.body, frame.header.get("shape"), view, names)
        case Origin.EXPORTED:
            return redacted_export(frame.body, view, names)
        case Origin.ATTESTED:
            return redacted_attestation(frame.body, names)


def _header(header: Mapping[str, Any], names: Pseudonyms) -> dict[str, Any]:
    return dict(_said(header, names))


def _said(header: Mapping[str, Any], names: Pseudonyms) -> Iterator[tuple[str, Any]]:
    for name in _HEADER:
        value = header.get(name)
        if name == "url" and isinstance(value, str):
            yield name, _url(value)
        elif name == "absent" and isinstance(value, str):
            yield name, _id(value, names)
        elif isinstance(value, int | float) or (isinstance(value, str) and _WORD.fullmatch(value)):
            yield name, value


def _url(url: str) -> str:
    """Return an address by what was asked of: without the place in a list where the next page begins."""
    parts = urlsplit(url)
    segments = ("redacted" if "@" in unquote(one) else one for one in parts.path.split("/"))
    query = urlencode([(name, value) for name, value in parse_qsl(parts.query) if name in _QUERY and "@" not in value])
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], "/".join(segments), query, ""))


def _entry(entry: DatasetEntry, names: Pseudonyms) -> DatasetEntry:
    spec = DATASETS[entry.name]
    return msgspec.structs.replace(
        entry,
        reason=None if entry.reason is None else redacted_reason(entry.reason, spec.api),
        request=spec.request,
        endpoint=None if entry.endpoint is None else _word(entry.endpoint, names),
        by=None if entry.by is None else names.of(entry.by),
        absent=tuple(_id(one, names) for one in entry.absent),
        asked=tuple(_id(one, names) for one in entry.asked),
    )


def _identity(identity: Identity, names: Pseudonyms) -> Identity:
    def words(held: tuple[str, ...] | None) -> tuple[str, ...] | None:
        return None if held is None else tuple(_word(one, names) for one in held)

    audience = identity.audience
    return msgspec.structs.replace(
        identity,
        application=None if identity.application is None else names.of(identity.application),
        object_id=None if identity.object_id is None else names.of(identity.object_id),
        audience=audience if audience is None or _AUDIENCE.fullmatch(audience) else names.of(audience),
        roles=words(identity.roles),
        scopes=words(identity.scopes),
        directory_roles=None
        if identity.directory_roles is None
        else tuple(names.of(one) for one in identity.directory_roles),
    )


def _word(text: str, names: Pseudonyms) -> str:
    return text if _WORD.fullmatch(text) else names.of(text)


def _id(text: str, names: Pseudonyms) -> str:
    """Return the id of a resource as it is; what has not the form of one is a name."""
    return text if text.startswith("/") and "@" not in text else names.of(text)


def _scope(scope: Scope) -> Scope:
    excluded = (msgspec.structs.replace(out, reason=SCOPE_REASON) for out in scope.excluded_actors)
    return msgspec.structs.replace(scope, excluded_actors=tuple(excluded))
