"""The containers and event hubs that Azure Monitor writes logs to, by the names that it gives them.

Microsoft Learn, Resource logs in Azure Monitor, https://learn.microsoft.com/azure/azure-monitor/platform/resource-logs;
Activity log in Azure Monitor, https://learn.microsoft.com/azure/azure-monitor/platform/activity-log; Log Analytics
workspace data export in Azure Monitor, https://learn.microsoft.com/azure/azure-monitor/logs/logs-data-export.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

_ACTIVITY_LOG = "insights-activity-logs"
_ACTIVITY_HUBS = (_ACTIVITY_LOG, "insights-operational-logs")


@dataclass(frozen=True, slots=True)
class Hubs:
    """The event hubs of a namespace that logs may go to; `named` is whether somebody named the one that they go to.

    One that nobody named is made with the first log.
    """

    names: tuple[str, ...]
    named: bool


def container_of(category: str, *, activity: bool = False) -> str:
    """The container that a diagnostic setting writes a category to: `insights-logs-` and its name in lower case.

    `activity`: the setting is one of a subscription's Activity log, all of which lies in one container.
    """
    return _ACTIVITY_LOG if activity else f"insights-logs-{category.strip().casefold()}"


def hubs_of(hub: str | None, categories: Iterable[str], *, activity: bool = False) -> Hubs:
    """The hubs that a diagnostic setting sends categories to: the one that it names, else one for each category.

    Of the Activity log two names are in use, and none that was read says which one a setting takes.
    """
    if hub is not None:
        return Hubs((hub,), named=True)
    return Hubs(
        _ACTIVITY_HUBS if activity else tuple(sorted({container_of(category) for category in categories})), named=False
    )


def export_container(table: str) -> str:
    """The container, and without a name of its own the event hub, that a data export rule writes a table to."""
    return f"am-{table.strip().casefold()}"


def export_hubs(hub: str, table: str) -> Hubs:
    """The hub that a data export rule sends a table to, which nobody need have named where it has the table's name."""
    return Hubs((hub,), named=hub.strip().casefold() != export_container(table))
