"""Collects a simulated tenant's stores of logs over HTTP and judges them."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import pytest
from integrity_cases import ACCOUNT, GROUP, LAW, READ, SUBSCRIPTION, Collected, Judged, account, workspace

from compliance.cli.apis import now, scope_of, tenant_apis
from compliance.collector import Run, collect
from compliance.demo.azure import ACTIVITY_CATEGORIES, ENTRA_TABLES, DiagnosticSetting, Subscription
from compliance.demo.azure_access import Lock
from compliance.demo.scenarios import load_scenario
from compliance.demo.server import serve
from compliance.demo.tenant import Tenant
from compliance.evidence.derived import DERIVATIONS
from compliance.evidence.evidence import Evidence
from compliance.settings import load_settings


@pytest.fixture
def tenant() -> Tenant:
    """A tenant whose logs go to one workspace and one storage account, which are protected in every way."""
    made = load_scenario("compliant")
    made.identity = replace(
        made.identity,
        azure_roles=(("Reader", "/providers/Microsoft.aadiam"), ("Reader", f"/subscriptions/{SUBSCRIPTION}")),
    )
    azure = made.azure
    azure.settings = [DiagnosticSetting("all", tuple(ENTRA_TABLES), workspace_id=LAW, storage_account_id=ACCOUNT)]
    activity = DiagnosticSetting("activity", ACTIVITY_CATEGORIES, workspace_id=LAW, storage_account_id=ACCOUNT)
    azure.subscriptions = [Subscription(SUBSCRIPTION, "Logging", settings=[activity])]
    azure.workspaces = [workspace()]
    azure.storage_accounts = [account()]
    azure.namespaces, azure.clusters, azure.events, azure.role_holders = [], [], [], []
    azure.locks = [Lock(GROUP, "keep-logs")]
    return made


@pytest.fixture
def collected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Collected:
    """Reads everything in Azure that says something of logs, each time anew."""
    runs = itertools.count(1)

    def read(tenant: Tenant) -> Judged:
        with serve(tenant) as served:
            config = served.directory / "config.yaml"
            config.write_text(served.settings_yaml(), encoding="utf-8")
            for name, value in served.environment.items():
                monkeypatch.setenv(name, value)
            settings = load_settings(config)
            with tenant_apis(settings, quiet=True) as apis:
                run = Run(tmp_path / f"bundle{next(runs)}", READ, scope_of(settings), settings.digest())
                return Judged(Evidence(collect(apis, run, clock=now), DERIVATIONS))

    return read
