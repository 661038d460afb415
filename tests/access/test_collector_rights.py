from __future__ import annotations

from typing import Any

import pytest
from rights_cases import GLOBAL, READER, account, denied, holds, population

from checks.access.acc_05 import the_collector_only_reads
from compliance.assessment.verdict import Fail, Indeterminate, NotApplicable, Parts, Pass, Severity, Verdict
from compliance.evidence.datasets import Api
from compliance.evidence.derived.collector_rights import collector_rights
from compliance.evidence.evidence import CollectedBy
from compliance.evidence.manifest import Identity
from compliance.evidence.population import Coverage, Malformed, Population
from compliance.evidence.unread import Unread
from compliance.evidence.views import RoleAssignment

ME = 42
COMPLIANCE = "17315797-102d-40b4-93e0-432062caca18"
NO_ROLE = "0997a1d0-0d1d-4acb-b408-d5ca73121e90"
TEAMS = "69091246-20e8-4a56-aa4d-066075b2a7a8"


def identity(api: Api = Api.GRAPH, **changes: Any) -> Identity:
    known: dict[str, Any] = {
        "application": "app",
        "object_id": account(ME),
        "audience": "aud",
        "roles": ("Organization.Read.All",),
        "scopes": None,
        "directory_roles": (NO_ROLE,),
    }
    return Identity(api=api, **(known | changes))


def assignments(*rows: Any, coverage: Coverage = Coverage.WHOLE) -> Population[RoleAssignment]:
    return population(RoleAssignment, holds(1), *rows, coverage=coverage)


def judged(
    *identities: Identity,
    roles: Population[RoleAssignment] | Unread | None = None,
    refused: tuple[str, ...] = (),
) -> Verdict:
    collected = CollectedBy(identities, refused)
    found = collector_rights(collected, assignments() if roles is None else roles)
    verdict = the_collector_only_reads.function(found, collected)
    assert not isinstance(verdict, Parts)
    return verdict


def test_reading_permissions_alone_pass_and_what_no_token_tells_is_said() -> None:
    verdict = judged(identity(), identity(Api.EXCHANGE, roles=("Exchange.ManageAsApp",)), identity(Api.ARM, roles=None))
    assert isinstance(verdict, Pass)
    assert any("not judged" in note for note in verdict.notes)
    assert any("Organization Configuration" in note for note in verdict.notes)


def test_each_dataset_that_was_denied_is_listed() -> None:
    verdict = judged(identity(), refused=("graph.users", "exchange.mailboxes"))
    assert isinstance(verdict, Pass)
    assert sum(note.startswith("denied: ") for note in verdict.notes) == 2


@pytest.mark.parametrize("permission", ["Directory.ReadWrite.All", "full_access_as_app", "Mail.Send"])
@pytest.mark.parametrize("claim", ["roles", "scopes"])
def test_a_permission_that_writes_fails(permission: str, claim: str) -> None:
    verdict = judged(identity(**{claim: ("Organization.Read.All", permission)}))
    assert isinstance(verdict, Fail)
    assert verdict.cause == permission


def test_global_administrator_fails_by_the_token_alone() -> None:
    verdict = judged(identity(directory_roles=(GLOBAL.upper(),)), roles=denied())
    assert isinstance(verdict, Fail)
    assert (verdict.cause, verdict.severity) == ("Global Administrator", None)


def test_global_administrator_fails_by_the_directory_alone() -> None:
    mine = holds(ME, GLOBAL, kind="servicePrincipal")
    assert isinstance(judged(identity(directory_roles=None), roles=assignments(mine)), Fail)
    assert isinstance(judged(identity(), roles=assignments(mine)), Fail)


def test_a_role_that_microsoft_documents_as_a_way_to_read_is_a_slight_failure() -> None:
    verdict = judged(identity(directory_roles=(COMPLIANCE,)))
    assert isinstance(verdict, Fail)
    assert verdict.severity is Severity.LOW


def test_global_administrator_is_not_slight_beside_another_role() -> None:
    verdict = judged(identity(directory_roles=(COMPLIANCE, GLOBAL)))
    assert isinstance(verdict, Fail)
    assert verdict.severity is None


def test_global_reader_passes() -> None:
    assert isinstance(judged(identity(directory_roles=(READER,))), Pass)


@pytest.mark.parametrize("changes", [{"roles": ("Sites.Selected",)}, {"directory_roles": (TEAMS,)}])
def test_what_is_not_known_leaves_it_open(changes: dict[str, Any]) -> None:
    assert isinstance(judged(identity(**changes)), Indeterminate)


@pytest.mark.parametrize("api", [Api.GRAPH, Api.EXCHANGE, Api.PURVIEW])
def test_a_token_that_names_no_permission_leaves_it_open(api: Api) -> None:
    assert isinstance(judged(identity(api, roles=None)), Indeterminate)


@pytest.mark.parametrize(
    "roles",
    [
        denied(),
        assignments(coverage=Coverage.PART),
        assignments(Malformed("broken")),
        assignments(holds(7, GLOBAL, kind="group")),
        assignments({name: value for name, value in holds(7).items() if name != "principalId"}),
    ],
    ids=["unread", "a part", "malformed", "a group", "without a principal"],
)
def test_directory_roles_that_neither_token_nor_directory_tells_leave_it_open(
    roles: Population[RoleAssignment] | Unread,
) -> None:
    assert isinstance(judged(identity(directory_roles=None), roles=roles), Indeterminate)
    assert isinstance(judged(identity(), roles=roles), Pass)


def test_the_roles_of_one_principal_say_nothing_of_another() -> None:
    other = identity(Api.EXCHANGE, object_id=account(43), roles=("Exchange.ManageAsApp",), directory_roles=None)
    assert isinstance(judged(identity(), other, roles=denied()), Indeterminate)
    same = identity(Api.EXCHANGE, roles=("Exchange.ManageAsApp",), directory_roles=None)
    assert isinstance(judged(identity(), same, roles=denied()), Pass)


def test_a_principal_without_a_name_may_hold_anything() -> None:
    assert isinstance(judged(identity(object_id=None, directory_roles=None)), Indeterminate)


def test_where_nobody_signed_in_there_is_no_collector() -> None:
    assert isinstance(judged(), NotApplicable)
