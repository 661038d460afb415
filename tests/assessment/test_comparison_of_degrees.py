"""How much: a control that fails on both sides can fail by more, and what was left out or read in part tells less."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from made_assessments import finding, source, waiver
from test_comparison import (
    FAIL,
    INDETERMINATE,
    NOT_APPLICABLE,
    PASS,
    kinds,
    now,
    objects,
    read,
    the_change,
    then,
    why,
)

from compliance.assessment.assessment import Finding, RecordingState, SourceEntry
from compliance.assessment.changes import Direction, ReasonKind
from compliance.assessment.comparison import compare
from compliance.assessment.verdict import Basis, Severity, Status
from compliance.evidence.datasets import State

WORSE, UNCLEAR, BETTER, NEITHER = Direction.WORSE, Direction.UNCLEAR, Direction.BETTER, Direction.NEITHER


def mail(days: int | None, status: Status = FAIL, **changes: Any) -> SourceEntry:
    """The row of access to mail under m-21-31, kept so many days in both periods."""
    figures = {"hot_days": days, "hot_text": f"{days} days", "total_days": days, "total_text": f"{days} days"}
    return source(
        "Access to mail",
        **{"id": "purview.mail_items_accessed", **figures, "hot_status": status, "total_status": status, **changes},
    )


def failing(check: str = "RET-01") -> Finding:
    """A control that fails under m-21-31."""
    return finding(check, FAIL, standard="m-21-31")


@pytest.mark.parametrize(
    ("was", "is_now", "direction"),
    [(Severity.LOW, Severity.CRITICAL, WORSE), (Severity.CRITICAL, Severity.LOW, BETTER)],
)
def test_what_fails_on_both_sides_and_matters_more_is_worse(
    was: Severity, is_now: Severity, direction: Direction
) -> None:
    old, new = then(finding("AUD-04", FAIL, severity=was)), now(finding("AUD-04", FAIL, severity=is_now))
    assert the_change(old, new).direction is direction


@pytest.mark.parametrize(("days", "direction"), [(7, WORSE), (300, BETTER)])
@pytest.mark.parametrize("check", ["RET-01", "RET-08", "RET-11"])
def test_a_log_that_is_kept_shorter_under_a_control_that_fails_anyway_is_worse(
    check: str, days: int, direction: Direction
) -> None:
    change = the_change(then(failing(check), sources=(mail(180),)), now(failing(check), sources=(mail(days),)))
    assert (change.direction, kinds(change)) == (direction, [ReasonKind.SETTING])
    assert f"180 days then, {days} days now" in why(change)


def test_a_log_that_another_control_or_standard_judges_changes_nothing_here() -> None:
    old, new = (then, 180), (now, 7)
    for control in (failing("RET-05"), finding("RET-01", FAIL, standard="m-26-14"), failing("AUD-03")):
        before, after = (made(control, sources=(mail(days),)) for made, days in (old, new))
        assert compare(before, after).changes == ()


def test_more_time_to_spare_is_no_change() -> None:
    before, after = (made(failing(), sources=(mail(days, PASS),)) for made, days in ((then, 400), (now, 900)))
    assert compare(before, after).changes == ()


def test_a_time_that_is_unknown_now_is_unclear_and_not_compared_by_its_days() -> None:
    before = then(failing(), sources=(mail(180),))
    change = the_change(before, now(failing(), sources=(mail(None, INDETERMINATE, recorded=RecordingState.UNREAD),)))
    assert change.direction is WORSE
    unknown = mail(None, INDETERMINATE)
    assert the_change(before, now(failing(), sources=(unknown,))).direction is UNCLEAR


def test_a_log_that_is_no_longer_recorded_is_worse() -> None:
    off = mail(180, recorded=RecordingState.NOT_RECORDED)
    change = the_change(then(failing(), sources=(mail(180),)), now(failing(), sources=(off,)))
    assert change.direction is WORSE
    assert "Access to mail: recorded then, not recorded now" in why(change)


def test_an_object_that_could_not_be_decided_and_fails_now_is_worse_though_another_was_repaired() -> None:
    one = finding("AUD-03", FAIL, affected_count=1)
    before, after = {"uid-AUD-03": objects("a", undecided=("b",))}, {"uid-AUD-03": objects("b")}
    change = the_change(then(one), now(one), before, after)
    assert (change.direction, change.objects_new, change.objects_gone) == (WORSE, 1, 1)


def test_an_object_that_failed_and_cannot_be_decided_now_is_unclear() -> None:
    one = finding("AUD-03", FAIL, affected_count=1)
    before, after = {"uid-AUD-03": objects("a", "b")}, {"uid-AUD-03": objects("a", undecided=("b",))}
    change = the_change(then(one), now(one), before, after)
    assert (change.direction, change.objects_new, change.objects_gone) == (UNCLEAR, 0, 0)


def test_an_object_that_fails_in_another_part_is_another() -> None:
    one = finding("AUD-07", FAIL, affected_count=2)
    before = {**objects("a", part="owner"), **objects("b", part="admin")}
    after = {**objects("b", part="owner"), **objects("a", part="admin")}
    change = the_change(then(one), now(one), {"uid-AUD-07": before}, {"uid-AUD-07": after})
    assert (change.direction, change.objects_new, change.objects_gone) == (WORSE, 2, 2)


@pytest.mark.parametrize(
    ("was", "is_now", "direction"),
    [
        (State.COMPLETE, State.COMPLETE, WORSE),
        (State.COMPLETE, State.PARTIAL, WORSE),
        (State.DENIED, State.DENIED, WORSE),
        (State.PARTIAL, State.COMPLETE, BETTER),
        (State.PARTIAL, State.PARTIAL, NEITHER),
    ],
)
def test_other_objects_count_where_they_would_have_been_seen_before(
    was: State, is_now: State, direction: Direction
) -> None:
    one = finding("AUD-03", FAIL, affected_count=2, all_seen=False)
    change = the_change(
        then(one, datasets=(read(state=was),)),
        now(one, datasets=(read(state=is_now),)),
        {"uid-AUD-03": objects("a", "b")},
        {"uid-AUD-03": objects("c", "d")},
    )
    assert change.direction is direction


def test_fewer_in_a_sample_are_not_better_than_more_in_another_sample() -> None:
    two, one = finding("AUD-03", FAIL, affected_count=2), finding("AUD-03", FAIL, affected_count=1)
    partial = {"datasets": (read(state=State.PARTIAL),)}
    assert the_change(then(two, **partial), now(one, **partial)).direction is NEITHER


def test_somebodys_word_in_place_of_a_setting_is_told_and_neither() -> None:
    attested = finding("RET-01", PASS, basis=Basis.ATTESTED)
    change = the_change(then(finding("RET-01", PASS)), now(attested, declarations_sha256="55" * 32))
    assert (change.direction, kinds(change)) == (NEITHER, [ReasonKind.DECLARATION])


def test_a_waiver_that_was_rewritten_is_told_and_neither() -> None:
    accepted = finding("AUD-04", FAIL, waivers=(waiver("W-100"),), left_open=NOT_APPLICABLE)
    prolonged = msgspec.structs.replace(waiver("W-100"), expires="2028-03-31", approver="it-ops@contoso.example")
    change = the_change(then(accepted), now(msgspec.structs.replace(accepted, waivers=(prolonged,))))
    assert (change.direction, kinds(change)) == (NEITHER, [ReasonKind.WAIVER])
    assert "expires 2027-03-31 then, 2028-03-31 now" in why(change)
    assert "approver ciso@contoso.example then, it-ops@contoso.example now" in why(change)


def test_a_waiver_of_a_part_that_ends_is_worse_unless_what_it_covered_was_repaired() -> None:
    two, one = finding("AUD-04", FAIL, affected_count=2), finding("AUD-04", FAIL, affected_count=1)
    covered = msgspec.structs.replace(two, waivers=(waiver("W-100"),))
    replaced = msgspec.structs.replace(two, waivers=(waiver("W-101"),))
    for after, direction in ((two, WORSE), (one, BETTER), (replaced, NEITHER)):
        change = the_change(then(covered), now(after))
        assert (change.direction, kinds(change)[-1]) == (direction, ReasonKind.WAIVER)
