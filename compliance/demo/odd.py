"""What the facts of a simulated tenant have in common: stable identifiers, and oddities of an object's JSON."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "lookback.example")


def stable_guid(*names: str) -> str:
    """A GUID derived from names: the same names give the same GUID on every run and every machine."""
    return str(uuid.uuid5(_NAMESPACE, "/".join(names)))


@dataclass(frozen=True, slots=True)
class Odd:
    """What is odd about an object's JSON: `values` replace or add keys, `absent` keys are left out."""

    values: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    absent: frozenset[str] = frozenset()


NOT_ODD = Odd()
"""An object that is answered as it is."""
