"""What is judged, and what the settings leave out, with the reason."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec

from compliance.rules.classes import ActorKind

MAX_AGE_DAYS: Final = 3_650
"""The longest time after which evidence may still count as fresh, in days."""
MAX_TOLERANCE_DAYS: Final = 31
"""How many days a retention period may be forgiven at most."""


class ExcludedActors(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A class of actors that config.yaml leaves out, and why."""

    actor_class: ActorKind
    reason: str


class MaxAge(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How old evidence may be at the end of the bundle's last read window before it is stale."""

    collected_hours: Annotated[int, msgspec.Meta(ge=1, le=MAX_AGE_DAYS * 24)]
    exported_days: Annotated[int, msgspec.Meta(ge=1, le=MAX_AGE_DAYS)]


class Scope(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What counts.

    `strict_months` asks for the longest reading of a month count; `tolerance_days` forgives so many days.
    """

    excluded_actors: tuple[ExcludedActors, ...]
    strict_months: bool
    tolerance_days: Annotated[int, msgspec.Meta(ge=0, le=MAX_TOLERANCE_DAYS)]
    max_age: MaxAge

    def exclusion(self, actor_class: ActorKind) -> str | None:
        """Return the reason why a class of actors is left out, or None where it counts."""
        return next((out.reason for out in self.excluded_actors if out.actor_class is actor_class), None)


EVERYBODY = Scope(
    excluded_actors=(),
    strict_months=False,
    tolerance_days=0,
    max_age=MaxAge(collected_hours=24, exported_days=31),
)
"""The scope that holds without settings: everybody counts, and months are compared as the calendar allows."""
