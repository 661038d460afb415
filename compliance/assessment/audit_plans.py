"""Does everybody who acts hold the plan that a period of more than 180 days in Purview rests on?"""

from __future__ import annotations

from collections.abc import Sequence

from compliance.assessment.retention import Case, connected
from compliance.assessment.stores import Asked, declared_for
from compliance.assessment.verdict import Basis, Fail, Indeterminate, NotApplicable, Part, Parts, Pass, Verdict
from compliance.evidence.derived.actors import ActorGroup
from compliance.evidence.evidence import combined
from compliance.evidence.unread import Kind
from compliance.rules.classes import ActorKind
from compliance.rules.periods import Duration

WITHOUT_PLAN = Duration.of_days(180)
"""What Purview keeps of an account without Audit (Premium) (fact purview.standard-180-days)."""
_FACTS = ("purview.standard-180-days", "purview.licence-of-the-actor", "licences.plan-identifiers")


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
    names: dict[str, None] = {}
    settled = True
    for source in sources:
        declared = declared_for(source, asked, case.terms)
        table = connected(source, asked, case)
        if declared is not None:
            names[declared.store.name] = None
            settled = settled and declared.settles
        elif table is not None:
            names[table.store] = None
            settled = False
        else:
            return None
    stores = ", ".join(names)
    if settled:
        return Pass(
            condition=f"nothing rests on the plan: {stores} is declared to keep every required record long enough",
            cause=f"the declaration of {stores}",
            basis=Basis.ATTESTED,
            facts=_FACTS,
        )
    return Indeterminate(
        kind=Kind.NEEDS_ATTESTATION,
        condition=f"they hold no Audit (Premium), or that is unread; {stores} may keep their records instead",
        settle=f"a valid declaration of {stores}",
        facts=_FACTS,
    )


def _example(group: ActorGroup) -> str:
    return f"{group.example} (one of {group.count:,})" if group.count and group.count > 1 else group.example
