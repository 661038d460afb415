"""Reads a tenant into an evidence bundle: which datasets, in what order, and how each reading ended."""

from __future__ import annotations

import datetime as dt
import re
import statistics
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from compliance import __version__
from compliance.credentials import SignInError
from compliance.errors import InputError
from compliance.evidence.bundle import Bundle, claim_directory, open_bundle, seal
from compliance.evidence.datasets import DATASETS, Api, DatasetSpec, Origin, State
from compliance.evidence.manifest import (
    SCHEMA,
    DatasetEntry,
    Identity,
    Manifest,
    Previous,
    Tenant,
    Tool,
    encode,
    sha256,
)
from compliance.evidence.scope import Scope
from compliance.evidence.tenancy import ORGANIZATION, organization_of, tenant_of
from compliance.evidence.views import Organization
from compliance.evidence.writer import DatasetWriter
from compliance.sources.errors import SourceError
from compliance.sources.pages import Page
from compliance.sources.policies import NotAllowed
from compliance.sources.readers import READERS
from compliance.sources.transport import Exchange, Reply, TenantApis

_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
Clock = Callable[[], dt.datetime]


@dataclass(frozen=True, slots=True)
class Before:
    """The bundle that a collection follows: the link to it, and the tenant that it is of."""

    link: Previous
    tenant_id: str


@dataclass(frozen=True, slots=True)
class Run:
    """What a collection is asked for; `previous` is the bundle that this one follows."""

    out: Path
    datasets: Sequence[str]
    scope: Scope
    settings_sha256: str
    previous: Before | None = None


@dataclass(slots=True)
class _Clocks:
    now: Clock
    offsets: list[float] = field(default_factory=list)

    def met(self, server_date: dt.datetime | None) -> None:
        """Compare our clock with the server's, as its answer arrives."""
        if server_date is not None:
            self.offsets.append((self.now() - server_date).total_seconds())


def collect(apis: TenantApis, run: Run, *, clock: Clock) -> Bundle:
    """Read every dataset asked for and seal the bundle. A dataset that cannot be read says so; the others go on.

    Raises InputError where the output directory is in use or the tenant is not the one that the settings name or the
    bundle before is of, and SignInError where nobody can sign in.
    """
    if _GUID.fullmatch(apis.tenant_id):
        _follows(run.previous, apis.tenant_id)
    claim_directory(run.out)
    identities = [identity for api in Api for identity in _identity(apis, api)]
    clocks = _Clocks(clock)
    entries = {
        name: read_dataset(apis, DATASETS[name], run.out, clocks) for name in run.datasets if name == ORGANIZATION
    }
    organization = organization_of(run.out, entries.values())
    tenant = _tenant(apis, organization, identities)
    _follows(run.previous, tenant.id)
    lanes = [[name for name in run.datasets if name != ORGANIZATION and DATASETS[name].api is api] for api in Api]
    with ThreadPoolExecutor(max_workers=len(lanes)) as pool:
        try:
            for lane in pool.map(lambda names: _read_lane(apis, names, run.out, clocks), lanes):
                entries.update(lane)
        except BaseException:
            # otherwise the pool would wait for the lanes, and these for a throttled service
            apis.stop()
            raise
    ended = [entry.ended for entry in entries.values() if entry.ended is not None]
    manifest = Manifest(
        schema=SCHEMA,
        tool=Tool(name="lookback", version=__version__),
        tenant=tenant,
        cloud=apis.cloud.name,
        simulated=apis.cloud.simulated,
        as_of=max(ended, default=clock()),
        clock_offset_seconds=round(statistics.median(clocks.offsets), 1) if clocks.offsets else None,
        identities=tuple(identity for _, identity in identities),
        settings_sha256=run.settings_sha256,
        scope=run.scope,
        scope_sha256=sha256(encode(run.scope)),
        datasets=tuple(entries[name] for name in sorted(entries)),
        previous=None if run.previous is None else run.previous.link,
        amendments=(),
    )
    seal(run.out, manifest)
    return open_bundle(run.out)


