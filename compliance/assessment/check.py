"""How a check is declared: one function, whose parameters are the evidence it needs."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass

from compliance.assessment.verdict import Parts, Severity, Verdict

CheckFunction = Callable[..., Verdict | Parts]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mappings:
    """The same control elsewhere. CIS numbers differ by version, so each carries its own."""

    nist_800_53: tuple[str, ...]
    scuba: tuple[str, ...] = ()
    cis_m365: tuple[str, ...] = ()
    attack: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A control and the function that judges it.

    `tests` is "design" where the setting is judged, "operation" where what happened is. `standards` names the only
    standards that ask for it; None means that it is asked for by every standard, or by none in particular.
    """

    id: str
    group: str
    title: str
    text: str
    severity: Severity
    tests: str
    mappings: Mappings
    effect: str
    remediation: tuple[str, ...]
    lesson: str
    facts: tuple[str, ...]
    standards: frozenset[str] | None
    function: CheckFunction


def check(
    check_id: str,
    *,
    severity: Severity,
    tests: str,
    mappings: Mappings,
    effect: str,
    remediation: tuple[str, ...],
    lesson: str,
    facts: tuple[str, ...],
    standards: frozenset[str] | None = None,
) -> Callable[[CheckFunction], Check]:
    """Declare a check.

    The docstring's first line is its title; its whole text is what `lookback checks ID` prints. `effect` says what
    a failure means for an investigation, `remediation` holds the exact commands, each of which adds and never
    overwrites, and `lesson` what Storm-0558 taught. The group is the folder that the module lies in.
    """

    def declare(function: CheckFunction) -> Check:
        text = inspect.getdoc(function)
        if not text:
            raise TypeError(f"{check_id} has no docstring")
        title, _, _ = text.partition("\n")
        return Check(
            id=check_id,
            group=function.__module__.split(".")[-2].replace("_", " "),
            title=title.rstrip("."),
            text=text,
            severity=severity,
            tests=tests,
            mappings=mappings,
            effect=effect,
            remediation=remediation,
            lesson=lesson,
            facts=facts,
            standards=standards,
            function=function,
        )

    return declare
