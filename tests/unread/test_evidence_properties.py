"""What holds of every tenant: less evidence never decides otherwise, and neither order nor letter case matters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from hypothesis import assume, given, seed, settings
from hypothesis import strategies as st
from matrix import ABSENT, Laboratory, Property, properties, put
from random_tenants import E5, POLICIES, USERS, long_policies, object_id, policies, principal, tenants
from worlds import STANDARDS, World, WorldEvidence

from checks import all_checks
from compliance.assessment.verdict import BADNESS, Status
from compliance.evidence.datasets import State
from compliance.evidence.derived import PurviewRetention
from compliance.evidence.evidence import parameters
from compliance.evidence.views import ROWS
from compliance.rules.periods import band
from compliance.rules.retention_policies import DURATIONS
from compliance.runner import judge
from compliance.standards import Standard

FOLLOWS = {
    Status.PASS: (Status.PASS, Status.INDETERMINATE),
    Status.FAIL: (Status.FAIL, Status.INDETERMINATE),
    Status.INDETERMINATE: (Status.INDETERMINATE, Status.FAIL),
    Status.NOT_APPLICABLE: (Status.NOT_APPLICABLE, Status.INDETERMINATE),
}
"""What a verdict may become when some of its evidence is taken away."""
WORSE = dict.fromkeys(("ACC-05", "EXP-07", "INT-05", "INT-08"), Status.INDETERMINATE)
"""What random tenants show beside a pass, where that is no failure.

