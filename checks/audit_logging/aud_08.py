"""AUD-08: everybody who acts holds the plan that the retention claim relies on."""

from compliance.assessment.audit_plans import WITHOUT_PLAN, audit_plan_parts
from compliance.assessment.check import Mappings, check
from compliance.assessment.declarations import Declarations
from compliance.assessment.retention import case_of, purview_sources
from compliance.assessment.stores import asked_of
from compliance.assessment.verdict import NotApplicable, Parts, Severity, Verdict
from compliance.evidence.derived import AuditLog
from compliance.rules.record_types import LOG_SOURCES
from compliance.standards import Standard


@check(
    "AUD-08",
    severity=Severity.HIGH,
    tests="design",
    mappings=Mappings(
        nist_800_53=("AU-11", "AU-4"),
        scuba=("MS.SECURITYSUITE.5.2v1", "MS.DEFENDER.6.2v1 (old)"),
        attack=("T1562.008", "T1685.002"),
    ),
    effect="What these accounts do is gone after 180 days, whatever a retention policy says: an intruder who acts with"
    " one of them outlives the records.",
    remediation=(
        "# assign a licence with Audit (Premium), such as Microsoft 365 E5 or G5 or the Purview Suite, to every account"
        " that acts: Microsoft 365 admin center, Users, Active users, Licenses and apps",
        "# the plan Microsoft 365 Advanced Auditing must be switched on within the licence",
        "# or send the records to another store as they are written, and declare it in declarations.yaml",
    ),
    lesson="The records that showed Storm-0558 were written for E5 and G5 accounts alone: without the licence nobody"
    " would have seen it.",
    facts=("purview.licence-of-the-actor", "licences.plan-identifiers", "licences.plan-status"),
)
def acting_accounts_hold_the_audit_plan(
    audit_log: AuditLog, standard: Standard, declarations: Declarations
) -> Verdict | Parts:
    """Every account that acts holds the audit plan that the retention claim relies on.

    Purview keeps a record longer than 180 days only where the account that acted holds Audit (Premium): not where the
    tenant owns it, nor where the mailbox's owner holds it. The plan is told by its GUID, must be enabled on the user,
    and left on by an active licence that carries it; a licence that was assigned with an error does not count for
    sure. Asks nothing where 180 days are enough, nor of records of applications and the system.

    Each class of actor is a part. One without the plan fails, unless copies that were read, or declared stores, keep
    every required record as long; guests, and applications and the system, are kept as long as they are whatever they
    hold, and other checks judge that. Accounts with sign-in blocked are open, since settings cannot show that they do
    nothing.
    """
    asked = asked_of(standard, hot=True) or asked_of(standard, hot=False)
    sources = tuple(source for source in purview_sources(standard) if source in LOG_SOURCES)
    if asked is None or not sources:
        return NotApplicable(
            condition=f"{standard.id} asks for no records in the unified audit log that rest on a plan"
        )
    case = case_of(audit_log, declarations)
    if case.terms.meets(WITHOUT_PLAN, asked):
        return NotApplicable(condition=f"{standard.id} asks for {asked.duration.text}, which need no plan")
    return audit_plan_parts(sources, asked, case)
