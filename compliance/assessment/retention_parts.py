"""What each class of actors is told: does the unified audit log keep its records as long as a standard asks?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache

from compliance.assessment.logs import certainty_of
from compliance.assessment.retention import (
    Case,
    Judged,
    RetentionQuestion,
    Standing,
    judge_row,
    judged_by_kind,
    kept_in_purview,
    rows_of,
    what_settles,
    worst,
)
from compliance.assessment.stores import NEAR_MISS_DAYS, Asked, Declared, counting, declared_by, span_text
from compliance.assessment.verdict import Basis, Fail, Indeterminate, Part, Parts, Pass, Severity, Verdict, badness
from compliance.evidence.derived import DERIVATIONS, AuditCopies, AuditLog, Recording
from compliance.evidence.derived.recording import NotRecorded
from compliance.evidence.evidence import combined, datasets_behind
from compliance.evidence.unread import Kind, Unread
from compliance.rules.classes import ActorKind
from compliance.rules.log_sources import SOURCES
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
                verdict=_verdict(by_kind[kind], question, case),
                excluded=case.terms.scope.exclusion(kind),
            )
            for kind in ActorKind
            if kind in by_kind
        )
    )


def non_user_parts(sources: Sequence[str], need: Asked, case: Case) -> Parts:
    """Return a part for each log source: what applications and the system write of it, which no policy lengthens."""
    question = RetentionQuestion(tuple(sources), need)
    rows = [row for row in rows_of(sources, case.retention) if row.group.actor.kind is ActorKind.NON_USER]
    return Parts(
        tuple(
            Part(
                id=source,
                title=f"{ActorKind.NON_USER.words}: {SOURCES[source].title}",
                count=None,
                verdict=_verdict(
                    [judge_row(row, question, case) for row in rows if row.source == source],
                    RetentionQuestion((source,), need),
                    case,
                ),
                excluded=case.terms.scope.exclusion(ActorKind.NON_USER),
            )
            for source in dict.fromkeys(row.source for row in rows)
        )
    )


def joined(audit_log: Parts, *others: Parts) -> Parts:
    """Join what is said of the unified audit log and of other logs: none stands for another.

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
    return Parts((*parts, *(part for other in others for part in other.parts)))


def _while_recorded(verdict: Verdict, sources: Iterable[str], recording: Recording) -> Verdict:
    if not isinstance(verdict, Pass):
        return verdict
    switches = [recording.of(source) for source in sources]
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


def _verdict(judged: Sequence[Judged], question: RetentionQuestion, case: Case) -> Verdict:
    sources = dict.fromkeys(one.row.source for one in judged)
    verdict = _while_recorded(_kept(judged, question, case), sources, case.recording)
    copied = any(one.standing is Standing.COPIED for one in judged)
    return replace(verdict, rests_on=rests_on(copied=copied)) if isinstance(verdict, Pass) else verdict


@cache
def rests_on(*, copied: bool) -> frozenset[str]:
    """Return the datasets behind what Purview keeps, and behind copies of it where they are needed."""
    views = (AuditLog, AuditCopies) if copied else (AuditLog,)
    return frozenset[str]().union(*(datasets_behind(DERIVATIONS[view], DERIVATIONS) for view in views))


