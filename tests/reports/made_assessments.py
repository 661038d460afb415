"""Assessments made by hand: a small ordinary one, and one with everything that a report may meet."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec

from compliance.assessment.assessed import Assessed
from compliance.assessment.assessment import (
    SCHEMA,
    AffectedEntry,
    AppliedWaiver,
    Assessment,
    DatasetRow,
    EvidenceEntry,
    FactEntry,
    Finding,
    LevelEntry,
    MappingsEntry,
    PartEntry,
    RecordingState,
    RequirementEntry,
    SourceEntry,
    StandardEntry,
    TenantEntry,
    ToolEntry,
    Totals,
    WaiverUse,
)
from compliance.assessment.changes import ChangeEntry, ComparisonEntry, Direction, ReasonEntry, ReasonKind
from compliance.assessment.verdict import Basis, Severity, Status
from compliance.evidence.datasets import Origin, State
from compliance.evidence.scope import EVERYBODY, ExcludedActors
from compliance.evidence.unread import Kind
from compliance.rules.classes import ActorKind
from compliance.rules.facts import Certainty
from reports import Options, render

AS_OF = dt.datetime(2026, 10, 5, 9, 0, tzinfo=dt.UTC)
TENANT = "8b947832-52d7-574a-ac49-f62be9953091"

NASTY_NAMES = (
    "\x1b[2J\x1b[31mcleared\x1b]0;title\x07",
    "invoice\u202efdp.exe",
    "n" * 10_000,
    "two\nlines\r\nand a\ttab",
    "lone \ud800 surrogate \udfff",
    "会計部共有メールボックス" * 12,
    "zalgo" + "\u0301" * 500,
    "\u0301 mark first",
    "zero\u200bwidth\u2066isolate\ufeffbom\u2028separator",
    "\ue000private\U000f0000use\U000e0041tag",
    "emoji ❤️ 👩‍👩‍👧 end",
    " leading, trailing and  double  spaces ",
    "C1 \x9b31m and nul \x00",
    "",
)


def used_waiver(**changes: object) -> WaiverUse:
    """A waiver as its file has it, with what became of it."""
    base = WaiverUse(
        id="WVR-2026-014",
        expires="2027-03-31",
        standing="used",
        findings=(),
        checks=("RET-01",),
        reason="SIEM migration in progress; interim export by Event Hub.",
        ticket="https://tickets.contoso.example/GRC-481",
        requester="it-ops@contoso.example",
        approver="ciso@contoso.example",
        approved_on="2026-10-02",
        expires_in_days=(dt.date(2027, 3, 31) - AS_OF.date()).days,
        covered_objects=0,
    )
    return msgspec.structs.replace(base, **changes)


def finding(check: str, status: Status, **changes: Any) -> Finding:
    """A finding of one check; what is not given is unremarkable."""
    base = Finding(
        uid=f"uid-{check}",
        check=check,
        standard=None,
        title=f"The control {check} holds",
        group="audit_logging",
        severity=Severity.HIGH,
        tests="design",
        status=status,
        kind=Kind.UNPROVEN if status is Status.INDETERMINATE else None,
        condition=f"what was found by {check}",
        cause=f"the witness of {check}",
        settle=f"what settles {check}" if status is Status.INDETERMINATE else None,
        criteria=None,
        effect=f"what follows from {check}",
        recommendation=(),
        parts=(),
        affected_count=0,
        affected_total=None,
        all_seen=True,
        samples=(),
        evidence=(
            EvidenceEntry(
                dataset="graph.users", state=State.COMPLETE, origin=Origin.COLLECTED, sha256="ab" * 32, read_at=AS_OF
            ),
        ),
        basis=Basis.CONFIGURED if status in (Status.PASS, Status.FAIL) else None,
        certainty=Certainty.HIGH if status in (Status.PASS, Status.FAIL) else None,
        would_be=None,
        facts=("purview.default-one-year",),
        notes=(),
        mappings=MappingsEntry(nist_800_53=("AU-2",), scuba=(), cis_m365=("3.1.1 (v3 to v7)",), attack=("T1070",)),
        lesson="The log was on before the intrusion began.",
        waivers=(),
        left_open=status,
    )
    return msgspec.structs.replace(base, **changes)


def part(title: str, count: int | None, status: Status, condition: str, **changes: Any) -> PartEntry:
    """One class of a finding."""
    base = PartEntry(
        uid=f"uid-{title}",
        id=title.replace(" ", "_"),
        title=title,
        count=count,
        status=status,
        kind=Kind.UNPROVEN if status is Status.INDETERMINATE else None,
        condition=condition,
        cause=f"one of {title}",
        settle=f"what settles {title}" if status is Status.INDETERMINATE else None,
        certainty=Certainty.HIGH if status in (Status.PASS, Status.FAIL) else None,
        would_be=None,
        basis=Basis.CONFIGURED if status in (Status.PASS, Status.FAIL) else None,
        facts=(),
        notes=(),
        excluded=None,
    )
    return msgspec.structs.replace(base, **changes)


def affected(name: str, number: int, *, decided: bool = True) -> AffectedEntry:
    """An affected object."""
    return AffectedEntry(
        uid=f"uid-{number}",
        id=f"00000000-0000-4000-8000-{number:012}",
        name=name,
        part=None,
        decided=decided,
        why="AuditBypassEnabled is True" if decided else "AuditBypassEnabled is null",
        dataset="exchange.mailbox_audit_bypass",
        frame="cd" * 32,
        pointer=f"/value/{number}",
    )


def waiver(name: str) -> AppliedWaiver:
    """A waiver as it shows on a finding."""
    return AppliedWaiver(
        id=name,
        reason="SIEM migration in progress; interim export by Event Hub.",
        ticket="https://tickets.contoso.example/GRC-481",
        requester="it-ops@contoso.example",
        approver="ciso@contoso.example",
        expires="2027-03-31",
    )


def source(title: str, **changes: Any) -> SourceEntry:
    """The row of one log source under m-21-31: twelve months, in force for a hundred days."""
    base = SourceEntry(
        id=f"purview.{len(title)}",
        title=title,
        standard="m-21-31",
        origin="Microsoft Purview Audit",
        store="Microsoft Purview Audit",
        status=Status.FAIL,
        recorded=RecordingState.RECORDED,
        not_recorded_why=None,
        declared=False,
        hot_text="12 months",
        hot_days=365,
        total_text="12 months",
        total_days=365,
        hot_status=Status.PASS,
        total_status=Status.FAIL,
        in_force_since=dt.date(2026, 6, 27),
        at_most_today_days=100,
        total_at_most_today_days=100,
        full_on=dt.date(2027, 6, 27),
        witness="adele@contoso.example: policy Mail (priority 1) keeps them for 12 months",
    )
    return msgspec.structs.replace(base, **changes)


M_21_31 = StandardEntry(
    id="m-21-31",
    title="OMB M-21-31, Improving the Federal Government's Investigative and Remediation Capabilities Related to"
    " Cybersecurity Incidents",
    url="https://www.whitehouse.gov/wp-content/uploads/2021/08/M-21-31.pdf",
    status="rescinded on 2026-05-22 by OMB M-26-14",
    rescinded=True,
    note="Lives on in texts that incorporate its periods.",
    hot=RequirementEntry(
        word="active", period="12 months", least_days=365, most_days=366, citation="M-21-31, Appendix C", own=False
    ),
    total=RequirementEntry(
        word="active and cold",
        period="30 months",
        least_days=912,
        most_days=915,
        citation="M-21-31, Appendix C",
        own=False,
    ),
    max_total=None,
    interpretive=False,
    unverified=False,
    lake_counts_as_searchable=False,
    sha256="12" * 32,
)

M_26_14 = StandardEntry(
    id="m-26-14",
    title="OMB M-26-14, Ensuring Effective and Efficient Agency Logging and Network Visibility",
    url="https://www.whitehouse.gov/wp-content/uploads/2026/05/M-26-14.pdf",
    status="in force since 2026-05-22",
    rescinded=False,
    note="",
    hot=RequirementEntry(
        word="searchable", period="6 months", least_days=181, most_days=184, citation="M-26-14, Appendix B", own=False
    ),
    total=RequirementEntry(
        word="retrievable", period="12 months", least_days=365, most_days=366, citation="M-26-14, Appendix B", own=False
    ),
    max_total=None,
    interpretive=False,
    unverified=False,
    lake_counts_as_searchable=False,
    sha256="34" * 32,
)

SOURCES = (
    source("Access to mail (MailItemsAccessed)"),
    source("Microsoft Entra ID changes in the audit log", at_most_today_days=365, full_on=dt.date(2025, 1, 1)),
    source(
        "Microsoft Teams",
        hot_text="180 days",
        hot_days=180,
        total_text="180 days",
        total_days=180,
        hot_status=Status.INDETERMINATE,
        at_most_today_days=180,
        full_on=None,
    ),
    source("Almost enough", hot_text="364 days", hot_days=364, hot_status=Status.FAIL, at_most_today_days=None),
    source("Without end", hot_text="no limit", hot_days=None, total_text="no limit", total_days=None),
    source(
        "With a cold store",
        total_text="30 months",
        total_days=912,
        total_at_most_today_days=640,
        total_status=Status.PASS,
        status=Status.PASS,
    ),
    source("Declared elsewhere", hot_text="90 days", hot_days=90, at_most_today_days=90, full_on=None),
    source(
        "Exchange administration",
        recorded=RecordingState.NOT_RECORDED,
        not_recorded_why="ingestion is off",
        hot_status=Status.FAIL,
    ),
    source(
        "SharePoint and OneDrive files",
        hot_text="unread",
        hot_days=None,
        total_text="unread",
        total_days=None,
        hot_status=Status.INDETERMINATE,
        total_status=Status.INDETERMINATE,
        status=Status.INDETERMINATE,
        in_force_since=None,
        at_most_today_days=None,
        full_on=None,
    ),
    source(
        "Interactive sign-ins",
        origin="Microsoft Entra ID",
        store="Log Analytics law-sec",
        total_text="1095 days",
        total_days=1095,
        total_status=Status.PASS,
        status=Status.PASS,
        at_most_today_days=200,
        full_on=None,
    ),
    source(
        "Requests to Microsoft Graph",
        origin="Microsoft Entra ID",
        store="Microsoft Entra ID",
        hot_text="0 days",
        hot_days=0,
        total_text="0 days",
        total_days=0,
        hot_status=Status.FAIL,
        at_most_today_days=None,
        full_on=None,
    ),
    source(
        "Searches and changes of auditing itself",
        standard="m-26-14",
        hot_text="180 days",
        hot_days=180,
        hot_status=Status.FAIL,
        total_text="180 days",
        total_days=180,
        at_most_today_days=180,
        full_on=None,
    ),
)

BYPASS_COMMANDS = (
    "Connect-ExchangeOnline",
    "Set-MailboxAuditBypassAssociation -Identity <account> -AuditBypassEnabled $false",
    "# an account that has to keep the bypass needs a waiver: requester, another approver, and the day of its expiry",
)
RETENTION_COMMANDS = (
    "Connect-IPPSSession",
    'New-UnifiedAuditLogRetentionPolicy -Name "MailItemsAccessed 1 year" -RecordTypes ExchangeItemAggregated'
    " -Operations MailItemsAccessed -RetentionDuration TwelveMonths -Priority <number>",
)
COMMANDS = tuple(command for command in (*BYPASS_COMMANDS, *RETENTION_COMMANDS) if not command.startswith("#"))

RETENTION_PARTS = (
    part("members with Audit (Premium)", 172, Status.PASS, "kept 12 months; 12 months are asked"),
    part(
        "members without Audit (Premium)",
        4_812,
        Status.FAIL,
        "kept 180 days where 12 months are asked (short by 185 to 186 days): Access to mail (MailItemsAccessed)",
        would_be="the other documented reading gives 12 months",
    ),
    part(
        "guests",
        None,
        Status.FAIL,
        "kept 180 days where 12 months are asked (short by 185 to 186 days): Access to mail (MailItemsAccessed)",
    ),
    part("accounts with sign-in blocked", 38, Status.INDETERMINATE, "settings cannot show that they write nothing"),
    part("applications and the system", None, Status.NOT_APPLICABLE, "they read no mail"),
    part("unlicensed members", 30, Status.FAIL, "kept 180 days", excluded="shared mailboxes, closed by GRC-77"),
)

FINDINGS = (
    finding(
        "AUD-04",
        Status.FAIL,
        severity=Severity.CRITICAL,
        title="No account bypasses mailbox auditing",
        condition="what 7 accounts may do in mailboxes leaves no record",
        recommendation=BYPASS_COMMANDS,
        affected_count=7,
        affected_total=4_842,
        all_seen=True,
        samples=tuple(affected(f"svc-{number}", number) for number in range(7)),
        notes=("2 more could not be decided",),
    ),
    finding(
        "RET-01",
        Status.FAIL,
        standard="m-21-31",
        title="MailItemsAccessed records stay searchable as long as the standard asks",
        condition="members without Audit (Premium): kept 180 days where 12 months are asked",
        criteria="Appendix C (12 months active)",
        recommendation=RETENTION_COMMANDS,
        parts=RETENTION_PARTS,
        certainty=Certainty.MEDIUM,
        would_be="the other documented reading gives 12 months",
        waivers=(waiver("WVR-2026-014"),),
    ),
    finding(
        "RET-01",
        Status.FAIL,
        uid="uid-RET-01-m-26-14",
        standard="m-26-14",
        severity=Severity.LOW,
        title="MailItemsAccessed records stay searchable as long as the standard asks",
        recommendation=RETENTION_COMMANDS,
        waivers=(waiver("WVR-2026-015"),),
        left_open=Status.NOT_APPLICABLE,
    ),
    *(
        finding(f"IND-{number:02}", Status.INDETERMINATE, kind=kind, severity=Severity.MEDIUM)
        for number, kind in enumerate(Kind)
    ),
    finding(
        "AUD-05",
        Status.INDETERMINATE,
        kind=Kind.MALFORMED,
        condition="2 of 12 could not be decided",
        affected_total=12,
        all_seen=True,
        samples=(affected("adele@contoso.example", 1, decided=False), affected("b@contoso.example", 2, decided=False)),
    ),
    finding("AUD-01", Status.PASS, severity=Severity.CRITICAL, condition="unified audit log ingestion is on"),
    finding(
        "RET-04",
        Status.PASS,
        standard="m-21-31",
        condition="Purview keeps 180 days; the agency's SIEM is declared to keep what is asked, 30 months, in the cold",
        basis=Basis.ATTESTED,
        certainty=Certainty.MEDIUM,
        would_be="the other documented reading gives 180 days",
    ),
    finding("RET-09", Status.NOT_APPLICABLE, standard="m-26-14", condition="m-26-14 asks for no archive", cause=""),
)


def assessed(assessment: Assessment) -> Assessed:
    """An assessment as reports take it, of which the samples are all the affected objects that there are."""
    return Assessed(assessment, {finding.uid: finding.samples for finding in assessment.findings})


def rendered(name: str, assessment: Assessment, options: Options | None = None) -> str:
    """An assessment in a format that is text."""
    document = render(name, assessed(assessment), options or Options())
    assert isinstance(document, str)
    return document


def ordinary(**changes: Any) -> Assessment:
    """An assessment with every status, kind, and sort of gap."""
    base = Assessment(
        schema=SCHEMA,
        tool=ToolEntry(name="lookback", version="0.1.0"),
        tenant=TenantEntry(id=TENANT, name="Contoso", initial_domain="contoso.onmicrosoft.example"),
        cloud="global",
        simulated=True,
        as_of=AS_OF,
        bundle_sha256="0856dbe880b1963c6b1faf72704bb955a626abea18084f1aa94050cecd091b5a",
        standards=(M_21_31, M_26_14),
        scope=msgspec.structs.replace(
            EVERYBODY,
            excluded_actors=(ExcludedActors(actor_class=ActorKind.UNLICENSED, reason="closed by GRC-77"),),
            tolerance_days=2,
        ),
        left_out=("unlicensed members (30): shared mailboxes, closed by GRC-77",),
        complete=False,
        not_assessed=("MIA-01 MailItemsAccessed is recorded for every mailbox", "RET-08 Exports are kept"),
        totals=(
            Totals(
                standard="m-21-31",
                passed=2,
                failed=2,
                indeterminate=12,
                not_applicable=0,
                waived=1,
                sentence="3 of 9 required log sources meet the active period of m-21-31 (12 months).",
            ),
            Totals(
                standard="m-26-14",
                passed=1,
                failed=2,
                indeterminate=12,
                not_applicable=1,
                waived=1,
                sentence="0 of 1 required log sources meet the searchable period of m-26-14 (6 months).",
            ),
        ),
        sources=SOURCES,
        levels=(
            LevelEntry(
                standard="m-26-14",
                id="L1",
                title="Initial/Basic",
                hot=None,
                total="6 months",
                due="2026-12-18",
                retention=Status.FAIL,
                not_assessed=("Logs are stored.",),
            ),
            LevelEntry(
                standard="m-26-14",
                id="L4",
                title="Optimal",
                hot="6 months",
                total="12 months",
                due=None,
                retention=Status.INDETERMINATE,
                not_assessed=(),
            ),
        ),
        plans=(),
        findings=FINDINGS,
        facts=(
            FactEntry(
                id="purview.default-one-year",
                statement="With Audit (Premium) records are kept for one year.",
                source="Microsoft Learn, https://learn.microsoft.com/purview/audit-log-retention-policies",
                date="2026-06-19",
                certainty=Certainty.HIGH,
            ),
        ),
        datasets=(
            DatasetRow(
                name="graph.users",
                request="GET /v1.0/users",
                state=State.COMPLETE,
                reason=None,
                origin=Origin.COLLECTED,
                rows=12_480,
                expected_rows=12_480,
                read_at=AS_OF,
            ),
            DatasetRow(
                name="exchange.mailbox_audit_bypass",
                request="Get-MailboxAuditBypassAssociation -ResultSize Unlimited",
                state=State.PARTIAL,
                reason="exactly 1,000 rows, the limit at which the cmdlet stops without an error",
                origin=Origin.EXPORTED,
                rows=1_000,
                expected_rows=4_842,
                read_at=None,
            ),
            DatasetRow(
                name="purview.audit_retention_policies",
                request="Get-UnifiedAuditLogRetentionPolicy",
                state=State.NOT_REQUESTED,
                reason="not asked for",
                origin=None,
                rows=None,
                expected_rows=None,
                read_at=None,
            ),
        ),
        waivers=(
            used_waiver(
                id="WVR-2026-014",
                standing="used",
                findings=("uid-RET-01",),
                covered_objects=3,
                parts=("guest", "disabled"),
            ),
            used_waiver(
                id="WVR-2025-003",
                expires="2026-01-31",
                approved_on="2025-02-01",
                standing="expired",
                expires_in_days=(dt.date(2026, 1, 31) - AS_OF.date()).days,
            ),
        ),
        notes=("Stores read: Microsoft Purview Audit. Any other store counts only where it is declared.",),
    )
    return msgspec.structs.replace(base, **changes)


def changed(name: str) -> ComparisonEntry:
    """What changed since an assessment before, each of it worded by a name."""
    worded = tuple(
        ChangeEntry(
            uid=f"uid-{one.check}",
            check=one.check,
            standard=one.standard,
            title=name,
            was=Status.PASS,
            now=one.status,
            was_left_open=Status.PASS,
            now_left_open=one.left_open,
            direction=direction,
            was_condition=name,
            condition=f"{name} and more",
            objects_new=2,
            objects_gone=1,
            reasons=(ReasonEntry(kind=ReasonKind.SETTING, text=f"decided by {name} then, by {name} now"),),
        )
        for one, direction in zip(FINDINGS, Direction, strict=False)
    )
    return ComparisonEntry(
        previous_as_of=AS_OF - dt.timedelta(days=91),
        previous_bundle_sha256="56" * 32,
        previous_tool_version="0.0.9",
        changes=worded,
        unchanged=4,
    )


def with_name(name: str) -> Assessment:
    """An assessment in which everything that a tenant or an administrator can word holds `name`."""
    base = ordinary()
    worded = tuple(
        msgspec.structs.replace(
            one,
            title=f"{one.title} {name}",
            condition=f"policy {name} keeps 7 days",
            cause=f"{name}: {name}",
            settle=None if one.settle is None else f"read {name} again",
            would_be=None if one.would_be is None else name,
            criteria=name,
            effect=name,
            notes=(name,),
            parts=tuple(
                msgspec.structs.replace(each, title=name, condition=f"{name} and more", cause=name)
                for each in one.parts
            ),
            samples=tuple(msgspec.structs.replace(each, name=name, id=name, why=name) for each in one.samples),
            waivers=tuple(msgspec.structs.replace(each, id=name, reason=name, ticket=name) for each in one.waivers),
        )
        for one in base.findings
    )
    return msgspec.structs.replace(
        base,
        tenant=TenantEntry(id=name, name=name, initial_domain=name),
        cloud=name,
        standards=tuple(msgspec.structs.replace(one, title=name, status=name, note=name) for one in base.standards),
        left_out=(name,),
        not_assessed=(name,),
        sources=tuple(
            msgspec.structs.replace(
                one,
                title=name,
                witness=name,
                hot_text=f"{name} days" if one.hot_days else one.hot_text,
                origin=name,
                store=f"{name} and more",
                notes=(name,),
                not_recorded_why=None if one.not_recorded_why is None else name,
            )
            for one in base.sources
        ),
        levels=tuple(msgspec.structs.replace(one, title=name, not_assessed=(name,)) for one in base.levels),
        findings=worded,
        datasets=tuple(msgspec.structs.replace(one, name=name, reason=name) for one in base.datasets),
        waivers=tuple(
            msgspec.structs.replace(
                one,
                id=name,
                expires=name,
                objects=(name,),
                no_longer_needed=(name,),
                **dict.fromkeys(("reason", "ticket", "requester", "approver"), name),
            )
            for one in base.waivers
        ),
        notes=(name,),
        since=changed(name),
    )
