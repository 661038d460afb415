"""What a store says of its own state: whatever is odd about it, nothing is credited to it, and nothing odd is lost."""

from __future__ import annotations

from dataclasses import replace

import pytest
from kept_tenants import (
    ALL_SUBSCRIPTIONS,
    CREATED,
    ENTRA,
    GROUP,
    SIGN_INS,
    STORAGE,
    SUBSCRIPTION,
    Collected,
    Judged,
    agency,
    declared_store,
)

from compliance.assessment.declarations import Declarations
from compliance.assessment.verdict import Status
from compliance.demo.arm.storage import account_shown
from compliance.demo.azure import ENTRA_TABLES, DiagnosticSetting, Subscription
from compliance.demo.azure_stores import Capture, Container, EventHub, LifecycleRule, Namespace, StorageAccount
from compliance.demo.odd import Odd
from compliance.demo.tenant import Tenant
from compliance.evidence.derived import Stores
from compliance.evidence.derived.sinks import Sink, Store
from compliance.evidence.derived.standing import Gone, Live
from compliance.evidence.unread import Kind, Unread
from compliance.rules.azure_monitor import hubs_of
from compliance.rules.entra_logs import ENTRA_LOGS
from compliance.rules.periods import UNLIMITED

CONTAINER = "insights-logs-signinlogs"
FEEDS = f"{GROUP}/Microsoft.EventHub/namespaces/log-feeds"
SHUT = {"defaultAction": "Allow", "bypass": "Logging, Metrics"}
APPENDING = {"immutabilityPeriodSinceCreationInDays": 3650, "state": "Locked", "allowProtectedAppendWrites": True}


def by_default(**changes: object) -> dict[str, object]:
    """An account whose blobs all get a policy by default."""
    return {"immutableStorageWithVersioning": {"enabled": True, "immutabilityPolicy": APPENDING | changes}}


SOUND: dict[str, dict[str, object]] = {
    "plain": {},
    "neverasked": {"publicNetworkAccess": None},
    "closed": {"publicNetworkAccess": "Disabled"},
    "appending": by_default(),
}
OUT: dict[str, dict[str, object]] = {
    "shut": {"publicNetworkAccess": "Disabled", "networkAcls": SHUT},
    "denying": {"networkAcls": SHUT | {"defaultAction": "Deny"}},
    "deleting": {"provisioningState": "Deleting"},
}
OPEN: dict[str, dict[str, object]] = {
    "perimeter": {"publicNetworkAccess": "SecuredByPerimeter"},
    "anothervalue": {"publicNetworkAccess": "Perhaps"},
    "novalue": {"publicNetworkAccess": ""},
    "anotheraction": {"networkAcls": SHUT | {"defaultAction": "Perhaps", "bypass": "AzureServices"}},
    "creating": {"provisioningState": "Creating"},
    "resolving": {"provisioningState": "ResolvingDNS"},
    "nostate": {"provisioningState": ""},
    "noappends": by_default(allowProtectedAppendWrites=False),
    "unlocked": by_default(allowProtectedAppendWrites=False, state="Unlocked"),
    "anotherpolicy": by_default(state="Perhaps"),
    "negative": by_default(immutabilityPeriodSinceCreationInDays=-1),
    "unsaid": {"immutableStorageWithVersioning": {"enabled": None}},
}


def account_id(name: str) -> str:
    return f"{GROUP}/Microsoft.Storage/storageAccounts/{name}"


def saying(name: str, properties: dict[str, object]) -> StorageAccount:
    """An account with a container of sign-ins that says this of itself."""
    made = StorageAccount(account_id(name), CREATED, [Container(CONTAINER)])
    shown = account_shown(made)["properties"]
    assert isinstance(shown, dict)
    return replace(made, odd=Odd({"properties": shown | properties}))


def stores_in(judged: Judged) -> Stores:
    found = judged.evidence.resolve(Stores).value
    assert isinstance(found, Stores)
    return found


def sign_ins(stores: Stores, sink: Sink, resource_id: str, hub: str | None = None) -> tuple[Store, ...]:
    return stores.holding(sink, resource_id, table="SigninLogs", category="SignInLogs", hub=hub)


def credited(stores: tuple[Store, ...]) -> list[object]:
    """How long what is not in doubt surely keeps a log."""
    assert all(store.reach.surely(hot=False) is None for store in stores if store.doubt is not None)
    return [store.reach.surely(hot=False) for store in stores if store.doubt is None]


