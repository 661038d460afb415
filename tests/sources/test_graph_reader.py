from __future__ import annotations

import json
from typing import Any
from unittest.mock import Mock
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import responses
from azure.core.exceptions import ClientAuthenticationError
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.evidence.datasets import DATASETS, State
from compliance.sources import graph, graph_urls
from compliance.sources.errors import SourceError, Truncated
from compliance.sources.pages import Page
from compliance.sources.readers import READERS
from compliance.sources.transport import Progress, TenantApis
from tests.sources.conftest import FakeCredential

ROOT = "https://graph.microsoft.com/v1.0"
USERS = f"{ROOT}/users"
NEXT = f"{USERS}?$skiptoken=two"


def read(name: str, apis: TenantApis) -> tuple[list[Page], SourceError | None]:
    pages: list[Page] = []
    try:
        for page in READERS[name].read(apis):
            pages.append(page)
    except SourceError as error:
        return pages, error
    return pages, None


def answer(*ids: str, **more: Any) -> str:
    return json.dumps({"value": [{"id": i} for i in ids]} | more)


def test_every_dataset_has_a_reader_of_its_api() -> None:
    assert {name: reader.api for name, reader in READERS.items()} == {n: s.api for n, s in DATASETS.items()}


def test_the_sdk_compiles_every_url() -> None:
    assert graph_urls.organization_url("https://g") == "https://g/v1.0/organization"
    assert graph_urls.subscribed_skus_url("https://g") == "https://g/v1.0/subscribedSkus"
    users = urlsplit(graph_urls.users_url("https://g"))
    assert users.path == "/v1.0/users"
    assert parse_qs(users.query) == {
        "$count": ["true"],
        "$select": [
            "id,userPrincipalName,userType,accountEnabled,assignedPlans,assignedLicenses,licenseAssignmentStates"
        ],
        "$top": ["999"],
    }
    assert unquote(graph_urls.secure_score_url("https://g")) == "https://g/v1.0/security/secureScores?$top=1"
    roles = "https://g/v1.0/roleManagement/directory"
    assert unquote(graph_urls.role_assignments_url("https://g")) == f"{roles}/roleAssignments?$expand=principal"
    assert (
        unquote(graph_urls.role_eligibilities_url("https://g"))
        == f"{roles}/roleEligibilityScheduleInstances?$expand=principal"
    )


def test_of_the_secure_scores_the_latest_is_read_and_no_next_page(
    apis: TenantApis, service: responses.RequestsMock
) -> None:
    scores = f"{ROOT}/security/secureScores"
    service.get(scores, body=answer("today", **{"@odata.nextLink": f"{scores}?$top=1&$skiptoken=x"}))
    pages, error = read("graph.secure_score", apis)
    assert error is None
    assert [page.rows for page in pages] == [1]
    assert len(service.calls) == 1


def test_role_assignments_are_read_to_the_last_page(apis: TenantApis, service: responses.RequestsMock) -> None:
    roles = f"{ROOT}/roleManagement/directory/roleAssignments"
    service.get(roles, body=answer("a", **{"@odata.nextLink": f"{roles}?$skiptoken=x"}))
    service.get(f"{roles}?$skiptoken=x", body=answer("b"))
    pages, error = read("graph.role_assignments", apis)
    assert error is None
    assert [page.rows for page in pages] == [1, 1]


@pytest.mark.parametrize(
    ("status", "code", "message", "state"),
    [
        (400, "AadPremiumLicenseRequired", "The tenant needs Microsoft Entra ID P2.", State.UNAVAILABLE),
        (403, "UnknownError", '{"errorCode":"AadPremiumLicenseRequired","message":"P2"}', State.UNAVAILABLE),
        (403, "UnknownError", '{"errorCode":"PermissionScopeNotGranted","message":"missing"}', State.DENIED),
    ],
)
def test_a_missing_licence_for_eligible_roles_is_told_from_a_missing_permission(
    apis: TenantApis, service: responses.RequestsMock, status: int, code: str, message: str, state: State
) -> None:
    body = {"error": {"code": code, "message": message}}
    service.get(f"{ROOT}/roleManagement/directory/roleEligibilityScheduleInstances", status=status, json=body)
    pages, error = read("graph.role_eligibilities", apis)
    assert pages == []
    assert error is not None
    assert error.state is state
    assert ("AadPremiumLicenseRequired" in error.reason) is (state is State.UNAVAILABLE)


