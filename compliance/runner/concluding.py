"""What a check concludes from its arguments: never a pass on what was not read, or on evidence that nobody dated."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import replace

from compliance.assessment.check import Check
from compliance.assessment.verdict import (
    Indeterminate,
    Parts,
    Pass,
    Verdict,
)
from compliance.errors import LookbackError
from compliance.evidence.evidence import Arguments, Evidence, parameters
from compliance.evidence.unread import Kind, PropertyUnreadError, Unread
from compliance.standards import Standard

_log = logging.getLogger(__name__)


def asked_under(one: Check, standards: Sequence[Standard]) -> Iterable[Standard | None]:
    """Return the standards that a check is judged under: those given that it takes into account, or none at all."""
    if not any(kind is Standard for _, kind, _ in parameters(one.function)):
        return (None,)
    return [standard for standard in standards if one.standards is None or standard.id in one.standards]


def conclude(one: Check, arguments: Arguments) -> Verdict | Parts:
    """Call a check and return what it concludes; what it lacks, or breaks on, leaves it open."""
    if arguments.missing:
        first = Indeterminate.because(arguments.missing[0])
        rest = [Indeterminate.because(unread) for unread in arguments.missing[1:]]
        return replace(
            first,
            condition="; ".join((first.condition, *(other.condition for other in rest))),
            settle="; ".join((first.settle, *(other.settle for other in rest))),
        )
    try:
        return one.function(**arguments.values)
    except PropertyUnreadError as error:
        names = ", ".join(sorted(arguments.datasets))
        return Indeterminate(kind=Kind.MALFORMED, condition=f"{names}: {error}", settle=f"read again: {names}")
    except LookbackError:
        raise
    except Exception as error:
        _log.debug("check %s failed", one.id, exc_info=True)
        return Indeterminate(
            kind=Kind.INTERNAL_ERROR,
            condition=f"the check itself failed: {type(error).__name__}",
            settle="run again with --debug and report the traceback; the other checks are not affected",
        )


def without_weak_passes(conclusion: Verdict | Parts, arguments: Arguments, evidence: Evidence) -> Verdict | Parts:
    """Evidence that nobody dated may show a fault, but not that there is none."""

    def weaken(verdict: Verdict) -> Verdict:
        weaknesses = _weaknesses(verdict, arguments, evidence) if isinstance(verdict, Pass) else ()
        if not isinstance(verdict, Pass) or not weaknesses:
            return verdict
        doubts = "; ".join(f"{one.dataset}: {one.reason}" for one in weaknesses)
        return Indeterminate(
            kind=weaknesses[0].kind,
            condition=f"{verdict.condition}; but {doubts}",
            settle="; ".join(one.settle for one in weaknesses),
            cause=verdict.cause,
            facts=verdict.facts,
            notes=verdict.notes,
            tally=verdict.tally,
        )

    if isinstance(conclusion, Parts):
        return replace(
            conclusion, parts=tuple(replace(part, verdict=weaken(part.verdict)) for part in conclusion.parts)
        )
    return weaken(conclusion)


def _weaknesses(verdict: Pass, arguments: Arguments, evidence: Evidence) -> tuple[Unread, ...]:
    """Return what keeps a pass from being relied on: of what the check takes, and of what it rests on besides."""
    if verdict.rests_on is None:
        return arguments.weaknesses
    own = (one for one in arguments.weaknesses if one.dataset in verdict.rests_on)
    besides = (one for name in sorted(verdict.rests_on - arguments.datasets) for one in evidence.weakening(name))
    return (*own, *besides)


def besides(conclusion: Verdict | Parts) -> frozenset[str]:
    """Return the datasets that passes say they rest on."""
    verdicts = [part.verdict for part in conclusion.parts] if isinstance(conclusion, Parts) else [conclusion]
    return frozenset[str]().union(
        *(one.rests_on for one in verdicts if isinstance(one, Pass) and one.rests_on is not None)
    )
