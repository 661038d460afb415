from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import responses

from compliance.evidence.datasets import Api, State
from compliance.sources.errors import SourceError, Truncated
from compliance.sources.exchange import invoke
from compliance.sources.pages import Page
from compliance.sources.readers import READERS
from compliance.sources.transport import TenantApis
from tests.sources.conftest import TENANT

INVOKE = f"https://outlook.office365.com/adminapi/beta/{TENANT}/InvokeCommand"
NEXT = f"{INVOKE}?$skiptoken=two"
BYPASS = "exchange.mailbox_audit_bypass"
EXPIRED = {
    "error": {
        "code": "BadRequest",
        "message": "Invalid Operation",
        "innererror": {
            "internalexception": {
                "message": "Expired or Invalid pagination request. Default Expiry time is 00:30:00",
                "type": "Microsoft.Exchange.Admin.OData.Core.ODataServiceException",
            }
        },
    }
}
MORE = "There are more results available. Increase the value for the ResultSize parameter."


def read(name: str, apis: TenantApis) -> tuple[list[Page], SourceError | None]:
    pages: list[Page] = []
    try:
        for page in READERS[name].read(apis):
            pages.append(page)
    except SourceError as error:
        return pages, error
    return pages, None


def answer(*guids: str, **more: Any) -> dict[str, Any]:
    return {"@adminapi.warnings": [], "value": [{"Guid": g, "Guid@data.type": "System.Guid"} for g in guids]} | more


def test_a_cmdlet_is_invoked_as_the_interface_expects(apis: TenantApis, service: responses.RequestsMock) -> None:
    service.post(INVOKE, json=answer("a"))
    pages, error = read(BYPASS, apis)
    assert error is None
    sent = service.calls[0].request
    assert json.loads(sent.body or "") == {
        "CmdletInput": {
            "CmdletName": "Get-MailboxAuditBypassAssociation",
            "Parameters": {"ResultSize": "Unlimited"},
        }
    }
    assert parse_qs(urlsplit(sent.url or "").query) == {
        "$select": ["Guid,Name,AuditBypassEnabled,ExchangeObjectId,ObjectClass"]
    }
    assert sent.headers["X-AnchorMailbox"] == (f"APP:SystemMailbox{{bb558c35-97f1-4cb9-8ff7-d53741dc928c}}@{TENANT}")
    assert sent.headers["Prefer"] == "odata.maxpagesize=1000"
    assert pages[0].request == {
        "cmdlet": "Get-MailboxAuditBypassAssociation",
        "parameters": {"ResultSize": "Unlimited"},
    }
    assert pages[0].endpoint == "exchange_online"


@pytest.mark.parametrize(
    ("name", "cmdlet", "query"),
    [
        ("exchange.admin_audit_log_config", "Get-AdminAuditLogConfig", {}),
        (
            "exchange.organization_config",
            "Get-OrganizationConfig",
            {"$select": ["AuditDisabled,Name,Guid"]},
        ),
    ],
)
def test_a_configuration_is_one_page_with_empty_parameters(
    apis: TenantApis, service: responses.RequestsMock, name: str, cmdlet: str, query: dict[str, list[str]]
) -> None:
    service.post(INVOKE, json=answer("a"))
    pages, error = read(name, apis)
    assert error is None
    assert [page.rows for page in pages] == [1]
    sent = service.calls[0].request
    assert json.loads(sent.body or "") == {"CmdletInput": {"CmdletName": cmdlet, "Parameters": {}}}
    assert parse_qs(urlsplit(sent.url or "").query) == query


def test_a_next_page_is_the_same_post_with_the_same_anchor(apis: TenantApis, service: responses.RequestsMock) -> None:
    service.post(INVOKE, json=answer("a", **{"@odata.nextLink": NEXT, "@adminapi.warnings": [MORE]}))
    service.post(NEXT, json=answer("b"))
    pages, error = read(BYPASS, apis)
    assert error is None
    assert [page.rows for page in pages] == [1, 1]
    first, second = (call.request for call in service.calls)
    assert first.body == second.body
    assert first.headers["X-AnchorMailbox"] == second.headers["X-AnchorMailbox"]
    assert pages[0].warnings == (MORE,)


def test_a_truncation_warning_that_no_page_follows_up_is_a_part(
    apis: TenantApis, service: responses.RequestsMock
) -> None:
    service.post(INVOKE, json=answer("a", **{"@adminapi.warnings": [MORE]}))
    pages, error = read(BYPASS, apis)
    assert isinstance(error, Truncated)
    assert "may not have given everything" in error.reason
    assert len(pages) == 1


def test_a_warning_of_a_list_in_unknown_words_makes_it_a_part(
    apis: TenantApis, service: responses.RequestsMock
) -> None:
    service.post(INVOKE, json=answer("a", **{"@adminapi.warnings": ["Es sind weitere Ergebnisse vorhanden."]}))
    pages, error = read(BYPASS, apis)
    assert isinstance(error, Truncated)
    assert len(pages) == 1


