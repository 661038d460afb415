"""RET-02: every other core record type stays searchable."""

from compliance.assessment.check import Mappings, check
from compliance.assessment.declarations import Declarations
from compliance.assessment.retention import RetentionQuestion, case_of, purview_sources
from compliance.assessment.retention_parts import retention_parts
from compliance.assessment.stores import asked_of
from compliance.assessment.verdict import NotApplicable, Parts, Severity, Verdict
from compliance.evidence.derived import AuditLog
from compliance.rules.record_types import MAIL_ITEMS_ACCESSED
from compliance.standards import Standard


@check(
    "RET-02",
    severity=Severity.HIGH,
    tests="design",
    mappings=Mappings(
        nist_800_53=("AU-11",),
        scuba=("MS.SECURITYSUITE.5.2v1",),
        attack=("T1070",),
    ),
    effect="What an intruder did besides reading mail (sign-ins, consents, files, rules, searches of the log itself)"
    " cannot be followed back.",
    remediation=(
        "Connect-IPPSSession",
        'New-UnifiedAuditLogRetentionPolicy -Name "<record type> 1 year" -RecordTypes <record type>'
        " -RetentionDuration TwelveMonths -Priority <number>",
        "# <number> must be lower than that of every policy that shortens these records",
        "# one policy per record type: ExchangeAdmin, ExchangeItem, AzureActiveDirectory,"
        " AzureActiveDirectoryStsLogon, SharePointFileOperation, MicrosoftTeams, SecurityComplianceCenterEOPCmdlet,"
        " AuditSearch, AuditRetentionPolicy, AuditConfig",
    ),
    lesson="Mail was what Storm-0558 wanted; how it came in and what else it touched stands in the other records.",
    facts=("purview.lower-number-wins", "purview.default-one-year", "purview.standard-180-days"),
)
def core_records_stay_searchable(
    audit_log: AuditLog, standard: Standard, declarations: Declarations
) -> Verdict | Parts:
    """Records of every other required kind stay searchable as long as the standard asks.

    Asks of each log source that the standard requires what RET-01 asks of MailItemsAccessed. The default year of
    Audit (Premium) covers Exchange, SharePoint, OneDrive and Microsoft Entra ID alone: Teams, compliance
    administration and the records of auditing itself are kept 180 days unless a policy says otherwise.

    Each class of actor is a part with its own verdict; the record type that is kept shortest decides it. Copies in
    OfficeActivity count as with RET-01, of SharePoint and Teams where the connector brings them in. Nothing copies
    compliance administration, Microsoft Entra ID's records and those of auditing itself, unless a store is declared.
    """
    asked = asked_of(standard, hot=True)
    if asked is None:
        return NotApplicable(condition=f"{standard.id} asks for no searchable period")
    sources = tuple(source for source in purview_sources(standard) if source != MAIL_ITEMS_ACCESSED)
    if not sources:
        return NotApplicable(condition=f"{standard.id} asks for no other records of the unified audit log")
    question = RetentionQuestion(sources, asked)
    return retention_parts(question, case_of(audit_log, declarations))
