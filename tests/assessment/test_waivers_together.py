"""What waivers leave open together, whatever they name and in whatever order they stand."""

from __future__ import annotations

import datetime as dt
from random import Random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_assessments import AS_OF, finding, part

from compliance.assessment.assessment import AffectedEntry, Finding, WaiverUse
from compliance.assessment.overlay import apply_waivers
from compliance.assessment.verdict import BADNESS, Status
from compliance.assessment.waivers import Waiver

CHECK = "AUD-04"
IDS = tuple(f"{number:08x}-0000-4000-8000-000000000000" for number in range(4))
ACTIVE = AS_OF.date() + dt.timedelta(days=1)


def waiver(name: str, **changes: object) -> Waiver:
    given_here = {
        "id": name,
        "checks": (CHECK,),
        "reason": "accepted until the migration ends",
        "ticket": "T-1",
        "requester": "Ann",
        "approver": "Bob",
        "approved_on": AS_OF.date(),
        "expires": ACTIVE,
        **changes,
    }
    return msgspec.convert(given_here, Waiver)


def affected(object_id: str, *, part_id: str | None = None, decided: bool = True) -> AffectedEntry:
    return AffectedEntry(
        uid=object_id, id=object_id, name="svc", part=part_id, decided=decided, why="", dataset="", frame="", pointer=""
    )


def failing(*objects: AffectedEntry, all_seen: bool = True) -> tuple[Finding, tuple[AffectedEntry, ...]]:
    return finding(CHECK, Status.FAIL, affected_count=len(objects), all_seen=all_seen), objects


def laid_over(
    judged: Finding, objects: tuple[AffectedEntry, ...], *waivers: Waiver
) -> tuple[Finding, dict[str, WaiverUse]]:
    (overlaid,), uses = apply_waivers((judged,), {judged.uid: objects}, waivers, AS_OF)
    return overlaid, {use.id: use for use in uses}


def test_waivers_of_one_object_each_cover_all_of_them_together() -> None:
    judged, objects = failing(affected(IDS[0]), affected(IDS[1]))
    overlaid, uses = laid_over(
        judged, objects, waiver("W-1", objects=(IDS[0],)), waiver("W-2", objects=(IDS[1].upper(),))
    )
    assert (overlaid.status, overlaid.left_open) == (Status.FAIL, Status.NOT_APPLICABLE)
    assert [one.id for one in overlaid.waivers] == ["W-1", "W-2"]
    assert {use.standing for use in uses.values()} == {"used: it covers 1 of 2 affected objects"}


def test_a_finding_that_is_covered_in_part_stays_open_and_its_waiver_is_used() -> None:
    judged, objects = failing(affected(IDS[0]), affected(IDS[1]))
    overlaid, uses = laid_over(judged, objects, waiver("W-1", objects=(IDS[0],)))
    assert overlaid.left_open is Status.FAIL
    assert uses["W-1"].standing == "used: it covers 1 of 2 affected objects"
    assert (uses["W-1"].findings, uses["W-1"].covered_objects) == ((judged.uid,), 1)


@pytest.mark.parametrize("objects_named", [None, IDS[:1], IDS[:2]])
def test_where_more_are_affected_than_accepted_a_waiver_says_so(objects_named: tuple[str, ...] | None) -> None:
    judged, objects = failing(affected(IDS[0]), affected(IDS[1]))
    overlaid, uses = laid_over(judged, objects, waiver("W-1", objects=objects_named, at_most_affected=1))
    assert (overlaid.left_open, overlaid.waivers) == (Status.FAIL, ())
    assert uses["W-1"].standing == "unused: 2 are affected, at most 1 is accepted"


def test_an_object_given_by_its_name_is_not_called_fixed() -> None:
    judged, objects = failing(affected(IDS[0]), affected(IDS[1]))
    _, uses = laid_over(judged, objects, waiver("W-1", objects=("svc", IDS[2])))
    assert uses["W-1"].standing == "unused: no affected object has the id svc; objects are named by id"
    assert uses["W-1"].no_longer_needed == (IDS[2],)


