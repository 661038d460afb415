"""EXP-02 over HTTP: where logs are sent to is there, takes them in, and belongs to the tenant."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from log_access_cases import (
    ACCOUNT,
    DECLARED,
    LAW,
    NAMESPACE,
    OTHER_LAW,
    OTHER_SUBSCRIPTION,
    SCOPE,
    Collected,
    declared_store,
    guid,
    listed,
    workspace,
)

from compliance.assessment.declarations import Copied, Declarations
from compliance.assessment.verdict import Basis, Status
from compliance.demo.azure import ENTRA_TABLES, DiagnosticSetting, Subscription
from compliance.demo.azure_stores import EventHub, Namespace
from compliance.demo.scenarios import load_scenario
from compliance.demo.tenant import Tenant
from compliance.evidence.unread import Kind
from compliance.rules.entra_logs import ENTRA_LOGS

WORKSPACE, ARCHIVE, HUB = "Log Analytics law-sec", "storage account coldlogs", "event hub siem-feed"
FOREIGN = f"/subscriptions/{OTHER_SUBSCRIPTION}"
FOREIGN_LAW = LAW.replace(SCOPE, FOREIGN)
UNDECLARED = replace(DECLARED, approved_subscriptions=None)


def foreign(tenant: Tenant) -> None:
    """Send the logs to a workspace of another tenant, which lets this one manage its subscription."""
    tenant.azure.subscriptions.append(Subscription(OTHER_SUBSCRIPTION, "Partner", tenant_id=guid(99)))
    tenant.identity = replace(tenant.identity, azure_roles=(*tenant.identity.azure_roles, ("Reader", FOREIGN)))
    tenant.azure.workspaces.append(workspace(FOREIGN_LAW))
    tenant.azure.settings = [DiagnosticSetting("all", tuple(ENTRA_TABLES), workspace_id=FOREIGN_LAW)]


def feed(tenant: Tenant, *hubs: str) -> None:
    """Send Entra's logs to an event hub as well."""
    tenant.azure.namespaces = [Namespace(NAMESPACE, tenant.now, [EventHub(name) for name in hubs])]
    rule = f"{NAMESPACE}/authorizationRules/send"
    tenant.azure.settings.append(
        DiagnosticSetting("feed", tuple(ENTRA_TABLES), event_hub_authorization_rule_id=rule, event_hub_name="logs")
    )


def test_destinations_that_are_there_and_ones_own_pass(tenant: Tenant, collected: Collected) -> None:
    finding = collected(tenant).finding("EXP-02")
    assert finding.status is Status.PASS
    assert {part.title for part in finding.parts} == {WORKSPACE, ARCHIVE}


def test_of_five_destinations_one_is_there(collected: Collected) -> None:
    finding = collected(load_scenario("lost-destinations")).finding("EXP-02", UNDECLARED)
    parts = {part.title: part for part in finding.parts}
    for name in ("former-logs", "closed-logs", "capped-logs"):
        assert parts[f"Log Analytics {name}"].status is Status.FAIL
    assert parts["storage account firewalled"].status is Status.FAIL
    assert "AzureServices" in parts["storage account firewalled"].condition
    assert parts["storage account guarded"].status is Status.PASS


def test_a_destination_outside_the_approved_subscriptions_fails(tenant: Tenant, collected: Collected) -> None:
    other = replace(DECLARED, approved_subscriptions=listed(OTHER_SUBSCRIPTION))
    part = collected(tenant).part("EXP-02", WORKSPACE, other)
    assert part.status is Status.FAIL
    assert "not among the approved ones" in part.condition


def test_a_workspace_of_another_tenant_is_open_until_somebody_approves_it(tenant: Tenant, collected: Collected) -> None:
    foreign(tenant)
    found = collected(tenant)
    part = found.part("EXP-02", WORKSPACE, UNDECLARED)
    parts = [one for one in found.finding("EXP-02", UNDECLARED).parts if one.title == WORKSPACE]
    assert {(one.status, one.kind) for one in parts} == {
        (Status.INDETERMINATE, Kind.NEEDS_ATTESTATION),
        (Status.PASS, None),
    }
    assert part.status is not Status.FAIL
    both = replace(DECLARED, approved_subscriptions=listed(SCOPE, FOREIGN))
    assert found.finding("EXP-02", both).status is Status.PASS
    assert found.finding("EXP-02").status is Status.FAIL


