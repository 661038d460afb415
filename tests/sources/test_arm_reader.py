from __future__ import annotations

import json
import re
from typing import Any

import pytest
import responses
from hypothesis import given
from hypothesis import strategies as st

from compliance.evidence.datasets import DATASETS, State
from compliance.rules.resource_ids import WORKSPACE_ID
from compliance.sources.errors import SourceError, Truncated
from compliance.sources.pages import Page
from compliance.sources.readers import READERS
from compliance.sources.transport import TenantApis
from tests.sources.conftest import FakeCredential

ROOT = "https://management.azure.com"
ENTRA, SUBSCRIPTIONS, WORKSPACES, TABLES = (
    "arm.entra_diagnostic_settings",
    "arm.subscriptions",
    "arm.workspaces",
    "arm.tables",
)
SETTINGS = f"{ROOT}/providers/microsoft.aadiam/diagnosticSettings"
GROUP = "/subscriptions/7f3b2a10-1111-4222-8333-444455556666/resourceGroups/logs"
ONE = f"{GROUP}/providers/Microsoft.OperationalInsights/workspaces/siem-1"
TWO = f"{GROUP}/providers/Microsoft.OperationalInsights/workspaces/siem-2"


def read(name: str, apis: TenantApis) -> tuple[list[Page], SourceError | None]:
    pages: list[Page] = []
    try:
        for page in READERS[name].read(apis):
            pages.append(page)
    except SourceError as error:
        return pages, error
    return pages, None


def setting(**properties: Any) -> dict[str, Any]:
    return {"id": "/providers/microsoft.aadiam/diagnosticSettings/x", "name": "x", "properties": properties}


def learned(apis: TenantApis, *settings: dict[str, Any]) -> tuple[str, ...]:
    """What is known after these settings, of a tenant of which all else that names resources was read and is empty."""
    learn = READERS[ENTRA].learn
    assert learn is not None
    learn(apis, json.dumps({"value": settings}).encode())
    apis.whole.update(DATASETS)
    return tuple(apis.azure.workspaces)


def forbidden(action: str, scope: str) -> dict[str, Any]:
    message = (
        "The client 'f0' with object id 'f0' does not have authorization to perform action"
        f" '{action}' over scope '{scope}' or the scope is invalid. If access was recently granted, please refresh"
        " your credentials."
    )
    return {"error": {"code": "AuthorizationFailed", "message": message}}


GONE = {"error": {"code": "ResourceNotFound", "message": "The Resource was not found."}}


# Lists


def test_the_settings_are_asked_for_with_a_token_of_azure(
    apis: TenantApis, service: responses.RequestsMock, credential: FakeCredential
) -> None:
    service.get(SETTINGS, json={"value": [setting(workspaceId=ONE)]})
    pages, error = read(ENTRA, apis)
    assert error is None
    assert [(page.rows, page.endpoint, page.shape) for page in pages] == [(1, "arm", None)]
    assert service.calls[0].request.url == f"{SETTINGS}?api-version=2017-04-01"
    assert credential.scopes == [f"{ROOT}/.default"]


def test_no_setting_is_a_whole_answer(apis: TenantApis, service: responses.RequestsMock) -> None:
    service.get(SETTINGS, json={"value": []})
    pages, error = read(ENTRA, apis)
    assert error is None
    assert [page.rows for page in pages] == [0]


def test_the_next_page_of_azure_is_followed(apis: TenantApis, service: responses.RequestsMock) -> None:
    link = f"{ROOT}/subscriptions?api-version=2022-12-01&%24skiptoken=two"
    service.get(link, json={"value": [{"id": "/subscriptions/b"}]})
    service.get(f"{ROOT}/subscriptions", json={"value": [{"id": "/subscriptions/a"}], "nextLink": link})
    pages, error = read(SUBSCRIPTIONS, apis)
    assert error is None
    assert [page.rows for page in pages] == [1, 1]


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example/subscriptions?$skiptoken=x",
        "https://management.azure.com.evil.example/subscriptions",
        "https://management.usgovcloudapi.net/subscriptions",
        f"{ROOT}/subscriptions/../providers",
        f"{ROOT}/subscriptions/7f3b2a10-1111-4222-8333-444455556666/resources",
        "",
    ],
)
def test_a_next_page_of_azure_elsewhere_is_not_followed(
    apis: TenantApis, service: responses.RequestsMock, link: str
) -> None:
    service.get(f"{ROOT}/subscriptions", json={"value": [{"id": "/subscriptions/a"}], "nextLink": link})
    pages, error = read(SUBSCRIPTIONS, apis)
    assert isinstance(error, Truncated)
    assert (len(pages), len(service.calls)) == (1, 1)


