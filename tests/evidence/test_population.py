"""Populations: everything is put before the rule, and what could not be read is counted and never passed over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.evidence.population import (
    Coverage,
    Judgement,
    Malformed,
    Population,
    Ref,
    Satisfied,
    Undecided,
    Violating,
)
from compliance.evidence.unread import Kind
from compliance.evidence.views import MailboxAuditBypass

Row = MailboxAuditBypass | Malformed
JUDGEMENTS: tuple[Judgement, ...] = (
    Satisfied(),
    Violating("it does not"),
    Undecided("nobody knows"),
    Undecided("nobody saw it", Kind.UNPROVEN),
)


def account(number: int, **values: object) -> MailboxAuditBypass:
    row = {"Guid": f"guid-{number}", "Name": f"name {number % 7}", "AuditBypassEnabled": False, **values}
    kept = {name: value for name, value in row.items() if value is not None}
    return msgspec.convert(kept, type=MailboxAuditBypass)


def population(rows: Sequence[Row], coverage: Coverage = Coverage.WHOLE) -> Population[MailboxAuditBypass]:
    def each() -> Iterator[tuple[Row, Ref]]:
        return ((row, Ref("dataset", "frame", f"/value/{index}")) for index, row in enumerate(rows))

    return Population(each, coverage, None)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(JUDGEMENTS)), max_size=40))
def test_parts_hold_what_the_whole_holds_each_object_once(sorted_into: list[tuple[str, Judgement]]) -> None:
    accounts = population([account(number) for number in range(len(sorted_into))])
    told = {f"guid-{number}": one for number, one in enumerate(sorted_into)}

    def sort(row: Row, _: Ref) -> tuple[str, Judgement]:
        assert isinstance(row, MailboxAuditBypass)
        return told[row.guid]

    parts = accounts.judge_in_parts(sort)
    whole = accounts.judge(lambda row: told[row.guid][1])
    assert {part: tally.total for part, tally in parts.items()} == Counter(part for part, _ in sorted_into)
    for counted in ("satisfied", "violating", "undecided"):
        assert sum(getattr(tally, counted) for tally in parts.values()) == getattr(whole, counted)
    assert sorted(one.id for tally in parts.values() for one in tally.affected) == sorted(
        one.id for one in whole.affected
    )


@given(st.lists(st.sampled_from(JUDGEMENTS), max_size=40), st.randoms())
def test_the_affected_are_in_one_order_whatever_that_of_the_answer_those_that_violate_first(judgements, random) -> None:
    rows = [account(number) for number in range(len(judgements))]
    told = {row.guid: judgement for row, judgement in zip(rows, judgements, strict=True)}
    before = population(rows).judge(lambda row: told[row.guid])
    random.shuffle(rows)
    after = population(rows).judge(lambda row: told[row.guid])
    assert [one.id for one in after.affected] == [one.id for one in before.affected]
    assert [one.decided for one in after.affected] == sorted((one.decided for one in after.affected), reverse=True)


def test_what_is_undecided_keeps_the_kind_of_what_is_missing() -> None:
    rows = [account(1), Malformed("no account"), account(2, AuditBypassEnabled=None)]

    def rule(row: MailboxAuditBypass) -> Judgement:
        return Undecided("unseen", Kind.UNPROVEN) if row.guid == "guid-1" or row.audit_bypass_enabled else Satisfied()

    tally = population(rows).judge(rule)
    assert (tally.satisfied, tally.violating, tally.undecided) == (0, 0, 3)
    assert {one.id: one.kind for one in tally.affected} == {
        "guid-1": Kind.UNPROVEN,
        "guid-2": Kind.MALFORMED,
        "dataset/value/1": Kind.MALFORMED,
    }


def test_what_is_sorted_nowhere_is_in_no_part() -> None:
    parts = population([account(1), account(2)]).judge_in_parts(
        lambda row, _: ("kept", Satisfied()) if isinstance(row, MailboxAuditBypass) and row.guid == "guid-1" else None
    )
    assert {part: tally.total for part, tally in parts.items()} == {"kept": 1}


@pytest.mark.parametrize("coverage", [Coverage.PART, Coverage.VISIBLE_ONLY])
def test_each_part_is_no_more_whole_than_the_population(coverage: Coverage) -> None:
    parts = population([account(1)], coverage).judge_in_parts(lambda row, _: ("part", Satisfied()))
    assert parts["part"].coverage is coverage


def test_a_population_has_no_truth_value_no_length_and_no_end() -> None:
    accounts = population([account(1)])
    for ask in (bool, len, iter):
        with pytest.raises(TypeError):
            ask(accounts)  # type: ignore[operator]
