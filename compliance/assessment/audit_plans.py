"""Does everybody who acts hold the plan that a period of more than 180 days in Purview rests on?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from compliance.assessment.logs import best_store, possible_store
from compliance.assessment.retention import Case
from compliance.assessment.retention_parts import rests_on
from compliance.assessment.stores import Asked, Declared, declared_for
from compliance.assessment.verdict import Basis, Fail, Indeterminate, NotApplicable, Part, Parts, Pass, Verdict
from compliance.evidence.derived.actors import ActorGroup
from compliance.evidence.evidence import combined
from compliance.evidence.unread import Kind, Unread
from compliance.rules.classes import ActorKind
from compliance.rules.periods import Duration

WITHOUT_PLAN = Duration.of_days(180)
"""What Purview keeps of an account without Audit (Premium) (fact purview.standard-180-days)."""
_FACTS = ("purview.standard-180-days", "purview.licence-of-the-actor", "licences.plan-identifiers")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where records are kept long enough outside Purview; `doubt` says why that is not known."""

    name: str
    doubt: Unread | None
    declared: bool


def audit_plan_parts(sources: Sequence[str], asked: Asked, case: Case) -> Parts:
    """Return a part for each class of actors: does it hold Audit (Premium), where nothing else keeps its records?"""
    actors = case.retention.actors
    by_kind: dict[ActorKind, list[ActorGroup]] = {}
    for group in actors.groups:
        by_kind.setdefault(group.actor.kind, []).append(group)
    return Parts(
        tuple(
            Part(
                id=kind.value,
                title=kind.words,
                count=actors.count(kind),
                verdict=_verdict(kind, by_kind[kind], sources, asked, case),
                excluded=case.terms.scope.exclusion(kind),
            )
            for kind in ActorKind
            if kind in by_kind
        )
    )


def _verdict(
    kind: ActorKind, groups: Sequence[ActorGroup], sources: Sequence[str], asked: Asked, case: Case
) -> Verdict:
    if kind is ActorKind.NON_USER:
        return NotApplicable(
            condition="no plan changes how long their records are kept: RET-01, RET-02 and RET-08 judge it"
        )
    if kind is ActorKind.GUEST:
        return NotApplicable(condition="guests are kept 180 days whatever they hold: RET-01 and RET-02 judge it")
    without = [group for group in groups if group.actor.premium is False]
    unknown = [group for group in groups if group.actor.premium is None]
    if not without and not unknown:
        return Pass(condition="each holds an enabled Audit (Premium) plan", cause=_example(groups[0]), facts=_FACTS)
    elsewhere = _elsewhere(sources, asked, case)
    if isinstance(elsewhere, Pass | Indeterminate):
        return elsewhere
    if without and kind is not ActorKind.DISABLED:
        return Fail(
            condition=f"without Audit (Premium) Purview keeps {WITHOUT_PLAN.text}, and {asked.duration.text} are asked",
            cause=_example(without[0]),
            facts=_FACTS,
        )
    if without:
        return Indeterminate(
            kind=Kind.UNPROVEN,
            condition="they hold no Audit (Premium), and settings cannot show that they write nothing",
            settle="audit records that show whether they acted; or leave the class out in config.yaml, with the reason",
            cause=_example(without[0]),
            facts=_FACTS,
        )
    unread = case.retention.actors.unread
    settle = "userType, accountEnabled and licences, which were absent or contradict each other"
    return Indeterminate(
        kind=combined(unread).kind if unread else Kind.MALFORMED,
        condition="whether they hold Audit (Premium) is unread",
        settle=combined(unread).settle if unread else f"{settle}: {unknown[0].example}",
        cause=_example(unknown[0]),
        facts=_FACTS,
    )


def _elsewhere(sources: Sequence[str], asked: Asked, case: Case) -> Verdict | None:
    """Return what holds where each source is kept long enough outside Purview, or may be; None where one is not."""
    found = [_kept_elsewhere(source, asked, case) for source in sources]
    places = [place for place in found if place is not None]
    if len(places) < len(found):
        return None
    names = ", ".join(dict.fromkeys(place.name for place in places))
    doubts = tuple(dict.fromkeys(place.doubt for place in places if place.doubt is not None))
    if doubts:
        return Indeterminate(
            kind=doubts[0].kind,
            condition=f"they hold no Audit (Premium), or that is unread; {names} may keep their records instead:"
            f" {'; '.join(doubt.reason for doubt in doubts)}",
            settle="; ".join(dict.fromkeys(doubt.settle for doubt in doubts)),
            facts=_FACTS,
        )
    declared = any(place.declared for place in places)
    return Pass(
        condition=f"nothing rests on the plan: {names} {'is declared to keep' if declared else 'keeps'} every required"
        " record long enough",
        cause=f"the declaration of {names}" if declared else f"the copies in {names}",
        basis=Basis.ATTESTED if declared else Basis.CONFIGURED,
        facts=_FACTS,
        rests_on=rests_on(copied=not all(place.declared for place in places)),
    )


def _kept_elsewhere(source: str, asked: Asked, case: Case) -> _Place | None:
    """Return where a source is kept long enough outside Purview: for sure, by declaration, or perhaps."""
    copies = case.copies.stores[source]
    copy = best_store(copies, asked)
    if copy is not None and case.terms.meets(asked.of(copy.reach), asked):
        return _Place(copy.reach.store, None, declared=False)
    declared = declared_for((source,), asked, case.terms, first=WITHOUT_PLAN)
    if declared is not None:
        return _Place(declared.store.name, None if declared.settles else _lapsed(declared), declared=True)
    possible = possible_store(copies, asked, case.terms)
    return None if possible is None else _Place(possible.reach.store, possible.doubt, declared=False)


def _lapsed(declared: Declared) -> Unread:
    name = declared.store.name
    reason = f"{name} {declared.why_not}"
    return Unread(Kind.NEEDS_ATTESTATION, "declarations.yaml", reason, f"a valid declaration of {name}")


def _example(group: ActorGroup) -> str:
    return f"{group.example} (one of {group.count:,})" if group.count and group.count > 1 else group.example
