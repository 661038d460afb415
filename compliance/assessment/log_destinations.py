"""Are the destinations of logs there, do they take logs in, and are they the tenant's own?"""

from __future__ import annotations

from dataclasses import dataclass

from compliance.assessment.azure import subscriptions_unseen
from compliance.assessment.integrity import unseen_parts
from compliance.assessment.stores import Terms, declared_by
from compliance.assessment.verdict import Basis, Fail, Indeterminate, NotApplicable, Part, Parts, Pass, Verdict
from compliance.evidence.derived import LogDestinations, Stores, Tenancy
from compliance.evidence.derived.log_destinations import Flow, LogDestination
from compliance.evidence.derived.sinks import Sink
from compliance.evidence.derived.standing import Gone, Live
from compliance.evidence.population import id_key
from compliance.evidence.unread import Kind, Unread
from compliance.rules.resource_ids import resource_name, subscription_of

_SUBSCRIPTIONS = "arm.subscriptions"
_APPROVE = "approved_subscriptions in declarations.yaml, by whoever answers for the tenant's subscriptions"
_FACTS = ("azure.destinations",)


@dataclass(frozen=True, slots=True)
class Destinations:
    """Everything that the destinations of logs are judged by."""

    named: LogDestinations
    stores: Stores
    tenancy: Tenancy
    terms: Terms

    def unseen(self) -> tuple[Unread, ...]:
        """Return why there may be destinations that nobody saw."""
        unseen = subscriptions_unseen(self.named.subscriptions, self.terms)
        return self.named.unread if unseen is None else (*self.named.unread, unseen)

    def usable(self, one: LogDestination) -> bool:
        """Return whether logs are surely kept there: it is there, takes them in, and is the tenant's own."""
        live = isinstance(self.stores.standing(one.kind, one.resource_id, *one.hubs), Live)
        return one.keeps and live and self.not_ours(one) is None

    def not_ours(self, one: LogDestination) -> str | Unread | None:
        """Return that a destination is surely not the tenant's own, or why that is not known; None where it is."""
        subscription = subscription_of(one.resource_id)
        named = "no subscription" if subscription is None else f"the subscription {resource_name(subscription)}"
        approved = self.terms.declarations.approved_subscriptions
        if approved is not None and approved.is_current(self.terms.as_of):
            ids = {resource_name(declared).casefold() for declared in approved.ids}
            if subscription is not None and resource_name(subscription).casefold() in ids:
                return None
            return f"{one.name} lies in {named}, which is not among the approved ones"
        own = self.tenancy.is_own(one.resource_id)
        if isinstance(own, Unread):
            return own
        if own:
            return None
        reason = f"{one.name} lies in {named} of another tenant, and no current declaration approves it"
        return Unread(Kind.NEEDS_ATTESTATION, _SUBSCRIPTIONS, reason, _APPROVE)


def destination_parts(case: Destinations) -> Parts:
    """Return a part for each destination, and one for those that nobody saw."""
    kept = frozenset[Flow]().union(*(one.sent for one in case.named.found if case.usable(one)))
    parts = [
        Part(id=id_key(one.resource_id), title=one.name, count=1, verdict=_softened(_verdict(one, case, kept), one))
        for one in case.named.found
    ]
    return Parts((*parts, *unseen_parts(case.unseen(), "destinations")))


def _verdict(one: LogDestination, case: Destinations, kept: frozenset[Flow]) -> Verdict:
    cause = f"the diagnostic settings of {_some(one.senders)}"
    standing = case.stores.standing(one.kind, one.resource_id, *one.hubs)
    if isinstance(standing, Gone):
        return Fail(condition=standing.because, cause=cause, facts=_FACTS)
    foreign = case.not_ours(one)
    if isinstance(foreign, str):
        return Fail(condition=foreign, cause=cause, facts=_FACTS)
    if not one.keeps:
        return _passed_on(one, standing, foreign, case.terms, kept)
    for doubt in (standing, foreign):
        if isinstance(doubt, Unread):
            return Indeterminate(
                kind=doubt.kind, condition=doubt.reason, settle=doubt.settle, cause=cause, facts=_FACTS
            )
    return Pass(
        condition="it is there, takes logs in and lies in a subscription of one's own",
        cause=cause,
        facts=_FACTS,
    )


def _passed_on(
    one: LogDestination, standing: Live | Unread, foreign: Unread | None, terms: Terms, kept: frozenset[Flow]
) -> Verdict:
    """Judge an event hub or a partner, where nothing is kept: what matters is the store behind it."""
    flows = one.sent | one.possible
    store = terms.declarations.holding({flow.source for flow in flows}, terms.as_of)
    # whether a partner's solution is there is not to be read: what is declared behind it says so
    if store is not None and foreign is None and (isinstance(standing, Live) or one.kind is Sink.PARTNER):
        there = "is there" if isinstance(standing, Live) else "is named"
        return Pass(
            condition=f"{one.name} {there}; {store.name} is declared to hold what it passes on",
            cause=declared_by(store),
            facts=_FACTS,
            basis=Basis.ATTESTED,
        )
    if flows <= kept and (isinstance(standing, Live) or one.kind is Sink.PARTNER):
        return NotApplicable(
            condition=f"{one.name} passes logs on, and all that goes there also goes to a store that is there"
        )
    doubts = [doubt for doubt in (standing, foreign) if isinstance(doubt, Unread)]
    if not flows <= kept:
        doubts.append(
            Unread(
                Kind.NEEDS_ATTESTATION,
                _SUBSCRIPTIONS,
                f"{one.name} passes logs on and keeps none, and no store behind it is declared to hold them",
                f"the store behind {one.name} declared in declarations.yaml, by whoever owns it",
            )
        )
    return Indeterminate(
        kind=doubts[0].kind,
        condition="; ".join(dict.fromkeys(doubt.reason for doubt in doubts)),
        settle="; ".join(dict.fromkeys(doubt.settle for doubt in doubts)),
        cause=f"the diagnostic settings of {_some(one.senders)}",
        facts=_FACTS,
    )


def _softened(verdict: Verdict, one: LogDestination) -> Verdict:
    """What is wrong with a destination to which perhaps nothing is sent is no failure."""
    if one.certain or not isinstance(verdict, Fail):
        return verdict
    return Indeterminate(
        kind=Kind.UNPROVEN,
        condition=f"{verdict.condition}; whether anything is sent there cannot be told",
        settle="diagnostic settings that name each category, enabled or not",
        cause=verdict.cause,
        facts=verdict.facts,
    )


def _some(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - 3:,} others" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more
