"""The copy of the unified audit log that Microsoft Sentinel's connector for Microsoft 365 makes in Log Analytics.

Microsoft Learn, Find your Microsoft Sentinel data connector (Microsoft 365),
https://learn.microsoft.com/azure/sentinel/data-connectors-reference, and Azure Monitor Logs table reference,
https://learn.microsoft.com/azure/azure-monitor/reference/tables/officeactivity.
"""

from __future__ import annotations

OFFICE_ACTIVITY = "OfficeActivity"
"""The table that the connector fills."""
OFFICE_ACTIVITY_SOURCES = frozenset(
    {
        "purview.mail_items_accessed",
        "purview.exchange_admin",
        "purview.exchange_item",
        "purview.sharepoint_file",
        "purview.teams",
    }
)
"""The log sources that it copies: Exchange, SharePoint and Teams, and nothing else of the unified audit log."""
