"""Are the required logs of Microsoft Entra ID sent out, all of them to one destination that is there?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from compliance.assessment.declarations import AttestedStore, Copied
from compliance.assessment.stores import Terms, declared_by
from compliance.assessment.verdict import Basis, Fail, Indeterminate, Pass, Verdict
from compliance.evidence.derived import EntraReach
from compliance.evidence.derived.entra import Destination
from compliance.evidence.unread import Kind, Unread
from compliance.rules.entra_logs import ENTRA_LOGS

_FACTS = ("entra.conditional-logs", "entra.sign-in-export")


def export_verdict(sources: Sequence[str], entra: EntraReach, terms: Terms) -> Verdict:
    """Judge the destinations one by one: what one of them lacks, another does not make up for.

    Logs that the tenant surely cannot have are not asked for.
    """
    needed = tuple(source for source in sources if entra.logs[source].lacking is None)
    left_out = tuple(
        f"{ENTRA_LOGS[source].category} is not asked for: no subscription carries {entra.logs[source].lacking}"
        for source in sources
        if source not in needed
    )
    full = [one for one in entra.destinations if one.exported.issuperset(needed)]
    for destination in full:
        if destination.not_live is None:
            return Pass(
                condition=f"all {len(needed)} required categories go to {destination.name}",
                cause=f"the diagnostic settings that name {destination.name}",
                facts=_FACTS,
                notes=left_out,
            )
    store = _declared(needed, terms) if full else None
    if store is not None:
        return Pass(
            condition=f"all {len(needed)} required categories go to {full[0].name};"
            f" {store.name} is declared to hold them",
            cause=declared_by(store),
            facts=_FACTS,
            basis=Basis.ATTESTED,
            notes=left_out,
        )
    doubts = tuple(dict.fromkeys(_doubts(needed, entra)))
    if doubts:
        return Indeterminate(
            kind=doubts[0].kind,
            condition="; ".join(dict.fromkeys(doubt.reason for doubt in doubts)),
            settle="; ".join(dict.fromkeys(doubt.settle for doubt in doubts)),
            cause=_best_text(needed, entra) if entra.destinations else "",
            facts=_FACTS,
            notes=left_out,
        )
    return Fail(
        condition=_best_text(needed, entra),
        cause=f"{len(entra.destinations)} destinations of diagnostic settings, none of which gets all",
        facts=_FACTS,
        notes=left_out,
    )


def _declared(needed: Sequence[str], terms: Terms) -> AttestedStore | None:
    for store in terms.declarations.stores:
        if store.is_current(terms.as_of) and store.copied is Copied.AT_CREATION and set(needed) <= set(store.sources):
            return store
    return None


def _doubts(needed: Sequence[str], entra: EntraReach) -> Iterator[Unread]:
    """Yield why it may be that one destination gets everything."""
    if entra.settings_unread is not None:
        yield entra.settings_unread
    for destination in entra.destinations:
        missing = [source for source in needed if source not in destination.exported]
        conditions = {source: entra.logs[source].condition for source in missing}
        if any(source not in destination.possible and conditions[source] is None for source in missing):
            continue
        yield from (condition for condition in conditions.values() if condition is not None)
        exportable = (entra.logs[source].exportable for source in missing)
        yield from (unread for unread in exportable if isinstance(unread, Unread))
        if destination.unclear.intersection(missing):
            yield _uncertain(destination, missing)
        if destination.not_live is not None:
            yield destination.not_live


def _uncertain(destination: Destination, missing: Sequence[str]) -> Unread:
    names = ", ".join(ENTRA_LOGS[source].category for source in missing if source in destination.unclear)
    return Unread(
        Kind.UNPROVEN,
        "arm.entra_diagnostic_settings",
        f"whether the diagnostic settings send {names} to {destination.name} cannot be told",
        "a diagnostic setting that names each category, enabled",
    )


def _best_text(needed: Sequence[str], entra: EntraReach) -> str:
    if not entra.destinations:
        return "no diagnostic setting that was read exports any of the required categories"
    best = max(entra.destinations, key=lambda one: (len(one.exported.intersection(needed)), one.not_live is None))
    missing = [ENTRA_LOGS[source].category for source in needed if source not in best.exported]
    if not missing:
        return f"all {len(needed)} required categories go to {best.name}"
    there = len(needed) - len(missing)
    text = f"{there} of {len(needed)} required categories go to {best.name}; missing there: {', '.join(missing)}"
    barred = {
        log.export_needs.value: None
        for log in (ENTRA_LOGS[source] for source in needed)
        if log.export_needs is not None and entra.logs[log.id].exportable is False
    }
    return text + "".join(f"; no subscription carries {need}, and sign-in logs go nowhere without" for need in barred)