@pytest.mark.parametrize("status", [401, 403])
def test_a_denial_names_the_action_and_the_scope(
    apis: TenantApis, service: responses.RequestsMock, status: int
) -> None:
    action, scope = "microsoft.aadiam/diagnosticSettings/read", "/providers/microsoft.aadiam/diagnosticSettings"
    service.get(SETTINGS, status=status, json=forbidden(action, scope))
    pages, error = read(ENTRA, apis)
    assert pages == []
    assert error is not None
    assert error.state is State.DENIED
    assert error.reason == f"{status} AuthorizationFailed: no right to perform {action} over {scope}"


def test_an_expired_token_is_no_denial(apis: TenantApis, service: responses.RequestsMock) -> None:
    service.get(SETTINGS, status=401, json={"error": {"code": "ExpiredAuthenticationToken", "message": "old"}})
    _, error = read(ENTRA, apis)
    assert error is not None
    assert error.state is State.FAILED


def test_a_denial_of_azure_without_words_does_not_speak_of_cmdlets(
    apis: TenantApis, service: responses.RequestsMock
) -> None:
    service.get(SETTINGS, status=403, body=b"\0" * 64)
    _, error = read(ENTRA, apis)
    assert error is not None
    assert error.state is State.DENIED
    assert "cmdlet" not in error.reason


# What the settings name


def test_a_workspace_that_two_settings_name_is_known_once(apis: TenantApis) -> None:
    assert learned(apis, setting(workspaceId=ONE), setting(workspaceId=ONE.upper()), setting(workspaceId=None)) == (
        ONE,
    )


def test_what_a_later_page_names_is_added(apis: TenantApis) -> None:
    learned(apis, setting(workspaceId=ONE))
    assert learned(apis, setting(workspaceId=TWO)) == (ONE, TWO)


def test_settings_without_a_workspace_leave_none_to_read(apis: TenantApis, service: responses.RequestsMock) -> None:
    assert learned(apis, setting(storageAccountId="/x", workspaceId=None), setting()) == ()
    for name in (WORKSPACES, TABLES):
        assert read(name, apis) == ([], None)
    assert len(service.calls) == 0


@pytest.mark.parametrize("name", [WORKSPACES, TABLES])
def test_where_the_settings_are_unread_no_workspace_is_known(
    apis: TenantApis, service: responses.RequestsMock, name: str
) -> None:
    pages, error = read(name, apis)
    assert pages == []
    assert error is not None
    assert error.state is State.NOT_REQUESTED
    assert error.reason == (
        "arm.entra_diagnostic_settings, arm.subscriptions, arm.activity_log_settings, arm.resources were not read to"
        " the end, so nothing is known to ask about"
    )
    assert len(service.calls) == 0


HOSTILE = [
    f"{GROUP}/providers/Microsoft.OperationalInsights/workspaces/../../x",
    f"{GROUP}/../providers/Microsoft.OperationalInsights/workspaces/siem-1",
    ONE.replace("/logs/", "/../"),
    f"{ONE}/sharedKeys",
    f"{ONE}?api-version=x#",
    f"{ONE}\n",
    f"https://evil.example{ONE}",
    f"@evil.example{ONE}",
    f".evil.example{ONE}",
    ONE.replace("siem-1", "siem%2F1"),
    ONE.replace("7f3b2a10", "7f3b2a1\u0660"),
    "\0\x1b[2J",
    "",
]


@pytest.mark.parametrize("name", [WORKSPACES, TABLES])
@pytest.mark.parametrize("hostile", HOSTILE)
def test_what_is_no_workspace_id_is_named_and_never_asked_for(
    apis: TenantApis, service: responses.RequestsMock, name: str, hostile: str
) -> None:
    learned(apis, setting(workspaceId=hostile))
    pages, error = read(name, apis)
    assert pages == []
    assert error is not None
    assert error.state is State.FAILED
    assert "is not the id of a workspace" in error.reason
    assert error.reason.isprintable()
    assert len(service.calls) == 0


@given(st.text(alphabet="/.%\\@?#:-_ aZ0\u00e9\0", max_size=60), st.integers(0, len(ONE)))
def test_whatever_stands_in_an_id_no_other_path_can_be_asked_for(inserted: str, at: int) -> None:
    changed = ONE[:at] + inserted + ONE[at:]
    if re.fullmatch(WORKSPACE_ID, changed, re.ASCII | re.IGNORECASE):
        parts = changed.split("/")
        assert len(parts) == len(ONE.split("/"))
        assert not {"..", ".", ""} & set(parts[1:])
        assert changed.isascii()
        assert not set(changed) & set("%\\@?#: \0")


@pytest.mark.parametrize("odd", [7, True, ["x"], {"id": ONE}])
def test_a_workspace_id_of_another_type_is_not_passed_over(apis: TenantApis, odd: Any) -> None:
    learned(apis, setting(workspaceId=odd))
    _, error = read(WORKSPACES, apis)
    assert error is not None
    assert error.state is State.FAILED


