"""The smallest settings that keep logs as long as is asked, among those that Microsoft lets one choose.

Log Analytics: Microsoft Learn, Manage data retention in a Log Analytics workspace,
https://learn.microsoft.com/azure/azure-monitor/logs/data-retention-configure, and the reference of Tables. Purview:
Microsoft Learn, Manage audit log retention policies, https://learn.microsoft.com/purview/audit-log-retention-policies.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from compliance.rules.periods import Duration, band
from compliance.rules.retention_policies import DURATIONS, Policy

INTERACTIVE_DAYS = range(4, 731)
"""The days of interactive retention that a table in the plan Analytics can have."""
TOTAL_DAYS = (*INTERACTIVE_DAYS, 1095, 1460, 1826, 2191, 2556, 2922, 3288, 3653, 4018, 4383)
"""The days of total retention that a table can have: after 730 come whole years alone."""
CLI_MOST_TOTAL_DAYS = 2556
"""The longest total retention that the Azure CLI sets; the portal and the REST API go on to 4383 days."""
PRIORITIES = range(1, 10_001)
"""The priorities of audit log retention policies, of which no two have the same and the lowest number decides."""

Enough = Callable[[Duration], bool]
"""Whether a length of time is long enough."""


def smallest_interactive(enough: Enough, *, at_least: int = 0) -> int | None:
    """The fewest days of interactive retention that are enough, and no fewer than `at_least`; None if none is."""
    return _first(INTERACTIVE_DAYS, enough, at_least)


def smallest_total(enough: Enough, *, at_least: int = 0) -> int | None:
    """The fewest days of total retention that are enough, and no fewer than `at_least`; None if none is.

    No number between 730 and 1095 can be set, so that 30 months take 1095 days.
    """
    return _first(TOTAL_DAYS, enough, at_least)


def smallest_policy_duration(enough: Enough) -> str | None:
    """The name of the shortest RetentionDuration that is enough, as the cmdlet takes it; None if none is."""
    for name, duration in sorted(DURATIONS.items(), key=lambda item: band(item[1])):
        if enough(duration):
            return name
    return None


def free_priority(policies: Iterable[Policy], ahead_of: Iterable[Policy]) -> int | None:
    """The greatest free priority that goes before every policy in `ahead_of`; the greatest of all where it is empty.

    None where none is free, or where a policy's priority was not read, so that nobody knows.
    """
    taken, before = {policy.priority for policy in policies}, {policy.priority for policy in ahead_of}
    if None in taken or None in before:
        return None
    last = min((one for one in before if one is not None), default=PRIORITIES.stop)
    return next((one for one in range(last - 1, 0, -1) if one not in taken), None)


def _first(days: Iterable[int], enough: Enough, at_least: int) -> int | None:
    return next((one for one in days if one >= at_least and enough(Duration.of_days(one))), None)
