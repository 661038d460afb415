"""Where a report goes: into the file that was meant, and into nothing else."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import threading
from pathlib import Path

import pytest
from lookback_command import AS_PROCESS, check, copied, lookback

from compliance.cli.main import main

pty = pytest.importorskip("pty", reason="Windows has no pseudo-terminals")
pytestmark = pytest.mark.skipif(os.name != "posix", reason="Windows has neither pipes in a folder nor these links")


def test_a_report_goes_into_a_named_pipe_to_whoever_reads_there(compliant, tmp_path):
    pipe, heard = tmp_path / "pipe", []
    os.mkfifo(pipe)
    listener = threading.Thread(target=lambda: heard.append(pipe.read_bytes()))
    listener.start()
    run = check(compliant, tmp_path / "r", "--report", f"json={pipe}")
    listener.join(timeout=60)
    assert run.code == 4
    assert json.loads(heard[0])["schema"] == "lookback/assessment/1"
    assert pipe.is_fifo()


def test_a_device_is_written_to_and_stays_a_device(compliant, tmp_path):
    leader, follower = pty.openpty()
    threading.Thread(target=_drained, args=(leader,), daemon=True).start()
    device = Path(os.ttyname(follower))
    assert check(compliant, tmp_path / "r", "--report", f"markdown={device}").code == 4
    assert device.is_char_device()
    os.close(follower)


def _drained(leader):
    with contextlib.suppress(OSError):  # the other end was closed
        while os.read(leader, 65536):
            pass


def test_standard_output_may_be_named_as_a_file(compliant, tmp_path):
    run = lookback("check", compliant, "-o", tmp_path / "r", "--report", "json=/dev/stdout")
    assert json.loads(run.out)["schema"] == "lookback/assessment/1"


def test_the_file_that_a_link_leads_to_is_written_and_the_link_stays(compliant, tmp_path):
    target, link = tmp_path / "reports" / "report.json", tmp_path / "latest.json"
    target.parent.mkdir()
    target.write_text("an earlier one", encoding="utf-8")
    link.symlink_to(target)
    check(compliant, tmp_path / "r", "--report", f"json={link}")
    assert link.is_symlink()
    assert json.loads(target.read_bytes())["schema"] == "lookback/assessment/1"


def test_two_reports_in_one_file_are_refused_before_anything_is_judged(compliant, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run = check(compliant, tmp_path / "r", "--report", "html=one", "--report", "json=./one")
    assert run.code == 2
    assert "two reports cannot lie in one file" in run.err
    assert not (tmp_path / "r").exists()


def test_a_work_paper_does_not_go_to_a_terminal(compliant, tmp_path):
    leader, follower = pty.openpty()
    words = [*AS_PROCESS, "check", str(compliant), "-o", str(tmp_path / "r"), "--report", "xlsx"]
    done = subprocess.run(words, stdout=follower, stderr=subprocess.PIPE, check=False, timeout=60)
    os.close(follower)
    os.close(leader)
    assert done.returncode == 2
    assert b"--report xlsx=paper.xlsx" in done.stderr


def test_json_on_standard_output_holds_nothing_that_a_terminal_obeys_and_says_the_same(compliant, tmp_path, capfd):
    waivers = tmp_path / "waivers.yaml"
    tenant = json.loads((copied(compliant, tmp_path / "copy") / "manifest.json").read_bytes())["tenant"]["id"]
    waivers.write_text(
        f"version: 1\ntenant: {tenant}\nwaivers:\n- id: W-1\n  checks: [AUD-06]\n"
        '  reason: "turned \\u202e round, cleared \\x9b2J, next \\u2028 line"\n'
        "  ticket: T-1\n  requester: somebody\n  approver: somebody else\n"
        "  approved_on: 2026-11-01\n  expires: 2027-03-01\n  accepts_indeterminate: true\n",
        encoding="utf-8",
    )
    report = tmp_path / "report.json"
    options = ["--waivers", str(waivers), "--report", "json", "--report", f"json={report}"]
    main(["check", str(compliant), "-o", str(tmp_path / "r"), *options])
    printed = capfd.readouterr().out
    assert not {"\u202e", "\x9b", "\u2028"} & set(printed)
    assert json.loads(printed) == json.loads(report.read_bytes())
    assert "turned \u202e round" in json.dumps(json.loads(printed), ensure_ascii=False)
