"""From a scenario file to a tenant's Azure: names become resource ids, and what is sent its containers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

import msgspec

from compliance.demo import stated_azure as stated
from compliance.demo.azure import (
    ACTIVITY_CATEGORIES,
    ENTRA_TABLES,
    Connector,
    DataExport,
    DiagnosticSetting,
    Subscription,
    Table,
    Workspace,
)
from compliance.demo.azure_access import MANAGEMENT_GROUPS, ActivityEvent, Lock, RoleDefinition, RoleHolder
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
from compliance.demo.odd import stable_guid
from compliance.demo.tenant import Tenant

_EVERY_WORKSPACE = {"AzureActivity": (90, 90), "Usage": (90, 90)}
_OFFICE = ("exchange", "sharePoint", "teams")
_KINDS = {
    "workspaces": "Microsoft.OperationalInsights/workspaces",
    "storage_accounts": "Microsoft.Storage/storageAccounts",
    "namespaces": "Microsoft.EventHub/namespaces",
    "clusters": "Microsoft.Kusto/clusters",
}
_WORKSPACE_CATEGORIES = ("Audit",)
_BLOB_CATEGORIES = ("StorageRead", "StorageWrite", "StorageDelete")


class _Names:
    """The ids that names stand for."""

    def __init__(self, tenant: Tenant, facts: stated.Azure) -> None:
        """Take down what the scenario states."""
        self.first = self._subscription(tenant, facts.subscription)
        self.subscriptions = {facts.subscription: self.first}
        self.subscriptions |= {one.name: self._subscription(tenant, one.name) for one in facts.subscriptions}
        self._resources = {
            (kind, one.name): self._id(kind, one.name, one.subscription)
            for kind in _KINDS
            for one in getattr(facts, kind)
        }

    def _subscription(self, tenant: Tenant, name: str) -> str:
        return f"/subscriptions/{stable_guid(tenant.id, 'subscription', name)}"

    def _id(self, kind: str, name: str, subscription: str | None) -> str:
        at = self.first if subscription is None else self.subscriptions[subscription]
        return f"{at}/resourceGroups/rg-logging/providers/{_KINDS[kind]}/{name}"

    def resource(self, kind: str, name: str) -> str:
        """The id of a resource; one that is not stated would lie in the first subscription."""
        return self._resources.get((kind, name)) or self._id(kind, name, None)

    def scope(self, tenant: Tenant, name: str) -> str:
        """What a lock, a role or an event is on. Raises KeyError where the scenario states no such thing."""
        match name:
            case "/":
                return name
            case "management group":
                return f"{MANAGEMENT_GROUPS}{tenant.id}"
            case "subscription":
                return self.first
            case "resource group":
                return f"{self.first}/resourceGroups/rg-logging"
        if name in self.subscriptions:
            return self.subscriptions[name]
        return {called: at for (_, called), at in self._resources.items()}[name]

    def hub(self, stated_as: str) -> tuple[str, str | None]:
        """The id of a namespace, and the name of the hub in it if there is one."""
        namespace, slash, hub = stated_as.partition("/")
        return self.resource("namespaces", namespace), (hub or None) if slash else namespace


def add_azure(tenant: Tenant, facts: stated.Azure) -> None:
    """Add the subscriptions, the stores of logs in them, what is sent to them, and who may do what to them."""
    names, azure = _Names(tenant, facts), tenant.azure
    azure.settings += [_setting(names, one, tuple(ENTRA_TABLES)) for one in facts.settings]
    every = (stated.Subscription(facts.subscription, activity=facts.activity), *facts.subscriptions)
    for one in every:
        settings = [_setting(names, each, ACTIVITY_CATEGORIES) for each in one.activity]
        at = names.subscriptions[one.name].rpartition("/")[2]
        azure.subscriptions.append(Subscription(at, one.name, one.state, settings))
    tenant.identity.azure_roles = tuple(_roles(tenant, names, every))
    azure.workspaces += [_workspace(names, one) for one in facts.workspaces]
    azure.namespaces += [_namespace(names, one) for one in facts.namespaces]
    azure.clusters += [_cluster(names, one) for one in facts.clusters]
    azure.storage_accounts += [_account(tenant, names, one) for one in facts.storage_accounts]
    for role in facts.roles:
        guid = stable_guid(tenant.id, "role", role.name)
        azure.custom_roles.append(
            RoleDefinition(guid, role.name, role.actions, role.not_actions, role.data_actions, custom=True)
        )
    for holders in facts.holders:
        azure.role_holders += _holders(tenant, names, holders)
    azure.locks += [
        Lock(names.scope(tenant, one.on), f"keep-{one.on.replace(' ', '-')}", one.level) for one in facts.locks
    ]
    azure.events += [
        ActivityEvent(one.at, one.operation, names.scope(tenant, one.on), one.caller, one.status, one.correlation)
        for one in facts.events
    ]


def _roles(tenant: Tenant, names: _Names, subscriptions: tuple[stated.Subscription, ...]) -> Iterator[tuple[str, str]]:
    for role, scope in tenant.identity.azure_roles:
        match scope:
            case "subscription":
                yield role, names.first
            case "subscriptions":
                yield from ((role, names.subscriptions[one.name]) for one in subscriptions if one.reader is None)
            case _:
                yield role, names.subscriptions.get(scope, scope)
    yield from ((one.reader, names.subscriptions[one.name]) for one in subscriptions if one.reader)


def _setting(names: _Names, one: stated.Setting, every: tuple[str, ...]) -> DiagnosticSetting:
    namespace, hub = (None, None) if one.event_hub is None else names.hub(one.event_hub)
    return DiagnosticSetting(
        one.name,
        categories=every if one.all_categories else one.categories,
        category_groups=one.category_groups,
        workspace_id=one.workspace and names.resource("workspaces", one.workspace),
        storage_account_id=one.storage_account and names.resource("storage_accounts", one.storage_account),
        event_hub_authorization_rule_id=namespace and f"{namespace}/authorizationRules/RootManageSharedAccessKey",
        event_hub_name=hub,
        marketplace_partner_id=one.partner,
    )


def _workspace(names: _Names, one: stated.Workspace) -> Workspace:
    connectors = []
    if one.office is not None:
        states = {kind: kind in one.office for kind in _OFFICE}
        connectors.append(Connector(stable_guid("connector", one.name), "Office365", states))
    return Workspace(
        names.resource("workspaces", one.name),
        created=one.created,
        modified=one.created,
        retention_in_days=one.retention_in_days,
        tables=_tables(one),
        exports=[_export(names, export) for export in one.exports],
        sentinel=one.sentinel or one.office is not None,
        connectors=connectors,
        settings=[_setting(names, setting, _WORKSPACE_CATEGORIES) for setting in one.reading],
        ingestion=one.ingestion,
        daily_quota_gb=one.daily_quota_gb,
    )


def _tables(workspace: stated.Workspace) -> list[Table]:
    default = workspace.retention_in_days
    days = {name: stated.Days(hot, total) for name, (hot, total) in _EVERY_WORKSPACE.items()}
    usual = ("Heartbeat", "Operation", *(("OfficeActivity",) if workspace.office is not None else ()))
    days |= {name: stated.Days(default, default) for name in usual}
    if workspace.entra is not None:
        days |= dict.fromkeys(ENTRA_TABLES.values(), workspace.entra)
    days |= workspace.tables
    return [Table(name, one.hot, one.total, one.plan) for name, one in sorted(days.items())]


def _export(names: _Names, one: stated.Export) -> DataExport:
    if one.storage_account is not None:
        at, hub = names.resource("storage_accounts", one.storage_account), None
    else:
        at, hub = names.hub(one.event_hub or "")
    return DataExport(one.name, one.tables, at, one.created, hub, one.enabled)


def _namespace(names: _Names, one: stated.Namespace) -> Namespace:
    hubs = [EventHub(hub.name, _capture(names, hub)) for hub in one.hubs]
    return Namespace(names.resource("namespaces", one.name), one.created, hubs)


def _capture(names: _Names, hub: stated.Hub) -> Capture | None:
    if hub.captured_in is None:
        return None
    account, _, container = hub.captured_in.partition("/")
    return Capture(names.resource("storage_accounts", account), container, hub.capture_enabled)


def _cluster(names: _Names, one: stated.Cluster) -> Cluster:
    return Cluster(names.resource("clusters", one.name), [_database(names, each) for each in one.databases])


def _database(names: _Names, one: stated.Database) -> Database:
    connections = []
    for number, each in enumerate(one.connections, 1):
        namespace, hub = names.hub(each.event_hub)
        connections.append(DataConnection(f"connection{number}", f"{namespace}/eventhubs/{hub}", each.table))
    return Database(one.name, one.soft_delete, one.hot_cache, connections)


def _account(tenant: Tenant, names: _Names, one: stated.Account) -> StorageAccount:
    at = names.resource("storage_accounts", one.name)
    usual = stated.Container(immutable=one.immutable)
    written = dict.fromkeys(_written(tenant, at), usual) | one.containers
    return StorageAccount(
        at,
        created=one.created,
        containers=[
            Container(name, _immutability(facts.immutable), facts.legal_holds, facts.public_access)
            for name, facts in sorted(written.items())
        ],
        lifecycle=None
        if one.lifecycle is None
        else [LifecycleRule(**msgspec.structs.asdict(rule)) for rule in one.lifecycle],
        default_action=one.default_action,
        bypass=one.bypass,
        public_access=one.public_access,
        shared_key=one.shared_key,
        https_only=one.https_only,
        minimum_tls=one.minimum_tls,
        versioning=_immutability(one.versioning),
        blob_soft_delete=one.blob_soft_delete,
        container_soft_delete=one.container_soft_delete,
        settings=[_setting(names, setting, _BLOB_CATEGORIES) for setting in one.reading],
    )


def _immutability(one: stated.Immutable | None) -> Immutability | None:
    return None if one is None else Immutability(one.days, one.state, one.appends)


def _written(tenant: Tenant, account_id: str) -> Iterator[str]:
    """The containers that Azure makes in an account as logs arrive in it, by category and by table."""
    azure = tenant.azure
    yield from (f"insights-logs-{name.lower()}" for name in _sent(azure.settings, account_id))
    if any(setting.storage_account_id == account_id for one in azure.subscriptions for setting in one.settings):
        yield "insights-activity-logs"
    for workspace in azure.workspaces:
        yield from (f"insights-logs-{name.lower()}" for name in _sent(workspace.settings, account_id))
        for rule in workspace.exports:
            if rule.destination_id == account_id:
                yield from (f"am-{table.lower()}" for table in rule.tables)
    captures = (hub.capture for namespace in azure.namespaces for hub in namespace.hubs)
    yield from (one.container for one in captures if one is not None and one.storage_account_id == account_id)


def _sent(settings: Iterable[DiagnosticSetting], account_id: str) -> Iterator[str]:
    for setting in settings:
        if setting.storage_account_id == account_id:
            yield from setting.categories
            if "allLogs" in setting.category_groups:
                yield from ENTRA_TABLES


def _holders(tenant: Tenant, names: _Names, holders: stated.Holders) -> Iterator[RoleHolder]:
    users = {user.user_principal_name.partition("@")[0]: user for user in tenant.users}
    principals: list[tuple[Literal["User", "Group", "ServicePrincipal"], str, str]] = [
        *(("User", users[name].id, users[name].display_name) for name in holders.accounts),
        *(("Group", stable_guid(tenant.id, "group", name), name) for name in holders.groups),
        *(("ServicePrincipal", stable_guid(tenant.id, "app", name), name) for name in holders.apps),
    ]
    for kind, principal_id, display_name in principals:
        yield RoleHolder(
            holders.role,
            names.scope(tenant, holders.on),
            principal_id,
            kind,
            display_name,
            holders.since,
            holders.ends,
            holders.eligible,
            holders.activated,
            holders.condition,
        )
