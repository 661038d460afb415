from __future__ import annotations

import gc
import json
import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import requests
import responses
from hypothesis import given
from hypothesis import strategies as st

from compliance.credentials import SignInError
from compliance.evidence.datasets import Api, State
from compliance.settings import Limits
from compliance.sources.errors import SourceError
from compliance.sources.policies import NotAllowed, http_date
from compliance.sources.transport import Progress, Request, TenantApis
from tests.sources.conftest import TENANT, FakeCredential, FakeTime

USERS = "https://graph.microsoft.com/v1.0/users"
INVOKE = f"https://outlook.office365.com/adminapi/beta/{TENANT}/InvokeCommand"
EMPTY = '{"value": []}'
DATE = {"Date": "Mon, 16 Nov 2026 09:00:00 GMT"}


WORKSPACE = (
    "https://management.azure.com/subscriptions/7f3b2a10-1111-4222-8333-444455556666/resourceGroups/logs"
    "/providers/Microsoft.OperationalInsights/workspaces/siem-1"
)


def get(url: str = USERS, follows: str | None = None) -> Request:
    return Request("GET", url, {}, follows=follows)


def invoke(cmdlet: str = "Get-OrganizationConfig", **more: object) -> Request:
    return Request("POST", INVOKE, {}, {"CmdletInput": {"CmdletName": cmdlet, "Parameters": {}}, **more})


# What may be sent


@pytest.mark.parametrize(
    ("api", "request_"),
    [
        (Api.GRAPH, Request("POST", USERS, {}, {})),
        (Api.GRAPH, Request("DELETE", USERS, {})),
        (Api.GRAPH, Request("PATCH", USERS, {}, {})),
        (Api.GRAPH, Request("GET", USERS, {}, {"x": 1})),
        (Api.GRAPH, get("https://graph.microsoft.com/v1.0/users/delta")),
        (Api.GRAPH, get("https://graph.microsoft.com/v1.0/users/../me")),
        (Api.GRAPH, get("https://graph.microsoft.com/v1.0/%75sers")),
        (Api.GRAPH, get("https://graph.microsoft.com/v1.0//users")),
        (Api.GRAPH, get("https://graph.microsoft.com/beta/users")),
        (Api.GRAPH, Request("POST", "https://graph.microsoft.com/v1.0/$batch", {}, {"requests": []})),
        (Api.EXCHANGE, Request("GET", INVOKE, {})),
        (Api.EXCHANGE, Request("POST", INVOKE.replace(TENANT, ".."), {}, invoke().body)),
        (Api.EXCHANGE, invoke("Set-AdminAuditLogConfig")),
        (Api.EXCHANGE, invoke("get-organizationconfig")),
        (Api.EXCHANGE, invoke("Get-OrganizationConfig; Remove-Mailbox")),
        (Api.EXCHANGE, invoke("Get-MailboxPermission")),
        (Api.EXCHANGE, invoke("Get-UnifiedAuditLog")),
        (Api.GRAPH, get("https://graph.microsoft.com/v1.0/roleManagement/directory/roleDefinitions")),
        (Api.GRAPH, get("https://graph.microsoft.com/v1.0/roleManagement/exchange/roleAssignments")),
        (Api.GRAPH, get("https://graph.microsoft.com/v1.0/security/secureScoreControlProfiles")),
        (Api.ARM, get("https://management.azure.com/subscriptions/x")),
        (Api.ARM, Request("PUT", "https://management.azure.com/subscriptions", {}, {})),
        (
            Api.ARM,
            Request("POST", "https://management.azure.com/providers/Microsoft.Authorization/elevateAccess", {}, {}),
        ),
        (Api.ARM, get(f"{WORKSPACE}/sharedKeys")),
        (Api.ARM, get(f"{WORKSPACE}/tables/SigninLogs")),
        (Api.ARM, get(WORKSPACE.replace("/logs/", "/../"))),
        (Api.ARM, get(WORKSPACE.replace("/logs/", "/a%2F../"))),
        (Api.ARM, get(WORKSPACE.replace("siem-1", ".."))),
        (Api.EXCHANGE, invoke("Get-OrganizationConfig", Other={"CmdletName": "Set-Mailbox"})),
        (Api.EXCHANGE, Request("POST", INVOKE, {}, {"CmdletInput": {"CmdletName": "Get-OrganizationConfig"}})),
        (Api.EXCHANGE, Request("POST", INVOKE, {}, None)),
        (Api.EXCHANGE, Request("POST", INVOKE.replace("InvokeCommand", "$batch"), {}, {"requests": []})),
        (Api.PURVIEW, invoke("Get-AdminAuditLogConfig")),
    ],
)
def test_whatever_is_not_a_listed_read_is_refused_before_anything_is_sent(
    apis: TenantApis, service: responses.RequestsMock, credential: FakeCredential, api: Api, request_: Request
) -> None:
    with pytest.raises(NotAllowed):
        apis.send(api, request_)
    assert (len(service.calls), credential.scopes) == (0, [])


