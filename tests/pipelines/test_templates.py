"""The templates for GitHub and Azure DevOps: one ticket, kept evidence, and an exit code that decides."""

from __future__ import annotations

import re
import shutil
from typing import Any

import pytest
from job_runner import PROJECT, WORKFLOWS, Job, Machine, fill, load, run_action, run_steps
from lookback_command import write_config

from compliance.demo.scenarios import load_scenario
from compliance.demo.server import serve

AZURE = PROJECT / "ci" / "azure-pipelines"


def drift_steps(machine: Machine, word: str, outputs: dict[str, str]) -> Job:
    """Run the steps of drift.yml whose names hold a word, after an audit that told some outputs."""
    steps = [one for one in load(WORKFLOWS / "drift.yml")["jobs"]["drift"]["steps"] if word in one.get("name", "")]
    assert len(steps) == 1
    return run_steps(machine, steps, {"steps": {"lookback": {"outputs": outputs}}}, {})


def issue_step(machine: Machine, result: str) -> Job:
    """Run the step of drift.yml that opens, updates or closes the issue."""
    return drift_steps(machine, "issue", {"result": result, "report-dir": "reports"})


def test_the_issue_is_opened_once_updated_then_and_closed_when_all_is_well(machine: Machine) -> None:
    reports = machine.work / "reports"
    reports.mkdir()
    issue = machine.github / "issue.md"
    for summary in ("first `$(touch pwned)`\n", "second\n"):
        (reports / "lookback.md").write_text(summary, encoding="utf-8")
        assert issue_step(machine, "failed").exit_code == 0
        assert issue.read_text(encoding="utf-8").startswith(summary)
    assert issue_step(machine, "satisfied").exit_code == 0
    assert not issue.exists()
    assert issue_step(machine, "satisfied").exit_code == 0
    changes = [line.split()[1] for line in machine.asked(machine.github) if re.match(r"issue (?!list)", line)]
    assert changes == ["create", "edit", "close"]
    assert list(machine.home.rglob("pwned")) == []


def test_what_passed_with_something_left_open_closes_no_issue_and_opens_none(machine: Machine) -> None:
    issue = machine.github / "issue.md"
    assert issue_step(machine, "passed").exit_code == 0
    assert not issue.exists()
    issue_step(machine, "failed")
    assert issue_step(machine, "passed").exit_code == 0
    assert issue.exists()


@pytest.mark.parametrize(
    ("result", "kept", "code"),
    [
        ("satisfied", "true", 0),
        ("passed", "true", 0),
        ("failed", "true", 0),
        ("indeterminate", "true", 0),
        ("failed", "false", 1),
        ("satisfied", "", 1),
        ("error", "false", 1),
        ("", "", 1),
    ],
)
def test_a_drift_job_is_red_where_there_is_no_answer_or_the_evidence_was_not_kept(
    machine: Machine, result: str, kept: str, code: int
) -> None:
    assert drift_steps(machine, "Fail", {"result": result, "kept": kept}).exit_code == code


@pytest.mark.parametrize(("accept", "kept"), [(True, 1), (False, 0)])
def test_the_gate_of_github_keeps_what_was_accepted_and_nothing_else(machine: Machine, accept: bool, kept: int) -> None:
    (step,) = (one for one in load(WORKFLOWS / "gate.yml")["jobs"]["gate"]["steps"] if "/lookback@" in one["uses"])
    known = {"inputs": {"accept": accept}, "vars": {"LOOKBACK_EVIDENCE_ACCOUNT": "agencylogs"}}
    given = {name: fill(value, known) for name, value in step["with"].items()}
    with serve(load_scenario("ordinary")) as served:
        write_config(served, machine.work)
        if not accept:
            accepted = run_action(machine, {"reports": ""}, served.environment)
            given["against"] = accepted.told["result-dir"]
        job = run_action(machine, {**given, "reports": ""}, served.environment)
    assert job.exit_code == (3 if accept else 0)
    assert len(machine.blobs) == kept


def test_the_issue_is_looked_for_among_those_of_the_pipeline_alone(machine: Machine) -> None:
    issue_step(machine, "satisfied")
    (asked,) = (line for line in machine.asked(machine.github) if line.startswith("issue list"))
    assert "--app github-actions --label lookback-drift --state open" in asked


def test_a_long_summary_is_cut_between_lines_to_what_an_issue_takes(machine: Machine) -> None:
    (machine.work / "reports").mkdir()
    lines = [f"- `{number:05} {'x' * 80}`\n" for number in range(2_000)]
    (machine.work / "reports" / "lookback.md").write_text("".join(lines), encoding="utf-8")
    issue_step(machine, "failed")
    body = (machine.github / "issue.md").read_text(encoding="utf-8")
    assert 55_000 < len(body) < 65_536
    assert all(line in lines for line in body.partition("\nLast run")[0].splitlines(keepends=True))


def test_a_run_without_an_answer_has_its_issue_too(machine: Machine) -> None:
    assert issue_step(machine, "error").exit_code == 0
    assert "could not read or judge the tenant" in (machine.github / "issue.md").read_text(encoding="utf-8")


def chosen(value: Any, accept: bool) -> Any:
    """A template of Azure DevOps with its conditional insertions made, of which ours ask for one parameter."""
    if isinstance(value, list):
        return [chosen(one, accept) for one in value]
    if not isinstance(value, dict):
        return value
    whole: dict[str, Any] = {}
    for key, one in value.items():
        if not key.startswith("${{"):
            whole[key] = chosen(one, accept)
        elif (key == "${{ if eq(parameters.accept, 'yes') }}") == accept:
            whole |= one
    return whole


