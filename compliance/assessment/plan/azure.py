"""What it takes for logs that leave their service to be kept as long as a standard asks: send them, and keep them.

Settings are added under names that are not taken; a table is given its days without any being taken away. Sources:
Microsoft Learn, Manage data retention in a Log Analytics workspace,
https://learn.microsoft.com/azure/azure-monitor/logs/data-retention-configure; Diagnostic settings in Azure Monitor,
https://learn.microsoft.com/azure/azure-monitor/platform/diagnostic-settings; the reference of the Azure CLI.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from compliance.assessment.azure import judge_subscription
from compliance.assessment.defender import cloud_apps_log
from compliance.assessment.entra import entra_log, entra_sources
from compliance.assessment.logs import HeldLog, judge_log, log_verdict
from compliance.assessment.plan.keep import Wanting, can_keep, keep_steps
from compliance.assessment.plan.send import (
    Unsent,
    activity_step,
    capped_step,
    create_step,
    defender_step,
    disabled_step,
    entra_step,
    premium_step,
    setting_name,
)
from compliance.assessment.plan.steps import PLANNED, Fix, Step
from compliance.assessment.stores import Asked, Terms, asked_of
from compliance.assessment.verdict import Fail, Indeterminate, Verdict
from compliance.evidence.derived import AzureActivity, CloudAppEvents, EntraReach, OfficeConnectors, Stores
from compliance.evidence.derived.azure_activity import SubscriptionLog
from compliance.evidence.derived.sinks import Sink
from compliance.evidence.derived.standing import Gone, Live
from compliance.evidence.evidence import Evidence
from compliance.evidence.population import id_key
from compliance.rules.entra_logs import ENTRA_LOGS
from compliance.rules.log_sources import (
    ACTIVITY_TABLE,
    AZURE_ACTIVITY,
    CLOUD_APP_EVENTS,
    CLOUD_APP_TABLE,
    REQUIRED_ACTIVITY,
)
from compliance.rules.office_activity import CONNECTED_BY, OFFICE_ACTIVITY
from compliance.rules.resource_ids import SUBSCRIPTION_ID, WORKSPACE_ID
from compliance.standards import Standard

NO_WORKSPACE = (
    "/subscriptions/<subscription>/resourceGroups/<group>"
    "/providers/Microsoft.OperationalInsights/workspaces/<workspace>"
)
"""Stands for a workspace that is still to be made."""
_WORKSPACE = re.compile(WORKSPACE_ID, re.ASCII | re.IGNORECASE)
_SUBSCRIPTION = re.compile(SUBSCRIPTION_ID, re.ASCII | re.IGNORECASE)
_IN_USE = "enabled"


@dataclass(frozen=True, slots=True)
class Tenant:
    """What a plan builds upon: what was read of a tenant's logs, and the standard that they are to meet.

    `spelled` holds each live workspace that gets logs by the key of its id, as settings spell it; `home` is the one to
    send more to.
    """

    standard: Standard
    entra: EntraReach
    activity: AzureActivity
    events: CloudAppEvents
    connectors: OfficeConnectors
    stores: Stores
    terms: Terms
    spelled: Mapping[str, str]
    home: str


def tenant_of(standard: Standard, evidence: Evidence, terms: Terms) -> Tenant:
    """Return what was read; the workspace to send to is the live one that gets most logs, the first of equals.

    One that is over its daily cap comes after all others.
    """
    entra, activity = evidence.resolve(EntraReach).value, evidence.resolve(AzureActivity).value
    stores = evidence.resolve(Stores).value
    gets: dict[str, int] = {}
    spelled: dict[str, str] = {}
    sent = [(one.kind, one.resource_id, len(one.exported)) for one in entra.destinations]
    sent += [(one.kind, one.resource_id, 1) for log in activity.subscriptions for one in log.destinations if one.sure]
    for kind, resource_id, count in sent:
        if count and _is_live(kind, resource_id, stores):
            key = id_key(resource_id)
            spelled.setdefault(key, resource_id)
            gets[key] = gets.get(key, 0) + count
    best = min(gets, key=lambda key: (_is_capped(key, stores), -gets[key], key), default=None)
    return Tenant(
        standard,
        entra,
        activity,
        evidence.resolve(CloudAppEvents).value,
        evidence.resolve(OfficeConnectors).value,
        stores,
        terms,
        spelled,
        NO_WORKSPACE if best is None else spelled[best],
    )


def office_copies(tenant: Tenant) -> dict[str, str]:
    """Return the workspace in which a copy of each source of the unified audit log surely is, and can be kept."""
    found: dict[str, str] = {}
    for source, kind in CONNECTED_BY.items():
        for workspace in sorted(tenant.connectors.by_workspace):
            copied = kind in tenant.connectors.of(workspace).on and _is_live(Sink.WORKSPACE, workspace, tenant.stores)
            log_analytics = tenant.stores.log_analytics
            if copied and can_keep(workspace, OFFICE_ACTIVITY, frozenset({True, False}), log_analytics):
                found.setdefault(source, tenant.spelled.get(workspace, workspace))
    return found


def azure_steps(tenant: Tenant, copied: Iterable[Wanting]) -> Iterator[Step]:
    """Yield what makes the logs of Entra ID, of subscriptions and of Defender last, by the smallest changes.

    `copied` are copies of the unified audit log that are to be kept longer.
    """
    unsent: list[Unsent] = []
    wanting = [*copied, *_entra(tenant), *_activity(tenant, unsent), *_defender(tenant)]
    if made := [one for one in wanting if one.workspace == NO_WORKSPACE]:
        yield create_step(NO_WORKSPACE, _fixes(made))
    yield from _sending(tenant, wanting, unsent)
    for workspace in sorted({one.workspace for one in wanting}):
        there = [one for one in wanting if one.workspace == workspace]
        if _is_capped(workspace, tenant.stores):
            yield capped_step(workspace, _fixes(there))
        yield from keep_steps(workspace, there, tenant.standard, tenant.stores, tenant.terms)


def _sending(tenant: Tenant, wanting: list[Wanting], unsent: list[Unsent]) -> Iterator[Step]:
    barred = [one for one in wanting if one.source in ENTRA_LOGS and tenant.entra.logs[one.source].exportable is False]
    if barred:
        yield premium_step(_fixes(barred))
    taken = set(tenant.entra.setting_names)
    for workspace in sorted({one.workspace for one in wanting}):
        there = [one for one in wanting if one.workspace == workspace and not one.arrives]
        if logs := [one for one in there if one.source in ENTRA_LOGS]:
            categories = sorted({ENTRA_LOGS[one.source].category for one in logs})
            yield entra_step(workspace, categories, taken, _fixes(logs))
            taken.add(setting_name(workspace, taken).casefold())
        if activity := [one for one in there if one.source == AZURE_ACTIVITY]:
            yield activity_step(workspace, [one for one in unsent if one.workspace == workspace], _fixes(activity))
        if events := [one for one in there if one.source == CLOUD_APP_EVENTS]:
            yield defender_step(workspace, _fixes(events))
    if idle := [one for one in unsent if one.workspace is None]:
        yield disabled_step(len(idle), (Fix(AZURE_ACTIVITY, hot=True), Fix(AZURE_ACTIVITY, hot=False)))


def _entra(tenant: Tenant) -> Iterator[Wanting]:
    for source in entra_sources(tenant.standard):
        log = tenant.entra.logs[source]
        lacking = _lacking(tenant, partial(_of_log, entra_log(log), tenant.terms))
        live = [one for one in tenant.entra.destinations if _is_live(one.kind, one.resource_id, tenant.stores)]
        if lacking and not any(source in one.unclear for one in live):
            receiving = [one.resource_id for one in live if source in one.exported]
            yield from _placed(tenant, source, log.log.table, lacking, receiving)


def _activity(tenant: Tenant, unsent: list[Unsent]) -> Iterator[Wanting]:
    """Yield the Activity log once for each workspace, with all that a subscription there lacks; note what is unsent."""
    if AZURE_ACTIVITY not in {source.id for source in tenant.standard.sources}:
        return
    found: dict[tuple[str, bool], frozenset[bool]] = {}
    for one in tenant.activity.subscriptions:
        lacking = _lacking(tenant, partial(_of_subscription, one, tenant.terms))
        if not lacking or one.settings_unread is not None or _SUBSCRIPTION.fullmatch(one.id) is None:
            continue
        receiving = _receiving(tenant, one)
        if not receiving and (one.state is None or one.state.casefold() != _IN_USE):
            unsent.append(Unsent(one, None, ()))
            continue
        for want in _placed(tenant, AZURE_ACTIVITY, ACTIVITY_TABLE, lacking, receiving):
            if not want.arrives and not _missing(one, want.workspace):
                continue
            key = want.workspace, want.arrives
            found[key] = found.get(key, frozenset[bool]()) | lacking
            if not want.arrives:
                unsent.append(Unsent(one, want.workspace, _missing(one, want.workspace)))
    for (at, arrives), periods in sorted(found.items()):
        yield Wanting(AZURE_ACTIVITY, ACTIVITY_TABLE, at, periods, arrives=arrives)


def _defender(tenant: Tenant) -> Iterator[Wanting]:
    """Yield Defender's events where no store is sure: that they are streamed is for somebody to declare."""
    known = tenant.events.lacking is None and tenant.events.condition is None
    if not known or CLOUD_APP_EVENTS not in {source.id for source in tenant.standard.sources}:
        return
    lacking = _lacking(tenant, partial(_of_log, cloud_apps_log(tenant.events, tenant.terms), tenant.terms))
    if not lacking:
        return
    tables = {tenant.spelled.get(key, key) for key in tenant.stores.log_analytics.workspaces_with(CLOUD_APP_TABLE)}
    live = sorted(one for one in tables if _is_live(Sink.WORKSPACE, one, tenant.stores))
    at = tenant.home if tenant.home in live or not live else live[0]
    if can_keep(at, CLOUD_APP_TABLE, lacking, tenant.stores.log_analytics):
        yield Wanting(CLOUD_APP_EVENTS, CLOUD_APP_TABLE, at, lacking, arrives=False)


