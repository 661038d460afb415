"""RET-03: no audit retention policy takes required time away."""

from compliance.assessment.check import Mappings, check
from compliance.assessment.retention import purview_sources
from compliance.assessment.shortening import shortening_parts
from compliance.assessment.verdict import NotApplicable, Parts, Severity, Verdict
from compliance.evidence.derived import PurviewRetention
from compliance.evidence.scope import Scope
from compliance.rules.periods import band
from compliance.standards import Standard


@check(
    "RET-03",
    severity=Severity.HIGH,
    tests="design",
    mappings=Mappings(
        nist_800_53=("AU-9", "AU-11"),
        scuba=("MS.SECURITYSUITE.5.2v1",),
        attack=("T1070", "T1562.008", "T1685.002"),
    ),
    effect="Records expire early while a longer policy is there to be shown: a policy of 7 days with priority 1 deletes"
    " evidence without anyone deleting anything.",
    remediation=(
        "Connect-IPPSSession",
        'Set-UnifiedAuditLogRetentionPolicy -Identity "<the short policy>" -Priority <number>',
        "# <number> must be higher than that of the longer policy that should decide",
        "# or, where nobody needs it: Remove-UnifiedAuditLogRetentionPolicy; records written meanwhile stay short",
    ),
    lesson="Storm-0558 knew the logging of its targets; whoever may edit these policies can blind the next search.",
    facts=("purview.lower-number-wins",),
)
def no_policy_shortens_required_retention(
    retention: PurviewRetention, standard: Standard, scope: Scope
) -> Verdict | Parts:
    """No audit retention policy shortens what the standard requires.

    For every class of actor and record that the standard requires, compares the effective retention with the one
    that would hold without the policies that are themselves shorter than the longest period required. A custom policy
    beats the default even when it is shorter, and the lowest priority number wins, not the longest duration.

    Fails where such a policy takes time away from a class in scope, and names it. A short policy on records that the
    standard does not require, or that another policy overrules, does no harm and is not counted.
    """
    periods = [requirement.duration for requirement in (standard.hot, standard.total) if requirement is not None]
    if not periods:
        return NotApplicable(condition=f"{standard.id} states no period")
    return shortening_parts(purview_sources(standard), max(periods, key=band), retention, scope)
