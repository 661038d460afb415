"""Which checks can be decided from some of the datasets, before anything is judged."""

from __future__ import annotations

import typing
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from compliance.evidence.datasets import DATASETS
from compliance.evidence.evidence import Derivation, datasets_behind, parameters
from compliance.evidence.population import Population
from compliance.evidence.views import DATASET_OF, DATASETS_OF


class Decidable(StrEnum):
    """How far a check can be decided."""

    FULLY = "can be decided"
    IN_PART = "can be decided in part"
    NOT = "cannot be decided"


def needed(function: Derivation, derivations: Mapping[type, Derivation]) -> frozenset[str]:
    """Return the datasets that a check rests on, without those that only corroborate."""
    return frozenset(name for name in datasets_behind(function, derivations) if not DATASETS[name].corroborates)


def wanted(function: Derivation, derivations: Mapping[type, Derivation]) -> frozenset[str]:
    """Return the datasets that a check can make use of: what it rests on, and what may show that a shortfall is none.

    Those that only corroborate are not among them.
    """
    behind = datasets_behind(function, derivations, opening=True)
    return frozenset(name for name in behind if not DATASETS[name].corroborates)


def decidable(
    function: Derivation, unread: frozenset[str], partial: frozenset[str], derivations: Mapping[type, Derivation]
) -> Decidable:
    """Say how far a check can be decided where some datasets cannot be read, and of others only a part.

    In part: of everything without which it is not judged at all something can be read, so that it may fail, and may
    pass where one of several answers is enough; the rest stays open.
    """
    if not needed(function, derivations) & (unread | partial):
        return Decidable.FULLY
    return Decidable.NOT if _unjudged(function, unread, derivations) else Decidable.IN_PART


def _unjudged(function: Derivation, unread: frozenset[str], derivations: Mapping[type, Derivation]) -> bool:
    """Whether a parameter without which a function is not called is unread, here or in what it is derived from."""
    return any(required and _is_unread(kind, unread, derivations) for _, kind, required in parameters(function))


def _is_unread(kind: Any, unread: frozenset[str], derivations: Mapping[type, Derivation]) -> bool:
    if typing.get_origin(kind) is Population:
        return unread.issuperset(DATASETS_OF[typing.get_args(kind)[0]])
    if kind in DATASET_OF:
        return DATASET_OF[kind] in unread
    return kind in derivations and _unjudged(derivations[kind], unread, derivations)
