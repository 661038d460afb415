"""What README.md tells people to type and to write is accepted."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from exported_files import rows_of, write_exports
from lookback_command import lookback_here

from compliance.cli.main import parser
from compliance.evidence.bundle import open_bundle

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
PLACEHOLDERS = {"lookback schema NAME": "lookback schema manifest", "lookback check": "lookback check BUNDLE"}
LINES = re.findall(r"^lookback .+$", "".join(re.findall(r"^```console\n(.*?)^```", README, re.M | re.S)), re.M)
SPANS = re.findall(r"`(lookback [^`]+)`", re.sub(r"^```.*?^```", "", README, flags=re.M | re.S))
YAML = re.findall(r"^```yaml\n(.*?)^```", README, re.M | re.S)


def test_the_readme_has_what_these_tests_look_for():
    assert len(LINES) >= 6
    assert len(SPANS) >= 4
    assert len(YAML) == 1


@pytest.mark.parametrize("line", [*LINES, *SPANS])
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
