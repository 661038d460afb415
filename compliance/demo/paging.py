"""Pages: which rows, and what the nextLink says; a continuation is opaque to clients and stateless here."""

from __future__ import annotations

import base64
import binascii
import json
import urllib.parse
from dataclasses import dataclass

from compliance.demo.faults import EarlierRows, EmptyPage, ForeignNextLink, SameNextLink
from compliance.demo.wire import Asked


@dataclass(frozen=True, slots=True)
class Continuation:
    """Where a page starts; `serial` counts the pages given so far and `bound_to` is what later pages must repeat."""

    offset: int
    serial: int
    bound_to: str

    def token(self) -> str:
        """The continuation as a skiptoken."""
        raw = json.dumps([self.offset, self.serial, self.bound_to]).encode()
        return base64.urlsafe_b64encode(raw).decode().rstrip("=")


@dataclass(frozen=True, slots=True)
class Slice:
    """The rows `start` to `stop` make a page; `next_link` leads to the page after it, None at the end."""

    start: int
    stop: int
    next_link: str | None


def continuation_of(asked: Asked) -> Continuation | None:
    """The continuation that a request carries; None on a first page. Raises ValueError on a token not made here."""
    token = asked.query.get("$skiptoken")
    if token is None:
        return None
    try:
        offset, serial, bound_to = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    except (binascii.Error, UnicodeDecodeError, json.JSONDecodeError, TypeError) as error:
        raise ValueError(token) from error
    return Continuation(offset, serial, bound_to)


def cut(asked: Asked, continuation: Continuation, *, total: int, size: int) -> Slice:
    """Cut a page of at most `size` rows out of `total`, with the fault that befalls it."""
    start, fault = continuation.offset, asked.fault
    stop = min(start + size, total)
    after = Continuation(stop, continuation.serial + 1, continuation.bound_to)
    next_link = _link(asked, after) if stop < total else None
    match fault:
        case EmptyPage():
            again = Continuation(start, continuation.serial + 1, continuation.bound_to)
            return Slice(start, start, _link(asked, again))
        case SameNextLink():
            return Slice(start, stop, _link(asked, continuation))
        case EarlierRows():
            return Slice(0, min(size, total), next_link)
        case ForeignNextLink():
            elsewhere = _link(asked, after).replace(asked.root, f"https://{fault.host}", 1)
            return Slice(start, stop, elsewhere)
        case None:
            return Slice(start, stop, next_link)


def _link(asked: Asked, continuation: Continuation) -> str:
    query = {**asked.query, "$skiptoken": continuation.token()}
    encoded = urllib.parse.urlencode(query, safe="$,", quote_via=urllib.parse.quote)
    return f"{asked.root}{asked.path}?{encoded}"
