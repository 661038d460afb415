"""EXP-03: the unified audit log is exported."""

from compliance.assessment.audit_export import AuditExport, content_parts
from compliance.assessment.check import Mappings, check
from compliance.assessment.declarations import Declarations
from compliance.assessment.stores import Terms
from compliance.assessment.verdict import Parts, Severity
from compliance.evidence.derived import AzureActivity, EntraReach, OfficeConnectors, Recording, Stores
from compliance.evidence.evidence import AsOf
from compliance.evidence.scope import Scope


@check(
    "EXP-03",
    severity=Severity.HIGH,
    tests="design",
    mappings=Mappings(nist_800_53=("AU-4(1)", "AU-6(4)"), attack=("T1562.008", "T1685.002")),
    effect="Records of the unified audit log end after 180 days or a year, whatever a standard asks, and nobody can"
    " bring them back.",
    remediation=(
        "# Microsoft Sentinel, Content hub, Microsoft 365: install it, open its data connector, and select Exchange,"
        " SharePoint and Teams beside what is selected",
        "# for the rest an application that fetches the Office 365 Management Activity API: POST"
        " <root>/api/v1.0/<tenant>/activity/feed/subscriptions/start?contentType=Audit.General, likewise"
        " Audit.Exchange, Audit.SharePoint, Audit.AzureActiveDirectory and DLP.All; each adds a subscription",
        "# then declare the store that it fills in declarations.yaml, with every log source that it holds",
    ),
    lesson="Storm-0558 was found in the records of the unified audit log; whoever looks after they expired finds none.",
    facts=("office.exports", "office-activity.copies"),
)
def audit_log_is_exported(
    connectors: OfficeConnectors,
    entra: EntraReach,
    stores: Stores,
    activity: AzureActivity,
    recording: Recording,
    declarations: Declarations,
    scope: Scope,
    as_of: AsOf,
) -> Parts:
    """The unified audit log is exported, with every content type.

    Each content type of the Office 365 Management Activity API is a part of its own. Microsoft Sentinel's connector for
    Microsoft 365 shows that Exchange, SharePoint and Teams are copied, each where it is switched on in a workspace that
    is there; nothing else of Audit.General, and not Audit.AzureActiveDirectory. The diagnostic settings of Microsoft
    Entra ID show that sign-ins and changes to the directory are. Everything else takes a store that is declared, with
    the log sources that it holds. DLP.All, which repeats what other records say and adds details, is not asked for.

    The Management Activity API itself is not asked: it lists to an application only the subscriptions which that
    application started, and those of a SIEM are another's. So nothing that can be read shows that no export exists.
    What is not known to be exported fails only where declarations.yaml states no-other-stores and every declared
    subscription was read; otherwise it is open. So is a connector where the switches of AUD-01 or AUD-03 are off, since
    it has nothing to copy. Whether records arrive is not judged here: that takes records.
    """
    return content_parts(AuditExport(connectors, entra, stores, activity, recording, Terms(scope, declarations, as_of)))
