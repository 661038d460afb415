"""The first page of an auditor's work paper: what was audited, how, and what came of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from compliance.assessment.assessment import Assessment, StandardEntry
from compliance.assessment.period import days_without_evidence
from compliance.assessment.words import counted
from reports import cells
from reports.options import Options
from reports.outcome import Outcome, outcome_of
from reports.terms import left_out_by_settings, under_waivers
from reports.words import in_words

OUTCOME_MEANINGS = {
    Outcome.FAIL: "fails, and no waiver covers all of it",
    Outcome.ERROR: "could not be determined: the reading or the check itself failed",
    Outcome.NOT_COLLECTED: "could not be determined: what it takes was not read, or not read well enough",
    Outcome.MANUAL: "could not be determined without somebody's word",
    Outcome.WAIVED: "fails or could not be determined, and waivers cover all of it; never a pass",
    Outcome.PASS: "the control holds, as far as its evidence goes",
    Outcome.NOT_APPLICABLE: "nothing in this tenant, or in this standard, is asked of it",
}
"""What each outcome means, in words for people."""


def first_page(assessment: Assessment, options: Options) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the headings of the first page and what stands under each; what the auditor writes is empty."""
    tenant = assessment.tenant
    if assessment.simulated:
        yield "Attention", ("SIMULATED TENANT: this work paper says nothing of a real one",)
    yield (
        "Tenant",
        (tenant.name or "name unread", tenant.initial_domain or "initial domain unread", tenant.id, assessment.cloud),
    )
    yield "Reference", (f"evidence bundle {assessment.bundle_sha256}",)
    yield (
        "Objective",
        ("Whether audit records of Microsoft 365 are written, and kept as long and as well as the standards ask",),
    )
    yield "Criteria", tuple(map(_criteria, assessment.standards))
    yield "Period", tuple(_period(assessment, options))
    yield "Population", tuple(_population(assessment))
    yield "Source", tuple(_source(assessment))
    yield "Procedure", tuple(_procedure(assessment))
    yield "Results", tuple(_results(assessment))
    yield "Exceptions", tuple(_exceptions_in_short(assessment))
    for blank in ("Conclusion", "Prepared by", "Prepared on", "Reviewed by", "Reviewed on"):
        yield blank, ()


def _criteria(standard: StandardEntry) -> str:
    asked = ", ".join(
        f"{need.period} {need.word} [{need.citation}]{' (the organisation’s own number)' if need.own else ''}"
        for need in (standard.hot, standard.total, standard.max_total)
        if need is not None
    )
    return f"{standard.id}: {standard.title}; {standard.status}{f'; {asked}' if asked else ''}"


def _period(assessment: Assessment, options: Options) -> Iterator[str]:
    period = assessment.period
    if period is None:
        yield f"As of {cells.moment(assessment.as_of)}: one reading; no period was asked for"
        return
    days = (period.last - period.first).days + 1
    others = [point.evidence_days for point in options.history]
    without = sum((last - first).days + 1 for first, last in days_without_evidence(period, others))
    inside = sorted(day for day in set(period.evidence_days).union(*others) if period.first <= day <= period.last)
    yield f"{period.text}: {period.first} to {period.last}, {counted(days, 'day')}; read as of" + (
        f" {cells.moment(assessment.as_of)}"
    )
    yield f"{counted(without, 'day')} of it without evidence" + (
        f"; there is some of {', '.join(map(str, inside))}" if inside else ""
    )


def _population(assessment: Assessment) -> Iterator[str]:
    excluded = left_out_by_settings(assessment)
    yield from (f"Left out: {line}" for line in assessment.left_out)
    yield from (f"Left out by the settings: {line}" for line in excluded)
    if not assessment.left_out and not excluded:
        yield "Nobody was left out by the settings"
    yield from (
        f"{row.name}: {row.rows:,} rows" for row in assessment.datasets if row.rows is not None and row.rows > 1
    )


def _source(assessment: Assessment) -> Iterator[str]:
    run = assessment.run
    if run is None:
        yield "Who read the tenant is not told by this assessment"
        return
    began = "" if run.began is None else f"from {cells.moment(run.began)} "
    yield f"Read by {run.tool.name} {run.tool.version} {began}to {cells.moment(run.ended)}"
    for reader in run.readers:
        held = cells.joined((*(reader.roles or ()), *(reader.scopes or ())))
        yield f"{reader.api}: application {reader.application or 'unknown'}; its token held {held or 'no role'}"
    if run.derived_from is not None:
        yield f"Redacted copy of bundle {run.derived_from}"


def _procedure(assessment: Assessment) -> Iterator[str]:
    tool = assessment.tool
    origins = Counter(row.origin.value for row in assessment.datasets if row.origin is not None)
    yield (
        f"{counted(origins['collected'], 'dataset')} read with requests that change nothing, {origins['exported']}"
        f" exported by an administrator, {origins['attested']} attested; kept as read, with their digests (Evidence)"
    )
    yield f"{counted(len(assessment.findings), 'control')} judged by {tool.name} {tool.version} (Findings)"
    yield "To re-perform it offline, without credentials: lookback verify BUNDLE RESULT"
    yield from (f"Not assessed: {line}" for line in assessment.not_assessed)
    yield from assessment.notes


def _results(assessment: Assessment) -> Iterator[str]:
    for totals in assessment.totals:
        under = "" if totals.standard is None else f"{totals.standard}: "
        yield f"{under}{totals.sentence}"
        yield (
            f"{under}{totals.failed} fail, {totals.indeterminate} could not be determined, {totals.passed} pass,"
            f" {totals.not_applicable} not applicable"
        )
        if waived := under_waivers(totals):
            yield f"{under}{waived}"


def _exceptions_in_short(assessment: Assessment) -> Iterator[str]:
    outcomes = Counter(map(outcome_of, assessment.findings))
    for each in Outcome:
        if outcomes[each] and each not in (Outcome.PASS, Outcome.NOT_APPLICABLE):
            yield f"{outcomes[each]} {in_words(each)}: {OUTCOME_MEANINGS[each]}"
