"""Facts about the logs of Microsoft Entra ID and Microsoft Defender XDR."""

from __future__ import annotations

from compliance.rules.facts.fact import Certainty, Fact

_PLANS = (
    "Microsoft Learn, Product names and service plan identifiers for licensing,"
    " https://learn.microsoft.com/entra/identity/users/licensing-service-plan-reference"
)

FACTS = (
    Fact(
        "entra.native-retention",
        "Microsoft Entra ID keeps audit and sign-in logs for 7 days, with P1 or P2 for 30 days, and risk detections for"
        " 7, 30 or 90 days; risky users until the risk is remediated; Microsoft Graph activity not at all.",
        "Microsoft Learn, Microsoft Entra data retention,"
        " https://learn.microsoft.com/entra/identity/monitoring-health/reference-reports-data-retention",
        "2026-01-06",
        Certainty.HIGH,
    ),
    Fact(
        "entra.native-provisioning",
        "Microsoft Entra ID keeps provisioning logs for up to 30 days, without P1 or P2 for 7 days.",
        "Microsoft Learn, Understand how provisioning integrates with Azure Monitor logs,"
        " https://learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-log-analytics",
        None,
        Certainty.MEDIUM,
    ),
    Fact(
        "entra.conditional-logs",
        "Some logs hold anything only where a licence or a feature makes them: risk with P2, sign-ins through AD FS"
        " with Connect Health, enriched Microsoft 365 records with Global Secure Access. Their emptiness is no fault.",
        "Microsoft Learn, What are the identity logs you can stream to an endpoint,"
        " https://learn.microsoft.com/entra/identity/monitoring-health/"
        "concept-diagnostic-settings-logs-options",
        None,
        Certainty.HIGH,
    ),
    Fact(
        "entra.sign-in-export",
        "Diagnostic settings send sign-in logs, of every kind, only with Microsoft Entra ID P1 or P2; they send audit"
        " logs with any licence.",
        "Microsoft Learn, Send data to Microsoft Sentinel using the Microsoft Entra ID data connector,"
        " https://learn.microsoft.com/azure/sentinel/connect-azure-active-directory",
        None,
        Certainty.HIGH,
    ),
    Fact(
        "defender.advanced-hunting-30-days",
        "Microsoft Defender XDR keeps what advanced hunting searches, CloudAppEvents among it, for 30 days; it is kept"
        " longer where it is streamed elsewhere, which no API for configuration shows.",
        "Microsoft Learn, Advanced hunting API, https://learn.microsoft.com/defender-xdr/api-advanced-hunting",
        None,
        Certainty.HIGH,
    ),
    Fact(
        "defender.cloud-apps-plan",
        "CloudAppEvents holds records only with Microsoft Defender for Cloud Apps (ADALLOM_S_STANDALONE); whether its"
        " smaller editions fill it is not published.",
        _PLANS,
        None,
        Certainty.MEDIUM,
    ),
)
"""These facts."""
