"""RET-11: the mandatory baseline of M-26-14."""

from compliance.assessment.check import Mappings, check
from compliance.assessment.declarations import Declarations
from compliance.assessment.required import Logs, required_parts
from compliance.assessment.retention_parts import worse_of
from compliance.assessment.stores import asked_of
from compliance.assessment.verdict import NotApplicable, Parts, Severity, Verdict
from compliance.evidence.derived import AuditLog, AzureActivity, CloudAppEvents, EntraReach
from compliance.standards import Standard


@check(
    "RET-11",
    severity=Severity.HIGH,
    tests="design",
    standards=frozenset({"m-26-14"}),
    mappings=Mappings(
        nist_800_53=("AU-11",),
        scuba=("MS.SECURITYSUITE.5.2v1",),
        attack=("T1070",),
    ),
    effect="The agency is below the mandatory baseline of M-26-14, Appendix B, whatever maturity level it reports.",
    remediation=(
        "# accounts that act need Audit (Premium), whose default year meets both periods for Exchange, SharePoint,"
        " OneDrive and Microsoft Entra ID",
        "Connect-IPPSSession",
        'New-UnifiedAuditLogRetentionPolicy -Name "<record type> 1 year" -RecordTypes <record type>'
        " -RetentionDuration TwelveMonths -Priority <number>",
        "# <number> must be lower than that of every policy that shortens these records",
        "# 180 days are not six months: six months have 181 to 184 days",
    ),
    lesson="Six months of searchable records would have covered the whole of Storm-0558's known activity in 2023.",
    facts=("purview.lower-number-wins", "purview.standard-180-days"),
)
def searchable_and_retrievable_as_m_26_14_asks(
    audit_log: AuditLog,
    entra: EntraReach,
    azure: AzureActivity,
    cloud_apps: CloudAppEvents,
    standard: Standard,
    declarations: Declarations,
) -> Verdict | Parts:
    """Every required log source is searchable for 6 months and retrievable for 12 (M-26-14, Appendix B).

    The verdict is the baseline of Appendix B. The maturity levels of Appendix C are told beside it and never decide:
    level 3 asks for 3 months searchable, and CISA's Logging Reference Architecture (5.3) says that reaching it does
    not replace the baseline. A level also asks for encryption, hashing and access controls, which are not assessed
    here, so no level is claimed.

    What is searchable too short fails, of the unified audit log as with RET-01 and RET-02, of other logs as with RET-05
    to RET-07. What is kept too short in total is judged as with RET-08; each part shows the worse of the two.
    """
    searchable, retrievable = asked_of(standard, hot=True), asked_of(standard, hot=False)
    if searchable is None or retrievable is None:
        return NotApplicable(condition=f"{standard.id} states no searchable or no retrievable period")
    logs = Logs(audit_log, entra, azure, cloud_apps)
    return worse_of(
        required_parts(standard, searchable, logs, declarations),
        required_parts(standard, retrievable, logs, declarations),
    )
