from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.evidence.datasets import Api, State
from compliance.redaction import register_secret
from compliance.sources.errors import SourceError, printable, refusal
from compliance.sources.transport import Exchange, Reply


def reply(status: int, body: bytes | dict[str, object], content_type: str = "application/json") -> Reply:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    exchange = Exchange("GET", "https://x", None, status, None, "c", None, None, 1, 0.0)
    return Reply(status, {"content-type": content_type}, raw, exchange)


def graph_error(code: str, message: str = "m") -> dict[str, object]:
    return {"error": {"code": code, "message": message, "innerError": {"request-id": "r"}}}


def admin_error(message: str, type_: str = "System.Exception", code: str = "BadRequest") -> dict[str, object]:
    inner = {"message": "outer", "internalexception": {"message": message, "type": type_}}
    return {"error": {"code": code, "message": "Invalid Operation", "innererror": inner}}


@pytest.mark.parametrize(
    ("status", "code", "state"),
    [
        (401, "InvalidAuthenticationToken", State.FAILED),
        (401, "UnknownError", State.DENIED),
        (403, "Authorization_RequestDenied", State.DENIED),
        (403, "InsufficientGraphPermissions", State.DENIED),
        (403, "Authentication_RequestFromNonPremiumTenantOrB2CTenant", State.UNAVAILABLE),
        (404, "UnknownError", State.UNAVAILABLE),
        (400, "BadRequest", State.FAILED),
        (429, "TooManyRequests", State.FAILED),
        (500, "InternalServerError", State.FAILED),
    ],
)
def test_graphs_codes_tell_denied_from_unavailable_from_failed(status: int, code: str, state: State) -> None:
    error = refusal(Api.GRAPH, reply(status, graph_error(code, "Insufficient privileges")))
    assert error.state is state
    assert error.reason == f"{status} {code}: Insufficient privileges"


@pytest.mark.parametrize("api", [Api.EXCHANGE, Api.PURVIEW])
@pytest.mark.parametrize(
    ("status", "body", "state", "text"),
    [
        (403, b"\0" * 512, State.DENIED, "an empty body"),
        (403, b"", State.DENIED, "an empty body"),
        (403, b"denied", State.DENIED, "a body that is not JSON"),
        (401, b"", State.DENIED, "an empty body"),
        (
            401,
            {"error": {"code": "Unauthorized", "message": "User is not allowed to call Get-Mailbox"}},
            State.DENIED,
            "not allowed to call Get-Mailbox",
        ),
        (
            400,
            admin_error("The term 'Get-X' is not recognized as the name of a cmdlet"),
            State.DENIED,
            "does not offer the cmdlet",
        ),
        (
            400,
            admin_error("boo", "System.Management.Automation.CommandNotFoundException"),
            State.DENIED,
            "does not offer the cmdlet",
        ),
        (
            400,
            admin_error("The role assigned to application x isn't supported in this scenario."),
            State.DENIED,
            "isn't supported",
        ),
        (
            400,
            admin_error("Parameter set cannot be resolved", "AmbiguousParameterSetException"),
            State.FAILED,
            "Parameter set",
        ),
        (404, admin_error("nowhere"), State.UNAVAILABLE, "nowhere"),
        (404, b"", State.UNAVAILABLE, "not served here"),
        (503, b"busy", State.FAILED, "without an error that can be read"),
        (302, b"", State.FAILED, "a redirect"),
    ],
)
def test_exchanges_refusals_are_told_apart(
    api: Api, status: int, body: bytes | dict[str, object], state: State, text: str
) -> None:
    error = refusal(api, reply(status, body))
    assert error.state is state
    assert text in error.reason


@pytest.mark.parametrize("api", list(Api))
@pytest.mark.parametrize("status", [403, 502, 503])
def test_a_gateways_page_says_nothing_of_permissions(api: Api, status: int) -> None:
    error = refusal(api, reply(status, b"<html>", "text/html; charset=utf-8"))
    assert error.state is State.FAILED
    assert "HTML page of a gateway" in error.reason


def test_exchanges_details_speak_where_there_is_no_internal_exception() -> None:
    body = {"error": {"code": "BadRequest", "message": "Invalid Operation", "details": [{"message": "|A.B|No"}]}}
    assert refusal(Api.EXCHANGE, reply(400, body)).reason == "400 No"


def test_the_upper_case_spelling_is_not_exchanges() -> None:
    body = {"error": {"code": "c", "message": "m", "innererror": {"internalException": {"message": "x"}}}}
    assert refusal(Api.EXCHANGE, reply(400, body)).reason == "400 c: m"


@given(st.binary(max_size=200), st.integers(300, 599), st.sampled_from(list(Api)))
def test_any_refusal_has_a_state_that_nobody_counts_on(body: bytes, status: int, api: Api) -> None:
    error = refusal(api, reply(status, body))
    assert error.state in {State.DENIED, State.UNAVAILABLE, State.FAILED}
    assert error.reason


def test_deep_nesting_is_a_failure_and_not_a_crash() -> None:
    body = b'{"error": {"details": ' + b"[" * 100_000 + b"]" * 100_000 + b"}}"
    assert refusal(Api.GRAPH, reply(400, body)).state is State.FAILED


@given(st.text())
def test_text_of_a_tenant_is_one_printable_line_of_bounded_length(text: str) -> None:
    line = printable(text)
    assert line == "" or line.isprintable()
    assert len(line) <= 400


def test_a_reason_holds_no_escape_sequence_and_no_secret() -> None:
    register_secret("s3cr3t-c4n4ry")
    error = SourceError(State.FAILED, "a\x1b[31mb\r\n s3cr3t-c4n4ry", api=Api.GRAPH)
    assert str(error) == "graph: a [31mb [redacted]"
