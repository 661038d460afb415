"""Whether what Purview keeps is what a standard needs, and whether a policy takes time away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from compliance.rules.classes import ActorClass, ActorKind, RecordClass
from compliance.rules.periods import Duration, Meets, band, compare
from compliance.rules.purview import Effective, deciders, effective
from compliance.rules.retention_policies import Policy


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether a class of records meets a requirement; `short_by` in days as in `Comparison`; `why` is one sentence."""

    result: Meets
    short_by: tuple[int, int] | None
    why: str


def judge(kept: Effective, need: Duration, *, strict: bool = False, tolerance_days: int = 0) -> Judgement:
    """Whether records are kept as long as needed: under every reading, under none, or undecided (`UNKNOWN`)."""
    if kept.credited is None or kept.at_most is None:
        return Judgement(Meets.UNKNOWN, None, kept.because)
    least = compare(kept.credited, need, strict=strict, tolerance_days=tolerance_days)
    if least.result is not Meets.SHORT:
        return Judgement(least.result, least.short_by, kept.because)
    most = compare(kept.at_most, need, strict=strict, tolerance_days=tolerance_days)
    if most.result is not Meets.SHORT:
        why = f"{kept.because}; between {kept.credited} and {kept.at_most}, where {need} are needed"
        return Judgement(Meets.UNKNOWN, None, why)
    short_by = None
    if most.short_by is not None and least.short_by is not None:
        short_by = most.short_by[0], least.short_by[1]
    return Judgement(Meets.SHORT, short_by, kept.because)


@dataclass(frozen=True, slots=True)
class Shortening:
    """A policy that is itself shorter than needed makes records of a class expire sooner than without it."""

    policy: str
    with_policy: Effective
    without_policy: Effective


@dataclass(frozen=True, slots=True)
class Undecided:
    """Whether a policy shortens the class cannot be told."""

    why: str


def shortened_by(
    policies: Sequence[Policy] | None,
    actor: ActorClass,
    record: RecordClass,
    need: Duration,
    *,
    unresolved_user_ids: frozenset[str],
    strict: bool = False,
    tolerance_days: int = 0,
) -> Shortening | Undecided | None:
    """Whether a policy that is shorter than `need` takes time away from this class, by leaving such policies out.

    A policy of unread duration may be shorter. `None`: no such policy has any effect on the class.
    """
    if actor.kind is ActorKind.NON_USER:
        return None
    if policies is None:
        return Undecided("the retention policies were not read, and any could be in force")

    def short(policy: Policy) -> bool:
        compared = compare(policy.duration, need, strict=strict, tolerance_days=tolerance_days)
        return compared.result in (Meets.SHORT, Meets.UNKNOWN)

    deciding, possible = deciders(policies, actor, record, unresolved_user_ids)
    if not any(map(short, (*deciding, *possible))):
        return None
    longer = [policy for policy in policies if not short(policy)]
    with_policy = effective(policies, actor, record, unresolved_user_ids=unresolved_user_ids)
    without = effective(longer, actor, record, unresolved_user_ids=unresolved_user_ids)
    if (
        with_policy.credited is None
        or with_policy.at_most is None
        or without.credited is None
        or without.at_most is None
    ):
        return Undecided(with_policy.because)
    if with_policy.policy is not None and band(with_policy.at_most) < band(without.credited):
        return Shortening(with_policy.policy, with_policy, without)
    if band(with_policy.credited) >= band(without.at_most):
        return None
    return Undecided(f"{with_policy.because}; without policies shorter than {need}: {without.because}")