def test_users_are_read_to_the_last_page_with_the_header_on_each(
    apis: TenantApis, service: responses.RequestsMock, progress: list[Progress]
) -> None:
    service.get(USERS, body=answer("a", "b", **{"@odata.count": 3, "@odata.nextLink": NEXT}))
    service.get(NEXT, body=answer("c"))
    pages, error = read("graph.users", apis)
    assert error is None
    assert [(page.rows, page.count, page.endpoint) for page in pages] == [(2, 3, "graph"), (1, None, "graph")]
    assert [call.request.headers["ConsistencyLevel"] for call in service.calls] == ["eventual", "eventual"]
    assert [(p.dataset, p.rows, p.pages) for p in progress] == [("graph.users", 2, 1), ("graph.users", 3, 2)]


def test_an_empty_page_with_a_next_page_is_not_the_end(apis: TenantApis, service: responses.RequestsMock) -> None:
    service.get(USERS, body=answer(**{"@odata.nextLink": NEXT}))
    service.get(NEXT, body=answer("a"))
    pages, error = read("graph.users", apis)
    assert error is None
    assert [page.rows for page in pages] == [0, 1]


def test_twenty_empty_pages_in_a_row_are_a_part(apis: TenantApis, service: responses.RequestsMock) -> None:
    for number in range(30):
        service.get(
            f"{USERS}?$skiptoken={number}" if number else USERS,
            body=answer(**{"@odata.nextLink": f"{USERS}?$skiptoken={number + 1}"}),
        )
    pages, error = read("graph.users", apis)
    assert isinstance(error, Truncated)
    assert (error.state, len(pages)) == (State.PARTIAL, 20)


def test_a_repeated_next_link_is_a_part(apis: TenantApis, service: responses.RequestsMock) -> None:
    service.get(USERS, body=answer("a", **{"@odata.nextLink": NEXT}))
    service.get(NEXT, body=answer("b", **{"@odata.nextLink": NEXT}))
    pages, error = read("graph.users", apis)
    assert isinstance(error, Truncated)
    assert "leads back" in error.reason
    assert len(pages) == 2


def test_a_page_that_repeats_rows_is_given_out_and_ends_as_a_part(
    apis: TenantApis, service: responses.RequestsMock
) -> None:
    service.get(USERS, body=answer("a", "b", **{"@odata.nextLink": NEXT}))
    service.get(NEXT, body=answer("b", "c"))
    pages, error = read("graph.users", apis)
    assert isinstance(error, Truncated)
    assert "repeats 1 rows" in error.reason
    assert [page.rows for page in pages] == [2, 2]


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example/v1.0/users?$skiptoken=x",
        "http://graph.microsoft.com/v1.0/users?$skiptoken=x",
        "https://graph.microsoft.com:444/v1.0/users",
        "https://graph.microsoft.com/beta/users?$skiptoken=x",
        "/v1.0/users?$skiptoken=x",
        "",
    ],
)
def test_a_next_page_elsewhere_is_not_followed(apis: TenantApis, service: responses.RequestsMock, link: str) -> None:
    service.get(USERS, body=answer("a", **{"@odata.nextLink": link}))
    pages, error = read("graph.users", apis)
    assert isinstance(error, Truncated)
    assert "cannot be followed" in error.reason
    assert (len(pages), len(service.calls)) == (1, 1)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_more_rows_than_were_announced_are_no_shortfall(
    apis: TenantApis, service: responses.RequestsMock, count: int
) -> None:
    service.get(USERS, body=answer("a", "b", **{"@odata.count": count}))
    pages, error = read("graph.users", apis)
    assert error is None
    assert pages[0].rows == 2


@pytest.mark.parametrize("count", [3, 1000])
def test_as_many_rows_must_come_as_were_announced(
    apis: TenantApis, service: responses.RequestsMock, count: int
) -> None:
    service.get(USERS, body=answer("a", "b", **{"@odata.count": count}))
    pages, error = read("graph.users", apis)
    assert isinstance(error, Truncated)
    assert error.reason == f"{count} rows were announced, 2 came"
    assert len(pages) == 1


BROKEN = [
    b"",
    b"<html>",
    b'{"value": [{"id": "a"}',
    b"{}",
    b'{"value": null}',
    b'{"value": {}}',
    b'{"value": [1]}',
    b'{"value": [null]}',
    b"[]",
    b'{"value": [], "@odata.nextLink": 5}',
    b'{"value": [], "@odata.count": "5"}',
    b'{"value": [], "error": {"code": "x"}}',
    b'{"value": [' + b"[" * 100_000,
    b"\xff\xfe{\0",
]


@pytest.mark.parametrize("body", BROKEN)
def test_a_broken_first_answer_is_a_failure_and_never_empty(
    apis: TenantApis, service: responses.RequestsMock, body: bytes
) -> None:
    service.get(USERS, body=body)
    pages, error = read("graph.users", apis)
    assert pages == []
    assert error is not None
    assert error.state is State.FAILED
    assert not isinstance(error, Truncated)


