"""Every scenario gives the verdicts that its facts lead to; expected/ says which, and why."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lookback_command import assessment_of, files_of, findings_of, parts_of
from ruamel.yaml import YAML

from compliance.demo.scenarios import scenario_names
from compliance.evidence.datasets import DATASETS

EXPECTED = Path(__file__).with_name("expected")
SAME_AS = {"throttled": "compliant"}
"""The facts of these scenarios are those of another; only the way to them differs."""

SCENARIOS = [name for name in scenario_names() if name != "generated:N"]
"""Those that state what they hold; of a generated tenant only a number is stated."""

STANDARDS = ("m-21-31", "m-26-14")


def expected(scenario: str) -> dict[str, Any]:
    path = EXPECTED / f"{SAME_AS.get(scenario, scenario)}.yaml"
    stated: dict[str, Any] = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    return stated


def expected_findings(scenario: str) -> list[tuple[str, str | None, dict[str, Any]]]:
    stated = expected(scenario)
    return [
        (check, None if group == "settings" else group, finding)
        for group in ("settings", *STANDARDS)
        for check, finding in stated[group].items()
    ]


CASES = [
    pytest.param(scenario, check, standard, finding, id=f"{scenario}-{check}-{standard}")
    for scenario in SCENARIOS
    for check, standard, finding in expected_findings(scenario)
]


def test_verdicts_are_expected_of_every_scenario():
    assert {path.stem for path in EXPECTED.iterdir()} | set(SAME_AS) == set(SCENARIOS)


@pytest.mark.parametrize(("scenario", "check", "standard", "stated"), CASES)
def test_a_verdict_is_what_the_facts_of_the_scenario_lead_to(scenario, check, standard, stated, result_of):
    result, _ = result_of(scenario)
    finding = findings_of(result)[check, standard]
    assert (finding["status"], finding["kind"]) == (stated["status"], stated.get("kind")), stated["why"]
    if "affected" in stated:
        assert [one["name"] for one in finding["samples"]] == stated["affected"]
    if "parts" in stated:
        parts = parts_of(finding)
        assert set(parts) == set(stated["parts"])
        for name, part in stated["parts"].items():
            found = parts[name]["status"], parts[name]["kind"], parts[name]["count"]
            assert found == (part["status"], part.get("kind"), part.get("count")), f"{name}: {part['why']}"


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_nothing_is_judged_beyond_what_is_expected(scenario, result_of):
    result, _ = result_of(scenario)
    assert set(findings_of(result)) == {(check, standard) for check, standard, _ in expected_findings(scenario)}


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_exit_code_follows_from_the_findings_of_the_first_standard(scenario, result_of):
    assert result_of(scenario)[1] == expected(scenario)["exit_code"]


def test_where_everything_is_refused_nothing_passes_and_each_finding_names_the_permission_that_settles_it(result_of):
    result, _ = result_of("everything-denied")
    for finding in findings_of(result).values():
        assert finding["status"] == "indeterminate"
        permissions = [DATASETS[one["dataset"]].permission for one in finding["evidence"]]
        assert any(permission in finding["settle"] for permission in permissions), finding["check"]
    states = {row["name"]: row["state"] for row in assessment_of(result)["datasets"]}
    # Azure lists what the caller may see, and answers with an empty list where that is nothing.
    assert states.pop("arm.subscriptions") == "complete"
    # Which workspaces to ask for stands in the settings that were refused.
    assert {states.pop("arm.workspaces"), states.pop("arm.tables")} == {"not_requested"}
    assert set(states.values()) == {"denied"}
    assert all(total["passed"] == total["failed"] == 0 for total in assessment_of(result)["totals"])


def test_where_everything_is_refused_no_account_and_no_number_of_accounts_is_invented(result_of):
    finding = findings_of(result_of("everything-denied")[0])["AUD-04", None]
    assert (finding["affected_count"], finding["affected_total"], finding["samples"]) == (0, None, [])


def test_throttling_changes_nothing_but_the_time_it_takes(bundle_of, result_of):
    throttled, smooth = (assessment_of(result_of(name)[0]) for name in ("throttled", "compliant"))
    assert _but_digests(throttled) == _but_digests(smooth)
    entries = files_of(bundle_of("throttled"))
    assert set(entries) == set(files_of(bundle_of("compliant")))


def _but_digests(assessment: Any) -> Any:
    """An assessment without the digests of what was read, which hold the ports of the simulated tenant."""
    if isinstance(assessment, dict):
        left_out = {"bundle_sha256", "sha256", "frame"}
        return {key: _but_digests(value) for key, value in assessment.items() if key not in left_out}
    return [_but_digests(item) for item in assessment] if isinstance(assessment, list) else assessment
