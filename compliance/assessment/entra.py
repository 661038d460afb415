"""The logs of Microsoft Entra ID, each with its stores, as parts of a finding."""

from __future__ import annotations

from collections.abc import Sequence

from compliance.assessment.logs import HeldLog, judge_log, log_verdict, lost_to
from compliance.assessment.stores import Asked, Terms
from compliance.assessment.verdict import Part, Parts
from compliance.evidence.derived import EntraReach
from compliance.evidence.derived.entra import Destination, LogReach
from compliance.rules.entra_logs import ENTRA_LOGS
from compliance.standards import Standard


def entra_sources(standard: Standard, *, core: bool | None = None) -> tuple[str, ...]:
    """Return the logs of Entra that a standard requires; `core` picks sign-ins and audit logs, or all others."""
    logs = (ENTRA_LOGS[source.id] for source in standard.sources if source.id in ENTRA_LOGS)
    return tuple(log.id for log in logs if core is None or log.core is core)


def entra_log(reach: LogReach, destinations: Sequence[Destination] = ()) -> HeldLog:
    """Return a log of Entra as any other log: its diagnostic settings name every store, so that there is no other.

    `destinations` are those of the settings, to tell which of them are lost.
    """
    log = reach.log
    return HeldLog(
        source=log.id,
        name=log.category,
        stores=reach.stores,
        facts=log.facts,
        lacking=reach.lacking,
        condition=reach.condition,
        lost=lost_to((one.name, one.standing) for one in destinations if log.id in one.exported | one.possible),
        note=None if log.needs is None else f"holds records only with {log.needs.value}, yet is to be exported",
    )


def entra_parts(sources: Sequence[str], asked: Asked, entra: EntraReach, terms: Terms) -> Parts:
    """Return a part for each log, decided by the store that surely keeps it the longest."""
    return Parts(
        tuple(
            Part(
                id=source,
                title=ENTRA_LOGS[source].title,
                count=1,
                verdict=log_verdict(judge_log(entra_log(entra.logs[source], entra.destinations), asked, terms), terms),
            )
            for source in sources
        )
    )
