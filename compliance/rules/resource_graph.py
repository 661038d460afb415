"""The one query that Azure Resource Graph is asked.

Source: Microsoft Learn, "Work with large Azure resource data sets" (paging needs the id among the columns; a page has
at most 1,000 rows) and "Azure Resource Graph table and resource type reference" (types in lower case).
"""

from __future__ import annotations

ROWS_PER_PAGE = 1000
"""How many rows Azure Resource Graph gives at most in one answer."""

RESOURCE_QUERY = (
    "resources"
    " | where type in~ ('microsoft.operationalinsights/workspaces', 'microsoft.kusto/clusters',"
    " 'microsoft.kusto/clusters/databases')"
    " | project id, name, type"
    " | order by id asc"
)
"""The workspaces and Azure Data Explorer clusters that the reader may see; without the id there were no pages of it."""