def azure_steps(name: str, accept: bool) -> list[dict[str, Any]]:
    """The steps of a pipeline of Azure DevOps, in the order in which they run, without the installation."""
    document = chosen(load(AZURE / f"{name}.yml"), accept)
    steps = document["steps"] if "steps" in document else document["stages"][0]["jobs"][0]["steps"]
    return [step for step in steps if step.get("displayName", "Install lookback") != "Install lookback"]


def run_azure(
    machine: Machine, name: str, environment: dict[str, str], *, accept: bool = False
) -> tuple[list[int], str, dict[str, str]]:
    """Run the scripts of a pipeline whose conditions hold; return exit codes, the log, and the variables set."""
    variables = {
        "Build.SourcesDirectory": str(machine.home / "sources"),
        "Agent.TempDirectory": str(machine.temp),
        "Build.BuildId": "4711",
        "System.AccessToken": "a-token",
        **load(AZURE / f"{name}.yml")["variables"],
    }
    (machine.home / "sources").mkdir(exist_ok=True)
    if not (machine.home / "sources" / "lookback").exists():
        (machine.home / "sources" / "lookback").symlink_to(PROJECT)
        (machine.home / "sources" / "self").symlink_to(machine.work)
    (machine.temp / "found.env").unlink(missing_ok=True)
    shutil.rmtree(machine.temp / "reports", ignore_errors=True)
    own = {"SYSTEM_COLLECTIONURI": "https://dev.example/", "SYSTEM_TEAMPROJECT": "logs", "BUILD_BUILDID": "4711"}
    codes, whole = [], ""
    for step in azure_steps(name, accept):
        script = step.get("bash") or step.get("inputs", {}).get("inlineScript")
        wants = re.findall(r"(eq|ne)\(variables\['([\w.]+)'\], '(\w+)'\)", str(step.get("condition", "")))
        if step.get("condition") == "false":
            continue
        if script is None or not all((variables.get(key, "") == word) == (how == "eq") for how, key, word in wants):
            continue
        env = {
            key: re.sub(r"\$\(([\w.]+)\)", lambda found: variables.get(found[1], ""), str(value))
            for key, value in step.get("env", {}).items()
        }
        code, log = machine.bash(script, {"SYSTEM_TEAMPROJECTID": "1", **own, **environment, **env})
        variables.update(re.findall(r"^##vso\[task\.setvariable variable=([\w.]+)\](.*)$", log, re.M))
        codes.append(code)
        whole += log
        if code and "always" not in str(step.get("condition", "")):
            break
    return codes, whole, variables


def test_azure_devops_reads_keeps_shows_and_opens_one_work_item(machine: Machine) -> None:
    with serve(load_scenario("ordinary")) as served:
        write_config(served, machine.work)
        codes, log, variables = run_azure(machine, "drift", served.environment)
        again, _, _ = run_azure(machine, "drift", served.environment)
    assert set(codes) == set(again) == {0}
    assert (variables["lookback.exit_code"], variables["lookback.result"]) == ("3", "failed")
    assert f"##vso[task.uploadsummary]{machine.temp}/reports/lookback.md" in log
    assert (machine.temp / "reports" / "lookback.junit.xml").is_file()
    assert len(machine.blobs) == 2
    done = [line.split()[2] for line in machine.asked(machine.azure) if line.startswith("boards work-item")]
    assert done == ["create", "update"]


def test_the_work_item_has_the_type_and_the_last_state_of_the_project_and_is_closed_by_satisfied_alone(
    machine: Machine,
) -> None:
    (step,) = (one for one in azure_steps("drift", False) if one["displayName"].startswith("One work item"))
    assert (step["env"]["TICKET_TYPE"], step["env"]["TICKET_CLOSED"]) == ("$(ticketType)", "$(ticketClosed)")
    project = {"TICKET_TYPE": "Impediment", "TICKET_CLOSED": "Removed from sight", "SYSTEM_TEAMPROJECT": "logs"}
    project |= {"SYSTEM_COLLECTIONURI": "https://dev.example/", "SYSTEM_TEAMPROJECTID": "1", "BUILD_BUILDID": "4711"}
    for word in ("passed", "failed", "passed", "satisfied", "satisfied"):
        code, log = machine.bash(step["bash"], {**project, "SYSTEM_ACCESSTOKEN": "a-token", "LOOKBACK_WORD": word})
        assert code == 0, log
    asked = machine.asked(machine.azure)
    done = [line for line in asked if line.startswith("boards work-item")]
    assert [line.split()[2] for line in done] == ["create", "update", "update"]
    assert "--type Impediment" in done[0]
    assert "--state" not in done[1]
    assert "--state Removed from sight" in done[2]
    assert all("NOT IN ('Removed from sight', 'Removed')" in line for line in asked if "--wiql" in line)


def test_the_gate_of_azure_devops_lets_through_what_got_no_worse_and_nothing_before_it_was_accepted(
    machine: Machine,
) -> None:
    with serve(load_scenario("ordinary")) as served:
        write_config(served, machine.work)
        first, log, variables = run_azure(machine, "gate", served.environment)
        assert (first[-1], variables["lookback.result"], machine.blobs) == (2, "error", [])
        accepted, _, _ = run_azure(machine, "gate", served.environment, accept=True)
        assert (accepted[-1], len(machine.blobs)) == (3, 1)
        codes, _, variables = run_azure(machine, "gate", served.environment)
    assert (variables["lookback.result"], len(machine.blobs)) == ("passed", 1)
    assert "--against" in log
    assert set(codes) == {0}


def test_no_pipeline_of_azure_devops_uploads_evidence_or_reports_as_an_artifact() -> None:
    for file in AZURE.glob("*.yml"):
        assert not re.search(r"Publish(Pipeline|Build)Artifact|^\s*- publish:", file.read_text(encoding="utf-8"), re.M)
