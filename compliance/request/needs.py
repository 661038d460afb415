"""What of a bundle cannot be counted on, and which checks wait for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from compliance.assessment.check import Check
from compliance.evidence.azure_views import DiagnosticSetting
from compliance.evidence.bundle import Bundle
from compliance.evidence.datasets import DATASETS, DatasetSpec, State
from compliance.evidence.derived import DERIVATIONS
from compliance.evidence.evidence import Evidence, datasets_behind
from compliance.evidence.rows import typed_rows

_SETTINGS = "arm.entra_diagnostic_settings"


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
    """Return each dataset that a check needs and that the bundle cannot vouch for, in the order of the datasets."""
    evidence = Evidence(bundle, DERIVATIONS)
    behind = {one.id: datasets_behind(one.function, DERIVATIONS) for one in checks}
    needs = []
    for name, spec in DATASETS.items():
        waiting = tuple(check_id for check_id, names in behind.items() if name in names)
        why = _why(evidence, name)
        if waiting and why is not None:
            entry = bundle.manifest.dataset(name)
            held = entry is not None and (bool(entry.rows) or entry.state is State.COMPLETE)
            needs.append(Need(spec, why, waiting, held))
    return tuple(needs)


def known_workspaces(bundle: Bundle) -> tuple[str, ...] | None:
    """The ids of the workspaces that the bundle's diagnostic settings name, or None where these were not all read."""
    entry = bundle.manifest.dataset(_SETTINGS)
    if entry is None or Evidence(bundle, DERIVATIONS).standing(_SETTINGS) is not None:
        return None
    found: dict[str, str] = {}
    for row, _ in typed_rows(bundle.path, entry):
        if not isinstance(row, DiagnosticSetting) or not row.holds("properties"):
            return None
        if not row.properties.holds("workspace_id"):
            return None
        if row.properties.workspace_id:
            found.setdefault(row.properties.workspace_id.casefold(), row.properties.workspace_id)
    return tuple(found.values())


def _why(evidence: Evidence, name: str) -> str | None:
    unread = evidence.standing(name)
    if unread is not None:
        return f"{unread.kind.value.replace('_', ' ')}: {unread.reason}"
    entry = evidence.bundle.manifest.dataset(name)
    return "nobody said when it was exported" if entry is not None and entry.ended is None else None
