"""Reads SARIF as GitHub code scanning does: every result is an open alert, whatever its kind."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from said import Said

from compliance.assessment.verdict import Status

MOST_RESULTS = 5_000
_LEVELS = ("error", "warning", "note")


@dataclass(frozen=True)
class Alert:
    """What an alert shows: its rule, the file and the words."""

    rule: str
    file: str
    severity: float
    text: str
    status: Status


def read_sarif(document: str) -> dict[str, Said]:
    """Return the controls with an open alert; raises AssertionError for what GitHub would refuse."""
    return {alert.rule: Said(alert.status) for alert in alerts(document).values()}


def counts(document: str) -> dict[str, int]:
    """Return how many findings there are of each outcome, whether they are results or not."""
    (run,) = json.loads(document)["runs"]
    return dict(run["properties"]["findings"])


def alerts(document: str) -> dict[tuple[str, str], Alert]:
    """Return the alerts by what GitHub tells them apart by, within the category of the run."""
    log = json.loads(document)
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    assert run["automationDetails"]["id"].endswith("/")
    assert all(one["executionSuccessful"] for one in run["invocations"])
    rules = run["tool"]["driver"]["rules"]
    assert len(run["results"]) <= MOST_RESULTS
    found: dict[tuple[str, str], Alert] = {}
    for result in run["results"]:
        rule = rules[result["ruleIndex"]]
        assert rule["id"] == result["ruleId"]
        _complete(rule)
        place = result["locations"][0]["physicalLocation"]
        file = place["artifactLocation"]["uri"]
        assert file
        assert ":" not in file
        assert not file.startswith("/")
        assert {"startLine", "startColumn", "endLine", "endColumn"} <= set(place["region"])
        assert result["level"] in _LEVELS
        assert result["message"]["text"]
        key = (rule["id"], result["partialFingerprints"]["primaryLocationLineHash"])
        assert key not in found, "two results would be one alert"
        found[key] = Alert(
            rule["id"],
            file,
            float(rule["properties"]["security-severity"]),
            result["message"]["text"],
            Status(result["properties"]["status"]),
        )
    return found


def _complete(rule: dict[str, Any]) -> None:
    """GitHub's table of what a rule has to hold; no text may be empty, and lengths are limited."""
    for text in ("shortDescription", "fullDescription", "help"):
        assert rule[text]["text"]
    assert len(rule["id"]) <= 255
    assert all(len(rule[text]["text"]) <= 1_024 for text in ("shortDescription", "fullDescription"))
    assert len(rule["properties"]["tags"]) <= 10
    assert 0 < float(rule["properties"]["security-severity"]) <= 10
