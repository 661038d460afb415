"""The readers of all datasets, by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from types import MappingProxyType

from compliance.evidence.datasets import Api
from compliance.sources import exchange, graph, purview
from compliance.sources.arm import readers as arm
from compliance.sources.pages import Page
from compliance.sources.reader import Reader
from compliance.sources.transport import TenantApis


def _graph(name: str) -> Reader:
    return Reader(Api.GRAPH, partial(graph.read, name))


def _exchange(name: str, cmdlet: str, parameters: Mapping[str, str | bool], select: tuple[str, ...] = ()) -> Reader:
    def read(apis: TenantApis) -> Iterator[Page]:
        return exchange.invoke(apis, Api.EXCHANGE, cmdlet, parameters, select, dataset=name)

    return Reader(Api.EXCHANGE, read)


def _mailboxes(name: str, **switch: bool) -> Reader:
    return _exchange(name, "Get-Mailbox", {"ResultSize": "Unlimited", **switch}, exchange.MAILBOX_PROPERTIES)


READERS: Mapping[str, Reader] = MappingProxyType(
    {
        "graph.organization": Reader(Api.GRAPH, partial(graph.read, "graph.organization"), graph.learn_initial_domain),
        "graph.subscribed_skus": _graph("graph.subscribed_skus"),
        "graph.users": _graph("graph.users"),
        "graph.secure_score": _graph("graph.secure_score"),
        "graph.role_assignments": _graph("graph.role_assignments"),
        "graph.role_eligibilities": _graph("graph.role_eligibilities"),
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
        "exchange.mailboxes": _mailboxes("exchange.mailboxes"),
        "exchange.group_mailboxes": _mailboxes("exchange.group_mailboxes", GroupMailbox=True),
        "exchange.public_folder_mailboxes": _mailboxes("exchange.public_folder_mailboxes", PublicFolder=True),
        "exchange.inactive_mailboxes": _mailboxes("exchange.inactive_mailboxes", InactiveMailboxOnly=True),
        "exchange.soft_deleted_mailboxes": _mailboxes("exchange.soft_deleted_mailboxes", SoftDeletedMailbox=True),
        "exchange.role_groups": _exchange(
            "exchange.role_groups",
            "Get-RoleGroup",
            {"ResultSize": "Unlimited"},
            ("Guid", "Name", "Roles", "Members"),
        ),
        "exchange.audit_role_assignments": _exchange(
            "exchange.audit_role_assignments",
            "Get-ManagementRoleAssignment",
            {"Role": "Audit Logs", "GetEffectiveUsers": True},
            ("Guid", "Role", "RoleAssigneeName", "RoleAssigneeType", "EffectiveUserName", "Enabled"),
        ),
        purview.POLICIES: Reader(Api.PURVIEW, purview.read_retention_policies),
        purview.ROLE_GROUPS: Reader(Api.PURVIEW, purview.read_role_groups),
        **arm.READERS,
    }
)
"""Every dataset's reader. They are used in the order of `DATASETS`, where one that learns is before those that need it.

What graph.organization says is the initial domain, which Exchange's paging may need; the answers of Azure name the
resources that are asked about next.
"""
