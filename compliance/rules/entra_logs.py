"""The logs of Microsoft Entra ID: their diagnostic categories, their tables, and how long Entra keeps them itself.

Categories and tables: Microsoft Learn, Integrate Microsoft Entra logs with Azure Monitor logs,
https://learn.microsoft.com/entra/identity/monitoring-health/howto-integrate-activity-logs-with-azure-monitor-logs.
How long Entra keeps them: fact entra.native-retention.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from compliance.rules.diagnostic_settings import Entry, categories_sent
from compliance.rules.periods import Duration
from compliance.rules.reach import StoreReach

NATIVE_STORE = "Microsoft Entra ID"
"""The name of the store that Entra itself is."""


class Need(StrEnum):
    """What must be there for a log to hold anything."""

    PREMIUM = "Microsoft Entra ID P1 or P2"
    P2 = "Microsoft Entra ID P2"
    WORKLOAD_PREMIUM = "Microsoft Entra Workload ID Premium"
    CONNECT_HEALTH = "Microsoft Entra Connect Health for AD FS"
    GLOBAL_SECURE_ACCESS = "Global Secure Access"
    MANAGED_IDENTITIES = "managed identities"
    PROVISIONING = "provisioning of accounts"


@dataclass(frozen=True, slots=True)
class Native:
    """How long Entra itself keeps a log, without and with Microsoft Entra ID P1 or P2; `None`: no time is published.

    `at_most` bounds what is not known, where anything does; `words` say it.
    """

    free: Duration | None
    premium: Duration | None
    at_most: Duration | None
    words: str
    facts: tuple[str, ...] = ("entra.native-retention",)


_ACTIVITY = Native(
    Duration.of_days(7), Duration.of_days(30), Duration.of_days(30), "Entra keeps it 7 days, with P1 or P2 30 days"
)
_PROVISIONING = Native(
    Duration.of_days(7),
    Duration.of_days(30),
    Duration.of_days(30),
    "Entra keeps it 7 days, with P1 or P2 30 days",
    ("entra.native-provisioning",),
)
_DETECTIONS = Native(
    Duration.of_days(7), None, Duration.of_days(90), "Entra keeps it 7 days, with P1 30 and with P2 90 days"
)
_UNTIL_REMEDIATED = Native(
    None, None, None, "Entra keeps it until the risk is remediated, which assures no length of time"
)
_NOT_KEPT = Native(
    Duration.of_days(0),
    Duration.of_days(0),
    Duration.of_days(0),
    "Entra keeps none of it: it exists only where exported",
)
_UNPUBLISHED = Native(None, None, None, "how long it is kept unless exported is not published")


@dataclass(frozen=True, slots=True)
class EntraLog:
    """A log of Microsoft Entra ID that a standard may require.

    `category` is its name in diagnostic settings, `table` that in Log Analytics. `core` logs are those of sign-ins and
    of changes to the directory. `needs` is what must be there for it to hold anything, `None` where every tenant has
    it: without that, an empty log is no fault, yet the category is to be enabled. `export_needs` is what must be there
    for an enabled category to be sent anywhere. `facts` are ids of `compliance.rules.facts`.
    """

    id: str
    title: str
    category: str
    table: str
    core: bool
    needs: Need | None
    export_needs: Need | None
    native: Native

    @property
    def facts(self) -> tuple[str, ...]:
        """The facts that the log rests on."""
        needs = () if self.needs is None else ("entra.conditional-logs",)
        export_needs = () if self.export_needs is None else ("entra.sign-in-export",)
        return (*self.native.facts, *needs, *export_needs)


ENTRA_LOGS = MappingProxyType(
    {
        log.id: log
        for log in (
            EntraLog(
                "entra.audit_logs",
                "Changes to the directory",
                "AuditLogs",
                "AuditLogs",
                core=True,
                needs=None,
                export_needs=None,
                native=_ACTIVITY,
            ),
            EntraLog(
                "entra.sign_in_logs",
                "Interactive sign-ins",
                "SignInLogs",
                "SigninLogs",
                core=True,
                needs=None,
                export_needs=Need.PREMIUM,
                native=_ACTIVITY,
            ),
            EntraLog(
                "entra.non_interactive_user_sign_in_logs",
                "Non-interactive sign-ins",
                "NonInteractiveUserSignInLogs",
                "AADNonInteractiveUserSignInLogs",
                core=True,
                needs=None,
                export_needs=Need.PREMIUM,
                native=_ACTIVITY,
            ),
            EntraLog(
                "entra.service_principal_sign_in_logs",
                "Sign-ins of service principals",
                "ServicePrincipalSignInLogs",
                "AADServicePrincipalSignInLogs",
                core=True,
                needs=None,
                export_needs=Need.PREMIUM,
                native=_ACTIVITY,
            ),
            EntraLog(
                "entra.managed_identity_sign_in_logs",
                "Sign-ins of managed identities",
                "ManagedIdentitySignInLogs",
                "AADManagedIdentitySignInLogs",
                core=True,
                needs=Need.MANAGED_IDENTITIES,
                export_needs=Need.PREMIUM,
                native=_ACTIVITY,
            ),
            EntraLog(
                "entra.adfs_sign_in_logs",
                "Sign-ins through AD FS",
                "ADFSSignInLogs",
                "ADFSSignInLogs",
                core=True,
                needs=Need.CONNECT_HEALTH,
                export_needs=Need.PREMIUM,
                native=_ACTIVITY,
            ),
            EntraLog(
                "entra.provisioning_logs",
                "Provisioning of accounts",
                "ProvisioningLogs",
                "AADProvisioningLogs",
                core=False,
                needs=Need.PROVISIONING,
                export_needs=None,
                native=_PROVISIONING,
            ),
            EntraLog(
                "entra.risky_users",
                "Users at risk",
                "RiskyUsers",
                "AADRiskyUsers",
                core=False,
                needs=Need.P2,
                export_needs=None,
                native=_UNTIL_REMEDIATED,
            ),
            EntraLog(
                "entra.user_risk_events",
                "Risk detections of users",
                "UserRiskEvents",
                "AADUserRiskEvents",
                core=False,
                needs=Need.P2,
                export_needs=None,
                native=_DETECTIONS,
            ),
            EntraLog(
                "entra.risky_service_principals",
                "Service principals at risk",
                "RiskyServicePrincipals",
                "AADRiskyServicePrincipals",
                core=False,
                needs=Need.WORKLOAD_PREMIUM,
                export_needs=None,
                native=_UNTIL_REMEDIATED,
            ),
            EntraLog(
                "entra.service_principal_risk_events",
                "Risk detections of service principals",
                "ServicePrincipalRiskEvents",
                "AADServicePrincipalRiskEvents",
                core=False,
                needs=Need.WORKLOAD_PREMIUM,
                export_needs=None,
                native=_UNPUBLISHED,
            ),
            EntraLog(
                "entra.enriched_office365_audit_logs",
                "Microsoft 365 audit records with network context",
                "EnrichedOffice365AuditLogs",
                "EnrichedMicrosoft365AuditLogs",
                core=False,
                needs=Need.GLOBAL_SECURE_ACCESS,
                export_needs=None,
                native=_UNPUBLISHED,
            ),
            EntraLog(
                "entra.microsoft_graph_activity_logs",
                "Requests to Microsoft Graph",
                "MicrosoftGraphActivityLogs",
                "MicrosoftGraphActivityLogs",
                core=False,
                needs=Need.PREMIUM,
                export_needs=None,
                native=_NOT_KEPT,
            ),
        )
    }
)
"""The logs of Microsoft Entra ID that are judged, by id."""

_CATEGORIES = tuple(log.category for log in ENTRA_LOGS.values())


def native_reach(log: EntraLog, premium: bool | None) -> StoreReach:
    """The reach of Entra itself, all of which can be searched until it is deleted.

    `premium` is whether the tenant has Microsoft Entra ID P1 or P2; `None` is unread, and leaves open what depends on
    it, bounded by the longest that it can be.
    """
    native = log.native
    if premium is None:
        kept = native.free if native.free == native.premium else None
    else:
        kept = native.premium if premium else native.free
    return StoreReach(NATIVE_STORE, kept, kept, native.words, native.facts, at_most=native.at_most)


def exported_categories(logs: Sequence[Entry]) -> tuple[frozenset[str], frozenset[str]]:
    """The categories that a diagnostic setting of Microsoft Entra ID surely exports, and those that it may besides."""
    return categories_sent(logs, _CATEGORIES)
