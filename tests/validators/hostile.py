"""Assessments in which every field says something, and every text that anybody could have worded holds a hostile name.

`with_name` of the reports' own tests does so for what stands on the first screens; here nothing is left out, since a
machine reads what no person looks at.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec
from made_assessments import NASTY_NAMES, ordinary, with_name

from compliance.assessment.assessment import (
    AppliedWaiver,
    Assessment,
    Finding,
    FixEntry,
    PeriodEntry,
    PlanEntry,
    PlanStepEntry,
    ReaderEntry,
    RunEntry,
    SourceEntry,
    StoreEntry,
    WaiverUse,
)
from compliance.assessment.changes import (
    ChangeEntry,
    ComparisonEntry,
    Direction,
    FindingState,
    ReasonEntry,
    ReasonKind,
)
from compliance.assessment.verdict import Status

NAMES = (
    *NASTY_NAMES,
    "<img src=x onerror=alert(1)>",
    "=cmd|'/C calc'!A0",
    "\t=1+1",
    "@SUM(A1:A9)",
    "\u202e\u202dreversed\u2069",
    "]]></system-out><!-- --><script>alert(1)</script>",
    "\"'></style></title></textarea><svg onload=alert(1)>",
    "\n::error file=x::forged\n##vso[task.complete result=Succeeded;]forged",
    "a|b `code` [link](javascript:alert(1)) ![i](http://203.0.113.1/x) **b** #1 @octocat",
    "%0A::set-output name=x::y ${{ github.token }} {{7*7}} $(id) %s %n",
    "../../etc/passwd file:///etc/passwd http://[bad uri\\",
    "not a character \ufffe\uffff\U0001ffff and half \udc00\ud83d",
    '{"json": [1]}\\u0000\\',
    "9" * 400,
    "<" * 10_000,
)
"""Names that a tenant or an administrator may have chosen to harm whoever reads a report, or the program that does."""

NOT_WORDED = frozenset(
    {
        *("Assessment.schema", "Assessment.schema_version"),
        *("Assessment.bundle_sha256", "Assessment.declarations_sha256"),
        *("ToolEntry.name", "ToolEntry.version", "ComparisonEntry.previous_tool_version"),
        *("ComparisonEntry.previous_bundle_sha256",),
        *("StandardEntry.id", "StandardEntry.url", "StandardEntry.sha256", "RequirementEntry.period"),
        *("LevelEntry.id", "LevelEntry.standard", "LevelEntry.hot", "LevelEntry.total", "LevelEntry.due"),
        *("Finding.uid", "Finding.check", "Finding.standard", "Finding.group", "Finding.tests", "Finding.facts"),
        *("Finding.lesson", "PartEntry.uid", "PartEntry.id", "PartEntry.facts"),
        *("AffectedEntry.uid", "AffectedEntry.part", "AffectedEntry.dataset", "AffectedEntry.frame"),
        *("AffectedEntry.pointer", "EvidenceEntry.dataset", "EvidenceEntry.sha256"),
        *("MappingsEntry.nist_800_53", "MappingsEntry.scuba", "MappingsEntry.cis_m365", "MappingsEntry.attack"),
        *("FactEntry.id", "FactEntry.statement", "FactEntry.source", "FactEntry.date"),
        *("SourceEntry.id", "SourceEntry.standard", "Totals.standard", "PlanEntry.standard"),
        *("FixEntry.source", "FixEntry.period", "DatasetRow.sha256", "ReaderEntry.api"),
        *("AppliedWaiver.expires", "AppliedWaiver.approved_on"),
        *("WaiverUse.standing", "WaiverUse.findings", "WaiverUse.checks", "WaiverUse.approved_on"),
        *("ChangeEntry.uid", "ChangeEntry.check", "ChangeEntry.standard", "RunEntry.settings_sha256"),
        *("RunEntry.scope_sha256", "RunEntry.previous_bundle_sha256", "RunEntry.derived_from"),
    }
)
"""Fields that lookback words itself, or takes only in one form: ids of its own, digests, dates, periods, facts."""


def thorough(base: Assessment | None = None) -> Assessment:
    """Return an assessment with every field that `ordinary()` leaves empty, of an agency's second quarter."""
    given = base or ordinary()
    return msgspec.structs.replace(
        given,
        run=RunEntry(
            tool=given.tool,
            began=given.as_of - dt.timedelta(minutes=41),
            ended=given.as_of,
            clock_offset_seconds=-1.25,
            readers=(
                ReaderEntry(
                    api="graph",
                    application="3f0e0c6e-6c0f-4c8d-9f62-9d3c2b1a0f5e",
                    object_id="7b1f5a52-2f7c-4a11-8e0e-0b6a4b7d9c10",
                    roles=("AuditLog.Read.All", "Directory.Read.All"),
                    scopes=("User.Read",),
                    directory_roles=("Global Reader",),
                ),
            ),
            settings_sha256="6" * 64,
            scope_sha256="5" * 64,
            previous_bundle_sha256="4" * 64,
            derived_from="9" * 64,
        ),
        period=PeriodEntry(
            text="2026-07-01..2026-09-30",
            first=dt.date(2026, 7, 1),
            last=dt.date(2026, 9, 30),
            evidence_days=(dt.date(2026, 7, 1), dt.date(2026, 9, 30)),
        ),
        since=_since(given),
        declarations_sha256="8" * 64,
        plans=tuple(_plan(one.id) for one in given.standards),
        sources=tuple(_with_stores(one) for one in given.sources),
        findings=tuple(_second_quarter(one, number, given) for number, one in enumerate(given.findings)),
        datasets=tuple(
            msgspec.structs.replace(
                one,
                pages=7,
                started=given.as_of - dt.timedelta(minutes=2),
                sha256="7" * 64,
                file="data/graph.users.gz",
                by="an administrator of the tenant",
            )
            for one in given.datasets
        ),
        waivers=tuple(_in_full(one) for one in given.waivers),
    )