@pytest.mark.parametrize(
    ("api", "request_"),
    [
        (Api.GRAPH, get("https://evil.example/v1.0/users")),
        (Api.GRAPH, get("http://graph.microsoft.com/v1.0/users")),
        (Api.GRAPH, get("https://graph.microsoft.com:8443/v1.0/users")),
        (Api.EXCHANGE, get(USERS)),
        (Api.ARM, get("https://management.azure.com.evil.example/subscriptions")),
        (Api.ARM, get("https://graph.microsoft.com/subscriptions")),
        (Api.GRAPH, get("https://management.azure.com/v1.0/users")),
        (
            Api.PURVIEW,
            get(f"https://nam11b.ps.compliance.protection.outlook.com/AdminApi/v1.0/{TENANT}/EXOModuleFile", INVOKE),
        ),
    ],
)
def test_no_token_is_fetched_for_a_host_outside_the_api(
    apis: TenantApis, service: responses.RequestsMock, credential: FakeCredential, api: Api, request_: Request
) -> None:
    with pytest.raises(NotAllowed):
        apis.send(api, request_)
    assert (len(service.calls), credential.scopes) == (0, [])


def test_each_api_gets_a_token_of_its_own_scope(
    apis: TenantApis, service: responses.RequestsMock, credential: FakeCredential
) -> None:
    service.get(USERS, body=EMPTY)
    service.post(INVOKE, body=EMPTY)
    apis.send(Api.GRAPH, get())
    apis.send(Api.EXCHANGE, invoke())
    assert credential.scopes == [
        "https://graph.microsoft.com/.default",
        "https://outlook.office365.com/.default",
    ]
    assert service.calls[0].request.headers["Authorization"].startswith("Bearer eyJ")


def test_a_redirect_is_handed_back_and_not_followed(apis: TenantApis, service: responses.RequestsMock) -> None:
    service.get(USERS, status=302, headers={"Location": "https://evil.example/"})
    assert apis.send(Api.GRAPH, get()).status == 302
    assert len(service.calls) == 1


def test_netrc_does_not_replace_the_token(
    apis: TenantApis, service: responses.RequestsMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requests.sessions, "get_netrc_auth", lambda url: ("user", "password"))
    service.get(USERS, body=EMPTY)
    apis.send(Api.GRAPH, get())
    assert service.calls[0].request.headers["Authorization"].startswith("Bearer ")


# Waiting


def test_retry_after_in_seconds_is_waited_and_reported(
    apis: TenantApis, service: responses.RequestsMock, fake_time: FakeTime, progress: list[Progress]
) -> None:
    service.get(USERS, status=429, headers={"Retry-After": "17"})
    service.get(USERS, body=EMPTY)
    reply = apis.send(Api.GRAPH, get())
    assert reply.status == 200
    assert (reply.exchange.attempts, reply.exchange.waited_seconds) == (2, 17.0)
    assert fake_time.slept == [17.0]
    assert progress == [Progress(Api.GRAPH, waiting_seconds=17.0)]


def test_retry_after_as_a_date_counts_by_the_servers_clock(
    apis: TenantApis, service: responses.RequestsMock, fake_time: FakeTime
) -> None:
    dates = {"Date": "Thu, 01 Jan 2026 00:00:00 GMT", "Retry-After": "Thu, 01 Jan 2026 00:00:09 GMT"}
    service.get(USERS, status=503, headers=dates)
    service.get(USERS, body=EMPTY)
    apis.send(Api.GRAPH, get())
    assert fake_time.slept == [9.0]


