"""Does a short policy take time away from records that a standard requires?"""

from __future__ import annotations

from collections.abc import Sequence

from compliance.assessment.figures import duration_text
from compliance.assessment.retention import least_days, rows_of, what_settles
from compliance.assessment.verdict import Fail, Indeterminate, Part, Parts, Pass, Verdict
from compliance.evidence.derived import PurviewRetention
from compliance.evidence.derived.retention import ClassRetention, known_policies
from compliance.evidence.scope import Scope
from compliance.evidence.unread import Unread
from compliance.rules.classes import ActorKind
from compliance.rules.judging import Shortening, Undecided, shortened_by
from compliance.rules.periods import Duration
from compliance.rules.record_types import LOG_SOURCES


def shortening_parts(sources: Sequence[str], need: Duration, retention: PurviewRetention, scope: Scope) -> Parts:
    """Return a part for each class of actors; the policy that takes most away is its witness."""
    by_kind: dict[ActorKind, list[tuple[ClassRetention, Shortening | Undecided | None]]] = {}
    for row in rows_of(sources, retention):
        outcome = shortened_by(
            known_policies(retention.policies),
            row.group.actor,
            row.record,
            need,
            unresolved_user_ids=retention.actors.unresolved_user_ids,
            strict=scope.strict_months,
            tolerance_days=scope.tolerance_days,
        )
        by_kind.setdefault(row.group.actor.kind, []).append((row, outcome))
    return Parts(
        tuple(
            Part(
                id=kind.value,
                title=kind.words,
                count=retention.actors.count(kind),
                verdict=_verdict(by_kind[kind], need, retention),
                excluded=scope.exclusion(kind),
            )
            for kind in ActorKind
            if kind in by_kind
        )
    )


def _verdict(
    outcomes: Sequence[tuple[ClassRetention, Shortening | Undecided | None]],
    need: Duration,
    retention: PurviewRetention,
) -> Verdict:
    shortenings = [(row, outcome) for row, outcome in outcomes if isinstance(outcome, Shortening)]
    if shortenings:
        row, worst = min(shortenings, key=lambda pair: (least_days(pair[1].with_policy.credited), pair[0].source))
        names = sorted({LOG_SOURCES[one.source].title for one, _ in shortenings})
        return Fail(
            condition=f'policy "{worst.policy}" keeps {duration_text(worst.with_policy.credited)} where'
            f" {duration_text(worst.without_policy.credited)} would be kept without it: {', '.join(names)}",
            cause=f"{row.group.example}: {worst.with_policy.because}",
            facts=worst.with_policy.facts,
            certainty=worst.with_policy.certainty,
        )
    undecided = [row for row, outcome in outcomes if isinstance(outcome, Undecided)]
    unseen = [row for row, _ in outcomes if row.group.count is None and row.group.actor.kind is not ActorKind.NON_USER]
    if unseen and not undecided:
        kind, settle = what_settles(unseen[0], retention)
        return Indeterminate(
            kind=kind,
            condition="not every account was read, and a policy may name one that was not",
            settle=settle,
            cause=unseen[0].group.example,
        )
    if not undecided:
        return Pass(
            condition=f"no policy shorter than {need.text} takes time away",
            cause="each class is kept as long as without such policies",
        )
    row = undecided[0]
    kind, settle = what_settles(row, retention)
    condition = f"{LOG_SOURCES[row.source].title}: a policy may take time away, which what was read does not tell"
    if isinstance(retention.policies, Unread):
        condition = "the custom retention policies are unread, and any of them could take time away"
    return Indeterminate(kind=kind, condition=condition, settle=settle, cause=row.group.example)
