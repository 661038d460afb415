"""Microsoft Graph v1.0: Secure Score, and who holds or may take on a directory role.

Sources: the resource types secureScore, unifiedRoleAssignment and unifiedRoleEligibilityScheduleInstance
(https://learn.microsoft.com/graph/api/resources/securescore), "List roleEligibilityScheduleInstances"
(https://learn.microsoft.com/graph/api/rbacapplication-list-roleeligibilityscheduleinstances), Maester issue #1421 for
what it says without Microsoft Entra ID P2, hashicorp/terraform-provider-azuread issue #1386 for what it says without
the permission, CIPP's Config for the names of the controls, and rknightion/graph2otel for the refusal of Secure Score.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType

from compliance.demo.catalogue import ENTRA_P2
from compliance.demo.graph_wire import collection, error, refused_by_directory, stamp
from compliance.demo.odd import stable_guid
from compliance.demo.paging import Continuation, continuation_of, cut
from compliance.demo.roles import TEMPLATES, DirectoryRole
from compliance.demo.tenant import SecureScore, Tenant
from compliance.demo.wire import Answered, Asked, with_odd

_SCORES = "security/securescores"
_ASSIGNMENTS = "rolemanagement/directory/roleassignments"
_ELIGIBILITIES = "rolemanagement/directory/roleeligibilityscheduleinstances"
_ROLE_READERS = frozenset(
    {"RoleManagement.Read.Directory", "RoleManagement.Read.All", "RoleManagement.ReadWrite.Directory"}
)

PERMISSIONS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        _SCORES: frozenset({"SecurityEvents.Read.All", "SecurityEvents.ReadWrite.All"}),
        _ASSIGNMENTS: _ROLE_READERS | {"Directory.Read.All"},
        _ELIGIBILITIES: _ROLE_READERS | {"RoleEligibilitySchedule.Read.Directory"},
    }
)
"""The application permissions any of which opens a resource, by its path in lower case."""

CONTROLS = ("mip_search_auditlog", "exo_mailboxaudit", "MFARegistrationV2", "PWAgePolicyNew", "AdminMFAV2")
"""The controls of every score here; the first two tell whether auditing, and mailbox auditing, are on."""


def _secure_scores(tenant: Tenant, asked: Asked) -> Answered:
    scores = [] if tenant.secure_score is None else [_secure_score(tenant, tenant.secure_score)]
    return collection(asked, "Security/secureScores", scores, {name for row in scores for name in row})


def _secure_score(tenant: Tenant, score: SecureScore) -> dict[str, object]:
    """The latest score. Microsoft keeps 90 days of them; older ones are of no use here, whatever `$top` asks for."""
    worked_out = tenant.now - score.age
    on: dict[str, float | None] = dict.fromkeys(CONTROLS, 50.0)
    on["mip_search_auditlog"] = 100.0 if tenant.audit_log_config.unified_audit_log_ingestion_enabled else 0.0
    on["exo_mailboxaudit"] = 0.0 if tenant.organization_config.audit_disabled else 100.0
    on |= score.percentages
    return {
        "id": f"{tenant.id}_{worked_out:%Y-%m-%d}",
        "azureTenantId": tenant.id,
        "activeUserCount": len(tenant.all_users),
        "createdDateTime": stamp(worked_out),
        "currentScore": 387.0,
        "enabledServices": ["HasEXOP2", "HasAADP1"],
        "licensedUserCount": len(tenant.all_users),
        "maxScore": 612.0,
        "vendorInformation": {
            "provider": "SecureScore",
            "providerVersion": None,
            "subProvider": None,
            "vendor": "Microsoft",
        },
        "averageComparativeScores": [{"basis": "AllTenants", "averageScore": 298.4}],
        "controlScores": [
            {
                "controlCategory": "Data" if name == "mip_search_auditlog" else "Apps",
                "controlName": name,
                "description": "",
                "score": percentage / 20,
                "source": "secureScore",
                "lastSynced": stamp(worked_out),
                "implementationStatus": "",
                "on": "true" if percentage == 100 else "false",
                "scoreInPercentage": percentage,
            }
            for name, percentage in on.items()
            if percentage is not None
        ],
    }


def _assignments(tenant: Tenant, asked: Asked) -> Answered:
    held = [role for role in tenant.directory_roles if not role.eligible]
    return _roles(tenant, asked, "roleManagement/directory/roleAssignments", held)


def _eligibilities(tenant: Tenant, asked: Asked) -> Answered:
    """Without P2 the resource is refused with a 400, whatever the permissions."""
    plans = [
        plan for sku in tenant.skus if sku.capability_status in {"Enabled", "Warning"} for plan in sku.product.plans
    ]
    if ENTRA_P2 not in plans:
        return error(
            asked,
            400,
            "AadPremiumLicenseRequired",
            "The tenant needs to have Microsoft Entra ID P2 or Microsoft Entra ID Governance license.",
        )
    eligible = [role for role in tenant.directory_roles if role.eligible]
    return _roles(tenant, asked, "roleManagement/directory/roleEligibilityScheduleInstances", eligible)


def _roles(tenant: Tenant, asked: Asked, resource: str, roles: list[DirectoryRole]) -> Answered:
    try:
        continuation = continuation_of(asked) or Continuation(0, 0, "")
    except ValueError:
        return error(asked, 400, "Directory_ExpiredPageToken", "The specified page token value has expired.")
    page = cut(asked, continuation, total=len(roles), size=min(100, tenant.graph_page_size))
    expanded = "principal" in asked.query.get("$expand", "").split(",")
    rows = [_role(tenant, role, expanded=expanded) for role in roles[page.start : page.stop]]
    known = {"id", "principalId", "roleDefinitionId", "directoryScopeId", "appScopeId", "principal", "memberType"}
    return collection(asked, resource, rows, known, next_link=page.next_link)


def _role(tenant: Tenant, role: DirectoryRole, *, expanded: bool) -> dict[str, object]:
    template = TEMPLATES[role.role]
    document: dict[str, object] = {
        "id": stable_guid(tenant.id, "directory role", role.role, role.principal_id, str(role.eligible)),
        "principalId": role.principal_id,
        "roleDefinitionId": template,
        "directoryScopeId": "/",
    }
    if role.eligible:
        document |= {
            "appScopeId": None,
            "memberType": "Direct",
            "startDateTime": stamp(tenant.created),
            "endDateTime": None,
            "roleEligibilityScheduleId": stable_guid(tenant.id, "schedule", role.role, role.principal_id),
        }
    if expanded:
        document["principal"] = _principal(role)
    return with_odd(document, role.odd)


def _principal(role: DirectoryRole) -> dict[str, object]:
    principal: dict[str, object] = {
        "@odata.type": f"#microsoft.graph.{role.principal_type}",
        "id": role.principal_id,
        "deletedDateTime": None,
        "displayName": role.display_name,
    }
    match role.principal_type:
        case "user":
            principal |= {"userPrincipalName": role.user_principal_name, "userType": role.user_type}
        case "group":
            principal |= {"isAssignableToRole": True, "securityEnabled": True, "mailEnabled": False}
        case "servicePrincipal":
            principal |= {"servicePrincipalType": "Application", "accountEnabled": True}
    return principal


def _scores_refused(asked: Asked) -> Answered:
    return error(
        asked, 403, "InsufficientGraphPermissions", "The token lacks the permissions that the resource asks for."
    )


def _eligibilities_refused(asked: Asked) -> Answered:
    needed = ",".join(sorted(PERMISSIONS[_ELIGIBILITIES]))
    message = f"Authorization failed due to missing permission scope {needed}."
    inner = {"errorCode": "PermissionScopeNotGranted", "message": message, "instanceAnnotations": []}
    return error(asked, 403, "UnknownError", json.dumps(inner, separators=(",", ":")))


RESOURCES: Mapping[str, Callable[[Tenant, Asked], Answered]] = MappingProxyType(
    {_SCORES: _secure_scores, _ASSIGNMENTS: _assignments, _ELIGIBILITIES: _eligibilities}
)
"""What answers, by the resource's path in lower case."""

REFUSALS: Mapping[str, Callable[[Asked], Answered]] = MappingProxyType(
    {_SCORES: _scores_refused, _ASSIGNMENTS: refused_by_directory, _ELIGIBILITIES: _eligibilities_refused}
)
"""How it refuses an application without the permission."""
