"""The one way out: every call to a tenant goes through `TenantApis.send`.

One synchronous azure-core pipeline over requests, one session per thread, no redirect followed. What a policy refuses
is never sent; what was sent is described by the `Exchange` that comes back with the reply.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Self

import requests
from azure.core.credentials import TokenCredential
from azure.core.pipeline import Pipeline
from azure.core.pipeline.transport import RequestsTransport
from azure.core.rest import HttpRequest, HttpResponse

from compliance import __version__
from compliance.clouds import Cloud
from compliance.credentials import NotAskedError, SignInError, TokenFacts, bearer_token, token_facts
from compliance.errors import LookbackError
from compliance.evidence.datasets import Api, State
from compliance.settings import Limits
from compliance.sources.arm.inventory import Inventory
from compliance.sources.errors import SourceError
from compliance.sources.policies import Bearer, Clock, HostPin, Journey, ReadOnly, Recorder, is_html
from compliance.sources.retry import GatePolicy, GaveUp, Patience, Retry, ThrottleGate

DEFAULT_LIMITS = Limits()
"""The limits that hold where config.yaml names none."""

SIDE_BY_SIDE = 8
"""How many requests one dataset has under way at once.

Azure Resource Manager refills 25 reads a second for each subscription (Microsoft Learn, "Understand how Azure Resource
Manager throttles requests"): eight that take a third of a second stay just below, also where all go to one.
"""


@dataclass(frozen=True, slots=True)
class Request:
    """One request to an API. `body` is sent as JSON; `follows` is the URL of the page that named this one."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: Mapping[str, Any] | None = None
    follows: str | None = None


@dataclass(frozen=True, slots=True)
class Exchange:
    """What can be told of a request and its answer afterwards; no header of the request, no token.

    `started` and `ended` are the server's clock at the first and last answered attempt, None if it gave none.
    `gave_up` says why a retryable answer is the last one.
    """

    method: str
    url: str
    request: Mapping[str, Any] | None
    status: int
    request_id: str | None
    client_request_id: str
    started: datetime | None
    ended: datetime | None
    attempts: int
    waited_seconds: float
    gave_up: str | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: header names in lower case, the body as received. Neither shows in its repr."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    exchange: Exchange

    @property
    def is_html(self) -> bool:
        """Whether the body is a web page."""
        return is_html(self.headers.get("content-type"))


@dataclass(frozen=True, slots=True)
class Progress:
    """How a reading goes, for display. `dataset` is None for a pause, whose length is `waiting_seconds`."""

    api: Api
    dataset: str | None = None
    rows: int | None = None
    pages: int | None = None
    waiting_seconds: float = 0.0


def _utc_now() -> datetime:
    return datetime.now(UTC)


def _new_id() -> str:
    return str(uuid.uuid4())


class TenantApis:
    """The APIs of one tenant for the length of a run; safe to share between threads. Close it when done.

    `tenant_id` is the tenant's GUID or a domain of it. `initial_domain` (*.onmicrosoft.com), which is None until then,
    and `azure` are learned from what was read; `whole` names the datasets that were read to their end. `clock_offset`
    is by how much our clock was ahead of the service's at the last answer.
    `credential` is one for all APIs, or each API's own with None for an API that is not to be asked.
    """

    def __init__(
        self,
        cloud: Cloud,
        tenant_id: str,
        credential: TokenCredential | Mapping[Api, TokenCredential | None],
        *,
        clock: Clock = _utc_now,
        sleep: Callable[[float], None] | None = None,
        on_progress: Callable[[Progress], None],
        limits: Limits = DEFAULT_LIMITS,
        new_id: Callable[[], str] = _new_id,
    ) -> None:
        self.cloud = cloud
        self.tenant_id = tenant_id
        self.initial_domain: str | None = None
        self.azure = Inventory()
        self.whole: set[str] = set()
        self.clock_offset = timedelta(0)
        self.on_progress = on_progress
        self._credentials = dict(credential) if isinstance(credential, Mapping) else dict.fromkeys(Api, credential)
        self._clock = clock
        self._new_id = new_id
        self._stopped = threading.Event()
        self._patience = Patience(clock, self._pause if sleep is None else sleep, limits, self._waiting)
        self._gate = ThrottleGate()
        self._local = threading.local()
        self._transports: list[RequestsTransport] = []
        self._lock = threading.Lock()
        self._pool: ThreadPoolExecutor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def stop(self) -> None:
        """End every pause, now and from now on, so that whoever waits gives up."""
        self._stopped.set()

    @property
    def is_stopped(self) -> bool:
        """Whether `stop` was called: nothing new should be asked for."""
        return self._stopped.is_set()

    @property
    def pool(self) -> ThreadPoolExecutor:
        """The threads that read what one dataset asks of each of many resources; their connections are kept."""
        with self._lock:
            if self._pool is None:
                self._pool = ThreadPoolExecutor(max_workers=SIDE_BY_SIDE, thread_name_prefix="reading")
            return self._pool

    def now(self) -> datetime:
        """The present by the service's clock, which decides what it calls too long ago."""
        return self._clock() - self.clock_offset

    def _pause(self, seconds: float) -> None:
        if self._stopped.wait(seconds):
            raise GaveUp("interrupted")

    def close(self) -> None:
        """End the threads, and close the connections of all."""
        with self._lock:
            pool, self._pool = self._pool, None
        if pool is not None:
            self.stop()
            pool.shutdown(cancel_futures=True)
        with self._lock:
            for transport in self._transports:
                transport.close()
            self._transports.clear()
            self._local = threading.local()

    def token_facts(self, api: Api) -> TokenFacts:
        """What the token for an API says of the identity; raises `SignInError`."""
        return token_facts(self._token(api))

    def asks(self, api: Api) -> bool:
        """Whether there is a credential for an API; one without it is never called."""
        return self._credentials[api] is not None

    def _token(self, api: Api) -> str:
        """A token for an API, by its own credential; raises `SignInError`."""
        credential = self._credentials[api]
        if credential is None:
            raise NotAskedError(api)
        try:
            return bearer_token(credential, self.cloud.scope(api))
        except SignInError as error:
            # Who fails to sign in to one API may well be somebody else at the others.
            error.of_one_api |= any(other not in (None, credential) for other in self._credentials.values())
            raise

    def tenant_guid(self, api: Api) -> str:
        """The tenant's GUID: as given, or from the API's token where a domain was.

        Raises `SignInError`, and `SourceError` where there is no token for this API or it names no tenant.
        """
        try:
            return str(uuid.UUID(self.tenant_id))
        except ValueError:
            pass
        try:
            tenant_guid = self.token_facts(api).tenant_id
        except SignInError as error:
            raise _without_token(api, error) from None
        if tenant_guid is None:
            raise SourceError(State.FAILED, "the token does not name its tenant", api=api)
        return tenant_guid

    def send(self, api: Api, request: Request) -> Reply:
        """Send a request and give back whatever was answered, with any status.

        Raises `NotAllowed` for what is not a read or leads elsewhere, `SignInError`, and `SourceError` where no answer
        came or the identity can get no token for this API.
        """
        journey = Journey(api, started=self._clock(), follows=request.follows)
        client_request_id = self._new_id()
        headers = {
            **request.headers,
            "Accept": "application/json",
            "User-Agent": f"lookback/{__version__}",
            "client-request-id": client_request_id,
        }
        http_request = HttpRequest(request.method, request.url, headers=headers, json=request.body)
        try:
            answer = self._pipeline().run(http_request, journey=journey)
        except GaveUp as error:
            raise SourceError(State.FAILED, error.what, api=api) from None
        except SignInError as error:
            raise _without_token(api, error) from None
        if journey.dates:
            self.clock_offset = self._clock() - journey.dates[-1]
        response = answer.http_response
        reply_headers = {name.lower(): value for name, value in response.headers.items()}
        exchange = Exchange(
            method=request.method,
            url=request.url,
            request=request.body,
            status=response.status_code,
            request_id=reply_headers.get("request-id"),
            client_request_id=client_request_id,
            started=journey.dates[0] if journey.dates else None,
            ended=journey.dates[-1] if journey.dates else None,
            attempts=journey.attempts,
            waited_seconds=round(journey.waited_seconds, 3),
            gave_up=journey.gave_up,
        )
        return Reply(response.status_code, reply_headers, response.content, exchange)

    def _waiting(self, api: Api, seconds: float) -> None:
        self.on_progress(Progress(api, waiting_seconds=seconds))

    def _pipeline(self) -> Pipeline[HttpRequest, HttpResponse]:
        """This thread's pipeline: a requests session is not made to be shared."""
        pipeline: Pipeline[HttpRequest, HttpResponse] | None = getattr(self._local, "pipeline", None)
        if pipeline is None:
            pipeline = self._local.pipeline = Pipeline(self._transport(), self._policies())
        return pipeline

    def _policies(self) -> list[Any]:
        return [
            ReadOnly(),
            HostPin(self.cloud),
            Retry(self._gate, self._patience),
            GatePolicy(self._gate, self._patience),
            Bearer(self._token),
            Recorder(),
        ]

    def _transport(self) -> RequestsTransport:
        session = _Session()
        session.trust_env = not self.cloud.simulated
        # Otherwise requests would replace the token by what ~/.netrc holds for the host.
        session.auth = _leave_as_is
        ca_bundle = self.cloud.ca_bundle
        transport = RequestsTransport(session=session, connection_verify=True if ca_bundle is None else str(ca_bundle))
        with self._lock:
            self._transports.append(transport)
        return transport


def _without_token(api: Api, error: SignInError) -> LookbackError:
    """A sign-in that concerns one API ends its datasets; any other ends the run."""
    if isinstance(error, NotAskedError):
        return SourceError(State.NOT_REQUESTED, error.what, api=api)
    if not error.of_one_api:
        return error
    return SourceError(State.FAILED if error.code is None else State.DENIED, error.what, api=api)


class _Session(requests.Session):
    """A session for which no answer is a redirect: requests would parse its target even without following it."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        return None


def _leave_as_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request
