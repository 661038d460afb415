"""`lookback request` asks for exactly what a bundle lacks, safely, and what comes back decides what was open."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import replace

import pytest
from exported_files import asked_in, rows_of
from hypothesis import given
from hypothesis import strategies as st
from lookback_command import check, collect_from, copied, findings_of, lookback_here, reseal, rewrite_json
from powershell_text import calls, subcommands, texts, tokens

from checks import all_checks
from compliance.decidability import needed
from compliance.demo.scenarios import load_scenario
from compliance.demo.server import serve
from compliance.evidence.bundle import open_bundle
from compliance.evidence.datasets import DATASETS
from compliance.evidence.derived import DERIVATIONS
from compliance.evidence.evidence import Evidence
from compliance.evidence.parents import BY_ID, PARENT_OF, Parent
from compliance.request.asks import ASKS
from compliance.request.documents import plain
from compliance.request.needs import Need
from compliance.request.script import CONNECTIONS, export_script, quoted
from compliance.yamlfile import load_yaml

TENANT = "72f988bf-86f1-41af-91ab-2d7cd011db47"
POLICIES = "Get-UnifiedAuditLogRetentionPolicy.json"
WHEN = "2026-11-16T11:00:00Z"
OWN_HELPERS = {
    "Assert-Tenant",
    "Get-ArmAnswer",
    "Get-ArmRows",
    "Get-EachAnswer",
    "Get-EachRows",
    "Get-ExchangeAccount",
    "Get-ExportTargets",
    "Get-Found",
    "Get-GraphPage",
    "Get-GraphRows",
    "Get-Ids",
    "Get-OfEach",
    "Get-Resources",
    "Get-Settings",
    "Get-Utc",
    "Save-Export",
    "Save-Provenance",
}
HARMLESS = {
    "Connect-ExchangeOnline",
    "Connect-IPPSSession",
    "Connect-MgGraph",
    "ConvertFrom-Json",
    "ConvertTo-Json",
    "Disconnect-ExchangeOnline",
    "Disconnect-MgGraph",
    "ForEach-Object",
    "Get-AdminAuditLogConfig",
    "Get-ConnectionInformation",
    "Get-Content",
    "Get-Date",
    "Get-Mailbox",
    "Get-MailboxAuditBypassAssociation",
    "Get-ManagementRoleAssignment",
    "Get-MgContext",
    "Get-OrganizationConfig",
    "Get-RoleGroup",
    "Get-UnifiedAuditLogRetentionPolicy",
    "Invoke-MgGraphRequest",
    "Join-Path",
    "Out-Null",
    "Select-Object",
    "Set-Content",
    "Sort-Object",
    "Test-Path",
    "Where-Object",
    "Write-Host",
    "Write-Warning",
    "az",
}
UNSEEN = {
    "arm.subscriptions",
    "arm.activity_log_settings",
    "arm.resources",
    "arm.adx_databases",
    "arm.adx_data_connections",
}
"""What holds nothing, and says nothing, where whoever reads it sees no subscription."""
UNKNOWN = dict.fromkeys(Parent)
EVERYTHING = tuple(Need(spec, "denied", ("AUD-01",), held=False) for spec in DATASETS.values())


@pytest.fixture(scope="module")
def asked(bundle_of, tmp_path_factory):
    """A least-privilege bundle of one's own with the hand-off for it; not to be changed."""
    folder = tmp_path_factory.mktemp("request")
    bundle = copied(bundle_of("least-privilege"), folder / "bundle")
    run = lookback_here("request", bundle, "--checks", "all")
    assert run.code == 0, run.said
    return bundle, folder / "bundle.request", run


@pytest.fixture(scope="module")
def administrators(tmp_path_factory):
    """What an administrator reads of the same tenant."""
    tenant = load_scenario("least-privilege")
    tenant.identity = replace(load_scenario("compliant").identity, azure_roles=(("Reader", "/"),))
    with serve(tenant) as served:
        return collect_from(served, tmp_path_factory.mktemp("administrator") / "bundle")


