"""Puts files that an administrator exported into a bundle: a new one, or one that was collected before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from compliance import __version__
from compliance.errors import InputError
from compliance.evidence.bundle import Bundle, claim_directory, open_bundle, seal, sum_problems
from compliance.evidence.datasets import DATASETS, Origin, State
from compliance.evidence.manifest import SCHEMA, Amendment, DatasetEntry, Manifest, Tool, encode, sha256
from compliance.evidence.parents import is_blank
from compliance.evidence.scope import Scope
from compliance.evidence.tenancy import organization_of, tenant_of
from compliance.evidence.writer import DatasetWriter
from compliance.sources.imported import ImportedDataset


@dataclass(frozen=True, slots=True)
class Imported:
    """A bundle after an import.

    `kept` are the datasets of which it held rows already, and that were left alone. `empty` are those of which the
    files hold nothing, and about which the bundle already said why it has nothing.
    """

    bundle: Bundle
    added: tuple[str, ...]
    kept: tuple[str, ...]
    empty: tuple[str, ...]


def import_new(
    exports: Sequence[ImportedDataset], out: Path, scope: Scope, *, clock: Callable[[], dt.datetime]
) -> Imported:
    """Write a bundle from exports alone. Raises InputError where no file says which tenant it is of."""
    tenant_ids = frozenset().union(*(export.tenant_ids for export in exports))
    if not tenant_ids:
        raise InputError(
            "no file says which tenant it is of",
            where=str(exports[0].path.parent),
            next_step="Add organization.json: GET https://graph.microsoft.com/v1.0/organization.",
        )
    _not_from_the_future(exports, clock())
    claim_directory(out)
    entries = [_write(out, export) for export in exports]
    manifest = Manifest(
        schema=SCHEMA,
        tool=Tool(name="lookback", version=__version__),
        tenant=tenant_of(_only(tenant_ids), organization_of(out, entries)),
        cloud="unknown",
        simulated=False,
        as_of=max((entry.ended for entry in entries if entry.ended is not None), default=clock()),
        clock_offset_seconds=None,
        identities=(),
        settings_sha256=None,
        scope=scope,
        scope_sha256=sha256(encode(scope)),
        datasets=tuple(sorted(entries, key=lambda entry: entry.name)),
        previous=None,
        amendments=(),
    )
    seal(out, manifest)
    return Imported(open_bundle(out), tuple(export.spec_name for export in exports), (), ())


def import_into(exports: Sequence[ImportedDataset], bundle: Bundle, *, clock: Callable[[], dt.datetime]) -> Imported:
    """Add exports to a bundle where it holds no rows. What was read stays, in part or whole, and so does its file.

    The moment that verdicts are about stays that of the collection. Raises InputError where the files are of another
    tenant, and where the bundle is damaged or a redacted copy: what the files name would stand beside pseudonyms.
    """
    if bundle.manifest.derived_from is not None:
        raise InputError(
            f"is a redacted copy of bundle {bundle.manifest.derived_from}, and the files name people as they are",
            where=str(bundle.path),
            next_step="Import them into the original, and redact that again: lookback redact ORIGINAL -o DIR.",
        )
    if problems := sum_problems(bundle.path):
        raise InputError("; ".join(problems), where=str(bundle.path), next_step="Restore the bundle, or collect again.")
    manifest = bundle.manifest
    for export in exports:
        if export.tenant_ids - {manifest.tenant.id}:
            raise InputError(
                f"is of tenant {', '.join(sorted(export.tenant_ids))}; the bundle is of {manifest.tenant.id}",
                where=str(export.path),
                next_step="Export the file from the tenant that the bundle is of.",
            )
    domain = manifest.tenant.initial_domain
    for export in exports:
        if domain is not None and export.domains - {domain.casefold()}:
            raise InputError(
                f"is of {', '.join(sorted(export.domains))}; the bundle is of {domain}",
                where=str(export.path),
                next_step="Export the file from the tenant that the bundle is of.",
            )
    _not_from_the_future(exports, clock())
    if undated := sorted(export.path.name for export in exports if export.rows and export.collected_at is None):
        raise InputError(
            f"nobody says when these were exported: {', '.join(undated)}",
            where="provenance.yaml",
            next_step="Fill in when, command and rows first: what a bundle once holds is never replaced.",
        )
    entries = {entry.name: entry for entry in manifest.datasets}
    asked = [
        export
        for export in exports
        if export.spec_name not in entries or _gives_way(entries[export.spec_name], export, manifest)
    ]
    held = {export.spec_name for export in exports} - {export.spec_name for export in asked}
    # a file that holds nothing says less than why a collection has nothing
    empty = {export.spec_name for export in asked if export.rows is None and export.spec_name in entries}
    added = [export for export in asked if export.spec_name not in empty]
    if added:
        number = len(manifest.amendments) + 1
        amendment = Amendment(
            manifest_sha256=bundle.digest,
            datasets=tuple(export.spec_name for export in added),
            replaced=tuple(entries[export.spec_name] for export in added if export.spec_name in entries),
        )
        entries.update((export.spec_name, _write(bundle.path, export, number)) for export in added)
        seal(
            bundle.path,
            msgspec.structs.replace(
                manifest,
                datasets=tuple(entries[name] for name in sorted(entries)),
                amendments=(*manifest.amendments, amendment),
            ),
        )
    return Imported(
        open_bundle(bundle.path),
        tuple(export.spec_name for export in added),
        tuple(export.spec_name for export in exports if export.spec_name in held),
        tuple(export.spec_name for export in exports if export.spec_name in empty),
    )


def _gives_way(entry: DatasetEntry, export: ImportedDataset, manifest: Manifest) -> bool:
    """Return whether what a bundle holds of a dataset gives way to a file: where it holds nothing, or a typed-in list.

    An empty answer to somebody who sees no subscription is nothing. What was read or exported stays, in part or whole:
    a short list that shows a fault must not give way to a clean one.
    """
    if not (entry.rows or entry.state is State.COMPLETE) or is_blank(entry, manifest):
        return True
    return entry.origin is Origin.ATTESTED and export.origin is Origin.EXPORTED


def _write(out: Path, export: ImportedDataset, amendment: int = 0) -> DatasetEntry:
    spec = DATASETS[export.spec_name]
    with DatasetWriter(out, spec.name, amendment) as writer:
        if export.rows is None:
            writer.error({**export.source, "command": export.command}, export.raw)
        else:
            writer.page({**export.source, "command": export.command, "rows": export.rows}, export.raw)
        digest = writer.close()
    return DatasetEntry(
        name=spec.name,
        state=export.state,
        reason="; ".join(export.reasons) or None,
        origin=export.origin,
        request=export.command or spec.request,
        endpoint=export.endpoint,
        file=writer.file,
        sha256=digest,
        frames=writer.frames,
        rows=export.rows,
        expected_rows=None,
        started=None,
        ended=export.collected_at,
        attempts=0,
        waited_seconds=0.0,
        by=export.by,
        asked=export.asked,
    )


def _not_from_the_future(exports: Iterable[ImportedDataset], now: dt.datetime) -> None:
    for export in exports:
        if export.collected_at is not None and export.collected_at > now + dt.timedelta(minutes=5):
            raise InputError(
                f"it is said to be of {export.collected_at:%Y-%m-%d %H:%M} UTC, which is yet to come",
                where=str(export.path),
                next_step="Correct when, with its offset from UTC, or the clock of this machine.",
            )


def _only(tenant_ids: frozenset[str]) -> str:
    (tenant_id,) = tenant_ids
    return tenant_id
