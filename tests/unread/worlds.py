"""Bundles made of plain rows, and what checks and reports say of them: the ground that these tests stand on."""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Any

import msgspec

from compliance.assessment.assessment import SourceEntry
from compliance.assessment.check import Check
from compliance.assessment.declarations import (
    NO_DECLARATIONS,
    ApprovedList,
    AttestedStore,
    Copied,
    Declarations,
    Statement,
)
from compliance.assessment.sources import levels_of, sources_of
from compliance.assessment.verdict import Status
from compliance.cli.apis import now, scope_of, tenant_apis
from compliance.collector import Run, collect
from compliance.demo.server import serve
from compliance.demo.tenant import Tenant
from compliance.evidence.bundle import Bundle, dataset_file, frames_of, open_bundle, seal
from compliance.evidence.datasets import DATASETS, Api, Origin, State
from compliance.evidence.derived import DERIVATIONS, AuditLog, AzureActivity, CloudAppEvents, EntraReach
from compliance.evidence.derived.recording import MAILBOX_SOURCES
from compliance.evidence.evidence import Derivation, Evidence, Resolved, datasets_behind, parameters
from compliance.evidence.manifest import SCHEMA, DatasetEntry, Identity, Manifest, Tool, encode, sha256
from compliance.evidence.manifest import Tenant as TenantEntry
from compliance.evidence.population import Coverage, Population
from compliance.evidence.rows import typed_rows
from compliance.evidence.scope import EVERYBODY, Scope
from compliance.evidence.unread import Kind
from compliance.evidence.view import View
from compliance.evidence.views import DATASET_OF, DATASETS_OF, OrganizationConfig
from compliance.evidence.writer import DatasetWriter
from compliance.rules.entra_logs import ENTRA_LOGS
from compliance.rules.log_sources import AZURE_ACTIVITY, CLOUD_APP_EVENTS
from compliance.rules.office_activity import CONNECTED_BY
from compliance.rules.periods import Duration
from compliance.rules.record_types import LOG_SOURCES
from compliance.runner import judge
from compliance.settings import load_settings
from compliance.standards import Standard, load_standard

AS_OF = dt.datetime(2026, 11, 16, 9, tzinfo=dt.UTC)
TENANT_ID = "5987ff42-0fda-558c-8b81-e529552701b4"
_ENDPOINTS = {
    Api.GRAPH: "graph",
    Api.EXCHANGE: "exchange_online",
    Api.PURVIEW: "security_compliance",
    Api.ARM: "arm",
}

READER = Identity(
    api=Api.GRAPH,
    application="6f0d2b1c-5a3e-4d7a-9b1f-0c2d3e4f5a6b",
    object_id="7a1e3c2d-6b4f-4e8b-8c2a-1d3e4f5a6b7c",
    audience=None,
    roles=("User.Read.All",),
    scopes=(),
    directory_roles=None,
)
"""Who read: an application that may only read, and whose token says nothing of directory roles."""

_OWNED = {"owner": "whoever owns the list", "declared_on": dt.date(2026, 11, 1), "expires": dt.date(2027, 1, 1)}


def declared_by(subscriptions: Iterable[str]) -> Declarations:
    """What is declared of a tenant: what no API shows, and all subscriptions, without which nothing of Azure is whole.

    Where Microsoft Defender XDR streams its events to is such a thing.
    """
    return Declarations(
        stores=(
            AttestedStore(
                id="archive",
                name="the archive of what no connector exports",
                sources=(CLOUD_APP_EVENTS, *(one for one in LOG_SOURCES if one not in CONNECTED_BY)),
                hot=Duration.of_months(30),
                total=Duration.of_months(30),
                copied=Copied.AT_CREATION,
                file=Path("archive.pdf"),
                sha256="0" * 64,
                **_OWNED,
            ),
        ),
        approved_subscriptions=ApprovedList(ids=tuple(subscriptions), **_OWNED),
        statements=tuple(
            Statement(about=about, text="as our own records show", **_OWNED)
            for about in ("soc-access", "log-access-review", "log-hashes")
        ),
    )


Row = dict[str, Any]
Rows = Mapping[str, Sequence[Row]]
Told = Mapping[str, tuple[Status, Kind | None]]
"""Each status that something gives, and the kind where that is known."""


@dataclass(frozen=True)
class World:
    """What was read: rows by dataset, what is special about a dataset's entry (None: no entry), and its coverage."""

    name: str
    rows: Rows
    entries: Mapping[str, Mapping[str, Any] | None] = field(default_factory=dict)
    visible_only: frozenset[str] = frozenset()
    scope: Scope = EVERYBODY
    tenant_id: str = TENANT_ID
    absent: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    declarations: Declarations = NO_DECLARATIONS

    def with_rows(self, dataset: str, rows: Sequence[Row]) -> World:
        return replace(self, rows={**self.rows, dataset: rows})

    def with_entry(self, dataset: str, entry: Mapping[str, Any] | None) -> World:
        return replace(self, entries={**self.entries, dataset: entry})


