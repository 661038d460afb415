"""RET-08: every required record is kept long enough in total."""

from compliance.assessment.check import Mappings, check
from compliance.assessment.declarations import Declarations
from compliance.assessment.entra import entra_parts, entra_sources, joined
from compliance.assessment.retention import RetentionQuestion, case_of, purview_sources
from compliance.assessment.retention_parts import beyond_purview, retention_parts
from compliance.assessment.stores import Asked
from compliance.assessment.verdict import NotApplicable, Parts, Severity, Verdict
from compliance.evidence.derived import AuditLog, EntraReach
from compliance.standards import Standard


@check(
    "RET-08",
    severity=Severity.HIGH,
    tests="design",
    mappings=Mappings(
        nist_800_53=("AU-11", "AU-11(1)"),
        scuba=("MS.SECURITYSUITE.5.2v1",),
        attack=("T1070",),
    ),
    effect="An intrusion that is found late cannot be followed to its beginning, whatever can still be searched today.",
    remediation=(
        "# records that leave Purview must go to another store as they are written: declare it in declarations.yaml",
        "Connect-IPPSSession",
        'New-UnifiedAuditLogRetentionPolicy -Name "<record type> 10 years" -RecordTypes <record type>'
        " -RetentionDuration TenYears -Priority <number>",
        "az monitor log-analytics workspace table update -g <group> --workspace-name <workspace> -n <table>"
        " --retention-time 365 --total-retention-time 1095",
        "# more than one year needs the 10-year add-on on every account that acts; records of applications stay at one"
        " year, and only an export keeps them longer",
    ),
    lesson="The key behind Storm-0558 may have been taken two years before it was used: 30 months look that far back.",
    facts=("purview.ten-year-add-on-needed", "purview.non-user-fixed-year"),
)
def required_records_are_kept_in_total(
    audit_log: AuditLog, entra: EntraReach, standard: Standard, declarations: Declarations
) -> Verdict | Parts:
    """Records of every required kind are kept in total as long as the standard asks.

    Counts from creation, searchable or not: 12 months active and 18 more cold are 30 months. What Purview keeps counts,
    what Microsoft Entra ID keeps of its own logs, and what the tables keep in total of the Log Analytics workspaces
    that the diagnostic settings name; so does a store that declarations.yaml declares. Copies that are made at creation
    run side by side: the longest one counts, and they are never added.

    Each class of actor in the unified audit log is a part, and each log of Microsoft Entra ID. Passes where one store
    keeps it long enough. A log of Microsoft Entra ID fails where every store that holds it was read and none does.
    Where Purview is short, the question is open rather than failed: cold storage of the unified audit log lies outside
    Purview, and no reader of it is part of this version.
    """
    if standard.total is None:
        return NotApplicable(condition=f"{standard.id} asks for no total period")
    asked, case = Asked(standard.total.duration, hot=False), case_of(audit_log, declarations)
    purview = beyond_purview(retention_parts(RetentionQuestion(purview_sources(standard), asked), case))
    return joined(purview, entra_parts(entra_sources(standard), asked, entra, case.terms))
