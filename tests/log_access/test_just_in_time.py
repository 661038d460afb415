"""ACC-04 over HTTP: whoever can delete logs holds the right for a while."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from log_access_cases import DECLARED, SCOPE, SOON, Collected, guid, holder, listed, user

from compliance.assessment.verdict import Status
from compliance.demo.tenant import Tenant
from compliance.evidence.unread import Kind

LATER = dt.datetime(2036, 1, 1, tzinfo=dt.UTC)


def test_what_may_be_taken_on_is_no_permanent_right(tenant: Tenant, collected: Collected) -> None:
    finding = collected(tenant).finding("ACC-04")
    assert finding.status is Status.PASS
    assert finding.condition == "nobody holds the right to delete logs at present"


def test_what_was_taken_on_or_ends_within_a_year_passes(tenant: Tenant, collected: Collected) -> None:
    tenant.azure.role_holders += [
        holder("Owner", user(tenant, 8), scope=SCOPE, activated=True, ends=SOON),
        holder("Data Purger", user(tenant, 20), ends=SOON),
    ]
    finding = collected(tenant).finding("ACC-04")
    assert finding.status is Status.PASS
    assert "present: 2" in finding.condition


@pytest.mark.parametrize("ends", [None, LATER])
def test_a_right_without_an_end_or_with_one_ten_years_away_fails(
    tenant: Tenant, collected: Collected, ends: dt.datetime | None
) -> None:
    tenant.azure.role_holders.append(holder("Data Purger", user(tenant, 20), ends=ends))
    finding = collected(tenant).finding("ACC-04")
    assert finding.status is Status.FAIL
    assert ("without end" if ends is None else "until 2036-01-01") in finding.cause


def test_an_account_for_emergencies_may_keep_its_right_while_its_declaration_holds(
    tenant: Tenant, collected: Collected
) -> None:
    account = user(tenant, 20)
    tenant.azure.role_holders.append(holder("Owner", account, scope=SCOPE))
    found = collected(tenant)
    assert found.finding("ACC-04", replace(DECLARED, break_glass=listed(account.upper()))).status is Status.PASS
    lapsed = replace(DECLARED, break_glass=listed(account, expires="2026-06-30"))
    assert found.finding("ACC-04", lapsed).kind is Kind.NEEDS_ATTESTATION
    assert found.finding("ACC-04", replace(DECLARED, break_glass=listed(guid(9)))).status is Status.FAIL


@pytest.mark.parametrize(("kind", "expected"), [("Group", Kind.UNPROVEN), ("ServicePrincipal", Kind.NEEDS_ATTESTATION)])
def test_a_permanent_right_of_a_group_or_an_application_is_open(
    tenant: Tenant, collected: Collected, kind: str, expected: Kind
) -> None:
    tenant.azure.role_holders.append(holder("Owner", guid(6), kind=kind, scope=SCOPE))
    finding = collected(tenant).finding("ACC-04")
    assert (finding.status, finding.kind) == (Status.INDETERMINATE, expected)


def test_without_privileged_identity_management_nobody_knows_until_when(tenant: Tenant, collected: Collected) -> None:
    tenant.azure.role_holders.append(holder("Owner", user(tenant, 20), scope=SCOPE))
    error = {
        "error": {"code": "AadPremiumLicenseRequired", "message": "The tenant needs to have Microsoft Entra ID P2"}
    }
    for name in ("roleAssignmentScheduleInstances", "roleEligibilityScheduleInstances"):
        tenant.override("arm", name, error, status=400)
    found = collected(tenant)
    assert found.finding("ACC-04").kind is Kind.UNAVAILABLE
    assert found.finding("ACC-02").status is Status.PASS  # without the licence nobody is eligible


def test_a_schedule_that_tells_nothing_of_a_right_leaves_it_open(tenant: Tenant, collected: Collected) -> None:
    tenant.azure.role_holders.append(holder("Owner", user(tenant, 20), scope=SCOPE))
    tenant.override("arm", "roleAssignmentScheduleInstances", {"value": []})
    finding = collected(tenant).finding("ACC-04")
    assert (finding.status, finding.kind) == (Status.INDETERMINATE, Kind.UNPROVEN)
