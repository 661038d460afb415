"""The facts of a simulated tenant, as plain state that a test may change at any time, also while it is served."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Literal, TypeAlias

from compliance.demo.azure import Azure
from compliance.demo.catalogue import PRODUCTS, Product
from compliance.demo.crowd import Crowd, Listed
from compliance.demo.faults import CannedAnswer, Fault
from compliance.demo.mailboxes import UNAUDITED, Mailbox, MailboxState
from compliance.demo.odd import NOT_ODD, Odd, stable_guid
from compliance.demo.people import BypassRow, Licence, User
from compliance.demo.roles import DirectoryRole, RoleGroup

COLLECTOR = "lookback collector"
"""The display name of the application that signs in."""

MailboxOf: TypeAlias = Literal["user", "shared", "room", "equipment", "scheduling", "none"]
"""What kind of mailbox an account has, in one word."""

KINDS: MappingProxyType[MailboxOf, str | None] = MappingProxyType(
    {
        "user": "UserMailbox",
        "shared": "SharedMailbox",
        "room": "RoomMailbox",
        "equipment": "EquipmentMailbox",
        "scheduling": "SchedulingMailbox",
        "none": None,
    }
)
"""That word as RecipientTypeDetails."""


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
class SecureScore:
    """The latest Secure Score: worked out `age` ago, from the settings as they are now.

    `percentages` replace what a control of this name would show; None leaves the control out.
    """

    age: timedelta = timedelta(hours=9)
    percentages: dict[str, float | None] = field(default_factory=dict)


@dataclass(slots=True)
class Identity:
    """The application that signs in, and what it was granted.

    `graph_roles` are application permissions of Microsoft Graph. `exchange_manage_as_app` and
    `compliance_manage_as_app` are the app role Exchange.ManageAsApp of Office 365 Exchange Online and of Microsoft
    Exchange Online Protection. `directory_roles` are Entra roles; `exchange_roles` are Exchange management roles and
    `purview_roles` Purview roles. `azure_roles` are pairs of an Azure role and the scope at which it is assigned.
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
    azure_roles: tuple[tuple[str, str], ...] = ()
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
    clouds do. `crowd_size` is the number of mailboxes beyond those stated, each worked out when its page is asked for.
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
    mailboxes: list[Mailbox] = field(default_factory=list)
    exchange_role_groups: list[RoleGroup] = field(default_factory=list)
    purview_role_groups: list[RoleGroup] = field(default_factory=list)
    directory_roles: list[DirectoryRole] = field(default_factory=list)
    secure_score: SecureScore | None = field(default_factory=SecureScore)
    crowd_size: int = 0
    azure: Azure = field(default_factory=Azure)
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

    @property
    def crowd(self) -> Crowd:
        """The accounts and mailboxes that are stated by their number alone."""
        return Crowd(self.id, self.domain, self.initial_domain, self.crowd_size)

    @property
    def all_users(self) -> Sequence[User]:
        """Every account, those of the crowd included."""
        return Listed(self.users, self.crowd.accounts, self.crowd.user)

    @property
    def all_bypass(self) -> Sequence[BypassRow]:
        """Every row of the bypass list, those of the crowd included."""
        return Listed(self.bypass, self.crowd.mailboxes, self.crowd.bypass)

    def add_user(
        self,
        name: str,
        *,
        user_type: str = "Member",
        account_enabled: bool = True,
        licences: tuple[str, ...] = (),
        display_name: str | None = None,
        mailbox: MailboxOf | None = None,
    ) -> User:
        """Add an account, its row in the bypass list and its mailbox; `licences` are part numbers of the catalogue.

        Where `mailbox` is not said, an account has one of its own if a licence carries Exchange.
        """
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
        carried = any(PRODUCTS[part].carries_mailbox for part in licences)
        kind = KINDS[mailbox or ("user" if carried else "none")]
        if kind is not None:
            self.add_mailbox(name, kind, account=user)
        return user

    def add_mailbox(
        self,
        name: str,
        recipient_type_details: str,
        *,
        account: User | None = None,
        state: MailboxState = "active",
    ) -> Mailbox:
        """Add a mailbox with what Microsoft sets on its kind; without an account the directory knows nothing of it."""
        mailbox = Mailbox(
            name=name,
            display_name=account.display_name if account else name,
            guid=stable_guid(self.id, "exchange", name),
            user_principal_name=account.user_principal_name if account else f"{name}@{self.domain}",
            external_directory_object_id=account.id if account else "",
            recipient_type_details=recipient_type_details,
            audit_enabled=recipient_type_details not in UNAUDITED,
            state=state,
        )
        self.mailboxes.append(mailbox)
        # Exchange's list of bypasses holds every account that it knows, one that the directory does not know as well.
        listed = state == "active" and recipient_type_details not in ("GroupMailbox", "PublicFolderMailbox")
        if listed and all(row.guid != mailbox.guid for row in self.bypass):
            self.bypass.append(BypassRow(name=name, guid=mailbox.guid))
        return mailbox

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
