"""What an API's refusal means: denied, unavailable or failed, with the reason in the API's own words.

Sources: Microsoft Learn, "Microsoft Graph error responses and resource types" and "Troubleshoot Azure RBAC"
(AuthorizationFailed); the shapes of Exchange's admin REST
interface are as published by users of it (CISA's ScubaGear, CIPP): it has no reference documentation.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from compliance.errors import LookbackError
from compliance.evidence.datasets import Api, State
from compliance.redaction import redact
from compliance.rules.directory_roles import PREMIUM_LICENCE_REQUIRED

if TYPE_CHECKING:
    from compliance.sources.transport import Reply

_LONGEST_REASON = 400
_MISSING_ACTION = re.compile(r"perform action '([^']{1,200})' over scope '([^']{1,400})'")

EXPIRED_PAGINATION = "Expired or Invalid pagination request"
"""How Exchange refuses a next page that it cannot route to the server which began the reading."""


class SourceError(LookbackError):
    """A reading that ended without its data. `state` says how, `reason` why; `reply` is the last answer, if any."""

    def __init__(self, state: State, reason: str, *, api: Api, reply: Reply | None = None) -> None:
        self.state = state
        self.reason = printable(reason)
        self.api = api
        self.reply = reply
        super().__init__(self.reason, where=api.value)


class Truncated(SourceError):
    """A reading that ended early: the pages given out before are real, and not all that there is."""

    def __init__(self, reason: str, *, api: Api, reply: Reply | None = None) -> None:
        super().__init__(State.PARTIAL, reason, api=api, reply=reply)


def printable(text: str) -> str:
    """Text of a tenant or service, safe for a terminal: no control characters, no secrets, on one short line."""
    line = " ".join("".join(c if c.isprintable() else " " for c in redact(text)).split())
    return line if len(line) <= _LONGEST_REASON else line[: _LONGEST_REASON - 1] + "…"


class _Inner(msgspec.Struct):
    message: str | None = None
    type: str | None = None
    internalexception: _Inner | None = None


class _Detail(msgspec.Struct):
    message: str | None = None


class _Error(msgspec.Struct):
    code: str | None = None
    message: str | None = None
    details: list[_Detail] | None = None
    innererror: _Inner | None = None


class _Envelope(msgspec.Struct):
    error: _Error


def code_of(reply: Reply) -> str | None:
    """The code of the error in an answer; None where it holds none."""
    error = _error_in(reply.body)
    return None if error is None else error.code


def _error_in(body: bytes) -> _Error | None:
    try:
        return msgspec.json.decode(body, type=_Envelope).error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def refusal(api: Api, reply: Reply) -> SourceError:
    """What a reply that is not a 200 means for the dataset that asked for it."""
    error = _error_in(reply.body)
    gave_up = f" (given up: {reply.exchange.gave_up})" if reply.exchange.gave_up is not None else ""
    if error is None:
        state, reason = _unstructured(api, reply)
    else:
        match api:
            case Api.GRAPH:
                state, reason = _graph(reply.status, error)
            case Api.EXCHANGE | Api.PURVIEW:
                state, reason = _admin(reply.status, error)
            case Api.ARM:
                state, reason = _arm(reply.status, error)
    return SourceError(state, f"{reply.status} {reason}{gave_up}", api=api, reply=reply)


def _unstructured(api: Api, reply: Reply) -> tuple[State, str]:
    """Answers that are not an error envelope."""
    if 300 <= reply.status < 400:
        return State.FAILED, "a redirect, which is never followed with a token"
    if reply.is_html:
        return State.FAILED, "an HTML page of a gateway, not an answer of the API"
    if reply.status in {401, 403} and api in {Api.EXCHANGE, Api.PURVIEW}:
        nature = "an empty body" if not reply.body.strip(b"\0 \r\n\t") else "a body that is not JSON"
        return State.DENIED, f"with {nature}: the identity lacks the role that holds this cmdlet"
    if reply.status in {401, 403}:
        return State.DENIED, "without an explanation"
    if reply.status == 404:
        return State.UNAVAILABLE, "not served here"
    return State.FAILED, "without an error that can be read"


class _Wrapped(msgspec.Struct):
    code: str = msgspec.field(name="errorCode")
    message: str


def _unwrapped(error: _Error) -> _Error:
    """The error that role management hides, as JSON, in the message of an UnknownError."""
    if error.message is None:
        return error
    try:
        inner = msgspec.json.decode(error.message, type=_Wrapped)
    except (msgspec.DecodeError, RecursionError):
        return error
    return _Error(inner.code, inner.message)


def _graph(status: int, wrapped: _Error) -> tuple[State, str]:
    error = _unwrapped(wrapped)
    reason = f"{error.code}: {error.message}"
    match status, error.code:
        case 403, "Authentication_RequestFromNonPremiumTenantOrB2CTenant":
            return State.UNAVAILABLE, reason
        case (_, code) if code == PREMIUM_LICENCE_REQUIRED:
            return State.UNAVAILABLE, f"licence: {reason}"
        case 401, "InvalidAuthenticationToken":
            return State.FAILED, reason
        case ((401 | 403), _):
            return State.DENIED, reason
        case 404, _:
            return State.UNAVAILABLE, reason
        case _:
            return State.FAILED, reason


def _arm(status: int, error: _Error) -> tuple[State, str]:
    reason = f"{error.code}: {error.message}"
    match status, error.code:
        case (_, code) if code == PREMIUM_LICENCE_REQUIRED:
            return State.UNAVAILABLE, f"licence: {reason}"
        case 401, "InvalidAuthenticationToken" | "ExpiredAuthenticationToken":
            return State.FAILED, reason
        case ((401 | 403), _):
            missing = None if error.message is None else _MISSING_ACTION.search(error.message)
            if missing is None:
                return State.DENIED, reason
            return State.DENIED, f"{error.code}: no right to perform {missing.group(1)} over {missing.group(2)}"
        case 404, _:
            return State.UNAVAILABLE, reason
        case _:
            return State.FAILED, reason


def _admin(status: int, error: _Error) -> tuple[State, str]:
    reason = admin_text(error)
    kind = _internal(error).type
    if (
        kind is not None and "CommandNotFoundException" in kind
    ) or "is not recognized as the name of a cmdlet" in reason:
        return State.DENIED, f"{reason} (this endpoint does not offer the cmdlet to this identity)"
    if status in {401, 403} or "isn't supported in this scenario" in reason:
        return State.DENIED, reason
    if status == 404:
        return State.UNAVAILABLE, reason
    return State.FAILED, reason


def _internal(error: _Error) -> _Inner:
    inner = error.innererror
    if inner is None or inner.internalexception is None:
        return _Inner()
    return inner.internalexception


def admin_text(error: _Error) -> str:
    """Exchange's real message: `error.message` is "Invalid Operation" for nearly everything."""
    internal = _internal(error).message
    if internal:
        return internal
    for detail in error.details or ():
        if detail.message:
            # "|Type.Name|text"
            return detail.message.rsplit("|", 1)[-1]
    return f"{error.code}: {error.message}"
