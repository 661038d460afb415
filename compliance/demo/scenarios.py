"""The scenarios: tenants whose facts are stated in YAML, one file each."""

from __future__ import annotations

import importlib.resources
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

import msgspec
from ruamel.yaml import YAML

from compliance.demo.faults import HTML_503, CannedAnswer, Fault
from compliance.demo.tenant import (
    AuditLogConfig,
    BypassRow,
    Identity,
    OrganizationConfig,
    RetentionPolicy,
    Tenant,
    stable_guid,
)
from compliance.errors import InputError


class _Facts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What every part of a scenario file has in common: no key may be misspelt."""


class _Organization(_Facts, frozen=True):
    name: str
    initial_domain: str
    domain: str
    created: datetime
    sub_scope: str | None = None


class _Sku(_Facts, frozen=True):
    product: str
    units: int
    status: str = "Enabled"


class _Accounts(_Facts, frozen=True):
    """`count` accounts called NAME001, NAME002, ..., or one called NAME where no count is given."""

    name: str
    title: str
    count: int | None = None
    licences: tuple[str, ...] = ()
    enabled: bool = True
    guest: bool = False


class _Policy(_Facts, frozen=True):
    name: str
    priority: int
    duration: str
    changed: datetime
    record_types: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()
    users: tuple[str, ...] = ()
    mode: str = "Enforce"
    description: str = ""


class _Identity(_Facts, frozen=True):
    graph_roles: tuple[str, ...]
    exchange_manage_as_app: bool
    compliance_manage_as_app: bool
    directory_roles: tuple[str, ...] = ()
    exchange_roles: tuple[str, ...] = ()
    purview_roles: tuple[str, ...] = ()


class _Throttle(_Facts, frozen=True):
    api: str
    times: int = 1
    status: Literal[429, 503] = 429
    retry_after_seconds: int | None = None
    as_date: bool = False


class _Scenario(_Facts, frozen=True):
    description: str
    ids: str
    now: datetime
    organization: _Organization
    skus: tuple[_Sku, ...]
    accounts: tuple[_Accounts, ...]
    identity: _Identity
    ingestion: bool
    first_opt_in: datetime | None
    audit_disabled: bool
    bypassed: tuple[str, ...] = ()
    policies: tuple[_Policy, ...] = ()
    faults: tuple[_Throttle, ...] = ()


_FOLDER = importlib.resources.files("compliance.demo") / "scenarios"
_SYSTEM_OBJECTS = (
    "SystemMailbox{bb558c35-97f1-4cb9-8ff7-d53741dc928c}",
    "SystemMailbox{1f05a927-89c0-4725-adca-4527114196a1}",
    "SystemMailbox{8cc370d3-822a-4ab8-a926-bb94bd0641a9}",
    "Asc-7f1d8c52-0b1e-4b0e-9a8e-2c4a3f6d9b10",
    "TenantSetting_5f2c7f0e-6f3c-4d0e-8c7e-1b0a9d8e7f6a",
    "DiscoverySearchMailbox{D919BA05-46A6-415f-80AD-7E09334BB852}",
    "FederatedEmail.4c1f4d8b-8179-4148-93bf-00a95fa1e042",
)


def scenario_names() -> dict[str, str]:
    """The scenarios by name, each with its description of one line."""
    return {name: str(_stated(name)["description"]) for name in _names()}


def load_scenario(name: str) -> Tenant:
    """The tenant of a scenario, new and one's own to change. Raises InputError where there is no such scenario."""
    facts = msgspec.convert(_stated(name), _Scenario)
    organization = facts.organization
    tenant = Tenant(
        id=stable_guid(facts.ids, "tenant"),
        display_name=organization.name,
        initial_domain=organization.initial_domain,
        domain=organization.domain,
        created=organization.created,
        now=facts.now,
        identity=Identity(
            client_id=stable_guid(facts.ids, "application"),
            object_id=stable_guid(facts.ids, "service principal"),
            client_secret=f"simulated~{stable_guid(facts.ids, 'secret')}",
            graph_roles=facts.identity.graph_roles,
            exchange_manage_as_app=facts.identity.exchange_manage_as_app,
            compliance_manage_as_app=facts.identity.compliance_manage_as_app,
            directory_roles=facts.identity.directory_roles,
            exchange_roles=facts.identity.exchange_roles,
            purview_roles=facts.identity.purview_roles,
        ),
        audit_log_config=AuditLogConfig(facts.ingestion, facts.first_opt_in),
        organization_config=OrganizationConfig(facts.audit_disabled),
        tenant_region_sub_scope=organization.sub_scope,
    )
    for sku in facts.skus:
        tenant.add_sku(sku.product, sku.units, sku.status)
    tenant.bypass.extend(BypassRow(name, stable_guid(tenant.id, "exchange", name)) for name in _SYSTEM_OBJECTS)
    for accounts in facts.accounts:
        _add_accounts(tenant, accounts)
    for row in tenant.bypass:
        row.audit_bypass_enabled = row.name in facts.bypassed
    tenant.policies.extend(_policy(tenant, policy) for policy in facts.policies)
    tenant.faults.extend(_fault(throttle) for throttle in facts.faults)
    return tenant


def _names() -> list[str]:
    names = (entry.name for entry in _FOLDER.iterdir())
    return sorted(name.removesuffix(".yaml") for name in names if name.endswith(".yaml"))


def _stated(name: str) -> Mapping[str, Any]:
    """A scenario file's facts; those of the scenario that it is `like` stand where it states none of its own."""
    path = _FOLDER / f"{name}.yaml"
    if not name.replace("-", "").isalnum() or not path.is_file():
        raise InputError(f"there is no scenario called {name!r}", next_step=f"Choose one of: {', '.join(_names())}.")
    own: dict[str, Any] = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    base = own.pop("like", None)
    return {"ids": name, **own} if base is None else {**_stated(base), **own}


def _add_accounts(tenant: Tenant, accounts: _Accounts) -> None:
    numbers = [""] if accounts.count is None else [f"{number:03}" for number in range(1, accounts.count + 1)]
    for number in numbers:
        tenant.add_user(
            f"{accounts.name}{number}",
            user_type="Guest" if accounts.guest else "Member",
            account_enabled=accounts.enabled,
            licences=accounts.licences,
            display_name=f"{accounts.title} {number}".strip(),
        )


def _policy(tenant: Tenant, stated: _Policy) -> RetentionPolicy:
    return RetentionPolicy(
        name=stated.name,
        guid=stable_guid(tenant.id, "retention policy", stated.name),
        priority=stated.priority,
        retention_duration=stated.duration,
        when_changed=stated.changed,
        record_types=stated.record_types,
        operations=stated.operations,
        user_ids=stated.users,
        mode=stated.mode,
        description=stated.description,
    )


def _fault(stated: _Throttle) -> Fault:
    answer = CannedAnswer(
        status=stated.status,
        retry_after_seconds=stated.retry_after_seconds,
        as_date=stated.as_date,
        body=HTML_503 if stated.status == 503 else None,
    )
    return Fault(stated.api, "", answer, times=stated.times)
