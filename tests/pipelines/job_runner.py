"""Runs the steps of a pipeline as its runner does: the real lookback, and an Azure and a GitHub that are folders."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

PROJECT = Path(__file__).resolve().parents[2]
ACTION = PROJECT / "action.yml"
WORKFLOWS = PROJECT / "ci" / "github"
LOOKBACK = f"""#!{sys.executable}
import sys
from compliance.cli.main import main
sys.exit(main())
"""
AZ = f"""#!{sys.executable}
import os, pathlib, shutil, sys
words, home = sys.argv[1:], pathlib.Path(os.environ["FAKE_AZURE"])
with (home / "asked.txt").open("a") as log:
    print(*words, file=log)
given = lambda name: words[words.index(name) + 1]
blobs = home / "blobs"
if words[:3] == ["storage", "container", "immutability-policy"]:
    print((home / "policy.txt").read_text().strip())
elif words[:3] == ["storage", "blob", "list"]:
    found = sorted(str(one.relative_to(blobs)) for one in blobs.rglob("*") if one.is_file())
    print(*(name for name in reversed(found) if name.startswith(given("--prefix"))), sep="\\n")
elif words[:3] == ["storage", "blob", "download"]:
    shutil.copy(blobs / given("--name"), given("--file"))
elif words[:3] == ["storage", "blob", "upload"]:
    there = blobs / given("--name")
    if there.exists() or given("--overwrite") != "false":
        sys.exit("BlobImmutableDueToPolicy")
    there.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(given("--file"), there)
elif words[:2] == ["boards", "query"]:
    print((home / "work-item.txt").read_text() if (home / "work-item.txt").exists() else "", end="")
elif words[:3] == ["boards", "work-item", "create"]:
    (home / "work-item.txt").write_text("17\\n")
elif words[:3] == ["boards", "work-item", "update"] and "--state" in words:
    (home / "work-item.txt").unlink()
"""
GH = f"""#!{sys.executable}
import os, pathlib, shutil, sys
words, home = sys.argv[1:], pathlib.Path(os.environ["FAKE_GITHUB"])
with (home / "asked.txt").open("a") as log:
    print(*words, file=log)
issue = home / "issue.md"
if words[0] == "api":
    visibility = (home / "visibility.txt").read_text()
    sys.exit("HTTP 403") if visibility == "denied" else print(visibility)
elif words[:2] == ["issue", "list"]:
    print("7" if issue.exists() else "", end="")
elif words[:2] in (["issue", "create"], ["issue", "edit"]):
    shutil.copy(words[words.index("--body-file") + 1], issue)
elif words[:2] == ["issue", "close"]:
    issue.unlink()
"""


def load(path: Path) -> Any:
    """A YAML file."""
    return YAML(typ="safe").load(path.read_text(encoding="utf-8"))


@dataclass
class Machine:
    """A machine that jobs run on, with what they may call."""

    home: Path
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.temp = self.home / "temp"
        self.work = self.home / "work"
        self.azure = self.home / "azure"
        self.github = self.home / "github"
        tools = self.home / "tools"
        for folder in (self.temp, self.work, self.azure / "blobs", self.github, tools, self.temp / "lookback" / "bin"):
            folder.mkdir(parents=True)
        for file, text in (
            (tools / "az", AZ),
            (tools / "gh", GH),
            (tools / "lookback", LOOKBACK),
            (self.temp / "lookback" / "bin" / "lookback", LOOKBACK),
        ):
            file.write_text(text, encoding="utf-8")
            file.chmod(0o755)
        (self.azure / "policy.txt").write_text("Locked\n")
        (self.github / "visibility.txt").write_text("private")
        self.environment = {
            "PATH": os.pathsep.join([str(tools), os.environ["PATH"]]),
            "PYTHONPATH": str(PROJECT),
            "PYTHONIOENCODING": "utf-8",
            "HOME": str(self.home),
            "RUNNER_TEMP": str(self.temp),
            "FAKE_AZURE": str(self.azure),
            "FAKE_GITHUB": str(self.github),
            "GITHUB_REPOSITORY": "agency/logs",
            "GITHUB_STEP_SUMMARY": str(self.home / "summary.md"),
            **self.environment,
        }

    @property
    def blobs(self) -> list[str]:
        """What lies in the container, by name."""
        blobs = self.azure / "blobs"
        return sorted(one.relative_to(blobs).as_posix() for one in blobs.rglob("*") if one.is_file())

    def asked(self, service: Path) -> list[str]:
        """What a service was asked."""
        log = service / "asked.txt"
        return log.read_text(encoding="utf-8").splitlines() if log.exists() else []

    def bash(self, script: str, environment: Mapping[str, str], cwd: Path | None = None) -> tuple[int, str]:
        """Run a script as a runner does, and return its exit code and what the log holds."""
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
            env={**self.environment, **environment},
            cwd=cwd or self.work,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=180,
            check=False,
        )
        return done.returncode, done.stdout.decode("utf-8", "replace")


@dataclass
class Job:
    """How the steps of an action or of a workflow's job ended."""

    exit_code: int = 0
    log: str = ""
    ran: list[str] = field(default_factory=list)
    uploaded: dict[str, list[Path]] = field(default_factory=dict)
    outputs: dict[str, dict[str, str]] = field(default_factory=dict)
    told: dict[str, str] = field(default_factory=dict)