def missing(bundle):
    opened = open_bundle(bundle)
    evidence = Evidence(opened, DERIVATIONS)
    wanted = set().union(*(needed(one.function, DERIVATIONS) for one in all_checks()))
    files = {DATASETS[name].export_file for name in wanted if evidence.standing(name) is not None}
    visible = opened.manifest.dataset("arm.subscriptions")
    return files if visible.rows else files | {DATASETS[name].export_file for name in wanted & UNSEEN}


def hand_back(folder, rows):
    """Do as the script does: write each file that was asked for, and its line in provenance.yaml."""
    lines = (folder / "provenance.yaml").read_text().splitlines()
    for name, entry in load_yaml(folder / "provenance.yaml").data["files"].items():
        if name not in rows:
            continue
        (folder / name).write_bytes(json.dumps(rows[name], indent=2).encode("utf-8-sig"))
        full = {**entry, "by": "admin@council.example", "when": WHEN, "rows": len(rows[name])}
        full |= {"asked": asked_in(rows)[name]} if "asked" in entry else {}
        lines = [line for line in lines if not line.startswith(f"  {name}:")]
        lines.append(f"  {name}: {json.dumps(full, separators=(',', ':'))}")
    (folder / "provenance.yaml").write_bytes("\r\n".join(lines).encode("utf-8-sig"))


def test_it_asks_for_what_is_missing_and_for_nothing_else(asked):
    bundle, folder, run = asked
    wanted = missing(bundle)
    assert POLICIES in wanted
    assert set(load_yaml(folder / "provenance.yaml").data["files"]) == wanted
    script = (folder / "export.ps1").read_text("utf-8-sig")
    assert {name for name in texts(script) if name.endswith(".json")} == wanted
    for text in (run.out, (folder / "STEPS.md").read_text()):
        named = set(re.findall(r"[\w-]+\.json", text))
        assert named == wanted
    assert "RET-01" in run.out


def test_what_it_prints_fits_eighty_columns_and_ends_with_the_command_to_type(asked, tmp_path):
    bundle = copied(asked[0], tmp_path / "the bundle's own")
    run = lookback_here("request", bundle, "--checks", "all", "-o", tmp_path / "to hand over")
    before, _, command = run.out.partition("Hand the folder to an administrator; then:\n")
    assert [line for line in before.splitlines() if len(line) > 80 and "Written to" not in line] == []
    assert shlex.split(command) == ["lookback", "import", str(tmp_path / "to hand over"), "--into", str(bundle)]


def test_what_nobody_sees_without_a_role_in_azure_is_asked_for_and_taken_in(asked, administrators, tmp_path):
    bundle, folder, run = asked
    unseen = {DATASETS[name].export_file for name in UNSEEN}
    assert unseen <= set(load_yaml(folder / "provenance.yaml").data["files"])
    assert "whoever read it sees no Azure subscription" in run.out
    assert ids_in((folder / "export.ps1").read_text("utf-8-sig")) == {}
    bundle, folder = copied(bundle, tmp_path / "bundle"), copied(folder, tmp_path / "folder")
    hand_back(folder, rows_of(administrators))
    imported = lookback_here("import", folder, "--into", bundle)
    assert imported.code == 0, imported.said
    manifest = open_bundle(bundle).manifest
    seen = {name: manifest.dataset(name) for name in UNSEEN}
    assert {entry.origin for entry in seen.values()} == {"exported"}
    assert seen["arm.subscriptions"].rows
    assert lookback_here("verify", bundle).code == 0


def test_what_no_selected_check_needs_is_not_asked_for(asked, tmp_path):
    bundle, _, _ = asked
    run = lookback_here("request", bundle, "--checks", "RET-03", "-o", tmp_path / "asked")
    assert run.code == 0, run.said
    behind = needed(next(one for one in all_checks() if one.id == "RET-03").function, DERIVATIONS)
    files = {DATASETS[name].export_file for name in behind}
    assert set(load_yaml(tmp_path / "asked" / "provenance.yaml").data["files"]) == missing(bundle) & files


