"""From effective retention to verdicts: does what is kept meet what a standard asks, class of actor by class.

Purview's own figure decides where it meets. Where it does not, a copy may: in a store that was read, which settles it
where nothing about it is in doubt, or in one that somebody declared. Of the searchable period a shortfall then fails:
Purview is where the unified audit log is searched. Of the total it fails only where somebody states that there is no
other store, since nothing that can be read names all places to which these records are sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum

from compliance.assessment.azure import subscriptions_unseen
from compliance.assessment.declarations import Declarations
from compliance.assessment.figures import duration_text
from compliance.assessment.logs import best_store, possible_store
from compliance.assessment.stores import MEETING, Asked, Declared, Terms, declared_for, other_store
from compliance.evidence.derived import AuditCopies, AuditLog, PurviewRetention, Recording
from compliance.evidence.derived.retention import ClassRetention
from compliance.evidence.derived.sinks import Store
from compliance.evidence.evidence import combined
from compliance.evidence.unread import Kind, Unread
from compliance.rules.classes import ActorKind
from compliance.rules.judging import Judgement, judge
from compliance.rules.log_sources import NON_USER_RECORDS
from compliance.rules.periods import Duration, Meets, band
from compliance.rules.record_types import LOG_SOURCES
from compliance.standards import Standard


class Standing(IntEnum):
    """How one class of records stands against a requirement; the greatest of several decides."""

    MEETS = 0
    COPIED = 1
    """A copy that was read keeps it long enough."""
    ATTESTED = 2
    NEEDS_ATTESTATION = 3
    ELSEWHERE = 4
    """A copy that was read may keep it long enough."""
    UNSEEN = 5
    """A store that nothing read shows may keep it long enough."""
    UNDECIDED = 6
    SHORT = 7


@dataclass(frozen=True, slots=True)
class Judged:
    """A class of records, against a requirement.

    `declared` is the declared store that meets it, `copy` the store in Azure that does or may, `unseen` why there may
    be another.
    """

    row: ClassRetention
    standing: Standing
    judgement: Judgement
    declared: Declared | None = None
    copy: Store | None = None
    unseen: Unread | None = None


@dataclass(frozen=True, slots=True)
class RetentionQuestion:
    """What is asked: are these log sources kept this long? `among` are those that are looked at, whatever is asked."""

    sources: tuple[str, ...]
    need: Asked
    among: tuple[str, ...] = tuple(LOG_SOURCES)


@dataclass(frozen=True, slots=True)
class Case:
    """What a question about the unified audit log is decided by; `unseen`: why another store may hold a copy."""

    retention: PurviewRetention
    recording: Recording
    copies: AuditCopies
    unseen: Unread | None
    terms: Terms


def case_of(audit_log: AuditLog, declarations: Declarations) -> Case:
    """Return what decides, as read and as declared."""
    terms = Terms(audit_log.scope, declarations, audit_log.as_of)
    copies = audit_log.copies
    missed = copies.unread if copies.unread is not None else subscriptions_unseen(copies.subscriptions, terms)
    return Case(audit_log.retention, audit_log.recording, copies, other_store(terms, missed), terms)


def purview_sources(standard: Standard) -> tuple[str, ...]:
    """Return the log sources of the unified audit log that a standard requires."""
    return tuple(source.id for source in standard.sources if source.id in (*LOG_SOURCES, NON_USER_RECORDS))


def rows_of(sources: Iterable[str], retention: PurviewRetention) -> Iterator[ClassRetention]:
    """Yield every class of records of some log sources; the records of non-users are of all sources there are."""
    asked = tuple(sources)
    for source in LOG_SOURCES:
        for row in retention.by_source[source]:
            if source in asked or (NON_USER_RECORDS in asked and row.group.actor.kind is ActorKind.NON_USER):
                yield row


def judged_by_kind(question: RetentionQuestion, case: Case) -> dict[ActorKind, list[Judged]]:
    """Judge every class of records, sorted by the class of actor that writes them."""
    by_kind: dict[ActorKind, list[Judged]] = {}
    for row in rows_of(question.sources, case.retention):
        if row.source in question.among:
            by_kind.setdefault(row.group.actor.kind, []).append(judge_row(row, question, case))
    return by_kind


def judge_row(row: ClassRetention, question: RetentionQuestion, case: Case) -> Judged:
    """Judge one class of records: by what Purview surely keeps, by copies that were read, then by what is declared."""
    need, scope = question.need, case.terms.scope
    judgement = judge(row.effective, need.duration, strict=scope.strict_months, tolerance_days=scope.tolerance_days)
    if judgement.result in MEETING:
        return Judged(row, Standing.MEETS, judgement)
    copies = case.copies.stores[row.source]
    copy = best_store(copies, need)
    if copy is not None and case.terms.meets(need.of(copy.reach), need):
        return Judged(row, Standing.COPIED, judgement, copy=copy)
    declared = declared_for(_declarable(row), need, case.terms, first=row.effective.credited)
    if declared is not None:
        standing = Standing.ATTESTED if declared.settles else Standing.NEEDS_ATTESTATION
        return Judged(row, standing, judgement, declared=declared)
    if judgement.result is not Meets.SHORT:
        return Judged(row, Standing.UNDECIDED, judgement)
    possible = possible_store(copies, need, case.terms)
    if possible is not None:
        return Judged(row, Standing.ELSEWHERE, judgement, copy=possible)
    if not need.hot and case.unseen is not None:
        return Judged(row, Standing.UNSEEN, judgement, unseen=case.unseen)
    return Judged(row, Standing.SHORT, judgement)


def _declarable(row: ClassRetention) -> tuple[str, ...]:
    return (row.source, NON_USER_RECORDS) if row.group.actor.kind is ActorKind.NON_USER else (row.source,)


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


def kept_in_purview(judged: Judged) -> str:
    """Say how long Purview keeps a class of records, as a range where the evidence leaves it open."""
    effective = judged.row.effective
    if effective.credited is None or effective.at_most in (None, effective.credited):
        return duration_text(effective.credited)
    return f"{duration_text(effective.credited)} to {duration_text(effective.at_most)}"
