"""How long Purview Audit keeps a record: which policy decides, and what the actor's licence makes of it.

The outcome depends on the record's type and operation and on the actor's licence and name, and on nothing else; so the
classes are enumerated, never sampled. Whatever is unread leaves several readings: `credited` is what may be relied on
under each of them, `at_most` what none of them exceeds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from compliance.rules.classes import ActorClass, ActorKind, RecordClass
from compliance.rules.facts import Certainty
from compliance.rules.periods import Duration, band, shorter_of
from compliance.rules.record_types import LOG_SOURCES, RECORD_TYPES
from compliance.rules.retention_policies import DURATIONS, Policy

_STANDARD = Duration.of_days(180)
_YEAR = Duration.of_months(12)
_SHORTEST = DURATIONS["SevenDays"]
_LONGEST = DURATIONS["TenYears"]
_PREMIUM_ONLY = (DURATIONS["SevenDays"], DURATIONS["OneMonth"])
_RANK = {Certainty.HIGH: 0, Certainty.MEDIUM: 1, Certainty.LOW: 2, None: 3}


@dataclass(frozen=True, slots=True)
class Effective:
    """How long the records of a class are kept, and what decides it.

    `credited` and `at_most` are the least and the greatest that any reading gives, both `None` where nothing can be
    said. `decided_by` and `policy` tell what gives the least. `certainty` of `None`: something unread leaves it open.
    `would_be` is what the other published reading gives, where certainty is medium and that can be told. `facts` are
    ids of `compliance.rules.facts`, of the records' own sources as well. `because` is one sentence.
    """

    actor: ActorClass
    record: RecordClass
    credited: Duration | None
    at_most: Duration | None
    decided_by: str
    policy: str | None
    certainty: Certainty | None
    would_be: Duration | None
    facts: tuple[str, ...]
    because: str


@dataclass(frozen=True, slots=True)
class _Reading:
    shortest: Duration
    longest: Duration
    decided_by: str
    policy: str | None
    certainty: Certainty | None
    would_be: Duration | None
    facts: tuple[str, ...]
    because: str


def effective(
    policies: Sequence[Policy] | None,
    actor: ActorClass,
    record: RecordClass,
    *,
    unresolved_user_ids: frozenset[str],
) -> Effective:
    """How long records of this class are kept; `policies` of `None` were not read.

    `unresolved_user_ids` are the names in policies that belong to no known actor: each may be any actor, so that a
    policy which names one may match anybody.
    """
    if actor.kind is ActorKind.NON_USER:
        return _combine(actor, record, [_non_user(policies, actor, record, unresolved_user_ids)])
    if policies is None:
        because = f"{record.text} of {actor.text}: the retention policies were not read, and any could be in force"
        return Effective(actor, record, None, None, "policies-unreadable", None, None, None, _facts(record), because)
    deciding, possible = deciders(policies, actor, record, unresolved_user_ids)
    readings = [_by_policy(policy, actor, tied=len(deciding) > 1) for policy in deciding]
    if not deciding:
        readings.append(_default(actor, record))
    readings.extend(_by_policy(policy, actor, doubt=_doubt(policy, record)) for policy in possible)
    if actor.kind in (ActorKind.UNCLEAR, ActorKind.UNRESOLVED):
        readings.append(_fixed_year(Certainty.LOW, None, "purview.unclear-actor"))
    return _combine(actor, record, readings, doubtful=bool(possible))


def _combine(
    actor: ActorClass, record: RecordClass, readings: Sequence[_Reading], *, doubtful: bool = False
) -> Effective:
    # among equals the surer reading is told, then the alphabetically first: never the order of the answer
    least = min(readings, key=lambda r: (band(r.shortest), _RANK[r.certainty], r.decided_by, r.because))
    at_most = max((reading.longest for reading in readings), key=band)
    certainty = max((reading.certainty for reading in readings), key=_RANK.__getitem__)
    if doubtful and band(at_most) != band(least.shortest):
        certainty = None
    because = f"{record.text} of {actor.text}: {least.because}"
    if len(readings) > 1:
        others = sorted({reading.because for reading in readings} - {least.because})
        because = "; or ".join((because, *others))
    return Effective(
        actor,
        record,
        least.shortest,
        at_most,
        least.decided_by,
        least.policy,
        certainty,
        least.would_be,
        _facts(record, *readings),
        because,
    )


def _facts(record: RecordClass, *readings: _Reading) -> tuple[str, ...]:
    sources = [source for source in LOG_SOURCES.values() if source.holds(record.record_type, record.operation)]
    lists = (*(source.facts for source in sources), *(reading.facts for reading in readings))
    return tuple(sorted({fact for facts in lists for fact in facts}))


def deciders(
    policies: Sequence[Policy], actor: ActorClass, record: RecordClass, unresolved_user_ids: frozenset[str]
) -> tuple[list[Policy], list[Policy]]:
    """The custom policies that surely decide (several in a tie; none: the default), and those that may decide instead.

    Actors whom no policy applies to are not told apart here.
    """
    sure: list[tuple[int, Policy]] = []
    doubtful: list[Policy] = []
    for policy in policies:
        match = _match(policy, actor, record, unresolved_user_ids)
        if policy.enabled is False or match is False:
            continue
        if policy.certain and policy.priority is not None and match:
            sure.append((policy.priority, policy))
        else:
            doubtful.append(policy)
    if not sure:
        return [], doubtful
    first = min(priority for priority, _ in sure)
    deciding = [policy for priority, policy in sure if priority == first]
    return deciding, [policy for policy in doubtful if policy.priority is None or policy.priority <= first]


def _match(policy: Policy, actor: ActorClass, record: RecordClass, unresolved_user_ids: frozenset[str]) -> bool | None:
    """Whether a policy is about these records of this actor; `None` where that cannot be told."""
    by_user: bool | None
    if policy.user_ids is None:
        by_user = None
    elif not policy.user_ids or policy.user_ids & actor.names:
        by_user = True
    else:
        unresolved = policy.user_ids & {user_id.strip().casefold() for user_id in unresolved_user_ids}
        by_user = None if unresolved else False
    matches = (by_user, policy.names_record_type(record.record_type), policy.names_operation(record.operation))
    if False in matches:
        return False
    return None if None in matches else True


def _by_policy(policy: Policy, actor: ActorClass, *, tied: bool = False, doubt: str | None = None) -> _Reading:
    shortest = _licensed(_SHORTEST if policy.duration is None else policy.duration, actor)
    longest = _licensed(_LONGEST if policy.duration is None else policy.duration, actor)
    priority = "unread" if policy.priority is None else str(policy.priority)
    kept = "an unread time" if policy.duration is None else policy.duration.text
    because = f'policy "{policy.name}" (priority {priority}) keeps them for {kept}{shortest.because}'
    if doubt is not None:
        because += f", if it applies: {doubt}"
    certainty = max(shortest.certainty, longest.certainty, key=_RANK.__getitem__)
    facts = ("purview.lower-number-wins", "purview.policy-durations", *shortest.facts, *longest.facts)
    return _Reading(
        shortest=shortest.shortest,
        longest=longest.longest,
        decided_by=f"policy:{policy.name}{shortest.decided_by}",
        policy=policy.name,
        certainty=max(certainty, Certainty.LOW, key=_RANK.__getitem__) if tied else certainty,
        would_be=shortest.would_be,
        facts=(*facts, "purview.priorities-are-unique") if tied else facts,
        because=f"{because}, tied with another of the same priority" if tied else because,
    )


def _doubt(policy: Policy, record: RecordClass) -> str:
    if policy.pending_deletion:
        return "it is pending deletion"
    if policy.doubts:
        return "; ".join(policy.doubts)
    if not policy.certain:
        return "it is not wholly read"
    if policy.names_record_type(record.record_type) is None:
        return f"it names {_quoted(policy.odd_record_types)}, which is no known record type"
    if policy.names_operation(record.operation) is None:
        return f"it names {_quoted(policy.odd_operations)}, which is no plain name of an operation"
    return "a user whom it names belongs to no known actor"


def _quoted(names: frozenset[str]) -> str:
    # ascii() shows what only looks like a known name
    return ", ".join(ascii(name)[:80] for name in sorted(names))


def _licensed(duration: Duration, actor: ActorClass) -> _Reading:
    """What the licence makes of a policy's duration; `decided_by` and `because` are suffixes."""
    premium = _premium(actor)
    facts = ("purview.licence-of-the-actor", "purview.premium-needed")
    ten_year_facts = (*facts, "purview.ten-year-add-on-needed")
    if band(duration) > band(_STANDARD) and premium is not True:
        if premium is None:
            at_most = shorter_of(duration, _YEAR) if actor.ten_year is False else duration
            why = ", and for 180 days at least, as the actor's licence was not read"
            return _Reading(_STANDARD, at_most, "|licence-unknown-floor", None, None, None, facts, why)
        why = ", but 180 days are credited without Audit (Premium) on the actor"
        return _Reading(_STANDARD, _STANDARD, "|capped-no-premium", None, Certainty.MEDIUM, duration, facts, why)
    if band(duration) > band(_YEAR) and actor.ten_year is not True:
        if actor.ten_year is None:
            why = ", and for 12 months at least, as the actor's 10-year add-on was not read"
            return _Reading(_YEAR, duration, "|licence-unknown-floor", None, None, None, ten_year_facts, why)
        why = ", but 12 months are credited without the 10-year add-on on the actor"
        return _Reading(_YEAR, _YEAR, "|capped-no-10y", None, Certainty.MEDIUM, duration, ten_year_facts, why)
    if duration in _PREMIUM_ONLY and premium is not True:
        why = ", though that needs Audit (Premium) on the actor"
        return _Reading(duration, duration, "", None, Certainty.MEDIUM, _STANDARD, facts, why)
    return _Reading(duration, duration, "", None, Certainty.HIGH, None, (), "")


