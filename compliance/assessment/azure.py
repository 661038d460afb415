"""The Activity logs of all subscriptions against a requirement: the worst subscription decides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from compliance.assessment.logs import HeldLog, JudgedLog, judge_log, log_verdict, lost_to
from compliance.assessment.named import tally_of
from compliance.assessment.stores import Asked, Terms
from compliance.assessment.verdict import Basis, Fail, Indeterminate, NotApplicable, Part, Pass, Verdict, badness
from compliance.evidence.derived import AzureActivity
from compliance.evidence.derived.azure_activity import SeenSubscriptions, SubscriptionLog
from compliance.evidence.population import Judgement, Satisfied, Tally, Undecided, Violating, id_key
from compliance.evidence.unread import Kind, Unread
from compliance.rules.log_sources import AZURE_ACTIVITY, SOURCES
from compliance.rules.periods import band
from compliance.rules.resource_ids import resource_name

_SUBSCRIPTIONS = "arm.subscriptions"
_READER = "Azure role Monitoring Reader (or Reader) on the subscription"


def subscriptions_unseen(seen: SeenSubscriptions, terms: Terms) -> Unread | None:
    """Say why the tenant may have a subscription that was not read, or None where somebody declares that it has none.

    A list of subscriptions shows only those that its reader may see: only the tenant's own list, declared, tells
    whether they are all. A declared list that lacks one which is there is not whole, and tells nothing of others.
    """
    declared = terms.declarations.approved_subscriptions
    if declared is None or not declared.is_current(terms.as_of):
        lacks = "nobody declares" if declared is None else "no declaration that still holds says"
        return Unread(
            Kind.NEEDS_ATTESTATION,
            _SUBSCRIPTIONS,
            f"only subscriptions that the reader may see are listed, and {lacks} that these are all",
            "the tenant's whole list under approved_subscriptions in declarations.yaml",
        )
    missing = sorted({resource_name(one) for one in declared.ids if _key(one) not in seen.read})
    if missing:
        reason = f"of the declared subscriptions {len(missing)} could not be read: {_first_of(missing)}"
        return Unread(Kind.INCOMPLETE, _SUBSCRIPTIONS, reason, _READER)
    lacking = sorted(resource_name(one) for one in seen.own - {_key(one) for one in declared.ids})
    if lacking:
        return Unread(
            Kind.CONTRADICTORY,
            _SUBSCRIPTIONS,
            f"the declared list of subscriptions lacks {len(lacking)} that the tenant has: {_first_of(lacking)}",
            "approved_subscriptions in declarations.yaml with every subscription of the tenant",
        )
    return None


def _first_of(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _key(subscription: str) -> str:
    """Return the key of a declared subscription: its GUID alone, or its whole id."""
    key = id_key(subscription)
    return key if key.startswith("/") else f"/subscriptions/{key}"


@dataclass(frozen=True, slots=True)
class JudgedSubscription:
    """A subscription against a requirement: the category of its Activity log that decides, and what is said of it."""

    subscription: SubscriptionLog
    judged: JudgedLog
    verdict: Verdict

    @property
    def rank(self) -> tuple[int, bool, float, bool]:
        """How bad it is: by status, somebody's word before a setting, how little is kept, and in use before idle."""
        attested = isinstance(self.verdict, Pass) and self.verdict.basis is Basis.ATTESTED
        kept = self.judged.kept
        in_use = not _is_idle(self.subscription)
        return badness(self.verdict), attested, 0.0 if kept is None else -band(kept)[0], in_use


def activity_verdict(asked: Asked, azure: AzureActivity, terms: Terms) -> Verdict:
    """Judge the Activity log of every subscription; the worst of them decides, and what was not seen may be worse."""
    judged = _judged(asked, azure, terms)
    unseen = _unseen(azure, terms)
    tally = tally_of(((one.subscription, _judgement(one.verdict)) for one in judged), unseen)
    if not judged:
        if unseen is not None:
            return Indeterminate.because(unseen)
        condition = "the tenant is declared to have no subscription that is in use"
        return NotApplicable(condition=condition, notes=azure.left_out)
    worst = max(judged, key=lambda one: one.rank)
    verdict, told = worst.verdict, f"{worst.subscription.name}: {worst.verdict.condition}"
    if isinstance(verdict, NotApplicable):
        return verdict
    notes = (*_noted(azure, verdict), *verdict.notes)
    if isinstance(verdict, Pass) and unseen is not None:
        return Indeterminate(
            kind=unseen.kind,
            condition=f"{tally.satisfied:,} subscriptions were seen, and all keep it long enough; {unseen.reason}",
            settle=unseen.settle,
            cause=verdict.cause,
            facts=verdict.facts,
            notes=notes,
            tally=tally,
        )
    return replace(verdict, condition=_among(told, tally), notes=notes, tally=tally)


