"""HTTP as the simulated APIs see it: what was asked, what is answered, and the bearer token in between."""

from __future__ import annotations

import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import TypeAlias

import jwt
import msgspec

from compliance.demo.faults import EarlierRows, EmptyPage, ForeignNextLink, SameNextLink
from compliance.demo.odd import Odd

JSON = "application/json; charset=utf-8"
"""The content type of a JSON answer."""

ADMIN_SCOPE = "AdminApi.AccessAsUser.All"
"""The delegated permission of Exchange's and Security & Compliance's admin interface."""

PagingFault: TypeAlias = EmptyPage | SameNextLink | EarlierRows | ForeignNextLink
"""The faults that change a page; they are played by the API that makes the page."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: header names in lower case, `root` is the address of the API, and `fault` what befalls its page.

    `clock` is the real time at which tokens are judged; `now` is the simulated time.
    """

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    root: str
    request_id: str
    now: datetime
    clock: datetime
    fault: PagingFault | None = None

    @property
    def url(self) -> str:
        """The full address that was asked for."""
        query = urllib.parse.urlencode(self.query, safe="$,", quote_via=urllib.parse.quote)
        return f"{self.root}{self.path}?{query}" if query else f"{self.root}{self.path}"

    @property
    def segments(self) -> tuple[str, ...]:
        """The path's segments in lower case."""
        return tuple(part.lower() for part in self.path.split("/") if part)


@dataclass(frozen=True, slots=True)
class Answered:
    """A response; `content_type` is left out of the headers where it is None."""

    status: int
    body: bytes = b""
    content_type: str | None = JSON
    headers: Mapping[str, str] = field(default_factory=dict)


def answered(document: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Answered:
    """A JSON answer."""
    return Answered(status, msgspec.json.encode(document), headers={} if headers is None else headers)


def http_date(moment: datetime) -> str:
    """A moment as HTTP writes it: "Mon, 16 Nov 2026 09:00:00 GMT"."""
    return format_datetime(moment.astimezone(UTC), usegmt=True)


def with_odd(document: dict[str, object], odd: Odd) -> dict[str, object]:
    """The document with what is odd about it."""
    kept = {key: value for key, value in document.items() if key.split("@")[0] not in odd.absent}
    return kept | dict(odd.values)


@dataclass(frozen=True, slots=True)
class Token:
    """An access token that was issued here and is good for the API at hand."""

    roles: frozenset[str]


@dataclass(frozen=True, slots=True)
class BadToken:
    """Why a request carries no usable token: "missing", "malformed", "audience" or "expired"."""

    why: str


def token_of(asked: Asked, *, key: bytes, audience: str) -> Token | BadToken:
    """Read the bearer token of a request, as an API does that trusts whoever holds `key`.

    What was delegated to a person counts like the application's role of the same reach.
    """
    scheme, _, raw = asked.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not raw:
        return BadToken("missing")
    try:
        claims = jwt.decode(raw, key, algorithms=["HS256"], options={"verify_aud": False, "verify_exp": False})
    except jwt.InvalidTokenError:
        return BadToken("malformed")
    if claims["aud"] != audience:
        return BadToken("audience")
    if claims["exp"] <= asked.clock.timestamp():
        return BadToken("expired")
    granted = {*claims.get("roles", []), *claims.get("scp", "").split()}
    if ADMIN_SCOPE in granted:
        granted.add("Exchange.ManageAsApp")
    return Token(frozenset(granted))
