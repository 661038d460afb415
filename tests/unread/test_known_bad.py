"""What is wrong must be seen: facts of a tenant, each with the checks that cannot pass beside it.

The unread matrix forgives a pass that every possible value would give. A check that ignores what it should look at
gives the same to all of them, so that these values are written down one by one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from matrix import Laboratory, put
from worlds import AS_OF, Row, World, subjects_of

from checks import all_checks
from compliance.assessment.verdict import Status
from compliance.rules.licences import AUDIT_PREMIUM_PLAN

ENTRA_PREMIUM = frozenset({"41781fb2-bc02-4b7c-bd55-b576c07bb09d", "eec0eb4f-6444-4f95-aba0-50c24d67f998"})
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
        ("RET-05", "RET-07", "RET-08", "RET-11"),
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


@pytest.mark.parametrize("fact", BAD)
def test_no_check_passes_beside_what_it_asks_about(fact: str, worlds: dict[str, World], laboratory: Laboratory) -> None:
    worsen, concerned = BAD[fact]
    evidence = laboratory.evidence(worsen(worlds["compliant"]))
    passing = [
        subject.name
        for subject in subjects_of(all_checks())
        if subject.name.split()[0] in concerned
        for status, _ in subject.ask(evidence).values()
        if status is Status.PASS
    ]
    assert passing == []


def test_every_check_has_something_that_it_must_not_pass_beside() -> None:
    exempt = {"ACC-05"}  # judges who read, which is in the tokens and not in the tenant: tests/access
    assert {one.id for one in all_checks()} - exempt == {check for _, concerned in BAD.values() for check in concerned}
