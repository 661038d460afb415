"""The stores that logs reach, read over HTTP: what each keeps, what passes logs on, and what is surely not there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from compliance.cli.apis import now, scope_of, tenant_apis
from compliance.collector import Run, collect
from compliance.demo.azure import (
    ENTRA_TABLES,
    Connector,
    DataExport,
    DiagnosticSetting,
    Subscription,
    Table,
    Workspace,
)
from compliance.demo.azure_stores import (
    Capture,
    Cluster,
    Container,
    Database,
    DataConnection,
    EventHub,
    Immutability,
    LifecycleRule,
    Namespace,
    StorageAccount,
)
from compliance.demo.odd import Odd
from compliance.demo.scenarios import load_scenario
from compliance.demo.server import serve
from compliance.demo.tenant import Tenant
from compliance.evidence.datasets import DATASETS, Api
from compliance.evidence.derived import DERIVATIONS, EntraReach, OfficeConnectors, Stores
from compliance.evidence.derived.sinks import Sink, Store
from compliance.evidence.derived.stores import Gone, Live
from compliance.evidence.evidence import Evidence
from compliance.evidence.unread import Kind, Unread
from compliance.rules.office_activity import EXCHANGE, SHARE_POINT, TEAMS
from compliance.rules.periods import UNLIMITED, Duration
from compliance.settings import load_settings

SUBSCRIPTION = "11111111-2222-4333-8444-555555555555"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/logging/providers"
LAW = f"{GROUP}/Microsoft.OperationalInsights/workspaces/law-sec"
COLD = f"{GROUP}/Microsoft.Storage/storageAccounts/coldlogs"
SIEM = f"{GROUP}/Microsoft.EventHub/namespaces/siem-hub"
RULE = f"{SIEM}/authorizationRules/send"
ADX = f"{GROUP}/Microsoft.Kusto/clusters/adxlogs"
CREATED = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
LATER = dt.datetime(2026, 5, 1, tzinfo=dt.UTC)
CATEGORIES = tuple(ENTRA_TABLES)
SIGN_INS = "insights-logs-signinlogs"
READER = (("Reader", "/providers/Microsoft.aadiam"), ("Reader", f"/subscriptions/{SUBSCRIPTION}"))
BESIDE = ("arm.role", "arm.locks", "arm.activity_events", "arm.store_diagnostic_settings", "arm.blob_services")
ARM = tuple(name for name, spec in DATASETS.items() if spec.api is Api.ARM and not name.startswith(BESIDE))
READ = ("graph.organization", "graph.subscribed_skus", *ARM)
NOTHING = Duration.of_days(0)

INTO_STORAGE = DiagnosticSetting("cold", CATEGORIES, storage_account_id=COLD)
INTO_WORKSPACE = DiagnosticSetting("law", CATEGORIES, workspace_id=LAW)
INTO_HUB = DiagnosticSetting("siem", CATEGORIES, event_hub_authorization_rule_id=RULE, event_hub_name="logs")


def containers(*names: str, immutability: Immutability | None = None) -> list[Container]:
    made = names or tuple(f"insights-logs-{name.lower()}" for name in CATEGORIES)
    return [Container(name, immutability=immutability) for name in made]


def account(*rules: LifecycleRule, **others: object) -> StorageAccount:
    """An account with the containers of all of Entra's logs; without rules it has no lifecycle policy."""
    made = StorageAccount(COLD, CREATED, containers(), lifecycle=list(rules) or None)
    for name, value in others.items():
        setattr(made, name, value)
    return made


def deleting(days: int, name: str = "expire", **others: object) -> LifecycleRule:
    return replace(LifecycleRule(name, delete_after_modification=days), **others)


def workspace(hot: int = 90, total: int = 90, plan: str = "Analytics", **others: object) -> Workspace:
    tables = [Table(name, hot, total, plan) for name in (*ENTRA_TABLES.values(), "OfficeActivity", "AzureActivity")]
    made = Workspace(LAW, CREATED, CREATED, tables=tables)
    for name, value in others.items():
        setattr(made, name, value)
    return made


