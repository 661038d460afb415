"""What judges and imports works where only the plain package is installed; what needs more names the extra."""

from __future__ import annotations

import subprocess
import sys

import pytest
from exported_files import rows_of, write_exports
from lookback_command import SETTLED

EXTRAS = ("azure", "msal", "msgraph", "requests", "starlette", "uvicorn", "trustme", "openpyxl")
AS_IF_NOT_INSTALLED = f"""
import sys

class Without:
    def __init__(self, finder):
        self.finder = finder

    def find_spec(self, name, path=None, target=None):
        return None if name.split(".")[0] in {EXTRAS} else self.finder.find_spec(name, path, target)

sys.meta_path[:] = [Without(finder) for finder in sys.meta_path]
from compliance.cli.main import main
sys.exit(main())
"""


def without_extras(*args):
    command = [sys.executable, "-c", AS_IF_NOT_INSTALLED, *map(str, args)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize("command", ["check", "verify", "import", "checks", "checks RET-01", "standards", "schema"])
def test_what_needs_no_tenant_works_without_what_reads_one(command, compliant, compliant_result, tmp_path):
    arguments = {
        "check": ["check", compliant, "-o", tmp_path / "r", "--standard", "m-26-14", "--checks", SETTLED],
        "verify": ["verify", compliant, compliant_result],
        "schema": ["schema", "assessment"],
    }
    if command == "import":
        exports = write_exports(tmp_path / "exports", rows_of(compliant))
        arguments["import"] = ["import", exports, "-o", tmp_path / "b"]
    done = without_extras(*arguments.get(command, command.split()))
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("command", "extra"), [("audit", "collect"), ("collect", "collect"), ("doctor", "collect"), ("demo", "demo")]
)
def test_what_reads_a_tenant_names_the_extra_that_it_lacks(command, extra, tmp_path):
    config = tmp_path / "config.yaml"
    config.write_text(
        "tenant: contoso.onmicrosoft.com\n"
        "credential: {client_id: 00000000-0000-0000-0000-000000000001, client_secret: {env: NOWHERE}}\n"
    )
    given = ("-o", tmp_path / "d") if command == "demo" else ("-c", config)
    done = without_extras(command, *given)
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    assert f"lookback-auditor[{extra}]" in done.stderr
    assert "msgraph" in done.stderr


def test_a_work_paper_names_the_extra_that_it_lacks_before_anything_is_judged(compliant, tmp_path):
    result, paper = tmp_path / "r", tmp_path / "paper.xlsx"
    done = without_extras("check", compliant, "-o", result, "--report", f"xlsx={paper}")
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    assert "openpyxl" in done.stderr
    assert "pip install 'lookback-auditor[xlsx]'" in done.stderr
    assert not result.exists()
    assert not paper.exists()
