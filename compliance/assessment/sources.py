"""How far back each log source can be looked at, beside what a standard asks: the rows behind the picture."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from compliance.assessment.assessment import LevelEntry, RecordingState, SourceEntry
from compliance.assessment.azure import activity_verdict, worst_subscription
from compliance.assessment.declarations import Declarations
from compliance.assessment.defender import cloud_apps_log
from compliance.assessment.entra import entra_log
from compliance.assessment.figures import (
    both_full_on,
    duration_text,
    first_full_on,
    least_whole_days,
    most_today,
    store_entries,
    too_long,
)
from compliance.assessment.logs import HeldLog, JudgedLog, judge_log, log_verdict
from compliance.assessment.purview_rows import purview_row
from compliance.assessment.required import Logs, behind, required_parts
from compliance.assessment.retention import Case, case_of
from compliance.assessment.stores import Asked, Terms, asked_of, asking
from compliance.assessment.verdict import BADNESS, Basis, Pass, Status, Verdict, status_of
from compliance.evidence.derived import AuditLog, AzureActivity, CloudAppEvents, EntraReach
from compliance.evidence.derived.sinks import Store
from compliance.evidence.evidence import Evidence
from compliance.rules.log_sources import AZURE_ACTIVITY, SOURCES, KnownLog, Service
from compliance.rules.periods import Duration
from compliance.standards import Standard


def sources_of(standard: Standard, evidence: Evidence, declarations: Declarations) -> Iterator[SourceEntry]:
    """Yield a row for each log source that a standard requires, those of one service together."""
    logs = _logs(evidence)
    case = case_of(logs.audit_log, declarations)
    required = {source.id for source in standard.sources}
    for known in SOURCES.values():
        if known.id in required:
            row = _row(known, standard, logs, case, evidence)
            if row is not None:
                yield row


def levels_of(standard: Standard, evidence: Evidence, declarations: Declarations) -> Iterator[LevelEntry]:
    """Yield each maturity level with what the retention figures alone say of it: never a claim of the level."""
    logs = _logs(evidence)
    for level in standard.levels:
        statuses = [
            _firm(part.verdict, evidence)
            for duration, hot in ((level.hot, True), (level.total, False))
            if duration is not None
            for part in required_parts(standard, asking(standard, duration, hot=hot), logs, declarations).in_scope()
        ]
        yield LevelEntry(
            standard=standard.id,
            id=level.id,
            title=level.title,
            hot=level.hot.text if level.hot else None,
            total=level.total.text if level.total else None,
            due=level.due.isoformat() if level.due else None,
            retention=max(statuses, key=BADNESS.index, default=Status.NOT_APPLICABLE),
            not_assessed=level.conditions,
        )


def _logs(evidence: Evidence) -> Logs:
    return Logs(
        evidence.resolve(AuditLog).value,
        evidence.resolve(EntraReach).value,
        evidence.resolve(AzureActivity).value,
        evidence.resolve(CloudAppEvents).value,
    )


def _row(known: KnownLog, standard: Standard, logs: Logs, case: Case, evidence: Evidence) -> SourceEntry | None:
    match known.service:
        case Service.PURVIEW:
            return purview_row(known, standard, case, evidence)
        case Service.ENTRA:
            log = entra_log(logs.entra.logs[known.id], logs.entra.destinations)
            return _log_row(known, standard, log, EntraReach, case.terms, evidence)
        case Service.DEFENDER:
            log = cloud_apps_log(logs.cloud_apps, case.terms)
            return _log_row(known, standard, log, CloudAppEvents, case.terms, evidence)
        case Service.AZURE:
            return _activity_row(known, standard, logs.azure, case.terms, evidence)


@dataclass(frozen=True, slots=True)
class _Answer:
    """What is said of one period: which store decides, and the verdict."""

    judged: JudgedLog
    verdict: Verdict


def _log_row(
    known: KnownLog, standard: Standard, log: HeldLog, view: type, terms: Terms, evidence: Evidence
) -> SourceEntry | None:
    """Return a row that the stores which surely keep the log the longest decide, or None where nothing is asked."""

    def answer(asked: Asked) -> _Answer:
        judged = judge_log(log, asked, terms)
        return _Answer(judged, log_verdict(judged, terms))

    lacking = None if log.lacking is None else f"no subscription carries {log.lacking}"
    return _held_row(known, standard, answer, (log.stores, view, terms, evidence), lacking=lacking)


def _activity_row(
    known: KnownLog, standard: Standard, azure: AzureActivity, terms: Terms, evidence: Evidence
) -> SourceEntry | None:
    """Return a row that the subscription which keeps its Activity log the shortest decides."""

    def answer(asked: Asked) -> _Answer:
        worst = worst_subscription(asked, azure, terms)
        nobody = HeldLog(source=AZURE_ACTIVITY, name=known.category, stores=(), facts=known.facts)
        judged = judge_log(nobody, asked, terms) if worst is None else worst.judged
        return _Answer(judged, activity_verdict(asked, azure, terms))

    shown = asked_of(standard, hot=True) or asked_of(standard, hot=False)
    worst = None if shown is None else worst_subscription(shown, azure, terms)
    stores = () if worst is None else worst.judged.log.stores
    who = "" if worst is None else f"{worst.subscription.name}: "
    return _held_row(known, standard, answer, (stores, AzureActivity, terms, evidence), who=who)


def _held_row(
    known: KnownLog,
    standard: Standard,
    answer: Callable[[Asked], _Answer],
    held: tuple[tuple[Store, ...], type, Terms, Evidence],
    *,
    lacking: str | None = None,
    who: str = "",
) -> SourceEntry | None:
    stores, view, terms, evidence = held
    periods = [asked_of(standard, hot=True), asked_of(standard, hot=False)]
    hot, total = (None if asked is None else answer(asked) for asked in periods)
    by_hot, by_total = hot or total, total or hot
    if by_hot is None or by_total is None:
        return None
    deciding = [one.judged.store for one in (by_hot, by_total) if one.judged.store is not None]
    hot_status, total_status = (_status(one, view, evidence) for one in (hot, total))
    kept_hot, kept_total = _kept(by_hot, hot=True), _kept(by_total, hot=False)
    hot_full_on, total_full_on = (
        first_full_on(stores, one.judged.asked, one.judged.store, terms) for one in (by_hot, by_total)
    )
    return SourceEntry(
        id=known.id,
        title=known.title,
        standard=standard.id,
        origin=known.service,
        store=" and ".join(dict.fromkeys(one.reach.store for one in deciding)) or known.service,
        status=max(hot_status, total_status, key=BADNESS.index),
        recorded=RecordingState.RECORDED if lacking is None else RecordingState.NOT_RECORDED,
        not_recorded_why=lacking,
        hot_text=duration_text(kept_hot),
        hot_days=least_whole_days(kept_hot),
        total_text=duration_text(kept_total),
        total_days=least_whole_days(kept_total),
        declared=any(_is_attested(one) for one in (hot, total)),
        hot_status=hot_status,
        total_status=total_status,
        in_force_since=None,
        at_most_today_days=most_today(stores, by_hot.judged.asked, terms.as_of),
        total_at_most_today_days=most_today(stores, by_total.judged.asked, terms.as_of),
        full_on=both_full_on(hot_full_on, total_full_on),
        total_full_on=total_full_on,
        witness=who + "; ".join(dict.fromkeys(f"{one.reach.store}: {one.reach.because}" for one in deciding)),
        notes=too_long(standard, stores),
        stores=store_entries(stores),
    )


def _status(answer: _Answer | None, view: type, evidence: Evidence) -> Status:
    """Return a status; a pass that rests on evidence which nobody dated is open."""
    if answer is None:
        return Status.NOT_APPLICABLE
    status = status_of(answer.verdict)
    weak = any(evidence.weakening(name) for name in behind(view))
    return Status.INDETERMINATE if status is Status.PASS and weak else status


def _firm(verdict: Verdict, evidence: Evidence) -> Status:
    if not isinstance(verdict, Pass) or verdict.rests_on is None:
        return status_of(verdict)
    weak = any(evidence.weakening(name) for name in verdict.rests_on)
    return Status.INDETERMINATE if weak else Status.PASS


def _is_attested(answer: _Answer | None) -> bool:
    verdict = None if answer is None else answer.verdict
    return isinstance(verdict, Pass) and verdict.basis is Basis.ATTESTED


def _kept(answer: _Answer, *, hot: bool) -> Duration | None:
    """Return how long the deciding store keeps a log, in the other way where only that one is asked for."""
    asked, store = answer.judged.asked, answer.judged.store
    return None if store is None else store.reach.surely(hot=hot, lake=asked.lake)