def agency(*settings: DiagnosticSetting, **azure: object) -> Tenant:
    """The compliant tenant with these diagnostic settings of Entra and these resources, read by a Reader of all."""
    tenant = load_scenario("compliant")
    tenant.identity = replace(tenant.identity, azure_roles=READER)
    tenant.azure = replace(tenant.azure, workspaces=[], storage_accounts=[], namespaces=[], clusters=[])
    tenant.azure.subscriptions = [Subscription(SUBSCRIPTION, "Logging")]
    tenant.azure.settings = list(settings)
    for name, value in azure.items():
        setattr(tenant.azure, name, value)
    return tenant


@dataclass(frozen=True)
class Read:
    """A tenant, collected once, and the stores that are seen in it."""

    evidence: Evidence

    @property
    def stores(self) -> Stores:
        found = self.evidence.resolve(Stores).value
        assert isinstance(found, Stores)
        return found

    @property
    def entra(self) -> EntraReach:
        found = self.evidence.resolve(EntraReach).value
        assert isinstance(found, EntraReach)
        return found

    def sign_ins(self) -> list[Store]:
        """The stores of interactive sign-ins besides Entra itself."""
        return [
            store for store in self.entra.logs["entra.sign_in_logs"].stores if store.reach.store != "Microsoft Entra ID"
        ]

    def only(self) -> Store:
        (store,) = self.sign_ins()
        return store


Reading = Callable[..., Read]


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Reading:
    """Collect over HTTP all that stores rest on."""

    def read_it(tenant: Tenant, datasets: tuple[str, ...] = READ) -> Read:
        with serve(tenant) as served:
            config = served.directory / "config.yaml"
            config.write_text(served.settings_yaml(), encoding="utf-8")
            settings = load_settings(config)
            for name, value in served.environment.items():
                monkeypatch.setenv(name, value)
            with tenant_apis(settings, quiet=True) as apis:
                run = Run(tmp_path / "bundle", datasets, scope_of(settings), settings.digest())
                return Read(Evidence(collect(apis, run, clock=now), DERIVATIONS))

    return read_it


def told(store: Store) -> tuple[Duration | None, Duration | None]:
    return store.reach.hot, store.reach.total


def test_a_storage_account_keeps_logs_until_its_lifecycle_rule_deletes_them_and_none_can_be_searched(
    read: Reading,
) -> None:
    store = read(agency(INTO_STORAGE, storage_accounts=[account(deleting(1100))])).only()
    assert store.doubt is None
    assert told(store) == (NOTHING, Duration.of_days(1100))
    assert store.reach.store == "storage account coldlogs"
    assert store.reach.because == "the lifecycle rule 'expire' deletes it 1100 days after it was last modified"
    assert store.created == CREATED.date()


def test_without_a_lifecycle_policy_logs_are_kept_without_limit(read: Reading) -> None:
    store = read(agency(INTO_STORAGE, storage_accounts=[account()])).only()
    assert (store.doubt, store.reach.total) == (None, UNLIMITED)
    assert "nothing protects it" in store.reach.because


@pytest.mark.parametrize(
    "rule",
    [
        deleting(7, enabled=False),
        deleting(7, blob_types=("blockBlob",)),
        deleting(7, prefixes=("insights-logs-auditlogs",)),
        deleting(7, prefixes=("Insights-Logs-SignInLogs/",)),
        LifecycleRule("tier", cool_after_modification=7, archive_after_modification=30),
    ],
    ids=["switched off", "block blobs", "another container", "another letter case", "tiers alone"],
)
def test_a_rule_that_does_not_take_the_blobs_of_a_log_shortens_nothing(rule: LifecycleRule, read: Reading) -> None:
    store = read(agency(INTO_STORAGE, storage_accounts=[account(rule, deleting(1100))])).only()
    assert (store.doubt, store.reach.total) == (None, Duration.of_days(1100))


@pytest.mark.parametrize(
    "rule",
    [
        deleting(30, enabled=None),
        deleting(30, blob_types=("APPENDBLOB",)),
        deleting(30, prefixes=("insights-logs-sign",)),
        deleting(30, prefixes=("other/", "insights-logs-signinlogs/")),
        deleting(30, filtered=False),
        LifecycleRule("made", delete_after_creation=30),
    ],
    ids=["enabled is absent", "letter case of the type", "a shorter prefix", "one of two", "no filters", "creation"],
)
def test_the_shortest_rule_that_takes_the_blobs_of_a_log_decides(rule: LifecycleRule, read: Reading) -> None:
    store = read(agency(INTO_STORAGE, storage_accounts=[account(deleting(1100), rule)])).only()
    assert (store.doubt, store.reach.total) == (None, Duration.of_days(30))


