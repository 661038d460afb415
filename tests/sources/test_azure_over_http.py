"""Every dataset of Azure, read over HTTP from a simulated tenant that has one of each store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from compliance.cli.apis import now, scope_of, tenant_apis
from compliance.collector import Run, collect
from compliance.demo.azure import Azure, Connector, DataExport, DiagnosticSetting, Subscription, Workspace
from compliance.demo.azure_access import ActivityEvent, Lock
from compliance.demo.azure_stores import (
    Capture,
    Cluster,
    Container,
    Database,
    DataConnection,
    EventHub,
    LifecycleRule,
    Namespace,
    StorageAccount,
)
from compliance.demo.faults import CannedAnswer, Fault
from compliance.demo.scenarios import load_scenario
from compliance.demo.server import Served, serve
from compliance.demo.tenant import Tenant
from compliance.evidence.bundle import Bundle, frames_of
from compliance.evidence.datasets import DATASETS, State
from compliance.evidence.manifest import DatasetEntry
from compliance.evidence.population import Malformed
from compliance.evidence.rows import typed_rows
from compliance.settings import load_settings
from compliance.sources.readers import READERS

ARM = tuple(name for name in DATASETS if name.startswith("arm."))
Read = Callable[..., Bundle]


@pytest.fixture
def tenant() -> Tenant:
    """A tenant whose logs go to a workspace with Sentinel, on to storage, through a captured hub and into a cluster."""
    tenant = load_scenario("compliant")
    home = f"/subscriptions/{tenant.azure.subscriptions[0].id}"
    created = tenant.now - timedelta(days=900)
    first = Workspace(
        f"{home}/resourceGroups/siem/providers/Microsoft.OperationalInsights/workspaces/siem-1", created, created
    )
    azure = tenant.azure = Azure(
        settings=[DiagnosticSetting("entra", ("AuditLogs",), workspace_id=first.id)],
        subscriptions=[Subscription(tenant.azure.subscriptions[0].id, "Home")],
        workspaces=[first],
    )
    away = Subscription("5a5a5a5a-0000-4000-8000-00000000000a", "Streams")
    group, streams = f"{home}/resourceGroups/stores", f"/subscriptions/{away.id}/resourceGroups/streams"
    accounts = {name: f"{group}/providers/Microsoft.Storage/storageAccounts/{name}" for name in ("cold1", "captured1")}
    hubs = f"{streams}/providers/Microsoft.EventHub/namespaces/stream-1"
    first.sentinel = True
    first.connectors.append(Connector("office", "Office365", {"exchange": True, "sharePoint": True, "teams": False}))
    first.exports.append(DataExport("to-hub", ("AuditLogs",), hubs, created))
    azure.workspaces.append(
        Workspace(f"{group}/providers/Microsoft.OperationalInsights/workspaces/found-1", created, created)
    )
    azure.subscriptions.append(away)
    azure.subscriptions[0].settings.append(
        DiagnosticSetting("activity", ("Administrative",), storage_account_id=accounts["cold1"])
    )
    azure.storage_accounts += [
        StorageAccount(
            accounts["cold1"],
            created,
            [Container("insights-activity-logs")],
            [LifecycleRule("expire", delete_after_creation=913)],
        ),
        StorageAccount(accounts["captured1"], created, [Container("capture")]),
    ]
    azure.namespaces.append(
        Namespace(hubs, created, [EventHub("am-auditlogs", Capture(accounts["captured1"], "capture"))])
    )
    azure.clusters.append(
        Cluster(
            f"{streams}/providers/Microsoft.Kusto/clusters/adx1",
            [Database("two words", "P1095D", "P31D", [DataConnection("c", f"{hubs}/eventhubs/am-auditlogs", "Logs")])],
        )
    )
    azure.locks.append(Lock(accounts["cold1"], "keep"))
    azure.events.append(
        ActivityEvent(
            tenant.now - timedelta(days=80), "Microsoft.OperationalInsights/workspaces/write", first.id, "a@b.c"
        )
    )
    tenant.identity = replace(
        tenant.identity,
        azure_roles=(
            ("Reader", "/providers/Microsoft.aadiam"),
            ("Reader", home),
            ("Reader", f"/subscriptions/{away.id}"),
        ),
    )
    return tenant


@pytest.fixture
def asked() -> list[str]:
    """The paths that Azure was asked for, with their queries."""
    return []


@pytest.fixture
def collected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: list[str]) -> Read:
    """Reads datasets of Azure, every one unless told otherwise."""

    def read(tenant: Tenant, names: tuple[str, ...] = ARM) -> Bundle:
        with serve(tenant) as served:
            config = _config(served, monkeypatch)
            settings = load_settings(config)
            with tenant_apis(settings, quiet=True) as apis:
                run = Run(tmp_path / "bundle", ("graph.organization", *names), scope_of(settings), settings.digest())
                bundle = collect(apis, run, clock=now)
            asked.extend(one.path for one in served.requests.to("arm"))
            return bundle

    return read


def _config(served: Served, patch: pytest.MonkeyPatch) -> Path:
    config = served.directory / "config.yaml"
    config.write_text(served.settings_yaml(), encoding="utf-8")
    for name, value in served.environment.items():
        patch.setenv(name, value)
    return config


def entries(bundle: Bundle) -> dict[str, DatasetEntry]:
    return {entry.name: entry for entry in bundle.manifest.datasets if entry.name.startswith("arm.")}


def ids(bundle: Bundle, name: str) -> list[str]:
    rows = [row for row, _ in typed_rows(bundle.path, entries(bundle)[name])]
    assert not [row for row in rows if isinstance(row, Malformed)]
    return [row.id.rpartition("/")[2] for row in rows if not isinstance(row, Malformed)]


def test_every_dataset_has_a_reader_and_those_that_name_resources_are_before_what_they_name() -> None:
    assert set(READERS) == set(DATASETS)
    order = {name: at for at, name in enumerate(DATASETS)}
    for name, spec in DATASETS.items():
        for before in spec.discovered_from:
            assert order[before] < order[name]
            assert READERS[before].learn is not None


def test_every_dataset_of_azure_is_read_whole_and_holds_what_is_there(collected: Read, tenant: Tenant) -> None:
    bundle = collected(tenant)
    assert {name: (one.state, one.reason) for name, one in entries(bundle).items()} == dict.fromkeys(
        ARM, (State.COMPLETE, None)
    )
    first = tenant.azure.workspaces[0].name
    assert set(ids(bundle, "arm.resources")) == {first, "found-1", "adx1", "two words"}
    assert set(ids(bundle, "arm.workspaces")) == {first, "found-1"}
    assert ids(bundle, "arm.data_exports") == ["to-hub"]
    assert ids(bundle, "arm.sentinel_onboarding") == ["default"]
    assert ids(bundle, "arm.data_connectors") == ["office"]
    assert ids(bundle, "arm.event_hubs") == ["am-auditlogs"]
    assert ids(bundle, "arm.adx_databases") == ["two words"]
    assert ids(bundle, "arm.adx_data_connections") == ["c"]
    assert ids(bundle, "arm.storage_accounts") == ["cold1", "captured1"]
    assert ids(bundle, "arm.blob_containers") == ["insights-activity-logs", "capture"]
    assert len(ids(bundle, "arm.blob_services")) == 2
    assert "keep" in ids(bundle, "arm.locks")
    assert len(ids(bundle, "arm.activity_events")) == 1
    assert ids(bundle, "arm.activity_log_settings") == ["activity"]


def test_an_account_without_a_lifecycle_policy_is_known_to_have_none(collected: Read, tenant: Tenant) -> None:
    bundle = collected(tenant)
    entry = entries(bundle)["arm.lifecycle_policies"]
    captured = tenant.azure.storage_accounts[1].id
    assert (entry.state, entry.rows) == (State.COMPLETE, 1)
    assert entry.absent == (f"{captured}/managementPolicies/default",)
    frames = [frame.header for frame in frames_of(bundle.path, entry)]
    assert [(one.get("shape"), one.get("absent"), one["status"]) for one in frames] == [
        ("object", None, 200),
        ("absent", entry.absent[0], 404),
    ]


def test_stores_that_are_gone_are_told_from_those_that_cannot_be_read(collected: Read, tenant: Tenant) -> None:
    azure = tenant.azure
    namespace, account, workspace = (
        azure.namespaces.pop().id,
        azure.storage_accounts.pop(0).id,
        azure.workspaces.pop(0).id,
    )
    azure.settings.append(
        DiagnosticSetting("hub", ("AuditLogs",), event_hub_authorization_rule_id=f"{namespace}/authorizationRules/r")
    )
    found = entries(collected(tenant))
    assert {one.state for one in found.values()} == {State.COMPLETE}
    assert (
        found["arm.workspaces"].absent == found["arm.tables"].absent == found["arm.data_exports"].absent == (workspace,)
    )
    assert found["arm.storage_accounts"].absent == found["arm.blob_containers"].absent == (account,)
    assert found["arm.event_hubs"].absent == (namespace,)
    sentinel = f"{workspace}/providers/Microsoft.SecurityInsights/onboardingStates"
    assert found["arm.sentinel_onboarding"].absent == (sentinel,), "it says nothing of the workspace itself"


def test_a_resource_group_that_is_gone_takes_its_stores_along(collected: Read, tenant: Tenant) -> None:
    account = tenant.azure.storage_accounts.pop(0).id
    tenant.azure.gone_groups.append(account.partition("/providers/")[0])
    found = entries(collected(tenant))
    assert account in found["arm.storage_accounts"].absent


def test_a_store_in_a_subscription_that_is_not_found_is_not_known_to_be_gone(collected: Read, tenant: Tenant) -> None:
    elsewhere = tenant.azure.storage_accounts[0].id.replace(
        tenant.azure.subscriptions[0].id, "99999999-0000-4000-8000-000000000009"
    )
    tenant.azure.settings.append(DiagnosticSetting("away", ("AuditLogs",), storage_account_id=elsewhere))
    found = entries(collected(tenant))
    for name in ("arm.storage_accounts", "arm.lifecycle_policies", "arm.locks"):
        assert found[name].state is State.PARTIAL
        assert "99999999-0000-4000-8000-000000000009" in (found[name].reason or "")
        assert elsewhere not in found[name].absent


def test_what_is_asked_once_for_each_subscription_is_asked_where_stores_lie_and_nowhere_else(
    collected: Read, tenant: Tenant, asked: list[str]
) -> None:
    tenant.azure.subscriptions += [
        Subscription(f"5a5a5a5a-0000-4000-8000-0000000001{number:02d}", f"s{number}") for number in range(12)
    ]
    roles = [("Reader", f"/subscriptions/{one.id}") for one in tenant.azure.subscriptions]
    tenant.identity = replace(tenant.identity, azure_roles=(*tenant.identity.azure_roles, *roles))
    bundle = collected(tenant)
    home = tenant.azure.subscriptions[0].id
    for what in ("locks", "roleAssignments", "roleDefinitions", "roleEligibilityScheduleInstances", "values"):
        paths = [path for path in asked if path.endswith(f"/{what}")]
        assert len(paths) == 1, what
        assert home in paths[0]
    settings = [path for path in asked if path.lower().endswith("insights/diagnosticsettings")]
    assert len([path for path in settings if "/resourceGroups/" not in path]) == 14
    assert len([path for path in settings if "/resourceGroups/" in path]) == 3
    assert {one.state for one in entries(bundle).values()} == {State.COMPLETE}


def test_the_blobs_settings_are_what_a_storage_account_is_asked_for(
    collected: Read, tenant: Tenant, asked: list[str]
) -> None:
    tenant.azure.storage_accounts[0].settings.append(
        DiagnosticSetting("reads", ("StorageRead",), workspace_id=tenant.azure.workspaces[0].id)
    )
    assert ids(collected(tenant), "arm.store_diagnostic_settings") == ["reads"]
    account = tenant.azure.storage_accounts[0].id
    assert f"{account}/blobServices/default/providers/Microsoft.Insights/diagnosticSettings" in asked


def test_connectors_are_asked_for_only_where_sentinel_is(collected: Read, tenant: Tenant, asked: list[str]) -> None:
    collected(tenant)
    first = tenant.azure.workspaces[0].id
    assert [path for path in asked if path.endswith("/dataConnectors")] == [
        f"{first}/providers/Microsoft.SecurityInsights/dataConnectors"
    ]


def test_the_activity_log_is_asked_for_89_days_by_the_services_clock(collected: Read, tenant: Tenant) -> None:
    bundle = collected(tenant)
    (frame,) = frames_of(bundle.path, entries(bundle)["arm.activity_events"])
    (wanted,) = parse_qs(urlsplit(frame.header["url"]).query)["$filter"]
    until, since = tenant.now, tenant.now - timedelta(days=89)
    assert wanted.endswith(" and resourceProvider eq 'Microsoft.OperationalInsights'")
    assert f"ge '{since:%Y-%m-%dT%H:}" in wanted
    assert f"le '{until:%Y-%m-%dT%H:}" in wanted


def test_a_settings_list_that_is_denied_leaves_what_it_names_open_and_the_rest_is_read(
    collected: Read, tenant: Tenant
) -> None:
    home = tenant.azure.subscriptions[0].id
    refusal = CannedAnswer(403, body=b'{"error": {"code": "AuthorizationFailed", "message": "no"}}')
    tenant.faults.append(
        Fault("arm", f"/subscriptions/{home}/providers/Microsoft.Insights/diagnosticSettings", refusal, times=None)
    )
    found = entries(collected(tenant))
    assert found["arm.activity_log_settings"].state is State.PARTIAL
    assert found["arm.workspaces"].rows == 2
    assert (found["arm.workspaces"].state, found["arm.workspaces"].reason) == (
        State.PARTIAL,
        "arm.activity_log_settings was not read to the end, so there may be more to ask about",
    )


def test_resources_are_read_to_the_last_page(collected: Read, tenant: Tenant) -> None:
    group = tenant.azure.workspaces[0].id.rpartition("/")[0]
    created = tenant.now - timedelta(days=9)
    tenant.azure.workspaces += [Workspace(f"{group}/more-{number:04d}", created, created) for number in range(1100)]
    bundle = collected(tenant, ("arm.resources",))
    entry = entries(bundle)["arm.resources"]
    assert (entry.state, entry.rows, entry.expected_rows, entry.frames) == (State.COMPLETE, 1104, 1104, 2)
    frames = [frame.header for frame in frames_of(bundle.path, entry)]
    assert [(one["method"], one["shape"]) for one in frames] == [("POST", "data")] * 2
    assert "$skipToken" in frames[1]["request"]["options"]
    _, last = list(typed_rows(bundle.path, entry))[-1]
    assert last.pointer == "/data/103"


@pytest.mark.parametrize(
    ("answer", "state", "reason"),
    [
        (b'{"totalRecords": 2, "resultTruncated": "true", "data": [{"id": "/x"}]}', State.PARTIAL, "cut the answer"),
        (b'{"totalRecords": 2, "resultTruncated": "false", "data": [{"id": "/x"}]}', State.PARTIAL, "2 rows were"),
        (b'{"totalRecords": 1, "data": [{"id": "/x"}]}', State.FAILED, "resultTruncated"),
        (b'{"value": []}', State.FAILED, "not a list of objects"),
    ],
)
def test_an_answer_of_resource_graph_that_is_not_whole_is_a_part(
    collected: Read, tenant: Tenant, answer: bytes, state: State, reason: str
) -> None:
    tenant.faults.append(Fault("arm", "ResourceGraph", CannedAnswer(200, body=answer), times=None))
    entry = entries(collected(tenant))["arm.resources"]
    assert entry.state is state
    assert reason in (entry.reason or "")


def test_a_licence_that_is_missing_is_named_as_the_reason(collected: Read, tenant: Tenant) -> None:
    refusal = b'{"error": {"code": "AadPremiumLicenseRequired", "message": "The tenant needs Microsoft Entra ID P2."}}'
    tenant.faults.append(Fault("arm", "roleEligibility", CannedAnswer(400, body=refusal), times=None))
    entry = entries(collected(tenant))["arm.role_eligibilities"]
    assert entry.state is State.UNAVAILABLE
    assert "licence: AadPremiumLicenseRequired" in (entry.reason or "")


def test_a_service_that_throttles_eight_readers_is_waited_for_and_loses_no_row(collected: Read, tenant: Tenant) -> None:
    group = tenant.azure.workspaces[0].id.rpartition("/")[0]
    created = tenant.now - timedelta(days=9)
    tenant.azure.workspaces += [Workspace(f"{group}/more-{number:02d}", created, created) for number in range(40)]
    tenant.faults.append(Fault("arm", "/workspaces/more-", CannedAnswer(429, retry_after_seconds=1), times=5, after=7))
    entry = entries(collected(tenant))["arm.workspaces"]
    assert (entry.state, entry.rows) == (State.COMPLETE, 42)
    assert entry.attempts == 47
    assert entry.waited_seconds >= 1
