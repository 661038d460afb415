"""Which container protects which log, and whether anybody can still write to it."""

from __future__ import annotations

from dataclasses import replace

from integrity_cases import ACCOUNT, GROUP, LAW, Collected, account, container, workspace

from compliance.assessment.verdict import Status
from compliance.demo.azure import ENTRA_TABLES, DataExport, DiagnosticSetting
from compliance.demo.azure_stores import Capture, EventHub, Immutability, Namespace, StorageAccount
from compliance.demo.odd import Odd
from compliance.demo.tenant import Tenant
from compliance.evidence.unread import Kind

HUBS = f"{GROUP}/providers/Microsoft.EventHub/namespaces/siem-hubs"
OTHER = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/otherlogs"


def changed(made: StorageAccount, **containers: Immutability | None) -> StorageAccount:
    """The account with other policies on the containers of some categories."""
    policies = {f"insights-logs-{name.lower()}": policy for name, policy in containers.items()}
    made.containers = [
        replace(one, immutability=policies[one.name]) if one.name in policies else one for one in made.containers
    ]
    return made


def test_only_a_locked_policy_that_is_long_enough_protects_a_log(tenant: Tenant, collected: Collected) -> None:
    made = changed(
        account(),
        SignInLogs=Immutability(915, "Unlocked"),
        AuditLogs=Immutability(548, "Locked"),
        NonInteractiveUserSignInLogs=None,
        ServicePrincipalSignInLogs=None,
        ManagedIdentitySignInLogs=Immutability(90, "Unlocked"),
        RiskyUsers=Immutability(911, "Locked"),
        UserRiskEvents=Immutability(910, "Locked"),
    )
    for one in made.containers:
        if one.name in ("insights-logs-serviceprincipalsigninlogs", "insights-logs-managedidentitysigninlogs"):
            one.legal_holds = ("case42",)
    tenant.azure.storage_accounts = [made]
    parts = collected(tenant).parts("INT-01")
    told = {part.id: (part.status, part.condition) for part in parts.values()}
    assert told["entra.sign_in_logs"][0] is Status.FAIL
    assert "915 days that is not locked" in told["entra.sign_in_logs"][1]
    assert told["entra.audit_logs"][0] is Status.FAIL
    assert "locked for 548 days, where 30 months are asked" in told["entra.audit_logs"][1]
    assert told["entra.non_interactive_user_sign_in_logs"][0] is Status.FAIL
    assert told["entra.service_principal_sign_in_logs"][0] is Status.INDETERMINATE
    assert "a legal hold protects it now" in told["entra.service_principal_sign_in_logs"][1]
    assert told["entra.managed_identity_sign_in_logs"][0] is Status.INDETERMINATE
    assert told["entra.risky_users"][0] is Status.PASS
    assert told["entra.user_risk_events"][0] is Status.FAIL


def test_a_locked_container_beside_that_of_a_log_protects_nothing(tenant: Tenant, collected: Collected) -> None:
    made = account()
    made.containers = [container("logs-locked"), *(one for one in made.containers if "-signinlogs" not in one.name)]
    tenant.azure.storage_accounts = [made]
    part = collected(tenant).parts("INT-01")["Interactive sign-ins"]
    assert (part.status, part.kind) == (Status.INDETERMINATE, Kind.UNPROVEN)
    assert "lists no container insights-logs-signinlogs" in part.condition


def test_a_default_for_versions_can_be_overridden_and_leaves_it_open(tenant: Tenant, collected: Collected) -> None:
    """Of the account, and of its containers, whose policies are defaults for versions as well."""
    made = changed(account(versioning=Immutability(3650, "Locked")), AuditLogs=None)
    tenant.azure.storage_accounts = [made]
    parts = collected(tenant).parts("INT-01")
    for title in ("Changes to the directory", "Interactive sign-ins"):
        assert parts[title].status is Status.INDETERMINATE, title
        assert "override" in parts[title].condition


def test_a_container_with_versions_of_its_own_is_no_better(tenant: Tenant, collected: Collected) -> None:
    made = account()
    versioned = {"immutabilityPolicy": {"properties": policy(915)}, "immutableStorageWithVersioning": {"enabled": True}}
    made.containers = [
        replace(one, odd=Odd({"properties": {**plain(), **versioned}})) if "-signinlogs" in one.name else one
        for one in made.containers
    ]
    tenant.azure.storage_accounts = [made]
    parts = collected(tenant).parts("INT-01")
    assert parts["Interactive sign-ins"].status is Status.INDETERMINATE
    assert parts["Non-interactive sign-ins"].status is Status.PASS


def policy(days: int) -> dict[str, object]:
    return {
        "immutabilityPeriodSinceCreationInDays": days,
        "state": "Locked",
        "allowProtectedAppendWrites": True,
        "allowProtectedAppendWritesAll": False,
    }


def plain() -> dict[str, object]:
    return {"hasLegalHold": False, "hasImmutabilityPolicy": True, "publicAccess": "None"}


def test_a_default_that_is_not_locked_protects_nothing(tenant: Tenant, collected: Collected) -> None:
    made = changed(account(versioning=Immutability(3650, "Unlocked")), AuditLogs=None)
    tenant.azure.storage_accounts = [made]
    assert collected(tenant).parts("INT-01")["Changes to the directory"].status is Status.FAIL