def test_where_nothing_is_missing_nothing_is_written(asked, tmp_path):
    bundle, _, _ = asked
    run = lookback_here("request", bundle, "--checks", "AUD-04", "-o", tmp_path / "asked")
    assert run.code == 0
    assert "nothing to ask for" in run.out
    assert not (tmp_path / "asked").exists()


def test_it_writes_over_nothing_and_not_into_the_bundle(asked):
    bundle, folder, _ = asked
    again = lookback_here("request", bundle)
    assert (again.code, "never written over" in again.err) == (2, True)
    inside = lookback_here("request", bundle, "-o", bundle / "asked")
    assert (inside.code, "lies inside the bundle" in inside.err) == (2, True)
    assert (folder / "STEPS.md").exists()


def test_the_files_of_an_administrator_decide_what_was_open(asked, administrators, tmp_path):
    bundle, folder, _ = asked
    bundle, folder = copied(bundle, tmp_path / "bundle"), copied(folder, tmp_path / "folder")
    check(bundle, tmp_path / "before", "--checks", "all")
    check(administrators, tmp_path / "whole", "--checks", "all")
    hand_back(folder, rows_of(administrators))
    run = lookback_here("import", folder, "--into", bundle)
    assert (run.code, run.err) == (0, "")
    assert "not a file that lookback imports" not in run.out
    check(bundle, tmp_path / "after", "--checks", "all")
    assert lookback_here("verify", bundle, tmp_path / "after").code == 0
    before, after, whole = (findings_of(tmp_path / name) for name in ("before", "after", "whole"))
    imported = {entry.name for entry in open_bundle(bundle).manifest.datasets if entry.origin == "exported"}
    assert "purview.audit_retention_policies" in imported
    for key, finding in after.items():
        rests_on = {entry["dataset"] for entry in finding["evidence"]}
        if rests_on & imported:
            # ACC-05 is about who read the bundle, and these are two
            assert key[0] == "ACC-05" or finding["status"] == whole[key]["status"], key
            assert finding["basis"] in (None, "imported", "attested")
        else:
            assert finding["status"] == before[key]["status"], key
    decided = {key[0] for key in after if before[key]["status"] != after[key]["status"]}
    assert {"RET-01", "RET-02", "RET-03"} <= decided


def test_a_hand_off_that_comes_back_empty_changes_nothing(asked, tmp_path):
    bundle, folder, _ = asked
    folder = copied(folder, tmp_path / "folder")
    run = lookback_here("import", folder, "--into", copied(bundle, tmp_path / "bundle"))
    assert run.code == 2
    assert "none of the files that can be imported is here" in run.err
    (folder / "retention_policies.template.yaml").rename(folder / "retention_policies.yaml")
    unfilled = lookback_here("import", folder, "--into", tmp_path / "bundle")
    assert unfilled.code == 2
    assert "retention_policies.yaml:" in unfilled.err


def test_a_list_that_was_typed_in_can_fail_and_what_passes_on_it_is_marked(asked, tmp_path):
    bundle, folder, _ = asked
    bundle, folder = copied(bundle, tmp_path / "bundle"), copied(folder, tmp_path / "folder")
    template = (folder / "retention_policies.template.yaml").read_text()
    filled = (
        template.replace("by:  ", "by: admin@council.example  ")
        .replace("when:  ", f"when: {WHEN}  ")
        .replace("where:  ", "where: Microsoft Purview portal  ")
    )
    short = re.sub(r"(?m)^#  ", "  ", filled).replace("duration: 1 year", "duration: 90 days")
    (folder / "retention_policies.yaml").write_text(short)
    failing = copied(bundle, tmp_path / "failing")
    assert lookback_here("import", folder, "--into", failing).code == 0
    check(failing, tmp_path / "failed")
    failed = findings_of(tmp_path / "failed")["RET-03", "m-21-31"]
    assert (failed["status"], failed["basis"]) == ("fail", "attested")
    (folder / "retention_policies.yaml").write_text(re.sub(r"(?m)^policies:$", "policies: []", filled))
    assert lookback_here("import", folder, "--into", bundle).code == 0
    check(bundle, tmp_path / "passed")
    passed = findings_of(tmp_path / "passed")["RET-03", "m-21-31"]
    assert (passed["status"], passed["basis"]) == ("pass", "attested")
    assert lookback_here("verify", bundle, tmp_path / "passed").code == 0


