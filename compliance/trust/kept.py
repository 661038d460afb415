"""What of a row a redacted copy keeps: an allow-list of properties, by the names that Microsoft gives them.

Only what a view in `compliance.evidence` reads is kept at all. Of that, whatever is no text (switches, numbers, dates)
stays, and so does the text of the properties listed here: immutable ids, and words of Microsoft's that verdicts rest
on. Every other text is a name, and becomes a pseudonym. So does any text with an @ in it, wherever it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from compliance.evidence.derived.role_holders import NOT_EXPANDED
from compliance.rules.classes import NON_USER_NAMES
from compliance.rules.directory_roles import (
    EXCHANGE_AUDIT_ROLES,
    EXCHANGE_OTHER_ROLES,
    ORGANIZATION_MANAGEMENT,
    PURVIEW_AUDIT_ROLES,
    directory_role_of,
    role_name,
)

Row = Mapping[str, Any]
Rule = Callable[[str, Row], bool]
"""Whether a text is kept as it is, given the object in which it stands."""

_BUILT_IN_ROLES: Final = EXCHANGE_AUDIT_ROLES | EXCHANGE_OTHER_ROLES | PURVIEW_AUDIT_ROLES
_IDS: Final = (
    *("id", "Guid", "ExternalDirectoryObjectId", "skuId", "servicePlanId", "disabledPlans", "subscriptionId"),
    *("tenantId", "principalId", "roleDefinitionId", "directoryScopeId", "correlationId", "resourceId", "scope"),
    *("storageAccountId", "eventHubAuthorizationRuleId", "workspaceId", "marketplacePartnerId"),
    *("storageAccountResourceId", "eventHubResourceId"),
)
_WORDS: Final = (
    *("@odata.type", "type", "kind", "plan", "state", "status", "value", "level", "category", "categoryGroup"),
    *("appliesTo", "capabilityStatus", "provisioningStatus", "provisioningState", "userType", "controlName"),
    *("RecipientTypeDetails", "RoleAssigneeType", "DefaultAuditSet", "AuditOwner", "AuditDelegate", "AuditAdmin"),
    *("RetentionDuration", "RecordTypes", "Operations", "Mode", "dataIngestionStatus", "assignmentType"),
    *("principalType", "actions", "notActions", "dataActions", "notDataActions", "bypass", "defaultAction"),
    *("publicNetworkAccess", "publicAccess", "minimumTlsVersion", "blobTypes", "softDeletePeriod", "hotCachePeriod"),
)
_STORES: Final = ("eventHubName", "blobContainer", "tableName", "tableNames", "prefixMatch")
"""Names of stores of logs and of what lies in them, by which they are told apart and which logs lie there is known."""


def _always(_text: str, _row: Row) -> bool:
    return True


def _name(text: str, row: Row) -> bool:
    """Whether the id of the same resource says the name anyhow, or it is the domain that the tenant began with."""
    if row.get("isInitial") is True:
        return True
    resource_id = row.get("id")
    if not isinstance(resource_id, str):
        return False
    segments = frozenset(resource_id.casefold().split("/"))
    return all(one in segments for one in text.casefold().split("/"))


def _role(text: str, _row: Row) -> bool:
    return role_name(text) in _BUILT_IN_ROLES


def _built_in_definition(_text: str, row: Row) -> bool:
    return row.get("type") == "BuiltInRole"


def _known_holder(text: str, _row: Row) -> bool:
    """Whether a name is one that Microsoft gives, and that says what it stands for."""
    folded = text.casefold()
    return (
        folded == ORGANIZATION_MANAGEMENT
        or directory_role_of(text) is not None
        or NOT_EXPANDED.fullmatch(folded) is not None
    )


def _of_the_tenant(_text: str, row: Row) -> bool:
    """Whether it is what the organisation itself is called, not what one of its people is."""
    return "verifiedDomains" in row


def _application(text: str, _row: Row) -> bool:
    return text.strip().casefold() in NON_USER_NAMES


KEPT: Final[Mapping[str, Rule]] = MappingProxyType(
    {
        **dict.fromkeys((*_IDS, *_WORDS, *_STORES), _always),
        "displayName": _of_the_tenant,
        "name": _name,
        "Roles": _role,
        "Role": _role,
        "roleName": _built_in_definition,
        "Name": _known_holder,
        "Members": _known_holder,
        "RoleAssigneeName": _known_holder,
        "EffectiveUserName": _known_holder,
        "UserIds": _application,
    }
)
"""When the text of a property is kept, by the property's name; the text of one that is not here never is."""


def is_kept(name: str, text: str, row: Row) -> bool:
    """Whether the text of a property, or a member of its list, is kept as it is."""
    if "@" in text and name not in ("@odata.type", "UserIds"):
        return False
    rule = KEPT.get(name)
    return rule is not None and rule(text, row)
