from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rights_cases import (
    COMPLIANCE,
    GLOBAL,
    READER,
    account,
    denied,
    effective,
    group,
    holds,
    population,
    rights,
    user,
)

from checks.access.acc_01 import few_people_can_change_audit_settings
from compliance.assessment.verdict import Fail, Indeterminate, Parts, Pass, Verdict
from compliance.evidence.derived.audit_rights import AuditRights
from compliance.evidence.population import Coverage, Malformed
from compliance.evidence.unread import Kind, Unread
from compliance.evidence.views import (
    AuditRoleAssignment,
    PurviewRoleGroup,
    RoleAssignment,
    RoleEligibility,
    RoleGroup,
    User,
)


def judged(found: AuditRights) -> Verdict:
    verdict = few_people_can_change_audit_settings.function(found)
    assert not isinstance(verdict, Parts)
    return verdict


def kind_of(found: AuditRights) -> Kind:
    verdict = judged(found)
    assert isinstance(verdict, Indeterminate), verdict
    return verdict.kind


def assignments(*rows: Any, **more: Any) -> dict[str, Any]:
    return {"assignments": population(RoleAssignment, *rows, **more)}


def test_one_administrator_and_nothing_else_passes() -> None:
    verdict = judged(rights())
    assert isinstance(verdict, Pass)
    assert verdict.condition.startswith("people who can change audit settings: 1;")


def test_five_people_are_enough_and_six_are_too_many() -> None:
    assert isinstance(judged(rights(**assignments(*map(holds, range(5))))), Pass)
    verdict = judged(rights(**assignments(*map(holds, range(6)))))
    assert isinstance(verdict, Fail)
    assert verdict.tally is not None
    assert verdict.tally.violating == 6


def test_who_is_eligible_counts_like_who_holds() -> None:
    found = rights(
        **assignments(*map(holds, range(3))), eligibilities=population(RoleEligibility, *map(holds, range(3, 6)))
    )
    assert isinstance(judged(found), Fail)


def test_one_person_with_two_roles_counts_once() -> None:
    rows = [holds(n, role) for n in range(5) for role in (GLOBAL, COMPLIANCE)]
    found = rights(**assignments(*rows), eligibilities=population(RoleEligibility, *map(holds, range(5))))
    assert found.at_most == 5
    assert isinstance(judged(found), Pass)


def test_a_role_that_does_not_configure_auditing_does_not_count() -> None:
    assert isinstance(judged(rights(**assignments(holds(0), *(holds(n, READER) for n in range(1, 40))))), Pass)


@pytest.mark.parametrize("source", ["principal", "users"])
def test_a_guest_fails_wherever_it_is_told(source: str) -> None:
    told = {"userType": "Guest"} if source == "principal" else {"userType": ...}
    found = rights(**assignments(holds(1), holds(2, **told)), users=population(User, user(1), user(2, "Guest")))
    verdict = judged(found)
    assert isinstance(verdict, Fail)
    assert "guest" in verdict.condition


def test_a_guest_among_the_members_of_a_purview_role_group_fails() -> None:
    purview = population(PurviewRoleGroup, group("Auditors", account(7), roles=("x/y/Organization Configuration",)))
    found = rights(purview=purview, users=population(User, user(1), user(7, "Guest")))
    assert isinstance(judged(found), Fail)


def test_a_guest_in_exchange_is_told_by_its_name() -> None:
    found = rights(effective=population(AuditRoleAssignment, effective("eve_evil.example#EXT#")))
    assert isinstance(judged(found), Fail)


def test_whether_somebody_is_a_guest_must_be_known() -> None:
    found = rights(**assignments(holds(1, userType=...)), users=denied("graph.users"))
    assert kind_of(found) is Kind.UNPROVEN


def test_a_group_whose_members_were_not_read_is_open() -> None:
    found = rights(**assignments(holds(1), holds(2, kind="group")))
    assert kind_of(found) is Kind.UNPROVEN


def test_a_group_does_not_hide_that_there_are_too_many() -> None:
    assert isinstance(judged(rights(**assignments(*map(holds, range(6)), holds(9, kind="group")))), Fail)


def test_an_application_needs_somebodys_word() -> None:
    found = rights(**assignments(holds(1), holds(2, kind="servicePrincipal")))
    assert kind_of(found) is Kind.NEEDS_ATTESTATION
    verdict = judged(found)
    assert isinstance(verdict, Indeterminate)
    assert verdict.tally is not None
    assert [one.id for one in verdict.tally.affected] == [account(2)]


def test_an_application_in_exchange_needs_somebodys_word() -> None:
    row = effective("backup tool", "backup tool", "ServicePrincipal")
    assert kind_of(rights(effective=population(AuditRoleAssignment, row))) is Kind.NEEDS_ATTESTATION