def test_exchange_says_in_words_how_long_to_wait(
    apis: TenantApis, service: responses.RequestsMock, fake_time: FakeTime
) -> None:
    service.post(INVOKE, status=429, body='{"error": {"message": "Too many requests. Wait for 33 seconds."}}')
    service.post(INVOKE, body=EMPTY)
    apis.send(Api.EXCHANGE, invoke())
    assert fake_time.slept == [33.0]


@pytest.mark.parametrize("value", ["0", "-5", "soon", "nan", "inf", "1e9", "", "Thu, 99 Foo 2026 00:00:00 GMT"])
def test_an_odd_retry_after_still_means_a_pause(
    make_apis: Callable[..., TenantApis], fake_time: FakeTime, value: str
) -> None:
    with responses.RequestsMock() as service, make_apis() as apis:
        service.get(USERS, status=429, headers={"Retry-After": value})
        service.get(USERS, body=EMPTY)
        assert apis.send(Api.GRAPH, get()).status == 200
    assert fake_time.slept[-1] >= 1.0


def test_without_a_word_from_the_server_the_pause_doubles(
    apis: TenantApis, service: responses.RequestsMock, fake_time: FakeTime
) -> None:
    for status in (500, 502, 408, 504):
        service.get(USERS, status=status)
    service.get(USERS, body=EMPTY)
    assert apis.send(Api.GRAPH, get()).status == 200
    assert fake_time.slept == [2.0, 4.0, 8.0, 16.0]


def test_a_pause_beyond_the_cap_is_not_waited(
    apis: TenantApis, service: responses.RequestsMock, fake_time: FakeTime
) -> None:
    service.get(USERS, status=429, headers={"Retry-After": "3600"})
    reply = apis.send(Api.GRAPH, get())
    assert reply.status == 429
    assert reply.exchange.gave_up == "the service asked for a pause of 3600 s; at most 120 s are waited"
    assert fake_time.slept == []


def test_throttling_without_end_stops_at_the_deadline(
    make_apis: Callable[..., TenantApis], service: responses.RequestsMock, fake_time: FakeTime
) -> None:
    service.get(USERS, status=429, headers={"Retry-After": "20"})
    with make_apis(limits=Limits(deadline_seconds=90)) as apis:
        reply = apis.send(Api.GRAPH, get())
    assert reply.status == 429
    assert reply.exchange.gave_up == "the deadline of 90 s for one request was reached after 5 attempts"
    assert sum(fake_time.slept) == 80.0


def test_a_service_that_keeps_failing_is_left_after_five_attempts(
    apis: TenantApis, service: responses.RequestsMock
) -> None:
    service.get(USERS, status=503)
    reply = apis.send(Api.GRAPH, get())
    assert (reply.status, reply.exchange.attempts) == (503, 5)
    assert reply.exchange.gave_up == "it went wrong 5 times"


def test_a_gateways_html_403_is_tried_again_but_an_apis_403_is_not(
    apis: TenantApis, service: responses.RequestsMock
) -> None:
    service.get(USERS, status=403, body="<html>", content_type="text/html")
    service.get(USERS, status=403, body="{}", content_type="application/json")
    reply = apis.send(Api.GRAPH, get())
    assert (reply.status, reply.exchange.attempts) == (403, 2)


@pytest.mark.parametrize(
    "error",
    [
        requests.ConnectTimeout("t"),
        requests.ReadTimeout("t"),
        requests.ConnectionError("c"),
        requests.exceptions.ChunkedEncodingError("IncompleteRead(5 bytes read, 3 more expected)"),
        requests.exceptions.ContentDecodingError("gzip"),
    ],
)
def test_a_lost_connection_is_tried_again_and_then_says_that_no_answer_came(
    make_apis: Callable[..., TenantApis], error: Exception
) -> None:
    with responses.RequestsMock() as service, make_apis() as apis:
        service.get(USERS, body=error)
        service.get(USERS, body=EMPTY)
        assert apis.send(Api.GRAPH, get()).exchange.attempts == 2
    with responses.RequestsMock() as service, make_apis() as apis:
        service.get(USERS, body=error)
        with pytest.raises(SourceError, match="no usable answer came") as caught:
            apis.send(Api.GRAPH, get())
        assert (caught.value.state, len(service.calls)) == (State.FAILED, 5)


