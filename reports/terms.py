"""The terms of a verdict: how standards stand, who and what counts, what waivers cover, and other catalogues."""

from __future__ import annotations

from collections.abc import Iterator

from compliance.assessment.assessment import Assessment, Finding, StandardEntry, Totals
from compliance.assessment.words import counted
from reports.words import in_words


def standing(standard: StandardEntry) -> str:
    """Return what has to be known of a standard before its verdict is read, in a line."""
    own = any(need is not None and need.own for need in (standard.hot, standard.total))
    said = (
        standard.status,
        "interpretive" if standard.interpretive else "",
        "unverified" if standard.unverified else "",
        "by the organisation's own number" if own else "",
        "the data lake taken for searchable" if standard.lake_counts_as_searchable else "",
    )
    return "; ".join(filter(None, said))


def who_counts(assessment: Assessment) -> str:
    """Return who and what counts, in a line."""
    scope = assessment.scope
    classes = counted(len(scope.excluded_actors), "class", "classes")
    out = f"{classes} of actors left out" if scope.excluded_actors else "nobody left out"
    months = "the longest reading of a month" if scope.strict_months else "months as the calendar has them"
    tolerance = f"{counted(scope.tolerance_days, 'day')} forgiven" if scope.tolerance_days else "no day forgiven"
    return (
        f"{out}; {months}; {tolerance}; stale after {counted(scope.max_age.collected_hours, 'hour')} (collected) or"
        f" {counted(scope.max_age.exported_days, 'day')} (exported, attested)"
    )


def left_out_by_settings(assessment: Assessment) -> list[str]:
    """Return each class of actors that the settings leave out, with the reason, whether or not a control shows it."""
    return [f"{in_words(one.actor_class)}: {one.reason}" for one in assessment.scope.excluded_actors]


def under_waivers(totals: Totals) -> str:
    """Return how many findings waivers cover whole, and how many in part; empty where they cover none."""
    told = (
        f"{totals.waived:,} of them under a waiver, which changes no status" if totals.waived else "",
        f"{totals.waived_in_part:,} under a waiver in part, which leaves the rest open"
        if totals.waived_in_part
        else "",
    )
    return "; ".join(filter(None, told))


def catalogues(finding: Finding) -> Iterator[tuple[str, str]]:
    """Yield the other catalogues that hold a control, and its ids there."""
    mappings = finding.mappings
    for catalogue, ids in (
        ("NIST SP 800-53", mappings.nist_800_53),
        ("SCuBA", mappings.scuba),
        ("CIS Microsoft 365", mappings.cis_m365),
        ("ATT&CK", mappings.attack),
    ):
        if ids:
            yield catalogue, ", ".join(ids)
