"""How far back each log source can be looked at, beside what a standard asks: the rows behind the picture."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from compliance.assessment.assessment import LevelEntry, RequirementEntry, SourceEntry, StandardEntry
from compliance.assessment.declarations import Declarations
from compliance.assessment.retention import (
    Judged,
    RetentionQuestion,
    Standing,
    judged_by_kind,
    kept_text,
    retention_parts,
    standing_of,
    worst,
)
from compliance.assessment.verdict import BADNESS, Status, status_of
from compliance.evidence.derived import IngestionSetting, PurviewRetention
from compliance.evidence.evidence import AsOf, Evidence, Resolved
from compliance.evidence.unread import Unread
from compliance.evidence.views import OrganizationConfig
from compliance.rules.periods import Duration, band
from compliance.rules.reach import Reach, purview_reach
from compliance.rules.record_types import LOG_SOURCES
from compliance.standards import Requirement, Standard

MAILBOX_SOURCES = frozenset({"purview.mail_items_accessed", "purview.exchange_item"})
"""Sources that only an audited mailbox writes."""


def standard_entry(standard: Standard) -> StandardEntry:
    """Return what a report says of a standard."""
    status = standard.status
    force = f"rescinded on {status.since} by {status.by}" if status.by else f"in force since {status.since}"
    return StandardEntry(
        id=standard.id,
        title=standard.title,
        url=standard.url,
        status=force,
        note=" ".join(part for part in (status.note, *_reservations(standard)) if part),
        hot=_requirement_entry(standard.hot, standard.words.hot),
        total=_requirement_entry(standard.total, standard.words.total),
        sha256=standard.sha256,
    )


def sources_of(standard: Standard, evidence: Evidence, declarations: Declarations) -> Iterator[SourceEntry]:
    """Yield a row for each log source that a standard requires, the worst class of actor in scope deciding."""
    resolved = evidence.resolve(PurviewRetention)
    retention: PurviewRetention = resolved.value
    for required in standard.sources:
        hot = _asked(standard.hot, required.id, retention, evidence, declarations, hot=True)
        total = _asked(standard.total, required.id, retention, evidence, declarations, hot=False)
        shown = hot or total
        if shown is None:
            continue
        reach = _reach(shown, retention, evidence)
        recorded, recorded_status = _recorded(required.id, evidence)
        hot_status, total_status = (_firm(_status(one, recorded_status), resolved) for one in (hot, total))
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
            hot_status=hot_status,
            total_status=total_status,
            in_force_since=reach.in_force_since,
            at_most_today_days=reach.at_most_today_days if kept is not None else None,
            full_on=reach.full_on,
            witness=f"{shown.row.group.example}: {shown.row.effective.because}",
        )


def levels_of(standard: Standard, evidence: Evidence, declarations: Declarations) -> Iterator[LevelEntry]:
    """Yield each maturity level with what the retention figures alone say of it: never a claim of the level."""
    resolved = evidence.resolve(PurviewRetention)
    retention: PurviewRetention = resolved.value
    scope, as_of = evidence.bundle.manifest.scope, AsOf(evidence.as_of)
    sources = tuple(source.id for source in standard.sources)
    for level in standard.levels:
        statuses = [
            status_of(part.verdict)
            for need, hot in ((level.hot, True), (level.total, False))
            if need is not None
            for part in retention_parts(
                RetentionQuestion(sources, need, hot), retention, scope, declarations, as_of
            ).in_scope()
        ]
        yield LevelEntry(
            standard=standard.id,
            id=level.id,
            title=level.title,
            hot=level.hot.text if level.hot else None,
            total=level.total.text if level.total else None,
            due=level.due.isoformat() if level.due else None,
            retention=_firm(max(statuses, key=BADNESS.index, default=Status.NOT_APPLICABLE), resolved),
            not_assessed=level.conditions,
        )


def _asked(
    requirement: Requirement | None,
    source: str,
    retention: PurviewRetention,
    evidence: Evidence,
    declarations: Declarations,
    *,
    hot: bool,
) -> Judged | None:
    """Return the class that decides a requirement for one source, or None where nothing is asked or in scope."""
    if requirement is None:
        return None
    scope = evidence.bundle.manifest.scope
    question = RetentionQuestion((source,), requirement.duration, hot)
    judged = judged_by_kind(question, retention, scope, declarations, AsOf(evidence.as_of))
    in_scope = [one for kind, rows in judged.items() if scope.exclusion(kind) is None for one in rows]
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


def _recorded(source: str, evidence: Evidence) -> tuple[str, Status]:
    """Say whether records of this source are written at all, as far as the two switches tell."""
    switch, organization = evidence.resolve(IngestionSetting), evidence.resolve(OrganizationConfig)
    ingestion, config = switch.value, organization.value
    if not isinstance(ingestion, Unread) and not ingestion.enabled:
        return "not recorded: ingestion is off", Status.FAIL
    if source in MAILBOX_SOURCES:
        if isinstance(config, Unread) or not config.holds("audit_disabled"):
            return "unread: the organisation's AuditDisabled", Status.INDETERMINATE
        if config.audit_disabled:
            return "not recorded: mailbox auditing is off", Status.FAIL
        if organization.weaknesses:
            return "unproven: the organisation's AuditDisabled", Status.INDETERMINATE
    if isinstance(ingestion, Unread):
        return "unread: the ingestion switch", Status.INDETERMINATE
    if switch.weaknesses:
        return "unproven: the ingestion switch", Status.INDETERMINATE
    return "recorded", Status.PASS


def _firm(status: Status, resolved: Resolved) -> Status:
    """Leave a pass open that rests on evidence which can show a fault, but not that there is none."""
    return Status.INDETERMINATE if status is Status.PASS and resolved.weaknesses else status


def _status(judged: Judged | None, recorded: Status) -> Status:
    if judged is None:
        return Status.NOT_APPLICABLE
    by_retention = {
        Standing.MEETS: Status.PASS,
        Standing.ATTESTED: Status.PASS,
        Standing.SHORT: Status.FAIL,
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
