"""What of a bundle cannot be counted on, and which checks wait for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from compliance.assessment.check import Check
from compliance.decidability import wanted
from compliance.evidence.bundle import Bundle
from compliance.evidence.datasets import DATASETS, DatasetSpec, State
from compliance.evidence.derived import DERIVATIONS
from compliance.evidence.evidence import Evidence
from compliance.evidence.parents import NAMED_BY, Parent, Parents, is_blank


@dataclass(frozen=True, slots=True)
class Need:
    """A dataset that is missing, why, and the ids of the checks that need it.

    `held`: the bundle holds some of its rows, and an import never takes the place of these.
    """

    spec: DatasetSpec
    why: str
    checks: tuple[str, ...]
    held: bool


def needs_of(bundle: Bundle, checks: Sequence[Check]) -> tuple[Need, ...]:
    """Return each dataset that a check makes use of and the bundle cannot vouch for, in the order of the datasets."""
    behind = {one.id: wanted(one.function, DERIVATIONS) for one in checks}
    needs = []
    for name, why in _missing(bundle).items():
        waiting = tuple(check_id for check_id, names in behind.items() if name in names)
        if waiting:
            needs.append(Need(DATASETS[name], why, waiting, _is_held(bundle, name)))
    return tuple(needs)


def known_parents(bundle: Bundle) -> Mapping[Parent, tuple[str, ...] | None]:
    """The ids of what datasets are asked of, by kind, or None where not all that names them was read."""
    missing = _missing(bundle)
    parents = Parents(bundle)
    return {
        kind: None if any(name in missing for name in names) else parents.named(kind)
        for kind, names in NAMED_BY.items()
    }


def _missing(bundle: Bundle) -> dict[str, str]:
    """Return why the bundle cannot vouch for a dataset, by name; what others are discovered from comes before them."""
    evidence = Evidence(bundle, DERIVATIONS)
    missing: dict[str, str] = {}
    for name in DATASETS:
        why = _why(evidence, name, missing.keys())
        if why is not None:
            missing[name] = why
    return missing


def _is_held(bundle: Bundle, name: str) -> bool:
    entry = bundle.manifest.dataset(name)
    if entry is None or is_blank(entry, bundle.manifest):
        return False
    return bool(entry.rows) or entry.state is State.COMPLETE


def _why(evidence: Evidence, name: str, missing: Set[str]) -> str | None:
    unread = evidence.standing(name)
    if unread is not None:
        return f"{unread.kind.value.replace('_', ' ')}: {unread.reason}"
    entry = evidence.bundle.manifest.dataset(name)
    if entry is not None and is_blank(entry, evidence.bundle.manifest):
        if entry.frames:
            return "whoever read it sees no Azure subscription"
        return "nothing was known to ask about" if missing & set(DATASETS[name].discovered_from) else None
    return "nobody said when it was exported" if entry is not None and entry.ended is None else None
