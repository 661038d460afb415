"""From the containers that logs are written to, to verdicts: can anybody delete a log before it is old enough?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from compliance.assessment.azure import subscriptions_unseen
from compliance.assessment.integrity import open_because, unless
from compliance.assessment.stores import Asked, Terms
from compliance.assessment.verdict import Fail, Indeterminate, NotApplicable, Part, Pass, Verdict, badness
from compliance.evidence.derived import EntraReach, LogStores, StorageAccounts, Stores
from compliance.evidence.derived.log_stores import LogContainer
from compliance.evidence.derived.sinks import Sink
from compliance.evidence.derived.standing import Gone
from compliance.evidence.evidence import combined
from compliance.evidence.unread import Kind, Unread
from compliance.rules.entra_logs import ENTRA_LOGS
from compliance.rules.log_sources import AZURE_ACTIVITY, SOURCES
from compliance.rules.periods import Duration
from compliance.rules.storage import BlobType, Immutability, PolicyState

_FACTS = ("storage.only-locked-protects",)
_LOCKED = "a locked time-based retention policy on {name}, as long as is asked"


@dataclass(frozen=True, slots=True)
class Protection:
    """Everything that says whether a log lies where nobody can delete it."""

    logs: LogStores
    storage: StorageAccounts
    stores: Stores
    entra: EntraReach
    terms: Terms


def immutable_part(source: str, asked: Asked, protection: Protection) -> Part:
    """Return what is said of a log source; of Activity logs the worst subscription decides."""
    if source == AZURE_ACTIVITY:
        return _activity_part(asked, protection)
    log = protection.entra.logs[source]
    if log.lacking is not None:
        nothing = NotApplicable(condition=f"there is nothing to protect: no subscription carries {log.lacking}")
        return Part(id=source, title=SOURCES[source].title, count=1, verdict=nothing)
    if log.exportable is False:
        needs = ENTRA_LOGS[source].export_needs
        verdict: Verdict = Fail(
            condition=f"it goes nowhere without {needs}, which no subscription carries", cause=source
        )
    else:
        doubts = [one for one in (log.condition, log.exportable) if isinstance(one, Unread)]
        verdict = _of_log(source, None, asked, protection, doubts)
        if isinstance(verdict, Pass) and doubts:
            verdict = open_because(doubts[0])
    return Part(id=source, title=SOURCES[source].title, count=1, verdict=verdict)


def is_judged(source: str) -> bool:
    """Say whether a log source is one whose copies a tenant can protect: those that diagnostic settings send."""
    return source in ENTRA_LOGS or source == AZURE_ACTIVITY


def _activity_part(asked: Asked, protection: Protection) -> Part:
    subscriptions = sorted(protection.logs.subscriptions.read)
    verdicts = [(key, _of_log(AZURE_ACTIVITY, key, asked, protection, ())) for key in subscriptions]
    title = SOURCES[AZURE_ACTIVITY].title
    if not verdicts:
        nobody = protection.logs.activity_unread
        if nobody is None:
            nobody = subscriptions_unseen(protection.logs.subscriptions, protection.terms)
        none: Verdict = NotApplicable(condition="no subscription exists") if nobody is None else open_because(nobody)
        return Part(id=AZURE_ACTIVITY, title=title, count=None, verdict=none)
    key, worst = max(verdicts, key=lambda pair: badness(pair[1]))
    alike = sum(badness(verdict) == badness(worst) for _, verdict in verdicts)
    return Part(id=AZURE_ACTIVITY, title=title, count=len(verdicts), verdict=_told(worst, key, alike, len(verdicts)))


def _told(worst: Verdict, subscription: str, alike: int, total: int) -> Verdict:
    """Say of the verdict on one subscription among how many it is one."""
    among = "" if total == 1 else f"{alike:,} of {total:,} subscriptions, such as {subscription.rpartition('/')[2]}: "
    match worst:
        case Pass():
            return Pass(condition=among + worst.condition, cause=worst.cause, facts=worst.facts)
        case Fail():
            return Fail(condition=among + worst.condition, cause=worst.cause, facts=worst.facts)
        case Indeterminate():
            return Indeterminate(
                kind=worst.kind, condition=among + worst.condition, settle=worst.settle, cause=worst.cause
            )
        case NotApplicable():
            return worst


def _of_log(
    source: str, subscription: str | None, asked: Asked, protection: Protection, doubts: Sequence[Unread]
) -> Verdict:
    """Judge a log by the container that protects it best."""
    containers = [
        one for one in protection.logs.containers if one.source == source and one.subscription == subscription
    ]
    verdicts = [_of_container(one, asked, protection) for one in containers]
    for verdict in verdicts:
        if isinstance(verdict, Pass):
            return verdict
    for verdict in verdicts:
        if isinstance(verdict, Indeterminate):
            return verdict
    failed = Fail(
        condition="; ".join(dict.fromkeys(_conditions(verdicts)))
        or "no container of a storage account gets it, so that whoever administers its stores can delete it",
        cause="; ".join(one.title for one in containers) or "diagnostic settings, data export rules and Capture",
        facts=(*_FACTS, "log-analytics.removal"),
    )
    elsewhere = (*doubts, *protection.logs.unseen_for({source}), *_elsewhere(source, subscription, protection))
    return unless(combined(elsewhere), failed) if elsewhere else failed


def _conditions(verdicts: Iterable[Verdict]) -> Iterable[str]:
    return (verdict.condition for verdict in verdicts)


def _elsewhere(source: str, subscription: str | None, protection: Protection) -> list[Unread]:
    """Return why a log may lie where nobody can delete it all the same: in a store that lookback does not read."""
    names = [one.name for one in protection.logs.passed_on if one.source == source and one.subscription == subscription]
    terms = protection.terms
    names += [one.name for one in terms.declarations.stores_for(source) if one.is_current(terms.as_of)]
    return [
        Unread(
            Kind.NEEDS_ATTESTATION,
            "declarations.yaml",
            f"whether anybody can delete it from what lies behind {name} is not to be read",
            f"{_LOCKED.format(name='a container that gets it as well')}; or a waiver that names what protects it there",
        )
        for name in dict.fromkeys(names)
    ]


def _of_container(container: LogContainer, asked: Asked, protection: Protection) -> Verdict:
    """Judge a container, and all that a log comes through on its way there."""
    way = (*container.via, (Sink.STORAGE_ACCOUNT, container.account))
    standings = [protection.stores.standing(kind, resource_id) for kind, resource_id in way]
    gone = [one.because for one in standings if isinstance(one, Gone)]
    if gone:
        return Fail(condition=f"{container.title} gets nothing: {'; '.join(gone)}", cause=container.title)
    if container.lacks:
        lacks = ", ".join(container.lacks)
        return Fail(condition=f"{container.title} does not get {lacks}", cause=container.title)
    verdict = _by_policy(container, asked, protection)
    if not isinstance(verdict, Pass):
        return unless(container.doubt, verdict)
    shut = None
    if container.blobs is BlobType.APPEND:
        shut = protection.storage.keeps_out_appends(container.account, container.name)
    doubts = [one for one in (container.doubt, container.unclear, shut, *standings) if isinstance(one, Unread)]
    return open_because(combined(tuple(dict.fromkeys(doubts)))) if doubts else verdict


def _by_policy(container: LogContainer, asked: Asked, protection: Protection) -> Verdict:
    found = protection.storage.container(container.account, container.name)
    if isinstance(found, Unread):
        return open_because(found)
    policy = protection.storage.policy_in_force(container.account, container.name)
    if isinstance(policy, Unread):
        return open_because(policy)
    if policy is None or policy.state is PolicyState.UNLOCKED:
        return _unlocked(container, policy, found.held)
    return _locked(container, policy, asked, protection.terms)


def _unlocked(container: LogContainer, policy: Immutability | None, held: bool | Unread) -> Verdict:
    what = "has no immutability policy" if policy is None else f"has a policy of {policy.days} days that is not locked"
    failed = Fail(condition=f"{container.title} {what}", cause=container.title, facts=_FACTS)
    if isinstance(held, Unread):
        return unless(held, failed)
    if not held:
        return failed
    return Indeterminate(
        kind=Kind.UNPROVEN,
        condition=f"{container.title} {what}; a legal hold protects it now, for no length of time",
        settle=_LOCKED.format(name=container.name),
        cause=container.title,
        facts=_FACTS,
    )


def _locked(container: LogContainer, policy: Immutability, asked: Asked, terms: Terms) -> Verdict:
    need, days = asked.duration.text, f"{policy.days} days"
    if policy.assures(
        asked.duration, strict=terms.scope.strict_months, tolerance_days=terms.scope.tolerance_days
    ) is None and terms.meets(_days(policy), asked):
        return Indeterminate(
            kind=Kind.UNPROVEN,
            condition=f"{container.title} is locked for {days} by default, which whoever uploads a blob can override",
            settle=f"a locked policy of the container {container.name} itself, without version-level immutability",
            cause=container.title,
            facts=(*_FACTS, "storage.version-level-default"),
        )
    if not terms.meets(_days(policy), asked):
        return Fail(
            condition=f"{container.title} is locked for {days}, where {need} are asked",
            cause=container.title,
            facts=_FACTS,
        )
    return Pass(
        condition=f"{container.title} is locked for {days}; {need} are asked", cause=container.title, facts=_FACTS
    )


def _days(policy: Immutability) -> Duration:
    return Duration.of_days(policy.days)
