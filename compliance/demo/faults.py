"""What goes wrong on the way: a script of faults that a simulated API plays, each a fixed number of times.

Sources: Microsoft Graph throttling guidance (https://learn.microsoft.com/graph/throttling) and paging
(https://learn.microsoft.com/graph/paging), and published measurements of the Exchange admin API.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeAlias

HTML_503 = (
    b"<!DOCTYPE HTML>\r\n<html><head><title>Service Unavailable</title></head>\r\n"
    b"<body><h2>Service Unavailable</h2><hr><p>HTTP Error 503. The service is unavailable.</p></body></html>\r\n"
)
"""The page that a gateway answers with when the API behind it is away; it is no JSON."""


@dataclass(frozen=True, slots=True)
class CannedAnswer:
    """The request never reaches the API: this status, these headers and this body are the answer.

    With `retry_after_seconds` the header `Retry-After` is sent: as a number, or as an HTTP date counted from the
    simulated clock where `as_date` is set. Without a `body` the API's own throttling error is sent.
    """

    status: int = 429
    retry_after_seconds: int | None = None
    as_date: bool = False
    headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    body: bytes | None = None


@dataclass(frozen=True, slots=True)
class CutBody:
    """The body ends early. The status stays 200.

    `honest_length` decides how: True cuts the JSON and declares the shorter length, False declares the full length
    and closes the connection.
    """

    honest_length: bool = False


@dataclass(frozen=True, slots=True)
class Delay:
    """The answer is right, and comes this many seconds late."""

    seconds: float


@dataclass(frozen=True, slots=True)
class EmptyPage:
    """A page without rows and with a nextLink, which leads to the page that was asked for. It is legal."""


@dataclass(frozen=True, slots=True)
class SameNextLink:
    """A page whose nextLink is its own address, so that whoever follows it never gets to an end."""


@dataclass(frozen=True, slots=True)
class EarlierRows:
    """A later page that holds the rows of the first page again in place of its own."""


@dataclass(frozen=True, slots=True)
class ForeignNextLink:
    """A page whose nextLink leads to another host."""

    host: str = "attacker.example"


Effect: TypeAlias = CannedAnswer | CutBody | Delay | EmptyPage | SameNextLink | EarlierRows | ForeignNextLink


@dataclass(slots=True)
class Fault:
    """One line of the fault script.

    It befalls requests to `api` ("login", "graph", "exchange", "purview", "purview_regional" or "arm") whose cmdlet is
    `match`, or whose path and query contain it; "" befalls every request. The first `after` such requests are spared,
    then `times` are hit; `times=None` never ends. `continuation` narrows it to later pages (True) or first pages.
    """

    api: str
    match: str
    effect: Effect
    times: int | None = 1
    after: int = 0
    continuation: bool | None = None

    def strikes(self, api: str, cmdlet: str | None, target: str, *, continuation: bool) -> bool:
        """Whether this fault befalls the request at hand; every question asked counts towards `after` and `times`."""
        if self.api != api or (self.continuation is not None and self.continuation != continuation):
            return False
        if self.match and self.match != cmdlet and self.match not in target:
            return False
        if self.times == 0:
            return False
        if self.after > 0:
            self.after -= 1
            return False
        if self.times is not None:
            self.times -= 1
        return True
