"""Each scenario is served and collected once per test process; a test that changes a bundle copies it first."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from kept_tenants import ENTRA, Collected, Judged, collect_served
from lookback_command import check, collect_from

from compliance.demo.scenarios import load_scenario
from compliance.demo.server import serve
from compliance.demo.tenant import Tenant


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


@pytest.fixture(scope="session")
def result_of(
    bundle_of: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], tuple[Path, int]]:
    """The result of a scenario under both standards, not to be changed, and the exit code."""
    made: dict[str, tuple[Path, int]] = {}

    def of(name: str) -> tuple[Path, int]:
        if name not in made:
            result = tmp_path_factory.mktemp(name) / "result"
            run = check(bundle_of(name), result, "--standard", "m-21-31", "--standard", "m-26-14")
            made[name] = result, run.code
        return made[name]

    return of


@pytest.fixture(scope="session")
def compliant(bundle_of: Callable[[str], Path]) -> Path:
    """The bundle of the scenario in which everything is as asked; not to be changed."""
    return bundle_of("compliant")


@pytest.fixture(scope="session")
def compliant_result(compliant: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The result of that bundle under the default standard; not to be changed."""
    result = tmp_path_factory.mktemp("compliant") / "result"
    assert check(compliant, result).code == 4  # where the 18 months beyond Purview are is open
    return result


@pytest.fixture
def collected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Collected:
    """Collect a tenant over HTTP: what Entra's logs rest on, and more where more is asked for."""

    def collect_it(tenant: Tenant, datasets: tuple[str, ...] = ENTRA, more: str = "") -> Judged:
        with serve(tenant) as served:
            for name, value in served.environment.items():
                monkeypatch.setenv(name, value)
            return collect_served(served, tmp_path / "bundle", datasets, more)

    return collect_it
