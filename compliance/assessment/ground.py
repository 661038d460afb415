"""The ground on which two assessments are compared: what was read, and by which standards and declarations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from compliance.assessment.assessment import Assessment, DatasetRow, Finding, StandardEntry
from compliance.evidence.datasets import State

UNDECLARED = "1.0.0"
"""The version of the document that does not say by which declarations it was judged."""

_READ = dict.fromkeys(State, 0) | {State.PARTIAL: 1, State.STALE: 1, State.COMPLETE: 2}
"""How much a reading shows that ended so."""


@dataclass(frozen=True, slots=True)
class Ground:
    """Both assessments, and what of them is looked up again for every finding."""

    old: Assessment
    new: Assessment
    old_datasets: Mapping[str, DatasetRow]
    new_datasets: Mapping[str, DatasetRow]
    old_standards: Mapping[str, StandardEntry]
    new_standards: Mapping[str, StandardEntry]

    @classmethod
    def of(cls, old: Assessment, new: Assessment) -> Ground:
        """Return the ground on which two assessments are compared."""
        return cls(
            old,
            new,
            {row.name: row for row in old.datasets},
            {row.name: row for row in new.datasets},
            {entry.id: entry for entry in old.standards},
            {entry.id: entry for entry in new.standards},
        )

    def states(self, dataset: str) -> tuple[State, State]:
        """Return how the reading of a dataset ended then and now; what an assessment does not list was not asked."""
        before, now = self.old_datasets.get(dataset), self.new_datasets.get(dataset)
        return (
            State.NOT_REQUESTED if before is None else before.state,
            State.NOT_REQUESTED if now is None else now.state,
        )

    def saw_as_much_then(self, old: Finding, new: Finding) -> bool:
        """Say whether what a finding rests on showed no less then than it does now: what is new now is new."""
        states = map(self.states, datasets_of(old, new))
        return all(
            before is State.COMPLETE or (before is now and before is not State.PARTIAL) for before, now in states
        )

    def sees_as_much_now(self, old: Finding, new: Finding) -> bool:
        """Say whether what a finding rests on shows no less now than it did then: what is gone now is gone."""
        states = map(self.states, datasets_of(old, new))
        return all(now is State.COMPLETE or (before is now and now is not State.PARTIAL) for before, now in states)

    def saw_samples(self, old: Finding, new: Finding) -> bool:
        """Say whether anything that a finding rests on was cut short both times: fewer of it may be other ones."""
        states = map(self.states, datasets_of(old, new))
        return any(before is State.PARTIAL and now is State.PARTIAL for before, now in states)

    def reads_less(self, old: Finding) -> bool:
        """Say whether less is read now than then of anything that a finding rested on."""
        states = (self.states(one.dataset) for one in old.evidence)
        return any(_READ[now] < _READ[before] for before, now in states)

    def reads_otherwise(self, old: Finding, new: Finding) -> bool:
        """Say whether the reading of anything that a finding rests on ended otherwise, or whether all was seen."""
        states = map(self.states, datasets_of(old, new))
        return any(before is not now for before, now in states) or sees(old) != sees(new)

    @property
    def declarations_differ(self) -> bool:
        """Whether the declarations are surely others."""
        known = UNDECLARED not in (self.old.schema_version, self.new.schema_version)
        return known and self.old.declarations_sha256 != self.new.declarations_sha256


def sees(finding: Finding) -> tuple[bool, bool]:
    """Return whether it is known among how many the affected objects are, and whether all of them were seen."""
    return finding.affected_total is not None, finding.all_seen


def datasets_of(old: Finding, new: Finding) -> list[str]:
    """Return the datasets that a finding rests on, on either side."""
    return sorted({one.dataset for one in (*old.evidence, *new.evidence)})
