"""Who bypasses mailbox auditing, and whether the list of accounts is one that can be counted on."""

from __future__ import annotations

from dataclasses import dataclass

from compliance.evidence.datasets import DATASETS
from compliance.evidence.population import Coverage, Judgement, Population, Satisfied, Tally, Violating
from compliance.evidence.unread import Kind, Unread
from compliance.evidence.views import DATASET_OF, MailboxAuditBypass, User


@dataclass(frozen=True, slots=True)
class AuditBypasses:
    """The accounts that bypass auditing.

    `accounts` are all that were listed, those that bypass auditing as violating; None where no list was read. `guids`
    are the GUIDs, in small letters, by which Exchange knows these accounts and their mailboxes. `unread` says why
    there may be more of them, and is None where there are not.
    """

    accounts: Tally | None
    guids: frozenset[str]
    unread: Unread | None

    def of(self, guid: str) -> bool | None:
        """Say whether an account bypasses auditing; None where nobody knows."""
        if guid.casefold() in self.guids:
            return True
        return False if self.unread is None else None


def audit_bypasses(
    accounts: Population[MailboxAuditBypass] | Unread, users: Population[User] | Unread
) -> AuditBypasses:
    """Return who bypasses auditing.

    Whoever may see a part of the accounts alone gets a short list without an error: one with fewer accounts than the
    directory has licensed members is not whole.
    """
    if isinstance(accounts, Unread):
        return AuditBypasses(None, frozenset(), accounts)
    tally = accounts.judge(audited)
    guids = frozenset(one.id.casefold() for one in tally.affected if one.decided)
    return AuditBypasses(tally, guids, _unread(tally, _licensed_members(users)))


def audited(account: MailboxAuditBypass) -> Judgement:
    """Say whether what an account does in mailboxes is recorded."""
    return Violating("AuditBypassEnabled is True") if account.audit_bypass_enabled else Satisfied()


def _unread(accounts: Tally, expected: int | Unread) -> Unread | None:
    dataset = DATASET_OF[MailboxAuditBypass]
    if accounts.shortfall is not None:
        return accounts.shortfall
    if accounts.undecided:
        reason = (
            f"of {accounts.undecided:,} of {accounts.total:,} accounts it cannot be read whether they bypass auditing"
        )
        return Unread(Kind.MALFORMED, dataset, reason, f"read again: {DATASETS[dataset].request}")
    settle = "all accounts of GET /v1.0/users, and a bypass list by an identity that may see every account"
    if accounts.coverage is not Coverage.WHOLE:
        return Unread(Kind.INCOMPLETE, dataset, "nobody knows whether all accounts were listed", settle)
    if isinstance(expected, Unread):
        reason = f"{accounts.total:,} accounts were listed, and how many there should be is unread: {expected.reason}"
        return Unread(expected.kind, f"{dataset}, {expected.dataset}", reason, expected.settle)
    if expected > accounts.total:
        reason = f"{accounts.total:,} accounts were listed, and {expected:,} members hold a licence"
        return Unread(Kind.INCOMPLETE, dataset, reason, settle)
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
