"""A list that may be empty counts only where it was asked of everything that the evidence names."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest

from compliance.evidence.azure_views import AZURE_ROWS
from compliance.evidence.bundle import open_bundle, seal
from compliance.evidence.datasets import DATASETS, Origin
from compliance.evidence.derived import DERIVATIONS
from compliance.evidence.evidence import Evidence
from compliance.evidence.parents import MAY_BE_EMPTY, NAMED_BY, PARENT_OF, Parent, named_parents
from compliance.evidence.scope import EVERYBODY
from compliance.evidence.unread import Kind
from compliance.importer import import_into, import_new
from compliance.request.asks import ASKS
from compliance.sources.arm.inventory import Inventory
from compliance.sources.imported import read_exports

TENANT = "72f988bf-86f1-41af-91ab-2d7cd011db47"
WHEN = "2026-11-20T09:15:00Z"
NOW = dt.datetime(2026, 11, 20, 10, tzinfo=dt.UTC)
HERE = "/subscriptions/11111111-1111-4111-8111-111111111111"
THERE = "/subscriptions/22222222-2222-4222-8222-222222222222"
Row = Mapping[str, Any]


def provider(subscription: str, kind: str, name: str) -> str:
    return f"{subscription}/resourceGroups/logs/providers/{kind}/{name}"


WORKSPACE = provider(HERE, "Microsoft.OperationalInsights/workspaces", "law-one")
FOUND = provider(THERE, "Microsoft.OperationalInsights/workspaces", "law-found")
ACCOUNT = provider(THERE, "Microsoft.Storage/storageAccounts", "archive1")
EXPORTED_TO = provider(HERE, "Microsoft.Storage/storageAccounts", "exported1")
CAPTURED = provider(HERE, "Microsoft.Storage/storageAccounts", "captured1")
NAMESPACE = provider(HERE, "Microsoft.EventHub/namespaces", "hubs-one")
OTHER_NAMESPACE = provider(HERE, "Microsoft.EventHub/namespaces", "hubs-two")
CLUSTER = provider(HERE, "Microsoft.Kusto/clusters", "adxone")

ROWS: Mapping[str, Sequence[Row]] = {
    "arm.subscriptions": [{"id": HERE}, {"id": THERE}],
    "arm.entra_diagnostic_settings": [
        {"id": "/providers/microsoft.aadiam/diagnosticSettings/a", "properties": {"workspaceId": WORKSPACE}},
        {"id": "/providers/microsoft.aadiam/diagnosticSettings/b", "properties": {"workspaceId": None}},
        {"id": "/providers/microsoft.aadiam/diagnosticSettings/c", "properties": {"workspaceId": "../etc"}},
    ],
    "arm.activity_log_settings": [
        {
            "id": f"{HERE}/providers/Microsoft.Insights/diagnosticSettings/a",
            "properties": {
                "workspaceId": WORKSPACE.upper(),
                "storageAccountId": ACCOUNT,
                "eventHubAuthorizationRuleId": f"{NAMESPACE}/authorizationRules/Root",
            },
        }
    ],
    "arm.resources": [
        {"id": FOUND, "type": "microsoft.operationalinsights/workspaces"},
        {"id": f"{CLUSTER}/databases/logs", "type": "microsoft.kusto/clusters/databases"},
    ],
    "arm.data_exports": [
        {
            "id": f"{WORKSPACE}/dataExports/a",
            "properties": {"destination": {"resourceId": EXPORTED_TO, "type": "StorageAccount"}},
        },
        {
            "id": f"{WORKSPACE}/dataExports/b",
            "properties": {"destination": {"resourceId": f"{OTHER_NAMESPACE}/eventhubs/h", "type": "EventHub"}},
        },
    ],
    "arm.sentinel_onboarding": [{"id": f"{FOUND}/providers/Microsoft.SecurityInsights/onboardingStates/default"}],
    "arm.event_hubs": [
        {
            "id": f"{NAMESPACE}/eventhubs/h",
            "properties": {
                "captureDescription": {"destination": {"properties": {"storageAccountResourceId": CAPTURED}}}
            },
        },
        {"id": f"{NAMESPACE}/eventhubs/i", "properties": {"captureDescription": None}},
    ],
    "arm.adx_databases": [{"id": f"{CLUSTER}/databases/more"}],
}
LEARNT = {
    "arm.subscriptions": Inventory.learn_subscriptions,
    "arm.entra_diagnostic_settings": Inventory.learn_settings,
    "arm.activity_log_settings": Inventory.learn_settings,
    "arm.resources": Inventory.learn_resources,
    "arm.data_exports": Inventory.learn_exports,
    "arm.sentinel_onboarding": Inventory.learn_sentinel,
    "arm.event_hubs": Inventory.learn_event_hubs,
    "arm.adx_databases": Inventory.learn_databases,
}


def test_the_evidence_names_what_a_collection_would_ask_and_nothing_that_is_no_id() -> None:
    named = named_parents(lambda name: [msgspec.convert(row, type=AZURE_ROWS[name]) for row in ROWS.get(name, ())])
    inventory = Inventory()
    for name, rows in ROWS.items():
        LEARNT[name](inventory, json.dumps({"value": rows}).encode())
    would_ask = {
        Parent.SUBSCRIPTION: inventory.subscriptions,
        Parent.WORKSPACE: inventory.workspaces,
        Parent.SENTINEL: inventory.with_sentinel,
        Parent.NAMESPACE: inventory.namespaces,
        Parent.CLUSTER: inventory.clusters,
        Parent.DATABASE: inventory.databases,
        Parent.ACCOUNT: inventory.accounts,
        Parent.STORE_SUBSCRIPTION: inventory.store_subscriptions,
    }
    for kind, ids in would_ask.items():
        assert {one.casefold() for one in named[kind]} == {one.casefold() for one in ids} - {"../etc"}, kind
    stores = {one.casefold().removesuffix("/blobservices/default") for one in named[Parent.STORE]}
    assert stores == {one.casefold() for one in inventory.log_stores} - {"../etc"}


def test_every_dataset_that_others_are_discovered_from_names_something() -> None:
    naming = {name for names in NAMED_BY.values() for name in names}
    discovering = {name for one in PARENT_OF for name in DATASETS[one].discovered_from}
    assert discovering == naming


def exported(directory: Path, files: Mapping[str, tuple[Sequence[Row], Sequence[str] | None]]) -> Path:
    """Write the files as an administrator exports them: per dataset its rows, and what it was asked of."""
    directory.mkdir()
    entries = {}
    for name, (rows, asked) in {"graph.organization": ([{"id": TENANT}], None), **files}.items():
        spec, ask = DATASETS[name], ASKS[name]
        (directory / spec.export_file).write_text(json.dumps(rows))
        said = {} if asked is None else {"asked": asked}
        entries[spec.export_file] = {"by": "a", "when": WHEN, "command": ask.command, "rows": len(rows), **said}
    (directory / "provenance.yaml").write_text(json.dumps({"version": 1, "files": entries}))
    return directory


def imported(tmp_path: Path, files: Mapping[str, tuple[Sequence[Row], Sequence[str] | None]]) -> Evidence:
    exports = read_exports(exported(tmp_path / "exports", files))
    return Evidence(import_new(exports, tmp_path / "bundle", EVERYBODY, clock=lambda: NOW).bundle, DERIVATIONS)


SETTINGS = (ROWS["arm.activity_log_settings"], [HERE, THERE])


@pytest.mark.parametrize(
    ("asked", "lacks"),
    [
        ([HERE, THERE], None),
        ([HERE.upper(), f"{THERE}/"], None),
        ([HERE], "22222222-2222-4222-8222-222222222222"),
        ([], "11111111-1111-4111-8111-111111111111, 22222222-2222-4222-8222-222222222222"),
    ],
)
def test_an_exported_list_counts_where_it_was_asked_of_all_that_is_named(
    tmp_path: Path, asked: list[str], lacks: str | None
) -> None:
    evidence = imported(tmp_path, {"arm.activity_log_settings": SETTINGS, "arm.locks": ([], asked)})
    standing = evidence.standing("arm.locks")
    if lacks is None:
        assert standing is None
    else:
        assert standing is not None
        assert (standing.kind, sorted(standing.reason.removeprefix("it was not asked of ").split(", "))) == (
            Kind.INCOMPLETE,
            lacks.split(", "),
        )


@pytest.mark.parametrize("name", sorted(MAY_BE_EMPTY))
def test_an_exported_list_that_does_not_say_what_it_was_asked_of_is_a_part(tmp_path: Path, name: str) -> None:
    standing = imported(tmp_path, {name: ([], None)}).standing(name)
    assert standing is not None
    assert standing.kind is Kind.INCOMPLETE
    assert "(asked)" in standing.reason


def test_what_a_later_import_names_makes_a_part_of_what_was_exported_before(tmp_path: Path) -> None:
    subscriptions = ([{"id": HERE}, {"id": THERE}], None)
    evidence = imported(tmp_path, {"arm.locks": ([], []), "arm.subscriptions": subscriptions})
    assert evidence.standing("arm.locks") is None
    later = read_exports(exported(tmp_path / "later", {"arm.activity_log_settings": SETTINGS}))
    bundle = import_into(later, evidence.bundle, clock=lambda: NOW).bundle
    standing = Evidence(bundle, DERIVATIONS).standing("arm.locks")
    assert standing is not None
    assert standing.kind is Kind.INCOMPLETE


def test_what_a_later_import_names_makes_a_part_of_what_was_collected(tmp_path: Path) -> None:
    evidence = imported(tmp_path, {"arm.locks": ([], [HERE, THERE])})
    manifest = evidence.bundle.manifest
    collected = tuple(
        msgspec.structs.replace(one, origin=Origin.COLLECTED, asked=()) if one.name == "arm.locks" else one
        for one in manifest.datasets
    )
    seal(evidence.bundle.path, msgspec.structs.replace(manifest, datasets=collected))
    bundle = open_bundle(evidence.bundle.path)
    assert Evidence(bundle, DERIVATIONS).standing("arm.locks") is None
    later = read_exports(exported(tmp_path / "later", {"arm.activity_log_settings": SETTINGS}))
    standing = Evidence(import_into(later, bundle, clock=lambda: NOW).bundle, DERIVATIONS).standing("arm.locks")
    assert standing is not None
    assert standing.kind is Kind.INCOMPLETE


def test_nothing_is_asked_of_what_is_not_there(tmp_path: Path) -> None:
    files = {"arm.activity_log_settings": SETTINGS, "arm.blob_containers": ([], [])}
    evidence = imported(tmp_path, files)
    assert evidence.standing("arm.blob_containers") is not None
    manifest = evidence.bundle.manifest
    known = tuple(
        msgspec.structs.replace(one, absent=(ACCOUNT,)) if one.name == "arm.activity_log_settings" else one
        for one in manifest.datasets
    )
    seal(evidence.bundle.path, msgspec.structs.replace(manifest, datasets=known))
    assert Evidence(open_bundle(evidence.bundle.path), DERIVATIONS).standing("arm.blob_containers") is None
