"""Azure Monitor: diagnostic settings of Microsoft Entra ID, of subscriptions and of resources, and the Activity log.

Sources: the stable specification of microsoft.aadiam in Azure/azure-rest-api-specs; Microsoft Learn, "Diagnostic
Settings - List" and "Subscription Diagnostic Settings - List" (https://learn.microsoft.com/rest/api/monitor), "Activity
Logs - List" with its $filter, "Activity log in Azure Monitor" for the 90 days; terraform-provider-azurerm issue #18624
for what a refusal at the scope of microsoft.aadiam says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from compliance.demo.arm.wire import Call, Operation, error, forbidden, may, not_found, paged, timestamp, unsupported
from compliance.demo.azure import ACTIVITY_CATEGORIES, DiagnosticSetting, Workspace
from compliance.demo.azure_access import ActivityEvent
from compliance.demo.azure_stores import StorageAccount
from compliance.demo.odd import stable_guid
from compliance.demo.tenant import Tenant
from compliance.demo.wire import Answered, answered, with_odd

_AADIAM_VERSIONS = ("2017-04-01-preview", "2017-04-01")
_READ = "Microsoft.Insights/diagnosticSettings/read"
_KEPT = timedelta(days=90)

ENTRA_CATEGORIES = (
    "AuditLogs",
    "SignInLogs",
    "NonInteractiveUserSignInLogs",
    "ServicePrincipalSignInLogs",
    "ManagedIdentitySignInLogs",
    "ProvisioningLogs",
    "ADFSSignInLogs",
    "RiskyUsers",
    "UserRiskEvents",
    "NetworkAccessTrafficLogs",
    "RiskyServicePrincipals",
    "ServicePrincipalRiskEvents",
    "EnrichedOffice365AuditLogs",
    "MicrosoftGraphActivityLogs",
    "RemoteNetworkHealthLogs",
)
"""The categories that a setting of Entra ID made in the portal lists, each enabled or not."""

_CATEGORIES: dict[type, tuple[str, ...]] = {
    Workspace: ("Audit", "SummaryLogs"),
    StorageAccount: ("StorageRead", "StorageWrite", "StorageDelete"),
}

_FILTER = re.compile(
    r"eventTimestamp ge '([^']+)'(?: and eventTimestamp le '([^']+)')?"
    r"(?: and (resourceGroupName|resourceUri|resourceProvider|correlationId) eq '([^']+)')?",
    re.IGNORECASE,
)
_FRACTION = re.compile(r"(\.\d{1,6})\d*")


def entra_settings(tenant: Tenant, version: str) -> Answered:
    """The diagnostic settings of Microsoft Entra ID, whose scope lies outside every subscription."""
    scope = "/providers/microsoft.aadiam"
    if not may(tenant, "microsoft.aadiam/diagnosticSettings/read", scope):
        return forbidden(tenant, "microsoft.aadiam/diagnosticSettings/read", f"{scope}/diagnosticSettings")
    if version not in _AADIAM_VERSIONS:
        return unsupported(version, _AADIAM_VERSIONS)
    settings = tenant.azure.settings
    return answered({"value": [_setting(one, scope, ENTRA_CATEGORIES) for one in settings]})


def _settings(call: Call) -> Answered:
    """The settings of a subscription, which are those of its Activity log, or of a resource.

    Those of a storage account hold metrics alone; who reads its blobs is a setting of the blob service below it.
    """
    scope, azure = call.scope.rstrip("/"), call.tenant.azure
    if scope.count("/") == 2:
        subscription = azure.subscription(scope.rpartition("/")[2])
        stated = [] if subscription is None else subscription.settings
        at = f"/subscriptions/{scope.rpartition('/')[2]}/providers/microsoft.insights"
        return answered({"value": [_setting(one, at, ACTIVITY_CATEGORIES) for one in stated]})
    resource_id, _, below = scope.lower().partition("/blobservices/")
    found = next((one for one in azure.resources if one.id.lower() == resource_id), None)
    if found is None or below not in ("", "default"):
        return not_found(scope)
    # The ids of a resource's settings are in lower case, whatever the case of the resource's own.
    at = f"{scope.lower()}/providers/microsoft.insights"
    categories = _CATEGORIES.get(type(found), ())
    settings = found.settings if not isinstance(found, StorageAccount) or below else []
    return answered({"value": [_setting(one, at, categories) for one in settings]})


def _setting(setting: DiagnosticSetting, at: str, categories: tuple[str, ...]) -> dict[str, object]:
    """A setting as the API shows it; the retention policy of a log is obsolete and decides nothing."""
    retention = {"enabled": False, "days": 0}
    named = [*categories, *(name for name in setting.categories if name not in categories)]
    logs: list[dict[str, object]] = [
        {"category": None, "categoryGroup": group, "enabled": True, "retentionPolicy": retention}
        for group in setting.category_groups
    ]
    if setting.categories or not logs:
        logs += [
            {
                "category": name,
                "categoryGroup": None,
                "enabled": name in setting.categories,
                "retentionPolicy": retention,
            }
            for name in named
        ]
    document: dict[str, object] = {
        "id": f"{at}/diagnosticSettings/{setting.name}",
        "type": None,
        "name": setting.name,
        "location": None,
        "kind": None,
        "tags": None,
        "properties": {
            "storageAccountId": setting.storage_account_id,
            "serviceBusRuleId": None,
            "workspaceId": setting.workspace_id,
            "eventHubAuthorizationRuleId": setting.event_hub_authorization_rule_id,
            "eventHubName": setting.event_hub_name,
            "marketplacePartnerId": setting.marketplace_partner_id,
            "metrics": [],
            "logs": logs,
            "logAnalyticsDestinationType": None,
        },
        "identity": None,
    }
    return with_odd(document, setting.odd)


def _events(call: Call) -> Answered:
    """The events of a subscription's Activity log in a span of time, which may not begin 90 days ago or earlier."""
    stated = _FILTER.fullmatch(call.asked.query.get("$filter", "").strip())
    if stated is None:
        return _bad_request("The $filter query parameter is missing or not supported: it must give eventTimestamp.")
    since, until, key, value = stated.groups()
    now = call.tenant.now
    try:
        first, last = _moment(since), now if until is None else _moment(until)
    except ValueError:
        return _bad_request("The eventTimestamp in the $filter is not a date and time.")
    if first < now - _KEPT:
        return _bad_request("The start time cannot be more than 90 days in the past.")
    found = [
        one
        for one in call.tenant.azure.events
        if one.resource_id.lower().startswith(f"{call.scope.lower()}/")
        and first <= one.at <= last
        and (key is None or _selected(one, key.lower(), value.lower()))
    ]
    found.sort(key=lambda one: one.at, reverse=True)
    return paged(call, [_event(call.tenant, one) for one in found], min(call.tenant.azure.page_size, 200))


