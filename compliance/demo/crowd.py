"""A tenant of any size: accounts and mailboxes that are worked out by their number when their page is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar, overload

from compliance.demo.mailboxes import DEFAULT_OWNER, UNAUDITED, Mailbox
from compliance.demo.odd import stable_guid
from compliance.demo.people import BypassRow, Licence, User

T = TypeVar("T")

_GUEST_EVERY = 20
_WITHOUT_ACCESS = tuple(action for action in DEFAULT_OWNER if action not in {"MailItemsAccessed", "Send"})


@dataclass(frozen=True, slots=True)
class Listed(Sequence[T], Generic[T]):
    """What is stated one by one, then `more` of them, each made by its number when it is asked for."""

    stated: Sequence[T]
    more: int
    make: Callable[[int], T]

    def __len__(self) -> int:
        return len(self.stated) + self.more

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[T]: ...
    def __getitem__(self, index: int | slice) -> T | Sequence[T]:
        if isinstance(index, slice):
            return [self[number] for number in range(*index.indices(len(self)))]
        if not -len(self) <= index < len(self):
            raise IndexError(index)
        number = index % len(self) - len(self.stated)
        return self.stated[number] if number < 0 else self.make(number)

    def __iter__(self) -> Iterator[T]:
        yield from self.stated
        yield from map(self.make, range(self.more))


@dataclass(frozen=True, slots=True)
class Crowd:
    """`mailboxes` mailboxes with their accounts, and a guest for every twentieth; nothing of it is kept in memory.

    Of a thousand mailboxes 780 belong to users with SPE_E5, 120 with SPE_E3, 30 with SPE_F1, 50 are shared without a
    licence and 20 are rooms or equipment. Two in a thousand lists of owners were customised and lack
    MailItemsAccessed, and two accounts in ten thousand bypass auditing.
    """

    tenant_id: str
    domain: str
    initial_domain: str
    mailboxes: int = 0

    @property
    def accounts(self) -> int:
        """The number of accounts: one per mailbox, then the guests."""
        return self.mailboxes + self.mailboxes // _GUEST_EVERY

    def user(self, number: int) -> User:
        """The account of this number."""
        if number >= self.mailboxes:
            local = f"visitor{number:06}"
            return User(
                id=stable_guid(self.tenant_id, "user", local),
                display_name=f"Visitor {number:06}",
                user_principal_name=f"{local}_partner.example#EXT#@{self.initial_domain}",
                mail=f"{local}@partner.example",
                user_type="Guest",
            )
        licence, kind, _ = self._sort(number)
        name = self._name(number, kind)
        return User(
            id=stable_guid(self.tenant_id, "user", name),
            display_name=name,
            user_principal_name=f"{name}@{self.domain}",
            mail=f"{name}@{self.domain}",
            account_enabled=licence is not None,
            licences=[] if licence is None else [Licence(licence)],
        )

    def mailbox(self, number: int) -> Mailbox:
        """The mailbox of this number."""
        _, kind, customised = self._sort(number)
        name = self._name(number, kind)
        mailbox = Mailbox(
            name=name,
            display_name=name,
            guid=stable_guid(self.tenant_id, "exchange", name),
            user_principal_name=f"{name}@{self.domain}",
            external_directory_object_id=stable_guid(self.tenant_id, "user", name),
            recipient_type_details=kind,
            audit_enabled=kind not in UNAUDITED,
        )
        if customised:
            mailbox.default_audit_set, mailbox.audit_owner = ("Admin", "Delegate"), _WITHOUT_ACCESS
        return mailbox

    def bypass(self, number: int) -> BypassRow:
        """The row of the bypass list of this number: mailboxes alone, guests have none."""
        name = self._name(number, self._sort(number)[1])
        return BypassRow(name, stable_guid(self.tenant_id, "exchange", name), number % 10_000 in {4_321, 8_765})

    def _sort(self, number: int) -> tuple[str | None, str, bool]:
        """Licence, kind, and whether the owner's list was customised; the numbers are spread over the kinds."""
        place = number * 617 % 1000  # 617 and 1000 have no common divisor: each place once in a thousand
        if place < 930:
            licence = "SPE_E5" if place < 780 else "SPE_E3" if place < 900 else "SPE_F1"
            return licence, "UserMailbox", place in {100, 400}
        if place < 980:
            return None, "SharedMailbox", False
        return None, "RoomMailbox" if place < 995 else "EquipmentMailbox", False

    def _name(self, number: int, kind: str) -> str:
        return f"{kind.removesuffix('Mailbox').lower()}{number:06}"
