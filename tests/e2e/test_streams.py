"""Standard output as it may be: of another encoding, closed, full, or a terminal. And disks may be full."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from exported_files import rows_of, write_exports
from lookback_command import AS_PROCESS, assessment_of

posix = pytest.mark.skipif(os.name != "posix", reason="the shell's redirections are POSIX's")


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8", "cp1252"])
def test_json_is_utf_8_whatever_standard_output_is(encoding, bundle_of, tmp_path):
    done = subprocess.run(
        [*AS_PROCESS, "check", bundle_of("agency"), "-o", tmp_path / "r", "--report", "json", "--exit-zero"],
        env={**os.environ, "PYTHONIOENCODING": encoding},
        capture_output=True,
        check=True,
        timeout=60,
    )
    assert done.stderr == b""
    assert json.loads(done.stdout.decode("utf-8")) == assessment_of(tmp_path / "r")


@pytest.mark.parametrize("command", ["checks RET-01", "standards m-26-14", "standards", "schema assessment", "--help"])
def test_what_an_encoding_cannot_say_is_spelled_out(command):
    done = subprocess.run(
        [*AS_PROCESS, *command.split()],
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.isascii()


@posix
@pytest.mark.parametrize("redirection", [">&-", "> /dev/full"])
@pytest.mark.parametrize(
    "command", ["check {b} -o {r}", "check {b} -o {r} --report json", "verify {b}", "schema config"]
)
def test_a_standard_output_that_takes_nothing_is_one_message(command, redirection, compliant, tmp_path):
    if "full" in redirection and not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    line = command.format(b=compliant, r=tmp_path / "r")
    script = f'"$0" -c "$1" {line} {redirection}'
    done = subprocess.run(
        ["sh", "-c", script, sys.executable, AS_PROCESS[2]], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 1, done.stderr
    assert done.stderr.startswith("lookback: standard output cannot be written: ")
    assert done.stderr.count("lookback: ") == 1
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


@posix
@pytest.mark.parametrize(("no_colour", "coloured"), [(None, True), ("", True), ("1", False), ("0", False)])
def test_colour_is_left_out_only_where_no_color_says_something(no_colour, coloured, compliant, tmp_path):
    import pty

    ours, theirs = pty.openpty()
    env = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    if no_colour is not None:
        env["NO_COLOR"] = no_colour
    with subprocess.Popen(
        [*AS_PROCESS, "check", compliant, "-o", tmp_path / "r", "--exit-zero"], env=env, stdout=theirs
    ) as process:
        os.close(theirs)
        shown = b""
        while True:
            try:
                more = os.read(ours, 65536)
            except OSError:  # the terminal's other end is closed
                break
            if not more:
                break
            shown += more
        assert process.wait(timeout=60) == 0
    os.close(ours)
    assert (b"\x1b[" in shown) is coloured


@posix
def test_a_disk_that_is_full_is_one_message(compliant, tmp_path):
    import resource

    exports = write_exports(tmp_path / "exports", rows_of(compliant))
    done = subprocess.run(
        [*AS_PROCESS, "import", exports, "-o", tmp_path / "b"],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (64, 64)),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 2, done.stderr
    assert done.stderr.startswith("lookback: ")
    assert "cannot be written" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "b" / "manifest.json").exists()
