"""RET-08: every required record is kept long enough in total."""

from compliance.assessment.check import Mappings, check
from compliance.assessment.declarations import Declarations
from compliance.assessment.retention import Case, RetentionQuestion, beyond_purview, retention_parts
from compliance.assessment.verdict import NotApplicable, Parts, Severity, Verdict
from compliance.evidence.derived import PurviewRetention, Recording
from compliance.evidence.evidence import AsOf
from compliance.evidence.scope import Scope
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
        "# more than one year needs the 10-year add-on on every account that acts; records of applications stay at one"
        " year, and only an export keeps them longer",
    ),
    lesson="The key behind Storm-0558 may have been taken two years before it was used: 30 months look that far back.",
    facts=("purview.ten-year-add-on-needed", "purview.non-user-fixed-year"),
)
def required_records_are_kept_in_total(
    retention: PurviewRetention,
    recording: Recording,
    standard: Standard,
    scope: Scope,
    declarations: Declarations,
    as_of: AsOf,
) -> Verdict | Parts:
    """Records of every required kind are kept in total as long as the standard asks.

    Counts from creation, searchable or not: 12 months active and 18 more cold are 30 months. What Purview keeps counts,
    and so does a store that declarations.yaml declares.

    Passes where one of them keeps every class of records long enough. Where Purview does not and nothing is declared,
    the question is open rather than failed: cold storage lies outside Purview, and no other store is read yet.
    """
    if standard.total is None:
        return NotApplicable(condition=f"{standard.id} asks for no total period")
    sources = tuple(source.id for source in standard.sources)
    question = RetentionQuestion(sources, standard.total.duration, hot=False)
    return beyond_purview(retention_parts(question, Case(retention, recording, scope, declarations, as_of)))