def test_a_certificate_that_is_not_trusted_is_not_tried_again(
    apis: TenantApis, service: responses.RequestsMock, fake_time: FakeTime
) -> None:
    service.get(USERS, body=requests.exceptions.SSLError("certificate verify failed"))
    with pytest.raises(SourceError, match="certificate verify failed"):
        apis.send(Api.GRAPH, get())
    assert (len(service.calls), fake_time.slept) == (1, [])


@pytest.mark.parametrize("value", ["9" * 400, "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_an_absurd_pause_is_given_up_and_not_an_overflow(
    apis: TenantApis, service: responses.RequestsMock, value: str
) -> None:
    service.get(USERS, status=429, headers={"Retry-After": value})
    reply = apis.send(Api.GRAPH, get())
    assert reply.exchange.gave_up == "the service asked for a pause of 86400 s; at most 120 s are waited"


def test_a_429_holds_the_requests_of_every_thread_to_that_api_and_no_other(
    apis: TenantApis, service: responses.RequestsMock, fake_time: FakeTime
) -> None:
    service.get(USERS, status=429, headers={"Retry-After": "500"})
    service.post(INVOKE, body=EMPTY)
    apis.send(Api.GRAPH, get())
    caught: list[BaseException] = []

    def other_thread() -> None:
        try:
            apis.send(Api.GRAPH, get())
        except SourceError as error:
            caught.append(error)

    thread = threading.Thread(target=other_thread)
    thread.start()
    thread.join()
    assert "throttled: the service asked for a pause of 500 s" in str(caught[0])
    assert len(service.calls) == 1
    assert apis.send(Api.EXCHANGE, invoke()).status == 200
    assert fake_time.slept == []


@pytest.mark.parametrize(
    ("headers", "slept"),
    [
        ({"x-ms-user-quota-remaining": "0", "x-ms-user-quota-resets-after": "00:00:05"}, [5.0]),
        ({"x-ms-user-quota-remaining": "0", "x-ms-user-quota-resets-after": "00:01:02"}, [62.0]),
        ({"x-ms-user-quota-remaining": "1", "x-ms-user-quota-resets-after": "00:00:05"}, []),
        ({"x-ms-user-quota-remaining": "0", "x-ms-user-quota-resets-after": "soon"}, []),
        ({"x-ms-user-quota-remaining": "0"}, []),
    ],
)
def test_a_quota_that_is_used_up_is_waited_for_before_it_refuses(
    apis: TenantApis,
    service: responses.RequestsMock,
    fake_time: FakeTime,
    headers: dict[str, str],
    slept: list[float],
) -> None:
    service.get(f"{WORKSPACE}/tables", body=EMPTY, headers=headers)
    for _ in range(2):
        assert apis.send(Api.ARM, get(f"{WORKSPACE}/tables")).exchange.attempts == 1
    assert fake_time.slept == slept


def test_the_present_is_the_services(apis: TenantApis, service: responses.RequestsMock, fake_time: FakeTime) -> None:
    assert apis.now() == fake_time.now
    service.get(USERS, body=EMPTY, headers={"Date": "Mon, 16 Nov 2026 07:30:00 GMT"})
    apis.send(Api.GRAPH, get())
    fake_time.sleep(60)
    assert apis.now() == datetime(2026, 11, 16, 7, 31, tzinfo=UTC)


@given(st.text(max_size=40))
def test_a_date_header_is_a_utc_instant_or_nothing(text: str) -> None:
    date = http_date(text)
    assert date is None or date.tzinfo is UTC


# What is told afterwards


def test_an_exchange_is_described_by_the_servers_clock_and_ids(
    apis: TenantApis, service: responses.RequestsMock
) -> None:
    service.get(USERS, status=429, headers={"Retry-After": "1", **DATE})
    service.get(USERS, body=EMPTY, headers={"Date": "Mon, 16 Nov 2026 09:00:01 GMT", "request-id": "r-1"})
    exchange = apis.send(Api.GRAPH, get()).exchange
    assert exchange.started == datetime(2026, 11, 16, 9, tzinfo=UTC)
    assert exchange.ended == datetime(2026, 11, 16, 9, 0, 1, tzinfo=UTC)
    assert exchange.request_id == "r-1"
    assert exchange.client_request_id == "00000000-0000-4000-8000-000000000001"
    assert service.calls[1].request.headers["client-request-id"] == exchange.client_request_id


def test_a_server_without_a_clock_leaves_the_time_unread(apis: TenantApis, service: responses.RequestsMock) -> None:
    service.get(USERS, body=EMPTY)
    exchange = apis.send(Api.GRAPH, get()).exchange
    assert (exchange.started, exchange.ended, exchange.request_id) == (None, None, None)


def test_no_token_shows_in_logs_reprs_or_errors(
    make_apis: Callable[..., TenantApis], credential: FakeCredential, caplog: pytest.LogCaptureFixture
) -> None:
    token = credential.get_token("x").token
    signature = token.rsplit(".", 1)[1]
    shown = []
    with caplog.at_level(logging.DEBUG), responses.RequestsMock() as service, make_apis() as apis:
        service.get(USERS, body=EMPTY, headers={"Set-Cookie": "session=COOKIE-CANARY"})
        service.post(INVOKE, body=requests.ConnectionError(f"Authorization: Bearer {token}"))
        reply = apis.send(Api.GRAPH, get())
        shown += [repr(reply), repr(apis)]
        with pytest.raises(SourceError) as caught:
            apis.send(Api.EXCHANGE, invoke())
        shown += [str(caught.value), repr(caught.value)]
    shown.append(caplog.text)
    for text in shown:
        assert signature not in text
        assert "CANARY" not in text


def test_no_request_keeps_its_token(apis: TenantApis, service: responses.RequestsMock) -> None:
    service.get(USERS, body=EMPTY)
    apis.send(Api.GRAPH, get())
    kept = [item for item in gc.get_objects() if type(item).__name__ == "HttpRequest"]
    assert all("Authorization" not in item.headers for item in kept)


class _Refusing:
    def __init__(self, message: str) -> None:
        self.message = message

    def get_token(self, *_: str, **__: object) -> object:
        from azure.core.exceptions import ClientAuthenticationError

        raise ClientAuthenticationError(message=self.message)


def test_a_sign_in_that_only_one_api_refuses_denies_that_apis_datasets(
    make_apis: Callable[..., TenantApis],
) -> None:
    with make_apis(credential=_Refusing("AADSTS500011: The resource principal named x was not found")) as apis:
        with pytest.raises(SourceError, match="the tenant does not know this API") as caught:
            apis.send(
                Api.PURVIEW,
                Request(
                    "GET", f"https://ps.compliance.protection.outlook.com/AdminApi/v1.0/{TENANT}/EXOModuleFile", {}
                ),
            )
        assert caught.value.state is State.DENIED


def test_a_wrong_secret_ends_the_run_at_once(make_apis: Callable[..., TenantApis], fake_time: FakeTime) -> None:
    refusing = _Refusing("AADSTS7000215: Invalid client secret provided.")
    with make_apis(credential=refusing) as apis, pytest.raises(SignInError) as caught:
        apis.send(Api.GRAPH, get())
    assert (caught.value.code, caught.value.exit_code, fake_time.slept) == ("7000215", 2, [])


def test_the_tenants_guid_comes_from_the_token_where_config_names_a_domain(
    make_apis: Callable[..., TenantApis],
) -> None:
    with make_apis(tenant_id="bureau.example") as apis:
        assert apis.tenant_guid(Api.EXCHANGE) == TENANT


def test_the_body_is_kept_byte_for_byte(apis: TenantApis, service: responses.RequestsMock) -> None:
    body = b'{ "value":[ ],\r\n "x": "\xc3\xa9" }\n'
    service.get(USERS, body=body)
    assert apis.send(Api.GRAPH, get()).body == body
    assert json.loads(body)
