"""Pages: an answer as it was received, and the rules by which a row of pages is the whole or only a part.

A reading is whole only if it ends by itself: no page left over, none repeated, nothing cut by the service, and as many
rows as were announced. Everything else ends in `SourceError` (nothing was read) or `Truncated` (a part was).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum
from typing import Any, Literal

import msgspec

from compliance.credentials import SignInError
from compliance.evidence.datasets import Api, State
from compliance.evidence.rows import ABSENT, DATA, OBJECT
from compliance.sources.errors import SourceError, Truncated, printable, refusal
from compliance.sources.policies import NotAllowed
from compliance.sources.transport import Progress, Reply, Request, TenantApis

MOST_EMPTY_PAGES = 20
"""So many empty pages in a row end a reading: each is legal, a service that sends nothing else is not."""

_HARMLESS = re.compile(
    r"(?!.*\bresults?\b).*(?:deprecat|retired|corrupted|inconsistent state)", re.IGNORECASE | re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Page:
    """One answer of a dataset. `body` is the evidence, byte for byte; the rest says where it comes from.

    `request` holds `cmdlet` and `parameters`, or the body of a query, and is None for a GET. `endpoint` is graph,
    exchange_online, security_compliance or arm. `count` is the number of rows that the answer announces.
    `server_date` is the server's clock when it answered. `shape` is "object" for a body that is one object, "data" for
    a list under that name, "absent" for the answer that the resource of the id `absent` is not there, None for a list.
    """

    body: bytes = field(repr=False)
    rows: int
    url: str
    method: str
    request: Mapping[str, Any] | None
    status: int
    request_id: str | None
    client_request_id: str
    server_date: datetime | None
    endpoint: str
    attempts: int
    waited_seconds: float
    count: int | None
    warnings: tuple[str, ...]
    shape: str | None = None
    absent: str | None = None


class _Row(msgspec.Struct):
    id: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    guid: msgspec.Raw | msgspec.UnsetType = msgspec.field(default=msgspec.UNSET, name="Guid")
    name: msgspec.Raw | msgspec.UnsetType = msgspec.field(default=msgspec.UNSET, name="Name")
    priority: msgspec.Raw | msgspec.UnsetType = msgspec.field(default=msgspec.UNSET, name="Priority")
    # One assignment is listed once for each user whom it reaches.
    user: msgspec.Raw | msgspec.UnsetType = msgspec.field(default=msgspec.UNSET, name="EffectiveUserName")

    def identity(self) -> bytes | None:
        """What tells this row from all others; None if nothing does."""
        for alone in (self.id, self.guid):
            if isinstance(alone, msgspec.Raw) and bytes(alone) != b"null":
                return bytes(alone) + (b"\0" + bytes(self.user) if isinstance(self.user, msgspec.Raw) else b"")
        if isinstance(self.name, msgspec.Raw) and isinstance(self.priority, msgspec.Raw):
            return bytes(self.name) + b"\0" + bytes(self.priority)
        return None


class _Answer(msgspec.Struct):
    value: list[_Row]
    odata_next_link: str | None = msgspec.field(default=None, name="@odata.nextLink")
    arm_next_link: str | None = msgspec.field(default=None, name="nextLink")
    count: int | None = msgspec.field(default=None, name="@odata.count")
    warnings: list[str] | None = msgspec.field(default=None, name="@adminapi.warnings")
    # An error that met the service while it was writing the answer (OData JSON Format 4.01, section 19).
    error: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET

    @property
    def next_link(self) -> str | None:
        """The next page, under either name."""
        return self.arm_next_link if self.odata_next_link is None else self.odata_next_link

    @property
    def is_cut(self) -> bool:
        """Whether the answer says that it is a part; a list warns of that instead."""
        return False


class _DataAnswer(msgspec.Struct):
    """An answer of Azure Resource Graph; `next_link` is the token of the next page."""

    value: list[_Row] = msgspec.field(name="data")
    count: int = msgspec.field(name="totalRecords")
    truncated: Literal["true", "false"] = msgspec.field(name="resultTruncated")
    next_link: str | None = msgspec.field(default=None, name="$skipToken")
    warnings: None = None
    error: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET

    @property
    def is_cut(self) -> bool:
        """Whether the answer says that it is a part; with a next page it says so, too."""
        return self.truncated == "true"


class Listing(Enum):
    """Where an answer lists its rows: most APIs under `value`, Azure Resource Graph under `data`."""

    VALUE = _Answer
    DATA = _DataAnswer


class _Object(msgspec.Struct):
    id: str
    error: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


@dataclass(slots=True)
class _Reading:
    """What must be remembered of the pages before."""

    rows: int = 0
    pages: int = 0
    empty_in_a_row: int = 0
    announced: int | None = None
    seen: set[bytes] = field(default_factory=set)
    links: set[str] = field(default_factory=set)


def read_pages(
    apis: TenantApis,
    api: Api,
    first: Request,
    *,
    dataset: str,
    endpoint: str,
    next_request: Callable[[str, str], Request],
    most_rows: int | None = None,
    listing: Listing = Listing.VALUE,
    tells: bool = True,
) -> Iterator[Page]:
    """All pages of a reading, in order; returns normally only after the last.

    `next_request` makes the request for a nextLink, given it and the URL before it. `most_rows` is the number of rows
    at which the service cuts. `tells` says whether progress is shown. Raises `SourceError` if there was no page,
    `Truncated` after the pages that there were; `SignInError` only before the first.
    """
    reading = _Reading(links={first.url})
    request = first
    while True:
        answer, reply = _fetch(apis, api, request, reading, listing)
        page = _page(request, reply, answer, endpoint)
        problem = _note(reading, answer, most_rows)
        if tells:
            apis.on_progress(Progress(api, dataset, reading.rows, reading.pages))
        yield page
        if problem is not None:
            raise Truncated(problem, api=api, reply=reply)
        if answer.next_link is None:
            return
        reading.links.add(answer.next_link)
        request = next_request(answer.next_link, request.url)


def read_object(apis: TenantApis, api: Api, request: Request, *, endpoint: str) -> Page:
    """The page of an answer that is one object with an id; raises `SourceError` and `SignInError`."""
    reply = apis.send(api, request)
    if reply.status != 200:
        raise refusal(api, reply)
    try:
        error = msgspec.json.decode(reply.body, type=_Object).error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
        raise SourceError(
            State.FAILED, f"the answer is not an object with an id in JSON ({problem})", api=api, reply=reply
        ) from problem
    if error is not msgspec.UNSET:
        raise SourceError(State.FAILED, "the answer holds an error beside its properties", api=api, reply=reply)
    return replace(_page(request, reply, _Answer([]), endpoint), rows=1, shape=OBJECT)


def absent_page(request: Request, reply: Reply, absent: str, *, endpoint: str) -> Page:
    """The page of an answer that what was asked for, of the id `absent`, is not there."""
    return replace(_page(request, reply, _Answer([]), endpoint), shape=ABSENT, absent=absent)


def _fetch(
    apis: TenantApis, api: Api, request: Request, reading: _Reading, listing: Listing
) -> tuple[_Answer | _DataAnswer, Reply]:
    """The next page, decoded as far as paging needs it; raises `SourceError`, after the first page `Truncated`."""
    try:
        reply = apis.send(api, request)
        if reply.status != 200:
            raise refusal(api, reply)
        return _decoded(api, reply, listing), reply
    except SourceError as error:
        if not reading.pages:
            raise
        raise Truncated(
            f"page {reading.pages + 1} could not be read: {error.reason}", api=api, reply=error.reply
        ) from error
    except (NotAllowed, SignInError) as error:
        if not reading.pages:
            raise
        raise Truncated(f"the next page cannot be followed: {error.what}", api=api) from error


def _decoded(api: Api, reply: Reply, listing: Listing) -> _Answer | _DataAnswer:
    answer: _Answer | _DataAnswer
    try:
        answer = msgspec.json.decode(reply.body, type=listing.value)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise SourceError(
            State.FAILED, f"the answer is not a list of objects in JSON ({error})", api=api, reply=reply
        ) from error
    if answer.error is not msgspec.UNSET:
        raise SourceError(State.FAILED, "the answer holds an error beside its rows", api=api, reply=reply)
    return answer


def _page(request: Request, reply: Reply, answer: _Answer | _DataAnswer, endpoint: str) -> Page:
    exchange = reply.exchange
    return Page(
        body=reply.body,
        rows=len(answer.value),
        url=request.url,
        method=request.method,
        request=_invocation(request),
        status=reply.status,
        request_id=exchange.request_id,
        client_request_id=exchange.client_request_id,
        server_date=exchange.ended,
        endpoint=endpoint,
        attempts=exchange.attempts,
        waited_seconds=exchange.waited_seconds,
        count=answer.count,
        warnings=tuple(printable(warning) for warning in answer.warnings or ()),
        shape=DATA if isinstance(answer, _DataAnswer) else None,
    )


def _invocation(request: Request) -> Mapping[str, Any] | None:
    if request.body is None or "CmdletInput" not in request.body:
        return request.body
    invoked = request.body["CmdletInput"]
    return {"cmdlet": invoked["CmdletName"], "parameters": invoked["Parameters"]}


def _note(reading: _Reading, answer: _Answer | _DataAnswer, most_rows: int | None) -> str | None:
    """Take a page into account; what makes the reading end as a part, None if nothing does."""
    identities = {identity for row in answer.value if (identity := row.identity()) is not None}
    repeated = reading.seen & identities
    reading.seen |= identities
    reading.rows += len(answer.value)
    reading.pages += 1
    reading.empty_in_a_row = 0 if answer.value else reading.empty_in_a_row + 1
    if reading.announced is None:
        reading.announced = answer.count
    if repeated:
        return f"page {reading.pages} repeats {len(repeated)} rows of earlier pages"
    if answer.next_link is not None:
        if answer.next_link in reading.links:
            return f"page {reading.pages} leads back to a page that was read already"
        if reading.empty_in_a_row >= MOST_EMPTY_PAGES:
            return f"{MOST_EMPTY_PAGES} empty pages in a row, and still a next page"
        return None
    if answer.is_cut:
        return "the service says that it cut the answer, and names no next page"
    # A page that is cut by its size alone warns too: only a warning that no next page follows up counts.
    # One in words that are not known counts as well: it may say the same in another language, or deny a part.
    for warning in answer.warnings or ():
        if not _HARMLESS.match(warning):
            return f"the service warns that it may not have given everything: {warning}"
    if most_rows is not None and reading.rows >= most_rows:
        return f"{reading.rows} rows were read, which is as many as the service gives without being asked for more"
    if reading.announced is not None and reading.announced > reading.rows:
        return f"{reading.announced} rows were announced, {reading.rows} came"
    return None
