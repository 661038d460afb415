"""Reads one dataset into its file, and says how that went."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from compliance.clouds import lack_of
from compliance.credentials import SignInError
from compliance.evidence.datasets import DatasetSpec, Origin, State
from compliance.evidence.manifest import DatasetEntry
from compliance.evidence.writer import DatasetWriter
from compliance.sources.errors import SourceError
from compliance.sources.pages import Page
from compliance.sources.policies import NotAllowed
from compliance.sources.readers import READERS
from compliance.sources.transport import Exchange, Reply, TenantApis

Clock = Callable[[], dt.datetime]


@dataclass(slots=True)
class Clocks:
    """Our clock beside the server's: `offsets` are the seconds by which ours was ahead, one for each answer."""

    now: Clock
    offsets: list[float] = field(default_factory=list)

    def met(self, server_date: dt.datetime | None) -> None:
        """Compare our clock with the server's, as its answer arrives."""
        if server_date is not None:
            self.offsets.append((self.now() - server_date).total_seconds())


@dataclass(frozen=True, slots=True)
class Foreseen:
    """How the reading of a dataset is known to end before anything is sent.

    `reason` is part of a sentence; `instead` is a sentence that tells another way to the data.
    """

    state: State
    reason: str
    instead: str

    def __str__(self) -> str:
        return f"{self.reason}. {self.instead}"


def foreseen(apis: TenantApis, spec: DatasetSpec) -> Foreseen | None:
    """Say why a dataset need not be asked for, or return None where it has to be."""
    lack = lack_of(apis.cloud, spec.name)
    if lack is not None:
        return Foreseen(State.UNAVAILABLE, f"cloud: {lack.reason}", lack.substitute)
    if not apis.asks(spec.api):
        reason = f"config.yaml names no credential for it (credentials: {spec.api.value}: none)"
        return Foreseen(State.NOT_REQUESTED, reason, import_instead(spec))
    return None


def import_instead(spec: DatasetSpec) -> str:
    """Return how to get a dataset without reading it: an administrator exports it, and it is imported."""
    return f"Have an administrator export {spec.export_file}, then give it to lookback import --into."


def unasked(spec: DatasetSpec, state: State, reason: str) -> DatasetEntry:
    """Return the entry of a dataset that was not asked for."""
    return DatasetEntry(
        name=spec.name,
        state=state,
        reason=reason,
        origin=Origin.COLLECTED,
        request=spec.request,
        endpoint=None,
        file=None,
        sha256=None,
        frames=0,
        rows=None,
        expected_rows=None,
        started=None,
        ended=None,
        attempts=0,
        waited_seconds=0.0,
        by=None,
    )


def counted(spec: DatasetSpec, rows: int, expected: int | None) -> tuple[State, str | None]:
    """Say how a reading ended that nothing cut short, by the rows that came and the number that was announced."""
    if rows < spec.least_rows:
        return State.FAILED, f"the answer holds {rows} rows, which no tenant has"
    if spec.counted and expected is None:
        return State.PARTIAL, "the service gave no count of the rows to compare with"
    return State.COMPLETE, None


def read_dataset(
    apis: TenantApis, spec: DatasetSpec, out: Path, clocks: Clocks, stopped: threading.Event
) -> DatasetEntry | None:
    """Read one dataset into its file and return how it went; None where it was stopped, with no file left."""
    pages = _Pages()
    state, reason = State.COMPLETE, None
    reader = READERS[spec.name]
    with DatasetWriter(out, spec.name) as writer:
        try:
            for page in reader.read(apis):
                if stopped.is_set():
                    return None
                clocks.met(page.server_date)
                writer.page(_page_header(page), page.body)
                pages.add(page)
                if reader.learn is not None:
                    reader.learn(apis, page.body)
        except (NotAllowed, SignInError) as error:
            state, reason = State.FAILED, error.what
        except SourceError as error:
            state, reason = error.state, error.reason
            if error.reply is not None:
                clocks.met(error.reply.exchange.ended)
                pages.failed(error.reply.exchange)
                writer.error(_error_header(error.reply), error.reply.body)
        if stopped.is_set():
            return None
        digest = writer.close()
    if state is State.COMPLETE:
        state, reason = counted(spec, pages.rows, pages.expected)
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
        absent=tuple(pages.absent),
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
    absent: list[str] = field(default_factory=list)

    def add(self, page: Page) -> None:
        self.rows += page.rows
        self.expected = page.count if page.count is not None else self.expected
        self.endpoint = page.endpoint
        if page.absent is not None:
            self.absent.append(page.absent)
        self._seen(page.server_date, page.attempts, page.waited_seconds)

    def failed(self, exchange: Exchange) -> None:
        self._seen(exchange.ended, exchange.attempts, exchange.waited_seconds)

    def _seen(self, date: dt.datetime | None, attempts: int, waited: float) -> None:
        self.started = self.started or date
        self.ended = date or self.ended
        self.attempts += attempts
        self.waited += waited


def _page_header(page: Page) -> dict[str, Any]:
    header = {
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
    if page.absent is not None:
        header["absent"] = page.absent
    return header if page.shape is None else {**header, "shape": page.shape}


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
