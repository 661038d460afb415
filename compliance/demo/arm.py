"""Azure Resource Manager: Entra diagnostic settings, subscriptions, Log Analytics workspaces and their tables.

Sources: the REST references "Subscriptions - List" (https://learn.microsoft.com/rest/api/resources/subscriptions/list),
"Workspaces - Get" and "Tables - List By Workspace" (https://learn.microsoft.com/rest/api/loganalytics), the stable
specification of microsoft.aadiam in Azure/azure-rest-api-specs, "Troubleshoot common Azure deployment errors"
(https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment-errors) for the errors, and
terraform-provider-azurerm issue #18624 for what a refusal at the scope of microsoft.aadiam says.
"""

from __future__ import annotations

from compliance.demo.azure import DiagnosticSetting, Subscription, Table, Workspace
from compliance.demo.odd import stable_guid
from compliance.demo.paging import Continuation, continuation_of, cut
from compliance.demo.tenant import Tenant
from compliance.demo.wire import Answered, Asked, BadToken, Token, answered, with_odd

_AADIAM_VERSIONS = ("2017-04-01-preview", "2017-04-01")
_SUBSCRIPTION_VERSIONS = ("2016-06-01", "2020-01-01", "2021-01-01", "2022-12-01")
_WORKSPACE_VERSIONS = ("2020-08-01", "2021-12-01-preview", "2022-10-01", "2023-09-01", "2025-07-01")
_READERS = frozenset({"Reader", "Contributor", "Owner", "Monitoring Reader", "Log Analytics Reader"})

