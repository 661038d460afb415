"""From effective retention to verdicts: does what is kept meet what a standard asks, class of actor by class.

Purview's own figure decides where it meets. Where it does not, a store outside that somebody declared may: a valid
declaration settles it, and an expired one leaves it open. So does a Log Analytics table that a data connector may fill
with the same records.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from compliance.assessment.declarations import AttestedStore, Declarations
from compliance.assessment.stores import MEETING, Asked, Terms, declared_for
from compliance.evidence.derived import AuditLog, PurviewRetention, Recording
from compliance.evidence.derived.retention import ClassRetention
from compliance.evidence.evidence import combined
from compliance.evidence.unread import Kind, Unread
from compliance.rules.classes import ActorKind
from compliance.rules.judging import Judgement, judge
from compliance.rules.office_activity import OFFICE_ACTIVITY_SOURCES
from compliance.rules.periods import Duration, Meets, band
from compliance.rules.reach import StoreReach
from compliance.rules.record_types import LOG_SOURCES
from compliance.standards import Standard


class Standing(IntEnum):
    """How one class of records stands against a requirement; the greatest of several decides."""

    MEETS = 0
    ATTESTED = 1
    NEEDS_ATTESTATION = 2
    ELSEWHERE = 3
    UNDECIDED = 4
    SHORT = 5


@dataclass(frozen=True, slots=True)
class Judged:
    """A class of records, against a requirement.

    `store` is the declared store that settles it, `table` the one in Log Analytics that may hold it.
    """

    row: ClassRetention
    standing: Standing
    judgement: Judgement
    store: AttestedStore | None = None
    table: StoreReach | None = None


@dataclass(frozen=True, slots=True)
class RetentionQuestion:
    """What is asked: are these log sources kept this long?"""

    sources: tuple[str, ...]
    need: Asked


@dataclass(frozen=True, slots=True)
class Case:
    """What a question about the unified audit log is decided by."""

    retention: PurviewRetention
    recording: Recording
    office_activity: tuple[StoreReach, ...]
    terms: Terms


def case_of(audit_log: AuditLog, declarations: Declarations) -> Case:
    """Return what decides, as read and as declared."""
    return Case(
        audit_log.retention,
        audit_log.recording,
        audit_log.office_activity.tables,
        Terms(audit_log.scope, declarations, audit_log.as_of),
    )


def purview_sources(standard: Standard) -> tuple[str, ...]:
    """Return the log sources of the unified audit log that a standard requires."""
    return tuple(source.id for source in standard.sources if source.id in LOG_SOURCES)


def judged_by_kind(question: RetentionQuestion, case: Case) -> dict[ActorKind, list[Judged]]:
    """Judge every class of records, sorted by the class of actor that writes them."""
    by_kind: dict[ActorKind, list[Judged]] = {}
    for source in question.sources:
        for row in case.retention.by_source[source]:
            judged = judge_row(row, question, case)
            by_kind.setdefault(row.group.actor.kind, []).append(judged)
    return by_kind


def judge_row(row: ClassRetention, question: RetentionQuestion, case: Case) -> Judged:
    """Judge one class of records: by what Purview surely keeps, then by what a declared store keeps, or a table may."""
    need, scope = question.need, case.terms.scope
    judgement = judge(row.effective, need.duration, strict=scope.strict_months, tolerance_days=scope.tolerance_days)
    if judgement.result in MEETING:
        return Judged(row, Standing.MEETS, judgement)
    declared = declared_for(row.source, need, case.terms)
    if declared is not None:
        standing = Standing.ATTESTED if declared.settles else Standing.NEEDS_ATTESTATION
        return Judged(row, standing, judgement, declared.store)
    if judgement.result is not Meets.SHORT:
        return Judged(row, Standing.UNDECIDED, judgement)
    table = connected(row.source, need, case)
    return Judged(row, Standing.SHORT if table is None else Standing.ELSEWHERE, judgement, table=table)


def connected(source: str, need: Asked, case: Case) -> StoreReach | None:
    """Return a table that keeps a source long enough, should a data connector fill it."""
    if source in OFFICE_ACTIVITY_SOURCES:
        for table in case.office_activity:
            if case.terms.meets(need.of(table), need):
                return table
    return None


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


def duration_text(duration: Duration | None) -> str:
    """Say how long, also where it is not known."""
    return "an unknown time" if duration is None else duration.text


def kept_text(judged: Judged) -> str:
    """Say how long a class of records is kept, as a range where the evidence leaves it open."""
    effective = judged.row.effective
    if effective.credited is None or effective.at_most in (None, effective.credited):
        return duration_text(effective.credited)
    return f"{duration_text(effective.credited)} to {duration_text(effective.at_most)}"
