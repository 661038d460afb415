"""Files that an administrator exported decide what was collected would decide, and never more than they can."""

from __future__ import annotations

import copy
import json

import pytest
from exported_files import SHAPES, array, rows_of, write_exports
from lookback_command import CHECKS, assessment_of, check, copied, files_of, findings_of, lookback_here, parts_of

from compliance.evidence.datasets import DATASETS

BOTH = ("--standard", "m-21-31", "--standard", "m-26-14")
INGESTION = "Get-AdminAuditLogConfig.json"
ORGANIZATION = "Get-OrganizationConfig.json"
BYPASS = "Get-MailboxAuditBypassAssociation.json"
POLICIES = "Get-UnifiedAuditLogRetentionPolicy.json"
NEEDED = [spec.export_file for spec in DATASETS.values() if not spec.corroborates]
OTHER_STORES = (
    "resources.json",
    "dataExports.json",
    "eventHubs.json",
    "databases.json",
    "dataConnections.json",
    "storageAccounts.json",
    "managementPolicies.json",
    "blobContainers.json",
)
SETTLED_WITHOUT = {
    "subscribedSkus.json": {"AUD-05"},  # by each mailbox's own lists
    INGESTION: {"AUD-08"},  # is about licences
    ORGANIZATION: {"AUD-08"},
    POLICIES: {"AUD-08"},
    "tables.json": {"EXP-01"},  # asks what is exported, not for how long it is kept
    **{name: {"EXP-01", "RET-05"} for name in OTHER_STORES},  # one store that is read is enough
}
"""Checks that are told of a dataset and settled by the others."""
BY_A_404 = "RET-09"
"""That an account has no lifecycle policy, the service says by an answer that no file holds."""


@pytest.fixture
def rows(compliant):
    """The data of the compliant tenant, one's own to change."""
    return copy.deepcopy(rows_of(compliant))


def judged(exports, tmp_path, *options):
    """Import a directory into a new bundle and judge it; the findings and the exit code."""
    imported = lookback_here("import", exports, "-o", tmp_path / "bundle")
    assert imported.code == 0, imported.said
    run = check(tmp_path / "bundle", tmp_path / "result", *options)
    return findings_of(tmp_path / "result"), run.code


def outline(findings, without=("ACC-05",)):
    """Status of every finding and part, but for ACC-05: it is about who signed in, and nobody did to import."""
    return {
        key: (one["status"], {name: part["status"] for name, part in parts_of(one).items()})
        for key, one in findings.items()
        if key[0] not in without
    }


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
@pytest.mark.parametrize("scenario", ["compliant", "shadowed-policy"])
def test_files_in_every_shape_give_the_verdicts_of_a_collection(scenario, shape, bundle_of, result_of, tmp_path):
    exports = write_exports(tmp_path / "exports", rows_of(bundle_of(scenario)), shape=shape)
    findings, code = judged(exports, tmp_path, *BOTH)
    result, expected_code = result_of(scenario)
    settled = ("ACC-05", BY_A_404)
    assert outline(findings, settled) == outline(findings_of(result), settled)
    assert {one["status"] for key, one in findings.items() if key[0] == BY_A_404} == {"indeterminate"}
    assert code == expected_code
    assert {one["basis"] for one in findings.values() if one["status"] in ("pass", "fail")} == {"imported"}


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_the_imported_bytes_are_kept_as_they_lay_there_and_the_bundle_verifies(shape, rows, tmp_path):
    from compliance.evidence.bundle import frames_of, open_bundle

    exports = write_exports(tmp_path / "exports", rows, shape=shape)
    judged(exports, tmp_path)
    bundle = open_bundle(tmp_path / "bundle")
    for entry in bundle.manifest.datasets:
        (frame,) = frames_of(bundle.path, entry)
        assert frame.body == (exports / DATASETS[entry.name].export_file).read_bytes()
    assert lookback_here("verify", tmp_path / "bundle", tmp_path / "result").code == 0


