"""EXP-01: the required logs of Microsoft Entra ID are exported."""

from compliance.assessment.check import Mappings, check
from compliance.assessment.declarations import Declarations
from compliance.assessment.entra import entra_sources
from compliance.assessment.export import export_verdict
from compliance.assessment.stores import Terms
from compliance.assessment.verdict import NotApplicable, Severity, Verdict
from compliance.evidence.derived import EntraReach
from compliance.evidence.evidence import AsOf
from compliance.evidence.scope import Scope
from compliance.standards import Standard


@check(
    "EXP-01",
    severity=Severity.HIGH,
    tests="design",
    mappings=Mappings(
        nist_800_53=("AU-4", "AU-4(1)", "AU-6(4)"),
        scuba=("MS.AAD.4.1v1",),
        attack=("T1562.008", "T1685.002"),
    ),
    effect="Sign-ins and changes of the directory are gone after 7 or 30 days, and whoever searches for an intruder in"
    " one place misses what went to another, or nowhere.",
    remediation=(
        "# Microsoft Entra admin center, Monitoring & health, Diagnostic settings: open the setting that sends to your"
        " Log Analytics workspace and select each missing category beside those that are selected",
        "# all required categories to one destination; leave the other settings as they are",
        "# sign-in logs are sent only with Microsoft Entra ID P1 or P2",
    ),
    lesson="Storm-0558 signed in with forged tokens: only logs of sign-ins, kept and in one place, can show the next"
    " one.",
    facts=("entra.conditional-logs", "entra.sign-in-export"),
)
def required_entra_logs_are_exported(
    entra: EntraReach, standard: Standard, scope: Scope, declarations: Declarations, as_of: AsOf
) -> Verdict:
    """Every required category of Microsoft Entra ID's logs is exported to one destination.

    Takes the diagnostic settings of Microsoft Entra ID, and for each destination the union of what all settings send
    to it: a category counts where it is enabled, in any letter case, or where the group allLogs is. Two destinations
    that get half each do not make a whole. A setting's own days of retention are ignored: Azure retired them.

    Passes where a Log Analytics workspace or a storage account that is there and takes logs in gets everything. One
    that is surely gone, lies in a disabled subscription, or keeps Azure Monitor out by its firewall gets nothing. An
    event hub or a partner that gets everything is open until whoever owns the store behind it declares it. Fails where
    no destination gets everything, and says what is missing at the best one. Sign-in logs are sent only with Microsoft
    Entra ID P1 or P2: without one they arrive nowhere, whatever the settings say, and where licences were not read it
    is open.

    Logs that need a licence which no subscription carries are not asked for; those that stay empty without Connect
    Health or Global Secure Access are, and cost nothing.
    """
    sources = entra_sources(standard)
    if not sources:
        return NotApplicable(condition=f"{standard.id} requires no log of Microsoft Entra ID")
    return export_verdict(sources, entra, Terms(scope, declarations, as_of))
