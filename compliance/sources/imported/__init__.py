"""A directory of files that an administrator exported, with what is said about how each of them came about.

A file is complete only if provenance gives its command, date and row count, and they agree with it; anything less
makes it partial, with the reasons. Files that are not there are unread, and produce nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from compliance.errors import InputError
from compliance.evidence.attested import RETENTION_POLICIES, attested_policies, instant
from compliance.evidence.datasets import DATASETS, Api, DatasetSpec, Origin, State
from compliance.evidence.exports import Export, Row, read_export
from compliance.evidence.parents import MAY_BE_EMPTY, PARENT_OF, Parent
from compliance.evidence.population import INHERITED
from compliance.sources.imported.azure_commands import SEGMENTS
from compliance.sources.imported.commands import command_doubts
from compliance.sources.imported.dataset import Endpoint, ImportedDataset
from compliance.sources.imported.folder import MAX_BYTES, inside, root_of
from compliance.sources.imported.provenance import EXPORT_FILES, PROVENANCE, Entry, provenance_in
from compliance.sources.imported.scubagear import PROVIDER_SETTINGS, read_provider_settings
from compliance.sources.imported.tenants import Named, Tenants
from compliance.textfile import read_capped
from compliance.yamlfile import MAX_BYTES as MAX_YAML_BYTES

__all__ = ["HANDED_OUT", "PROVENANCE", "Endpoint", "ImportedDataset", "read_exports", "unknown_files"]

HANDED_OUT: Final = ("export.ps1", "STEPS.md", "retention_policies.template.yaml")
"""What `lookback request` puts beside the files it asks for."""

_POLICIES: Final = "purview.audit_retention_policies"
_ENDPOINT_DECIDES: Final = {
    "exchange.role_groups": Endpoint.EXCHANGE_ONLINE,
    "purview.role_groups": Endpoint.SECURITY_COMPLIANCE,
}
"""Datasets of one cmdlet that both services have, each with groups of its own."""
_WORDS: Final = {
    Parent.SUBSCRIPTION: "subscription",
    Parent.WORKSPACE: "workspace",
    Parent.SENTINEL: "workspace",
    Parent.NAMESPACE: "Event Hubs namespace",
    Parent.CLUSTER: "Azure Data Explorer cluster",
    Parent.DATABASE: "Azure Data Explorer database",
    Parent.ACCOUNT: "storage account",
    Parent.STORE: "workspace or storage account",
    Parent.STORE_SUBSCRIPTION: "subscription",
}
"""What a row has to name in its id, by what the dataset is asked of."""


def read_exports(directory: Path) -> tuple[ImportedDataset, ...]:
    """Every dataset in `directory`, each once, in the order of the datasets.

    Where several files hold a dataset, one of its own goes before ScubaGear's, and an attested list comes last unless
    ScubaGear read nothing; `notes` say so. Raises `InputError` for a file that cannot be read as what it is, for a
    path that leads out of the directory, and where the files are of more than one tenant.
    """
    root = root_of(directory)
    provenance = provenance_in(root)
    tenants = Tenants()
    found = [*_single(root, provenance, tenants), *_scubagear(root, tenants), *_attested(root, tenants)]
    if not found:
        expected = ", ".join((*EXPORT_FILES, PROVIDER_SETTINGS, RETENTION_POLICIES))
        raise InputError(
            "none of the files that can be imported is here",
            where=str(directory),
            next_step=f"Expected any of: {expected}.",
        )
    tenants.check()
    chosen = (_chosen([one for one in found if one.spec_name == name]) for name in DATASETS)
    return tuple(one for one in chosen if one is not None)


def unknown_files(directory: Path) -> tuple[str, ...]:
    """The names in `directory` that `read_exports` does not read, for telling the user."""
    known = {PROVENANCE, PROVIDER_SETTINGS, RETENTION_POLICIES, *HANDED_OUT, *EXPORT_FILES}
    try:
        names = [path.name for path in root_of(directory).iterdir()]
    except OSError as error:
        raise InputError(
            "the directory cannot be listed", where=str(directory), next_step="Check its permissions."
        ) from error
    return tuple(sorted(name for name in names if name not in known))


def _chosen(candidates: list[ImportedDataset]) -> ImportedDataset | None:
    if not candidates:
        return None
    # what could not be read is no reason to leave out what was; the order is kept otherwise
    first = min(candidates, key=lambda one: one.rows is None)
    others = ", ".join(one.path.name for one in candidates if one is not first)
    return replace(first, notes=(f"also in {others}, which was left out",)) if others else first


def _single(root: Path, provenance: Mapping[str, Entry], tenants: Tenants) -> Iterator[ImportedDataset]:
    for spec in DATASETS.values():
        path = inside(root, spec.export_file)
        if path is not None:
            raw = read_capped(path, max_bytes=MAX_BYTES)
            export = read_export(raw, where=str(path))
            named = tenants.add(spec.name, path, export.rows)
            entry = provenance[spec.export_file] if spec.export_file in provenance else Entry()
            yield _dataset(spec, path, raw, export, entry, named)


def _scubagear(root: Path, tenants: Tenants) -> Iterator[ImportedDataset]:
    path = inside(root, PROVIDER_SETTINGS)
    if path is not None:
        yield from read_provider_settings(path, read_capped(path, max_bytes=MAX_BYTES), tenants)


def _attested(root: Path, tenants: Tenants) -> Iterator[ImportedDataset]:
    path = inside(root, RETENTION_POLICIES)
    if path is None:
        return
    raw = read_capped(path, max_bytes=MAX_YAML_BYTES)
    policies = attested_policies(raw, where=str(path))
    named = tenants.add(_POLICIES, path, (), frozenset({policies.tenant_id}))
    yield ImportedDataset(
        spec_name=_POLICIES,
        path=path,
        raw=raw,
        rows=len(policies.rows),
        state=State.COMPLETE,
        reasons=(),
        collected_at=policies.when,
        by=policies.by,
        command=f"read in {policies.where} and typed in",
        endpoint=None,
        tenant_ids=named.ids,
        domains=named.domains,
        origin=Origin.ATTESTED,
        source={"file": path.name},
    )


def _dataset(spec: DatasetSpec, path: Path, raw: bytes, export: Export, entry: Entry, named: Named) -> ImportedDataset:
    rows = len(export.rows)
    reasons = (*_provenance_doubts(spec, entry, rows), *_row_doubts(spec, export.rows), *export.doubts)
    if rows < spec.least_rows:
        reasons = (f"the file holds {rows} rows; no tenant has fewer than {spec.least_rows}", *reasons)
        state = State.FAILED
    else:
        state = State.PARTIAL if reasons else State.COMPLETE
    return ImportedDataset(
        spec_name=spec.name,
        path=path,
        raw=raw,
        rows=rows,
        state=state,
        reasons=reasons,
        collected_at=None if entry.when is None else instant(entry.when),
        by=entry.by,
        command=entry.command,
        endpoint=entry.endpoint,
        tenant_ids=named.ids,
        domains=named.domains,
        asked=() if entry.asked is None else entry.asked,
        source={"export_file": spec.export_file},
    )


def _row_doubts(spec: DatasetSpec, rows: tuple[Row, ...]) -> Iterator[str]:
    """What the rows themselves tell about how they were exported.

    The PowerShell modules of Microsoft Graph and Azure name properties otherwise than the APIs, whose names all begin
    in lower case. What was asked of one resource after the other has to name it, or nobody could tell which lack.
    """
    if spec.api in (Api.GRAPH, Api.ARM):
        foreign = sorted({key for row in rows for key in row if key[:1].isupper()})
        if foreign:
            by_hand = "Invoke-MgGraphRequest -OutputType Json" if spec.api is Api.GRAPH else "az rest --method get"
            yield (
                f"its property names ({', '.join(foreign[:3])}) are those of the PowerShell module, which the API does"
                f" not use; export what `{spec.request}` answers, for instance with {by_hand}"
            )
    # a role that somebody holds above a subscription is listed there under an id of its own
    if spec.name in PARENT_OF and spec.name not in INHERITED:
        kind = PARENT_OF[spec.name]
        form = re.compile(rf"/(?:{SEGMENTS[kind]})(?:/|$)", re.IGNORECASE)
        nameless = sum(1 for row in rows if not (isinstance(row.get("id"), str) and form.search(str(row["id"]))))
        if nameless:
            yield f"{nameless} of its rows do not say which {_WORDS[kind]} they are of (id)"


def _provenance_doubts(spec: DatasetSpec, entry: Entry, rows: int) -> Iterator[str]:
    missing = [
        word
        for word, value in (("command", entry.command), ("when", entry.when), ("rows", entry.rows))
        if value is None
    ]
    if missing:
        yield f"{PROVENANCE} does not give its {', '.join(missing)}"
    if entry.rows is not None and entry.rows != rows:
        yield f"{PROVENANCE} says {entry.rows} rows, and the file holds {rows}"
    if entry.command is not None:
        when = None if entry.when is None else instant(entry.when)
        yield from command_doubts(spec, entry.command, rows, when)
    if spec.name in MAY_BE_EMPTY and entry.asked is None:
        yield f"{PROVENANCE} does not give the ids of what it was asked of (asked), which its rows cannot tell"
    if spec.name in _ENDPOINT_DECIDES and entry.endpoint is not _ENDPOINT_DECIDES[spec.name]:
        said = "does not give its endpoint" if entry.endpoint is None else f"says that {entry.endpoint} answered"
        yield f"{PROVENANCE} {said}; {spec.export_file} is asked of {_ENDPOINT_DECIDES[spec.name]}"