@pytest.mark.parametrize("body", BROKEN)
def test_a_broken_later_answer_leaves_a_part(apis: TenantApis, service: responses.RequestsMock, body: bytes) -> None:
    service.get(USERS, body=answer("a", **{"@odata.nextLink": NEXT}))
    service.get(NEXT, body=body)
    pages, error = read("graph.users", apis)
    assert isinstance(error, Truncated)
    assert len(pages) == 1


def test_a_refusal_on_a_later_page_leaves_a_part_and_not_a_denial(
    apis: TenantApis, service: responses.RequestsMock
) -> None:
    service.get(USERS, body=answer("a", **{"@odata.nextLink": NEXT}))
    service.get(NEXT, status=403, json={"error": {"code": "Authorization_RequestDenied", "message": "no"}})
    pages, error = read("graph.users", apis)
    assert isinstance(error, Truncated)
    assert "page 2 could not be read: 403 Authorization_RequestDenied" in error.reason
    assert len(pages) == 1


def test_a_sign_in_that_fails_on_a_later_page_leaves_a_part(
    apis: TenantApis, service: responses.RequestsMock, credential: FakeCredential, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.get(USERS, body=answer("a", **{"@odata.nextLink": NEXT}))
    pages = READERS["graph.users"].read(apis)
    assert next(pages).rows == 1
    error = ClientAuthenticationError(message="AADSTS7000222: expired")
    monkeypatch.setattr(credential, "get_token", Mock(side_effect=error))
    with pytest.raises(Truncated, match="AADSTS7000222"):
        next(pages)


def test_a_denied_dataset_has_no_pages(apis: TenantApis, service: responses.RequestsMock) -> None:
    body = {"error": {"code": "Authorization_RequestDenied", "message": "Insufficient privileges"}}
    service.get(f"{ROOT}/subscribedSkus", status=403, json=body)
    pages, error = read("graph.subscribed_skus", apis)
    assert pages == []
    assert error is not None
    assert error.state is State.DENIED
    assert error.reply is not None
    assert error.reply.status == 403


@pytest.mark.parametrize("status", [201, 204, 206])
def test_a_success_that_is_not_a_200_is_not_an_answer(
    apis: TenantApis, service: responses.RequestsMock, status: int
) -> None:
    service.get(USERS, status=status, body=answer("a"))
    pages, error = read("graph.users", apis)
    assert pages == []
    assert error is not None
    assert error.state is State.FAILED


def test_the_organisation_tells_the_initial_domain(apis: TenantApis, service: responses.RequestsMock) -> None:
    domains = [
        {"name": "bureau.example", "isInitial": False},
        {"name": "bureau.onmicrosoft.example", "isInitial": True},
    ]
    service.get(f"{ROOT}/organization", json={"value": [{"id": "t", "verifiedDomains": domains}]})
    pages, error = read("graph.organization", apis)
    assert error is None
    assert len(pages) == 1
    learn = READERS["graph.organization"].learn
    assert learn is not None
    learn(apis, pages[0].body)
    assert apis.initial_domain == "bureau.onmicrosoft.example"


@pytest.mark.parametrize("name", ["a.example\r\nX: y", "a b.example", "", "nodot", None])
def test_a_domain_that_is_none_reaches_no_header(name: str | None) -> None:
    body = {"value": [{"verifiedDomains": [{"name": name, "isInitial": True}]}]}
    assert graph.initial_domain(json.dumps(body).encode()) is None


@settings(deadline=None)
@given(st.lists(st.lists(st.integers(0, 10**6), unique=True, max_size=5), min_size=1, max_size=8))
def test_a_reading_ends_well_only_if_every_row_came_once(rows: list[list[int]]) -> None:
    from compliance.clouds import CLOUDS
    from tests.sources.conftest import TENANT, FakeCredential, FakeTime

    time = FakeTime()
    links = [USERS] + [f"{USERS}?$skiptoken={n}" for n in range(1, len(rows))]
    total = sum(len(page) for page in rows)
    with responses.RequestsMock() as service:
        for number, page in enumerate(rows):
            more: dict[str, Any] = {"@odata.count": total} if number == 0 else {}
            if number + 1 < len(rows):
                more["@odata.nextLink"] = links[number + 1]
            service.get(links[number], body=answer(*map(str, page), **more))
        service.assert_all_requests_are_fired = False
        apis = TenantApis(
            CLOUDS["commercial"],
            TENANT,
            FakeCredential(),
            clock=time.clock,
            sleep=time.sleep,
            on_progress=lambda _: None,
        )
        pages, error = read("graph.users", apis)
    flat = [row for page in rows for row in page]
    assert (error is None) == (len(set(flat)) == len(flat))
    if error is None:
        assert sum(page.rows for page in pages) == total
