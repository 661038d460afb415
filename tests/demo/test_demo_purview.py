from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest

from compliance.demo.odd import Odd
from compliance.demo.tenant import RetentionPolicy

POLICIES = "Get-UnifiedAuditLogRetentionPolicy"


def test_the_front_door_redirects_discovery_to_a_host_named_after_the_region(client):
    reply = client.get("purview", f"/AdminApi/v1.0/{client.tenant.id}/EXOModuleFile")
    where = urlsplit(reply.headers["Location"])
    assert reply.status_code == 302
    assert (where.hostname, where.port) == ("nam11b.admin.protection.outlook.com", 446)


def test_the_front_door_runs_no_cmdlet(client):
    reply = client.run("purview", POLICIES)
    assert reply.status_code == 403
    assert "regional host" in reply.json()["error"]["message"]


def test_policies_come_by_descending_priority_number(client, rows):
    found = rows(client.run("purview_regional", POLICIES))
    assert [policy["Priority"] for policy in found] == [50, 40, 30, 20, 10]
    last = found[-1]
    assert (last["Name"], last["RecordTypes"], last["Operations"], last["UserIds"]) == (
        "Teams 1 year",
        ["MicrosoftTeams"],
        [],
        [],
    )
    assert (last["RetentionDuration"], last["Enabled"], last["Mode"]) == ("TwelveMonths", True, "Enforce")


def test_the_built_in_policy_is_not_among_them_so_there_may_be_none(client, rows):
    client.tenant.policies.clear()
    assert rows(client.run("purview_regional", POLICIES)) == []


def test_a_policy_may_be_odd(client, rows):
    odd = RetentionPolicy(
        "odd", client.tenant.id, 1, "AFortnight", datetime(2026, 1, 1, tzinfo=UTC), mode="PendingDeletion"
    )
    odd.odd = Odd({"Enabled": "False"}, frozenset({"RecordTypes"}))
    client.tenant.policies.append(odd)
    found = rows(client.run("purview_regional", POLICIES))[-1]
    assert (found["RetentionDuration"], found["Mode"], found["Enabled"]) == (
        "AFortnight",
        "PendingDeletion",
        "False",
    )
    assert not [name for name in found if name.startswith("RecordTypes")]


def test_security_and_compliance_always_says_that_ingestion_is_off(client, rows):
    assert rows(client.run("exchange", "Get-AdminAuditLogConfig"))[0]["UnifiedAuditLogIngestionEnabled"] is True
    there = rows(client.run("purview_regional", "Get-AdminAuditLogConfig"))[0]
    assert there["UnifiedAuditLogIngestionEnabled"] is False


@pytest.mark.parametrize("role", ["Global Reader", "Security Reader"])
def test_no_read_only_role_may_read_the_policies(client, role):
    client.tenant.identity.purview_roles = ()
    client.tenant.identity.directory_roles = (role,)
    assert client.run("purview_regional", POLICIES).status_code == 403
    assert client.run("purview_regional", "Get-AdminAuditLogConfig").status_code == 200


@pytest.mark.parametrize("role", ["Compliance Administrator", "Compliance Data Administrator"])
def test_a_compliance_administrator_may(client, role):
    client.tenant.identity.purview_roles = ()
    client.tenant.identity.directory_roles = (role,)
    assert client.run("purview_regional", POLICIES).status_code == 200


def test_an_exchange_token_or_one_without_the_app_role_is_a_401(client):
    where = f"/adminapi/beta/{client.tenant.id}/InvokeCommand"
    stranger = {"Authorization": f"Bearer {client.token('exchange')}"}
    assert client.send("POST", "purview_regional", where, stranger, {}).status_code == 401
    client.tenant.identity.compliance_manage_as_app = False
    assert client.run("purview_regional", POLICIES).status_code == 401
    assert client.get("purview", f"/AdminApi/v1.0/{client.tenant.id}/EXOModuleFile").status_code == 401


def test_exchange_knows_the_cmdlet_in_some_clouds_only(client, rows):
    assert client.run("exchange", POLICIES).status_code == 400
    client.tenant.retention_cmdlet_on_exchange = True
    assert len(rows(client.run("exchange", POLICIES))) == 5
    client.tenant.identity.purview_roles = ()
    assert client.run("exchange", POLICIES).status_code == 403
