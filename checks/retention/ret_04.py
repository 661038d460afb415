"""RET-04: what applications and the system do is kept beyond the year that Purview fixes."""

from compliance.assessment.check import Mappings, check
from compliance.assessment.declarations import Declarations
from compliance.assessment.retention import case_of, purview_sources
from compliance.assessment.retention_parts import non_user_parts
from compliance.assessment.stores import asked_of
from compliance.assessment.verdict import NotApplicable, Parts, Severity, Verdict
from compliance.evidence.derived import AuditLog
from compliance.standards import Standard


@check(
    "RET-04",
    severity=Severity.HIGH,
    tests="design",
    mappings=Mappings(
        nist_800_53=("AU-11",),
        attack=("T1550.001", "T1114.002"),
    ),
    effect="Mail that an application read with stolen consent cannot be traced back further than a year, whatever"
    " retention policy is shown.",
    remediation=(
        "# no retention policy and no licence keeps these records longer: they must go to another store as they are"
        " written",
        "# Microsoft Sentinel, Data connectors, Microsoft 365: switch on Exchange, SharePoint and Teams, then",
        "az monitor log-analytics workspace table update -g <group> --workspace-name <workspace> -n OfficeActivity"
        " --retention-time 365 --total-retention-time 1095",
        "# all other kinds: an application that reads the Office 365 Management Activity API into a store of yours,"
        " declared in declarations.yaml",
    ),
    lesson="An application needs no mailbox and no licence: app-only access to mail leaves non-user records alone.",
    facts=("purview.non-user-fixed-year", "office-activity.copies"),
)
def records_of_applications_outlast_the_fixed_year(
    audit_log: AuditLog, standard: Standard, declarations: Declarations
) -> Verdict | Parts:
    """Records of applications and of the system are kept in total as long as the standard asks.

    Purview keeps what service principals, applications and Microsoft's own services write for one year, whatever the
    retention policies say: a policy of ten years does not reach them. So a longer period is met only by copies that are
    made as records are written: in the table OfficeActivity and what is exported from it, for Exchange, SharePoint and
    Teams where Microsoft Sentinel's connector is on; or in a store that declarations.yaml declares, for the log source
    itself or for purview.non_user_records.

    Each log source of the unified audit log is a part. A shortfall fails where declarations.yaml states that there is
    no other store and every declared subscription was read; otherwise it is open. The fixed year is published, and not
    on the page of retention policies, so that its certainty is medium.
    """
    sources, asked = purview_sources(standard), asked_of(standard, hot=False)
    if asked is None or not sources:
        return NotApplicable(condition=f"{standard.id} asks for no total period of such records")
    return non_user_parts(sources, asked, case_of(audit_log, declarations))
