"""One bundle judged by several standards, by those whose numbers an organisation sets, and by ones own."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lookback_command import (
    assessment_of,
    check,
    copied,
    findings_of,
    lookback_here,
    reseal,
    write_config,
)

from compliance.demo.scenarios import load_scenario
from compliance.demo.server import serve
from compliance.rules.periods import Meets, compare
from compliance.standards import load_standard, standard_ids

NUMBERED = [name for name in standard_ids() if not load_standard(name).undecided]
UNNUMBERED = [name for name in standard_ids() if load_standard(name).undecided]
WORSE = ["not_applicable", "pass", "indeterminate", "fail"]
OWN = """\
version: 1
id: agency-au-11
like: nist-800-53-au-11
hot: {duration: {months: 3}, citation: "System security plan, AU-11"}
total: {duration: {months: 12}, citation: "System security plan, AU-11"}
"""

Bundles = Callable[[str], Path]


@pytest.fixture(scope="module")
def agency(bundle_of: Bundles) -> Path:
    """The bundle of a tenant in which logs are kept for all sorts of times."""
    return bundle_of("agency")


@pytest.fixture(scope="module")
def by_all(agency: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its result under every standard that has numbers."""
    result = tmp_path_factory.mktemp("all") / "result"
    run = check(agency, result, *(word for name in NUMBERED for word in ("--standard", name)))
    assert run.code == 3, run.said
    return result


def of_standard(result: Path, name: str) -> dict[str, Any]:
    """What an assessment says under one standard."""
    document = assessment_of(result)
    return {
        part: [one for one in document[part] if one["standard"] == name]
        for part in ("findings", "sources", "totals", "levels")
    }


@pytest.mark.parametrize("name", ["m-21-31", "hipaa", "scuba-5.2"])
def test_what_is_judged_under_one_standard_does_not_depend_on_the_others(
    name: str, agency: Path, by_all: Path, tmp_path: Path
) -> None:
    check(agency, tmp_path / "alone", "--standard", name)
    assert of_standard(by_all, name) == of_standard(tmp_path / "alone", name)


def test_no_check_breaks_under_any_standard(by_all: Path) -> None:
    broken = [
        (one["check"], one["standard"]) for one in assessment_of(by_all)["findings"] if one["kind"] == "internal_error"
    ]
    assert broken == []


def test_asking_for_more_time_never_turns_a_log_source_better(by_all: Path) -> None:
    rows = {(one["id"], one["standard"]): one for one in assessment_of(by_all)["sources"]}
    compared = 0
    for short in map(load_standard, NUMBERED):
        for long in map(load_standard, NUMBERED):
            for period in ("hot", "total"):
                less, more = getattr(short, period), getattr(long, period)
                if less is None or more is None or compare(more.duration, less.duration).result is not Meets.MEETS:
                    continue
                for source in (one.id for one in short.sources):
                    if (source, short.id) in rows and (source, long.id) in rows:
                        statuses = [rows[source, one.id][f"{period}_status"] for one in (short, long)]
                        assert WORSE.index(statuses[0]) <= WORSE.index(statuses[1]), (source, short.id, long.id, period)
                        compared += 1
    assert compared > 1_000


def test_a_standard_without_a_searchable_period_decides_nothing_about_one(by_all: Path) -> None:
    hipaa = of_standard(by_all, "hipaa")
    assert {one["hot_status"] for one in hipaa["sources"]} == {"not_applicable"}
    assert findings_of(by_all)["RET-01", "hipaa"]["status"] == "not_applicable"
    (entry,) = (one for one in assessment_of(by_all)["standards"] if one["id"] == "hipaa")
    assert entry["hot"] is None
    assert entry["interpretive"] is True
    assert "Interpretive" in entry["note"]


def test_logs_that_are_kept_longer_than_allowed_are_noted_and_fail_nothing(by_all: Path) -> None:
    moj = of_standard(by_all, "uk-moj")
    noted = [one for one in moj["sources"] if one["notes"]]
    assert noted
    for one in noted:
        assert "24 months" in one["notes"][0]
        assert one["total_days"] > 24 * 30
        assert one["total_status"] == "pass"