def _judged(asked: Asked, azure: AzureActivity, terms: Terms) -> list[JudgedSubscription]:
    return [judge_subscription(one, asked, terms) for one in azure.subscriptions]


def _unseen(azure: AzureActivity, terms: Terms) -> Unread | None:
    return azure.unread if azure.unread is not None else subscriptions_unseen(azure.seen, terms)


def activity_part(asked: Asked, azure: AzureActivity, terms: Terms) -> Part:
    """Return the Activity logs as one part of a finding."""
    unseen = _unseen(azure, terms)
    return Part(
        id=AZURE_ACTIVITY,
        title=SOURCES[AZURE_ACTIVITY].title,
        count=len(azure.subscriptions) if unseen is None else None,
        verdict=activity_verdict(asked, azure, terms),
    )


def worst_subscription(asked: Asked, azure: AzureActivity, terms: Terms) -> JudgedSubscription | None:
    """Return the subscription that stands worst, with the category that decides; None where there is none."""
    return max(_judged(asked, azure, terms), key=lambda one: one.rank, default=None)


def judge_subscription(subscription: SubscriptionLog, asked: Asked, terms: Terms) -> JudgedSubscription:
    """Judge the Activity log of one subscription: the category that stands worst decides, the first of equals."""
    source = SOURCES[AZURE_ACTIVITY]
    sent = tuple(zip(subscription.destinations, subscription.standings, strict=True))
    logs = (
        HeldLog(
            source=AZURE_ACTIVITY,
            name=category,
            stores=stores,
            facts=source.facts,
            condition=subscription.tenant_unread,
            lost=lost_to((one.name, standing) for one, standing in sent if category in one.sure | one.possible),
        )
        for category, stores in subscription.stores.items()
    )
    judged = (judge_log(log, asked, terms) for log in logs)
    return max(
        (JudgedSubscription(subscription, one, _if_ours(subscription, log_verdict(one, terms))) for one in judged),
        key=lambda one: one.rank,
    )


def _if_ours(subscription: SubscriptionLog, verdict: Verdict) -> Verdict:
    """Leave a pass open where it is not known whether the subscription is the tenant's own."""
    unread = subscription.tenant_unread
    return verdict if unread is None or not isinstance(verdict, Pass) else Indeterminate.because(unread)


def _judgement(verdict: Verdict) -> Judgement:
    match verdict:
        case Fail():
            return Violating(verdict.condition)
        case Indeterminate():
            return Undecided(verdict.condition, verdict.kind)
        case Pass() | NotApplicable():
            return Satisfied()


def _among(told: str, tally: Tally) -> str:
    """Say of the worst subscription how many stand as it does, and of how many."""
    count = tally.violating or tally.undecided or tally.satisfied
    return told if tally.total == 1 else f"{count:,} of {tally.total:,} subscriptions: {told}"


def _is_idle(subscription: SubscriptionLog) -> bool:
    return subscription.state is not None and subscription.state.casefold() != "enabled"


def _noted(azure: AzureActivity, verdict: Verdict) -> Iterator[str]:
    """Yield what is to be known of single subscriptions."""
    yield from azure.left_out
    idle = [one.name for one in azure.subscriptions if _is_idle(one)]
    if idle:
        yield f"judged although not in the state Enabled: {', '.join(sorted(idle)[:5])}"
    unread = [one.name for one in azure.subscriptions if one.settings_unread is not None]
    if unread and not isinstance(verdict, Pass):
        more = f" and {len(unread) - 5:,} more" if len(unread) > 5 else ""
        yield f"not every diagnostic setting was read of: {', '.join(sorted(unread)[:5])}{more}"
    yield "events of management groups and of the tenant itself lie in no subscription and are not judged"
