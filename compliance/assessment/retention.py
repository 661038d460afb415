"""From effective retention to verdicts: does what is kept meet what a standard asks, class of actor by class.

Purview's own figure decides where it meets. Where it does not, a store outside that somebody declared may: a valid
declaration settles it, and an expired one leaves it open.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

from compliance.assessment.declarations import AttestedStore, Copied, Declarations, DeclarationStanding
from compliance.assessment.verdict import Basis, Fail, Indeterminate, Part, Parts, Pass, Severity, Verdict, badness
from compliance.evidence.derived import PurviewRetention, Recording
from compliance.evidence.derived.recording import NotRecorded
from compliance.evidence.derived.retention import ClassRetention
from compliance.evidence.evidence import AsOf, combined
from compliance.evidence.scope import Scope
from compliance.evidence.unread import Kind, Unread
from compliance.rules.classes import ActorKind
from compliance.rules.facts import Certainty
from compliance.rules.judging import Judgement, judge
from compliance.rules.periods import Duration, Meets, band, compare
from compliance.rules.record_types import LOG_SOURCES

MEETING = (Meets.MEETS, Meets.MEETS_NOMINAL)
NEAR_MISS_DAYS = 4
"""180 days miss six months by 1 to 4 days: a failure, but a slight one."""


class Standing(IntEnum):
    """How one class of records stands against a requirement; the greatest of several decides."""

    MEETS = 0
    ATTESTED = 1
    NEEDS_ATTESTATION = 2
    UNDECIDED = 3
    SHORT = 4


@dataclass(frozen=True, slots=True)
class Judged:
    """A class of records, against a requirement; `store` is the declared store that settles it."""

    row: ClassRetention
    standing: Standing
    judgement: Judgement
    store: AttestedStore | None = None


@dataclass(frozen=True, slots=True)
class RetentionQuestion:
    """What is asked: are these log sources kept this long? `hot` asks for searchable, else for retrievable."""

    sources: tuple[str, ...]
    need: Duration
    hot: bool


@dataclass(frozen=True, slots=True)
class Case:
    """What a question about retention is decided by."""

    retention: PurviewRetention
    recording: Recording
    scope: Scope
    declarations: Declarations
    as_of: AsOf


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
                excluded=case.scope.exclusion(kind),
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


def judged_by_kind(question: RetentionQuestion, case: Case) -> dict[ActorKind, list[Judged]]:
    """Judge every class of records, sorted by the class of actor that writes them."""
    by_kind: dict[ActorKind, list[Judged]] = {}
    for source in question.sources:
        for row in case.retention.by_source[source]:
            judged = judge_row(row, question, case)
            by_kind.setdefault(row.group.actor.kind, []).append(judged)
    return by_kind


def worse_of(one: Parts, other: Parts) -> Parts:
    """Join two questions about the same classes: of each class the worse verdict stands, the first where equal."""
    others = {part.id: part for part in other.parts}
    return Parts(tuple(max(part, others[part.id], key=lambda part: badness(part.verdict)) for part in one.parts))


def judge_row(row: ClassRetention, question: RetentionQuestion, case: Case) -> Judged:
    """Judge one class of records: by what Purview surely keeps, then by what a declared store keeps."""
    judgement = judge(
        row.effective, question.need, strict=case.scope.strict_months, tolerance_days=case.scope.tolerance_days
    )
    if judgement.result in MEETING:
        return Judged(row, Standing.MEETS, judgement)
    lapsed: AttestedStore | None = None
    for store in case.declarations.stores_for(row.source):
        kept = store.hot if question.hot else store.total
        comparison = compare(
            kept, question.need, strict=case.scope.strict_months, tolerance_days=case.scope.tolerance_days
        )
        if comparison.result in MEETING:
            if store.is_current(case.as_of) and store.copied is Copied.AT_CREATION:
                return Judged(row, Standing.ATTESTED, judgement, store)
            lapsed = store
    if lapsed is not None:
        return Judged(row, Standing.NEEDS_ATTESTATION, judgement, lapsed)
    return Judged(row, Standing.SHORT if judgement.result is Meets.SHORT else Standing.UNDECIDED, judgement)


def worst(judged: Iterable[Judged]) -> Judged:
    """Return the one that decides: the worst standing, then the shortest retention."""
    return max(judged, key=lambda one: (standing_of(one), -least_days(one.row.effective.credited), one.row.source))


def standing_of(judged: Judged) -> Standing:
    """Return a class's standing; of accounts that cannot sign in a shortfall is open, since they may write nothing."""
    if judged.standing is Standing.SHORT and judged.row.group.actor.kind is ActorKind.DISABLED:
        return Standing.UNDECIDED
    return judged.standing