def hostile(name: str) -> Assessment:
    """Return a thorough assessment in which whatever anybody could have worded holds a name."""
    made = _worded(thorough(with_name(name)), name)
    assert isinstance(made, Assessment)
    return made


def _worded(value: Any, name: str, field: str = "") -> Any:
    match value:
        case msgspec.Struct():
            kind = type(value).__name__
            changed = {one: _worded(getattr(value, one), name, f"{kind}.{one}") for one in value.__struct_fields__}
            return msgspec.structs.replace(value, **changed)
        case tuple():
            return tuple(_worded(each, name, field) for each in value)
        case str() if type(value) is str and field not in NOT_WORDED and name not in value:
            return f"{value} {name}"
        case _:
            return value


def _since(given: Assessment) -> ComparisonEntry:
    statuses = (None, *Status)
    return ComparisonEntry(
        previous_as_of=given.as_of - dt.timedelta(days=91),
        previous_bundle_sha256="4" * 64,
        previous_tool_version="0.0.9",
        changes=tuple(
            ChangeEntry(
                uid=one.uid,
                check=one.check,
                standard=one.standard,
                title=one.title,
                was=(was := statuses[number % len(statuses)]),
                now=one.status,
                was_left_open=was,
                now_left_open=one.left_open,
                direction=tuple(Direction)[number % len(Direction)],
                was_condition=None if was is None else "it stood otherwise",
                condition=one.condition,
                objects_new=number,
                objects_gone=None if number % 2 else 3,
                reasons=(ReasonEntry(kind=tuple(ReasonKind)[number % len(ReasonKind)], text="it was set otherwise"),),
            )
            for number, one in enumerate(given.findings)
        ),
        unchanged=4,
    )


def _plan(standard: str) -> PlanEntry:
    step = PlanStepEntry(
        what="Keep mailbox records for a year",
        commands=("Connect-IPPSSession", "New-UnifiedAuditLogRetentionPolicy -Name 'a year'"),
        fixes=(FixEntry(source="purview.11", title="Access to mail", period="12 months"),),
        role="Compliance Administrator",
        delay="up to 24 hours",
        backfill="nothing that is gone comes back",
        needs_licences=True,
        licences=12,
        alternative="Export the records to a store of your own.",
    )
    return PlanEntry(standard=standard, steps=(step,))


def _with_stores(source: SourceEntry) -> SourceEntry:
    store = StoreEntry(
        name="Log Analytics law-sec",
        hot="90 days",
        total="365 days",
        since=dt.date(2024, 2, 29),
        because="the table's own setting",
        doubt="its table plan was not read",
    )
    return msgspec.structs.replace(source, stores=(store,), notes=source.notes or ("a note",))


def _second_quarter(finding: Finding, number: int, given: Assessment) -> Finding:
    return msgspec.structs.replace(
        finding,
        state=tuple(FindingState)[number % len(FindingState)],
        first_seen=given.as_of - dt.timedelta(days=182),
        last_seen=given.as_of,
        parts=tuple(
            msgspec.structs.replace(
                one, notes=("a note",), settle="a reading", would_be="twelve months", excluded="closed by a ticket"
            )
            for one in finding.parts
        ),
        waivers=tuple(_approved(one) for one in finding.waivers),
    )


def _approved(waiver: AppliedWaiver) -> AppliedWaiver:
    return msgspec.structs.replace(waiver, approved_on="2026-10-02")


def _in_full(use: WaiverUse) -> WaiverUse:
    return msgspec.structs.replace(
        use,
        checks=("RET-01",),
        parts=("members",),
        objects=("svc-1",),
        at_most_affected=9,
        reason="moving to another store",
        ticket="GRC-14",
        requester="it-ops@contoso.example",
        approver="ciso@contoso.example",
        approved_on="2026-10-02",
        expires_in_days=129,
    )
