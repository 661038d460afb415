"""A copy in Log Analytics may leave a shortfall of Purview open: it supports nothing, and so nobody waits for it."""

from __future__ import annotations

import datetime as dt

import pytest
from matrix import Laboratory
from worlds import AS_OF, World

from checks import all_checks
from compliance.assessment.assessment import Finding
from compliance.assessment.declarations import NO_DECLARATIONS
from compliance.assessment.verdict import Basis, Status
from compliance.decidability import needed
from compliance.evidence.datasets import Origin
from compliance.evidence.derived import DERIVATIONS
from compliance.evidence.unread import Kind
from compliance.request.needs import needs_of
from compliance.runner import judge
from compliance.standards import load_standard

CHECKS = {one.id: one for one in all_checks()}
OPENED = ("RET-01", "RET-02", "AUD-08")
AZURE = ("arm.workspaces", "arm.tables")
SKUS = "graph.subscribed_skus"
UNDATED = {"origin": Origin.EXPORTED, "ended": None}


def finding(check: str, world: World, laboratory: Laboratory) -> Finding:
    found, _ = judge(CHECKS[check], load_standard("m-21-31"), laboratory.evidence(world), NO_DECLARATIONS)
    return found


@pytest.mark.parametrize("check", OPENED)
@pytest.mark.parametrize("ended", [None, AS_OF - dt.timedelta(days=1)], ids=["undated", "dated"])
def test_exported_tables_neither_take_a_pass_away_nor_change_what_it_rests_on(
    check: str, ended: dt.datetime | None, worlds: dict[str, World], laboratory: Laboratory
) -> None:
    world = worlds["compliant"]
    for dataset in AZURE:
        world = world.with_entry(dataset, {"origin": Origin.EXPORTED, "ended": ended})
    found = finding(check, world, laboratory)
    assert (found.status, found.basis) == (Status.PASS, Basis.CONFIGURED)
    assert not {one.dataset for one in found.evidence} & set(AZURE)
    assert "graph.users" in {one.dataset for one in found.evidence}


def test_a_pass_that_rests_on_exported_tables_is_still_taken_away_where_nobody_dated_them(
    worlds: dict[str, World], laboratory: Laboratory
) -> None:
    world = worlds["compliant"].with_entry("arm.tables", UNDATED)
    found = finding("RET-05", world, laboratory)
    assert (found.status, found.kind) == (Status.INDETERMINATE, Kind.UNPROVEN)
    dated = worlds["compliant"].with_entry("arm.tables", {"origin": Origin.EXPORTED})
    assert finding("RET-05", dated, laboratory).basis is Basis.IMPORTED


def test_no_check_of_purview_waits_for_azure_though_it_asks_for_the_copies_there(
    worlds: dict[str, World], laboratory: Laboratory
) -> None:
    world = worlds["compliant"]
    for dataset in AZURE:
        world = world.with_entry(dataset, None)
    waiting = {need.spec.name: need.checks for need in needs_of(laboratory.evidence(world).bundle, all_checks())}
    assert waiting.keys() == set(AZURE)
    for dataset in AZURE:
        assert {"RET-05", *OPENED} <= set(waiting[dataset])
    for check in OPENED:
        assert not needed(CHECKS[check].function, DERIVATIONS) & set(AZURE)


def test_an_undated_list_of_subscriptions_does_not_show_that_a_log_needs_not_be_kept(
    worlds: dict[str, World], laboratory: Laboratory
) -> None:
    """Users at risk are kept only with P2: that nobody has it takes a list that counts."""
    base = worlds["compliant"]
    risky = [
        {**row, "properties": {**row["properties"], "retentionInDays": 30, "totalRetentionInDays": 30}}
        if row["name"] == "AADRiskyUsers"
        else row
        for row in base.rows["arm.tables"]
    ]
    world = base.with_rows("arm.tables", risky)
    world = world.with_rows(SKUS, [{**row, "capabilityStatus": "Suspended"} for row in base.rows[SKUS]])
    dated, undated = (
        {part.id: part for part in finding("RET-07", one, laboratory).parts}["entra.risky_users"]
        for one in (world, world.with_entry(SKUS, UNDATED))
    )
    assert dated.status is Status.NOT_APPLICABLE
    assert (undated.status, undated.kind) == (Status.INDETERMINATE, Kind.UNPROVEN)
    assert "provenance.yaml" in str(undated.settle)
    export = finding("EXP-01", world.with_entry(SKUS, UNDATED), laboratory)
    assert (export.status, export.kind) == (Status.INDETERMINATE, Kind.UNPROVEN)
    assert finding("EXP-01", world, laboratory).status is Status.FAIL
