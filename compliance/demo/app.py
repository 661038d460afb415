"""The simulated APIs as one ASGI application: the API of each port, the fault script, and the log of requests."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType

from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from compliance.demo import arm, exchange, graph, graph_wire, login, purview
from compliance.demo.adminapi import call_of
from compliance.demo.faults import (
    CannedAnswer,
    CutBody,
    Delay,
    EarlierRows,
    Effect,
    EmptyPage,
    ForeignNextLink,
    SameNextLink,
)
from compliance.demo.odd import stable_guid
from compliance.demo.tenant import Tenant
from compliance.demo.wire import Answered, Asked, answered, http_date, token_of

APIS = ("login", "graph", "exchange", "purview", "purview_regional", "arm")
"""The simulated APIs; each has a port of its own, since some share their paths."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it was logged. `cmdlet` and `parameters` are those of a cmdlet's invocation, else None.

    `headers` are in lower case and never hold a token: `authorization` says only "[token]" where one was sent.
    """

    api: str
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    cmdlet: str | None
    parameters: object
    status: int


class RequestLog:
    """What the simulated APIs were asked; safe to read while they are being asked."""

    def __init__(self) -> None:
        """Start empty."""
        self._lock = threading.Lock()
        self._requests: list[Request] = []

    def add(self, request: Request) -> None:
        """Log one request."""
        with self._lock:
            self._requests.append(request)

    def all(self) -> list[Request]:
        """Every request so far, in order."""
        with self._lock:
            return list(self._requests)

    def to(self, api: str) -> list[Request]:
        """The requests to one API so far, in order."""
        return [request for request in self.all() if request.api == api]


class SimulatedApis:
    """The ASGI application. `ports` maps each local port to its API; `clock` gives the real time, for tokens.

    Every answer comes `latency_seconds` late, however many are under way.
    """

    def __init__(
        self,
        tenant: Tenant,
        authority: login.Authority,
        ports: Mapping[int, str],
        clock: Callable[[], datetime],
        latency_seconds: float = 0.0,
    ) -> None:
        """Serve this tenant, with tokens of this authority."""
        self._latency_seconds = latency_seconds
        self._tenant = tenant
        self._authority = authority
        self._ports = ports
        self._roots = {api: f"https://localhost:{port}" for port, api in ports.items()}
        self._clock = clock
        self._seen: Counter[str] = Counter()
        self.requests = RequestLog()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        http = HttpRequest(scope, receive)
        api = self._ports[scope["server"][1]]
        asked = self._asked(api, http, await http.body())
        call = call_of(asked.body) if asked.method == "POST" else None
        effect = self._effect(api, asked, None if call is None else call.name)
        late = self._latency_seconds + (effect.seconds if isinstance(effect, Delay) else 0.0)
        if late:
            await asyncio.sleep(late)
        reply = self._reply(api, asked, effect)
        self.requests.add(
            Request(
                api=api,
                method=asked.method,
                path=asked.path,
                query=asked.query,
                headers=MappingProxyType(_without_token(asked.headers)),
                cmdlet=None if call is None else call.name,
                parameters=None if call is None else call.parameters,
                status=reply.status,
            )
        )
        await _send(asked, reply, effect, scope, receive, send)

    def _asked(self, api: str, http: HttpRequest, body: bytes) -> Asked:
        # The same request gets the same id on every run, whatever else is asked in between.
        what = f"{api} {http.method} {http.url.path}?{http.url.query} {body.hex() if api != 'login' else ''}"
        self._seen[what] += 1
        return Asked(
            method=http.method,
            path=http.url.path,
            query=MappingProxyType(dict(http.query_params)),
            headers=MappingProxyType({name.lower(): value for name, value in http.headers.items()}),
            body=body,
            root=self._roots[api],
            request_id=stable_guid(self._tenant.id, what, str(self._seen[what])),
            now=self._tenant.now,
            clock=self._clock(),
        )

    def _effect(self, api: str, asked: Asked, cmdlet: str | None) -> Effect | None:
        continuation = "$skiptoken" in asked.query or b'"$skipToken"' in asked.body
        target = asked.url.removeprefix(asked.root)
        for fault in list(self._tenant.faults):
            if fault.strikes(api, cmdlet, target, continuation=continuation):
                return fault.effect
        return None

    def _reply(self, api: str, asked: Asked, effect: Effect | None) -> Answered:
        match effect:
            case CannedAnswer():
                return _canned(api, asked, effect)
            case EmptyPage() | SameNextLink() | EarlierRows() | ForeignNextLink():
                asked = replace(asked, fault=effect)
        if api == "login":
            return login.answer(self._tenant, self._authority, asked)
        audience = self._roots["purview" if api == "purview_regional" else api]
        token = token_of(asked, key=self._authority.key, audience=audience)
        return _ANSWERS[api](self._tenant, token, asked)


_ANSWERS = {
    "graph": graph.answer,
    "exchange": exchange.answer,
    "purview": purview.answer_front_door,
    "purview_regional": purview.answer_regional,
    "arm": arm.answer,
}


def _canned(api: str, asked: Asked, canned: CannedAnswer) -> Answered:
    headers = {name.lower(): value for name, value in canned.headers.items()}
    if canned.retry_after_seconds is not None:
        later = asked.now + timedelta(seconds=canned.retry_after_seconds)
        headers["retry-after"] = http_date(later) if canned.as_date else str(canned.retry_after_seconds)
    if canned.body is not None:
        html = canned.body.lstrip().startswith(b"<")
        content_type = None if "content-type" in headers else "text/html" if html else "application/json; charset=utf-8"
        return Answered(canned.status, canned.body, content_type, headers)
    if api == "graph":
        reply = graph_wire.error(asked, canned.status, "TooManyRequests", "Too many requests.")
    else:
        seconds = 1 if canned.retry_after_seconds is None else canned.retry_after_seconds
        reply = answered(
            {"error": {"code": "TooManyRequests", "message": f"Too many requests. Try again in {seconds} seconds"}},
            canned.status,
        )
    return replace(reply, headers=headers)


def _without_token(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: "[token]" if name == "authorization" else value for name, value in headers.items()}


async def _send(
    asked: Asked, reply: Answered, effect: Effect | None, scope: Scope, receive: Receive, send: Send
) -> None:
    headers = {
        "date": http_date(asked.now),
        "request-id": asked.request_id,
        **reply.headers,
    }
    if "client-request-id" in asked.headers:
        headers["client-request-id"] = asked.headers["client-request-id"]
    if reply.content_type is not None:
        headers["content-type"] = reply.content_type
    body = reply.body
    if isinstance(effect, CutBody):
        half = body[: len(body) // 2]
        if not effect.honest_length:
            raw = [(name.encode(), value.encode()) for name, value in headers.items()]
            raw.append((b"content-length", str(len(body)).encode()))
            await send({"type": "http.response.start", "status": reply.status, "headers": raw})
            await send({"type": "http.response.body", "body": half, "more_body": True})
            return  # without the rest: the server closes the connection
        body = half
    await Response(body, reply.status, headers)(scope, receive, send)