@pytest.mark.parametrize("cloud", ["commercial", "gcc", "gcc-high", "dod", "china", "custom", "unknown"])
@pytest.mark.parametrize("known", [UNKNOWN, dict.fromkeys(Parent, ())])
def test_the_script_only_reads_and_closes_what_it_opens(cloud, known):
    script = export_script(TENANT, cloud, EVERYTHING, known)
    assert calls(script) - OWN_HELPERS <= HARMLESS
    assert set(re.findall(r"-Method (\w+)", script)) == {"GET"}
    assert set(re.findall(r"--method (\w+)", script)) == {"get"}
    assert subcommands(script, "az") == {"account", "rest"}
    assert script.index("Connect-IPPSSession") < script.index("Connect-ExchangeOnline")
    assert script.index("Disconnect-ExchangeOnline") < script.index("Connect-ExchangeOnline")
    assert all(f"'{spec.export_file}'" in script for spec in DATASETS.values())
    assert ("usgovcloudapi" in script) is (cloud in ("gcc-high", "dod"))
    assert ("-ExchangeEnvironmentName" in script) is (cloud in CONNECTIONS)


def test_every_dataset_has_a_way_to_be_had_and_every_command_stops_at_its_first_error():
    assert set(ASKS) == set(DATASETS)
    for name, ask in ASKS.items():
        if name.startswith(("exchange.", "purview.")):
            assert "-ErrorAction Stop" in ask.command


HOSTILE = "x'; Remove-Item -Recurse C:\\ #\u2019; iex \u201a\n$(whoami) `\" | [click](http://evil.example) <b>"


def test_names_in_a_bundle_are_data(asked, tmp_path):
    bundle = copied(asked[0], tmp_path / "bundle")
    rewrite_json(
        bundle / "manifest.json", lambda manifest: manifest["tenant"].update(id=HOSTILE, name=f"{HOSTILE}\n# owned")
    )
    reseal(bundle)
    assert lookback_here("request", bundle, "-o", tmp_path / "asked").code == 0
    script = (tmp_path / "asked" / "export.ps1").read_text("utf-8-sig")
    assert calls(script) - OWN_HELPERS <= HARMLESS
    assert HOSTILE.replace("\n", "\ufffd") in texts(script)
    steps = (tmp_path / "asked" / "STEPS.md").read_text()
    assert "\n# owned" not in steps
    assert "[click](" not in steps
    assert "<b>" not in steps


@given(st.text(max_size=40))
def test_any_text_is_one_literal_of_powershell(text):
    (token,) = tokens(quoted(text))
    assert token.kind == "literal"
    assert len(quoted(text).splitlines()) == 1


@given(st.text(max_size=40))
def test_any_text_is_one_line_of_markdown_without_links_or_tags(text):
    shown = plain(text)
    assert len(shown.splitlines()) <= 1
    assert not re.search(r"(?<!\\)[<>|`\[\]]", shown.replace("\\\\", ""))


