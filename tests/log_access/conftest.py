"""Collects a simulated tenant over HTTP: what says who may read and delete its logs, and where they go."""

from __future__ import annotations

from pathlib import Path

import pytest
from log_access_cases import READ, Collected, Judged, well_kept

from compliance.cli.apis import now, scope_of, tenant_apis
from compliance.collector import Run, collect
from compliance.demo.server import serve
from compliance.demo.tenant import Tenant
from compliance.evidence.derived import DERIVATIONS
from compliance.evidence.evidence import Evidence
from compliance.settings import load_settings


@pytest.fixture
def tenant() -> Tenant:
    """A tenant of which all these checks approve, to change as the test needs."""
    return well_kept()


@pytest.fixture
def collected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Collected:
    """Reads it."""

    def read(tenant: Tenant) -> Judged:
        with serve(tenant) as served:
            config = served.directory / "config.yaml"
            config.write_text(served.settings_yaml(), encoding="utf-8")
            for name, value in served.environment.items():
                monkeypatch.setenv(name, value)
            settings = load_settings(config)
            with tenant_apis(settings, quiet=True) as apis:
                run = Run(
                    tmp_path / f"bundle{len(list(tmp_path.iterdir()))}", READ, scope_of(settings), settings.digest()
                )
                return Judged(Evidence(collect(apis, run, clock=now), DERIVATIONS))

    return read