def _placed(
    tenant: Tenant, source: str, table: str, lacking: frozenset[bool], receiving: Iterable[str]
) -> Iterator[Wanting]:
    """Yield where a log is to be kept: where it arrives, else where most do, else in a workspace still to be made."""
    able = partial(can_keep, table=table, lacking=lacking, log_analytics=tenant.stores.log_analytics)
    keys = sorted({id_key(one) for one in receiving}, key=lambda key: (_is_capped(key, tenant.stores), key))
    if fit := [tenant.spelled[key] for key in keys if able(tenant.spelled[key])]:
        yield Wanting(source, table, fit[0], lacking, arrives=True)
    elif id_key(tenant.home) not in keys and able(tenant.home):
        yield Wanting(source, table, tenant.home, lacking, arrives=False)
    else:
        yield Wanting(source, table, NO_WORKSPACE, lacking, arrives=False)


def _of_log(log: HeldLog, terms: Terms, asked: Asked) -> Verdict:
    return log_verdict(judge_log(log, asked, terms), terms)


def _of_subscription(one: SubscriptionLog, terms: Terms, asked: Asked) -> Verdict:
    return judge_subscription(one, asked, terms).verdict


def _lacking(tenant: Tenant, judged: Callable[[Asked], Verdict]) -> frozenset[bool]:
    """Return which periods a log does not meet and a change can make it meet: searchable (True), in total (False)."""
    found = set()
    for hot in (True, False):
        asked = asked_of(tenant.standard, hot=hot)
        if asked is None:
            continue
        verdict = judged(asked)
        if isinstance(verdict, Fail) or (isinstance(verdict, Indeterminate) and verdict.kind in PLANNED):
            found.add(hot)
    return frozenset(found)


