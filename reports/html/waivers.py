"""Waivers as written: which are used, which end soon, which are expired or unused."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from compliance.assessment.assessment import Assessment, WaiverUse
from compliance.assessment.words import counted
from reports.html.markup import Content, Markup, el, joined
from reports.html.pieces import anchor, first_of, labelled, link, section

_SOON_DAYS = 30
_SHOWN = 200
_OBJECTS = 20


def waivers(assessment: Assessment) -> Markup:
    """Return the section of waivers, those expired first."""
    title = "Waivers"
    if not assessment.waivers:
        return section("waivers", title, el("p", "None was handed over."))
    ranked = sorted(assessment.waivers, key=lambda one: (_rank(one), one.id))
    shown, more = first_of(ranked, _SHOWN)
    checks = {finding.uid: finding.check for finding in assessment.findings}
    return section(
        "waivers",
        title,
        el("p", "A waiver changes no status. Names stand here as written in its file; nobody's signature was checked."),
        el("p", _in_short(assessment.waivers)),
        *(_waiver(one, checks) for one in shown),
        el("p", f"{more:,} more in assessment.json") if more else None,
    )


def _rank(one: WaiverUse) -> int:
    return 0 if one.standing == "expired" else 1 if _ends_soon(one) else 2


def _ends_soon(one: WaiverUse) -> bool:
    return one.expires_in_days is not None and 0 <= one.expires_in_days <= _SOON_DAYS


def _in_short(given: Sequence[WaiverUse]) -> str:
    standings = [one.standing.partition(":")[0] for one in given]
    told = [f"{standings.count(standing):,} {standing}" for standing in dict.fromkeys(standings)]
    soon = sum(map(_ends_soon, given))
    return f"{counted(len(given), 'waiver')}: {', '.join(told)}; {soon:,} expiring within {_SOON_DAYS} days."


def _waiver(one: WaiverUse, checks: dict[str, str]) -> Markup:
    covered = dict.fromkeys(checks[uid] for uid in one.findings if uid in checks)
    used: Content = joined((link(anchor("control", check), check) for check in covered), ", ") if covered else "nothing"
    objects = None if one.covered_objects is None else f"{one.covered_objects:,}"
    needless, more = first_of(one.no_longer_needed, _OBJECTS)
    expired = one.standing == "expired"
    return el(
        "article",
        el("h3", one.id, " ", el("span", _standing(one), cls="caution" if expired or _ends_soon(one) else "quiet")),
        labelled(
            (
                ("Covers", used),
                ("Objects covered", objects),
                ("Not needed for", ", ".join((*needless, *((f"{more:,} more",) if more else ())))),
                ("May cover", "; ".join(_reach(one))),
                ("Last day", _last_day(one)),
                ("Reason", one.reason),
                ("Ticket", one.ticket),
                ("Asked for by", _as_written(one.requester)),
                ("Approved by", _as_written(one.approver, one.approved_on)),
            )
        ),
        cls="finding",
    )


def _standing(one: WaiverUse) -> str:
    if one.standing == "expired":
        return "expired, and no longer counted"
    soon = f", expires in {counted(one.expires_in_days or 0, 'day')}" if _ends_soon(one) else ""
    return f"{one.standing}{soon}"


def _last_day(one: WaiverUse) -> str:
    days = one.expires_in_days
    if days is None:
        return one.expires
    return f"{one.expires}, {counted(days, 'day')} left" if days >= 0 else f"{one.expires}, {counted(-days, 'day')} ago"


def _as_written(name: str, on: str | None = None) -> str | None:
    if not name:
        return None
    return f"{name}{'' if on is None else f' on {on}'}, as written, not authenticated"


def _reach(one: WaiverUse) -> Iterator[str]:
    """Yield what a waiver says that it may cover."""
    if one.checks:
        yield ", ".join(one.checks)
    if one.parts is not None:
        yield f"classes: {', '.join(one.parts)}"
    if one.objects is not None:
        shown, more = first_of(one.objects, _OBJECTS)
        yield f"objects: {', '.join(shown)}{f' and {more:,} more' if more else ''}"
    if one.at_most_affected is not None:
        yield f"at most {one.at_most_affected:,} affected"
    if one.accepts_indeterminate:
        yield "also what could not be determined"
