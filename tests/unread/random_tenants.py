"""Small random tenants, as rows: each often in order, and sometimes with something wrong or odd."""

from __future__ import annotations

import uuid
from dataclasses import replace

from hypothesis import strategies as st
from random_azure import ABSENT_POLICY, LOGGING, WEB, azure, often
from worlds import TENANT_ID, Row, World, declared_by

from compliance.assessment.declarations import NO_DECLARATIONS
from compliance.evidence.views import MAILBOX_DATASETS
from compliance.rules.licences import AUDIT_PREMIUM_PLAN, TEN_YEAR_PLAN
from compliance.rules.mailbox_audit import DEFAULT_ACTIONS, LogonType
from compliance.rules.retention_policies import DURATIONS

USERS, SKUS, POLICIES = "graph.users", "graph.subscribed_skus", "purview.audit_retention_policies"
E5, E3, ADD_ON = "06ebc4ee-1bb5-47dd-8120-11324bc54e06", "05e9a617-0261-4cee-bb44-138d3ef5d965", "c2e41e49-e2a2-4c55"
NAMES = ("ann", "bob", "cy", "dee")

EXCHANGE_PLAN_2, AUDIT_PLATFORM, ENTRA_PREMIUM = (
    "efb87545-963c-4e0d-99df-69c6916d9eb0",
    "f6de4823-28fa-440b-b886-4783fa86ddba",
    "41781fb2-bc02-4b7c-bd55-b576c07bb09d",
)
PLANS = {
    E5: (AUDIT_PREMIUM_PLAN, EXCHANGE_PLAN_2, ENTRA_PREMIUM),
    E3: (AUDIT_PLATFORM, EXCHANGE_PLAN_2, ENTRA_PREMIUM),
    ADD_ON: (TEN_YEAR_PLAN,),
}
GLOBAL_ADMINISTRATOR, SECURITY_READER = "62e90394-69f5-4237-9190-012177145e10", "5d6b6bb7-de71-4623-b4af-96380a352509"
DECLARED = declared_by((LOGGING, WEB))
ALONE = replace(
    DECLARED,
    stores=(),
    statements=(*DECLARED.statements, replace(DECLARED.statements[0], about="no-other-stores")),
)


def object_id(name: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_OID, name))


def principal(name: str) -> str:
    return f"{name}@contoso.example"


@st.composite
def users(draw: st.DrawFn, name: str) -> Row:
    held = draw(often([E5], [E5], [], [E3], [E5, ADD_ON]))
    disabled = draw(often([], [AUDIT_PREMIUM_PLAN]))
    states = [{"skuId": sku, "state": draw(often("Active", "Error")), "disabledPlans": disabled} for sku in held]
    return {
        "id": object_id(name),
        "userPrincipalName": principal(name),
        "userType": draw(often("Member", "Guest", "Visitor")),
        "accountEnabled": draw(often(True, False)),
        "assignedPlans": [
            {"servicePlanId": plan, "capabilityStatus": draw(often("Enabled", "Warning", "Deleted"))}
            for sku in held
            for plan in PLANS[sku]
            if draw(often(True, False))
        ],
        "assignedLicenses": [{"skuId": sku, "disabledPlans": disabled} for sku in held],
        "licenseAssignmentStates": states,
    }


@st.composite
def policies(draw: st.DrawFn, number: int, durations: tuple[str, ...] = tuple(DURATIONS)) -> Row:
    types = ("ExchangeItemAggregated", "ExchangeItem", "MicrosoftTeams", "MicrosoftForms")
    record_types = draw(st.lists(st.sampled_from(types), max_size=2, unique=True))
    named = st.sampled_from((*map(principal, NAMES), object_id("ann"), principal("gone")))
    return {
        "Name": f"policy {number}",
        "Priority": draw(st.integers(1, 5)),
        "RetentionDuration": draw(st.sampled_from(durations)),
        "RecordTypes": record_types,
        "Operations": draw(st.sampled_from(([], ["MailItemsAccessed"], ["Send"]))) if len(record_types) == 1 else [],
        "UserIds": draw(st.lists(named, min_size=0 if record_types else 1, max_size=2, unique=True)),
        "Enabled": draw(often(True, False)),
        "Mode": draw(often("Enforce", "PendingDeletion")),
        "WhenChangedUTC": "2026-01-02T03:04:05Z",
    }


def long_policies() -> list[Row]:
    """What gives a tenant a chance to pass: a year for what the default keeps half a year."""
    types = [
        "MicrosoftTeams",
        "SecurityComplianceCenterEOPCmdlet",
        "AuditSearch",
        "AuditRetentionPolicy",
        "AuditConfig",
    ]
    fields = {"Name": "long", "Priority": 4, "RetentionDuration": "TwelveMonths", "RecordTypes": types}
    rest = {"Operations": [], "UserIds": [], "Enabled": True, "Mode": "Enforce"}
    return [{**fields, **rest, "WhenChangedUTC": "2026-01-02T03:04:05Z"}]


