"""The templates for GitLab: one issue, kept evidence, and an exit code that decides."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from job_runner import PROJECT, Machine, load
from lookback_command import write_config

from compliance.demo.scenarios import load_scenario
from compliance.demo.server import serve

GITLAB = PROJECT / "ci" / "gitlab"
STEPS = PROJECT / "ci" / "steps"


def gitlab_job(name: str, job: str) -> str:
    """The script of a job of GitLab, as one script."""
    found = load(GITLAB / f"{name}.yml")[job]
    return "\n".join(found["script"])


@pytest.mark.parametrize(("accept", "code", "kept"), [("", "2", 0), ("true", "3", 1)])
def test_the_gate_of_gitlab_keeps_what_was_accepted_and_no_variable_of_a_pipeline_outranks_what_was_found(
    machine: Machine, accept: str, code: str, kept: int
) -> None:
    document = load(GITLAB / "gate.yml")
    settings = {key: str(value) for key, value in document["variables"].items()} | {"LOOKBACK_ACCEPT": accept}
    (machine.work / "steps").symlink_to(STEPS)
    with serve(load_scenario("ordinary")) as served:
        write_config(served, machine.work)
        assert machine.bash(gitlab_job("gate", "fetch"), settings)[0] == 0
        given = {**served.environment, **settings, **document["audit"]["variables"], "LOOKBACK_ID_TOKEN": "a-token"}
        forged = {"exit_code": "0", "result": "satisfied", "evidence": "/nowhere", "previous_result": "/nowhere"}
        forged |= {"LOOKBACK_OUTPUT": "elsewhere.env", "CI_PROJECT_VISIBILITY": "private"}
        given |= forged
        script = gitlab_job("gate", "audit").replace("/opt/lookback/steps", str(STEPS))
        script = script.replace("/tmp/lookback-token", str(machine.temp / "token"))
        assert machine.bash(script, given)[0] == 0
    found = dict(line.split("=", 1) for line in (machine.work / "found.env").read_text(encoding="utf-8").splitlines())
    assert found["exit_code"] == code
    assert (machine.temp / "token").stat().st_mode & 0o077 == 0
    machine.bash(gitlab_job("gate", "keep"), {**settings, **forged, "CI_PIPELINE_ID": "4711"})
    assert len(machine.blobs) == kept
    script = gitlab_job("gate", "conclude").replace("/opt/lookback/steps", str(STEPS))
    assert machine.bash(script, {**settings, **forged})[0] == int(code)


def test_a_project_of_gitlab_that_others_can_read_has_no_pipeline_and_no_artifact_is_for_everybody() -> None:
    for file in GITLAB.glob("*.yml"):
        document = load(file)
        first = document["workflow"]["rules"][0]
        assert first == {"if": '$CI_PROJECT_VISIBILITY != "private"', "when": "never"}
        assert "dotenv" not in file.read_text(encoding="utf-8")
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
    words = ("passed", "failed", "indeterminate", "passed", "satisfied", "satisfied")
    for word, summary in zip(words, ("", "first", "second", "third", "", ""), strict=True):
        (machine.work / "reports" / "lookback.md").write_text(f"{summary}\n", encoding="utf-8")
        (machine.work / "found.env").write_text(f"result={word}\nreport_dir=reports\n", encoding="utf-8")
        code, log = machine.bash(script, environment)
        assert code == 0, log
    assert list(project.issues) == [1]
    assert project.issues[1]["description"].startswith("third\n")
    assert project.issues[1]["state_event"] == "close"
    changes = [line for line in project.asked if not line.startswith("GET")]
    assert changes == ["POST issues", "PUT issues/1", "PUT issues/1", "POST issues/1/notes", "PUT issues/1"]
