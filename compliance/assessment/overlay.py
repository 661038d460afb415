"""Waivers laid over findings: they never change a status, only what is left to act on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import msgspec

from compliance.assessment.assessment import AffectedEntry, AppliedWaiver, Finding, PartEntry, WaiverUse
from compliance.assessment.verdict import BADNESS, Status
from compliance.assessment.waivers import Standing, Waiver

_WAIVABLE = (Status.FAIL, Status.INDETERMINATE)


def apply_waivers(
    findings: Sequence[Finding],
    affected: Mapping[str, tuple[AffectedEntry, ...]],
    waivers: Sequence[Waiver],
    as_of: dt.datetime,
) -> tuple[tuple[Finding, ...], tuple[WaiverUse, ...]]:
    """Return the findings with the waivers that cover them, and what became of each waiver.

    A waiver is used where it covers something that fails, or that is indeterminate and it says that it accepts that.
    """
    active = [waiver for waiver in waivers if waiver.standing(as_of) is Standing.ACTIVE]
    overlaid = tuple(_overlay(finding, affected[finding.uid], active) for finding in findings)
    return overlaid, tuple(_use(waiver, overlaid, as_of) for waiver in waivers)


def _overlay(finding: Finding, objects: Sequence[AffectedEntry], waivers: Sequence[Waiver]) -> Finding:
    judged: list[tuple[Status, list[Waiver]]] = []
    for part in (part for part in finding.parts if part.excluded is None):
        judged.append((part.status, [waiver for waiver in waivers if _covers_part(waiver, finding, part)]))
    if not judged:
        judged.append((finding.status, [waiver for waiver in waivers if _covers(waiver, finding, objects)]))
    left = [_left(finding, objects, status, covering) for status, covering in judged]
    used = {waiver.id: waiver for _, covering in judged for waiver in covering}
    return msgspec.structs.replace(
        finding,
        left_open=max(left, key=BADNESS.index, default=Status.NOT_APPLICABLE),
        waivers=tuple(_applied(used[name]) for name in sorted(used)),
    )


def _left(finding: Finding, objects: Sequence[AffectedEntry], status: Status, covering: Sequence[Waiver]) -> Status:
    """Return what a judged thing leaves to act on: itself without a waiver, and with one what it does not accept.

    Whoever accepts the failures that were seen has not accepted those that were not, nor what is undecided.
    """
    if not covering:
        return status
    more = not finding.all_seen or any(not one.decided for one in objects)
    accepted = any(waiver.accepts_indeterminate for waiver in covering)
    return Status.INDETERMINATE if more and not accepted else Status.NOT_APPLICABLE


def _covers_part(waiver: Waiver, finding: Finding, part: PartEntry) -> bool:
    return (
        _accepts(waiver, finding.check, part.status)
        and waiver.objects is None
        and (waiver.parts is None or part.id in waiver.parts)
        and _within(waiver, finding.affected_count if finding.all_seen else None)
    )


def _covers(waiver: Waiver, finding: Finding, objects: Sequence[AffectedEntry]) -> bool:
    if not _accepts(waiver, finding.check, finding.status) or waiver.parts is not None:
        return False
    if waiver.objects is not None:
        named = {name.casefold() for name in waiver.objects}
        if not objects or any(one.id.casefold() not in named for one in objects):
            return False
    return _within(waiver, len(objects) if objects else None)


def _accepts(waiver: Waiver, check_id: str, status: Status) -> bool:
    if check_id not in waiver.checks or status not in _WAIVABLE:
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
    return WaiverUse(id=waiver.id, expires=waiver.expires.isoformat(), standing=standing, findings=using)
