"""Running lookback as its users do: as a process, or through `main` in this one."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from checks import all_checks
from compliance.cli.main import main
from compliance.demo.server import Served
from compliance.evidence.bundle import write_sums

AS_PROCESS = [sys.executable, "-c", "import sys; from compliance.cli.main import main; sys.exit(main())"]
CHECKS = ("AUD-01", "AUD-03", "AUD-04", "RET-01", "RET-02", "RET-03", "RET-08")
"""Some of what is judged under every standard."""
OPEN_IN_COMPLIANT = (
    *("ACC-01", "ACC-02", "ACC-03", "ACC-04", "AUD-06", "EXP-02", "EXP-03", "EXP-05", "EXP-07"),
    *("INT-01", "INT-02", "INT-03", "INT-04", "INT-05", "INT-06", "INT-07", "INT-08"),
    *("RET-06", "RET-07", "RET-08", "RET-09", "RET-11", "RET-12"),
)
"""What stays open in the scenario `compliant` under m-26-14, and in every tenant that is like it.

A Purview role group shows only the name of its member, the application that collects; settings cannot prove that the
audited discovery mailbox records anything; and everything else takes somebody's word: which subscriptions there are,
which other stores, who watches and who reviews.
"""
SETTLED = ",".join(one.id for one in all_checks() if one.id not in OPEN_IN_COMPLIANT)
"""What all passes there, as --checks takes it."""


@dataclass(frozen=True)
class Run:
    """How a command ended and what it printed."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        return self.out + self.err


def lookback(*args: object, env: Mapping[str, str] | None = None, cwd: Path | None = None) -> Run:
    """Run the command as a process of its own."""
    done = subprocess.run(
        [*AS_PROCESS, *map(str, args)],
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **(env or {})},
        cwd=cwd,
        capture_output=True,
        timeout=120,
        check=False,
    )
    return Run(done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace"))


def lookback_here(*args: object) -> Run:
    """Run the command in this process, which is quicker."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = main([str(arg) for arg in args])
        except SystemExit as leaving:  # argparse's own way to refuse a command line
            code = leaving.code if isinstance(leaving.code, int) else 1
    return Run(code, out.getvalue(), err.getvalue())


def write_config(served: Served, directory: Path, *, credential: str = "secret", more: str = "") -> Path:
    """Write the config.yaml that reads a served tenant; one wait between two attempts is at most a second."""
    path = directory / "config.yaml"
    limits = "limits: {max_wait_seconds: 1}\n"
    path.write_text(f"{served.settings_yaml(credential)}{limits}{more}", encoding="utf-8")
    return path


def collect_from(served: Served, out: Path, *, more: str = "") -> Path:
    """Collect a served tenant into a new bundle."""
    config = write_config(served, served.directory, more=more)
    before = {name: os.environ.get(name) for name in served.environment}
    os.environ.update(served.environment)
    try:
        run = lookback_here("collect", "-c", config, "-o", out, "-q")
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
    assert run.code == 0, run.said
    return out


def check(bundle: Path, result: Path, *options: object) -> Run:
    """Judge a bundle in this process."""
    return lookback_here("check", bundle, "-o", result, *options)


def assessment_of(result: Path) -> dict[str, Any]:
    """The assessment that a result folder holds."""
    assessment: dict[str, Any] = json.loads((result / "assessment.json").read_bytes())
    return assessment


def findings_of(result: Path) -> dict[tuple[str, str | None], dict[str, Any]]:
    """The findings of a result folder, by check and standard."""
    return {(one["check"], one["standard"]): one for one in assessment_of(result)["findings"]}


def parts_of(finding: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The parts of a finding by their ids."""
    return {part["id"]: part for part in finding["parts"]}


def copied(source: Path, target: Path) -> Path:
    """A copy of a bundle or result to change at will."""
    shutil.copytree(source, target)
    return target


def reseal(folder: Path) -> None:
    """Write SHA256SUMS anew, as somebody would who wants a change to go unnoticed."""
    (folder / "SHA256SUMS").unlink()
    write_sums(folder)


def rewrite_json(path: Path, change: Any) -> None:
    """Load a JSON file, have it changed in place, and write it as lookback would."""
    document = json.loads(path.read_bytes())
    change(document)
    path.write_bytes(json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False).encode() + b"\n")


def files_of(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, by its relative path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }
