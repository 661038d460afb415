"""The facts of the stores that a simulated tenant's logs are sent to besides workspaces."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from compliance.demo.odd import NOT_ODD, Odd

if TYPE_CHECKING:
    from compliance.demo.azure import DiagnosticSetting


@dataclass(slots=True)
class Immutability:
    """A time-based retention policy; `appends` says what may still be appended to under it.

    It is that of a container, or what an account gives to new blobs by default (version-level immutability).
    """

    days: int
    state: Literal["Unlocked", "Locked", "Disabled"] = "Locked"
    appends: Literal["none", "append blobs", "append and block blobs"] = "append blobs"


@dataclass(slots=True)
class LifecycleRule:
    """A rule of a lifecycle policy: days after which current blobs are deleted or moved, None where they are not.

    `enabled` None leaves the key out, which is on. Without `prefixes` it takes every container, and without
    `filtered` it has no filters at all.
    """

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
    odd: Odd = NOT_ODD


@dataclass(slots=True)
class Container:
    """A blob container; `legal_holds` are the tags of the holds on it."""

    name: str
    immutability: Immutability | None = None
    legal_holds: tuple[str, ...] = ()
    public_access: str | None = "None"
    odd: Odd = NOT_ODD


@dataclass(slots=True)
class StorageAccount:
    """A storage account.

    `public_access` and `shared_key` are None on accounts that were never asked about them, which allows both.
    `versioning` is the account's version-level immutability. `lifecycle` None is an account without a policy.
    The soft deletes are in days, None where off. `settings` are the diagnostic settings of its blob service.
    """

    id: str
    created: datetime
    containers: list[Container] = field(default_factory=list)
    lifecycle: list[LifecycleRule] | None = None
    default_action: Literal["Allow", "Deny"] = "Allow"
    bypass: str = "AzureServices"
    public_access: bool | None = False
    shared_key: bool | None = True
    https_only: bool = True
    minimum_tls: str = "TLS1_2"
    versioning: Immutability | None = None
    blob_soft_delete: int | None = None
    container_soft_delete: int | None = None
    provisioning_state: str = "Succeeded"
    settings: list[DiagnosticSetting] = field(default_factory=list)
    odd: Odd = NOT_ODD

    @property
    def name(self) -> str:
        """The last segment of its resource id."""
        return self.id.rsplit("/", 1)[-1]


@dataclass(slots=True)
class Capture:
    """Where what arrives in an event hub is written to besides."""

    storage_account_id: str
    container: str
    enabled: bool = True


@dataclass(slots=True)
class EventHub:
    """An event hub; it holds what arrives for `retention_days`. `status` is Active, Disabled, SendDisabled, ..."""

    name: str
    capture: Capture | None = None
    retention_days: int = 7
    status: str = "Active"
    odd: Odd = NOT_ODD


@dataclass(slots=True)
class Namespace:
    """An Event Hubs namespace."""

    id: str
    created: datetime
    hubs: list[EventHub] = field(default_factory=list)
    settings: list[DiagnosticSetting] = field(default_factory=list)
    odd: Odd = NOT_ODD

    @property
    def name(self) -> str:
        """The last segment of its resource id."""
        return self.id.rsplit("/", 1)[-1]


@dataclass(slots=True)
class DataConnection:
    """What fills a database from an event hub; without a table the data itself names one."""

    name: str
    event_hub_id: str
    table: str | None


@dataclass(slots=True)
class Database:
    """A database of Azure Data Explorer; the periods are ISO 8601 durations, None leaves them out: without end."""

    name: str
    soft_delete: str | None
    hot_cache: str | None
    connections: list[DataConnection] = field(default_factory=list)
    odd: Odd = NOT_ODD


@dataclass(slots=True)
class Cluster:
    """A cluster of Azure Data Explorer; `state` is Running, Stopped, ..."""

    id: str
    databases: list[Database] = field(default_factory=list)
    state: str = "Running"
    settings: list[DiagnosticSetting] = field(default_factory=list)
    odd: Odd = NOT_ODD

    @property
    def name(self) -> str:
        """The last segment of its resource id."""
        return self.id.rsplit("/", 1)[-1]
