"""action.yml, run step by step with the real lookback on the simulated tenant."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
from job_runner import ACTION, PROJECT, WORKFLOWS, Machine, load, run_action
from lookback_command import SETTLED, lookback_here, write_config

from compliance.cli.main import parser
from compliance.demo.scenarios import load_scenario
from compliance.demo.server import serve

NAMES = ("bureau.example", "svc-backup", "Bureau of Example", "soc-logs", "Mail access 1 year")
"""Some of what is the tenant's own in the scenario `agency`."""
BundleOf = Callable[[str], Path]


def test_a_failing_tenant_fails_the_job_with_lookbacks_own_exit_code(machine: Machine, bundle_of: BundleOf) -> None:
    job = run_action(machine, {"bundle": str(bundle_of("agency"))})
    audit = job.outputs["audit"]
    assert (job.exit_code, audit["exit_code"], audit["result"]) == (3, "3", "failed")
    findings = json.loads((Path(audit["result_dir"]) / "assessment.json").read_bytes())["findings"]
    assert int(audit["failed"]) == sum(one["left_open"] == "fail" for one in findings) > 10
    assert job.log.count("::error ") == 10
    assert "## What failed" in (machine.home / "summary.md").read_text(encoding="utf-8")
    assert sorted(one.name for one in (machine.work / "lookback-reports").iterdir()) == [
        "lookback.csv",
        "lookback.html",
        "lookback.json",
        "lookback.junit.xml",
        "lookback.md",
    ]
    assert job.uploaded == {}


def test_a_tenant_in_which_all_is_as_asked_ends_the_job_well(machine: Machine, bundle_of: BundleOf) -> None:
    given = {"bundle": str(bundle_of("compliant")), "standards": "m-26-14", "checks": SETTLED, "reports": "markdown"}
    job = run_action(machine, given)
    assert (job.exit_code, job.outputs["audit"]["result"], job.outputs["audit"]["failed"]) == (0, "satisfied", "0")


def test_an_open_question_ends_with_4_unless_it_is_to_warn_alone(machine: Machine, bundle_of: BundleOf) -> None:
    given = {"bundle": str(bundle_of("compliant")), "reports": ""}
    assert run_action(machine, given).outputs["audit"]["result"] == "indeterminate"
    warned = run_action(machine, {**given, "on-indeterminate": "warn"})
    assert (warned.exit_code, warned.outputs["audit"]["result"]) == (0, "passed")


@pytest.mark.parametrize("counted", ["critical", "regression"])
def test_what_is_open_but_does_not_count_has_passed_and_is_not_called_satisfied(
    machine: Machine, bundle_of: BundleOf, counted: str
) -> None:
    bundle = str(bundle_of("ordinary"))
    given = {"bundle": bundle, "standards": "m-26-14", "checks": "RET-01,RET-08", "reports": ""}
    accepted = run_action(machine, given)
    assert accepted.exit_code == 3
    again = {**given, "fail-on": counted, "on-indeterminate": "warn"}
    if counted == "regression":
        again["against"] = accepted.told["result-dir"]
    job = run_action(machine, again)
    assert (job.exit_code, job.told["result"]) == (0, "passed")
    assert int(job.told["failed"]) > 0


def test_no_file_of_the_repository_runs_as_a_module_of_python(machine: Machine, bundle_of: BundleOf) -> None:
    for name in ("json.py", "venv.py", "sys.py", "sitecustomize.py"):
        (machine.work / name).write_text("open('pwned', 'w')\n", encoding="utf-8")
    job = run_action(machine, {"bundle": str(bundle_of("ordinary")), "reports": "", "redact": "true"})
    assert job.told["result"] == "failed"
    scripts = [one.read_text(encoding="utf-8") for one in (PROJECT / "ci" / "steps").glob("*.sh")]
    assert not any(re.search(r"python3?\"? (?:-c|-m)", script) for script in scripts)
    assert list(machine.home.rglob("pwned")) == []


