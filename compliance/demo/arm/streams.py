"""Event hubs, which pass logs on, and Azure Data Explorer, which takes them in from there.

Sources: the REST references "Event Hubs - List By Namespace" (https://learn.microsoft.com/rest/api/eventhub), "Clusters
- Get", "Databases - List By Cluster" and "Data Connections - List By Database"
(https://learn.microsoft.com/rest/api/azurerekusto).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from compliance.demo.arm.wire import Call, Operation, error, not_found, paged, timestamp
from compliance.demo.azure_stores import Capture, Cluster, Database, DataConnection, EventHub, Namespace
from compliance.demo.tenant import Tenant
from compliance.demo.wire import Answered, answered, with_odd

_HUB_VERSIONS = ("2017-04-01", "2021-11-01", "2022-10-01-preview", "2024-01-01", "2025-05-01-preview", "2026-01-01")
_KUSTO_VERSIONS = ("2019-11-09", "2021-08-27", "2022-12-29", "2023-08-15", "2024-04-13", "2025-02-14")

_ARCHIVE_NAMES = "{Namespace}/{EventHub}/{PartitionId}/{Year}/{Month}/{Day}/{Hour}/{Minute}/{Second}"


def _of_namespace(respond: Callable[[Call, Namespace], Answered]) -> Callable[[Call], Answered]:
    def of_namespace(call: Call) -> Answered:
        wanted = call.scope.rstrip("/").lower()
        found = next((one for one in call.tenant.azure.namespaces if one.id.lower() == wanted), None)
        return not_found(call.scope) if found is None else respond(call, found)

    return of_namespace


def _of_cluster(respond: Callable[[Call, Cluster], Answered]) -> Callable[[Call], Answered]:
    def of_cluster(call: Call) -> Answered:
        wanted = call.scope.rstrip("/").lower()
        found = next((one for one in call.tenant.azure.clusters if one.id.lower() == wanted), None)
        return not_found(call.scope) if found is None else respond(call, found)

    return of_cluster


def namespace_shown(one: Namespace) -> dict[str, object]:
    """A namespace as the API shows it."""
    document: dict[str, object] = {
        "sku": {"name": "Standard", "tier": "Standard", "capacity": 1},
        "id": one.id,
        "name": one.name,
        "type": "Microsoft.EventHub/Namespaces",
        "location": "East US",
        "properties": {
            "provisioningState": "Succeeded",
            "status": "Active",
            "createdAt": timestamp(one.created),
            "serviceBusEndpoint": f"https://{one.name}.servicebus.windows.net:443/",
            "kafkaEnabled": True,
        },
    }
    return with_odd(document, one.odd)


def _hub(namespace: Namespace, hub: EventHub) -> dict[str, object]:
    properties: dict[str, object] = {
        "messageRetentionInDays": hub.retention_days,
        "partitionCount": 4,
        "status": hub.status,
        "createdAt": timestamp(namespace.created),
        "retentionDescription": {"cleanupPolicy": "Delete", "retentionTimeInHours": 24 * hub.retention_days},
    }
    if hub.capture is not None:
        properties["captureDescription"] = _capture(hub.capture)
    document: dict[str, object] = {
        "id": f"{namespace.id}/eventhubs/{hub.name}",
        "name": hub.name,
        "type": "Microsoft.EventHub/namespaces/eventhubs",
        "location": "East US",
        "properties": properties,
    }
    return with_odd(document, hub.odd)


def _capture(capture: Capture) -> dict[str, object]:
    return {
        "enabled": capture.enabled,
        "encoding": "Avro",
        "intervalInSeconds": 300,
        "sizeLimitInBytes": 314_572_800,
        "destination": {
            "name": "EventHubArchive.AzureBlockBlob",
            "properties": {
                "storageAccountResourceId": capture.storage_account_id,
                "blobContainer": capture.container,
                "archiveNameFormat": _ARCHIVE_NAMES,
            },
        },
    }


def cluster_shown(one: Cluster) -> dict[str, object]:
    """A cluster as the API shows it."""
    document: dict[str, object] = {
        "id": one.id,
        "name": one.name,
        "type": "Microsoft.Kusto/Clusters",
        "location": "East US",
        "sku": {"name": "Standard_E8ads_v5", "tier": "Standard", "capacity": 2},
        "properties": {"provisioningState": "Succeeded", "state": one.state},
    }
    return with_odd(document, one.odd)


def database_shown(cluster: Cluster, one: Database) -> dict[str, object]:
    """A database as the API shows it; a period without end is left out."""
    periods = {"softDeletePeriod": one.soft_delete, "hotCachePeriod": one.hot_cache}
    document: dict[str, object] = {
        "id": f"{cluster.id}/Databases/{one.name}",
        "name": f"{cluster.name}/{one.name}",
        "type": "Microsoft.Kusto/Clusters/Databases",
        "location": "East US",
        "kind": "ReadWrite",
        "properties": {
            "provisioningState": "Succeeded",
            **{name: period for name, period in periods.items() if period is not None},
            "statistics": {"size": 1024.0},
            "isFollowed": False,
        },
    }
    return with_odd(document, one.odd)


def _connections(call: Call, cluster: Cluster) -> Answered:
    (wanted,) = call.names
    found = next((one for one in cluster.databases if one.name.lower() == wanted.lower()), None)
    if found is None:
        return error(404, "ResourceNotFound", f"Database '{wanted}' was not found in cluster '{cluster.name}'.")
    return answered({"value": [_connection(call.tenant, cluster, found, one) for one in found.connections]})


def _connection(tenant: Tenant, cluster: Cluster, database: Database, one: DataConnection) -> dict[str, object]:
    return {
        "id": f"{cluster.id}/Databases/{database.name}/DataConnections/{one.name}",
        "name": f"{cluster.name}/{database.name}/{one.name}",
        "type": "Microsoft.Kusto/Clusters/Databases/DataConnections",
        "location": "East US",
        "kind": "EventHub",
        "properties": {
            "eventHubResourceId": one.event_hub_id,
            "consumerGroup": "$Default",
            "tableName": one.table,
            "mappingRuleName": None,
            "dataFormat": "MULTIJSON",
            "compression": "None",
            "provisioningState": "Succeeded",
            "retrievalStartDate": timestamp(tenant.created),
        },
    }


def operations() -> Iterable[tuple[str, Operation]]:
    """What the two providers know, by the path after the last /providers/ with names as *."""
    hubs, kusto = "Microsoft.EventHub/namespaces", "Microsoft.Kusto/clusters"
    yield (
        "microsoft.eventhub/namespaces/*",
        Operation(f"{hubs}/read", _HUB_VERSIONS, _of_namespace(lambda _, one: answered(namespace_shown(one)))),
    )
    yield (
        "microsoft.eventhub/namespaces/*/eventhubs",
        Operation(
            f"{hubs}/eventhubs/read",
            _HUB_VERSIONS,
            _of_namespace(
                lambda call, one: paged(call, [_hub(one, hub) for hub in one.hubs], call.tenant.azure.page_size)
            ),
        ),
    )
    for path, action, respond in (
        ("microsoft.kusto/clusters/*", "read", lambda _, one: answered(cluster_shown(one))),
        (
            "microsoft.kusto/clusters/*/databases",
            "Databases/read",
            lambda _, one: answered({"value": [database_shown(one, each) for each in one.databases]}),
        ),
        ("microsoft.kusto/clusters/*/databases/*/dataconnections", "Databases/DataConnections/read", _connections),
    ):
        yield path, Operation(f"{kusto}/{action}", _KUSTO_VERSIONS, _of_cluster(respond))
