"""AUD-01: the switch of the unified audit log."""

from compliance.assessment.check import Mappings, check
from compliance.assessment.verdict import Fail, Indeterminate, Pass, Severity, Verdict
from compliance.evidence.derived import Corroboration, IngestionSetting
from compliance.evidence.derived.corroboration import AUDIT_SEARCH
from compliance.evidence.unread import Kind


@check(
    "AUD-01",
    severity=Severity.CRITICAL,
    tests="design",
    mappings=Mappings(
        nist_800_53=("AU-2", "AU-12"),
        scuba=("MS.SECURITYSUITE.5.1v1", "MS.DEFENDER.6.1v1 (old)", "MS.EXO.17.1v1 (old)"),
        cis_m365=("3.1.1 (v3 to v7)",),
        attack=("T1562.008", "T1685.002"),
    ),
    effect="No Microsoft 365 record is written anywhere: audit search, the Management Activity API and Sentinel's"
    " Office 365 connector have nothing to show for this time, ever.",
    remediation=(
        "Connect-ExchangeOnline",
        "Set-AdminAuditLogConfig -UnifiedAuditLogIngestionEnabled $true",
        "# takes up to 60 minutes; nothing from before comes back",
    ),
    lesson="The agency that noticed Storm-0558 could do so because its audit log was on before the intrusion began.",
    facts=("audit.ingestion-endpoint", "audit.secure-score-controls"),
)
def unified_audit_log_ingestion_is_on(ingestion: IngestionSetting, corroboration: Corroboration) -> Verdict:
    """Unified audit log ingestion is on.

    Reads UnifiedAuditLogIngestionEnabled of Get-AdminAuditLogConfig. False is believed only from Exchange Online:
    the same cmdlet in Security & Compliance PowerShell always says False.

    Passes when the switch is on, fails when Exchange Online says that it is off. A switch that is on today may have
    been off during the period: only records show that.

    Secure Score judges the same switch on its own (mip_search_auditlog). Where it says that audit search is off while
    the switch says on, the two contradict each other and nothing is decided. Where it was not read, is older than two
    days or lacks the control, it takes nothing away.
    """
    if ingestion.enabled:
        if (contradiction := corroboration.contradiction(AUDIT_SEARCH)) is not None:
            return Indeterminate(
                kind=Kind.CONTRADICTORY,
                condition=f"UnifiedAuditLogIngestionEnabled is True, but {contradiction.reason}",
                settle=contradiction.settle,
                cause=contradiction.reason,
            )
        return Pass(
            condition="unified audit log ingestion is on",
            cause="UnifiedAuditLogIngestionEnabled is True",
            notes=("the setting as it was when read: whether it was on all along, only records can show",),
        )
    return Fail(
        condition="unified audit log ingestion is off: no record is written",
        cause="UnifiedAuditLogIngestionEnabled is False in Exchange Online",
        notes=corroboration.notes_on_failure(AUDIT_SEARCH),
    )