@pytest.mark.parametrize(
    "rule",
    [deleting(30, tags=("Project",)), deleting(30, prefixes=("insights-logs-signinlogs/tenantId=",))],
    ids=["tags", "a part of the container"],
)
def test_a_rule_that_may_take_the_blobs_of_a_log_is_counted_against_it_and_leaves_it_open(
    rule: LifecycleRule, read: Reading
) -> None:
    sure, longer = read(agency(INTO_STORAGE, storage_accounts=[account(deleting(1100), rule)])).sign_ins()
    assert (sure.doubt, sure.reach.total) == (None, Duration.of_days(30))
    assert longer.doubt is not None
    assert longer.doubt.kind is Kind.UNPROVEN
    assert longer.reach.possibly(hot=False) == Duration.of_days(1100)
    assert longer.reach.possibly(hot=True) == NOTHING


@pytest.mark.parametrize(
    ("immutability", "days"),
    [
        (Immutability(1200), 1200),
        (Immutability(20), 30),
        (Immutability(1200, "Unlocked"), 30),
    ],
    ids=["locked", "locked and shorter", "unlocked"],
)
def test_what_is_locked_outlives_its_lifecycle_rule_and_what_is_not_locked_is_credited_nothing(
    immutability: Immutability, days: int, read: Reading
) -> None:
    made = account(deleting(30), containers=containers(immutability=immutability))
    store = read(agency(INTO_STORAGE, storage_accounts=[made])).only()
    assert (store.doubt, store.reach.total) == (None, Duration.of_days(days))


def test_a_legal_hold_is_credited_no_time(read: Reading) -> None:
    made = account(deleting(30), containers=[Container(SIGN_INS, legal_holds=("case42",))])
    assert read(agency(INTO_STORAGE, storage_accounts=[made])).only().reach.total == Duration.of_days(30)


def test_a_policy_that_lets_nothing_be_appended_leaves_open_whether_logs_arrive(read: Reading) -> None:
    made = account(deleting(30), containers=containers(immutability=Immutability(1200, appends="none")))
    store = read(agency(INTO_STORAGE, storage_accounts=[made])).only()
    assert store.doubt is not None
    assert "does not allow protected appends" in store.doubt.reason
    assert told(store) == (None, None)
    assert store.reach.possibly(hot=False) == Duration.of_days(1200)


def test_a_default_for_versions_may_keep_blobs_longer_and_is_no_promise(read: Reading) -> None:
    made = account(deleting(30), versioning=Immutability(1200))
    sure, longer = read(agency(INTO_STORAGE, storage_accounts=[made])).sign_ins()
    assert (sure.doubt, sure.reach.total) == (None, Duration.of_days(30))
    assert longer.doubt is not None
    assert longer.reach.possibly(hot=False) == Duration.of_days(1200)


def test_a_container_that_is_not_there_proves_that_nothing_was_written(read: Reading) -> None:
    made = account(deleting(1100), containers=containers("insights-logs-auditlogs"))
    store = read(agency(INTO_STORAGE, storage_accounts=[made])).only()
    assert store.doubt is not None
    assert store.doubt.kind is Kind.UNPROVEN
    assert f"lists no container {SIGN_INS}" in store.doubt.reason
    assert store.reach.possibly(hot=False) == Duration.of_days(1100)


def test_a_firewall_that_keeps_azure_monitor_out_leaves_no_store(read: Reading) -> None:
    made = account(default_action="Deny", bypass="Logging, Metrics")
    found = read(agency(INTO_STORAGE, storage_accounts=[made]))
    assert found.sign_ins() == []
    standing = found.stores.standing(Sink.STORAGE_ACCOUNT, COLD)
    assert isinstance(standing, Gone)
    assert "the firewall of the storage account coldlogs keeps Azure Monitor out" in standing.because