def test_nothing_is_credited_to_an_account_whose_state_is_odd(collected: Collected) -> None:
    states = SOUND | OUT | OPEN
    tenant = agency(*(DiagnosticSetting(name, ("SignInLogs",), storage_account_id=account_id(name)) for name in states))
    tenant.azure.storage_accounts = [saying(name, properties) for name, properties in states.items()]
    stores = stores_in(collected(tenant, ENTRA))
    found = {name: sign_ins(stores, Sink.STORAGE_ACCOUNT, account_id(name)) for name in states}
    assert {name for name in states if credited(found[name])} == SOUND.keys()
    assert {name for name in states if not found[name]} == OUT.keys()
    standings = {name: stores.standing(Sink.STORAGE_ACCOUNT, account_id(name)) for name in states}
    assert {name for name in states if isinstance(standings[name], Gone)} == OUT.keys()
    assert {name for name in states if isinstance(standings[name], Live)} == SOUND.keys() | {
        "noappends",
        "unlocked",
    } | {
        "anotherpolicy",
        "negative",
    }


def test_a_perimeter_goes_before_the_firewall_and_is_open_everywhere(collected: Collected) -> None:
    tenant = agency(DiagnosticSetting("cold", tuple(ENTRA_TABLES), storage_account_id=STORAGE))
    tenant.azure.storage_accounts = [saying("coldlogs", OPEN["perimeter"])]
    judged = collected(tenant, ENTRA)
    declared = Declarations(approved_subscriptions=ALL_SUBSCRIPTIONS)
    part = judged.parts("EXP-02", declarations=declared)[STORAGE.casefold()]
    assert (part.status, part.kind) == (Status.INDETERMINATE, Kind.UNPROVEN)
    assert "SecuredByPerimeter" in part.condition
    assert judged.parts("RET-08", declarations=declared)[SIGN_INS].status is Status.INDETERMINATE
    assert "network" not in str(judged.parts("INT-07", declarations=declared)[STORAGE.casefold()].condition)


def test_a_default_of_the_account_that_takes_no_appends_ends_the_logs_as_one_of_the_container_does(
    collected: Collected,
) -> None:
    tenant = agency(DiagnosticSetting("cold", ("SignInLogs",), storage_account_id=STORAGE))
    tenant.azure.storage_accounts = [saying("coldlogs", OPEN["noappends"])]
    judged = collected(tenant, ENTRA)
    assert judged.parts("RET-08")[SIGN_INS].status is Status.INDETERMINATE
    assert judged.parts("INT-02")[f"{STORAGE}/{CONTAINER}".casefold()].status is Status.FAIL


STATES = {
    "Active": True,
    "ReceiveDisabled": True,
    "Unknown": None,
    "Creating": None,
    "Restoring": None,
    "Renaming": None,
    "": None,
    "Disabled": False,
    "SendDisabled": False,
    "Deleting": False,
}
"""Whether a hub in such a state surely takes logs in, as far as that is known."""


def fed(hubs: list[EventHub], *names: str | None) -> Tenant:
    """A tenant whose sign-ins go to hubs of a namespace, each of which the settings name."""
    rule = f"{FEEDS}/authorizationRules/send"
    tenant = agency(
        *(
            DiagnosticSetting(f"to {name}", ("SignInLogs",), event_hub_authorization_rule_id=rule, event_hub_name=name)
            for name in names
        )
    )
    tenant.azure.namespaces = [Namespace(FEEDS, CREATED, hubs)]
    tenant.azure.storage_accounts = [StorageAccount(STORAGE, CREATED, [Container("one"), Container("two")])]
    return tenant


def test_what_capture_writes_is_credited_of_a_hub_that_surely_takes_logs_in(collected: Collected) -> None:
    hubs = [EventHub(f"hub{state}", Capture(STORAGE, "one"), status=state) for state in STATES]
    stores = stores_in(collected(fed(hubs, *(hub.name for hub in hubs), "missing"), ENTRA))
    for state, takes in STATES.items():
        found = sign_ins(stores, Sink.EVENT_HUB, FEEDS, f"hub{state}")
        assert credited(found) == ([UNLIMITED] if takes else []), state
        assert bool(found) is (takes is not False), state
        standing = stores.standing(Sink.EVENT_HUB, FEEDS, hubs_of(f"hub{state}", ()))
        assert isinstance(standing, {True: Live, False: Gone, None: Unread}[takes]), state
    assert sign_ins(stores, Sink.EVENT_HUB, FEEDS, "missing") == ()
    assert isinstance(stores.standing(Sink.EVENT_HUB, FEEDS, hubs_of("missing", ())), Gone)


def test_a_hub_that_nobody_named_is_made_with_the_first_log_and_is_in_doubt_before(collected: Collected) -> None:
    stores = stores_in(collected(fed([EventHub("other", Capture(STORAGE, "one"))], None), ENTRA))
    found = sign_ins(stores, Sink.EVENT_HUB, FEEDS)
    assert found
    assert not credited(found)
    assert isinstance(stores.standing(Sink.EVENT_HUB, FEEDS, hubs_of(None, ("SignInLogs",))), Unread)


