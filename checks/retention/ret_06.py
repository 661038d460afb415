"""RET-06: the Azure Activity log stays searchable."""

from compliance.assessment.azure import activity_verdict
from compliance.assessment.check import Mappings, check
from compliance.assessment.declarations import Declarations
from compliance.assessment.required import requires
from compliance.assessment.stores import Terms, asked_of
from compliance.assessment.verdict import NotApplicable, Severity, Verdict
from compliance.evidence.derived import AzureActivity
from compliance.evidence.evidence import AsOf
from compliance.evidence.scope import Scope
from compliance.rules.log_sources import AZURE_ACTIVITY
from compliance.standards import Standard


@check(
    "RET-06",
    severity=Severity.MEDIUM,
    tests="design",
    mappings=Mappings(
        nist_800_53=("AU-11",),
        attack=("T1562.008", "T1685.002"),
    ),
    effect="Who made a machine, gave a role or switched a diagnostic setting off cannot be searched after 90 days.",
    remediation=(
        "az monitor diagnostic-settings subscription create --subscription <subscription> --name <new name>"
        " --location <region> --workspace <workspace id> --logs"
        ' \'[{"category":"Administrative","enabled":true},{"category":"Security","enabled":true},'
        '{"category":"Policy","enabled":true},{"category":"Alert","enabled":true},'
        '{"category":"ServiceHealth","enabled":true}]\'',
        "# a name that no other setting has: one of the same name would be replaced; leave out what goes to that"
        " workspace already, which Azure refuses to take twice",
        "az monitor log-analytics workspace table update -g <group> --workspace-name <workspace> -n AzureActivity"
        " --retention-time 365 --total-retention-time 1095",
    ),
    lesson="Whoever means to stay in a tenant first looks which subscription nobody watches.",
    facts=("azure.activity-log-90-days", "log-analytics.total-retention"),
)
def activity_log_stays_searchable(
    azure: AzureActivity, standard: Standard, scope: Scope, declarations: Declarations, as_of: AsOf
) -> Verdict:
    """The Activity log of every Azure subscription stays searchable as long as the standard asks.

    Azure keeps it for 90 days; longer only where the subscription's diagnostic settings send it. Asks for the
    categories Administrative, Security, Policy, Alert and ServiceHealth, each by name or in the group allLogs, and
    counts the store that keeps each of them searchable the longest: the table AzureActivity by its own retention.

    The worst subscription decides, and a disabled one is judged too; one that is deleted, or belongs to another tenant,
    is left out. A list of subscriptions shows only those that its
    reader may see, so that it passes only where declarations.yaml declares the tenant's whole list
    (approved_subscriptions) and every one of them was read. Fails where one that was read keeps it too short; one whose
    settings could not be read is named.
    """
    asked = asked_of(standard, hot=True)
    if asked is None or not requires(standard, AZURE_ACTIVITY):
        return NotApplicable(condition=f"{standard.id} asks for no searchable period of the Activity log")
    return activity_verdict(asked, azure, Terms(scope, declarations, as_of))