def test_names_that_may_be_one_persons_leave_the_number_open() -> None:
    found = rights(
        **assignments(*map(holds, range(3))),
        effective=population(AuditRoleAssignment, *(effective(f"Name {n}") for n in range(3))),
    )
    assert (found.at_least, found.at_most) == (3, 6)
    assert kind_of(found) is Kind.UNPROVEN


def test_a_display_name_is_nobodys_and_a_principal_name_is_somebodys() -> None:
    def of(name: str) -> AuditRights:
        return rights(effective=population(AuditRoleAssignment, effective(name)))

    assert of("N1").at_most == 2
    assert of("N1@bureau.example").at_most == 1
    assert of(account(1)).at_most == 1


def test_many_names_in_exchange_alone_fail() -> None:
    rows = [effective(f"Name {n}") for n in range(6)]
    assert isinstance(judged(rights(effective=population(AuditRoleAssignment, *rows))), Fail)


def test_an_assignment_that_is_switched_off_does_not_count() -> None:
    rows = [effective(f"Name {n}") | {"Enabled": False} for n in range(6)]
    assert isinstance(judged(rights(effective=population(AuditRoleAssignment, *rows))), Pass)


@pytest.mark.parametrize("name", ["All Group Members", "All Linked Group Members", "All Policy Assignees"])
def test_an_assignment_whose_users_were_not_expanded_is_open(name: str) -> None:
    assert kind_of(rights(effective=population(AuditRoleAssignment, effective(name)))) is Kind.UNPROVEN


def test_an_assignee_of_an_unknown_type_is_open() -> None:
    rows = population(AuditRoleAssignment, effective("x", kind="FromTheFuture"))
    assert kind_of(rights(effective=rows)) is Kind.UNPROVEN


def test_a_member_of_organization_management_that_nothing_expands_is_open() -> None:
    groups = population(RoleGroup, group("Organization Management", "Help desk team", roles=()))
    assert kind_of(rights(role_groups=groups)) is Kind.UNPROVEN


def test_the_members_of_an_expanded_group_are_its_effective_users() -> None:
    groups = population(RoleGroup, group("Organization Management", "Help desk team", "TenantAdmins_-17"))
    found = rights(role_groups=groups, effective=population(AuditRoleAssignment, *map(effective, UPNS)))
    assert isinstance(judged(found), Pass)


@pytest.mark.parametrize("name", ["evil", "Mallory (guest)", "n7"])
def test_a_name_that_is_nobodys_in_the_directory_may_be_a_guests(name: str) -> None:
    assert kind_of(rights(effective=population(AuditRoleAssignment, effective(name)))) is Kind.UNPROVEN


def test_who_configures_the_organization_can_switch_mailbox_auditing_off_and_counts() -> None:
    six = [f"n{number}@bureau.example" for number in range(2, 8)]
    for role in ("Organization Configuration", "Role Management"):
        groups = population(RoleGroup, group("Custom", *six, roles=(role,)))
        assert isinstance(judged(rights(role_groups=groups)), Fail)


def test_a_role_that_is_not_built_in_may_be_made_from_one_that_configures_auditing() -> None:
    groups = population(RoleGroup, group("Custom", "n2@bureau.example", roles=("Custom Audit",)))
    assert kind_of(rights(role_groups=groups)) is Kind.UNPROVEN
    assert isinstance(judged(rights(role_groups=population(RoleGroup, group("Custom", roles=("Custom Audit",))))), Pass)


def test_who_may_give_roles_away_counts_among_the_administrators() -> None:
    role = "e8611ab8-c189-46e8-94e1-60213ab1f814"
    found = rights(**assignments(holds(0), *(holds(number, role) for number in range(1, 6))))
    assert isinstance(judged(found), Fail)


def test_a_mirror_of_a_directory_role_that_is_not_counted_is_open_even_in_an_expanded_group() -> None:
    groups = population(RoleGroup, group("Organization Management", "HelpdeskAdmins_-18"))
    found = rights(role_groups=groups, effective=population(AuditRoleAssignment, effective("Ann")))
    assert kind_of(found) is Kind.UNPROVEN


def test_of_two_groups_that_claim_to_mirror_one_role_neither_is_believed() -> None:
    groups = population(RoleGroup, group("Organization Management", "TenantAdmins_-17", "TenantAdmins_evil"))
    assert kind_of(rights(role_groups=groups)) is Kind.UNPROVEN


def test_a_mirror_in_purview_counts_only_where_exchange_online_lists_it() -> None:
    purview = population(PurviewRoleGroup, group("Auditors", "TenantAdmins_-17"))
    assert isinstance(judged(rights(purview=purview)), Pass)
    purview = population(PurviewRoleGroup, group("Auditors", "TenantAdmins_-18"))
    assert kind_of(rights(purview=purview)) is Kind.UNPROVEN


def test_a_role_group_that_does_not_configure_auditing_does_not_count() -> None:
    groups = population(RoleGroup, group("Help Desk", "team", roles=("View-Only Audit Logs", "Reset Password")))
    assert isinstance(judged(rights(role_groups=groups)), Pass)


