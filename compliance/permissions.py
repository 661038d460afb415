"""What has to be granted so that a tenant can be read: per permission what it buys, and how to grant it.

Sources: Microsoft Learn, "Microsoft Graph permissions reference" (names and ids of application permissions,
https://learn.microsoft.com/graph/permissions-reference); "App-only authentication for unattended scripts in Exchange
Online PowerShell and Security & Compliance PowerShell"
(https://learn.microsoft.com/powershell/exchange/app-only-auth-powershell-v2); "Find the permissions required to run any
Exchange cmdlet"; "Elevate access to manage all Azure subscriptions and management groups"; "Azure built-in roles". That
Organization Configuration alone gives the retention policies was measured by CISA's ScubaGear, issue 2375.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from compliance.evidence.datasets import DATASETS, Api, State

CLIENT_ID, OBJECT_ID = "<client id>", "<object id>"
"""What stands in a command for the application, and for its enterprise application, where no token names them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """A right that lets datasets be read, in the words of Microsoft's consoles.

    `title` is that of an application's, `person` that of the same right of a person who signs in, None where only
    applications need it. `claim` is its name among a token's roles or scopes; None where no token tells. `grant` are
    the commands by which an administrator gives it to an application. `others` are rights that do as well, the least
    first. `excess` is what it gives beyond reading.
    """

    id: str
    title: str
    person: str | None
    api: Api
    datasets: tuple[str, ...]
    claim: str | None
    grant: tuple[str, ...]
    others: tuple[str, ...] = ()
    excess: str | None = None


class Granted(StrEnum):
    """Whether an identity holds a permission, as far as can be told from outside."""

    YES = "granted"
    NO = "missing"
    NOT_NEEDED = "not needed"
    UNTOLD = "not known"


def _application_permission(resource: str, permission: str) -> tuple[str, ...]:
    return (
        f"az ad app permission add --id {CLIENT_ID} --api {resource} --api-permissions {permission}=Role",
        f"az ad app permission admin-consent --id {CLIENT_ID}",
    )


def _graph(name: str, guid: str, *datasets: str, others: tuple[str, ...] = ()) -> Permission:
    return Permission(
        id=name,
        title=f"Microsoft Graph application permission {name}",
        person=f"Microsoft Graph delegated permission {name}",
        api=Api.GRAPH,
        datasets=datasets,
        claim=name,
        grant=_application_permission("00000003-0000-0000-c000-000000000000", guid),
        others=others,
    )


def _of(api: Api) -> tuple[str, ...]:
    return tuple(name for name, spec in DATASETS.items() if spec.api is api)


def _exchange_role(role: str, datasets: tuple[str, ...], others: tuple[str, ...]) -> Permission:
    return Permission(
        id=role,
        title=f"Exchange role {role}, assigned to the application",
        person=f"Exchange role {role}, assigned to the person",
        api=Api.EXCHANGE,
        datasets=datasets,
        claim=None,
        grant=(
            "Connect-ExchangeOnline",
            f"New-ServicePrincipal -AppId {CLIENT_ID} -ObjectId {OBJECT_ID} -DisplayName lookback",
            f'New-ManagementRoleAssignment -Role "{role}" -App {OBJECT_ID}',
        ),
        others=others,
    )


def _purview_role(role: str, dataset: str, others: tuple[str, ...], excess: str) -> Permission:
    return Permission(
        id=role,
        title=f"Purview role {role}",
        person=f"Purview role {role}",
        api=Api.PURVIEW,
        datasets=(dataset,),
        claim=None,
        grant=(
            "Connect-IPPSSession",
            f"New-ServicePrincipal -AppId {CLIENT_ID} -ObjectId {OBJECT_ID} -DisplayName lookback",
            f'New-RoleGroup -Name "lookback {role}" -Roles "{role}"',
            f'Add-RoleGroupMember -Identity "lookback {role}" -Member {OBJECT_ID}',
        ),
        others=others,
        excess=excess,
    )


def _azure_role(
    role: str,
    where: str,
    scope: str,
    datasets: tuple[str, ...],
    *,
    before: tuple[str, ...] = (),
    others: tuple[str, ...] = (),
) -> Permission:
    return Permission(
        id=f"{role} {where}",
        title=f"Azure role {role} {where}",
        person=f"Azure role {role} {where}",
        api=Api.ARM,
        datasets=datasets,
        claim=None,
        grant=(
            *before,
            f"az role assignment create --assignee-object-id {OBJECT_ID} --assignee-principal-type ServicePrincipal"
            f' --role "{role}" --scope {scope}',
        ),
        others=others,
    )


_READER = "Entra role Global Reader: reads nearly everything in the tenant"
_ELEVATE = (
    "# a Global Administrator first turns on, and afterwards off: Microsoft Entra admin center > Properties > Access"
    " management for Azure resources"
)
_INSTEAD = "Azure role Reader there, or above: on the resource group, the subscription or the root management group"
_READ_BY_READER = tuple(name for name in _of(Api.ARM) if name != "arm.entra_diagnostic_settings")
_MAILBOXES = tuple(name for name in _of(Api.EXCHANGE) if name.endswith("mailboxes"))