def _receiving(tenant: Tenant, one: SubscriptionLog) -> list[str]:
    """Return the live workspaces that get every required category of an Activity log."""
    return [
        sent.resource_id
        for sent in one.destinations
        if sent.sure.issuperset(one.stores) and _is_live(sent.kind, sent.resource_id, tenant.stores)
    ]


def _missing(one: SubscriptionLog, workspace: str) -> tuple[str, ...]:
    """Return the categories that do not go to a workspace yet: Azure refuses to send one to it twice."""
    there = [sent for sent in one.destinations if id_key(sent.resource_id) == id_key(workspace)]
    sent = frozenset[str]().union(*(each.sure | each.possible for each in there))
    return tuple(category for category in REQUIRED_ACTIVITY if category not in sent)


def _is_live(kind: Sink, resource_id: str, stores: Stores) -> bool:
    """Say whether it is a workspace that takes logs in, if need be again once its daily cap is raised.

    Only what surely is an id may stand in a command.
    """
    if kind is not Sink.WORKSPACE or _WORKSPACE.fullmatch(resource_id) is None:
        return False
    standing = stores.standing(kind, resource_id)
    return isinstance(standing, Live) or (isinstance(standing, Gone) and standing.for_now)


def _is_capped(workspace: str, stores: Stores) -> bool:
    return workspace != NO_WORKSPACE and isinstance(stores.standing(Sink.WORKSPACE, workspace), Gone)


def _fixes(wanting: Iterable[Wanting]) -> tuple[Fix, ...]:
    return tuple(fix for one in wanting for fix in one.fixes)
