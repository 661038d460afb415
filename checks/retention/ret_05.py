"""RET-05: sign-in and audit logs of Microsoft Entra ID stay searchable."""

from compliance.assessment.check import Mappings, check
from compliance.assessment.declarations import Declarations
from compliance.assessment.entra import entra_parts, entra_sources
from compliance.assessment.stores import Terms, asked_of
from compliance.assessment.verdict import NotApplicable, Parts, Severity, Verdict
from compliance.evidence.derived import EntraReach
from compliance.evidence.evidence import AsOf
from compliance.evidence.scope import Scope
from compliance.standards import Standard


@check(
    "RET-05",
    severity=Severity.HIGH,
    tests="design",
    mappings=Mappings(
        nist_800_53=(
            "AU-11",
            "AU-4",
        ),
        scuba=("MS.AAD.4.1v1",),
        attack=("T1562.008", "T1685.002"),
    ),
    effect="Who signed in, from where and as which application cannot be searched beyond the last days or weeks.",
    remediation=(
        "az monitor log-analytics workspace table update -g <group> --workspace-name <workspace> -n SigninLogs"
        " --retention-time 365 --total-retention-time 1095",
        "# likewise AuditLogs, AADNonInteractiveUserSignInLogs, AADServicePrincipalSignInLogs,"
        " AADManagedIdentitySignInLogs and ADFSSignInLogs; give both times each time, and no plan",
        "# 913 days cannot be set: after 730 the next total is 1095",
        "# a category that is not exported yet: EXP-01",
    ),
    lesson="Storm-0558 came in with forged tokens: sign-ins without a person are the ones to keep, and natively they"
    " last 30 days.",
    facts=(
        "entra.native-retention",
        "entra.sign-in-export",
        "log-analytics.total-retention",
        "log-analytics.basic-plan",
    ),
)
def sign_in_and_audit_logs_stay_searchable(
    entra: EntraReach, standard: Standard, scope: Scope, declarations: Declarations, as_of: AsOf
) -> Verdict | Parts:
    """Sign-in and audit logs of Microsoft Entra ID stay searchable as long as the standard asks.

    Each log is a part of its own, so that interactive sign-ins cannot stand for non-interactive ones. Looks at every
    store that holds it: Entra itself (7 days, with P1 or P2 30 days), and whatever the diagnostic settings send it to,
    which for sign-ins takes P1 or P2. Of a table in Log Analytics its own retention counts, as it is in effect, never
    the workspace's default: all of it in the plan Analytics, 30 days in Basic, and nothing in Auxiliary, unless the
    standard counts the data lake as searchable. What lies in a storage account cannot be searched. A workspace that is
    not there or takes nothing in holds nothing; one that did not answer is not counted on.

    The copies of sign-ins in the unified audit log do not count: they hold fewer fields and not every kind of sign-in.

    Passes where one store that was read keeps the log long enough. Fails where every store was read and none does.
    Where a store that may could not be read, or lies behind an event hub, the question is open, unless it is declared.
    """
    sources, asked = entra_sources(standard, core=True), asked_of(standard, hot=True)
    if asked is None or not sources:
        return NotApplicable(condition=f"{standard.id} asks for no searchable period of such logs")
    return entra_parts(sources, asked, entra, Terms(scope, declarations, as_of))
