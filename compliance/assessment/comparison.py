"""Two assessments of one tenant side by side: which controls stand otherwise, and whether that is for the worse."""

from __future__ import annotations

from collections.abc import Mapping

from compliance.assessment.assessment import Assessment, Finding, PartEntry
from compliance.assessment.changes import ChangeEntry, ComparisonEntry, Direction, ReasonEntry, UnjudgedEntry
from compliance.assessment.ground import Ground
from compliance.assessment.kept_otherwise import KeptOtherwise, kept_otherwise
from compliance.assessment.pair import AffectedAs, ObjectKey, Objects, Pair, parts_by_id
from compliance.assessment.reasons import why, why_newly_assessed, why_no_longer_assessed
from compliance.assessment.verdict import OPEN, SEVERITY_ORDER, Status, step

_DIRECTIONS = (Direction.WORSE, Direction.UNCLEAR, Direction.BETTER, Direction.NEITHER)


def compare(
    old: Assessment, new: Assessment, old_objects: Objects | None = None, new_objects: Objects | None = None
) -> ComparisonEntry:
    """Return what changed from the old assessment to the new one, which is of the same tenant.

    Findings are the same where their uids are. Where either list of objects is None, only their number counts.
    """
    ground = Ground.of(old, new)
    before = {finding.uid: finding for finding in old.findings}
    now = {finding.uid: finding for finding in new.findings}
    unjudged = {one.uid: one for one in old.unjudged}
    changes = [_newly_assessed(one, unjudged.get(uid), ground) for uid, one in now.items() if uid not in before]
    changes += [_no_longer_assessed(finding, ground) for uid, finding in before.items() if uid not in now]
    pairs = [
        Pair(
            before[uid],
            finding,
            _of(old_objects, uid),
            _of(new_objects, uid),
            _kept(before[uid], finding, ground),
            ground,
        )
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
                    *(one.check, one.standard is not None, str(one.standard), one.uid),
                ),
            )
        ),
        unchanged=sum(not pair.differs for pair in pairs),
    )


def _of(objects: Objects | None, uid: str) -> Mapping[ObjectKey, AffectedAs] | None:
    if objects is None:
        return None
    listed = objects.get(uid)
    return {} if listed is None else listed


def _kept(old: Finding, new: Finding, ground: Ground) -> tuple[KeptOtherwise, ...]:
    is_open = old.status in OPEN or new.status in OPEN
    return tuple(kept_otherwise(ground.old, ground.new, new)) if is_open else ()


def _change(pair: Pair, ground: Ground) -> ChangeEntry:
    told = tuple(one.text for one in pair.kept)
    otherwise = pair.objects_otherwise
    differ = pair.objects_differ or bool(otherwise)
    reasons = why(pair.old, pair.new, ground, objects_differ=differ, kept_otherwise=told)
    counts = (pair.appeared, pair.gone, otherwise)
    return _entry(pair.new, pair.old, pair.new, _direction(pair, ground), reasons, counts)


def _newly_assessed(finding: Finding, last: UnjudgedEntry | None, ground: Ground) -> ChangeEntry:
    direction = Direction.NEITHER if last is None else _since_last_judged(last, finding)
    return _entry(finding, None, finding, direction, (why_newly_assessed(finding, last, ground),))


def _no_longer_assessed(finding: Finding, ground: Ground) -> ChangeEntry:
    return _entry(finding, finding, None, Direction.WORSE, (why_no_longer_assessed(finding, ground),))


def _since_last_judged(last: UnjudgedEntry, finding: Finding) -> Direction:
    """Return the direction of a control that was left out for a time: never better, since nobody saw it get so."""
    steps = (
        step(last.left_open, finding.left_open),
        step(last.status, finding.status),
        finding.affected_count - last.affected_count,
    )
    if any(one > 0 for one in steps):
        return Direction.WORSE
    lost = (last.status, finding.status) == (Status.FAIL, Status.INDETERMINATE)
    return Direction.UNCLEAR if lost else Direction.NEITHER


def _entry(
    finding: Finding,
    old: Finding | None,
    new: Finding | None,
    direction: Direction,
    reasons: tuple[ReasonEntry, ...],
    objects: tuple[int | None, int | None, int | None] = (None, None, None),
) -> ChangeEntry:
    return ChangeEntry(
        uid=finding.uid,
        check=finding.check,
        standard=finding.standard,
        title=finding.title,
        was=None if old is None else old.status,
        now=None if new is None else new.status,
        was_left_open=None if old is None else old.left_open,
        now_left_open=None if new is None else new.left_open,
        direction=direction,
        was_condition=None if old is None else old.condition,
        condition=None if new is None else new.condition,
        objects_new=objects[0],
        objects_gone=objects[1],
        objects_otherwise=objects[2],
        reasons=reasons,
    )


def _direction(pair: Pair, ground: Ground) -> Direction:
    old, new = pair.old, pair.new
    fewer, more = min(new.affected_count - old.affected_count, 0), max(new.affected_count - old.affected_count, 0)
    steps = [
        step(old.left_open, new.left_open),
        step(old.status, new.status),
        more,
        *_severity_steps(old, new),
        *_part_steps(old, new),
        *(each for one in pair.kept for each in one.steps),
    ]
    if ground.saw_as_much_then(old, new):
        steps += [] if pair.appeared is None else [pair.appeared]
    if not ground.saw_samples(old, new):
        steps.append(fewer)
    if ground.sees_as_much_now(old, new):
        steps += [] if pair.gone is None else [-pair.gone]
    better = any(one < 0 for one in steps)
    if any(one > 0 for one in steps) or (not better and _uncovered(old, new)):
        return Direction.WORSE
    if pair.lost_sight or pair.objects_otherwise:
        return Direction.UNCLEAR
    return Direction.BETTER if better and not _left_out_since(old, new) else Direction.NEITHER


def _uncovered(old: Finding, new: Finding) -> bool:
    """Say whether a waiver of a part ended with no other in its place, where something is left open on both sides."""
    before, now = ({one.id for one in finding.waivers} for finding in (old, new))
    return old.left_open in OPEN and new.left_open in OPEN and now < before


def _severity_steps(old: Finding, new: Finding) -> list[int]:
    """Compare how much it matters, where it is open on both sides."""
    if old.status not in OPEN or new.status not in OPEN:
        return []
    return [SEVERITY_ORDER.index(new.severity) - SEVERITY_ORDER.index(old.severity)]


def _part_steps(old: Finding, new: Finding) -> list[int]:
    """Compare part by part, where both have parts: one that is not there is empty, one left out is not compared."""
    if not old.parts or not new.parts:
        return []
    before, now = parts_by_id(old), parts_by_id(new)
    out = {part.id for finding in (old, new) for part in finding.parts if part.excluded is not None}
    return [
        step(_status(before.get(part)), _status(now.get(part)))
        for part in sorted(before.keys() | now.keys())
        if part not in out
    ]


def _status(part: PartEntry | None) -> Status:
    return Status.NOT_APPLICABLE if part is None else part.status


def _left_out_since(old: Finding, new: Finding) -> bool:
    before = parts_by_id(old)
    return any(
        part.excluded is not None and (part.id not in before or before[part.id].excluded is None) for part in new.parts
    )
