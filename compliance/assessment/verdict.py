"""What a check concludes: a closed union, each member with its reason."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import assert_never

from compliance.evidence.population import Affected, Coverage, Tally
from compliance.evidence.unread import Kind, Unread
from compliance.rules.facts import Certainty


class Status(StrEnum):
    """The status of a finding or of one of its parts."""

    PASS = "pass"
    FAIL = "fail"
    INDETERMINATE = "indeterminate"
    NOT_APPLICABLE = "not_applicable"


class Basis(StrEnum):
    """On what a verdict rests: a setting, a record seen, somebody's word, or an administrator's export."""

    CONFIGURED = "configured"
    OBSERVED = "observed"
    ATTESTED = "attested"
    IMPORTED = "imported"


class Severity(StrEnum):
    """How much a failure matters."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


SEVERITY_ORDER = (Severity.LOW, Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """The control holds. `cause` is the witness: the setting, class, policy or store that decides.

    A `certainty` of None: something is unread, and every reading of it holds. `rests_on` are the datasets that it rests
    on, None where they are all that the check takes: what weakens others takes nothing from it.
    """

    condition: str
    cause: str
    facts: tuple[str, ...] = ()
    certainty: Certainty | None = Certainty.HIGH
    would_be: str | None = None
    basis: Basis = Basis.CONFIGURED
    notes: tuple[str, ...] = ()
    tally: Tally | None = None
    rests_on: frozenset[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fail:
    """The control does not hold. `severity` replaces the check's own where the shortfall is slight."""

    condition: str
    cause: str
    facts: tuple[str, ...] = ()
    certainty: Certainty | None = Certainty.HIGH
    would_be: str | None = None
    basis: Basis = Basis.CONFIGURED
    notes: tuple[str, ...] = ()
    severity: Severity | None = None
    tally: Tally | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Indeterminate:
    """It cannot be said whether the control holds; `settle` is what would tell."""

    kind: Kind
    condition: str
    settle: str
    cause: str = ""
    facts: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    tally: Tally | None = None

    @classmethod
    def because(cls, unread: Unread) -> Indeterminate:
        """Return the verdict of a check whose evidence is unread."""
        return cls(kind=unread.kind, condition=f"{unread.dataset}: {unread.reason}", settle=unread.settle)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotApplicable:
    """The control asks nothing here, and why."""

    condition: str
    notes: tuple[str, ...] = ()


Verdict = Pass | Fail | Indeterminate | NotApplicable


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One class of what a check judges, with a verdict of its own; `excluded` is the reason it does not count."""

    id: str
    title: str
    count: int | None
    verdict: Verdict
    excluded: str | None = None


@dataclass(frozen=True, slots=True)
class Parts:
    """The conclusion of a check that judges classes one by one: the worst of those in scope decides.

    `notes` are about no class in particular.
    """

    parts: tuple[Part, ...]
    notes: tuple[str, ...] = ()

    def in_scope(self) -> tuple[Part, ...]:
        """Return the parts that count."""
        return tuple(part for part in self.parts if part.excluded is None)


def status_of(verdict: Verdict) -> Status:
    """Return the status that a verdict shows as."""
    match verdict:
        case Pass():
            return Status.PASS
        case Fail():
            return Status.FAIL
        case Indeterminate():
            return Status.INDETERMINATE
        case NotApplicable():
            return Status.NOT_APPLICABLE
        case _:
            assert_never(verdict)


def resting_on(parts: Parts, datasets: frozenset[str]) -> Parts:
    """Return parts whose passes rest on these datasets alone, where they do not say so themselves."""
    return replace(
        parts,
        parts=tuple(
            replace(part, verdict=replace(part.verdict, rests_on=datasets))
            if isinstance(part.verdict, Pass) and part.verdict.rests_on is None
            else part
            for part in parts.parts
        ),
    )


BADNESS = (Status.NOT_APPLICABLE, Status.PASS, Status.INDETERMINATE, Status.FAIL)
OPEN = (Status.FAIL, Status.INDETERMINATE)
"""The statuses that leave something to act on."""
_RANK = {Status.PASS: 0, Status.NOT_APPLICABLE: 0, Status.INDETERMINATE: 1, Status.FAIL: 2}


def step(was: Status, now: Status) -> int:
    """Return above 0 for the worse, below 0 for the better; a failure that became an open question is no step."""
    if was is Status.FAIL and now is Status.INDETERMINATE:
        return 0
    return _RANK[now] - _RANK[was]


def badness(verdict: Verdict) -> int:
    """Rank a verdict: a failure outranks what is unknown, which outranks a pass."""
    return BADNESS.index(status_of(verdict))


def decide(tally: Tally, *, met: str, broken: str, settle: str, cause: str) -> Verdict:
    """Turn a tally into a verdict: one violation fails, and only a population seen whole can pass.

    `met` and `broken` are sentences about the population and may hold `{count}`; `{s}` and `{es}` in `broken` end a
    word in the plural.
    """
    if tally.violating:
        known = "" if tally.coverage is Coverage.WHOLE else "at least "
        notes = (f"{tally.undecided} more could not be decided",) if tally.undecided else ()
        s, es = ("", "") if tally.violating == 1 else ("s", "es")
        condition = broken.format(count=f"{known}{tally.violating:,}", s=s, es=es)
        return Fail(condition=condition, cause=_first(tally, None), notes=notes, tally=tally)
    if tally.shortfall is not None:
        return Indeterminate(
            kind=tally.shortfall.kind,
            condition=f"{tally.shortfall.reason}; {tally.satisfied:,} objects were seen and none is at fault",
            settle=tally.shortfall.settle,
            tally=tally,
        )
    if tally.undecided or tally.coverage is not Coverage.WHOLE or not tally.total:
        kind = open_kind(tally)
        unseen = f"{tally.satisfied:,} objects were seen, and nobody knows whether they are all"
        words = "are unproven" if kind is Kind.UNPROVEN else "could not be decided"
        return Indeterminate(
            kind=Kind.INCOMPLETE if kind is None else kind,
            condition=unseen if kind is None else f"{tally.undecided:,} of {tally.total:,} {words}",
            settle=settle,
            cause=_first(tally, kind),
            tally=tally,
        )
    return Pass(condition=met.format(count=f"{tally.satisfied:,}"), cause=cause, tally=tally)


def open_kind(tally: Tally) -> Kind | None:
    """Return the kind of what leaves a tally undecided, or None where nothing does: anything before unproven."""
    kinds = dict.fromkeys(one.kind for one in tally.affected if one.kind is not None)
    for kind in kinds:
        if kind is not Kind.UNPROVEN:
            return kind
    return Kind.UNPROVEN if kinds else None


def _first(tally: Tally, kind: Kind | None) -> str:
    witness: Affected | None = next((one for one in tally.affected if one.kind is kind), None)
    return f"{witness.name}: {witness.why}" if witness else ""
