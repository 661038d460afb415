"""ScubaGear's ProviderSettingsExport.json is judged by what it read, and what it could not read is open."""

from __future__ import annotations

import copy
import hashlib
import json

import pytest
from exported_files import rows_of, write_exports
from lookback_command import check, copied, findings_of, lookback_here

from compliance.evidence.bundle import frames_of, open_bundle

FILE = "ProviderSettingsExport.json"
POLICIES = "Get-UnifiedAuditLogRetentionPolicy.json"
READ_ON = "2026-11-16T08:12:31.307Z"


@pytest.fixture
def rows(compliant):
    """The data of the compliant tenant, one's own to change."""
    return copy.deepcopy(rows_of(compliant))


def provider_settings(rows, **changes):
    """The file as a run on a tenant with that data writes it; `changes` replace keys, None takes one away."""
    organization = rows["organization.json"][0]
    document = {
        "baseline_version": "1",
        "module_version": "1.8.0",
        "date": "11/16/2026 08:12:31 Coordinated Universal Time",
        "timestamp_zulu": READ_ON,
        "report_uuid": "fa5589b7-d528-4f80-8e7d-5c20eda7b6d8",
        "tenant_details": [{"DisplayName": organization["displayName"], "TenantId": organization["id"]}],
        "service_plans": [{"ServicePlanName": "M365_ADVANCED_AUDITING", "ProvisioningStatus": "Success"}],
        "admin_audit_log_config": rows["Get-AdminAuditLogConfig.json"],
        "org_config": [{"Name": "x", "AuditDisabled": rows["Get-OrganizationConfig.json"][0]["AuditDisabled"]}],
        "unified_audit_log_retention_policies": rows[POLICIES],
        "exo_successful_commands": ["Get-RemoteDomain", "Get-OrganizationConfig"],
        "exo_unsuccessful_commands": [None],
        "securitysuite_successful_commands": ["Get-AdminAuditLogConfig", "Get-UnifiedAuditLogRetentionPolicy"],
        "securitysuite_unsuccessful_commands": [],
        **changes,
    }
    return json.dumps({key: value for key, value in document.items() if value is not None}, indent=4)


def judged(text, tmp_path, *more_files):
    """Import the file into a new bundle and judge it."""
    exports = tmp_path / "exports"
    exports.mkdir(exist_ok=True)
    (exports / FILE).write_bytes(text.encode("utf-8-sig"))
    imported = lookback_here("import", exports, "-o", tmp_path / "bundle")
    assert imported.code == 0, imported.said
    check(tmp_path / "bundle", tmp_path / "result")
    assert lookback_here("verify", tmp_path / "bundle", tmp_path / "result").code == 0
    return findings_of(tmp_path / "result"), imported


def entries(tmp_path):
    return {entry.name: entry for entry in open_bundle(tmp_path / "bundle").manifest.datasets}


def test_its_audit_settings_are_judged(rows, tmp_path):
    findings, _ = judged(provider_settings(rows), tmp_path)
    assert {key[0]: findings[key]["status"] for key in findings if key[0] in ("AUD-01", "AUD-03")} == {
        "AUD-01": "pass",
        "AUD-03": "pass",
    }
    assert findings["AUD-01", None]["basis"] == "imported"
    # it has no accounts: who holds Audit (Premium) is open, and so is all that rests on it
    assert findings["RET-01", "m-21-31"]["status"] == "indeterminate"
    read = entries(tmp_path)
    assert set(read) == {
        "exchange.admin_audit_log_config",
        "exchange.organization_config",
        "purview.audit_retention_policies",
    }
    assert {(entry.state.value, entry.by) for entry in read.values()} == {("complete", "ScubaGear 1.8.0")}
    assert {entry.ended.isoformat() for entry in read.values()} == {"2026-11-16T08:12:31.307000+00:00"}


def test_faults_in_it_fail(rows, tmp_path):
    rows["Get-AdminAuditLogConfig.json"][0]["UnifiedAuditLogIngestionEnabled"] = False
    rows["Get-OrganizationConfig.json"][0]["AuditDisabled"] = True
    findings, _ = judged(provider_settings(rows), tmp_path)
    assert findings["AUD-01", None]["status"] == "fail"
    assert findings["AUD-03", None]["status"] == "fail"


