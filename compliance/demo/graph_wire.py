"""What every resource of Microsoft Graph has in common: its errors, its collections, its dates."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from compliance.demo.wire import Answered, Asked, answered


def error(asked: Asked, status: int, code: str, message: str) -> Answered:
    """An error in Graph's envelope."""
    return answered(
        {
            "error": {
                "code": code,
                "message": message,
                "innerError": {
                    "date": f"{asked.now:%Y-%m-%dT%H:%M:%S}",
                    "request-id": asked.request_id,
                    "client-request-id": asked.headers.get("client-request-id", asked.request_id),
                },
            }
        },
        status,
    )


def refused_by_directory(asked: Asked) -> Answered:
    """The 403 of the directory's resources, for an application that lacks the permission."""
    return error(asked, 403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")


def collection(
    asked: Asked,
    resource: str,
    rows: list[dict[str, object]],
    known: Iterable[str],
    *,
    default: tuple[str, ...] | None = None,
    count: int | None = None,
    next_link: str | None = None,
) -> Answered:
    """A collection narrowed to `$select`, or to the properties that the resource returns by default (None: all)."""
    context = f"https://graph.microsoft.com/v1.0/$metadata#{resource}"
    chosen = default
    if "$select" in asked.query:
        chosen = tuple(name.strip() for name in asked.query["$select"].split(","))
        names = {name.lower() for name in known}
        unknown = [name for name in chosen if name.lower() not in names]
        if unknown:
            return error(
                asked,
                400,
                "BadRequest",
                f"Parsing OData Select and Expand failed: Could not find a property named '{unknown[0]}' on type"
                f" 'microsoft.graph.{resource.removesuffix('s')}'.",
            )
        context += f"({','.join(chosen)})"
    document: dict[str, object] = {"@odata.context": context}
    if count is not None:
        document["@odata.count"] = count
    if next_link is not None:
        document["@odata.nextLink"] = next_link
    wanted = None if chosen is None else {name.lower() for name in chosen}
    document["value"] = [
        {key: value for key, value in row.items() if wanted is None or key.lower() in wanted} for row in rows
    ]
    return answered(document, headers={"odata-version": "4.0"})


def stamp(moment: datetime) -> str:
    """A moment as Graph writes it, in whole seconds."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}Z"
