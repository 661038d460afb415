"""SARIF 2.1.0 as GitHub code scanning reads it: what fails and is under no waiver, and what failed and is undecided.

GitHub knows neither `kind` nor `suppressions`: whatever stands among the results shows as an open alert. It refuses a
whole file of which one result has no physical location, and tells alerts apart by `primaryLocationLineHash` alone.
An alert that is missing from the next upload of its category shows as fixed: what failed before and could not be
determined this time stays a result, a note, which takes an assessment that follows the earlier one (`--previous`); and
a category is of one tenant, the standards and the selection of checks.
Alerts show as annotations: they name objects of the tenant only where that is asked for.
Source: GitHub Docs, "SARIF support for code scanning"; OASIS SARIF 2.1.0.
"""

from __future__ import annotations

import hashlib
import re
from itertools import islice
from typing import Any
from urllib.parse import quote

from compliance.assessment.assessed import Assessed
from compliance.assessment.assessment import Assessment, Finding
from compliance.assessment.changes import FindingState
from compliance.assessment.selection import selected
from compliance.assessment.verdict import SEVERITY_ORDER, Severity
from compliance.errors import InputError
from reports.cells import moment
from reports.foreign import (
    SHORT,
    SIMULATED,
    asked_for_by,
    commands,
    control_id,
    counts_by_outcome,
    details,
    in_numbers,
    json_text,
    known,
    named,
    plain,
)
from reports.in_brief import OPEN_QUESTIONS
from reports.inline import inline
from reports.options import Options
from reports.outcome import Outcome, outcome_of

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_MOST_RESULTS = 5_000
"""How many results of a run GitHub keeps."""
_MOST_TAGS = 10
_DESCRIPTION = 300
"""Columns; GitHub takes 1,024 characters, and a column is three at most."""
_NAMED = 5
_SHORT_DIGEST = 12
_NO_NAME = re.compile(r"[^A-Za-z0-9.-]")
_LEVELS = {Severity.CRITICAL: "error", Severity.HIGH: "error", Severity.MEDIUM: "warning", Severity.LOW: "note"}
_SECURITY_SEVERITY = {Severity.CRITICAL: "9.5", Severity.HIGH: "8.0", Severity.MEDIUM: "5.5", Severity.LOW: "2.0"}
"""Numbers inside the ranges that GitHub shows as critical (above 9.0), high (from 7.0), medium (from 4.0) and low."""
_PRECISION = {"high": "very-high", "medium": "high", "low": "medium"}
_BASELINE = {
    FindingState.NEW: "new",
    FindingState.REOPENED: "new",
    FindingState.OPEN: "unchanged",
    FindingState.CHANGED: "updated",
}
_SYNTAX = str.maketrans({"{": "{{", "}": "}}", "[": r"\[", "]": r"\]", "\\": r"\\"})
"""What stands for a placeholder or an embedded link in a message, and how it is written to stand for itself (3.11)."""


def sarif_report(assessed: Assessed, options: Options) -> str:
    """Return a SARIF log of the alerts; raises InputError where no location is given."""
    if options.location is None:
        raise InputError(
            "findings have to point at a file of the repository",
            where="--report sarif",
            next_step="Give --location FILE, such as config.yaml or the waiver file.",
        )
    assessment = assessed.assessment
    alerts = sorted(
        (finding for finding in assessment.findings if outcome_of(finding) is Outcome.FAIL or _lost_sight_of(finding)),
        key=lambda one: (_lost_sight_of(one), -SEVERITY_ORDER.index(one.severity), one.check, one.standard or ""),
    )[:_MOST_RESULTS]
    place = {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(options.location, safe="/")},
            "region": {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 2},
        }
    }
    run = {
        "tool": {
            "driver": {
                "name": assessment.tool.name,
                "fullName": f"{assessment.tool.name} {assessment.tool.version}",
                "semanticVersion": assessment.tool.version,
                "rules": [_rule(finding) for finding in alerts],
            }
        },
        "automationDetails": {"id": _category(assessment)},
        "invocations": [_invocation(assessment)],
        "results": [_result(index, finding, place, options) for index, finding in enumerate(alerts)],
        "columnKind": "unicodeCodePoints",
        "properties": {
            "findings": {outcome.value: count for outcome, count in counts_by_outcome(assessment).items()},
            "bundleSha256": assessment.bundle_sha256,
            "simulated": assessment.simulated,
        },
    }
    return json_text({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]})


def _lost_sight_of(finding: Finding) -> bool:
    """Whether a finding failed when it was last determined, and could not be determined this time."""
    return outcome_of(finding) in OPEN_QUESTIONS and finding.last_failed is not None


