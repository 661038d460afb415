"""Whether what Purview keeps is what a standard needs, and which class of records decides it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from compliance.rules.classes import ActorClass, ActorKind, RecordClass
from compliance.rules.periods import Duration, Meets, band, compare
from compliance.rules.purview import Effective, deciders, effective
from compliance.rules.retention_policies import Policy

_WORST_FIRST = (Meets.SHORT, Meets.UNKNOWN, Meets.MEETS_NOMINAL, Meets.MEETS)


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


def worst(
    kept: Iterable[Effective], need: Duration, *, strict: bool = False, tolerance_days: int = 0
) -> tuple[Effective, Judgement]:
    """The class that decides the verdict over several: one that is short, else one undecided, else the shortest kept.

    Raises `ValueError` where there is none.
    """
    judged = [(one, judge(one, need, strict=strict, tolerance_days=tolerance_days)) for one in kept]
    if not judged:
        raise ValueError("no class of records to judge")
    return min(judged, key=lambda pair: (_WORST_FIRST.index(pair[1].result), *_by_length(pair[0])))


def least(kept: Iterable[Effective]) -> Effective:
    """The class whose records may be relied on for the shortest time, an unread one before all.

    It is not always the one that decides a verdict: that is `worst`. Raises `ValueError` where there is none.
    """
    return min(kept, key=_by_length)


def _by_length(kept: Effective) -> tuple[tuple[float, float], tuple[float, float], str]:
    nothing = (-1.0, -1.0)
    credited = nothing if kept.credited is None else band(kept.credited)
    return credited, nothing if kept.at_most is None else band(kept.at_most), kept.because


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