def test_a_hub_that_was_not_read_is_in_doubt_and_not_missing(collected: Collected) -> None:
    error = {"error": {"code": "AuthorizationFailed", "message": "no"}}
    tenant = fed([EventHub("other")], "hub")
    tenant.override("arm", "namespaces/log-feeds/eventhubs?", error, status=403)
    stores = stores_in(collected(tenant, ENTRA))
    assert isinstance(stores.standing(Sink.EVENT_HUB, FEEDS, hubs_of("hub", ())), Unread)
    assert sign_ins(stores, Sink.EVENT_HUB, FEEDS, "hub")


@pytest.mark.parametrize(
    ("hubs", "sure"),
    [
        ({"activity": "one", "operational": "one"}, True),
        ({"activity": "one", "operational": "two"}, False),
        ({"activity": None, "operational": "one"}, False),
        ({"operational": "one"}, False),
        ({"activity": "one"}, False),
    ],
)
def test_an_activity_log_may_go_to_either_of_two_hubs_and_is_credited_where_both_end_in_one_place(
    hubs: dict[str, str | None], sure: bool, collected: Collected
) -> None:
    made = [
        EventHub(f"insights-{name}-logs", None if container is None else Capture(STORAGE, container))
        for name, container in hubs.items()
    ]
    setting = DiagnosticSetting(
        "activity", (), ("allLogs",), event_hub_authorization_rule_id=f"{FEEDS}/authorizationRules/r"
    )
    tenant = fed(made)
    tenant.azure.subscriptions = [Subscription(SUBSCRIPTION, "Logging", settings=[setting])]
    judged = collected(tenant, ENTRA)
    stores = stores_in(judged)
    found = stores.holding(Sink.EVENT_HUB, FEEDS, table="AzureActivity", category="Administrative")
    assert credited(found) == ([UNLIMITED] if sure else [])
    assert len(found) > 1
    standing = stores.standing(Sink.EVENT_HUB, FEEDS, hubs_of(None, (), activity=True))
    assert isinstance(standing, Live)
    part = judged.parts("RET-08", declarations=Declarations(approved_subscriptions=ALL_SUBSCRIPTIONS))["azure.activity"]
    assert part.status is (Status.PASS if sure else Status.INDETERMINATE)


def test_one_container_is_no_promise_where_one_of_two_hubs_takes_nothing_in(collected: Collected) -> None:
    hubs = [
        EventHub("insights-activity-logs", Capture(STORAGE, "one"), status="SendDisabled"),
        EventHub("insights-operational-logs", Capture(STORAGE, "one")),
    ]
    stores = stores_in(collected(fed(hubs, "insights-operational-logs"), ENTRA))
    found = stores.holding(Sink.EVENT_HUB, FEEDS, table="AzureActivity", category="Administrative")
    assert not credited(found)
    assert isinstance(stores.standing(Sink.EVENT_HUB, FEEDS, hubs_of(None, (), activity=True)), Unread)


@pytest.mark.parametrize(
    "hubs", [[EventHub("logs", status="SendDisabled")], [EventHub("other")]], ids=["it takes nothing", "it is missing"]
)
def test_a_declared_store_behind_a_hub_that_takes_nothing_in_saves_no_export(
    hubs: list[EventHub], collected: Collected
) -> None:
    to = {"event_hub_authorization_rule_id": f"{FEEDS}/authorizationRules/send", "event_hub_name": "logs"}
    tenant = agency(DiagnosticSetting("all", tuple(ENTRA_TABLES), **to))
    tenant.azure.namespaces = [Namespace(FEEDS, CREATED, hubs)]
    activity = DiagnosticSetting("activity", (), ("allLogs",), **to)
    tenant.azure.subscriptions = [Subscription(SUBSCRIPTION, "Logging", settings=[activity])]
    judged = collected(tenant, ENTRA)
    store = declared_store(*ENTRA_LOGS, "azure.activity")
    declared = Declarations(approved_subscriptions=ALL_SUBSCRIPTIONS, stores=(store,))
    for check in ("EXP-01", "EXP-02", "EXP-05"):
        assert judged.finding(check, declarations=declared).status is Status.FAIL, check


def test_a_lifecycle_rule_that_counts_from_the_last_read_promises_its_days_and_may_wait(collected: Collected) -> None:
    tenant = agency(DiagnosticSetting("cold", ("SignInLogs",), storage_account_id=STORAGE))
    read = {"definition": {"actions": {"baseBlob": {"delete": {"daysAfterLastAccessTimeGreaterThan": 548}}}}}
    rule = LifecycleRule("idle", odd=Odd(values=read))
    tenant.azure.storage_accounts = [StorageAccount(STORAGE, CREATED, [Container(CONTAINER)], lifecycle=[rule])]
    judged = collected(tenant, ENTRA)
    assert credited(sign_ins(stores_in(judged), Sink.STORAGE_ACCOUNT, STORAGE))[0] != UNLIMITED
    assert judged.parts("RET-08")[SIGN_INS].status is Status.INDETERMINATE
    assert judged.parts("RET-08", "m-26-14")[SIGN_INS].status is Status.PASS
