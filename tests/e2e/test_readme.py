"""What README.md tells people to type and to write is accepted."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from exported_files import rows_of, write_exports
from lookback_command import lookback_here

from checks import all_checks
from compliance.cli.main import parser
from compliance.decidability import needed
from compliance.evidence.bundle import open_bundle
from compliance.evidence.derived import DERIVATIONS
from compliance.permissions import PERMISSIONS

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
PLACEHOLDERS = {
    "lookback schema NAME": "lookback schema manifest",
    "lookback check": "lookback check BUNDLE",
    "lookback redact": "lookback redact BUNDLE -o COPY",
    "lookback sign": "lookback sign RESULT --statement-only",
    "lookback verify": "lookback verify BUNDLE RESULT",
}
LINES = re.findall(r"^lookback .+$", "".join(re.findall(r"^```console\n(.*?)^```", README, re.M | re.S)), re.M)
SPANS = re.findall(r"`(lookback [^`]+)`", re.sub(r"^```.*?^```", "", README, flags=re.M | re.S))
GRANTS = re.findall(r"^\| ((?:Graph|Exchange|Purview|Azure) .+?) \| .+ \| (.+) \|$", README, re.M)
CHECKS = re.findall(r"[A-Z]{3}-\d\d", README.partition("## What is assessed")[2].partition("\nNot assessed yet")[0])
WITHOUT_A_ROW = {  # the first two are named below the table, the others are covered by a row
    "Exchange.ManageAsApp",
    "Exchange.ManageAsApp (Purview)",
    "LicenseAssignment.Read.All",
    "RoleEligibilitySchedule.Read.Directory",
}
YAML = re.findall(r"^```yaml\n(.*?)^```", README, re.M | re.S)


def test_the_readme_has_what_these_tests_look_for():
    assert len(LINES) >= 6
    assert len(SPANS) >= 4
    assert len(YAML) == 1


@pytest.mark.parametrize("line", dict.fromkeys([*LINES, *SPANS]))
def test_every_command_line_is_one(line):
    words = shlex.split(PLACEHOLDERS.get(line, line), comments=True)
    assert callable(parser().parse_args(words[1:]).run)


@pytest.mark.parametrize("text", YAML)
def test_the_provenance_that_is_shown_makes_its_file_complete(text, bundle_of, tmp_path):
    rows = rows_of(bundle_of("agency"))
    policies = "Get-UnifiedAuditLogRetentionPolicy.json"
    exports = write_exports(tmp_path / "exported", {name: rows[name] for name in ("organization.json", policies)})
    (exports / "provenance.yaml").write_text(text, encoding="utf-8")
    run = lookback_here("import", exports, "-o", tmp_path / "bundle")
    assert run.code == 0, run.said
    entry = open_bundle(tmp_path / "bundle").manifest.dataset("purview.audit_retention_policies")
    assert entry is not None
    assert (entry.state.value, entry.reason) == ("complete", None)


def test_the_table_of_permissions_names_the_checks_that_each_one_buys():
    told = {row.replace("`", "").removeprefix("Graph "): set(re.findall(r"[A-Z]{3}-\d\d", ids)) for row, ids in GRANTS}
    told = {re.sub(r"^(Exchange|Purview|Azure) role ", "", name): ids for name, ids in told.items()}
    assert told == {
        name: {one.id for one in all_checks() if needed(one.function, DERIVATIONS) & set(permission.datasets)}
        for name, permission in PERMISSIONS.items()
        if name not in WITHOUT_A_ROW
    }


def test_every_check_is_said_to_answer_one_question():
    assert sorted(CHECKS) == [one.id for one in all_checks()]
