"""What is judged, and what the settings leave out, with the reason."""

from __future__ import annotations

import msgspec

from compliance.rules.classes import ActorKind


class ExcludedActors(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A class of actors that config.yaml leaves out, and why."""

    actor_class: ActorKind
    reason: str


class MaxAge(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How old evidence may be at the end of the bundle's last read window before it is stale."""

    collected_hours: int = 24
    exported_days: int = 31


class Scope(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What counts. Without settings, everybody counts and months are compared as the calendar allows.

    `strict_months` asks for the longest reading of a month count; `tolerance_days` forgives so many days.
    """

    excluded_actors: tuple[ExcludedActors, ...] = ()
    strict_months: bool = False
    tolerance_days: int = 0
    max_age: MaxAge = MaxAge()

    def exclusion(self, actor_class: ActorKind) -> str | None:
        """Return the reason why a class of actors is left out, or None where it counts."""
        return next((out.reason for out in self.excluded_actors if out.actor_class is actor_class), None)
