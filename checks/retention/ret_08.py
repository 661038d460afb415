"""RET-08: every required record is kept long enough in total."""

from compliance.assessment.check import Mappings, check
from compliance.assessment.declarations import Declarations
from compliance.assessment.required import Logs, required_parts
from compliance.assessment.stores import asked_of
from compliance.assessment.verdict import NotApplicable, Parts, Severity, Verdict
from compliance.evidence.derived import AuditLog, AzureActivity, CloudAppEvents, EntraReach
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
        "# in a storage account a rule that deletes sooner: set daysAfterModificationGreaterThan to 915 or more",
        "# more than one year needs the 10-year add-on on every account that acts; records of applications stay at one"
        " year, and only an export keeps them longer",
    ),
    lesson="The key behind Storm-0558 may have been taken two years before it was used: 30 months look that far back.",
    facts=("purview.ten-year-add-on-needed", "purview.non-user-fixed-year"),
)
def required_records_are_kept_in_total(
    audit_log: AuditLog,
    entra: EntraReach,
    azure: AzureActivity,
    cloud_apps: CloudAppEvents,
    standard: Standard,
    declarations: Declarations,
) -> Verdict | Parts:
    """Records of every required kind are kept in total as long as the standard asks.

    Counts from creation, searchable or not: 12 months active and 18 more cold are 30 months. What Purview, Microsoft
    Entra ID, Azure and Defender keep themselves counts; so does every store that a log is sent to: tables by their
    total retention, containers by the lifecycle rules that delete from them, what data export and Capture write, and
    what declarations.yaml declares. Copies that are made at creation run side by side: the longest counts, and they are
    never added, so that a blob deleted 548 days after creation makes 18 months. Only what is moved when the first store
    ends is added, where that store surely keeps it until then.

    Each class of actor in the unified audit log is a part, and each other log. Passes where one store that was read
    keeps it long enough. Fails where every store that may hold it was read and none does. Of the unified audit log and
    of Defender no setting names every store: a shortfall is open until declarations.yaml states that there is no other
    (no-other-stores) and every declared subscription was read.
    """
    asked = asked_of(standard, hot=False)
    if asked is None:
        return NotApplicable(condition=f"{standard.id} asks for no total period")
    return required_parts(standard, asked, Logs(audit_log, entra, azure, cloud_apps), declarations)
