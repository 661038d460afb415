"""Retention policies that a plan adds: what each has to go before, and what it must not go before.

Source: Microsoft Learn, Manage audit log retention policies, https://learn.microsoft.com/purview/audit-log-retention-
policies: of the policies that match a record the one with the lowest priority number decides, and no two have the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from compliance.assessment.plan.steps import Fix, Order, Step
from compliance.assessment.retention import Case
from compliance.assessment.stores import Asked
from compliance.evidence.derived.retention import ClassRetention, known_policies
from compliance.rules.legal_retention import PRIORITIES, free_priority
from compliance.rules.periods import band
from compliance.rules.retention_policies import DURATIONS, Policy

NO_BACKFILL = "no backfill: it holds for records that are written from then on"
ELSEWHERE = (
    "a copy that is made as records are written, in a store that keeps them: Microsoft Sentinel's connector for"
    " Microsoft 365 (Exchange, SharePoint, Teams), or a SIEM that reads the Office 365 Management Activity API and is"
    " declared in declarations.yaml"
)
"""The way without a licence or a policy."""
_EVERYTHING: frozenset[str] = frozenset()
_PLAIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 ._-]{0,62}[A-Za-z0-9._-])?", re.ASCII)
"""A name that PowerShell takes between double quotes as it stands."""
_CONNECT = "Connect-IPPSSession"


@dataclass(frozen=True, slots=True)
class Way:
    """What makes one class of records last: a policy, Audit (Premium), the 10-year add-on; the least of them."""

    policy: bool
    premium: bool
    ten_year: bool

    @property
    def buys(self) -> bool:
        """Whether it takes a licence."""
        return self.premium or self.ten_year


@dataclass(frozen=True, slots=True)
class Want:
    """A class of records that is kept too short, what it takes, and the name of the duration that is long enough."""

    row: ClassRetention
    way: Way
    need: Asked
    duration: str


def policy_for_all(name: str, record_types: Iterable[str], priority: int) -> Policy:
    """Return a policy for everybody; priority 0 goes before every one that there can be."""
    return Policy("", priority, DURATIONS[name], True, frozenset(record_types), _EVERYTHING, _EVERYTHING, False, ())


def fixes_of(wants: Iterable[Want]) -> tuple[Fix, ...]:
    """Return the log sources and periods that some classes are of, each once."""
    return tuple(dict.fromkeys(Fix(want.row.source, want.need.hot) for want in wants))


def policy_steps(wants: Sequence[Want], case: Case) -> Iterator[Step]:
    """Yield a step for each duration that is needed, the longest first: it also does for whoever needs less."""
    policies = known_policies(case.retention.policies)
    asking = [want for want in wants if want.way.policy]
    if policies is None or not asking:
        return
    there, done = list(policies), set[str]()
    for name in sorted({want.duration for want in asking}, key=lambda one: band(DURATIONS[one]), reverse=True):
        types = sorted({want.row.record.record_type for want in asking if want.duration == name} - done)
        if not types:
            continue
        done |= set(types)
        yield _step(name, types, [want for want in asking if want.row.record.record_type in types], there)


def _step(name: str, types: Sequence[str], wants: Sequence[Want], there: list[Policy]) -> Step:
    return Step(
        order=Order.POLICY,
        what=f"Add a retention policy of {DURATIONS[name].text} for all users: {', '.join(types)}",
        commands=(_CONNECT, *_commands(name, types, there)),
        fixes=fixes_of(wants),
        role="Compliance Administrator in Microsoft Entra ID, or the Purview role Organization Configuration",
        delay="up to 30 minutes",
        backfill=NO_BACKFILL,
        alternative=ELSEWHERE,
    )


def _commands(name: str, types: Sequence[str], there: list[Policy]) -> tuple[str, ...]:
    """Return what adds a policy right before the first that is shorter; those before it that are longer stay so.

    `there` becomes what there is afterwards.
    """
    shorter = [one for one in there if _matches(one, types) and not _keeps(one, name)]
    priority, moved = free_priority(there, shorter), tuple[Policy, ...]()
    if priority is None:
        moved = _in_the_way(there, shorter)
        priority = min((one.priority for one in moved if one.priority is not None), default=None)
    if priority is None:
        return (
            "# every priority before the policies that match is taken, or could not be read: raise the Priority number"
            " of one of them first, then add the policy with the number that this frees",
        )
    room = [(one, replace(one, priority=one.priority + 1)) for one in moved if one.priority is not None]
    for before, after in room:
        there[there.index(before)] = after
    title = _free_name(f"lookback {name} {priority}", there)
    there.append(replace(policy_for_all(name, types, priority), name=title))
    return (
        *(f'Set-UnifiedAuditLogRetentionPolicy -Identity "{one.name}" -Priority {one.priority}' for _, one in room),
        f'New-UnifiedAuditLogRetentionPolicy -Name "{title}" -RecordTypes {",".join(types)}'
        f" -RetentionDuration {name} -Priority {priority}",
    )


def _free_name(title: str, there: Sequence[Policy]) -> str:
    taken = {one.name.casefold() for one in there}
    titles = (title if number == 1 else f"{title}-{number}" for number in range(1, len(taken) + 2))
    return next(one for one in titles if one.casefold() not in taken)


def _matches(policy: Policy, types: Sequence[str]) -> bool:
    return policy.enabled is not False and any(policy.names_record_type(one) is not False for one in types)


def _keeps(policy: Policy, name: str) -> bool:
    """Say whether a policy surely keeps what it matches as long as the new one, so that it may go before it."""
    return policy.certain and policy.duration is not None and band(policy.duration) >= band(DURATIONS[name])


def _in_the_way(there: Sequence[Policy], shorter: Sequence[Policy]) -> tuple[Policy, ...]:
    """Return the first shorter policy and those right behind it, the last one first: each can move back by one.

    So their order stays as it is. None where a priority was not read, a name cannot be typed, or none is free.
    """
    by_priority = {one.priority: one for one in there}
    names = [one.name.casefold() for one in there]
    if None in by_priority or len(by_priority) != len(there) or not shorter:
        return ()
    block: list[Policy] = []
    for number in range(min(one.priority for one in shorter if one.priority is not None), PRIORITIES.stop):
        if number not in by_priority:
            typed = all(_PLAIN.fullmatch(one.name) and names.count(one.name.casefold()) == 1 for one in block)
            return tuple(reversed(block)) if typed else ()
        block.append(by_priority[number])
    return ()
