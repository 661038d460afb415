from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.rules.token_rights import Right, right_of


@pytest.mark.parametrize(
    ("permission", "right"),
    [
        ("Organization.Read.All", Right.READS),
        ("AuditLogsQuery-Exchange.Read.All", Right.READS),
        ("ActivityFeed.ReadDlp", Right.READS),
        ("User.ReadBasic.All", Right.READS),
        ("openid", Right.READS),
        ("Directory.ReadWrite.All", Right.WRITES),
        ("AppRoleAssignment.ReadWrite.All", Right.WRITES),
        ("Application.ReadWrite.OwnedBy", Right.WRITES),
        ("SecurityEvents.ReadWrite.All", Right.WRITES),
        ("Sites.FullControl.All", Right.WRITES),
        ("Mail.Send", Right.WRITES),
        ("full_access_as_app", Right.WRITES),
        ("Directory.AccessAsUser.All", Right.WRITES),
        ("Exchange.ManageAsApp", Right.AS_ROLES_ALLOW),
        ("Exchange.ManageAsAppV2", Right.AS_ROLES_ALLOW),
        ("Exchange.ManageV2", Right.AS_ROLES_ALLOW),
        ("Exchange.ManageAsAppV3", Right.WRITES),
        ("Exchange.AdminAPI.ManageAsApp", Right.UNKNOWN),
        ("AdminApi.AccessAsUser.All", Right.AS_ROLES_ALLOW),
        ("user_impersonation", Right.AS_ROLES_ALLOW),
        ("Sites.Selected", Right.UNKNOWN),
        ("Thread.All", Right.UNKNOWN),
        ("", Right.UNKNOWN),
    ],
)
def test_the_name_of_a_permission_tells_what_it_allows(permission: str, right: Right) -> None:
    assert right_of(permission) is right
    assert right_of(permission.upper()) is right


@given(st.text(max_size=20), st.sampled_from(["ReadWrite", "Write", "FullControl", "Manage"]), st.text(max_size=20))
def test_a_permission_that_writes_never_counts_as_reading(resource: str, verb: str, constraint: str) -> None:
    assert right_of(f"{resource}.{verb}.{constraint}") is not Right.READS
