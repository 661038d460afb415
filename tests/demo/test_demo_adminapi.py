from __future__ import annotations

import pytest

from compliance.demo.odd import Odd, stable_guid
from compliance.demo.people import BypassRow

BYPASS = "Get-MailboxAuditBypassAssociation"
UNLIMITED = {"ResultSize": "Unlimited"}
EVERY_CMDLET = (
    "Get-AdminAuditLogConfig",
    "Get-OrganizationConfig",
    BYPASS,
    "Get-Mailbox",
    "Get-RoleGroup",
    "Get-ManagementRoleAssignment",
)


def internal_exception(reply):
    error = reply.json()["error"]
    assert (reply.status_code, error["code"], error["message"]) == (400, "BadRequest", "Invalid Operation")
    assert error["details"][0]["message"].startswith("|")
    return error["innererror"]["internalexception"]


def many_rows(tenant, count):
    tenant.bypass[:] = [BypassRow(f"account{n}", stable_guid(tenant.id, str(n))) for n in range(count)]


def test_values_are_accompanied_by_keys_that_tell_their_type(client, rows):
    (config,) = rows(client.run("exchange", "Get-AdminAuditLogConfig"))
    assert config["UnifiedAuditLogIngestionEnabled"] is True
    assert config["UnifiedAuditLogFirstOptInDate"] == "2019-03-11T08:30:00.0000000Z"
    assert config["UnifiedAuditLogFirstOptInDate@data.type"] == "System.DateTime"
    assert config["AdminAuditLogAgeLimit"] == "90.00:00:00"
    assert (config["LoadBalancerCount"], config["LoadBalancerCount@data.type"]) == (3, "System.Int32")
    assert (config["AdminAuditLogCmdlets"], config["AdminAuditLogCmdlets@odata.type"]) == (
        ["*"],
        "#Collection(String)",
    )
    assert config["Guid@data.type"] == "System.Guid"


def test_an_answer_always_has_a_list_of_warnings(client):
    assert client.run("exchange", "Get-OrganizationConfig").json()["@adminapi.warnings"] == []


def test_select_narrows_a_row_and_what_accompanies_it(client, rows):
    (config,) = rows(client.run("exchange", "Get-OrganizationConfig", select="AuditDisabled,Guid,NoSuchProperty"))
    assert set(config) == {"AuditDisabled", "Guid", "Guid@data.type"}
    (whole,) = rows(client.run("exchange", "Get-OrganizationConfig"))
    assert len([name for name in whole if "@" not in name]) > 20


def test_the_bypass_list_holds_every_account_and_system_objects(client, rows):
    found = rows(client.run("exchange", BYPASS, UNLIMITED))
    names = {row["Name"] for row in found}
    assert {"user001", "user012", "SystemMailbox{bb558c35-97f1-4cb9-8ff7-d53741dc928c}"} <= names
    assert any(name.startswith("Asc-") for name in names)
    assert any(name.startswith("TenantSetting_") for name in names)
    assert not {row["Guid"] for row in found} & {user.id for user in client.tenant.users}
    assert all(row["Guid"] == row["ExchangeObjectId"] for row in found)
    assert not {"RecipientTypeDetails", "ExternalDirectoryObjectId"} & set(found[0])


def test_a_tristate_can_be_null_or_absent_or_a_string(client, rows):
    client.tenant.organization_config.audit_disabled = None
    assert rows(client.run("exchange", "Get-OrganizationConfig"))[0]["AuditDisabled"] is None
    client.tenant.organization_config.odd = Odd(absent=frozenset({"AuditDisabled"}))
    assert "AuditDisabled" not in rows(client.run("exchange", "Get-OrganizationConfig"))[0]
    client.tenant.organization_config.odd = Odd({"AuditDisabled": "False"})
    assert rows(client.run("exchange", "Get-OrganizationConfig"))[0]["AuditDisabled"] == "False"


def test_without_a_result_size_a_thousand_rows_come_and_only_a_warning_tells(client, rows):
    many_rows(client.tenant, 1500)
    reply = client.run("exchange", BYPASS)
    assert len(rows(reply)) == 1000
    assert "increase the value for the ResultSize" in reply.json()["@adminapi.warnings"][0]
    assert "@odata.nextLink" not in reply.json()


def test_a_page_is_a_thousand_rows_at_most_and_the_next_is_the_same_post(client, rows):
    many_rows(client.tenant, 2300)
    url, seen = None, []
    for expected in (1000, 1000, 300):
        reply = client.run("exchange", BYPASS, UNLIMITED, url=url, page_size=5000)
        assert len(rows(reply)) == expected
        seen += rows(reply)
        url = reply.json().get("@odata.nextLink")
        assert bool(reply.json()["@adminapi.warnings"]) == (url is not None)
    assert url is None
    assert [row["Name"] for row in seen] == [row.name for row in client.tenant.bypass]