The collector and its clock are the same in all of them, somebody can always read the logs, and of hashes there is a
statement or none.
"""
NEVER_PASS = frozenset({"INT-04", "INT-08"})
MOST_ROUNDS = 12
"""What is rare is drawn within so many rounds; two or three are usual."""
few = settings(max_examples=40, deadline=None)


@dataclass(frozen=True)
class Told:
    """What one check says under one standard: its status, that of each part, and everything that it says in words."""

    status: Status
    parts: dict[str, Status]
    words: object


def told_of(evidence: WorldEvidence) -> dict[tuple[str, str], Told]:
    told = {}
    for one in all_checks():
        takes = any(kind is Standard for _, kind, _ in parameters(one.function))
        for standard in STANDARDS if takes else (None,):
            if standard is None or one.standards is None or standard.id in one.standards:
                finding, _ = judge(one, standard, evidence, evidence.declarations)
                words = (finding.condition, finding.cause, finding.settle, finding.parts, finding.affected_count)
                parts = {part.id: part.status for part in finding.parts}
                told[one.id, standard.id if standard else ""] = Told(finding.status, parts, words)
    return told


@st.composite
def removals(draw: st.DrawFn, world: World) -> tuple[str, World]:
    """A dataset, and the world without it, without one of its properties, or without its last page."""
    dataset = draw(st.sampled_from([name for name in ROWS if name != "graph.organization"]))
    rows = world.rows[dataset]
    ways: list[Callable[[], World]] = [
        lambda: world.with_entry(dataset, None),
        lambda: world.with_entry(dataset, {"state": State.DENIED, "rows": None}),
        lambda: world.with_rows(dataset, rows[: len(rows) // 2]).with_entry(dataset, {"state": State.PARTIAL}),
    ]
    if rows:
        one: Property = draw(st.sampled_from(list(properties(ROWS[dataset]))))
        index = draw(st.integers(0, len(rows) - 1))
        without = [put(row, one.keys, ABSENT) if at == index else row for at, row in enumerate(rows)]
        nowhere = [put(row, one.keys, ABSENT) for row in rows]
        ways += [lambda: world.with_rows(dataset, without), lambda: world.with_rows(dataset, nowhere)]
    return dataset, draw(st.sampled_from(ways))()


@few
@given(st.data(), tenants())
def test_without_some_evidence_a_verdict_is_the_same_or_indeterminate(
    laboratory: Laboratory, data: st.DataObject, world: World
) -> None:
    """Of a part this holds as long as all accounts are seen: without one of them it is another class that is judged.

    What is indeterminate because two sources contradict each other may fail on one of them alone; it never passes.
    """
    before = told_of(laboratory.evidence(world))
    dataset, less = data.draw(removals(world))
    after = told_of(laboratory.evidence(less))
    for key, was in before.items():
        assert after[key].status in FOLLOWS[was.status], key
        for part in was.parts.keys() & after[key].parts.keys() if dataset != USERS else ():
            assert after[key].parts[part] in FOLLOWS[was.parts[part]], (key, part)


@few
@given(tenants(), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing_that_is_said(laboratory: Laboratory, world: World, random: Random) -> None:
    shuffled = world
    for dataset, rows in world.rows.items():
        shuffled = shuffled.with_rows(dataset, random.sample(list(rows), len(rows)))
    assert told_of(laboratory.evidence(shuffled)) == told_of(laboratory.evidence(world))


_WORDS = frozenset({"id", "userPrincipalName", "userType", "servicePlanId", "capabilityStatus", "skuId"}) | {
    *("disabledPlans", "state", "provisioningStatus"),
    *("RetentionDuration", "RecordTypes", "Operations", "UserIds", "Mode"),
    *("Guid", "ExternalDirectoryObjectId", "RecipientTypeDetails", "DefaultAuditSet"),
    *("AuditOwner", "AuditDelegate", "AuditAdmin", "roleDefinitionId", "principalId"),
    *("category", "workspaceId", "storageAccountId", "eventHubAuthorizationRuleId", "plan", "kind", "type", "level"),
    *("resourceId", "storageAccountResourceId", "eventHubResourceId", "tableNames", "tenantId", "scope"),
    *("principalType", "assignmentType", "bypass", "defaultAction", "minimumTlsVersion", "status", "value"),
}


def recased(value: Any, recase: Callable[[str], str], key: str = "") -> Any:
    """The value with every identifier and enumeration word in another letter case."""
    match value:
        case dict():
            return {name: recased(inner, recase, name) for name, inner in value.items()}
        case list():
            return [recased(inner, recase, key) for inner in value]
        case str() if key in _WORDS:
            return recase(value)
        case _:
            return value


@few
@given(tenants(), st.sampled_from((str.upper, str.lower, str.swapcase)))
def test_the_letter_case_of_identifiers_and_enumerations_changes_no_verdict(
    laboratory: Laboratory, world: World, recase: Callable[[str], str]
) -> None:
    changed = world
    for dataset, rows in world.rows.items():
        changed = changed.with_rows(dataset, recased(list(rows), recase))
    before, after = (told_of(laboratory.evidence(one)) for one in (world, changed))
    assert {key: (one.status, one.parts) for key, one in after.items()} == {
        key: (one.status, one.parts) for key, one in before.items()
    }


@few
@given(st.data(), tenants())
def test_adding_a_policy_no_longer_than_what_is_kept_betters_no_verdict(
    laboratory: Laboratory, data: st.DataObject, world: World
) -> None:
    evidence = laboratory.evidence(world)
    retention: PurviewRetention = evidence.resolve(PurviewRetention).value
    kept = [row.effective.credited for rows in retention.by_source.values() for row in rows]
    least = min(band(one) for one in kept if one is not None)
    durations = tuple(name for name, duration in DURATIONS.items() if band(duration) <= least)
    assume(durations)
    added = data.draw(policies(9, durations))
    before, after = (
        told_of(one)
        for one in (evidence, laboratory.evidence(world.with_rows(POLICIES, [*world.rows[POLICIES], added])))
    )
    for key, was in before.items():
        assert BADNESS.index(after[key].status) >= BADNESS.index(was.status), key
        for part, status in was.parts.items():
            assert BADNESS.index(after[key].parts[part]) >= BADNESS.index(status), (key, part)


def test_random_tenants_pass_and_fail_and_are_undecided(laboratory: Laboratory) -> None:
    """Properties of verdicts say little where there is one verdict only."""
    seen: set[tuple[str, Status]] = set()
    wanted = {
        (one.id, status)
        for one in all_checks()
        for status in (
            Status.INDETERMINATE if one.id in NEVER_PASS else Status.PASS,
            WORSE.get(one.id, Status.FAIL),
        )
    }
    for round_of_draws in range(MOST_ROUNDS):

        @seed(round_of_draws)
        @settings(max_examples=100, deadline=None, database=None)
        @given(tenants())
        def look(world: World) -> None:
            seen.update((key[0], one.status) for key, one in told_of(laboratory.evidence(world)).items())

        look()
        if wanted <= seen:
            return
    assert not wanted - seen


def test_a_contradiction_that_unread_subscriptions_hide_passes_no_check(laboratory: Laboratory) -> None:
    """A licence that may carry Audit (Premium), and no entry for it in assignedPlans: who knows whether it is held."""
    user = {
        "id": object_id("ann"),
        "userPrincipalName": principal("ann"),
        "userType": "Member",
        "accountEnabled": True,
        "assignedPlans": [],
        "assignedLicenses": [{"skuId": E5, "disabledPlans": []}],
        "licenseAssignmentStates": [{"skuId": E5, "state": "Active", "disabledPlans": []}],
    }
    half_a_year = {**long_policies()[0], "RetentionDuration": "SixMonths", "RecordTypes": ["ExchangeItemAggregated"]}
    world = World("contradiction", {USERS: [user], POLICIES: [half_a_year]})
    told = told_of(laboratory.evidence(world))
    assert told["RET-03", "m-21-31"].status is Status.INDETERMINATE
