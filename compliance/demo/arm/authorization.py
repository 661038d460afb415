"""Who may do what: role assignments, role definitions, Privileged Identity Management, and locks.

Sources: Microsoft Learn, "List Azure role assignments using the REST API" (a list at a scope holds what is assigned
there, above it and below it), "List Azure role definitions using the REST API", "Role Assignment Schedule Instances -
List For Scope" and "Role Eligibility Schedule Instances - List For Scope"
(https://learn.microsoft.com/rest/api/authorization), "Management Locks - List At Subscription Level"
(https://learn.microsoft.com/rest/api/resources).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from compliance.demo.arm.wire import Call, Operation, error, paged, roles_of, timestamp, within
from compliance.demo.azure_access import Lock, RoleDefinition, RoleHolder
from compliance.demo.catalogue import ENTRA_P2
from compliance.demo.odd import stable_guid
from compliance.demo.tenant import COLLECTOR, Tenant
from compliance.demo.wire import Answered, with_odd

_TYPE = "Microsoft.Authorization"
_VERSIONS = ("2015-07-01", "2018-01-01-preview", "2022-04-01")
_PIM_VERSIONS = ("2020-10-01-preview", "2020-10-01")
_LOCK_VERSIONS = ("2016-09-01", "2017-04-01", "2020-05-01")


@dataclass(frozen=True, slots=True)
class _Held:
    """A role that somebody holds or may take on, with its definition."""

    holder: RoleHolder
    definition: RoleDefinition

    @property
    def scope(self) -> str:
        return self.holder.scope.rstrip("/") or "/"

    @property
    def prefix(self) -> str:
        return self.holder.scope.rstrip("/")

    @property
    def definition_id(self) -> str:
        """A definition's id begins with the subscription of the assignment, for one above all of them with nothing."""
        segments = self.prefix.split("/")
        at = "/".join(segments[:3]) if self.prefix.lower().startswith("/subscriptions/") else ""
        return f"{at}/providers/{_TYPE}/roleDefinitions/{self.definition.id}"


def _held(call: Call, *, eligible: bool) -> Iterator[_Held]:
    """What is held at the scope asked for, above it and below it; what the identity itself holds among it."""
    tenant = call.tenant
    definitions = {role.name: role for role in roles_of(tenant)}
    identity = tenant.identity
    own = [
        RoleHolder(role, at, identity.object_id, "ServicePrincipal", COLLECTOR, since=tenant.created)
        for role, at in identity.azure_roles
    ]
    for holder in (*tenant.azure.role_holders, *own):
        reaches = within(call.scope, holder.scope) or within(holder.scope, call.scope)
        if reaches and holder.eligible == eligible and holder.role in definitions:
            yield _Held(holder, definitions[holder.role])


def _assignments(call: Call) -> Answered:
    narrowed = call.asked.query.get("$filter")
    if narrowed not in (None, "atScope()"):
        return error(400, "UnsupportedFilter", f"The filter '{narrowed}' is not supported.")
    rows = [
        _assignment(call.tenant, one)
        for one in _held(call, eligible=False)
        if narrowed is None or within(call.scope, one.holder.scope)
    ]
    return paged(call, rows, call.tenant.azure.page_size)


def _assignment(tenant: Tenant, one: _Held) -> dict[str, object]:
    holder = one.holder
    name = _name(tenant, "assignment", one)
    document: dict[str, object] = {
        "properties": {
            "roleDefinitionId": one.definition_id,
            "principalId": holder.principal_id,
            "principalType": holder.principal_type,
            "scope": one.scope,
            "condition": holder.condition,
            "conditionVersion": None if holder.condition is None else "2.0",
            "createdOn": timestamp(holder.since),
            "updatedOn": timestamp(holder.since),
            "createdBy": stable_guid(tenant.id, "creator"),
            "updatedBy": stable_guid(tenant.id, "creator"),
            "delegatedManagedIdentityResourceId": None,
            "description": None,
        },
        "id": f"{one.prefix}/providers/{_TYPE}/roleAssignments/{name}",
        "type": f"{_TYPE}/roleAssignments",
        "name": name,
    }
    return with_odd(document, holder.odd)


def _definitions(call: Call) -> Answered:
    rows = [_definition(call, role) for role in roles_of(call.tenant)]
    return paged(call, rows, call.tenant.azure.page_size)


def _definition(call: Call, role: RoleDefinition) -> dict[str, object]:
    subscription = "/".join(call.scope.split("/")[:3])
    return {
        "properties": {
            "roleName": role.name,
            "type": "CustomRole" if role.custom else "BuiltInRole",
            "description": "",
            "assignableScopes": [subscription if role.custom else "/"],
            "permissions": [
                {
                    "actions": list(role.actions),
                    "notActions": list(role.not_actions),
                    "dataActions": list(role.data_actions),
                    "notDataActions": list(role.not_data_actions),
                }
            ],
        },
        "id": f"{subscription}/providers/{_TYPE}/roleDefinitions/{role.id}",
        "type": f"{_TYPE}/roleDefinitions",
        "name": role.id,
    }


def _schedules(kind: Literal["Assignment", "Eligibility"]) -> Callable[[Call], Answered]:
    def listed(call: Call) -> Answered:
        tenant = call.tenant
        paid = [sku.product for sku in tenant.skus if sku.capability_status in {"Enabled", "Warning"}]
        if all(ENTRA_P2 not in product.plans for product in paid):
            return error(
                400,
                "AadPremiumLicenseRequired",
                "The tenant needs to have Microsoft Entra ID P2 or Microsoft Entra ID Governance license.",
            )
        rows = [_schedule(call, one, kind) for one in _held(call, eligible=kind == "Eligibility")]
        return paged(call, rows, tenant.azure.page_size)

    return listed


def _schedule(call: Call, one: _Held, kind: Literal["Assignment", "Eligibility"]) -> dict[str, object]:
    holder, tenant = one.holder, call.tenant
    name = _name(tenant, kind, one)
    properties: dict[str, object] = {
        "scope": one.scope,
        "roleDefinitionId": one.definition_id,
        "principalId": holder.principal_id,
        "principalType": holder.principal_type,
        f"role{kind}ScheduleId": f"{one.prefix}/providers/{_TYPE}/Role{kind}Schedules/{name}",
        "status": "Provisioned",
        "startDateTime": timestamp(holder.since),
        "endDateTime": None if holder.ends is None else timestamp(holder.ends),
        "memberType": "Direct" if within(one.scope, call.scope) else "Inherited",
        "createdOn": timestamp(holder.since),
        "condition": holder.condition,
        "expandedProperties": {
            "scope": {"id": one.scope},
            "roleDefinition": {
                "id": one.definition_id,
                "displayName": one.definition.name,
                "type": "CustomRole" if one.definition.custom else "BuiltInRole",
            },
            "principal": {
                "id": holder.principal_id,
                "displayName": holder.display_name,
                "type": holder.principal_type,
            },
        },
    }
    if kind == "Assignment":
        properties["assignmentType"] = "Activated" if holder.activated else "Assigned"
    document: dict[str, object] = {
        "properties": properties,
        "name": name,
        "id": f"{one.prefix}/providers/{_TYPE}/Role{kind}ScheduleInstances/{name}",
        "type": f"{_TYPE}/Role{kind}ScheduleInstances",
    }
    return with_odd(document, holder.odd)


def _name(tenant: Tenant, what: str, one: _Held) -> str:
    holder = one.holder
    return stable_guid(tenant.id, what, holder.role, holder.scope, holder.principal_id)


def _locks(call: Call) -> Answered:
    azure = call.tenant.azure
    found = [lock for lock in azure.locks if within(lock.scope, call.scope) or within(call.scope, lock.scope)]
    return paged(call, [_lock(lock) for lock in found], azure.page_size)


def _lock(lock: Lock) -> dict[str, object]:
    return {
        "properties": {"level": lock.level, "notes": lock.notes},
        "id": f"{lock.scope}/providers/{_TYPE}/locks/{lock.name}",
        "type": f"{_TYPE}/locks",
        "name": lock.name,
    }


def operations() -> Iterable[tuple[str, Operation]]:
    """What Microsoft.Authorization knows, by the path after the last /providers/ with names as *."""
    for name, versions, respond in (
        ("roleAssignments", _VERSIONS, _assignments),
        ("roleDefinitions", _VERSIONS, _definitions),
        ("roleAssignmentScheduleInstances", _PIM_VERSIONS, _schedules("Assignment")),
        ("roleEligibilityScheduleInstances", _PIM_VERSIONS, _schedules("Eligibility")),
        ("locks", _LOCK_VERSIONS, _locks),
    ):
        yield f"microsoft.authorization/{name.lower()}", Operation(f"{_TYPE}/{name}/read", versions, respond)
