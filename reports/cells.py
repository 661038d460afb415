"""What goes into one cell of a table, whatever the file around it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import lru_cache

from compliance.assessment.assessment import Finding
from reports.text import harmless

MOST_CHARACTERS = 16_000
"""The longest text of a cell. Excel holds 32,767 UTF-16 code units, and a character takes two of them at most."""
_CUT = "…"

Cell = str | int | bool | None
"""The value of a cell; None is not known, or not there."""


def text(value: str) -> str:
    """Return a text with every character that is not shown as a visible escape, cut where a cell would overflow."""
    shown = harmless(value[:MOST_CHARACTERS])
    return shown if len(value) <= MOST_CHARACTERS >= len(shown) else shown[: MOST_CHARACTERS - 1] + _CUT


def joined(values: Iterable[str]) -> str:
    """Return a list as one text, its items parted by semicolons."""
    return ";".join(values)


@lru_cache(maxsize=64)
def moment(value: dt.datetime | None) -> str | None:
    """Return an instant as ISO 8601 in UTC, to the second, with a Z."""
    return None if value is None else f"{value.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"


def waivers(finding: Finding) -> str:
    """Return the waivers of a finding: the id of each, and its last day."""
    return joined(f"{one.id} (to {one.expires})" for one in finding.waivers)


def evidence(finding: Finding) -> str:
    """Return what a finding rests on: the name of each dataset, and how its reading ended."""
    return joined(f"{one.dataset} ({one.state.value})" for one in finding.evidence)
