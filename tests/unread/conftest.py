"""Tenants in which every check passes that any settings pass, read once over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from matrix import Laboratory
from worlds import AS_OF, World, collected

from compliance.demo.azure import ENTRA_TABLES, DiagnosticSetting
from compliance.demo.azure_access import ActivityEvent
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
)
from compliance.demo.scenarios import load_scenario
from compliance.demo.tenant import RetentionPolicy, Tenant, stable_guid


def crowded() -> Tenant:
    """The compliant tenant with policies in each other's way, none of which changes what is kept.

    Short ones are off, outranked, or about records that are not judged; long ones name users and operations.
    """
    tenant = load_scenario("compliant")
    changed = tenant.policies[0].when_changed
    one, two, three, four = (user.user_principal_name for user in tenant.users[:4])
    teams, *others = tenant.policies
    together = replace(others[0], record_types=tuple(name for other in others for name in other.record_types))
    tenant.policies = [teams, together]
    for name, priority, duration, record_types, operations, users, enabled in (
        ("Off", 1, "SevenDays", ("ExchangeItemAggregated",), (), (), False),
        ("Forms", 2, "SevenDays", ("MicrosoftForms",), (), (), True),
        ("Mail of one", 5, "TwelveMonths", ("ExchangeItemAggregated",), (), (one,), True),
        ("Teams of one by id", 6, "TwelveMonths", ("MicrosoftTeams",), (), (tenant.users[1].id,), True),
        ("Mail access", 7, "TwelveMonths", ("ExchangeItem",), ("MailItemsAccessed",), (), True),
        ("Teams of two", 8, "TwelveMonths", ("MicrosoftTeams",), (), (three, four), True),
        ("Teams of one, short", 9, "SevenDays", ("MicrosoftTeams",), (), (four,), True),
        ("Teams, short", 60, "OneMonth", ("MicrosoftTeams",), (), (), True),
        ("Entra of one, long", 61, "TenYears", ("AzureActiveDirectory",), (), (two,), True),
    ):
        guid = stable_guid(tenant.id, "retention policy", name)
        tenant.policies.append(
            RetentionPolicy(name, guid, priority, duration, changed, record_types, operations, users, enabled)
        )
    return tenant


def without_what_is_always_open(tenant: Tenant) -> Tenant:
    """The tenant without a discovery mailbox and with an administrator for the collector's role group.

    No record was read that shows a discovery mailbox to be audited, and an application that may change audit policies
    waits for somebody's word.
    """
    tenant.mailboxes = [one for one in tenant.mailboxes if one.recipient_type_details != "DiscoveryMailbox"]
    for group in tenant.purview_role_groups:
        group.members = ()
    return tenant


def relayed() -> Tenant:
    """The tenant that keeps everything, with an event hub in the way of Entra's logs.

    The workspace keeps them for a year. Three years it is in the container that Capture writes to, and in a database
    of Azure Data Explorer; a lifecycle rule deletes after that, and a table was written two months ago.
    """
    tenant = load_scenario("everything-kept")
    azure = tenant.azure
    (workspace,), (vault,) = azure.workspaces, azure.storage_accounts
    providers = workspace.id.partition("/Microsoft.OperationalInsights/")[0]
    namespace, cluster = (
        f"{providers}/Microsoft.EventHub/namespaces/log-feeds",
        f"{providers}/Microsoft.Kusto/clusters/logs",
    )
    (export,) = workspace.exports
    export.tables = tuple(table for table in export.tables if table not in ENTRA_TABLES.values())
    for table in workspace.tables:
        if table.name in ENTRA_TABLES.values():
            table.total_retention_in_days = 365
    azure.settings.append(
        DiagnosticSetting(
            "everything-to-log-feeds",
            categories=tuple(ENTRA_TABLES),
            event_hub_authorization_rule_id=f"{namespace}/authorizationRules/RootManageSharedAccessKey",
            event_hub_name="entra",
        )
    )
    azure.namespaces = [Namespace(namespace, vault.created, [EventHub("entra", Capture(vault.id, "captures"))])]
    connection = DataConnection("entra", f"{namespace}/eventhubs/entra", "Entra")
    azure.clusters = [Cluster(cluster, [Database("entra", "P1096D", "P366D", [connection])])]
    vault.containers.append(Container("captures", Immutability(1096, appends="append and block blobs")))
    vault.lifecycle = [LifecycleRule("after that", delete_after_creation=1200)]
    written = AS_OF - timedelta(days=60)
    azure.events = [
        ActivityEvent(
            written, "Microsoft.OperationalInsights/workspaces/tables/write", f"{workspace.id}/tables/AuditLogs", None
        )
    ]
    return tenant


TENANTS: dict[str, Callable[[], Tenant]] = {
    "compliant": lambda: without_what_is_always_open(load_scenario("compliant")),
    "crowded": lambda: without_what_is_always_open(crowded()),
    "kept": lambda: without_what_is_always_open(load_scenario("everything-kept")),
    "relayed": lambda: without_what_is_always_open(relayed()),
}


@pytest.fixture(scope="session")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> dict[str, World]:
    """What was read of each tenant, by name."""
    folder = tmp_path_factory.mktemp("collected")
    return {name: replace(collected(make(), folder / name), name=name) for name, make in TENANTS.items()}


@pytest.fixture(scope="session")
def laboratory(tmp_path_factory: pytest.TempPathFactory) -> Laboratory:
    """Where worlds are evaluated."""
    return Laboratory(tmp_path_factory.mktemp("laboratory"))