def test_another_warning_is_carried_along(apis: TenantApis, service: responses.RequestsMock) -> None:
    service.post(INVOKE, json=answer("a", **{"@adminapi.warnings": ["This cmdlet will be\x1b[2J deprecated"]}))
    pages, error = read(BYPASS, apis)
    assert error is None
    assert pages[0].warnings == ("This cmdlet will be [2J deprecated",)


def test_as_many_rows_as_the_default_result_size_are_a_part_unless_all_were_asked_for(
    apis: TenantApis, service: responses.RequestsMock
) -> None:
    service.post(INVOKE, json=answer(*map(str, range(1000))))
    assert read(BYPASS, apis)[1] is None
    with pytest.raises(Truncated, match="1000 rows were read"):
        list(invoke(apis, Api.EXCHANGE, "Get-MailboxAuditBypassAssociation", {}, dataset=BYPASS))


def test_retention_policies_without_guid_are_told_apart_by_name_and_priority(
    apis: TenantApis, service: responses.RequestsMock
) -> None:
    def policies(*rows: tuple[str, int], **more: Any) -> dict[str, Any]:
        return {"value": [{"Name": name, "Priority": priority} for name, priority in rows]} | more

    service.post(INVOKE, json=policies(("a", 1), ("a", 2), **{"@odata.nextLink": NEXT}))
    service.post(NEXT, json=policies(("a", 2)))
    with pytest.raises(Truncated, match="repeats 1 rows"):
        list(invoke(apis, Api.EXCHANGE, "Get-UnifiedAuditLogRetentionPolicy", {}, dataset="x"))


def _by_anchor(service: responses.RequestsMock, good: str, refusal: dict[str, Any] = EXPIRED) -> None:
    """A service that routes a next page only for an anchor beginning with `good`."""

    def respond(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
        if request.url != NEXT:
            return 200, {}, json.dumps(answer("a", **{"@odata.nextLink": NEXT}))
        if str(request.headers["X-AnchorMailbox"]).startswith(good):
            return 200, {}, json.dumps(answer("b"))
        return 400, {}, json.dumps(refusal)

    service.add_callback(responses.POST, INVOKE, callback=respond)


def test_where_the_anchor_does_not_route_the_reading_begins_once_more_with_the_other(
    apis: TenantApis, service: responses.RequestsMock
) -> None:
    apis.initial_domain = "bureau.onmicrosoft.example"
    _by_anchor(service, "UPN:SystemMailbox{bb558c35-97f1-4cb9-8ff7-d53741dc928c}@bureau.onmicrosoft.example")
    pages, error = read(BYPASS, apis)
    assert error is None
    assert [page.rows for page in pages] == [1, 1]
    assert len(service.calls) == 4


@pytest.mark.parametrize(("domain", "calls"), [(None, 2), ("bureau.onmicrosoft.example", 4)])
def test_where_no_anchor_routes_the_first_page_is_a_part(
    apis: TenantApis, service: responses.RequestsMock, domain: str | None, calls: int
) -> None:
    apis.initial_domain = domain
    _by_anchor(service, "nothing")
    pages, error = read(BYPASS, apis)
    assert isinstance(error, Truncated)
    assert "Expired or Invalid pagination request" in error.reason
    assert len(pages) == 1
    assert len(service.calls) == calls


def test_another_refusal_on_the_second_page_begins_nothing_again(
    apis: TenantApis, service: responses.RequestsMock
) -> None:
    apis.initial_domain = "bureau.onmicrosoft.example"
    _by_anchor(service, "nothing", {"error": {"code": "BadRequest", "message": "other"}})
    pages, error = read(BYPASS, apis)
    assert isinstance(error, Truncated)
    assert (len(pages), len(service.calls)) == (1, 2)


def test_the_first_page_is_kept_if_beginning_again_is_refused(
    apis: TenantApis, service: responses.RequestsMock
) -> None:
    apis.initial_domain = "bureau.onmicrosoft.example"
    service.post(INVOKE, json=answer("a", **{"@odata.nextLink": NEXT}))
    service.post(INVOKE, status=400, json=EXPIRED)
    service.post(INVOKE, status=403, body=b"\0" * 64)
    pages, error = read(BYPASS, apis)
    assert isinstance(error, Truncated)
    assert "Expired" in error.reason
    assert (len(pages), len(service.calls)) == (1, 3)


def test_a_run_of_nul_bytes_is_a_denial(apis: TenantApis, service: responses.RequestsMock) -> None:
    service.post(INVOKE, status=403, body=b"\0" * 1024)
    pages, error = read("exchange.organization_config", apis)
    assert pages == []
    assert error is not None
    assert error.state is State.DENIED


def test_a_domain_for_a_tenant_still_anchors_by_guid(
    make_apis: Callable[..., TenantApis], service: responses.RequestsMock
) -> None:
    service.post(INVOKE.replace(TENANT, "bureau.example"), json=answer("a"))
    with make_apis(tenant_id="bureau.example") as apis:
        assert read(BYPASS, apis)[1] is None
    assert str(service.calls[0].request.headers["X-AnchorMailbox"]).endswith(f"@{TENANT}")
