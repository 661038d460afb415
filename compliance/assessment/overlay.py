"""Waivers laid over findings: they never change a status, only what is left to act on."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from compliance.assessment.assessment import AffectedEntry, AppliedWaiver, Finding, WaiverUse
from compliance.assessment.verdict import BADNESS, OPEN, Status
from compliance.assessment.waivers import Standing, Waiver
from compliance.assessment.words import counted
from compliance.evidence.population import id_key

_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|/.+")
"""How the id of an object looks nearly always: a GUID, or a path of Azure."""
_NAMED, _LENGTH = 3, 64


def apply_waivers(
    findings: Sequence[Finding],
    affected: Mapping[str, Sequence[AffectedEntry]],
    waivers: Sequence[Waiver],
    as_of: dt.datetime,
) -> tuple[tuple[Finding, ...], tuple[WaiverUse, ...]]:
    """Return the findings with the waivers that cover them, and what became of each waiver.

    A waiver is used where it covers something that fails, or that is indeterminate and it says that it accepts that.
    Waivers of objects count together: nothing is left open where each affected object is covered by some waiver.
    """
    accounts = {waiver.id: _Account(waiver, as_of) for waiver in waivers}
    overlaid = tuple(_overlay(finding, affected[finding.uid], tuple(accounts.values())) for finding in findings)
    return overlaid, tuple(_use(account, overlaid, as_of) for account in accounts.values())


@dataclass(frozen=True, slots=True)
class _Judged:
    """What a waiver may cover: a finding, or one of its parts.

    `objects` tells of each one affected in it whether that is decided, `affected` is how many are in the whole
    finding: None where nobody knows.
    """

    check: str
    part: str | None
    status: Status
    objects: Sequence[tuple[str, bool]]
    affected: int | None
    all_seen: bool


@dataclass(frozen=True, slots=True)
class _Cover:
    """What one waiver covers of one judged thing: these objects, or all of it, be there objects or none."""

    waiver: Waiver
    objects: frozenset[str]
    whole: bool


class _Account:
    """What a waiver covers, and what of that which it names is still as it was accepted."""

    def __init__(self, waiver: Waiver, as_of: dt.datetime) -> None:
        self.waiver = waiver
        self.active = waiver.standing(as_of) is Standing.ACTIVE
        self.covered_objects = 0
        self._reached = 0
        self._beyond: list[int | None] = []
        self._undecided = False
        self._named_objects = frozenset(() if waiver.objects is None else map(id_key, waiver.objects))
        self._open: set[str] = set()
        self._judged: set[str] = set()
        self._settled = True

    def cover(self, judged: _Judged) -> _Cover | None:
        """Return what it covers of a judged thing, and keep why it covers nothing of what it names."""
        waiver = self.waiver
        if not self.active or judged.status not in OPEN:
            return None
        if waiver.parts is not None and (judged.part is None or not _names(waiver.parts, judged.part)):
            return None
        objects = frozenset(key for key, _ in judged.objects)
        covered, affected = objects, judged.affected
        if waiver.objects is not None:
            covered, affected = objects & self._named_objects, len(judged.objects)
            if not covered:
                return None
        if judged.status is Status.INDETERMINATE and not waiver.accepts_indeterminate:
            self._undecided = True
            return None
        if waiver.at_most_affected is not None and (affected is None or affected > waiver.at_most_affected):
            self._beyond.append(affected)
            return None
        self.covered_objects += len(covered)
        self._reached += len(objects)
        return _Cover(waiver, covered, whole=covered == objects)

    def book(self, finding: Finding, judged: Sequence[_Judged]) -> None:
        """Note what of what it names is open in a finding."""
        self._judged.add(finding.check)
        if finding.status in OPEN:
            self._open.add(finding.check)
        self._settled &= finding.all_seen and not any(one.status is Status.INDETERMINATE for one in judged)
        named = {id_key(name) for name in self._named()}
        for one in judged:
            if one.status in OPEN and one.part is not None:
                self._open.add(id_key(one.part))
            self._open |= named & {key for key, _ in one.objects} if named else set()

    def no_longer_needed(self) -> tuple[str, ...]:
        """Return the checks it names that nothing is open in, else the parts or objects that surely are none."""
        closed = tuple(check for check in self.waiver.checks if check in self._judged - self._open)
        if set(closed) == self._judged or not self._settled:
            return closed
        not_ids = self._not_ids()
        return (*closed, *(one for one in self._named() if id_key(one) not in self._open and one not in not_ids))

    def limits(self) -> Iterator[str]:
        """Yield why it covers less than may be thought of it."""
        if self.covered_objects < self._reached:
            yield f"it covers {self.covered_objects:,} of {counted(self._reached, 'affected object')}"
        if self._beyond:
            known = [number for number in self._beyond if number is not None]
            number = "nobody knows how many" if len(known) < len(self._beyond) else f"{max(known):,}"
            accepted = self.waiver.at_most_affected
            yield f"{number} are affected, at most {accepted:,} {'is' if accepted == 1 else 'are'} accepted"
        if self._undecided:
            yield "it does not accept what is indeterminate"
        if names := self._not_ids():
            more = len(names) - _NAMED
            shown = (f"{one[:_LENGTH]}…" if len(one) > _LENGTH else one for one in names[:_NAMED])
            said = ", ".join((*shown, *((f"{more:,} more",) if more > 0 else ())))
            yield f"no affected object has the id {said}; objects are named by id"

    def _not_ids(self) -> tuple[str, ...]:
        """Return the objects it names by what is no id that is affected, and does not look like one."""
        named = () if self.waiver.objects is None else self.waiver.objects
        return tuple(one for one in named if id_key(one) not in self._open and _ID.fullmatch(id_key(one)) is None)

    def _named(self) -> tuple[str, ...]:
        """Return the parts or objects that it names; a waiver of whole findings names none."""
        for names in (self.waiver.parts, self.waiver.objects):
            if names is not None:
                return names
        return ()


def _overlay(finding: Finding, objects: Sequence[AffectedEntry], accounts: Sequence[_Account]) -> Finding:
    asked = [account for account in accounts if finding.check in account.waiver.checks]
    if not asked:
        return finding
    everything = _what_was_judged(finding, objects)
    for account in asked:
        account.book(finding, everything)
    judged = [(one, [cover for account in asked if (cover := account.cover(one))]) for one in everything]
    used = {cover.waiver.id: cover.waiver for _, covers in judged for cover in covers}
    return msgspec.structs.replace(
        finding,
        left_open=max((_left(one, covers) for one, covers in judged), key=BADNESS.index),
        waivers=tuple(_applied(used[name]) for name in sorted(used)),
    )


def _what_was_judged(finding: Finding, objects: Sequence[AffectedEntry]) -> list[_Judged]:
    counted_parts = [part for part in finding.parts if part.excluded is None]
    if not counted_parts:
        number = len(objects) if objects else None
        all_of_it = [(id_key(one.id), one.decided) for one in objects]
        return [_Judged(finding.check, None, finding.status, all_of_it, number, finding.all_seen)]
    of_part: dict[str, list[tuple[str, bool]]] = {part.id: [] for part in counted_parts}
    for one in objects:
        if one.part is not None:
            of_part[one.part].append((id_key(one.id), one.decided))
    number = max(finding.affected_count, len(objects)) if finding.all_seen else None
    return [
        _Judged(finding.check, part.id, part.status, of_part[part.id], number, part.count is not None)
        for part in counted_parts
    ]


def _left(judged: _Judged, covers: Sequence[_Cover]) -> Status:
    """Return what a judged thing leaves to act on: itself unless all of it is covered, else what is not accepted.

    Whoever accepts the failures that were seen has not accepted those that were not, nor what is undecided.
    """
    if not _is_whole(judged, covers):
        return judged.status
    accepting = [cover for cover in covers if cover.waiver.accepts_indeterminate]
    undecided = {key for key, decided in judged.objects if not decided}
    accepted = undecided <= _together(accepting) and (judged.all_seen or _is_whole(judged, accepting))
    return Status.NOT_APPLICABLE if accepted else Status.INDETERMINATE


def _is_whole(judged: _Judged, covers: Sequence[_Cover]) -> bool:
    """Whether one cover, or all together, leave nothing of a judged thing that was seen."""
    if any(cover.whole for cover in covers):
        return True
    return bool(covers) and {key for key, _ in judged.objects} <= _together(covers)


def _together(covers: Sequence[_Cover]) -> frozenset[str]:
    return frozenset().union(*(cover.objects for cover in covers))


def _names(parts: Sequence[str], part: str) -> bool:
    """Whether a part is among those named, in whatever letter case an id of Azure is written."""
    return any(id_key(name) == id_key(part) for name in parts)


def _applied(waiver: Waiver) -> AppliedWaiver:
    return AppliedWaiver(
        id=waiver.id,
        reason=waiver.reason,
        ticket=waiver.ticket,
        requester=waiver.requester,
        approver=waiver.approver,
        expires=waiver.expires.isoformat(),
        approved_on=waiver.approved_on.isoformat(),
        accepts_indeterminate=waiver.accepts_indeterminate,
    )


def _use(account: _Account, findings: Sequence[Finding], as_of: dt.datetime) -> WaiverUse:
    waiver = account.waiver
    using = tuple(finding.uid for finding in findings if any(one.id == waiver.id for one in finding.waivers))
    asked = [finding for finding in findings if finding.check in waiver.checks]
    limits = "; ".join(account.limits())
    if not account.active:
        standing = Standing.EXPIRED.value
    elif using:
        standing = f"used: {limits}" if limits else "used"
    elif asked and all(finding.status is Status.PASS for finding in asked):
        standing = "can be closed: its check passes"
    else:
        standing = f"unused: {limits or 'it covers nothing that was found'}"
    return msgspec.structs.replace(
        as_written(waiver, as_of),
        standing=standing,
        findings=using,
        covered_objects=account.covered_objects,
        no_longer_needed=account.no_longer_needed(),
    )


def as_written(waiver: Waiver, as_of: dt.datetime) -> WaiverUse:
    """Return a waiver as its file has it, with the days that it has left at a moment; nothing was judged by it."""
    return WaiverUse(
        id=waiver.id,
        expires=waiver.expires.isoformat(),
        standing=waiver.standing(as_of).value,
        findings=(),
        checks=waiver.checks,
        parts=waiver.parts,
        objects=waiver.objects,
        at_most_affected=waiver.at_most_affected,
        reason=waiver.reason,
        ticket=waiver.ticket,
        requester=waiver.requester,
        approver=waiver.approver,
        approved_on=waiver.approved_on.isoformat(),
        accepts_indeterminate=waiver.accepts_indeterminate,
        expires_in_days=(waiver.expires - as_of.astimezone(dt.UTC).date()).days,
    )
