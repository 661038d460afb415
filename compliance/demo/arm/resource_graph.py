"""Azure Resource Graph: resources found by a query, and only those that the identity may read.

The language is cut down to what finds resources: `where` on type, name and subscriptionId, `project`, `order by`,
`take`. Whatever else is asked is refused like a query that cannot be parsed.

Sources: Microsoft Learn, "Resources - Resources" (https://learn.microsoft.com/rest/api/azureresourcegraph), "Working
with large Azure resource data sets" (a page holds at most 1,000 rows; without the id in the projection there is no
$skipToken), "Guidance for throttled requests in Azure Resource Graph" (15 queries in 5 seconds), "Overview" (without a
right to read, no rows and no error), "Troubleshoot errors using Azure Resource Graph"; Azure/azure-powershell issue
#13762 for the shape of a refusal.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

from compliance.demo.arm.log_analytics import workspace_shown
from compliance.demo.arm.storage import account_shown
from compliance.demo.arm.streams import cluster_shown, database_shown, namespace_shown
from compliance.demo.arm.wire import error, may, sees, unsupported
from compliance.demo.odd import stable_guid
from compliance.demo.paging import Continuation, continuation_of, cut
from compliance.demo.tenant import Tenant
from compliance.demo.wire import Answered, Asked, answered

PATH = ("providers", "microsoft.resourcegraph", "resources")
"""The path, as lower-case segments; it is asked with POST."""

_VERSIONS = ("2019-04-01", "2020-04-01-preview", "2021-03-01", "2022-10-01", "2024-04-01")
_MOST = 1000
_QUOTA = 15
_WINDOW_SECONDS = 5.0

_STRING = r"(?:'[^']*'|\"[^\"]*\")"
_COLUMNS: tuple[str, ...] = (
    "id",
    "name",
    "type",
    "location",
    "subscriptionId",
    "resourceGroup",
    "tenantId",
    "kind",
    "properties",
)
_IN = re.compile(rf"where\s+(type|name|subscriptionId)\s+in(~?)\s*\(\s*({_STRING}(?:\s*,\s*{_STRING})*)\s*\)", re.I)
_IS = re.compile(rf"where\s+(type|name|subscriptionId)\s*(==|=~)\s*({_STRING})", re.I)
_PROJECT = re.compile(r"project\s+(\w+(?:\s*,\s*\w+)*)", re.I)
_ORDER = re.compile(r"(?:order|sort)\s+by\s+(id|name|type|subscriptionId)(?:\s+(asc|desc))?", re.I)
_TAKE = re.compile(r"(?:take|limit)\s+(\d+)", re.I)

Row = dict[str, object]


class _Unparsable(Exception):
    """A query that is not understood, with the token at which that shows."""


def find(tenant: Tenant, asked: Asked, version: str) -> Answered:
    """Answer one query."""
    if version not in _VERSIONS:
        return unsupported(version, _VERSIONS)
    if "application/json" not in asked.headers.get("content-type", ""):
        return error(500, "InternalServerError", "An unexpected error occurred.")
    left, resets = _spend(tenant, asked)
    headers = {
        "x-ms-user-quota-remaining": str(max(left, 0)),
        "x-ms-user-quota-resets-after": f"00:00:{resets:02d}",
        "x-ms-resource-graph-request-duration": "0:00:00:00.0500000",
    }
    if left < 0:
        refusal = error(429, "RateLimiting", "Please provide below info when asking for support.")
        return replace(refusal, headers={**headers, "retry-after": str(max(resets, 1))})
    try:
        return replace(_found(tenant, asked), headers=headers)
    except _Unparsable as problem:
        return _invalid(tenant, asked, "InvalidQuery", "ParserFailure", token=str(problem))


def _spend(tenant: Tenant, asked: Asked) -> tuple[int, int]:
    """Take one query out of the quota of the user; gives what is left, below nothing for one too many."""
    quota = tenant.azure.quota
    age = _WINDOW_SECONDS if quota.since is None else (asked.clock - quota.since).total_seconds()
    if not 0 <= age < _WINDOW_SECONDS:
        quota.since, quota.queries, age = asked.clock, 0, 0.0
    quota.queries += 1
    return _QUOTA - quota.queries, int(_WINDOW_SECONDS - age)


def _found(tenant: Tenant, asked: Asked) -> Answered:
    try:
        body = json.loads(asked.body)
        query, options = str(body["query"]), dict(body.get("options") or {})
        most = min(int(options.get("$top", _MOST)), _MOST)
        named = body.get("subscriptions")
    except (ValueError, KeyError, TypeError, AttributeError):
        return _invalid(tenant, asked, "BadRequest", "InvalidPayload")
    seen = {one.id.lower() for one in tenant.azure.subscriptions if sees(tenant, f"/subscriptions/{one.id}")}
    if named is not None:
        seen &= {str(one).lower() for one in named}
        if not seen:
            return _invalid(tenant, asked, "NoValidSubscriptionsInQueryRequest", None)
    rows, columns = _run(query, _rows(tenant, seen))
    try:
        token = options.get("$skipToken")
        start = Continuation(0, 0, "") if token is None else _resumed(asked, str(token))
    except ValueError:
        return _invalid(tenant, asked, "BadRequest", "InvalidSkipToken")
    page = cut(asked, start, total=len(rows), size=most)
    document: Row = {
        "totalRecords": len(rows),
        "count": page.stop - page.start,
        "facets": [],
        "resultTruncated": "false" if page.next_link is None else "true",
    }
    if page.next_link is not None and "id" in columns:
        document["$skipToken"] = parse_qs(urlsplit(page.next_link).query)["$skiptoken"][0]
    document["data"] = [{name: row.get(name) for name in columns} for row in rows[page.start : page.stop]]
    return answered(document)


def _resumed(asked: Asked, token: str) -> Continuation:
    found = continuation_of(replace(asked, query={"$skiptoken": token}))
    if found is None:
        raise ValueError(token)
    return found


def _rows(tenant: Tenant, subscriptions: set[str]) -> Iterator[Row]:
    """What there is in these subscriptions and may be read; the type is in lower case, whatever the resource says."""
    for row in _everything(tenant):
        resource_id = str(row["id"])
        segments = resource_id.split("/")
        kind = str(row["type"])
        if segments[2].lower() in subscriptions and may(tenant, f"{kind}/read", resource_id):
            yield {
                **row,
                "type": kind.lower(),
                "subscriptionId": segments[2],
                "resourceGroup": segments[4].lower(),
                "tenantId": tenant.id,
            }


def _everything(tenant: Tenant) -> Iterator[Row]:
    azure = tenant.azure
    for workspace in azure.workspaces:
        yield workspace_shown(tenant, workspace)
        if workspace.sentinel:
            group = workspace.id.rpartition("/providers/")[0]
            name = f"SecurityInsights({workspace.name})"
            yield {
                "id": f"{group}/providers/Microsoft.OperationsManagement/solutions/{name}",
                "name": name,
                "type": "Microsoft.OperationsManagement/solutions",
                "properties": {"workspaceResourceId": workspace.id, "provisioningState": "Succeeded"},
            }
    yield from map(account_shown, azure.storage_accounts)
    yield from map(namespace_shown, azure.namespaces)
    for cluster in azure.clusters:
        yield cluster_shown(cluster)
        yield from (database_shown(cluster, database) for database in cluster.databases)


def _run(query: str, rows: Iterator[Row]) -> tuple[list[Row], tuple[str, ...]]:
    """The rows that a query leaves, in its order, and the columns that it keeps."""
    table, *steps = (step.strip() for step in query.strip().split("|"))
    if table.lower() != "resources":
        raise _Unparsable(table)
    found, columns = list(rows), _COLUMNS
    for step in steps:
        if keeps := _condition(step):
            found = [row for row in found if keeps(row)]
        elif match := _PROJECT.fullmatch(step):
            columns = tuple(name.strip() for name in match[1].split(","))
            if unknown := [name for name in columns if name not in _COLUMNS]:
                raise _Unparsable(unknown[0])
        elif match := _ORDER.fullmatch(step):
            key, backwards = match[1], (match[2] or "desc").lower() == "desc"
            found.sort(key=lambda row, key=key: str(row.get(key)), reverse=backwards)  # type: ignore[misc]
        elif match := _TAKE.fullmatch(step):
            found = found[: int(match[1])]
        else:
            raise _Unparsable(step.split()[0] if step else "|")
    return found, columns


def _condition(step: str) -> Callable[[Row], bool] | None:
    """What a `where` keeps, None for another step; `=~` and `in~` take no notice of letter case, the others do."""
    if match := _IN.fullmatch(step):
        column, loose, values = match[1], bool(match[2]), [one[1:-1] for one in re.findall(_STRING, match[3])]
    elif match := _IS.fullmatch(step):
        column, loose, values = match[1], match[2] == "=~", [match[3][1:-1]]
    else:
        return None
    wanted = {one.lower() for one in values} if loose else set(values)
    return lambda row: (str(row.get(column)).lower() if loose else str(row.get(column))) in wanted


def _invalid(tenant: Tenant, asked: Asked, code: str, detail: str | None, *, token: str | None = None) -> Answered:
    told = {
        "InvalidQuery": "Query is invalid. Please refer to the documentation for the Azure Resource Graph service and"
        " fix the error before retrying.",
        "NoValidSubscriptionsInQueryRequest": "There must be at least one subscription that is eligible to contain"
        " resources.",
    }
    details: list[Row] = [{"code": code, "message": told.get(code, "The request is not valid.")}]
    if token is not None:
        details.append({"code": detail, "message": detail, "line": 1, "characterPositionInLine": 0, "token": token})
    elif detail is not None:
        details.append({"code": detail, "message": detail})
    correlation = stable_guid(tenant.id, asked.request_id)
    message = f"Please provide below info when asking for support: timestamp = {asked.now:%Y-%m-%dT%H:%M:%S}Z"
    refusal: Row = {"code": "BadRequest", "message": f"{message}, correlationId = {correlation}.", "details": details}
    return answered({"error": refusal}, 400)