@pytest.mark.parametrize("bypass", ["AzureServices", "Logging, azureservices"])
def test_a_firewall_that_lets_trusted_services_pass_keeps_nothing_out(bypass: str, read: Reading) -> None:
    made = account(default_action="Deny", bypass=bypass)
    found = read(agency(INTO_STORAGE, storage_accounts=[made]))
    assert isinstance(found.stores.standing(Sink.STORAGE_ACCOUNT, COLD), Live)
    assert found.only().doubt is None


def test_an_account_that_answers_not_found_is_no_store(read: Reading) -> None:
    found = read(agency(INTO_STORAGE))
    assert found.sign_ins() == []
    assert found.stores.standing(Sink.STORAGE_ACCOUNT, COLD) == Gone("coldlogs is not there")


def test_an_account_that_nobody_may_read_is_a_store_in_doubt(read: Reading) -> None:
    tenant = agency(INTO_STORAGE, storage_accounts=[account(deleting(30))])
    tenant.identity = replace(tenant.identity, azure_roles=READER[:1])
    store = read(tenant).only()
    assert store.doubt is not None
    assert store.doubt.kind is Kind.DENIED
    assert store.reach.possibly(hot=False) is None
    assert store.reach.possibly(hot=True) == NOTHING


@pytest.mark.parametrize(
    ("state", "gone"), [("Disabled", True), ("Deleted", True), ("PastDue", False), ("Warned", None)]
)
def test_the_state_of_a_subscription_decides_whether_its_stores_take_logs_in(
    state: str, gone: bool | None, read: Reading
) -> None:
    tenant = agency(INTO_STORAGE, storage_accounts=[account()])
    tenant.azure.subscriptions = [Subscription(SUBSCRIPTION, "Logging", state=state)]
    found = read(tenant)
    standing = found.stores.standing(Sink.STORAGE_ACCOUNT, COLD)
    assert {True: Gone, False: Live, None: Unread}[gone] is type(standing)
    assert [store.doubt is None for store in found.sign_ins()] == {True: [], False: [True], None: [False]}[gone]


@pytest.mark.parametrize(
    ("others", "stores"),
    [({"ingestion": "OverQuota"}, 1), ({"ingestion": "ForceOff"}, 0), ({"ingestion": "SubscriptionSuspended"}, 0)],
)
def test_a_workspace_that_takes_nothing_in_is_gone_and_past_its_quota_only_for_the_day(
    others: dict[str, str], stores: int, read: Reading
) -> None:
    found = read(agency(INTO_WORKSPACE, workspaces=[workspace(**others)]))
    assert isinstance(found.stores.standing(Sink.WORKSPACE, LAW), Gone)
    assert [store.doubt is None for store in found.sign_ins()] == [False] * stores


def test_a_workspace_that_is_being_deleted_or_not_found_is_no_store(read: Reading) -> None:
    going = workspace(odd=Odd({"properties": {"provisioningState": "Deleting"}}))
    assert read(agency(INTO_WORKSPACE, workspaces=[going])).sign_ins() == []


def test_a_workspace_that_answers_not_found_is_no_store(read: Reading) -> None:
    found = read(agency(INTO_WORKSPACE))
    assert found.sign_ins() == []
    assert found.stores.standing(Sink.WORKSPACE, LAW) == Gone("law-sec is not there")


def test_what_an_auxiliary_table_keeps_is_searchable_only_where_the_lake_counts(read: Reading) -> None:
    store = read(agency(INTO_WORKSPACE, workspaces=[workspace(30, 1095, "Auxiliary")])).only()
    assert (store.reach.surely(hot=True), store.reach.surely(hot=True, lake=True)) == (NOTHING, Duration.of_days(1095))


def export(destination: str, **others: object) -> DataExport:
    return replace(DataExport("out", ("SIGNINLOGS",), destination, LATER), **others)


def test_a_data_export_carries_a_table_on_to_a_container_of_its_own_from_the_day_it_was_made(read: Reading) -> None:
    law = workspace(exports=[export(COLD)])
    cold = account(deleting(1100), containers=containers("am-signinlogs"))
    table, copy = read(agency(INTO_WORKSPACE, workspaces=[law], storage_accounts=[cold])).sign_ins()
    assert told(table) == (Duration.of_days(90), Duration.of_days(90))
    assert (copy.doubt, *told(copy)) == (None, NOTHING, Duration.of_days(1100))
    assert copy.created == LATER.date()