@pytest.mark.parametrize("role", ["Audit Logs", "FFO.example/x/Organization Configuration"])
def test_a_member_in_purview_that_may_be_a_group_is_open(role: str) -> None:
    purview = population(PurviewRoleGroup, group("Auditors", "Somebody", roles=(role,)))
    assert kind_of(rights(purview=purview)) is Kind.UNPROVEN


@pytest.mark.parametrize("name", ["assignments", "eligibilities", "effective", "role_groups", "purview"])
def test_any_list_unread_leaves_it_open(name: str) -> None:
    assert kind_of(rights(**{name: denied(name)})) is Kind.DENIED


@pytest.mark.parametrize("name", ["effective", "role_groups", "purview"])
def test_a_list_unread_does_not_hide_that_there_are_too_many(name: str) -> None:
    assert isinstance(judged(rights(**assignments(*map(holds, range(6))), **{name: denied(name)})), Fail)


def test_only_a_part_of_a_list_leaves_it_open() -> None:
    assert kind_of(rights(**assignments(holds(1), coverage=Coverage.VISIBLE_ONLY))) is Kind.INCOMPLETE


@pytest.mark.parametrize(
    ("kind", "reason", "open_"),
    [
        (Kind.UNAVAILABLE, "400 licence: AadPremiumLicenseRequired: P2", False),
        (Kind.UNAVAILABLE, "404 not served here", True),
        (Kind.DENIED, "403 AadPremiumLicenseRequired", True),
    ],
)
def test_without_a_licence_for_it_nobody_is_eligible(kind: Kind, reason: str, open_: bool) -> None:
    unread = Unread(kind, "graph.role_eligibilities", reason, "P2")
    assert isinstance(judged(rights(eligibilities=unread)), Indeterminate) is open_


def test_nobody_at_all_is_no_pass() -> None:
    assert kind_of(rights(**assignments(holds(1, READER)))) is Kind.CONTRADICTORY


@pytest.mark.parametrize(
    ("name", "row_type", "row"),
    [
        ("assignments", RoleAssignment, holds(2) | {"roleDefinitionId": "FromTheFuture"}),
        ("assignments", RoleAssignment, holds(2) | {"directoryScopeId": "/administrativeUnits/x"}),
        ("assignments", RoleAssignment, holds(2, kind="device")),
        ("assignments", RoleAssignment, holds(2, id=account(1))),
        ("assignments", RoleAssignment, holds(2, id="FromTheFuture") | {"principalId": "FromTheFuture"}),
        ("assignments", RoleAssignment, {n: v for n, v in holds(2).items() if n != "principal"}),
        ("effective", AuditRoleAssignment, effective("x") | {"Role": "FromTheFuture"}),
        ("effective", AuditRoleAssignment, {n: v for n, v in effective("x").items() if n != "Enabled"}),
        ("role_groups", RoleGroup, {n: v for n, v in group("x").items() if n != "Roles"}),
        ("purview", PurviewRoleGroup, {n: v for n, v in group("x").items() if n != "Members"}),
        ("assignments", RoleAssignment, Malformed("broken")),
        ("effective", AuditRoleAssignment, Malformed("broken")),
        ("role_groups", RoleGroup, Malformed("broken")),
        ("purview", PurviewRoleGroup, Malformed("broken")),
    ],
)
def test_a_row_that_cannot_be_read_may_be_anybody(name: str, row_type: Any, row: Any) -> None:
    rows = [holds(1), row] if name == "assignments" else [row]
    assert isinstance(judged(rights(**{name: population(row_type, *rows)})), Indeterminate)


UPNS = ("n2@bureau.example", "n3@bureau.example")
_NUMBERS = st.sets(st.integers(0, 9), max_size=8)


@given(_NUMBERS, _NUMBERS, _NUMBERS, _NUMBERS)
def test_a_pass_means_that_no_reading_of_the_names_gives_more_than_five_people(
    held: set[int], eligible: set[int], exchange: set[int], by_principal_name: set[int]
) -> None:
    found = rights(
        **assignments(*map(holds, sorted(held))),
        eligibilities=population(RoleEligibility, *map(holds, sorted(eligible))),
        effective=population(
            AuditRoleAssignment,
            *(effective(f"Name {n}") for n in sorted(exchange)),
            *(effective(f"n{n}@bureau.example") for n in sorted(by_principal_name)),
        ),
        users=population(User, *map(user, range(10))),
    )
    surely = held | eligible | by_principal_name
    verdict = judged(found)
    if len(surely) <= 5 and surely and not exchange:
        assert isinstance(verdict, Pass)
    elif max(len(surely), len(exchange) + len(by_principal_name)) > 5:
        assert isinstance(verdict, Fail)
    else:
        assert isinstance(verdict, Indeterminate)