def run_action(machine: Machine, given: Mapping[str, str], environment: Mapping[str, str] | None = None) -> Job:
    """Run action.yml with some inputs in a workspace without reports: every step but the installation."""
    shutil.rmtree(machine.work / "lookback-reports", ignore_errors=True)
    action = load(ACTION)
    unknown = set(given) - set(action["inputs"])
    assert not unknown, unknown
    inputs = {name: given.get(name, one.get("default", "")) for name, one in action["inputs"].items()}
    steps = [step for step in action["runs"]["steps"] if step["name"] != "Install lookback"]
    job = run_steps(machine, steps, {"inputs": inputs}, environment or {})
    known = {"steps": {name: {"outputs": outputs} for name, outputs in job.outputs.items()}}
    job.told = {name: fill(one["value"], known) for name, one in action["outputs"].items()}
    return job


def run_steps(
    machine: Machine, steps: list[dict[str, Any]], context: Mapping[str, Any], environment: Mapping[str, str]
) -> Job:
    """Run steps one after the other; after one that failed none is run, for none here says `always()`."""
    job = Job()
    known = {
        "runner": {"temp": str(machine.temp)},
        "github": {
            "action_path": str(PROJECT),
            "token": "a-token",
            "run_id": "4711",
            "run_attempt": "1",
            "server_url": "https://github.example",
            "repository": "agency/logs",
        },
        "steps": {},
        **context,
    }
    for number, step in enumerate(steps):
        if "if" in step and not evaluate(step["if"], known):
            continue
        job.ran.append(step["name"])
        if "uses" in step:
            job.uploaded[step["with"]["name"]] = [
                machine.work / line for line in fill(step["with"]["path"], known).split("\n") if line.strip()
            ]
            continue
        output = machine.home / f"output-{number}"
        output.touch()
        own = {name: fill(value, known) for name, value in step.get("env", {}).items()}
        code, log = machine.bash(step["run"], {"GITHUB_OUTPUT": str(output), **environment, **own})
        job.log += log
        if "id" in step:
            pairs = [line.partition("=") for line in output.read_text(encoding="utf-8").splitlines()]
            job.outputs[step["id"]] = {name: value for name, _, value in pairs}
            known["steps"][step["id"]] = {"outputs": job.outputs[step["id"]]}
        if code:
            job.exit_code = code
            break
    return job


def fill(text: str, known: Mapping[str, Any]) -> str:
    """A text with its expressions worked out."""
    return re.sub(r"\$\{\{(.+?)\}\}", lambda found: str(evaluate(found[1], known)), str(text))


def evaluate(expression: str, known: Mapping[str, Any]) -> Any:
    """Work out an expression of GitHub Actions, as far as ours go; what is not known is empty."""

    def value(found: re.Match[str]) -> str:
        if found["text"] is not None:
            return found["text"]
        at: Any = known
        for name in found["path"].split("."):
            at = at.get(name, "") if isinstance(at, Mapping) else ""
        return repr(at)

    names = re.sub(r"(?P<text>'[^']*')|(?P<path>[a-z][\w-]*(?:\.[\w-]+)+)", value, expression.strip())
    return eval(names.replace("&&", " and ").replace("||", " or "), {"__builtins__": {}})