@st.composite
def tenants(draw: st.DrawFn) -> World:
    names = NAMES[: draw(st.integers(1, len(NAMES)))]
    rows: dict[str, list[Row]] = {
        "graph.organization": [{"id": TENANT_ID}],
        SKUS: [
            {
                "skuId": sku_id,
                "appliesTo": "User",
                "consumedUnits": 1,
                "capabilityStatus": draw(often("Enabled", "Warning", "Suspended")),
                "servicePlans": [{"servicePlanId": plan, "provisioningStatus": "Success"} for plan in plans],
            }
            for sku_id, plans in PLANS.items()
        ],
        USERS: [draw(users(name)) for name in names],
        "exchange.admin_audit_log_config": [
            {
                "UnifiedAuditLogIngestionEnabled": draw(often(True, False)),
                "UnifiedAuditLogFirstOptInDate": draw(st.sampled_from(("2019-03-11T08:30:00Z", None))),
            }
        ],
        "exchange.organization_config": [{"AuditDisabled": draw(often(False, True))}],
        "exchange.mailbox_audit_bypass": [
            {"Guid": f"guid-{name}", "Name": name, "AuditBypassEnabled": draw(often(False, False, True))}
            for name in names
        ],
        POLICIES: [
            *(long_policies() if draw(often(True, False)) else ()),
            *(draw(policies(number)) for number in range(draw(st.sampled_from((0, 0, 1, 2, 3))))),
        ],
        **draw(mailboxes(names)),
        **draw(rights(names)),
        **draw(azure()),
        "graph.secure_score": [],
    }
    absent = {} if rows["arm.lifecycle_policies"] else {"arm.lifecycle_policies": (ABSENT_POLICY,)}
    return World("random", rows, absent=absent, declarations=draw(often(DECLARED, NO_DECLARATIONS, ALONE, ALONE)))


@st.composite
def mailboxes(draw: st.DrawFn, names: tuple[str, ...]) -> dict[str, list[Row]]:
    """A mailbox for each account, and some of other kinds."""

    def lists() -> Row:
        managed = draw(st.sampled_from((["Admin", "Delegate", "Owner"], ["Admin", "Delegate"], [])))
        actions = {logon: sorted(DEFAULT_ACTIONS[logon]) for logon in LogonType}
        if draw(often(False, True)):
            actions[LogonType.OWNER] = [name for name in actions[LogonType.OWNER] if name != "MailItemsAccessed"]
        if draw(st.booleans()):
            actions[LogonType.OWNER] = [*actions[LogonType.OWNER], "SearchQueryInitiated"]
        return {"DefaultAuditSet": managed, **{f"Audit{logon.value}": actions[logon] for logon in LogonType}}

    def mailbox(name: str, kind: str, owner: str) -> Row:
        return {
            "Guid": f"guid-{name}",
            "UserPrincipalName": principal(name),
            "ExternalDirectoryObjectId": owner,
            "RecipientTypeDetails": kind,
            "AuditEnabled": draw(often(True, False)),
            **lists(),
        }

    found: dict[str, list[Row]] = {name: [] for name in MAILBOX_DATASETS}
    kinds = ("UserMailbox", "SharedMailbox", "RoomMailbox", "DiscoveryMailbox", "FutureMailbox")
    for name in names:
        found["exchange.mailboxes"].append(mailbox(name, draw(often("UserMailbox", *kinds)), object_id(name)))
    for dataset, kind in zip(
        MAILBOX_DATASETS[1:], ("GroupMailbox", "PublicFolderMailbox", "UserMailbox", "UserMailbox"), strict=True
    ):
        if draw(often(False, True)):
            found[dataset].append(mailbox(f"{kind} of {dataset}", kind, ""))
    return found


@st.composite
def rights(draw: st.DrawFn, names: tuple[str, ...]) -> dict[str, list[Row]]:
    """Who holds which role."""

    def assignment(number: int) -> Row:
        name = draw(st.sampled_from(names))
        kind = draw(often("user", "group", "servicePrincipal"))
        return {
            "id": f"assignment {number}",
            "roleDefinitionId": draw(st.sampled_from((GLOBAL_ADMINISTRATOR, SECURITY_READER))),
            "principalId": object_id(name),
            "directoryScopeId": "/",
            "principal": {
                "@odata.type": f"#microsoft.graph.{kind}",
                "id": object_id(name),
                "displayName": name,
                "userPrincipalName": principal(name),
                "userType": draw(often("Member", "Guest")),
            },
        }

    group = {"Guid": "guid-of-group", "Name": "Organization Management", "Roles": ["Audit Logs"]}
    return {
        "graph.role_assignments": [assignment(number) for number in range(draw(st.integers(1, 7)))],
        "graph.role_eligibilities": [assignment(number) for number in range(10, 10 + draw(st.sampled_from((0, 0, 1))))],
        "exchange.role_groups": [{**group, "Members": [principal(names[0])]}],
        "exchange.audit_role_assignments": [],
        "purview.role_groups": [{**group, "Name": "AuditManager", "Members": [principal(names[0])]}],
    }
