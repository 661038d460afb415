"""The first screen: which tenant, which standard, which period, what was left out, and the verdict."""

from __future__ import annotations

from collections.abc import Sequence

from compliance.assessment.assessment import Assessment, StandardEntry, Totals
from compliance.assessment.verdict import Status
from reports.html.days import covered
from reports.html.markup import Content, Markup, el, joined, named
from reports.html.pieces import first_of, labelled, link, listed, moment, status_mark
from reports.terms import left_out_by_settings, standing, under_waivers, who_counts

_LEFT_OUT = 3


def opening(assessment: Assessment, standards: Sequence[StandardEntry], gate: str | None) -> Markup:
    """Return the head of the report, up to the picture."""
    tenant = assessment.tenant
    return joined(
        (
            el(
                "header",
                _simulated(assessment),
                el("p", "lookback", el("span", " log retention report", cls="quiet"), cls="wordmark"),
                el("h1", "How far back can ", _name(assessment), " look, and can it be proven?"),
                labelled(
                    (
                        ("Tenant", joined((_domain(tenant.initial_domain), tenant.id), ", ")),
                        ("Cloud", assessment.cloud),
                        ("As of", f"{moment(assessment.as_of)}, the end of the last reading"),
                        ("Period", covered(assessment)),
                        ("Standards" if len(standards) > 1 else "Standard", _standards(standards, gate)),
                        ("Scope", who_counts(assessment)),
                        ("Left out", _left_out(assessment)),
                    )
                ),
                cls="masthead",
            ),
        )
    )


def verdict(assessment: Assessment, standards: Sequence[StandardEntry]) -> list[Content]:
    """Return the verdict under each standard: the sentence, and how many controls have each status."""
    of_standard = {totals.standard: totals for totals in assessment.totals}
    verdicts = [
        _verdict(standard, of_standard[standard.id], alone=len(standards) == 1)
        for standard in standards
        if standard.id in of_standard
    ]
    told: list[Content] = [el("div", *verdicts, cls="verdicts")]
    if not assessment.complete:
        told.append(
            el("p", el("strong", "Not complete", cls="caution"), ": what was not assessed stands under ",
               link("method", "Method and limits"), ", and counts in none of these numbers.")
        )  # fmt: skip
    return told


def _simulated(assessment: Assessment) -> Markup | None:
    if not assessment.simulated:
        return None
    said = el("strong", "Simulated tenant")
    return el("p", said, ": this report says nothing of a real one.", cls="simulated")


def _name(assessment: Assessment) -> Markup:
    name = assessment.tenant.name
    return named("the tenant whose name is unread" if name is None else name)


def _domain(domain: str | None) -> Markup:
    return named("initial domain unread" if domain is None else domain)


def _standards(standards: Sequence[StandardEntry], gate: str | None) -> Markup | None:
    decides = gate if len(standards) > 1 else None
    return listed(
        (
            joined(
                (
                    el("strong", standard.id),
                    ": ",
                    el("span", standing(standard), cls="rescinded" if standard.rescinded else ""),
                    " (decides the exit code)" if standard.id == decides else None,
                )
            )
            for standard in standards
        ),
        cls="plain",
    )


def _left_out(assessment: Assessment) -> Markup:
    shown, more = first_of(assessment.left_out or left_out_by_settings(assessment), _LEFT_OUT)
    told = "; ".join(shown) if shown else "nobody and nothing of what was assessed"
    return joined((told, f"; {more:,} more" if more else None, ": see " if more else None,
                   link("method", "Method and limits") if more else None))  # fmt: skip


def _verdict(standard: StandardEntry, totals: Totals, *, alone: bool) -> Markup:
    counts = (
        (Status.FAIL, totals.failed),
        (Status.INDETERMINATE, totals.indeterminate),
        (Status.PASS, totals.passed),
        (Status.NOT_APPLICABLE, totals.not_applicable),
    )
    waived = under_waivers(totals)
    return el(
        "div",
        None if alone else el("h3", standard.id),
        el("p", totals.sentence, cls="sentence"),
        el(
            "ul",
            *(el("li", el("strong", f"{count:,}"), " ", status_mark(status)) for status, count in counts),
            el("li", waived, cls="quiet") if waived else None,
            cls="counts",
        ),
        cls="verdict",
    )
