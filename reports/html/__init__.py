"""The report for auditors: one self-contained page, to be read in ten minutes, printed and signed.

It holds no script and asks for nothing outside itself; its policy forbids both.
"""

from __future__ import annotations

import base64
import hashlib
import re
from importlib.resources import files

from compliance.assessment.assessed import Assessed
from compliance.assessment.assessment import Assessment
from reports.grouping import gate_first
from reports.html.bars import patterns
from reports.html.changes import changed, trend
from reports.html.controls import every_control, failed, side_by_side, undecided
from reports.html.days import period_and_days
from reports.html.markup import Markup, document, el, joined
from reports.html.opening import opening, verdict
from reports.html.picture import pictures
from reports.html.pieces import labelled, link, section
from reports.html.plan import plan
from reports.html.record import completeness, evidence_index, method, run_record
from reports.html.waivers import waivers
from reports.options import Options

_DIGEST = re.compile(r"[0-9a-f]{12,}")
_CONTENTS = (
    ("verdict", "Verdict"),
    ("picture", "How far back one can look"),
    ("failed", "What failed"),
    ("undecided", "What is open"),
    ("plan", "What it would take"),
    ("waivers", "Waivers"),
    ("changed", "What changed"),
    ("trend", "Trend"),
    ("index", "Design and operation"),
    ("controls", "Every control"),
    ("days", "Days without evidence"),
    ("completeness", "Completeness"),
    ("evidence", "Evidence index"),
    ("run", "Run record"),
    ("method", "Method and limits"),
    ("sign-off", "Sign-off"),
)
"""Every section in its order, by id and short name."""


def html_report(assessed: Assessed, options: Options) -> str:
    """Return the report as a page of HTML; it holds samples of what is affected, and names the files that hold all."""
    assessment = assessed.assessment
    standards = gate_first(assessment.standards, options.gate)
    gate = options.gate
    sections = {
        "verdict": section("verdict", "Verdict", *verdict(assessment, standards)),
        "picture": pictures(assessment, standards),
        "failed": failed(assessment, gate),
        "undecided": undecided(assessment, gate),
        "plan": plan(assessment, standards) if options.steps else None,
        "waivers": waivers(assessment),
        "changed": changed(assessment),
        "trend": trend(assessment, standards, options.history),
        "index": side_by_side(assessment),
        "controls": every_control(assessment),
        "days": period_and_days(assessment, options.history),
        "completeness": completeness(assessment),
        "evidence": evidence_index(assessment, options.evidence),
        "run": run_record(assessment),
        "method": method(assessment, standards),
        "sign-off": _sign_off(assessment),
    }
    shown = {identity: made for identity, made in sections.items() if made is not None}
    body = joined(
        (
            el("a", "Skip to the verdict", href="#report", cls="skip"),
            patterns(),
            opening(assessment, standards, gate),
            el("div", _contents(shown), el("main", *shown.values(), id="report", tabindex=-1), cls="page"),
            _footer(assessment),
        )
    )
    sheets = [files(__name__).joinpath("report.css").read_text(encoding="utf-8"), _margins(assessment)]
    name = assessment.tenant.name or assessment.tenant.id
    return document(f"Log retention of {name}, {assessment.as_of:%Y-%m-%d}", "en", sheets, _policy(sheets), body)


def _policy(sheets: list[str]) -> str:
    """Return a content security policy under which the page's own style sheets apply, and nothing else loads."""
    hashes = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(sheet.encode()).digest()).decode()}'" for sheet in sheets
    )
    return f"default-src 'none'; style-src {hashes}; base-uri 'none'; form-action 'none'"


def _margins(assessment: Assessment) -> str:
    """Return the margins of printed pages, which tie each sheet of paper to the bundle."""
    digest = assessment.bundle_sha256[:12] if _DIGEST.match(assessment.bundle_sha256) else "no digest"
    simulated = '@top-center{content:"SIMULATED TENANT: this report says nothing of a real one";font-weight:bold}'
    return (
        f"@page{{{simulated if assessment.simulated else ''}"
        f'@bottom-left{{content:"lookback, as of {assessment.as_of:%Y-%m-%d %H:%M} UTC, bundle {digest}"}}'
        '@bottom-right{content:"page " counter(page) " of " counter(pages)}}'
    )


def _contents(shown: dict[str, Markup]) -> Markup:
    items = [el("li", link(identity, title)) for identity, title in _CONTENTS if identity in shown]
    return el("nav", el("ol", *items), aria_label="Sections", cls="contents")


def _sign_off(assessment: Assessment) -> Markup:
    blanks = ("Prepared by", "Reviewed by", "Conclusion")
    lines = [
        el("div", el("dt", label), el("dd", el("span", "left blank, to be filled in by hand", cls="unseen")))
        for blank in blanks
        for label in ((blank, "Date") if blank != "Conclusion" else (blank,))
    ]
    return section(
        "sign-off",
        "Sign-off",
        el("p", "By signing, a person takes over what no tool can say. lookback filled in nothing below."),
        el("dl", *lines, cls="sign-off"),
        labelled((("Bundle", el("code", assessment.bundle_sha256)), ("Tenant", assessment.tenant.id))),
    )


def _footer(assessment: Assessment) -> Markup:
    tool = f"{assessment.tool.name} {assessment.tool.version}"
    return el("footer", el("p", f"Made by {tool} from assessment.json, without a clock: the same gives the same page."))
