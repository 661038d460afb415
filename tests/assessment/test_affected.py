"""The objects that a conclusion names: those of every part that counts, each once and with its part."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from compliance.assessment.affected import AffectedObjects, affected_numbers, all_seen
from compliance.assessment.verdict import Fail, Indeterminate, NotApplicable, Part, Parts, Pass, Verdict, decide
from compliance.evidence.population import Affected, Coverage, Ref, Tally
from compliance.evidence.unread import Kind

HERE = Ref("dataset", "frame", "/value/0")


def tally(kinds: Mapping[str, Kind | None], satisfied: int = 0, coverage: Coverage = Coverage.WHOLE) -> Tally:
    """A tally with these affected objects, by name; without a kind they violate."""
    affected = tuple(Affected(f"id-{name}", name, kind, "why", HERE) for name, kind in kinds.items())
    violating = sum(one.decided for one in affected)
    return Tally(satisfied, violating, len(affected) - violating, affected, coverage, None)


def judged(of: Tally) -> Verdict:
    return decide(of, met="", broken="{count}", settle="look", cause="")


def part(name: str, verdict: Verdict, count: int | None, excluded: str | None = None) -> Part:
    return Part(id=name, title=name, count=count, verdict=verdict, excluded=excluded)


def parts_of(*tallies: tuple[str, Tally, str | None]) -> Parts:
    return Parts(tuple(part(name, judged(one), one.total, excluded) for name, one, excluded in tallies))


def test_objects_of_all_parts_in_scope_are_named_those_that_fail_before_those_that_are_open() -> None:
    conclusion = parts_of(
        ("a", tally({"a1": None, "a2": Kind.UNPROVEN}, satisfied=5), None),
        ("b", tally({"b1": Kind.UNPROVEN}), None),
        ("c", tally({"c1": None}), None),
        ("out", tally({"d1": None}), "watched by others"),
    )
    objects = AffectedObjects(conclusion, "tenant", "X-01")
    assert [(one.part, one.name, one.decided) for one in objects] == [
        ("a", "a1", True),
        ("c", "c1", True),
        ("a", "a2", False),
        ("b", "b1", False),
    ]
    assert len(objects) == 4
    assert objects[:2] == (objects[0], objects[1])
    assert affected_numbers(conclusion) == (2, 9)
    assert all_seen(conclusion)


def test_one_object_in_two_parts_has_two_identities_and_keeps_each_from_run_to_run() -> None:
    conclusion = parts_of(("a", tally({"same": None}), None), ("b", tally({"same": None}), None))
    first, second = AffectedObjects(conclusion, "tenant", "X-01")
    assert first.id == second.id
    assert first.uid != second.uid
    assert [one.uid for one in AffectedObjects(conclusion, "tenant", "X-01")] == [first.uid, second.uid]


def test_a_part_that_asks_nothing_counts_for_nothing() -> None:
    nothing = part("groups", NotApplicable(condition="nobody can change it"), 8)
    conclusion = Parts((*parts_of(("a", tally({"a1": None}, satisfied=1), None)).parts, nothing))
    assert affected_numbers(conclusion) == (1, 2)


def test_a_part_that_fails_as_a_whole_counts_all_its_members() -> None:
    conclusion = Parts((part("a", Fail(condition="", cause=""), 40), part("b", Pass(condition="", cause=""), 2)))
    assert affected_numbers(conclusion) == (40, 42)
    assert list(AffectedObjects(conclusion, "tenant", "X-01")) == []


def test_where_a_failing_part_was_not_seen_whole_more_may_be_affected() -> None:
    seen_in_part = part("a", judged(tally({"a1": None}, coverage=Coverage.PART)), None)
    conclusion = Parts((seen_in_part, part("b", Pass(condition="", cause=""), 2)))
    assert affected_numbers(conclusion) == (1, None)
    assert not all_seen(conclusion)


@pytest.mark.parametrize(
    ("kinds", "kind", "words", "cause"),
    [
        ({"a": Kind.UNPROVEN}, Kind.UNPROVEN, "1 of 2 are unproven", "a: why"),
        ({"a": Kind.UNPROVEN, "b": Kind.MALFORMED}, Kind.MALFORMED, "2 of 3 could not be decided", "b: why"),
        ({"a": Kind.CONTRADICTORY, "b": Kind.UNPROVEN}, Kind.CONTRADICTORY, "2 of 3 could not be decided", "a: why"),
    ],
)
def test_an_open_question_is_of_the_kind_that_reading_again_may_settle(kinds, kind, words, cause) -> None:
    verdict = judged(tally(kinds, satisfied=1))
    assert isinstance(verdict, Indeterminate)
    assert (verdict.kind, verdict.condition, verdict.cause) == (kind, words, cause)
