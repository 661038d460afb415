"""What config.yaml leaves out is counted, printed with its reason, and satisfies nothing."""

from __future__ import annotations

import pytest
from exported_files import rows_of, write_exports
from lookback_command import check, findings_of, lookback_here, parts_of

BY_CLASS = ("RET-01", "RET-02", "RET-03", "RET-08", "RET-11")
"""What is judged by classes of actors."""
CONFIG = """\
tenant: contoso.onmicrosoft.example
credential:
  client_id: 00000000-0000-0000-0000-000000000001
  client_secret: {env: NOWHERE}
scope:
  actors:
    exclude:
"""


@pytest.fixture
def judged_without(compliant, tmp_path):
    """Judge the tenant of `compliant`, all of whose members are guests, without some classes of actors."""

    def judge(*classes: str):
        rows = rows_of(compliant)
        for user in rows["users.json"]:
            user["userType"] = "Guest"
        config = tmp_path / "config.yaml"
        lines = (f"      - {{class: {name}, reason: judged in another audit}}\n" for name in classes)
        config.write_text(CONFIG + "".join(lines), encoding="utf-8")
        exports = write_exports(tmp_path / "exports", rows)
        assert lookback_here("import", exports, "-o", tmp_path / "bundle", "-c", config).code == 0
        # its administrators are guests too, at which ACC-01 fails whatever the scope
        options = ("--standard", "m-26-14", "--checks", ",".join(BY_CLASS))
        run = check(tmp_path / "bundle", tmp_path / "result", *options)
        return run, findings_of(tmp_path / "result")

    return judge


def test_a_class_that_is_left_out_is_shown_with_its_count_and_reason_and_decides_nothing(judged_without):
    run, findings = judged_without("guests")
    finding = findings["RET-01", "m-26-14"]
    assert finding["status"] == "pass"
    assert parts_of(finding)["guest"]["excluded"] == "judged in another audit"
    assert "Left out: guests (12): judged in another audit" in run.out
    # What lies in subscriptions of Azure is open, whoever is left out.
    assert {check for (check, _), one in findings.items() if one["status"] == "indeterminate"} == {"RET-08", "RET-11"}
    assert (run.code, {one["status"] for one in findings.values()}) == (4, {"pass", "indeterminate"})


def test_a_scope_that_leaves_everybody_out_leaves_the_question_open(judged_without):
    run, findings = judged_without("guests", "non-user")
    for check_id in BY_CLASS:
        finding = findings[check_id, "m-26-14"]
        assert (finding["status"], finding["left_open"]) == ("indeterminate", "indeterminate"), check_id
        assert "leaves every class out" in finding["condition"]
    assert run.code == 4
