"""How long a Log Analytics table keeps records: at once searchable in its plan, and in all.

Microsoft Learn, Manage data retention in a Log Analytics workspace,
https://learn.microsoft.com/azure/azure-monitor/logs/data-retention-configure; facts log-analytics.*.
"""

from __future__ import annotations

from compliance.rules.periods import Duration
from compliance.rules.reach import StoreReach

_BASIC_DAYS = 30

TAKES_LOGS_IN = frozenset({"respectquota", "approachingquota", "forceon"})
"""The values of dataIngestionStatus under which a workspace takes logs in, in lower case."""
TAKES_NO_LOGS = frozenset({"forceoff", "subscriptionsuspended"})
"""Those under which it does not, until somebody changes that (Azure REST API, Log Analytics, DataIngestionStatus)."""
OVER_QUOTA = "overquota"
"""The one under which it takes none until the day's quota begins anew."""


def table_reach(store: str, plan: str, retention_in_days: int, total_retention_in_days: int) -> StoreReach:
    """The reach of a table in a plan with its effective days of interactive and of total retention.

    Total retention holds the interactive one: they are never added. In the plan Analytics the interactive days can be
    searched at once, in Basic at most 30 (with a reduced query language), in Auxiliary none: all of that is in the data
    lake, which a standard may count as searchable. Days that are no positive number (`-1`: the default, whatever it
    is), a total below the interactive days, or an unknown plan, leave it unknown.
    """
    if total_retention_in_days <= 0:
        return _unknown(store, f"its total retention of {total_retention_in_days} days says nothing")
    total = Duration.of_days(total_retention_in_days)
    name = plan.strip().casefold()
    if name == "auxiliary":
        because = f"plan Auxiliary: {total}, none of which can be searched at once"
        return StoreReach(store, Duration.of_days(0), total, because, ("log-analytics.auxiliary-plan",), lake=total)
    if name not in ("analytics", "basic"):
        return _unknown(store, f"the plan {plan!r} is not a known one")
    if retention_in_days <= 0:
        return _unknown(store, f"its interactive retention of {retention_in_days} days says nothing")
    basic = name == "basic"
    hot_days = min(retention_in_days, _BASIC_DAYS) if basic else retention_in_days
    if total_retention_in_days < hot_days:
        return _unknown(store, f"total retention ({total}) is shorter than interactive retention ({hot_days} days)")
    hot = Duration.of_days(hot_days)
    if basic:
        because = f"plan Basic: {hot} that can be searched with a reduced query language, {total} in all"
        return StoreReach(store, hot, total, because, ("log-analytics.basic-plan", "log-analytics.total-retention"))
    because = f"plan Analytics: {hot} interactive, {total} in all"
    return StoreReach(store, hot, total, because, ("log-analytics.total-retention",))


def _unknown(store: str, because: str) -> StoreReach:
    return StoreReach(store, None, None, because, ("log-analytics.total-retention",))