CATEGORIES = (
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
"""The categories that a setting made in the portal lists, each enabled or not."""


def answer(tenant: Tenant, token: Token | BadToken, asked: Asked) -> Answered:
    """Answer one request to Azure Resource Manager."""
    if isinstance(token, BadToken):
        return _token_refused(tenant, asked, token)
    version = asked.query.get("api-version")
    if version is None:
        return _error(
            400,
            "MissingApiVersionParameter",
            "The api-version query parameter (?api-version=) is required for all requests.",
        )
    if asked.method == "GET":
        match asked.segments:
            case ("providers", "microsoft.aadiam", "diagnosticsettings"):
                return _diagnostic_settings(tenant, version)
            case ("subscriptions",):
                return _subscriptions(tenant, asked, version)
            case ("subscriptions", subscription, "resourcegroups", _, "providers", provider, "workspaces", _, *rest):
                if all(subscription != one.id for one in tenant.azure.subscriptions):
                    message = f"The subscription '{subscription}' could not be found."
                    return _error(404, "SubscriptionNotFound", message)
                if provider == "microsoft.operationalinsights" and rest in ([], ["tables"]):
                    return _workspace(tenant, asked, version, tables=bool(rest))
    return _error(404, "InvalidResourceType", f"The resource type could not be found in the path '{asked.path}'.")


def _diagnostic_settings(tenant: Tenant, version: str) -> Answered:
    scope = "/providers/microsoft.aadiam"
    if not _may_read(tenant, scope):
        return _forbidden(tenant, "microsoft.aadiam/diagnosticSettings/read", f"{scope}/diagnosticSettings")
    if version not in _AADIAM_VERSIONS:
        return _unsupported(version, _AADIAM_VERSIONS)
    return answered({"value": [_setting(setting) for setting in tenant.azure.settings]})


def _setting(setting: DiagnosticSetting) -> dict[str, object]:
    """A setting as the API shows it; the retention policy of a log is obsolete and decides nothing."""
    retention = {"enabled": False, "days": 0}
    named = [*CATEGORIES, *(name for name in setting.categories if name not in CATEGORIES)]
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
        "id": f"/providers/microsoft.aadiam/diagnosticSettings/{setting.name}",
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


def _subscriptions(tenant: Tenant, asked: Asked, version: str) -> Answered:
    """Only those in which the caller holds some role, at whatever scope: an empty list says that none is visible."""
    if version not in _SUBSCRIPTION_VERSIONS:
        message = f"The api-version '{version}' is invalid. The supported versions are"
        return _error(400, "InvalidApiVersionParameter", f"{message} '{','.join(_SUBSCRIPTION_VERSIONS)}'.")
    seen = [one for one in tenant.azure.subscriptions if _sees(tenant, f"/subscriptions/{one.id}")]
    try:
        continuation = continuation_of(asked) or Continuation(0, 0, "")
    except ValueError:
        return _error(400, "InvalidSkipToken", "The specified skipToken is invalid.")
    page = cut(asked, continuation, total=len(seen), size=tenant.azure.page_size)
    document: dict[str, object] = {"value": [_subscription(tenant, one) for one in seen[page.start : page.stop]]}
    if page.next_link is not None:
        document["nextLink"] = page.next_link
    return answered({**document, "count": {"type": "Total", "value": len(seen)}})


def _subscription(tenant: Tenant, one: Subscription) -> dict[str, object]:
    document: dict[str, object] = {
        "id": f"/subscriptions/{one.id}",
        "authorizationSource": "RoleBased",
        "managedByTenants": [],
        "subscriptionId": one.id,
        "tenantId": tenant.id,
        "displayName": one.display_name,
        "state": one.state,
        "subscriptionPolicies": {
            "locationPlacementId": "Public_2014-09-01",
            "quotaId": "EnterpriseAgreement_2014-09-01",
            "spendingLimit": "Off",
        },
    }
    return with_odd(document, one.odd)


def _workspace(tenant: Tenant, asked: Asked, version: str, *, tables: bool) -> Answered:
    path = asked.path.removesuffix("/tables") if tables else asked.path
    if not _may_read(tenant, path):
        kind = "workspaces/tables" if tables else "workspaces"
        return _forbidden(tenant, f"Microsoft.OperationalInsights/{kind}/read", asked.path)
    if version not in _WORKSPACE_VERSIONS:
        return _unsupported(version, _WORKSPACE_VERSIONS)
    found = next((one for one in tenant.azure.workspaces if one.id.lower() == path.lower()), None)
    if found is None:
        group, name = path.split("/")[4], path.split("/")[8]
        return _error(
            404,
            "ResourceNotFound",
            f"The Resource 'Microsoft.OperationalInsights/workspaces/{name}' under resource group '{group}' was not"
            " found. For more details please go to https://aka.ms/ARMResourceNotFoundFix",
        )
    if tables:
        return answered({"value": [_table(found, table) for table in found.tables]})
    return answered(_workspace_shown(tenant, found))


def _workspace_shown(tenant: Tenant, one: Workspace) -> dict[str, object]:
    document: dict[str, object] = {
        "properties": {
            "customerId": stable_guid(tenant.id, "workspace", one.id),
            "provisioningState": "Succeeded",
            "sku": {"name": "pergb2018", "lastSkuUpdate": f"{one.created:%Y-%m-%dT%H:%M:%S}.0000000Z"},
            "retentionInDays": one.retention_in_days,
            "features": {
                "legacy": 0,
                "searchVersion": 1,
                "enableLogAccessUsingOnlyResourcePermissions": True,
            },
            "workspaceCapping": {
                "dailyQuotaGb": -1.0,
                "quotaNextResetTime": f"{tenant.now:%Y-%m-%d}T22:00:00.0000000Z",
                "dataIngestionStatus": "RespectQuota",
            },
            "publicNetworkAccessForIngestion": "Enabled",
            "publicNetworkAccessForQuery": "Enabled",
            "createdDate": f"{one.created:%Y-%m-%dT%H:%M:%S}.0000000Z",
            "modifiedDate": f"{one.modified:%Y-%m-%dT%H:%M:%S}.0000000Z",
        },
        "location": "eastus",
        "id": one.id,
        "name": one.name,
        "type": "Microsoft.OperationalInsights/workspaces",
    }
    return with_odd(document, one.odd)


def _table(workspace: Workspace, table: Table) -> dict[str, object]:
    document: dict[str, object] = {
        "properties": {
            "totalRetentionInDays": table.total_retention_in_days,
            "archiveRetentionInDays": table.total_retention_in_days - table.retention_in_days,
            "plan": table.plan,
            "retentionInDaysAsDefault": table.retention_in_days == workspace.retention_in_days,
            "totalRetentionInDaysAsDefault": table.total_retention_in_days == table.retention_in_days,
            "schema": {
                "tableSubType": "Any",
                "name": table.name,
                "tableType": "Microsoft",
                "standardColumns": [],
                "solutions": ["LogManagement"],
                "isTroubleshootingAllowed": False,
            },
            "provisioningState": "Succeeded",
            "retentionInDays": table.retention_in_days,
        },
        "id": f"{workspace.id}/tables/{table.name}",
        "name": table.name,
    }
    return with_odd(document, table.odd)


def _may_read(tenant: Tenant, scope: str) -> bool:
    """Whether a role at this scope or above it lets the identity read."""
    return any(
        role in _READERS and f"{scope}/".lower().startswith(f"{at.rstrip('/')}/".lower())
        for role, at in tenant.identity.azure_roles
    )


def _sees(tenant: Tenant, subscription: str) -> bool:
    below = any(f"{at}/".lower().startswith(f"{subscription}/".lower()) for _, at in tenant.identity.azure_roles)
    return below or _may_read(tenant, subscription)


def _error(status: int, code: str, message: str) -> Answered:
    return answered({"error": {"code": code, "message": message}}, status)


def _forbidden(tenant: Tenant, action: str, scope: str) -> Answered:
    identity = tenant.identity
    return _error(
        403,
        "AuthorizationFailed",
        f"The client '{identity.object_id}' with object id '{identity.object_id}' does not have authorization to"
        f" perform action '{action}' over scope '{scope}' or the scope is invalid. If access was recently granted,"
        " please refresh your credentials.",
    )


def _unsupported(version: str, known: tuple[str, ...]) -> Answered:
    return _error(
        400,
        "NoRegisteredProviderFound",
        f"No registered resource provider found for API version '{version}'. The supported api-versions are"
        f" '{', '.join(known)}'.",
    )


def _token_refused(tenant: Tenant, asked: Asked, token: BadToken) -> Answered:
    refusals = {
        "missing": ("AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing."),
        "malformed": ("InvalidAuthenticationToken", "The access token is invalid."),
        "audience": (
            "InvalidAuthenticationTokenAudience",
            "The access token has been obtained for wrong audience or resource. It should exactly match with one of"
            f" the allowed audiences '{asked.root}/','{asked.root}'.",
        ),
        "expired": (
            "ExpiredAuthenticationToken",
            f"The access token expiry UTC time is earlier than current UTC time '{asked.now:%m/%d/%Y %I:%M:%S %p}'.",
        ),
    }
    code, message = refusals[token.why]
    challenge = f'Bearer authorization_uri="https://localhost/{tenant.id}", error="invalid_token"'
    refusal: dict[str, object] = {"error": {"code": code, "message": message}}
    return answered(refusal, 401, headers={"www-authenticate": challenge})
