"""From a rule about mailboxes to the parts of a finding: each kind of mailbox with a verdict of its own."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from compliance.assessment.verdict import Indeterminate, NotApplicable, Part, Verdict, decide, open_kind
from compliance.evidence.datasets import DATASETS
from compliance.evidence.derived import Mailboxes
from compliance.evidence.derived.mailbox_parts import ACTIVE, MailboxPart
from compliance.evidence.derived.mailboxes import MailboxRule
from compliance.evidence.population import Coverage, Tally
from compliance.evidence.unread import Kind, Unread

_AGAIN = f"{DATASETS[ACTIVE].request}, with the type, the account and the audit settings of every mailbox"

RESTORE = "Set-Mailbox -DefaultAuditSet Admin,Delegate,Owner on these mailboxes, then read them again"
"""What ends a contradiction between the settings of a mailbox and its lists."""


@dataclass(frozen=True, slots=True)
class Wording:
    """A control in words: `met` and `broken` are sentences about mailboxes and hold `{count}`, `cause` is the witness.

    `proof` is what settles it for a mailbox of which settings alone prove nothing.
    """

    met: str
    broken: str
    cause: str
    proof: str


def mailbox_parts(
    mailboxes: Mailboxes,
    rule: MailboxRule,
    among: Collection[MailboxPart],
    wording: Wording,
    facts: Mapping[MailboxPart, set[str]],
) -> list[Part]:
    """Return a verdict for each part that exists, and an open one for each that may exist unread.

    `facts` are those that the rule used in each part, and are filled while it is asked.
    """
    tallies = mailboxes.judge(rule, among)
    found = []
    for part in MailboxPart:
        if part in tallies:
            tally = tallies[part]
            verdict = _resting_on(facts[part], _decide(tally, wording, mailboxes))
            found.append(mailbox_part(part, tally.total if tally.coverage is Coverage.WHOLE else None, verdict))
        elif part in mailboxes.unseen:
            found.append(mailbox_part(part, None, Indeterminate.because(mailboxes.unseen[part])))
    return found


def mailbox_part(part: MailboxPart, count: int | None, verdict: Verdict) -> Part:
    """Return a part under its own id and title."""
    return Part(id=part.value, title=part.words, count=count, verdict=verdict)


def without_mailbox(mailboxes: Mailboxes) -> list[Part]:
    """Return the part of the accounts that should have a mailbox and have none in the lists, where there may be any.

    A list that leaves out mailboxes without an error is told by nothing else.
    """
    accounts = mailboxes.without_mailbox
    part = MailboxPart.WITHOUT_MAILBOX
    if isinstance(accounts, Unread):
        verdict = replace(
            Indeterminate.because(accounts),
            condition=f"how many mailboxes there should be is unread: {accounts.dataset}: {accounts.reason}",
        )
        return [mailbox_part(part, None, verdict)]
    if not accounts.total:
        return []
    first = accounts.affected[0]
    verdict = Indeterminate(
        kind=Kind.INCOMPLETE,
        condition=f"{accounts.total:,} accounts hold an Exchange plan, or may hold one, and no mailbox in the lists",
        settle=f"{DATASETS[ACTIVE].request} by an identity that may see every mailbox; accounts whose mailbox is on"
        " premises need a waiver",
        cause=f"{first.name}: {first.why}",
        tally=accounts,
    )
    return [mailbox_part(part, accounts.total, verdict)]


def left_out(mailboxes: Mailboxes) -> tuple[str, ...]:
    """Return the note on the mailboxes that nobody judges."""
    if not mailboxes.system:
        return ()
    return (f"left out: {mailboxes.system:,} mailboxes of Exchange itself (arbitration, audit log, monitoring)",)


def _decide(tally: Tally, wording: Wording, mailboxes: Mailboxes) -> Verdict:
    return decide(
        tally,
        met=wording.met,
        broken=wording.broken,
        settle=_settle(open_kind(tally), wording, mailboxes),
        cause=wording.cause,
    )


def _settle(kind: Kind | None, wording: Wording, mailboxes: Mailboxes) -> str:
    if kind is Kind.UNPROVEN:
        return wording.proof
    if kind is Kind.CONTRADICTORY:
        return RESTORE
    if mailboxes.licences is not None and kind is mailboxes.licences.kind:
        return mailboxes.licences.settle
    return f"read again: {_AGAIN}"


def _resting_on(facts: Collection[str], verdict: Verdict) -> Verdict:
    return verdict if isinstance(verdict, NotApplicable) else replace(verdict, facts=tuple(sorted(facts)))
