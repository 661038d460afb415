"""A log with every store that holds it or may, against a requirement: what was not read never helps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from compliance.assessment.stores import (
    NEAR_MISS_DAYS,
    Asked,
    Declared,
    Terms,
    counting,
    declared_by,
    declared_for,
    span_text,
)
from compliance.assessment.verdict import Basis, Fail, Indeterminate, NotApplicable, Pass, Severity, Verdict
from compliance.evidence.derived.sinks import Store
from compliance.evidence.derived.standing import Gone, Standing
from compliance.evidence.unread import Kind, Unread
from compliance.rules.facts import FACTS, Certainty
from compliance.rules.log_sources import Service
from compliance.rules.periods import Duration, band

_NATIVE = frozenset(Service)
"""The stores that the services themselves are, whose time nobody can set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldLog:
    """A log, by the id of its log source and the name that its service gives it, and its stores.

    `lacking` names what the tenant surely does not have and without which the log is empty; `condition` says why that
    is not known. `unseen` says why a store that can be searched may hold it although nothing read shows one, and
    `elsewhere` why any other may for its total time. `lost` says which destinations of it are surely none, and why.
    `facts` are those of the log itself, `note` belongs beside a failure.
    """

    source: str
    name: str
    stores: tuple[Store, ...]
    facts: tuple[str, ...]
    lacking: str | None = None
    condition: Unread | None = None
    unseen: Unread | None = None
    elsewhere: Unread | None = None
    lost: tuple[str, ...] = ()
    note: str | None = None


@dataclass(frozen=True, slots=True)
class JudgedLog:
    """A log against a requirement; `store` is the one that decides, `open_stores` those that might meet it."""

    log: HeldLog
    asked: Asked
    store: Store | None
    meets: bool
    declared: Declared | None
    open_stores: tuple[Store, ...]

    @property
    def kept(self) -> Duration | None:
        """How long the deciding store keeps the log in the way that is asked for, or None where none is known."""
        return None if self.store is None else self.asked.of(self.store.reach)


def judge_log(log: HeldLog, asked: Asked, terms: Terms) -> JudgedLog:
    """Judge a log by what read stores surely keep, then by what is declared, then by what could not be read."""
    decider = best_store(log.stores, asked)
    meets = decider is not None and terms.meets(asked.of(decider.reach), asked)
    in_all = best_store(log.stores, Asked(asked.duration, hot=False))
    first = None if in_all is None else in_all.reach.total
    undecided = tuple(store for store in log.stores if store.doubt is not None and terms.might_meet(store, asked))
    return JudgedLog(log, asked, decider, meets, declared_for((log.source,), asked, terms, first=first), undecided)


def best_store(stores: Iterable[Store], asked: Asked) -> Store | None:
    """Return the store that surely keeps records the longest in the way that is asked for, the first of equals."""
    known = [
        (band(kept), store) for store in stores if store.doubt is None and (kept := asked.of(store.reach)) is not None
    ]
    return max(known, key=lambda one: one[0])[1] if known else None


def possible_store(stores: Iterable[Store], asked: Asked, terms: Terms) -> Store | None:
    """Return the first store in doubt that may keep records long enough, or None where none may."""
    for store in stores:
        if store.doubt is not None and terms.might_meet(store, asked):
            return store
    return None


def log_verdict(judged: JudgedLog, terms: Terms) -> Verdict:
    """Turn a judged log into a verdict: a shortfall fails only where every store that may hold the log was read."""
    log, period = judged.log, judged.asked.duration.text
    kept, cause, facts = kept_text(judged), _cause(judged), _facts(judged)
    notes = counting((log.source,), log.stores, judged.asked, terms)
    if judged.meets:
        return Pass(condition=f"{kept}; {period} are asked", cause=cause, facts=facts, certainty=certainty_of(facts))
    if judged.declared is not None:
        return _by_declaration(judged, judged.declared, (kept, cause, facts))
    doubts = open_doubts(judged)
    if doubts:
        return Indeterminate(
            kind=min(doubts, key=_ranked).kind,
            condition=f"{kept}, where {period} are asked; {'; '.join(doubt.reason for doubt in doubts)}",
            settle="; ".join(dict.fromkeys(doubt.settle for doubt in doubts)),
            cause=cause,
            facts=facts,
            notes=notes,
        )
    if log.lacking is not None:
        return NotApplicable(condition=f"there is nothing to keep: no subscription of the tenant carries {log.lacking}")
    comparison = terms.compare(judged.kept, judged.asked)
    slight = comparison.short_by is not None and comparison.short_by[1] <= NEAR_MISS_DAYS
    return Fail(
        condition=f"{kept}, where {period} are asked{span_text(comparison.short_by)}",
        cause=cause,
        facts=facts,
        certainty=certainty_of(facts),
        severity=Severity.LOW if slight else None,
        notes=notes if log.note is None else (log.note, *notes),
    )


