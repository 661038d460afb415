"""Holders of rights, each named once as far as that can be told, and how many people they are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeVar

from compliance.evidence.derived.role_holders import GUID, Holder, Place, Sort, is_guest
from compliance.evidence.population import Affected, Coverage, Malformed, Population, Tally, scan
from compliance.evidence.unread import Kind, Unread
from compliance.evidence.view import View
from compliance.evidence.views import User
from compliance.rules.directory_roles import PREMIUM_LICENCE_REQUIRED

T = TypeVar("T", bound=View)


@dataclass(frozen=True, slots=True)
class Rights:
    """The holders of some rights, and what could not be read of them."""

    holders: tuple[Holder, ...]
    unread: tuple[Unread, ...]

    def of(self, sort: Sort) -> tuple[Holder, ...]:
        """Return the holders of a sort."""
        return tuple(holder for holder in self.holders if holder.sort is sort)

    def tally(self, violating: frozenset[str] = frozenset()) -> Tally:
        """Return the holders as a rule would leave them, those of the given ids violating it."""
        affected = [one for holder in self.holders if (one := self._affected(holder, violating)) is not None]
        affected.sort(key=lambda one: (not one.decided, one.name.casefold(), one.id))
        decided = sum(one.decided for one in affected)
        return Tally(
            satisfied=len(self.holders) - len(affected),
            violating=decided,
            undecided=len(affected) - decided,
            affected=tuple(affected),
            coverage=Coverage.PART if self.unread else Coverage.WHOLE,
            shortfall=None,
        )

    @property
    def at_least(self) -> int:
        """How many people there are for sure: accounts, or names of one place; names of two may be one person's."""
        people = self.of(Sort.PERSON)
        accounts = sum(GUID.fullmatch(person.id) is not None for person in people)
        return max(accounts, *(sum(place in person.places for person in people) for place in Place))

    @property
    def at_most(self) -> int:
        """How many people there are where every name that cannot be matched is somebody else's."""
        return len(self.of(Sort.PERSON))

    def _affected(self, holder: Holder, violating: frozenset[str]) -> Affected | None:
        why = ", ".join(holder.through)
        kind: Kind | None = None
        match holder.sort:
            case Sort.APPLICATION:
                kind = Kind.NEEDS_ATTESTATION
            case Sort.UNRESOLVED:
                kind, why = Kind.UNPROVEN, f"{why}; may stand for several people"
            case Sort.UNREADABLE:
                kind = Kind.MALFORMED
            case Sort.PERSON if holder.id in violating:
                pass
            case _:
                return None
        return Affected(holder.id, holder.name, kind, why, holder.ref)


@dataclass(frozen=True, slots=True)
class Account:
    """An account of the directory; `guest` is None where it is not known."""

    id: str
    name: str
    guest: bool | None


def accounts_named(wanted: set[str], users: Population[User] | Unread) -> dict[str, Account]:
    """Return the accounts that go by one of these names in lower case: an id, or a user principal name."""
    accounts: dict[str, Account] = {}
    for row, _ in () if isinstance(users, Unread) else scan(users):
        if isinstance(row, Malformed) or not (row.holds("id") and row.holds("user_principal_name")):
            continue
        for key in {row.id.casefold(), row.user_principal_name.casefold()} & wanted:
            guest = is_guest(row.user_type) if row.holds("user_type") else None
            accounts[key] = Account(row.id.casefold(), row.user_principal_name, guest)
    return accounts


def each_holder_once(found: list[Holder]) -> tuple[Holder, ...]:
    """Return the holders by id, with all places and ways in which each was found; of two sorts the surer counts.

    The ways are in an order of their own: that of the rows differs from reading to reading.
    """
    by_id: dict[str, Holder] = {}
    for holder in found:
        before = by_id.setdefault(holder.id, holder)
        if before is holder:
            continue
        surest = min(before, holder, key=lambda one: tuple(Sort).index(one.sort))
        by_id[holder.id] = replace(
            surest,
            guest=holder.guest if before.guest is None else before.guest,
            places=before.places | holder.places,
            through=tuple(sorted({*before.through, *holder.through})),
        )
    return tuple(by_id.values())


def shortfall_of(dataset: str, population: Population[T] | Unread) -> Unread | None:
    """Return why a population may lack somebody, or None where it is whole."""
    if isinstance(population, Unread):
        return population
    if population.shortfall is not None or population.coverage is Coverage.WHOLE:
        return population.shortfall
    return Unread(Kind.INCOMPLETE, dataset, "only what the reader may see was listed", f"read it again: {dataset}")


def nobody_is_eligible(eligibilities: Population[T] | Unread) -> bool:
    """Return whether the service says that the tenant has no licence for eligible roles, so that nobody has one."""
    return (
        isinstance(eligibilities, Unread)
        and eligibilities.kind is Kind.UNAVAILABLE
        and PREMIUM_LICENCE_REQUIRED in eligibilities.reason
    )
