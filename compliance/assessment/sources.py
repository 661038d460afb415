"""How far back each log source can be looked at, beside what a standard asks: the rows behind the picture."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from compliance.assessment.assessment import LevelEntry, RequirementEntry, SourceEntry, StandardEntry
from compliance.assessment.declarations import Declarations
from compliance.assessment.retention import (
    Case,
    Judged,
    RetentionQuestion,
    Standing,
    beyond_purview,
    judged_by_kind,
    kept_text,
    retention_parts,
    standing_of,
    worst,
)
from compliance.assessment.verdict import BADNESS, Status, status_of
from compliance.evidence.derived import IngestionSetting, PurviewRetention, Recording
from compliance.evidence.derived.recording import NotRecorded, Recorded, Switch
from compliance.evidence.evidence import AsOf, Evidence
from compliance.evidence.unread import Unread
from compliance.rules.periods import Duration, band
from compliance.rules.reach import Reach, purview_reach
from compliance.rules.record_types import LOG_SOURCES
from compliance.standards import Requirement, Standard


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
    """Yield a row for each log source that a standard requires, the worst class of actor in scope deciding."""
    case, firm = _case(evidence, declarations)
    for required in standard.sources:
        hot = _asked(standard.hot, required.id, case, hot=True)
        total = _asked(standard.total, required.id, case, hot=False)
        shown = hot or total
        if shown is None:
            continue
        reach = _reach(shown, case.retention, evidence)
        recorded, recorded_status = _recorded(case.recording.of(required.id))
        hot_status = _firm(_status(hot, recorded_status), firm)
        total_status = _firm(_status(total, recorded_status, short=Status.INDETERMINATE), firm)
        kept = shown.row.effective.credited
        yield SourceEntry(
            id=required.id,
            title=LOG_SOURCES[required.id].title,
            standard=standard.id,
            store="Microsoft Purview Audit",
            status=max(hot_status, total_status, key=BADNESS.index),
            recorded=recorded,
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


def levels_of(standard: Standard, evidence: Evidence, declarations: Declarations) -> Iterator[LevelEntry]:
    """Yield each maturity level with what the retention figures alone say of it: never a claim of the level."""
    case, firm = _case(evidence, declarations)
    sources = tuple(source.id for source in standard.sources)
    for level in standard.levels:
        asked = []
        if level.hot is not None:
            asked.append(retention_parts(RetentionQuestion(sources, level.hot, hot=True), case))
        if level.total is not None:
            asked.append(beyond_purview(retention_parts(RetentionQuestion(sources, level.total, hot=False), case)))
        statuses = [status_of(part.verdict) for parts in asked for part in parts.in_scope()]
        yield LevelEntry(
            standard=standard.id,
            id=level.id,
            title=level.title,
            hot=level.hot.text if level.hot else None,
            total=level.total.text if level.total else None,
            due=level.due.isoformat() if level.due else None,
            retention=_firm(max(statuses, key=BADNESS.index, default=Status.NOT_APPLICABLE), firm),
            not_assessed=level.conditions,
        )


def _case(evidence: Evidence, declarations: Declarations) -> tuple[Case, bool]:
    """Return what retention is decided by, and whether all of it can support a pass."""
    retention, recording = evidence.resolve(PurviewRetention), evidence.resolve(Recording)
    scope, as_of = evidence.bundle.manifest.scope, AsOf(evidence.as_of)
    case = Case(retention.value, recording.value, scope, declarations, as_of)
    return case, not (retention.weaknesses or recording.weaknesses)


def _asked(requirement: Requirement | None, source: str, case: Case, *, hot: bool) -> Judged | None:
    """Return the class that decides a requirement for one source, or None where nothing is asked or in scope."""
    if requirement is None:
        return None
    judged = judged_by_kind(RetentionQuestion((source,), requirement.duration, hot), case)
    in_scope = [one for kind, rows in judged.items() if case.scope.exclusion(kind) is None for one in rows]
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


def _recorded(switch: Switch) -> tuple[str, Status]:
    match switch:
        case Recorded():
            return "recorded", Status.PASS
        case NotRecorded(why):
            return f"not recorded: {why}", Status.FAIL
        case Unread():
            return f"unread: {switch.dataset}", Status.INDETERMINATE


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
