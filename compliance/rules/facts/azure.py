"""Facts about Azure: the Activity log, Log Analytics, Event Hubs, Data Explorer, and rights over them."""

from __future__ import annotations

from compliance.rules.facts.fact import Certainty, Fact

_LOG_ANALYTICS = (
    "Microsoft Learn, Manage data retention in a Log Analytics workspace,"
    " https://learn.microsoft.com/azure/azure-monitor/logs/data-retention-configure"
)
_ACTIVITY_LOG = "Microsoft Learn, Activity log in Azure Monitor, https://learn.microsoft.com/azure/azure-monitor/platform/activity-log"

FACTS = (
    Fact(
        "log-analytics.total-retention",
        "A table keeps records for totalRetentionInDays from creation, of which retentionInDays can be searched at"
        " once; the rest is reached by search jobs. The two are never added. -1 stands for a default.",
        _LOG_ANALYTICS,
        "2026-09-02",
        Certainty.HIGH,
    ),
    Fact(
        "log-analytics.basic-plan",
        "In the plan Basic, 30 days can be searched, one table at a time with a reduced query language.",
        _LOG_ANALYTICS,
        "2026-09-02",
        Certainty.HIGH,
    ),
    Fact(
        "log-analytics.auxiliary-plan",
        "In the plan Auxiliary, the data lake tier, a table has total retention alone: its records can be retrieved,"
        " and are not counted as searchable at once.",
        "Microsoft Learn, Manage data tiers and retention in Microsoft Sentinel,"
        " https://learn.microsoft.com/azure/sentinel/manage-data-overview",
        "2025-11-05",
        Certainty.MEDIUM,
    ),
    Fact(
        "azure.activity-log-90-days",
        "Azure keeps the Activity log of a subscription for 90 days, which cannot be changed; it is kept longer only"
        " where a diagnostic setting of the subscription sends it. Operations that only read are not in it.",
        _ACTIVITY_LOG,
        None,
        Certainty.HIGH,
    ),
    Fact(
        "log-analytics.removal",
        "Whoever may purge, delete rows, tables or the workspace removes records from Log Analytics; a lock blocks that"
        " and every change of retention, yet whoever owns the workspace can take it off. Proof against tampering needs"
        " an export to immutable storage. A deleted workspace can be brought back for 14 days.",
        "Microsoft Learn, Azure Monitor Logs data security,"
        " https://learn.microsoft.com/azure/azure-monitor/logs/data-security",
        None,
        Certainty.HIGH,
    ),
    Fact(
        "log-analytics.shortening-waits",
        "When the total retention of a table is shortened, 30 days pass before records are removed; until then it can"
        " be raised again. A PUT of a table resets what it does not name to the default, a PATCH leaves it.",
        _LOG_ANALYTICS,
        "2026-09-02",
        Certainty.HIGH,
    ),
    Fact(
        "log-analytics.encrypted",
        "Log Analytics takes logs in and gives them out over TLS alone, and encrypts them at rest with keys of"
        " Microsoft's; keys of one's own are an option.",
        "Microsoft Learn, Azure Monitor Logs data security,"
        " https://learn.microsoft.com/azure/azure-monitor/logs/data-security",
        None,
        Certainty.HIGH,
    ),
    Fact(
        "azure.locks",
        "A lock holds for a resource and all below the scope that it is on: CanNotDelete forbids to delete, ReadOnly"
        " also to change, and to list a storage account's keys. Neither protects blobs from requests to the storage"
        " account itself, and whoever owns the scope can take it off.",
        "Microsoft Learn, Lock your Azure resources to protect your infrastructure,"
        " https://learn.microsoft.com/azure/azure-resource-manager/management/lock-resources",
        None,
        Certainty.HIGH,
    ),
    Fact(
        "event-hubs.transport",
        "An event hub holds events for hours to days, 90 at most, until they are read; what keeps them is Capture, or"
        " whatever reads from it.",
        "Microsoft Learn, Azure Event Hubs quotas and limits,"
        " https://learn.microsoft.com/azure/event-hubs/event-hubs-quotas",
        None,
        Certainty.HIGH,
    ),
    Fact(
        "adx.soft-delete",
        "A table of Azure Data Explorer keeps records for its softDeletePeriod, which goes before that of its database"
        " and is shown by .show table policy retention alone; the cache decides how fast they are found, not whether.",
        "Microsoft Learn, Retention policy, https://learn.microsoft.com/kusto/management/retention-policy",
        None,
        Certainty.HIGH,
    ),
    Fact(
        "azure.pim-applications",
        "Applications and managed identities cannot be eligible for a role, since they cannot activate one.",
        "Microsoft Learn, Eligible and time-bound role assignments in Azure RBAC,"
        " https://learn.microsoft.com/azure/role-based-access-control/pim-integration",
        None,
        Certainty.HIGH,
    ),
    Fact(
        "azure.role-patterns",
        "An Azure role allows what a permission's actions name, less its notActions, where * stands for any text; it"
        " holds at the scope of its assignment and everywhere below. Deny assignments only take rights away.",
        "Microsoft Learn, Understand Azure role definitions,"
        " https://learn.microsoft.com/azure/role-based-access-control/role-definitions",
        None,
        Certainty.HIGH,
    ),
    Fact(
        "azure.rights-over-logs",
        "Logs of a workspace are removed by purge, deleteData, deletion of a table or of the workspace, and sooner by"
        " shorter retention; blobs by data actions, the account's keys or SAS, lifecycle rules, or deletion of the"
        " container or the account; either by deletion of the resource group.",
        "Microsoft Learn, Delete data from a Log Analytics workspace by using the Delete Data API,"
        " https://learn.microsoft.com/azure/azure-monitor/logs/delete-log-data",
        None,
        Certainty.HIGH,
    ),
    Fact(
        "azure.destinations",
        "A diagnostic setting stays as it is when its destination is deleted or moved, and sends nothing then. A"
        " storage account behind a firewall takes logs in only where trusted Azure services may pass it; an event hub"
        " keeps nothing for long.",
        "Microsoft Learn, Diagnostic settings in Azure Monitor,"
        " https://learn.microsoft.com/azure/azure-monitor/platform/diagnostic-settings",
        None,
        Certainty.HIGH,
    ),
    Fact(
        "azure.activity-log-elsewhere",
        "A diagnostic setting of a management group sends what happens at the group and not the Activity logs of its"
        " subscriptions; what happens to the directory itself is in the tenant's own Activity log.",
        "Microsoft Learn, Management Group Diagnostic Settings,"
        " https://learn.microsoft.com/rest/api/monitor/management-group-diagnostic-settings",
        None,
        Certainty.MEDIUM,
    ),
    Fact(
        "azure.query-auditing",
        "Who searches a workspace is recorded where a diagnostic setting of the workspace sends its category Audit (the"
        " table LAQueryLogs); who reads, writes or deletes blobs where one of the blob service sends StorageRead,"
        " StorageWrite and StorageDelete (StorageBlobLogs). Neither is on by default.",
        "Microsoft Learn, Audit queries in Azure Monitor Logs,"
        " https://learn.microsoft.com/azure/azure-monitor/logs/query-audit",
        None,
        Certainty.HIGH,
    ),
    Fact(
        "azure.reading-logs",
        "To search a workspace takes a role with workspaces/query/read and the read action of each table, such as"
        " Reader, Log Analytics Reader or Microsoft Sentinel Reader, at the workspace or above.",
        "Microsoft Learn, Manage access to Log Analytics workspaces,"
        " https://learn.microsoft.com/azure/azure-monitor/logs/manage-access",
        None,
        Certainty.HIGH,
    ),
)
"""These facts."""
