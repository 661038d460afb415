"""What was done to Log Analytics workspaces and their tables, as far as the Activity log still tells.

Azure Monitor keeps the Activity log for 90 days. Operations: Microsoft Learn, Azure permissions for Monitor,
https://learn.microsoft.com/azure/role-based-access-control/permissions/monitor (Microsoft.OperationalInsights).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from compliance.evidence.azure_views import ActivityEvent
from compliance.evidence.derived.inventory import inventory, malformed
from compliance.evidence.population import Population, id_key
from compliance.evidence.unread import Unread
from compliance.evidence.views import DATASET_OF

_EVENTS = DATASET_OF[ActivityEvent]
_PREFIX = "microsoft.operationalinsights/workspaces/"
PURGE = f"{_PREFIX}purge/action"
WORKSPACE_DELETE = f"{_PREFIX}delete"
TABLE_DELETE = f"{_PREFIX}tables/delete"
ROWS_DELETE = f"{_PREFIX}tables/deletedata/action"
TABLE_WRITE = f"{_PREFIX}tables/write"
WORKSPACE_WRITE = f"{_PREFIX}write"

_DONE, _FAILED = "succeeded", "failed"
_OUTCOME_WITHIN = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Deed:
    """An operation on a resource, whose id is in lower case; `done` is False where only its beginning is told."""

    operation: str
    resource_id: str
    at: dt.datetime
    caller: str | None
    done: bool

    @property
    def text(self) -> str:
        """What was done, when and by whom, for people."""
        by = "" if self.caller is None else f" by {self.caller}"
        return f"{self.operation} on {self.at:%Y-%m-%d}{by}{'' if self.done else ', with an outcome that is not told'}"


@dataclass(frozen=True, slots=True)
class ActivityEvents:
    """What was done, by the resource that it was done to, the latest first.

    `unread` says why there may be more of it, None where this is all.
    """

    deeds: Mapping[str, tuple[Deed, ...]]
    unread: Unread | None

    def on(self, resource_id: str, operations: frozenset[str], since: dt.datetime | None = None) -> tuple[Deed, ...]:
        """Return what was done to a resource itself, not to what lies in it, from `since` on."""
        done = self.deeds.get(id_key(resource_id))
        if done is None:
            return ()
        return tuple(one for one in done if one.operation in operations and (since is None or one.at >= since))


@dataclass(frozen=True, slots=True)
class _Told:
    """An event: what it tells of, the state in lower case, and the correlationId, which what belongs together shares.

    Microsoft Learn, Azure activity log event schema, https://learn.microsoft.com/azure/azure-monitor/platform/
    activity-log-schema. None where it is not given, so that the event belongs to no other.
    """

    deed: Deed
    status: str
    correlation: str | None


def activity_events(rows: Population[ActivityEvent] | Unread) -> ActivityEvents:
    """Return what succeeded, and what began and of which neither success nor failure is told within a day."""
    read = inventory(rows, _EVENTS, _told)
    told = [event for _, event in sorted(read.rows.items()) if isinstance(event, _Told)]
    faults = [event for _, event in sorted(read.rows.items()) if isinstance(event, Unread)]
    deeds: dict[str, list[Deed]] = {}
    for deed in sorted(_kept(told), key=lambda one: (-one.at.timestamp(), one.operation)):
        deeds.setdefault(deed.resource_id, []).append(deed)
    return ActivityEvents(
        {key: tuple(each) for key, each in deeds.items()},
        read.unread if read.unread is not None or not faults else faults[0],
    )


def _told(event: ActivityEvent) -> _Told | Unread:
    status = event.status.value.strip().casefold()
    operation = event.operation_name.value.strip().casefold()
    caller = event.caller if event.holds("caller") else None
    if event.event_timestamp.tzinfo is None:
        return malformed(_EVENTS, f"{event.id}: its time has no zone")
    shared = event.correlation_id if event.holds("correlation_id") else None
    correlation = None if shared is None or not shared.strip() else shared.strip().casefold()
    deed = Deed(operation, id_key(event.resource_id), event.event_timestamp, caller, status == _DONE)
    return _Told(deed, status, correlation)


def _kept(told: Sequence[_Told]) -> list[Deed]:
    """Leave out what failed, and the beginnings of what has an outcome."""
    outcomes: dict[tuple[str, str, str], list[dt.datetime]] = {}
    for one in told:
        if one.status in (_DONE, _FAILED) and one.correlation is not None:
            outcomes.setdefault((one.deed.operation, one.deed.resource_id, one.correlation), []).append(one.deed.at)
    kept = [one.deed for one in told if one.status == _DONE]
    for one in told:
        began = one.deed.at
        same = None if one.correlation is None else (one.deed.operation, one.deed.resource_id, one.correlation)
        ends = None if same is None else outcomes.get(same)
        settled = ends is not None and any(began <= end <= began + _OUTCOME_WITHIN for end in ends)
        if one.status not in (_DONE, _FAILED) and not settled:
            kept.append(one.deed)
    return kept
