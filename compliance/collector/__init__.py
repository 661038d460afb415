"""Reads a tenant into an evidence bundle: which datasets, in what order, and how each reading ended."""

from __future__ import annotations

import re
import statistics
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import msgspec

from compliance import __version__
from compliance.collector.alone import alone_in
from compliance.collector.reading import Clock, Clocks, foreseen, read_dataset, unasked
from compliance.collector.resuming import kept, require_same
from compliance.credentials import SignInError
from compliance.errors import InputError
from compliance.evidence.bundle import Bundle, claim_directory, open_bundle, seal
from compliance.evidence.datasets import DATASETS, Api, State
from compliance.evidence.journal import SCHEMA as JOURNAL_SCHEMA
from compliance.evidence.journal import Journal, JournalKeeper, read_journal, scraps
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
from compliance.sources.transport import TenantApis

_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Before:
    """The bundle that a collection follows: the link to it, and the tenant that it is of."""

    link: Previous
    tenant_id: str


@dataclass(frozen=True, slots=True)
class Run:
    """What a collection is asked for; `previous` is the bundle that this one follows.

    With `resume` it goes on where an earlier one was interrupted, if there was one.
    """

    out: Path
    datasets: Sequence[str]
    scope: Scope
    settings_sha256: str
    previous: Before | None = None
    resume: bool = False


def _silent(_: str) -> None:
    pass


def collect(apis: TenantApis, run: Run, *, clock: Clock, say: Callable[[str], None] = _silent) -> Bundle:
    """Read every dataset asked for and seal the bundle. A dataset that cannot be read says so; the others go on.

    `say` is told, before anything is collected, what will not be asked for, and what is read again. Until the bundle
    is sealed its directory holds a journal, and nothing takes it for a bundle.
    Raises InputError where the output directory is in use, holds another collection than the one to go on with, or
    the tenant is not the one that the settings name or the bundle before is of, and SignInError where nobody can sign
    in.
    """
    if _GUID.fullmatch(apis.tenant_id):
        _follows(run.previous, apis.tenant_id)
    with alone_in(run.out):
        return _collect(apis, run, clock, say)


def _collect(apis: TenantApis, run: Run, clock: Clock, say: Callable[[str], None]) -> Bundle:
    wanted = _journal(apis, run)
    begun = _begun(run, wanted)
    known = {name: entry for name in wanted.asked if (entry := _unasked(apis, name, say)) is not None}
    signed_in, unreachable = _sign_in(apis)
    before = kept(apis, run.out, begun, say) if begun is not None else ()
    clocks = Clocks(clock, list(begun.clock_offsets) if begun is not None else [])
    identities = tuple(dict.fromkeys((*(begun.identities if begun else ()), *(one for _, one in signed_in))))
    so_far = msgspec.structs.replace(
        wanted, identities=identities, clock_offsets=tuple(clocks.offsets), finished=before
    )
    journal = JournalKeeper(run.out, so_far)
    reading = _Reading(apis, run.out, clocks, journal, unreachable)
    entries = {entry.name: entry for entry in before} | known
    left = [name for name in wanted.asked if name not in entries]
    entries |= reading.lane([name for name in left if name == ORGANIZATION])
    organization = organization_of(run.out, entries.values())
    tenant = _tenant(apis, organization, signed_in)
    _follows(run.previous, tenant.id)
    entries |= reading.lanes([name for name in left if name != ORGANIZATION])
    ended = [entry.ended for entry in entries.values() if entry.ended is not None]
    manifest = Manifest(
        schema=SCHEMA,
        tool=wanted.tool,
        tenant=tenant,
        cloud=apis.cloud.name,
        simulated=apis.cloud.simulated,
        as_of=max(ended, default=clock()),
        clock_offset_seconds=round(statistics.median(clocks.offsets), 1) if clocks.offsets else None,
        identities=identities,
        settings_sha256=run.settings_sha256,
        scope=run.scope,
        scope_sha256=sha256(encode(run.scope)),
        datasets=tuple(entries[name] for name in sorted(entries)),
        previous=wanted.previous,
        amendments=(),
    )
    seal(run.out, manifest)
    return open_bundle(run.out)


