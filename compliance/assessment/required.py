"""Every log source that a standard requires, against one period: a part for each class of actor, and for each log."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from compliance.assessment.azure import activity_part
from compliance.assessment.declarations import Declarations
from compliance.assessment.defender import cloud_apps_part
from compliance.assessment.entra import entra_parts, entra_sources
from compliance.assessment.retention import RetentionQuestion, case_of, purview_sources
from compliance.assessment.retention_parts import joined, retention_parts
from compliance.assessment.stores import Asked
from compliance.assessment.verdict import Parts, resting_on
from compliance.evidence.derived import DERIVATIONS, AuditLog, AzureActivity, CloudAppEvents, EntraReach
from compliance.evidence.evidence import datasets_behind
from compliance.rules.log_sources import AZURE_ACTIVITY, CLOUD_APP_EVENTS
from compliance.standards import Standard


@dataclass(frozen=True, slots=True)
class Logs:
    """The reach of every log: of the unified audit log, of Microsoft Entra ID, of Azure and of Microsoft Defender."""

    audit_log: AuditLog
    entra: EntraReach
    azure: AzureActivity
    cloud_apps: CloudAppEvents


def required_parts(standard: Standard, need: Asked, logs: Logs, declarations: Declarations) -> Parts:
    """Judge all that a standard requires against one period; each part rests on its own datasets alone."""
    case = case_of(logs.audit_log, declarations)
    purview = retention_parts(RetentionQuestion(purview_sources(standard), need), case)
    entra = entra_parts(entra_sources(standard), need, logs.entra, case.terms)
    azure = Parts((activity_part(need, logs.azure, case.terms),) if requires(standard, AZURE_ACTIVITY) else ())
    defender = Parts(
        (cloud_apps_part(need, logs.cloud_apps, case.terms),) if requires(standard, CLOUD_APP_EVENTS) else ()
    )
    return joined(
        purview,
        resting_on(entra, behind(EntraReach)),
        resting_on(azure, behind(AzureActivity)),
        resting_on(defender, behind(CloudAppEvents)),
    )


def requires(standard: Standard, source: str) -> bool:
    """Say whether a standard requires a log source."""
    return any(one.id == source for one in standard.sources)


@cache
def behind(view: type) -> frozenset[str]:
    """Return the datasets that a derived view rests on."""
    return datasets_behind(DERIVATIONS[view], DERIVATIONS)
