"""Waivers laid over findings: they never change a status, only what is left to act on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from compliance.assessment.assessment import AffectedEntry, AppliedWaiver, Finding, WaiverUse
from compliance.assessment.verdict import BADNESS, Status
from compliance.assessment.waivers import Standing, Waiver

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
    active = [waiver for waiver in waivers if waiver.standing(as_of) is Standing.ACTIVE]
    overlaid = tuple(_overlay(finding, affected[finding.uid], active) for finding in findings)
    return overlaid, tuple(_use(waiver, overlaid, as_of) for waiver in waivers)


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


def _overlay(finding: Finding, objects: Sequence[AffectedEntry], waivers: Sequence[Waiver]) -> Finding:
    asked = [waiver for waiver in waivers if finding.check in waiver.checks]
    if not asked:
        return finding
    judged = [(one, [waiver for waiver in asked if _covers(waiver, one)]) for one in _what_was_judged(finding, objects)]
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
    if waiver.parts is not None and judged.part not in waiver.parts:
        return False
    if waiver.objects is not None:
        named = {name.casefold() for name in waiver.objects}
        if not judged.objects or any(one.id.casefold() not in named for one in judged.objects):
            return False
        return _within(waiver, len(judged.objects))
    return _within(waiver, judged.affected)


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


def _use(waiver: Waiver, findings: Sequence[Finding], as_of: dt.datetime) -> WaiverUse:
    using = tuple(finding.uid for finding in findings if any(one.id == waiver.id for one in finding.waivers))
    asked = [finding for finding in findings if finding.check in waiver.checks]
    if waiver.standing(as_of) is not Standing.ACTIVE:
        standing = "expired"
    elif using:
        standing = "used"
    elif asked and all(finding.status is Status.PASS for finding in asked):
        standing = "can be closed: its check passes"
    else:
        standing = "unused: it covers nothing that was found"
    return WaiverUse(
        id=waiver.id,
        expires=waiver.expires.isoformat(),
        standing=standing,
        findings=using,
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
