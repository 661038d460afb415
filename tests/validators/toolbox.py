"""The tools that `make validate` runs, and what a format declares of its validators.

A tool that is missing fails the test that asks for it, unless `allowed_skips.toml` lets it be missing, with a reason.
"""

from __future__ import annotations

import functools
import json
import os
import shutil
import subprocess
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from prepare import ENVIRONMENTS, HERE, HOME, NODE_MODULES, SARIF_MULTITOOL, SOURCES

from reports import Options

Complaints = Mapping[Path, str]
"""What is wrong with documents, by their paths; a valid one has no entry."""
Judge = Callable[[Sequence[Path]], Complaints]
Breaking = Callable[[bytes], bytes]
"""Makes a valid document invalid in one way; raises where there is nothing to break, so that no test is empty."""

LOCATION = "config.yaml"
"""The file of a repository that findings point at in every document here."""
ALLOWED = HERE / "allowed_skips.toml"
_CHROMIUM = (
    *("chromium", "chromium-browser", "google-chrome"),
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)


@dataclass(frozen=True, kw_only=True)
class Validator:
    """One validator of one format, declared in `VALIDATORS` of the module `test_<format>.py`.

    `judge` takes paths of many documents at once, since most tools take longer to start than to read. `broken` says of
    each way to break the document of `ordinary()` what is wrong with it: the validator has to reject every one.
    `options` are those that the documents are written with. `beside` names the formats that have to lie in the same
    folder, as `<format>.<suffix>`.
    """

    format: str
    name: str
    judge: Judge
    broken: Mapping[str, Breaking]
    options: Options = field(default_factory=lambda: Options(location=LOCATION))
    beside: tuple[str, ...] = ()


@dataclass(frozen=True)
class Done:
    """How a tool ended and what it printed."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        return (self.out + self.err).strip()


def one_by_one(complaint: Callable[[Path], str | None]) -> Judge:
    """Turn what reads one document, and says what is wrong with it or None, into a judge of many."""

    def judge(paths: Sequence[Path]) -> Complaints:
        return {path: wrong for path in paths if (wrong := complaint(path)) is not None}

    return judge


def replacing(old: bytes | str, new: bytes | str) -> Breaking:
    """Break a document by replacing the first occurrence of something that it has to hold."""
    before, after = (one.encode() if isinstance(one, str) else one for one in (old, new))

    def break_it(document: bytes) -> bytes:
        assert before in document, f"{before!r} is not there to be broken"
        return document.replace(before, after, 1)

    return break_it


def run(*words: object, cwd: Path | None = None, env: Mapping[str, str] | None = None, timeout: int = 240) -> Done:
    """Run a tool; what it prints is read as UTF-8 whatever it is."""
    done = subprocess.run(
        [str(word) for word in words],
        cwd=cwd,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", "NO_COLOR": "1", **(env or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=timeout,
        check=False,
    )
    return Done(done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace"))


def tool(name: str) -> Path:
    """Return the path of `node` or `chromium`, or of a program of the Node packages or of the environment `tools`."""
    found = _found(name)
    return found if found is not None else _missing(name)


def node_module(name: str) -> Path:
    """Return the folder of an installed Node package; scripts in this folder may import it by its name."""
    tool("node")
    return tool(f"node_modules/{name}")


def python_env(name: str) -> Path:
    """Return the Python of one of the environments of `prepare.py`, in which its packages are installed."""
    return tool(f"python:{name}")


def package_file(environment: str, path: str) -> Path:
    """Return a file that a package of an environment brings along, such as a schema."""
    python = python_env(environment)
    found = next(python.parents[1].glob(f"lib/python3*/site-packages/{path}"), None)
    return found if found is not None else _missing(f"{environment}:{path}")


def source_file(name: str) -> Path:
    """Return a file that was taken out of a source distribution, see `prepare.FROM_SOURCES`."""
    return tool(f"sources/{name}")


def in_python(environment: str, script: str, *words: object, cwd: Path | None = None) -> Done:
    """Run a script of this folder in an environment."""
    return run(python_env(environment), HERE / script, *words, cwd=cwd)


def in_node(script: str, *words: object) -> Done:
    """Run a script of this folder in Node."""
    node_module("playwright-core")
    return run(tool("node"), HERE / script, *words)


def by_json_schema(schema: Path | str, *more: str) -> Judge:
    """Return a judge by a JSON schema, run by check-jsonschema; text is one of its built-in schemas."""
    chosen = ("--schemafile", schema) if isinstance(schema, Path) else ("--builtin-schema", schema)

    def judge(paths: Sequence[Path]) -> Complaints:
        done = run(tool("check-jsonschema"), "-o", "json", *chosen, *more, *paths)
        try:
            told = json.loads(done.out)
        except json.JSONDecodeError:
            return dict.fromkeys(paths, done.said or f"check-jsonschema ended with {done.code}")
        wrong: dict[Path, str] = {}
        for each in told.get("parse_errors", []):
            wrong[Path(each["filename"])] = f"is not read: {each['message']}"
        for each in told.get("errors", []):
            wrong.setdefault(Path(each["filename"]), f"{each['path']}: {each['message'][:500]}")
        if done.code != 0 and not wrong:
            return dict.fromkeys(paths, done.said)
        return wrong

    return judge


@functools.cache
def allowed_skips() -> Mapping[str, str]:
    """Return why each tool may be missing, by its name."""
    entries = tomllib.loads(ALLOWED.read_text(encoding="utf-8")).get("skip", [])
    return {one["tool"]: one["reason"] for one in entries}


def is_there(name: str) -> bool:
    """Whether a tool is installed, by the names that `tool` takes."""
    return _found(name) is not None


def _found(name: str) -> Path | None:
    if name.startswith("python:"):
        environment = ENVIRONMENTS[name.removeprefix("python:")]
        made = (HOME / f"{environment.name}.stamp").is_file()
        return environment.python if made else None
    if name.startswith("node_modules/"):
        folder = NODE_MODULES / name.removeprefix("node_modules/")
        return folder if folder.is_dir() else None
    if name.startswith("sources/"):
        file = SOURCES / name.removeprefix("sources/")
        return file if file.is_file() else None
    if name == "chromium":
        return next((Path(found) for one in _CHROMIUM if (found := shutil.which(one))), None)
    if name == "node":
        return None if (found := shutil.which(name)) is None else Path(found)
    if name == "sarif-multitool":
        return next(NODE_MODULES.glob(SARIF_MULTITOOL), None)
    of_project = (NODE_MODULES / ".bin" / name, HOME / "tools" / "bin" / name, HOME / "trestle" / "bin" / name)
    return next((one for one in of_project if one.exists()), None)


def _missing(name: str) -> Path:
    if name in allowed_skips():
        pytest.skip(f"{name} is not there: {allowed_skips()[name]}")
    pytest.fail(f"{name} is not there. `make validate` installs what it can and says what it cannot.", pytrace=False)