@pytest.mark.parametrize("visibility", ["public", "denied"])
def test_names_are_refused_before_anything_is_read_where_others_may_read_the_log(
    machine: Machine, visibility: str
) -> None:
    (machine.github / "visibility.txt").write_text(visibility)
    with serve(load_scenario("agency")) as served:
        write_config(served, machine.work)
        job = run_action(machine, {"reports": "", "show-objects": "true"}, served.environment)
    assert (job.exit_code, job.told["result"]) == (2, "error")
    assert "names are not shown where others may read the log" in job.log
    assert list(machine.temp.glob("lookback-evidence.*")) == []


def test_with_redact_log_and_summary_come_from_the_copy_even_on_a_public_repository(
    machine: Machine, bundle_of: BundleOf
) -> None:
    (machine.github / "visibility.txt").write_text("public")
    given = {"bundle": str(bundle_of("agency")), "reports": "markdown", "redact": "true", "show-objects": "true"}
    job = run_action(machine, {**given, "upload-report": "true"})
    seen = job.log + (machine.home / "summary.md").read_text(encoding="utf-8")
    seen += (machine.work / "lookback-reports" / "lookback.md").read_text(encoding="utf-8")
    assert job.exit_code == 3
    assert seen.count("::error ") == 10
    assert [name for name in ("svc-backup", "Mail access 1 year") if name in seen] == []
    assert set(re.findall(r"@[\w.-]+", seen)) == {"@redacted.invalid"}
    assert sorted(job.uploaded) == ["lookback-reports"]


def test_why_lookback_could_not_run_is_not_shown_where_others_may_read_the_log(machine: Machine) -> None:
    (machine.github / "visibility.txt").write_text("public")
    (machine.work / "config.yaml").write_text("tenant: bureau.example\nnames: svc-backup\n", encoding="utf-8")
    job = run_action(machine, {})
    assert (job.exit_code, job.told["result"]) == (2, "error")
    assert "exit code 2; why is not shown" in job.log
    assert [name for name in NAMES if name in job.log] == []


def test_with_redact_exit_code_and_failures_are_those_of_the_original_with_its_waivers(
    machine: Machine, bundle_of: BundleOf
) -> None:
    bundle = bundle_of("ordinary")
    tenant = json.loads((bundle / "manifest.json").read_bytes())["tenant"]["id"]
    waiver = {
        "id": "W-1",
        "checks": ["RET-01"],
        "reason": "The archive keeps them.",
        "ticket": "T-1",
        "requester": "r@bureau.example",
        "approver": "a@bureau.example",
        "approved_on": "2026-06-30",
        "accepts_indeterminate": True,
        "expires": "2027-06-30",
    }
    (machine.work / "waivers.yaml").write_text(json.dumps({"version": 1, "tenant": tenant, "waivers": [waiver]}))
    given = {"bundle": str(bundle), "standards": "m-21-31 m-26-14", "gate": "m-26-14", "checks": "RET-01"}
    given |= {"waivers": "waivers.yaml", "period": "2026Q4", "reports": "json html"}
    plain = run_action(machine, given)
    redacted = run_action(machine, {**given, "redact": "true"})
    told = ("exit-code", "result", "failed")
    assert redacted.told["result"] != "error", redacted.log
    assert [redacted.told[name] for name in told] == [plain.told[name] for name in told] == ["0", "satisfied", "0"]
    report = json.loads((machine.work / "lookback-reports" / "lookback.json").read_bytes())
    assert report["period"]["text"] == "2026Q4"
    assert report["waivers"] == []
    assert [one["check"] for one in report["findings"] if one["left_open"] == "fail"] == ["RET-01", "RET-01"]


def test_a_folder_for_reports_that_holds_anything_is_refused_and_not_uploaded(
    machine: Machine, bundle_of: BundleOf
) -> None:
    (machine.work / "docs").mkdir()
    (machine.work / "docs" / "secret.txt").write_text("mine", encoding="utf-8")
    given = {"bundle": str(bundle_of("compliant")), "report-dir": "docs", "upload-report": "true"}
    job = run_action(machine, given)
    assert (job.exit_code, job.told["result"], job.uploaded) == (2, "error", {})
    assert "holds something already" in job.log
    assert [one.name for one in (machine.work / "docs").iterdir()] == ["secret.txt"]


