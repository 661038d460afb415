"""The copy of the unified audit log that Microsoft Sentinel's connector for Microsoft 365 makes in Log Analytics.

Microsoft Learn, Find your Microsoft Sentinel data connector (Microsoft 365),
https://learn.microsoft.com/azure/sentinel/data-connectors-reference, and Azure Monitor Logs table reference,
https://learn.microsoft.com/azure/azure-monitor/reference/tables/officeactivity.
"""

from __future__ import annotations

from types import MappingProxyType

OFFICE_ACTIVITY = "OfficeActivity"
"""The table that the connector fills."""
EXCHANGE, SHARE_POINT, TEAMS = "exchange", "sharePoint", "teams"
"""The kinds of data that the connector brings in, as it names them; each is switched on for itself."""
CONNECTED_BY = MappingProxyType(
    {
        "purview.mail_items_accessed": EXCHANGE,
        "purview.exchange_admin": EXCHANGE,
        "purview.exchange_item": EXCHANGE,
        "purview.sharepoint_file": SHARE_POINT,
        "purview.teams": TEAMS,
    }
)
"""The kind of data that holds each log source which it copies."""
OFFICE_ACTIVITY_SOURCES = frozenset(CONNECTED_BY)
"""The log sources that it copies: Exchange, SharePoint and Teams, and nothing else of the unified audit log."""