def _category(assessment: Assessment) -> str:
    """Return what keeps alerts apart in one repository: all that stands before the last slash.

    It is of the tenant, the standards, and where not every check was asked for, of those that were judged.
    """
    tenant = _NO_NAME.sub("-", assessment.tenant.id[:64]) or "tenant"
    standards = "+".join(sorted(_NO_NAME.sub("-", one.id[:64]) for one in assessment.standards)) or "none"
    checks = selected(assessment)
    some = "" if checks is None else f"{hashlib.sha256(','.join(checks).encode()).hexdigest()[:_SHORT_DIGEST]}/"
    return f"{assessment.tool.name}/{tenant}/{standards}/{some}"


def _invocation(assessment: Assessment) -> dict[str, Any]:
    """Say when the evidence was read, and how much is open: GitHub refuses a run that says it was not successful."""
    counts = counts_by_outcome(assessment)
    kept = sum(map(_lost_sight_of, assessment.findings))
    undecided = sum(counts[outcome] for outcome in OPEN_QUESTIONS) - kept
    told = [
        f"not determined, which is neither a pass nor a result here: {undecided}" if undecided else "",
        f"not determined, and still a result because it failed before: {kept}" if kept else "",
        f"under a waiver, and no result here: {counts[Outcome.WAIVED]}" if counts[Outcome.WAIVED] else "",
        SIMULATED if assessment.simulated else "",
    ]
    return known(
        [
            ("executionSuccessful", True),
            ("endTimeUtc", moment(assessment.as_of)),
            (
                "toolExecutionNotifications",
                [{"level": "warning", "message": {"text": each}} for each in told if each],
            ),
        ]
    )


def _rule(finding: Finding) -> dict[str, Any]:
    title, effect = plain(finding.title, _DESCRIPTION), plain(finding.effect, _DESCRIPTION)
    return {
        "id": control_id(finding),
        "shortDescription": {"text": title},
        "fullDescription": {"text": effect or title},
        "help": {"text": _help_text(finding), "markdown": _help_markdown(finding)},
        "defaultConfiguration": {"level": _LEVELS[finding.severity]},
        "properties": known(
            [
                ("tags", _tags(finding)),
                ("security-severity", _SECURITY_SEVERITY[finding.severity]),
                ("precision", None if finding.certainty is None else _PRECISION[finding.certainty.value]),
            ]
        ),
    }


def _tags(finding: Finding) -> list[str]:
    catalogues = (
        *(f"nist-800-53/{each}" for each in finding.mappings.nist_800_53),
        *(f"attack/{each}" for each in finding.mappings.attack),
        *(f"scuba/{each}" for each in finding.mappings.scuba),
    )
    named = ("security", *filter(None, [finding.standard]), *catalogues)
    return list(dict.fromkeys(plain(each, SHORT) for each in named))[:_MOST_TAGS]


def _help_text(finding: Finding) -> str:
    told = [plain(finding.title)]
    told += [plain(finding.effect)] if finding.effect else []
    told += [f"Asked for by {clause}"] if (clause := asked_for_by(finding)) else []
    return "\n".join([*told, *commands(finding)])


def _help_markdown(finding: Finding) -> str:
    told = [inline(finding.title)]
    told += [inline(finding.effect)] if finding.effect else []
    told += [f"Asked for by {inline(clause)}"] if (clause := asked_for_by(finding)) else []
    steps = commands(finding)
    fence = "`" * max([3, *(len(run) + 1 for step in steps for run in re.findall("`+", step))])
    told += ["\n".join([fence, *steps, fence])] if steps else []
    return "\n\n".join(told)


def _result(index: int, finding: Finding, place: dict[str, Any], options: Options) -> dict[str, Any]:
    lost = _lost_sight_of(finding)
    told = ["Not fixed: it failed before, and could not be determined this time."] if lost else []
    told.append(plain(finding.title))
    if options.show_objects:
        told += [plain(finding.condition), *details(finding), *islice(named(finding), _NAMED)]
    else:
        told.append(in_numbers(finding))
    return known(
        [
            ("ruleId", control_id(finding)),
            ("ruleIndex", index),
            ("kind", "fail"),
            ("level", "note" if lost else _LEVELS[finding.severity]),
            ("message", {"text": "\n".join(told).translate(_SYNTAX)}),
            ("locations", [place]),
            ("partialFingerprints", {"primaryLocationLineHash": fingerprint(finding.uid)}),
            ("baselineState", None if finding.state is None else _BASELINE.get(finding.state)),
            ("properties", _properties(finding)),
        ]
    )


def _properties(finding: Finding) -> dict[str, Any]:
    return known(
        [
            ("uid", finding.uid),
            ("status", finding.status.value),
            ("firstSeen", moment(finding.first_seen)),
            ("lastFailed", moment(finding.last_failed)),
        ]
    )


def fingerprint(uid: str) -> str:
    """Return what GitHub knows an alert by, from the uid of its finding: it stays the same whatever else changes."""
    return f"{hashlib.sha256(uid.encode()).hexdigest()[:16]}:1"
