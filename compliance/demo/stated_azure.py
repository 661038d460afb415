"""The shape of the part of a scenario file that is about Azure.

Resources are called by their names. A destination that nobody states is one that was deleted, or that is not shown.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec


class Facts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What every part of a scenario file has in common: no key may be misspelt."""


class Setting(Facts, frozen=True):
    """A diagnostic setting and its destinations by name.

    `event_hub` NAME is the hub NAME in the namespace NAME, "NAMESPACE/HUB" another, and "NAMESPACE/" none in
    particular: each category then has a hub of its own.
    """

    name: str
    all_categories: bool = False
    categories: tuple[str, ...] = ()
    category_groups: tuple[str, ...] = ()
    workspace: str | None = None
    storage_account: str | None = None
    event_hub: str | None = None
    partner: str | None = None


class Days(Facts, frozen=True):
    """For how many days a table keeps records interactively, and in all."""

    hot: int
    total: int
    plan: str = "Analytics"


class Export(Facts, frozen=True):
    """A data export rule: the tables that it sends on, to a storage account or to an event hub (as in a setting)."""

    name: str
    tables: tuple[str, ...]
    created: datetime
    storage_account: str | None = None
    event_hub: str | None = None
    enabled: bool = True


class Workspace(Facts, frozen=True):
    """A Log Analytics workspace; `entra` holds for each table of Entra's logs that `tables` does not name.

    `office` are the kinds of data that the connector for Microsoft 365 brings in: exchange, sharePoint, teams. With it
    there is Microsoft Sentinel. `reading` are settings that say who reads the workspace.
    """

    name: str
    retention_in_days: int
    created: datetime
    entra: Days | None = None
    tables: dict[str, Days] = {}
    subscription: str | None = None
    sentinel: bool = False
    office: tuple[str, ...] | None = None
    exports: tuple[Export, ...] = ()
    reading: tuple[Setting, ...] = ()
    ingestion: str = "RespectQuota"
    daily_quota_gb: float = -1.0


class Immutable(Facts, frozen=True):
    """A time-based retention policy of a container, or what an account gives to new blobs by default."""

    days: int
    state: Literal["Unlocked", "Locked", "Disabled"] = "Locked"
    appends: Literal["none", "append blobs", "append and block blobs"] = "append blobs"


class Rule(Facts, frozen=True):
    """A lifecycle rule; the days after which it deletes current blobs or moves them to another tier."""

    name: str
    delete_after_modification: int | None = None
    delete_after_creation: int | None = None
    cool_after_modification: int | None = None
    archive_after_modification: int | None = None
    blob_types: tuple[str, ...] = ("appendBlob", "blockBlob")
    prefixes: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    enabled: bool | None = True
    filtered: bool = True


class Container(Facts, frozen=True):
    """What is particular about a container."""

    immutable: Immutable | None = None
    legal_holds: tuple[str, ...] = ()
    public_access: str | None = "None"


class Account(Facts, frozen=True):
    """A storage account.

    It has a container for everything that is sent to it; `containers` says what is particular about one, `immutable`
    holds for the others. Without `lifecycle` it has no lifecycle policy. Soft deletes are in days.
    """

    name: str
    created: datetime
    subscription: str | None = None
    containers: dict[str, Container] = {}
    immutable: Immutable | None = None
    versioning: Immutable | None = None
    lifecycle: tuple[Rule, ...] | None = None
    default_action: Literal["Allow", "Deny"] = "Allow"
    bypass: str = "AzureServices"
    public_access: bool | None = False
    shared_key: bool | None = True
    https_only: bool = True
    minimum_tls: str = "TLS1_2"
    blob_soft_delete: int | None = None
    container_soft_delete: int | None = None
    reading: tuple[Setting, ...] = ()


class Hub(Facts, frozen=True):
    """An event hub; `captured_in` is "ACCOUNT/CONTAINER"."""

    name: str
    captured_in: str | None = None
    capture_enabled: bool = True


class Namespace(Facts, frozen=True):
    """An Event Hubs namespace."""

    name: str
    created: datetime
    hubs: tuple[Hub, ...] = ()
    subscription: str | None = None


class Connection(Facts, frozen=True):
    """What fills a table of a database from an event hub (as in a setting); without a table the data names one."""

    event_hub: str
    table: str | None = None


class Database(Facts, frozen=True):
    """A database of Azure Data Explorer; periods are ISO 8601 durations, none is without end."""

    name: str
    soft_delete: str | None = None
    hot_cache: str | None = None
    connections: tuple[Connection, ...] = ()


class Cluster(Facts, frozen=True):
    """A cluster of Azure Data Explorer."""

    name: str
    databases: tuple[Database, ...] = ()
    subscription: str | None = None


class Locked(Facts, frozen=True):
    """A lock on a resource by name, on a subscription by name, or on "resource group"."""

    on: str
    level: str = "CanNotDelete"


class Holders(Facts, frozen=True):
    """Who holds an Azure role, or may take it on.

    `on` is as in a lock, or "management group", or "/". `accounts` are those of the scenario; groups and applications
    are called as they are here.
    """

    role: str
    since: datetime
    on: str = "subscription"
    accounts: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    apps: tuple[str, ...] = ()
    eligible: bool = False
    activated: bool = False
    ends: datetime | None = None
    condition: str | None = None


class Role(Facts, frozen=True):
    """A role that the tenant defined itself."""

    name: str
    actions: tuple[str, ...] = ()
    not_actions: tuple[str, ...] = ()
    data_actions: tuple[str, ...] = ()


class Event(Facts, frozen=True):
    """Something that was done to a resource by name; events of one operation share a `correlation`."""

    operation: str
    on: str
    at: datetime
    caller: str | None = None
    status: str = "Succeeded"
    correlation: str = ""


class Subscription(Facts, frozen=True):
    """A further subscription.

    `reader` is the role that the identity holds there in place of those for "subscriptions", "" for none at all: then
    it is not seen.
    """

    name: str
    state: str = "Enabled"
    activity: tuple[Setting, ...] = ()
    reader: str | None = None


class Azure(Facts, frozen=True):
    """The tenant's Azure. `settings` are those of Microsoft Entra ID, `activity` those of the first subscription.

    What does not name its subscription lies in the first.
    """

    subscription: str
    settings: tuple[Setting, ...] = ()
    activity: tuple[Setting, ...] = ()
    subscriptions: tuple[Subscription, ...] = ()
    workspaces: tuple[Workspace, ...] = ()
    storage_accounts: tuple[Account, ...] = ()
    namespaces: tuple[Namespace, ...] = ()
    clusters: tuple[Cluster, ...] = ()
    locks: tuple[Locked, ...] = ()
    holders: tuple[Holders, ...] = ()
    roles: tuple[Role, ...] = ()
    events: tuple[Event, ...] = ()