def test_a_copy_is_in_doubt_where_the_workspace_that_sends_it_on_takes_nothing_in_for_now(read: Reading) -> None:
    law = workspace(exports=[export(COLD)], ingestion="OverQuota")
    cold = account(deleting(1100), containers=containers("am-signinlogs"))
    _, copy = read(agency(INTO_WORKSPACE, workspaces=[law], storage_accounts=[cold])).sign_ins()
    assert copy.doubt is not None
    assert copy.reach.possibly(hot=False) == Duration.of_days(1100)


@pytest.mark.parametrize("others", [{"enabled": False}, {"tables": ("AuditLogs",)}], ids=["off", "another table"])
def test_a_data_export_that_is_off_or_sends_another_table_makes_no_copy(
    others: dict[str, object], read: Reading
) -> None:
    law = workspace(exports=[export(COLD, **others)])
    cold = account(containers=containers("am-signinlogs"))
    assert len(read(agency(INTO_WORKSPACE, workspaces=[law], storage_accounts=[cold])).sign_ins()) == 1


def test_unread_data_exports_leave_open_where_else_a_table_goes(read: Reading) -> None:
    tenant = agency(INTO_WORKSPACE, workspaces=[workspace()])
    table, other = read(tenant, tuple(name for name in READ if name != "arm.data_exports")).sign_ins()
    assert table.doubt is None
    assert other.doubt is not None
    assert (other.doubt.dataset, other.reach.possibly(hot=False)) == ("arm.data_exports", None)


def hub(capture: Capture | None = None, status: str = "Active") -> Namespace:
    return Namespace(SIEM, CREATED, [EventHub("logs", capture, status=status, retention_days=90)])


@pytest.mark.parametrize(
    ("destination", "others", "name"),
    [
        (SIEM, {}, "am-signinlogs"),
        (SIEM, {"event_hub_name": "logs"}, "logs"),
        (f"{SIEM}/eventhubs/logs", {}, "logs"),
    ],
    ids=["a hub for each table", "a hub that the rule names", "the id of a hub"],
)
def test_a_data_export_is_followed_through_an_event_hub_to_what_captures_it(
    destination: str, others: dict[str, str], name: str, read: Reading
) -> None:
    law = workspace(exports=[export(destination, **others)])
    made = Namespace(SIEM, CREATED, [EventHub(name, Capture(COLD, "captured")), EventHub("other")])
    cold = account(deleting(1100), containers=containers("captured"))
    tenant = agency(INTO_WORKSPACE, workspaces=[law], namespaces=[made], storage_accounts=[cold])
    _, transport, captured = read(tenant).sign_ins()
    assert transport.doubt is not None
    assert (captured.doubt, captured.reach.total, captured.created) == (None, Duration.of_days(1100), LATER.date())


def test_an_event_hub_keeps_nothing_and_leaves_open_what_reads_from_it(read: Reading) -> None:
    store = read(agency(INTO_HUB, namespaces=[hub()])).only()
    assert store.doubt is not None
    assert (store.doubt.kind, told(store)) == (Kind.NEEDS_ATTESTATION, (None, None))
    assert store.reach.possibly(hot=False) is None
    assert "siem-hub" in store.doubt.settle


def test_what_capture_writes_is_kept_as_long_as_rules_for_block_blobs_let_it(read: Reading) -> None:
    cold = account(
        deleting(30, blob_types=("appendBlob",)),
        deleting(1100, "avro", blob_types=("blockBlob",)),
        containers=containers("captured"),
    )
    tenant = agency(INTO_HUB, namespaces=[hub(Capture(COLD, "captured"))], storage_accounts=[cold])
    transport, captured = read(tenant).sign_ins()
    assert transport.doubt is not None
    assert (captured.doubt, *told(captured)) == (None, NOTHING, Duration.of_days(1100))


def test_a_capture_that_is_off_keeps_nothing(read: Reading) -> None:
    cold = account(containers=containers("captured"))
    off = hub(Capture(COLD, "captured", enabled=False))
    assert len(read(agency(INTO_HUB, namespaces=[off], storage_accounts=[cold])).sign_ins()) == 1


