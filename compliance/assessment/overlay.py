"""Waivers laid over findings: they never change a status, only what is left to act on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from compliance.assessment.assessment import AffectedEntry, AppliedWaiver, Finding, WaiverUse
from compliance.assessment.verdict import BADNESS, Status
from compliance.assessment.waivers import Standing, Waiver
from compliance.evidence.population import id_key

_WAIVABLE = (Status.FAIL, Status.INDETERMINATE)


def apply_waivers(
    findings: Sequence[Finding],
    affected: Mapping[str, Sequence[AffectedEntry]],
    waivers: Sequence[Waiver],
    as_of: dt.datetime,
) -> tuple[tuple[Finding, ...], tuple[WaiverUse, ...]]:
    """Return the findings with the waivers that cover them, and what became of each waiver.

    A waiver is used where it covers something that fails, or that is indeterminate and it says that it accepts that.
    """
    accounts = {waiver.id: _Account(waiver, as_of) for waiver in waivers}
    overlaid = tuple(_overlay(finding, affected[finding.uid], tuple(accounts.values())) for finding in findings)
    return overlaid, tuple(_use(account, overlaid, as_of) for account in accounts.values())


class _Account:
    """What a waiver covers, and what of that which it names is still as it was accepted."""

    def __init__(self, waiver: Waiver, as_of: dt.datetime) -> None:
        self.waiver = waiver
        self.active = waiver.standing(as_of) is Standing.ACTIVE
        self.covered_objects = 0
        self._open: set[str] = set()
        self._judged: set[str] = set()
        self._settled = True

    def covers(self, judged: _Judged) -> bool:
        return self.active and _covers(self.waiver, judged)

    def book(self, finding: Finding, judged: Sequence[_Judged]) -> None:
        """Note what of a finding it covers, and what of what it names is open there."""
        self.covered_objects += sum(len(one.objects) for one in judged if self.covers(one))
        self._judged.add(finding.check)
        if finding.status in _WAIVABLE:
            self._open.add(finding.check)
        self._settled &= finding.all_seen and not any(one.status is Status.INDETERMINATE for one in judged)
        named = {id_key(name) for name in self.waiver.objects or ()}
        for one in judged:
            if one.status in _WAIVABLE and one.part is not None:
                self._open.add(id_key(one.part))
            self._open |= named & {id_key(each.id) for each in one.objects} if named else set()

    def no_longer_needed(self) -> tuple[str, ...]:
        """Return the checks it names that nothing is open in, else the parts or objects that surely are none."""
        closed = tuple(check for check in self.waiver.checks if check in self._judged - self._open)
        if set(closed) == self._judged or not self._settled:
            return closed
        names = self.waiver.parts or self.waiver.objects or ()
        return (*closed, *(name for name in names if id_key(name) not in self._open))


@dataclass(frozen=True, slots=True)
class _Judged:
    """What a waiver may cover: a finding, or one of its parts.

    `objects` are those affected in it, `affected` how many are in the whole finding: None where nobody knows.
    """

    check: str
    part: str | None
    status: Status
    objects: Sequence[AffectedEntry]
    affected: int | None
    all_seen: bool


def _overlay(finding: Finding, objects: Sequence[AffectedEntry], accounts: Sequence[_Account]) -> Finding:
    asked = [account for account in accounts if finding.check in account.waiver.checks]
    if not asked:
        return finding
    everything = _what_was_judged(finding, objects)
    for account in asked:
        account.book(finding, everything)
    judged = [(one, [account.waiver for account in asked if account.covers(one)]) for one in everything]
    used = {waiver.id: waiver for _, covering in judged for waiver in covering}
    return msgspec.structs.replace(
        finding,
        left_open=max((_left(one, covering) for one, covering in judged), key=BADNESS.index),
        waivers=tuple(_applied(used[name]) for name in sorted(used)),
    )


def _what_was_judged(finding: Finding, objects: Sequence[AffectedEntry]) -> list[_Judged]:
    counted = [part for part in finding.parts if part.excluded is None]
    if not counted:
        number = len(objects) if objects else None
        return [_Judged(finding.check, None, finding.status, objects, number, finding.all_seen)]
    of_part: dict[str, list[AffectedEntry]] = {part.id: [] for part in counted}
    for one in objects:
        if one.part is not None:
            of_part[one.part].append(one)
    number = max(finding.affected_count, len(objects)) if finding.all_seen else None
    return [
        _Judged(finding.check, part.id, part.status, of_part[part.id], number, part.count is not None)
        for part in counted
    ]


def _left(judged: _Judged, covering: Sequence[Waiver]) -> Status:
    """Return what a judged thing leaves to act on: itself without a waiver, and with one what it does not accept.

    Whoever accepts the failures that were seen has not accepted those that were not, nor what is undecided.
    """
    if not covering:
        return judged.status
    more = not judged.all_seen or any(not one.decided for one in judged.objects)
    accepted = any(waiver.accepts_indeterminate for waiver in covering)
    return Status.INDETERMINATE if more and not accepted else Status.NOT_APPLICABLE


def _covers(waiver: Waiver, judged: _Judged) -> bool:
    if not _accepts(waiver, judged.status):
        return False
    if waiver.parts is not None and (judged.part is None or not _names(waiver.parts, judged.part)):
        return False
    if waiver.objects is not None:
        named = {id_key(name) for name in waiver.objects}
        if not judged.objects or any(id_key(one.id) not in named for one in judged.objects):
            return False
        return _within(waiver, len(judged.objects))
    return _within(waiver, judged.affected)


def _names(parts: Sequence[str], part: str) -> bool:
    """Whether a part is among those named, in whatever letter case an id of Azure is written."""
    return any(id_key(name) == id_key(part) for name in parts)


def _accepts(waiver: Waiver, status: Status) -> bool:
    if status not in _WAIVABLE:
        return False
    return status is Status.FAIL or waiver.accepts_indeterminate


def _within(waiver: Waiver, count: int | None) -> bool:
    return waiver.at_most_affected is None or (count is not None and count <= waiver.at_most_affected)


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
    if not account.active:
        standing = Standing.EXPIRED.value
    elif using:
        standing = "used"
    elif asked and all(finding.status is Status.PASS for finding in asked):
        standing = "can be closed: its check passes"
    else:
        standing = "unused: it covers nothing that was found"
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
