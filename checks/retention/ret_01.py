"""RET-01: MailItemsAccessed stays searchable."""

from compliance.assessment.check import Mappings, check
from compliance.assessment.declarations import Declarations
from compliance.assessment.retention import RetentionQuestion, case_of, purview_sources
from compliance.assessment.retention_parts import retention_parts
from compliance.assessment.stores import asked_of
from compliance.assessment.verdict import NotApplicable, Parts, Severity, Verdict
from compliance.evidence.derived import AuditLog
from compliance.rules.log_sources import NON_USER_RECORDS
from compliance.rules.record_types import MAIL_ITEMS_ACCESSED
from compliance.standards import Standard


@check(
    "RET-01",
    severity=Severity.HIGH,
    tests="design",
    mappings=Mappings(
        nist_800_53=("AU-11", "AU-4"),
        scuba=("MS.SECURITYSUITE.5.2v1", "MS.DEFENDER.6.3v1 (old)", "MS.EXO.17.3v1 (old)"),
        attack=("T1070", "T1562.008", "T1685.002"),
    ),
    effect="Records of who read which mail expire before an intrusion is found: Storm-0558 read mail for a month before"
    " anybody saw it.",
    remediation=(
        "Connect-IPPSSession",
        'New-UnifiedAuditLogRetentionPolicy -Name "MailItemsAccessed 1 year" -RecordTypes ExchangeItemAggregated'
        " -Operations MailItemsAccessed -RetentionDuration TwelveMonths -Priority <number>",
        'New-UnifiedAuditLogRetentionPolicy -Name "Mailbox items 1 year" -RecordTypes ExchangeItem'
        " -RetentionDuration TwelveMonths -Priority <number>",
        "# <number> must be lower than that of every policy that shortens these records",
        "# a policy keeps more than 180 days only of accounts that hold Audit (Premium); records written before stay"
        " as they are; guests and unlicensed accounts need an export to another store",
    ),
    lesson="The records that showed Storm-0558 were MailItemsAccessed; CISA's advice was to keep them for 12 months.",
    facts=("purview.lower-number-wins", "purview.default-one-year", "purview.licence-of-the-actor"),
)
def mail_items_accessed_stays_searchable(
    audit_log: AuditLog, standard: Standard, declarations: Declarations
) -> Verdict | Parts:
    """MailItemsAccessed records stay searchable as long as the standard asks.

    Works out, for every class of actor and for both record types that hold the event, which audit retention policy
    decides: the matching one with the lowest priority number, not the longest; then what the licence of the account
    that acts makes of it. Without a matching policy the default decides: one year with Audit (Premium) on that
    account, else 180 days.

    Each class of actor is a part with its own verdict and witness; the worst of those in scope decides. Fails where a
    class is kept too short under every reading of the evidence; passes where it is kept long enough under each. A
    standard that requires records of applications and the system alone is asked of those.

    A copy that is searchable as long counts: the table OfficeActivity of a workspace where Microsoft Sentinel's
    connector for Microsoft 365 brings Exchange in, by the table's own retention. Where such a table was read and the
    connector was not, a shortfall is open; so it is where a declared store may hold the records. Otherwise it fails:
    Purview is where an investigator searches.
    """
    asked = asked_of(standard, hot=True)
    if asked is None:
        return NotApplicable(condition=f"{standard.id} asks for no searchable period")
    required = purview_sources(standard)
    sources = tuple(one for one in (MAIL_ITEMS_ACCESSED, NON_USER_RECORDS) if one in required)[:1]
    if not sources:
        return NotApplicable(condition=f"{standard.id} does not ask for MailItemsAccessed")
    question = RetentionQuestion(sources, asked, among=(MAIL_ITEMS_ACCESSED,))
    return retention_parts(question, case_of(audit_log, declarations))
