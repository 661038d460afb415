"""What it takes for the unified audit log to be kept as long as a standard asks: switches, licences, policies.

Licences and policies: Microsoft Learn, Manage audit log retention policies,
https://learn.microsoft.com/purview/audit-log-retention-policies; facts purview.*. A longer policy holds for records
that are written from then on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from compliance.assessment.plan.policies import (
    ELSEWHERE,
    NO_BACKFILL,
    Want,
    Way,
    fixes_of,
    policy_for_all,
    policy_steps,
)
from compliance.assessment.plan.steps import PLANNED, Fix, Order, Step
from compliance.assessment.retention import Case, RetentionQuestion, Standing, judge_row, purview_sources, rows_of
from compliance.assessment.stores import Asked, asked_of
from compliance.evidence.derived.actors import ActorGroup
from compliance.evidence.derived.recording import MAILBOX_SOURCES, NotRecorded
from compliance.evidence.derived.retention import ClassRetention, known_policies
from compliance.rules.classes import ActorClass, ActorKind
from compliance.rules.legal_retention import smallest_policy_duration
from compliance.rules.log_sources import NON_USER_RECORDS
from compliance.rules.periods import Duration
from compliance.rules.purview import effective
from compliance.rules.retention_policies import Policy
from compliance.standards import Standard

_PLANNED = (Standing.SHORT, Standing.UNSEEN, Standing.ELSEWHERE, Standing.NEEDS_ATTESTATION)
"""What a change can settle; what was not read has to be read first."""
_OPEN = (Standing.UNDECIDED, Standing.SHORT)
_LICENSABLE = (ActorKind.MEMBER_WITH_AUDIT_PLAN, ActorKind.MEMBER_WITHOUT_AUDIT_PLAN, ActorKind.UNLICENSED)


@dataclass(frozen=True, slots=True)
class PurviewPlan:
    """The steps for the unified audit log, and what a copy of it is to keep instead: periods by log source."""

    steps: tuple[Step, ...]
    copied: Mapping[str, frozenset[bool]]


def purview_plan(standard: Standard, case: Case, copies: Collection[str]) -> PurviewPlan:
    """Return what makes the sources of the unified audit log last, by the smallest changes that do.

    `copies` are the sources of which a copy is made that can be kept longer: that is less than to buy licences, and
    does for everybody. Classes that are open because something was not read are left alone: reading it comes first.
    """
    sources = purview_sources(standard)
    steps = list(_recording(sources, case))
    wants: list[Want] = []
    copied: dict[str, frozenset[bool]] = {}
    for hot in (True, False):
        asked = asked_of(standard, hot=hot)
        if asked is None:
            continue
        name = smallest_policy_duration(partial(_is_enough, case, asked))
        short = list(_short(RetentionQuestion(sources, asked), case))
        ways = [(row, None if name is None or _is_idle(row) else _way(row, name, asked, case)) for row in short]
        by_copy = {row.source for row, way in ways if row.source in copies and (way is None or way.buys)}
        copied |= {source: copied.get(source, frozenset[bool]()) | {hot} for source in by_copy}
        ways = [(row, way) for row, way in ways if row.source not in by_copy]
        if helpless := [row for row, way in ways if way is None and not _is_idle(row)]:
            steps.append(_beyond(helpless, asked, sources))
        if idle := [row for row, _ in ways if _is_idle(row)]:
            steps.append(_settle(idle, asked))
        wants += [Want(row, way, asked, name) for row, way in ways if way is not None and name is not None]
    return PurviewPlan((*steps, *_licences(wants), *policy_steps(wants, case)), copied)


def _is_enough(case: Case, asked: Asked, kept: Duration) -> bool:
    return case.terms.meets(kept, asked)


def _recording(sources: Sequence[str], case: Case) -> Iterator[Step]:
    mailboxes = tuple(source for source in sources if source in MAILBOX_SOURCES)
    for switch, affected, what, command in (
        (
            case.recording.ingestion,
            tuple(sources),
            "Switch the unified audit log on",
            "Set-AdminAuditLogConfig -UnifiedAuditLogIngestionEnabled $true",
        ),
        (
            case.recording.mailboxes,
            mailboxes,
            "Switch mailbox auditing on",
            "Set-OrganizationConfig -AuditDisabled $false",
        ),
    ):
        if affected and isinstance(switch, NotRecorded):
            yield Step(
                order=Order.RECORD,
                what=what,
                commands=("Connect-ExchangeOnline", command),
                fixes=tuple(Fix(source, hot) for source in affected for hot in (True, False)),
                role="Organization Management in Exchange Online",
                delay="up to 60 minutes",
                backfill="no backfill: what was not recorded does not exist",
            )


def _short(question: RetentionQuestion, case: Case) -> Iterator[ClassRetention]:
    """Yield the classes of records that a change can make last; of unread policies only what no policy decides."""
    unread = known_policies(case.retention.policies) is None
    for row in rows_of(question.sources, case.retention):
        kind = row.group.actor.kind
        if case.terms.scope.exclusion(kind) is not None or kind is ActorKind.UNRESOLVED:
            continue
        if unread and kind is not ActorKind.NON_USER:
            continue
        judged = judge_row(row, question, case)
        copy = None if judged.copy is None else judged.copy.doubt
        to_be_read = judged.standing is Standing.ELSEWHERE and copy is not None and copy.kind not in PLANNED
        if not to_be_read and (judged.standing in _PLANNED or (_is_idle(row) and judged.standing in _OPEN)):
            yield row


def _is_idle(row: ClassRetention) -> bool:
    """Say whether it is of accounts that cannot sign in, for which nobody buys licences before they are seen to act."""
    return row.group.actor.kind is ActorKind.DISABLED


def _way(row: ClassRetention, name: str, need: Asked, case: Case) -> Way | None:
    """Return the least that makes a class of records last, a setting before a purchase; None where nothing does."""
    policies = known_policies(case.retention.policies)
    if policies is None:
        return None
    actor = row.group.actor
    added = (*policies, policy_for_all(name, (row.record.record_type,), 0))
    ways: list[tuple[Way, ActorClass, Sequence[Policy]]] = [(Way(True, False, False), actor, added)]
    if actor.kind in _LICENSABLE:
        buy = actor.premium is not True
        licensed = replace(actor, premium=True)
        if buy:
            ways += [(Way(False, True, False), licensed, policies), (Way(True, True, False), licensed, added)]
        if actor.ten_year is not True:
            with_add_on = replace(licensed, ten_year=True)
            ways += [(Way(False, buy, True), with_add_on, policies), (Way(True, buy, True), with_add_on, added)]
    for way, who, with_these in ways:
        kept = effective(with_these, who, row.record, unresolved_user_ids=case.retention.actors.unresolved_user_ids)
        if case.terms.meets(kept.credited, need):
            return way
    return None


def _beyond(rows: Sequence[ClassRetention], need: Asked, sources: Sequence[str]) -> Step:
    kinds = sorted({row.group.actor.kind.words for row in rows})
    of_non_users = NON_USER_RECORDS in sources and any(row.group.actor.kind is ActorKind.NON_USER for row in rows)
    return Step(
        order=Order.BEYOND_PURVIEW,
        what=f"No setting of Purview keeps records of {' and '.join(kinds)} for {need.duration.text}: copy them out",
        commands=(),
        fixes=(*_fixes(rows, need), *((Fix(NON_USER_RECORDS, need.hot),) if of_non_users else ())),
        role="Microsoft Sentinel Contributor on the workspace, or whoever runs the SIEM",
        delay="from the first record that is copied",
        backfill="no backfill beyond the 7 days that the Management Activity API holds",
        alternative=ELSEWHERE,
    )


def _settle(rows: Sequence[ClassRetention], need: Asked) -> Step:
    count = _count({row.group for row in rows})
    accounts = "accounts" if count is None else f"{count:,} accounts"
    return Step(
        order=Order.SETTLE,
        what=f"Settle whether {accounts} with sign-in blocked write records: settings cannot show that they write none",
        commands=(),
        fixes=_fixes(rows, need),
        role="whoever decides what is in scope",
        delay="with the next check",
        backfill="nothing to bring back",
        alternative="leave the class disabled out in config.yaml, with the reason; or license these accounts as others",
    )


def _licences(wants: Sequence[Want]) -> Iterator[Step]:
    """Yield what has to be bought, each account counted once whatever it is for."""
    for ten_year, title in (
        (False, "Audit (Premium): Microsoft 365 E5, A5 or G5, or an audit add-on"),
        (True, "the 10-year audit log retention add-on"),
    ):
        bought = [want for want in wants if (want.way.ten_year if ten_year else want.way.premium)]
        if not bought:
            continue
        groups = {want.row.group for want in bought}
        count = _count(groups)
        accounts = "an unknown number of accounts" if count is None else f"{count:,} accounts"
        yield Step(
            order=Order.LICENSE,
            what=f"Assign {title}, to {accounts} ({', '.join(sorted({one.actor.kind.words for one in groups}))})",
            commands=(),
            fixes=fixes_of(bought),
            role="License Administrator in Microsoft Entra ID",
            delay="up to 24 hours until the service plan is in force",
            backfill=NO_BACKFILL,
            needs_licences=True,
            licences=count,
            alternative=ELSEWHERE,
        )


def _fixes(rows: Iterable[ClassRetention], need: Asked) -> tuple[Fix, ...]:
    return tuple(Fix(source, need.hot) for source in dict.fromkeys(row.source for row in rows))


def _count(groups: Iterable[ActorGroup]) -> int | None:
    counts = [group.count for group in groups]
    return None if None in counts else sum(count for count in counts if count is not None)
