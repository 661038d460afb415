"""The record types of the unified audit log that are judged, and the log sources that they make up.

Names and numbers: Office 365 Management Activity API schema, enum AuditLogRecordType,
https://learn.microsoft.com/office/office-365-management-api/office-365-management-activity-api-schema.
Which of them the default one-year policy covers: https://learn.microsoft.com/purview/audit-log-retention-policies.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from compliance.rules.record_type_names import RECORD_TYPE_NAMES


@dataclass(frozen=True, slots=True)
class RecordType:
    """A value of AuditLogRecordType; `default_year`: the default policy of Audit (Premium) keeps it for one year."""

    name: str
    number: int
    default_year: bool


RECORD_TYPES = MappingProxyType(
    {
        record_type.name: record_type
        for record_type in (
            RecordType("ExchangeAdmin", 1, default_year=True),
            RecordType("ExchangeItem", 2, default_year=True),
            RecordType("SharePointFileOperation", 6, default_year=True),
            RecordType("AzureActiveDirectory", 8, default_year=True),
            RecordType("AzureActiveDirectoryStsLogon", 15, default_year=True),
            RecordType("SecurityComplianceCenterEOPCmdlet", 18, default_year=False),
            RecordType("MicrosoftTeams", 25, default_year=False),
            RecordType("ExchangeItemAggregated", 50, default_year=True),
            RecordType("AuditSearch", 295, default_year=False),
            RecordType("AuditRetentionPolicy", 296, default_year=False),
            RecordType("AuditConfig", 297, default_year=False),
        )
    }
)
"""The record types judged, by name."""

_BY_KEY = MappingProxyType(
    {record_type.name.casefold(): record_type.name for record_type in RECORD_TYPES.values()}
    | {str(record_type.number): record_type.name for record_type in RECORD_TYPES.values()}
)


def fold(name: str) -> str:
    """`name` in one letter case; characters that only fold into plain letters (KELVIN SIGN) do not become these."""
    folded = name.casefold()
    return name if folded.isascii() and not name.isascii() else folded


def canonical_record_type(value: str | int) -> str:
    """A record type as a policy or a record names it, by name in any case or by number, in one spelling.

    One that is not judged is told apart from all others, and comes back in lower case.
    """
    key = fold(str(value).strip(" "))
    if _is_number(key):
        key = key.lstrip("0") or "0"
    return _BY_KEY.get(key, key)


def is_record_type(canonical: str) -> bool:
    """Whether a `canonical_record_type` surely is a record type: a number, or a published name."""
    return canonical in RECORD_TYPES or canonical in RECORD_TYPE_NAMES or _is_number(canonical)


def _is_number(key: str) -> bool:
    return key.isascii() and key.isdecimal()


MAIL_ITEMS_ACCESSED = "purview.mail_items_accessed"
"""The id of the log source that shows who read which mail."""


@dataclass(frozen=True, slots=True)
class LogSource:
    """A kind of log that a standard may require.

    `parts` are the record types that hold it, each with the one operation that belongs to it, or `None` for all of
    its operations; the source is kept as long as the part that is kept shortest. `facts` are ids of
    `compliance.rules.facts`.
    """

    id: str
    title: str
    parts: tuple[tuple[str, str | None], ...]
    facts: tuple[str, ...] = ()

    def holds(self, record_type: str, operation: str | None) -> bool:
        """Whether records of this type and operation, in any letter case, are part of the source."""
        name = None if operation is None else fold(operation)
        return any(part == record_type and (only is None or fold(only) == name) for part, only in self.parts)


LOG_SOURCES = MappingProxyType(
    {
        source.id: source
        for source in (
            LogSource(
                "purview.mail_items_accessed",
                "Access to mail (MailItemsAccessed)",
                (("ExchangeItemAggregated", "MailItemsAccessed"), ("ExchangeItem", "MailItemsAccessed")),
                facts=("records.mail-items-accessed-types",),
            ),
            LogSource("purview.exchange_admin", "Exchange administration", (("ExchangeAdmin", None),)),
            LogSource("purview.exchange_item", "Actions on mailbox items", (("ExchangeItem", None),)),
            LogSource(
                "purview.entra_audit", "Microsoft Entra ID changes in the audit log", (("AzureActiveDirectory", None),)
            ),
            LogSource(
                "purview.entra_sts_logon",
                "Microsoft Entra ID sign-ins in the audit log",
                (("AzureActiveDirectoryStsLogon", None),),
            ),
            LogSource("purview.sharepoint_file", "SharePoint and OneDrive files", (("SharePointFileOperation", None),)),
            LogSource("purview.teams", "Microsoft Teams", (("MicrosoftTeams", None),)),
            LogSource(
                "purview.security_compliance",
                "Security and compliance administration",
                (("SecurityComplianceCenterEOPCmdlet", None),),
            ),
            LogSource(
                "purview.audit_config",
                "Searches and changes of auditing itself",
                (("AuditSearch", None), ("AuditRetentionPolicy", None), ("AuditConfig", None)),
                facts=("records.audit-configuration-types",),
            ),
        )
    }
)
"""The log sources in the unified audit log, by id."""