PERMISSIONS: Mapping[str, Permission] = MappingProxyType(
    {
        permission.id: permission
        for permission in (
            _graph(
                "Organization.Read.All",
                "498476ce-e0fe-48b0-b801-37ba7e2685c6",
                "graph.organization",
                "graph.subscribed_skus",
            ),
            _graph(
                "LicenseAssignment.Read.All",
                "e2f98668-2877-4f38-a2f4-8202e0717aa1",
                "graph.subscribed_skus",
                others=("Microsoft Graph application permission Organization.Read.All",),
            ),
            _graph("User.Read.All", "df021288-bdef-4463-88db-98f22de89214", "graph.users"),
            _graph("SecurityEvents.Read.All", "bf394140-e372-4bf9-a898-299cfc7564e5", "graph.secure_score"),
            _graph(
                "RoleManagement.Read.Directory",
                "483bed4a-2ad3-4361-a73b-c83ccdbdc53c",
                "graph.role_assignments",
                "graph.role_eligibilities",
            ),
            _graph(
                "RoleEligibilitySchedule.Read.Directory",
                "ff278e11-4a33-4d0c-83d2-d01dc58929a5",
                "graph.role_eligibilities",
                others=("Microsoft Graph application permission RoleManagement.Read.Directory",),
            ),
            Permission(
                id="Exchange.ManageAsApp",
                title="Office 365 Exchange Online application permission Exchange.ManageAsApp",
                person=None,
                api=Api.EXCHANGE,
                datasets=_of(Api.EXCHANGE),
                claim="Exchange.ManageAsApp",
                grant=_application_permission(
                    "00000002-0000-0ff1-ce00-000000000000", "dc50a0fb-09a3-484d-be87-e023b12c6440"
                ),
            ),
            _exchange_role(
                "View-Only Configuration",
                tuple(name for name in _of(Api.EXCHANGE) if name not in _MAILBOXES),
                ("Entra role Security Reader: gives Get-AdminAuditLogConfig, and no other of these", _READER),
            ),
            _exchange_role("View-Only Recipients", _MAILBOXES, (_READER,)),
            Permission(
                id="Exchange.ManageAsApp (Purview)",
                title="Microsoft Exchange Online Protection application permission Exchange.ManageAsApp",
                person=None,
                api=Api.PURVIEW,
                datasets=_of(Api.PURVIEW),
                claim="Exchange.ManageAsApp",
                grant=_application_permission(
                    "00000007-0000-0ff1-ce00-000000000000", "455e5cd2-84e8-4751-8344-5672145dfa17"
                ),
            ),
            _purview_role(
                "Organization Configuration",
                "purview.audit_retention_policies",
                ("Entra role Compliance Administrator: manages compliance in the whole tenant",),
                "also creates, changes and removes retention policies; no read-only role carries the cmdlet, so prefer"
                " an administrator's export",
            ),
            _purview_role(
                "Role Management",
                "purview.role_groups",
                (_READER, "Entra role Compliance Administrator: manages compliance in the whole tenant"),
                "also changes who holds which Purview role; prefer an administrator's export",
            ),
            _azure_role(
                "Reader",
                "at /providers/Microsoft.aadiam",
                "/providers/Microsoft.aadiam",
                ("arm.entra_diagnostic_settings",),
                before=(_ELEVATE,),
                others=("for a person: Entra role Security Administrator (Global Reader is not enough)",),
            ),
            _azure_role(
                "Reader",
                "on the subscriptions",
                "/providers/Microsoft.Management/managementGroups/<tenant id>",
                _READ_BY_READER,
                before=(_ELEVATE,),
                others=(
                    "the same with --scope /subscriptions/<subscription id>, once for each subscription that holds"
                    " logs: then nobody knows where the Activity log of the others goes",
                    "the narrower roles below, together: then nobody knows how storage accounts, event hubs and Azure"
                    " Data Explorer keep logs, and who may change that",
                ),
            ),
            _azure_role(
                "Monitoring Reader",
                "on the subscriptions",
                "/subscriptions/<subscription id>",
                ("arm.activity_log_settings", "arm.store_diagnostic_settings", "arm.activity_events"),
                others=(_INSTEAD,),
            ),
            _azure_role(
                "Log Analytics Reader",
                "on the workspaces",
                "<workspace id>",
                ("arm.workspaces", "arm.tables", "arm.data_exports"),
                others=(_INSTEAD,),
            ),
            _azure_role(
                "Microsoft Sentinel Reader",
                "on the workspaces",
                "<workspace id>",
                ("arm.sentinel_onboarding", "arm.data_connectors"),
                others=(_INSTEAD,),
            ),
        )
    }
)
"""Every permission, in the order in which to grant them."""