def test_a_locked_container_that_gets_nothing_protects_nothing(tenant: Tenant, collected: Collected) -> None:
    """The firewall lets no trusted service in, so that no log arrives in the account at all."""
    tenant.azure.storage_accounts = [account(bypass="None")]
    part = collected(tenant).parts("INT-01")["Interactive sign-ins"]
    assert part.status is Status.FAIL
    assert "bypass lacks AzureServices" in part.condition


def test_the_activity_log_of_one_subscription_does_not_stand_for_another(tenant: Tenant, collected: Collected) -> None:
    azure = tenant.azure
    other = replace(azure.subscriptions[0], id="22222222-2222-4333-8444-555555555555", display_name="B", settings=[])
    azure.subscriptions.append(other)
    roles = (*tenant.identity.azure_roles, ("Reader", f"/subscriptions/{other.id}"))
    tenant.identity = replace(tenant.identity, azure_roles=roles)
    part = collected(tenant).parts("INT-01")["Azure Activity log"]
    assert (part.status, part.count) == (Status.FAIL, 2)
    assert part.condition.startswith(f"1 of 2 subscriptions, such as {other.id}")


def test_what_is_passed_on_may_lie_protected_where_nobody_reads(tenant: Tenant, collected: Collected) -> None:
    rule = f"{HUBS}/authorizationRules/send"
    tenant.azure.settings = [DiagnosticSetting("hub", tuple(ENTRA_TABLES), event_hub_authorization_rule_id=rule)]
    tenant.azure.namespaces = [Namespace(HUBS, tenant.now)]
    part = collected(tenant).parts("INT-01")["Interactive sign-ins"]
    assert (part.status, part.kind) == (Status.INDETERMINATE, Kind.NEEDS_ATTESTATION)


def test_the_container_that_capture_writes_to_protects_what_arrives_in_a_hub(
    tenant: Tenant, collected: Collected
) -> None:
    rule = f"{HUBS}/authorizationRules/send"
    setting = DiagnosticSetting(
        "hub", tuple(ENTRA_TABLES), event_hub_authorization_rule_id=rule, event_hub_name="entra"
    )
    tenant.azure.settings = [setting]
    tenant.azure.namespaces = [Namespace(HUBS, tenant.now, [EventHub("entra", Capture(ACCOUNT, "captured"))])]
    made = account()
    made.containers.append(container("captured", immutability=Immutability(3650, "Locked", "none")))
    tenant.azure.storage_accounts = [made]
    judged = collected(tenant)
    assert judged.parts("INT-01")["Interactive sign-ins"].status is Status.PASS
    assert "captured in storage account coldlogs" not in judged.parts("INT-02")


def test_a_data_export_to_a_locked_container_protects_what_a_workspace_gets(
    tenant: Tenant, collected: Collected
) -> None:
    export = DataExport("onward", ("SigninLogs",), OTHER, tenant.now)
    tenant.azure.workspaces = [workspace(exports=[export])]
    tenant.azure.settings = [DiagnosticSetting("all", tuple(ENTRA_TABLES), workspace_id=LAW)]
    tenant.azure.storage_accounts.append(account(OTHER, containers=[container("am-signinlogs")]))
    parts = collected(tenant).parts("INT-01")
    assert parts["Interactive sign-ins"].status is Status.PASS
    assert parts["Non-interactive sign-ins"].status is Status.FAIL


def test_a_policy_without_protected_appends_ends_the_logs(tenant: Tenant, collected: Collected) -> None:
    made = changed(
        account(),
        SignInLogs=Immutability(915, "Locked", "none"),
        AuditLogs=Immutability(30, "Unlocked", "none"),
        RiskyUsers=Immutability(915, "Locked", "append and block blobs"),
        UserRiskEvents=None,
    )
    made.containers[-1].legal_holds = ("case42",)
    tenant.azure.storage_accounts = [made]
    found = collected(tenant)
    parts = {part.id.rpartition("/")[2]: part.status for part in found.parts("INT-02").values()}
    assert parts["insights-logs-signinlogs"] is Status.FAIL
    assert found.parts("INT-01")["Interactive sign-ins"].status is Status.INDETERMINATE
    assert parts["insights-logs-auditlogs"] is Status.FAIL
    assert parts["insights-logs-riskyusers"] is Status.PASS
    assert parts["insights-activity-logs"] is Status.INDETERMINATE
    assert "insights-logs-userriskevents" not in parts


def test_a_container_that_lacks_categories_does_not_protect_the_activity_log(
    tenant: Tenant, collected: Collected
) -> None:
    tenant.azure.subscriptions[0].settings = [
        DiagnosticSetting("some", ("Administrative", "Policy"), storage_account_id=ACCOUNT)
    ]
    part = collected(tenant).parts("INT-01")["Azure Activity log"]
    assert part.status is Status.FAIL
    assert "does not get Security, Alert, ServiceHealth" in part.condition


def test_an_export_from_a_workspace_that_is_not_there_protects_nothing(tenant: Tenant, collected: Collected) -> None:
    """The workspace takes no logs in, so that nothing reaches the locked container that it would export to."""
    export = DataExport("onward", ("SigninLogs",), OTHER, tenant.now)
    tenant.azure.workspaces = [workspace(exports=[export], ingestion="ForceOff")]
    tenant.azure.settings = [DiagnosticSetting("all", tuple(ENTRA_TABLES), workspace_id=LAW)]
    tenant.azure.storage_accounts.append(account(OTHER, containers=[container("am-signinlogs")]))
    part = collected(tenant).parts("INT-01")["Interactive sign-ins"]
    assert part.status is Status.FAIL
    assert "gets nothing" in part.condition