class _Reading:
    """A collection under way: reads datasets and notes in the journal what is finished."""

    def __init__(
        self,
        apis: TenantApis,
        out: Path,
        clocks: Clocks,
        journal: JournalKeeper,
        unreachable: Mapping[Api, SignInError],
    ) -> None:
        self._apis = apis
        self._out = out
        self._clocks = clocks
        self._journal = journal
        self._unreachable = unreachable
        self._stopped = threading.Event()

    def lanes(self, names: Sequence[str]) -> dict[str, DatasetEntry]:
        """Read datasets, those of different APIs side by side."""
        entries: dict[str, DatasetEntry] = {}
        lanes = [[name for name in names if DATASETS[name].api is api] for api in Api]
        with ThreadPoolExecutor(max_workers=len(Api)) as pool:
            try:
                for lane in pool.map(self.lane, lanes):
                    entries |= lane
            except BaseException:
                # otherwise the pool would wait for the lanes, and these for a throttled service
                self._stopped.set()
                self._apis.stop()
                raise
        return entries

    def lane(self, names: Sequence[str]) -> dict[str, DatasetEntry]:
        """Read datasets one after the other; those that are missing from the answer were stopped."""
        entries: dict[str, DatasetEntry] = {}
        for name in names:
            spec = DATASETS[name]
            error = self._unreachable.get(spec.api)
            # what Purview refuses may be had from Exchange, so its reader is not kept from trying
            if error is not None and (error.code is None or spec.api is not Api.PURVIEW):
                entries[name] = unasked(spec, State.FAILED if error.code is None else State.DENIED, error.what)
                continue
            entry = read_dataset(self._apis, spec, self._out, self._clocks, self._stopped)
            if entry is None:
                break
            entries[name] = entry
            if entry.state is State.COMPLETE:
                self._apis.whole.add(name)
            self._journal.finished(entry, self._clocks.offsets)
        return entries


def _journal(apis: TenantApis, run: Run) -> Journal:
    return Journal(
        schema=JOURNAL_SCHEMA,
        tool=Tool(name="lookback", version=__version__),
        tenant=apis.tenant_id,
        cloud=apis.cloud.name,
        settings_sha256=run.settings_sha256,
        scope=run.scope,
        asked=tuple(name for name in DATASETS if name in run.datasets),
        previous=None if run.previous is None else run.previous.link,
        identities=(),
        clock_offsets=(),
        finished=(),
    )


def _begun(run: Run, wanted: Journal) -> Journal | None:
    """Return the collection to go on with, or None where this one begins; then its directory is made."""
    begun = read_journal(run.out) if run.resume else None
    if begun is not None:
        require_same(begun, wanted, run.out)
    if run.resume:
        for path in scraps(run.out):
            path.unlink()
    if begun is None:
        claim_directory(run.out)
    return begun


def _unasked(apis: TenantApis, name: str, say: Callable[[str], None]) -> DatasetEntry | None:
    ending = foreseen(apis, DATASETS[name])
    if ending is None:
        return None
    say(f"{name}: {ending.state.value}, {ending}")
    return unasked(DATASETS[name], ending.state, str(ending))


def _sign_in(apis: TenantApis) -> tuple[list[tuple[str | None, Identity]], dict[Api, SignInError]]:
    """Sign in to every API that is to be asked: who that is, by tenant, and why nobody is at some of them.

    An API to which nobody can sign in ends its own datasets alone; raises SignInError where that is so of all, or
    where the one credential of all is refused.
    """
    signed_in: list[tuple[str | None, Identity]] = []
    errors: dict[Api, SignInError] = {}
    for api in (api for api in Api if apis.asks(api)):
        try:
            facts = apis.token_facts(api)
        except SignInError as error:
            if not error.of_one_api:
                raise
            errors[api] = error
            continue
        signed_in.append(
            (
                facts.tenant_id,
                Identity(
                    api=api,
                    application=facts.app_id,
                    object_id=facts.object_id,
                    audience=facts.audience,
                    roles=facts.roles,
                    scopes=facts.scopes,
                    directory_roles=facts.directory_roles,
                ),
            )
        )
    if errors and not signed_in:
        raise next(iter(errors.values()))
    return signed_in, errors


def _follows(previous: Before | None, tenant_id: str) -> None:
    """Raise InputError where the bundle before is of another tenant."""
    if previous is not None and previous.tenant_id.casefold() != tenant_id.casefold():
        raise InputError(
            f"the bundle before is of tenant {previous.tenant_id}; this one would be of {tenant_id}",
            where="--previous",
            next_step="Give a bundle of the same tenant, or leave --previous out.",
        )


def _tenant(
    apis: TenantApis, organization: Organization | None, identities: Iterable[tuple[str | None, Identity]]
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
