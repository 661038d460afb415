"""A figure with the sign of its status, as short as a column of a table needs it."""

from __future__ import annotations

import re

from compliance.assessment.verdict import Status
from reports.console.style import Style
from reports.text import width_of

CELL = 12
"""Columns for `? 1095 days`."""
_RANGE = re.compile(r"(\d+) (day|month)s? to (\d+) \2s")


def figure(status: Status, text: str, style: Style) -> str:
    """Return a status's sign and how long logs are kept, in at most `CELL` columns."""
    sign = style.sign(status)
    return f"{sign} {style.clean(_short(text), CELL - width_of(sign) - 1)}"


def _short(text: str) -> str:
    """Return `7 days to 180 days` as `7-180 days`; a range across units is told by its ends alone."""
    if match := _RANGE.fullmatch(text):
        return f"{match[1]}-{match[3]} {match[2]}s"
    if text.startswith("an unknown"):
        return "not known"
    return re.sub(r"(\d+) (d|m)\w+ to (\d+) (d|m)\w+", r"\1\2 to \3\4", text)