def least_days(duration: Duration | None) -> float:
    """Return the least number of days that a duration has, an unread one before all: for finding the shortest."""
    return -1 if duration is None else band(duration)[0]


def _verdict(kind: ActorKind, judged: Sequence[Judged], question: RetentionQuestion, case: Case) -> Verdict:
    decider = worst(judged)
    facts = decider.row.effective.facts
    kept = kept_text(decider)
    need = question.need.text
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
                cause=f"declared by {decider.store.owner} on {decider.store.declared_on},"
                f" valid to {decider.store.expires}",
                facts=facts,
                certainty=_certainty(decider),
                basis=Basis.ATTESTED,
                notes=(cause,),
            )
        case Standing.NEEDS_ATTESTATION if decider.store is not None:
            return Indeterminate(
                kind=Kind.NEEDS_ATTESTATION,
                condition=f"Purview keeps {kept} of {need}; {decider.store.name} {_why_not(decider.store, case.as_of)}",
                settle=f"a valid declaration of {decider.store.name} (its owner is {decider.store.owner})",
                cause=cause,
                facts=facts,
            )
        case Standing.SHORT:
            return Fail(
                condition=f"kept {kept} where {need} are asked{_short_by(decider)}{_sources(judged, question)}",
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
        condition = f"{source}: kept {kept_text(decider)}, by what could not be read; {question.need.text} are asked"
    return Indeterminate(kind=kind, condition=condition, settle=settle, cause=_cause(decider), facts=effective.facts)


def what_settles(row: ClassRetention, retention: PurviewRetention) -> tuple[Kind, str]:
    """Say of a class of records that is left open what kind of absence leaves it so, and what would settle it."""
    if isinstance(retention.policies, Unread):
        return retention.policies.kind, retention.policies.settle
    actor = row.group.actor
    if actor.premium is None and actor.kind is not ActorKind.NON_USER:
        if retention.actors.unread:
            unread = combined(retention.actors.unread)
            return unread.kind, unread.settle
        return (
            Kind.MALFORMED,
            f"userType, accountEnabled and licences of {row.group.example}, which were absent or contradict each other",
        )
    return Kind.UNPROVEN, f"the retention policies, read again once this is settled: {row.effective.because}"


def _why_not(store: AttestedStore, as_of: AsOf) -> str:
    match store.standing(as_of):
        case DeclarationStanding.EXPIRED:
            return f"was declared to keep them, but only until {store.expires}"
        case DeclarationStanding.UNDATED:
            return "is declared to keep them, but without a date or an expiry"
        case DeclarationStanding.NOT_YET:
            return f"was declared on {store.declared_on}, after this evidence was read: collect again"
        case DeclarationStanding.CURRENT:
            return "receives records when they leave the first store, and nobody declares that they do so in time"


def duration_text(duration: Duration | None) -> str:
    """Say how long, also where it is not known."""
    return "an unknown time" if duration is None else duration.text


def kept_text(judged: Judged) -> str:
    """Say how long a class of records is kept, as a range where the evidence leaves it open."""
    effective = judged.row.effective
    if effective.credited is None or effective.at_most in (None, effective.credited):
        return duration_text(effective.credited)
    return f"{duration_text(effective.credited)} to {duration_text(effective.at_most)}"


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


def _short_by(judged: Judged) -> str:
    span = judged.judgement.short_by
    if span is None:
        return ""
    least, most = span
    return f" (short by {most} days)" if least == most else f" (short by {least} to {most} days)"


def _near_miss(judged: Judged) -> bool:
    span = judged.judgement.short_by
    return judged.standing is not Standing.SHORT or (span is not None and span[1] <= NEAR_MISS_DAYS)


def _sources(judged: Sequence[Judged], question: RetentionQuestion) -> str:
    if len(question.sources) == 1:
        return ""
    short = {one.row.source for one in judged if one.standing is Standing.SHORT}
    return f": {', '.join(LOG_SOURCES[source].title for source in LOG_SOURCES if source in short)}"
