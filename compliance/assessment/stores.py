"""What a store must keep, and what stores that somebody declared keep."""

from __future__ import annotations

from dataclasses import dataclass

from compliance.assessment.declarations import AttestedStore, Copied, Declarations, DeclarationStanding
from compliance.evidence.evidence import AsOf
from compliance.evidence.scope import Scope
from compliance.rules.periods import Comparison, Duration, Meets, compare
from compliance.rules.reach import StoreReach

MEETING = (Meets.MEETS, Meets.MEETS_NOMINAL)
NEAR_MISS_DAYS = 4
"""180 days miss six months by 1 to 4 days: a failure, but a slight one."""


@dataclass(frozen=True, slots=True)
class Asked:
    """How long records are to be kept; `hot` asks for searchable, else for retrievable."""

    duration: Duration
    hot: bool

    def of(self, store: StoreReach) -> Duration | None:
        """Return how long a store keeps them in the way that is asked for, or None where that is not known."""
        return store.hot if self.hot else store.total


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


@dataclass(frozen=True, slots=True)
class Declared:
    """A declared store that keeps a source as long as asked; `settles`: its declaration can be relied on."""

    store: AttestedStore
    settles: bool


def declared_for(source: str, need: Asked, terms: Terms) -> Declared | None:
    """Return a declared store that keeps a log source long enough, one that can be relied on before any other."""
    lapsed: Declared | None = None
    for store in terms.declarations.stores_for(source):
        if terms.meets(store.hot if need.hot else store.total, need):
            if store.is_current(terms.as_of) and store.copied is Copied.AT_CREATION:
                return Declared(store, settles=True)
            lapsed = Declared(store, settles=False)
    return lapsed


def why_not(store: AttestedStore, as_of: AsOf) -> str:
    """Say why a declaration cannot be relied on."""
    match store.standing(as_of):
        case DeclarationStanding.EXPIRED:
            return f"was declared to keep them, but only until {store.expires}"
        case DeclarationStanding.UNDATED:
            return "is declared to keep them, but without a date or an expiry"
        case DeclarationStanding.NOT_YET:
            return f"was declared on {store.declared_on}, after this evidence was read: collect again"
        case DeclarationStanding.CURRENT:
            return "receives records when they leave the first store, and nobody declares that they do so in time"


def declared_by(store: AttestedStore) -> str:
    """Say who declares a store, since when and until when."""
    return f"declared by {store.owner} on {store.declared_on}, valid to {store.expires}"


def span_text(span: tuple[int, int] | None) -> str:
    """Say in brackets how many days are missing, by the day on which a month begins; nothing where nobody knows."""
    if span is None:
        return ""
    least, most = span
    return f" (short by {most} days)" if least == most else f" (short by {least} to {most} days)"
