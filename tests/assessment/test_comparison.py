"""What changed between two assessments, whether that is for the worse, and why."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec
import pytest
from made_assessments import AS_OF, finding, ordinary, part

from compliance.assessment.assessment import (
    AppliedWaiver,
    Assessment,
    DatasetRow,
    EvidenceEntry,
    Finding,
    ReaderEntry,
    RunEntry,
    ToolEntry,
    WaiverUse,
)
from compliance.assessment.changes import ChangeEntry, Direction, ReasonKind
from compliance.assessment.comparison import compare
from compliance.assessment.pair import AffectedAs, ObjectKey
from compliance.assessment.verdict import Basis, Status
from compliance.evidence.datasets import Origin, State
from compliance.evidence.scope import EVERYBODY, ExcludedActors
from compliance.evidence.unread import Kind
from compliance.rules.classes import ActorKind

LATER = AS_OF + dt.timedelta(days=91)
PASS, FAIL, INDETERMINATE, NOT_APPLICABLE = Status.PASS, Status.FAIL, Status.INDETERMINATE, Status.NOT_APPLICABLE


def read(name: str = "graph.users", state: State = State.COMPLETE, rows: int = 10) -> DatasetRow:
    """A line of the completeness table."""
    return DatasetRow(
        name=name,
        request=f"GET {name}",
        state=state,
        reason=None,
        origin=Origin.COLLECTED,
        rows=rows,
        expected_rows=None,
        read_at=AS_OF,
    )


def rests_on(name: str, digest: str | None) -> EvidenceEntry:
    """The evidence of a finding; None where it was not read."""
    state = State.DENIED if digest is None else State.COMPLETE
    return EvidenceEntry(dataset=name, state=state, origin=Origin.COLLECTED, sha256=digest, read_at=AS_OF)


def then(*findings: Finding, **changes: Any) -> Assessment:
    """The assessment before, by default of one dataset that was read."""
    findings = tuple(
        msgspec.structs.replace(one, evidence=tuple(rests_on(each.dataset, "01" * 32) for each in one.evidence))
        for one in findings
    )
    return ordinary(**{"findings": findings, "datasets": (read(),), "schema_version": "1.1.0", **changes})


def now(*findings: Finding, **changes: Any) -> Assessment:
    """The assessment a quarter later, of another bundle, in which everything was read again."""
    findings = tuple(
        msgspec.structs.replace(one, evidence=tuple(rests_on(each.dataset, "02" * 32) for each in one.evidence))
        for one in findings
    )
    default = {"findings": findings, "datasets": (read(),), "as_of": LATER, "bundle_sha256": "77" * 32}
    return ordinary(**{**default, "schema_version": "1.1.0", **changes})


def the_change(old: Assessment, new: Assessment, *objects: Any) -> ChangeEntry:
    """The only change."""
    (one,) = compare(old, new, *objects).changes
    return one


def objects(
    *ids: str, part: str | None = None, undecided: tuple[str, ...] = (), why: str = "as it should not be"
) -> dict[ObjectKey, AffectedAs]:
    """Affected objects: those that surely fail, and those that could not be decided."""
    return {(part, name): AffectedAs(name not in undecided, why) for name in (*ids, *undecided)}


def kinds(change: ChangeEntry) -> list[ReasonKind]:
    return [reason.kind for reason in change.reasons]


def why(change: ChangeEntry) -> str:
    return "; ".join(reason.text for reason in change.reasons)


@pytest.mark.parametrize(
    ("was", "is_now", "direction"),
    [
        (PASS, FAIL, Direction.WORSE),
        (PASS, INDETERMINATE, Direction.WORSE),
        (NOT_APPLICABLE, INDETERMINATE, Direction.WORSE),
        (INDETERMINATE, FAIL, Direction.WORSE),
        (FAIL, PASS, Direction.BETTER),
        (INDETERMINATE, PASS, Direction.BETTER),
        (FAIL, NOT_APPLICABLE, Direction.BETTER),
        (FAIL, INDETERMINATE, Direction.UNCLEAR),
        (PASS, NOT_APPLICABLE, Direction.NEITHER),
    ],
)
def test_a_failure_is_worse_than_an_open_question_which_is_no_improvement(
    was: Status, is_now: Status, direction: Direction
) -> None:
    change = the_change(then(finding("AUD-01", was)), now(finding("AUD-01", is_now)))
    assert (change.was, change.now, change.direction) == (was, is_now, direction)


def test_what_stands_as_before_is_counted_and_not_told() -> None:
    since = compare(then(finding("AUD-01", PASS), finding("AUD-03", FAIL)), now(finding("AUD-01", PASS)))
    assert (since.unchanged, [one.check for one in since.changes]) == (1, ["AUD-03"])


def test_a_setting_is_named_by_what_decided_then_and_now() -> None:
    change = the_change(
        then(finding("AUD-03", PASS, cause="AuditDisabled is False")),
        now(finding("AUD-03", FAIL, cause="AuditDisabled is True")),
    )
    assert kinds(change) == [ReasonKind.SETTING]
    assert why(change) == "decided by AuditDisabled is False then, by AuditDisabled is True now"


def test_one_object_for_another_is_worse_though_as_many_fail() -> None:
    one = finding("AUD-04", FAIL, affected_count=1)
    change = the_change(then(one), now(one), {"uid-AUD-04": objects("a")}, {"uid-AUD-04": objects("b")})
    assert (change.direction, change.objects_new, change.objects_gone) == (Direction.WORSE, 1, 1)
    assert kinds(change) == [ReasonKind.SETTING]


def test_fewer_objects_are_better_and_more_are_worse_under_a_control_that_fails_anyway() -> None:
    two, one = finding("AUD-04", FAIL, affected_count=2), finding("AUD-04", FAIL, affected_count=1)
    both, alone = {"uid-AUD-04": objects("a", "b")}, {"uid-AUD-04": objects("a")}
    assert the_change(then(two), now(one), both, alone).direction is Direction.BETTER
    assert the_change(then(one), now(two), alone, both).direction is Direction.WORSE
    counted = the_change(then(one), now(two))
    assert (counted.direction, counted.objects_new) == (Direction.WORSE, None)


def test_one_part_for_another_is_worse() -> None:
    def parts(first: Status, second: Status) -> Finding:
        judged = (part("members", 5, first, "as found"), part("guests", 5, second, "as found"))
        return finding("RET-01", FAIL, parts=judged)

    change = the_change(then(parts(FAIL, PASS)), now(parts(PASS, FAIL)))
    assert change.direction is Direction.WORSE
    assert "guests: pass then, fail now" in why(change)


def test_another_version_is_never_laid_at_the_tenants_door() -> None:
    newer = now(finding("AUD-03", FAIL), tool=ToolEntry(name="lookback", version="9.0.0"))
    change = the_change(then(finding("AUD-03", PASS)), newer)
    assert kinds(change) == [ReasonKind.TOOL_VERSION]
    assert "judge the older bundle with 9.0.0" in why(change)


def test_another_text_of_the_standard_explains_what_refers_to_it_and_nothing_else() -> None:
    entry = ordinary().standards[0]
    shorter = msgspec.structs.replace(
        entry, sha256="99" * 32, hot=msgspec.structs.replace(entry.hot, period="24 months")
    )
    found = finding("RET-01", PASS, standard="m-21-31"), finding("AUD-03", PASS)
    failed = finding("RET-01", FAIL, standard="m-21-31"), finding("AUD-03", FAIL)
    since = compare(then(*found), now(*failed, standards=(shorter, ordinary().standards[1])))
    assert {one.check: kinds(one) for one in since.changes} == {
        "RET-01": [ReasonKind.STANDARD],
        "AUD-03": [ReasonKind.SETTING],
    }
    text = next(why(one) for one in since.changes if one.check == "RET-01")
    assert "12 months active, 30 months active and cold then, 24 months active" in text


def test_a_permission_that_is_gone_explains_what_became_open() -> None:
    change = the_change(
        then(finding("AUD-04", PASS)),
        now(finding("AUD-04", INDETERMINATE, kind=Kind.DENIED), datasets=(read(state=State.DENIED),)),
    )
    assert (change.direction, kinds(change)) == (Direction.WORSE, [ReasonKind.PERMISSION])
    assert why(change) == "graph.users: complete then, denied now"


def test_a_permission_that_came_does_not_blame_a_setting_for_what_it_shows() -> None:
    change = the_change(
        then(finding("AUD-04", INDETERMINATE, kind=Kind.DENIED), datasets=(read(state=State.DENIED),)),
        now(finding("AUD-04", FAIL)),
    )
    assert kinds(change) == [ReasonKind.PERMISSION]


def test_a_corroborating_dataset_that_is_gone_does_not_hide_a_setting() -> None:
    change = the_change(
        then(finding("AUD-03", PASS)), now(finding("AUD-03", FAIL), datasets=(read(state=State.DENIED),))
    )
    assert kinds(change) == [ReasonKind.PERMISSION, ReasonKind.SETTING]


def test_what_the_reader_may_do_now_is_named() -> None:
    def run(*roles: str) -> RunEntry:
        reader = ReaderEntry(
            api="graph", application="app", object_id="id", roles=roles, scopes=None, directory_roles=None
        )
        return RunEntry(
            tool=ToolEntry(name="lookback", version="0.1.0"),
            began=AS_OF,
            ended=AS_OF,
            clock_offset_seconds=0.0,
            readers=(reader,),
            settings_sha256=None,
            scope_sha256="ab" * 32,
            previous_bundle_sha256=None,
        )

    change = the_change(
        then(finding("AUD-04", PASS), run=run("User.Read.All", "Organization.Read.All")),
        now(
            finding("AUD-04", INDETERMINATE, kind=Kind.DENIED),
            run=run("Organization.Read.All", "Mail.Read"),
            datasets=(read(state=State.DENIED),),
        ),
    )
    assert "then also User.Read.All; now also Mail.Read" in why(change)


def test_a_reading_that_failed_is_no_question_of_permissions() -> None:
    change = the_change(
        then(finding("AUD-04", PASS)),
        now(finding("AUD-04", INDETERMINATE, kind=Kind.FAILED), datasets=(read(state=State.FAILED),)),
    )
    assert kinds(change) == [ReasonKind.READING]


def test_evidence_that_went_stale_is_a_matter_of_time() -> None:
    change = the_change(
        then(finding("AUD-04", PASS)),
        now(finding("AUD-04", INDETERMINATE, kind=Kind.STALE), datasets=(read(state=State.STALE),)),
    )
    assert kinds(change) == [ReasonKind.TIME]


def test_the_same_evidence_judged_otherwise_is_a_matter_of_time() -> None:
    old, new = finding("AUD-04", PASS), finding("AUD-04", INDETERMINATE)
    same = ordinary(findings=(new,), datasets=(read(),), as_of=LATER, bundle_sha256="77" * 32, schema_version="1.1.0")
    before = ordinary(findings=(old,), datasets=(read(),), schema_version="1.1.0")
    assert kinds(the_change(before, same)) == [ReasonKind.TIME]


def test_members_who_change_their_class_are_a_matter_of_licences() -> None:
    def members(with_plan: int, without: int, status: Status = FAIL) -> Finding:
        return finding(
            "RET-01",
            status,
            cause=f"field001 (one of {without})",
            parts=(
                part("members with Audit (Premium)", with_plan, PASS, "kept", id="member_with_audit_plan"),
                part("members without Audit (Premium)", without, FAIL, "short", id="member_without_audit_plan"),
            ),
        )

    change = the_change(then(members(10, 5)), now(members(5, 10)))
    assert kinds(change) == [ReasonKind.LICENCE]
    assert "members with Audit (Premium): 10 then, 5 now" in why(change)


def test_a_policy_that_changed_along_with_licences_is_named_beside_them() -> None:
    def members(count: int, status: Status) -> Finding:
        judged = (part("members without Audit (Premium)", count, status, "as found", id="member_without_audit_plan"),)
        return finding("RET-01", status, parts=judged)

    assert kinds(the_change(then(members(5, PASS)), now(members(6, FAIL)))) == [
        ReasonKind.LICENCE,
        ReasonKind.SETTING,
    ]


def test_a_narrower_scope_is_named_and_is_no_improvement() -> None:
    out = ExcludedActors(actor_class=ActorKind.UNLICENSED, reason="closed by GRC-77")
    narrowed = msgspec.structs.replace(EVERYBODY, excluded_actors=(out,))
    failing = part("unlicensed members", 4, FAIL, "kept 180 days")
    left_out = msgspec.structs.replace(failing, excluded="closed by GRC-77")
    passing = part("members", 4, PASS, "kept a year")
    change = the_change(
        then(finding("RET-01", FAIL, parts=(passing, failing)), scope=EVERYBODY),
        now(finding("RET-01", PASS, parts=(passing, left_out)), scope=narrowed),
    )
    assert (change.direction, kinds(change)) == (Direction.NEITHER, [ReasonKind.SCOPE])
    assert why(change) == "unlicensed members are left out now"


WAIVER = AppliedWaiver(
    id="W-100", reason="r", ticket="t", requester="a", approver="b", expires="2026-12-31", approved_on="2026-10-01"
)


def test_a_waiver_changes_what_is_left_open_and_nothing_else() -> None:
    failing = finding("AUD-04", FAIL)
    waived = msgspec.structs.replace(failing, waivers=(WAIVER,), left_open=NOT_APPLICABLE)
    accepted = the_change(then(failing), now(waived))
    assert (accepted.direction, kinds(accepted)) == (Direction.BETTER, [ReasonKind.WAIVER])
    expired = WaiverUse(id="W-100", expires="2026-12-31", standing="expired", findings=())
    ran_out = the_change(then(waived), now(failing, waivers=(expired,)))
    assert (ran_out.direction, kinds(ran_out)) == (Direction.WORSE, [ReasonKind.WAIVER])
    assert why(ran_out) == "waiver W-100 covered it then, and expired on 2026-12-31"
    assert why(the_change(then(waived), now(failing, waivers=()))).endswith("was not handed over now")


def test_declarations_explain_what_rests_on_somebodys_word_and_nothing_else() -> None:
    open_ = finding("EXP-02", INDETERMINATE, kind=Kind.NEEDS_ATTESTATION), finding("AUD-03", FAIL)
    settled = finding("EXP-02", PASS, basis=Basis.ATTESTED), finding("AUD-03", PASS)
    since = compare(then(*open_), now(*settled, declarations_sha256="55" * 32))
    assert {one.check: kinds(one) for one in since.changes} == {
        "EXP-02": [ReasonKind.DECLARATION],
        "AUD-03": [ReasonKind.SETTING],
    }
    assert "the declarations differ too" in next(why(one) for one in since.changes if one.check == "AUD-03")


def test_a_declaration_that_ran_out_is_a_matter_of_time() -> None:
    settled = finding("EXP-02", PASS, basis=Basis.ATTESTED)
    open_ = finding("EXP-02", INDETERMINATE, kind=Kind.NEEDS_ATTESTATION)
    change = the_change(then(settled, declarations_sha256="55" * 32), now(open_, declarations_sha256="55" * 32))
    assert kinds(change) == [ReasonKind.TIME]


def test_what_is_newly_assessed_is_neither_and_what_no_longer_is_was_lost_sight_of() -> None:
    two = compare(then(finding("AUD-01", PASS)), now(finding("AUD-03", FAIL)))
    assert [(one.check, one.direction, kinds(one)) for one in two.changes] == [
        ("AUD-01", Direction.WORSE, [ReasonKind.NO_LONGER_ASSESSED]),
        ("AUD-03", Direction.NEITHER, [ReasonKind.NEWLY_ASSESSED]),
    ]


def test_why_something_is_newly_assessed_is_told() -> None:
    one = ordinary().standards[:1]
    found = finding("RET-01", FAIL, standard="m-26-14")
    assert why(the_change(then(standards=one), now(found))) == "m-26-14 is not among the standards then"
    left_out = then(not_assessed=("RET-01 MailItemsAccessed stays: not asked for",))
    assert why(the_change(left_out, now(found))) == "it is not among the checks then"


def test_the_same_bundle_judged_again_blames_neither_settings_nor_permissions() -> None:
    old = then(finding("AUD-04", PASS))
    again = msgspec.structs.replace(old, findings=(finding("AUD-04", FAIL),))
    assert the_change(old, again).reasons == ()


def test_the_worse_stands_before_the_better_and_the_graver_before_the_slighter() -> None:
    checks = {"AUD-01": (FAIL, PASS), "AUD-03": (PASS, FAIL), "AUD-04": (PASS, INDETERMINATE)}
    severities = {"AUD-01": "critical", "AUD-03": "low", "AUD-04": "critical"}
    old = [finding(name, was, severity=severities[name]) for name, (was, _) in checks.items()]
    new = [finding(name, is_now, severity=severities[name]) for name, (_, is_now) in checks.items()]
    assert [one.check for one in compare(then(*old), now(*new)).changes] == ["AUD-04", "AUD-03", "AUD-01"]
