"""Actors, records and policies that several tests of retention speak of."""

from __future__ import annotations

from compliance.rules.classes import ActorClass, ActorKind, RecordClass
from compliance.rules.periods import Duration
from compliance.rules.purview import Effective, effective
from compliance.rules.retention_policies import Policy, policy_from_fields

MAIL = RecordClass("ExchangeItemAggregated", "MailItemsAccessed")
MEMBER = ActorClass(ActorKind.MEMBER_WITH_AUDIT_PLAN, premium=True, ten_year=False, names=frozenset())
UNLICENSED = ActorClass(ActorKind.UNLICENSED, premium=False, ten_year=False, names=frozenset())
GUEST = ActorClass(ActorKind.GUEST, premium=True, ten_year=True, names=frozenset())
UNREAD_LICENCE = ActorClass(ActorKind.MEMBER_WITHOUT_AUDIT_PLAN, premium=None, ten_year=None, names=frozenset())
NON_USER = ActorClass(ActorKind.NON_USER, premium=False, ten_year=False, names=frozenset({"app@sharepoint"}))
NOBODY = frozenset[str]()
D7, D90, D180, YEAR, DECADE = (
    Duration.of_days(7),
    Duration.of_days(90),
    Duration.of_days(180),
    Duration.of_months(12),
    Duration.of_months(120),
)


def policy(name: str = "p", /, **fields: object) -> Policy:
    """A policy over the mail records of everyone, but for the fields given; `...` leaves a field out."""
    values: dict[str, object] = {
        "Name": name,
        "Priority": 10,
        "RetentionDuration": "TwelveMonths",
        "Enabled": True,
        "Mode": "Enforce",
        "RecordTypes": ["ExchangeItemAggregated"],
        "Operations": [],
        "UserIds": [],
    }
    return policy_from_fields({key: value for key, value in (values | fields).items() if value is not ...})


def kept(*policies: Policy, actor: ActorClass = MEMBER, unresolved: frozenset[str] = NOBODY) -> Effective:
    return effective(policies, actor, MAIL, unresolved_user_ids=unresolved)