def test_a_preferred_page_size_is_honoured(client, rows):
    assert len(rows(client.run("exchange", BYPASS, UNLIMITED, page_size=7))) == 7


@pytest.mark.parametrize("anchor", [None, "UPN:SystemMailbox@other.example"])
def test_a_next_page_without_the_anchor_of_the_first_has_expired(client, anchor):
    first = client.run("exchange", BYPASS, UNLIMITED, page_size=5).json()
    reply = client.run("exchange", BYPASS, UNLIMITED, page_size=5, url=first["@odata.nextLink"], anchor=anchor)
    expired = "Expired or Invalid pagination request. Default Expiry time is 00:30:00"
    assert internal_exception(reply)["message"] == expired


def test_a_next_page_with_another_body_has_expired(client):
    first = client.run("exchange", BYPASS, UNLIMITED, page_size=5).json()
    reply = client.run("exchange", BYPASS, {"ResultSize": 500}, page_size=5, url=first["@odata.nextLink"])
    assert "Expired or Invalid pagination" in internal_exception(reply)["message"]


def test_pages_may_work_with_the_anchor_at_the_initial_domain_alone(client, rows):
    client.tenant.paging_anchor = "upn"
    good = f"UPN:SystemMailbox{{bb558c35-97f1-4cb9-8ff7-d53741dc928c}}@{client.tenant.initial_domain}"

    def second_page(**anchor):
        first = client.run("exchange", BYPASS, UNLIMITED, page_size=5, **anchor).json()
        return client.run("exchange", BYPASS, UNLIMITED, page_size=5, url=first["@odata.nextLink"], **anchor)

    assert second_page().status_code == 400
    assert len(rows(second_page(anchor=good))) == 5
    client.tenant.paging_anchor = "none"
    assert second_page(anchor=good).status_code == 400


def test_parameters_that_are_null_are_an_error(client):
    where = f"/adminapi/beta/{client.tenant.id}/InvokeCommand"
    body = {"CmdletInput": {"CmdletName": "Get-OrganizationConfig", "Parameters": None}}
    internal_exception(client.send("POST", "exchange", where, json=body))


def test_a_body_that_is_no_cmdlet_is_an_error(client):
    internal_exception(client.send("POST", "exchange", f"/adminapi/beta/{client.tenant.id}/InvokeCommand", json=[]))


def test_an_unknown_parameter_is_an_ambiguous_parameter_set(client):
    reply = client.run("exchange", "Get-OrganizationConfig", {"Colour": "red"})
    assert "AmbiguousParameterSetException" in internal_exception(reply)["message"]


def test_an_unknown_cmdlet_is_not_recognized(client):
    found = internal_exception(client.run("exchange", "Get-Weather"))
    assert found["type"].endswith("CommandNotFoundException")
    assert "is not recognized as the name of a cmdlet" in found["message"]


def test_without_the_app_role_or_with_another_apis_token_it_is_a_401(client):
    def refused(**headers):
        where = f"/adminapi/beta/{client.tenant.id}/InvokeCommand"
        return client.send("POST", "exchange", where, headers, {"CmdletInput": {}}).status_code

    assert refused(Authorization=None) == 401
    assert refused(Authorization=f"Bearer {client.token('graph')}") == 401
    client.tenant.identity.exchange_manage_as_app = False
    assert refused() == 401


def test_with_the_app_role_and_no_other_role_it_is_a_403_of_nul_bytes(client):
    client.tenant.identity.exchange_roles = ()
    reply = client.run("exchange", "Get-AdminAuditLogConfig")
    assert reply.status_code == 403
    assert reply.content
    assert not reply.content.strip(b"\x00")


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        ("Security Reader", {"Get-AdminAuditLogConfig"}),
        ("Global Reader", {*EVERY_CMDLET}),
        ("View-Only Recipients", {"Get-Mailbox"}),
        ("View-Only Configuration", {*EVERY_CMDLET} - {"Get-Mailbox"}),
        ("Helpdesk Administrator", set()),
    ],
)
def test_a_directory_role_allows_its_cmdlets_and_the_probe_says_which(client, rows, role, allowed):
    client.tenant.identity.exchange_roles = ()
    client.tenant.identity.directory_roles = (role,)
    for cmdlet in EVERY_CMDLET:
        assert client.run("exchange", cmdlet).status_code == (200 if cmdlet in allowed else 403)
    probe = client.get("exchange", f"/adminapi/v1.0/{client.tenant.id}/EXOModuleFile?Version=3.9.2", CommandName="*")
    assert {name for name in rows(probe)[0]["exportedCmdlets"].split(",") if name} == allowed
