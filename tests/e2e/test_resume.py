"""A collection that was ended at any moment is finished by --resume, and gives what an undisturbed one gives.

`make soak` ends it fifty times; LOOKBACK_KILLS says how often.
"""

from __future__ import annotations

import json
import os
import random
import shlex
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from lookback_command import AS_PROCESS, Run, copied, files_of, lookback, lookback_here, rewrite_json, write_config

from compliance.collector.alone import alone_in
from compliance.demo.faults import CannedAnswer, Delay, Fault
from compliance.demo.scenarios import load_scenario
from compliance.demo.server import serve
from compliance.evidence.bundle import frames_of, open_bundle

KILLS = int(os.environ.get("LOOKBACK_KILLS", "6"))
APIS = ("graph", "exchange", "purview", "purview_regional", "arm")
SETTINGS = "arm.entra_diagnostic_settings"
CRASHES = {
    "before-sealing": "import compliance.collector as c; c.seal = lambda *_: os._exit(9)",
    "before-the-sums": "import compliance.evidence.bundle as b; b.write_sums = lambda *_: os._exit(9)",
    "before-the-journal-goes": "import compliance.evidence.bundle as b; sums = b.write_sums;"
    " b.write_sums = lambda root: (sums(root), os._exit(9))",
}


@pytest.fixture(scope="module")
def served():
    """A tenant that takes a moment for every answer."""
    tenant = load_scenario("agency")
    tenant.faults.extend(Fault(api, "", Delay(0.04), times=None) for api in APIS)
    with serve(tenant) as serving, pytest.MonkeyPatch.context() as patch:
        for name, value in serving.environment.items():
            patch.setenv(name, value)
        yield serving


@pytest.fixture(scope="module")
def config(served):
    return write_config(served, served.directory)


@pytest.fixture(scope="module")
def whole(config, tmp_path_factory):
    """What an undisturbed collection gives."""
    out = tmp_path_factory.mktemp("whole") / "bundle"
    run = lookback_here("collect", "-c", config, "-o", out, "-q")
    assert run.code == 0, run.said
    return content_of(out)


@pytest.fixture(scope="module")
def crashed(config, tmp_path_factory):
    """A collection that ended after its last dataset, before it was sealed; not to be changed."""
    out = tmp_path_factory.mktemp("crashed") / "bundle"
    crash("before-sealing", config, out)
    return out


def crash(where: str, config: Path, out: Path) -> None:
    program = f"import os, sys; {CRASHES[where]}; from compliance.cli.main import main; sys.exit(main())"
    command = [AS_PROCESS[0], "-c", program, "collect", "-c", config, "-o", out, "-q"]
    assert subprocess.run([str(word) for word in command], check=False, timeout=120).returncode == 9


def content_of(bundle: Path) -> dict[str, object]:
    """How each reading ended, and every row that it gave, decoded."""
    opened = open_bundle(bundle)
    content: dict[str, object] = {}
    for entry in opened.manifest.datasets:
        bodies = [json.loads(frame.body) for frame in frames_of(bundle, entry) if frame.header["kind"] == "page"]
        rows = [row for body in bodies for row in body.get("value", [body])]
        content[entry.name] = entry.state, entry.reason, entry.rows, entry.expected_rows, rows
    return content


def journal_of(out: Path) -> dict[str, Any]:
    journal: dict[str, Any] = json.loads((out / "unfinished.json").read_bytes())
    return journal


def resume(config: Path, out: Path, *options: object) -> Run:
    return lookback_here("collect", "-c", config, "-o", out, "-q", "--resume", *options)


def refused(run: Run, *words: str) -> None:
    assert run.code == 2, run.said
    assert run.out == ""
    assert "internal error" not in run.err
    for word in words:
        assert word in run.err


def requests_for_data(served) -> int:
    return sum(len(served.requests.to(api)) for api in APIS)


