"""Are the required logs of Microsoft Entra ID sent out, all of them to one destination that is there?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from compliance.assessment.stores import Terms, declared_by
from compliance.assessment.verdict import Basis, Fail, Indeterminate, Pass, Verdict
from compliance.evidence.derived import EntraReach
from compliance.evidence.derived.entra import Destination
from compliance.evidence.derived.sinks import Sink
from compliance.evidence.derived.standing import Gone
from compliance.evidence.unread import Kind, Unread
from compliance.rules.entra_logs import ENTRA_LOGS

_FACTS = ("entra.conditional-logs", "entra.sign-in-export")
_SETTINGS = "arm.entra_diagnostic_settings"
_TRANSPORT = (Sink.EVENT_HUB, Sink.PARTNER)


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
        if _open(destination) is None and not _is_gone(destination):
            return Pass(
                condition=f"all {len(needed)} required categories go to {destination.name}",
                cause=f"the diagnostic settings that name {destination.name}",
                facts=_FACTS,
                notes=left_out,
            )
    declared = terms.declarations.holding(set(needed), terms.as_of)
    store = declared if any(not _is_gone(one) for one in full) else None
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
        cause=f"{len(entra.destinations)} destinations of diagnostic settings, none of which gets all and takes it in",
        facts=_FACTS,
        notes=left_out,
    )


def _is_gone(destination: Destination) -> bool:
    """Say whether a destination surely takes nothing in, for good."""
    return isinstance(destination.standing, Gone) and not destination.standing.for_now


def _open(destination: Destination) -> Unread | None:
    """Say why it is not known that a destination keeps what it gets; what passes logs on keeps nothing itself."""
    if destination.not_live is not None or destination.kind not in _TRANSPORT:
        return destination.not_live
    reason = f"{destination.name} passes logs on, and the store behind it is not read"
    settle = f"a declaration of the store behind {destination.name} in declarations.yaml, by whoever owns it"
    return Unread(Kind.NEEDS_ATTESTATION, _SETTINGS, reason, settle)


def _doubts(needed: Sequence[str], entra: EntraReach) -> Iterator[Unread]:
    """Yield why it may be that one destination gets everything."""
    if entra.settings_unread is not None:
        yield entra.settings_unread
    for destination in entra.destinations:
        missing = [source for source in needed if source not in destination.exported]
        conditions = {source: entra.logs[source].condition for source in missing}
        never = any(source not in destination.possible and conditions[source] is None for source in missing)
        if never or _is_gone(destination):
            continue
        yield from (condition for condition in conditions.values() if condition is not None)
        exportable = (entra.logs[source].exportable for source in missing)
        yield from (unread for unread in exportable if isinstance(unread, Unread))
        if destination.unclear.intersection(missing):
            yield _uncertain(destination, missing)
        doubt = _open(destination)
        if doubt is not None:
            yield doubt


def _uncertain(destination: Destination, missing: Sequence[str]) -> Unread:
    names = ", ".join(ENTRA_LOGS[source].category for source in missing if source in destination.unclear)
    return Unread(
        Kind.UNPROVEN,
        _SETTINGS,
        f"whether the diagnostic settings send {names} to {destination.name} cannot be told",
        "a diagnostic setting that names each category, enabled",
    )


def _best_text(needed: Sequence[str], entra: EntraReach) -> str:
    if not entra.destinations:
        return "no diagnostic setting that was read exports any of the required categories"
    best = max(entra.destinations, key=lambda one: (not _is_gone(one), len(one.exported.intersection(needed))))
    missing = [ENTRA_LOGS[source].category for source in needed if source not in best.exported]
    gone = f"; {best.standing.because}" if isinstance(best.standing, Gone) else ""
    if not missing:
        return f"all {len(needed)} required categories go to {best.name}{gone}"
    there = len(needed) - len(missing)
    text = f"{there} of {len(needed)} required categories go to {best.name}{gone}; missing there: {', '.join(missing)}"
    barred = {
        log.export_needs.value: None
        for log in (ENTRA_LOGS[source] for source in needed)
        if log.export_needs is not None and entra.logs[log.id].exportable is False
    }
    return text + "".join(f"; no subscription carries {need}, and sign-in logs go nowhere without" for need in barred)
