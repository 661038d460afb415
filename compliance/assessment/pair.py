"""A finding in two assessments, and its affected objects: what of them differs, and what was lost sight of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from compliance.assessment.assessment import Finding, PartEntry
from compliance.assessment.ground import Ground, sees
from compliance.assessment.kept_otherwise import KeptOtherwise
from compliance.assessment.verdict import OPEN, Status
from compliance.assessment.waiver_reasons import widened


class AffectedAs(NamedTuple):
    """As what an object is affected: whether it surely fails, and why in words."""

    fails: bool
    why: str

    def joined(self, other: AffectedAs) -> AffectedAs:
        """Return both as one, for an object with more than one line."""
        return AffectedAs(self.fails or other.fails, "; ".join(sorted({*self.why.split("; "), *other.why.split("; ")})))


ObjectKey = tuple[str | None, str]
"""What tells an affected object apart: its part, None where there is none, and its id."""
Objects = Mapping[str, Mapping[ObjectKey, AffectedAs]]
"""All affected objects by the uid of their finding, and as what; a finding without may be missing."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A finding then and now; the affected objects are None where either list is not at hand."""

    old: Finding
    new: Finding
    old_objects: Mapping[ObjectKey, AffectedAs] | None
    new_objects: Mapping[ObjectKey, AffectedAs] | None
    kept: tuple[KeptOtherwise, ...]
    ground: Ground

    @property
    def objects_differ(self) -> bool:
        """Whether others are affected, or one that could not be decided fails, or the other way round."""
        if self.old_objects is None or self.new_objects is None:
            return self.old.affected_count != self.new.affected_count
        old, new = self.old_objects, self.new_objects
        return old.keys() != new.keys() or any(old[one].fails is not new[one].fails for one in old)

    @property
    def objects_otherwise(self) -> int | None:
        """How many objects stay affected for another reason; other words of another version are none."""
        if self.ground.old.tool.version != self.ground.new.tool.version:
            return None
        old, new = self.old_objects, self.new_objects
        if old is None or new is None:
            old, new = _samples(self.old), _samples(self.new)
        return sum(old[one].why != new[one].why for one in old.keys() & new.keys())

    @property
    def differs(self) -> bool:
        """Whether anything of it stands otherwise, what was read of it included."""
        return (
            _standing(self.old) != _standing(self.new)
            or self.objects_differ
            or bool(self.objects_otherwise)
            or bool(self.kept)
            or self.ground.reads_otherwise(self.old, self.new)
            or any(widened(self.old, self.new, self.ground.old, self.ground.new))
        )

    @property
    def lost_sight(self) -> bool:
        """Whether something was open, and less of it is read or decided now."""
        old, new = self.old, self.new
        if old.status not in OPEN:
            return False
        before, now = sees(old), sees(new)
        knows_less = new.status in OPEN and any(then and not since for then, since in zip(before, now, strict=True))
        return knows_less or self.ground.reads_less(old) or self._undecided

    @property
    def _undecided(self) -> bool:
        """Whether what surely failed is an open question now: the whole, a part, an object or a log source."""
        before, now = parts_by_id(self.old), parts_by_id(self.new)
        pairs = [
            (self.old.status, self.new.status),
            (self.old.left_open, self.new.left_open),
            *((before[part].status, now[part].status) for part in before.keys() & now.keys()),
        ]
        old, new = self.old_objects, self.new_objects
        objects = (
            old is not None
            and new is not None
            and any(old[one].fails and not new[one].fails for one in old.keys() & new.keys())
        )
        return (Status.FAIL, Status.INDETERMINATE) in pairs or objects or any(one.lost_sight for one in self.kept)

    @property
    def appeared(self) -> int | None:
        """How many objects are affected and were not, or fail and could not be decided then."""
        if self.old_objects is None or self.new_objects is None:
            return None
        old = self.old_objects
        return sum(one not in old or (now.fails and not old[one].fails) for one, now in self.new_objects.items())

    @property
    def gone(self) -> int | None:
        """How many objects were affected and are not."""
        if self.old_objects is None or self.new_objects is None:
            return None
        return len(self.old_objects.keys() - self.new_objects.keys())


def _standing(finding: Finding) -> tuple[object, ...]:
    """Return all by which a finding can stand otherwise, beside the objects: not what the tool says of its control.

    Who or what is the witness of a control that holds is no matter: any one of those that are sound may be.
    """
    parts = tuple(
        (part.id, part.status, part.kind, part.condition, part.excluded, part.basis) for part in finding.parts
    )
    witness = finding.cause if finding.status in OPEN else ""
    return (
        *(finding.status, finding.kind, finding.severity, finding.left_open, finding.condition, witness, parts),
        *(finding.basis, finding.waivers, finding.affected_count),
    )


def parts_by_id(finding: Finding) -> dict[str, PartEntry]:
    """Return the parts of a finding by their ids."""
    return {part.id: part for part in finding.parts}


def _samples(finding: Finding) -> dict[ObjectKey, AffectedAs]:
    return {(one.part, one.id): AffectedAs(one.decided, one.why) for one in finding.samples}
