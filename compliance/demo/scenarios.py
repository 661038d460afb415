"""The scenarios: tenants whose facts are stated in YAML, one file each."""

from __future__ import annotations

import importlib.resources
import re
from collections.abc import Mapping
from typing import Any

import msgspec
from ruamel.yaml import YAML

from compliance.demo import stated
from compliance.demo.faults import HTML_503, CannedAnswer, Fault
from compliance.demo.inventory import add_inventory
from compliance.demo.odd import stable_guid
from compliance.demo.people import BypassRow
from compliance.demo.settling import add_mailboxes, add_roles, customise
from compliance.demo.settling_azure import add_azure
from compliance.demo.tenant import (
    AuditLogConfig,
    Identity,
    OrganizationConfig,
    RetentionPolicy,
    SecureScore,
    Tenant,
)
from compliance.errors import InputError

_FOLDER = importlib.resources.files("compliance.demo") / "scenarios"
_GENERATED = re.compile(r"generated:([1-9]\d{0,6})", re.ASCII)
_INVENTORY = re.compile(r"inventory:([1-9]\d{0,4})x([1-9]\d{0,4})x([1-9]\d{0,3})", re.ASCII)
_PLACEHOLDERS = {"generated": "generated:N", "inventory": "inventory:SxWxT"}
_DISCOVERY = "DiscoverySearchMailbox{D919BA05-46A6-415f-80AD-7E09334BB852}"
_SYSTEM_OBJECTS = (
    "SystemMailbox{bb558c35-97f1-4cb9-8ff7-d53741dc928c}",
    "SystemMailbox{1f05a927-89c0-4725-adca-4527114196a1}",
    "SystemMailbox{8cc370d3-822a-4ab8-a926-bb94bd0641a9}",
    "Asc-7f1d8c52-0b1e-4b0e-9a8e-2c4a3f6d9b10",
    "TenantSetting_5f2c7f0e-6f3c-4d0e-8c7e-1b0a9d8e7f6a",
    _DISCOVERY,
    "FederatedEmail.4c1f4d8b-8179-4148-93bf-00a95fa1e042",
)


def scenario_names() -> dict[str, str]:
    """The scenarios by name, each with its description of one line; capitals after a colon stand for numbers."""
    described = {name: str(_stated(name)["description"]) for name in _names()}
    return {_PLACEHOLDERS.get(name, name): description for name, description in described.items()}


def load_scenario(name: str) -> Tenant:
    """The tenant of a scenario, new and one's own to change. Raises InputError where there is no such scenario."""
    generated, inventory = _GENERATED.fullmatch(name), _INVENTORY.fullmatch(name)
    if not (generated or inventory) and name not in set(_names()) - set(_PLACEHOLDERS):
        there_are = ", ".join(scenario_names())
        raise InputError(f"there is no scenario called {name!r}", next_step=f"Choose one of: {there_are}.")
    facts = msgspec.convert(_stated(name.partition(":")[0]), stated.Scenario)
    organization = facts.organization
    tenant = Tenant(
        id=stable_guid(facts.ids, "tenant"),
        display_name=organization.name,
        initial_domain=organization.initial_domain,
        domain=organization.domain,
        created=organization.created,
        now=facts.now,
        identity=_identity(facts),
        audit_log_config=AuditLogConfig(facts.ingestion, facts.first_opt_in),
        organization_config=OrganizationConfig(facts.audit_disabled),
        secure_score=SecureScore(percentages=dict(facts.secure_score)),
        crowd_size=int(generated[1]) if generated else 0,
        tenant_region_scope=organization.region_scope,
        tenant_region_sub_scope=organization.sub_scope,
    )
    for sku in facts.skus:
        tenant.add_sku(sku.product, sku.units, sku.status)
    tenant.bypass.extend(BypassRow(name, stable_guid(tenant.id, "exchange", name)) for name in _SYSTEM_OBJECTS)
    customise(tenant.add_mailbox(_DISCOVERY, "DiscoveryMailbox"), facts.discovery)
    for accounts in facts.accounts:
        _add_accounts(tenant, accounts)
    for mailboxes in facts.mailboxes:
        add_mailboxes(tenant, mailboxes)
    for mailbox in tenant.mailboxes:
        if mailbox.name in facts.customised:
            customise(mailbox, facts.customised[mailbox.name])
    for row in tenant.bypass:
        row.audit_bypass_enabled = row.name in facts.bypassed
    tenant.policies.extend(_policy(tenant, policy) for policy in facts.policies)
    add_roles(tenant, facts)
    if facts.azure is not None:
        add_azure(tenant, facts.azure)
    if inventory:
        add_inventory(tenant, *map(int, inventory.groups()))
    tenant.faults.extend(_fault(throttle) for throttle in facts.faults)
    return tenant


def _names() -> list[str]:
    names = (entry.name for entry in _FOLDER.iterdir())
    return sorted(name.removesuffix(".yaml") for name in names if name.endswith(".yaml"))


def _stated(name: str) -> Mapping[str, Any]:
    """A scenario file's facts; those of the scenario that it is `like` stand where it states none of its own."""
    own: dict[str, Any] = YAML(typ="safe", pure=True).load((_FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    base = own.pop("like", None)
    return {"ids": name, **own} if base is None else {**_stated(base), **own}


def _identity(facts: stated.Scenario) -> Identity:
    granted = facts.identity
    return Identity(
        client_id=stable_guid(facts.ids, "application"),
        object_id=stable_guid(facts.ids, "service principal"),
        client_secret=f"simulated~{stable_guid(facts.ids, 'secret')}",
        graph_roles=granted.graph_roles,
        exchange_manage_as_app=granted.exchange_manage_as_app,
        compliance_manage_as_app=granted.compliance_manage_as_app,
        directory_roles=granted.directory_roles,
        exchange_roles=granted.exchange_roles,
        purview_roles=granted.purview_roles,
        azure_roles=granted.azure_roles,
    )


def _add_accounts(tenant: Tenant, accounts: stated.Accounts) -> None:
    numbers = [""] if accounts.count is None else [f"{number:03}" for number in range(1, accounts.count + 1)]
    for number in numbers:
        before = len(tenant.mailboxes)
        tenant.add_user(
            f"{accounts.name}{number}",
            user_type="Guest" if accounts.guest else "Member",
            account_enabled=accounts.enabled,
            licences=accounts.licences,
            display_name=f"{accounts.title} {number}".strip(),
            mailbox=accounts.mailbox,
        )
        for mailbox in tenant.mailboxes[before:]:
            customise(mailbox, accounts.auditing)


def _policy(tenant: Tenant, policy: stated.Policy) -> RetentionPolicy:
    return RetentionPolicy(
        name=policy.name,
        guid=stable_guid(tenant.id, "retention policy", policy.name),
        priority=policy.priority,
        retention_duration=policy.duration,
        when_changed=policy.changed,
        record_types=policy.record_types,
        operations=policy.operations,
        user_ids=policy.users,
        mode=policy.mode,
        description=policy.description,
    )


def _fault(throttle: stated.Throttle) -> Fault:
    answer = CannedAnswer(
        status=throttle.status,
        retry_after_seconds=throttle.retry_after_seconds,
        as_date=throttle.as_date,
        body=HTML_503 if throttle.status == 503 else None,
    )
    return Fault(throttle.api, "", answer, times=throttle.times)
