"""Collects a simulated tenant over HTTP and judges it by one check."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from checks import all_checks
from compliance.assessment.assessment import Finding
from compliance.assessment.declarations import NO_DECLARATIONS
from compliance.cli.apis import now, scope_of, tenant_apis
from compliance.collector import Run, collect
from compliance.demo.scenarios import load_scenario
from compliance.demo.server import serve
from compliance.demo.tenant import Tenant
from compliance.evidence.bundle import Bundle
from compliance.evidence.datasets import DATASETS
from compliance.evidence.derived import DERIVATIONS
from compliance.evidence.evidence import Evidence
from compliance.runner import judge
from compliance.settings import load_settings


@pytest.fixture
def tenant() -> Tenant:
    """The compliant tenant, to change as the test needs."""
    return load_scenario("compliant")


@pytest.fixture
def collected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Tenant], Bundle]:
    """Reads every dataset of a tenant."""

    def read(tenant: Tenant) -> Bundle:
        with serve(tenant) as served:
            config = served.directory / "config.yaml"
            config.write_text(served.settings_yaml(), encoding="utf-8")
            for name, value in served.environment.items():
                monkeypatch.setenv(name, value)
            settings = load_settings(config)
            with tenant_apis(settings, quiet=True) as apis:
                run = Run(tmp_path / "bundle", tuple(DATASETS), scope_of(settings), settings.digest())
                return collect(apis, run, clock=now)

    return read


@pytest.fixture
def finding(collected: Callable[[Tenant], Bundle]) -> Callable[[Tenant, str], Finding]:
    """The finding of a check on a tenant."""

    def judged(tenant: Tenant, check_id: str) -> Finding:
        check = next(one for one in all_checks() if one.id == check_id)
        return judge(check, None, Evidence(collected(tenant), DERIVATIONS), NO_DECLARATIONS)[0]

    return judged