@pytest.mark.parametrize("seed", range(KILLS))
def test_a_collection_killed_at_any_moment_is_finished_by_resuming_it(seed, served, config, whole, tmp_path):
    chance = random.Random(seed)
    out = tmp_path / "bundle"
    answers, pause = chance.randint(0, 2 + sum(len(rows) > 0 for *_, rows in whole.values())), chance.uniform(0, 0.15)
    before = requests_for_data(served)
    command = [*AS_PROCESS, "collect", "-c", str(config), "-o", str(out), "-q"]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as process:
        while process.poll() is None and requests_for_data(served) - before < answers:
            time.sleep(0.002)
        time.sleep(pause)
        process.kill()
    finished = (out / "manifest.json").exists() and not (out / "unfinished.json").exists()
    kept = json.loads((out / "unfinished.json").read_bytes())["finished"] if (out / "unfinished.json").exists() else []
    print(
        f"seed {seed}: killed {pause:.3f} s after answer {answers}, {len(kept)} datasets finished, sealed: {finished}"
    )
    if not finished:
        assert lookback_here("verify", out).code == 2
        assert lookback_here("check", out, "-o", tmp_path / "result").code == 2
        run = resume(config, out)
        assert run.code == 0, run.said
    assert content_of(out) == whole
    assert lookback_here("verify", out).code == 0
    assert (out / "unfinished.json").exists() is False


@pytest.mark.parametrize("where", CRASHES)
def test_a_collection_that_ended_while_it_was_sealed_is_finished_without_reading_again(
    where, served, config, whole, tmp_path
):
    crash(where, config, tmp_path / "b")
    for command in (("verify", tmp_path / "b"), ("check", tmp_path / "b")):
        refused(lookback_here(*command), "unfinished", "--resume")
    denied = sum(state != "complete" for state, *_ in whole.values())
    before = requests_for_data(served)
    assert resume(config, tmp_path / "b").code == 0
    assert denied or requests_for_data(served) == before
    assert content_of(tmp_path / "b") == whole
    assert lookback_here("verify", tmp_path / "b").code == 0