def test_the_members_of_an_enterprise_of_github_are_not_everybody(machine: Machine, bundle_of: BundleOf) -> None:
    (machine.github / "visibility.txt").write_text("internal")
    given = {"bundle": str(bundle_of("compliant")), "standards": "m-26-14", "checks": SETTLED, "reports": "html"}
    assert run_action(machine, {**given, "upload-report": "true"}).uploaded


@pytest.mark.parametrize("show", ["false", "true"])
def test_log_and_summary_name_objects_only_where_that_is_asked_for(
    machine: Machine, bundle_of: BundleOf, show: str
) -> None:
    job = run_action(machine, {"bundle": str(bundle_of("agency")), "reports": "markdown", "show-objects": show})
    seen = job.log + (machine.home / "summary.md").read_text(encoding="utf-8")
    seen += (machine.work / "lookback-reports" / "lookback.md").read_text(encoding="utf-8")
    assert [name for name in NAMES if name in seen] == ([] if show == "false" else list(NAMES[: len(NAMES)]))


def test_the_tenant_is_read_with_config_yaml_and_a_second_run_says_what_changed(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = {"reports": "markdown", "evidence-account": "agencylogs"}
    with serve(load_scenario("ordinary")) as served:
        write_config(served, machine.work)
        first = run_action(machine, given, served.environment)
        second = run_action(machine, given, served.environment)
    assert first.outputs["audit"]["result"] == second.outputs["audit"]["result"] == "failed"
    assert first.outputs["fetch"]["previous_result"] == ""
    assert len(machine.blobs) == 2
    assert all(re.fullmatch(r"lookback/\d{8}T\d{6}Z-4711-1\.tar\.gz", name) for name in machine.blobs)
    summary = (machine.work / "lookback-reports" / "lookback.md").read_text(encoding="utf-8")
    assert "## What changed since" in summary
    manifest = json.loads((Path(second.outputs["audit"]["bundle"]) / "manifest.json").read_bytes())
    assert manifest["previous"] is not None


@pytest.mark.parametrize(("visibility", "uploads"), [("private", True), ("public", False), ("denied", False)])
def test_reports_and_bundles_are_uploaded_from_a_repository_that_is_surely_closed_alone(
    machine: Machine, bundle_of: BundleOf, visibility: str, uploads: bool
) -> None:
    (machine.github / "visibility.txt").write_text(visibility)
    given = {"bundle": str(bundle_of("compliant")), "standards": "m-26-14", "checks": SETTLED, "reports": "html"}
    job = run_action(machine, {**given, "upload-report": "true", "upload-bundle": "true"})
    assert bool(job.uploaded) == uploads
    if uploads:
        assert sorted(job.uploaded) == ["lookback-evidence", "lookback-reports"]
        assert all(path.exists() for paths in job.uploaded.values() for path in paths)
        assert job.exit_code == 0
    else:
        assert job.exit_code == 2
        assert "::error title=lookback::nothing was uploaded" in job.log


def test_a_refused_upload_does_not_hide_a_failure(machine: Machine, bundle_of: BundleOf) -> None:
    (machine.github / "visibility.txt").write_text("public")
    job = run_action(machine, {"bundle": str(bundle_of("agency")), "reports": "html", "upload-report": "true"})
    assert (job.exit_code, job.uploaded) == (3, {})


def test_a_public_repository_gets_the_reports_of_a_redacted_copy(machine: Machine, bundle_of: BundleOf) -> None:
    (machine.github / "visibility.txt").write_text("public")
    given = {"bundle": str(bundle_of("agency")), "reports": "html json csv", "redact": "true"}
    job = run_action(machine, {**given, "upload-report": "true", "upload-bundle": "true"})
    assert job.exit_code == 3
    assert sorted(job.uploaded) == ["lookback-evidence", "lookback-reports"]
    original = bundle_of("agency").resolve()
    assert original not in [path.resolve() for path in job.uploaded["lookback-evidence"]]
    for paths in job.uploaded.values():
        for file in (one for path in paths for one in path.rglob("*") if one.is_file()):
            assert b"svc-backup" not in file.read_bytes(), file


def test_where_lookback_cannot_run_nothing_is_kept_or_uploaded_and_the_log_says_why(machine: Machine) -> None:
    job = run_action(machine, {"upload-report": "true", "evidence-account": "agencylogs"})
    assert (job.exit_code, job.outputs["audit"]["result"]) == (2, "error")
    assert "config.yaml" in job.log
    assert job.uploaded == {}
    assert machine.blobs == []


@pytest.mark.parametrize("judged", [True, False])
def test_no_input_is_ever_run(machine: Machine, bundle_of: BundleOf, judged: bool) -> None:
    hostile = "x\"; touch pwned; $(touch pwned) `touch pwned` '; touch pwned #"
    given = {name: hostile for name in load(ACTION)["inputs"] if name not in ("evidence-account", "redact")}
    given["bundle"] = str(bundle_of("compliant")) if judged else ""
    job = run_action(machine, given)
    assert job.outputs["audit"]["result"] == "error"
    assert list(machine.home.rglob("pwned")) == []


def test_evidence_is_kept_under_a_locked_policy_alone_and_never_written_over(machine: Machine) -> None:
    (machine.azure / "policy.txt").write_text("Unlocked\n")
    with serve(load_scenario("ordinary")) as served:
        write_config(served, machine.work)
        job = run_action(machine, {"reports": "", "evidence-account": "agencylogs"}, served.environment)
    assert job.exit_code == 2
    assert "is not locked" in job.log
    assert machine.blobs == []
    assert (job.told["result"], job.told["kept"]) == ("failed", "false")


def test_only_what_passed_becomes_what_a_gate_compares_with(machine: Machine) -> None:
    given = {"reports": "", "evidence-account": "agencylogs", "keep": "passed", "fail-on": "regression"}
    with serve(load_scenario("ordinary")) as served:
        write_config(served, machine.work)
        without = run_action(machine, given, served.environment)
        failed = run_action(machine, {**given, "fail-on": "low"}, served.environment)
        assert (failed.exit_code, machine.blobs) == (3, [])
        accepted = run_action(machine, {**given, "keep": "always", "fail-on": "low"}, served.environment)
        again = run_action(machine, given, served.environment)
    assert (without.exit_code, without.outputs["audit"]["result"]) == (2, "error")
    assert accepted.exit_code == 3
    assert again.exit_code == 0
    assert len(machine.blobs) == 2


def test_every_action_is_pinned_by_its_full_commit_and_no_script_holds_an_expression() -> None:
    files = [ACTION, *sorted(WORKFLOWS.glob("*.yml"))]
    for file in files:
        document = load(file)
        jobs = [document["runs"]] if "runs" in document else list(document["jobs"].values())
        steps = [step for job in jobs for step in job["steps"]]
        assert all(re.search(r"@[0-9a-f]{40}$", step["uses"]) for step in steps if "uses" in step), file
        assert [step for step in steps if "${{" in step.get("run", "")] == [], file


def test_every_command_line_and_every_file_that_the_guide_names_is_one() -> None:
    guide = (PROJECT / "docs" / "pipelines.md").read_text(encoding="utf-8")
    lines = re.findall(r"^lookback .+$", guide, re.M)
    assert lines
    for line in lines:
        assert callable(parser().parse_args(shlex.split(line)[1:]).run)
    files = re.findall(r"\]\(\.\./([\w./-]+)\)", guide)
    assert len(files) >= 8
    assert [name for name in files if not (PROJECT / name).exists()] == []


def test_every_option_that_a_step_gives_is_one_of_lookback() -> None:
    text = (PROJECT / "ci" / "steps" / "audit.sh").read_text(encoding="utf-8")
    told = "".join(lookback_here(command, "--help").out for command in ("audit", "check", "may-publish"))
    for option in set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", text)):
        assert option in told, option
