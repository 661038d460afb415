from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import responses

from compliance.evidence.datasets import Api, State
from compliance.sources.errors import SourceError, Truncated
from compliance.sources.exchange import exported_cmdlets
from compliance.sources.pages import Page
from compliance.sources.readers import READERS
from compliance.sources.transport import TenantApis
from tests.sources.conftest import TENANT

INVOKE = f"https://outlook.office365.com/adminapi/beta/{TENANT}/InvokeCommand"
MODULE = f"https://outlook.office365.com/adminapi/v1.0/{TENANT}/EXOModuleFile"
FRONT = "https://ps.compliance.protection.outlook.com"


def read(name: str, apis: TenantApis) -> tuple[list[Page], SourceError | None]:
    pages: list[Page] = []
    try:
        for page in READERS[name].read(apis):
            pages.append(page)
    except SourceError as error:
        return pages, error
    return pages, None


def sent(service: responses.RequestsMock, call: int = 0) -> tuple[dict[str, Any], dict[str, list[str]]]:
    request = service.calls[call].request
    return json.loads(request.body or "")["CmdletInput"], parse_qs(urlsplit(request.url or "").query)


@pytest.mark.parametrize(
    ("name", "switch"),
    [
        ("exchange.mailboxes", {}),
        ("exchange.group_mailboxes", {"GroupMailbox": True}),
        ("exchange.public_folder_mailboxes", {"PublicFolder": True}),
        ("exchange.inactive_mailboxes", {"InactiveMailboxOnly": True}),
        ("exchange.soft_deleted_mailboxes", {"SoftDeletedMailbox": True}),
    ],
)
def test_each_kind_of_mailbox_is_a_call_of_its_own_without_a_limit(
    apis: TenantApis, service: responses.RequestsMock, name: str, switch: dict[str, bool]
) -> None:
    service.post(INVOKE, json={"value": [{"Guid": str(n)} for n in range(1000)]})
    pages, error = read(name, apis)
    assert error is None
    assert pages[0].rows == 1000
    invoked, query = sent(service)
    assert invoked == {"CmdletName": "Get-Mailbox", "Parameters": {"ResultSize": "Unlimited", **switch}}
    assert query == {
        "$select": [
            "Guid,UserPrincipalName,ExternalDirectoryObjectId,RecipientTypeDetails,AuditEnabled,DefaultAuditSet,"
            "AuditOwner,AuditDelegate,AuditAdmin"
        ]
    }


def test_who_may_not_list_mailboxes_gets_nul_bytes_and_a_denial(
    apis: TenantApis, service: responses.RequestsMock
) -> None:
    service.post(INVOKE, status=403, body=b"\0" * 512)
    pages, error = read("exchange.mailboxes", apis)
    assert pages == []
    assert error is not None
    assert error.state is State.DENIED


def test_the_role_audit_logs_is_asked_for_with_everybody_whom_it_reaches(
    apis: TenantApis, service: responses.RequestsMock
) -> None:
    service.post(INVOKE, json={"value": []})
    read("exchange.audit_role_assignments", apis)
    invoked, query = sent(service)
    assert invoked == {
        "CmdletName": "Get-ManagementRoleAssignment",
        "Parameters": {"Role": "Audit Logs", "GetEffectiveUsers": True},
    }
    assert query["$select"] == ["Guid,Role,RoleAssigneeName,RoleAssigneeType,EffectiveUserName,Enabled"]


@pytest.mark.parametrize(("second", "whole"), [("bob", True), ("alice", False)])
def test_one_assignment_on_two_pages_is_no_repetition_if_it_reaches_another_user(
    apis: TenantApis, service: responses.RequestsMock, second: str, whole: bool
) -> None:
    following = f"{INVOKE}?$skiptoken=two"
    service.post(
        INVOKE,
        json={"value": [{"Guid": "g", "EffectiveUserName": "alice"}], "@odata.nextLink": following},
    )
    service.post(following, json={"value": [{"Guid": "g", "EffectiveUserName": second}]})
    _, error = read("exchange.audit_role_assignments", apis)
    assert (error is None) is whole


def test_as_many_role_assignments_as_the_cmdlet_gives_unasked_are_a_part(
    apis: TenantApis, service: responses.RequestsMock
) -> None:
    service.post(INVOKE, json={"value": [{"Guid": "g", "EffectiveUserName": str(n)} for n in range(1000)]})
    _, error = read("exchange.audit_role_assignments", apis)
    assert isinstance(error, Truncated)


def test_the_role_groups_of_purview_are_never_those_of_exchange(
    apis: TenantApis, service: responses.RequestsMock
) -> None:
    service.get(f"{FRONT}/AdminApi/v1.0/{TENANT}/EXOModuleFile", json={"value": []})
    service.post(f"{FRONT}/adminapi/beta/{TENANT}/InvokeCommand", status=403, body=b"\0" * 32)
    service.post(INVOKE, json={"value": [{"Guid": "of Exchange"}]})
    pages, error = read("purview.role_groups", apis)
    assert pages == []
    assert error is not None
    assert error.state is State.DENIED
    assert all("outlook.office365.com" not in str(call.request.url) for call in service.calls)


# Which cmdlets are offered


@pytest.mark.parametrize("listed", [False, True])
def test_the_cmdlets_that_the_roles_offer_are_asked_for_as_the_module_does(
    apis: TenantApis, service: responses.RequestsMock, listed: bool
) -> None:
    module = {"exportedCmdlets": "Get-Mailbox, Get-RoleGroup,"}
    service.get(MODULE, json={"value": [module] if listed else module})
    assert exported_cmdlets(apis, Api.EXCHANGE) == {"Get-Mailbox", "Get-RoleGroup"}
    request = service.calls[0].request
    assert request.headers["CommandName"] == "*"
    assert parse_qs(urlsplit(request.url or "").query) == {"Version": ["3.9.2"]}


@pytest.mark.parametrize("body", ["{}", '{"value": []}', '{"value": {}}', '{"value": 5}', "", "<html>"])
def test_an_answer_without_cmdlets_does_not_say_that_there_are_none(
    apis: TenantApis, service: responses.RequestsMock, body: str
) -> None:
    service.get(MODULE, body=body)
    assert exported_cmdlets(apis, Api.EXCHANGE) is None


def test_a_refused_question_for_cmdlets_is_a_denial(apis: TenantApis, service: responses.RequestsMock) -> None:
    service.get(MODULE, status=403, body=b"\0" * 32)
    with pytest.raises(SourceError) as caught:
        exported_cmdlets(apis, Api.EXCHANGE)
    assert caught.value.state is State.DENIED
