from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

import pytest

from compliance.assessment.assessment import Finding
from compliance.assessment.verdict import Status
from compliance.demo.azure import Azure
from compliance.demo.people import Licence
from compliance.demo.roles import DirectoryRole
from compliance.demo.tenant import SecureScore, Tenant
from compliance.evidence.bundle import Bundle, frames_of
from compliance.evidence.datasets import DATASETS, State
from compliance.evidence.rows import OBJECT
from compliance.evidence.unread import Kind

Collected: TypeAlias = Callable[[Tenant], Bundle]
Judged: TypeAlias = Callable[[Tenant, str], Finding]


def states(bundle: Bundle) -> dict[str, State]:
    return {entry.name: entry.state for entry in bundle.manifest.datasets}


def without_collector_in_purview(tenant: Tenant) -> Tenant:
    """Nobody can tell that a name in a role group of Purview is an application's."""
    tenant.purview_role_groups = [group for group in tenant.purview_role_groups if not group.members]
    return tenant


def add_administrators(tenant: Tenant, count: int, user_type: str = "Member") -> None:
    for number in range(count):
        account = tenant.add_user(f"admin{number}", user_type=user_type)
        tenant.directory_roles.append(
            DirectoryRole(
                "Global Administrator",
                account.id,
                "user",
                account.display_name,
                account.user_principal_name,
                user_type,
            )
        )


# Reading


def test_every_dataset_of_a_tenant_is_read_whole_page_by_page(collected: Collected, tenant: Tenant) -> None:
    tenant.graph_page_size = tenant.azure.page_size = 1
    tenant.exchange_page_size = 2
    bundle = collected(tenant)
    assert states(bundle) == dict.fromkeys(DATASETS, State.COMPLETE)
    mailboxes = next(entry for entry in bundle.manifest.datasets if entry.name == "exchange.mailboxes")
    assert mailboxes.rows == len(tenant.mailboxes)
    assert mailboxes.frames > 1


def test_a_workspace_is_kept_as_the_object_that_it_is(collected: Collected, tenant: Tenant) -> None:
    bundle = collected(tenant)
    entry = next(entry for entry in bundle.manifest.datasets if entry.name == "arm.workspaces")
    frames = list(frames_of(bundle.path, entry))
    assert [frame.header.get("shape") for frame in frames] == [OBJECT]


def test_a_deleted_workspace_is_not_an_empty_one(collected: Collected, tenant: Tenant) -> None:
    gone = tenant.azure.workspaces.pop(0).id
    bundle = collected(tenant)
    found = {entry.name: entry for entry in bundle.manifest.datasets}
    assert found["arm.entra_diagnostic_settings"].state is State.COMPLETE
    for name in ("arm.workspaces", "arm.tables"):
        assert found[name].absent == (gone,)


def test_without_settings_there_is_no_workspace_to_read_and_nothing_missing(
    collected: Collected, tenant: Tenant
) -> None:
    tenant.azure = Azure(subscriptions=tenant.azure.subscriptions)
    for subscription in tenant.azure.subscriptions:
        subscription.settings.clear()
    found = {entry.name: entry for entry in collected(tenant).manifest.datasets}
    for name in ("arm.workspaces", "arm.tables"):
        assert (found[name].state, found[name].rows, found[name].frames) == (State.COMPLETE, 0, 0)


def test_without_rights_in_azure_nothing_is_known_of_workspaces(collected: Collected, tenant: Tenant) -> None:
    tenant.identity = replace(tenant.identity, azure_roles=())
    found = states(collected(tenant))
    assert found["arm.entra_diagnostic_settings"] is State.DENIED
    assert found["arm.workspaces"] is found["arm.tables"] is State.NOT_REQUESTED


def test_rights_on_the_settings_alone_leave_the_workspaces_denied(collected: Collected, tenant: Tenant) -> None:
    tenant.identity = replace(tenant.identity, azure_roles=(("Reader", "/providers/Microsoft.aadiam"),))
    found = {entry.name: entry for entry in collected(tenant).manifest.datasets}
    assert found["arm.entra_diagnostic_settings"].state is State.COMPLETE
    for name in ("arm.workspaces", "arm.tables"):
        assert found[name].state is State.DENIED
        assert "no right to perform Microsoft.OperationalInsights/" in (found[name].reason or "")


