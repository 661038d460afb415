"""Azure Resource Graph: the workspaces and Azure Data Explorer clusters of every subscription that may be seen.

Source: Microsoft Learn, "Azure Resource Graph REST API" (resources, 2021-03-01) and "Working with large Azure resource
data sets". It is the one POST to Azure Resource Manager, and its query is the one that `policies.ReadOnly` names.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from compliance.evidence.datasets import Api
from compliance.rules.resource_graph import RESOURCE_QUERY, ROWS_PER_PAGE
from compliance.sources.pages import Listing, Page, read_pages
from compliance.sources.transport import Request, TenantApis

DATASET = "arm.resources"
_PATH = "/providers/Microsoft.ResourceGraph/resources?api-version=2021-03-01"


def read_resources(apis: TenantApis) -> Iterator[Page]:
    """The pages of the query's answer; raises `SourceError` and `Truncated`."""
    url = f"{apis.cloud.arm}{_PATH}"
    return read_pages(
        apis,
        Api.ARM,
        Request("POST", url, {}, _body(None)),
        dataset=DATASET,
        endpoint="arm",
        next_request=lambda token, before: Request("POST", url, {}, _body(token), follows=before),
        listing=Listing.DATA,
    )


def _body(skip_token: str | None) -> dict[str, Any]:
    """The query, and where to go on; without a list of subscriptions all are searched."""
    options: dict[str, Any] = {"$top": ROWS_PER_PAGE, "resultFormat": "objectArray"}
    if skip_token is not None:
        options["$skipToken"] = skip_token
    return {"query": RESOURCE_QUERY, "options": options}
