"""EXP-02: the destinations of logs are there, and are the tenant's own."""

from compliance.assessment.check import Mappings, check
from compliance.assessment.declarations import Declarations
from compliance.assessment.log_destinations import Destinations, destination_parts
from compliance.assessment.stores import Terms
from compliance.assessment.verdict import Parts, Severity
from compliance.evidence.derived import LogDestinations, Stores, Tenancy
from compliance.evidence.evidence import AsOf
from compliance.evidence.scope import Scope


@check(
    "EXP-02",
    severity=Severity.HIGH,
    tests="design",
    mappings=Mappings(nist_800_53=("AU-4(1)", "AU-9(2)", "SC-7"), attack=("T1562.008", "T1685.002")),
    effect="The setting says that logs are exported; they go nowhere, or to somebody else.",
    remediation=(
        "# make the destination again, or add a setting that sends the same categories to one that is there; take the"
        " dead setting away afterwards",
        "# a storage account whose firewall keeps Azure Monitor out: az storage account update -g <group> -n <account>"
        " --bypass AzureServices Logging Metrics",
        "# a workspace that is over its daily cap: az monitor log-analytics workspace update -g <group> -n <workspace>"
        " --quota <GB, or -1 for none>",
        "# subscriptions of one's own: list them all under approved_subscriptions in declarations.yaml",
    ),
    lesson="Storm-0558 was seen by those whose logs arrived somewhere; a setting is no arrival.",
    facts=("azure.destinations",),
)
def destinations_are_there_and_ours(
    destinations: LogDestinations,
    stores: Stores,
    tenancy: Tenancy,
    declarations: Declarations,
    scope: Scope,
    as_of: AsOf,
) -> Parts:
    """Every destination of exported logs is there, takes logs in, and is the tenant's own.

    Each workspace, storage account, event hub and partner solution that the diagnostic settings of Microsoft Entra ID
    and of the Activity logs name is a part of its own. A destination that answers 404, lies in a disabled subscription,
    is over its daily cap, or whose firewall keeps Azure Monitor out, fails. So does one in a subscription outside a
    current list approved_subscriptions in declarations.yaml. Without such a list a subscription that belongs to this
    tenant is its own; one that another tenant lets it manage (Azure Lighthouse) is open until somebody approves it.

    An event hub or a partner solution passes logs on and keeps nothing: where what it gets goes to no store that was
    read, it is open until the store behind it is declared. What could not be read is open, and so is, without a current
    list of all subscriptions, whether others send elsewhere. Whether data arrived lately is not judged here: that takes
    records.
    """
    return destination_parts(Destinations(destinations, stores, tenancy, Terms(scope, declarations, as_of)))