@pytest.mark.parametrize("status", ["Disabled", "SendDisabled"])
def test_a_hub_that_takes_nothing_in_is_no_store(status: str, read: Reading) -> None:
    assert read(agency(INTO_HUB, namespaces=[hub(status=status)])).sign_ins() == []


def test_a_namespace_that_answers_not_found_is_no_store(read: Reading) -> None:
    found = read(agency(INTO_HUB))
    assert found.sign_ins() == []
    assert isinstance(found.stores.standing(Sink.EVENT_HUB, RULE), Gone)


def test_a_database_that_reads_a_hub_is_named_and_never_settles_it_since_its_tables_are_not_shown(
    read: Reading,
) -> None:
    connection = DataConnection("in", f"{SIEM}/eventhubs/logs", "SignIns")
    cluster = Cluster(ADX, [Database("archive", "P1095D", "P365D", [connection])])
    _, database = read(agency(INTO_HUB, namespaces=[hub()], clusters=[cluster])).sign_ins()
    assert database.doubt is not None
    assert (database.doubt.kind, told(database)) == (Kind.UNPROVEN, (None, None))
    assert database.reach.store == "Azure Data Explorer adxlogs/archive"
    assert "keeps records for 1095 days" in database.reach.because
    assert ".show table SignIns policy retention" in database.doubt.settle


def office(**on: bool) -> Connector:
    return Connector("office", "Office365", {"exchange": False, "sharePoint": False, "teams": False, **on})


def test_a_connector_brings_in_what_is_switched_on_and_nothing_else(read: Reading) -> None:
    law = workspace(sentinel=True, connectors=[office(exchange=True, teams=True)])
    found = read(agency(INTO_WORKSPACE, workspaces=[law])).evidence.resolve(OfficeConnectors).value
    connected = found.of(LAW)
    assert (connected.on, connected.possible, connected.unread) == ({EXCHANGE, TEAMS}, frozenset(), None)


def test_a_workspace_without_sentinel_or_with_other_connectors_gets_nothing(read: Reading) -> None:
    other = Connector("entra", "AzureActiveDirectory", {"alerts": True})
    law = workspace(sentinel=True, connectors=[other])
    found = read(agency(INTO_WORKSPACE, workspaces=[law])).evidence.resolve(OfficeConnectors).value
    assert (found.of(LAW).on, found.of(LAW).possible) == (frozenset(), frozenset())


def test_a_connector_that_reads_another_tenant_brings_in_nothing_of_this_one(read: Reading) -> None:
    elsewhere = replace(
        office(exchange=True), odd=Odd({"properties": {"tenantId": "99999999-2222-4333-8444-555555555555"}})
    )
    law = workspace(sentinel=True, connectors=[elsewhere])
    found = read(agency(INTO_WORKSPACE, workspaces=[law])).evidence.resolve(OfficeConnectors).value
    assert (found.of(LAW).on, found.of(LAW).possible) == (frozenset(), frozenset())


def test_unread_connectors_may_bring_in_everything(read: Reading) -> None:
    law = workspace(sentinel=True, connectors=[office(exchange=True)])
    datasets = tuple(name for name in READ if name != "arm.data_connectors")
    found = read(agency(INTO_WORKSPACE, workspaces=[law]), datasets).evidence.resolve(OfficeConnectors).value
    assert found.of(LAW).on == frozenset()
    assert found.of(LAW).possible == {EXCHANGE, SHARE_POINT, TEAMS}
    assert found.of(LAW).unread is not None


def test_the_tables_of_a_name_are_found_in_every_workspace_even_one_that_no_setting_names(read: Reading) -> None:
    found = read(agency(workspaces=[workspace()])).stores
    ((where, store),) = found.tables_named("OfficeActivity")
    assert where == LAW.casefold()
    assert told(store) == (Duration.of_days(90), Duration.of_days(90))
    assert found.visible_unread is None
    assert "may not see" in found.workspaces_unread.reason


def test_the_activity_log_lies_in_a_container_of_its_own_name(read: Reading) -> None:
    cold = account(deleting(1100), containers=containers("insights-activity-logs"))
    found = read(agency(INTO_STORAGE, storage_accounts=[cold])).stores
    (store,) = found.holding(Sink.STORAGE_ACCOUNT, COLD, table="AzureActivity", category="Administrative")
    assert (store.doubt, store.reach.total) == (None, Duration.of_days(1100))
