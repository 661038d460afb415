"""The base of all rows: properties named as Microsoft names them, without defaults."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET

from compliance.evidence.unread import PropertyUnreadError


def named(name: str) -> Any:
    """Declare a property under the name it has in the answer; an answer without it leaves it unread."""
    return msgspec.field(name=name, default=UNSET)


class View(msgspec.Struct, frozen=True, gc=False):
    """Base of all rows: reading a property that the answer did not hold raises."""

    def __getattribute__(self, name: str) -> Any:
        """Return a property's value, or raise PropertyUnreadError."""
        value = object.__getattribute__(self, name)
        if value is UNSET:
            raise PropertyUnreadError(type(self).__name__, name)
        return value

    def holds(self, name: str) -> bool:
        """Say whether the answer held a property, without reading it."""
        return object.__getattribute__(self, name) is not UNSET