@pytest.mark.parametrize(
    ("rest", "on_windows", "elsewhere"),
    [
        ("/subscriptions/s-1/resourceGroups/r_(1)/x?api-version=2023-09-01", True, True),
        ("/subscriptions?api-version=2022-12-01&%24skiptoken=eyJ4%3D%3D", False, True),
        ("/subscriptions?$skiptoken=a", False, True),
        ("/x%PATH%", False, True),
        ("/x;y", False, False),
        ("/x'y", False, False),
        ('/x"y', False, False),
        ("/x`y", False, False),
        ("/x|y", False, False),
        ("/x y", False, False),
        ("/x\n", False, False),
    ],
)
def test_az_is_given_no_address_that_a_shell_would_obey_and_what_to_do_instead_is_said(rest, on_windows, elsewhere):
    script = export_script("t", "commercial", EVERYTHING, UNKNOWN)
    plain = [text.replace("\\z", "\\Z") for text in re.findall(r"\$plain = '([^']+)'", script)]
    assert [bool(re.search(one, f"https://management.azure.com{rest}")) for one in plain] == [on_windows, elsewhere]
    windows, _, other = script.partition("$PSVersionTable.PSEdition -eq 'Core' -and -not $IsWindows")
    assert (windows.count("$plain = "), other.count("$plain = ")) == (1, 1)
    assert "az on Windows cannot be given $Address; run this in Azure Cloud Shell" in script


def ids_in(script):
    """What the script knows already, by kind."""
    block = script.partition("$Ids = @{\n")[2].partition("\n}\n")[0]
    return {kind: texts(ids) for kind, ids in re.findall(r"(?m)^    (\w+) = @\((.*)\)$", block)}


def test_what_the_bundle_knows_is_named_and_the_rest_is_looked_up():
    one = f"/subscriptions/{TENANT}/resourceGroups/it's/providers/Microsoft.OperationalInsights/workspaces/law-1"
    script = export_script("t", "commercial", EVERYTHING, {**UNKNOWN, Parent.WORKSPACE: (one,), Parent.ACCOUNT: ()})
    assert ids_in(script) == {"workspaces": {one}, "accounts": set()}
    looked_up = set(re.findall(r"(?m)^    (\w+) = \{", script.partition("$LookUp = @{\n")[2]))
    assert looked_up == set(Parent)


def test_each_dataset_is_asked_of_the_resources_that_it_is_about():
    script = export_script("t", "commercial", EVERYTHING, UNKNOWN)
    saved = dict(re.findall(r"(?m)^    Save-Export '([^']+)' 'azure_resource_manager' \$By \{ (.+) \}$", script))
    for name in BY_ID:
        (kind,) = re.findall(r"^Get-Each(?:Rows|Answer) '(\w+)' ", saved[DATASETS[name].export_file])
        assert kind == PARENT_OF[name]


def test_what_the_settings_that_were_read_name_is_what_the_script_asks(compliant, tmp_path):
    bundle = copied(compliant, tmp_path / "bundle")

    def refuse_tables(manifest):
        for entry in manifest["datasets"]:
            if entry["name"] == "arm.tables":
                entry.update(state="denied", reason="403", rows=None)

    settings = rows_of(bundle)["diagnosticSettings.json"]
    named = {one["properties"]["workspaceId"] for one in settings if one["properties"]["workspaceId"]}
    rewrite_json(bundle / "manifest.json", refuse_tables)
    reseal(bundle)
    assert lookback_here("request", bundle, "-o", tmp_path / "asked").code == 0
    known = ids_in((tmp_path / "asked" / "export.ps1").read_text("utf-8-sig"))
    assert {one.casefold() for one in named} <= {one.casefold() for one in known["workspaces"]}
    assert named


def test_rows_that_the_bundle_holds_are_asked_for_with_a_word_on_what_an_import_leaves(asked, tmp_path):
    bundle = copied(asked[0], tmp_path / "bundle")

    def shorten(manifest):
        for entry in manifest["datasets"]:
            if entry["name"] == "graph.users":
                entry.update(state="partial", reason="the pages after the first are missing")

    rewrite_json(bundle / "manifest.json", shorten)
    reseal(bundle)
    run = lookback_here("request", bundle, "-o", tmp_path / "asked")
    assert "users.json" in run.out
    assert "an import never replaces" in " ".join(run.out.split())
    assert "what was read is never replaced" in (tmp_path / "asked" / "STEPS.md").read_text()
