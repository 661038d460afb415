"""RET-07: the other required logs of Microsoft Entra ID stay searchable."""

from compliance.assessment.check import Mappings, check
from compliance.assessment.declarations import Declarations
from compliance.assessment.entra import entra_parts, entra_sources
from compliance.assessment.stores import Asked, Terms
from compliance.assessment.verdict import NotApplicable, Parts, Severity, Verdict
from compliance.evidence.derived import EntraReach
from compliance.evidence.evidence import AsOf
from compliance.evidence.scope import Scope
from compliance.standards import Standard


@check(
    "RET-07",
    severity=Severity.MEDIUM,
    tests="design",
    mappings=Mappings(
        nist_800_53=("AU-11",),
        scuba=("MS.AAD.4.1v1",),
        attack=("T1562.008", "T1685.002"),
    ),
    effect="Which risk was seen, which account was made and what was asked of Microsoft Graph cannot be searched when"
    " an intrusion is found late.",
    remediation=(
        "az monitor log-analytics workspace table update -g <group> --workspace-name <workspace> -n <table>"
        " --retention-time 365 --total-retention-time 1095",
        "# a table in the plan Basic or Auxiliary must go to the plan Analytics to be searched at once",
        "# a category that is not exported yet: EXP-01",
    ),
    lesson="Mail was read through an API: requests to Microsoft Graph are kept nowhere unless they are exported.",
    facts=("entra.native-retention", "log-analytics.total-retention", "log-analytics.basic-plan"),
)
def other_entra_logs_stay_searchable(
    entra: EntraReach, standard: Standard, scope: Scope, declarations: Declarations, as_of: AsOf
) -> Verdict | Parts:
    """All other required logs of Microsoft Entra ID stay searchable as long as the standard asks.

    Asks of every required log that is neither sign-ins nor changes of the directory what RET-05 asks of those: each is
    a part of its own, and the store that keeps it searchable the longest decides. A table in the plan Basic can be
    searched for 30 days, one in Auxiliary not at once, however long they keep it.

    A log that exists only with a licence which no subscription of the tenant carries is not asked for. One that stays
    empty without Connect Health or Global Secure Access is: its category can be exported all the same, and a table
    that does not exist yet leaves the question open.
    """
    sources = entra_sources(standard, core=False)
    if standard.hot is None or not sources:
        return NotApplicable(condition=f"{standard.id} asks for no searchable period of such logs")
    asked = Asked(standard.hot.duration, hot=True)
    return entra_parts(sources, asked, entra, Terms(scope, declarations, as_of))
