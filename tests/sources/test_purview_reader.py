from __future__ import annotations

import json
from typing import Any

import pytest
import responses

from compliance.evidence.datasets import State
from compliance.sources.errors import SourceError, Truncated
from compliance.sources.pages import Page
from compliance.sources.readers import READERS
from compliance.sources.transport import TenantApis
from tests.sources.conftest import TENANT, FakeCredential

FRONT = "https://ps.compliance.protection.outlook.com"
DISCOVERY = f"{FRONT}/AdminApi/v1.0/{TENANT}/EXOModuleFile"
REGION = f"https://nam11b.ps.compliance.protection.outlook.com/adminapi/beta/{TENANT}/InvokeCommand"
EXCHANGE = f"https://outlook.office365.com/adminapi/beta/{TENANT}/InvokeCommand"
TARGET = "https://nam11b.admin.protection.outlook.com:446/AdminApi/v1.0/x/EXOModuleFile"
NO_SUCH_CMDLET = {
    "error": {
        "code": "BadRequest",
        "message": "Invalid Operation",
        "innererror": {
            "internalexception": {
                "message": "The term is not recognized as the name of a cmdlet",
                "type": "System.Management.Automation.CommandNotFoundException",
            }
        },
    }
}


def read(apis: TenantApis) -> tuple[list[Page], SourceError | None]:
    pages: list[Page] = []
    try:
        for page in READERS["purview.audit_retention_policies"].read(apis):
            pages.append(page)
    except SourceError as error:
        return pages, error
    return pages, None


def policies(*names: str, **more: Any) -> dict[str, Any]:
    return {"value": [{"Guid": name, "Name": name} for name in names]} | more


def discovery(service: responses.RequestsMock, location: str = TARGET) -> None:
    service.get(DISCOVERY, status=302, headers={"Location": location})


def test_the_region_is_read_from_the_redirect_which_is_not_followed(
    apis: TenantApis, service: responses.RequestsMock, credential: FakeCredential
) -> None:
    discovery(service)
    service.post(REGION, json=policies("a"))
    pages, error = read(apis)
    assert error is None
    assert [page.endpoint for page in pages] == ["security_compliance"]
    assert [call.request.url for call in service.calls] == [DISCOVERY, REGION]
    assert set(credential.scopes) == {f"{FRONT}/.default"}


def test_no_policy_is_a_whole_answer(apis: TenantApis, service: responses.RequestsMock) -> None:
    discovery(service)
    service.post(REGION, json=policies())
    pages, error = read(apis)
    assert error is None
    assert [page.rows for page in pages] == [0]


def test_a_front_door_that_does_not_redirect_answers_itself(apis: TenantApis, service: responses.RequestsMock) -> None:
    service.get(DISCOVERY, json={"value": []})
    service.post(f"{FRONT}/adminapi/beta/{TENANT}/InvokeCommand", json=policies("a"))
    pages, error = read(apis)
    assert error is None
    assert len(pages) == 1


@pytest.mark.parametrize(
    "location",
    [
        "",
        "/AdminApi",
        "https://NAM.evil.example@x/",
        "https://-.x.example/",
        "https://xn--a.example/",
        "https://[::1/",
        "https://[::1]/",
    ],
)
def test_a_redirect_without_a_region_is_a_failure(
    apis: TenantApis, service: responses.RequestsMock, location: str
) -> None:
    discovery(service, location)
    pages, error = read(apis)
    assert pages == []
    assert error is not None
    assert error.state is State.FAILED


def test_a_redirect_can_name_a_region_only_and_no_host(apis: TenantApis, service: responses.RequestsMock) -> None:
    discovery(service, "https://evil.example/adminapi")
    service.post(REGION.replace("nam11b", "evil"), json=policies())
    read(apis)
    assert {str(call.request.url).split("/")[2] for call in service.calls} == {
        "ps.compliance.protection.outlook.com",
        "evil.ps.compliance.protection.outlook.com",
    }


@pytest.mark.parametrize(("status", "body"), [(403, b"\0" * 32), (401, b""), (400, json.dumps(NO_SUCH_CMDLET))])
def test_where_compliance_refuses_exchange_is_asked(
    apis: TenantApis, service: responses.RequestsMock, credential: FakeCredential, status: int, body: bytes
) -> None:
    discovery(service)
    service.post(REGION, status=status, body=body)
    service.post(EXCHANGE, json=policies("a", "b"))
    pages, error = read(apis)
    assert error is None
    assert [(page.endpoint, page.rows) for page in pages] == [("exchange_online", 2)]
    assert credential.scopes[-1] == "https://outlook.office365.com/.default"


def test_where_the_front_door_refuses_exchange_is_asked(apis: TenantApis, service: responses.RequestsMock) -> None:
    service.get(DISCOVERY, status=403)
    service.post(EXCHANGE, json=policies("a"))
    pages, error = read(apis)
    assert error is None
    assert pages[0].endpoint == "exchange_online"


def test_where_both_refuse_both_are_quoted_and_the_first_decides(
    apis: TenantApis, service: responses.RequestsMock
) -> None:
    discovery(service)
    service.post(REGION, status=403, body=b"\0" * 32)
    service.post(EXCHANGE, status=400, json=NO_SUCH_CMDLET)
    pages, error = read(apis)
    assert pages == []
    assert error is not None
    assert error.state is State.DENIED
    assert "Security & Compliance: 403" in error.reason
    assert "Exchange Online: 400" in error.reason


def test_a_compliance_endpoint_that_fails_is_not_replaced(apis: TenantApis, service: responses.RequestsMock) -> None:
    discovery(service)
    service.post(REGION, status=503, body="<html>", content_type="text/html")
    pages, error = read(apis)
    assert pages == []
    assert error is not None
    assert error.state is State.FAILED
    assert "given up" in error.reason


def test_a_reading_that_has_begun_is_not_begun_elsewhere(apis: TenantApis, service: responses.RequestsMock) -> None:
    discovery(service)
    next_link = f"{REGION}?$skiptoken=2"
    service.post(REGION, json=policies("a", **{"@odata.nextLink": next_link}))
    service.post(next_link, status=403, body=b"\0" * 32)
    pages, error = read(apis)
    assert isinstance(error, Truncated)
    assert [page.endpoint for page in pages] == ["security_compliance"]