def test_what_is_indeterminate_is_said_not_to_be_accepted() -> None:
    judged, objects = finding(CHECK, Status.INDETERMINATE), (affected(IDS[0], decided=False),)
    _, uses = laid_over(judged, objects, waiver("W-1"), waiver("W-2", accepts_indeterminate=True))
    assert (uses["W-1"].standing, uses["W-2"].standing) == ("unused: it does not accept what is indeterminate", "used")


def test_an_undecided_object_is_accepted_by_a_waiver_that_covers_it_and_says_so() -> None:
    judged, objects = failing(affected(IDS[0]), affected(IDS[1], decided=False))
    for accepts in ("W-1", "W-2"):
        ours = (
            waiver("W-1", objects=(IDS[0],), accepts_indeterminate=accepts == "W-1"),
            waiver("W-2", objects=(IDS[1],), accepts_indeterminate=accepts == "W-2"),
        )
        left = Status.NOT_APPLICABLE if accepts == "W-2" else Status.INDETERMINATE
        assert laid_over(judged, objects, *ours)[0].left_open is left


def test_what_was_not_seen_stays_open_unless_all_that_was_seen_is_covered_with_it() -> None:
    judged, objects = failing(affected(IDS[0]), affected(IDS[1]), all_seen=False)
    one = waiver("W-1", objects=(IDS[0],), accepts_indeterminate=True)
    for accepts, left in ((False, Status.INDETERMINATE), (True, Status.NOT_APPLICABLE)):
        other = waiver("W-2", objects=(IDS[1],), accepts_indeterminate=accepts)
        assert laid_over(judged, objects, one, other)[0].left_open is left


@st.composite
def judged_things(draw: st.DrawFn) -> tuple[Finding, tuple[AffectedEntry, ...]]:
    """A finding of any status, with parts or without, and objects that are affected in it."""
    titles = draw(st.lists(st.sampled_from(("members", "guests")), unique=True))
    places: list[str | None] = [*titles] or [None]
    objects = tuple(
        affected(one, part_id=place, decided=draw(st.booleans()))
        for place in places
        for one in draw(st.lists(st.sampled_from(IDS), unique=True))
    )
    statuses = st.sampled_from(Status)
    parts = tuple(part(title, draw(st.sampled_from((None, 4))), draw(statuses), "as found") for title in titles)
    status = max((one.status for one in parts), key=BADNESS.index) if parts else draw(statuses)
    seen = draw(st.booleans())
    judged = finding(CHECK, status, parts=parts, all_seen=seen, affected_count=len(objects), left_open=status)
    return judged, objects


@st.composite
def some_waivers(draw: st.DrawFn) -> list[Waiver]:
    """Waivers of whole findings, of parts and of objects, some expired."""
    named = st.one_of(
        st.none(),
        st.tuples(st.just("parts"), st.lists(st.sampled_from(("members", "guests")), min_size=1, unique=True)),
        st.tuples(st.just("objects"), st.lists(st.sampled_from((*IDS, "svc")), min_size=1, unique=True)),
    )
    made = []
    for number in range(draw(st.integers(0, 4))):
        scope = draw(named)
        made.append(
            waiver(
                f"W-{number}",
                **({} if scope is None else {scope[0]: tuple(scope[1])}),
                at_most_affected=draw(st.sampled_from((None, None, 1, 2))),
                accepts_indeterminate=draw(st.booleans()),
                expires=draw(st.sampled_from((ACTIVE, ACTIVE, AS_OF.date() - dt.timedelta(days=1)))),
            )
        )
    return made


@given(judged_things(), some_waivers(), st.randoms())
def test_another_waiver_never_leaves_more_open_and_their_order_changes_nothing(
    thing: tuple[Finding, tuple[AffectedEntry, ...]], waivers: list[Waiver], random: Random
) -> None:
    judged, objects = thing
    left = BADNESS.index(judged.status)
    for number in range(len(waivers) + 1):
        overlaid, uses = laid_over(judged, objects, *waivers[:number])
        assert BADNESS.index(overlaid.left_open) <= left
        left = BADNESS.index(overlaid.left_open)
        unwaived = msgspec.structs.replace(overlaid, left_open=judged.left_open, waivers=judged.waivers)
        assert unwaived == judged
    mixed = list(waivers)
    random.shuffle(mixed)
    assert laid_over(judged, objects, *mixed) == (overlaid, uses)
