"""EXP-05 over HTTP: every subscription's Activity log leaves it, whole and to one place."""

from __future__ import annotations

from dataclasses import replace

import pytest
from log_access_cases import (
    DECLARED,
    LAW,
    NAMESPACE,
    OTHER_LAW,
    OTHER_SUBSCRIPTION,
    SUBSCRIPTION,
    Collected,
    declared_store,
    listed,
)

from compliance.assessment.assessment import Finding
from compliance.assessment.declarations import NO_DECLARATIONS
from compliance.assessment.verdict import Basis, Status
from compliance.demo.azure import ACTIVITY_CATEGORIES, DiagnosticSetting, Subscription
from compliance.demo.azure_stores import EventHub, Namespace
from compliance.demo.scenarios import load_scenario
from compliance.demo.tenant import Tenant
from compliance.evidence.unread import Kind

HALF, REST = ("Administrative", "Security", "Alert"), ("Policy", "ServiceHealth")
BOTH = replace(DECLARED, approved_subscriptions=listed(SUBSCRIPTION, OTHER_SUBSCRIPTION))


def add(tenant: Tenant, *settings: DiagnosticSetting, state: str = "Enabled") -> None:
    """Add a second subscription with these settings."""
    tenant.azure.subscriptions.append(Subscription(OTHER_SUBSCRIPTION, "Web", state, list(settings)))
    reader = ("Reader", f"/subscriptions/{OTHER_SUBSCRIPTION}")
    tenant.identity = replace(tenant.identity, azure_roles=(*tenant.identity.azure_roles, reader))


def outcome(finding: Finding) -> tuple[Status, Kind | None]:
    return finding.status, finding.kind


def test_every_declared_subscription_was_read_and_exports(tenant: Tenant, collected: Collected) -> None:
    add(tenant, DiagnosticSetting("all", (), ("allLogs",), workspace_id=LAW))
    finding = collected(tenant).finding("EXP-05", BOTH)
    assert finding.status is Status.PASS
    assert any("management groups" in note for note in finding.notes)


def test_what_the_reader_may_see_is_not_all_there_is(tenant: Tenant, collected: Collected) -> None:
    found = collected(tenant)
    assert outcome(found.finding("EXP-05", NO_DECLARATIONS)) == (Status.INDETERMINATE, Kind.NEEDS_ATTESTATION)
    finding = found.finding("EXP-05", BOTH)
    assert outcome(finding) == (Status.INDETERMINATE, Kind.INCOMPLETE)
    assert OTHER_SUBSCRIPTION in finding.condition


@pytest.mark.parametrize(
    "settings",
    [
        (),
        (DiagnosticSetting("half", HALF, workspace_id=LAW),),
        (DiagnosticSetting("half", HALF, workspace_id=LAW), DiagnosticSetting("rest", REST, workspace_id=OTHER_LAW)),
        (DiagnosticSetting("gone", ACTIVITY_CATEGORIES, workspace_id=OTHER_LAW),),
    ],
)
def test_one_subscription_without_fails(
    tenant: Tenant, collected: Collected, settings: tuple[DiagnosticSetting, ...]
) -> None:
    add(tenant, *settings)
    finding = collected(tenant).finding("EXP-05", BOTH)
    assert finding.status is Status.FAIL
    assert [sample.name for sample in finding.samples] == ["Web"]


def test_two_settings_with_one_destination_make_a_whole(tenant: Tenant, collected: Collected) -> None:
    add(tenant, DiagnosticSetting("a", HALF, workspace_id=LAW), DiagnosticSetting("b", REST, workspace_id=LAW.upper()))
    assert collected(tenant).finding("EXP-05", BOTH).status is Status.PASS


def test_a_subscription_that_is_disabled_is_open_and_one_that_is_deleted_left_out(
    tenant: Tenant, collected: Collected
) -> None:
    add(tenant, state="Disabled")
    assert outcome(collected(tenant).finding("EXP-05", BOTH)) == (Status.INDETERMINATE, Kind.UNPROVEN)
    tenant.azure.subscriptions[1].state = "Deleted"
    assert any("Web" in note for note in collected(tenant).finding("EXP-05", BOTH).notes)


def test_settings_that_were_refused_are_open_and_named(tenant: Tenant, collected: Collected) -> None:
    add(tenant)
    error = {"error": {"code": "AuthorizationFailed", "message": "no"}}
    tenant.override("arm", f"{OTHER_SUBSCRIPTION}/providers/Microsoft.Insights/diagnosticSettings", error, status=403)
    finding = collected(tenant).finding("EXP-05", BOTH)
    assert finding.status is Status.INDETERMINATE
    assert [sample.name for sample in finding.samples] == ["Web"]


def test_an_event_hub_needs_a_store_behind_it(tenant: Tenant, collected: Collected) -> None:
    tenant.azure.namespaces = [Namespace(NAMESPACE, tenant.now, [EventHub("logs")])]
    rule = f"{NAMESPACE}/authorizationRules/send"
    add(
        tenant,
        DiagnosticSetting("out", ACTIVITY_CATEGORIES, event_hub_authorization_rule_id=rule, event_hub_name="logs"),
    )
    found = collected(tenant)
    assert outcome(found.finding("EXP-05", BOTH)) == (Status.INDETERMINATE, Kind.NEEDS_ATTESTATION)
    declared = found.finding("EXP-05", replace(BOTH, stores=(declared_store("azure.activity"),)))
    assert (declared.status, declared.basis) == (Status.PASS, Basis.ATTESTED)


def test_forgotten_subscriptions_are_told_from_those_that_were_not_read(collected: Collected) -> None:
    finding = collected(load_scenario("forgotten-subscription")).finding("EXP-05", NO_DECLARATIONS)
    assert finding.status is Status.FAIL
    by_name = {sample.name: sample for sample in finding.samples}
    assert set(by_name) == {"Web", "Payments", "Old project", "Research"}
