"""The templates for GitHub, Azure DevOps and GitLab: one ticket, kept evidence, and an exit code that decides."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from job_runner import PROJECT, WORKFLOWS, Job, Machine, load, run_steps
from lookback_command import write_config

from compliance.demo.scenarios import load_scenario
from compliance.demo.server import serve

AZURE = PROJECT / "ci" / "azure-pipelines"
GITLAB = PROJECT / "ci" / "gitlab"
STEPS = PROJECT / "ci" / "steps"
BundleOf = Callable[[str], Path]


def issue_step(machine: Machine, result: str) -> Job:
    """Run the step of drift.yml that opens, updates or closes the issue."""
    (step,) = (one for one in load(WORKFLOWS / "drift.yml")["jobs"]["drift"]["steps"] if "issue" in one.get("name", ""))
    outputs = {"result": result, "report-dir": "reports"}
    return run_steps(machine, [step], {"steps": {"lookback": {"outputs": outputs}}}, {})


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
    own = {"SYSTEM_COLLECTIONURI": "https://dev.example/", "SYSTEM_TEAMPROJECT": "logs", "BUILD_BUILDID": "4711"}
    codes, whole = [], ""
    for step in azure_steps(name, accept):
        script = step.get("bash") or step.get("inputs", {}).get("inlineScript")
        wants = re.findall(r"(eq|ne)\(variables\['([\w.]+)'\], '(\w+)'\)", str(step.get("condition", "")))
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


def test_the_gate_of_azure_devops_lets_through_what_got_no_worse_and_nothing_before_it_was_accepted(
    machine: Machine,
) -> None:
    with serve(load_scenario("ordinary")) as served:
        write_config(served, machine.work)
        first, log, variables = run_azure(machine, "gate", served.environment)
        assert (first[-1], variables["lookback.result"], machine.blobs) == (2, "error", [])
        accepted, _, _ = run_azure(machine, "gate", served.environment, accept=True)
        assert (accepted[-1], len(machine.blobs)) == (3, 1)
        codes, _, _ = run_azure(machine, "gate", served.environment)
    assert "--against" in log
    assert set(codes) == {0}


def test_no_pipeline_of_azure_devops_uploads_evidence_or_reports_as_an_artifact() -> None:
    for file in AZURE.glob("*.yml"):
        assert not re.search(r"Publish(Pipeline|Build)Artifact|^\s*- publish:", file.read_text(encoding="utf-8"), re.M)


def gitlab_job(name: str, job: str) -> str:
    """The script of a job of GitLab, as one script."""
    found = load(GITLAB / f"{name}.yml")[job]
    return "\n".join(found["script"])


@pytest.mark.parametrize(("accept", "code", "kept"), [("", "2", 0), ("true", "3", 1)])
def test_the_gate_of_gitlab_keeps_what_passed_or_was_accepted(
    machine: Machine, accept: str, code: str, kept: int
) -> None:
    document = load(GITLAB / "gate.yml")
    settings = {key: str(value) for key, value in document["variables"].items()} | {"LOOKBACK_ACCEPT": accept}
    (machine.work / "steps").symlink_to(STEPS)
    with serve(load_scenario("ordinary")) as served:
        write_config(served, machine.work)
        assert machine.bash(gitlab_job("gate", "fetch"), settings)[0] == 0
        given = {**served.environment, **settings, **document["audit"]["variables"], "LOOKBACK_ID_TOKEN": "a-token"}
        given |= {"previous_bundle": "", "previous_result": ""}
        script = gitlab_job("gate", "audit").replace("/opt/lookback/steps", str(STEPS))
        script = script.replace("/tmp/lookback-token", str(machine.temp / "token"))
        assert machine.bash(script, given)[0] == 0
    found = dict(line.split("=", 1) for line in (machine.work / "found.env").read_text(encoding="utf-8").splitlines())
    assert found["exit_code"] == code
    assert (machine.temp / "token").stat().st_mode & 0o077 == 0
    machine.bash(gitlab_job("gate", "keep"), {**settings, **found, "CI_PIPELINE_ID": "4711"})
    assert len(machine.blobs) == kept
    script = gitlab_job("gate", "conclude").replace("/opt/lookback/steps", str(STEPS))
    assert machine.bash(script, {**settings, **found})[0] == int(code)


def test_a_public_project_of_gitlab_has_no_pipeline_and_no_artifact_is_for_everybody() -> None:
    for file in GITLAB.glob("*.yml"):
        document = load(file)
        first = document["workflow"]["rules"][0]
        assert first == {"if": '$CI_PROJECT_VISIBILITY == "public"', "when": "never"}
        artifacts = [job["artifacts"] for job in document.values() if isinstance(job, dict) and "artifacts" in job]
        assert len(artifacts) == 3
        assert {one["access"] for one in artifacts} == {"developer"}


class GitLab(BaseHTTPRequestHandler):
    """Issues of one project."""

    issues: dict[int, dict[str, str]]
    asked: list[str]

    def _answer(self) -> None:
        assert self.headers["PRIVATE-TOKEN"] == "issue-token"
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or "{}")
        url = urlsplit(self.path)
        self.asked.append(f"{self.command} {url.path.removeprefix('/api/v4/projects/9/')}")
        answer: Any = {}
        if self.command == "GET":
            assert parse_qs(url.query)["scope"] == ["created_by_me"]
            answer = [{"iid": iid} for iid, one in self.issues.items() if one.get("state_event") != "close"]
        elif self.command == "PUT":
            self.issues[int(url.path.rsplit("/", 1)[1])].update(body)
        elif url.path.endswith("/issues"):
            self.issues[len(self.issues) + 1] = body
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

    do_GET = do_POST = do_PUT = _answer

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def gitlab() -> Iterator[tuple[str, type[GitLab]]]:
    """A GitLab with one project that has no issue yet, and where it is."""
    handler = type("Project", (GitLab,), {"issues": {}, "asked": []})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/api/v4", handler
        server.shutdown()


def test_gitlab_gets_one_issue_that_is_updated_and_closed(
    machine: Machine, gitlab: tuple[str, type[GitLab]], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, project = gitlab
    (machine.work / "reports").mkdir()
    script = gitlab_job("drift", "issue").replace("/opt/lookback/steps", str(STEPS))
    environment = {
        "CI_API_V4_URL": url,
        "CI_PROJECT_ID": "9",
        "CI_PIPELINE_URL": "https://gitlab.example/1",
        "LOOKBACK_ISSUE_TOKEN": "issue-token",
    }
    (machine.home / "tools" / "python").symlink_to(PROJECT / ".venv" / "bin" / "python")
    for word, summary in (("failed", "first"), ("indeterminate", "second"), ("satisfied", ""), ("satisfied", "")):
        (machine.work / "reports" / "lookback.md").write_text(f"{summary}\n", encoding="utf-8")
        code, log = machine.bash(script, {**environment, "result": word})
        assert code == 0, log
    assert list(project.issues) == [1]
    assert project.issues[1]["description"].startswith("second\n")
    assert project.issues[1]["state_event"] == "close"
    changes = [line for line in project.asked if not line.startswith("GET")]
    assert changes == ["POST issues", "PUT issues/1", "POST issues/1/notes", "PUT issues/1"]
