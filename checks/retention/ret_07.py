"""RET-07: the other required logs of Microsoft Entra ID and those of Microsoft Defender stay searchable."""

from compliance.assessment.check import Mappings, check
from compliance.assessment.declarations import Declarations
from compliance.assessment.defender import cloud_apps_part
from compliance.assessment.entra import entra_parts, entra_sources
from compliance.assessment.required import behind, requires
from compliance.assessment.stores import Terms, asked_of
from compliance.assessment.verdict import NotApplicable, Parts, Severity, Verdict, resting_on
from compliance.evidence.derived import CloudAppEvents, EntraReach
from compliance.evidence.evidence import AsOf
from compliance.evidence.scope import Scope
from compliance.rules.log_sources import CLOUD_APP_EVENTS
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
def other_logs_stay_searchable(
    entra: EntraReach,
    cloud_apps: CloudAppEvents,
    standard: Standard,
    scope: Scope,
    declarations: Declarations,
    as_of: AsOf,
) -> Verdict | Parts:
    """All other required logs of Microsoft Entra ID and of Microsoft Defender stay searchable as the standard asks.

    Asks of every required log that is neither sign-ins nor changes of the directory what RET-05 asks of those: each is
    a part of its own, and the store that keeps it searchable the longest decides. A table in the plan Basic can be
    searched for 30 days, one in Auxiliary not at once, however long they keep it.

    A log that exists only with a licence which no subscription of the tenant carries is not asked for. One that stays
    empty without Connect Health or Global Secure Access is: its category can be exported all the same, and a table
    that does not exist yet leaves the question open.

    Defender XDR keeps CloudAppEvents for 30 days. A table of that name which would do leaves the question open, since
    no API shows whether Defender streams into it, unless the workspace is declared; so do a workspace that could not
    be read, and one that nobody saw: that there is none takes the tenant's whole list of subscriptions, current, under
    approved_subscriptions in declarations.yaml, and each of them read.
    """
    sources, asked = entra_sources(standard, core=False), asked_of(standard, hot=True)
    asks_defender = requires(standard, CLOUD_APP_EVENTS)
    if asked is None or not (sources or asks_defender):
        return NotApplicable(condition=f"{standard.id} asks for no searchable period of such logs")
    terms = Terms(scope, declarations, as_of)
    logs = resting_on(entra_parts(sources, asked, entra, terms), behind(EntraReach))
    if not asks_defender:
        return logs
    defender = resting_on(Parts((cloud_apps_part(asked, cloud_apps, terms),)), behind(CloudAppEvents))
    return Parts((*logs.parts, *defender.parts))
