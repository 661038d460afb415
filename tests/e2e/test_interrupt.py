"""Ctrl-C ends a collection at once, also while it waits for a throttled service."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

from lookback_command import write_config

from compliance.demo.faults import CannedAnswer, Fault
from compliance.demo.scenarios import load_scenario
from compliance.demo.server import serve

CMDLET = "Get-UnifiedAuditLogRetentionPolicy"
COMMAND = "import sys; from compliance.cli.main import main; sys.exit(main(sys.argv[1:]))"


def test_an_interrupt_during_a_long_pause_ends_the_collection_and_leaves_no_finished_bundle(tmp_path):
    tenant = load_scenario("compliant")
    answer = CannedAnswer(status=429, retry_after_seconds=100)
    tenant.faults.append(Fault("purview_regional", CMDLET, answer, times=None))
    with serve(tenant) as served:
        config, out = write_config(served, tmp_path), tmp_path / "b"
        command = [sys.executable, "-c", COMMAND, "collect", "-c", str(config), "-o", str(out), "-q"]
        env = {**os.environ, **served.environment}
        with subprocess.Popen(command, env=env, stderr=subprocess.PIPE, text=True) as process:
            _until(lambda: any(one.status == 429 for one in served.requests.all()))
            process.send_signal(signal.SIGINT)
            _, said = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Traceback" not in said
    assert not (out / "manifest.json").exists()


def _until(true, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "the service was never asked"
        time.sleep(0.05)
