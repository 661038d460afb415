"""What is wrong must be seen: facts of a tenant, each with the checks that cannot pass beside it.

The unread matrix forgives a pass that every possible value would give. A check that ignores what it should look at
gives the same to all of them, so that these values are written down one by one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from azure_rows import OWNER, event, inside, lifecycle_rule, merged, without_the_absence
from matrix import Laboratory, put
from worlds import AS_OF, Row, World, subjects_of

from checks import all_checks
from compliance.assessment.declarations import NO_DECLARATIONS
from compliance.assessment.verdict import Status
from compliance.evidence.azure_views import AZURE_ROWS
from compliance.rules.licences import AUDIT_PREMIUM_PLAN

ENTRA_PREMIUM = frozenset({"41781fb2-bc02-4b7c-bd55-b576c07bb09d", "eec0eb4f-6444-4f95-aba0-50c24d67f998"})
NEVER_ALONE = frozenset({"arm.resources", "arm.adx_data_connections"})
"""Datasets in which nothing is wrong: they only tell of stores that may keep a log as well."""
GROUP = "3f9c1a52-7d0e-4b6a-8c35-1e2f3a4b5c6d"


def every(dataset: str, **changed: Any) -> Callable[[World], World]:
    return lambda world: world.with_rows(dataset, [{**row, **changed} for row in world.rows[dataset]])


def inner(dataset: str, path: str, value: Any) -> Callable[[World], World]:
    keys = path.split(".")
    return lambda world: world.with_rows(dataset, [put(row, keys, value) for row in world.rows[dataset]])


def added(dataset: str, make: Callable[[Row], Row]) -> Callable[[World], World]:
    def with_one_more(world: World) -> World:
        rows = world.rows[dataset]
        return world.with_rows(dataset, [*rows, make(rows[0])])

    return with_one_more


def without_plans(*plans: str) -> Callable[[World], World]:
    def strip(row: Row) -> Row:
        kept = [plan for plan in row["servicePlans"] if plan["servicePlanId"] not in plans]
        return {**row, "servicePlans": kept}

    return lambda world: world.with_rows(
        "graph.subscribed_skus", [strip(row) for row in world.rows["graph.subscribed_skus"]]
    )


def scored_at_zero(world: World) -> World:
    controls = [{"controlName": name, "scoreInPercentage": 0.0} for name in ("mip_search_auditlog", "exo_mailboxaudit")]
    return world.with_rows("graph.secure_score", [{"createdDateTime": AS_OF.isoformat(), "controlScores": controls}])


def a_second_mirror(world: World) -> World:
    groups = [
        {**row, "Members": [*row["Members"], "TenantAdmins_evil"]} if row["Name"] == "Organization Management" else row
        for row in world.rows["exchange.role_groups"]
    ]
    return world.with_rows("exchange.role_groups", groups)


def a_role_of_its_own(world: World) -> World:
    group = {"Guid": "guid-of-custom", "Name": "Custom", "Roles": ["Custom Audit"], "Members": ["somebody"]}
    return world.with_rows("exchange.role_groups", [*world.rows["exchange.role_groups"], group])


def a_guest_by_name(world: World) -> World:
    row = {"Guid": "g", "Role": "Audit Logs", "RoleAssigneeName": "Organization Management", "Enabled": True}
    named = {**row, "RoleAssigneeType": "RoleGroup", "EffectiveUserName": "Mallory"}
    return world.with_rows("exchange.audit_role_assignments", [named])


def a_mirror_in_purview(world: World) -> World:
    groups = [
        {**row, "Members": ["TenantAdmins_evil"]} if row["Name"] == "AuditManager" else row
        for row in world.rows["purview.role_groups"]
    ]
    return world.with_rows("purview.role_groups", groups)


def a_table_listed_again(world: World) -> World:
    tables = [
        put(row, ["properties", "retentionInDays"], 30) if row["name"] == "SigninLogs" else row
        for row in world.rows["arm.tables"]
    ]
    (short,) = (row for row in tables if row["name"] == "SigninLogs")
    longer = put(short, ["properties", "retentionInDays"], 365)
    return world.with_rows("arm.tables", [*tables, {**longer, "id": f"{longer['id']}/"}])


def bypassed_owner(world: World) -> World:
    first, *rest = world.rows["exchange.mailbox_audit_bypass"]
    return world.with_rows("exchange.mailbox_audit_bypass", [{**first, "AuditBypassEnabled": True}, *rest])


def a_mailbox_that_differs(world: World) -> World:
    again = {**world.rows["exchange.mailboxes"][0], "AuditOwner": ["HardDelete"], "DefaultAuditSet": []}
    return world.with_rows("exchange.soft_deleted_mailboxes", [again])


BAD: dict[str, tuple[Callable[[World], World], tuple[str, ...]]] = {
    "ingestion is off": (
        every("exchange.admin_audit_log_config", UnifiedAuditLogIngestionEnabled=False),
        ("AUD-01", "MIA-01", "RET-01", "RET-02", "RET-11"),
    ),
    "mailbox auditing is off": (
        every("exchange.organization_config", AuditDisabled=True),
        ("AUD-03", "MIA-01", "RET-01"),
    ),
    "Secure Score denies both switches": (scored_at_zero, ("AUD-01", "AUD-03", "MIA-01", "RET-01", "RET-02")),
    "an account is bypassed": (bypassed_owner, ("AUD-04", "MIA-01")),
    "no owner's access is recorded": (
        lambda world: inner("exchange.mailboxes", "AuditOwner", ["HardDelete"])(
            inner("exchange.mailboxes", "DefaultAuditSet", ["Admin", "Delegate"])(world)
        ),
        ("AUD-05", "AUD-07", "MIA-01"),
    ),
    "a mailbox is listed twice, the second time with a shorter list": (
        a_mailbox_that_differs,
        ("AUD-05", "AUD-07", "MIA-01"),
    ),
    "mailboxes are of a type that nobody knows": (
        every("exchange.mailboxes", RecipientTypeDetails="FutureMailbox"),
        ("AUD-05", "AUD-06", "AUD-07", "MIA-01"),
    ),
    "no mailbox belongs to an account": (
        every("exchange.mailboxes", ExternalDirectoryObjectId=""),
        ("MIA-01",),
    ),
    "no subscription carries Microsoft Entra ID P1 or P2": (
        without_plans(*ENTRA_PREMIUM),
        ("EXP-01", "RET-05", "RET-11"),
    ),
    "no user holds Audit (Premium)": (
        lambda world: inner("graph.users", "assignedPlans", [])(
            inner("graph.users", "assignedLicenses", [])(without_plans(AUDIT_PREMIUM_PLAN)(world))
        ),
        ("AUD-08", "RET-01", "RET-11", "MIA-01"),
    ),
    "the workspace is being deleted": (
        inner("arm.workspaces", "properties.provisioningState", "Deleting"),
        ("EXP-01", "RET-05", "RET-07", "RET-08", "RET-11"),
    ),
    "the workspace takes no logs in": (
        inner("arm.workspaces", "properties.workspaceCapping.dataIngestionStatus", "ForceOff"),
        ("EXP-01", "RET-05", "RET-07", "RET-08", "RET-11"),
    ),
    "no category is enabled": (
        inner("arm.entra_diagnostic_settings", "properties.logs.enabled", False),
        ("EXP-01", "RET-05", "RET-07", "RET-08", "RET-11"),
    ),
    "the setting leads nowhere": (
        inner("arm.entra_diagnostic_settings", "properties.workspaceId", None),
        ("EXP-01", "RET-05", "RET-07", "RET-08", "RET-11"),
    ),
    "the tables are of the plan Basic": (inner("arm.tables", "properties.plan", "Basic"), ("RET-05", "RET-07")),
    "the tables are of the plan Auxiliary": (inner("arm.tables", "properties.plan", "Auxiliary"), ("RET-05", "RET-07")),
    "the tables keep ninety days": (
        lambda world: inner("arm.tables", "properties.retentionInDays", 90)(
            inner("arm.tables", "properties.totalRetentionInDays", 90)(world)
        ),
        ("RET-05", "RET-07", "RET-11"),
    ),
    "a table is listed twice, the second time with longer days": (a_table_listed_again, ("RET-05",)),
    "another group claims to mirror Global Administrators": (a_second_mirror, ("ACC-01",)),
    "a group in Purview claims to mirror Global Administrators": (a_mirror_in_purview, ("ACC-01",)),
    "a role group carries a role that is not built in": (a_role_of_its_own, ("ACC-01",)),
    "Exchange names somebody whom the directory does not know": (a_guest_by_name, ("ACC-01",)),
    "a group is Global Administrator": (
        added(
            "graph.role_assignments",
            lambda row: {
                **row,
                "id": "another",
                "roleDefinitionId": "62e90394-69f5-4237-9190-012177145e10",
                "principalId": GROUP,
                "principal": {**row["principal"], "id": GROUP, "@odata.type": "#microsoft.graph.group"},
            },
        ),
        ("ACC-01",),
    ),
    "all users are guests": (every("graph.users", userType="Guest"), ("ACC-01", "RET-01", "RET-02", "RET-11")),
    "a short policy comes first": (
        added(
            "purview.audit_retention_policies",
            lambda row: {
                **row,
                "Name": "short",
                "Priority": 1,
                "RetentionDuration": "SevenDays",
                "RecordTypes": ["ExchangeItemAggregated"],
                "Operations": [],
                "UserIds": [],
            },
        ),
        ("RET-01", "RET-03", "RET-08", "RET-11"),
    ),
}


def owners(kind: str, count: int) -> Callable[[World], World]:
    """So many who own everything for good, of a kind."""

    def with_owners(world: World) -> World:
        for dataset in ("arm.role_assignments", "arm.role_assignment_schedules"):
            row = world.rows[dataset][0]
            held = [
                merged(
                    {**row, "id": f"{row['id']}{number}"},
                    inside(
                        roleDefinitionId=f"{ROLES}/{OWNER}",
                        scope="/",
                        principalType=kind,
                        principalId=f"{number:08}-1111-4222-8333-444455556666",
                    ),
                )
                for number in range(count)
            ]
            world = world.with_rows(dataset, [*world.rows[dataset], *held])
        return world

    return with_owners


def without(dataset: str) -> Callable[[World], World]:
    return lambda world: world.with_rows(dataset, [])


def done(operation: str, on: str) -> Callable[[World], World]:
    """That something was done to the workspace, or to something in it, five days ago."""

    def with_event(world: World) -> World:
        workspace = world.rows["arm.workspaces"][0]["id"]
        return world.with_rows("arm.activity_events", [event(workspace, operation, f"{workspace}{on}")])

    return with_event


def not_there(dataset: str) -> Callable[[World], World]:
    """That the service answers 404 of everything in a dataset."""
    return lambda world: replace(
        world.with_rows(dataset, []),
        absent={**world.absent, dataset: tuple(row["id"] for row in world.rows[dataset])},
    )


def short_lifecycle(world: World) -> World:
    (account,) = world.rows["arm.storage_accounts"]
    rows = [
        {"id": f"{account['id']}/managementPolicies/default", **inside(policy={"rules": [lifecycle_rule(30)]})},
    ]
    return without_the_absence(world, "arm.lifecycle_policies", rows)


def otherwise(dataset: str, **changed: Any) -> Callable[[World], World]:
    return lambda world: world.with_rows(dataset, [merged(row, inside(**changed)) for row in world.rows[dataset]])


def everybody_may_everything(world: World) -> World:
    return otherwise("arm.role_definitions", permissions={"actions": ["*"], "notActions": []})(world)


def both(*worsen: Callable[[World], World]) -> Callable[[World], World]:
    def every_one(world: World) -> World:
        for each in worsen:
            world = each(world)
        return world

    return every_one


ROLES = "/providers/Microsoft.Authorization/roleDefinitions"
ENTRA_RETENTION = ("RET-07", "RET-08", "RET-11")
CLOSED = {"networkAcls": {"bypass": "None", "defaultAction": "Deny"}}
AZURE_BAD: dict[str, tuple[str, Callable[[World], World], tuple[str, ...]]] = {
    "a subscription is disabled": (
        "kept",
        every("arm.subscriptions", state="Disabled"),
        ("EXP-01", "EXP-02", "INT-01", "RET-05", "RET-06", *ENTRA_RETENTION),
    ),
    "the subscriptions are another tenant's": (
        "kept",
        lambda world: replace(every("arm.subscriptions", tenantId=GROUP)(world), declarations=NO_DECLARATIONS),
        ("EXP-02", "EXP-05", "RET-06", "ACC-02", "ACC-04"),
    ),
    "a declared subscription is not among those that were seen": (
        "kept",
        lambda world: world.with_rows("arm.subscriptions", world.rows["arm.subscriptions"][:1]),
        ("ACC-02", "ACC-04", "EXP-02", "EXP-05", "INT-01", "RET-06", "RET-08"),
    ),
    "no subscription exports its Activity log": (
        "kept",
        without("arm.activity_log_settings"),
        ("EXP-05", "RET-06", "RET-08", "INT-01"),
    ),
    "Activity logs are sent without their alerts": (
        "kept",
        lambda world: world.with_rows(
            "arm.activity_log_settings",
            [
                merged(row, inside(logs=[one for one in row["properties"]["logs"] if one["category"] != "Alert"]))
                for row in world.rows["arm.activity_log_settings"]
            ],
        ),
        ("EXP-05", "RET-06", "INT-01"),
    ),
    "the workspace is not there": (
        "kept",
        not_there("arm.workspaces"),
        ("EXP-01", "EXP-02", "EXP-05", "INT-01", "RET-05", "RET-06", *ENTRA_RETENTION),
    ),
    "the tables of the workspace keep thirty days": (
        "kept",
        otherwise("arm.tables", retentionInDays=30, totalRetentionInDays=30),
        ("ACC-03", "RET-05", "RET-06", "RET-07", "RET-11"),
    ),
    "no export rule is on": ("kept", otherwise("arm.data_exports", enable=False), ("INT-01",)),
    "the export rule names no table": ("kept", otherwise("arm.data_exports", tableNames=[]), ("INT-01",)),
    "no workspace has Microsoft Sentinel": (
        "kept",
        without("arm.sentinel_onboarding"),
        ("EXP-03", "RET-04 m-21-31", "RET-08 m-21-31"),
    ),
    "no connector is there": ("kept", without("arm.data_connectors"), ("EXP-03", "RET-04 m-21-31", "RET-08 m-21-31")),
    "the connector is of another kind": (
        "kept",
        every("arm.data_connectors", kind="AzureActiveDirectory"),
        ("EXP-03", "RET-04 m-21-31", "RET-08 m-21-31"),
    ),
    "the connector reads another tenant": (
        "kept",
        otherwise("arm.data_connectors", tenantId=GROUP),
        ("EXP-03", "RET-04 m-21-31", "RET-08 m-21-31"),
    ),
    "the connector leaves mail out": (
        "kept",
        otherwise("arm.data_connectors", dataTypes={"exchange": {"state": "Disabled"}}),
        ("EXP-03", "RET-04 m-21-31", "RET-08 m-21-31"),
    ),
    "the event hub is disabled": (
        "relayed",
        otherwise("arm.event_hubs", status="Disabled"),
        ("INT-01", "RET-08 m-21-31"),
    ),
    "the event hub is in a state that nobody knows": (
        "relayed",
        otherwise("arm.event_hubs", status="FromTheFuture"),
        ("INT-01", "RET-08 m-21-31"),
    ),
    "nothing is captured": (
        "relayed",
        otherwise("arm.event_hubs", captureDescription={"enabled": False}),
        ("INT-01", "RET-08 m-21-31"),
    ),
    "a database of Azure Data Explorer is all that keeps a log long": (
        "relayed",
        both(
            otherwise("arm.event_hubs", captureDescription=None),
            otherwise("arm.adx_databases", softDeletePeriod="P3650D", hotCachePeriod="P3650D"),
        ),
        ("INT-01", "RET-08 m-21-31"),
    ),
    "a lifecycle rule deletes after thirty days": (
        "relayed",
        both(short_lifecycle, otherwise("arm.blob_containers", hasImmutabilityPolicy=False, immutabilityPolicy=None)),
        ("INT-01", "RET-08 m-21-31", "RET-09"),
    ),
    "a lifecycle policy was made where there was none": (
        "kept",
        both(short_lifecycle, otherwise("arm.blob_containers", hasImmutabilityPolicy=False, immutabilityPolicy=None)),
        ("INT-01", "RET-09"),
    ),
    "the storage account is not there": (
        "relayed",
        not_there("arm.storage_accounts"),
        ("INT-01", "RET-08 m-21-31"),
    ),
    "the storage account is open": (
        "kept",
        otherwise("arm.storage_accounts", networkAcls={"bypass": "AzureServices", "defaultAction": "Allow"}),
        ("INT-07",),
    ),
    "the storage account keeps Azure Monitor out": (
        "relayed",
        otherwise("arm.storage_accounts", **CLOSED),
        ("INT-01", "RET-08 m-21-31"),
    ),
    "the storage account may be public": (
        "kept",
        otherwise("arm.storage_accounts", allowBlobPublicAccess=True),
        ("INT-07",),
    ),
    "nobody said whether the storage account takes keys": (
        "kept",
        otherwise("arm.storage_accounts", allowSharedKeyAccess=None),
        ("INT-07",),
    ),
    "the storage account takes plain HTTP": (
        "kept",
        otherwise("arm.storage_accounts", supportsHttpsTrafficOnly=False),
        ("INT-06",),
    ),
    "the storage account takes old TLS": (
        "kept",
        otherwise("arm.storage_accounts", minimumTlsVersion="TLS1_0"),
        ("INT-06",),
    ),
    "no policy is locked": (
        "kept",
        otherwise("arm.blob_containers", immutabilityPolicy={"properties": {"state": "Unlocked"}}),
        ("INT-01",),
    ),
    "the policies are for a week": (
        "kept",
        otherwise(
            "arm.blob_containers", immutabilityPolicy={"properties": {"immutabilityPeriodSinceCreationInDays": 7}}
        ),
        ("INT-01",),
    ),
    "the policies can be overridden": (
        "kept",
        otherwise("arm.blob_containers", immutableStorageWithVersioning={"enabled": True}),
        ("INT-01",),
    ),
    "the policies keep appends out": (
        "kept",
        otherwise(
            "arm.blob_containers",
            immutabilityPolicy={
                "properties": {"allowProtectedAppendWrites": False, "allowProtectedAppendWritesAll": False}
            },
        ),
        ("INT-02",),
    ),
    "no container was ever written": ("kept", without("arm.blob_containers"), ("INT-01", "INT-02")),
    "soft delete is off": (
        "kept",
        otherwise("arm.blob_services", deleteRetentionPolicy={"enabled": False, "days": None}),
        ("INT-03",),
    ),
    "a deleted container is gone": (
        "kept",
        otherwise("arm.blob_services", containerDeleteRetentionPolicy={"enabled": True, "days": 1}),
        ("INT-03",),
    ),
    "nobody records who reads": ("kept", without("arm.store_diagnostic_settings"), ("ACC-03",)),
    "of those who read nothing is enabled": (
        "kept",
        otherwise("arm.store_diagnostic_settings", logs={"enabled": False}),
        ("ACC-03",),
    ),
    "there is no lock": ("kept", without("arm.locks"), ("INT-03", "INT-04")),
    "the locks are of a level that nobody knows": (
        "kept",
        otherwise("arm.locks", level="FromTheFuture"),
        ("INT-03", "INT-04"),
    ),
    "six people own everything": ("kept", owners("User", 6), ("ACC-02", "ACC-04")),
    "a group owns everything": ("kept", owners("Group", 1), ("ACC-02", "ACC-04")),
    "an application owns everything": ("kept", owners("ServicePrincipal", 1), ("ACC-02", "ACC-04")),
    "a person owns everything for good": ("kept", owners("User", 1), ("ACC-04",)),
    "every role may do everything": ("kept", everybody_may_everything, ("ACC-02", "ACC-04", "EXP-07")),
    "no role may do anything": (
        "kept",
        otherwise("arm.role_definitions", permissions={"actions": [], "dataActions": []}),
        ("ACC-02", "ACC-04", "EXP-07"),
    ),
    "nobody holds a role that reads": (
        "kept",
        both(without("arm.role_assignments"), without("arm.role_eligibilities")),
        ("ACC-02", "ACC-04", "EXP-07"),
    ),
    "a group may take on every role": (
        "kept",
        otherwise("arm.role_eligibilities", principalType="Group", roleDefinitionId=f"{ROLES}/{OWNER}"),
        ("ACC-02",),
    ),
    "the workspace was purged": ("kept", done("purge/action", ""), ("INT-04",)),
    "a table was deleted": ("kept", done("tables/delete", "/tables/SigninLogs"), ("INT-04", "RET-12")),
    "a short table was written": (
        "kept",
        both(
            done("tables/write", "/tables/SigninLogs"),
            otherwise("arm.tables", retentionInDays=30, totalRetentionInDays=30),
        ),
        ("RET-12",),
    ),
    "nothing is stated of what no API shows": (
        "kept",
        lambda world: replace(world, declarations=NO_DECLARATIONS),
        ("ACC-02", "ACC-03", "ACC-04", "EXP-02", "EXP-03", "EXP-05", "EXP-07", "INT-05", "RET-07", "RET-08", "RET-11"),
    ),
}
"""Facts of Azure, and of what is declared beside it: the tenant that they are of, and the checks as before."""


@pytest.mark.parametrize("fact", [*BAD, *AZURE_BAD])
def test_no_check_passes_beside_what_it_asks_about(fact: str, worlds: dict[str, World], laboratory: Laboratory) -> None:
    base, worsen, concerned = AZURE_BAD[fact] if fact in AZURE_BAD else ("compliant", *BAD[fact])
    evidence = laboratory.evidence(worsen(worlds[base]))
    passing = [
        subject.name
        for subject in subjects_of(all_checks())
        if subject.name in concerned or subject.name.split()[0] in concerned
        for status, _ in subject.ask(evidence).values()
        if status is Status.PASS
    ]
    assert passing == []


def test_every_check_has_something_that_it_must_not_pass_beside() -> None:
    exempt = {
        "ACC-05",  # judges who read, which is in the tokens and not in the tenant: tests/access
        "INT-08",  # passes nowhere, and fails by the clock of the machine that read: tests/integrity
    }
    named = {check.split()[0] for *_, concerned in (*BAD.values(), *AZURE_BAD.values()) for check in concerned}
    assert {one.id for one in all_checks()} - exempt == named


@pytest.mark.parametrize("dataset", AZURE_ROWS)
def test_of_every_dataset_of_azure_something_wrong_is_shown_to_the_checks(
    dataset: str, worlds: dict[str, World]
) -> None:
    azure = [worsen(worlds[base]).rows[dataset] != worlds[base].rows[dataset] for base, worsen, _ in AZURE_BAD.values()]
    before = [
        worsen(worlds["compliant"]).rows[dataset] != worlds["compliant"].rows[dataset] for worsen, _ in BAD.values()
    ]
    assert any((*azure, *before)) or dataset in NEVER_ALONE