def test_ingestion_that_security_and_compliance_calls_off_is_not_believed(rows, tmp_path):
    config = rows["Get-AdminAuditLogConfig.json"][0]
    config["UnifiedAuditLogIngestionEnabled"] = False
    config["OrganizationalUnitRoot"] = "FFO.extest.microsoft.com/Microsoft Exchange Hosted Organizations/x"
    findings, _ = judged(provider_settings(rows), tmp_path)
    assert (findings["AUD-01", None]["status"], findings["AUD-01", None]["kind"]) == ("indeterminate", "contradictory")


@pytest.mark.parametrize(
    ("key", "dataset", "checked"),
    [
        ("admin_audit_log_config", "exchange.admin_audit_log_config", ("AUD-01", None)),
        ("org_config", "exchange.organization_config", ("AUD-03", None)),
        ("unified_audit_log_retention_policies", "purview.audit_retention_policies", ("RET-03", "m-21-31")),
    ],
)
@pytest.mark.parametrize("written", [[], [None], "as it was"])
@pytest.mark.parametrize("lists", ["failed", "failed and succeeded", "neither"])
def test_what_it_could_not_read_is_unread_whatever_stands_there(key, dataset, checked, written, lists, rows, tmp_path):
    cmdlets = ["Get-AdminAuditLogConfig", "Get-OrganizationConfig", "Get-UnifiedAuditLogRetentionPolicy"]
    cmdlet = cmdlets[["admin_audit_log_config", "org_config"].index(key) if "unified" not in key else 2]
    changes = {
        "exo_successful_commands": [],
        "securitysuite_successful_commands": [one for one in cmdlets if one != cmdlet or "succeeded" in lists],
        "securitysuite_unsuccessful_commands": [cmdlet] if "failed" in lists else [],
    }
    if written != "as it was":
        changes[key] = written
    findings, _ = judged(provider_settings(rows, **changes), tmp_path)
    entry = entries(tmp_path)[dataset]
    assert (entry.state.value, entry.rows) == ("failed", None)
    assert cmdlet in entry.reason
    assert findings[checked]["status"] == "indeterminate"


@pytest.mark.parametrize(
    "failed",
    [
        ["get-adminauditlogconfig"],
        "Get-AdminAuditLogConfig",
        ["Get-AdminAuditLogConfig -ErrorAction Stop"],
        [None, r"ExchangeOnlineManagement\Get-AdminAuditLogConfig"],
    ],
    ids=str,
)
def test_a_command_that_failed_is_found_however_it_is_written(failed, rows, tmp_path):
    findings, _ = judged(provider_settings(rows, defender_unsuccessful_commands=failed), tmp_path)
    entry = entries(tmp_path)["exchange.admin_audit_log_config"]
    assert (entry.state.value, entry.rows) == ("failed", None)
    assert "could not run Get-AdminAuditLogConfig" in entry.reason
    assert findings["AUD-01", None]["status"] == "indeterminate"
    assert findings["AUD-03", None]["status"] == "pass"


@pytest.mark.parametrize(
    "failed", [{"value": ["Get-AdminAuditLogConfig"], "Count": 1}, [["Get-AdminAuditLogConfig"]], 7], ids=str
)
@pytest.mark.parametrize("key", ["exo_unsuccessful_commands", "EXO_Unsuccessful_Commands"])
def test_where_what_failed_cannot_be_told_nothing_in_it_was_read(failed, key, rows, tmp_path):
    text = provider_settings(rows).replace(
        '"exo_unsuccessful_commands": [\n        null\n    ]', f'"{key}": {json.dumps(failed)}'
    )
    assert key in text
    findings, _ = judged(text, tmp_path)
    assert {(entry.state.value, entry.rows) for entry in entries(tmp_path).values()} == {("failed", None)}
    assert "pass" not in {one["status"] for one in findings.values()}


def test_the_one_command_that_succeeded_may_stand_there_without_a_list(rows, tmp_path):
    judged(provider_settings(rows, exo_successful_commands="Get-OrganizationConfig"), tmp_path)
    assert entries(tmp_path)["exchange.organization_config"].state == "complete"


