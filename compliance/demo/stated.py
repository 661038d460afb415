"""The shape of a scenario file."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from compliance.demo.mailboxes import MailboxState
from compliance.demo.stated_azure import Azure, Facts
from compliance.demo.tenant import MailboxOf


class Organization(Facts, frozen=True):
    """The tenant itself; `sub_scope` is that of its openid-configuration."""

    name: str
    initial_domain: str
    domain: str
    created: datetime
    region_scope: str = "NA"
    sub_scope: str | None = None


class Sku(Facts, frozen=True):
    """A subscription, by the part number of the catalogue."""

    product: str
    units: int
    status: str = "Enabled"


class Auditing(Facts, frozen=True):
    """What was customised on a mailbox: `owner`, `delegate` and `admin` say what replaced the default actions.

    An action after "-" was taken out of the default ones, one after "+" was added; DefaultAuditSet then no longer
    lists the logon type.
    """

    owner: tuple[str, ...] | None = None
    delegate: tuple[str, ...] | None = None
    admin: tuple[str, ...] | None = None
    enabled: bool | None = None


class Accounts(Facts, frozen=True):
    """`count` accounts called NAME001, NAME002, ..., or one called NAME where no count is given.

    Where `mailbox` is not said, an account has one of its own if a licence carries Exchange.
    """

    name: str
    title: str
    count: int | None = None
    licences: tuple[str, ...] = ()
    enabled: bool = True
    guest: bool = False
    mailbox: MailboxOf | None = None
    auditing: Auditing = Auditing()


class Mailboxes(Facts, frozen=True):
    """Mailboxes without an account of the directory, or whose account is gone; `kind` is RecipientTypeDetails."""

    name: str
    kind: str
    count: int | None = None
    state: MailboxState = "active"
    auditing: Auditing = Auditing()


class Holders(Facts, frozen=True):
    """Who holds a directory role, or may take it on: accounts and groups by name."""

    role: str
    accounts: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    eligible: bool = False


class Policy(Facts, frozen=True):
    """A custom audit log retention policy."""

    name: str
    priority: int
    duration: str
    changed: datetime
    record_types: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()
    users: tuple[str, ...] = ()
    mode: str = "Enforce"
    description: str = ""


class Identity(Facts, frozen=True):
    """The application that signs in; `azure_roles` are pairs of role and scope.

    A scope is an id, the name of a subscription, `subscription` for the first, or `subscriptions` for all of them.
    """

    graph_roles: tuple[str, ...]
    exchange_manage_as_app: bool
    compliance_manage_as_app: bool
    directory_roles: tuple[str, ...] = ()
    exchange_roles: tuple[str, ...] = ()
    purview_roles: tuple[str, ...] = ()
    azure_roles: tuple[tuple[str, str], ...] = ()


class Throttle(Facts, frozen=True):
    """An API that refuses the first requests."""

    api: str
    times: int = 1
    status: Literal[429, 503] = 429
    retry_after_seconds: int | None = None
    as_date: bool = False


class Scenario(Facts, frozen=True):
    """A scenario file; `ids` seeds the identifiers, and `secure_score` replaces the percentages of controls."""

    description: str
    ids: str
    now: datetime
    organization: Organization
    skus: tuple[Sku, ...]
    accounts: tuple[Accounts, ...]
    identity: Identity
    ingestion: bool
    first_opt_in: datetime | None
    audit_disabled: bool
    bypassed: tuple[str, ...] = ()
    policies: tuple[Policy, ...] = ()
    mailboxes: tuple[Mailboxes, ...] = ()
    discovery: Auditing = Auditing()
    customised: dict[str, Auditing] = msgspec.field(default_factory=dict)
    directory_roles: tuple[Holders, ...] = ()
    exchange_role_groups: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    purview_role_groups: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    azure: Azure | None = None
    secure_score: dict[str, float | None] = msgspec.field(default_factory=dict)
    faults: tuple[Throttle, ...] = ()