def read_dataset(apis: TenantApis, spec: DatasetSpec, out: Path, clocks: _Clocks) -> DatasetEntry:
    """Read one dataset into its file and return how it went."""
    pages = _Pages()
    state, reason = State.COMPLETE, None
    with DatasetWriter(out, spec.name) as writer:
        try:
            for page in READERS[spec.name].read(apis):
                clocks.met(page.server_date)
                writer.page(_page_header(page), page.body)
                pages.add(page)
        except (NotAllowed, SignInError) as error:
            state, reason = State.FAILED, error.what
        except SourceError as error:
            state, reason = error.state, error.reason
            if error.reply is not None:
                clocks.met(error.reply.exchange.ended)
                pages.failed(error.reply.exchange)
                writer.error(_error_header(error.reply), error.reply.body)
        digest = writer.close()
    if state is State.COMPLETE and pages.rows < spec.least_rows:
        state, reason = State.FAILED, f"the answer holds {pages.rows} rows, which no tenant has"
    if state is State.COMPLETE and spec.counted and pages.expected is None:
        state, reason = State.PARTIAL, "the service gave no count of the rows to compare with"
    return DatasetEntry(
        name=spec.name,
        state=state,
        reason=reason,
        origin=Origin.COLLECTED,
        request=spec.request,
        endpoint=pages.endpoint,
        file=writer.file,
        sha256=digest,
        frames=writer.frames,
        rows=pages.rows if state in (State.COMPLETE, State.PARTIAL) or pages.rows else None,
        expected_rows=pages.expected,
        started=pages.started,
        ended=pages.ended,
        attempts=pages.attempts,
        waited_seconds=round(pages.waited, 1),
        by=None,
    )


@dataclass(slots=True)
class _Pages:
    rows: int = 0
    expected: int | None = None
    endpoint: str | None = None
    started: dt.datetime | None = None
    ended: dt.datetime | None = None
    attempts: int = 0
    waited: float = 0.0

    def add(self, page: Page) -> None:
        self.rows += page.rows
        self.expected = page.count if page.count is not None else self.expected
        self.endpoint = page.endpoint
        self._seen(page.server_date, page.attempts, page.waited_seconds)

    def failed(self, exchange: Exchange) -> None:
        self._seen(exchange.ended, exchange.attempts, exchange.waited_seconds)

    def _seen(self, date: dt.datetime | None, attempts: int, waited: float) -> None:
        self.started = self.started or date
        self.ended = date or self.ended
        self.attempts += attempts
        self.waited += waited


def _read_lane(apis: TenantApis, names: Sequence[str], out: Path, clocks: _Clocks) -> dict[str, DatasetEntry]:
    return {name: read_dataset(apis, DATASETS[name], out, clocks) for name in names}


def _page_header(page: Page) -> dict[str, Any]:
    return {
        "method": page.method,
        "url": page.url,
        "request": page.request,
        "status": page.status,
        "request_id": page.request_id,
        "client_request_id": page.client_request_id,
        "date": page.server_date,
        "endpoint": page.endpoint,
        "rows": page.rows,
        "attempts": page.attempts,
        "waited_seconds": page.waited_seconds,
        "warnings": page.warnings,
    }


def _error_header(reply: Reply) -> dict[str, Any]:
    exchange = reply.exchange
    return {
        "method": exchange.method,
        "url": exchange.url,
        "request": exchange.request,
        "status": reply.status,
        "request_id": exchange.request_id,
        "client_request_id": exchange.client_request_id,
        "date": exchange.ended,
        "attempts": exchange.attempts,
        "waited_seconds": exchange.waited_seconds,
    }


def _identity(apis: TenantApis, api: Api) -> Iterable[tuple[str | None, Identity]]:
    try:
        facts = apis.token_facts(api)
    except SignInError as error:
        if not error.of_one_api:
            raise
        return []
    identity = Identity(
        api=api,
        application=facts.app_id,
        object_id=facts.object_id,
        audience=facts.audience,
        roles=facts.roles,
        scopes=facts.scopes,
        directory_roles=facts.directory_roles,
    )
    return [(facts.tenant_id, identity)]


def _follows(previous: Before | None, tenant_id: str) -> None:
    """Raise InputError where the bundle before is of another tenant."""
    if previous is not None and previous.tenant_id.casefold() != tenant_id.casefold():
        raise InputError(
            f"the bundle before is of tenant {previous.tenant_id}; this one would be of {tenant_id}",
            where="--previous",
            next_step="Give a bundle of the same tenant, or leave --previous out.",
        )


def _tenant(
    apis: TenantApis, organization: Organization | None, identities: Sequence[tuple[str | None, Identity]]
) -> Tenant:
    """Return the tenant that answered; raises InputError where the answers are of several, or of another one."""
    found = {tenant_id.casefold() for tenant_id, _ in identities if tenant_id is not None}
    if organization is not None and organization.holds("id"):
        found.add(organization.id.casefold())
    if _GUID.fullmatch(apis.tenant_id):
        found.add(apis.tenant_id.casefold())
    if len(found) != 1:
        raise InputError(
            f"the answers name {', '.join(sorted(found)) or 'no tenant'}; expected one and the same tenant",
            where=apis.tenant_id,
            next_step="Check tenant in config.yaml and the app registration's home tenant.",
        )
    return tenant_of(found.pop(), organization)
