"""What each class of actors is told: does the unified audit log keep its records as long as a standard asks?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from compliance.assessment.retention import (
    Case,
    Judged,
    RetentionQuestion,
    Standing,
    judged_by_kind,
    kept_text,
    what_settles,
    worst,
)
from compliance.assessment.stores import NEAR_MISS_DAYS, declared_by, span_text, why_not
from compliance.assessment.verdict import Basis, Fail, Indeterminate, Part, Parts, Pass, Severity, Verdict, badness
from compliance.evidence.derived import PurviewRetention, Recording
from compliance.evidence.derived.recording import NotRecorded
from compliance.evidence.evidence import combined
from compliance.evidence.unread import Kind, Unread
from compliance.rules.classes import ActorKind
from compliance.rules.facts import Certainty
from compliance.rules.office_activity import OFFICE_ACTIVITY
from compliance.rules.periods import Meets
from compliance.rules.record_types import LOG_SOURCES


def retention_parts(question: RetentionQuestion, case: Case) -> Parts:
    """Return a part for each class of actors, decided by the class of records that is kept shortest.

    A class passes only where its records are written at all.
    """
    by_kind = judged_by_kind(question, case)
    return Parts(
        tuple(
            Part(
                id=kind.value,
                title=kind.words,
                count=case.retention.actors.count(kind),
                verdict=_while_recorded(_verdict(kind, by_kind[kind], question, case), question, case.recording),
                excluded=case.terms.scope.exclusion(kind),
            )
            for kind in ActorKind
            if kind in by_kind
        )
    )


def beyond_purview(parts: Parts) -> Parts:
    """Leave a shortfall open: whether a store that lookback does not read yet keeps the rest, nobody has said."""
    return Parts(tuple(replace(part, verdict=_left_open(part.verdict)) for part in parts.parts))


def _left_open(verdict: Verdict) -> Verdict:
    if not isinstance(verdict, Fail):
        return verdict
    return Indeterminate(
        kind=Kind.NEEDS_ATTESTATION,
        condition=f"in Purview {verdict.condition}; no other store was read",
        settle="a store that keeps them longer, declared in declarations.yaml by whoever owns it",
        cause=verdict.cause,
        facts=verdict.facts,
    )


def _while_recorded(verdict: Verdict, question: RetentionQuestion, recording: Recording) -> Verdict:
    if not isinstance(verdict, Pass):
        return verdict
    switches = [recording.of(source) for source in question.sources]
    for switch in switches:
        if isinstance(switch, NotRecorded):
            return Indeterminate(
                kind=Kind.UNPROVEN,
                condition=f"{verdict.condition}, but nothing is written: {switch.why}",
                settle="switch it on (AUD-01, AUD-03); records exist only from then on",
                cause=verdict.cause,
                facts=verdict.facts,
            )
    unread = tuple(dict.fromkeys(switch for switch in switches if isinstance(switch, Unread)))
    if not unread:
        return verdict
    absence = combined(unread)
    return Indeterminate(
        kind=absence.kind,
        condition=f"{verdict.condition}, but whether they are written at all is unread: {absence.reason}",
        settle=absence.settle,
        cause=verdict.cause,
        facts=verdict.facts,
    )


def worse_of(one: Parts, other: Parts) -> Parts:
    """Join two questions about the same classes: of each class the worse verdict stands, the first where equal."""
    others = {part.id: part for part in other.parts}
    return Parts(tuple(max(part, others[part.id], key=lambda part: badness(part.verdict)) for part in one.parts))


def _verdict(kind: ActorKind, judged: Sequence[Judged], question: RetentionQuestion, case: Case) -> Verdict:
    decider = worst(judged)
    facts = decider.row.effective.facts
    kept = kept_text(decider)
    need = question.need.duration.text
    cause = _cause(decider)
    if kind is ActorKind.DISABLED and decider.standing is Standing.SHORT:
        return Indeterminate(
            kind=Kind.UNPROVEN,
            condition=f"what these accounts still write is kept {kept} of {need}; settings cannot show that they write"
            " nothing",
            settle="audit records that show whether they acted; or leave the class out in config.yaml, with the reason",
            cause=cause,
            facts=facts,
        )
    match decider.standing:
        case Standing.MEETS:
            return Pass(
                condition=f"kept {kept}; {need} are asked",
                cause=cause,
                facts=facts,
                certainty=_certainty(decider),
                would_be=_would_be(decider),
                notes=_nominal_note(decider, need),
            )
        case Standing.ATTESTED if decider.store is not None:
            return Pass(
                condition=f"Purview keeps {kept}; {decider.store.name} is declared to keep what is asked, {need}",
                cause=declared_by(decider.store),
                facts=facts,
                certainty=_certainty(decider),
                basis=Basis.ATTESTED,
                notes=(cause,),
            )
        case Standing.NEEDS_ATTESTATION if decider.store is not None:
            return Indeterminate(
                kind=Kind.NEEDS_ATTESTATION,
                condition=f"Purview keeps {kept} of {need}; {decider.store.name}"
                f" {why_not(decider.store, case.terms.as_of)}",
                settle=f"a valid declaration of {decider.store.name} (its owner is {decider.store.owner})",
                cause=cause,
                facts=facts,
            )
        case Standing.ELSEWHERE if decider.table is not None:
            return Indeterminate(
                kind=Kind.UNPROVEN,
                condition=f"Purview keeps {kept} of {need}; {OFFICE_ACTIVITY} in {decider.table.store} would keep them"
                " long enough, but whether a data connector fills it is not read",
                settle=f"a declaration of {decider.table.store} in declarations.yaml by whoever connects it",
                cause=cause,
                facts=facts,
            )
        case Standing.SHORT:
            return Fail(
                condition=f"kept {kept} where {need} are asked{span_text(decider.judgement.short_by)}"
                f"{_sources(judged, question)}",
                cause=cause,
                facts=facts,
                certainty=_certainty(decider),
                would_be=_would_be(decider),
                severity=Severity.LOW if all(_near_miss(one) for one in judged) else None,
            )
        case _:
            return _undecided(decider, question, case.retention)


def _undecided(decider: Judged, question: RetentionQuestion, retention: PurviewRetention) -> Indeterminate:
    effective = decider.row.effective
    source = LOG_SOURCES[decider.row.source].title
    kind, settle = what_settles(decider.row, retention)
    if isinstance(retention.policies, Unread):
        condition = f"{source}: the custom retention policies are unread, and any of them could shorten it"
    else:
        condition = (
            f"{source}: kept {kept_text(decider)}, by what could not be read; {question.need.duration.text} are asked"
        )
    return Indeterminate(kind=kind, condition=condition, settle=settle, cause=_cause(decider), facts=effective.facts)


def _cause(judged: Judged) -> str:
    group = judged.row.group
    who = f"{group.example} (one of {group.count:,})" if group.count and group.count > 1 else group.example
    return f"{who}: {judged.row.effective.because}"


def _certainty(judged: Judged) -> Certainty | None:
    return judged.row.effective.certainty


def _would_be(judged: Judged) -> str | None:
    other = judged.row.effective.would_be
    return None if other is None else f"the other documented reading gives {other.text}"


def _nominal_note(judged: Judged, need: str) -> tuple[str, ...]:
    if judged.judgement.result is not Meets.MEETS_NOMINAL:
        return ()
    return (f"{kept_text(judged)} are {need} for some starting days only; strict_months asks for the longest",)


def _near_miss(judged: Judged) -> bool:
    span = judged.judgement.short_by
    return judged.standing is not Standing.SHORT or (span is not None and span[1] <= NEAR_MISS_DAYS)


def _sources(judged: Sequence[Judged], question: RetentionQuestion) -> str:
    if len(question.sources) == 1:
        return ""
    short = {one.row.source for one in judged if one.standing is Standing.SHORT}
    return f": {', '.join(LOG_SOURCES[source].title for source in LOG_SOURCES if source in short)}"
