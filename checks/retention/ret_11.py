"""RET-11: the mandatory baseline of M-26-14."""

from compliance.assessment.check import Mappings, check
from compliance.assessment.declarations import Declarations
from compliance.assessment.entra import entra_parts, entra_sources, joined
from compliance.assessment.retention import RetentionQuestion, case_of, purview_sources
from compliance.assessment.retention_parts import beyond_purview, retention_parts, worse_of
from compliance.assessment.stores import Asked
from compliance.assessment.verdict import NotApplicable, Parts, Severity, Verdict
from compliance.evidence.derived import AuditLog, EntraReach
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
    audit_log: AuditLog, entra: EntraReach, standard: Standard, declarations: Declarations
) -> Verdict | Parts:
    """Every required log source is searchable for 6 months and retrievable for 12 (M-26-14, Appendix B).

    The verdict is the baseline of Appendix B. The maturity levels of Appendix C are told beside it and never decide:
    level 3 asks for 3 months searchable, and CISA's Logging Reference Architecture (5.3) says that reaching it does
    not replace the baseline. A level also asks for encryption, hashing and access controls, which are not assessed
    here, so no level is claimed.

    What is searchable too short fails, of the unified audit log as with RET-01 and RET-02, of Microsoft Entra ID's logs
    as with RET-05 and RET-07. What Purview keeps too short in total is open, as with RET-08.
    """
    if standard.hot is None or standard.total is None:
        return NotApplicable(condition=f"{standard.id} states no searchable or no retrievable period")
    searchable = Asked(standard.hot.duration, hot=True)
    retrievable = Asked(standard.total.duration, hot=False)
    case, logs = case_of(audit_log, declarations), entra_sources(standard)
    purview = worse_of(
        retention_parts(RetentionQuestion(purview_sources(standard), searchable), case),
        beyond_purview(retention_parts(RetentionQuestion(purview_sources(standard), retrievable), case)),
    )
    exported = worse_of(
        entra_parts(logs, searchable, entra, case.terms), entra_parts(logs, retrievable, entra, case.terms)
    )
    return joined(purview, exported)