def test_retention_is_decided_once_an_administrator_adds_the_policies_to_a_least_privilege_bundle(bundle_of, tmp_path):
    bundle = copied(bundle_of("least-privilege"), tmp_path / "bundle")
    before = json.loads((bundle / "manifest.json").read_bytes())
    exports = write_exports(tmp_path / "exports", {POLICIES: []})
    run = lookback_here("import", exports, "--into", bundle)
    assert (run.code, run.err) == (0, "")
    assert check(bundle, tmp_path / "result").code == 3
    findings = findings_of(tmp_path / "result")
    assert {key: finding["status"] for key, finding in findings.items() if key[0] in CHECKS} == {
        ("AUD-01", None): "pass",
        ("AUD-03", None): "pass",
        ("AUD-04", None): "pass",
        ("RET-01", "m-21-31"): "fail",  # guests and the unlicensed account have 180 days of twelve months
        ("RET-02", "m-21-31"): "fail",  # Teams has 180 days
        ("RET-03", "m-21-31"): "pass",  # there is no policy
        ("RET-08", "m-21-31"): "indeterminate",  # 30 months are more than Purview keeps, and no other store was read
    }
    assert parts_of(findings["RET-01", "m-21-31"])["member_with_audit_plan"]["status"] == "pass"
    after = json.loads((bundle / "manifest.json").read_bytes())
    assert (after["as_of"], len(after["amendments"])) == (before["as_of"], 1)
    assert lookback_here("verify", bundle, tmp_path / "result").code == 0


def test_what_was_collected_whole_is_not_replaced_by_a_file(compliant, rows, tmp_path):
    bundle = copied(compliant, tmp_path / "bundle")
    rows[ORGANIZATION][0]["AuditDisabled"] = True
    run = lookback_here("import", write_exports(tmp_path / "exports", rows), "--into", bundle)
    assert run.code == 0
    assert "the bundle holds what was read of it" in run.out
    check(bundle, tmp_path / "result", "--standard", "m-26-14")
    assert findings_of(tmp_path / "result")["AUD-03", None]["status"] == "pass"


def test_a_file_that_is_missing_is_unread_and_its_check_is_open(rows, tmp_path):
    del rows[ORGANIZATION]
    findings, code = judged(write_exports(tmp_path / "exports", rows), tmp_path)
    assert code == 4
    open_finding = findings["AUD-03", None]
    assert (open_finding["status"], open_finding["kind"]) == ("indeterminate", "not_requested")
    assert "Get-OrganizationConfig" in open_finding["settle"]
    assert findings["AUD-01", None]["status"] == "pass"


@pytest.mark.parametrize("name", NEEDED)
def test_without_any_one_file_nothing_passes_that_rests_on_it(name, rows, tmp_path):
    del rows[name]
    judged(write_exports(tmp_path / "exports", rows), tmp_path)
    dataset = next(spec.name for spec in DATASETS.values() if spec.export_file == name)
    resting = [
        one
        for one in assessment_of(tmp_path / "result")["findings"]
        if dataset in {evidence["dataset"] for evidence in one["evidence"]}
    ]
    passing = {one["check"] for one in resting if one["status"] == "pass"}
    assert passing == SETTLED_WITHOUT.get(name, set())


def test_nothing_passes_on_files_of_which_nobody_says_how_they_came_about(rows, tmp_path):
    exports = write_exports(tmp_path / "exports", rows, without_provenance=rows)
    findings, code = judged(exports, tmp_path, *BOTH)
    assert {one["status"] for one in findings.values()} <= {"indeterminate", "not_applicable"}
    assert code == 4


@pytest.mark.parametrize("name", NEEDED)
def test_nothing_passes_on_a_file_without_provenance_whatever_the_others_have(name, rows, tmp_path):
    exports = write_exports(tmp_path / "exports", rows, without_provenance=[name])
    judged(exports, tmp_path)
    dataset = next(spec.name for spec in DATASETS.values() if spec.export_file == name)
    for one in assessment_of(tmp_path / "result")["findings"]:
        if dataset in {evidence["dataset"] for evidence in one["evidence"]}:
            settled = one["check"] in SETTLED_WITHOUT.get(name, set())
            assert settled or one["status"] in ("indeterminate", "not_applicable"), one["check"]


def test_a_fault_shows_also_in_a_file_without_provenance(rows, tmp_path):
    rows[ORGANIZATION][0]["AuditDisabled"] = True
    rows[BYPASS][7]["AuditBypassEnabled"] = True
    exports = write_exports(tmp_path / "exports", rows, without_provenance=rows)
    findings, code = judged(exports, tmp_path)
    assert code == 3
    assert findings["AUD-03", None]["status"] == "fail"
    assert findings["AUD-04", None]["status"] == "fail"
    assert [one["name"] for one in findings["AUD-04", None]["samples"]] == [rows[BYPASS][7]["Name"]]


