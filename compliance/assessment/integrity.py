"""From what protects the stores of logs to verdicts: a part for each store, and one for those that nobody saw."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence, Set

from compliance.assessment.azure import subscriptions_unseen
from compliance.assessment.stores import Terms
from compliance.assessment.verdict import Fail, Indeterminate, Part, Parts, Pass, Verdict
from compliance.evidence.derived import Stores
from compliance.evidence.derived.log_stores import LogContainer, LogStores, NamedStore
from compliance.evidence.derived.standing import Gone
from compliance.evidence.evidence import combined
from compliance.evidence.population import id_key
from compliance.evidence.unread import Kind, PropertyUnreadError, Unread
from compliance.rules.entra_logs import ENTRA_LOGS
from compliance.rules.facts import Certainty
from compliance.rules.log_sources import SOURCES

Judge = Callable[[NamedStore], Verdict | None]
"""Judges a store; None where it is surely not there, which EXP-02 tells of."""
_ANYWHERE = frozenset(one.id for one in SOURCES.values() if one.table is not None and one.id not in ENTRA_LOGS)
"""Log sources that a workspace in any subscription may hold: its Activity log, what connectors copy, what Defender
streams. The diagnostic settings of Microsoft Entra ID are the tenant's, and name what they send to."""


def store_parts(stores: Iterable[NamedStore], judge: Judge, unseen: Sequence[Unread]) -> Parts:
    """Return a part for each store that is there or may be, and one for those that nobody saw.

    What a store lacks that perhaps gets no logs is no failure.
    """
    parts: list[Part] = []
    for store in stores:
        try:
            verdict = judge(store)
        except PropertyUnreadError as error:
            verdict = Indeterminate(kind=Kind.MALFORMED, condition=str(error), settle=f"read again: {store.name}")
        if verdict is not None:
            parts.append(Part(id=id_key(store.id), title=store.name, count=1, verdict=unless(store.doubt, verdict)))
    return Parts((*parts, *unseen_parts(unseen)))


def container_parts(
    containers: Iterable[LogContainer], judge: Callable[[LogContainer], Verdict | None], unseen: Sequence[Unread]
) -> Parts:
    """Return a part for each container of logs, once however many logs are written to it, and one for those unseen.

    What a container lacks that perhaps gets no logs is no failure.
    """
    once: dict[tuple[str, str, str], LogContainer] = {}
    for one in containers:
        key = id_key(one.account), one.name, one.blobs.value
        if key not in once or (once[key].doubt is not None and one.doubt is None):
            once[key] = one
    parts: list[Part] = []
    for (account, name, _), one in sorted(once.items()):
        try:
            verdict = judge(one)
        except PropertyUnreadError as error:
            verdict = Indeterminate(kind=Kind.MALFORMED, condition=str(error), settle=f"read again: {one.title}")
        if verdict is not None:
            parts.append(Part(id=f"{account}/{name}", title=one.title, count=1, verdict=unless(one.doubt, verdict)))
    return Parts((*parts, *unseen_parts(unseen)))


def unseen_parts(unseen: Sequence[Unread], what: str = "stores") -> Iterator[Part]:
    """Yield the part of stores, or of what else is judged, that nobody saw, where there may be any."""
    if unseen:
        why = combined(tuple(dict.fromkeys(unseen)))
        verdict = Indeterminate(kind=why.kind, condition=f"there may be others: {why.reason}", settle=why.settle)
        yield Part(id="others", title=f"{what} that were not seen", count=None, verdict=verdict)


def stores_there(named: Iterable[NamedStore], stores: Stores) -> tuple[NamedStore, ...]:
    """Return the stores but for those that surely take nothing in for good, which EXP-02 tells of."""
    standings = ((one, stores.standing(one.kind, one.id)) for one in named)
    return tuple(one for one, standing in standings if not isinstance(standing, Gone) or standing.for_now)


def unseen_stores(stores: LogStores, terms: Terms) -> tuple[Unread, ...]:
    """Return why there may be stores of logs beyond those that were seen.

    Nobody sees a subscription without a role in it: they are all there where the tenant's declared list says so.
    """
    unlisted = subscriptions_unseen(stores.subscriptions, terms)
    return stores.unseen if unlisted is None else (*stores.unseen, unlisted)


def unseen_workspaces(stores: LogStores, terms: Terms) -> tuple[Unread, ...]:
    """Return why there may be workspaces with logs beyond those that were seen; nothing is passed on to a workspace."""
    doubts = (
        stores.entra_unread,
        stores.activity_unread,
        stores.copies_unread,
        subscriptions_unseen(stores.subscriptions, terms),
    )
    return tuple(dict.fromkeys(one for one in doubts if one is not None))


def unseen_of(stores: LogStores, sources: Set[str], terms: Terms) -> tuple[Unread, ...]:
    """Return why these log sources may lie in stores beyond those that were seen."""
    unlisted = None if sources.isdisjoint(_ANYWHERE) else subscriptions_unseen(stores.subscriptions, terms)
    unseen = stores.unseen_for(sources)
    return unseen if unlisted is None else (*unseen, unlisted)


def settled(
    faults: Sequence[str],
    unread: Sequence[Unread],
    *,
    met: str,
    cause: str,
    facts: tuple[str, ...],
    certainty: Certainty = Certainty.HIGH,
    notes: tuple[str, ...] = (),
) -> Verdict:
    """Return the verdict on a store: any fault fails, anything unread leaves it open, else it is as `met` says."""
    if faults:
        return Fail(condition="; ".join(faults), cause=cause, facts=facts, certainty=certainty, notes=notes)
    if unread:
        why = combined(tuple(dict.fromkeys(unread)))
        return Indeterminate(
            kind=why.kind, condition=why.reason, settle=why.settle, cause=cause, facts=facts, notes=notes
        )
    return Pass(condition=met, cause=cause, facts=facts, certainty=certainty, notes=notes)


def unless(doubt: Unread | None, verdict: Verdict) -> Verdict:
    """Leave a failure open where it is not known whether there is anything to fail."""
    if doubt is None or not isinstance(verdict, Fail):
        return verdict
    return Indeterminate(
        kind=doubt.kind,
        condition=f"{doubt.reason}; if so: {verdict.condition}",
        settle=doubt.settle,
        cause=verdict.cause,
        facts=verdict.facts,
        notes=verdict.notes,
    )


def open_because(unread: Unread) -> Indeterminate:
    """Return the verdict of what was not read."""
    return Indeterminate(kind=unread.kind, condition=unread.reason, settle=unread.settle)