def _kept(judged: Sequence[Judged], question: RetentionQuestion, case: Case) -> Verdict:
    decider = worst(judged)
    effective, need = decider.row.effective, question.need
    kept, cause = kept_in_purview(decider), _cause(decider)
    asked = need.duration.text
    notes = counting((decider.row.source,), case.copies.stores[decider.row.source], need, case.terms)
    if decider.row.group.actor.kind is ActorKind.DISABLED and decider.standing is Standing.SHORT:
        return Indeterminate(
            kind=Kind.UNPROVEN,
            condition=f"what these accounts still write is kept {kept} of {asked}; settings cannot show that they write"
            " nothing",
            settle="audit records that show whether they acted; or leave the class out in config.yaml, with the reason",
            cause=cause,
            facts=effective.facts,
        )
    match decider.standing:
        case Standing.MEETS:
            return Pass(
                condition=f"kept {kept}; {asked} are asked",
                cause=cause,
                facts=effective.facts,
                certainty=effective.certainty,
                would_be=_would_be(decider),
                notes=_nominal_note(decider, asked),
            )
        case Standing.COPIED if decider.copy is not None:
            reach = decider.copy.reach
            way = "searchable" if need.hot else "in all"
            return Pass(
                condition=f"Purview keeps {kept}; {reach.store} keeps a copy from creation {need.of(reach)} {way},"
                f" and {asked} are asked",
                cause=f"{SOURCES[decider.row.source].title} in {reach.store}: {reach.because}",
                facts=tuple(dict.fromkeys((*reach.facts, *effective.facts))),
                certainty=certainty_of(reach.facts),
                notes=(cause,),
            )
        case Standing.ATTESTED | Standing.NEEDS_ATTESTATION if decider.declared is not None:
            return _declared(decider, decider.declared, asked)
        case Standing.ELSEWHERE if decider.copy is not None and decider.copy.doubt is not None:
            doubt = decider.copy.doubt
            return Indeterminate(
                kind=doubt.kind,
                condition=f"Purview keeps {kept} of {asked}; {decider.copy.reach.store} may keep a copy long enough:"
                f" {doubt.reason}",
                settle=doubt.settle,
                cause=cause,
                facts=effective.facts,
                notes=notes,
            )
        case Standing.UNSEEN if decider.unseen is not None:
            return Indeterminate(
                kind=decider.unseen.kind,
                condition=f"kept {kept} in Purview where {asked} are asked{_sources(judged, question)};"
                f" {decider.unseen.reason}",
                settle=decider.unseen.settle,
                cause=cause,
                facts=effective.facts,
                notes=notes,
            )
        case Standing.SHORT:
            return Fail(
                condition=f"kept {kept} where {asked} are asked{span_text(decider.judgement.short_by)}"
                f"{_sources(judged, question)}",
                cause=cause,
                facts=effective.facts,
                certainty=effective.certainty,
                would_be=_would_be(decider),
                severity=Severity.LOW if all(_near_miss(one) for one in judged) else None,
                notes=notes,
            )
        case _:
            return _undecided(decider, question, case)


def _declared(decider: Judged, declared: Declared, asked: str) -> Verdict:
    kept, cause, effective = kept_in_purview(decider), _cause(decider), decider.row.effective
    store = declared.store
    if declared.settles:
        return Pass(
            condition=f"Purview keeps {kept}; {store.name} is declared to keep what is asked, {asked}",
            cause=f"{declared_by(store)}; {declared.counted}",
            facts=effective.facts,
            certainty=effective.certainty,
            basis=Basis.ATTESTED,
            notes=(cause,),
        )
    return Indeterminate(
        kind=Kind.NEEDS_ATTESTATION,
        condition=f"Purview keeps {kept} of {asked}; {store.name} {declared.why_not}",
        settle=f"a valid declaration of {store.name} (its owner is {store.owner})",
        cause=cause,
        facts=effective.facts,
    )


def _undecided(decider: Judged, question: RetentionQuestion, case: Case) -> Indeterminate:
    effective, retention = decider.row.effective, case.retention
    source = LOG_SOURCES[decider.row.source].title
    kind, settle = what_settles(decider.row, retention)
    if isinstance(retention.policies, Unread):
        condition = f"{source}: the custom retention policies are unread, and any of them could shorten it"
    else:
        condition = (
            f"{source}: kept {kept_in_purview(decider)}, by what could not be read;"
            f" {question.need.duration.text} are asked"
        )
    return Indeterminate(kind=kind, condition=condition, settle=settle, cause=_cause(decider), facts=effective.facts)


def _cause(judged: Judged) -> str:
    group = judged.row.group
    who = f"{group.example} (one of {group.count:,})" if group.count and group.count > 1 else group.example
    return f"{who}: {judged.row.effective.because}"


def _would_be(judged: Judged) -> str | None:
    other = judged.row.effective.would_be
    return None if other is None else f"the other documented reading gives {other.text}"


def _nominal_note(judged: Judged, need: str) -> tuple[str, ...]:
    if judged.judgement.result is not Meets.MEETS_NOMINAL:
        return ()
    return (f"{kept_in_purview(judged)} are {need} for some starting days only; strict_months asks for the longest",)


def _near_miss(judged: Judged) -> bool:
    span = judged.judgement.short_by
    return judged.standing is not Standing.SHORT or (span is not None and span[1] <= NEAR_MISS_DAYS)


def _sources(judged: Sequence[Judged], question: RetentionQuestion) -> str:
    if len(question.sources) == 1:
        return ""
    short = {one.row.source for one in judged if one.standing in (Standing.SHORT, Standing.UNSEEN)}
    return f": {', '.join(LOG_SOURCES[source].title for source in LOG_SOURCES if source in short)}"