class Press:
    """Writes bundles whose digests are right, so that only what was read differs. What they share is written once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._bundles = 0
        self._written: dict[tuple[str, Origin, int], tuple[Sequence[Row], Path, str]] = {}

    def bundle(self, world: World) -> Bundle:
        self._bundles += 1
        path = self._folder / f"bundle{self._bundles}"
        entries = [
            self._dataset(path, name, rows, world.entries.get(name, {}), world.absent.get(name, ()))
            for name, rows in world.rows.items()
        ]
        manifest = Manifest(
            schema=SCHEMA,
            tool=Tool(name="lookback", version="0"),
            tenant=TenantEntry(id=world.tenant_id, name=None, initial_domain=None),
            cloud="custom",
            simulated=True,
            as_of=AS_OF,
            clock_offset_seconds=None,
            identities=(READER,),
            settings_sha256=None,
            scope=world.scope,
            scope_sha256=sha256(encode(world.scope)),
            datasets=tuple(entry for entry in entries if entry is not None),
            previous=None,
            amendments=(),
        )
        seal(path, manifest)
        return open_bundle(path)

    def _dataset(
        self,
        bundle: Path,
        name: str,
        rows: Sequence[Row],
        changed: Mapping[str, Any] | None,
        absent: tuple[str, ...],
    ) -> DatasetEntry | None:
        if changed is None:
            return None
        entry = DatasetEntry(
            name=name,
            state=State.COMPLETE,
            reason=None,
            origin=Origin.COLLECTED,
            request=DATASETS[name].request,
            endpoint=_ENDPOINTS[DATASETS[name].api],
            file=None,
            sha256=None,
            frames=0,
            rows=len(rows),
            expected_rows=None,
            started=AS_OF,
            ended=AS_OF,
            attempts=1,
            waited_seconds=0.0,
            by=None,
            absent=absent,
        )
        entry = msgspec.structs.replace(entry, **changed)
        if entry.rows is None:
            return entry
        file, digest = self._file(name, rows, entry.origin)
        (bundle / dataset_file(name)).parent.mkdir(parents=True, exist_ok=True)
        (bundle / dataset_file(name)).hardlink_to(file)
        return msgspec.structs.replace(entry, file=dataset_file(name), sha256=digest, frames=1)

    def _file(self, name: str, rows: Sequence[Row], origin: Origin) -> tuple[Path, str]:
        key = name, origin, id(rows)
        if key not in self._written:
            folder = self._folder / f"dataset{len(self._written)}"
            writer = DatasetWriter(folder, name)
            body = {"value": rows} if origin is Origin.COLLECTED else rows
            writer.page({"rows": len(rows)}, json.dumps(body).encode())
            self._written[key] = rows, folder / writer.file, writer.close()
        _, file, digest = self._written[key]
        return file, digest


class WorldEvidence(Evidence):
    """Evidence in which some populations are only those that we may see."""

    def __init__(self, bundle: Bundle, world: World) -> None:
        super().__init__(bundle, DERIVATIONS)
        self._visible_only = world.visible_only
        self.declarations = world.declarations
        self._sources: dict[str, tuple[SourceEntry, ...]] = {}

    def sources(self, standard: Standard) -> tuple[SourceEntry, ...]:
        """The rows of the picture; several subjects look at some of them each."""
        if standard.id not in self._sources:
            self._sources[standard.id] = tuple(sources_of(standard, self, self.declarations))
        return self._sources[standard.id]

    def _population(self, row_type: type[View]) -> Resolved:
        found = super()._population(row_type)
        names = DATASETS_OF[row_type]
        if self._visible_only.isdisjoint(names) or not isinstance(found.value, Population):
            return found
        rows = chain.from_iterable
        return replace(
            found, value=Population(lambda: rows(map(self._rows, names)), Coverage.VISIBLE_ONLY, found.value.shortfall)
        )


@dataclass(frozen=True)
class Subject:
    """Something that says pass: a check under a standard, or the picture of the log sources beside it.

    `datasets` are those that it rests on; `opens` those beside them that can only leave a failure open.
    """

    name: str
    datasets: frozenset[str]
    opens: frozenset[str]
    ask: Callable[[WorldEvidence], Told]


STANDARDS = tuple(load_standard(name) for name in ("m-21-31", "m-26-14"))


def subjects_of(checks: Sequence[Check]) -> list[Subject]:
    """Each check under each standard that it takes."""
    found = []
    for one in checks:
        takes = any(kind is Standard for _, kind, _ in parameters(one.function))
        standards = [each for each in STANDARDS if one.standards is None or each.id in one.standards]
        for standard in standards if takes else [None]:
            name = f"{one.id} {standard.id}" if standard else one.id
            found.append(Subject(name, *_behind(one.function), _finding_of(one, standard)))
    return found


def _finding_of(one: Check, standard: Standard | None) -> Callable[[WorldEvidence], Told]:
    def ask(evidence: WorldEvidence) -> Told:
        finding, _ = judge(one, standard, evidence, evidence.declarations)
        return {one.id: (finding.status, finding.kind)}

    return ask


def pictures() -> list[Subject]:
    """The rows of the log sources, and the maturity levels, under each standard."""
    audit_log, opens = _behind(DERIVATIONS[AuditLog])
    entra, azure, events = (_behind(DERIVATIONS[view])[0] for view in (EntraReach, AzureActivity, CloudAppEvents))
    every = audit_log | entra | azure | events
    return [
        subject
        for standard in STANDARDS
        for subject in (
            Subject(
                f"mailbox sources {standard.id}",
                audit_log,
                opens,
                _rows_of(standard, MAILBOX_SOURCES.__contains__),
            ),
            Subject(
                f"other sources {standard.id}",
                audit_log - {DATASET_OF[OrganizationConfig]},
                opens,
                _rows_of(standard, (LOG_SOURCES.keys() - MAILBOX_SOURCES).__contains__),
            ),
            Subject(f"Entra sources {standard.id}", entra, frozenset(), _rows_of(standard, ENTRA_LOGS.__contains__)),
            Subject(f"Activity log {standard.id}", azure, frozenset(), _rows_of(standard, AZURE_ACTIVITY.__eq__)),
            Subject(
                f"Defender's events {standard.id}", events, frozenset(), _rows_of(standard, CLOUD_APP_EVENTS.__eq__)
            ),
            Subject(f"levels {standard.id}", every, opens - every, _levels_of(standard)),
        )
    ]


def _behind(function: Derivation) -> tuple[frozenset[str], frozenset[str]]:
    """The datasets that a function rests on, and those that only open what it would fail."""
    rests_on = datasets_behind(function, DERIVATIONS)
    return rests_on, _everything_behind(function) - rests_on


def _everything_behind(function: Derivation) -> frozenset[str]:
    names = datasets_behind(function, DERIVATIONS)
    for _, kind, _ in parameters(function):
        if kind in DERIVATIONS:
            names |= _everything_behind(DERIVATIONS[kind])
    return names


def _rows_of(standard: Standard, wanted: Callable[[str], bool]) -> Callable[[WorldEvidence], Told]:
    def ask(evidence: WorldEvidence) -> Told:
        rows = [row for row in evidence.sources(standard) if wanted(row.id)]
        hot = {f"{row.id} hot": (row.hot_status, None) for row in rows}
        total = {f"{row.id} total": (row.total_status, None) for row in rows}
        return {row.id: (row.status, None) for row in rows} | hot | total

    return ask


def _levels_of(standard: Standard) -> Callable[[WorldEvidence], Told]:
    return lambda evidence: {
        level.id: (level.retention, None) for level in levels_of(standard, evidence, evidence.declarations)
    }


def collected(tenant: Tenant, out: Path) -> World:
    """What lookback reads of a simulated tenant over HTTP, as plain rows."""
    with serve(tenant) as served:
        config = served.directory / "config.yaml"
        config.write_text(served.settings_yaml(), encoding="utf-8")
        settings = load_settings(config)
        os.environ.update(served.environment)
        with tenant_apis(settings, quiet=True) as apis:
            bundle = collect(apis, Run(out, tuple(DATASETS), scope_of(settings), settings.digest()), clock=now)
    rows, absent = {}, {}
    for entry in bundle.manifest.datasets:
        assert entry.state is State.COMPLETE, entry
        rows[entry.name] = _raw_rows(bundle, entry)
        absent[entry.name] = entry.absent
    return World(
        tenant.display_name,
        rows,
        tenant_id=tenant.id,
        absent=absent,
        declarations=declared_by(one.id for one in tenant.azure.subscriptions),
    )


def _raw_rows(bundle: Bundle, entry: DatasetEntry) -> list[Row]:
    rows = []
    for frame in frames_of(bundle.path, entry):
        body = json.loads(frame.body)
        match frame.header.get("shape"):
            case "object":
                rows.append(body)
            case "data":
                rows += body["data"]
            case None:
                rows += body["value"]
    assert len(rows) == len(list(typed_rows(bundle.path, entry)))
    return rows
