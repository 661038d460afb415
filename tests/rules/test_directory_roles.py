from __future__ import annotations

import pytest

from compliance.rules.directory_roles import (
    AUDIT_CONFIGURING,
    COMPLIANCE_ADMINISTRATOR,
    EXCHANGE_ADMINISTRATOR,
    GLOBAL_ADMINISTRATOR,
    READING,
    WRITING,
    directory_role_of,
    mirrors_a_role,
    role_name,
)


@pytest.mark.parametrize(
    ("member", "role"),
    [
        ("TenantAdmins_-1785523426", GLOBAL_ADMINISTRATOR),
        ("tenantadmins_1a2b3", GLOBAL_ADMINISTRATOR),
        ("ExchangeServiceAdmins_-17", EXCHANGE_ADMINISTRATOR),
        ("ComplianceAdmins_17", COMPLIANCE_ADMINISTRATOR),
        ("HelpdeskAdmins_17", None),
        ("TenantAdmins", None),
        ("TenantAdmins_17 (old)", None),
        ("Alice", None),
    ],
)
def test_a_member_that_mirrors_a_directory_role_is_told_by_its_name(member: str, role: str | None) -> None:
    assert directory_role_of(member) == role


def test_a_mirror_of_a_role_that_is_not_known_is_still_a_mirror() -> None:
    assert mirrors_a_role("HelpdeskAdmins_-17")
    assert not mirrors_a_role("Alice Admin")


@pytest.mark.parametrize("shown", ["Audit Logs", "audit logs ", "a.example/Hosted/b.example/Configuration/Audit Logs"])
def test_a_role_is_the_same_by_its_name_and_by_its_path(shown: str) -> None:
    assert role_name(shown) == "audit logs"


def test_no_role_both_reads_and_writes_and_every_id_is_in_lower_case() -> None:
    assert not READING.keys() & WRITING.keys()
    assert AUDIT_CONFIGURING.items() <= WRITING.items()
    assert all(role == role.casefold() for role in (*READING, *WRITING))
