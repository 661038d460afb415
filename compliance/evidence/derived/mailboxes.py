"""Every mailbox with what its auditing depends on, sorted into the parts that a finding tells apart.

What is recorded of a mailbox depends on its type, its own settings and the licence of its account (Microsoft Learn,
Manage mailbox auditing). Of 100,000 mailboxes nothing is held but what joins them to the directory: the class of
licence of each account that has one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace

from compliance.evidence.datasets import DATASETS
from compliance.evidence.derived.licences import subscriptions
from compliance.evidence.derived.licensing import Licensing
from compliance.evidence.derived.mailbox_parts import ACTIVE, HELD_BY, MailboxPart, part_of
from compliance.evidence.population import (
    Coverage,
    Judgement,
    Malformed,
    Population,
    Ref,
    Tally,
    Undecided,
    scan,
)
from compliance.evidence.unread import Kind, PropertyUnreadError, Unread
from compliance.evidence.views import DATASET_OF, Mailbox, SubscribedSku, User
from compliance.rules.mailbox_kinds import MailboxKind, mailbox_kind
from compliance.rules.mailbox_settings import AuditSettings, LicenceClass, audit_settings


@dataclass(frozen=True, slots=True)
class AuditedMailbox:
    """What the auditing of one mailbox depends on; `guid` is that of its account in Exchange."""

    guid: str
    part: MailboxPart
    settings: AuditSettings


MailboxRule = Callable[[AuditedMailbox], Judgement]


@dataclass(frozen=True, slots=True)
class _Accounts:
    """Of every account that has one, the class of its licence; `planned` hold an Exchange plan, or may hold one.

    `unread` says why there may be more accounts, `licences` why a class may be unread; None where nothing is missing.
    """

    classes: Mapping[str, LicenceClass]
    planned: frozenset[str]
    unread: Unread | None
    licences: Unread | None


class Mailboxes:
    """All mailboxes: to be judged, neither walked through nor counted.

    `unseen` says of a part why mailboxes that belong there may not have been read. `licences` says why the licence of
    a mailbox may be unread, None where there is no reason. `without_mailbox` are the accounts that should have a
    mailbox and of which none was listed, or why nobody can tell. `system` counts the mailboxes of Exchange itself,
    which are not judged.
    """

    def __init__(
        self, rows: Population[Mailbox], accounts: _Accounts, without_mailbox: Tally | Unread, system: int
    ) -> None:
        self._rows = rows
        self._accounts = accounts
        self.unseen = _unseen(rows)
        self.licences = accounts.licences
        self.without_mailbox = without_mailbox
        self.system = system

    def judge(self, rule: MailboxRule, parts: Collection[MailboxPart]) -> dict[MailboxPart, Tally]:
        """Put every mailbox of these parts before a rule; a row that cannot be read is undecided, as `UNKNOWN`."""

        def sort(row: Mailbox | Malformed, ref: Ref) -> tuple[str, Judgement] | None:
            if isinstance(row, Malformed):
                return MailboxPart.UNKNOWN, Undecided(row.reason)
            name, settings = self._settings(row)
            part = part_of(name, settings, ref.dataset)
            if part is None or part not in parts:
                return None
            return part, rule(AuditedMailbox(row.guid, part, settings))

        tallies = self._rows.judge_in_parts(sort)
        return {part: self._covered(part, tallies[part]) for part in MailboxPart if part in tallies}

    def _settings(self, row: Mailbox) -> tuple[str | None, AuditSettings]:
        try:
            name = row.recipient_type_details
            return name, audit_settings(
                name,
                row.audit_enabled,
                row.default_audit_set,
                row.audit_owner,
                row.audit_delegate,
                row.audit_admin,
                self._licence(row.external_directory_object_id),
            )
        except PropertyUnreadError:
            return self._settings_read(row)

    def _settings_read(self, row: Mailbox) -> tuple[str | None, AuditSettings]:
        """Return what could be read of a mailbox that does not hold every property."""
        account = row.external_directory_object_id if row.holds("external_directory_object_id") else None
        name = row.recipient_type_details if row.holds("recipient_type_details") else None
        return name, audit_settings(
            name,
            row.audit_enabled if row.holds("audit_enabled") else None,
            row.default_audit_set if row.holds("default_audit_set") else None,
            row.audit_owner if row.holds("audit_owner") else None,
            row.audit_delegate if row.holds("audit_delegate") else None,
            row.audit_admin if row.holds("audit_admin") else None,
            LicenceClass.UNREAD if account is None else self._licence(account),
        )

    def _licence(self, account: str) -> LicenceClass:
        known = self._accounts.classes.get(account.casefold())
        if known is not None:
            return known
        return LicenceClass.NONE if not account or self._accounts.unread is None else LicenceClass.UNREAD

    def _covered(self, part: MailboxPart, tally: Tally) -> Tally:
        if tally.coverage is not Coverage.PART:
            return tally
        listed_as = part if part in HELD_BY.values() else MailboxPart.UNKNOWN
        if listed_as not in self.unseen:
            return replace(tally, coverage=Coverage.WHOLE, shortfall=None)
        return replace(tally, shortfall=self.unseen[listed_as])


def mailboxes_of(
    rows: Population[Mailbox], users: Population[User] | Unread, skus: Population[SubscribedSku] | Unread
) -> Mailboxes:
    """Join the mailboxes to the accounts of the directory."""
    accounts = _accounts(users, skus)
    planned = set(accounts.planned)
    system = 0
    nameless = False
    for row, ref in scan(rows):
        if isinstance(row, Malformed):
            continue
        if row.holds("recipient_type_details"):
            system += mailbox_kind(row.recipient_type_details) is MailboxKind.SYSTEM
        if ref.dataset == ACTIVE:
            try:
                planned.discard(row.external_directory_object_id.casefold())
            except PropertyUnreadError:
                nameless = True
    return Mailboxes(rows, accounts, _without_mailbox(users, accounts, planned, nameless), system)


def _accounts(users: Population[User] | Unread, skus: Population[SubscribedSku] | Unread) -> _Accounts:
    if isinstance(users, Unread):
        return _Accounts({}, frozenset(), users, users)
    licensing = Licensing(skus)
    classes: dict[str, LicenceClass] = {}
    planned: set[str] = set()
    malformed = 0
    for row, _ in scan(users):
        if isinstance(row, Malformed):
            malformed += 1
            continue
        account, given = row.id.casefold(), licensing.of(row)
        if given.exchange is not LicenceClass.NONE:
            classes[account] = given.exchange
        if given.mailbox_plan is not False:
            planned.add(account)
    unread = _users_unread(users, malformed)
    return _Accounts(classes, frozenset(planned), unread, unread if unread is not None else _skus_unread(skus))


def _users_unread(users: Population[User], malformed: int) -> Unread | None:
    dataset = DATASET_OF[User]
    again = f"read again: {DATASETS[dataset].request}"
    if users.shortfall is not None:
        return users.shortfall
    if users.coverage is not Coverage.WHOLE:
        return Unread(Kind.INCOMPLETE, dataset, "nobody knows whether these are all accounts", again)
    if malformed:
        return Unread(Kind.MALFORMED, dataset, f"{malformed:,} accounts could not be read", again)
    return None


def _skus_unread(skus: Population[SubscribedSku] | Unread) -> Unread | None:
    if isinstance(skus, Unread):
        return skus
    if subscriptions(skus) is not None:
        return None
    if skus.shortfall is not None:
        return skus.shortfall
    dataset = DATASET_OF[SubscribedSku]
    again = f"read again: {DATASETS[dataset].request}"
    return Unread(Kind.MALFORMED, dataset, "not every subscription could be read", again)


def _without_mailbox(
    users: Population[User] | Unread, accounts: _Accounts, missing: set[str], nameless: bool
) -> Tally | Unread:
    if isinstance(users, Unread):
        return users
    if nameless:
        reason = "which account a mailbox belongs to is unread: a row holds no ExternalDirectoryObjectId"
        return Unread(Kind.MALFORMED, ACTIVE, reason, f"read again: {DATASETS[ACTIVE].request}")
    if accounts.unread is not None:
        return accounts.unread
    why = Undecided("holds an Exchange plan, or may hold one, and no mailbox of it was listed", Kind.INCOMPLETE)

    def sort(row: User | Malformed, _: Ref) -> tuple[str, Judgement] | None:
        return ("", why) if isinstance(row, User) and row.id.casefold() in missing else None

    tallies = users.judge_in_parts(sort)
    return tallies[""] if tallies else Tally(0, 0, 0, (), users.coverage, None)


def _unseen(rows: Population[Mailbox]) -> dict[MailboxPart, Unread]:
    if rows.coverage is Coverage.WHOLE:
        return {}
    if rows.absent:
        return {HELD_BY[one.dataset]: one for one in rows.absent}
    again = f"read again: {DATASETS[ACTIVE].request}"
    unknown = Unread(Kind.INCOMPLETE, ACTIVE, "nobody knows whether these are all mailboxes", again)
    return {MailboxPart.UNKNOWN: rows.shortfall if rows.shortfall is not None else unknown}
