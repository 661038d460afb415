"""From the stores of Microsoft Entra ID's logs to verdicts: is each log kept as long as a standard asks?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from compliance.assessment.stores import (
    NEAR_MISS_DAYS,
    Asked,
    Declared,
    Terms,
    declared_by,
    declared_for,
    span_text,
    why_not,
)
from compliance.assessment.verdict import (
    Basis,
    Fail,
    Indeterminate,
    NotApplicable,
    Part,
    Parts,
    Pass,
    Severity,
    Verdict,
)
from compliance.evidence.derived import EntraReach
from compliance.evidence.derived.entra import LogReach, Store
from compliance.evidence.unread import Kind, Unread
from compliance.rules.entra_logs import ENTRA_LOGS
from compliance.rules.facts import FACTS, Certainty
from compliance.rules.periods import Meets
from compliance.rules.reach import best_reach
from compliance.standards import Standard


@dataclass(frozen=True, slots=True)
class JudgedLog:
    """A log against a requirement; `store` is the one that decides, `open_stores` those that might meet it."""

    reach: LogReach
    asked: Asked
    store: Store | None
    meets: bool
    declared: Declared | None
    open_stores: tuple[Store, ...]


def entra_sources(standard: Standard, *, core: bool | None = None) -> tuple[str, ...]:
    """Return the logs of Entra that a standard requires; `core` picks sign-ins and audit logs, or all others."""
    logs = (ENTRA_LOGS[source.id] for source in standard.sources if source.id in ENTRA_LOGS)
    return tuple(log.id for log in logs if core is None or log.core is core)


def entra_parts(sources: Sequence[str], asked: Asked, entra: EntraReach, terms: Terms) -> Parts:
    """Return a part for each log, decided by the store that surely keeps it the longest."""
    return Parts(
        tuple(
            Part(
                id=source,
                title=ENTRA_LOGS[source].title,
                count=1,
                verdict=entra_verdict(judge_log(entra.logs[source], asked, terms), terms),
            )
            for source in sources
        )
    )


def joined(audit_log: Parts, entra: Parts) -> Parts:
    """Join what is said of the unified audit log and of Entra's logs: neither stands for the other.

    Where the scope leaves every class of actors out, the unified audit log is a part of its own that is open.
    """
    parts = audit_log.parts
    if parts and not audit_log.in_scope():
        nobody = Indeterminate(
            kind=Kind.NOT_REQUESTED,
            condition="the scope leaves every class out, so that nobody was judged",
            settle="a scope in config.yaml that leaves somebody in",
        )
        parts = (*parts, Part(id="purview", title="the unified audit log", count=None, verdict=nobody))
    return Parts((*parts, *entra.parts))


def judge_log(reach: LogReach, asked: Asked, terms: Terms) -> JudgedLog:
    """Judge a log by what read stores surely keep, then by what is declared, then by what could not be read."""
    known = [store for store in reach.stores if store.doubt is None]
    best = best_reach([store.reach for store in known])[0 if asked.hot else 1]
    deciding = [store for store in known if store.reach is best]
    decider = deciding[0] if deciding else None
    meets = decider is not None and terms.meets(asked.of(decider.reach), asked)
    undecided = tuple(store for store in reach.stores if store.doubt is not None and _might_meet(store, asked, terms))
    return JudgedLog(reach, asked, decider, meets, declared_for(reach.log.id, asked, terms), undecided)


def entra_verdict(judged: JudgedLog, terms: Terms) -> Verdict:
    """Turn a judged log into a verdict: a shortfall fails only where every store that may hold the log was read."""
    log, period = judged.reach.log, judged.asked.duration.text
    kept = kept_text(judged)
    cause, facts = _cause(judged), _facts(judged)
    if judged.meets:
        return Pass(condition=f"{kept}; {period} are asked", cause=cause, facts=facts, certainty=_certainty(facts))
    if judged.declared is not None and judged.declared.settles:
        store = judged.declared.store
        return Pass(
            condition=f"{kept}; {store.name} is declared to keep what is asked, {period}",
            cause=declared_by(store),
            facts=facts,
            basis=Basis.ATTESTED,
            notes=(cause,),
        )
    if judged.declared is not None:
        store = judged.declared.store
        return Indeterminate(
            kind=Kind.NEEDS_ATTESTATION,
            condition=f"{kept}, where {period} are asked; {store.name} {why_not(store, terms.as_of)}",
            settle=f"a valid declaration of {store.name} (its owner is {store.owner})",
            cause=cause,
            facts=facts,
        )
    doubts = open_doubts(judged)
    if doubts:
        return Indeterminate(
            kind=min(doubts, key=_ranked).kind,
            condition=f"{kept}, where {period} are asked; {'; '.join(doubt.reason for doubt in doubts)}",
            settle="; ".join(dict.fromkeys(doubt.settle for doubt in doubts)),
            cause=cause,
            facts=facts,
        )
    if judged.reach.lacking is not None:
        return NotApplicable(
            condition=f"there is nothing to keep: no subscription of the tenant carries {judged.reach.lacking}"
        )
    comparison = terms.compare(None if judged.store is None else judged.asked.of(judged.store.reach), judged.asked)
    slight = comparison.short_by is not None and comparison.short_by[1] <= NEAR_MISS_DAYS
    return Fail(
        condition=f"{kept}, where {period} are asked{span_text(comparison.short_by)}",
        cause=cause,
        facts=facts,
        certainty=_certainty(facts),
        severity=Severity.LOW if slight else None,
        notes=() if log.needs is None else (f"holds records only with {log.needs.value}, yet is to be exported",),
    )


def kept_text(judged: JudgedLog) -> str:
    """Say which store keeps a log the longest, and how long."""
    kept = None if judged.store is None else judged.asked.of(judged.store.reach)
    if judged.store is None or kept is None:
        return "how long it is kept is not known"
    way = "searchable" if judged.asked.hot else "in all"
    return f"{judged.store.reach.store} keeps {'none of it' if kept.days == 0 else f'it {kept.text}'} {way}"


def open_doubts(judged: JudgedLog) -> tuple[Unread, ...]:
    """Return why a shortfall is no failure: each store that might meet the requirement, and what it is about."""
    if judged.meets:
        return ()
    doubts = [store.doubt for store in judged.open_stores if store.doubt is not None]
    if judged.reach.condition is not None:
        doubts.append(judged.reach.condition)
    return tuple(dict.fromkeys(doubts))


def _might_meet(store: Store, asked: Asked, terms: Terms) -> bool:
    return terms.compare(store.reach.at_most, asked).result is not Meets.SHORT


def _ranked(doubt: Unread) -> int:
    """Rank what was refused before what nobody can read."""
    return int(doubt.kind in (Kind.UNPROVEN, Kind.NEEDS_ATTESTATION))


def _cause(judged: JudgedLog) -> str:
    if judged.store is None:
        return f"{judged.reach.log.category} is in no store that was read"
    reach = judged.store.reach
    return f"{judged.reach.log.category} in {reach.store}: {reach.because}"


def _facts(judged: JudgedLog) -> tuple[str, ...]:
    store = () if judged.store is None else judged.store.reach.facts
    return tuple(dict.fromkeys((*store, *judged.reach.log.facts)))


def _certainty(facts: Sequence[str]) -> Certainty:
    """Return how sure the least sure of some facts is."""
    return max((FACTS[name].certainty for name in facts), key=list(Certainty).index)
