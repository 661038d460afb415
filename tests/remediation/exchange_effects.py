"""What cmdlets of Exchange Online PowerShell and of Security & Compliance PowerShell do to a simulated tenant.

Source: their pages on Microsoft Learn (https://learn.microsoft.com/powershell/module/exchangepowershell/), among them
Set-Mailbox, Set-MailboxAuditBypassAssociation and New-UnifiedAuditLogRetentionPolicy.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from compliance.demo.mailboxes import DEFAULT_ADMIN, DEFAULT_DELEGATE, DEFAULT_OWNER, Mailbox
from compliance.demo.odd import stable_guid
from compliance.demo.tenant import COLLECTOR, RetentionPolicy, Tenant
from compliance.rules.record_types import RECORD_TYPES

_ADDED = re.compile(r'@\{Add="(\w+)"\}')
_SWITCH = {"$true": True, "$false": False}
_DURATIONS = (
    "SevenDays",
    "OneMonth",
    "ThreeMonths",
    "SixMonths",
    "NineMonths",
    "TwelveMonths",
    "ThreeYears",
    "FiveYears",
    "SevenYears",
    "TenYears",
)
_DEFAULTS = {"Owner": DEFAULT_OWNER, "Delegate": DEFAULT_DELEGATE, "Admin": DEFAULT_ADMIN}
_ATTRIBUTES = {"Owner": "audit_owner", "Delegate": "audit_delegate", "Admin": "audit_admin"}


@dataclass(frozen=True)
class PolicyOf:
    """The tenant that a session is connected to."""

    tenant: Tenant

    def named(self, name: str) -> RetentionPolicy:
        found = [one for one in self.tenant.policies if name in (one.name, one.guid)]
        assert len(found) == 1, f"policies called {name!r}: {len(found)}"
        return found[0]

    def priority(self, text: str) -> int:
        assert re.fullmatch(r"[1-9]\d*", text), f"no priority: {text}"
        number = int(text)
        assert number <= 10_000, f"no priority: {text}"
        assert number not in {one.priority for one in self.tenant.policies}, f"priority {number} is taken"
        return number

    def mailbox(self, name: str) -> Mailbox:
        found = [one for one in self.tenant.mailboxes if name in (one.name, one.user_principal_name, one.guid)]
        assert len(found) == 1, f"mailboxes called {name!r}: {len(found)}"
        return found[0]


def _ingestion(at: PolicyOf, given: Mapping[str, str]) -> None:
    at.tenant.audit_log_config.unified_audit_log_ingestion_enabled = _SWITCH[given["UnifiedAuditLogIngestionEnabled"]]


def _organization(at: PolicyOf, given: Mapping[str, str]) -> None:
    at.tenant.organization_config.audit_disabled = _SWITCH[given["AuditDisabled"]]


def _bypass(at: PolicyOf, given: Mapping[str, str]) -> None:
    found = [one for one in at.tenant.bypass if given["Identity"] in (one.name, one.guid)]
    assert len(found) == 1, f"accounts called {given['Identity']!r}: {len(found)}"
    found[0].audit_bypass_enabled = _SWITCH[given["AuditBypassEnabled"]]


def _mailbox(at: PolicyOf, given: Mapping[str, str]) -> None:
    mailbox = at.mailbox(given["Identity"])
    if "AuditEnabled" in given:
        mailbox.audit_enabled = _SWITCH[given["AuditEnabled"]]
    managed = set(mailbox.default_audit_set or ())
    if "DefaultAuditSet" in given:
        for logon_type in given["DefaultAuditSet"].split(","):
            setattr(mailbox, _ATTRIBUTES[logon_type], _DEFAULTS[logon_type])
            managed.add(logon_type)
    for logon_type, attribute in _ATTRIBUTES.items():
        if f"Audit{logon_type}" in given:
            added = _ADDED.fullmatch(given[f"Audit{logon_type}"])
            assert added, f"a plain list would replace what is there: {given[f'Audit{logon_type}']}"
            there = getattr(mailbox, attribute) or ()
            setattr(mailbox, attribute, tuple(dict.fromkeys((*there, added[1]))))
            managed.discard(logon_type)
    mailbox.default_audit_set = tuple(one for one in _ATTRIBUTES if one in managed)


def _new_policy(at: PolicyOf, given: Mapping[str, str]) -> None:
    missing = {"Name", "RetentionDuration", "Priority"} - given.keys()
    assert not missing, f"New-UnifiedAuditLogRetentionPolicy asks for {missing}"
    record_types = tuple(given["RecordTypes"].split(","))
    operations = tuple(given["Operations"].split(",")) if "Operations" in given else ()
    assert set(record_types) <= set(RECORD_TYPES), f"no such record type: {record_types}"
    assert not operations or len(record_types) == 1, "operations can be named with one record type alone"
    assert given["RetentionDuration"] in _DURATIONS, given["RetentionDuration"]
    assert given["Name"] not in {one.name for one in at.tenant.policies}, f"{given['Name']!r} is taken"
    assert 0 < len(given["Name"]) <= 64, given["Name"]
    at.tenant.policies.append(
        RetentionPolicy(
            name=given["Name"],
            guid=stable_guid(at.tenant.id, "retention policy", given["Name"]),
            priority=at.priority(given["Priority"]),
            retention_duration=given["RetentionDuration"],
            when_changed=at.tenant.now,
            record_types=record_types,
            operations=operations,
        )
    )


def _set_policy(at: PolicyOf, given: Mapping[str, str]) -> None:
    policy = at.named(given["Identity"])
    policy.priority, policy.when_changed = at.priority(given["Priority"]), at.tenant.now


def _role(at: PolicyOf, given: Mapping[str, str]) -> None:
    assert given["App"] in (COLLECTOR, at.tenant.identity.client_id), given["App"]
    identity = at.tenant.identity
    identity.exchange_roles = tuple(dict.fromkeys((*identity.exchange_roles, given["Role"])))


Effect = Callable[[PolicyOf, Mapping[str, str]], None]

CMDLETS: dict[str, tuple[str, frozenset[str], Effect]] = {
    "Set-AdminAuditLogConfig": ("exchange", frozenset({"UnifiedAuditLogIngestionEnabled"}), _ingestion),
    "Set-OrganizationConfig": ("exchange", frozenset({"AuditDisabled"}), _organization),
    "Set-MailboxAuditBypassAssociation": ("exchange", frozenset({"Identity", "AuditBypassEnabled"}), _bypass),
    "Set-Mailbox": (
        "exchange",
        frozenset({"Identity", "AuditEnabled", "DefaultAuditSet", "AuditOwner", "AuditDelegate", "AuditAdmin"}),
        _mailbox,
    ),
    "New-ManagementRoleAssignment": ("exchange", frozenset({"Role", "App"}), _role),
    "New-UnifiedAuditLogRetentionPolicy": (
        "compliance",
        frozenset({"Name", "RecordTypes", "Operations", "RetentionDuration", "Priority"}),
        _new_policy,
    ),
    "Set-UnifiedAuditLogRetentionPolicy": ("compliance", frozenset({"Identity", "Priority"}), _set_policy),
}
"""Each cmdlet with the session that it runs in, the parameters that are understood, and what it does."""
