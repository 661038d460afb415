"""The command line: how quick it is, what it loads, what it exits with, and what its options do."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys

import pytest
from handed_files import write_declarations, write_waivers
from lookback_command import (
    AS_PROCESS,
    OPEN_IN_COMPLIANT,
    SETTLED,
    assessment_of,
    check,
    copied,
    findings_of,
    lookback,
    lookback_here,
    parts_of,
)

from checks import all_checks

BOTH = ("--standard", "m-26-14", "--standard", "m-21-31")
HEAVY = ("azure", "msal", "msgraph", "requests", "starlette", "uvicorn", "cryptography", "trustme", "jwt")
MODULES = (
    "import sys; from compliance.cli.main import main\n"
    "try: main()\n"
    "except SystemExit: pass\n"
    "print('\\n'.join(['MODULES', *sys.modules]))"
)


COUNTS = "import pydantic, ruamel.yaml, tabulate, msgspec, uuid, json, gzip"
"""What takes as long on any machine, of the same kind of work: loading modules, and making classes."""


def seconds(*command, cache):
    """Processor time that a process takes, which other processes of a busy machine add little to.

    Bytecode is kept in `cache`, as an installed program keeps it.
    """
    env = {**os.environ, "PYTHONPYCACHEPREFIX": str(cache)}
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    with subprocess.Popen(
        [str(word) for word in command], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        _, _, used = os.wait4(process.pid, 0)
        process.returncode = 0
    return used.ru_utime + used.ru_stime


def times_as_long(command, yardstick, cache):
    """How many times as long a command takes as another; the best of a few runs of each, taken in turns."""
    seconds(*command, cache=cache)
    seconds(*yardstick, cache=cache)
    runs = [(seconds(*command, cache=cache), seconds(*yardstick, cache=cache)) for _ in range(5)]
    return min(one for one, _ in runs) / min(other for _, other in runs)


@pytest.mark.skipif(os.name != "posix", reason="Windows does not tell the time of children")
def test_help_takes_no_longer_than_loading_the_libraries_that_it_does_not_need(tmp_path):
    assert times_as_long([*AS_PROCESS, "--help"], [sys.executable, "-c", COUNTS], tmp_path) < 1


@pytest.mark.skipif(os.name != "posix", reason="Windows does not tell the time of children")
def test_a_small_bundle_is_judged_in_a_few_times_what_the_libraries_take_to_load(compliant, tmp_path):
    judging = [*AS_PROCESS, "check", compliant, "-o", tmp_path / "r"]
    assert times_as_long(judging, [sys.executable, "-c", COUNTS], tmp_path / "bytecode") < 8


@pytest.mark.parametrize("command", ["--help", "check", "verify", "checks", "checks RET-01", "standards", "schema"])
def test_what_needs_no_tenant_loads_nothing_that_reads_one(command, compliant, compliant_result, tmp_path):
    arguments = {
        "check": ["check", compliant, "-o", tmp_path / "r", "--exit-zero"],
        "verify": ["verify", compliant, compliant_result],
        "schema": ["schema", "manifest"],
    }
    args = [str(arg) for arg in arguments.get(command, command.split())]
    done = subprocess.run([sys.executable, "-c", MODULES, *args], capture_output=True, text=True, check=True)
    loaded = {name.split(".")[0] for name in done.stdout.partition("MODULES\n")[2].split()}
    assert "compliance" in loaded
    assert not loaded & set(HEAVY)
    if command == "check":
        assert "pydantic" not in loaded


@pytest.mark.parametrize(
    ("scenario", "options", "code"),
    [
        ("compliant", (), 4),
        ("compliant", ("--standard", "m-26-14"), 4),
        ("compliant", ("--standard", "m-26-14", "--checks", SETTLED), 0),
        ("compliant", ("--standard", "m-26-14", "--on-indeterminate", "warn"), 0),
        ("everything-denied", (), 4),
        ("everything-denied", ("--on-indeterminate", "warn"), 0),
        ("ordinary", (), 3),
        ("ordinary", ("--exit-zero",), 0),
        ("least-privilege", (), 3),  # the rooms of AUD-06 and the service account of AUD-08
        ("ordinary", ("--on-indeterminate", "warn"), 3),
        ("agency", ("--checks", "AUD-04"), 3),
        ("agency", ("--checks", "AUD-01,AUD-03"), 0),
        ("agency", ("--checks", "RET-03"), 4),
        ("agency", ("--checks", "RET-03", "--on-indeterminate", "warn"), 0),
        ("ordinary", ("--fail-on", "high"), 3),  # RET-01 and RET-02 are of severity high
        ("ordinary", ("--fail-on", "critical"), 4),  # MIA-01 is critical, and open for shared mailboxes
        ("ordinary", ("--fail-on", "critical", "--on-indeterminate", "warn"), 0),
        ("agency", ("--fail-on", "critical"), 3),  # AUD-04 is critical
        ("compliant", ("--fail-on", "high"), 4),  # RET-08 beyond Purview
        ("compliant", ("--standard", "m-26-14", "--fail-on", "high"), 4),  # EXP-02, whose subscriptions nobody declares
        ("compliant", ("--standard", "m-26-14", "--fail-on", "critical"), 0),  # nothing critical is open
        ("compliant", (*BOTH, "--gate", "m-21-31", "--checks", SETTLED), 4),
        ("compliant", (*BOTH, "--gate", "m-26-14", "--checks", SETTLED), 0),
    ],
)
def test_the_exit_code_says_what_is_left_to_do(scenario, options, code, bundle_of, tmp_path):
    run = check(bundle_of(scenario), tmp_path / "r", *options)
    assert (run.code, run.err) == (code, "")


def test_a_tenant_in_order_is_green_once_somebody_accepts_what_settings_cannot_show(compliant, tmp_path):
    check(compliant, tmp_path / "open", "--standard", "m-26-14")
    findings = findings_of(tmp_path / "open").values()
    assert {one["check"] for one in findings if one["status"] == "indeterminate"} == set(OPEN_IN_COMPLIANT)
    assert {one["status"] for one in findings} == {"pass", "indeterminate"}
    accepted = [{"checks": [one], "accepts_indeterminate": True} for one in OPEN_IN_COMPLIANT]
    for number, code in ((len(accepted) - 1, 4), (len(accepted), 0)):
        waivers = write_waivers(tmp_path / "w.yaml", compliant, *accepted[:number])
        run = check(compliant, tmp_path / "r", "--standard", "m-26-14", "--waivers", waivers)
        assert (run.code, run.err) == (code, "")


def test_the_first_standard_sets_the_exit_code_unless_a_gate_is_named(bundle_of, tmp_path):
    """MailItemsAccessed is kept for 180 days: enough for a standard of ninety, short of m-21-31."""
    ordinary, own = bundle_of("ordinary"), tmp_path / "own.yaml"
    own.write_text(
        "version: 1\nid: ninety-days\ntitle: Ninety days\npublisher: Records office\npublished: 2026-01-01\n"
        "url: https://records.example/ninety\nstatus: {force: in_force, since: 2026-01-01}\n"
        "hot: {duration: {days: 90}, citation: Section 1}\n"
        "sources: [{id: purview.mail_items_accessed, citation: Section 2}]\n"
    )
    both = ("--standard", own, "--standard", "m-21-31", "--on-indeterminate", "warn", "--checks", "RET-01,RET-02")
    assert check(ordinary, tmp_path / "r", *both).code == 0
    assert check(ordinary, tmp_path / "r", *both, "--gate", "m-21-31").code == 3
    assert check(ordinary, tmp_path / "r", *both, "--gate", "ninety-days").code == 0
    refused = check(ordinary, tmp_path / "r", *both, "--gate", "m-26-14")
    assert refused.code == 2
    assert "--standard m-26-14" in refused.err


@pytest.mark.parametrize(
    "args",
    [
        ("check",),
        ("no-such-command",),
        (),
        ("check", "{bundle}", "--fail-on", "fatal"),
        ("check", "{bundle}", "--on-indeterminate", "ignore"),
        ("check", "{bundle}", "--checks", "RET-99"),
        ("check", "{bundle}", "--checks", ""),
        ("check", "{bundle}", "--standard", "no-such"),
        ("check", "{bundle}", "--standard", "m-21-31", "--standard", "m-21-31.yaml"),
        ("check", "{bundle}", "--report", "pdf"),
        ("checks", "RET-99"),
        ("standards", "no-such"),
        ("schema", "no-such"),
        ("import", "{bundle}"),
        ("demo", "--scenario", "no-such"),
    ],
    ids=" ".join,
)
def test_a_command_line_that_cannot_be_meant_ends_with_2_and_says_why(args, compliant, tmp_path):
    run = lookback_here(*(compliant if arg == "{bundle}" else arg for arg in args))
    assert run.code == 2
    assert run.out == ""
    assert run.err
    assert "Traceback" not in run.err
    assert "internal error" not in run.err


def test_checks_outside_the_selection_are_listed_once_and_count_nowhere(bundle_of, tmp_path):
    check(bundle_of("agency"), tmp_path / "r", "--checks", "AUD-01,aud-03")
    assessment = assessment_of(tmp_path / "r")
    assert {finding["check"] for finding in assessment["findings"]} == {"AUD-01", "AUD-03"}
    assert assessment["complete"] is False
    for one in (each.id for each in all_checks() if each.id not in ("AUD-01", "AUD-03")):
        assert sum(line.startswith(f"{one} ") for line in assessment["not_assessed"]) == 1
    assert [(total["passed"], total["failed"]) for total in assessment["totals"]] == [(2, 0)]


def test_reports_go_where_they_are_asked_to_go(compliant, tmp_path):
    run = check(compliant, tmp_path / "r", "--report", f"json={tmp_path / 'a.json'}", "--report", "json")
    assert run.code == 4
    assert json.loads(run.out) == json.loads((tmp_path / "a.json").read_text()) == assessment_of(tmp_path / "r")


def test_a_result_never_overwrites_what_is_none(compliant, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letters.txt").write_text("dear")
    run = check(compliant, tmp_path / "mine")
    assert run.code == 2
    assert str(tmp_path / "mine") in run.err
    assert (tmp_path / "mine" / "letters.txt").read_text() == "dear"


def test_a_reader_that_went_away_is_no_error(compliant, tmp_path):
    command = [*AS_PROCESS, "check", str(compliant), "-o", str(tmp_path / "r")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.close()
        stderr = process.stderr.read().decode()
        process.wait(timeout=60)
    assert stderr == ""


def test_a_waived_failure_is_shown_and_no_longer_fails(bundle_of, tmp_path):
    bundle = bundle_of("agency")
    waivers = write_waivers(tmp_path / "w.yaml", bundle, {"checks": ["AUD-04"]})
    assert check(bundle, tmp_path / "r", "--checks", "AUD-04", "--waivers", waivers).code == 0
    finding = findings_of(tmp_path / "r")["AUD-04", None]
    assert (finding["status"], finding["left_open"]) == ("fail", "not_applicable")
    assert [one["id"] for one in finding["waivers"]] == ["W-100"]
    (use,) = assessment_of(tmp_path / "r")["waivers"]
    assert (use["standing"], use["findings"]) == ("used", [finding["uid"]])


@pytest.mark.parametrize(("expires", "code"), [("2026-11-15", 3), ("2026-11-16", 0)])
def test_a_waiver_holds_to_the_end_of_its_last_day_by_the_evidence_and_not_by_todays_date(
    expires, code, bundle_of, tmp_path
):
    bundle = bundle_of("agency")  # read on 2026-11-16
    waivers = write_waivers(tmp_path / "w.yaml", bundle, {"checks": ["AUD-04"], "expires": expires})
    assert check(bundle, tmp_path / "r", "--checks", "AUD-04", "--waivers", waivers).code == code


@pytest.mark.parametrize(("accepts", "code"), [(False, 4), (True, 0)])
def test_an_open_question_is_waived_only_where_the_waiver_says_so(accepts, code, bundle_of, tmp_path):
    bundle = bundle_of("agency")
    waiver = {"checks": ["RET-03"], "accepts_indeterminate": accepts}
    waivers = write_waivers(tmp_path / "w.yaml", bundle, waiver)
    assert check(bundle, tmp_path / "r", "--checks", "RET-03", "--waivers", waivers).code == code


def test_a_waiver_of_some_parts_leaves_the_others_to_fail(bundle_of, tmp_path):
    bundle = bundle_of("ordinary")
    for parts, accepts, code in ((["guest"], False, 3), (["guest", "unlicensed"], False, 4), (None, True, 0)):
        scope = {} if parts is None else {"parts": parts}
        waiver = {"checks": ["RET-01"], "accepts_indeterminate": accepts, **scope}
        waivers = write_waivers(tmp_path / "w.yaml", bundle, waiver)
        run = check(bundle, tmp_path / "r", "--checks", "RET-01", "--waivers", waivers)
        assert run.code == code, parts


def test_a_waiver_of_named_objects_or_of_at_most_so_many_does_not_cover_more(bundle_of, tmp_path):
    bundle = bundle_of("agency")
    check(bundle, tmp_path / "r", "--checks", "AUD-04")
    ids = [one["id"] for one in findings_of(tmp_path / "r")["AUD-04", None]["samples"]]
    assert len(ids) == 2
    for scope, code in (
        ({"objects": ids}, 0),
        ({"objects": ids[:1]}, 3),
        ({"at_most_affected": 2}, 0),
        ({"at_most_affected": 1}, 3),
    ):
        waivers = write_waivers(tmp_path / "w.yaml", bundle, {"checks": ["AUD-04"], **scope})
        assert check(bundle, tmp_path / "r", "--checks", "AUD-04", "--waivers", waivers).code == code, scope


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"approver": "mail team"}, "somebody else"),
        ({"expires": "2028-01-01"}, "365 days"),
        ({"approved_on": "2099-01-01", "expires": "2099-02-01"}, "future"),
        ({"checks": ["RET-99"]}, "RET-99"),
        ({"reason": "because"}, "20"),
    ],
    ids=lambda value: str(value),
)
def test_a_waiver_that_nobody_could_sign_is_refused_with_its_place(change, said, bundle_of, tmp_path):
    bundle = bundle_of("agency")
    waivers = write_waivers(tmp_path / "w.yaml", bundle, {"checks": ["AUD-04"], **change})
    run = check(bundle, tmp_path / "r", "--waivers", waivers)
    assert run.code == 2
    assert re.search(rf"{re.escape(str(waivers))}:1:\d+", run.err)
    assert said in run.err


def test_a_waiver_of_another_tenant_is_refused(bundle_of, tmp_path):
    waivers = write_waivers(tmp_path / "w.yaml", bundle_of("ordinary"), {"checks": ["AUD-04"]})
    run = check(bundle_of("agency"), tmp_path / "r", "--waivers", waivers)
    assert run.code == 2
    assert "another tenant" in run.err


RETENTION = ("--checks", "RET-01,RET-02")


def test_a_declared_store_with_a_valid_attestation_settles_what_purview_keeps_too_short(bundle_of, tmp_path):
    bundle = bundle_of("ordinary")
    declarations = write_declarations(tmp_path, bundle)
    assert check(bundle, tmp_path / "r", *RETENTION).code == 3
    assert check(bundle, tmp_path / "r", *RETENTION, "--declarations", declarations).code == 0
    guests = parts_of(findings_of(tmp_path / "r")["RET-01", "m-21-31"])["guest"]
    assert (guests["status"], guests["basis"]) == ("pass", "attested")
    assert "180 days" in guests["condition"]
    assert "Security operations" in guests["cause"]
    members = parts_of(findings_of(tmp_path / "r")["RET-01", "m-21-31"])["member_with_audit_plan"]
    assert (members["status"], members["basis"]) == ("pass", "configured")
    assert lookback_here("verify", bundle, tmp_path / "r").code == 0


@pytest.mark.parametrize(
    "change",
    [
        {"expires": "2026-11-15"},
        {"expires": None},
        {"declared_on": None},
        {"declared_on": "2026-11-17"},
    ],
    ids=str,
)
def test_an_attestation_that_does_not_hold_leaves_the_question_open(change, bundle_of, tmp_path):
    bundle = bundle_of("ordinary")
    declarations = write_declarations(tmp_path, bundle, **change)
    assert check(bundle, tmp_path / "r", *RETENTION, "--declarations", declarations).code == 4
    finding = findings_of(tmp_path / "r")["RET-01", "m-21-31"]
    assert (finding["status"], finding["kind"]) == ("indeterminate", "needs_attestation")
    assert "Central SIEM" in finding["settle"]


def test_a_store_that_is_itself_too_short_settles_nothing(bundle_of, tmp_path):
    bundle = bundle_of("ordinary")
    declarations = write_declarations(tmp_path, bundle, hot={"months": 9}, total={"months": 9})
    assert check(bundle, tmp_path / "r", *RETENTION, "--declarations", declarations).code == 3


def test_an_attestation_says_nothing_of_settings(bundle_of, tmp_path):
    bundle = bundle_of("agency")
    declarations = write_declarations(tmp_path, bundle)
    assert check(bundle, tmp_path / "r", "--checks", "AUD-04", "--declarations", declarations).code == 3


def test_a_document_that_is_not_the_one_attested_is_refused(bundle_of, tmp_path):
    bundle = bundle_of("ordinary")
    declarations = write_declarations(tmp_path, bundle)
    (tmp_path / "attestation.txt").write_text("We keep them for three days.")
    run = check(bundle, tmp_path / "r", "--declarations", declarations)
    assert run.code == 2
    assert "SHA-256 differs" in run.err


def test_a_result_can_be_mailed_with_its_bundle_and_verified_elsewhere(bundle_of, tmp_path):
    bundle = bundle_of("ordinary")
    declarations = write_declarations(tmp_path, bundle)
    check(bundle, tmp_path / "r", "--declarations", declarations)
    for name in ("attestation.txt", "declarations.yaml"):
        (tmp_path / name).unlink()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    run = lookback("verify", copied(bundle, elsewhere / "b"), copied(tmp_path / "r", elsewhere / "r"), cwd=elsewhere)
    assert (run.code, run.err) == (0, "")
