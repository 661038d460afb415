"""The base of every part of an assessment."""

from __future__ import annotations

import msgspec


class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of the document's parts: unknown keys are refused, so that a typing error is never read as absence."""