@pytest.mark.parametrize(
    ("said", "endpoint", "status", "kind"),
    [
        (False, "security_compliance", "indeterminate", "contradictory"),
        (False, "exchange_online", "fail", None),
        (True, "security_compliance", "pass", None),
        (True, "exchange_online", "pass", None),
        (None, "exchange_online", "indeterminate", "malformed"),
    ],
)
def test_ingestion_is_believed_off_only_from_exchange_online(said, endpoint, status, kind, rows, tmp_path):
    rows[INGESTION][0]["UnifiedAuditLogIngestionEnabled"] = said
    findings, _ = judged(write_exports(tmp_path / "exports", rows, endpoints={INGESTION: endpoint}), tmp_path)
    finding = findings["AUD-01", None]
    assert (finding["status"], finding["kind"]) == (status, kind)


def test_ingestion_that_is_off_by_a_file_of_unknown_origin_is_open(rows, tmp_path):
    rows[INGESTION][0]["UnifiedAuditLogIngestionEnabled"] = False
    exports = write_exports(tmp_path / "exports", rows, without_provenance=[INGESTION])
    findings, _ = judged(exports, tmp_path)
    assert findings["AUD-01", None]["status"] == "indeterminate"


def test_files_of_another_tenant_are_refused_for_a_bundle(bundle_of, rows, tmp_path):
    bundle = copied(bundle_of("least-privilege"), tmp_path / "bundle")
    before = (bundle / "manifest.json").read_bytes()
    run = lookback_here("import", write_exports(tmp_path / "exports", rows), "--into", bundle)
    assert run.code == 2
    assert rows["organization.json"][0]["id"] in run.err
    assert (bundle / "manifest.json").read_bytes() == before
    assert lookback_here("verify", bundle).code == 0


def test_files_of_two_tenants_are_refused_together(bundle_of, rows, tmp_path):
    other = rows_of(bundle_of("ordinary"))
    rows["subscribedSkus.json"] = other["subscribedSkus.json"]
    run = lookback_here("import", write_exports(tmp_path / "exports", rows), "-o", tmp_path / "bundle")
    assert run.code == 2
    assert "different tenants" in run.err
    assert not (tmp_path / "bundle").exists()


def test_files_that_name_no_tenant_at_all_are_refused(tmp_path):
    exports = write_exports(tmp_path / "exports", {POLICIES: []})
    run = lookback_here("import", exports, "-o", tmp_path / "bundle")
    assert run.code == 2
    assert "organization.json" in run.err


def test_files_from_the_future_are_refused(rows, tmp_path):
    exports = write_exports(tmp_path / "exports", rows, when="2099-01-01T00:00:00Z")
    run = lookback_here("import", exports, "-o", tmp_path / "bundle")
    assert run.code == 2
    assert "2099-01-01" in run.err


def test_a_file_that_is_older_than_the_others_by_more_than_a_month_is_stale(bundle_of, tmp_path):
    bundle = copied(bundle_of("least-privilege"), tmp_path / "bundle")
    exports = write_exports(tmp_path / "exports", {POLICIES: []}, when="2026-10-15T08:59:00Z")
    assert lookback_here("import", exports, "--into", bundle).code == 0
    check(bundle, tmp_path / "result")
    finding = findings_of(tmp_path / "result")["RET-03", "m-21-31"]
    assert (finding["status"], finding["kind"]) == ("indeterminate", "stale")


@pytest.mark.parametrize("least", ["as many rows as provenance says", "fewer rows than provenance says"])
def test_rows_that_were_cut_off_leave_the_question_open(least, rows, tmp_path):
    exports = write_exports(tmp_path / "exports", rows)
    if least.startswith("fewer"):
        (exports / BYPASS).write_bytes(array(rows[BYPASS][:-1]))
    findings, _ = judged(exports, tmp_path)
    assert findings["AUD-04", None]["status"] == ("indeterminate" if least.startswith("fewer") else "pass")


@pytest.mark.parametrize(
    "change",
    [
        {"RetentionDuration": 3},
        {"Priority": "10"},
        {"RecordTypes": None},
        {"RecordTypes": "System.Object[]"},
        {"Enabled": "True"},
        {"Mode": 0},
    ],
    ids=str,
)
def test_a_policy_that_cannot_be_read_wholly_never_makes_a_pass(change, rows, tmp_path):
    teams = next(policy for policy in rows[POLICIES] if policy["RecordTypes"] == ["MicrosoftTeams"])
    teams.update(change)
    findings, _ = judged(write_exports(tmp_path / "exports", rows), tmp_path)
    assert findings["RET-02", "m-21-31"]["status"] != "pass"


