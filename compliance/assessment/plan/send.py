"""Steps that send logs to a workspace: settings that are added beside those that there are."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import msgspec

from compliance.assessment.plan.steps import Fix, Order, Step
from compliance.evidence.derived.azure_activity import SubscriptionLog
from compliance.rules.resource_ids import resource_group_of, resource_name, subscription_of

_MOST_SETTINGS = 5
"""So many diagnostic settings can be there at once (Microsoft Learn, Diagnostic settings in Azure Monitor)."""
_NAMED = 20
"""For so many subscriptions a command each is shown."""
_FORWARD = "no backfill: what is written from then on is sent"
_SOON = "up to 90 minutes until the first records arrive"


def entra_step(workspace: str, categories: Sequence[str], taken: Collection[str], fixes: tuple[Fix, ...]) -> Step:
    """Return the step that sends categories of Microsoft Entra ID to a workspace, in a setting of its own."""
    name = setting_name(workspace, taken)
    body = {
        "properties": {"workspaceId": workspace, "logs": [{"category": one, "enabled": True} for one in categories]}
    }
    if len(taken) >= _MOST_SETTINGS:
        commands: tuple[str, ...] = (
            f"# {_MOST_SETTINGS} diagnostic settings are there, and no more can be: in one that sends to the workspace,"
            " or in a new one once a setting whose destination is gone was deleted, select beside what is selected:"
            f" {', '.join(categories)}",
        )
    else:
        url = shlex.quote(f"/providers/microsoft.aadiam/diagnosticSettings/{name}?api-version=2017-04-01")
        commands = (f"az rest --method put --url {url} --body '{msgspec.json.encode(body).decode()}'",)
    return Step(
        order=Order.SEND,
        what=f"Send logs of Microsoft Entra ID to the workspace {resource_name(workspace)}: {', '.join(categories)}",
        commands=commands,
        fixes=fixes,
        role="Security Administrator in Microsoft Entra ID, and Log Analytics Contributor on the workspace",
        delay=_SOON,
        backfill=_FORWARD,
    )


@dataclass(frozen=True, slots=True)
class Unsent:
    """The Activity log of a subscription that no live workspace gets all of, and the categories to add.

    `workspace` is the one to send it to, None where nothing can be set, since the subscription is not in use.
    """

    log: SubscriptionLog
    workspace: str | None
    categories: tuple[str, ...]


def activity_step(workspace: str, unsent: Sequence[Unsent], fixes: tuple[Fix, ...]) -> Step:
    """Return the step that sends the Activity logs of subscriptions to a workspace, in a setting of its own each."""
    commands = []
    for one in unsent[:_NAMED]:
        at = resource_name(one.log.id)
        if len(one.log.setting_names) >= _MOST_SETTINGS:
            commands.append(
                f"# {at}: {_MOST_SETTINGS} settings are there, and no more can be; in one that sends to this workspace"
                f" select: {', '.join(one.categories)}"
            )
            continue
        logs = msgspec.json.encode([{"category": each, "enabled": True} for each in one.categories]).decode()
        commands.append(
            f"az monitor diagnostic-settings subscription create --subscription {at} --location global"
            f" --name {setting_name(workspace, one.log.setting_names)}"
            f" --workspace {shlex.quote(workspace)} --logs '{logs}'"
        )
    if len(unsent) > _NAMED:
        commands.append(
            f'# likewise for {len(unsent) - _NAMED:,} more; the built-in Azure Policy "Configure Azure Activity logs to'
            ' stream to specified Log Analytics workspace" does it for all, future ones included'
        )
    return Step(
        order=Order.SEND,
        what=f"Send Activity logs to the workspace {resource_name(workspace)}: subscriptions: {len(unsent):,}",
        commands=tuple(commands),
        fixes=fixes,
        role="Monitoring Contributor on each subscription, and Log Analytics Contributor on the workspace",
        delay=_SOON,
        backfill=_FORWARD,
    )


def disabled_step(count: int, fixes: tuple[Fix, ...]) -> Step:
    """Return the step for subscriptions that are not in use: nothing can be set there."""
    return Step(
        order=Order.SETTLE,
        what=f"Enable, or delete, subscriptions that are not in use and keep no Activity log: {count:,}",
        commands=(),
        fixes=fixes,
        role="Owner of each subscription",
        delay="with the next check",
        backfill=_FORWARD,
        alternative="enabled, one is sent to a workspace as the others are; a deleted one writes no Activity log",
    )


def defender_step(workspace: str, fixes: tuple[Fix, ...]) -> Step:
    """Return the step that streams CloudAppEvents to a workspace, which no command does."""
    return Step(
        order=Order.SEND,
        what="Stream CloudAppEvents, and declare it: no API shows whether Microsoft Defender XDR does",
        commands=(
            f"# Microsoft Sentinel in {resource_name(workspace)}, Data connectors, Microsoft Defender XDR: connect the"
            " events CloudAppEvents; then declare the workspace in declarations.yaml for defender.cloud_app_events",
        ),
        fixes=fixes,
        role="Security Administrator in Microsoft Entra ID, and Microsoft Sentinel Contributor on the workspace",
        delay=_SOON,
        backfill=_FORWARD,
    )


def premium_step(fixes: tuple[Fix, ...]) -> Step:
    """Return the step without which sign-in logs are sent nowhere."""
    return Step(
        order=Order.LICENSE,
        what="Get Microsoft Entra ID P1 or P2: without it sign-in logs are sent nowhere, whatever the settings say",
        commands=(),
        fixes=fixes,
        role="Billing Administrator in Microsoft Entra ID",
        delay="up to 24 hours until the licence is in force",
        backfill=_FORWARD,
        needs_licences=True,
    )


def create_step(workspace: str, fixes: tuple[Fix, ...]) -> Step:
    """Return the step that makes a workspace where there is none to send logs to, closed and watched as it should be.

    `workspace` is its id, in which names in angle brackets stand for what is to be chosen.
    """
    return Step(
        order=Order.SEND,
        what="Create a Log Analytics workspace: no live one can receive these logs and keep them",
        commands=(
            "az monitor log-analytics workspace create --subscription <subscription> --resource-group <group>"
            " --workspace-name <workspace> --retention-time 90",
            "az lock create --name keep-logs --lock-type CanNotDelete --subscription <subscription>"
            " --resource-group <group> --resource <workspace>"
            " --resource-type Microsoft.OperationalInsights/workspaces",
            f"az monitor diagnostic-settings create --name readers --resource {workspace} --workspace {workspace}"
            """ --logs '[{"category":"Audit","enabled":true}]'""",
            "az role assignment create --assignee <object id of the SOC's group> --role 'Log Analytics Reader'"
            f" --scope {workspace}",
        ),
        fixes=fixes,
        role="Owner of the resource group",
        delay="a few minutes",
        backfill=_FORWARD,
    )


def capped_step(workspace: str, fixes: tuple[Fix, ...]) -> Step:
    """Return the step that lets a workspace take logs in all day."""
    subscription, group = subscription_of(workspace), resource_group_of(workspace)
    return Step(
        order=Order.SEND,
        what=f"Take the daily cap off the workspace {resource_name(workspace)}: over it, logs are lost until midnight",
        commands=(
            "az monitor log-analytics workspace update"
            f" --subscription {resource_name(subscription or '<subscription>')}"
            f" --resource-group {shlex.quote(group or '<group>')} --workspace-name {resource_name(workspace)}"
            " --quota -1",
        ),
        fixes=fixes,
        role="Log Analytics Contributor on the workspace",
        delay="with the next day of the cap",
        backfill="no backfill: what came over the cap is lost",
    )


def setting_name(workspace: str, taken: Collection[str]) -> str:
    """Return a name for a setting that sends to a workspace and that no setting has, so that none is overwritten."""
    called = resource_name(workspace)
    name = "lookback" if "<" in called else f"lookback-{called}"
    names = (name if number == 1 else f"{name}-{number}" for number in range(1, len(taken) + 2))
    return next(one for one in names if one.casefold() not in taken)