def _selected(event: ActivityEvent, key: str, value: str) -> bool:
    resource = event.resource_id.lower()
    match key:
        case "resourceuri":
            return resource == value
        case "resourceprovider":
            return event.operation.lower().startswith(f"{value}/")
        case "resourcegroupname":
            return f"/resourcegroups/{value}/" in f"{resource}/"
        case _:
            return False


def _event(tenant: Tenant, event: ActivityEvent) -> dict[str, object]:
    own = f"{event.operation} {event.resource_id} {event.at.isoformat()}"
    correlation = stable_guid(tenant.id, "operation", event.correlation or own)
    data_id = stable_guid(correlation, own, event.status)
    ticks = int(event.at.timestamp()) * 10_000_000 + 621_355_968_000_000_000
    segments = event.resource_id.strip("/").split("/")
    document: dict[str, object] = {
        "authorization": {"action": event.operation, "scope": event.resource_id},
        "caller": event.caller,
        "channels": "Operation",
        "claims": {},
        "correlationId": correlation,
        "description": "",
        "eventDataId": data_id,
        "eventName": {"value": "EndRequest", "localizedValue": "End request"},
        "category": {"value": "Administrative", "localizedValue": "Administrative"},
        "id": f"{event.resource_id}/events/{data_id}/ticks/{ticks}",
        "level": "Informational",
        "resourceGroupName": segments[3] if len(segments) > 3 else "",
        "resourceProviderName": {
            "value": event.operation.split("/")[0],
            "localizedValue": event.operation.split("/")[0],
        },
        "resourceId": event.resource_id,
        "resourceType": {"value": "/".join(segments[5:7]), "localizedValue": "/".join(segments[5:7])},
        "operationId": correlation,
        "operationName": {"value": event.operation, "localizedValue": event.operation.rpartition("/")[2]},
        "properties": {},
        "status": {"value": event.status, "localizedValue": event.status},
        "subStatus": {"value": "", "localizedValue": ""},
        "eventTimestamp": timestamp(event.at),
        "submissionTimestamp": timestamp(event.at + timedelta(minutes=2)),
        "subscriptionId": segments[1],
        "tenantId": tenant.id,
    }
    return with_odd(document, event.odd)


def _moment(text: str) -> datetime:
    """A moment as OData writes it; one without a zone is in UTC."""
    read = datetime.fromisoformat(_FRACTION.sub(r"\1", text))
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read


def _bad_request(message: str) -> Answered:
    return error(400, "BadRequest", message)


def operations() -> Iterable[tuple[str, Operation]]:
    """What Microsoft.Insights knows, by the path after the last /providers/ with names as *."""
    versions = ("2016-09-01", "2017-05-01-preview", "2021-05-01-preview")
    yield "microsoft.insights/diagnosticsettings", Operation(_READ, versions, _settings)
    yield (
        "microsoft.insights/eventtypes/*/values",
        Operation("Microsoft.Insights/eventtypes/values/read", ("2014-04-01", "2015-04-01"), _events),
    )
