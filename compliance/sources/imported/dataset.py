"""One dataset as an administrator handed it over, and what can be said for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from compliance.evidence.datasets import Origin, State


class Endpoint(StrEnum):
    """Which of Microsoft's services answered; Exchange and Security & Compliance share some cmdlets."""

    EXCHANGE_ONLINE = "exchange_online"
    SECURITY_COMPLIANCE = "security_compliance"
    GRAPH = "graph"
    AZURE_RESOURCE_MANAGER = "azure_resource_manager"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedDataset:
    """What a file holds of one dataset: `raw` as it lies there, whole or the part of it that is the dataset's.

    `rows` of None means that `raw` says why there are none. `reasons` say why `state` is not complete.
    `collected_at`, `by`, `command` and `endpoint` are what provenance says, `None` where it does not. `tenant_ids` are
    the tenant GUIDs and `domains` the tenants' initial domains (`contoso.onmicrosoft.com`) found in the rows, in lower
    case. `source` says where `raw` was taken from, and `notes` what else is there and was left out. `asked` are the ids
    of the resources that it was asked of, as far as provenance gives them.
    """

    spec_name: str
    path: Path
    raw: bytes = field(repr=False)
    rows: int | None
    state: State
    reasons: tuple[str, ...]
    collected_at: datetime | None
    by: str | None
    command: str | None
    endpoint: Endpoint | None
    tenant_ids: frozenset[str]
    domains: frozenset[str]
    origin: Origin = Origin.EXPORTED
    source: Mapping[str, Any]
    notes: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
