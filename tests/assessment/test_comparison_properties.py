"""What holds of every comparison, whatever the two assessments hold."""

from __future__ import annotations

import datetime as dt

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from made_assessments import AS_OF, finding, ordinary, part, waiver

from compliance.assessment.assessment import Assessment, DatasetRow, Finding, ToolEntry
from compliance.assessment.changes import Direction, ReasonKind
from compliance.assessment.comparison import compare
from compliance.assessment.gate import ExitCode, Gate, exit_code, regression_exit_code
from compliance.assessment.pair import AffectedAs, Objects
from compliance.assessment.verdict import Status
from compliance.evidence.datasets import Origin, State

CHECKS = ("AUD-01", "AUD-03", "AUD-04", "RET-01")
GATE = Gate("m-21-31")
TENANT = {ReasonKind.SETTING, ReasonKind.LICENCE}
statuses = st.sampled_from(Status)
objects = st.dictionaries(
    st.tuples(st.sampled_from((None, "members")), st.sampled_from("abcd")),
    st.builds(AffectedAs, st.booleans(), st.sampled_from(("lacks Send", "lacks Create"))),
)


@st.composite
def findings(draw: st.DrawFn, check: str) -> Finding:
    """A finding of a check: any status, some parts, some waiver."""
    status = draw(statuses)
    titles = draw(st.lists(st.sampled_from(("members", "guests", "unlicensed")), unique=True))
    parts = tuple(
        part(title, 4, draw(statuses), draw(st.sampled_from(("as asked", "not as asked")))) for title in titles
    )
    waived = status in (Status.FAIL, Status.INDETERMINATE) and draw(st.booleans())
    return finding(
        check,
        status,
        parts=parts,
        cause=draw(st.sampled_from(("this decides", "that decides"))),
        waivers=(waiver("W-100"),) if waived else (),
        left_open=Status.NOT_APPLICABLE if waived else status,
    )


@st.composite
def assessments(draw: st.DrawFn) -> tuple[Assessment, Objects]:
    """An assessment of some checks, and all its affected objects."""
    judged = [draw(findings(check)) for check in CHECKS if draw(st.booleans())]
    failing = (Status.FAIL, Status.INDETERMINATE)
    affected = {one.uid: draw(objects) if one.status in failing else {} for one in judged}
    judged = [
        msgspec.structs.replace(
            one,
            affected_count=sum(each.fails for each in affected[one.uid].values()) if one.status is Status.FAIL else 0,
        )
        for one in judged
    ]
    row = DatasetRow(
        name="graph.users",
        request="GET /v1.0/users",
        state=draw(st.sampled_from(State)),
        reason=None,
        origin=Origin.COLLECTED,
        rows=draw(st.integers(1, 3)),
        expected_rows=None,
        read_at=AS_OF,
    )
    assessment = ordinary(
        findings=tuple(judged),
        datasets=(row,),
        tool=ToolEntry(name="lookback", version=draw(st.sampled_from(("1.0.0", "2.0.0")))),
        as_of=AS_OF + dt.timedelta(days=draw(st.integers(0, 3))),
        bundle_sha256=draw(st.sampled_from(("11" * 32, "22" * 32))),
    )
    return assessment, affected


@settings(deadline=None, max_examples=60)
@given(assessments())
def test_nothing_changes_from_an_assessment_to_itself(made: tuple[Assessment, Objects]) -> None:
    assessment, affected = made
    since = compare(assessment, assessment, affected, affected)
    assert (since.changes, since.unchanged) == ((), len(assessment.findings))


@settings(deadline=None, max_examples=60)
@given(assessments(), assessments())
def test_every_finding_of_either_side_is_told_or_counted_once(
    old: tuple[Assessment, Objects], new: tuple[Assessment, Objects]
) -> None:
    since = compare(old[0], new[0], old[1], new[1])
    uids = {one.uid for side in (old, new) for one in side[0].findings}
    told = [one.uid for one in since.changes]
    assert len(told) == len(set(told))
    assert set(told) <= uids
    assert len(told) + since.unchanged == len(uids)


@settings(deadline=None, max_examples=60)
@given(assessments(), assessments())
def test_what_is_better_one_way_is_worse_the_other_way(
    old: tuple[Assessment, Objects], new: tuple[Assessment, Objects]
) -> None:
    forth = {one.uid: one.direction for one in compare(old[0], new[0], old[1], new[1]).changes}
    back = {one.uid: one.direction for one in compare(new[0], old[0], new[1], old[1]).changes}
    assert forth.keys() == back.keys()
    for uid, direction in forth.items():
        if direction is Direction.BETTER:
            assert back[uid] is Direction.WORSE


@settings(deadline=None, max_examples=60)
@given(assessments(), assessments())
def test_whatever_fails_or_opened_since_it_passed_is_worse(
    old: tuple[Assessment, Objects], new: tuple[Assessment, Objects]
) -> None:
    settled = (Status.PASS, Status.NOT_APPLICABLE)
    for one in compare(old[0], new[0], old[1], new[1]).changes:
        if one.was in settled and one.now not in (*settled, None):
            assert one.direction is Direction.WORSE


@settings(deadline=None, max_examples=60)
@given(assessments(), assessments())
def test_the_tenant_is_never_blamed_for_another_version_or_the_same_evidence(
    old: tuple[Assessment, Objects], new: tuple[Assessment, Objects]
) -> None:
    blamed = {reason.kind for one in compare(old[0], new[0], old[1], new[1]).changes for reason in one.reasons} & TENANT
    if old[0].tool != new[0].tool or old[0].bundle_sha256 == new[0].bundle_sha256:
        assert not blamed


@settings(deadline=None, max_examples=60)
@given(assessments(), assessments())
def test_a_gate_on_regressions_is_never_red_where_the_plain_gate_is_green_unless_sight_was_lost(
    old: tuple[Assessment, Objects], new: tuple[Assessment, Objects]
) -> None:
    since = compare(old[0], new[0], old[1], new[1])
    plain, regression = exit_code(new[0], GATE), regression_exit_code(new[0], since, GATE)
    if plain is ExitCode.SATISFIED and regression is not ExitCode.SATISFIED:
        assert regression is ExitCode.INDETERMINATE
        assert any(one.now is None for one in since.changes)
    if regression is ExitCode.FAILURE:
        assert plain is ExitCode.FAILURE


@settings(deadline=None, max_examples=60)
@given(assessments(), assessments())
def test_a_gate_on_regressions_lets_nothing_through_that_passed_before_and_fails_now(
    old: tuple[Assessment, Objects], new: tuple[Assessment, Objects]
) -> None:
    since = compare(old[0], new[0], old[1], new[1])
    passed = {one.uid for one in old[0].findings if one.status is Status.PASS}
    if any(one.uid in passed and one.left_open is Status.FAIL for one in new[0].findings):
        assert regression_exit_code(new[0], since, GATE) is ExitCode.FAILURE