def _default(actor: ActorClass, record: RecordClass) -> _Reading:
    premium = _premium(actor)
    standard, year = ("purview.standard-180-days",), ("purview.default-one-year", "purview.licence-of-the-actor")
    if not RECORD_TYPES[record.record_type].default_year:
        because = "no policy matches, and the default of one year does not cover them, so that 180 days apply"
        return _Reading(_STANDARD, _STANDARD, "default-standard", None, Certainty.HIGH, None, standard, because)
    if premium is None:
        because = "no policy matches; 180 days apply, or one year, as the actor's licence was not read"
        facts = (*standard, *year)
        return _Reading(_STANDARD, _YEAR, "default|licence-unknown-floor", None, None, None, facts, because)
    if premium:
        because = "no policy matches, and the default with Audit (Premium) on the actor is one year"
        return _Reading(_YEAR, _YEAR, "default-premium", None, Certainty.HIGH, None, year, because)
    because = "no policy matches, and the default without Audit (Premium) on the actor is 180 days"
    return _Reading(_STANDARD, _STANDARD, "default-standard", None, Certainty.HIGH, None, standard, because)


def _premium(actor: ActorClass) -> bool | None:
    return False if actor.kind is ActorKind.GUEST else actor.premium


def _fixed_year(certainty: Certainty, would_be: Duration | None, *facts: str) -> _Reading:
    because = "records of non-user actors are kept for one year, whatever the policies say"
    facts = ("purview.non-user-fixed-year", *facts)
    return _Reading(_YEAR, _YEAR, "fixed-nonuser", None, certainty, would_be, facts, because)


def _non_user(
    policies: Sequence[Policy] | None, actor: ActorClass, record: RecordClass, unresolved_user_ids: frozenset[str]
) -> _Reading:
    would_be: Duration | None = None
    if policies is not None:
        deciding, possible = deciders(policies, actor, record, unresolved_user_ids)
        as_user = [_SHORTEST if policy.duration is None else policy.duration for policy in (*deciding, *possible)]
        would_be = min((*as_user, *([] if deciding else [_STANDARD])), key=band)
    return _fixed_year(Certainty.MEDIUM, None if would_be == _YEAR else would_be)
