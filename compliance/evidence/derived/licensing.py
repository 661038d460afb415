"""What the licences of accounts give them, worked out once for each set of licences that occurs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from compliance.evidence.derived.licences import Holdings, holdings, subscriptions
from compliance.evidence.population import Population
from compliance.evidence.unread import Unread
from compliance.evidence.views import SubscribedSku, User
from compliance.rules.licences import (
    AUDIT_PREMIUM_PLAN,
    TEN_YEAR_PLAN,
    Held,
    NotHeld,
    Sku,
    exchange_licence_class,
    holds_mailbox_plan,
    plan_held,
)
from compliance.rules.mailbox_audit import LicenceClass

_LISTS = ("assigned_plans", "assigned_licenses", "license_assignment_states")
_REMEMBERED = 4096


@dataclass(frozen=True, slots=True)
class Given:
    """What an account's licences give it; None is unread.

    `read` says whether all that Microsoft Graph lists of its licences could be read, `licensed` whether it has any,
    `mailbox_plan` whether one gives a mailbox.
    """

    read: bool
    licensed: bool | None
    premium: bool | None
    ten_year: bool | None
    exchange: LicenceClass
    mailbox_plan: bool | None


class Licensing:
    """The licences of accounts against the tenant's subscriptions.

    Accounts share a few sets of licences: each set is worked out once, so that a hundred thousand accounts cost little.
    """

    def __init__(self, skus: Population[SubscribedSku] | Unread) -> None:
        self._skus = subscriptions(skus)
        self._known: dict[tuple[Any, ...], Given] = {}

    def of(self, user: User) -> Given:
        """Return what an account's licences give it; a list of which one entry cannot be read is unread."""
        rows = tuple(getattr(user, name) if user.holds(name) else None for name in _LISTS)
        given = self._known.get(rows)
        if given is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            given = self._known[rows] = _given(holdings(user), self._skus)
        return given


def _given(holding: Holdings, skus: tuple[Sku, ...] | None) -> Given:
    def held(plan_id: str) -> bool | None:
        match plan_held(plan_id, *holding, skus):
            case Held():
                return True
            case NotHeld():
                return False
            case _:
                return None

    return Given(
        read=None not in holding,
        licensed=None if holding.assigned_licences is None else bool(holding.assigned_licences),
        premium=held(AUDIT_PREMIUM_PLAN),
        ten_year=held(TEN_YEAR_PLAN),
        exchange=exchange_licence_class(*holding, skus),
        mailbox_plan=holds_mailbox_plan(*holding, skus),
    )