def test_null_in_place_of_policies_is_not_an_empty_list(rows, tmp_path):
    findings, _ = judged(provider_settings(rows, unified_audit_log_retention_policies=[None]), tmp_path)
    assert entries(tmp_path)["purview.audit_retention_policies"].state == "partial"
    assert findings["RET-03", "m-21-31"]["status"] == "indeterminate"


def test_an_empty_list_of_policies_is_whole_where_the_command_succeeded(rows, tmp_path):
    judged(provider_settings(rows, unified_audit_log_retention_policies=[]), tmp_path)
    entry = entries(tmp_path)["purview.audit_retention_policies"]
    assert (entry.state, entry.rows) == ("complete", 0)


def test_without_the_moment_of_the_run_nothing_passes(rows, tmp_path):
    findings, _ = judged(provider_settings(rows, timestamp_zulu=None), tmp_path)
    assert "pass" not in {one["status"] for one in findings.values()}


def test_the_exact_part_of_the_file_is_kept_with_the_files_name_digest_and_key(rows, tmp_path):
    text = provider_settings(rows)
    judged(text, tmp_path)
    (frame,) = frames_of(tmp_path / "bundle", entries(tmp_path)["exchange.organization_config"])
    assert frame.body.decode() in text
    assert frame.header["key"] == "org_config"
    assert frame.header["file"] == FILE
    assert frame.header["file_sha256"] == hashlib.sha256(text.encode("utf-8-sig")).hexdigest()


def test_a_file_of_its_own_goes_before_it_and_that_is_said(rows, tmp_path):
    config = [{**rows["Get-OrganizationConfig.json"][0], "AuditDisabled": True}]
    write_exports(tmp_path / "exports", {"Get-OrganizationConfig.json": config})
    findings, imported = judged(provider_settings(rows), tmp_path)
    assert findings["AUD-03", None]["status"] == "fail"
    assert f"from Get-OrganizationConfig.json; also in {FILE}, which was left out" in imported.out


def test_what_it_could_not_read_leaves_what_a_bundle_says_of_it(bundle_of, tmp_path):
    bundle = copied(bundle_of("least-privilege"), tmp_path / "bundle")
    before = open_bundle(bundle).manifest.dataset("purview.audit_retention_policies")
    rows = rows_of(bundle)
    text = provider_settings(
        {**rows, POLICIES: []},
        securitysuite_successful_commands=["Get-AdminAuditLogConfig"],
        securitysuite_unsuccessful_commands=["Get-UnifiedAuditLogRetentionPolicy"],
    )
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports" / FILE).write_text(text)
    run = lookback_here("import", tmp_path / "exports", "--into", bundle)
    assert run.code == 0, run.said
    assert "what the bundle says of it stays" in run.out
    assert open_bundle(bundle).manifest.dataset("purview.audit_retention_policies") == before


def test_a_run_on_another_tenant_is_refused_for_a_bundle(bundle_of, rows, tmp_path):
    bundle = copied(bundle_of("least-privilege"), tmp_path / "bundle")
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports" / FILE).write_text(provider_settings(rows))
    run = lookback_here("import", tmp_path / "exports", "--into", bundle)
    assert run.code == 2
    assert rows["organization.json"][0]["id"] in run.err


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: text[: len(text) // 2], "not JSON"),
        (lambda text: "[]", "not the one object"),
        (lambda text: text.replace('"module_version"', '"version"'), "module_version"),
        (lambda text: text.replace("{", '{"org_config": [],', 1), "'org_config' stands in it twice"),
        (lambda text: text.replace('"AuditDisabled": false', '"AuditDisabled": NaN'), "not the one object"),
        (lambda text: text.replace("{", '{"EXO_unsuccessful_commands": ["Get-OrganizationConfig"],', 1), "in it twice"),
    ],
    ids=["cut off", "a list", "without a version", "a key twice", "no number", "failures twice"],
)
def test_a_file_that_is_damaged_or_another_is_refused(change, said, rows, tmp_path):
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports" / FILE).write_text(change(provider_settings(rows)))
    run = lookback_here("import", tmp_path / "exports", "-o", tmp_path / "bundle")
    assert run.code == 2
    assert said in run.err