# Judging


def test_few_administrators_pass(finding: Judged, tenant: Tenant) -> None:
    found = finding(without_collector_in_purview(tenant), "ACC-01")
    assert (found.status, found.kind) == (Status.PASS, None), found


def test_too_many_administrators_fail_with_each_of_them(finding: Judged, tenant: Tenant) -> None:
    add_administrators(tenant, 4)
    found = finding(tenant, "ACC-01")
    assert found.status is Status.FAIL
    assert found.condition == "at least 7 people can change audit settings"
    assert found.affected_count == 7


def test_a_guest_who_is_administrator_fails(finding: Judged, tenant: Tenant) -> None:
    add_administrators(tenant, 1, "Guest")
    found = finding(tenant, "ACC-01")
    assert found.status is Status.FAIL
    assert [sample.name for sample in found.samples if sample.decided] == [tenant.users[-1].user_principal_name]


def test_a_collector_in_a_role_group_of_purview_is_a_name_that_may_be_a_group(finding: Judged, tenant: Tenant) -> None:
    found = finding(tenant, "ACC-01")
    assert (found.status, found.kind) == (Status.INDETERMINATE, Kind.UNPROVEN)
    assert "lookback collector" in found.cause


def test_without_the_licence_for_eligible_roles_few_administrators_still_pass(finding: Judged, tenant: Tenant) -> None:
    tenant.skus.clear()
    tenant.add_sku("SPE_E3", 20)
    for user in tenant.users:
        user.licences = [Licence("SPE_E3")]
    found = finding(without_collector_in_purview(tenant), "ACC-01")
    assert found.status is Status.PASS, found


def test_who_may_not_read_directory_roles_cannot_say_who_holds_them(finding: Judged, tenant: Tenant) -> None:
    tenant.identity = replace(tenant.identity, graph_roles=("Organization.Read.All", "User.Read.All"))
    found = finding(tenant, "ACC-01")
    assert (found.status, found.kind) == (Status.INDETERMINATE, Kind.DENIED)


def test_a_collector_that_only_reads_passes(finding: Judged, tenant: Tenant) -> None:
    assert finding(tenant, "ACC-05").status is Status.PASS


def test_a_collector_with_a_permission_that_writes_fails(finding: Judged, tenant: Tenant) -> None:
    roles = (*tenant.identity.graph_roles, "Directory.ReadWrite.All")
    tenant.identity = replace(tenant.identity, graph_roles=roles)
    assert finding(tenant, "ACC-05").status is Status.FAIL


def test_a_collector_that_is_global_administrator_fails(finding: Judged, tenant: Tenant) -> None:
    mine = DirectoryRole("Global Administrator", tenant.identity.object_id, "servicePrincipal", "collector")
    tenant.directory_roles.append(mine)
    found = finding(tenant, "ACC-05")
    assert (found.status, found.cause) == (Status.FAIL, "Global Administrator")


@pytest.mark.parametrize(("check", "control"), [("AUD-01", "mip_search_auditlog"), ("AUD-03", "exo_mailboxaudit")])
def test_a_secure_score_that_denies_a_switch_is_a_contradiction(
    finding: Judged, tenant: Tenant, check: str, control: str
) -> None:
    tenant.secure_score = SecureScore(percentages={control: 0.0})
    found = finding(tenant, check)
    assert (found.status, found.kind) == (Status.INDETERMINATE, Kind.CONTRADICTORY)
    assert control in found.condition


@pytest.mark.parametrize("check", ["AUD-01", "AUD-03"])
def test_without_the_right_to_secure_score_nothing_is_taken_away(finding: Judged, tenant: Tenant, check: str) -> None:
    roles = tuple(role for role in tenant.identity.graph_roles if role != "SecurityEvents.Read.All")
    tenant.identity = replace(tenant.identity, graph_roles=roles)
    assert finding(tenant, check).status is Status.PASS
