"""What holds of every tenant's stores: more of them never shorten, and what is unread neither helps nor excludes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, TypeVar

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.evidence.azure_views import (
    AdxDatabase,
    AdxDataConnection,
    BlobContainer,
    DataExport,
    DiagnosticSetting,
    EventHub,
    LifecyclePolicy,
    Resource,
    StorageAccount,
    Subscription,
    Table,
    Workspace,
)
from compliance.evidence.derived.data_exports import data_exports
from compliance.evidence.derived.entra import LogReach, entra_reach
from compliance.evidence.derived.event_hubs import event_hubs
from compliance.evidence.derived.log_analytics import log_analytics
from compliance.evidence.derived.standing import whereabouts
from compliance.evidence.derived.storage import storage_accounts
from compliance.evidence.derived.stores import stores_of
from compliance.evidence.evidence import Absent
from compliance.evidence.population import Coverage, Population, Ref, each_once
from compliance.evidence.unread import Kind, Unread
from compliance.evidence.view import View
from compliance.evidence.views import DATASET_OF, SubscribedSku
from compliance.rules.licences import ENTRA_P2_PLAN
from compliance.rules.periods import Duration, band

SUBSCRIPTION = "/subscriptions/11111111-2222-4333-8444-555555555555"
GROUP = f"{SUBSCRIPTION}/resourceGroups/logging/providers"
LAW = f"{GROUP}/Microsoft.OperationalInsights/workspaces/law-sec"
COLD = f"{GROUP}/Microsoft.Storage/storageAccounts/coldlogs"
SIEM = f"{GROUP}/Microsoft.EventHub/namespaces/siem-hub"
DESTINATIONS = {
    "workspace": {"workspaceId": LAW},
    "storage": {"storageAccountId": COLD},
    "hub": {"eventHubAuthorizationRuleId": f"{SIEM}/authorizationRules/send", "eventHubName": "logs"},
    "partner": {"marketplacePartnerId": f"{GROUP}/Microsoft.Datadog/monitors/dd"},
}
NONE = {
    "workspaceId": None,
    "storageAccountId": None,
    "eventHubAuthorizationRuleId": None,
    "marketplacePartnerId": None,
}
CONTAINERS = ("insights-logs-signinlogs", "am-signinlogs", "captured")
ROWS = (
    DiagnosticSetting,
    Subscription,
    Workspace,
    Table,
    DataExport,
    EventHub,
    AdxDatabase,
    AdxDataConnection,
    StorageAccount,
    LifecyclePolicy,
    BlobContainer,
    Resource,
    SubscribedSku,
)
T = TypeVar("T", bound=View)


@dataclass(frozen=True)
class World:
    """A tenant in which the sign-ins go to these destinations."""

    destinations: tuple[str, ...]
    hot: int
    total: int
    plan: str
    ingestion: str
    deletes: tuple[int, ...]
    locked: int | None
    firewall: str
    containers: tuple[str, ...]
    exported: tuple[str, ...]
    captured: bool
    state: str
    absent: bool


worlds = st.builds(
    World,
    st.lists(st.sampled_from(["workspace", "storage", "hub"]), unique=True, min_size=1, max_size=2).map(tuple),
    st.sampled_from([30, 90, 365]),
    st.sampled_from([365, 730, 1095]),
    st.sampled_from(["Analytics", "Basic", "Auxiliary", "Glacier"]),
    st.sampled_from(["RespectQuota", "RespectQuota", "RespectQuota", "OverQuota", "ForceOff"]),
    st.lists(st.sampled_from([7, 548, 1100]), max_size=2).map(tuple),
    st.none() | st.sampled_from([90, 913]),
    st.sampled_from(["Allow", "Allow", "Allow", "Deny"]),
    st.sampled_from([CONTAINERS, CONTAINERS, CONTAINERS[:1], ()]),
    st.sampled_from([("storage",), (), ("hub",), ("storage", "hub")]),
    st.booleans(),
    st.sampled_from(["Enabled", "Enabled", "Enabled", "Warned", "Disabled"]),
    st.sampled_from([False, False, False, True]),
)
datasets = st.lists(st.sampled_from(ROWS), min_size=1, max_size=2).map(frozenset)


def policy(world: World) -> dict[str, Any]:
    rules = [
        {
            "name": f"rule {index}",
            "enabled": True,
            "definition": {
                "actions": {"baseBlob": {"delete": {"daysAfterModificationGreaterThan": days}}},
                "filters": {"blobTypes": ["appendBlob"] if index else ["appendBlob", "blockBlob"]},
            },
        }
        for index, days in enumerate(world.deletes)
    ]
    return {"id": f"{COLD}/managementPolicies/default", "properties": {"policy": {"rules": rules}}}


def container(name: str, world: World) -> dict[str, Any]:
    properties: dict[str, Any] = {"hasLegalHold": False, "hasImmutabilityPolicy": world.locked is not None}
    if world.locked is not None:
        held = {"immutabilityPeriodSinceCreationInDays": world.locked, "state": "Locked"}
        properties["immutabilityPolicy"] = {"properties": {**held, "allowProtectedAppendWrites": True}}
    return {"id": f"{COLD}/blobServices/default/containers/{name}", "name": name, "properties": properties}


def export(name: str) -> dict[str, Any]:
    destination = {"resourceId": COLD, "type": "StorageAccount"}
    if name == "hub":
        destination = {"resourceId": f"{SIEM}/eventhubs/logs", "type": "EventHub"}
    properties = {"tableNames": ["SigninLogs"], "enable": True, "destination": destination}
    return {"id": f"{LAW}/dataExports/{name}", "name": name, "properties": properties}


def setting(name: str) -> dict[str, Any]:
    logs = [{"category": "SignInLogs", "enabled": True}]
    properties = {**NONE, **DESTINATIONS[name], "logs": logs}
    return {"id": f"/providers/microsoft.aadiam/diagnosticSettings/{name}", "name": name, "properties": properties}


def rows_of(world: World) -> dict[type[View], list[dict[str, Any]]]:
    target = {"storageAccountResourceId": COLD, "blobContainer": "captured"}
    capture = {"enabled": world.captured, "destination": {"properties": target}}
    firewall = {"defaultAction": world.firewall, "bypass": "Logging"}
    return {
        DiagnosticSetting: [setting(name) for name in world.destinations],
        Subscription: [{"id": SUBSCRIPTION, "state": world.state}],
        Workspace: [
            {
                "id": LAW,
                "properties": {
                    "provisioningState": "Succeeded",
                    "workspaceCapping": {"dataIngestionStatus": world.ingestion},
                },
            }
        ],
        Table: [
            {
                "id": f"{LAW}/tables/SigninLogs",
                "properties": {
                    "plan": world.plan,
                    "retentionInDays": world.hot,
                    "totalRetentionInDays": world.total,
                    "provisioningState": "Succeeded",
                },
            }
        ],
        DataExport: [export(name) for name in world.exported],
        EventHub: [{"id": f"{SIEM}/eventhubs/logs", "properties": {"status": "Active", "captureDescription": capture}}],
        StorageAccount: []
        if world.absent
        else [{"id": COLD, "properties": {"provisioningState": "Succeeded", "networkAcls": firewall}}],
        LifecyclePolicy: [policy(world)] if world.deletes else [],
        BlobContainer: [container(name, world) for name in world.containers],
        SubscribedSku: [
            {
                "capabilityStatus": "Enabled",
                "servicePlans": [{"servicePlanId": ENTRA_P2_PLAN, "provisioningStatus": "Success"}],
            }
        ],
    }


def reach_of(world: World, unread: frozenset[type[View]] = frozenset()) -> LogReach:
    """The reach of interactive sign-ins, where some datasets were not read."""
    rows = rows_of(world)
    account_gone = world.absent and StorageAccount not in unread
    no_policy = not world.deletes and LifecyclePolicy not in unread
    absent = Absent(
        frozenset({COLD.casefold()} if account_gone else ())
        | frozenset({f"{COLD}/managementPolicies/default".casefold()} if no_policy else ())
    )

    def read(kind: type[T]) -> Population[T] | Unread:
        if kind in unread:
            return Unread(Kind.DENIED, DATASET_OF[kind], "denied", "a permission")
        made = [msgspec.convert(row, kind) for row in rows.get(kind, [])]
        placed = [(row, Ref(DATASET_OF[kind], "frame", f"/{index}")) for index, row in enumerate(made)]
        return Population(lambda: each_once(iter(placed)), Coverage.WHOLE, None)

    stores = stores_of(
        log_analytics(read(Workspace), read(Table)),
        storage_accounts(read(StorageAccount), read(LifecyclePolicy), read(BlobContainer), absent),
        event_hubs(read(EventHub), read(AdxDatabase), read(AdxDataConnection)),
        data_exports(read(DataExport)),
        whereabouts(read(Subscription), absent),
        read(Resource),
    )
    return entra_reach(read(DiagnosticSetting), stores, read(SubscribedSku)).logs["entra.sign_in_logs"]


def days(duration: Duration | None) -> float:
    return float("inf") if duration is None else band(duration)[0]


def surely(log: LogReach, *, hot: bool) -> float:
    """The days for which a store that was read surely keeps the log."""
    known = (store.reach.surely(hot=hot) for store in log.stores if store.doubt is None)
    return max((days(one) for one in known if one is not None), default=-1)


def possibly(log: LogReach, *, hot: bool, transport: bool = True) -> float:
    """The days that no store, whatever is not known of it, can exceed; without `transport` hubs are left out."""
    stores = [store for store in log.stores if transport or not store.reach.store.startswith("event hub")]
    return max((days(store.reach.possibly(hot=hot)) for store in stores), default=-1)


ways = st.booleans()


@given(worlds, st.sampled_from(sorted(DESTINATIONS)), ways)
def test_a_destination_more_never_shortens(world: World, more: str, hot: bool) -> None:
    wider = replace(world, destinations=(*world.destinations, more))
    if more not in world.destinations:
        assert surely(reach_of(wider), hot=hot) >= surely(reach_of(world), hot=hot)
        assert possibly(reach_of(wider), hot=hot) >= possibly(reach_of(world), hot=hot)


@given(worlds, ways)
def test_reach_is_what_the_best_of_the_destinations_gives_alone(world: World, hot: bool) -> None:
    alone = [replace(world, destinations=path) for path in ((), *((one,) for one in world.destinations))]
    assert surely(reach_of(world), hot=hot) == max(surely(reach_of(one), hot=hot) for one in alone)


@given(worlds, datasets, ways)
def test_what_is_unread_never_improves_anything_and_never_excludes_what_is_there(
    world: World, unread: frozenset[type[View]], hot: bool
) -> None:
    whole, part = reach_of(world), reach_of(world, unread)
    assert surely(part, hot=hot) <= surely(whole, hot=hot)
    assert possibly(part, hot=hot, transport=EventHub in unread) >= surely(whole, hot=hot)


KEPT = World(
    destinations=("workspace",),
    hot=90,
    total=365,
    plan="Analytics",
    ingestion="RespectQuota",
    deletes=(1100,),
    locked=None,
    firewall="Allow",
    containers=CONTAINERS,
    exported=("storage",),
    captured=True,
    state="Enabled",
    absent=False,
)


@pytest.mark.parametrize("dataset", ROWS, ids=lambda row: row.__name__)
@pytest.mark.parametrize("destination", ["workspace", "storage", "hub"])
def test_each_dataset_that_is_unread_leaves_open_what_it_would_have_shown(
    destination: str, dataset: type[View]
) -> None:
    base = replace(KEPT, destinations=(destination,))
    for world in (
        base,
        replace(base, deletes=(7,)),
        replace(base, deletes=()),
        replace(base, deletes=(7,), locked=913),
        replace(base, state="Disabled"),
    ):
        for hot in (True, False):
            whole, part = reach_of(world), reach_of(world, frozenset({dataset}))
            assert surely(part, hot=hot) <= surely(whole, hot=hot)
            assert possibly(part, hot=hot, transport=dataset is EventHub) >= surely(whole, hot=hot)


@given(worlds, ways)
def test_nothing_is_surely_kept_longer_than_it_possibly_is(world: World, hot: bool) -> None:
    found = reach_of(world)
    assert possibly(found, hot=hot) >= surely(found, hot=hot)
