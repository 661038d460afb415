from __future__ import annotations

import subprocess
import sys
from collections import Counter

import pytest
from ruamel.yaml import YAML

from compliance.demo.scenarios import load_scenario, scenario_names
from compliance.demo.server import serve
from compliance.errors import InputError

NAMES = [
    "agency",
    "cold-storage",
    "compliant",
    "data-export",
    "everything-denied",
    "everything-kept",
    "forgotten-subscription",
    "gcc-high-reader",
    "generated:N",
    "half-licensed",
    "hubs-and-adx",
    "immutable",
    "inventory:SxWxT",
    "least-privilege",
    "lifecycle-traps",
    "log-owners",
    "lost-destinations",
    "mail-blind",
    "ordinary",
    "sentinel-connector",
    "shadowed-policy",
    "table-plans",
    "throttled",
]
SETTINGS = "/providers/microsoft.aadiam/diagnosticSettings?api-version=2017-04-01"


def everything(client, rows):
    page = client.get("graph", "/v1.0/users?$top=999&$select=id,userPrincipalName,assignedPlans")
    return [
        rows(client.get("graph", "/v1.0/organization")),
        rows(client.get("graph", "/v1.0/subscribedSkus")),
        rows(page),
        rows(client.run("exchange", "Get-AdminAuditLogConfig")),
        rows(client.run("exchange", "Get-OrganizationConfig")),
        rows(client.run("exchange", "Get-MailboxAuditBypassAssociation", {"ResultSize": "Unlimited"})),
        rows(client.run("exchange", "Get-Mailbox", {"ResultSize": "Unlimited"})),
        rows(client.run("purview_regional", "Get-UnifiedAuditLogRetentionPolicy")),
        rows(client.get("arm", SETTINGS)),
    ]


def test_every_scenario_loads_and_says_in_one_line_what_it_is():
    assert list(scenario_names()) == NAMES
    for name, description in scenario_names().items():
        assert load_scenario(name.replace(":N", ":100").replace(":SxWxT", ":3x2x5")).users
        assert 0 < len(description) < 120
        assert "\n" not in description


@pytest.mark.parametrize(
    "name",
    [
        *("no-such", "../compliant", "", "a/b"),
        *("generated", "generated:N", "generated:0", "generated:-1"),
        *("inventory", "inventory:SxWxT", "inventory:1x0x1", "inventory:3", "compliant:1x1x1"),
    ],
)
def test_an_unknown_scenario_is_refused_with_those_there_are(name):
    with pytest.raises(InputError, match="compliant"):
        load_scenario(name)


def test_loading_twice_gives_equal_tenants_that_share_nothing():
    one, other = load_scenario("agency"), load_scenario("agency")
    assert one == other
    one.users.clear()
    one.policies[0].priority = 9999
    assert one != other
    assert other == load_scenario("agency")


def test_scenarios_do_not_load_the_server():
    code = "import sys, compliance.demo.scenarios; sys.exit('starlette' in sys.modules or 'uvicorn' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_two_servings_give_the_same_answers_byte_for_byte(visit):
    first, second = visit(load_scenario("agency")), visit(load_scenario("agency"))
    for ask in (
        lambda client: client.get("graph", "/v1.0/users?$top=999"),
        lambda client: client.run("exchange", "Get-AdminAuditLogConfig"),
        lambda client: client.run("purview_regional", "Get-UnifiedAuditLogRetentionPolicy"),
    ):
        one, other = ask(first), ask(second)
        assert one.status_code == 200
        assert one.content == other.content
        assert one.headers == other.headers


def test_the_agency_has_250_mailboxes_and_what_else_an_agency_has():
    tenant = load_scenario("agency")
    kinds = Counter(
        user.user_principal_name.partition("@")[0].partition("_")[0].rstrip("0123456789") for user in tenant.users
    )
    assert kinds["user"] + kinds["field"] + kinds["shared"] + kinds["room"] == 250
    active = [one for one in tenant.mailboxes if one.state == "active" and one.external_directory_object_id]
    assert sum(one.recipient_type_details != "GroupMailbox" for one in active) == 250
    assert [one.name for one in tenant.mailboxes if "MailItemsAccessed" not in one.audit_owner] == ["user001"]
    assert (kinds["guest"], sum(count for kind, count in kinds.items() if kind.startswith("svc"))) == (25, 4)
    assert {row.name for row in tenant.bypass if row.audit_bypass_enabled} == {"svc-backup", "svc-migration"}
    assert [policy.name for policy in tenant.policies if policy.mode != "Enforce"] == ["SharePoint clean-up"]


def test_throttled_gives_the_data_of_compliant_in_the_end(visit, rows):
    struggling = visit(load_scenario("throttled"))
    refused = 0
    for api in ("graph", "exchange", "purview_regional", "arm"):
        reply = None
        while reply is None or reply.status_code != 200:
            refused += reply is not None
            paths = {"graph": "/v1.0/organization", "arm": SETTINGS}
            reply = struggling.get(api, paths[api]) if api in paths else struggling.run(api, "Get-AdminAuditLogConfig")
    assert refused == 11
    assert everything(struggling, rows) == everything(visit(load_scenario("compliant")), rows)


def test_an_identity_without_grants_signs_in_and_is_refused_everywhere(visit):
    client = visit(load_scenario("everything-denied"))
    assert client.get("graph", "/v1.0/organization").status_code == 403
    assert client.run("exchange", "Get-AdminAuditLogConfig").status_code == 401
    assert client.run("purview_regional", "Get-UnifiedAuditLogRetentionPolicy").status_code == 401
    assert client.get("arm", SETTINGS).status_code == 403


def test_the_least_privileged_identity_reads_all_but_the_retention_policies(visit, rows):
    client = visit(load_scenario("least-privilege"))
    assert len(rows(client.get("graph", "/v1.0/users"))) == 18
    assert rows(client.run("exchange", "Get-OrganizationConfig"))
    assert client.run("purview_regional", "Get-UnifiedAuditLogRetentionPolicy").status_code == 403
    assert client.get("arm", SETTINGS).status_code == 403
    assert rows(client.get("arm", "/subscriptions?api-version=2022-12-01")) == []


def test_the_seven_days_stand_before_the_year():
    first = min(load_scenario("shadowed-policy").policies, key=lambda policy: policy.priority)
    assert (first.retention_duration, first.record_types) == ("SevenDays", ("ExchangeItemAggregated",))


@pytest.mark.parametrize("credential", ["secret", "certificate"])
def test_the_settings_name_every_endpoint_and_hold_no_secret(tenant, credential):
    with serve(tenant) as served:
        text = served.settings_yaml(credential)
        settings = YAML(typ="safe", pure=True).load(text)
        assert settings["tenant"] == tenant.id
        assert settings["cloud"] == "custom"
        custom = settings["custom_cloud"]
        assert custom["ca_bundle"] == str(served.ca_bundle)
        assert {custom["authority"], custom["purview_regional"]} < set(served.endpoints.values())
        assert tenant.identity.client_secret not in text
        assert served.environment == {"LOOKBACK_CLIENT_SECRET": tenant.identity.client_secret}
        assert served.directory.stat().st_mode & 0o077 == 0
        if credential == "certificate":
            assert b"PRIVATE KEY" in (served.directory / "client.pem").read_bytes()
            assert settings["credential"]["certificate"]["file"] == str(served.directory / "client.pem")
    assert not served.directory.exists()
