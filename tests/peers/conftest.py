"""The tenant that the mistakes are made in, and the whole way from its APIs to the findings."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from peer_audit import Outcome

from checks import all_checks
from compliance.assessment.declarations import NO_DECLARATIONS
from compliance.cli.apis import now, scope_of, tenant_apis
from compliance.collector import Run, collect
from compliance.demo.scenarios import load_scenario
from compliance.demo.server import serve
from compliance.demo.tenant import Tenant
from compliance.evidence.datasets import DATASETS
from compliance.runner import assess
from compliance.settings import load_settings
from compliance.standards import load_standard


@pytest.fixture
def tenant() -> Tenant:
    """The tenant in which no check fails, to spoil as the test needs."""
    return load_scenario("compliant")


@pytest.fixture
def audit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Tenant], Outcome]]:
    """Serve a tenant, collect, and judge."""
    with ExitStack() as stack:

        def run(tenant: Tenant) -> Outcome:
            served = stack.enter_context(serve(tenant))
            config = served.directory / "config.yaml"
            config.write_text(served.settings_yaml(), encoding="utf-8")
            settings = load_settings(config)
            for name, value in served.environment.items():
                monkeypatch.setitem(os.environ, name, value)
            asked = Run(tmp_path / "bundle", tuple(DATASETS), scope_of(settings), settings.digest())
            with tenant_apis(settings, quiet=True) as apis:
                bundle = collect(apis, asked, clock=now)
            assessed = assess(
                bundle,
                checks=all_checks(),
                left_out=(),
                standards=[load_standard("m-21-31")],
                declarations=NO_DECLARATIONS,
                waivers=(),
            )
            return Outcome(assessed.assessment, bundle.manifest, served)

        yield run
