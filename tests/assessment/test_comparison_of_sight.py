"""What is lost sight of: less is read of what was open, or it stands for another reason, and nobody knows the rest."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec
import pytest
from made_assessments import AS_OF, affected, finding, used_waiver, waiver
from test_comparison import FAIL, INDETERMINATE, NOT_APPLICABLE, PASS, kinds, now, objects, read, the_change, then, why

from compliance.assessment.assessment import ReaderEntry, RunEntry, ToolEntry
from compliance.assessment.changes import Direction, ReasonKind
from compliance.assessment.comparison import compare
from compliance.assessment.gate import ExitCode, Gate, regression_exit_code
from compliance.assessment.verdict import Status
from compliance.evidence.datasets import State

GATE = Gate("m-21-31")
WARNING = Gate("m-21-31", warn_on_indeterminate=True)
DENIED = {"datasets": (read(state=State.DENIED),)}


@pytest.mark.parametrize("status", [FAIL, INDETERMINATE])
@pytest.mark.parametrize("gate", [GATE, WARNING])
def test_taking_away_what_shows_a_failure_is_unclear_and_no_mere_warning(status: Status, gate: Gate) -> None:
    old, new = then(finding("AUD-04", FAIL)), now(finding("AUD-04", status), **DENIED)
    change = the_change(old, new)
    assert (change.direction, kinds(change)) == (Direction.UNCLEAR, [ReasonKind.PERMISSION])
    assert regression_exit_code(new, compare(old, new), gate) is ExitCode.INDETERMINATE


def test_what_is_unclear_and_waived_is_accepted() -> None:
    waived = finding("AUD-04", INDETERMINATE, waivers=(waiver("W-100"),), left_open=NOT_APPLICABLE)
    old, new = then(finding("AUD-04", FAIL)), now(waived, **DENIED)
    assert the_change(old, new).direction is Direction.UNCLEAR
    assert regression_exit_code(new, compare(old, new), GATE) is ExitCode.SATISFIED


def test_what_passes_is_told_where_less_of_it_is_read_and_counts_for_nothing() -> None:
    old, new = then(finding("AUD-04", PASS)), now(finding("AUD-04", PASS), **DENIED)
    assert the_change(old, new).direction is Direction.NEITHER
    assert regression_exit_code(new, compare(old, new), GATE) is ExitCode.SATISFIED


@pytest.mark.parametrize("lost", [{"affected_total": None}, {"all_seen": False}])
def test_not_knowing_whether_there_are_more_is_unclear_one_way_and_told_the_other(lost: dict[str, Any]) -> None:
    known = finding("ACC-01", FAIL, affected_total=9, all_seen=True)
    unknown = msgspec.structs.replace(known, **lost)
    there, back = the_change(then(known), now(unknown)), the_change(then(unknown), now(known))
    assert (there.direction, back.direction) == (Direction.UNCLEAR, Direction.NEITHER)
    assert (kinds(there), kinds(back)) == ([ReasonKind.READING], [ReasonKind.READING])
    assert "was known then, and is not now" in why(there)


def test_another_number_of_objects_that_are_as_they_should_be_is_no_change() -> None:
    few, many = (finding("ACC-01", FAIL, affected_total=total) for total in (9, 10))
    assert compare(then(few), now(many)).changes == ()


def test_an_object_that_is_affected_for_another_reason_is_unclear() -> None:
    one = finding("ACC-01", FAIL, affected_count=2)
    before = {"uid-ACC-01": {**objects("a"), **objects("b", why="holds Exchange Administrator")}}
    after = {"uid-ACC-01": {**objects("a"), **objects("b", why="holds Global Administrator")}}
    old, new = then(one), now(one)
    change = the_change(old, new, before, after)
    assert (change.direction, change.objects_otherwise, kinds(change)) == (Direction.UNCLEAR, 1, [ReasonKind.SETTING])
    assert regression_exit_code(new, compare(old, new, before, after), WARNING) is ExitCode.INDETERMINATE


def test_other_words_of_another_version_are_no_other_reason() -> None:
    one = finding("ACC-01", FAIL, affected_count=1)
    before, after = ({"uid-ACC-01": objects("a", why=words)} for words in ("holds it", "holds that"))
    new = now(one, tool=ToolEntry(name="lookback", version="9.9.9"))
    assert compare(then(one), new, before, after).changes == ()


def test_samples_tell_the_reason_where_the_lists_are_not_at_hand() -> None:
    sample = affected("someone", 1)
    one = finding("ACC-01", FAIL, samples=(sample,))
    other = msgspec.structs.replace(one, samples=(msgspec.structs.replace(sample, why="another reason"),))
    assert the_change(then(one), now(other)).objects_otherwise == 1


@pytest.mark.parametrize(
    ("was", "is_now", "told"),
    [
        ({"objects": ("a",)}, {"objects": ("a", "b")}, "1 objects then, 2 now"),
        ({"objects": ("a",)}, {"objects": None}, "1 objects then, all now"),
        ({"at_most_affected": 3}, {"at_most_affected": None}, "at most 3 objects then, any number now"),
        ({"at_most_affected": 3}, {"at_most_affected": 5}, "at most 3 objects then, 5 now"),
    ],
)
def test_a_waiver_that_was_widened_under_its_id_is_told(was: Any, is_now: Any, told: str) -> None:
    accepted = finding("AUD-04", FAIL, waivers=(waiver("W-100"),), left_open=NOT_APPLICABLE, affected_count=1)
    old = then(accepted, waivers=(used_waiver(id="W-100", **was),), schema_version="1.1.0")
    new = now(accepted, waivers=(used_waiver(id="W-100", **is_now),), schema_version="1.1.0")
    change = the_change(old, new)
    assert (change.direction, why(change)) == (Direction.NEITHER, f"waiver W-100 was widened: {told}")
    narrowed = then(accepted, waivers=new.waivers, schema_version="1.1.0")
    assert compare(narrowed, now(accepted, waivers=old.waivers, schema_version="1.1.0")).changes == ()
    swapped = the_change(old, new, {"uid-AUD-04": objects("a")}, {"uid-AUD-04": objects("b")})
    assert swapped.direction is Direction.WORSE
    assert "was widened" in why(swapped)


def test_an_expired_waiver_is_told_with_the_day_of_the_newer_file() -> None:
    accepted = finding("AUD-04", FAIL, waivers=(waiver("W-100"),), left_open=NOT_APPLICABLE)
    gone = used_waiver(id="W-100", standing="expired", expires="2026-11-10")
    assert "expired on 2026-11-10" in why(the_change(then(accepted), now(finding("AUD-04", FAIL), waivers=(gone,))))


def test_rights_that_are_not_known_are_never_taken_for_none() -> None:
    def run(roles: tuple[str, ...] | None) -> RunEntry:
        reader = ReaderEntry(
            api="graph", application="app", object_id="id", roles=roles, scopes=None, directory_roles=None
        )
        return RunEntry(
            tool=ToolEntry(name="lookback", version="0.1.0"),
            began=AS_OF,
            ended=AS_OF + dt.timedelta(minutes=1),
            clock_offset_seconds=0.0,
            readers=(reader,),
            settings_sha256=None,
            scope_sha256="ab" * 32,
            previous_bundle_sha256=None,
        )

    old = then(finding("AUD-04", PASS), run=run(("User.Read.All",)))
    told = why(the_change(old, now(finding("AUD-04", INDETERMINATE), run=run(None), **DENIED)))
    assert "its roles are not known now" in told
    assert "then also" not in told