# Workspaces and tables


def test_each_workspace_is_an_object_page(apis: TenantApis, service: responses.RequestsMock) -> None:
    learned(apis, setting(workspaceId=ONE), setting(workspaceId=TWO))
    for workspace in (ONE, TWO):
        service.get(f"{ROOT}{workspace}", json={"id": workspace, "name": "x", "properties": {}})
    pages, error = read(WORKSPACES, apis)
    assert error is None
    assert [(page.rows, page.shape) for page in pages] == [(1, "object"), (1, "object")]
    assert [json.loads(page.body)["id"] for page in pages] == [ONE, TWO]
    assert service.calls[0].request.url == f"{ROOT}{ONE}?api-version=2023-09-01"


def test_the_tables_of_each_workspace_are_lists(apis: TenantApis, service: responses.RequestsMock) -> None:
    learned(apis, setting(workspaceId=ONE), setting(workspaceId=TWO))
    for workspace in (ONE, TWO):
        service.get(f"{ROOT}{workspace}/tables", json={"value": [{"id": f"{workspace}/tables/SigninLogs"}]})
    pages, error = read(TABLES, apis)
    assert error is None
    assert [(page.rows, page.shape) for page in pages] == [(1, None), (1, None)]


@pytest.mark.parametrize(("name", "path"), [(WORKSPACES, ""), (TABLES, "/tables")])
def test_one_workspace_denied_of_two_leaves_a_part_that_names_it(
    apis: TenantApis, service: responses.RequestsMock, name: str, path: str
) -> None:
    learned(apis, setting(workspaceId=ONE), setting(workspaceId=TWO))
    service.get(f"{ROOT}{ONE}{path}", status=403, json=forbidden("Microsoft.OperationalInsights/x/read", ONE))
    service.get(f"{ROOT}{TWO}{path}", json={"id": TWO, "value": [{"id": "t"}]})
    pages, error = read(name, apis)
    assert isinstance(error, Truncated)
    assert "siem-1: 403 AuthorizationFailed" in error.reason
    assert len(pages) == 1


def test_all_workspaces_denied_is_a_denial(apis: TenantApis, service: responses.RequestsMock) -> None:
    learned(apis, setting(workspaceId=ONE), setting(workspaceId=TWO))
    for workspace in (ONE, TWO):
        service.get(f"{ROOT}{workspace}", status=403, json=forbidden("x/read", workspace))
    pages, error = read(WORKSPACES, apis)
    assert pages == []
    assert error is not None
    assert not isinstance(error, Truncated)
    assert error.state is State.DENIED
    assert "siem-1" in error.reason
    assert "siem-2" in error.reason


def test_a_deleted_workspace_is_an_answer(apis: TenantApis, service: responses.RequestsMock) -> None:
    learned(apis, setting(workspaceId=ONE), setting(workspaceId=TWO))
    service.get(f"{ROOT}{ONE}", status=404, json=GONE)
    service.get(f"{ROOT}{TWO}", json={"id": TWO})
    pages, error = read(WORKSPACES, apis)
    assert error is None
    assert [(page.shape, page.absent, page.rows) for page in pages] == [("absent", ONE, 0), ("object", None, 1)]
    assert json.loads(pages[0].body) == GONE


def test_one_deleted_and_one_denied_is_a_part(apis: TenantApis, service: responses.RequestsMock) -> None:
    learned(apis, setting(workspaceId=ONE), setting(workspaceId=TWO))
    service.get(f"{ROOT}{ONE}", status=404, json=GONE)
    service.get(f"{ROOT}{TWO}", status=403, json=forbidden("x/read", TWO))
    pages, error = read(WORKSPACES, apis)
    assert [page.absent for page in pages] == [ONE]
    assert isinstance(error, Truncated)
    assert error.reason.startswith("siem-2: 403 AuthorizationFailed")


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{}", b'{"id": 1}', b'{"id": "x", "error": {"code": "y"}}', b'{"id": "x"', b"\0" * 9, b"[" * 99999],
)
def test_what_is_no_object_with_an_id_is_a_failure(
    apis: TenantApis, service: responses.RequestsMock, body: bytes
) -> None:
    learned(apis, setting(workspaceId=ONE))
    service.get(f"{ROOT}{ONE}", body=body)
    pages, error = read(WORKSPACES, apis)
    assert pages == []
    assert error is not None
    assert error.state is State.FAILED


def test_the_throttling_of_azure_is_waited_for(apis: TenantApis, service: responses.RequestsMock) -> None:
    service.get(SETTINGS, status=429, headers={"Retry-After": "5"}, json={"error": {"code": "TooManyRequests"}})
    service.get(SETTINGS, json={"value": []})
    pages, error = read(ENTRA, apis)
    assert error is None
    assert (pages[0].attempts, pages[0].waited_seconds) == (2, 5.0)