@pytest.mark.skipif(os.name != "posix", reason="Windows has no SIGINT to send")
def test_an_interrupt_names_the_command_that_goes_on(served, config, whole, tmp_path):
    command = [*AS_PROCESS, "collect", "-c", str(config), "-o", str(tmp_path / "b"), "-q"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        while not (tmp_path / "b" / "unfinished.json").exists():
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    words = shlex.split(said.partition("go on with: lookback ")[2].partition("\n")[0])
    assert "--resume" in words, said
    run = lookback_here(*words, "-q")
    assert run.code == 0, run.said
    assert content_of(tmp_path / "b") == whole


def test_what_was_begun_is_not_collected_over(crashed, config):
    refused(lookback_here("collect", "-c", config, "-o", crashed, "-q"), "unfinished", "--resume")


@pytest.mark.parametrize("damage", [b"", b"{}", b"{", b"[" * 100_000, b"\xff\xfe"], ids="abcde")
def test_a_damaged_journal_is_not_gone_on_with(damage, crashed, served, config, tmp_path):
    out = copied(crashed, tmp_path / "b")
    (out / "unfinished.json").write_bytes(damage)
    before = len(served.requests.all())
    refused(resume(config, out), "unfinished.json")
    assert len(served.requests.all()) == before


@pytest.mark.parametrize(
    "change",
    [
        lambda journal: journal["finished"].append(journal["finished"][0]),
        lambda journal: journal["finished"][0].update(file="../../elsewhere.gz"),
        lambda journal: journal["asked"].append("graph.secrets"),
        lambda journal: journal["finished"][0].update(name="graph.secrets", file="datasets/graph.secrets.frames.gz"),
    ],
    ids=["a dataset twice", "a file elsewhere", "an unknown question", "an unknown dataset"],
)
def test_a_journal_of_no_collection_is_not_gone_on_with(change, crashed, config, tmp_path):
    out = copied(crashed, tmp_path / "b")
    rewrite_json(out / "unfinished.json", change)
    refused(resume(config, out), "damaged")


@pytest.mark.parametrize(
    "damage",
    [lambda raw: raw[: len(raw) // 2], lambda raw: b"", lambda raw: raw[:-9] + b"x" * 9],
    ids=["cut short", "emptied", "changed"],
)
def test_a_finished_dataset_that_is_no_longer_as_it_was_written_is_read_again(
    damage, crashed, served, config, whole, tmp_path
):
    out = copied(crashed, tmp_path / "b")
    users = out / "datasets/graph.users.frames.gz"
    users.write_bytes(damage(users.read_bytes()))
    before = len(served.requests.to("graph"))
    run = resume(config, out)
    assert run.code == 0, run.said
    assert "graph.users" in run.err
    assert len(served.requests.to("graph")) > before
    assert content_of(out) == whole


@pytest.mark.parametrize(
    "change",
    [{"rows": 1}, {"rows": None}, {"expected_rows": 10**6}, {"frames": 7}, {"origin": "exported"}],
    ids=str,
)
def test_a_finished_dataset_of_which_the_journal_says_something_else_is_read_again(
    change, crashed, served, config, whole, tmp_path
):
    out = copied(crashed, tmp_path / "b")

    def changed(journal):
        next(one for one in journal["finished"] if one["name"] == "graph.users").update(change)

    rewrite_json(out / "unfinished.json", changed)
    before = len(served.requests.to("graph"))
    run = resume(config, out)
    assert run.code == 0, run.said
    assert "graph.users" in run.err
    assert len(served.requests.to("graph")) > before
    assert content_of(out) == whole
    assert lookback_here("verify", out).code == 0


def test_an_answer_that_was_an_error_is_not_kept_as_one_without_rows(tmp_path):
    tenant = load_scenario("compliant")
    tenant.faults.append(Fault("exchange", "Get-Mailbox", CannedAnswer(status=400), times=None))
    name = "exchange.group_mailboxes"
    with serve(tenant) as serving, pytest.MonkeyPatch.context() as patch:
        for key, value in serving.environment.items():
            patch.setenv(key, value)
        config = write_config(serving, serving.directory)
        crash("before-sealing", config, tmp_path / "b")

        def changed(journal):
            next(one for one in journal["finished"] if one["name"] == name).update(
                state="complete", reason=None, rows=0
            )

        rewrite_json(tmp_path / "b" / "unfinished.json", changed)
        assert resume(config, tmp_path / "b").code == 0
    entry = open_bundle(tmp_path / "b").manifest.dataset(name)
    assert entry is not None
    assert entry.state == "failed"


@pytest.mark.skipif(os.name != "posix", reason="Windows locks no directories")
@pytest.mark.parametrize("options", [(), ("--resume",)], ids=["anew", "resumed"])
def test_one_process_at_a_time_collects_into_a_directory(options, crashed, served, config, whole, tmp_path):
    out = copied(crashed, tmp_path / "b") if options else tmp_path / "b"
    before = len(served.requests.all())
    with alone_in(out):
        found = files_of(out)
        refused(lookback("collect", "-c", config, "-o", out, "-q", *options), "another process", "--resume")
        assert (files_of(out), len(served.requests.all())) == (found, before)
    assert lookback_here("collect", "-c", config, "-o", out, "-q", *options).code == 0
    assert content_of(out) == whole


def test_a_finished_dataset_whose_file_is_gone_is_read_again(crashed, config, whole, tmp_path):
    out = copied(crashed, tmp_path / "b")
    (out / "datasets/graph.users.frames.gz").unlink()
    assert resume(config, out).code == 0
    assert content_of(out) == whole


def test_what_was_discovered_from_a_dataset_is_read_again_with_it(crashed, served, config, whole, tmp_path):
    out = copied(crashed, tmp_path / "b")
    (out / f"datasets/{SETTINGS}.frames.gz").write_bytes(b"")
    before = len(served.requests.to("arm"))
    assert resume(config, out).code == 0
    asked = " ".join(request.path for request in served.requests.to("arm")[before:])
    assert "diagnosticSettings" in asked
    assert "/tables" in asked
    assert content_of(out) == whole


def test_what_later_readers_need_is_learnt_from_what_was_read_before(crashed, served, config, whole, tmp_path):
    out = copied(crashed, tmp_path / "b")
    rewrite_json(
        out / "unfinished.json",
        lambda journal: journal.update(finished=[one for one in journal["finished"] if one["name"] != "arm.tables"]),
    )
    before = len(served.requests.to("arm"))
    assert resume(config, out).code == 0
    assert all("/tables" in request.path for request in served.requests.to("arm")[before:])
    assert content_of(out) == whole


def test_what_failed_before_the_interruption_is_read_again(tmp_path):
    tenant = load_scenario("compliant")
    tenant.faults.append(Fault("exchange", "Get-OrganizationConfig", CannedAnswer(status=400), times=1))
    with serve(tenant) as serving, pytest.MonkeyPatch.context() as patch:
        for name, value in serving.environment.items():
            patch.setenv(name, value)
        config = write_config(serving, serving.directory)
        crash("before-sealing", config, tmp_path / "b")
        journal = json.loads((tmp_path / "b" / "unfinished.json").read_bytes())
        assert "failed" in {
            one["state"] for one in journal["finished"] if one["name"] == "exchange.organization_config"
        }
        assert resume(config, tmp_path / "b").code == 0
    entry = open_bundle(tmp_path / "b").manifest.dataset("exchange.organization_config")
    assert entry is not None
    assert entry.state == "complete"


@pytest.mark.parametrize(
    ("more", "options", "said"),
    [
        ("tolerance_days: 3\n", (), "the scope"),
        ("standards: [m-26-14]\n", (), "the settings"),
        ("", ("--only", "AUD-04"), "--only"),
    ],
)
def test_a_collection_that_was_begun_for_something_else_is_not_gone_on_with(
    more, options, said, crashed, served, tmp_path
):
    out = copied(crashed, tmp_path / "b")
    before = files_of(out), len(served.requests.all())
    other = write_config(served, tmp_path, more=more)
    other.write_text(other.read_text().replace(str(served.ca_bundle), os.path.relpath(served.ca_bundle, tmp_path)))
    refused(resume(other, out, *options), "begun otherwise", said)
    assert (files_of(out), len(served.requests.all())) == before


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("tenant", "11111111-2222-3333-4444-555555555555", "the tenant"),
        ("tool", {"name": "lookback", "version": "0.0.1"}, "0.0.1"),
        ("cloud", "gcc", "the cloud"),
        ("previous", {"manifest_sha256": "0" * 64, "as_of": "2026-01-01T00:00:00Z"}, "--previous"),
        ("schema", "lookback/unfinished/99", "schema"),
    ],
)
def test_a_collection_of_something_else_is_not_gone_on_with(key, value, said, crashed, config, tmp_path):
    out = copied(crashed, tmp_path / "b")
    rewrite_json(out / "unfinished.json", lambda journal: journal.update({key: value}))
    refused(resume(config, out), said)


def test_files_that_no_collection_wrote_are_not_sealed_with_it(crashed, config, tmp_path):
    out = copied(crashed, tmp_path / "b")
    (out / "letters.txt").write_text("dear")
    refused(resume(config, out), "letters.txt")


def test_what_a_killed_process_left_half_written_never_reaches_the_bundle(crashed, config, whole, tmp_path):
    out = copied(crashed, tmp_path / "b")
    for scrap in (".unfinished.json.ab12", ".manifest.json.x", ".SHA256SUMS.y", "datasets/graph.users.frames.gz.part"):
        (out / scrap).write_bytes(b"half")
    assert resume(config, out).code == 0
    assert content_of(out) == whole
    assert lookback_here("verify", out).code == 0


def test_resuming_where_nothing_was_begun_begins(config, whole, tmp_path):
    (tmp_path / "b").mkdir()
    assert resume(config, tmp_path / "b").code == 0
    assert content_of(tmp_path / "b") == whole


def test_a_finished_bundle_is_not_resumed(compliant, config, tmp_path):
    refused(resume(config, copied(compliant, tmp_path / "b")), "finished")


def test_resume_needs_to_know_what(config):
    refused(lookback_here("collect", "-c", config, "-q", "--resume"), "-o")


def test_who_signed_in_before_and_after_the_interruption_is_in_the_manifest_once(crashed, config, tmp_path):
    out = copied(crashed, tmp_path / "b")
    identities = journal_of(out)["identities"]
    assert resume(config, out).code == 0
    assert json.loads((out / "manifest.json").read_bytes())["identities"] == identities