_EMPTY_WITHOUT_RIGHTS = frozenset(_READ_BY_READER)
"""Datasets whose answer is as empty without any right as where there is nothing."""
_ASKED_OF = {
    "arm.activity_log_settings": "arm.subscriptions",
    "arm.store_diagnostic_settings": "arm.workspaces",
    "arm.sentinel_onboarding": "arm.workspaces",
}
"""Datasets whose empty answer says something where what they are asked of is there, which would refuse otherwise."""


@dataclass(frozen=True, slots=True)
class Told:
    """How an identity's permissions show: what its token claims, and how the asking for each dataset ended.

    `claims` is None where the token names neither roles nor scopes. `offered` are the cmdlets that the service says
    it offers, None where it did not say. `empty` are datasets that were answered without a row. `persons` are the APIs
    that a person signed in to, not an application.
    """

    claims: Mapping[Api, frozenset[str] | None]
    ended: Mapping[str, State]
    offered: Mapping[Api, frozenset[str] | None]
    empty: frozenset[str]
    persons: frozenset[Api]


def applicable(told: Told) -> tuple[Permission, ...]:
    """Return the permissions that whoever signed in can hold, in the order in which to grant them."""
    return tuple(one for one in PERMISSIONS.values() if one.api not in told.persons or one.person is not None)


def granted(permission: Permission, told: Told) -> Granted:
    """Say whether an identity holds a permission.

    An application's token that names it settles it; what was delegated to a person goes no further than what that
    person may do. Otherwise what was asked for tells: a dataset that is read although the permission is not named is
    had by another right, and one that is denied shows that the right is missing.
    """
    claims = told.claims.get(permission.api)
    denied = any(told.ended[name] is State.DENIED for name in permission.datasets)
    if permission.claim is not None and claims is not None:
        if permission.claim in claims and not (denied and permission.api in told.persons):
            return Granted.YES
        return Granted.NOT_NEEDED if _all_read(permission, told) else Granted.NO
    if _all_read(permission, told):
        return Granted.UNTOLD if _says_nothing(permission, told) else Granted.YES
    if denied:
        return Granted.NO
    offered = told.offered.get(permission.api)
    cmdlets = {DATASETS[name].request.partition(" ")[0] for name in permission.datasets}
    if offered is not None and permission.api in (Api.EXCHANGE, Api.PURVIEW):
        return Granted.YES if cmdlets <= offered else Granted.NO
    return Granted.UNTOLD


def suffices(permission: Permission, dataset: str, told: Told) -> bool:
    """Whether a permission alone would let a dataset be read that is refused.

    Exchange and Purview ask for an application permission and a role, so the other one must not be missing; of Graph's
    permissions and Azure's roles each is enough. What ended otherwise no permission cures; what was not asked for waits
    for the datasets that it is discovered from, and comes with them.
    """
    if told.ended[dataset] is State.NOT_REQUESTED:
        behind = DATASETS[dataset].discovered_from
        return bool(behind) and all(
            told.ended[one] is State.COMPLETE or _brings(permission, one, told) for one in behind
        )
    if told.ended[dataset] is not State.DENIED:
        return False
    others = (one for one in applicable(told) if dataset in one.datasets and one is not permission)
    return permission.api in (Api.GRAPH, Api.ARM) or all(granted(one, told) is not Granted.NO for one in others)


def _brings(permission: Permission, dataset: str, told: Told) -> bool:
    return dataset in permission.datasets and suffices(permission, dataset, told)


def _says_nothing(permission: Permission, told: Told) -> bool:
    """Whether all that is read is empty, and would be without the permission."""
    asked_of = {_ASKED_OF[name] for name in permission.datasets if name in _ASKED_OF}
    read = {name for name in asked_of if told.ended[name] in (State.COMPLETE, State.PARTIAL)}
    return told.empty & _EMPTY_WITHOUT_RIGHTS >= set(permission.datasets) and read <= told.empty


def _all_read(permission: Permission, told: Told) -> bool:
    """Whether all is read that was asked for and is there: no permission brings what a licence or a cloud lacks."""
    ended = {told.ended[name] for name in permission.datasets} - {State.UNAVAILABLE, State.NOT_REQUESTED}
    return bool(ended) and ended <= {State.COMPLETE, State.PARTIAL}


def permissions_for(datasets: Sequence[str] | frozenset[str]) -> tuple[Permission, ...]:
    """Return the permissions that let some datasets be read, in the order in which to grant them."""
    return tuple(one for one in PERMISSIONS.values() if set(one.datasets) & set(datasets))


def filled_in(command: str, *, client_id: str | None, object_id: str | None) -> str:
    """Return a command with the application's ids in it, as far as they are known."""
    for blank, value in ((CLIENT_ID, client_id), (OBJECT_ID, object_id)):
        command = command if value is None else command.replace(blank, value)
    return command