def test_a_destination_that_was_refused_is_open(tenant: Tenant, collected: Collected) -> None:
    error = {"error": {"code": "AuthorizationFailed", "message": "no"}}
    tenant.override("arm", "storageAccounts/coldlogs?", error, status=403)
    part = collected(tenant).part("EXP-02", ARCHIVE)
    assert part.status is Status.INDETERMINATE


def test_an_event_hub_alone_is_open_until_the_store_behind_it_is_declared(tenant: Tenant, collected: Collected) -> None:
    tenant.azure.settings = []
    feed(tenant, "logs")
    found = collected(tenant)
    assert found.part("EXP-02", HUB).kind is Kind.NEEDS_ATTESTATION
    some = replace(DECLARED, stores=(declared_store("entra.audit_logs"),))
    assert found.part("EXP-02", HUB, some).kind is Kind.NEEDS_ATTESTATION
    part = found.part("EXP-02", HUB, replace(DECLARED, stores=(declared_store(*ENTRA_LOGS),)))
    assert (part.status, part.basis) == (Status.PASS, Basis.ATTESTED)


def test_an_event_hub_beside_a_store_asks_for_nothing_more(tenant: Tenant, collected: Collected) -> None:
    feed(tenant, "logs")
    assert collected(tenant).part("EXP-02", HUB).status is Status.NOT_APPLICABLE


def test_an_event_hub_beside_a_store_that_is_gone_is_open(tenant: Tenant, collected: Collected) -> None:
    feed(tenant, "logs")
    tenant.azure.settings[0].workspace_id, tenant.azure.settings[0].storage_account_id = OTHER_LAW, None
    finding = collected(tenant).finding("EXP-02")
    assert {part.title: part.status for part in finding.parts} == {
        "Log Analytics law-two": Status.FAIL,
        WORKSPACE: Status.PASS,
        HUB: Status.INDETERMINATE,
    }


def test_a_partner_is_open_until_the_store_behind_it_is_declared(tenant: Tenant, collected: Collected) -> None:
    partner = f"{ACCOUNT.partition('/providers/')[0]}/providers/Microsoft.Datadog/monitors/watch"
    tenant.azure.settings = [DiagnosticSetting("out", ("AuditLogs",), marketplace_partner_id=partner)]
    found = collected(tenant)
    name = "partner solution watch"
    assert found.part("EXP-02", name).kind is Kind.NEEDS_ATTESTATION
    store = declared_store("entra.audit_logs")
    part = found.part("EXP-02", name, replace(DECLARED, stores=(store,)))
    assert (part.status, part.basis) == (Status.PASS, Basis.ATTESTED)
    for other in (
        declared_store("azure.activity"),
        replace(store, copied=Copied.MOVED_AFTER_HOT),
        replace(store, expires=dt.date(2026, 6, 30)),
    ):
        assert found.part("EXP-02", name, replace(DECLARED, stores=(other,))).kind is Kind.NEEDS_ATTESTATION
    elsewhere = replace(DECLARED, stores=(store,), approved_subscriptions=listed(OTHER_SUBSCRIPTION))
    assert found.part("EXP-02", name, elsewhere).status is Status.FAIL


@pytest.mark.parametrize(
    "declarations", [Declarations(), replace(DECLARED, approved_subscriptions=listed(SCOPE, guid(7)))]
)
def test_what_others_may_send_elsewhere_is_open(
    tenant: Tenant, collected: Collected, declarations: Declarations
) -> None:
    finding = collected(tenant).finding("EXP-02", declarations)
    assert finding.status is Status.INDETERMINATE
    assert {part.title for part in finding.parts if part.status is Status.PASS} == {WORKSPACE, ARCHIVE}
