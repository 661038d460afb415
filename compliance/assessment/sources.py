"""How far back each log source can be looked at, beside what a standard asks: the rows behind the picture."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from compliance.assessment.assessment import LevelEntry, RecordingState, RequirementEntry, SourceEntry, StandardEntry
from compliance.assessment.declarations import Declarations
from compliance.assessment.entra import JudgedLog, entra_parts, entra_sources, entra_verdict, joined, judge_log
from compliance.assessment.retention import (
    Case,
    Judged,
    RetentionQuestion,
    Standing,
    case_of,
    duration_text,
    judged_by_kind,
    kept_text,
    purview_sources,
    standing_of,
    worst,
)
from compliance.assessment.retention_parts import beyond_purview, retention_parts
from compliance.assessment.stores import Asked
from compliance.assessment.verdict import BADNESS, Basis, Pass, Status, status_of
from compliance.evidence.derived import AuditLog, EntraReach, IngestionSetting, PurviewRetention
from compliance.evidence.derived.entra import LogReach
from compliance.evidence.derived.recording import NotRecorded, Recorded, Switch
from compliance.evidence.evidence import Evidence
from compliance.evidence.unread import Unread
from compliance.rules.entra_logs import NATIVE_STORE
from compliance.rules.periods import Duration, band
from compliance.rules.reach import Reach, purview_reach
from compliance.rules.record_types import LOG_SOURCES
from compliance.standards import Requirement, Standard

PURVIEW_STORE = "Microsoft Purview Audit"


def standard_entry(standard: Standard) -> StandardEntry:
    """Return what a report says of a standard."""
    return StandardEntry(
        id=standard.id,
        title=standard.title,
        url=standard.url,
        status=standard.status.words,
        note=" ".join(part for part in (standard.status.note, *_reservations(standard)) if part),
        hot=_requirement_entry(standard.hot, standard.words.hot),
        total=_requirement_entry(standard.total, standard.words.total),
        sha256=standard.sha256,
    )


def sources_of(standard: Standard, evidence: Evidence, declarations: Declarations) -> Iterator[SourceEntry]:
    """Yield a row for each log source that a standard requires: those of the unified audit log, then those of Entra."""
    case, firm = _case(evidence, declarations)
    for source in purview_sources(standard):
        row = _purview_row(source, standard, case, firm, evidence)
        if row is not None:
            yield row
    entra = evidence.resolve(EntraReach)
    for source in entra_sources(standard):
        row = _entra_row(source, standard, entra.value, case, not entra.weaknesses)
        if row is not None:
            yield row


def _purview_row(source: str, standard: Standard, case: Case, firm: bool, evidence: Evidence) -> SourceEntry | None:
    """Return a row that the worst class of actor in scope decides, or None where nobody is in scope."""
    hot = _asked(standard.hot, source, case, hot=True)
    total = _asked(standard.total, source, case, hot=False)
    shown = hot or total
    if shown is None:
        return None
    reach = _reach(shown, case.retention, evidence)
    recorded, recorded_status, why = _recorded(case.recording.of(source))
    hot_status = _firm(_status(hot, recorded_status), firm)
    total_status = _firm(_status(total, recorded_status, short=Status.INDETERMINATE), firm)
    kept = shown.row.effective.credited
    return SourceEntry(
        id=source,
        title=LOG_SOURCES[source].title,
        standard=standard.id,
        origin=PURVIEW_STORE,
        store=PURVIEW_STORE,
        status=max(hot_status, total_status, key=BADNESS.index),
        recorded=recorded,
        not_recorded_why=why,
        hot_text=kept_text(hot or shown),
        hot_days=_least_days(reach.hot),
        total_text=kept_text(total or shown),
        total_days=_least_days(reach.total),
        declared=any(one is not None and one.standing is Standing.ATTESTED for one in (hot, total)),
        hot_status=hot_status,
        total_status=total_status,
        in_force_since=reach.in_force_since,
        at_most_today_days=reach.at_most_today_days if kept is not None else None,
        full_on=reach.full_on,
        witness=f"{shown.row.group.example}: {shown.row.effective.because}",
    )


def _entra_row(source: str, standard: Standard, entra: EntraReach, case: Case, firm: bool) -> SourceEntry | None:
    """Return a row that the stores which surely keep the log the longest decide, or None where nothing is asked."""
    reach = entra.logs[source]
    hot = _judged_log(reach, standard.hot, case, hot=True)
    total = _judged_log(reach, standard.total, case, hot=False)
    by_hot, by_total = hot or total, total or hot
    if by_hot is None or by_total is None:
        return None
    verdicts = [entra_verdict(one, case.terms) for one in (hot, total) if one is not None]
    deciding = [one.store for one in (by_hot, by_total) if one.store is not None]
    return SourceEntry(
        id=source,
        title=reach.log.title,
        standard=standard.id,
        origin=NATIVE_STORE,
        store=" and ".join(dict.fromkeys(one.reach.store for one in deciding)) or NATIVE_STORE,
        status=max((_firm(status_of(one), firm) for one in verdicts), key=BADNESS.index),
        recorded=RecordingState.RECORDED if reach.lacking is None else RecordingState.NOT_RECORDED,
        not_recorded_why=None if reach.lacking is None else f"no subscription carries {reach.lacking}",
        hot_text=duration_text(_duration(by_hot, hot=True)),
        hot_days=_least_days(_duration(by_hot, hot=True)),
        total_text=duration_text(_duration(by_total, hot=False)),
        total_days=_least_days(_duration(by_total, hot=False)),
        declared=any(isinstance(one, Pass) and one.basis is Basis.ATTESTED for one in verdicts),
        hot_status=_log_status(hot, case, firm),
        total_status=_log_status(total, case, firm),
        in_force_since=None,
        at_most_today_days=_age_days(by_hot, case.terms.as_of),
        full_on=None,
        witness="; ".join(dict.fromkeys(f"{one.reach.store}: {one.reach.because}" for one in deciding)),
    )


def _judged_log(reach: LogReach, requirement: Requirement | None, case: Case, *, hot: bool) -> JudgedLog | None:
    return None if requirement is None else judge_log(reach, Asked(requirement.duration, hot), case.terms)


def _log_status(judged: JudgedLog | None, case: Case, firm: bool) -> Status:
    return Status.NOT_APPLICABLE if judged is None else _firm(status_of(entra_verdict(judged, case.terms)), firm)


def _duration(judged: JudgedLog, *, hot: bool) -> Duration | None:
    if judged.store is None:
        return None
    return judged.store.reach.hot if hot else judged.store.reach.total


def _age_days(judged: JudgedLog, as_of: dt.datetime) -> int | None:
    """Return for how many days the store can have taken anything in, and no more than it keeps searchable."""
    kept = _least_days(_duration(judged, hot=True))
    if judged.store is None or judged.store.created is None or kept is None:
        return None
    return min(kept, max(0, (as_of.date() - judged.store.created).days))


def levels_of(standard: Standard, evidence: Evidence, declarations: Declarations) -> Iterator[LevelEntry]:
    """Yield each maturity level with what the retention figures alone say of it: never a claim of the level."""
    case, firm = _case(evidence, declarations)
    entra = evidence.resolve(EntraReach)
    for level in standard.levels:
        asked = []
        for duration, hot in ((level.hot, True), (level.total, False)):
            if duration is None:
                continue
            question = RetentionQuestion(purview_sources(standard), Asked(duration, hot))
            purview = retention_parts(question, case)
            logs = entra_parts(entra_sources(standard), question.need, entra.value, case.terms)
            asked.append(joined(purview if hot else beyond_purview(purview), logs))
        statuses = [status_of(part.verdict) for parts in asked for part in parts.in_scope()]
        yield LevelEntry(
            standard=standard.id,
            id=level.id,
            title=level.title,
            hot=level.hot.text if level.hot else None,
            total=level.total.text if level.total else None,
            due=level.due.isoformat() if level.due else None,
            retention=_firm(
                max(statuses, key=BADNESS.index, default=Status.NOT_APPLICABLE), firm and not entra.weaknesses
            ),
            not_assessed=level.conditions,
        )


def _case(evidence: Evidence, declarations: Declarations) -> tuple[Case, bool]:
    """Return what the unified audit log is judged by, and whether all of it can support a pass."""
    audit_log = evidence.resolve(AuditLog)
    return case_of(audit_log.value, declarations), not audit_log.weaknesses


def _asked(requirement: Requirement | None, source: str, case: Case, *, hot: bool) -> Judged | None:
    """Return the class that decides a requirement for one source, or None where nothing is asked or in scope."""
    if requirement is None:
        return None
    judged = judged_by_kind(RetentionQuestion((source,), Asked(requirement.duration, hot)), case)
    in_scope = [one for kind, rows in judged.items() if case.terms.scope.exclusion(kind) is None for one in rows]
    return worst(in_scope) if in_scope else None


def _reach(judged: Judged, retention: PurviewRetention, evidence: Evidence) -> Reach:
    ingestion = evidence.resolve(IngestionSetting).value
    first_opt_in = None if isinstance(ingestion, Unread) else ingestion.first_opt_in
    effective = judged.row.effective
    changed: dt.datetime | None = None
    if not isinstance(retention.policies, Unread) and effective.policy is not None:
        changed = retention.policies.changed.get(effective.policy)
    return purview_reach(
        judged.row.source,
        effective,
        ingestion_on_since=first_opt_in.date() if first_opt_in else None,
        policy_changed_on=changed.date() if changed else None,
        today=evidence.as_of.date(),
    )


def _recorded(switch: Switch) -> tuple[RecordingState, Status, str | None]:
    match switch:
        case Recorded():
            return RecordingState.RECORDED, Status.PASS, None
        case NotRecorded(why):
            return RecordingState.NOT_RECORDED, Status.FAIL, why
        case Unread():
            return RecordingState.UNREAD, Status.INDETERMINATE, switch.dataset


def _firm(status: Status, firm: bool) -> Status:
    """Leave a pass open that rests on evidence which can show a fault, but not that there is none."""
    return Status.INDETERMINATE if status is Status.PASS and not firm else status


def _status(judged: Judged | None, recorded: Status, *, short: Status = Status.FAIL) -> Status:
    """Return how a source stands; what is too short in Purview is `short`, open where another store may hold it."""
    if judged is None:
        return Status.NOT_APPLICABLE
    by_retention = {
        Standing.MEETS: Status.PASS,
        Standing.ATTESTED: Status.PASS,
        Standing.SHORT: short,
    }.get(standing_of(judged), Status.INDETERMINATE)
    return max(by_retention, recorded, key=BADNESS.index)


def _requirement_entry(requirement: Requirement | None, word: str) -> RequirementEntry | None:
    if requirement is None:
        return None
    least, most = band(requirement.duration)
    return RequirementEntry(
        word=word,
        period=requirement.duration.text,
        least_days=int(least),
        most_days=int(most),
        citation=requirement.citation,
    )


def _reservations(standard: Standard) -> Iterator[str]:
    if standard.interpretive:
        yield "Interpretive: the text does not state this period for logs in so many words."
    if standard.unverified:
        yield "Unverified: the number was not checked against the text."


def _least_days(duration: Duration | None) -> int | None:
    if duration is None or duration.unlimited:
        return None
    return int(band(duration)[0])