def test_the_gate_names_the_standard_that_decides_the_exit_code(compliant: Path, tmp_path: Path) -> None:
    lenient = OWN.replace("months: 3", "days: 1").replace("months: 12", "days: 1").replace("agency-au-11", "own")
    (tmp_path / "own.yaml").write_text(lenient)
    strict = (
        OWN.replace("months: 3", "months: 60").replace("months: 12", "months: 120").replace("agency-au-11", "strict")
    )
    (tmp_path / "strict.yaml").write_text(strict)
    standards = ("--standard", tmp_path / "strict.yaml", "--standard", tmp_path / "own.yaml")
    judged = check(compliant, tmp_path / "strict", *standards)
    assert judged.code == 3
    assert "strict: in force since 2020-12-10; by the organisation's own number; decides the exit code" in " ".join(
        judged.out.split()
    )
    gated = check(compliant, tmp_path / "own", *standards, "--gate", "own")
    assert gated.code in (0, 4)
    assert gated.out.index("  own:") < gated.out.index("  strict:")


@pytest.mark.parametrize("name", UNNUMBERED)
def test_a_standard_without_numbers_is_refused_with_the_two_ways_to_give_them(
    name: str, agency: Path, tmp_path: Path
) -> None:
    run = check(agency, tmp_path / "result", "--standard", name)
    assert run.code == 2
    assert f"{name} gives no number" in run.err
    assert f"standards: [{{id: {name}, hot: {{months: 3}}, total: {{months: 12}}}}]" in run.err
    assert f"like: {name}" in run.err
    assert not (tmp_path / "result").exists()


def test_a_standard_of_ones_own_judges_and_its_result_can_be_verified(agency: Path, tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(OWN)
    run = check(agency, tmp_path / "result", "--standard", own)
    assert "agency-au-11: in force since 2020-12-10; by the organisation's own number" in " ".join(run.out.split())
    own.unlink()
    assert lookback_here("verify", agency, tmp_path / "result").code == 0
    (entry,) = assessment_of(tmp_path / "result")["standards"]
    assert entry["hot"] == {
        "word": "searchable",
        "period": "3 months",
        "least_days": 89,
        "most_days": 92,
        "citation": "System security plan, AU-11",
        "own": True,
    }


def test_numbers_from_config_judge_and_are_kept_with_the_result(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    more = "standards: [m-26-14, {id: nist-800-53-au-11, hot: {days: 1}, total: {months: 12}}]\n"
    with serve(load_scenario("compliant")) as served:
        for name, value in served.environment.items():
            monkeypatch.setenv(name, value)
        config = write_config(served, tmp_path, more=more)
        run = lookback_here("audit", "-c", config, "-o", tmp_path / "bundle", "-q", "--standard", "nist-800-53-au-11")
        assert run.code in (0, 3, 4), run.said
    (entry,) = assessment_of(tmp_path / "bundle.result")["standards"]
    assert (entry["hot"]["period"], entry["hot"]["own"]) == ("1 day", True)
    kept = tmp_path / "bundle.result" / "inputs" / "standards" / "nist-800-53-au-11.yaml"
    assert json.loads(kept.read_bytes())["hot"]["duration"] == {"days": 1}
    assert lookback_here("verify", tmp_path / "bundle", tmp_path / "bundle.result").code == 0


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        (
            "version: 1\nid: m-21-31\nlike: m-21-31\nhot: {duration: {days: 1}, citation: x}\n",
            "itself gives this number",
        ),
        (
            "version: 1\nid: m-21-31\nlike: m-21-31\nlake_counts_as_searchable: true\n",
            "hot and total alone can be given",
        ),
        (
            "version: 1\nid: m-21-31\nlike: nist-800-53-au-11\nhot: {duration: {days: 1}, citation: x}\n",
            "not the m-21-31",
        ),
    ],
)
def test_a_result_cannot_pass_off_other_numbers_as_those_of_a_standard(
    kept: str, said: str, agency: Path, tmp_path: Path
) -> None:
    check(agency, tmp_path / "honest", "--standard", "m-21-31")
    forged = copied(tmp_path / "honest", tmp_path / "forged")
    (forged / "inputs" / "standards" / "m-21-31.yaml").write_text(kept)
    reseal(forged)
    run = lookback_here("verify", agency, forged)
    assert run.code == 3
    assert said in run.out
