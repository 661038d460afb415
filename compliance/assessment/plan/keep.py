"""The days that a table needs, as the smallest that can be set, and the command that sets them."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from compliance.assessment.plan.steps import Fix, Order, Step
from compliance.assessment.stores import Terms, asked_of
from compliance.evidence.derived import Stores
from compliance.evidence.derived.log_analytics import LogAnalytics
from compliance.evidence.population import id_key
from compliance.evidence.unread import Unread
from compliance.rules.legal_retention import CLI_MOST_TOTAL_DAYS, smallest_interactive, smallest_total
from compliance.rules.periods import Duration
from compliance.rules.reach import StoreReach
from compliance.rules.resource_ids import resource_group_of, resource_name, subscription_of
from compliance.standards import Standard

NOT_YET = "# once the first records have made the tables; one that then has more days stays as it is:"
"""What is said before commands for tables that are not there yet: they begin with the days of the workspace."""
_BASIC = "log-analytics.basic-plan"
_AUXILIARY = "log-analytics.auxiliary-plan"
_FEWEST = 4
"""No table can have fewer days."""


@dataclass(frozen=True, slots=True)
class Wanting:
    """A log that is not kept long enough: its table, and the workspace that keeps it or is to.

    `lacking` holds which periods it does not meet: True searchable, False in total. `arrives`: it is sent there.
    """

    source: str
    table: str
    workspace: str
    lacking: frozenset[bool]
    arrives: bool

    @property
    def fixes(self) -> tuple[Fix, ...]:
        """The log source with each period that it lacks."""
        return tuple(Fix(self.source, hot) for hot in sorted(self.lacking, reverse=True))


@dataclass(frozen=True, slots=True)
class _Days:
    """What a table is to have, None where it is to stay as it is; `plan` is the one to change to."""

    interactive: int | None
    total: int
    plan: str | None


def can_keep(workspace: str, table: str, lacking: frozenset[bool], log_analytics: LogAnalytics) -> bool:
    """Say whether the days of a table can be set so that it meets what is lacking, but for how many there can be.

    Not of a table that could not be read, which may have more days already; nor in the plan Auxiliary, which no table
    can leave and of which nothing can be searched at once.
    """
    found = _table(workspace, table, log_analytics)
    if isinstance(found, Unread):
        return False
    return found is None or _AUXILIARY not in found.facts or True not in lacking


def _table(workspace: str, table: str, log_analytics: LogAnalytics) -> StoreReach | Unread | None:
    """Return a table as it was read; None where the workspace surely has none of this name yet."""
    found = log_analytics.table(workspace, table)
    listed = id_key(workspace) in log_analytics.workspaces_with(table)
    return None if isinstance(found, Unread) and not listed and log_analytics.tables_unread is None else found


def keep_steps(
    workspace: str, wanting: Sequence[Wanting], standard: Standard, stores: Stores, terms: Terms
) -> Iterator[Step]:
    """Yield the step that gives the tables of a workspace the days that they lack, and what no table can keep."""
    commands: dict[str, None] = {}
    fixes: list[Fix] = []
    beyond: list[Wanting] = []
    for one in wanting:
        found = _table(workspace, one.table, stores.log_analytics)
        if isinstance(found, Unread):
            continue
        days = _days(found, one.lacking, standard, terms)
        if days is None:
            beyond.append(one)
        elif not _has(found, days):
            if found is None:
                commands[NOT_YET] = None
            commands[_command(workspace, one.table, days)] = None
            fixes += one.fixes
    if beyond:
        yield _beyond(workspace, beyond)
    if commands:
        yield Step(
            order=Order.KEEP,
            what=f"Give the tables of the workspace {resource_name(workspace)} the days that they lack",
            commands=tuple(commands),
            fixes=tuple(dict.fromkeys(fixes)),
            role="Log Analytics Contributor on the workspace",
            delay="at once",
            backfill="what is not deleted yet is kept longer; what was deleted does not come back",
        )


def _beyond(workspace: str, wanting: Sequence[Wanting]) -> Step:
    tables = ", ".join(sorted({one.table for one in wanting}))
    return Step(
        order=Order.KEEP,
        what=f"No table in {resource_name(workspace)} can keep so long: keep {tables} elsewhere as well",
        commands=(),
        fixes=tuple(fix for one in wanting for fix in one.fixes),
        role="whoever runs that store",
        delay="from the first record that is copied",
        backfill="no backfill: what is written from then on is copied",
        alternative="searchable for more than 730 days: Azure Data Explorer behind an event hub; in total more than"
        " 4383 days: a storage account, under a locked policy",
    )


def _days(table: StoreReach | None, lacking: frozenset[bool], standard: Standard, terms: Terms) -> _Days | None:
    """Return the fewest days that meet both periods and take nothing away; None where no table can have so many."""
    hot, total = asked_of(standard, hot=True), asked_of(standard, hot=False)
    had_hot, had_total = (_FEWEST, _FEWEST) if table is None else (_whole_days(table.hot), _whole_days(table.total))
    interactive: int | None = had_hot
    if hot is not None and (table is None or True in lacking):
        interactive = smallest_interactive(lambda kept: terms.meets(kept, hot), at_least=had_hot)
    if interactive is None:
        return None
    in_all = smallest_total(
        lambda kept: total is None or terms.meets(kept, total), at_least=max(had_total, interactive)
    )
    if in_all is None:
        return None
    fixed = table is not None and bool({_BASIC, _AUXILIARY} & set(table.facts))
    to_analytics = fixed and interactive > had_hot
    return _Days(None if fixed and not to_analytics else interactive, in_all, "Analytics" if to_analytics else None)


def _has(table: StoreReach | None, days: _Days) -> bool:
    """Say whether a table has these days already."""
    if table is None or days.plan is not None:
        return False
    as_asked = days.interactive is None or days.interactive == _whole_days(table.hot)
    return as_asked and days.total == _whole_days(table.total)


def _whole_days(kept: Duration | None) -> int:
    """Return the days of a table, which always has a number of them."""
    return _FEWEST if kept is None or kept.days is None else max(_FEWEST, kept.days)


def _command(workspace: str, table: str, days: _Days) -> str:
    if days.total > CLI_MOST_TOTAL_DAYS:
        interactive = "" if days.interactive is None else f'"retentionInDays":{days.interactive},'
        plan = "" if days.plan is None else f'"plan":"{days.plan}",'
        body = f'{{"properties":{{{plan}{interactive}"totalRetentionInDays":{days.total}}}}}'
        url = shlex.quote(f"{workspace}/tables/{table}?api-version=2023-09-01")
        return f"az rest --method patch --url {url} --body '{body}'"
    words = [
        "az monitor log-analytics workspace table update",
        *_at(workspace),
        f"--name {table}",
        *(() if days.plan is None else (f"--plan {days.plan}",)),
        *(() if days.interactive is None else (f"--retention-time {days.interactive}",)),
        f"--total-retention-time {days.total}",
    ]
    return " ".join(words)


def _at(workspace: str) -> Iterator[str]:
    subscription, group = subscription_of(workspace), resource_group_of(workspace)
    yield f"--subscription {'<subscription>' if subscription is None else resource_name(subscription)}"
    yield f"--resource-group {'<group>' if group is None else shlex.quote(group)}"
    yield f"--workspace-name {resource_name(workspace)}"
