"""Who bypasses mailbox auditing, and whether the list of accounts is one that can be counted on."""

from __future__ import annotations

from dataclasses import dataclass

from compliance.evidence.datasets import DATASETS
from compliance.evidence.population import (
    Coverage,
    Judgement,
    Malformed,
    Population,
    Satisfied,
    Tally,
    Violating,
    id_key,
    scan,
)
from compliance.evidence.unread import Kind, Unread
from compliance.evidence.views import DATASET_OF, Mailbox, MailboxAuditBypass, MailboxInUse, User
from compliance.rules.mailbox_kinds import MailboxKind, mailbox_kind

_NO_COMPARISON = (
    "no Guid of a mailbox occurs in the bypass list, so the two do not compare here: that it is whole rests on its"
    " number of accounts"
)
_WITHOUT_ACCOUNT = frozenset({MailboxKind.SYSTEM, MailboxKind.DISCOVERY, MailboxKind.PUBLIC_FOLDER, MailboxKind.GROUP})
"""The kinds of mailbox whose account nobody signs in to, so that the list may leave it out."""
_SETTLE = "all accounts of GET /v1.0/users, and a bypass list by an identity that may see every account"


@dataclass(frozen=True, slots=True)
class AuditBypasses:
    """The accounts that bypass auditing.

    `accounts` are all that were listed, those that bypass auditing as violating; None where no list was read. `guids`
    are the GUIDs, in small letters, by which Exchange knows these accounts and their mailboxes. `unread` says why
    nobody knows of any account that is not among them whether it bypasses auditing; None where that is known. `short`
    says why accounts may be missing as far as the mailboxes tell: `missing` are those of mailboxes that the list lacks.
    """

    accounts: Tally | None
    guids: frozenset[str]
    unread: Unread | None
    missing: frozenset[str]
    short: Unread | None
    notes: tuple[str, ...]

    @property
    def open(self) -> Unread | None:
        """Why more accounts than those listed may bypass auditing, or None where that is not so."""
        return self.short if self.unread is None else self.unread

    def of(self, guid: str) -> bool | None:
        """Say whether the account of a mailbox bypasses auditing; None where nobody knows."""
        key = id_key(guid)
        if key in self.guids:
            return True
        return None if self.unread is not None or key in self.missing else False


@dataclass(frozen=True, slots=True)
class _Expected:
    """The GUIDs of mailboxes that the list has to hold; `unread` says why there may be more of them."""

    guids: frozenset[str]
    unread: Unread | None


def audit_bypasses(
    accounts: Population[MailboxAuditBypass] | Unread,
    users: Population[User] | Unread,
    mailboxes: Population[MailboxInUse] | Unread,
) -> AuditBypasses:
    """Return who bypasses auditing.

    Whoever may see a part of the accounts alone gets a short list without an error: one with fewer accounts than the
    directory has licensed members is not whole, nor is one that lacks the account of a mailbox. Exchange gives an
    account and its mailbox one GUID; where not a single mailbox is found by it, nothing is concluded from that.
    """
    if isinstance(accounts, Unread):
        return AuditBypasses(None, frozenset(), accounts, frozenset(), None, ())
    expected = _expected(mailboxes)
    missing = set(expected.guids)

    def listed(account: MailboxAuditBypass) -> Judgement:
        missing.discard(id_key(account.guid))
        return audited(account)

    tally = accounts.judge(listed)
    guids = frozenset(id_key(one.id) for one in tally.affected if one.decided)
    unread = _unread(tally, _licensed_members(users))
    if expected.guids and len(missing) == len(expected.guids):
        return AuditBypasses(tally, guids, unread, frozenset(), expected.unread, (_NO_COMPARISON,))
    short = _lacks(len(missing), len(expected.guids)) if missing else expected.unread
    return AuditBypasses(tally, guids, unread, frozenset(missing), short, ())


def audited(account: MailboxAuditBypass) -> Judgement:
    """Say whether what an account does in mailboxes is recorded."""
    return Violating("AuditBypassEnabled is True") if account.audit_bypass_enabled else Satisfied()


