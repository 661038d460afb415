"""Every scenario gives the verdicts that its facts lead to; expected/ says which, and why."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from lookback_command import assessment_of, check, files_of, findings_of
from ruamel.yaml import YAML

from compliance.demo.scenarios import load_scenario, scenario_names
from compliance.evidence.datasets import DATASETS

EXPECTED = Path(__file__).with_name("expected")
SAME_AS = {"throttled": "compliant"}
"""The facts of these scenarios are those of another; only the way to them differs."""

SCENARIOS = [name for name in scenario_names() if not name.startswith(("generated:", "inventory:"))]
"""Those that state what they hold; of a generated tenant only a number is stated."""

STANDARDS = ("m-21-31", "m-26-14")
GROUPS = ("settings", *STANDARDS)
REST = "rest"
"""What stands in `parts` for all those that are not named; `of` says how many these are."""


@cache
def expected(scenario: str) -> dict[str, Any]:
    """What a scenario's file states; the findings that it leaves out are those of the file that it is `like`."""
    path = EXPECTED / f"{SAME_AS.get(scenario, scenario)}.yaml"
    stated: dict[str, Any] = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    base = expected(stated["like"]) if "like" in stated else {}
    return stated | {group: base.get(group, {}) | stated.get(group, {}) for group in GROUPS}


def expected_findings(scenario: str) -> list[tuple[str, str | None, dict[str, Any]]]:
    stated = expected(scenario)
    return [
        (check, None if group == "settings" else group, finding)
        for group in GROUPS
        for check, finding in stated[group].items()
    ]


@pytest.fixture(scope="session")
def judged(
    bundle_of: Callable[[str], Path],
    result_of: Callable[[str], tuple[Path, int]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[str], tuple[Path, int]]:
    """The result of a scenario and the exit code, with all its subscriptions declared where its file says so."""
    made: dict[str, tuple[Path, int]] = {}

    def of(name: str) -> tuple[Path, int]:
        if not expected(name).get("declared", False):
            return result_of(name)
        if name not in made:
            folder = tmp_path_factory.mktemp(name)
            declarations = folder / "declarations.yaml"
            declarations.write_text(every_subscription(name), encoding="utf-8")
            options = [option for standard in STANDARDS for option in ("--standard", standard)]
            run = check(bundle_of(name), folder / "result", *options, "--declarations", declarations)
            made[name] = folder / "result", run.code
        return made[name]

    return of


def every_subscription(scenario: str) -> str:
    """A declaration of all subscriptions that a scenario's tenant has, also of those that nobody may see."""
    tenant = load_scenario(scenario)
    ids = ", ".join(one.id for one in tenant.azure.subscriptions)
    return (
        f"version: 1\ntenant: {tenant.id}\napproved_subscriptions:\n  owner: cloud@workedexamples.example\n"
        f"  declared_on: 2026-11-02\n  expires: 2027-11-01\n  ids: [{ids}]\n"
    )


CASES = [
    pytest.param(scenario, check, standard, finding, id=f"{scenario}-{check}-{standard}")
    for scenario in SCENARIOS
    for check, standard, finding in expected_findings(scenario)
]


def test_verdicts_are_expected_of_every_scenario():
    assert {path.stem for path in EXPECTED.glob("*.yaml")} | set(SAME_AS) == set(SCENARIOS)


@pytest.mark.parametrize(("scenario", "check", "standard", "stated"), CASES)
def test_a_verdict_is_what_the_facts_of_the_scenario_lead_to(scenario, check, standard, stated, judged):
    finding = findings_of(judged(scenario)[0])[check, standard]
    assert (finding["status"], finding["kind"]) == (stated["status"], stated.get("kind")), stated["why"]
    if "affected" in stated:
        assert [one["name"] for one in finding["samples"]] == stated["affected"]
    if "parts" in stated:
        assert_parts(finding["parts"], stated["parts"])


def assert_parts(parts: list[dict[str, Any]], stated: dict[str, dict[str, Any]]) -> None:
    """Each part that is named is as stated; all others are like `rest`, and as many as it says."""
    found = {short(part["id"]): part for part in parts}
    assert len(found) == len(parts)
    named = {name: part for name, part in stated.items() if name != REST}
    others = found.keys() - named.keys()
    assert named.keys() <= found.keys()
    for name, part in named.items():
        verdict = found[name]["status"], found[name]["kind"], found[name]["count"]
        assert verdict == (part["status"], part.get("kind"), part.get("count")), f"{name}: {part['why']}"
    if REST not in stated:
        assert not others
        return
    rest = stated[REST]
    assert others
    assert len(others) == rest.get("of", len(others)), sorted(others)
    for name in sorted(others):
        assert (found[name]["status"], found[name]["kind"]) == (rest["status"], rest.get("kind")), name
        assert found[name]["count"] == rest.get("count", found[name]["count"]), name


def short(part: str) -> str:
    """The id of a part; of a resource its name, and that of a container or table in it."""
    _, _, below = part.partition("/providers/")
    return "/".join(name for name in below.split("/")[2:] if name != "tables") if below else part


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_nothing_is_judged_beyond_what_is_expected(scenario, judged):
    assert set(findings_of(judged(scenario)[0])) == {
        (check, standard) for check, standard, _ in expected_findings(scenario)
    }


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_exit_code_follows_from_the_findings_of_the_first_standard(scenario, judged):
    assert judged(scenario)[1] == expected(scenario)["exit_code"]


def test_where_everything_is_refused_nothing_passes_and_each_finding_names_the_permission_that_settles_it(result_of):
    result, _ = result_of("everything-denied")
    unnamed = set()
    for (name, standard), finding in findings_of(result).items():
        assert finding["status"] == "indeterminate"
        permissions = [DATASETS[one["dataset"]].permission for one in finding["evidence"]]
        if not any(permission in finding["settle"] for permission in permissions):
            unnamed.add((name, standard))
            assert finding["kind"] in {"needs_attestation", "unproven"}, name
    # What no permission shows: somebody's word, or records.
    by_word = {("EXP-05", None), ("INT-05", None), ("INT-08", None), ("RET-04", "m-21-31")}
    assert unnamed == by_word | {("RET-06", standard) for standard in STANDARDS}
    states = {row["name"]: row["state"] for row in assessment_of(result)["datasets"]}
    # Azure lists what the caller may see, and answers with an empty list where that is nothing; so there is nothing
    # to ask about either.
    listed = {"arm.subscriptions", "arm.resources"}
    seen = listed | {"arm.activity_log_settings", "arm.adx_databases", "arm.adx_data_connections"}
    assert {name for name, state in states.items() if state == "complete"} == seen
    # Which resources to ask for stands in the settings that were refused.
    unasked = {name for name, state in states.items() if state == "not_requested"}
    assert unasked == {name for name, spec in DATASETS.items() if spec.discovered_from} - seen
    assert {states[name] for name in states.keys() - seen - unasked} == {"denied"}
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
    """An assessment without times, and the digests of what was read, which hold the ports of the simulated tenant."""
    if isinstance(assessment, dict):
        left_out = {"bundle_sha256", "sha256", "frame", "run", "started"}
        return {key: _but_digests(value) for key, value in assessment.items() if key not in left_out}
    return [_but_digests(item) for item in assessment] if isinstance(assessment, list) else assessment
