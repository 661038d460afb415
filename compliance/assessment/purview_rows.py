"""The rows of the picture for the log sources of the unified audit log: the worst class of actor in scope decides."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from compliance.assessment.assessment import RecordingState, SourceEntry
from compliance.assessment.figures import (
    at_most_today,
    both_full_on,
    duration_text,
    full_on,
    least_whole_days,
    store_entries,
    too_long,
)
from compliance.assessment.retention import (
    Case,
    Judged,
    RetentionQuestion,
    Standing,
    judged_by_kind,
    kept_in_purview,
    standing_of,
    worst,
)
from compliance.assessment.retention_parts import rests_on
from compliance.assessment.stores import Asked, asked_of
from compliance.assessment.verdict import BADNESS, Status
from compliance.evidence.derived import IngestionSetting
from compliance.evidence.derived.recording import NotRecorded, Recorded, Switch
from compliance.evidence.derived.sinks import Store
from compliance.evidence.evidence import Evidence
from compliance.evidence.unread import Unread
from compliance.rules.log_sources import KnownLog, Service
from compliance.rules.periods import Duration
from compliance.rules.reach import Reach, StoreReach, purview_reach
from compliance.standards import Standard


@dataclass(frozen=True, slots=True)
class _Figure:
    """What decides one period: the store, how long it keeps, and how much of that can be true."""

    store: str
    kept: Duration | None
    text: str
    in_force_since: dt.date | None
    at_most_today_days: int | None
    full_on: dt.date | None


def purview_row(known: KnownLog, standard: Standard, case: Case, evidence: Evidence) -> SourceEntry | None:
    """Return a row that the worst class of actor in scope decides, or None where nobody is in scope."""
    hot, total = (_decider(known.id, asked_of(standard, hot=hot), case) for hot in (True, False))
    by_hot, by_total = hot or total, total or hot
    if by_hot is None or by_total is None:
        return None
    recorded, recorded_status, why = _recorded(case.recording.of(known.id))
    hot_status, total_status = (_status(one, recorded_status, evidence) for one in (hot, total))
    shown, kept_total = _figure(by_hot, case, evidence), _figure(by_total, case, evidence)
    stores = _stores(by_total, case)
    return SourceEntry(
        id=known.id,
        title=known.title,
        standard=standard.id,
        origin=Service.PURVIEW,
        store=" and ".join(dict.fromkeys((shown.store, kept_total.store))),
        status=max(hot_status, total_status, key=BADNESS.index),
        recorded=recorded,
        not_recorded_why=why,
        hot_text=shown.text,
        hot_days=least_whole_days(shown.kept),
        total_text=kept_total.text,
        total_days=least_whole_days(kept_total.kept),
        declared=any(one is not None and one[0].standing is Standing.ATTESTED for one in (hot, total)),
        hot_status=hot_status,
        total_status=total_status,
        in_force_since=shown.in_force_since,
        at_most_today_days=shown.at_most_today_days,
        total_at_most_today_days=kept_total.at_most_today_days,
        full_on=both_full_on(shown.full_on, kept_total.full_on),
        total_full_on=kept_total.full_on,
        witness=_witness(by_hot[0]),
        notes=too_long(standard, stores),
        stores=store_entries(stores),
    )


def _decider(source: str, asked: Asked | None, case: Case) -> tuple[Judged, Asked] | None:
    """Return the class that decides a requirement for one source, or None where nothing is asked or in scope."""
    if asked is None:
        return None
    judged = judged_by_kind(RetentionQuestion((source,), asked), case)
    in_scope = [one for kind, rows in judged.items() if case.terms.scope.exclusion(kind) is None for one in rows]
    return (worst(in_scope), asked) if in_scope else None


def _figure(decided: tuple[Judged, Asked], case: Case, evidence: Evidence) -> _Figure:
    judged, asked = decided
    if judged.standing is Standing.COPIED and judged.copy is not None:
        copy, kept = judged.copy, asked.of(judged.copy.reach)
        today = at_most_today(kept, copy.created, case.terms.as_of)
        return _Figure(copy.reach.store, kept, duration_text(kept), None, today, full_on(kept, copy.created))
    reach = _reach(judged, case, evidence)
    today = reach.at_most_today_days if reach.hot is not None else None
    return _Figure(Service.PURVIEW, reach.hot, kept_in_purview(judged), reach.in_force_since, today, reach.full_on)


def _witness(judged: Judged) -> str:
    if judged.standing is Standing.COPIED and judged.copy is not None:
        return f"{judged.copy.reach.store}: {judged.copy.reach.because}"
    return f"{judged.row.group.example}: {judged.row.effective.because}"


def _stores(decided: tuple[Judged, Asked], case: Case) -> tuple[Store, ...]:
    """Return Purview as a store of the class that decides, and the copies of its log source."""
    row = decided[0].row
    kept, because = row.effective.credited, row.effective.because
    purview = StoreReach(Service.PURVIEW, kept, kept, because, row.effective.facts, at_most=row.effective.at_most)
    return (Store(purview, None), *case.copies.stores[row.source])


def _reach(judged: Judged, case: Case, evidence: Evidence) -> Reach:
    ingestion = evidence.resolve(IngestionSetting).value
    first_opt_in = None if isinstance(ingestion, Unread) else ingestion.first_opt_in
    effective, policies = judged.row.effective, case.retention.policies
    changed: dt.datetime | None = None
    if not isinstance(policies, Unread) and effective.policy is not None:
        changed = policies.changed.get(effective.policy)
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


def _status(decided: tuple[Judged, Asked] | None, recorded: Status, evidence: Evidence) -> Status:
    """Return how a source stands; a pass that rests on evidence which nobody dated is open."""
    if decided is None:
        return Status.NOT_APPLICABLE
    standing = standing_of(decided[0])
    match standing:
        case Standing.MEETS | Standing.COPIED | Standing.ATTESTED:
            by_retention = Status.PASS
        case Standing.SHORT:
            by_retention = Status.FAIL
        case _:
            by_retention = Status.INDETERMINATE
    status = max(by_retention, recorded, key=BADNESS.index)
    behind = rests_on(copied=standing is Standing.COPIED)
    weak = any(evidence.weakening(name) for name in behind)
    return Status.INDETERMINATE if status is Status.PASS and weak else status