def _expected(mailboxes: Population[MailboxInUse] | Unread) -> _Expected:
    if isinstance(mailboxes, Unread):
        reason = f"whether it lacks the account of a mailbox cannot be told: {mailboxes.reason}"
        return _Expected(frozenset(), Unread(mailboxes.kind, mailboxes.dataset, reason, mailboxes.settle))
    guids: set[str] = set()
    unreadable = 0
    for row, _ in scan(mailboxes):
        if isinstance(row, Malformed):
            unreadable += 1
        elif _has_account(row):
            guids.add(id_key(row.guid))
    return _Expected(frozenset(guids), _mailboxes_unread(mailboxes, unreadable))


def _has_account(mailbox: Mailbox) -> bool:
    """Whether somebody may sign in to the account of a mailbox, or its kind is not known."""
    if not mailbox.holds("recipient_type_details"):
        return True
    return mailbox_kind(mailbox.recipient_type_details) not in _WITHOUT_ACCOUNT


def _mailboxes_unread(mailboxes: Population[MailboxInUse], unreadable: int) -> Unread | None:
    dataset = DATASET_OF[MailboxInUse]
    again = f"read again: {DATASETS[dataset].request}"
    if mailboxes.shortfall is not None:
        reason = f"whether it lacks the account of a mailbox cannot be told: {mailboxes.shortfall.reason}"
        return Unread(mailboxes.shortfall.kind, dataset, reason, mailboxes.shortfall.settle)
    if mailboxes.coverage is not Coverage.WHOLE:
        return Unread(Kind.INCOMPLETE, dataset, "nobody knows whether these are all mailboxes", again)
    if unreadable:
        reason = f"{unreadable:,} mailboxes could not be read, whose accounts it may lack"
        return Unread(Kind.MALFORMED, dataset, reason, again)
    return None


def _lacks(missing: int, expected: int) -> Unread:
    reason = f"the list lacks the accounts of {missing:,} of {expected:,} mailboxes"
    return Unread(Kind.INCOMPLETE, DATASET_OF[MailboxAuditBypass], reason, _SETTLE)


def _unread(accounts: Tally, expected: int | Unread) -> Unread | None:
    dataset = DATASET_OF[MailboxAuditBypass]
    if accounts.shortfall is not None:
        return accounts.shortfall
    if accounts.undecided:
        reason = (
            f"of {accounts.undecided:,} of {accounts.total:,} accounts it cannot be read whether they bypass auditing"
        )
        return Unread(Kind.MALFORMED, dataset, reason, f"read again: {DATASETS[dataset].request}")
    if accounts.coverage is not Coverage.WHOLE:
        return Unread(Kind.INCOMPLETE, dataset, "nobody knows whether all accounts were listed", _SETTLE)
    if isinstance(expected, Unread):
        reason = f"{accounts.total:,} accounts were listed, and how many there should be is unread: {expected.reason}"
        return Unread(expected.kind, f"{dataset}, {expected.dataset}", reason, expected.settle)
    if expected > accounts.total:
        reason = f"{accounts.total:,} accounts were listed, and {expected:,} members hold a licence"
        return Unread(Kind.INCOMPLETE, dataset, reason, _SETTLE)
    return None


def _licensed_members(users: Population[User] | Unread) -> int | Unread:
    """Return how many accounts are or may be licensed members."""
    if isinstance(users, Unread):
        return users
    if users.shortfall is not None:
        return users.shortfall
    if users.coverage is not Coverage.WHOLE:
        dataset = DATASET_OF[User]
        again = f"read again: {DATASETS[dataset].request}"
        return Unread(Kind.INCOMPLETE, dataset, "nobody knows whether these are all accounts", again)
    tally = users.judge(_licensed_member)
    return tally.satisfied + tally.undecided


def _licensed_member(user: User) -> Judgement:
    licensed = user.user_type.casefold() != "guest" and bool(user.assigned_licenses)
    return Satisfied() if licensed else Violating("not a licensed member")
