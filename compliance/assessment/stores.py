"""What a store must keep, and what stores that somebody declared keep."""

from __future__ import annotations

from dataclasses import dataclass

from compliance.assessment.declarations import AttestedStore, Copied, Declarations, DeclarationStanding
from compliance.evidence.derived.sinks import Store
from compliance.evidence.evidence import AsOf
from compliance.evidence.scope import Scope
from compliance.evidence.unread import Kind, Unread
from compliance.rules.periods import Comparison, Duration, Meets, band, compare, month_band
from compliance.rules.reach import CopyBasis, StoreReach, total_with_copies
from compliance.standards import Requirement, Standard

MEETING = (Meets.MEETS, Meets.MEETS_NOMINAL)
NEAR_MISS_DAYS = 4
"""180 days miss six months by 1 to 4 days: a failure, but a slight one."""
DECLARE = (
    "a store that keeps it, declared in declarations.yaml by whoever owns it; or the statement no-other-stores there"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """How long records are to be kept; `hot` asks for searchable, else for retrievable.

    `lake`: what can be searched in the data lake alone counts as searchable.
    """

    duration: Duration
    hot: bool
    lake: bool = False

    def of(self, store: StoreReach) -> Duration | None:
        """Return how long a store keeps them in the way that is asked for, or None where that is not known."""
        return store.surely(hot=self.hot, lake=self.lake)


def asked_of(standard: Standard, *, hot: bool) -> Asked | None:
    """Return what a standard asks for, searchable or in total; None where it asks for nothing."""
    requirement: Requirement | None = standard.hot if hot else standard.total
    return None if requirement is None else asking(standard, requirement.duration, hot=hot)


def asking(standard: Standard, duration: Duration, *, hot: bool) -> Asked:
    """Return a period as this standard would ask for it."""
    return Asked(duration, hot, lake=hot and standard.lake_counts_as_searchable)


@dataclass(frozen=True, slots=True)
class Terms:
    """By what every question is judged: how months are counted, what was declared, and as of when."""

    scope: Scope
    declarations: Declarations
    as_of: AsOf

    def compare(self, kept: Duration | None, need: Asked) -> Comparison:
        """Compare how long records are kept with what is asked."""
        scope = self.scope
        return compare(kept, need.duration, strict=scope.strict_months, tolerance_days=scope.tolerance_days)

    def meets(self, kept: Duration | None, need: Asked) -> bool:
        """Say whether records are surely kept as long as asked."""
        return self.compare(kept, need).result in MEETING

    def might_meet(self, store: Store, need: Asked) -> bool:
        """Say whether a store, whatever is not known of it, may keep records as long as asked."""
        return self.compare(store.reach.possibly(hot=need.hot, lake=need.lake), need).result is not Meets.SHORT


@dataclass(frozen=True, slots=True)
class Declared:
    """A declared store that keeps a source as long as asked; `settles`: its declaration can be relied on.

    `counted` says from when its time counts, with the numbers; `why_not` why it cannot be relied on.
    """

    store: AttestedStore
    settles: bool
    counted: str
    why_not: str = ""


def declared_for(sources: tuple[str, ...], need: Asked, terms: Terms, *, first: Duration | None) -> Declared | None:
    """Return a declared store that keeps a log long enough, one that can be relied on before any other.

    `sources` are the ids of log sources that the log is part of; `first` is how long the store that records are moved
    from surely keeps them, None where that is not known. What is moved later than that is gone before.
    """
    lapsed: Declared | None = None
    for store in terms.declarations.stores:
        if not set(sources) & set(store.sources) or not terms.meets(_declared_time(store, need), need):
            continue
        why = _why_not(store, terms.as_of, first)
        if why is None:
            return Declared(store, settles=True, counted=_counted(store, need))
        lapsed = Declared(store, settles=False, counted=_counted(store, need), why_not=why)
    return lapsed


def _declared_time(store: AttestedStore, need: Asked) -> Duration | None:
    if need.hot:
        return store.hot
    if store.moved_after is not None and store.kept_after_move is not None:
        return total_with_copies(store.moved_after, ((CopyBasis.MOVED, store.kept_after_move),))
    return store.total


def _counted(store: AttestedStore, need: Asked) -> str:
    """Say from when a declared time counts: copied as records are written, or moved later, with the numbers."""
    kept = _declared_time(store, need)
    if need.hot or kept is None:
        return "searchable from creation"
    if store.moved_after is not None and store.kept_after_move is not None:
        return f"moved: {store.moved_after} + {store.kept_after_move} after the move = {kept}"
    return f"copied at creation: {kept} from then on"


def _why_not(store: AttestedStore, as_of: AsOf, first: Duration | None) -> str | None:
    """Say why a declaration cannot be relied on, or None where it can."""
    match store.standing(as_of):
        case DeclarationStanding.EXPIRED:
            return f"was declared to keep them, but only until {store.expires}"
        case DeclarationStanding.UNDATED:
            return "is declared to keep them, but without a date or an expiry"
        case DeclarationStanding.NOT_YET:
            return f"was declared on {store.declared_on}, after this evidence was read: collect again"
        case DeclarationStanding.CURRENT if store.copied is Copied.AT_CREATION:
            return None
    if store.moved_after is None:
        return "receives records when they leave the first store, and nobody declares that they do so in time"
    if first is None:
        return f"receives records {store.moved_after} after creation, and how long the first store keeps them is unread"
    if band(first)[0] < band(store.moved_after)[1]:
        return (
            f"receives records {store.moved_after} after creation, but the first store surely keeps them {first} only"
        )
    return None


def declared_by(store: AttestedStore) -> str:
    """Say who declares a store, since when and until when."""
    return f"declared by {store.owner} on {store.declared_on}, valid to {store.expires}"


def other_store(terms: Terms, unseen: Unread | None) -> Unread | None:
    """Say why a store that nothing read shows may hold a log; None where somebody states that there is none.

    `unseen` says why a store in Azure may have been missed, whatever anybody states.
    """
    if terms.declarations.statement("no-other-stores", terms.as_of) is None:
        reason = "whether a store that was not read keeps it longer, nobody says"
        return Unread(Kind.NEEDS_ATTESTATION, "declarations.yaml", reason, DECLARE)
    return unseen


def span_text(span: tuple[int, int] | None) -> str:
    """Say in brackets how many days are missing, by the day on which a month begins; nothing where nobody knows."""
    if span is None:
        return ""
    least, most = span
    return f" (short by {most} days)" if least == most else f" (short by {least} to {most} days)"


def counting(sources: tuple[str, ...], stores: tuple[Store, ...], need: Asked, terms: Terms) -> tuple[str, ...]:
    """Say how total times count where none is enough, and where one might take them for a sum.

    Copies that are made at creation run side by side; only what is moved when the first store ends is added.
    """
    if need.hot:
        return ()
    known = [one.reach.total for one in stores if one.doubt is None and one.reach.total is not None]
    if any(terms.meets(kept, need) for kept in known):
        return ()
    declared = [store for store in terms.declarations.stores if set(sources) & set(store.sources)]
    copied = [store for store in declared if store.copied is Copied.AT_CREATION and store.total is not None]
    known.extend(store.total for store in copied if store.total is not None)
    notes = [f"{store.name} is declared, {_counted(store, need)}" for store in declared]
    longest = sorted(known, key=band, reverse=True)[:2]
    if len(longest) == 2:
        both = total_with_copies(longest[0], ((CopyBasis.MOVED, longest[1]),))
        if terms.meets(both, need):
            notes.append(
                f"copied at creation: {longest[0]}{_in_months(longest[0])} and {longest[1]} run side by side and are"
                f" {longest[0]} in all, not {both}"
            )
    return tuple(notes)


def _in_months(duration: Duration) -> str:
    """Say in brackets which number of months some days are, where they are one."""
    days = duration.days
    if days is None:
        return ""
    months = round(days / 30.44)
    least, most = month_band(months)
    return f" ({months} months)" if months and least <= days <= most else ""