def test_a_file_that_lookback_does_not_import_is_named(rows, tmp_path):
    exports = write_exports(tmp_path / "exports", rows)
    (exports / "Get-Mailbox-old.json").write_text("[]")
    run = lookback_here("import", exports, "-o", tmp_path / "bundle")
    assert run.code == 0
    assert "Get-Mailbox-old.json: not a file that lookback imports" in run.out


def test_a_file_whose_domain_is_another_tenants_is_refused_for_a_bundle(bundle_of, tmp_path):
    bundle = copied(bundle_of("least-privilege"), tmp_path / "bundle")
    before = files_of(bundle)
    policy = {
        "Name": "theirs",
        "OrganizationId": "NAMPR01.PROD.OUTLOOK.COM/attacker.onmicrosoft.example - Configuration",
    }
    run = lookback_here("import", write_exports(tmp_path / "exports", {POLICIES: [policy]}), "--into", bundle)
    assert run.code == 2
    assert "attacker.onmicrosoft.example" in run.err
    assert files_of(bundle) == before


def test_an_export_that_describes_two_tenants_is_refused(rows, tmp_path):
    rows["organization.json"] *= 2
    run = lookback_here("import", write_exports(tmp_path / "exports", rows), "-o", tmp_path / "bundle")
    assert run.code == 2
    assert "2 organisations" in run.err


def test_what_an_import_takes_the_place_of_stays_in_the_bundle(bundle_of, tmp_path):
    bundle = copied(bundle_of("least-privilege"), tmp_path / "bundle")
    before = files_of(bundle)
    assert lookback_here("import", write_exports(tmp_path / "exports", {POLICIES: []}), "--into", bundle).code == 0
    after = files_of(bundle)
    kept = {name for name in before if name.startswith("datasets/")}
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}
    (amendment,) = json.loads(after["manifest.json"])["amendments"]
    assert [entry["state"] for entry in amendment["replaced"]] == ["denied"]
    assert lookback_here("verify", bundle).code == 0


def test_a_clean_file_does_not_replace_a_short_list_that_shows_a_fault(rows, tmp_path):
    guilty = [{**rows[BYPASS][0], "AuditBypassEnabled": True}]
    short = write_exports(tmp_path / "short", {**rows, BYPASS: guilty}, without_provenance=[BYPASS])
    bundle = tmp_path / "bundle"
    assert lookback_here("import", short, "-o", bundle).code == 0
    assert (
        lookback_here("import", write_exports(tmp_path / "clean", {BYPASS: rows[BYPASS]}), "--into", bundle).code == 0
    )
    assert check(bundle, tmp_path / "result", "--checks", "AUD-04").code == 3


def test_a_file_that_nobody_dated_is_refused_beside_a_collection_where_it_would_stay_for_good(bundle_of, tmp_path):
    bundle = copied(bundle_of("least-privilege"), tmp_path / "bundle")
    before = files_of(bundle)
    undated = write_exports(tmp_path / "exports", {POLICIES: [{"Name": "x"}]}, without_provenance=[POLICIES])
    run = lookback_here("import", undated, "--into", bundle)
    assert run.code == 2
    assert POLICIES in run.err
    assert "Fill in when" in run.err
    assert files_of(bundle) == before


def test_an_export_takes_the_place_of_what_somebody_typed_in(bundle_of, tmp_path):
    bundle = copied(bundle_of("least-privilege"), tmp_path / "bundle")
    tenant = json.loads((bundle / "manifest.json").read_bytes())["tenant"]["id"]
    typed = tmp_path / "typed"
    typed.mkdir()
    (typed / "retention_policies.yaml").write_text(
        f"version: 1\ntenant: {tenant}\nby: admin@workedexamples.example\nwhen: 2026-11-16T08:00:00Z\n"
        "where: Purview portal, Audit, Audit retention policies\npolicies: []\n"
    )
    assert lookback_here("import", typed, "--into", bundle).code == 0
    assert lookback_here("import", write_exports(tmp_path / "exports", {POLICIES: []}), "--into", bundle).code == 0
    manifest = json.loads((bundle / "manifest.json").read_bytes())
    (entry,) = (one for one in manifest["datasets"] if one["name"] == "purview.audit_retention_policies")
    assert entry["origin"] == "exported"
    assert [one["origin"] for one in manifest["amendments"][-1]["replaced"]] == ["attested"]
    assert lookback_here("verify", bundle).code == 0