def _by_declaration(judged: JudgedLog, declared: Declared, told: tuple[str, str, tuple[str, ...]]) -> Verdict:
    kept, cause, facts = told
    store, period = declared.store, judged.asked.duration.text
    if declared.settles:
        return Pass(
            condition=f"{kept}; {store.name} is declared to keep what is asked, {period}",
            cause=f"{declared_by(store)}; {declared.counted}",
            facts=facts,
            basis=Basis.ATTESTED,
            notes=(cause,),
        )
    return Indeterminate(
        kind=Kind.NEEDS_ATTESTATION,
        condition=f"{kept}, where {period} are asked; {store.name} {declared.why_not}",
        settle=f"a valid declaration of {store.name} (its owner is {store.owner})",
        cause=cause,
        facts=facts,
    )


def kept_text(judged: JudgedLog) -> str:
    """Say which store keeps a log the longest, and how long."""
    kept = judged.kept
    if judged.store is None or kept is None:
        return "how long it is kept is not known"
    way = "searchable" if judged.asked.hot else "in all"
    return f"{judged.store.reach.store} keeps {'none of it' if kept.days == 0 else f'it {kept.text}'} {way}"


def open_doubts(judged: JudgedLog) -> tuple[Unread, ...]:
    """Return why a shortfall is no failure: each store that might meet the requirement, and what it is about."""
    if judged.meets:
        return ()
    doubts = [store.doubt for store in judged.open_stores if store.doubt is not None]
    if judged.log.condition is not None:
        doubts.append(judged.log.condition)
    other = judged.log.unseen if judged.asked.hot else judged.log.elsewhere
    if other is not None:
        doubts.append(other)
    return tuple(dict.fromkeys(doubts))


def lost_to(destinations: Iterable[tuple[str, Standing]]) -> tuple[str, ...]:
    """Say of destinations, by their names, which surely take nothing in, and why."""
    return tuple(
        dict.fromkeys(
            f"what goes to {name} is lost: {standing.because}"
            for name, standing in destinations
            if isinstance(standing, Gone) and not standing.for_now
        )
    )


def certainty_of(facts: Sequence[str]) -> Certainty:
    """Return how sure the least sure of some facts is."""
    return max((FACTS[name].certainty for name in facts), key=list(Certainty).index, default=Certainty.HIGH)


def _ranked(doubt: Unread) -> int:
    """Rank what was refused before what nobody can read."""
    return int(doubt.kind in (Kind.UNPROVEN, Kind.NEEDS_ATTESTATION))


def _cause(judged: JudgedLog) -> str:
    """Name the store that decides; where a service's own time does, also the stores beside it that can be mended."""
    lost = () if judged.meets else judged.log.lost
    if judged.store is None:
        return "; ".join((f"{judged.log.name} is in no store that was read", *lost))
    told = [f"{judged.log.name} in {judged.store.reach.store}: {judged.store.reach.because}"]
    if not judged.meets and judged.store.reach.store in _NATIVE:
        others = (one.reach for one in judged.log.stores if one.doubt is None and one.reach.store not in _NATIVE)
        told += [f"in {reach.store}: {reach.because}" for reach in others]
    return "; ".join(dict.fromkeys((*told, *lost)))


def _facts(judged: JudgedLog) -> tuple[str, ...]:
    store = () if judged.store is None else judged.store.reach.facts
    return tuple(dict.fromkeys((*store, *judged.log.facts)))
