"""The readers of all datasets, by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType

from compliance.evidence.datasets import Api
from compliance.sources import exchange, graph, purview
from compliance.sources.pages import Page
from compliance.sources.transport import TenantApis


@dataclass(frozen=True, slots=True)
class Reader:
    """How a dataset is read: `read` gives its pages and raises `SourceError` or `Truncated`.

    `api` is the one that is asked first.
    """

    api: Api
    read: Callable[[TenantApis], Iterator[Page]]


def _graph(name: str) -> Reader:
    return Reader(Api.GRAPH, partial(graph.read, name))


def _exchange(name: str, cmdlet: str, parameters: Mapping[str, str], select: tuple[str, ...] = ()) -> Reader:
    def read(apis: TenantApis) -> Iterator[Page]:
        return exchange.invoke(apis, Api.EXCHANGE, cmdlet, parameters, select, dataset=name)

    return Reader(Api.EXCHANGE, read)


READERS: Mapping[str, Reader] = MappingProxyType(
    {
        "graph.organization": _graph("graph.organization"),
        "graph.subscribed_skus": _graph("graph.subscribed_skus"),
        "graph.users": _graph("graph.users"),
        "exchange.admin_audit_log_config": _exchange("exchange.admin_audit_log_config", "Get-AdminAuditLogConfig", {}),
        "exchange.organization_config": _exchange(
            "exchange.organization_config",
            "Get-OrganizationConfig",
            {},
            ("AuditDisabled", "Name", "Guid"),
        ),
        "exchange.mailbox_audit_bypass": _exchange(
            "exchange.mailbox_audit_bypass",
            "Get-MailboxAuditBypassAssociation",
            {"ResultSize": "Unlimited"},
            ("Guid", "Name", "AuditBypassEnabled", "ExchangeObjectId", "ObjectClass"),
        ),
        purview.DATASET: Reader(Api.PURVIEW, purview.read_retention_policies),
    }
)
"""Every dataset's reader. graph.organization is best read first: Exchange's paging may need the initial domain."""
