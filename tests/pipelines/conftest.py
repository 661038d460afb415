"""Bundles for pipelines, and a machine that their jobs run on."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from job_runner import Machine
from lookback_command import collect_from

from compliance.demo.scenarios import load_scenario
from compliance.demo.server import serve

if shutil.which("bash") is None:
    pytest.skip("steps of pipelines are written for bash", allow_module_level=True)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine of its own."""
    return Machine(tmp_path / "machine")


@pytest.fixture(scope="session")
def bundle_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The bundle of a scenario by its name, not to be changed."""
    made: dict[str, Path] = {}

    def of(name: str) -> Path:
        if name not in made:
            with serve(load_scenario(name)) as served:
                made[name] = collect_from(served, tmp_path_factory.mktemp(name) / "bundle")
        return made[name]

    return of
