"""The facts of a simulated tenant, as plain state that a test may change at any time, also while it is served."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Literal

from compliance.demo.catalogue import PRODUCTS, Product
from compliance.demo.faults import CannedAnswer, Fault

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "lookback.example")


def stable_guid(*names: str) -> str:
    """A GUID derived from names: the same names give the same GUID on every run and every machine."""
    return str(uuid.uuid5(_NAMESPACE, "/".join(names)))


@dataclass(frozen=True, slots=True)
class Odd:
    """What is odd about an object's JSON: `values` replace or add keys, `absent` keys are left out."""

    values: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    absent: frozenset[str] = frozenset()


NOT_ODD = Odd()
"""An object that is answered as it is."""


@dataclass(slots=True)
class Sku:
    """A subscription of the tenant. `consumedUnits` is not a fact of its own: it is counted from the users.

    `capability_status` is one of Enabled, Warning, Suspended, Deleted, LockedOut.
    """

    product: Product
    enabled_units: int
    capability_status: str = "Enabled"
    odd: Odd = NOT_ODD


@dataclass(slots=True)
class Licence:
    """A licence assigned to a user; `group` is the group it comes from, None where it is assigned directly.

    `state` and `error` are those of licenseAssignmentStates: Active, ActiveWithError, Disabled or Error, and
    None, CountViolation, MutuallyExclusiveViolation, ...
    """

    part_number: str
    disabled_plans: tuple[str, ...] = ()
    group: str | None = None
    state: str = "Active"
    error: str = "None"


@dataclass(slots=True)
class User:
    """A user account of the directory; `user_type` is Member or Guest."""

    id: str
    display_name: str
    user_principal_name: str
    mail: str | None
    user_type: str = "Member"
    account_enabled: bool = True
    licences: list[Licence] = field(default_factory=list)
    odd: Odd = NOT_ODD


@dataclass(slots=True)
class BypassRow:
    """One row of Get-MailboxAuditBypassAssociation: any account, system objects included."""

    name: str
    guid: str
    audit_bypass_enabled: bool | None = False
    object_class: tuple[str, ...] = ("top", "person", "organizationalPerson", "user")
    odd: Odd = NOT_ODD


@dataclass(slots=True)
class RetentionPolicy:
    """One custom audit log retention policy, as Get-UnifiedAuditLogRetentionPolicy shows it."""

    name: str
    guid: str
    priority: int
    retention_duration: str
    when_changed: datetime
    record_types: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()
    user_ids: tuple[str, ...] = ()
    enabled: bool | None = True
    mode: str | None = "Enforce"
    description: str = ""
    odd: Odd = NOT_ODD


@dataclass(slots=True)
class AuditLogConfig:
    """What Get-AdminAuditLogConfig says in Exchange Online; Security & Compliance always says ingestion is off."""

    unified_audit_log_ingestion_enabled: bool | None
    unified_audit_log_first_opt_in_date: datetime | None
    odd: Odd = NOT_ODD


@dataclass(slots=True)
class OrganizationConfig:
    """What Get-OrganizationConfig says of mailbox auditing, on by default where `audit_disabled` is False."""

    audit_disabled: bool | None
    odd: Odd = NOT_ODD


@dataclass(slots=True)
class Identity:
    """The application that signs in, and what it was granted.

    `graph_roles` are application permissions of Microsoft Graph. `exchange_manage_as_app` and
    `compliance_manage_as_app` are the app role Exchange.ManageAsApp of Office 365 Exchange Online and of Microsoft
    Exchange Online Protection. `directory_roles` are Entra roles; `exchange_roles` are Exchange management roles and
    `purview_roles` Purview roles.
    """

    client_id: str
    object_id: str
    client_secret: str
    graph_roles: tuple[str, ...]
    exchange_manage_as_app: bool
    compliance_manage_as_app: bool
    directory_roles: tuple[str, ...]
    exchange_roles: tuple[str, ...]
    purview_roles: tuple[str, ...]
    token_lifetime_seconds: int = 3599


@dataclass(slots=True)
class Tenant:
    """A tenant: what its APIs are asked for, and how they behave.

    `now` is the clock of every API: it stands still, so that two runs give the same answers. `purview_region` is the
    first label of the regional host that the Security & Compliance front door names.
    `graph_page_size` and `exchange_page_size` cap a page whatever the client asks for.
    `paging_anchor` says which X-AnchorMailbox the Exchange admin API's continuations work with: "any" that page 1
    carried, the "upn" form at the initial domain alone, or "none".
    `retention_cmdlet_on_exchange` offers Get-UnifiedAuditLogRetentionPolicy on the Exchange endpoint as well, as some
    clouds do.
    """

    id: str
    display_name: str
    initial_domain: str
    domain: str
    created: datetime
    now: datetime
    identity: Identity
    audit_log_config: AuditLogConfig
    organization_config: OrganizationConfig
    skus: list[Sku] = field(default_factory=list)
    users: list[User] = field(default_factory=list)
    bypass: list[BypassRow] = field(default_factory=list)
    policies: list[RetentionPolicy] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    organization_odd: Odd = NOT_ODD
    tenant_region_scope: str = "NA"
    tenant_region_sub_scope: str | None = None
    purview_region: str = "nam11b"
    graph_page_size: int = 999
    exchange_page_size: int = 1000
    paging_anchor: Literal["any", "upn", "none"] = "any"
    retention_cmdlet_on_exchange: bool = False

    @property
    def names(self) -> frozenset[str]:
        """What a request may call the tenant by: its id, or one of its domains."""
        return frozenset({self.id, self.initial_domain, self.domain})

    def add_user(
        self,
        name: str,
        *,
        user_type: str = "Member",
        account_enabled: bool = True,
        licences: tuple[str, ...] = (),
        display_name: str | None = None,
    ) -> User:
        """Add an account and its row in the bypass list; `licences` are part numbers of the catalogue."""
        local = f"{name}_partner.example#EXT#" if user_type == "Guest" else name
        host = self.initial_domain if user_type == "Guest" else self.domain
        user = User(
            id=stable_guid(self.id, "user", name),
            display_name=display_name or name,
            user_principal_name=f"{local}@{host}",
            mail=f"{name}@partner.example" if user_type == "Guest" else f"{name}@{self.domain}",
            user_type=user_type,
            account_enabled=account_enabled,
            licences=[Licence(part) for part in licences],
        )
        self.users.append(user)
        # The bypass list carries Exchange's own GUID of an account, never the directory's.
        self.bypass.append(BypassRow(name=name, guid=stable_guid(self.id, "exchange", name)))
        return user

    def add_sku(self, part_number: str, enabled_units: int, capability_status: str = "Enabled") -> Sku:
        """Subscribe to a product of the catalogue; raises KeyError where it holds no such part number."""
        sku = Sku(PRODUCTS[part_number], enabled_units, capability_status)
        self.skus.append(sku)
        return sku

    def override(
        self,
        api: str,
        match: str,
        body: object,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """From now on answer a cmdlet or path with exactly this: bytes as they are, anything else as JSON."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        answer = CannedAnswer(status=status, body=raw, headers=dict(headers or {}))
        self.faults.insert(0, Fault(api, match, answer, times=None))
