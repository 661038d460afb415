"""Two assessments of one tenant side by side: which controls stand otherwise, and whether that is for the worse."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from compliance.assessment.assessment import Assessment, Finding, PartEntry
from compliance.assessment.changes import ChangeEntry, ComparisonEntry, Direction
from compliance.assessment.reasons import Ground, why, why_newly_assessed, why_no_longer_assessed
from compliance.assessment.verdict import SEVERITY_ORDER, Status

Objects = Mapping[str, Collection[str]]
"""The ids of all affected objects, by the uid of their finding; a finding that has none may be missing."""

_RANK = {Status.PASS: 0, Status.NOT_APPLICABLE: 0, Status.INDETERMINATE: 1, Status.FAIL: 2}
_DIRECTIONS = (Direction.WORSE, Direction.BETTER, Direction.NEITHER)


def compare(
    old: Assessment, new: Assessment, old_objects: Objects | None = None, new_objects: Objects | None = None
) -> ComparisonEntry:
    """Return what changed from the old assessment to the new one, which is of the same tenant.

    Findings are the same where their uids are. Objects are told apart by their ids, and are not where either list is
    None; then only their number counts.
    """
    ground = Ground.of(old, new)
    before = {finding.uid: finding for finding in old.findings}
    now = {finding.uid: finding for finding in new.findings}
    changes = [_newly_assessed(finding, ground) for uid, finding in now.items() if uid not in before]
    changes += [_no_longer_assessed(finding, ground) for uid, finding in before.items() if uid not in now]
    pairs = [
        _Pair(before[uid], finding, _ids(old_objects, uid), _ids(new_objects, uid))
        for uid, finding in now.items()
        if uid in before
    ]
    changes += [_change(pair, ground) for pair in pairs if pair.differs]
    severity = {uid: SEVERITY_ORDER.index(finding.severity) for uid, finding in (before | now).items()}
    return ComparisonEntry(
        previous_as_of=old.as_of,
        previous_bundle_sha256=old.bundle_sha256,
        previous_tool_version=old.tool.version,
        changes=tuple(
            sorted(
                changes,
                key=lambda one: (
                    _DIRECTIONS.index(one.direction),
                    -severity[one.uid],
                    one.check,
                    one.standard or "",
                    one.uid,
                ),
            )
        ),
        unchanged=sum(not pair.differs for pair in pairs),
    )


@dataclass(frozen=True, slots=True)
class _Pair:
    """A finding then and now; the ids of affected objects are None where either list is not at hand."""

    old: Finding
    new: Finding
    old_objects: frozenset[str] | None
    new_objects: frozenset[str] | None

    @property
    def objects_differ(self) -> bool:
        if self.old_objects is None or self.new_objects is None:
            return self.old.affected_count != self.new.affected_count
        return self.old_objects != self.new_objects

    @property
    def differs(self) -> bool:
        return _standing(self.old) != _standing(self.new) or self.objects_differ

    @property
    def appeared(self) -> int | None:
        known = self.old_objects is not None and self.new_objects is not None
        return len((self.new_objects or frozenset()) - (self.old_objects or frozenset())) if known else None

    @property
    def gone(self) -> int | None:
        known = self.old_objects is not None and self.new_objects is not None
        return len((self.old_objects or frozenset()) - (self.new_objects or frozenset())) if known else None


def _ids(objects: Objects | None, uid: str) -> frozenset[str] | None:
    return None if objects is None else frozenset(objects.get(uid, ()))


def _standing(finding: Finding) -> tuple[object, ...]:
    """Return all by which a finding can stand otherwise, beside the objects: not what the tool says of its control.

    Who or what is the witness of a control that holds is no matter: any one of those that are sound may be.
    """
    parts = tuple((part.id, part.status, part.kind, part.condition, part.excluded) for part in finding.parts)
    witness = finding.cause if finding.status in (Status.FAIL, Status.INDETERMINATE) else ""
    return (
        *(finding.status, finding.kind, finding.severity, finding.left_open, finding.condition, witness, parts),
        tuple(waiver.id for waiver in finding.waivers),
        finding.affected_count,
    )


def _change(pair: _Pair, ground: Ground) -> ChangeEntry:
    old, new = pair.old, pair.new
    return ChangeEntry(
        uid=new.uid,
        check=new.check,
        standard=new.standard,
        title=new.title,
        was=old.status,
        now=new.status,
        was_left_open=old.left_open,
        now_left_open=new.left_open,
        direction=_direction(pair, ground),
        was_condition=old.condition,
        condition=new.condition,
        objects_new=pair.appeared,
        objects_gone=pair.gone,
        reasons=why(old, new, ground, objects_differ=pair.objects_differ),
    )


def _newly_assessed(finding: Finding, ground: Ground) -> ChangeEntry:
    return ChangeEntry(
        uid=finding.uid,
        check=finding.check,
        standard=finding.standard,
        title=finding.title,
        was=None,
        now=finding.status,
        was_left_open=None,
        now_left_open=finding.left_open,
        direction=Direction.NEITHER,
        was_condition=None,
        condition=finding.condition,
        objects_new=None,
        objects_gone=None,
        reasons=(why_newly_assessed(finding, ground),),
    )


def _no_longer_assessed(finding: Finding, ground: Ground) -> ChangeEntry:
    return ChangeEntry(
        uid=finding.uid,
        check=finding.check,
        standard=finding.standard,
        title=finding.title,
        was=finding.status,
        now=None,
        was_left_open=finding.left_open,
        now_left_open=None,
        direction=Direction.WORSE,
        was_condition=finding.condition,
        condition=None,
        objects_new=None,
        objects_gone=None,
        reasons=(why_no_longer_assessed(finding, ground),),
    )


def _direction(pair: _Pair, ground: Ground) -> Direction:
    old, new = pair.old, pair.new
    steps = [
        _step(old.left_open, new.left_open),
        _step(old.status, new.status),
        new.affected_count - old.affected_count,
        *_part_steps(old, new),
    ]
    looked_at_alike = not ground.read_otherwise(old, new)
    if looked_at_alike:
        steps += [pair.appeared or 0, -(pair.gone or 0)]
    if any(step > 0 for step in steps):
        return Direction.WORSE
    less = ground.reads_less(old) or _left_out_since(old, new)
    return Direction.BETTER if any(step < 0 for step in steps) and not less else Direction.NEITHER


def _step(old: Status, new: Status) -> int:
    """Return above 0 for the worse, below 0 for the better; a failure that became an open question is neither."""
    if old is Status.FAIL and new is Status.INDETERMINATE:
        return 0
    return _RANK[new] - _RANK[old]


def _part_steps(old: Finding, new: Finding) -> list[int]:
    """Compare part by part, where both have parts: one that is not there is empty, one left out is not compared."""
    if not old.parts or not new.parts:
        return []
    before, now = _by_id(old), _by_id(new)
    out = {part.id for finding in (old, new) for part in finding.parts if part.excluded is not None}
    return [
        _step(_status(before.get(part)), _status(now.get(part)))
        for part in sorted(before.keys() | now.keys())
        if part not in out
    ]


def _by_id(finding: Finding) -> dict[str, PartEntry]:
    return {part.id: part for part in finding.parts}


def _status(part: PartEntry | None) -> Status:
    return Status.NOT_APPLICABLE if part is None else part.status


def _left_out_since(old: Finding, new: Finding) -> bool:
    before = _by_id(old)
    return any(
        part.excluded is not None and (part.id not in before or before[part.id].excluded is None) for part in new.parts
    )
